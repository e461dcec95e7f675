"""Splits: a merge is listed with what decided it and undone for good; a rollback brings it back."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from test_entity_resolution import CURATED, add, entity, obo
from toy_knowledge import write_graph

from knowledge import KnowledgeError
from knowledge.graph.catalog import JoinRow, NameRow, SourceRow
from knowledge.graph.entity_resolution import EntityResolver, Resolution
from knowledge.graph.knowledge_graph import KnowledgeGraph
from knowledge.index import generations
from knowledge.index.garbage_collection import collect
from knowledge.ingest import updates
from knowledge.search import catalog_views

SCRAPED = """\
format: medchat-records
title: Scraped
licence: CC0-1.0
records:
- kind: condition
  en: [Gouty Arthritis, gout of the joints]
  symptom: [joint pain, fever]
- kind: medicine
  en: [colchicine]
  used_for: [gouty arthritis]
"""


def sources(engine: Engine) -> dict[str, str]:
    """Return the ids of the sources in force by title."""
    with engine.connect() as connection:
        rows = connection.execute(
            select(SourceRow.title, SourceRow.id).where(SourceRow.until.is_(None))
        )
        return {title: id for title, id in rows}


def facts(engine: Engine, number: int, id: str) -> dict[tuple[str, str], tuple[str, ...]]:
    """Return the facts of an entity, either way, with their sources' titles."""
    graph = KnowledgeGraph(engine, number)
    with engine.connect() as connection:
        titles = {
            id: title for id, title in connection.execute(select(SourceRow.id, SourceRow.title))
        }
    found = {}
    for fact in (*graph.facts(id), *graph.inverse(id)):
        other = graph.entity(str(fact.object))
        assert other is not None
        said = tuple(sorted(titles[source] for source in fact.sources))
        found[fact.relation, other.name("en")] = said
    return found


@pytest.fixture
def merged(engine: Engine, home: Path, tmp_path: Path) -> str:
    """Add two graphs that name one condition; return its id."""
    add(engine, home, write_graph(tmp_path, CURATED))
    add(engine, home, write_graph(tmp_path, SCRAPED, "scraped.yaml"))
    return str(entity(engine, home, "gouty arthritis")["id"])


def test_a_merge_is_listed_with_what_decided_it(engine: Engine, home: Path, merged: str) -> None:
    scraped = sources(engine)["Scraped"]
    told = catalog_views.merges(engine, 2, "gout of the joints")
    assert told == {
        "merges": [
            {
                "entity": {"id": merged, "name": "gouty arthritis"},
                "source": {"id": scraped, "title": "Scraped"},
                "how": "name",
                "term": "gouty arthritis",
                "facts": 3,
            }
        ],
        "splits": [],
    }
    every = catalog_views.merges(engine, 2)["merges"]
    assert isinstance(every, list)
    assert sorted(each["entity"]["name"] for each in every) == ["gouty arthritis", "joint pain"]
    assert catalog_views.merges(engine, 1) == {"merges": [], "splits": []}
    assert catalog_views.merges(engine, 2, "colchicine") == {"merges": [], "splits": []}
    with pytest.raises(KnowledgeError, match="No entity is called 'zorb'"):
        catalog_views.merges(engine, 2, "zorb")


def test_a_split_gives_each_its_own_and_keeps_the_past(
    engine: Engine, home: Path, merged: str
) -> None:
    before = facts(engine, 2, merged)
    assert before["symptom", "joint pain"] == ("By hand", "Scraped")
    scraped = sources(engine)["Scraped"]
    done = updates.split(engine, home, "gouty arthritis", scraped)
    assert (done.generation, done.entity, done.facts) == (3, merged, 3)
    assert facts(engine, 3, merged) == {("symptom", "joint pain"): ("By hand",)}
    assert facts(engine, 3, done.part) == {
        ("symptom", "joint pain"): ("Scraped",),
        ("symptom", "fever"): ("Scraped",),
        ("medicine", "colchicine"): ("Scraped",),
    }
    graph = KnowledgeGraph(engine, 3)
    assert [each.id for each in graph.named("gouty arthritis")] == [merged, done.part]
    assert [each.id for each in graph.named("gout of the joints")] == [done.part]
    assert facts(engine, 2, merged) == before
    assert generations.verify(engine, home) == []
    told = catalog_views.merges(engine, 3, "gouty arthritis")
    assert told["merges"] == []
    assert told["splits"] == [
        {
            "entity": {"id": merged, "name": "gouty arthritis"},
            "part": {"id": done.part, "name": "Gouty Arthritis"},
            "source": scraped,
            "generation": 3,
        }
    ]


def test_a_rollback_takes_a_split_back_and_it_can_be_made_again(
    engine: Engine, home: Path, merged: str
) -> None:
    scraped = sources(engine)["Scraped"]
    before = facts(engine, 2, merged)
    first = updates.split(engine, home, merged, scraped)
    generations.rollback(engine, home, 2)
    assert facts(engine, 4, merged) == before
    assert catalog_views.merges(engine, 4)["splits"] == []
    second = updates.split(engine, home, merged, scraped)
    assert (second.generation, second.part, second.facts) == (5, first.part, 3)
    assert facts(engine, 5, first.part) == facts(engine, 3, first.part)
    assert facts(engine, 4, merged) == before
    generations.rollback(engine, home, 3)
    assert facts(engine, 6, merged) == {("symptom", "joint pain"): ("By hand",)}
    assert generations.verify(engine, home) == []


def newer(folder: Path, text: str, symptom: str) -> Path:
    """Write a new edition of a graph that states one symptom more."""
    first, _, rest = text.partition("symptom: [")
    return write_graph(folder, f"{first}symptom: [{symptom}, {rest}", f"{symptom}.yaml")


