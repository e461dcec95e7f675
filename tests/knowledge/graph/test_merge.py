"""Merging: which rows the records of several sources become, planned and not yet written."""

from collections.abc import Sequence

import pytest
from sqlalchemy import Engine, func, insert, select

from knowledge.graph.catalog import (
    EntityRow,
    FactRow,
    FactSourceRow,
    GenerationRow,
    IdentifierRow,
    JoinRow,
    NameRow,
    SourceRow,
    end,
)
from knowledge.graph.merge import GraphMerge, SourcedRecord
from knowledge.graph.rows import entity_id, fact_id
from knowledge.records import EntityRecord, EntityReference, Name, Statement

SOURCES = ("hand", "scraped", "register")


def names(*texts: str) -> tuple[Name, ...]:
    return tuple(Name(text, "en" if text.isascii() else "zh") for text in texts)


def record(
    *texts: str,
    kind: str = "condition",
    says: Sequence[Statement] = (),
    own: Sequence[str] = (),
    source: str = "scraped",
) -> SourcedRecord:
    given = EntityRecord(kind, names(*texts), tuple(says), 1, tuple(own), own=tuple(own))
    return SourcedRecord(given, source, curated=source == "hand")


def says(relation: str, *texts: str, note: str = "") -> Statement:
    return Statement(relation, EntityReference(names(*texts)), note=note)


def merged(engine: Engine, *records: SourcedRecord, generation: int = 1) -> GraphMerge:
    """Plan the records against the generation before."""
    with engine.connect() as connection:
        editions = {source: (source, "csv") for source in SOURCES}
        merge = GraphMerge(connection, generation - 1, generation, editions)
        merge.add(records)
    return merge


def write(engine: Engine, merge: GraphMerge, generation: int = 1) -> None:
    with engine.begin() as connection:
        parent = generation - 1 or None
        connection.execute(
            insert(GenerationRow).values(number=generation, parent=parent, created=0, cause="")
        )
        if generation == 1:
            common = {"licence": "CC0-1.0", "sha256": "0" * 64, "created": 0, "since": 1}
            for source in SOURCES:
                given = {"id": source, "title": source, "format": "csv"}
                connection.execute(insert(SourceRow).values(**given, **common))
        for table, rows in (
            (EntityRow, merge.entities),
            (NameRow, merge.names),
            (IdentifierRow, merge.identifiers),
            (JoinRow, merge.joins),
            (FactRow, merge.facts),
            (FactSourceRow, merge.fact_sources),
        ):
            if rows:
                connection.execute(insert(table), [row._asdict() for row in rows])


def test_a_record_becomes_rows_and_nothing_is_written(engine: Engine) -> None:
    merge = merged(engine, record("Gout", "Gouty arthritis", "痛风", says=[says("sign", "tophus")]))
    gout, tophus = entity_id("condition", "gout"), entity_id("symptom", "tophus")
    assert merge.changes
    assert {(row.id, row.kind) for row in merge.entities} == {
        (gout, "condition"), (tophus, "symptom"),
    }  # fmt: skip
    assert [(row.text, row.language, row.rank) for row in merge.names if row.entity_id == gout] == [
        ("Gout", "en", 0), ("痛风", "zh", 0), ("Gouty arthritis", "en", 1),
    ]  # fmt: skip
    assert [row.rank >= 20 for row in merge.names if row.entity_id == tophus] == [True]
    (fact,) = merge.facts
    assert (fact.id, fact.subject_id, fact.object_id) == (
        fact_id(gout, "sign", tophus), gout, tophus,
    )  # fmt: skip
    assert [(row.fact_id, row.source_id) for row in merge.fact_sources] == [(fact.id, "scraped")]
    with engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(EntityRow)) == 0


def test_one_preferred_name_joins_the_records_of_two_sources(engine: Engine) -> None:
    merge = merged(engine, record("Gout", "痛风"), record("GOUT", source="register"))
    assert len(merge.entities) == 1
    assert [(row.source_id, row.how, row.term) for row in merge.joins] == [
        ("register", "name", "gout")
    ]


@pytest.mark.parametrize(("source", "entities"), [("hand", 1), ("scraped", 2)])
def test_an_alias_joins_only_where_it_was_written_by_hand(
    engine: Engine, source: str, entities: int
) -> None:
    first = record("Gout", "Podagra", source=source)
    assert len(merged(engine, first, record("Podagra", source="register")).entities) == entities


