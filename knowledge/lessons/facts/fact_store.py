"""Stated: the facts of entities as the catalogue holds them, from whichever end they are seen.

    ids -> rows of facts with their sources -> facts of each entity, the best supported first

This file knows nothing of names, of languages or of what is said of a fact.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import lru_cache
from hashlib import blake2b
from sys import intern
from typing import NamedTuple

from sqlalchemy import BindParameter, ClauseElement, Connection, Engine, and_, or_, select

from knowledge.graph.catalog import CURATED_FORMATS, FactRow, FactSourceRow, SourceRow, holds
from knowledge.graph.id_queries import PreparedQuery

INVERSE = "~"
"""Marks a relation seen from its object: `medicine~` lists what a medicine is used for."""

SEEN_FROM_OBJECT = {"medicine": "medicine", "first_line": "medicine"}
"""Relations that a page also shows from the object's side, and the kind that object must have."""

_MIRRORED = ("interaction",)
"""Symmetric relations that a page also shows from the other side; statistics it does not."""

CHUNK = 240
"""So many entities are asked for at a time."""


class Stated(NamedTuple):
    """A fact as it is seen from one end: `other` is the entity at the far end, or nothing.

    Facts are in the order of `order`: curated ones, those of many sources, as they stood there.
    """

    id: str
    relation: str
    other: str
    en: str
    zh: str
    order: tuple[bool, int, int, str]
    licence: str

    @property
    def curated(self) -> bool:
        """Say whether a source that somebody wrote and read states it, not one that was scraped."""
        return not self.order[0]


class Facts:
    """Reads the facts of one generation."""

    def __init__(self, engine: Engine, generation: int) -> None:
        self._prepared: PreparedQuery | None = None
        self._engine = engine
        self._generation = generation
        self._standing: dict[tuple[str, ...], tuple[bool, int, str]] = {}
        query = select(SourceRow.id, SourceRow.format, SourceRow.licence).where(
            holds(SourceRow, generation)
        )
        with engine.connect() as connection:
            self._sources = {
                id: (format in CURATED_FORMATS, licence)
                for id, format, licence in connection.execute(query)
            }

    def read(self, connection: Connection, ids: Sequence[str]) -> dict[str, list[Stated]]:
        """Return the facts that each of some entities is seen from, the best supported first."""
        if self._prepared is None:
            self._prepared = PreparedQuery(self._engine, self._query, CHUNK)
        asked = set(ids)
        sources: dict[str, tuple[str, ...]] = {}
        rows = {}
        # A fact whose sources are all gone proves nothing: only live sources are kept.
        for row in self._prepared.rows(connection, ids):
            id, source = row[0], row[7]
            if source in self._sources:
                rows[id] = row
                sources[id] = (*sources[id], source) if id in sources else (source,)
        found: dict[str, list[Stated]] = {}
        for id, subject, relation, object, en, zh, position, _ in rows.values():
            scraped, fewer, licence = self._standing_of(sources[id])
            order = (scraped, fewer, position, id)
            # The driver gives a new text for each mention; one of each is kept.
            ends = intern(subject), intern(relation), intern(object or "")
            for end, seen, other in _sides(*ends, asked):
                fact = Stated(intern(id), seen, other, en, zh, order, licence)
                found.setdefault(end, []).append(fact)
        for facts in found.values():
            facts.sort(key=lambda fact: fact.order)
        return found

    def _query(self, ids: Sequence[BindParameter[str]]) -> ClauseElement:
        mirrored = and_(FactRow.object_id.in_(ids), FactRow.relation.in_(_MIRRORED))
        seen = and_(FactRow.object_id.in_(ids), FactRow.relation.in_(SEEN_FROM_OBJECT))
        return (
            select(
                FactRow.id,
                FactRow.subject_id,
                FactRow.relation,
                FactRow.object_id,
                FactRow.value_en,
                FactRow.value_zh,
                FactRow.position,
                FactSourceRow.source_id,
            )
            .join(FactSourceRow, FactSourceRow.fact_id == FactRow.id)
            .where(or_(FactRow.subject_id.in_(ids), mirrored, seen))
            .where(holds(FactRow, self._generation))
        )

    def _standing_of(self, sources: tuple[str, ...]) -> tuple[bool, int, str]:
        """Return whether only scraped sources state a fact, minus how many do, and its licence."""
        known = self._standing.get(sources)
        if known is None:
            said = [self._sources[source] for source in sources]
            scraped = not any(curated for curated, _ in said)
            known = scraped, -len(said), freest(licence for _, licence in said)
            self._standing[sources] = known
        return known


@lru_cache(maxsize=1 << 18)
def is_validation(entity_id: str) -> bool:
    """Say whether an entity belongs to the validation part: about one in ten, by its id alone."""
    return blake2b(entity_id.encode(), digest_size=4).digest()[0] < 26


def _sides(
    subject: str, relation: str, object: str, asked: Collection[str]
) -> Iterator[tuple[str, str, str]]:
    """Yield from which entities a fact is seen, as what, and what stands at its other end.

    Seen from its object it stays within the part of its subject, so that no fact is in both.
    """
    if subject in asked:
        yield subject, relation, object
    if object not in asked or is_validation(object) != is_validation(subject):
        return
    if relation in _MIRRORED:
        yield object, relation, subject
    elif object.startswith(f"{SEEN_FROM_OBJECT.get(relation)}:"):
        yield object, relation + INVERSE, subject


def freest(licences: Iterable[str]) -> str:
    """Return the least restrictive of the licences under which the same fact is had.

    >>> freest(["none stated", "CC0-1.0"])
    'CC0-1.0'
    """
    return min(licences, key=lambda licence: (_restriction(licence), licence))


@lru_cache(maxsize=1024)
def _restriction(licence: str) -> int:
    plain = licence.upper().replace(" ", "-")
    if "-NC" in plain or "-ND" in plain:
        return 4
    for place, marks in enumerate((("CC0", "PUBLIC-DOMAIN", "PD"), ("MIT", "APACHE", "CC-BY"))):
        if plain.startswith(marks):
            return place
    return 3
