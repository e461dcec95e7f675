"""Read the documents of a generation as pages, with passages that can be quoted.

    ids in chunks -> text, title, passages of a chunk -> one page per document

Retracted documents are never shown.
"""

import re
from collections.abc import Iterator, Sequence

from sqlalchemy import Engine, select

from knowledge.graph.catalog import DocumentRow, PassageRow, SourceRow, holds
from knowledge.lessons.facts.fact_page import FactPage
from knowledge.lessons.facts.quotable_sentences import DEBRIS, quotable
from knowledge.lessons.pages.page_cache import PageCache
from knowledge.lessons.pages.related_pages import NeighbourIds
from knowledge.records import Entity, Language, Name, Passage

_NOTICE = re.compile(
    r"(?:errat(?:um|a)|corrigend(?:um|a)|corrections?|retract(?:ion|ed)|addendum)\b|勘误|更正|撤稿",
    re.IGNORECASE,
)
"""Titles of notices on papers, which hold no paper."""

_CHUNK = 40
_MOST = 4_000


class DocumentPages:
    """The documents of one generation that lessons can be about."""

    def __init__(self, engine: Engine, generation: int) -> None:
        self._engine = engine
        self._generation = generation
        self._cache = PageCache(self._read, most=_MOST)

    def ids(self, language: Language) -> list[str]:
        """Return the documents in a language, in the order of their ids."""
        query = (
            select(DocumentRow.id)
            .where(DocumentRow.language == language, holds(DocumentRow, self._generation))
            .where(DocumentRow.retracted.is_(False))
            .order_by(DocumentRow.id)
        )
        with self._engine.connect() as connection:
            return list(connection.scalars(query))

    def pages(
        self, ids: Sequence[str], language: Language
    ) -> Iterator[tuple[FactPage, NeighbourIds]]:
        """Yield the pages of those documents that can be quoted; they have no neighbours."""
        for start in range(0, len(ids), _CHUNK):
            for page in self._cache.pages(ids[start : start + _CHUNK], language):
                yield page, ()

    def page(self, id: str, language: Language, neighbours: NeighbourIds = ()) -> FactPage | None:
        """Return the page of one document."""
        return self._cache.page(id, language)

    def _read(self, ids: Sequence[str], language: Language) -> Iterator[FactPage]:
        for start in range(0, len(ids), _CHUNK):
            chunk = ids[start : start + _CHUNK]
            documents = (
                select(DocumentRow.id, DocumentRow.title, DocumentRow.text, SourceRow.licence)
                .join(SourceRow, SourceRow.id == DocumentRow.source_id)
                .where(DocumentRow.id.in_(chunk), holds(DocumentRow, self._generation))
            )
            parts = (
                select(PassageRow)
                .where(PassageRow.document_id.in_(chunk), PassageRow.language == language)
                .order_by(PassageRow.document_id, PassageRow.start)
            )
            with self._engine.connect() as connection:
                texts = {row.id: row for row in connection.execute(documents)}
                passages: dict[str, list[Passage]] = {}
                for row in connection.execute(parts):
                    if row.document_id not in texts:
                        continue
                    whole = texts[row.document_id].text
                    words = whole[row.start : row.end]
                    place = (row.start, row.end, row.section, language)
                    passage = Passage(row.id, row.document_id, words, *place)
                    passages.setdefault(row.document_id, []).append(passage)
            for id in chunk:
                if id in texts and id in passages:
                    title = texts[id].title.strip().rstrip(".。")
                    entity = Entity(id, "document", (Name(title, language),))
                    own = tuple(passages[id])
                    if (
                        not _NOTICE.match(title)
                        and any(map(quotable, own))
                        and not any(mark in title for mark in DEBRIS)
                        and len(title) > 3
                    ):
                        licence = texts[id].licence
                        yield FactPage(entity, language, title, title, {}, own, licence)
