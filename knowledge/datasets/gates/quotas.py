"""Shares: no relation rules the rows, and no licence comes in that was not asked for.

kept rows so far -> share of each relation -> drop above the cap
"""

from collections.abc import Sequence

from knowledge.records import Lesson
from knowledge.vocabulary import RELATIONS

LARGEST = 0.25
"""No relation is the topic of more of all rows than this, where there are others enough."""

CAPPED = "the relation has its share already"
UNLICENSED = "a licence that was not asked for"

_INVERSE = "~"
_FREE = 40
"""So many rows of a relation are free before its share counts."""


class Balanced:
    """A judge that drops rows of a relation above its share of what was kept so far.

    Rows that are about no relation of the graph, as imported ones, papers and calculations, count
    as none: they say nothing of which relations there are to choose from.
    """

    def __init__(self, largest: float = LARGEST) -> None:
        self._largest = largest
        self._kept: dict[str, int] = {}
        self._total = 0

    def __call__(self, lessons: Sequence[Lesson]) -> list[str]:
        """Return why lessons are dropped; count those that are kept."""
        return [self._judged(str(lesson.meta.get("relation", ""))) for lesson in lessons]

    def _judged(self, relation: str) -> str:
        if relation.removesuffix(_INVERSE) not in RELATIONS:
            return ""
        count = self._kept.get(relation, 0)
        share = max(self._largest, 1.5 / max(len(self._kept), 1))
        if count >= _FREE and count >= share * self._total:
            return CAPPED
        self._kept[relation] = count + 1
        self._total += 1
        return ""


class Licensed:
    """A gate that keeps rows whose sources all have one of some licences."""

    def __init__(self, licences: Sequence[str]) -> None:
        self._licences = frozenset(licences)

    def __call__(self, lesson: Lesson) -> str:
        """Return why a lesson is dropped."""
        own = set(lesson.licence.split(" AND "))
        return "" if own <= self._licences else UNLICENSED
