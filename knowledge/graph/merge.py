"""Merge the records of several sources into planned rows of the catalogue.

    entity records -> which entity is meant -> names, identifiers and facts, each with every source

`entity_resolution` finds which entity a record or a reference means; each identifier keeps how its
record came to the entity. Nothing is written here.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter

from sqlalchemy import Connection, select

from knowledge.graph.catalog import (
    CURATED_FORMATS,
    EntityRow,
    FactRow,
    IdentifierRow,
    NameRow,
    SourceRow,
    holds,
)
from knowledge.graph.entity_resolution import EntityResolver, Resolution
from knowledge.graph.entity_splits import Edition, SplitDecisions
from knowledge.graph.id_queries import id_batches
from knowledge.graph.rows import (
    NewEntity,
    NewFact,
    NewFactSource,
    NewIdentifier,
    NewJoin,
    NewName,
    entity_id,
    fact_id,
    version_of,
)
from knowledge.records import EntityRecord, EntityReference, Name, Statement
from knowledge.text.names import fold_characters, normalise, normalise_as_written
from knowledge.vocabulary import KINDS, OBJECT_KINDS, RELATIONS

_MENTIONED = 20
"""Rank of a name that a source only mentions; the names of an entity's own record come before."""

_LONGEST_CODE = 120
_BETWEEN_NOTES = "; "


@dataclass(frozen=True, slots=True)
class SourcedRecord:
    """An entity record with the source that states it."""

    record: EntityRecord
    source: str
    curated: bool


