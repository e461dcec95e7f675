"""Split what a merge joined: plan the rows of a split, and apply past splits to later records.

    entity + source -> SplitPlan -> rows of the part     split decisions + later record -> its side

A merge is a source whose records came to an entity that another source had brought. A split moves
what that source says to a new entity, the part. A fact goes with the source that states it: where
others state it too, the old entity keeps a new version of it that names only them. Earlier
generations keep all as it was. The decision stays in force for later imports, also where one side
is gone by then. Nothing is written here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, or_, select

from knowledge.errors import KnowledgeError
from knowledge.graph.catalog import (
    FactRow,
    FactSourceRow,
    IdentifierRow,
    NameRow,
    SourceRow,
    SplitRow,
    holds,
)
from knowledge.graph.entity_resolution import EntityResolver, Resolution
from knowledge.graph.id_queries import id_batches
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
from knowledge.text.names import normalise_as_written, stored_forms

Edition = tuple[str, str]
"""Title and format of a source: a later source with the same is taken for its new edition."""


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
    connection: Connection, name: str, source: str, parent: int, number: int
) -> SplitPlan:
    """Plan to part what a source says of an entity, which is given by its id or a name.

    Raises KnowledgeError where entity or source are not there, or nothing can be split off.
    """
    entity = _entity(connection, name, source, parent)
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
    split = SplitPlan(
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
    _plan_facts(connection, split, parent, number)
    return split


def _plan_facts(connection: Connection, split: SplitPlan, parent: int, number: int) -> None:
    """Plan the facts that the source states of the entity, on both sides of the split."""
    of_source = select(FactSourceRow.fact_id).where(FactSourceRow.source_id == split.source)
    about = or_(FactRow.subject_id == split.entity, FactRow.object_id == split.entity)
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
            split.part if side == split.entity else side
            for side in (fact.subject_id, fact.object_id)
        )
        said = (fact.value_en, fact.value_zh)
        id = fact_id(subject, fact.relation, object or "|".join(map(normalise_as_written, said)))
        own = [line for line in stated[fact.id] if line.source_id == split.source]
        others = [line for line in stated[fact.id] if line.source_id != split.source]
        split.ended.append(fact.id)
        ends = (fact.relation, object, *said, fact.position, number)
        _keep(connection, split, NewFact(id, subject, *ends), own)
        if others:
            ends = (fact.relation, fact.object_id, *said, fact.position, number)
            base = bare_id(fact.id)
            _keep(connection, split, NewFact(base, fact.subject_id, *ends), others)


def _keep(
    connection: Connection, split: SplitPlan, fact: NewFact, stated: Sequence[NewFactSource]
) -> None:
    """Plan a fact under the first version of its id that is free, with those who state it."""
    version = 1
    while connection.scalar(select(FactRow.id).where(FactRow.id == version_of(fact.id, version))):
        version += 1
    id = version_of(fact.id, version)
    split.facts.append(fact._replace(id=id))
    split.fact_sources.extend(line._replace(fact_id=id) for line in stated)


def _entity(connection: Connection, name: str, source: str, parent: int) -> str:
    """Return the entity of an id or name: of several of a name the one that has to be split."""
    named = select(NameRow.entity_id, NameRow.source_id).where(holds(NameRow, parent))
    of_name = select(NameRow.entity_id).where(
        NameRow.normalised.in_(stored_forms(name)), holds(NameRow, parent)
    )
    meant = or_(NameRow.entity_id == name, NameRow.entity_id.in_(of_name))
    sources: dict[str, set[str]] = {}
    for id, source_id in connection.execute(named.where(meant)):
        sources.setdefault(id, set()).add(source_id)
    if not sources:
        raise unknown_entity(name)
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
            f"{name!r} is a name of {len(merged)} entities: {', '.join(sorted(merged))}.",
            where=name,
            remedy="Give the id of one of them.",
        )
    if not merged:
        what = (
            f"Nothing but {source} names {name!r}, so there is nothing to split it from."
            if from_source
            else f"{source} does not name {name!r}."
        )
        remedy = f"`medchat kb merges {name!r}` lists what was merged."
        raise KnowledgeError(what, where=name, remedy=remedy)
    return merged[0]


def unknown_entity(name: str) -> KnowledgeError:
    """Return the error that says that no entity has this id or name."""
    return KnowledgeError(
        f"No entity is called {name!r}.",
        where=name,
        remedy="`medchat kb merges` lists entities that several sources name.",
    )


@dataclass(frozen=True, slots=True)
class _Part:
    """What was split off an entity, and the identifiers of records that mean it."""

    id: str
    edition: Edition
    codes: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Family:
    """An entity with all that was split off it; `shared` are the terms of more than one."""

    root: str
    parts: list[_Part]
    shared: set[str]


class SplitDecisions:
    """The decisions in force in one generation."""

    def __init__(self, connection: Connection, generation: int) -> None:
        self._of_entity: dict[str, _Family] = {}
        self._of_term: dict[tuple[str, str], _Family] = {}
        query = (
            select(SplitRow, SourceRow.title, SourceRow.format)
            .join(SourceRow, SourceRow.id == SplitRow.source_id)
            .where(holds(SplitRow, generation))
            .order_by(SplitRow.id)
        )
        for row in connection.execute(query):
            family = self._of_entity.setdefault(row.entity_id, _Family(row.entity_id, [], set()))
            self._of_entity[row.part_id] = family
            family.parts.append(_Part(row.part_id, (row.title, row.format), frozenset(row.codes)))
            family.shared.update(row.shared)
            kind = row.entity_id.partition(":")[0]
            self._of_term.update({(kind, term): family for term in row.shared})

    def __bool__(self) -> bool:
        """Say whether any decision is in force."""
        return bool(self._of_entity)

    def settle(
        self,
        kind: str,
        names: Sequence[str],
        own: Sequence[str],
        edition: Edition,
        found: Resolution,
        resolver: EntityResolver,
    ) -> Resolution:
        """Return which side of a split is meant where a record was found to mean either.

        A new edition of the source that was split off means the part. Identifiers of one side, and
        names that only one has, mean that side. What both have means the entity, not the part.
        """
        family = self._family(kind, (*names, *own), found)
        if family is None:
            return found
        for part in family.parts:
            if part.edition == edition and not resolver.tells_apart(part.id, own):
                return Resolution(part.id, "split", found.term)
        telling = set(own) - family.shared
        for part in family.parts:
            codes = telling & (part.codes | resolver.own_identifiers(part.id))
            if codes:
                return Resolution(part.id, "identifier", min(codes))
        if found.id and found.term not in family.shared:
            return found
        if resolver.tells_apart(family.root, own):
            return Resolution("", "created", apart=family.root)
        return Resolution(family.root, "name", found.term)

    def _family(self, kind: str, terms: Sequence[str], found: Resolution) -> _Family | None:
        """Return the family of what was found; of a shared term where nothing is left to find."""
        if found.id or not self._of_term:
            return self._of_entity.get(found.id)
        families = (self._of_term.get((kind, term)) for term in terms)
        return next(filter(None, families), None)
