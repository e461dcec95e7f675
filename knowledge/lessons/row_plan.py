"""Plan: which rows are to be written, in an order that mixes all, each relation in its share.

    subjects in a mixed order -> topics of a page -> caps -> one task a row, or why there is none

A task names what a row is made from and the seed of its chance, so that it may be written anywhere,
in any order, with the same result. This file knows nothing of how a style words a row.
"""

import random
import sys
from array import array
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import islice
from typing import NamedTuple
from zlib import crc32

from sqlalchemy import Engine

from knowledge.errors import KnowledgeError
from knowledge.lessons.facts.fact_store import is_validation
from knowledge.lessons.facts.pages import Page
from knowledge.lessons.pages.document_pages import Papers
from knowledge.lessons.pages.entity_pages import Subjects
from knowledge.lessons.pages.formula_pages import Formulary
from knowledge.lessons.pages.related_pages import Beside, Neighbours
from knowledge.lessons.styles.registry import STYLES, Style, Supply
from knowledge.records import FORMULA, Language, Lesson

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
"""The same for a text, over the rows of all styles: a long one told again is most of its row."""

_DESCRIPTION = 0.4
"""The same of that for a description, which is the longest text and the same in every style."""

_WHOLE = ("chatdoctor", "huatuo", "knowledge-call", "safety")
"""Styles that can tell of nearly any page; cases and evidence need neighbours that fit."""

_FREE_OF_ALL = 30
"""So many rows of a relation are free before its share of the rows of all styles counts."""

_EVERY = {"tools": 3, "knowledge-call": 5, "dialogue": 3, "vignette": 2}
"""Styles of which a row comes in every so many rounds only: their answers have set forms."""

_BESIDE = {"tools": 0.05}
"""The largest share, in each language, of styles that are the same in every home."""

_ALWAYS: set[Supply] = {"formulas"}
"""What every home has."""

_AMONG_OTHERS = {"grounded"}
"""Styles whose rows show what stands beside a page; others are spared the reading of it."""

_SLOTS = 1 << 16
_FIRST = 2
"""Lists that begin with the same so many values count as one, in a table of a fixed size."""

_TOPICS_A_TURN = 3
_FREE = 60
"""So many rows of a relation are free before its share counts."""


Topics = dict[str, tuple[str, ...]]
"""What a page can be asked about, and the forms of asking for each."""


class Task(NamedTuple):
    """One row to be written: its style, its page, those beside it, and the seed of its chance."""

    style: str
    supply: Supply
    language: Language
    id: str
    beside: Beside
    relation: str
    form: str
    seed: str


