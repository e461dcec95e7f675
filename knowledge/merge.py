"""Merge: what sources say, brought together as rows of the catalogue.

    entity records -> which entity is meant -> names and facts, each once, with every source

Two mentions are one entity when kind and normalised name agree. A record is known by its preferred
names; an alias decides only where a curated source gave it, since the aliases of scraped lists
often name a neighbouring disease. This file writes nothing: it plans rows.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from sqlalchemy import Connection, select

from knowledge.catalog import EntityRow, FactRow, NameRow, Source, holds
from knowledge.names import normalise
from knowledge.records import EntityRecord, Name, Statement, Term
from knowledge.vocabulary import KINDS, OBJECT_KINDS, RELATIONS

CURATED = ("medchat-records",)
"""Formats written by hand for medchat: their aliases are trusted, and their facts come first."""

Row = dict[str, object]

_MENTIONED = 20
"""Rank of a name that a source only mentions; the names of an entity's own record come before."""

_CHUNK = 400


@dataclass(frozen=True, slots=True)
class Stated:
    """An entity record with the source that states it."""

    record: EntityRecord
    source: str
    curated: bool


def entity_id(kind: str, name: str) -> str:
    """Return the id of an entity that is first met under this name."""
    return f"{kind}:{_digest(kind, normalise(name))}"


def fact_id(subject: str, relation: str, object: str) -> str:
    """Return the id of a fact; the sides of a symmetric relation are in no order."""
    sides = [subject, object]
    if RELATIONS[relation].symmetric:
        sides.sort()
    return f"fact:{_digest(sides[0], relation, sides[1])}"


def version_of(id: str, version: int) -> str:
    """Return the id of a later row of the same thing: the first has the bare id.

    >>> version_of("pmid:1", 1), version_of("pmid:1", 2)
    ('pmid:1', 'pmid:1~2')
    """
    return id if version == 1 else f"{id}~{version}"


def _digest(*parts: str) -> str:
    return blake2b("|".join(parts).encode(), digest_size=10).hexdigest()


