"""Read the documents of a generation as pages, with passages that can be quoted.

    ids in chunks -> text, title, passages of a chunk -> one page per document

Retracted documents are never shown.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from sqlalchemy import Engine, select

from knowledge.graph.catalog import DocumentRow, PassageRow, SourceRow, holds
from knowledge.lessons.facts.fact_page import FactPage
from knowledge.lessons.pages.page_cache import PageCache
from knowledge.lessons.pages.related_pages import NeighbourIds
from knowledge.records import Entity, Language, Name, Passage
from knowledge.text.sentences import sentence_spans

SHORTEST = {"en": 45, "zh": 16}
LONGEST = {"en": 420, "zh": 160}
"""Characters of a sentence that is worth quoting, and can be read at a glance."""

_CHUNK = 40
_MOST = 4_000
_DEBRIS = ("[详细]", "...", "…", "{", "}", "\\x", "\n", "�", '"', "“", "”", "### ", "[", "http")
_DANGLING = re.compile(
    r"^(?:however|therefore|thus|moreover|furthermore|this|these|that|those|it|they|he|she|such|"
    r"but|and|or|also|here|both|in addition|in contrast|additionally|consequently|hence|"
    r"for example|for instance|similarly|then|the (?:former|latter))\b|"
    r"^(?:然而|因此|但|而|并|这|此|其|该|另外|此外|同时|所以|故|它|他们)",
    re.IGNORECASE,
)
_GLUED = re.compile(r"[a-z]{3}\.[A-Z][a-z]")
"""Two sentences that a source set without a space between them."""
_OPENED = re.compile(r"^(?:[A-Z\u3400-\u9fff]|\d(?!\.\d+[,)]))")
"""A sentence cut at an abbreviation leaves the end of a figure in front: "0.469, p=0.001) and"."""


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
                        any(map(quotable, own))
                        and not any(mark in title for mark in _DEBRIS)
                        and len(title) > 3
                    ):
                        licence = texts[id].licence
                        yield FactPage(entity, language, title, title, {}, own, licence)


def quotable(passage: Passage) -> tuple[str, ...]:
    """Return the sentences of a passage that stand on their own as a quotation."""
    return _quotable(passage.text, passage.language)


@lru_cache(maxsize=20_000)
def _quotable(text: str, language: Language) -> tuple[str, ...]:
    found = []
    for start, end in sentence_spans(text):
        words = text[start:end].strip()
        if not SHORTEST[language] <= len(words) <= LONGEST[language]:
            continue
        if words[-1] not in ".。" or not _OPENED.match(words) or _DANGLING.match(words):
            continue
        if any(mark in words for mark in _DEBRIS) or len(sentence_spans(words)) > 1:
            continue
        if (
            _GLUED.search(words)
            or words.count("(") != words.count(")")
            or words.count("（") != words.count("）")
        ):
            continue
        found.append(words)
    return tuple(found)
