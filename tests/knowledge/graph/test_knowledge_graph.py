"""Graph: facts from both sides, the curated first, lines in the language that is asked for."""

from pathlib import Path

import pytest
from sqlalchemy import Engine
from toy_knowledge import fill, write_graph

from knowledge import KnowledgeError
from knowledge.graph.knowledge_graph import MOST, KnowledgeGraph
from knowledge.ingest import updates
from knowledge.search import catalog_views

SECOND = """\
format: medchat-records
title: Second opinion
licence: CC0-1.0
records:
- kind: medicine
  en: [metformin]
  contraindication: ["Type 2 diabetes"]
- kind: condition
  en: [Asthma]
  symptom: ["fatigue", "cough"]
"""


@pytest.fixture
def graph(engine: Engine, home: Path, tmp_path: Path) -> KnowledgeGraph:
    fill(engine, home, tmp_path)
    return KnowledgeGraph(engine, 1)


def _id(graph: KnowledgeGraph, name: str) -> str:
    return graph.named(name)[0].id


@pytest.mark.parametrize(
    ("name", "relation", "inverse", "language", "expected"),
    [
        ("T2DM", "symptom", False, "en", "Type 2 diabetes — symptoms: polyuria; fatigue."),
        ("T2DM", "symptom", False, "zh", "2型糖尿病——症状：多尿；乏力。"),
        ("fatigue", "symptom", True, "zh", "乏力——可见于：哮喘；2型糖尿病。"),
        ("warfarin", "interaction", False, "en", "warfarin — interactions: ibuprofen; aspirin."),
        ("aspirin", "interaction", False, "en", "aspirin — interactions: warfarin."),
        ("metformin", "medicine", True, "en", "metformin — used for: Type 2 diabetes."),
        ("T2DM", "description", False, "zh", "2型糖尿病——简介：胰岛素抵抗引起的高血糖。"),
    ],
)
def test_a_group_of_facts_is_one_line(
    graph: KnowledgeGraph, name: str, relation: str, inverse: bool, language: str, expected: str
) -> None:
    evidence = graph.evidence(_id(graph, name), relation, language, inverse)
    assert evidence is not None
    assert evidence.text == expected
    assert evidence.id == f"{_id(graph, name)}#{relation}{'~' if inverse else ''}"
    assert all(fact.sources for fact in evidence.facts)


def test_what_is_not_known_is_no_evidence(graph: KnowledgeGraph) -> None:
    assert graph.evidence(_id(graph, "Asthma"), "dose_limit", "en") is None
    assert graph.evidence("condition:none", "symptom", "en") is None
    assert graph.entity("condition:none") is None
    assert graph.named("zorvanex") == []


def test_neighbours_and_paths_lead_through_facts(graph: KnowledgeGraph) -> None:
    asthma, diabetes = _id(graph, "Asthma"), _id(graph, "T2DM")
    assert {(relation, other.name("en")) for relation, other in graph.neighbours(asthma)} == {
        ("symptom", "wheeze"), ("symptom", "fatigue")
    }  # fmt: skip
    path = graph.path(asthma, diabetes)
    assert [fact.subject for fact in path] == [asthma, diabetes]
    assert graph.path(asthma, _id(graph, "warfarin")) == []


def test_long_groups_are_cut_and_better_supported_facts_come_first(
    engine: Engine, home: Path, tmp_path: Path
) -> None:
    many = "; ".join(f'"finding {number}b"' for number in range(40)).replace(";", ",")
    text = f"""\
format: medchat-records
title: Many
licence: CC0-1.0
records:
- kind: condition
  en: [Asthma]
  symptom: [{many}]
"""
    again = text.replace("title: Many", "title: Again").replace('"finding 0b", ', "")
    again = again.replace('"finding 39b"', '"finding 39b"').replace(many, '"finding 39b"')
    updates.add(engine, home, [write_graph(tmp_path, text, "many.yaml")])
    updates.add(engine, home, [write_graph(tmp_path, again, "again.yaml")])
    graph = KnowledgeGraph(engine, 2)
    evidence = graph.evidence(_id(graph, "Asthma"), "symptom", "en")
    assert evidence is not None and len(evidence.facts) == MOST
    assert len(evidence.facts[0].sources) == 2
    assert len(graph.facts(_id(graph, "Asthma"), "symptom")) == 40


def test_names_of_the_other_language_are_shown_only_for_want_of_better(
    engine: Engine, home: Path, tmp_path: Path
) -> None:
    text = """\
format: medchat-records
title: Mixed
licence: CC0-1.0
records:
- kind: condition
  en: [Asthma]
  symptom: ["wheeze", "喘息"]
  cause: ["过敏"]
"""
    updates.add(engine, home, [write_graph(tmp_path, text)])
    graph = KnowledgeGraph(engine, 1)
    asthma = _id(graph, "Asthma")
    lines = {
        (relation, language): graph.evidence(asthma, relation, language)
        for relation in ("symptom", "cause")
        for language in ("en", "zh")
    }
    assert {key: line and line.text for key, line in lines.items()} == {
        ("symptom", "en"): "Asthma — symptoms: wheeze.",
        ("symptom", "zh"): "Asthma——症状：喘息。",
        ("cause", "en"): "Asthma — causes: 过敏.",
        ("cause", "zh"): "Asthma——病因：过敏。",
    }


def test_an_entity_is_shown_with_sources_and_conflicts(
    engine: Engine, home: Path, tmp_path: Path
) -> None:
    fill(engine, home, tmp_path)
    updates.add(engine, home, [write_graph(tmp_path, SECOND, "second.yaml")])
    view = catalog_views.entity(KnowledgeGraph(engine, 2), "二型糖尿病")

    assert view["kind"] == "condition"
    assert view["names"] == {"en": ["Type 2 diabetes", "T2DM"], "zh": ["2型糖尿病"]}
    facts = {fact["relation"]: fact for fact in view["facts"]}
    assert facts["first_line"]["object"]["names"] == {"en": "metformin", "zh": "二甲双胍"}
    assert facts["first_line"]["conflicts"] and facts["medicine"]["conflicts"]
    assert not facts["symptom"]["conflicts"]
    with pytest.raises(KnowledgeError, match="zorvanex"):
        catalog_views.entity(KnowledgeGraph(engine, 2), "zorvanex")


def test_what_is_named_in_the_asked_language_is_shown_however_far_down_it_stands(
    engine: Engine, home: Path, tmp_path: Path
) -> None:
    chinese = ", ".join(f"症状{number}号" for number in range(100, 160))
    text = (
        "format: medchat-records\ntitle: Many\nlicence: CC0-1.0\nrecords:\n"
        f'- kind: condition\n  en: [Zorb]\n  symptom: [{chinese}, "rare cough = 罕见咳嗽"]\n'
    )
    updates.add(engine, home, [write_graph(tmp_path, text)])
    graph = KnowledgeGraph(engine, 1)
    zorb = _id(graph, "Zorb")
    english, spoken = (graph.evidence(zorb, "symptom", each) for each in ("en", "zh"))
    assert english is not None and english.text == "Zorb — symptoms: rare cough."
    assert spoken is not None and len(spoken.facts) == MOST
    facts = graph.facts(zorb)
    assert len(facts) == 61 and facts == graph.facts(zorb, "symptom")
    objects = [str(fact.object) for fact in facts]
    assert list(graph.entities(objects)) and set(graph.entities(objects)) == set(objects)
    assert [fact.id for fact in graph.between(objects[60], zorb)] == [facts[60].id]
    assert graph.entities([]) == {} and graph.between(zorb, "none") == []
