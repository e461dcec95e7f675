"""Read the facts of entities from the catalogue, whether they are subject or object.

ids -> rows of facts with their sources -> facts of each entity, the best supported first
"""

from collections.abc import Collection, Iterator, Sequence
from sys import intern
from typing import NamedTuple

from sqlalchemy import BindParameter, ClauseElement, Connection, Engine, and_, or_, select

from knowledge.graph.catalog import CURATED_FORMATS, FactRow, FactSourceRow, SourceRow, holds
from knowledge.graph.id_queries import PreparedQuery
from knowledge.lessons.facts.fact_licences import least_restrictive
from knowledge.lessons.facts.source_notes import (
    found_by_crowd,
    interaction_level,
    is_gathered,
    is_listed,
    is_own_use,
    is_terse,
)
from knowledge.lessons.facts.validation_split import is_validation
from knowledge.vocabulary import INVERSE

SEEN_FROM_OBJECT = {"medicine": "medicine", "first_line": "medicine"}
"""Relations that a page also shows from the object's side, and the kind that object must have."""

_MIRRORED = ("interaction",)
"""Symmetric relations that a page also shows from the other side; statistics it does not."""

CHUNK = 240
"""So many entities are asked for at a time."""


class FactView(NamedTuple):
    """A fact as it is seen from one end: `other` is the entity at the far end, or nothing.

    Facts are in the order of `order`: curated ones, those of many sources, as they stood there.
    A `hidden` one is told on pages of the other part of the split alone.
    `level` is how severe an interaction is, where its sources say it. `unread` facts stand in one
    source alone, which a program or a crowd gathered, or are texts that are written for programs;
    `listed` ones in one table of conditions alone. An `own_use` stands in the record of the
    medicine itself.
    """

    id: str
    relation: str
    other: str
    en: str
    zh: str
    order: tuple[bool, int, int, str]
    licence: str
    level: str = ""
    unread: bool = False
    hidden: bool = False
    listed: bool = False
    own_use: bool = False
    crowd: bool = False
    """Whether only a crowd of lay readers found it."""

    @property
    def agreed(self) -> bool:
        """Say whether several sources state it."""
        return self.order[1] <= -2

    @property
    def curated(self) -> bool:
        """Say whether a source that somebody wrote and read states it, not one that was scraped."""
        return not self.order[0]


class FactStore:
    """Reads the facts of one generation."""

    def __init__(self, engine: Engine, generation: int) -> None:
        self._prepared: PreparedQuery | None = None
        self._engine = engine
        self._generation = generation
        self._ranks: dict[tuple[str, ...], _Rank] = {}
        query = select(SourceRow.id, SourceRow.format, SourceRow.licence).where(
            holds(SourceRow, generation)
        )
        with engine.connect() as connection:
            self._sources = {
                id: (format, licence) for id, format, licence in connection.execute(query)
            }

    def read(self, connection: Connection, ids: Sequence[str]) -> dict[str, list[FactView]]:
        """Return the facts that each of some entities is seen from, the best supported first."""
        if self._prepared is None:
            self._prepared = PreparedQuery(self._engine, self._query, CHUNK)
        asked = set(ids)
        sources: dict[str, tuple[str, ...]] = {}
        notes: dict[str, tuple[str, ...]] = {}
        crowd, own_uses = set[str](), set[str]()
        rows = {}
        # A fact whose sources are all gone proves nothing: only live sources are kept.
        for row in self._prepared.rows(connection, ids):
            id, source = row[0], row[7]
            if source in self._sources:
                rows[id] = row
                sources[id] = (*sources[id], source) if id in sources else (source,)
                if row[8] and found_by_crowd(row[8]):
                    crowd.add(id)
                if row[8] and is_own_use(row[8]):
                    own_uses.add(id)
                if row[8] and row[2] == "interaction":
                    notes[id] = (*notes.get(id, ()), row[8])
        found: dict[str, list[FactView]] = {}
        for id, subject, relation, object, en, zh, position, _, _ in rows.values():
            scraped, fewer, licence, unread, terse, listed = self._rank_of(sources[id])
            guessed = len(sources[id]) == 1 and id in crowd
            unread = unread or (terse and not object) or guessed
            order = (scraped, fewer, position, id)
            # The driver gives a new text for each mention; one of each is kept.
            ends = intern(subject), intern(relation), intern(object or "")
            level = interaction_level(notes[id]) if id in notes else ""
            told = (en, zh, order, licence, level, unread)
            for end, seen, other, hidden in _seen_from(*ends, asked):
                stated = (hidden, listed, id in own_uses, guessed)
                fact = FactView(intern(id), seen, other, *told, *stated)
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
                FactSourceRow.note,
            )
            .join(FactSourceRow, FactSourceRow.fact_id == FactRow.id)
            .where(or_(FactRow.subject_id.in_(ids), mirrored, seen))
            .where(holds(FactRow, self._generation))
        )

    def _rank_of(self, sources: tuple[str, ...]) -> "_Rank":
        """Return what the sources of a fact say of it together."""
        known = self._ranks.get(sources)
        if known is None:
            said = [self._sources[source] for source in sources]
            scraped = not any(format in CURATED_FORMATS for format, _ in said)
            unread = len(said) == 1 and is_gathered(said[0][0])
            licence = least_restrictive(licence for _, licence in said)
            terse = all(is_terse(format) for format, _ in said)
            listed = is_listed([format for format, _ in said])
            known = _Rank(scraped, -len(said), licence, unread, terse, listed)
            self._ranks[sources] = known
        return known


class _Rank(NamedTuple):
    """What sources say of a fact: whether only scraped ones state it, minus how many do.

    Then its licence, whether nobody read it, as a program gathered its only source, whether its
    texts are written for programs, and whether one table of conditions alone lists it.
    """

    scraped: bool
    fewer: int
    licence: str
    unread: bool
    terse: bool
    listed: bool


def _seen_from(
    subject: str, relation: str, object: str, asked: Collection[str]
) -> Iterator[tuple[str, str, str, bool]]:
    """Yield from which entities a fact is seen, as what, and what stands at its other end.

    Seen from its object it stays within the part of its subject, so that no fact is in both; in
    the other part it is known to be there, but hidden.
    """
    if subject in asked:
        yield subject, relation, object, False
    if object not in asked:
        return
    hidden = is_validation(object) != is_validation(subject)
    if relation in _MIRRORED:
        yield object, relation, subject, hidden
    elif object.startswith(f"{SEEN_FROM_OBJECT.get(relation)}:"):
        yield object, relation + INVERSE, subject, hidden
