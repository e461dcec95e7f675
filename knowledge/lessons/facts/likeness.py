"""Say of two things, by their names, whether one could be taken for the other.

    names of both -> one within the other, the same words, or words for the same finding -> alike

What an exam offers as wrong may be no other name, no part and no whole of what is right.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

from knowledge.lessons.facts import reportable_findings

_CJK = re.compile("[\u3400-\u9fff]")
_WORD = re.compile(r"[a-z0-9]+")
_EMPTY = {
    *("the", "of", "in", "and", "or", "with", "to", "a", "an", "for", "by", "on", "at", "from"),
    *("acute", "chronic", "severe", "disease", "syndrome", "disorder", "test", "tests", "therapy"),
    *("treatment", "level", "levels", "examination", "raised", "low", "high", "type", "use"),
}
"""Words that two different things may share."""

_SHARED = 0.5
"""From this share of common pairs of signs on, Chinese names count as alike."""


def are_alike(one: Iterable[str], other: Iterable[str]) -> bool:
    """Say whether any name of one thing is like any name of another.

    >>> are_alike(["joint pain"], ["pain"]), are_alike(["gout"], ["asthma"])
    (True, False)
    >>> are_alike(["右上腹痛"], ["腹痛"]), are_alike(["发热"], ["发烧"])
    (True, True)
    """
    others = tuple(other)
    return any(_names_alike(*sorted((a, b))) for a in one for b in others)


@lru_cache(maxsize=1 << 16)
def _names_alike(one: str, other: str) -> bool:
    if bool(_CJK.search(one)) != bool(_CJK.search(other)):
        return one.casefold() == other.casefold()
    if min(len(one), len(other)) > 3 or _CJK.search(one):
        if reportable_findings.are_alike(one, other):
            return True
    elif one.casefold() == other.casefold():
        return True
    return _pairs_alike(one, other) if _CJK.search(one) else _words_alike(one, other)


def _words_alike(one: str, other: str) -> bool:
    first, second = (set(_WORD.findall(each.casefold())) - _EMPTY for each in (one, other))
    return bool(first & second) and (first <= second or second <= first or len(first & second) > 1)


def _pairs_alike(one: str, other: str) -> bool:
    first, second = ({each[i : i + 2] for i in range(len(each) - 1)} for each in (one, other))
    fewest = min(len(first), len(second))
    return bool(fewest) and len(first & second) >= _SHARED * fewest