def test_an_alias_that_is_the_own_name_of_another_is_left_out(engine: Engine) -> None:
    merge = merged(engine, record("Pseudogout", "Gout"), record("Gout", "痛风", "痛风病"))
    left_out = {"an alias that is another entity's own name": 1}
    assert merge.left_out == {"scraped": left_out}
    pseudogout = entity_id("condition", "pseudogout")
    assert [row.text for row in merge.names if row.entity_id == pseudogout] == ["Pseudogout"]


def test_an_identifier_of_one_register_joins_what_names_do_not(engine: Engine) -> None:
    merge = merged(
        engine,
        record("Gout", own=["DOID:13189"]),
        record("Gouty arthropathy", own=["DOID:13189"], source="register"),
    )
    assert len(merge.entities) == 1
    assert [(row.how, row.term) for row in merge.joins] == [("identifier", "DOID:13189")]


def test_a_name_does_not_join_what_a_register_tells_apart(engine: Engine) -> None:
    merge = merged(
        engine,
        record("Weakness", kind="symptom", own=["HP:1"], source="register"),
        record("Weakness", kind="symptom", own=["HP:2"], source="register"),
    )
    assert {row.id for row in merge.entities} == {
        entity_id("symptom", "weakness"),
        entity_id("symptom", "weakness", "HP:2"),
    }
    reason = "a name that two things share, told apart by their identifiers"
    assert merge.left_out == {"register": {reason: 1}}


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        (says("drug_class", "antibiotic"), "a relation that this kind of entity cannot have"),
        (says("complication", "gout"), "an entity related to itself"),
        (Statement("symptom", EntityReference(())), "a relation to nothing"),
        (Statement("description", text=(Name("…", "en"),)), "a relation to nothing"),
    ],
)
def test_a_statement_that_says_nothing_is_left_out_and_counted(
    engine: Engine, statement: Statement, reason: str
) -> None:
    merge = merged(engine, record("Gout", says=[statement]))
    assert merge.facts == [] and merge.left_out == {"scraped": {reason: 1}}


def test_a_fact_of_two_sources_is_one_row_with_both(engine: Engine) -> None:
    says_both = [
        says("symptom", "joint pain", note="often"),
        says("symptom", "Joint Pain", note="severe"),
        says("symptom", "joint pain", note="often"),
    ]
    merge = merged(
        engine,
        record("Gout", says=says_both),
        record("Gout", says=[says("symptom", "joint pains")], source="register"),
    )
    assert len(merge.facts) == 1
    assert {(row.source_id, row.note) for row in merge.fact_sources} == {
        ("scraped", "often; severe"), ("register", ""),
    }  # fmt: skip


def test_a_symmetric_fact_is_the_same_from_either_side(engine: Engine) -> None:
    merge = merged(
        engine,
        record("warfarin", kind="medicine", says=[says("interaction", "ibuprofen")]),
        record("ibuprofen", kind="medicine", says=[says("interaction", "warfarin")]),
    )
    assert len(merge.entities) == 2 and len(merge.facts) == len(merge.fact_sources) == 1


def test_what_the_catalogue_has_gets_only_a_further_source(engine: Engine) -> None:
    gout = record("Gout", says=[says("symptom", "joint pain")])
    write(engine, merged(engine, gout))
    again = record("Gout", says=[says("symptom", "joint pain")], source="register")
    merge = merged(engine, again, generation=2)
    assert merge.entities == merge.facts == [] and merge.changes
    assert [row.source_id for row in merge.fact_sources] == ["register"]
    assert {(row.entity_id, row.source_id) for row in merge.joins} == {
        (entity_id("condition", "gout"), "register"),
        (entity_id("symptom", "joint pain"), "register"),
    }  # fmt: skip


def test_what_had_ended_comes_back_as_a_new_version(engine: Engine) -> None:
    gout = record("Gout", says=[says("symptom", "joint pain")])
    write(engine, merged(engine, gout))
    with engine.begin() as connection:
        connection.execute(
            insert(GenerationRow).values(number=2, parent=1, created=0, cause="remove")
        )
        for table in (EntityRow, NameRow, FactRow):
            end(connection, table, table.since == 1, 2)
    merge = merged(engine, gout, generation=3)
    assert merge.entities == []
    assert set(merge.revived) == {
        entity_id("condition", "gout"), entity_id("symptom", "joint pain"),
    }  # fmt: skip
    assert [row.id.partition("~")[2] for row in merge.facts] == ["2"]
    assert merge.fact_sources[0].fact_id == merge.facts[0].id
