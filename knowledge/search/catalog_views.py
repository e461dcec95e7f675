"""Show what the catalogue holds, as plain JSON for the reading commands.

    catalogue + manifest -> status | sources and documents | one document | one entity | generations

Nothing here changes anything, and nothing here ranks.
"""

from dataclasses import asdict
from pathlib import Path

from sqlalchemy import Connection, Engine, distinct, func, or_, select
from sqlalchemy.orm import Session

from knowledge.errors import KnowledgeError
from knowledge.graph import conflicts, notices
from knowledge.graph.catalog import (
    DocumentRow,
    FactRow,
    FactSourceRow,
    GenerationRow,
    JoinRow,
    NameRow,
    PassageRow,
    SourceRow,
    SplitRow,
    holds,
)
from knowledge.graph.entity_splits import unknown_entity
from knowledge.graph.knowledge_graph import KnowledgeGraph
from knowledge.graph.rows import bare_id, version_of
from knowledge.index import generations
from knowledge.records import Entity, Fact, Language
from knowledge.vocabulary import RELATIONS

View = dict[str, object]


def status(engine: Engine, home: Path) -> View:
    """Return what the knowledge base holds now."""
    number = generations.newest(engine) or 0
    counts = generations.catalogue_counts(engine, number)
    model, dimension = "", 0
    if number:
        with Session(engine) as session:
            row = session.get(GenerationRow, number)
            model = row.embedding if row else ""
        whole = generations.folder_of(home, number) / generations.MANIFEST
        dimension = generations.read_manifest(home, number).dimension if whole.is_file() else 0
    return {
        "generation": number,
        **counts,
        "languages": _languages(engine, number),
        "sources": sources(engine, number),
        "embedding": {"model": model, "dimension": dimension},
    }


def _languages(engine: Engine, number: int) -> View:
    named = select(NameRow.language, func.count(distinct(NameRow.entity_id)))
    written = select(DocumentRow.language, func.count(DocumentRow.id))
    with engine.connect() as connection:
        names = connection.execute(
            named.where(holds(NameRow, number)).group_by(NameRow.language)
        ).all()
        documents = connection.execute(
            written.where(holds(DocumentRow, number)).group_by(DocumentRow.language)
        ).all()
    entities = {language: count for language, count in names}
    texts = {language: count for language, count in documents}
    return {
        language: {"entities": entities.get(language, 0), "documents": texts.get(language, 0)}
        for language in sorted({*entities, *texts})
    }


def sources(engine: Engine, number: int) -> list[View]:
    """Return the sources of a generation, oldest first, with what each brought."""
    entities = select(NameRow.source_id, func.count(distinct(NameRow.entity_id)))
    facts = select(FactSourceRow.source_id, func.count()).join(
        FactRow, FactRow.id == FactSourceRow.fact_id
    )
    documents = select(DocumentRow.source_id, func.count())
    with engine.connect() as connection:
        counts = [
            {source: count for source, count in connection.execute(query)}
            for query in (
                entities.where(holds(NameRow, number)).group_by(NameRow.source_id),
                facts.where(holds(FactRow, number)).group_by(FactSourceRow.source_id),
                documents.where(holds(DocumentRow, number)).group_by(DocumentRow.source_id),
            )
        ]
    with Session(engine) as session:
        live = (
            select(SourceRow)
            .where(holds(SourceRow, number))
            .order_by(SourceRow.created, SourceRow.id)
        )
        return [
            {
                "id": row.id,
                "title": row.title,
                "format": row.format,
                "licence": row.licence,
                "entities": counts[0].get(row.id, 0),
                "facts": counts[1].get(row.id, 0),
                "documents": counts[2].get(row.id, 0),
                "note": row.note,
                "left_out": row.left_out,
            }
            for row in session.scalars(live)
        ]


def documents(engine: Engine, number: int) -> list[View]:
    """Return the documents of a generation without their text."""
    query = select(DocumentRow).where(holds(DocumentRow, number)).order_by(DocumentRow.id)
    with Session(engine) as session:
        said = notices.read_notices(session.connection())
        return [_document(row, said) for row in session.scalars(query)]


def document(engine: Engine, number: int, id: str) -> View:
    """Return one document with its text and passages.

    Raises KnowledgeError where the generation has no such document.
    """
    with Session(engine) as session:
        row = _held(session, number, id)
        if row is None:
            raise KnowledgeError(
                f"There is no document {id!r} in the knowledge base.",
                where=id,
                remedy="`medchat kb list` lists the documents with their ids; "
                "`medchat kb entity` shows an entity.",
            )
        passages = session.scalars(
            select(PassageRow).where(PassageRow.document_id == row.id).order_by(PassageRow.start)
        )
        cut = [
            {
                "id": passage.id,
                "section": passage.section,
                "start": passage.start,
                "end": passage.end,
                "text": row.text[passage.start : passage.end],
            }
            for passage in passages
        ]
        said = notices.read_notices(session.connection())
        return {**_document(row, said), "text": row.text, "passages": cut}


def _held(session: Session, number: int, id: str) -> DocumentRow | None:
    """Find the live row of a document by its id or the bare id of any version."""
    bare = bare_id(id)
    version = 0
    while True:
        version += 1
        row = session.get(DocumentRow, version_of(bare, version))
        if row is None:
            return None
        held = select(DocumentRow.id).where(DocumentRow.id == row.id, holds(DocumentRow, number))
        if session.scalar(held):
            return row


def _document(row: DocumentRow, said: notices.Notices) -> View:
    keys = {bare_id(row.id), *(row.identifiers or ())}
    told = sorted(notices.select_said(said, keys), key=lambda one: (one.kind, one.by))
    return {
        "id": row.id,
        "title": row.title,
        "language": row.language,
        "year": row.year,
        "type": row.type,
        "journal": row.journal,
        "identifiers": row.identifiers,
        "source": row.source_id,
        "retracted": row.retracted,
        "notices": [asdict(one) for one in told],
    }


