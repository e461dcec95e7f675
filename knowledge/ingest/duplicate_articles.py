"""Find articles that the base already holds under another id.

    DOI | title and year -> the document of the base that is the same article

A reference without a PubMed id names its article by DOI, or by title and year only, so the same
article may come in under two ids. The finder says which of the two stays. A text that is much
longer, such as the full text of an abstract, is no duplicate.
"""

from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from knowledge.graph.catalog import DocumentRow, holds
from knowledge.graph.rows import bare_id
from knowledge.records import DocumentRecord
from knowledge.text.names import normalise

LONGER = 2
"""A text that is so many times as long says more than the other."""

SHORTEST_TITLE = 25
"""Characters of a title by which alone two records are one article; "Editorial" says nothing."""

_REGISTERED = ("pmid:", "pmc")
_REFERENCES = ("doi:", "ris:", "bibtex:", "csl:", "endnote:")


@dataclass(frozen=True, slots=True)
class DuplicateArticle:
    """A document of the base that is the same article; `stays` says that it is the better one."""

    id: str
    stays: bool


class DuplicateFinder:
    """The articles of one generation by DOI, and by title and year; read when first asked."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[str, int]] | None = None

    def find(
        self, connection: Connection, generation: int, record: DocumentRecord, length: int
    ) -> DuplicateArticle | None:
        """Return the live document that a record of `length` characters duplicates, or None."""
        if not record.key.startswith((*_REGISTERED, *_REFERENCES)):
            return None
        if self._known is None:
            self._known = _read_articles(connection, generation)
        for mark in _match_keys(record.identifiers, record.title, record.year):
            id, there = self._known.get(mark, ("", 0))
            if not id or bare_id(id) == record.key:
                continue
            registered = record.key.startswith(_REGISTERED)
            if not registered and length < LONGER * there:
                return DuplicateArticle(id, stays=True)
            if registered and id.startswith(_REFERENCES) and there < LONGER * length:
                return DuplicateArticle(id, stays=False)
        return None


def _read_articles(connection: Connection, generation: int) -> dict[str, tuple[str, int]]:
    known: dict[str, tuple[str, int]] = {}
    query = select(
        DocumentRow.id,
        DocumentRow.identifiers,
        DocumentRow.title,
        DocumentRow.year,
        func.length(DocumentRow.text),
    ).where(holds(DocumentRow, generation))
    for id, identifiers, title, year, length in connection.execute(query.order_by(DocumentRow.id)):
        if id.startswith((*_REGISTERED, *_REFERENCES)):
            for mark in _match_keys(identifiers, title, year):
                # where several are one article, a registered one represents it
                if mark not in known or not known[mark][0].startswith(_REGISTERED):
                    known[mark] = (id, length)
    return known


def _match_keys(
    identifiers: tuple[str, ...] | list[str], title: str, year: int | None
) -> list[str]:
    marks = [each.lower() for each in identifiers if each.startswith("doi:")]
    if year is not None and len(title) >= SHORTEST_TITLE:
        marks.append(f"{normalise(title)} {year}")
    return marks
