"""Show what registers and journals say of articles before the titles of these.

title + notices -> title that says what was published on its article -> title as it was
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

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

_WORDS = "|".join(re.escape(word) for flag in FLAGS.values() for word in flag.values())
_FLAGGED = re.compile(rf"(?:\[(?:{_WORDS})(?:[:：] ?[^\]]*)?\] )+")


@dataclass(frozen=True, slots=True)
class Said:
    """One notice: its kind, and the identifier or citation of who says it, where that is known."""

    kind: NoticeKind
    by: str = ""


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


def is_of_concern(title: str) -> bool:
    """Say whether a title begins with flags of which one is an expression of concern.

    >>> is_of_concern("[Expression of concern] A trial"), is_of_concern("A trial")
    (True, False)
    """
    found = _FLAGGED.match(title) if title.startswith("[") else None
    return found is not None and any(f"[{word}]" in found[0] for word in FLAGS["concern"].values())


def strip_flags(title: str) -> str:
    """Return a title without what `flag_title` set before it.

    >>> strip_flags("[Correction: pmid:3] A trial")
    'A trial'
    """
    found = _FLAGGED.match(title) if title.startswith("[") else None
    return title[found.end() :] if found else title
