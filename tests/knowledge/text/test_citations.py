"""Citations are written in one form and read in every form that a writer may give them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finetune.templates import rendering
from knowledge.text.citations import (
    cite,
    cite_before_stop,
    cited_numbers,
    markers,
    number_lines,
    numbered_lines,
    uncited,
)


@pytest.mark.parametrize(
    ("sentence", "numbers", "cited"),
    [
        ("Rest and fatigue.", [1], "Rest and fatigue [1]."),
        ("Rest. ", [2, 3], "Rest [2][3]. "),
        ("多饮水、乏力。", [1], "多饮水、乏力[1]。"),
        ("多饮水", [10], "多饮水[10]"),
        ("首选metformin。", [1], "首选metformin[1]。"),
        ("Gout (痛风) is painful.", [1], "Gout (痛风) is painful [1]."),
        ("She said “rest”.", [1], "She said “rest” [1]."),
        ("她说“多休息”", [1], "她说“多休息”[1]"),
        ("- fever\n", [1], "- fever [1]\n"),
        ("Really?!", [1], "Really [1]?!"),
        ("先静脉给药；", [2], "先静脉给药[2]；"),
        ("No source.", [], "No source."),
    ],
)
def test_citations_stand_before_the_final_stop(sentence, numbers, cited):
    assert cite(sentence, numbers) == cited
    assert uncited(cited) == sentence
    assert cited_numbers(cited) == tuple(numbers)


@pytest.mark.parametrize(
    ("text", "numbers", "bare"),
    [
        ("A [1] and B [2][3].", (1, 2, 3), "A and B."),
        ("A [1, 2].", (1, 2), "A."),
        ("A [1,2；4].", (1, 2, 4), "A."),
        ("A [1-3].", (1, 2, 3), "A."),
        ("A [1–3, 7].", (1, 2, 3, 7), "A."),
        ("甲［1］，乙［２、3］。", (1, 2, 3), "甲，乙。"),
        ("甲。[1]", (1,), "甲。"),
        ("A.[1] [2]", (1, 2), "A."),
        ("A [ 1 ].", (1,), "A."),
        ("A [2][1][2].", (2, 1), "A."),
        ("A [5-2].", (5, 2), "A."),
        ("A [1-900].", (1, 900), "A."),
        # what only looks like a citation
        ("A stay of 5 [3-7] days.", (), "A stay of 5 [3-7] days."),
        ("benzo[1,2-b]thiophene, 95% CI [1.2-3.4], [2024]", (), None),
        ("【1】用法", (), None),
        ("", (), None),
    ],
)
def test_every_form_is_read(text, numbers, bare):
    assert cited_numbers(text) == numbers
    assert uncited(text) == (text if bare is None else bare)


def test_a_marker_says_where_its_brackets_are():
    text = "Rest [1]; drink [2, 3]."
    assert [text[one.start : one.end] for one in markers(text)] == ["[1]", "[2, 3]"]


@pytest.mark.parametrize(
    ("sentence", "moved"),
    [
        ("A.[1]", "A[1]."),
        ("A. [1] [2]", "A[1][2]."),
        ("甲。［1］", "甲［1］。"),
        ("A [1].", "A [1]."),
        ("Give 2.5 mg [1]", "Give 2.5 mg [1]"),
    ],
)
def test_markers_after_the_stop_move_before_it(sentence, moved):
    assert cite_before_stop(sentence) == moved


@given(st.lists(st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1), max_size=5))
def test_numbered_lines_are_read_back(lines):
    assert list(numbered_lines(number_lines(lines)).values()) == lines


def test_the_training_prompt_numbers_evidence_in_the_same_form():
    lines = ["Gout — symptoms: pain.", "痛风——检查：血尿酸。"]
    prompt = rendering.grounded("Which tests?", lines, "en")[-1]["content"]
    assert list(numbered_lines(prompt).values()) == lines
    assert number_lines(lines) in prompt
