import json
import math

import pytest
from toy_finetune import base

from finetune import FinetuneError, model
from finetune.evaluate import Measurement
from finetune.probes import likelihoods, multiple_choice
from finetune.probes.multiple_choice import Question


@pytest.fixture(scope="module")
def student():
    return model.load(str(base()), precision="float32")


def written(path, *lines):
    path.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in lines))
    return path


def test_questions_are_read_in_the_shapes_that_suites_have(tmp_path):
    options = ["fever", "cough", "rash"]
    path = written(
        tmp_path / "suite.jsonl",
        {"question": "Which?", "options": options, "answer": "B"},
        {"question": "Which?", "options": options, "answer": 1},
        {"question": "Which?", "options": options, "answer": "cough"},
        {"question": "哪个？", "options": {"A": "发热", "B": "咳嗽"}, "answer": "B"},
    )
    read = multiple_choice.read(path)
    assert [one.answer for one in read] == [1, 1, 1, 1]
    assert read[0] == Question("Which?", ("fever", "cough", "rash"), 1, "en")
    assert read[3].language == "zh"


@pytest.mark.parametrize(
    "line",
    [
        {"question": "Which?", "options": ["a"], "answer": "A"},
        {"question": "Which?", "options": ["a", "b"], "answer": "C"},
        {"question": "Which?", "options": ["a", "b"], "answer": 2},
        {"question": "Which?", "options": ["a", 2], "answer": "A"},
        {"question": 3, "options": ["a", "b"], "answer": "A"},
        {"question": "Which?", "answer": "A"},
        {"question": "Which?", "options": [*"abcdefghijk"], "answer": "A"},
        ["Which?"],
    ],
)
def test_a_line_that_is_no_question_is_named(tmp_path, line):
    good = {"question": "Which?", "options": ["a", "b"], "answer": "A"}
    path = written(tmp_path / "suite.jsonl", good, line)
    with pytest.raises(FinetuneError) as raised:
        multiple_choice.read(path)
    assert raised.value.where == f"{path}:2"


def test_an_empty_or_missing_suite_is_refused(tmp_path):
    (tmp_path / "empty.jsonl").write_text("\n")
    for name in ("empty.jsonl", "none.jsonl"):
        with pytest.raises(FinetuneError, match=name):
            multiple_choice.read(tmp_path / name)


def test_the_order_of_options_does_not_change_what_is_chosen(student):
    options = ("fever", "a cough at night", "rash")
    turned = (*options[1:], options[0])
    asked = [Question("Which sign?", one, 0, "en") for one in (options, turned)]
    first, second = multiple_choice.ask(student, asked, "float32")
    assert second.shares[-1:] + second.shares[:-1] == pytest.approx(first.shares, abs=1e-4)
    assert options[first.option] == turned[second.option]


def test_a_model_that_prefers_a_letter_is_seen_through():
    # behind the first letter each option gains 2; the second option is better by 1
    orders = [(0, 1, 2), (1, 2, 0), (2, 0, 1)]
    worth = (0.0, 1.0, 0.0)
    shares = [[worth[place] + 2 * (at == 0) for at, place in enumerate(one)] for one in orders]
    chosen = multiple_choice._choose(orders, shares)
    assert chosen.first == 0
    assert chosen.option == 1
    assert chosen.shares == pytest.approx((2 / 3, 5 / 3, 2 / 3))


def test_letters_are_compared_among_themselves(student):
    asked = [Question("Which sign?", ("fever", "cough"), 0, "en")]
    chosen = multiple_choice.ask(student, asked, "float32")[0]
    prompt, letters = multiple_choice._beginning(student, asked[0], (0, 1))
    text = student.tokenizer.decode(prompt)
    assert "A. fever\nB. cough" in text
    assert [student.tokenizer.decode([one]).strip() for one in letters] == ["A", "B"]
    raw = likelihoods.following(student, [(prompt, letters)], "float32")[0]
    assert chosen.first == raw.index(max(raw))
    assert all(share < 0 for share in chosen.shares)


def test_what_follows_agrees_with_the_likelihood_of_endings(student):
    text = likelihoods.text_ids(student.tokenizer, "gout and fever")
    last = likelihoods.Ending(text, len(text) - 1)
    wanted = likelihoods.sums(student, [last], "float32")
    longer = ([*text, *text], [text[0]])
    found = likelihoods.following(student, [longer, (text[:-1], [text[-1], 5])], "float32")
    assert found[1][0] == pytest.approx(wanted[0], abs=1e-4)
    assert all(math.isfinite(one) and one < 0 for each in found for one in each)


def test_a_question_that_does_not_fit_is_refused(student):
    long = Question("Why? " * 600, ("a", "b"), 0, "en")
    with pytest.raises(FinetuneError, match="512"):
        multiple_choice.ask(student, [long])


def test_choices_become_a_measure():
    asked = [Question("Q", ("a", "b"), 1, "en"), Question("问", ("a", "b"), 0, "zh")]
    chosen = [
        multiple_choice.Chosen(1, 0, (-2.0, -1.0)),
        multiple_choice.Chosen(1, 0, (-2.0, -1.0)),
    ]
    measured = multiple_choice.added(Measurement({}), asked, chosen)
    assert measured.share("choices").value == 0.5
    assert measured.share("choices", "zh").value == 0.0
    assert measured.share("choices_as_given", "zh").value == 1.0
    assert measured.values()["choices_of"] == 2
