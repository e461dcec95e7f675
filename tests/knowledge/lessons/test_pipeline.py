"""What rows pass in a build: the order of sources, and filters as the options ask for them."""

import pytest
from toy_lessons import opened

from knowledge.datasets import filtering
from knowledge.datasets.filtering import FilterReport
from knowledge.datasets.filters import exact_duplicates
from knowledge.datasets.filters.exact_duplicates import RepeatedTurnFilter
from knowledge.datasets.filters.near_duplicates import NearDuplicateFilter
from knowledge.datasets.imports.imported_rows import ImportedFile
from knowledge.lessons import pipeline
from knowledge.lessons.build_options import DEFAULTS, BuildOptions
from knowledge.lessons.facts.validation_split import HeldOut
from knowledge.lessons.pages.page_sources import PageSources
from knowledge.lessons.ray_workers import RayWriterPool
from knowledge.records import Lesson, LessonMessage, LessonSource


def row(question="What is gout?", answer="Gout is a disease of the joints.", licence="CC0-1.0"):
    messages = (LessonMessage("user", question), LessonMessage("assistant", answer))
    return Lesson("row", messages, "en", "imported", (), (), "key", licence)


def named(*reasons):
    return [(None, reason) for reason in reasons]


@pytest.mark.parametrize(
    ("sources", "order"),
    [
        ([], ""),
        ([named(*"abc")], "abc"),
        ([named(*"abcd"), named(*"xy")], "axbycd"),
        ([named("a"), named(*"xyz")], "axyz"),
        ([named(), named(*"xy"), named(*"12")], "x1y2"),
    ],
)
def test_sources_take_turns(sources, order):
    assert "".join(reason for _, reason in pipeline.interleave(*sources)) == order


def test_interleaving_reads_no_further_than_it_is_asked():
    def endless():
        while True:
            yield None, "x"

    found = pipeline.interleave(endless(), endless())
    assert [next(found) for _ in range(5)] == named(*"xxxxx")


def reason_of(options, lesson):
    return next((why for each in pipeline.make_row_filters(options) if (why := each(lesson))), "")


def test_row_filters_follow_the_options():
    assert reason_of(DEFAULTS, row()) == ""
    assert "licence" in reason_of(BuildOptions(licences=("MIT",)), row())
    assert reason_of(BuildOptions(licences=("CC0-1.0",)), row()) == ""
    assert "keyword" in reason_of(BuildOptions(keywords=("joints",)), row())
    filters = pipeline.make_row_filters(DEFAULTS)
    twice = [[each(row()) for each in filters] for _ in range(2)]
    assert not any(twice[0]) and "repetition" in twice[1][-1]
    stateless = pipeline.make_stateless_filters(DEFAULTS)
    assert not any(each(row()) for _ in range(2) for each in stateless)


def test_stages_drop_what_overlaps_an_excluded_set_or_an_earlier_row(tmp_path):
    exams = tmp_path / "exams.csv"
    exams.write_text("question\nWhich crystals are found in the joints of gout?\n")
    near = "Gout is a disease of joints in which crystals of urate settle, and it hurts a lot."
    rows = [row(answer=near), row(answer=near.replace("a lot", "much")), row(answer="It hurts.")]
    asked = row("Which crystals are found in the joints of gout?", "Those of urate are found.")
    batch = [(each, "") for each in (*rows, asked)]
    for options, excluded in ((DEFAULTS, False), (BuildOptions(exclude=(exams,)), True)):
        stages = pipeline.make_stages(options, None, 1, FilterReport())
        [done] = stages([batch])
        reasons = [reason for _, reason in done]
        assert not reasons[0] and "near duplicate" in reasons[1] and not reasons[2]
        assert ("overlap" in reasons[3]) is excluded


GOUT = LessonSource("fact", "fact:1", "Gout — symptoms: pain; swelling.")
ASKED = "Please look up for my patient with a hot, red big toe what gout brings."
ASKED_OTHERWISE = "Does the knowledge base list signs of gout? I have to teach students on Monday."
ANSWER = "Gout shows as pain and swelling."