class Supplies:
    """Gives the pages of entities and of documents, for planning rows and for writing them."""

    def __init__(self, engine: Engine, generation: int) -> None:
        self.generation = generation
        self.subjects = Subjects(engine, generation)
        self.entities = Neighbours(engine, generation, self.subjects)
        self.of: dict[Supply, Neighbours | Papers | Formulary] = {
            "entities": self.entities,
            "documents": Papers(engine, generation),
            "formulas": Formulary(),
        }

    def write(self, task: Task) -> Lesson | None:
        """Write the row of a task, or none where its page does not carry it."""
        page = self.of[task.supply].page(task.id, task.language, task.beside)
        if page is None:
            return None
        pick = random.Random(task.seed)
        return STYLES[task.style].write(page, task.relation, task.form, pick)


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Says whether rows about an entity are for validation; `spare` is one that always is."""

    spare: str

    def __call__(self, id: str) -> bool:
        """Say it of the entity with an id."""
        return is_validation(id) or id == self.spare


class Plan:
    """Plans the rows of a generation, in an order that mixes everything."""

    def __init__(self, supplies: Supplies, seed: int, languages: Sequence[Language]) -> None:
        self._seed = seed
        self._supplies = supplies
        self._languages = languages
        self._ids = {
            (supply, language): source.ids(language)
            for supply, source in supplies.of.items()
            for language in languages
        }
        self._counts: dict[str, _Counts] = {}
        self._topics: dict[tuple[object, ...], Topics] = {}
        self._texts = array("L", [0]) * _SLOTS
        self._tasks = 0
        self._relations: Counter[str] = Counter()
        """How many rows of all styles are about each relation of the graph."""
        self._told: dict[str, str] = {}
        """The task by which each page was first told of, which its lap then leaves out."""
        everyone = {
            id for (supply, _), ids in self._ids.items() for id in ids if supply == "entities"
        }
        # A graph of a handful of entities may have none that its id sends to validation.
        few = len(everyone) > 1 and not any(map(is_validation, everyone))
        self.held_out = HeldOut(min(everyone, key=_digest) if few else "")
        self.subjects = len(everyone)

    def needs_most(self, rows: int | None) -> bool:
        """Say whether so many rows need most of the pages; none given are all that there are."""
        return rows is None or rows >= sum(map(len, self._ids.values()))

    def read_ahead(self) -> None:
        """Read all pages at once, where they can be kept."""
        ids = {language: self._ids["entities", language] for language in self._languages}
        self._supplies.entities.read_ahead(ids)

    def related(self, id: str) -> set[str]:
        """Return the entities that any fact relates to one, in either direction."""
        return self._supplies.subjects.related(id)

    def tasks(self, styles: Sequence[Style]) -> Iterator[Task | str]:
        """Return one row to be written of each style and language in turn, or why there is none.

        KnowledgeError where the styles need a graph or documents, and there are none.
        """
        alone = bool(styles) and all(set(style.OF) <= _ALWAYS for style in styles)
        read = any(ids for (supply, _), ids in self._ids.items() if supply not in _ALWAYS)
        if not read and not alone:
            raise KnowledgeError(
                "The knowledge base holds no facts in the languages asked for.",
                where=f"generation {self._supplies.generation}",
                remedy="Add knowledge with `medchat kb add PATH` first, or ask for the other one.",
            )
        return self._turns(styles)

    def _turns(self, styles: Sequence[Style]) -> Iterator[Task | str]:
        """Yield the rows of the styles' streams in turn, until those end that others wait for."""
        alone = all(style.NAME in _BESIDE for style in styles)
        streams = [
            (style.NAME, language, self._stream(style, supply, language, place / len(styles)))
            for language in self._languages
            for place, style in enumerate(styles)
            for supply in style.OF
        ]
        turn = 0
        rows: Counter[tuple[str, Language]] = Counter()
        while streams if alone else any(name not in _BESIDE for name, _, _ in streams):
            for name, language, stream in list(streams):
                if len(styles) > 1 and turn % _EVERY.get(name, 1):
                    continue
                if name in _BESIDE and not alone and _is_full(name, language, rows):
                    continue
                task = next(stream, None)
                if task is None:
                    streams.remove((name, language, stream))
                else:
                    rows[name, language] += isinstance(task, Task)
                    yield task
            turn += 1

    def _stream(
        self, style: Style, supply: Supply, language: Language, begin: float
    ) -> Iterator[Task | str]:
        """Yield the rows of the laps of a style and first rows about pages, one of each in turn.

        All styles go round the same circle of pages, each from another part of it.
        """
        ids = self._mixed_ids(self._ids[supply, language])
        first = round(begin * len(ids))
        ids = ids[first:] + ids[:first]
        laps = self._laps(style, supply, language, ids)
        whole = style.NAME in _WHOLE and supply == "entities"
        firsts = self._firsts(style, supply, language, ids if whole else ())
        for row in laps:
            yield row
            yield from islice(firsts, 1)
        yield from firsts

    def _laps(
        self, style: Style, supply: Supply, language: Language, ids: Sequence[str]
    ) -> Iterator[Task | str]:
        """Yield a first row about every page, then a second, and so on."""
        source = self._supplies.of[supply]
        turn, pages = 0, source.pages(ids, language)
        while True:
            left: list[tuple[str, Beside]] = []
            for page, beside in pages:
                topics = self._topics_of(style, page)
                # Of a page with much to say more is told at a time, or the thin ones would rule.
                pace = 1 + len(topics) // _TOPICS_A_TURN
                last = len(topics) * max(map(len, topics.values()), default=0)
                for place in range(turn * pace, min(last, (turn + 1) * pace)):
                    due = self._due(style, page, topics, place)
                    if due is None:
                        continue
                    if self._told.get(page.id) == _named(style, page, *due):
                        continue
                    refused = self._refused(style, page, due[0])
                    yield refused or self._task(style, supply, page, beside, *due)
                if (turn + 1) * pace < last:
                    left.append((page.id, beside))
            turn += 1
            if not left:
                return
            # Most pages have less to tell than the last of them: they are not looked at again.
            if supply == "entities":
                pages = self._supplies.entities.again(left, language)
            else:
                pages = source.pages(ids, language)

    def _firsts(
        self, style: Style, supply: Supply, language: Language, ids: Sequence[str]
    ) -> Iterator[Task | str]:
        """Yield a row about every page of which no row of any style tells yet.

        Where the topic whose turn it is has its share, another is taken; where all have theirs,
        the page is told of all the same: what a graph knows is to be learned, not its commonest.
        It only waits where that topic is the one of too many rows of all styles.
        """
        waiting, told = ids, True
        while waiting and told:
            later, told = [], False
            for page, beside in self._supplies.of[supply].pages(waiting, language):
                if page.id in self._told:
                    continue
                topics = self._topics_of(style, page)
                due = self._due(style, page, topics, 0) if topics else None
                if due is None:
                    continue
                if self._refused(style, page, due[0]):
                    others = (other for other in topics if not self._refused(style, page, other))
                    relation = next(others, due[0])
                    due = due if relation == due[0] else (relation, topics[relation][0])
                if self._rules(due[0]):
                    later.append(page.id)
                    yield CAPPED
                    continue
                told = True
                self._told[page.id] = _named(style, page, *due)
                yield self._task(style, supply, page, beside, *due)
            waiting = later

    def _rules(self, relation: str) -> bool:
        """Say whether too many rows of all styles are about a relation."""
        share = max(LARGEST_SHARE, 1.5 / max(len(self._relations), 1))
        most = max(_FREE_OF_ALL, share * self._relations.total())
        return self._relations[relation] >= most

    def _due(self, style: Style, page: Page, topics: Topics, turn: int) -> tuple[str, str] | None:
        """Return the topic and form of a page's turn; each page begins elsewhere in its topics."""
        begin = int.from_bytes(_digest(f"{self._seed}|{style.NAME}|{page.id}"), "big")
        relation = list(topics)[(begin + turn) % len(topics)]
        forms = topics[relation]
        lap = turn // len(topics)
        return (relation, forms[(begin // 97 + lap) % len(forms)]) if lap < len(forms) else None

    def _refused(self, style: Style, page: Page, relation: str) -> str:
        """Return why no more is to be told of a relation in a style, or an empty text."""
        counts = self._counts_of(style)
        if counts.is_capped(relation) or self._rules(relation):
            return CAPPED
        slot = _slot(page, relation)
        often = counts.values[slot] >= max(_VALUES_FREE, _VALUES * counts.total)
        # A formula is told with other values each time.
        if often and not page.id.startswith(FORMULA):
            return TOLD_BEFORE
        most = max(_TEXTS_FREE, _TEXTS * self._tasks)
        if relation == "description":
            most = max(1, _DESCRIPTION * _TEXTS * self._tasks)
        return TOLD_BEFORE if self._texts[slot] >= most and _is_prose(page, relation) else ""

    def _task(
        self, style: Style, supply: Supply, page: Page, beside: Beside, relation: str, form: str
    ) -> Task:
        """Count a row as planned and return it."""
        slot = _slot(page, relation)
        self._counts_of(style).add(relation, slot)
        self._texts[slot] += _is_prose(page, relation)
        self._tasks += 1
        if supply == "entities":
            self._relations[relation] += 1
        self._told.setdefault(page.id, "")
        key = f"{self._seed}|{style.NAME}|{page.language}|{page.id}|{relation}|{form}"
        beside = beside if style.NAME in _AMONG_OTHERS else ()
        return Task(style.NAME, supply, page.language, page.id, beside, relation, form, key)

    def _counts_of(self, style: Style) -> "_Counts":
        if style.NAME not in self._counts:
            self._counts[style.NAME] = _Counts()
        return self._counts[style.NAME]

    def _topics_of(self, style: Style, page: Page) -> "Topics":
        """Return the topics of a page, asked for once; pages with the same ones share them."""

        def ask(page: Page) -> Topics:
            topics = style.topics(page)
            return self._topics.setdefault(tuple(topics.items()), topics)

        return page.once(f"topics {style.NAME}", ask)

    def _mixed_ids(self, ids: Sequence[str]) -> list[str]:
        """Return the subjects in the order of the seed, those of validation evenly among them."""
        ids = sorted(ids, key=lambda id: _digest(f"{self._seed}|{id}"))
        train = [id for id in ids if not self.held_out(id)]
        rest = [id for id in ids if self.held_out(id)]
        for place, id in enumerate(rest):
            train.insert(round((place + 0.5) * len(ids) / len(rest)), id)
        return train


def _is_full(style: str, language: Language, rows: Counter[tuple[str, Language]]) -> bool:
    """Say whether a style that every home has takes its share of the rows of a language."""
    total = sum(count for (_, each), count in rows.items() if each == language)
    return rows[style, language] > _BESIDE[style] * total


def _named(style: Style, page: Page, relation: str, form: str) -> str:
    """Name a task of a page, for all pages in the same few texts."""
    return sys.intern(f"{style.NAME}|{page.language}|{relation}|{form}")


def _is_prose(page: Page, relation: str) -> bool:
    """Say whether what a page tells of a relation is a text rather than names."""
    return relation in page.groups and not page.named(relation)


class _Counts:
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
        if count < _FREE or len(self._planned) == 1:
            return False
        if relation not in self._shares:
            self._shares[relation] = _share(relation, self._planned)
        return count >= self._shares[relation] * self.total


def _share(relation: str, planned: Collection[str]) -> float:
    """Return the largest share of a relation; those of all together leave room to go on."""
    small = {
        each: max(SMALL_SHARES[each], 0.5 / len(planned))
        for each in planned
        if each in SMALL_SHARES
    }
    others = len(planned) - len(small)
    if not others:
        return 1.5 / len(planned)
    return small.get(relation) or max(LARGEST_SHARE, 1.5 * (1 - sum(small.values())) / others)


def _slot(page: Page, relation: str) -> int:
    """Return where the rows are counted that tell what a page tells of a relation."""
    told = "|".join(item.text for item in page.groups.get(relation, ())[:_FIRST])
    return crc32(f"{relation}|{told or page.id}".encode()) % _SLOTS


def _digest(text: str) -> bytes:
    return blake2b(text.encode(), digest_size=8).digest()
