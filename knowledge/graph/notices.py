"""Keep what registers and journals say of articles, and show it before their titles.

    notices by identifier -> article's identifiers -> retracted | title that says what was published

Notices belong to no generation: what was withdrawn stays so after a rollback, and an article that
comes after its notice is marked as it comes.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import get_args

from sqlalchemy import Connection, select

from knowledge.graph.catalog import NoticeRow
from knowledge.records import Language, NoticeKind

FLAGS: dict[NoticeKind, dict[Language, str]] = {
    "partial": {"en": "Partly retracted", "zh": "部分撤稿"},
    "concern": {"en": "Expression of concern", "zh": "关注声明"},
    "republication": {"en": "Corrected and republished", "zh": "更正后重新发表"},
    "correction": {"en": "Correction", "zh": "更正"},
    "update": {"en": "Updated", "zh": "已有更新"},
    "reprint": {"en": "Republished", "zh": "重新发表"},
}
"""What stands before the title of an article that is still shown, in the order shown."""

RETRACTED: dict[Language, str] = {"en": "Retracted", "zh": "已撤稿"}
"""What stands before the title of an article that is listed, and never quoted."""

_PLAIN: tuple[NoticeKind, ...] = ("concern", "republication")
"""Flags that say all without naming where the notice was published."""

_NAMED = 3
"""At most so many notices of a kind are named before a title."""

_LONGEST = 80
"""Characters of a citation that stand before a title."""

_KINDS: dict[str, NoticeKind] = {kind: kind for kind in get_args(NoticeKind)}

_WORDS = "|".join(re.escape(word) for flag in FLAGS.values() for word in flag.values())
_FLAGGED = re.compile(rf"(?:\[(?:{_WORDS})(?:[:：] ?[^\]]*)?\] )+")


@dataclass(frozen=True, slots=True)
class Said:
    """One notice: its kind, and the identifier or citation of who says it, where that is known."""

    kind: NoticeKind
    by: str = ""


Notices = dict[str, set[Said]]
"""What is said, by the identifiers of the articles."""


def read_notices(connection: Connection) -> Notices:
    """Return all notices that are remembered, but for deletions."""
    found: Notices = {}
    query = select(NoticeRow.about, NoticeRow.kind, NoticeRow.said_by)
    for about, kind, by in connection.execute(query.where(NoticeRow.kind != "deletion")):
        found.setdefault(about, set()).add(Said(_KINDS[kind], by))
    return found


def select_said(notices: Notices, keys: Collection[str]) -> set[Said]:
    """Return what is said of an article, given its identifiers; never what it says itself.

    >>> select_said({"pmid:1": {Said("retraction", "pmid:2")}}, ["pmid:1", "doi:10.1/a"])
    {Said(kind='retraction', by='pmid:2')}
    """
    return {said for key in keys for said in notices.get(key, ()) if said.by not in keys}


def flag_title(title: str, said: Iterable[Said], language: Language = "en") -> str:
    """Return a title that begins with what notices say of its article.

    >>> flag_title("A trial", [Said("concern", "pmid:2"), Said("correction", "pmid:3")])
    '[Expression of concern] [Correction: pmid:3] A trial'
    """
    told = sorted(said, key=lambda each: (each.kind, each.by))
    flags = ""
    for kind, words in FLAGS.items():
        by = [each.by for each in told if each.kind == kind]
        if by:
            flags += f"[{words[language]}{_named(kind, by, language)}] "
    return flags + strip_flags(title)


def _named(kind: NoticeKind, by: list[str], language: Language) -> str:
    """Return where notices of one kind were published, as it stands behind their name."""
    places = [_shorten(each) for each in dict.fromkeys(by) if each]
    if kind in _PLAIN or not places:
        return ""
    more = "…" if len(places) > _NAMED else ""
    return (": " if language == "en" else "：") + "; ".join(places[:_NAMED]) + more


def _shorten(citation: str) -> str:
    citation = citation.replace("[", "(").replace("]", ")")
    return citation if len(citation) <= _LONGEST else citation[: _LONGEST - 1].rstrip() + "…"


def strip_flags(title: str) -> str:
    """Return a title without what `flag_title` set before it.

    >>> strip_flags("[Correction: pmid:3] A trial")
    'A trial'
    """
    found = _FLAGGED.match(title) if title.startswith("[") else None
    return title[found.end() :] if found else title
