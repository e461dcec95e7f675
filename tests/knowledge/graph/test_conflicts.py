"""Conflicts: contradicting facts are listed with both sides and the sources of each."""

from pathlib import Path

from sqlalchemy import Engine
from toy_knowledge import fill, write_graph

from knowledge.graph import conflicts
from knowledge.graph.knowledge_graph import KnowledgeGraph
from knowledge.ingest import updates
from knowledge.search import catalog_views
from medchat.cli import kb_output

SECOND = """\
format: medchat-records
title: Another opinion
licence: CC0-1.0
source: Written for the tests.
records:
- kind: medicine
  en: [metformin]
  contraindication: ["Type 2 diabetes = 2型糖尿病"]
"""
LEVELS = "DDInterID_A,Drug_A,DDInterID_B,Drug_B,Level\nDDInter1,warfarin,DDInter2,ibuprofen,{}\n"


def test_opposed_relations_are_listed_once_with_their_sources(
    engine: Engine, home: Path, tmp_path: Path
) -> None:
    fill(engine, home, tmp_path)
    assert conflicts.list_conflicts(engine, 1, 10) == []
    updates.add(engine, home, [write_graph(tmp_path, SECOND, "second.yaml")])
    found = conflicts.list_conflicts(engine, 2, 10)
    told = {
        (str(each["why"]), frozenset(side["relation"] for side in each["sides"])) for each in found
    }
    assert ("opposed relations", frozenset({"contraindication", "first_line"})) in told
    assert len(told) == len(found)
    lines = "\n".join(kb_output.conflict_lines(found))
    assert "Another opinion" in lines and "Toy conditions" in lines
    assert len(conflicts.list_conflicts(engine, 2, 1)) == 1
    assert conflicts.list_conflicts(engine, 1, 10) == []


def test_levels_on_which_sources_disagree_stand_side_by_side(
    engine: Engine, home: Path, tmp_path: Path
) -> None:
    for name, level in (("one", "Major"), ("two", "Minor")):
        (tmp_path / f"{name}.csv").write_text(LEVELS.format(level))
        updates.add(engine, home, [tmp_path / f"{name}.csv"], licence="CC0-1.0")
    (conflict,) = conflicts.list_conflicts(engine, 2, 10)
    assert conflict["why"] == "its sources give different levels"
    (side,) = conflict["sides"]
    assert [source["note"] for source in side["sources"]] == ["level: major", "level: minor"]
    shown = catalog_views.entity(KnowledgeGraph(engine, 2), "warfarin")
    assert list(shown["facts"][0]["levels"]) == ["major", "minor"]
    lines = "\n".join(kb_output.entity_lines(shown))
    assert "ibuprofen [level: major, level: minor] (conflict)" in lines
    assert "conflict, interaction ibuprofen: major (one" in lines and "against minor (two" in lines


def test_both_sides_of_a_conflict_are_printed_with_an_entity(
    engine: Engine, home: Path, tmp_path: Path
) -> None:
    fill(engine, home, tmp_path)
    updates.add(engine, home, [write_graph(tmp_path, SECOND, "second.yaml")])
    lines = "\n".join(
        kb_output.entity_lines(catalog_views.entity(KnowledgeGraph(engine, 2), "metformin"))
    )
    assert "contraindication: Type 2 diabetes (conflict)" in lines
    assert "conflict: contraindication Type 2 diabetes (second-" in lines