class GraphMerge:
    """The rows that a call adds to the graph; made against one generation of the catalogue."""

    def __init__(
        self, connection: Connection, parent: int, number: int, editions: Mapping[str, Edition]
    ) -> None:
        self.entities: list[NewEntity] = []
        self.revived: list[str] = []
        self.names: list[NewName] = []
        self.identifiers: list[NewIdentifier] = []
        self.joins: list[NewJoin] = []
        self.facts: list[NewFact] = []
        self.fact_sources: list[NewFactSource] = []
        self.left_out: dict[str, dict[str, int]] = {}
        self._connection = connection
        self._number = number
        self._parent = parent
        self._editions = editions
        self._resolver = EntityResolver()
        self._splits = SplitDecisions(connection, parent)
        self._normalised: dict[str, str] = {}
        self._named: set[tuple[str, str, str, str]] = set()
        self._coded: set[tuple[str, str, str]] = set()
        self._apart: set[tuple[str, str]] = set()
        self._origins: dict[str, str] = {}
        self._joined: set[tuple[str, str]] = set()
        self._targets: dict[tuple[str, str, EntityReference], str] = {}
        self._settled: dict[tuple[object, ...], str] = {}
        self._positions: dict[str, int] = {}
        self._planned: dict[str, NewFact] = {}
        self._stated: dict[tuple[str, str], tuple[int, str]] = {}
        self._known: dict[str, bool] = {}

    @property
    def changes(self) -> bool:
        """Say whether anything of the graph is new."""
        return bool(self.names or self.facts or self.fact_sources or self.identifiers)

    def _load(self, parent: int) -> None:
        spans = self._connection.execute(select(EntityRow.id, EntityRow.until))
        self._known = {id: until is None for id, until in spans}
        every = self._connection.execute(select(EntityRow.id, EntityRow.kind))
        kinds: dict[str, str] = {id: kind for id, kind in every}
        rows = self._connection.execute(
            select(
                NameRow.entity_id,
                NameRow.normalised,
                NameRow.language,
                NameRow.rank,
                SourceRow.format,
            )
            .join(SourceRow, SourceRow.id == NameRow.source_id)
            .where(holds(NameRow, parent))
            .order_by(NameRow.rank, NameRow.id)
        )
        preferred: set[tuple[str, str]] = set()
        for id, normalised, language, rank, format in rows:
            key = (kinds[id], fold_characters(normalised))
            if rank == 0 or (id, language) not in preferred:
                self._resolver.add_preferred_name(key, id)
            else:
                self._resolver.add_alias(key, id, trusted=format in CURATED_FORMATS)
            preferred.add((id, language))
        codes = select(IdentifierRow.entity_id, IdentifierRow.code).where(
            IdentifierRow.own, holds(IdentifierRow, parent)
        )
        for id, code in self._connection.execute(codes):
            self._resolver.add_identifier(kinds[id], code, id)

    def add(self, stated: Sequence[SourcedRecord]) -> None:
        """Plan the rows of all records of a call; which entity each means is settled first."""
        self._load(self._parent)
        # Records that name themselves best go first, so that others find them.
        order = sorted(stated, key=lambda each: (not each.curated, -len(each.record.names)))
        subjects = {id(each): self._settle(each) for each in order}
        for each in stated:
            self._alias(each, subjects[id(each)])
        for each in stated:
            self._state(each, subjects[id(each)])
        self._finish()

    def _settle(self, each: SourcedRecord) -> str:
        """Return the entity that a record means; what one source calls the same is settled once."""
        record = each.record
        said = (each.source, record.kind, record.names, record.own, record.identifiers)
        if said not in self._settled:
            subject = self._settle_anew(each)
            if each.curated or self._splits:
                return subject
            self._settled[said] = subject
        return self._settled[said]

    def _settle_anew(self, each: SourcedRecord) -> str:
        record = each.record
        first = _preferred(record.names)
        keys = [self._key(name) for name in first]
        found = self._find(record.kind, keys, record.own, each.source, any_alias=False)
        subject = self._meant(record.kind, first[0], record.own, found, each.source)
        self._identify(subject, record, found, each.source)
        for place, name in _placed(first):
            self._name(subject, name, each.source, place)
        for key in keys:
            self._resolver.add_preferred_name((record.kind, key), subject)
        if each.curated:
            self._alias(each, subject)
        return subject

    def _alias(self, each: SourcedRecord, subject: str) -> None:
        if len(each.record.names) == 1:
            return
        first = set(_preferred(each.record.names))
        for place, name in _placed(each.record.names):
            key = (each.record.kind, self._key(name))
            if name in first or not key[1]:
                continue
            if self._resolver.preferred_entity(key) not in (None, subject):
                self._skip(each.source, "an alias that is another entity's own name")
                continue
            self._resolver.add_alias(key, subject, trusted=each.curated)
            self._name(subject, name, each.source, place)

    def _state(self, each: SourcedRecord, subject: str) -> None:
        for statement in each.record.statements:
            relation = RELATIONS.get(statement.relation)
            if relation is None or each.record.kind not in relation.subjects:
                self._skip(each.source, "a relation that this kind of entity cannot have")
                continue
            if statement.term is None:
                self._fact(each, subject, statement, None)
                continue
            slot = statement.kind or relation.object or "any"
            target = self._target(statement.term, slot, each.source)
            if target == subject:
                self._skip(each.source, "an entity related to itself")
            elif target:
                self._fact(each, subject, statement, target)
            else:
                self._skip(each.source, "a relation to nothing")

    def _target(self, term: EntityReference, slot: str, source: str) -> str:
        """Return the entity that a term means, or nothing; a source means one by one term."""
        asked = (source, slot, term)
        if asked not in self._targets:
            kinds = OBJECT_KINDS.get(slot, (slot,))
            named = term.names and all(kind in KINDS for kind in kinds)
            self._targets[asked] = self._mentioned(term, kinds, source) if named else ""
        return self._targets[asked]

    def _mentioned(self, term: EntityReference, kinds: Sequence[str], source: str) -> str:
        keys = [self._key(name) for name in term.names]
        for kind in kinds:
            found = self._find(kind, keys, term.own, source, any_alias=True)
            if found.id:
                break
        else:
            kind = kinds[0]
        target = self._meant(kind, term.names[0], term.own, found, source)
        self._identify(target, term, found, source)
        if not found.id:
            for name in _preferred(term.names):
                self._resolver.add_preferred_name((kind, self._key(name)), target)
        for place, name in _placed(term.names):
            self._name(target, name, source, _MENTIONED + place)
        return target

    def _key(self, name: Name) -> str:
        key = self._normalised.get(name.text)
        if key is None:
            key = self._normalised[name.text] = normalise(name.text)
        return key

    def _find(
        self, kind: str, keys: Sequence[str], own: Sequence[str], source: str, *, any_alias: bool
    ) -> Resolution:
        """Return the entity that names or identifiers mean, on the right side of every split."""
        found = self._resolver.find(kind, keys, own, any_alias=any_alias)
        return self._splits.settle(kind, keys, own, self._editions[source], found, self._resolver)

    def _meant(
        self, kind: str, name: Name, own: Sequence[str], found: Resolution, source: str
    ) -> str:
        """Return the entity that was found, the merge with it planned, or a new one."""
        id = found.id or self._new_id(kind, name, own)
        known = self._known.get(id)
        if not found.id or not known:
            self._origins[id] = source
        elif self._origins.get(id) != source and (id, source) not in self._joined:
            self._joined.add((id, source))
            self.joins.append(NewJoin(id, source, found.joined, found.term))
        if known is None:
            self.entities.append(NewEntity(id, kind, self._number))
        elif not known:
            self.revived.append(id)
        self._known[id] = True
        return id

    def _new_id(self, kind: str, name: Name, own: Sequence[str]) -> str:
        id = entity_id(kind, name.text)
        return entity_id(kind, name.text, own[0]) if self._resolver.tells_apart(id, own) else id

    def _identify(
        self, id: str, given: EntityRecord | EntityReference, found: Resolution, source: str
    ) -> None:
        """Plan the identifiers of a record or a term that was found to mean an entity."""
        if found.apart and (found.apart, given.own[0]) not in self._apart:
            self._apart.add((found.apart, given.own[0]))
            self._skip(source, "a name that two things share, told apart by their identifiers")
        for code in dict.fromkeys((*given.own, *given.identifiers)):
            key = (id, code, source)
            if key in self._coded:
                continue
            self._coded.add(key)
            if len(code) > _LONGEST_CODE:
                self._skip(source, f"an identifier longer than {_LONGEST_CODE} characters")
                continue
            own = code in given.own
            self.identifiers.append(
                NewIdentifier(id, code, own, found.joined, source, self._number)
            )
            if own:
                self._resolver.add_identifier(id.partition(":")[0], code, id)

    def _name(self, id: str, name: Name, source: str, rank: int) -> None:
        normalised = self._key(name)
        key = (id, name.language, normalised, source)
        if not normalised or key in self._named:
            return
        self._named.add(key)
        self.names.append(
            NewName(id, name.text, normalised, name.language, rank, source, self._number)
        )

    def _fact(
        self, each: SourcedRecord, subject: str, statement: Statement, target: str | None
    ) -> None:
        value = {name.language: name.text for name in reversed(statement.text)}
        said = (value.get("en", ""), value.get("zh", ""))
        stated = target or "|".join(map(normalise_as_written, said))
        if not stated.strip("|"):
            self._skip(each.source, "a relation to nothing")
            return
        id = fact_id(subject, statement.relation, stated)
        line, note = self._stated.get((id, each.source), (each.record.line, ""))
        if statement.note and statement.note not in note.split(_BETWEEN_NOTES):
            note = f"{note}{_BETWEEN_NOTES}{statement.note}" if note else statement.note
        self._stated[id, each.source] = (line, note)
        if id not in self._planned:
            place = self._positions[subject] = self._positions.get(subject, -1) + 1
            self._planned[id] = NewFact(
                id, subject, statement.relation, target, *said, place, self._number
            )

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
                self.facts.append(row if version == 1 else row._replace(id=final[base]))
        self.fact_sources = [
            NewFactSource(final[base], source, line, note)
            for (base, source), (line, note) in self._stated.items()
        ]
        # In the order of their keys, rows go into the tables' trees a quarter faster.
        self.entities.sort()
        self.facts.sort(key=itemgetter(0))
        self.fact_sources.sort()

    def _existing(self, ids: Sequence[str]) -> dict[str, bool]:
        """Return which of the facts have a row, and whether that row is live."""
        found: dict[str, bool] = {}
        if self._connection.scalar(select(FactRow.id).limit(1)) is None:
            return found
        live = holds(FactRow, self._parent).label("live")
        for chunk in id_batches(ids):
            query = select(FactRow.id, live).where(FactRow.id.in_(chunk))
            found.update({id: bool(alive) for id, alive in self._connection.execute(query)})
        return found

    def _skip(self, source: str, reason: str) -> None:
        counts = self.left_out.setdefault(source, {})
        counts[reason] = counts.get(reason, 0) + 1


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
