"""Read entities, their facts, and groups of facts as lines of evidence.

    entity + relation -> facts, the best supported first -> one line with the facts' ids

A graph belongs to one generation and reads the catalogue when it is asked. Which relation a
question means is decided in `knowledge.search`.
"""

from collections import deque
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from sqlalchemy import (
    BindParameter,
    ClauseElement,
    ColumnElement,
    Engine,
    Select,
    literal,
    or_,
    select,
)

from knowledge.graph import verbalize
from knowledge.graph.catalog import (
    CURATED_FORMATS,
    EntityRow,
    FactRow,
    FactSourceRow,
    IdentifierRow,
    NameRow,
    SourceRow,
    holds,
)
from knowledge.graph.id_queries import PreparedQuery, Row, StatementBuilder
from knowledge.records import Entity, Fact, Identifier, Language, Name
from knowledge.text.names import normalise, stored_forms
from knowledge.vocabulary import INVERSE, RELATIONS

MOST = 12
"""A line of evidence names at most this many objects."""

_MOST_REMEMBERED = 10_000
"""The rows of so many queries are remembered."""

_FEW, _MANY = 24, 400
"""So many entities are asked for at once."""

_SYMMETRIC = frozenset(id for id, each in RELATIONS.items() if each.symmetric)
_OF_FACT = (
    *(FactRow.id, FactRow.subject_id, FactRow.relation, FactRow.object_id),
    *(FactRow.value_en, FactRow.value_zh, FactRow.position),
    *(FactSourceRow.source_id, FactSourceRow.note),
)

Places = Sequence[BindParameter[str]]
"""Where the ids of a query go."""