def history(engine: Engine, home: Path) -> list[View]:
    """Return all generations, newest first, and which of them have their index on disk."""
    now = generations.newest(engine)
    with Session(engine) as session:
        rows = session.scalars(select(GenerationRow).order_by(GenerationRow.number.desc()))
        return [
            {
                "generation": row.number,
                "parent": row.parent,
                "created": row.created,
                "cause": row.cause,
                "counts": row.counts,
                "current": row.number == now,
                "on_disk": generations.folder_of(home, row.number).is_dir(),
            }
            for row in rows
        ]


def entity(graph: KnowledgeGraph, name: str) -> View:
    """Return an entity with its facts, their sources, and what contradicts them.

    `name` may be an id. Raises KnowledgeError where nothing is called so.
    """
    by_id = graph.entity(name)
    found = [by_id] if by_id is not None else graph.named(name)
    if not found:
        raise KnowledgeError(
            f"No entity is called {name!r}.",
            where=name,
            remedy="Try another name of it, in English or Chinese, or `medchat kb search`.",
        )
    # The entity of which most is known is the one that is meant.
    best = max(found, key=lambda each: len(graph.facts(each.id)))
    view = _entity(graph, best)
    view["also"] = [{"id": each.id, "kind": each.kind} for each in found if each is not best]
    return view


def _entity(graph: KnowledgeGraph, entity: Entity) -> View:
    facts = graph.facts(entity.id)
    inverse = graph.inverse(entity.id)
    known = graph.entities([fact.object for fact in facts if fact.object])
    languages: tuple[Language, ...] = ("en", "zh")
    order = list(RELATIONS)
    facts.sort(key=lambda fact: order.index(fact.relation))
    return {
        "id": entity.id,
        "kind": entity.kind,
        "names": {
            language: [name.text for name in entity.names if name.language == language]
            for language in languages
        },
        "identifiers": [asdict(each) for each in graph.identifiers(entity.id)],
        "facts": [
            {
                "id": fact.id,
                "relation": fact.relation,
                **_object(fact, known),
                "sources": list(fact.sources),
                "notes": dict(fact.notes),
                "conflicts": conflicts.find_conflicting(fact, [*facts, *inverse]),
                "levels": conflicts.stated_levels(fact),
            }
            for fact in facts
        ],
    }


def _object(fact: Fact, known: dict[str, Entity]) -> View:
    if fact.object is None:
        return {"value": {name.language: name.text for name in fact.value}}
    names = known[fact.object].names if fact.object in known else ()
    name = names[0].text if names else fact.object
    said = {each.language: each.text for each in reversed(names)}
    return {"object": {"id": fact.object, "name": name, "names": said}}


def merges(engine: Engine, number: int, name: str = "", limit: int = 50) -> View:
    """Return the merges of a generation, and the splits by which merges were undone.

    A merge is a source whose records came to an entity that another source had brought. `name` is
    an id or a name of the entity; all entities by default.
    """
    graph = KnowledgeGraph(engine, number)
    asked = [name, *(each.id for each in graph.named(name))]
    held = holds(NameRow, number)
    here = select(NameRow.id).where(
        NameRow.entity_id == JoinRow.entity_id, NameRow.source_id == JoinRow.source_id, held
    )
    elsewhere = select(NameRow.id).where(
        NameRow.entity_id == JoinRow.entity_id, NameRow.source_id != JoinRow.source_id, held
    )
    merged = (
        select(JoinRow, SourceRow.title)
        .join(SourceRow, SourceRow.id == JoinRow.source_id)
        .where(here.exists(), elsewhere.exists())
        .order_by(JoinRow.entity_id, SourceRow.created, SourceRow.id)
        .limit(limit)
    )
    splits = select(SplitRow).where(holds(SplitRow, number)).order_by(SplitRow.id).limit(limit)
    if name:
        merged = merged.where(JoinRow.entity_id.in_(asked))
        splits = splits.where(SplitRow.entity_id.in_(asked) | SplitRow.part_id.in_(asked))
    with engine.connect() as connection:
        joined = connection.execute(merged).all()
        decided = connection.execute(splits).all()
        counts = [_count_facts(connection, row.entity_id, row.source_id, number) for row in joined]
    if name and not (asked[1:] or graph.entity(name) or decided):
        raise unknown_entity(name)
    known = graph.entities(
        [row.entity_id for row in (*joined, *decided)] + [row.part_id for row in decided]
    )
    return {
        "merges": [
            {
                "entity": _called(row.entity_id, known),
                "source": {"id": row.source_id, "title": row.title},
                "how": row.how,
                "term": row.term,
                "facts": count,
            }
            for row, count in zip(joined, counts, strict=True)
        ],
        "splits": [
            {
                "entity": _called(row.entity_id, known),
                "part": _called(row.part_id, known),
                "source": row.source_id,
                "generation": row.since,
            }
            for row in decided
        ],
    }


def _count_facts(connection: Connection, entity: str, source: str, number: int) -> int:
    """Count the facts that a source states of an entity."""
    query = (
        select(func.count(FactRow.id))
        .join(FactSourceRow, FactSourceRow.fact_id == FactRow.id)
        .where(
            or_(FactRow.subject_id == entity, FactRow.object_id == entity),
            FactSourceRow.source_id == source,
            holds(FactRow, number),
        )
    )
    return connection.scalar(query) or 0


def _called(id: str, known: dict[str, Entity]) -> View:
    """Return an entity by its id and name; the name is empty where no source names it any more."""
    return {"id": id, "name": known[id].name("en") if id in known else ""}
