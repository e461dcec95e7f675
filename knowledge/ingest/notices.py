"""Apply to documents what other records say of them: deletions, retractions, corrections.

    notices of a call + those remembered + documents, planned or there -> retracted | flagged titles

Whichever of the two comes first, and from whichever format or source: an article is found by any
identifier that it shares with the notice, else by its whole title. What is said under one of an
article's identifiers is remembered under all of them.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, insert, select, update

from knowledge.graph import revisions
from knowledge.graph.catalog import DocumentRow, NoticeRow
from knowledge.graph.notices import Notices, read_notices, select_said
from knowledge.graph.rows import bare_id
from knowledge.records import DocumentRecord, Language, NoticeRecord
from knowledge.text.names import normalise
from knowledge.text.notice_flags import Said, flag_title, strip_flags

Row = dict[str, object]

SHORTEST_TITLE: dict[Language, int] = {"en": 25, "zh": 10}
"""Characters of a title by which alone an article is found; "Editorial" names none."""


def title_key(title: str) -> str:
    """Return the key of an article that a notice names by its title, or nothing if it is short.

    >>> title_key("Editorial"), title_key("Colchicine in acute gout: a trial")[:6]
    ('', 'title:')
    """
    plain = normalise(strip_flags(title))
    language: Language = "en" if plain.isascii() else "zh"
    if len(plain) < SHORTEST_TITLE[language]:
        return ""
    return f"title:{hashlib.sha256(plain.encode()).hexdigest()[:32]}"


@dataclass(slots=True)
class NoticePlan:
    """What the records of one call say, and what of it is to be written."""

    said: Notices = field(default_factory=dict)
    deleted: dict[str, str] = field(default_factory=dict)
    learned: dict[str, str] = field(default_factory=dict)
    revisions: dict[str, str] = field(default_factory=dict)
    known: dict[str, str] | None = None

    @property
    def is_empty(self) -> bool:
        """Say whether there is nothing to remember."""
        return not (self.said or self.deleted or self.learned or self.revisions)

    def add(self, record: NoticeRecord) -> None:
        """Take up a notice that is no deletion."""
        about = record.about
        if about.startswith("title:"):
            about = title_key(about.removeprefix("title:"))
        if about:
            self.said.setdefault(about, set()).add(Said(record.kind, record.by))

    def add_retracted(self, record: DocumentRecord) -> None:
        """Take up that an article says of itself that it was retracted."""
        if record.retracted:
            for key in (record.key, *record.identifiers):
                self.said.setdefault(key, set()).add(Said("retraction"))

    def add_documents(self, connection: Connection, ids: Iterable[str]) -> None:
        """Take up that a curator retracted documents of the base."""
        for id in ids:
            codes = connection.scalar(select(DocumentRow.identifiers).where(DocumentRow.id == id))
            for key in (bare_id(id), *(codes or ())):
                self.said.setdefault(key, set()).add(Said("retraction"))

    def is_deleted(self, connection: Connection, record: DocumentRecord) -> bool:
        """Say whether a register deleted an article, and did not issue it again since."""
        key = record.key.removesuffix(":zh")
        here = self.deleted.get(key)
        if here is not None:
            return not revisions.comes_after(record.revision, here, in_order=True)
        if self.known is None:
            query = select(NoticeRow.about, NoticeRow.revision).where(NoticeRow.kind == "deletion")
            self.known = {about: revision for about, revision in connection.execute(query)}
        before = self.known.get(key)
        if before is None or revisions.comes_after(record.revision, before, in_order=False):
            return False
        if not revisions.parse(before).date and revisions.parse(record.revision).date:
            # Of a deletion without a date the first article that it keeps out tells one.
            when = revisions.remember_deletion(before, record.revision)
            self.known[key] = self.learned[key] = when
        return True


@dataclass(slots=True)
class _Article:
    """A document, planned or there, by all that names it."""

    id: str
    title: str
    language: Language
    keys: set[str]
    retracted: bool
    row: Row | None = None
    by_title: str = ""


def apply(
    connection: Connection, rows: Sequence[Row], plan: NoticePlan
) -> tuple[list[str], dict[str, str]]:
    """Mark planned rows, and return which documents of the base are retracted, and new titles.

    A document of the base is marked in every generation, so that no rollback brings it back
    unmarked.
    """
    before = read_notices(connection)
    planned = [_planned(row) for row in rows]
    if not plan.said and not any(_names(each) & before.keys() for each in planned):
        return [], {}
    there = _read_articles(connection)
    said = {key: set(notices) for key, notices in before.items()}
    for key, notices in plan.said.items():
        said.setdefault(key, set()).update(notices)
    marked = _spread(said, [*planned, *there])
    retracted: list[str] = []
    titles: dict[str, str] = {}
    for each in marked:
        told = select_said(said, _names(each))
        withdrawn = any(one.kind == "retraction" for one in told)
        title = flag_title(each.title, told, each.language)
        if each.row is not None:
            each.row["retracted"] = each.retracted or withdrawn
            each.row["title"] = title
            continue
        if withdrawn and not each.retracted:
            retracted.append(each.id)
        if title != each.title:
            titles[each.id] = title
    plan.said = {
        key: new for key, notices in said.items() if (new := notices - before.get(key, set()))
    }
    return retracted, titles


def _names(article: _Article) -> set[str]:
    return article.keys | ({article.by_title} if article.by_title else set())


def _spread(said: Notices, articles: Iterable[_Article]) -> list[_Article]:
    """Let what is said under one key of an article hold under all; return those spoken of."""
    by_key: dict[str, list[_Article]] = {}
    for each in articles:
        for key in _names(each):
            by_key.setdefault(key, []).append(each)
    marked: dict[int, _Article] = {}
    waiting = [key for key in said if key in by_key]
    while waiting:
        key = waiting.pop()
        for each in by_key[key]:
            told = {one for one in said[key] if one.by not in each.keys}
            if not told:
                continue
            marked[id(each)] = each
            for other in each.keys:
                held = said.setdefault(other, set())
                if not told <= held:
                    held |= told
                    waiting.append(other)
    return list(marked.values())


def _planned(row: Row) -> _Article:
    held = row["identifiers"]
    codes = held if isinstance(held, list) else []
    return _article(
        str(row["id"]), str(row["title"]), str(row["language"]), codes, bool(row["retracted"]), row
    )


def _read_articles(connection: Connection) -> list[_Article]:
    """Read all documents that the base holds or held."""
    query = select(
        DocumentRow.id,
        DocumentRow.title,
        DocumentRow.language,
        DocumentRow.identifiers,
        DocumentRow.retracted,
    )
    return [
        _article(id, title, language, codes or (), retracted)
        for id, title, language, codes, retracted in connection.execute(query)
    ]


def _article(
    id: str,
    title: str,
    language: str,
    codes: Iterable[str],
    retracted: bool,
    row: Row | None = None,
) -> _Article:
    keys = {bare_id(id), *codes}
    known: Language = "zh" if language == "zh" else "en"
    return _Article(id, title, known, keys, retracted, row, title_key(title))


def write(connection: Connection, plan: NoticePlan) -> None:
    """Remember notices, deletions, and the revisions of documents whose text stayed the same."""
    rows: list[Row] = [
        {"about": about, "kind": one.kind, "said_by": one.by, "revision": ""}
        for about, notices in plan.said.items()
        for one in sorted(notices, key=lambda one: (one.kind, one.by))
    ]
    for about, revision in {**plan.learned, **plan.deleted}.items():
        again = (NoticeRow.about == about) & (NoticeRow.kind == "deletion")
        changed = connection.execute(update(NoticeRow).where(again).values(revision=revision))
        if not changed.rowcount:
            rows.append({"about": about, "kind": "deletion", "said_by": "", "revision": revision})
    if rows:
        connection.execute(insert(NoticeRow), rows)
    for id, revision in plan.revisions.items():
        connection.execute(
            update(DocumentRow).where(DocumentRow.id == id).values(revision=revision)
        )
