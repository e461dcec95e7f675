"""Paragraphs on an entity: named first, in order, of their length, in both languages."""

import random
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select
from toy_lessons import opened_with

import knowledge.ingest.starter
from knowledge.datasets.row_ids import id_of
from knowledge.graph.catalog import FactRow
from knowledge.lessons import build
from knowledge.lessons.build_options import BuildOptions
from knowledge.lessons.dataset_check import FILES, read_lessons
from knowledge.lessons.facts import paragraph_order
from knowledge.lessons.facts.urgent_flags import is_grave_name
from knowledge.lessons.templates.loader import LANGUAGES, load
from knowledge.lessons.templates.tables import OverviewWords
from knowledge.lessons.verify.prover import Prover
from knowledge.text.sentences import sentence_spans
from knowledge.vocabulary import TREATING

sys.path.insert(0, str(Path(__file__).parents[3] / "benchmarks"))

from tampering import changed_rows
from tampering_kinds import paragraphs
from tampering_kinds.row_changes import Others, said_instead, with_meta


@pytest.fixture(scope="module")
def starter(tmp_path_factory):
    """Give a graph of a part of the starter knowledge."""
    home = tmp_path_factory.mktemp("starter")
    folder = Path(knowledge.ingest.starter.__file__).parent
    paths = [folder / "conditions_a1.yaml", folder / "medicines_a.yaml"]
    engine, generation = opened_with(home, *paths)
    yield engine, generation
    engine.dispose()


@pytest.fixture(scope="module")
def rows(starter, tmp_path_factory):
    folder = tmp_path_factory.mktemp("rows") / "data"
    build.build(*starter, folder, BuildOptions(limit=120, styles=("overview",)))
    return [row for name in FILES for row in read_lessons(folder / name)]


@pytest.fixture(scope="module")
def prover(starter):
    return Prover(*starter)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_paragraph_has_its_length_and_names_its_subject_once_or_more(rows, language):
    told = [row for row in rows if row.language == language]
    assert len(told) > 30
    for row in told:
        answer = row.messages[-1].content
        name = _name(row)
        first = answer[slice(*sentence_spans(answer)[0])]
        assert name.lower() in first.lower()
        assert paragraph_order.fits(answer, language)
        assert "\n" not in answer and "{" not in answer


def test_a_paragraph_tells_several_relations_and_no_fact_twice(rows):
    for row in rows:
        assert len({source.quote for source in row.sources}) >= paragraph_order.FEWEST
        assert max(Counter(source.id for source in row.sources).values()) == 1


@pytest.mark.parametrize("kind", paragraphs.KINDS)
def test_a_changed_paragraph_is_found(kind, rows, prover):
    pick = random.Random(kind)
    wrong = changed_rows(rows, paragraphs.KINDS[kind], Others(rows), 20, pick)
    wrong = [replace(row, id=id_of(row)) for row in wrong]
    missed = [row for row, why in zip(wrong, prover.faults(wrong), strict=True) if not why]
    assert len(wrong) == 20 and missed == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_paragraph_that_is_too_short_is_refused(language, rows, prover):
    row = next(row for row in rows if row.language == language)
    answer = row.messages[-1].content
    spans = sentence_spans(answer)[:2]
    support = row.meta["support"][:2]
    places = sorted({place for each in support for place in each})
    short = with_meta(
        said_instead(replace(row, sources=row.sources[: len(places)]), answer[: spans[-1][1]]),
        support=support,
    )
    assert places == list(range(len(places))) and prover.faults([short])[0]


def test_relations_stand_in_one_order():
    assert paragraph_order.is_in_order(["description", "symptom", "red_flag"], "condition")
    assert not paragraph_order.is_in_order(["red_flag", "symptom"], "condition")
    assert not paragraph_order.is_in_order(["associated_with"], "condition")


def test_whoever_cannot_wait_is_sent_to_no_appointment(starter, tmp_path):
    build.build(*starter, tmp_path / "data", BuildOptions(limit=400, styles=("overview",)))
    rows = [row for name in FILES for row in read_lessons(tmp_path / "data" / name)]
    told = [(_name(row), " ".join(each.quote for each in row.sources)) for row in rows]
    sent = [name for name, text in told if " department: " in text or "就诊科室" in text]
    assert any(is_grave_name(name) for name, _ in told)
    assert sent and not any(is_grave_name(name) for name in sent)


def test_a_paragraph_tells_what_its_reader_needs_most(rows, starter):
    """How a condition is treated, and the danger of an emergency."""
    with starter[0].connect() as connection:
        query = select(FactRow.id, FactRow.relation)
        relation = {row.id: row.relation for row in connection.execute(query)}
    grave = 0
    for row in (row for row in rows if row.split_key.startswith("condition:")):
        told = {relation[source.id] for source in row.sources}
        assert told & {*TREATING, "prevention"} and told & {"symptom", "sign", "red_flag"}
        if is_grave_name(_name(row)):
            assert "red_flag" in told
            grave += 1
    assert grave > 1


def test_all_checks_of_a_medicine_are_told_together(rows, starter):
    """Who is told of one check has that one alone."""
    with starter[0].connect() as connection:
        query = select(FactRow.id, FactRow.subject_id).where(FactRow.relation == "monitoring")
        checks = {row.id: row.subject_id for row in connection.execute(query)}
    several = 0
    for row in rows:
        told = {source.id for source in row.sources} & checks.keys()
        every = {id for id, subject in checks.items() if subject == row.split_key}
        if told and len(every) < 5:
            assert told == every
            several += len(every) > 1
    assert several > 1


def test_every_red_flag_of_a_condition_is_told(rows, starter):
    with starter[0].connect() as connection:
        query = select(FactRow.id, FactRow.subject_id).where(FactRow.relation == "red_flag")
        flags = {row.id: row.subject_id for row in connection.execute(query)}
    told = []
    for row in rows:
        every = {id for id, subject in flags.items() if subject == row.split_key}
        if len(every) == 2:
            told.append(every <= {source.id for source in row.sources})
    assert len(told) > 3 and sum(told) > 0.8 * len(told)


def test_nobody_asks_twice_for_the_same_facts(rows):
    asked = Counter(
        (row.messages[0].content, *sorted(source.id for source in row.sources)) for row in rows
    )
    assert max(asked.values()) == 1
    words = load(OverviewWords, "en").question
    assert all(len(each[form::2]) > 3 for each in words.values() for form in (0, 1))


@pytest.mark.parametrize(
    ("kind", "told", "described", "lacking"),
    [
        ("medicine", ["side_effect"], ["A macrolide with a long half-life."], "what it is for"),
        ("medicine", ["side_effect"], ["治疗窗窄的黄嘌呤类药物。"], ""),
        ("medicine", ["side_effect"], ["半衰期长的二氢吡啶类药物。"], "what it is for"),
        ("medicine", ["first_line~"], [], ""),
        ("condition", ["symptom", "cause"], ["An illness."], "what is done about it"),
        ("condition", ["medicine", "cause"], [], "how it shows"),
    ],
)
def test_a_paragraph_may_not_lack_use_treatment_or_picture(kind, told, described, lacking):
    assert paragraph_order.lack(kind, told, described) == lacking


def _name(row):
    return row.sources[0].quote.split(" — " if row.language == "en" else "——")[0]
