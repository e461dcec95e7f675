"""Filtering: each filter keeps what is sound and drops the rest, with a reason that is counted."""

from dataclasses import replace

import pytest

from knowledge.datasets import filtering
from knowledge.datasets.filtering import FilterReport
from knowledge.datasets.filters.exact_duplicates import ExactDuplicateFilter
from knowledge.records import Lesson, LessonMessage

EN = ("What are the symptoms of gout?", "Symptoms of gout include joint pain.")
ZH = ("痛风有哪些症状？", "痛风的症状包括关节痛。")


def lesson(question, answer, language="en"):
    return Lesson(
        id="row",
        messages=(LessonMessage("user", question), LessonMessage("assistant", answer)),
        language=language,
        style="huatuo",
        sources=(),
        entities=(),
        split_key="condition:1",
        licence="CC0-1.0",
    )


def unproven(batches):
    yield from batches


@pytest.mark.parametrize(
    ("question", "answer", "language", "reason"),
    [
        (*EN, "en", ""),
        (*ZH, "zh", ""),
        ("肺炎要做MRI吗？", "MRI可用于检查肺炎。", "zh", ""),
        (EN[0], "Symptoms of gout include [详细].", "en", "debris of a source"),
        (EN[0], "Symptoms of gout include pain...", "en", "debris of a source"),
        (ZH[0], "痛风的症状包括关节…", "zh", "debris of a source"),
        (EN[0], "Symptoms include ['pain'].", "en", "debris of a source"),
        (EN[0], r"Ullrich\xe2 is a name of it.", "en", "debris of a source"),
        (EN[0], "Symptoms of {s} include pain.", "en", "debris of a source"),
        (EN[0], "Symptoms of gout include 关节痛.", "en", "in another language"),
        ("Is gout painful, doctor?", ZH[1], "zh", "in another language"),
        (ZH[0], "Joint pain and swelling of joints 痛", "zh", "in another language"),
        ("Gout?", EN[1], "en", "too short"),
        (EN[0], "Pain.", "en", "too short"),
        (EN[0], "Gout hurts. " * 200, "en", "too long"),
        (EN[0], "As an AI language model I say pain.", "en", "leakage of a prompt or a source"),
        (EN[0], "Based on the provided text, it is pain.", "en", "leakage of a prompt or a source"),
        (EN[0], "Chat Doctor says that it is pain.", "en", "leakage of a prompt or a source"),
        (ZH[0], "根据知识，痛风的症状包括关节痛。", "zh", "leakage of a prompt or a source"),
        (ZH[0], "知识库显示痛风的症状包括关节痛。", "zh", "leakage of a prompt or a source"),
    ],
)
def test_a_gate_keeps_or_says_why(question, answer, language, reason):
    report = FilterReport()
    kept = list(
        filtering.apply_filters(
            [(lesson(question, answer, language), "")],
            [*filtering.stateless_filters(), ExactDuplicateFilter()],
            unproven,
            report,
        )
    )
    assert len(kept) == (not reason)
    assert report.dropped == ({reason: 1} if reason else {})


@pytest.mark.parametrize(
    ("answer", "repeated"),
    [
        (EN[1], True),
        (EN[1].upper(), True),
        ("Symptoms of gout, include: joint pain!", True),
        ("Symptoms of gout include joint swelling.", False),
    ],
)
def test_repetitions_are_seen_through_case_and_signs(answer, repeated):
    row_filter = ExactDuplicateFilter()
    assert row_filter(lesson(*EN)) == ""
    assert bool(row_filter(lesson(EN[0], answer))) is repeated


def test_reasons_are_counted_with_examples_and_without_names():
    def proof(batches):
        for batch in batches:
            yield [(each, f"not proven: the answer names {each.id!r}") for each, _ in batch]

    rows = [replace(lesson(EN[0] + "a" * n, EN[1]), id=f"row {n}") for n in range(5)]
    report = FilterReport()
    candidates = [*((row, "") for row in rows), (None, "no more of these")]
    assert list(filtering.apply_filters(candidates, [], lambda b: mixed(proof, b), report)) == []
    assert report.seen == 6 and report.kept == 0
    assert report.dropped == {"not proven: the answer names …": 5, "no more of these": 1}
    shown = [f"{EN[0] + 'a' * n} → {EN[1]}" for n in range(3)]
    assert report.examples["not proven: the answer names …"] == shown


def mixed(proof, batches):
    """Prove what is a lesson, and leave alone what is none."""
    for batch in batches:
        rows = [each for each in batch if each[0]]
        yield [*next(proof([rows])), *(each for each in batch if not each[0])]


def test_counts_follow_what_is_taken_out():
    report = FilterReport()
    rows = [(lesson(EN[0] + "a" * n, EN[1]), "") for n in range(300)]
    taken = filtering.apply_filters(
        rows, [*filtering.stateless_filters(), ExactDuplicateFilter()], unproven, report
    )
    assert next(taken) and next(taken)
    assert (report.seen, report.kept) == (2, 2)


def test_batches_stay_in_order():
    rows = [(None, str(n)) for n in range(700)]
    batches = list(filtering.make_batches(rows))
    assert [len(batch) for batch in batches] == [25, 50, 100, 200, 200, 125]
    assert [each for batch in batches for each in batch] == rows
