"""Read documents with all their passages, to hold rows on papers against them.

ids -> title and passages of each, in their order, as the generation holds them
"""

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import Engine, select

from knowledge.graph.catalog import DocumentRow, PassageRow, holds
from knowledge.graph.id_queries import id_batches
from knowledge.records import Language, Passage

_MOST = 4_000


class PaperRead(NamedTuple):
    """A document: its title as rows name it, and its passages."""

    title: str
    passages: tuple[Passage, ...]


class DocumentReader:
    """Reads the documents of one generation; those that are retracted are not there."""

    def __init__(self, engine: Engine, generation: int) -> None:
        self._engine = engine
        self._generation = generation
        self._held: dict[tuple[str, Language], PaperRead] = {}

    def read(
        self, wanted: Collection[tuple[str, Language]]
    ) -> dict[tuple[str, Language], PaperRead]:
        """Return documents by id and language; those that are not there are left out."""
        if len(self._held) > _MOST:
            self._held.clear()
        missing = sorted({id for id, language in wanted if (id, language) not in self._held})
        if not missing:
            return self._held
        with self._engine.connect() as connection:
            for chunk in id_batches(missing):
                query = (
                    select(PassageRow, DocumentRow.title, DocumentRow.text)
                    .join(DocumentRow, DocumentRow.id == PassageRow.document_id)
                    .where(PassageRow.document_id.in_(chunk))
                    .where(holds(DocumentRow, self._generation), DocumentRow.retracted.is_(False))
                    .order_by(PassageRow.document_id, PassageRow.start)
                )
                found: dict[tuple[str, Language], tuple[str, list[Passage]]] = {}
                for row in connection.execute(query):
                    language: Language = "zh" if row.language == "zh" else "en"
                    place = (row.start, row.end, row.section, language)
                    words = row.text[row.start : row.end]
                    title = row.title.strip().rstrip(".。")
                    held = found.setdefault((row.document_id, language), (title, []))
                    held[1].append(Passage(row.id, row.document_id, words, *place))
                self._held |= {key: PaperRead(one, tuple(of)) for key, (one, of) in found.items()}
        return self._held
