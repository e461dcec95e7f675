"""Keep each topic of rows to its share: of a style, of all styles, and of one list of values.

    page + relation -> why no more rows may be about it, or nothing

Rows are counted as they are planned, before they are written and filtered. Each language has its
own shares: where one source tells much in one language, the other keeps what it can tell.
"""

from array import array
from collections import Counter, defaultdict
from collections.abc import Collection
from zlib import crc32

from knowledge.lessons.facts.fact_page import FactPage
from knowledge.records import FORMULA, Language

LARGEST_SHARE = 0.2
"""No relation is the topic of more of a style's rows than this, where there are others enough."""

SMALL_SHARES = {
    "associated_with": 0.07,
    "treatment": 0.07,
    "department": 0.06,
    "course": 0.03,
    "prognosis": 0.03,
    "body_part": 0.03,
    "transmission": 0.02,
}
"""The same for relations whose values are few or say little, so that their rows are alike."""

CAPPED = "the relation has its share already"
TOLD_BEFORE = "the same values were told often enough"

_VALUES = 0.002
_VALUES_FREE = 8
"""So many rows of a style, as a share and at least, may tell one and the same list of values."""

_TEXTS = 0.0001
_TEXTS_FREE = 2
"""The same for a text, over the rows of all styles: a long one repeated is most of its row."""

_DESCRIPTION = 0.4
"""The same of that for a description, which is the longest text and the same in every style."""

_FREE_OF_ALL = 30
"""So many rows of a relation are free before its share of the rows of all styles counts."""

_SHARES_OF_ALL = {"associated_with": 0.05}
_FEW_OF_ALL = 10
"""Relations that have a smaller share of the rows of all styles: statistics teach little."""

_THIN_OF_ALL = {"department": 0.1}
_OF_FEW = 1.2
"""The same of those that are all that is known of many pages: that share, or so many times the
equal share where few relations are told of."""

_FREE = 60
_FREE_SMALL = 15
"""So many rows of a relation are free before its share of the rows of a style counts."""

_SLOTS = 1 << 16
_FIRST = 2
"""Lists that begin with the same so many values count as one, in a table of a fixed size."""


class TopicQuotas:
    """Counts planned rows by topic and says which topics have their share."""

    def __init__(self) -> None:
        self._styles: dict[tuple[str, Language], _StyleCounts] = {}
        self._texts = array("L", [0]) * _SLOTS
        self._rows = 0
        self._relations: defaultdict[Language, Counter[str]] = defaultdict(Counter)
        """How many rows of all styles are about each relation of the graph."""

    def add(self, style: str, page: FactPage, relation: str, *, of_entity: bool) -> None:
        """Count a row of a style that is about a relation of a page."""
        slot = _slot(page, relation)
        self._counts_of(style, page.language).add(relation, slot)
        self._texts[slot] += _is_text(page, relation)
        self._rows += 1
        if of_entity:
            self._relations[page.language][relation] += 1

    def refusal(self, style: str, page: FactPage, relation: str) -> str:
        """Return why a style may not write of a relation of a page, or an empty text."""
        counts = self._counts_of(style, page.language)
        if counts.is_capped(relation) or self.is_capped(relation, page.language):
            return CAPPED
        slot = _slot(page, relation)
        often = counts.values[slot] >= max(_VALUES_FREE, _VALUES * counts.total)
        # A formula gets other values in each row.
        if often and not page.id.startswith(FORMULA):
            return TOLD_BEFORE
        most = max(_TEXTS_FREE, _TEXTS * self._rows)
        if relation == "description":
            most = max(1, _DESCRIPTION * _TEXTS * self._rows)
        return TOLD_BEFORE if self._texts[slot] >= most and _is_text(page, relation) else ""

    def is_capped(self, relation: str, language: Language) -> bool:
        """Say whether a relation has its share of the rows of all styles.

        A language that has few relations to tell of may tell of them in most of its rows.
        """
        own = self._relations[language]
        every = sum(counts.total() for counts in self._relations.values())
        if relation in _SHARES_OF_ALL:
            return own[relation] >= max(_FEW_OF_ALL, _SHARES_OF_ALL[relation] * own.total())
        if relation in _THIN_OF_ALL:
            share = max(_THIN_OF_ALL[relation], _OF_FEW / max(len(own), 1))
            return own[relation] >= max(_FEW_OF_ALL, share * own.total())
        others = max(len(own.keys() - _SHARES_OF_ALL.keys()), 1)
        most = max(_FREE_OF_ALL, LARGEST_SHARE * every, 1.5 / others * own.total())
        return own[relation] >= most

    def _counts_of(self, style: str, language: Language) -> "_StyleCounts":
        if (style, language) not in self._styles:
            self._styles[style, language] = _StyleCounts()
        return self._styles[style, language]


class _StyleCounts:
    """How many rows of a style are planned: of each relation, and of each list of values."""

    def __init__(self) -> None:
        self.values = array("L", [0]) * _SLOTS
        self.total = 0
        self._planned: dict[str, int] = {}
        self._shares: dict[str, float] = {}

    def add(self, relation: str, slot: int) -> None:
        """Count a row."""
        if relation not in self._planned:
            self._shares.clear()  # among more relations, each has another share
        self._planned[relation] = self._planned.get(relation, 0) + 1
        self.values[slot] += 1
        self.total += 1

    def is_capped(self, relation: str) -> bool:
        """Say whether a relation has its share of the rows."""
        count = self._planned.get(relation, 0)
        free = _FREE_SMALL if relation in SMALL_SHARES else _FREE
        if count < free or len(self._planned) == 1:
            return False
        if relation not in self._shares:
            self._shares[relation] = _share(relation, self._planned)
        return count >= self._shares[relation] * self.total


def _share(relation: str, planned: Collection[str]) -> float:
    """Return the largest share of a relation; those of all together leave some to go on."""
    small = {
        each: max(SMALL_SHARES[each], 0.5 / len(planned))
        for each in planned
        if each in SMALL_SHARES
    }
    others = len(planned) - len(small)
    if not others:
        return 1.5 / len(planned)
    return small.get(relation) or max(LARGEST_SHARE, 1.5 * (1 - sum(small.values())) / others)


def _is_text(page: FactPage, relation: str) -> bool:
    """Say whether what a page states of a relation is a text rather than names."""
    return relation in page.groups and not page.entity_facts(relation)


def _slot(page: FactPage, relation: str) -> int:
    """Return where the rows are counted that tell what a page states of a relation."""
    values = "|".join(item.text for item in page.groups.get(relation, ())[:_FIRST])
    return crc32(f"{relation}|{values or page.id}".encode()) % _SLOTS
