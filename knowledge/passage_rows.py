"""Passage rows: passages with their documents as the catalogue holds them, where they pass filters.

    passage ids + filters -> one statement -> passages found

This file ranks nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import Engine, Select, bindparam, func, select

from knowledge.catalog import DocumentRow, PassageRow, holds
from knowledge.merge import chunks
from knowledge.records import Language, Passage


@dataclass(frozen=True, slots=True)
class Filters:
    """Which passages a search keeps; None keeps all.

    `source` is the id of a source; `per_source` how many hits one source may have.
    """

    language: Language | None = None
    year_from: int | None = None
    year_to: int | None = None
    type: str | None = None
    source: str | None = None
    per_source: int | None = None

    @property
    def of_documents(self) -> bool:
        """Say whether a filter speaks of documents, which facts are not."""
        wanted = (self.year_from, self.year_to, self.type, self.source)
        return any(each is not None for each in wanted)


@dataclass(frozen=True, slots=True)
class Found:
    """A passage with its document, as the catalogue holds it."""

    passage: Passage
    title: str
    journal: str
    year: int | None
    type: str
    source: str


def read(engine: Engine, generation: int, ids: Sequence[str], filters: Filters) -> dict[str, Found]:
    """Read those passages that a generation still has and that pass the filters."""
    query = _readable(generation, filters)
    found: dict[str, Found] = {}
    with engine.connect() as connection:
        for chunk in chunks(ids):
            for row in connection.execute(query, {"ids": chunk}):
                spoken: Language = "zh" if row.language == "zh" else "en"
                passage = Passage(
                    row.id,
                    row.document_id,
                    row.words,
                    row.start,
                    row.end,
                    row.section,
                    spoken,
                )
                found[row.id] = Found(
                    passage, row.title, row.journal, row.year, row.type, row.source_id
                )
    return found


@lru_cache(maxsize=256)
def _readable(generation: int, filters: Filters) -> "Select[tuple[object, ...]]":
    """Select those of the passages `ids` that a generation has, not retracted, and that pass.

    The statement is kept: to make it anew takes longer than to run it.
    """
    conditions = [
        PassageRow.id.in_(bindparam("ids", expanding=True)),
        holds(DocumentRow, generation),
        DocumentRow.retracted.is_(False),
    ]
    if filters.language is not None:
        conditions.append(PassageRow.language == filters.language)
    if filters.year_from is not None:
        conditions.append(DocumentRow.year >= filters.year_from)
    if filters.year_to is not None:
        conditions.append(DocumentRow.year <= filters.year_to)
    if filters.type is not None:
        conditions.append(DocumentRow.type == filters.type)
    if filters.source is not None:
        conditions.append(DocumentRow.source_id == filters.source)
    length = PassageRow.end - PassageRow.start
    return (
        select(
            PassageRow.id,
            PassageRow.document_id,
            func.substr(DocumentRow.text, PassageRow.start + 1, length).label("words"),
            PassageRow.start,
            PassageRow.end,
            PassageRow.section,
            PassageRow.language,
            DocumentRow.title,
            DocumentRow.journal,
            DocumentRow.year,
            DocumentRow.type,
            DocumentRow.source_id,
        )
        .join(DocumentRow, DocumentRow.id == PassageRow.document_id)
        .where(*conditions)
    )