Condition = Callable[[Places], ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class EvidenceLine:
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


class KnowledgeGraph:
    """The graph of one generation."""

    def __init__(self, engine: Engine, generation: int) -> None:
        self.generation = generation
        self._engine = engine
        query = select(SourceRow.id, SourceRow.format, SourceRow.created, SourceRow.title).where(
            holds(SourceRow, generation)
        )
        self._quality: dict[str, tuple[bool, float]] = {}
        self._titles: dict[str, str] = {}
        with engine.connect() as connection:
            for id, format, created, title in connection.execute(query):
                self._quality[id] = (format not in CURATED_FORMATS, created)
                self._titles[id] = title
        self._prepared: dict[str, PreparedQuery] = {}
        self._known: dict[tuple[str, int, tuple[str, ...]], list[Row]] = {}
        self.entity = lru_cache(maxsize=20_000)(self._entity)
        self.titles_stating = lru_cache(maxsize=64)(self._titles_stating)

    def _entity(self, id: str) -> Entity | None:
        """Return an entity of this generation with its names, or None."""
        return self.entities([id]).get(id)

    def entities(self, ids: Sequence[str]) -> dict[str, Entity]:
        """Return several entities by id."""
        most = _FEW if len(ids) <= _FEW else _MANY
        return _entities(self._rows(f"names of {most}", self._named, ids, most))

    def _rows(
        self, name: str, worded: StatementBuilder, ids: Sequence[str], most: int = 0
    ) -> list[Row]:
        """Run a query over ids, `most` at once; it is compiled when it is first run.

        Compiling a query takes longer than running it. The rows of a generation do not change, and
        one turn asks for the same ones many times.
        """
        key = (name, most, tuple(ids))
        known = self._known.get(key)
        if known is None:
            if name not in self._prepared:
                self._prepared[name] = PreparedQuery(self._engine, worded, most or len(ids))
            with self._engine.connect() as connection:
                known = list(self._prepared[name].rows(connection, ids))
            if len(self._known) >= _MOST_REMEMBERED:
                self._known.clear()
            self._known[key] = known
        return known

    def _named(self, ids: Places) -> Select[str, str, str, str, str]:
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
            .where(NameRow.normalised.in_(stored_forms(name)), holds(NameRow, self.generation))
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

        def own(places: Places) -> ColumnElement[bool]:
            mirrored = (FactRow.object_id == places[0]) & FactRow.relation.in_(_SYMMETRIC)
            return or_(FactRow.subject_id == places[0], mirrored)

        one_sided = relation is not None and relation not in _SYMMETRIC
        found = (
            self._facts("own", _is_subject, relation, entity_id)
            if one_sided
            else self._facts("own or mirrored", own, relation, entity_id)
        )
        return [_seen_from(entity_id, fact) for fact in found]

    def inverse(self, entity_id: str, relation: str | None = None) -> list[Fact]:
        """Return the facts whose object is the entity, best supported first."""
        return self._facts("inverse", _is_object, relation, entity_id)

    def between(self, one: str, other: str) -> list[Fact]:
        """Return the facts that relate two entities, in either direction."""

        def related(places: Places) -> ColumnElement[bool]:
            first, second = places
            return ((FactRow.subject_id == first) & (FactRow.object_id == second)) | (
                (FactRow.subject_id == second) & (FactRow.object_id == first)
            )

        return self._facts("between", related, None, one, other)

    def findings(self) -> list[tuple[str, str, str, str]]:
        """Return the symptoms and signs of all conditions: fact, condition, finding, relation."""
        query = (
            select(FactRow.id, FactRow.subject_id, FactRow.object_id, FactRow.relation)
            .where(
                FactRow.relation.in_(("symptom", "sign")),
                FactRow.subject_id.startswith("condition:"),
                FactRow.object_id.is_not(None),
                holds(FactRow, self.generation),
            )
            .order_by(FactRow.subject_id, FactRow.position, FactRow.id)
        )
        with self._engine.connect() as connection:
            return [
                (id, subject, object, relation)
                for id, subject, object, relation in connection.execute(query)
                if object is not None
            ]

    def texts(self, relations: Collection[str]) -> list[tuple[str, str]]:
        """Return the values of these relations, in both languages, each with its subject's id."""
        query = select(FactRow.subject_id, FactRow.value_en, FactRow.value_zh).where(
            FactRow.relation.in_(relations), holds(FactRow, self.generation)
        )
        with self._engine.connect() as connection:
            return [(id, f"{en}\n{zh}") for id, en, zh in connection.execute(query)]

    def titles(self, fact: Fact) -> list[str]:
        """Return the titles of the sources of a fact, the best first."""
        return [self._titles[id] for id in fact.sources if id in self._titles]

    def _titles_stating(self, relation: str) -> list[str]:
        """Return the titles of the sources that state a relation, oldest first."""
        stated = (
            select(FactRow.id)
            .join(FactSourceRow, FactSourceRow.fact_id == FactRow.id)
            .where(
                FactSourceRow.source_id == SourceRow.id,
                FactRow.relation == relation,
                holds(FactRow, self.generation),
            )
        )
        query = (
            select(SourceRow.title)
            .where(holds(SourceRow, self.generation), stated.exists())
            .order_by(SourceRow.created, SourceRow.id)
        )
        with self._engine.connect() as connection:
            return list(connection.scalars(query))

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
    ) -> EvidenceLine | None:
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
        text = verbalize.evidence_line(
            entity, relation, [said for _, said in shown], language, inverse=inverse
        )
        id = f"{entity_id}#{relation}{INVERSE if inverse else ''}"
        return EvidenceLine(
            id, entity, relation, inverse, text, tuple(fact for fact, _ in shown), language
        )

    def relations(self, entity_id: str) -> tuple[list[str], list[str]]:
        """Return the relations that an entity has facts of: its own, and those seen from it."""

        def held(places: Places) -> ClauseElement:
            sides = (FactRow.subject_id, FactRow.object_id)
            own, seen = (
                select(FactRow.relation, literal(place))
                .where(side == places[0], holds(FactRow, self.generation))
                .distinct()
                for place, side in enumerate(sides)
            )
            return own.union_all(seen)

        rows = self._rows("relations", held, [entity_id])
        own = {relation for relation, place in rows if place == 0}
        seen = {relation for relation, place in rows if place == 1}
        symmetric = seen & _SYMMETRIC
        return (
            [relation for relation in RELATIONS if relation in own | symmetric],
            [relation for relation in RELATIONS if relation in seen - symmetric],
        )

    def _shown(
        self, facts: Sequence[Fact], language: Language, inverse: bool
    ) -> list[tuple[Fact, str]]:
        """Pair the facts that a line can name with what it says of each, at most `MOST`."""
        native: dict[str, tuple[Fact, str]] = {}
        foreign: dict[str, tuple[Fact, str]] = {}
        for start in range(0, len(facts), _FEW):  # of hundreds the first few are mostly enough
            part = facts[start : start + _FEW]
            others = [fact.subject if inverse else fact.object for fact in part]
            known = self.entities([id for id in others if id])
            for fact, other in zip(part, others, strict=True):
                names = known[other].names if other in known else fact.value
                own = next((name for name in names if name.language == language), None)
                for found, name in ((native, own), (foreign, own or next(iter(names), None))):
                    if name is not None:
                        found.setdefault(normalise(name.text), (fact, name.text))
            if len(native) >= MOST:
                break
        # A name in the other language is shown only where there is nothing in the asked one.
        return list((native or foreign).values())[:MOST]

    def _facts(
        self, name: str, condition: Condition, relation: str | None, *ids: str
    ) -> list[Fact]:
        """Return the facts under a condition on ids, best supported first."""

        def worded(places: Places) -> ClauseElement:
            wanted = [condition(places[: len(ids)]), holds(FactRow, self.generation)]
            if relation is not None:
                wanted.append(FactRow.relation == places[len(ids)])
            stated = FactSourceRow.fact_id == FactRow.id
            return select(*_OF_FACT).outerjoin(FactSourceRow, stated).where(*wanted)

        of_relation = [] if relation is None else [relation]
        asked = f"{name}, {len(of_relation)}"
        rows: dict[str, Row] = {}
        stated: dict[str, dict[str, str]] = {}
        for row in self._rows(asked, worded, [*ids, *of_relation]):
            *said, source, note = row
            rows[said[0]] = tuple(said)
            if source in self._quality:
                stated.setdefault(said[0], {})[source] = note
        found = [(row[-1], self._fact(row, stated.get(id, {}))) for id, row in rows.items()]
        found.sort(key=lambda each: (*self._rank(each[1]), each[0], each[1].id))
        return [fact for _, fact in found]

    def _fact(self, row: Row, stated: Mapping[str, str]) -> Fact:
        """Return a fact, given its sources with what each adds to it; the best source is first."""
        id, subject, relation, object, english, chinese, _ = row
        texts: tuple[tuple[str, Language], ...] = ((english, "en"), (chinese, "zh"))
        value = tuple(Name(text, language) for text, language in texts if text)
        sources = tuple(sorted(stated, key=self._quality.__getitem__))
        notes = tuple((source, stated[source]) for source in sources if stated[source])
        return Fact(id, subject, relation, object, value, sources, notes)

    def _rank(self, fact: Fact) -> tuple[bool, int]:
        """Curated sources come first, then facts that more sources state."""
        scraped = self._quality[fact.sources[0]][0] if fact.sources else True
        return scraped, -len(fact.sources)


def _is_subject(places: Places) -> ColumnElement[bool]:
    return FactRow.subject_id == places[0]


def _is_object(places: Places) -> ColumnElement[bool]:
    return FactRow.object_id == places[0]


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
