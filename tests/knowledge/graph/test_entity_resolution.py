"""Identity: what joins the entities of several sources, what keeps them apart, and the way back."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, inspect, select
from sqlalchemy.orm import Session
from toy_knowledge import write_graph

from knowledge.graph import rows
from knowledge.graph.catalog import CatalogBase, IdentifierRow, NameRow, SourceRow, holds
from knowledge.graph.entity_resolution import EntityResolver, Resolution
from knowledge.graph.knowledge_graph import KnowledgeGraph
from knowledge.index import generations
from knowledge.ingest import updates
from knowledge.search import catalog_views

FIRST = """\
format-version: 1.2

[Term]
id: DOID:9352
name: type 2 diabetes mellitus
alt_id: DOID:1837
xref: MESH:D003924
def: "A diabetes with insulin resistance." []
"""

CURATED = """\
format: medchat-records
title: By hand
licence: CC0-1.0
records:
- kind: condition
  en: [gouty arthritis]
  symptom: [joint pain]
"""


def obo(folder: Path, name: str, *terms: str) -> Path:
    """Write an ontology: each term is given as `id, name, further line, …`."""
    stanzas = []
    for term in terms:
        id, said, *more = term.split(", ")
        stanzas.append("\n".join(["[Term]", f"id: {id}", f"name: {said}", *more]))
    path = folder / name
    path.write_text("\n\n".join(["format-version: 1.2", *stanzas]) + "\n", encoding="utf-8")
    return path


def add(engine: Engine, home: Path, *paths: Path) -> updates.Update:
    return updates.add(engine, home, paths)


def entity(engine: Engine, home: Path, name: str) -> dict[str, object]:
    return catalog_views.entity(KnowledgeGraph(engine, generations.current(home)), name)


def source(engine: Engine, format: str) -> str:
    with Session(engine) as session:
        newest = (
            select(SourceRow.id).where(SourceRow.format == format).order_by(SourceRow.since.desc())
        )
        return session.scalars(newest).first()


def shown(found: dict[str, object]) -> set[tuple[str, bool, str]]:
    return {(each["code"], each["own"], each["joined"]) for each in found["identifiers"]}


def test_names_and_identifiers_are_asked_in_this_order() -> None:
    known = EntityResolver()
    known.add_preferred_name(("condition", "gout"), "a")
    known.add_alias(("condition", "podagra"), "a", trusted=True)
    known.add_alias(("condition", "joint disease"), "b", trusted=False)
    known.add_identifier("condition", "DOID:1", "a")
    known.add_identifier("condition", "DOID:2", "b")
    for names, own, any_alias, expected in (
        (["gout"], [], False, Resolution("a", "name", "gout")),
        (["podagra"], ["HP:1"], False, Resolution("a", "name", "podagra")),
        (["rheumatism"], ["DOID:2"], False, Resolution("b", "identifier", "DOID:2")),
        # An alias of a scraped list is weaker than an identifier, and means no record.
        (["joint disease"], [], False, Resolution("", "created")),
        (["joint disease"], [], True, Resolution("b", "name", "joint disease")),
        (["joint disease"], ["DOID:1"], True, Resolution("a", "identifier", "DOID:1")),
        # One register tells the two apart, whatever they are called.
        (["gout"], ["DOID:2"], False, Resolution("b", "identifier", "DOID:2", "a")),
        (["gout"], ["DOID:3"], False, Resolution("", "created", apart="a")),
        (["gout"], ["DOID:3", "DOID:1"], False, Resolution("a", "name", "gout")),
        (["gout"], ["MONDO:3"], False, Resolution("a", "name", "gout")),
    ):
        assert known.find("condition", names, own, any_alias=any_alias) == expected
    assert known.find("symptom", ["gout"], ["DOID:2"]) == Resolution("", "created")
    known.add_identifier("condition", "DOID:2", "a")
    assert known.find("condition", ["new"], ["DOID:2"]) == Resolution("", "created"), "two bear it"


def test_one_identifier_joins_two_names_and_removal_parts_them(
    engine: Engine, home: Path, tmp_path: Path
) -> None:
    first = tmp_path / "first.obo"
    first.write_text(FIRST, encoding="utf-8")
    add(engine, home, first)
    before = entity(engine, home, "type 2 diabetes mellitus")
    assert shown(before) == {
        ("DOID:9352", True, "created"),
        ("DOID:1837", True, "created"),
        ("MESH:D003924", False, "created"),
    }
    update = add(
        engine, home, obo(tmp_path, "second.obo", 'DOID:1837, NIDDM, def: "Without insulin." []')
    )
    assert (update.entities, update.facts) == (0, 1)
    for name in ("NIDDM", "type 2 diabetes mellitus"):
        both = entity(engine, home, name)
        assert both["id"] == before["id"]
        assert both["names"]["en"] == ["type 2 diabetes mellitus", "NIDDM"]
        assert len(both["facts"]) == 2
        assert shown(both) - shown(before) == {("DOID:1837", True, "identifier")}

    updates.remove(engine, home, [source(engine, "obo")])
    assert entity(engine, home, "type 2 diabetes mellitus") == before
    assert KnowledgeGraph(engine, 3).named("NIDDM") == []
    assert len(KnowledgeGraph(engine, 2).identifiers(before["id"])) == 4
    # What came and went does not decide any more: the name is free for another thing.
    add(engine, home, obo(tmp_path, "third.obo", "DOID:7, NIDDM"))
    assert entity(engine, home, "NIDDM")["id"] != before["id"]
    assert generations.verify(engine, home) == []


def test_removal_of_the_first_source_leaves_the_joined_one(
    engine: Engine, home: Path, tmp_path: Path
) -> None:
    add(engine, home, obo(tmp_path, "first.obo", "DOID:1, gout"))
    first = source(engine, "obo")
    add(engine, home, obo(tmp_path, "second.obo", "DOID:1, podagra"))
    updates.remove(engine, home, [first])
    left = entity(engine, home, "podagra")
    assert left["names"]["en"] == ["podagra"]
    assert shown(left) == {("DOID:1", True, "identifier")}


def test_a_reference_to_another_register_joins_nothing(
    engine: Engine, home: Path, tmp_path: Path
) -> None:
    update = add(
        engine,
        home,
        obo(tmp_path, "doid.obo", "DOID:1, gout, xref: UMLS:C1", "DOID:2, podagra, xref: UMLS:C1"),
        obo(tmp_path, "mondo.obo", "MONDO:1, gout disease, xref: DOID:1, xref: UMLS:C1"),
    )
    assert update.entities == 3
    found = entity(engine, home, "gout disease")
    assert shown(found) == {
        ("MONDO:1", True, "created"),
        ("DOID:1", False, "created"),
        ("UMLS:C1", False, "created"),
    }


def test_what_a_register_tells_apart_is_not_joined_by_name(
    engine: Engine, home: Path, tmp_path: Path
) -> None:
    add(engine, home, obo(tmp_path, "first.obo", 'DOID:1, gout, def: "One." []'))
    later = obo(tmp_path, "second.obo", 'DOID:2, Gout, def: "Another." []')
    update = add(engine, home, later)
    assert update.entities == 1
    assert update.left_out["a name that two things share, told apart by their identifiers"] == 1
    one, other = KnowledgeGraph(engine, 2).named("gout")
    assert one.id != other.id
    texts = [
        fact.value[0].text
        for each in (one, other)
        for fact in KnowledgeGraph(engine, 2).facts(each.id)
    ]
    assert texts == ["One.", "Another."]
    # Each is met again under its own identifier, and another register's joins by name.
    again = obo(tmp_path, "third.obo", "DOID:2, gout", "DOID:1, GOUT", "MONDO:1, gout")
    assert add(engine, home, again).entities == 0
    assert shown(entity(engine, home, other.id)) == {
        ("DOID:2", True, "created"),
        ("DOID:2", True, "identifier"),
    }
    updates.remove(engine, home, [source(engine, "obo")])
    assert [each.id for each in KnowledgeGraph(engine, 4).named("gout")] == [one.id, other.id]


def test_a_name_joins_before_an_identifier_and_is_recorded(
    engine: Engine, home: Path, tmp_path: Path
) -> None:
    add(engine, home, write_graph(tmp_path, CURATED))
    path = obo(tmp_path, "doid.obo", "DOID:1, Gouty Arthritis", f"DOID:2, {'x' * 20}")
    path.write_text(path.read_text().replace("DOID:2", f"DOID:{'2' * 130}"))
    update = add(engine, home, path)
    assert update.left_out["an identifier longer than 120 characters"] == 1
    found = entity(engine, home, "gouty arthritis")
    assert shown(found) == {("DOID:1", True, "name")}
    assert len(found["facts"]) == 1


def test_objects_are_joined_by_their_identifiers(
    engine: Engine, home: Path, tmp_path: Path
) -> None:
    header = "DDInterID_A,Drug_A,DDInterID_B,Drug_B,Level"
    lines = (
        [header, "DDInter1,Iron,DDInter2,Dolutegravir,Major"],
        [header, "DDInter1,Ferrous iron,DDInter2,DTG,Moderate", "DDInter2,DTG,DDInter3,Zinc,Minor"],
    )
    paths = [tmp_path / "a.csv", tmp_path / "b.csv"]
    for path, said in zip(paths, lines, strict=True):
        path.write_text("\n".join(said) + "\n", encoding="utf-8")
    update = add(engine, home, *paths)
    assert (update.entities, update.facts) == (3, 2)
    found = entity(engine, home, "DTG")
    assert found["names"]["en"] == ["DTG", "Dolutegravir"]
    notes = [sorted(fact["notes"].values()) for fact in found["facts"]]
    assert sorted(notes) == [["level: major", "level: moderate"], ["level: minor"]]
    for fact in found["facts"]:
        assert set(fact["notes"]) == set(fact["sources"])


def test_two_levels_of_one_source_are_both_kept(engine: Engine, home: Path, tmp_path: Path) -> None:
    path = tmp_path / "pairs.csv"
    path.write_text(
        "Drug1,Drug2,Level\nIron,Zinc,Major\nZinc,Iron,Minor\nIron,Zinc,Major\n", encoding="utf-8"
    )
    assert add(engine, home, path).facts == 1
    (fact,) = entity(engine, home, "Zinc")["facts"]
    assert list(fact["notes"].values()) == ["level: major; level: minor"]


def test_a_rollback_forgets_a_join(engine: Engine, home: Path, tmp_path: Path) -> None:
    add(engine, home, obo(tmp_path, "first.obo", "DOID:1, gout"))
    add(engine, home, obo(tmp_path, "second.obo", "DOID:1, podagra"))
    generations.rollback(engine, home, 1)
    add(engine, home, obo(tmp_path, "third.obo", "DOID:2, podagra"))
    found = entity(engine, home, "podagra")
    assert shown(found) == {("DOID:2", True, "created")}
    assert found["id"] != entity(engine, home, "gout")["id"]
    with engine.connect() as connection:
        for table in (IdentifierRow, NameRow):
            held = connection.scalars(select(table.id).where(holds(table, 4))).all()
            assert len(held) == 2, table


@pytest.mark.parametrize(
    ("line", "table"),
    [
        (rows.NewEntity, "entities"),
        (rows.NewName, "names"),
        (rows.NewIdentifier, "identifiers"),
        (rows.NewJoin, "joins"),
        (rows.NewFact, "facts"),
        (rows.NewFactSource, "fact_sources"),
    ],
)
def test_a_planned_row_has_every_column_that_it_must(
    engine: Engine, line: type[rows.NewRow], table: str
) -> None:
    columns = {each["name"] for each in inspect(engine).get_columns(table)}
    assert set(line._fields) <= columns
    own = {"id"} if CatalogBase.metadata.tables[table].autoincrement_column is not None else set()
    assert columns - set(line._fields) <= own | {"until"}


@pytest.mark.real_data
def test_real_terms_that_share_a_translation_stay_apart(
    engine: Engine, home: Path, real_data: Path
) -> None:
    files = [
        real_data / "open/kg_bilingual/hpo_zh/hp-zh.babelon.tsv",
        real_data / "open/kg_en/mesh/symptoms.tsv",
    ]
    if not all(path.is_file() for path in files):
        pytest.skip("a part of the real data is not at hand")
    update = add(engine, home, *files)
    assert update.left_out["a name that two things share, told apart by their identifiers"] > 150
    with engine.connect() as connection:
        own = select(IdentifierRow.code, IdentifierRow.entity_id).where(IdentifierRow.own)
        registers = [(id, code.partition(":")[0]) for code, id in connection.execute(own)]
    assert len(registers) == len(set(registers)) > 19_000
    named = KnowledgeGraph(engine, 1).named("蛋白尿")
    assert {each.name("en") for each in named} == {"Albuminuria", "Proteinuria"}
