"""Drop rows of a relation that has its share of the rows already.

kept rows so far -> share of each relation -> drop above the cap
"""

from collections.abc import Sequence

from knowledge.records import Lesson
from knowledge.vocabulary import INVERSE, RELATIONS

LARGEST = 0.25
"""No relation is the topic of more of all rows than this, where there are others enough."""

CAPPED = "the relation has its share already"

_FREE = 40
"""So many rows of a relation are free before its share counts."""


class RelationQuota:
    """A batch filter that drops rows of a relation above its share of what was kept so far.

    Rows that are about no relation of the graph, as imported ones, papers and calculations, count
    as none: they say nothing of which relations there are to choose from.
    """

    def __init__(self, largest: float = LARGEST) -> None:
        self._largest = largest
        self._kept: dict[str, int] = {}
        self._total = 0

    def __call__(self, lessons: Sequence[Lesson]) -> list[str]:
        """Return why lessons are dropped; count those that are kept."""
        return [self._reason(str(lesson.meta.get("relation", ""))) for lesson in lessons]

    def _reason(self, relation: str) -> str:
        if relation.removesuffix(INVERSE) not in RELATIONS:
            return ""
        count = self._kept.get(relation, 0)
        share = max(self._largest, 1.5 / max(len(self._kept), 1))
        if count >= _FREE and count >= share * self._total:
            return CAPPED
        self._kept[relation] = count + 1
        self._total += 1
        return ""
