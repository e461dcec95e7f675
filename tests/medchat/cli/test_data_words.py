"""What `build-data` says: names in any case, too few rows, sentences, no signs of the code."""

from pathlib import Path

import pytest

from knowledge.datasets import card, row_counts
from knowledge.datasets.filtering import FilterReport
from knowledge.lessons.build import BuildReport
from knowledge.records import Lesson, LessonMessage
from medchat.cli import data_commands, errors


def report(rows, **dropped):
    counts = {"styles": {}, "languages": {}, "relations": {"medicine~": 3, "test": 4}}
    return BuildReport(Path("data"), rows, rows, 0, dropped, **counts)


@pytest.mark.parametrize(
    ("limit", "dropped", "said"),
    [
        (None, {}, ""),
        (40, {}, ""),
        (41, {}, "There are 40 such rows, fewer than the 41 asked for. They say all"),
        (900, {"too short": 7, "late": 2, "odd": 1}, "too short (7) and late (2)."),
    ],
)
def test_a_limit_beyond_the_supply_says_what_there_is_and_what_limits_it(limit, dropped, said):
    lines = data_commands._supply_lines(report(40, **dropped), limit)
    assert bool(lines) == bool(said) and said in " ".join(lines)
    assert all(line.endswith(".") for line in lines)


def test_no_sign_of_the_other_end_is_shown():
    lines = " ".join(data_commands._report_lines(report(7)))
    assert "~" not in lines and "medicine (used for) 3" in lines
    counts = row_counts.RowCounts(train=7, relations={"medicine~": 3, "test": 4})
    assert "~" not in card.text(1, {}, counts, FilterReport(), ())


def test_the_card_tells_which_names_of_validation_stand_in_training_rows():
    def row(about, *named):
        said = (LessonMessage("user", "?"), LessonMessage("assistant", "."))
        return Lesson(about, said, "en", "huatuo", (), (about, *named), about, "", {})

    counts = row_counts.RowCounts()
    counts.add(row("condition:a", "symptom:cough", "department:ent"), held_out=False)
    for about in ("symptom:cough", "condition:b"):
        counts.add(row(about), held_out=True)
    text = card.text(1, {}, counts, FilterReport(), ())
    assert "any of the 2 entities" in text and "but 1 of them are named" in text
    told = row_counts.report(counts, FilterReport())
    assert told["validation_subjects_named_in_training"] == 1


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("`urgent` is missing", "a.yaml: `urgent` is missing. Add it."),
        ("No!", "a.yaml: No! Add it."),
    ],
)
def test_messages_end_as_sentences(what, said, capsys):
    errors._complain(what, "a.yaml", "Add it.", as_json=False)
    assert capsys.readouterr().err.strip() == said
