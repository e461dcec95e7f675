"""Plan: which rows are to be written, in an order that mixes all, each relation in its share.

    subjects in a mixed order -> topics of a page -> caps -> one task a row, or why there is none

A task names what a row is made from and the seed of its chance, so that it may be written anywhere,
in any order, with the same result. This file knows nothing of how a style words a row.
"""

import random
from array import array
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from zlib import crc32

from sqlalchemy import Engine

from knowledge.errors import KnowledgeError
from knowledge.lessons.formulary import Formulary
from knowledge.lessons.neighbours import Beside, Neighbours
from knowledge.lessons.papers import Papers
from knowledge.lessons.styles import STYLES, Style, Supply
from knowledge.lessons.subjects import Page, Subjects, is_validation
from knowledge.records import Language, Lesson

LARGEST_SHARE = 0.2
"""No relation is the topic of more of a style's rows than this, where there are others enough."""

SMALL_SHARES = {
    "associated_with": 0.05,
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

_EVERY = {"tools": 3, "knowledge-call": 5, "dialogue": 3, "vignette": 2}
"""Styles of which a row comes in every so many rounds only: their answers have set forms."""

_BESIDE = {"tools": 0.05}
"""The largest share, in each language, of styles that are the same in every home."""

_ALWAYS: set[Supply] = {"formulas"}
"""What every home has."""

_SLOTS = 1 << 16
_FIRST = 2
"""Lists that begin with the same so many values count as one, in a table of a fixed size."""

_TOPICS_A_TURN = 3
_FREE = 60
"""So many rows of a relation are free before its share counts."""


@dataclass(frozen=True, slots=True)
class Task:
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
        self.of: dict[Supply, Neighbours | Papers | Formulary] = {
            "entities": Neighbours(engine, generation, self.subjects),
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
        self._planned: dict[str, dict[str, int]] = {}
        self._values: dict[str, array[int]] = {}
        self._texts = array("L", [0]) * _SLOTS
        self._tasks = 0
        everyone = {
            id for (supply, _), ids in self._ids.items() for id in ids if supply == "entities"
        }
        # A graph of a handful of entities may have none that its id sends to validation.
        few = len(everyone) > 1 and not any(map(is_validation, everyone))
        self._spare = min(everyone, key=_digest) if few else ""
        self.subjects = len(everyone)

    def held_out(self, id: str) -> bool:
        """Say whether rows about an entity are for validation."""
        return is_validation(id) or id == self._spare

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
            (style.NAME, language, self._stream(style, supply, language))
            for language in self._languages
            for style in styles
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

    def _stream(self, style: Style, supply: Supply, language: Language) -> Iterator[Task | str]:
        """Yield a first row about every page, then a second, and so on."""
        ids = self._mixed_ids(self._ids[supply, language], style.NAME)
        turn, more = 0, bool(ids)
        while more:
            more = False
            for page, beside in self._supplies.of[supply].pages(ids, language):
                topics = style.topics(page)
                # Of a page with much to say more is told at a time, or the thin ones would rule.
                pace = 1 + len(topics) // _TOPICS_A_TURN
                last = len(topics) * max(map(len, topics.values()), default=0)
                for place in range(turn * pace, min(last, (turn + 1) * pace)):
                    yield from self._row(style, supply, page, beside, topics, place)
                more |= (turn + 1) * pace < last
            turn += 1

    def _row(
        self,
        style: Style,
        supply: Supply,
        page: Page,
        beside: Beside,
        topics: dict[str, tuple[str, ...]],
        turn: int,
    ) -> Iterator[Task | str]:
        """Plan the row of a page whose turn it is; each page begins elsewhere in its topics."""
        begin = int.from_bytes(_digest(f"{self._seed}|{style.NAME}|{page.id}"), "big")
        relation = list(topics)[(begin + turn) % len(topics)]
        forms = topics[relation]
        lap = turn // len(topics)
        if lap >= len(forms):
            return
        planned = self._planned.setdefault(style.NAME, {})
        if _is_capped(relation, planned):
            yield CAPPED
            return
        values = self._values.setdefault(style.NAME, array("L", [0]) * _SLOTS)
        slot = _slot(page, relation)
        often = values[slot] >= max(_VALUES_FREE, _VALUES * sum(planned.values()))
        prose = relation in page.groups and not page.named(relation)
        # A formula is told with other values each time.
        often &= supply != "formulas"
        if often or (prose and self._texts[slot] >= max(_TEXTS_FREE, _TEXTS * self._tasks)):
            yield TOLD_BEFORE
            return
        form = forms[(begin // 97 + lap) % len(forms)]
        key = f"{self._seed}|{style.NAME}|{page.language}|{page.id}|{relation}|{form}"
        planned[relation] = planned.get(relation, 0) + 1
        values[slot] += 1
        self._texts[slot] += prose
        self._tasks += 1
        yield Task(style.NAME, supply, page.language, page.id, beside, relation, form, key)

    def _mixed_ids(self, ids: Sequence[str], style: str) -> list[str]:
        """Return the subjects in the order of the seed, those of validation evenly among them."""
        ids = sorted(ids, key=lambda id: _digest(f"{self._seed}|{style}|{id}"))
        train = [id for id in ids if not self.held_out(id)]
        rest = [id for id in ids if self.held_out(id)]
        for place, id in enumerate(rest):
            train.insert(round((place + 0.5) * len(ids) / len(rest)), id)
        return train


def _is_full(style: str, language: Language, rows: Counter[tuple[str, Language]]) -> bool:
    """Say whether a style that every home has takes its share of the rows of a language."""
    total = sum(count for (_, each), count in rows.items() if each == language)
    return rows[style, language] > _BESIDE[style] * total


def _is_capped(relation: str, planned: dict[str, int]) -> bool:
    """Say whether a relation has its share of the rows that a style has written."""
    count = planned.get(relation, 0)
    if count < _FREE:
        return False
    if len(planned) == 1:
        return False
    return count >= _share(relation, planned) * sum(planned.values())


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
