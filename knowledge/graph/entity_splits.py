"""Parting: merges as they were recorded, and one of them undone, so that two entities stand apart.

    catalogue -> merges and splits        entity + source -> names, facts under a new entity

A fact goes with the source that states it: where others state it too, the old entity keeps a new
version of it that names only them. Earlier generations keep all as it was. This file plans rows;
`writing` writes them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, Engine, func, or_, select

from knowledge.errors import KnowledgeError
from knowledge.graph.catalog import (
    FactRow,
    FactSourceRow,
    IdentifierRow,
    JoinRow,
    NameRow,
    SourceRow,
    SplitRow,
    holds,
)
from knowledge.graph.knowledge_graph import KnowledgeGraph
from knowledge.graph.merge import id_batches
from knowledge.graph.rows import (
    NewFact,
    NewFactSource,
    NewIdentifier,
    NewName,
    bare_id,
    entity_id,
    fact_id,
    version_of,
)
from knowledge.records import Entity
from knowledge.text.names import normalise

View = dict[str, object]


def listed(engine: Engine, number: int, name: str = "", limit: int = 50) -> View:
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
    merges = (
        select(JoinRow, SourceRow.title)
        .join(SourceRow, SourceRow.id == JoinRow.source_id)
        .where(here.exists(), elsewhere.exists())
        .order_by(JoinRow.entity_id, SourceRow.created, SourceRow.id)
        .limit(limit)
    )
    splits = select(SplitRow).where(holds(SplitRow, number)).order_by(SplitRow.id).limit(limit)
    if name:
        merges = merges.where(JoinRow.entity_id.in_(asked))
        splits = splits.where(SplitRow.entity_id.in_(asked) | SplitRow.part_id.in_(asked))
    with engine.connect() as connection:
        joined = connection.execute(merges).all()
        decided = connection.execute(splits).all()
        counts = [_count(connection, row.entity_id, row.source_id, number) for row in joined]
    if name and not (asked[1:] or graph.entity(name) or decided):
        raise _unknown(name)
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


def _count(connection: Connection, entity: str, source: str, number: int) -> int:
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


@dataclass(frozen=True, slots=True)
class SplitPlan:
    """The rows of a split: what the part gets, what the entity keeps anew, which facts end."""

    entity: str
    part: str
    source: str
    name: str
    names: list[NewName]
    identifiers: list[NewIdentifier]
    shared: list[str]
    codes: list[str]
    facts: list[NewFact] = field(default_factory=list)
    fact_sources: list[NewFactSource] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)


def plan_split(
    connection: Connection, asked: str, source: str, parent: int, number: int
) -> SplitPlan:
    """Plan to part what a source says of an entity, which is given by its id or a name.

    Raises KnowledgeError where the entity or the source is not there, or nothing is to be parted.
    """
    entity = _entity(connection, asked, source, parent)
    rows = connection.execute(
        select(NameRow).where(NameRow.entity_id == entity, holds(NameRow, parent))
    ).all()
    own = [row for row in rows if row.source_id == source]
    first = min(own, key=lambda row: (row.rank, row.id))
    part = entity_id(entity.partition(":")[0], first.text, source)
    kept = {row.normalised for row in rows if row.source_id != source}
    codes = connection.execute(
        select(IdentifierRow).where(IdentifierRow.entity_id == entity, holds(IdentifierRow, parent))
    ).all()
    own_codes = {row.code for row in codes if row.own and row.source_id == source}
    kept_codes = {row.code for row in codes if row.own and row.source_id != source}
    parting = SplitPlan(
        entity,
        part,
        source,
        first.text,
        [
            NewName(part, row.text, row.normalised, row.language, row.rank, source, number)
            for row in own
        ],
        [
            NewIdentifier(part, row.code, row.own, "split", source, number)
            for row in codes
            if row.source_id == source
        ],
        sorted(kept & {row.normalised for row in own}) + sorted(kept_codes & own_codes),
        sorted(own_codes - kept_codes),
    )
    _plan_facts(connection, parting, parent, number)
    return parting


def _plan_facts(connection: Connection, parting: SplitPlan, parent: int, number: int) -> None:
    """Plan the facts that the source states of the entity, on both sides of the split."""
    of_source = select(FactSourceRow.fact_id).where(FactSourceRow.source_id == parting.source)
    about = or_(FactRow.subject_id == parting.entity, FactRow.object_id == parting.entity)
    facts = connection.execute(
        select(FactRow)
        .where(about, FactRow.id.in_(of_source), holds(FactRow, parent))
        .order_by(FactRow.id)
    ).all()
    stated: dict[str, list[NewFactSource]] = {fact.id: [] for fact in facts}
    for ids in id_batches(list(stated)):
        query = (
            select(FactSourceRow)
            .join(SourceRow, SourceRow.id == FactSourceRow.source_id)
            .where(FactSourceRow.fact_id.in_(ids), holds(SourceRow, parent))
        )
        for row in connection.execute(query):
            stated[row.fact_id].append(
                NewFactSource(row.fact_id, row.source_id, row.line, row.note)
            )
    for fact in facts:
        subject, object = (
            parting.part if side == parting.entity else side
            for side in (fact.subject_id, fact.object_id)
        )
        said = (fact.value_en, fact.value_zh)
        id = fact_id(subject, fact.relation, object or "|".join(map(normalise, said)))
        own = [line for line in stated[fact.id] if line.source_id == parting.source]
        others = [line for line in stated[fact.id] if line.source_id != parting.source]
        parting.ended.append(fact.id)
        ends = (fact.relation, object, *said, fact.position, number)
        _keep(connection, parting, NewFact(id, subject, *ends), own)
        if others:
            ends = (fact.relation, fact.object_id, *said, fact.position, number)
            base = bare_id(fact.id)
            _keep(connection, parting, NewFact(base, fact.subject_id, *ends), others)


def _keep(
    connection: Connection, parting: SplitPlan, fact: NewFact, stated: Sequence[NewFactSource]
) -> None:
    """Plan a fact under the first version of its id that is free, with those who state it."""
    version = 1
    while connection.scalar(select(FactRow.id).where(FactRow.id == version_of(fact.id, version))):
        version += 1
    id = version_of(fact.id, version)
    parting.facts.append(fact._replace(id=id))
    parting.fact_sources.extend(line._replace(fact_id=id) for line in stated)


def _entity(connection: Connection, asked: str, source: str, parent: int) -> str:
    """Return the entity that is meant: of several of a name the one that has to be parted."""
    named = select(NameRow.entity_id, NameRow.source_id).where(holds(NameRow, parent))
    of_name = select(NameRow.entity_id).where(
        NameRow.normalised == normalise(asked), holds(NameRow, parent)
    )
    meant = or_(NameRow.entity_id == asked, NameRow.entity_id.in_(of_name))
    sources: dict[str, set[str]] = {}
    for id, source_id in connection.execute(named.where(meant)):
        sources.setdefault(id, set()).add(source_id)
    if not sources:
        raise _unknown(asked)
    if not connection.scalar(
        select(SourceRow.id).where(SourceRow.id == source, holds(SourceRow, parent))
    ):
        raise KnowledgeError(
            f"There is no source {source!r} in the knowledge base.",
            where=source,
            remedy="`medchat kb list` lists the sources with their ids.",
        )
    from_source = {id: ids for id, ids in sources.items() if source in ids}
    merged = [id for id, ids in from_source.items() if len(ids) > 1]
    if len(merged) > 1:
        raise KnowledgeError(
            f"{asked!r} is a name of {len(merged)} entities: {', '.join(sorted(merged))}.",
            where=asked,
            remedy="Give the id of one of them.",
        )
    if not merged:
        what = (
            f"Nothing but {source} names {asked!r}, so there is nothing to part it from."
            if from_source
            else f"{source} does not name {asked!r}."
        )
        remedy = f"`medchat kb merges {asked!r}` lists what was merged."
        raise KnowledgeError(what, where=asked, remedy=remedy)
    return merged[0]


def _unknown(name: str) -> KnowledgeError:
    return KnowledgeError(
        f"No entity is called {name!r}.",
        where=name,
        remedy="`medchat kb merges` lists entities that several sources name.",
    )
