"""Comparisons: what both have, what only one has by the graph, in both languages."""

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
from knowledge.lessons.facts import compared_relations, urgent_flags
from knowledge.lessons.facts.compared_relations import CONTRASTED, ORDER
from knowledge.lessons.templates.loader import LANGUAGES, load
from knowledge.lessons.templates.tables import ComparisonWords
from knowledge.lessons.verify.prover import Prover
from knowledge.lessons.verify.recorded_facts import FactRecords
from knowledge.vocabulary import TREATING

sys.path.insert(0, str(Path(__file__).parents[3] / "benchmarks"))

from tampering import changed_rows
from tampering_kinds import comparisons
from tampering_kinds.row_changes import Others


@pytest.fixture(scope="module")
def starter(tmp_path_factory):
    """Give a graph of so much of the starter knowledge that enough looks alike in it."""
    home = tmp_path_factory.mktemp("starter")
    folder = Path(knowledge.ingest.starter.__file__).parent
    names = ("conditions_a1", "conditions_a2", "conditions_b", "medicines_a", "medicines_b")
    engine, generation = opened_with(home, *(folder / f"{name}.yaml" for name in names))
    yield engine, generation
    engine.dispose()


@pytest.fixture(scope="module")
def rows(starter, tmp_path_factory):
    folder = tmp_path_factory.mktemp("rows") / "data"
    build.build(*starter, folder, BuildOptions(limit=240, styles=("comparison",)))
    return [row for name in FILES for row in read_lessons(folder / name)]


@pytest.fixture(scope="module")
def prover(starter):
    return Prover(*starter)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ORDER)
def test_conditions_and_medicines_are_compared(rows, language, kind):
    found = [
        row for row in rows if row.language == language and row.split_key.startswith(f"{kind}:")
    ]
    assert len(found) > 5
    for row in found:
        assert row.meta["versus"].startswith(f"{kind}:") and row.meta["versus"] != row.split_key
        assert "{" not in row.messages[1].content and "$" not in row.messages[1].content


def test_each_side_is_told_and_something_is_shared(rows):
    for row in rows:
        told = Counter(source.quote.split(" — ")[0].split("——")[0] for source in row.sources)
        assert len(told) == 2
        assert any(len(places) > 1 for places in row.meta["support"])


def test_what_one_alone_has_is_not_related_to_the_other(rows, starter):
    engine, generation = starter
    records = FactRecords(engine, generation)
    query = select(FactRow.id, FactRow.subject_id, FactRow.relation, FactRow.object_id)
    with engine.connect() as connection:
        facts = {row.id: row for row in connection.execute(query)}
    checked = 0
    for row in rows:
        ends = (row.split_key, row.meta["versus"])
        for places in row.meta["support"]:
            told = [facts[row.sources[place].id] for place in places]
            own = {end for fact in told for end in ends if end in (fact.subject_id, fact.object_id)}
            if len(own) != 1 or not all(fact.object_id for fact in told):
                continue
            (end,) = own
            other = records.read(ends)[ends[end == ends[0]]]
            for fact in told:
                inverse = fact.object_id == end
                if fact.relation + "~" * inverse in CONTRASTED:
                    named = fact.subject_id if inverse else fact.object_id
                    assert named not in other.related
                    checked += 1
    assert checked > 100


@pytest.mark.parametrize("language", LANGUAGES)
def test_findings_and_treatment_set_conditions_apart(rows, starter, language):
    engine, _ = starter
    with engine.connect() as connection:
        query = select(FactRow.id, FactRow.relation)
        relation = {row.id: row.relation for row in connection.execute(query)}
    checked = 0
    for row in rows:
        if row.language == language and row.split_key.startswith("condition:"):
            told = {relation[source.id] for source in row.sources}
            assert told & {*compared_relations.FINDINGS} and told & {*TREATING}
            checked += 1
    assert checked > 2


@pytest.mark.parametrize(
    ("one", "other", "compared"),
    [
        ("rib fracture", "lung tumour", False),
        ("酒精使用障碍", "广泛性焦虑障碍", False),
        ("empyema", "bronchial pneumonia", False),
        ("gout", "septic arthritis", True),
        ("哮喘", "慢性阻塞性肺疾病", True),
    ],
)
def test_what_nobody_confuses_is_not_compared(one, other, compared):
    assert compared_relations.are_compared(one, other) is compared
    assert compared_relations.are_compared(other, one) is compared


@pytest.mark.parametrize(
    "name", ["对本品过敏", "对该药物成分过敏", "hypersensitivity to the medicine"]
)
def test_what_bars_any_medicine_sets_none_apart(name):
    assert not compared_relations.says_something(name)
    assert compared_relations.says_something("青霉素过敏")


def test_nobody_asks_twice_for_the_same_facts(rows):
    asked = Counter(
        (row.messages[0].content, *sorted(source.id for source in row.sources)) for row in rows
    )
    assert max(asked.values()) == 1


@pytest.mark.parametrize("kind", comparisons.KINDS)
def test_a_changed_comparison_is_found(kind, rows, prover):
    pick = random.Random(kind)
    wrong = changed_rows(rows, comparisons.KINDS[kind], Others(rows), 20, pick)
    wrong = [replace(row, id=id_of(row)) for row in wrong]
    missed = [row for row, why in zip(wrong, prover.faults(wrong), strict=True) if not why]
    assert len(wrong) > 3 and missed == []


def test_what_both_have_is_not_told_of_one_alone(rows, prover):
    change = comparisons.KINDS["shared told of one alone"]
    wrong = changed_rows(rows, change, Others(rows), 60, random.Random(1))
    faults = prover.faults([replace(row, id=id_of(row)) for row in wrong])
    assert sum("holds of the other" in fault or "may hold" in fault for fault in faults) > 3


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_contrasted_where_that_is_not_fair(language):
    words = load(ComparisonWords, language)
    assert set(words.apart) == set(words.whereas) <= CONTRASTED
    assert {"side_effect", "contraindication"} <= set(words.both) - CONTRASTED


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_compared_with_an_emergency_tells_that_it_is_one(rows, language):
    grave = 0
    for row in (each for each in rows if each.language == language):
        first, *_ = row.sources
        subject = first.quote.split(" — ")[0].split("——")[0]
        told = row.messages[-1].content
        if not urgent_flags.is_grave_name(subject):
            continue
        grave += 1
        assert any("red flags" in each.quote or "警示征象" in each.quote for each in row.sources)
        assert "department" not in told and "就诊" not in told.replace("立即急诊就诊", "")
    assert grave
