"""Graph: entities, their facts, and groups of facts as lines of evidence.

    entity + relation -> facts, the best supported first -> one line with the facts' ids

A graph belongs to one generation and reads the catalogue as it is asked. This file knows nothing
of questions: which relation is meant is decided elsewhere.
"""

from collections import deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from sqlalchemy import BindParameter, ColumnElement, Engine, Row, Select, or_, select

from knowledge import wording
from knowledge.catalog import (
    EntityRow,
    FactRow,
    FactSource,
    IdentifierRow,
    NameRow,
    Source,
    holds,
)
from knowledge.merge import CURATED, chunks
from knowledge.names import normalise
from knowledge.prepared import Prepared
from knowledge.records import Entity, Fact, Identifier, Language, Name
from knowledge.vocabulary import RELATIONS

MOST = 12
"""A line of evidence names at most this many objects."""

_INVERSE = "~"
_MANY = 400


@dataclass(frozen=True, slots=True)
class Evidence:
    """Facts of one entity and one relation as one line; `id` is `<entity id>#<relation>`.

    A line seen from the object's side ("conditions with this symptom") ends its id with `~`.
    """

    id: str
    entity: Entity
    relation: str
    inverse: bool
    text: str
    facts: tuple[Fact, ...]
    language: Language


class Graph:
    """The graph of one generation."""

    def __init__(self, engine: Engine, generation: int) -> None:
        self.generation = generation
        self._engine = engine
        query = select(Source.id, Source.format, Source.created).where(holds(Source, generation))
        with engine.connect() as connection:
            self._quality = {
                id: (format not in CURATED, created)
                for id, format, created in connection.execute(query)
            }
        self._asking: Prepared | None = None
        self.entity = lru_cache(maxsize=20_000)(self._entity)

    def _entity(self, id: str) -> Entity | None:
        """Return an entity of this generation with its names, or None."""
        return self.entities([id]).get(id)

    def entities(self, ids: Sequence[str]) -> dict[str, Entity]:
        """Return several entities by id."""
        with self._engine.connect() as connection:
            return _entities(
                row
                for chunk in chunks(list(dict.fromkeys(ids)))
                for row in connection.execute(self._named(chunk))
            )

    def many(self, ids: Sequence[str]) -> dict[str, Entity]:
        """Return several entities by id; quicker where hundreds are asked for again and again."""
        if not ids:
            return {}
        if self._asking is None:
            self._asking = Prepared(self._engine, self._named, _MANY)
        with self._engine.connect() as connection:
            return _entities(self._asking.rows(connection, ids))

    def _named(
        self, ids: Sequence[str] | Sequence[BindParameter[str]]
    ) -> Select[str, str, str, str, str]:
        return (
            select(
                NameRow.entity_id,
                EntityRow.kind,
                NameRow.text,
                NameRow.language,
                NameRow.normalised,
            )
            .join(EntityRow, EntityRow.id == NameRow.entity_id)
            .where(NameRow.entity_id.in_(ids), holds(NameRow, self.generation))
            .order_by(NameRow.rank, NameRow.id)
        )

    def named(self, name: str) -> list[Entity]:
        """Return the entities that bear a name, those that prefer it first."""
        query = (
            select(NameRow.entity_id)
            .where(NameRow.normalised == normalise(name), holds(NameRow, self.generation))
            .order_by(NameRow.rank, NameRow.id)
        )
        with self._engine.connect() as connection:
            ids = list(dict.fromkeys(connection.scalars(query)))
        found = self.entities(ids)
        return [found[id] for id in ids if id in found]

    def identifiers(self, entity_id: str) -> list[Identifier]:
        """Return the identifiers of an entity as its sources give them, their own first."""
        query = (
            select(IdentifierRow)
            .where(IdentifierRow.entity_id == entity_id, holds(IdentifierRow, self.generation))
            .order_by(IdentifierRow.own.desc(), IdentifierRow.id)
        )
        with self._engine.connect() as connection:
            rows = connection.execute(query).all()
        return [Identifier(row.code, row.own, row.source_id, row.joined) for row in rows]

    def facts(self, entity_id: str, relation: str | None = None) -> list[Fact]:
        """Return the facts of an entity, best supported first; symmetric ones from both sides."""
        symmetric = [id for id, each in RELATIONS.items() if each.symmetric]
        own = FactRow.subject_id == entity_id
        mirrored = (FactRow.object_id == entity_id) & FactRow.relation.in_(symmetric)
        found = self._facts(or_(own, mirrored), relation)
        return [_seen_from(entity_id, fact) for fact in found]

    def inverse(self, entity_id: str, relation: str | None = None) -> list[Fact]:
        """Return the facts whose object is the entity, best supported first."""
        return self._facts(FactRow.object_id == entity_id, relation)

    def between(self, one: str, other: str) -> list[Fact]:
        """Return the facts that relate two entities, in either direction."""
        return self._facts(
            ((FactRow.subject_id == one) & (FactRow.object_id == other))
            | ((FactRow.subject_id == other) & (FactRow.object_id == one)),
            None,
        )

    def neighbours(self, entity_id: str) -> list[tuple[str, Entity]]:
        """Return the entities one fact away, each with the relation that leads there."""
        steps = [(fact.relation, fact.object) for fact in self.facts(entity_id) if fact.object]
        steps += [(fact.relation, fact.subject) for fact in self.inverse(entity_id)]
        known = self.entities([id for _, id in steps])
        return [(relation, known[id]) for relation, id in dict.fromkeys(steps) if id in known]

    def path(self, start: str, end: str, longest: int = 3) -> list[Fact]:
        """Return a shortest chain of facts from one entity to another, or nothing."""
        reached: dict[str, list[Fact]] = {start: []}
        waiting = deque([start])
        while waiting:
            here = waiting.popleft()
            if here == end or len(reached[here]) == longest:
                break
            for fact in [*self.facts(here), *self.inverse(here)]:
                there = fact.subject if fact.object == here else fact.object
                if there and there not in reached:
                    reached[there] = [*reached[here], fact]
                    waiting.append(there)
        return reached.get(end, [])

    def evidence(
        self,
        entity_id: str,
        relation: str,
        language: Language,
        inverse: bool = False,
        only: Collection[str] = (),
    ) -> Evidence | None:
        """Return the line for an entity and a relation; `only` keeps the facts of these ids."""
        entity = self.entity(entity_id)
        if entity is None:
            return None
        facts = self.inverse(entity_id, relation) if inverse else self.facts(entity_id, relation)
        if only:
            facts = [fact for fact in facts if fact.id in only]
        shown = self._shown(facts, language, inverse)
        if not shown:
            return None
        text = wording.line(
            entity, relation, [said for _, said in shown], language, inverse=inverse
        )
        id = f"{entity_id}#{relation}{_INVERSE if inverse else ''}"
        return Evidence(
            id, entity, relation, inverse, text, tuple(fact for fact, _ in shown), language
        )

    def relations(self, entity_id: str) -> tuple[list[str], list[str]]:
        """Return the relations that an entity has facts of: its own, and those seen from it."""
        held = select(FactRow.relation).where(holds(FactRow, self.generation)).distinct()
        with self._engine.connect() as connection:
            own = set(connection.scalars(held.where(FactRow.subject_id == entity_id)))
            seen = set(connection.scalars(held.where(FactRow.object_id == entity_id)))
        symmetric = {relation for relation in seen if RELATIONS[relation].symmetric}
        return (
            [relation for relation in RELATIONS if relation in own | symmetric],
            [relation for relation in RELATIONS if relation in seen - symmetric],
        )

    def _shown(
        self, facts: Sequence[Fact], language: Language, inverse: bool
    ) -> list[tuple[Fact, str]]:
        """Pair the facts that a line can name with what it says of each, at most `MOST`."""
        others = [fact.subject if inverse else fact.object for fact in facts]
        known = self.entities([id for id in others if id])
        said: list[tuple[Fact, str, bool]] = []
        for fact, other in zip(facts, others, strict=True):
            names = known[other].names if other in known else fact.value
            own = [name.text for name in names if name.language == language]
            if names:
                said.append((fact, own[0] if own else names[0].text, bool(own)))
        # A name in the other language is shown only where there is nothing in the asked one.
        native = [each for each in said if each[2]]
        distinct: dict[str, tuple[Fact, str]] = {}
        for fact, text, _ in native or said:
            distinct.setdefault(normalise(text), (fact, text))
        return list(distinct.values())[:MOST]

    def _facts(self, condition: ColumnElement[bool], relation: str | None) -> list[Fact]:
        query = select(FactRow).where(condition, holds(FactRow, self.generation))
        if relation is not None:
            query = query.where(FactRow.relation == relation)
        with self._engine.connect() as connection:
            rows = connection.execute(query).all()
            stated: dict[str, dict[str, str]] = {}
            for chunk in chunks([row.id for row in rows]):
                said = select(FactSource.fact_id, FactSource.source_id, FactSource.note).where(
                    FactSource.fact_id.in_(chunk)
                )
                for fact, source, note in connection.execute(said):
                    if source in self._quality:
                        stated.setdefault(fact, {})[source] = note
        found = [(row.position, self._fact(row, stated.get(row.id, {}))) for row in rows]
        found.sort(key=lambda each: (*self._rank(each[1]), each[0], each[1].id))
        return [fact for _, fact in found]

    def _fact(self, row: Row[FactRow], stated: Mapping[str, str]) -> Fact:
        """Return a fact, given its sources with what each adds to it; the best source is first."""
        texts: tuple[tuple[str, Language], ...] = ((row.value_en, "en"), (row.value_zh, "zh"))
        value = tuple(Name(text, language) for text, language in texts if text)
        sources = tuple(sorted(stated, key=self._quality.__getitem__))
        notes = tuple((source, stated[source]) for source in sources if stated[source])
        return Fact(row.id, row.subject_id, row.relation, row.object_id, value, sources, notes)

    def _rank(self, fact: Fact) -> tuple[bool, int]:
        """Curated sources come first, then facts that more sources state."""
        scraped = self._quality[fact.sources[0]][0] if fact.sources else True
        return scraped, -len(fact.sources)


def _entities(rows: Iterable[Sequence[str]]) -> dict[str, Entity]:
    """Return the entities of rows of names; all rows of one stand in the order of its names."""
    kinds: dict[str, str] = {}
    names: dict[str, dict[tuple[str, str], Name]] = {}
    for id, kind, text, language, normalised in rows:
        kinds[id] = kind
        spoken: Language = "zh" if language == "zh" else "en"
        names.setdefault(id, {}).setdefault((language, normalised), Name(text, spoken))
    return {id: Entity(id, kinds[id], tuple(found.values())) for id, found in names.items()}


def _seen_from(entity_id: str, fact: Fact) -> Fact:
    """Turn a symmetric fact so that the entity is its subject."""
    if fact.subject == entity_id:
        return fact
    return replace(fact, subject=entity_id, object=fact.subject)
