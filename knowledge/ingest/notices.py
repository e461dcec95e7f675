"""Apply to documents what other records say of them: deletions, retractions, concerns.

    notice + documents that are planned or there -> ended | retracted | titles that say so

A notice holds whichever of the two came first: one that is in the base is remembered by the links
among its identifiers.
"""

from collections.abc import Iterable

from sqlalchemy import Connection, select

from knowledge.graph.catalog import DocumentRow, holds
from knowledge.records import NOTICE_LINKS, NoticeKind

FLAGS: dict[NoticeKind, str] = {
    "concern": "[Expression of concern] ",
    "republication": "[Corrected and republished] ",
}
"""What stands before the title of an article that is still shown."""

Noticed = dict[str, set[NoticeKind]]


def read_links(identifiers: Iterable[str]) -> Noticed:
    """Return the articles of which a notice speaks, by their identifiers.

    >>> read_links(["pmid:2", "retracts:pmid:1"])
    {'pmid:1': {'retraction'}}
    """
    found: Noticed = {}
    for identifier in identifiers:
        for kind, link in NOTICE_LINKS.items():
            if identifier.startswith(link):
                found.setdefault(identifier.removeprefix(link), set()).add(kind)
    return found


def read_notices(connection: Connection, generation: int) -> Noticed:
    """Return what the notices of a generation say, by the identifiers of the articles."""
    found: Noticed = {}
    query = select(DocumentRow.identifiers).where(holds(DocumentRow, generation))
    for identifiers in connection.scalars(query):
        for key, kinds in read_links(identifiers or ()).items():
            found.setdefault(key, set()).update(kinds)
    return found


def find_documents(
    connection: Connection, generation: int, keys: set[str]
) -> list[tuple[str, str, set[str]]]:
    """Return id, title and matched keys of the live documents that carry one of some ids."""
    found: list[tuple[str, str, set[str]]] = []
    if not keys:
        return found
    query = select(DocumentRow.id, DocumentRow.title, DocumentRow.identifiers)
    for id, title, identifiers in connection.execute(query.where(holds(DocumentRow, generation))):
        matched = keys & {id.partition("~")[0], *(identifiers or ())}
        if matched:
            found.append((id, title, matched))
    return found


def flag_title(title: str, kinds: Iterable[NoticeKind]) -> str:
    """Return a title that begins with what notices say of its article.

    >>> flag_title("A trial", ["concern"])
    '[Expression of concern] A trial'
    """
    for kind in sorted(kinds):
        flag = FLAGS.get(kind, "")
        title = title if flag in title[:80] else flag + title
    return title
