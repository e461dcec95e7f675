"""Keep what registers and journals say of articles, by the identifiers of these.

    notices + identifiers of an article -> what is said of it

Notices belong to no generation: what was withdrawn stays so after a rollback, and an article that
comes after its notice is marked as it comes.
"""

from collections.abc import Collection
from typing import get_args

from sqlalchemy import Connection, select

from knowledge.graph import revisions
from knowledge.graph.catalog import DocumentRow, NoticeRow, holds
from knowledge.graph.rows import bare_id
from knowledge.records import NoticeKind
from knowledge.text.notice_flags import Said

_KINDS: dict[str, NoticeKind] = {kind: kind for kind in get_args(NoticeKind)}

Notices = dict[str, set[Said]]
"""What is said, by the identifiers of the articles."""


def read_notices(connection: Connection, keys: Collection[str] | None = None) -> Notices:
    """Return the notices that are remembered, but for deletions; all, or those on some articles."""
    found: Notices = {}
    query = select(NoticeRow.about, NoticeRow.kind, NoticeRow.said_by)
    if keys is not None:
        query = query.where(NoticeRow.about.in_(keys))
    for about, kind, by in connection.execute(query.where(NoticeRow.kind != "deletion")):
        found.setdefault(about, set()).add(Said(_KINDS[kind], by))
    return found


def find_deleted(connection: Connection, generation: int, latest: int) -> list[str]:
    """Return the documents of a generation that a register deleted since, and `latest` lacks."""
    deletions = select(NoticeRow.about, NoticeRow.revision).where(NoticeRow.kind == "deletion")
    gone = {about: revision for about, revision in connection.execute(deletions)}
    if not gone:
        return []
    query = select(DocumentRow.id, DocumentRow.revision).where(
        holds(DocumentRow, generation), ~holds(DocumentRow, latest)
    )
    found = []
    for id, revision in connection.execute(query.order_by(DocumentRow.id)):
        when = gone.get(bare_id(id).removesuffix(":zh"))
        if when is not None and not revisions.comes_after(revision, when, in_order=False):
            found.append(id)
    return found


def select_said(notices: Notices, keys: Collection[str]) -> set[Said]:
    """Return what is said of an article, given its identifiers; never what it says itself.

    >>> select_said({"pmid:1": {Said("retraction", "pmid:2")}}, ["pmid:1", "doi:10.1/a"])
    {Said(kind='retraction', by='pmid:2')}
    """
    return {said for key in keys for said in notices.get(key, ()) if said.by not in keys}
