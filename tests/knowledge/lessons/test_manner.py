"""Test how doctor rows are told: register, length, difficulty, and what the proof makes of them."""

import random
from collections import Counter
from dataclasses import replace

import pytest
from toy_lessons import opened

from knowledge.datasets.row_ids import lesson_id
from knowledge.errors import KnowledgeError
from knowledge.lessons.build_options import BuildOptions
from knowledge.lessons.facts.fact_fitness import is_speakable
from knowledge.lessons.facts.manner import ANY, LENGTHS, WantedManners, length_of
from knowledge.lessons.pages.page_sources import PageSources
from knowledge.lessons.row_plan import RowPlan
from knowledge.lessons.styles.style_registry import DOCTOR_STYLES, STYLES
from knowledge.lessons.verify.prover import Prover
from knowledge.lessons.workers import OTHER_LENGTH, RowWriter


@pytest.fixture(scope="module")
def toy(tmp_path_factory):
    engine, generation = opened(tmp_path_factory.mktemp("manner"))
    yield engine, generation
    engine.dispose()


def written(toy, wanted):
    engine, generation = toy
    sources = PageSources(engine, generation)
    plan = RowPlan(sources, 5, ("en", "zh"), wanted)
    tasks = list(plan.tasks([STYLES[name] for name in DOCTOR_STYLES]))
    return RowWriter(engine, sources).write(tasks[:400])


@pytest.fixture(scope="module")
def mixed(toy):
    return [row for row, reason in written(toy, ANY) if row and not reason]


def told(rows, name):
    return Counter(row.meta[name] for row in rows)


def test_a_mix_has_all_registers_lengths_and_difficulties(mixed):
    assert set(told(mixed, "register")) == {"plain", "professional"}
    assert set(told(mixed, "length")) == set(LENGTHS)
    assert set(told(mixed, "difficulty")) >= {"easy", "medium"}
    assert {row.meta["register"] for row in mixed if row.style == "vignette"} <= {"professional"}


@pytest.mark.parametrize("length", LENGTHS)
def test_only_answers_of_the_wanted_length_are_kept(toy, length):
    made = written(toy, WantedManners(lengths=(length,)))
    rows = [row for row, reason in made if row and not reason]
    assert rows
    for row in rows:
        assert length_of(row.messages[-1].content, row.language) == length == row.meta["length"]
    assert {reason for row, reason in made if row is None} <= {OTHER_LENGTH} | {
        reason for row, reason in written(toy, ANY) if row is None
    }


def test_a_wanted_register_or_difficulty_leaves_out_the_others(toy):
    plain = written(toy, WantedManners(registers=("plain",), difficulties=("easy",)))
    rows = [row for row, reason in plain if row and not reason]
    assert rows and set(told(rows, "register")) == {"plain"}
    assert set(told(rows, "difficulty")) == {"easy"}
    assert "vignette" not in told_styles(rows)


def told_styles(rows):
    return {row.style for row in rows}


def test_a_plain_answer_says_more_than_a_brief_one(mixed):
    def size(register):
        few = [
            len(row.messages[-1].content)
            for row in mixed
            if row.style == "chatdoctor" and row.meta["register"] == register
        ]
        return sum(few) / len(few)

    assert size("plain") > size("professional")


def test_a_length_that_the_answer_has_not_is_a_fault(toy, mixed):
    prover = Prover(*toy)
    row = next(row for row in mixed if row.meta["length"] == "short")
    assert prover.faults([row]) == [""]
    wrong = replace(row, meta={**row.meta, "length": "long"})
    assert prover.faults([wrong]) == ["the length is not that of the answer"]


def test_the_subject_of_a_row_cannot_be_exchanged_with_its_rival(toy, mixed):
    prover = Prover(*toy)
    row = next(row for row in mixed if len(row.entities) > 2)
    other = replace(row, entities=(row.entities[1], row.entities[0], *row.entities[2:]))
    other = replace(
        other,
        id=lesson_id(other.style, other.language, other.messages, [s.id for s in row.sources]),
    )
    assert "subject" in prover.faults([other])[0]


@pytest.mark.parametrize(
    "wanted",
    [
        WantedManners(registers=("loud",)),
        WantedManners(lengths=("endless",)),
        WantedManners(difficulties=("none",)),
    ],
)
def test_a_manner_that_is_unknown_is_refused(wanted):
    with pytest.raises(KnowledgeError, match="There is no"):
        BuildOptions(manners=wanted)


def test_a_manner_is_drawn_in_its_shares():
    pick = random.Random(3)
    drawn = [ANY.draw(("plain", "professional"), pick) for _ in range(400)]
    plain = sum(each is not None and each.is_plain for each in drawn)
    assert 250 < plain < 350
    assert ANY.draw((), pick) is None


def test_a_test_named_by_its_place_in_a_catalogue_is_not_spoken():
    assert not is_speakable("尿液检查-镜检-红细胞", "test")
    assert is_speakable("尿常规", "test")
