"""Read the facts, names and passages of the catalog that rows name, and remember them.

ids of facts, entities and passages -> catalog of one generation -> what the sources say
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from sys import intern

from sqlalchemy import Engine, func, select

from knowledge.graph.catalog import (
    DocumentRow,
    EntityRow,
    FactRow,
    FactSourceRow,
    NameRow,
    PassageRow,
    holds,
)
from knowledge.graph.id_queries import id_batches, raw_rows
from knowledge.lessons.facts.definitions import as_told
from knowledge.lessons.facts.source_notes import interaction_level
from knowledge.lessons.verify.source_content import SourceContent

_NO_VALUE = {"en": "", "zh": ""}
_MOST = 300_000
"""So many facts, and as many entities' names, are kept once they were read."""


class ContentReader:
    """Reads what the sources of rows say, in one generation."""

    def __init__(self, engine: Engine, generation: int) -> None:
        self._engine = engine
        self._generation = generation
        self._facts: dict[str, SourceContent] = {}
        self._names: dict[str, tuple[str, ...]] = {}

    def read_ahead(self) -> None:
        """Read all facts and names at once, where they can be kept: many rows name most of them."""
        live, named = holds(FactRow, self._generation), holds(NameRow, self._generation)
        with self._engine.connect() as connection:
            facts = connection.scalar(select(func.count()).select_from(FactRow).where(live)) or 0
            names = connection.scalar(select(func.count()).select_from(NameRow).where(named)) or 0
            if max(facts, names) > _MOST:
                return
            levels = _levels_of(raw_rows(connection, _NOTES.where(live)))
            self._facts |= _facts_of(raw_rows(connection, _FACTS.where(live)), levels)
            self._names |= _names_of(raw_rows(connection, _NAMES.where(named)))
        missing = (end for fact in self._facts.values() for end in (fact.subject, fact.object))
        for id in missing:
            self._names.setdefault(id, ())

    def facts(self, ids: Collection[str]) -> dict[str, SourceContent]:
        """Return facts by id; the catalogue is asked for those that were not asked for before."""
        missing = [id for id in ids if id not in self._facts]
        if not missing:
            return self._facts
        if max(len(self._facts), len(self._names)) > _MOST:
            # Together, since the names of a fact's ends are read only when the fact is.
            self._facts.clear()
            self._names.clear()
            missing = list(ids)
        self._facts |= (found := self._read_facts(missing))
        self.names({end for fact in found.values() for end in (fact.subject, fact.object) if end})
        return self._facts

    def names(self, ids: Collection[str]) -> dict[str, tuple[str, ...]]:
        """Return the names of entities, read once as the facts are."""
        missing = [id for id in ids if id not in self._names]
        if missing:
            self._names |= dict.fromkeys(missing, ()) | self._read_names(missing)
        return self._names

    def passages(self, ids: Collection[str]) -> dict[str, tuple[str, str, str]]:
        """Return the document, its title and the text of each passage that may be quoted."""
        found: dict[str, tuple[str, str, str]] = {}
        if not ids:
            return found
        with self._engine.connect() as connection:
            for chunk in id_batches(sorted(ids)):
                query = (
                    select(
                        PassageRow.id,
                        PassageRow.document_id,
                        PassageRow.start,
                        PassageRow.end,
                        DocumentRow.title,
                        DocumentRow.text,
                    )
                    .join(DocumentRow, DocumentRow.id == PassageRow.document_id)
                    .where(PassageRow.id.in_(chunk), holds(DocumentRow, self._generation))
                    .where(DocumentRow.retracted.is_(False))
                )
                for row in connection.execute(query):
                    found[row.id] = (row.document_id, row.title, row.text[row.start : row.end])
        return found

    def _read_facts(self, ids: Sequence[str]) -> dict[str, SourceContent]:
        found: dict[str, SourceContent] = {}
        with self._engine.connect() as connection:
            for chunk in id_batches(sorted(ids)):
                held = FactRow.id.in_(chunk) & holds(FactRow, self._generation)
                levels = _levels_of(raw_rows(connection, _NOTES.where(held)))
                found |= _facts_of(raw_rows(connection, _FACTS.where(held)), levels)
        return found

    def _read_names(self, ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        with self._engine.connect() as connection:
            for chunk in id_batches(sorted(ids)):
                held = NameRow.entity_id.in_(chunk) & holds(NameRow, self._generation)
                found |= _names_of(raw_rows(connection, _NAMES.where(held)))
        return found


_FACTS = select(
    FactRow.id,
    FactRow.subject_id,
    FactRow.relation,
    FactRow.object_id,
    FactRow.value_en,
    FactRow.value_zh,
)
_NOTES = (
    select(FactRow.id, FactSourceRow.note)
    .join(FactSourceRow, FactSourceRow.fact_id == FactRow.id)
    .where(FactRow.relation == "interaction", FactSourceRow.note != "")
)
_NAMES = (
    select(NameRow.entity_id, NameRow.text)
    .join(EntityRow, EntityRow.id == NameRow.entity_id)
    .order_by(NameRow.rank, NameRow.id)
)


def _levels_of(rows: Iterable[Sequence[str]]) -> dict[str, str]:
    """Return the level of each interaction whose sources give one."""
    notes: dict[str, list[str]] = {}
    for id, note in rows:
        notes.setdefault(id, []).append(note)
    return {id: interaction_level(each) for id, each in notes.items()}


def _facts_of(rows: Iterable[Sequence[str]], levels: Mapping[str, str]) -> dict[str, SourceContent]:
    return {
        # The driver gives a new text for each mention of an entity; one of each is kept.
        intern(id): SourceContent(
            intern(id),
            intern(subject),
            intern(relation),
            intern(object or ""),
            {"en": as_told(relation, en), "zh": zh} if en or zh else _NO_VALUE,
            levels.get(id, ""),
        )
        for id, subject, relation, object, en, zh in rows
    }


def _names_of(rows: Iterable[Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """Return the names of entities, in the order of the rows."""
    found: dict[str, list[str]] = {}
    for id, text in rows:
        found.setdefault(intern(id), []).append(text)
    return {id: tuple(names) for id, names in found.items()}
