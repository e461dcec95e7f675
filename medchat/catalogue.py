"""The knowledge base as a curator looks at it: counts, sources, entities, versions.

    catalogue tables of one generation -> frozen records -> `medchat kb …`

Reading only; what changes the knowledge base is `knowledge.updates`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, distinct, func, select
from sqlalchemy.orm import Session

from knowledge import generations
from knowledge.catalog import (
    DocumentRow,
    FactRow,
    FactSource,
    GenerationRow,
    NameRow,
    PassageRow,
    Source,
    holds,
)
from knowledge.graph import Graph
from knowledge.records import Entity, Fact, Language
from knowledge.vocabulary import RELATIONS
from medchat.errors import MedchatError

SINGLE = frozenset({"dose_limit", "pregnancy", "drug_class"})
"""Relations of which an entity has one value, so that two values are a conflict."""


@dataclass(frozen=True, slots=True)
class SourceCard:
    """One import and what of it is in force."""

    id: str
    title: str
    format: str
    licence: str
    note: str
    entities: int
    facts: int
    documents: int
    left_out: dict[str, int]


@dataclass(frozen=True, slots=True)
class DocumentCard:
    """One document with its passages."""

    id: str
    title: str
    language: str
    year: int | None
    type: str
    journal: str
    source: str
    retracted: bool
    passages: int
    text: str


@dataclass(frozen=True, slots=True)
class Version:
    """One generation of the knowledge base."""

    number: int
    parent: int | None
    created: float
    cause: str
    counts: dict[str, int]
    embedding: str
    current: bool


def status(engine: Engine, home: Path) -> dict[str, object]:
    """Return what the current generation holds, in the shape of `kb status --json`."""
    number = generations.newest(engine)
    if number is None:
        return _nothing()
    manifest = generations.read_manifest(home, number)
    counts = generations.catalogue_counts(engine, number)
    return {
        "generation": number,
        **counts,
        "languages": _languages(engine, number),
        "sources": [_source_shape(card) for card in sources(engine)],
        "embedding": {"model": manifest.model, "dimension": manifest.dimension},
    }


def sources(engine: Engine) -> list[SourceCard]:
    """Return the imports in force, oldest first."""
    number = _current(engine)
    with Session(engine) as session:
        entities = _counts(
            session,
            select(NameRow.source_id, func.count(distinct(NameRow.entity_id)))
            .where(holds(NameRow, number))
            .group_by(NameRow.source_id),
        )
        facts = _counts(
            session,
            select(FactSource.source_id, func.count(FactSource.fact_id))
            .join(FactRow, FactRow.id == FactSource.fact_id)
            .where(holds(FactRow, number))
            .group_by(FactSource.source_id),
        )
        documents = _counts(
            session,
            select(DocumentRow.source_id, func.count(DocumentRow.id))
            .where(holds(DocumentRow, number))
            .group_by(DocumentRow.source_id),
        )
        rows = session.scalars(
            select(Source).where(holds(Source, number)).order_by(Source.created, Source.id)
        )
        return [
            SourceCard(
                row.id,
                row.title,
                row.format,
                row.licence,
                row.note,
                entities.get(row.id, 0),
                facts.get(row.id, 0),
                documents.get(row.id, 0),
                dict(row.left_out),
            )
            for row in rows
        ]


def documents(engine: Engine, *, source: str | None = None, limit: int = 50) -> list[DocumentCard]:
    """Return documents in force without their text, by id."""
    number = _current(engine)
    query = select(DocumentRow).where(holds(DocumentRow, number)).order_by(DocumentRow.id)
    if source:
        query = query.where(DocumentRow.source_id == source)
    with Session(engine) as session:
        return [_document(session, row, "") for row in session.scalars(query.limit(limit))]


def show(engine: Engine, id: str) -> SourceCard | DocumentCard:
    """Return the source, document, or the document of a passage that has this id."""
    number = _current(engine)
    for card in sources(engine):
        if card.id == id:
            return card
    with Session(engine) as session:
        row = session.scalar(
            select(DocumentRow).where(
                DocumentRow.id == id.rpartition("#")[0]
                if session.get(PassageRow, id)
                else DocumentRow.id == id,
                holds(DocumentRow, number),
            )
        )
        if row is None:
            raise MedchatError(
                f"There is nothing with the id {id!r} in generation {number}.",
                where="ID",
                remedy="List sources and documents with medchat kb list --documents.",
            )
        return _document(session, row, row.text)


def entity(engine: Engine, name: str) -> list[dict[str, object]]:
    """Return the entities of a name or id with their facts, in the shape of `kb entity --json`."""
    graph = Graph(engine, _current(engine))
    single = graph.entity(name)
    found = [single] if single else graph.named(name)
    if not found:
        raise MedchatError(
            f"There is no entity {name!r}.",
            where="NAME",
            remedy="Look for it with medchat kb search.",
        )
    return [_entity_shape(graph, each) for each in found]


def versions(engine: Engine) -> list[Version]:
    """Return the generations, newest first."""
    newest = generations.newest(engine)
    with Session(engine) as session:
        rows = session.scalars(select(GenerationRow).order_by(GenerationRow.number.desc()))
        return [
            Version(
                row.number,
                row.parent,
                row.created,
                row.cause,
                dict(row.counts),
                row.embedding,
                row.number == newest,
            )
            for row in rows
        ]


def diff(engine: Engine, old: int, new: int, *, limit: int = 20) -> dict[str, object]:
    """Return what one generation has and another has not: counts, and the first ids of each."""
    known = {version.number for version in versions(engine)}
    for number in (old, new):
        if number not in known:
            raise MedchatError(
                f"There is no generation {number}.",
                where=str(number),
                remedy="List them with medchat kb generations.",
            )
    with Session(engine) as session:
        return {
            "from": old,
            "to": new,
            **{
                name: _difference(session, table, old, new, limit)
                for name, table in (
                    ("sources", Source),
                    ("documents", DocumentRow),
                    ("facts", FactRow),
                )
            },
        }


def _difference(
    session: Session,
    table: type[Source] | type[DocumentRow] | type[FactRow],
    old: int,
    new: int,
    limit: int,
) -> dict[str, object]:
    before = set(session.scalars(select(table.id).where(holds(table, old))))
    after = set(session.scalars(select(table.id).where(holds(table, new))))
    added, removed = sorted(after - before), sorted(before - after)
    return {
        "added": len(added),
        "removed": len(removed),
        "first_added": added[:limit],
        "first_removed": removed[:limit],
    }


def _current(engine: Engine) -> int:
    number = generations.newest(engine)
    if number is None:
        raise MedchatError(
            "The knowledge base is empty.",
            where="medchat kb",
            remedy="Add knowledge with medchat kb add PATH, or run medchat demo.",
        )
    return number


def _nothing() -> dict[str, object]:
    return {
        "generation": None,
        "entities": 0,
        "facts": 0,
        "documents": 0,
        "passages": 0,
        "languages": {},
        "sources": [],
        "embedding": {"model": "", "dimension": 0},
    }


def _languages(engine: Engine, number: int) -> dict[str, int]:
    query = (
        select(PassageRow.language, func.count(PassageRow.id))
        .join(DocumentRow, DocumentRow.id == PassageRow.document_id)
        .where(holds(DocumentRow, number))
        .group_by(PassageRow.language)
    )
    with engine.connect() as connection:
        return {language: count for language, count in connection.execute(query)}


def _counts(session: Session, query: object) -> dict[str, int]:
    return {id: count for id, count in session.execute(query)}  # type: ignore[call-overload]


def _document(session: Session, row: DocumentRow, text: str) -> DocumentCard:
    passages = session.scalar(
        select(func.count(PassageRow.id)).where(PassageRow.document_id == row.id)
    )
    return DocumentCard(
        row.id,
        row.title,
        row.language,
        row.year,
        row.type,
        row.journal,
        row.source_id,
        row.retracted,
        passages or 0,
        text,
    )


def _source_shape(card: SourceCard) -> dict[str, object]:
    return {
        "id": card.id,
        "title": card.title,
        "format": card.format,
        "licence": card.licence,
        "entities": card.entities,
        "facts": card.facts,
        "documents": card.documents,
    }


def _entity_shape(graph: Graph, each: Entity) -> dict[str, object]:
    facts = graph.facts(each.id)
    known = graph.entities([fact.object for fact in facts if fact.object])
    return {
        "id": each.id,
        "kind": each.kind,
        "names": {"en": _names(each, "en"), "zh": _names(each, "zh")},
        "facts": [_fact_shape(fact, known, _rivals(fact, facts)) for fact in facts],
    }


def _fact_shape(fact: Fact, known: dict[str, Entity], rivals: Iterable[Fact]) -> dict[str, object]:
    other = known.get(fact.object or "")
    names = other.names if other else fact.value
    by_language = {name.language: name.text for name in reversed(names)}
    first = names[0].text if names else ""
    said: dict[str, object] = {"value": first, "values": by_language}
    if fact.object:
        said = {"object": {"id": fact.object, "name": first, "names": by_language}}
    return {
        "id": fact.id,
        "relation": fact.relation,
        **said,
        "sources": list(fact.sources),
        "conflicts": [rival.id for rival in rivals],
    }


def _rivals(fact: Fact, facts: Iterable[Fact]) -> list[Fact]:
    """Return the facts that contradict one: another value of a relation that has one value."""
    if fact.relation not in SINGLE or RELATIONS[fact.relation].object is not None:
        return []
    return [
        other
        for other in facts
        if other.relation == fact.relation
        and other.id != fact.id
        and set(other.sources).isdisjoint(fact.sources)
    ]


def _names(each: Entity, language: Language) -> list[str]:
    return [name.text for name in each.names if name.language == language]
