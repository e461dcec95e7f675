"""Read the passages of a generation as they are indexed: text under its titles.

documents + passages of a generation -> text under the titles of document and section
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Engine, select

from knowledge.graph.catalog import DocumentRow, PassageRow, holds
from knowledge.records import Language
from knowledge.text.notice_flags import strip_flags


@dataclass(frozen=True, slots=True)
class IndexedPassage:
    """A passage as it is indexed: its text under the title of its document and section."""

    id: str
    document: str
    title: str
    text: str
    language: Language


def read_passages(
    engine: Engine, number: int, without: Collection[str] = ()
) -> Iterator[IndexedPassage]:
    """Read the passages of a generation as they are indexed."""
    with engine.connect() as connection:
        for piece in _read(connection, holds(DocumentRow, number)):
            if piece.document not in without:
                yield piece


def read_passages_of(connection: Connection, documents: Sequence[str]) -> Iterator[IndexedPassage]:
    """Read the passages of some documents as they are indexed."""
    return _read(connection, DocumentRow.id.in_(documents))


def _read(connection: Connection, condition: ColumnElement[bool]) -> Iterator[IndexedPassage]:
    query = (
        select(
            PassageRow.id,
            PassageRow.document_id,
            PassageRow.start,
            PassageRow.end,
            PassageRow.section,
            PassageRow.language,
            DocumentRow.title,
            DocumentRow.text,
        )
        .join(DocumentRow, DocumentRow.id == PassageRow.document_id)
        .where(condition)
        .order_by(PassageRow.document_id, PassageRow.start)
    )
    for row in connection.execution_options(yield_per=500).execute(query):
        text = row.text[row.start : row.end]
        language: Language = "zh" if row.language == "zh" else "en"
        title = heading(row.title, row.section)
        yield IndexedPassage(row.id, row.document_id, title, text, language)


def heading(title: str, section: str) -> str:
    """Return what stands above a passage: the title of its document, and of its section.

    Notices before the title are no words of it.
    """
    title = strip_flags(title)
    return f"{title}. {section}" if section and section not in title else title
