"""Check that each sentence of an answer is worded by a template that may stand there.

answer by sentences, names masked -> stating template of the facts it rests on, or a stock sentence

Reworded answers (of a teacher) need not fit a template where they state facts: their words are held
against those of the templates of the same relations. Sentences without facts are stock sentences
there too.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from knowledge.lessons.verify import reworded, stock_sentences
from knowledge.lessons.verify.name_masks import has_any
from knowledge.lessons.verify.row_facts import RowFacts
from knowledge.lessons.verify.template_patterns import NAME, frame, marked
from knowledge.text.citations import uncited

_WIDE = re.compile("[［］]|\\[[０-９]")
_SIGNS = " .,;。，；"
LOST = "a sentence is worded as no template of what it states"
_OWN = "a sentence that rests on no fact is no stock sentence"
STOCK = "stock"
_OPEN = "left open"


class Unit(NamedTuple):
    """Sentences of an answer that belong together, and the facts that they rest on."""

    start: int
    end: int
    facts: frozenset[int]


class Worded(NamedTuple):
    """A unit, and the table whose template words it."""

    unit: Unit
    key: str


def units_of(
    spans: Sequence[tuple[int, int]], support: Sequence[Sequence[int]], masked: str
) -> list[Unit]:
    """Return the sentences of an answer; those within one value of a fact are one unit."""
    units: list[Unit] = []
    for (start, end), facts in zip(spans, support, strict=True):
        last = units[-1] if units else None
        if last and not masked[last.end - 1 : start + 1].strip("\0"):
            units[-1] = Unit(last.start, end, last.facts | frozenset(facts))
        else:
            units.append(Unit(start, end, frozenset(facts)))
    return units


class WordingCheck:
    """The wording of the answer of one row.

    `variants` are its messages with names masked in one or several ways, the answer last.
    """

    def __init__(
        self,
        row: RowFacts,
        units: Sequence[Unit],
        variants: Sequence[Sequence[str]],
    ) -> None:
        self._row = row
        self._lesson, self._language, self._facts = row.lesson, row.language, row.facts
        self._units = units
        self._variants = variants
        self._answer = uncited(row.lesson.messages[-1].content)
        self._worded: list[Worded] = []

    def fault(self) -> str:
        """Return the first thing that is wrong, or an empty text."""
        if _WIDE.search(self._lesson.messages[-1].content):
            return "the answer cites with signs of another width"
        if self._lesson.meta.get("declined"):
            return "" if any(self._declines(told[-1]) for told in self._variants) else _OWN
        place = 0
        while place < len(self._units):
            for taken in (1, 2, 3):
                few = self._units[place : place + taken]
                if len(few) == taken and (key := self._key(few)):
                    self._worded.append(Worded(few[0]._replace(end=few[-1].end), key))
                    place += taken
                    break
            else:
                unit = self._units[place]
                return LOST if unit.facts else _OWN
        left = sum(worded.key == _OPEN for worded in self._worded)
        if left != (1 if self._lesson.meta.get("partly") else 0):
            return "the answer does not say once what it leaves open"
        return self._wrong_support()

    @property
    def worded(self) -> Sequence[Worded]:
        """Return by what table each unit of the answer is worded."""
        return self._worded

    def _wrong_support(self) -> str:
        """Every sentence must name the entities of the facts that it is said to rest on."""
        answer = self._answer
        for (start, end, facts), _ in self._worded:
            text = answer[start:end]
            lower = text.lower()
            for place in facts:
                if self._facts[place].object and not has_any(self._row.said_of(place), text, lower):
                    return "a sentence does not state what it is said to rest on"
        return ""

    def _declines(self, told: str) -> bool:
        return stock_sentences.declines(frame(told, self._language), self._language)

    def _key(self, units: Sequence[Unit]) -> str:
        """Return the table that words some sentences in a row, or an empty text."""
        facts = units[0].facts
        if any(unit.facts != facts for unit in units):
            return ""
        start, end = units[0].start, units[-1].end
        for told in self._variants:
            if key := self._key_of(told[-1][start:end], facts):
                return key
        # A stock sentence may speak of what the facts name, such as a side effect.
        return "" if facts else self._key_of(self._answer[start:end], facts)

    def _key_of(self, told: str, facts: frozenset[int]) -> str:
        if not facts:
            partly = str(self._lesson.meta.get("partly", ""))
            if partly and stock_sentences.leaves_open(told, partly, self._language):
                return _OPEN
            stock = stock_sentences.is_stock(told.lower(), self._lesson.style, self._language)
            return STOCK if stock else ""
        shown = marked(told)
        if any(not self._facts[place].relation for place in facts):
            return "quoted" if stock_sentences.quotes(shown, self._language) else ""
        relations = frozenset(
            self._row.relation(place) for place in facts if self._facts[place].object
        )
        texts = frozenset(
            self._row.relation(place) for place in facts if not self._facts[place].object
        )
        if key := stock_sentences.key_of(shown, relations, texts, self._language):
            # That nothing is recorded is looked up in rows of this style only.
            return key if self._lesson.style == "multi-hop" or key not in _UNRECORDED else ""
        if not self._lesson.meta.get("teacher"):
            return ""
        if shown.strip(_SIGNS) == NAME and texts:
            return "retold"
        every = relations | texts
        return "reworded" if reworded.fits(shown, every, self._language) else ""


_UNRECORDED = (
    "multi_hop.no_contraindication", "multi_hop.no_interaction", "multi_hop.verdict",
)  # fmt: skip
