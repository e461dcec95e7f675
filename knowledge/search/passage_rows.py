"""Read passages with their documents from the catalogue, where they pass filters.

passage ids + filters -> one statement -> passages found
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache, partial

from sqlalchemy import BindParameter, ClauseElement, Engine, Select, func, select

from knowledge.graph.catalog import DocumentRow, PassageRow, holds
from knowledge.graph.id_queries import PreparedQuery, Row
from knowledge.records import Language, Passage

_Columns = tuple[str, str, str, int, int, str, str, str, str, int | None, str, str]

_AT_ONCE = 30
"""So many passages are asked for at a time."""


@dataclass(frozen=True, slots=True)
class Filters:
    """Which passages a search keeps; None keeps all.

    `source` is the id of a source; `per_source` how many hits one source may have. `retracted`
    keeps retracted documents only, so that they are named; otherwise none is kept.
    """

    language: Language | None = None
    year_from: int | None = None
    year_to: int | None = None
    type: str | None = None
    source: str | None = None
    per_source: int | None = None
    retracted: bool = False

    @property
    def of_documents(self) -> bool:
        """Say whether a filter speaks of documents, which facts are not."""
        wanted = (self.year_from, self.year_to, self.type, self.source)
        return self.retracted or any(each is not None for each in wanted)


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage with its document, as the catalogue holds it."""

    passage: Passage
    title: str
    journal: str
    year: int | None
    type: str
    source: str


class PassageReader:
    """Reads the passages of one generation.

    The statement of each set of filters is kept: to word it anew takes longer than to run it.
    """

    def __init__(self, engine: Engine, generation: int) -> None:
        self._engine, self._generation = engine, generation
        self._reader = lru_cache(maxsize=64)(
            lambda filters: PreparedQuery(engine, partial(_readable, generation, filters), _AT_ONCE)
        )

    def read(self, ids: Sequence[str], filters: Filters) -> dict[str, StoredPassage]:
        """Read those passages that the generation still has and that pass the filters."""
        if not ids:
            return {}
        with self._engine.connect() as connection:
            rows = list(self._reader(filters).rows(connection, ids))
        return {row[0]: _found(row) for row in rows}

    def read_document(self, id: str, filters: Filters) -> list[StoredPassage]:
        """Read all passages of a document that pass, in the order of its text."""
        statement = _passing(self._generation, filters).where(PassageRow.document_id == id)
        with self._engine.connect() as connection:
            rows = connection.execute(statement.order_by(PassageRow.start)).all()
        return [_found(tuple(row)) for row in rows]

    def holds_retracted(self) -> bool:
        """Say whether any document of the generation was retracted."""
        statement = select(DocumentRow.id).where(
            holds(DocumentRow, self._generation), DocumentRow.retracted
        )
        with self._engine.connect() as connection:
            return connection.execute(statement.limit(1)).first() is not None


def _found(row: Row) -> StoredPassage:
    """Return the passage of a row as `_readable` selects it."""
    id, document, words, start, end, section, language, *rest = row
    known_language: Language = "zh" if language == "zh" else "en"
    return StoredPassage(Passage(id, document, words, start, end, section, known_language), *rest)


def _readable(
    generation: int, filters: Filters, ids: Sequence[BindParameter[str]]
) -> ClauseElement:
    """Select those of some passages that a generation has and that pass."""
    return _passing(generation, filters).where(PassageRow.id.in_(ids))


def _passing(generation: int, filters: Filters) -> Select[*_Columns]:
    """Select the passages that a generation has and that pass."""
    conditions = [
        holds(DocumentRow, generation),
        DocumentRow.retracted.is_(filters.retracted),
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
            func.substr(DocumentRow.text, PassageRow.start + 1, length),
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