class Merge:
    """The rows that a call adds to the graph; made against one generation of the catalogue."""

    def __init__(self, connection: Connection, parent: int, number: int) -> None:
        self.entities: list[Row] = []
        self.revived: list[str] = []
        self.names: list[Row] = []
        self.facts: list[Row] = []
        self.fact_sources: list[Row] = []
        self.left_out: dict[str, dict[str, int]] = {}
        self._connection = connection
        self._number = number
        self._parent = parent
        self._own: dict[tuple[str, str], str | None] = {}
        self._trusted: dict[tuple[str, str], str | None] = {}
        self._aliases: dict[tuple[str, str], str | None] = {}
        self._named: set[tuple[str, str, str, str]] = set()
        self._positions: dict[str, int] = {}
        self._planned: dict[str, Row] = {}
        self._stated: dict[tuple[str, str], int] = {}
        self._known: dict[str, bool] = {
            id: until is None
            for id, until in connection.execute(select(EntityRow.id, EntityRow.until))
        }
        self._load(parent)

    def _load(self, parent: int) -> None:
        every = self._connection.execute(select(EntityRow.id, EntityRow.kind))
        kinds: dict[str, str] = {id: kind for id, kind in every}
        rows = self._connection.execute(
            select(
                NameRow.entity_id,
                NameRow.normalised,
                NameRow.language,
                NameRow.rank,
                Source.format,
            )
            .join(Source, Source.id == NameRow.source_id)
            .where(holds(NameRow, parent))
            .order_by(NameRow.rank, NameRow.id)
        )
        preferred: set[tuple[str, str]] = set()
        for id, normalised, language, rank, format in rows:
            own = rank == 0 or (id, language) not in preferred
            preferred.add((id, language))
            self._know((kinds[id], normalised), id, own=own, trusted=format in CURATED)

    def add(self, stated: Sequence[Stated]) -> None:
        """Plan the rows of all records of a call; which entity each means is settled first."""
        # Records that name themselves best go first, so that others find them.
        order = sorted(stated, key=lambda each: (not each.curated, -len(each.record.names)))
        subjects = {id(each): self._settle(each) for each in order}
        for each in stated:
            self._alias(each, subjects[id(each)])
        for each in stated:
            self._state(each, subjects[id(each)])
        self._finish()

    def _settle(self, each: Stated) -> str:
        record = each.record
        first = _preferred(record.names)
        found = self._find(record.kind, first)
        subject = found or self._create(record.kind, first[0])
        for place, name in _placed(first):
            self._name(subject, name, each.source, place)
        for name in first:
            self._know((record.kind, normalise(name.text)), subject, own=True, trusted=True)
        if each.curated:
            self._alias(each, subject)
        return subject

    def _alias(self, each: Stated, subject: str) -> None:
        first = set(_preferred(each.record.names))
        for place, name in _placed(each.record.names):
            key = (each.record.kind, normalise(name.text))
            if name in first or not key[1]:
                continue
            if self._own.get(key, subject) != subject:
                self._skip(each.source, "an alias that is another entity's own name")
                continue
            self._know(key, subject, own=False, trusted=each.curated)
            self._name(subject, name, each.source, place)

    def _state(self, each: Stated, subject: str) -> None:
        for statement in each.record.statements:
            relation = RELATIONS.get(statement.relation)
            if relation is None or each.record.kind not in relation.subjects:
                self._skip(each.source, "a relation that this kind of entity cannot have")
                continue
            if statement.term is None:
                self._fact(each, subject, statement, None)
                continue
            target = self._target(statement, each.source)
            if target == subject:
                self._skip(each.source, "an entity related to itself")
            elif target:
                self._fact(each, subject, statement, target)

    def _target(self, statement: Statement, source: str) -> str:
        term: Term | None = statement.term
        slot = statement.kind or RELATIONS[statement.relation].object or "any"
        kinds = OBJECT_KINDS.get(slot, (slot,))
        if term is None or not term.names or any(kind not in KINDS for kind in kinds):
            self._skip(source, "a relation to nothing")
            return ""
        for kind in kinds:
            target = self._find(kind, term.names, any_alias=True)
            if target:
                break
        else:
            target = self._create(kinds[0], term.names[0])
            for name in _preferred(term.names):
                self._know((kinds[0], normalise(name.text)), target, own=True, trusted=True)
        for place, name in _placed(term.names):
            self._name(target, name, source, _MENTIONED + place)
        return target

    def _find(self, kind: str, names: Sequence[Name], any_alias: bool = False) -> str:
        """Return the entity that the names mean, or nothing."""
        keys = [(kind, normalise(name.text)) for name in names]
        for known in (self._own, self._trusted, self._aliases)[: 3 if any_alias else 2]:
            for key in keys:
                found = known.get(key)
                if found:
                    return found
        return ""

    def _create(self, kind: str, name: Name) -> str:
        id = entity_id(kind, name.text)
        if id not in self._known:
            self.entities.append({"id": id, "kind": kind, "since": self._number})
        elif not self._known[id]:
            self.revived.append(id)
        self._known[id] = True
        return id

    def _know(self, key: tuple[str, str], id: str, *, own: bool, trusted: bool) -> None:
        if own:
            self._own.setdefault(key, id)
            return
        for known in (self._aliases, self._trusted) if trusted else (self._aliases,):
            # A name that two entities share decides nothing.
            known[key] = id if known.get(key, id) == id else None

    def _name(self, id: str, name: Name, source: str, rank: int) -> None:
        normalised = normalise(name.text)
        key = (id, name.language, normalised, source)
        if not normalised or key in self._named:
            return
        self._named.add(key)
        self.names.append(
            {
                "entity_id": id,
                "text": name.text,
                "normalised": normalised,
                "language": name.language,
                "rank": rank,
                "source_id": source,
                "since": self._number,
            }
        )

    def _fact(self, each: Stated, subject: str, statement: Statement, target: str | None) -> None:
        value = {name.language: name.text for name in reversed(statement.text)}
        stated = target or "|".join(normalise(value.get(key, "")) for key in ("en", "zh"))
        if not stated.strip("|"):
            self._skip(each.source, "a relation to nothing")
            return
        id = fact_id(subject, statement.relation, stated)
        self._stated.setdefault((id, each.source), each.record.line)
        if id not in self._planned:
            position = self._positions.get(subject, 0)
            self._positions[subject] = position + 1
            self._planned[id] = {
                "id": id,
                "subject_id": subject,
                "relation": statement.relation,
                "object_id": target,
                "value_en": value.get("en", ""),
                "value_zh": value.get("zh", ""),
                "position": position,
                "since": self._number,
            }

    def _finish(self) -> None:
        """Tell new facts from those of the catalogue, which only get a further source."""
        rows = self._existing(list(self._planned))
        final: dict[str, str] = {}
        for base, row in self._planned.items():
            version, live = 1, rows.get(base)
            while live is False:
                version += 1
                live = self._existing([version_of(base, version)]).get(version_of(base, version))
            final[base] = version_of(base, version)
            if live is None:
                self.facts.append({**row, "id": final[base]})
        self.fact_sources = [
            {"fact_id": final[base], "source_id": source, "line": line}
            for (base, source), line in self._stated.items()
        ]
        # In the order of their keys, rows go into the tables' trees a quarter faster.
        self.entities.sort(key=lambda row: str(row["id"]))
        self.facts.sort(key=lambda row: str(row["id"]))
        self.fact_sources.sort(key=lambda row: str(row["fact_id"]))

    def _existing(self, ids: Sequence[str]) -> dict[str, bool]:
        """Return which of the facts have a row, and whether that row is live."""
        found: dict[str, bool] = {}
        live = holds(FactRow, self._parent).label("live")
        for chunk in chunks(ids):
            query = select(FactRow.id, live).where(FactRow.id.in_(chunk))
            found.update({id: bool(alive) for id, alive in self._connection.execute(query)})
        return found

    def _skip(self, source: str, reason: str) -> None:
        counts = self.left_out.setdefault(source, {})
        counts[reason] = counts.get(reason, 0) + 1


def chunks(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    """Cut a list into pieces that fit into one query."""
    for start in range(0, len(ids), _CHUNK):
        yield ids[start : start + _CHUNK]


def _preferred(names: Sequence[Name]) -> list[Name]:
    """Return the first name of each language."""
    return [name for place, name in _placed(names) if place == 0]


def _placed(names: Iterable[Name]) -> Iterator[tuple[int, Name]]:
    """Yield names with their place among those of their language."""
    places: dict[str, int] = {}
    for name in names:
        place = places.get(name.language, 0)
        places[name.language] = place + 1
        yield place, name