@pytest.mark.parametrize("removed", [(), ("Scraped",), ("By hand",), ("Scraped", "By hand")])
def test_the_next_import_does_not_merge_what_was_split(
    engine: Engine, home: Path, tmp_path: Path, merged: str, removed: tuple[str, ...]
) -> None:
    known = sources(engine)
    part = updates.split(engine, home, merged, known["Scraped"]).part
    if removed:
        updates.remove(engine, home, [known[title] for title in removed])
    for text, symptom in ((SCRAPED, "redness"), (CURATED, "swelling")):
        add(engine, home, newer(tmp_path, text, symptom))
    third = CURATED.replace("By hand", "Third").replace("joint pain", "chills")
    add(engine, home, write_graph(tmp_path, third, "third.yaml"))
    now = generations.current(home)
    assert now is not None
    mine, other = facts(engine, now, merged), facts(engine, now, part)
    assert ("symptom", "redness") in other and ("symptom", "redness") not in mine
    # A name that both sides have means the entity that was there first.
    assert {("symptom", "swelling"), ("symptom", "chills")} <= set(mine)
    assert not {("symptom", "swelling"), ("symptom", "chills")} & set(other)
    assert {each.id for each in KnowledgeGraph(engine, now).named("gouty arthritis")} == {
        merged,
        part,
    }
    assert generations.verify(engine, home) == []


def test_a_name_or_an_identifier_of_one_side_means_that_side(
    engine: Engine, home: Path, tmp_path: Path
) -> None:
    add(engine, home, write_graph(tmp_path, CURATED))
    add(engine, home, obo(tmp_path, "doid.obo", "DOID:1, Gouty Arthritis, alt_id: DOID:5"))
    whole = str(entity(engine, home, "gouty arthritis")["id"])
    given = entity(engine, home, whole)["identifiers"]
    assert isinstance(given, list)
    done = updates.split(engine, home, whole, given[0]["source"])
    # another register's term of that name goes to the entity, the same register's own to the part
    add(
        engine,
        home,
        obo(tmp_path, "more.obo", "MONDO:1, gouty arthritis", "DOID:5, urate arthritis"),
    )
    codes = {
        id: {each.code for each in KnowledgeGraph(engine, 4).identifiers(id)}
        for id in (whole, done.part)
    }
    assert codes == {whole: {"MONDO:1"}, done.part: {"DOID:1", "DOID:5"}}
    again = obo(tmp_path, "again.obo", "MONDO:9, urate arthritis", "DOID:1, gouty arthritis")
    add(engine, home, again)
    codes = {
        id: {each.code for each in KnowledgeGraph(engine, 5).identifiers(id)}
        for id in (whole, done.part)
    }
    assert codes == {whole: {"MONDO:1"}, done.part: {"DOID:1", "DOID:5", "MONDO:9"}}
    hows = {each["how"] for each in catalog_views.merges(engine, 5, done.part)["merges"]}
    assert hows == {"identifier", "name"}


def test_what_cannot_be_split_is_told(engine: Engine, home: Path, merged: str) -> None:
    known = sources(engine)
    for name, source, what in (
        ("zorblatosis", known["Scraped"], "No entity is called 'zorblatosis'"),
        (merged, "no-such", "There is no source 'no-such'"),
        ("fever", known["By hand"], "does not name 'fever'"),
        ("fever", known["Scraped"], "Nothing but"),
    ):
        with pytest.raises(KnowledgeError, match=what) as raised:
            updates.split(engine, home, name, source)
        assert raised.value.status == 2 and raised.value.remedy
    updates.split(engine, home, merged, known["Scraped"])
    with pytest.raises(KnowledgeError, match="Nothing but"):
        updates.split(engine, home, "gouty arthritis", known["Scraped"])
    assert generations.current(home) == 3


def test_collection_keeps_a_decision_and_drops_the_rest(
    engine: Engine, home: Path, tmp_path: Path, merged: str
) -> None:
    known = sources(engine)
    part = updates.split(engine, home, merged, known["Scraped"]).part
    updates.remove(engine, home, [known["Scraped"]])
    collect(engine, home, keep=1)
    with engine.connect() as connection:
        assert connection.scalars(select(JoinRow.source_id)).all() == []
        assert connection.scalar(select(NameRow.id).where(NameRow.entity_id == part)) is None
    add(engine, home, newer(tmp_path, SCRAPED, "redness"))
    now = generations.current(home)
    assert now is not None and ("symptom", "redness") in facts(engine, now, part)


def test_a_register_that_tells_apart_is_believed_beside_a_split(
    engine: Engine, home: Path, tmp_path: Path
) -> None:
    add(engine, home, obo(tmp_path, "first.obo", "DOID:1, gout"))
    add(engine, home, write_graph(tmp_path, SCRAPED.replace("Gouty Arthritis", "gout")))
    whole = str(entity(engine, home, "gout")["id"])
    updates.split(engine, home, whole, sources(engine)["Scraped"])
    update = add(engine, home, obo(tmp_path, "second.obo", "DOID:2, gout"))
    assert update.entities == 1
    assert len(KnowledgeGraph(engine, 4).named("gout")) == 3


def test_identity_says_by_which_term_it_found() -> None:
    known = EntityResolver()
    known.add_preferred_name(("condition", "gout"), "a")
    known.add_identifier("condition", "DOID:1", "a")
    assert known.find("condition", ["x", "gout"], []) == Resolution("a", "name", "gout")
    assert known.find("condition", ["x"], ["DOID:1"]) == Resolution("a", "identifier", "DOID:1")
    assert known.own_identifiers("a") == {"DOID:1"} and known.own_identifiers("b") == set()