def call(question, answer=ANSWER, style="knowledge-call", language="en", facts=(GOUT,), **meta):
    """Return a row that looks something up before it answers."""
    told = (
        LessonMessage("user", question),
        LessonMessage("assistant", 'lookup("Gout", "symptoms")'),
        LessonMessage("user", f"RESULT: {GOUT.quote}"),
        LessonMessage("assistant", answer),
    )
    return Lesson(question, told, language, style, facts, (), "gout", "CC0-1.0", meta)


@pytest.mark.parametrize(
    ("first", "second", "reason"),
    [
        (call(ASKED), call(ASKED_OTHERWISE), "repetition of an earlier row"),
        (call(ASKED), call(ASKED_OTHERWISE, ANSWER.upper()), "repetition of an earlier row"),
        (call(ASKED), call(ASKED_OTHERWISE, style="tools"), ""),
        (call(ASKED, style="tools"), call(ASKED_OTHERWISE, style="tools"), ""),
        (call(ASKED), call(ASKED_OTHERWISE, relation="symptom"), ""),
        (call(ASKED), call(ASKED_OTHERWISE, facts=()), ""),
        (call(ASKED), call(ASKED, "Pain; a swollen joint as well, says the base."), ""),
        (
            call(ASKED, style="huatuo"),
            call(ASKED, "Pain; a swollen joint as well, says the base.", style="huatuo"),
            "repetition of an earlier row",
        ),
    ],
)
@pytest.mark.parametrize("apart", [False, True], ids=["one batch", "two batches"])
def test_no_two_rows_say_the_same_of_the_same_facts(first, second, reason, apart):
    batches = [[(first, "")], [(second, "")]] if apart else [[(first, ""), (second, "")]]
    stage = filtering.make_stage(RepeatedTurnFilter())
    assert [why for batch in stage(batches) for _, why in batch] == ["", reason]


def test_a_build_writes_no_row_that_its_check_calls_repeated():
    rows = [call(ASKED), call(ASKED_OTHERWISE), call("What does gout bring?", "It hurts.")]
    near = filtering.make_stage(NearDuplicateFilter())
    assert [why for batch in near([[(each, "") for each in rows]]) for _, why in batch] == [""] * 3
    stages = pipeline.make_stages(DEFAULTS, None, 1, FilterReport())
    kept = [
        row for batch in stages([[(each, "") for each in rows]]) for row, why in batch if not why
    ]
    assert kept == [rows[0], rows[2]]
    digests = [each for row in kept for each in exact_duplicates.turn_digests(row)]
    assert len(digests) == len(set(digests)) == 2


def test_rows_from_outside_are_masked_only_where_that_is_asked(tmp_path):
    path = tmp_path / "talks.jsonl"
    path.write_text('{"prompt": "I am at ann@lee.org, is it gout?", "response": "It may be."}\n')
    feedback = ((row("Write to bob@lee.org, please."), ""), (None, "empty"))
    files = (ImportedFile(path),)
    for personal, shown in (("drop", True), ("mask", False)):
        options = BuildOptions(imports=files, feedback=feedback, personal=personal)
        first, empty, last = pipeline.read_outside_rows(options)
        assert empty == (None, "empty")
        assert ("bob@lee.org" in first[0].messages[0].content) is shown
        assert ("ann@lee.org" in last[0].messages[0].content) is shown


def test_the_engine_decides_who_writes(tmp_path):
    engine, generation = opened(tmp_path)
    sources = PageSources(engine, generation)
    for name, on_ray in (("processes", False), ("ray", True)):
        options = BuildOptions(engine=name)
        writers = pipeline.make_writer_pool(options, engine, sources, HeldOut(""))
        assert isinstance(writers, RayWriterPool) is on_ray
    engine.dispose()
