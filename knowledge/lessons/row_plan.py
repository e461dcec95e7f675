"""Plan which rows are written, in an order that mixes all, each relation in its share.

    pages in a mixed order -> topics of a page -> quotas -> one task a row, or why there is none

A task names what a row is made from and the seed of its chance, so that it may be written anywhere,
in any order, with the same result.
"""

import random
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from hashlib import blake2b
from itertools import islice
from typing import NamedTuple

from knowledge.errors import KnowledgeError
from knowledge.lessons.facts.fact_page import FactPage, PageKind
from knowledge.lessons.facts.manner import ANY, Manner, WantedManners
from knowledge.lessons.facts.validation_split import HeldOut, is_validation
from knowledge.lessons.pages.page_sources import PageSources
from knowledge.lessons.pages.related_pages import NeighbourIds
from knowledge.lessons.styles.style_registry import DOCTOR_STYLES, Style
from knowledge.lessons.topic_quotas import CAPPED, TopicQuotas
from knowledge.records import Language

_WHOLE = ("chatdoctor", "huatuo", "knowledge-call", "safety")
"""Styles that can tell of nearly any page; cases and evidence need neighbours that fit."""

_EVERY = {
    **{"tools": 3, "knowledge-call": 5, "dialogue": 3, "vignette": 2, "multi-hop": 2},
    **{"overview": 4, "exam": 2, "comparison": 4},
}
"""Styles of which a row comes in every so many rounds only: their answers have set forms."""

_LIMITED = {"tools": 0.05}
"""The largest share, in each language, of styles that are the same in every home."""

_WHEN_ASKED: set[PageKind] = {"paper pairs"}
"""What takes long to find, and is found when rows are first written of it."""

_ALWAYS: set[PageKind] = {"formulas"}
"""What every home has."""

_WITH_NEIGHBOURS = {"grounded", "exam", "two-papers"}
"""Styles whose rows show the neighbours of a page; others are spared the reading of them."""

_TOPICS_A_TURN = 3

Topics = dict[str, tuple[str, ...]]
"""What a page can be asked about, and the forms of asking for each."""


class RowTask(NamedTuple):
    """One row to be written: its style, its page, the neighbours shown, the seed of its chance."""

    style: str
    kind: PageKind
    language: Language
    id: str
    neighbours: NeighbourIds
    relation: str
    form: str
    seed: str
    manner: Manner | None = None
    """How to tell it, in styles that can be told in several ways."""

    exact_length: bool = False
    """Whether the length of the manner was asked for, rather than drawn."""

    parallel: bool = False
    """Whether the same facts are to be told in the other language, too."""


class RowPlan:
    """Plans the rows of a generation, in an order that mixes everything."""

    def __init__(
        self,
        sources: PageSources,
        seed: int,
        languages: Sequence[Language],
        manners: WantedManners = ANY,
        parallel: bool = False,
    ) -> None:
        self._parallel = parallel
        self._seed = seed
        self._manners = manners
        self._sources = sources
        self._languages = languages
        self._ids = {
            (kind, language): source.ids(language)
            for kind, source in sources.by_kind.items()
            if kind not in _WHEN_ASKED
            for language in languages
        }
        self._topics: dict[tuple[object, ...], Topics] = {}
        self._quotas = TopicQuotas()
        self.facts_left_out: dict[str, int] = {}
        """On how many pages facts of a relation were left out for a reason."""
        self._looked_at: set[tuple[str, Language]] = set()
        self._first_tasks: dict[str, str] = {}
        """The task by which each page was first written about, which its rounds then leave out."""
        everyone = {id for (kind, _), ids in self._ids.items() for id in ids if kind == "entities"}
        # A graph of a handful of entities may have none that its id sends to validation.
        few = len(everyone) > 1 and not any(map(is_validation, everyone))
        self.held_out = HeldOut(min(everyone, key=_digest) if few else "")
        self.entities = len(everyone)

    def needs_most(self, rows: int | None) -> bool:
        """Say whether so many rows need most of the pages; none given are all that there are."""
        return rows is None or rows >= sum(map(len, self._ids.values()))

    def read_ahead(self) -> None:
        """Read all pages at once, where they can be kept."""
        ids = {language: self._ids["entities", language] for language in self._languages}
        self._sources.related_pages.read_ahead(ids)

    def related(self, id: str) -> set[str]:
        """Return the entities that any fact relates to one, in either direction."""
        return self._sources.entity_pages.related(id)

    def tasks(self, styles: Sequence[Style]) -> Iterator[RowTask | str]:
        """Return one row to be written of each style and language in turn, or why there is none.

        KnowledgeError where the styles need a graph or documents, and there are none.
        """
        if not styles:
            return iter(())  # only rows from outside are wanted
        alone = all(set(style.PAGE_KINDS) <= _ALWAYS for style in styles)
        read = any(ids for (kind, _), ids in self._ids.items() if kind not in _ALWAYS)
        if not read and not alone:
            raise KnowledgeError(
                "The knowledge base holds no facts in the languages asked for.",
                where=f"generation {self._sources.generation}",
                remedy="Add knowledge with `medchat kb add PATH` first, or ask for the other one.",
            )
        return self._turns(styles)

    def _turns(self, styles: Sequence[Style]) -> Iterator[RowTask | str]:
        """Yield the rows of the styles' streams in turn, until those end that others wait for."""
        alone = all(style.NAME in _LIMITED for style in styles)
        streams = [
            (style.NAME, language, self._style_rows(style, kind, language, place / len(styles)))
            for language in self._languages
            for place, style in enumerate(styles)
            for kind in style.PAGE_KINDS
        ]
        turn = 0
        rows: Counter[tuple[str, Language]] = Counter()
        while streams if alone else any(name not in _LIMITED for name, _, _ in streams):
            for name, language, stream in list(streams):
                if len(styles) > 1 and turn % _EVERY.get(name, 1):
                    continue
                if name in _LIMITED and not alone and _is_full(name, language, rows):
                    continue
                task = next(stream, None)
                if task is None:
                    streams.remove((name, language, stream))
                else:
                    rows[name, language] += isinstance(task, RowTask)
                    yield task
            turn += 1

    def _style_rows(
        self, style: Style, kind: PageKind, language: Language, begin: float
    ) -> Iterator[RowTask | str]:
        """Yield the rows of a style: of rounds over the pages and first rows about pages, in turn.

        All styles go round the same circle of pages, each from another part of it.
        """
        ids = self._mix_ids(self._ids_of(kind, language))
        first = round(begin * len(ids))
        ids = ids[first:] + ids[:first]
        rounds = self._rounds(style, kind, language, ids)
        whole = style.NAME in _WHOLE and kind == "entities"
        first_rows = self._first_rows(style, kind, language, ids if whole else ())
        for row in rounds:
            yield row
            yield from islice(first_rows, 1)
        yield from first_rows

    def _rounds(
        self, style: Style, kind: PageKind, language: Language, ids: Sequence[str]
    ) -> Iterator[RowTask | str]:
        """Yield a first row about every page, then a second, and so on."""
        source = self._sources.by_kind[kind]
        turn, pages = 0, source.pages(ids, language)
        while True:
            left: list[tuple[str, NeighbourIds]] = []
            for page, neighbours in pages:
                topics = self._topics_of(style, page)
                # A page with many topics gets more rows at a time, else thin pages had most.
                pace = 1 + len(topics) // _TOPICS_A_TURN
                last = len(topics) * max(map(len, topics.values()), default=0)
                for place in range(turn * pace, min(last, (turn + 1) * pace)):
                    due = self._due(style, page, topics, place)
                    if due is None:
                        continue
                    if self._first_tasks.get(page.id) == _task_name(style, page, *due):
                        continue
                    refusal = self._quotas.refusal(style.NAME, page, due[0])
                    yield refusal or self._task(style, kind, page, neighbours, *due)
                if (turn + 1) * pace < last:
                    left.append((page.id, neighbours))
            turn += 1
            if not left:
                return
            # Most pages run out of topics before the last one: they are not looked at again.
            if kind == "entities":
                pages = self._sources.related_pages.again(left, language)
            else:
                pages = source.pages(ids, language)

    def _first_rows(
        self, style: Style, kind: PageKind, language: Language, ids: Sequence[str]
    ) -> Iterator[RowTask | str]:
        """Yield a row about every page of which no row of any style tells yet.

        Where the topic whose turn it is has its share, another is taken; where all have theirs,
        the page gets its row all the same: what a graph knows is to be learned, not its commonest.
        It only waits where that topic has its share of the rows of all styles.
        """
        waiting, progressed = ids, True
        while waiting and progressed:
            later, progressed = [], False
            for page, neighbours in self._sources.by_kind[kind].pages(waiting, language):
                if page.id in self._first_tasks:
                    continue
                topics = self._topics_of(style, page)
                due = self._due(style, page, topics, 0) if topics else None
                if due is None:
                    continue
                if self._quotas.refusal(style.NAME, page, due[0]):
                    others = (
                        other
                        for other in topics
                        if not self._quotas.refusal(style.NAME, page, other)
                    )
                    relation = next(others, due[0])
                    due = due if relation == due[0] else (relation, topics[relation][0])
                if self._quotas.is_capped(due[0], language):
                    later.append(page.id)
                    yield CAPPED
                    continue
                progressed = True
                self._first_tasks[page.id] = _task_name(style, page, *due)
                yield self._task(style, kind, page, neighbours, *due)
            waiting = later

    def _due(
        self, style: Style, page: FactPage, topics: Topics, turn: int
    ) -> tuple[str, str] | None:
        """Return the topic and form of a page's turn; each page begins elsewhere in its topics."""
        begin = int.from_bytes(_digest(f"{self._seed}|{style.NAME}|{page.id}"), "big")
        relation = list(topics)[(begin + turn) % len(topics)]
        forms = topics[relation]
        lap = turn // len(topics)
        return (relation, forms[(begin // 97 + lap) % len(forms)]) if lap < len(forms) else None

    def _task(
        self,
        style: Style,
        kind: PageKind,
        page: FactPage,
        neighbours: NeighbourIds,
        relation: str,
        form: str,
    ) -> RowTask:
        """Count a row as planned and return it."""
        self._quotas.add(style.NAME, page, relation, of_entity=kind == "entities")
        self._first_tasks.setdefault(page.id, "")
        key = f"{self._seed}|{style.NAME}|{page.language}|{page.id}|{relation}|{form}"
        neighbours = neighbours if style.NAME in _WITH_NEIGHBOURS else ()
        parallel = self._parallel and kind == "entities"
        row = (style.NAME, kind, page.language, page.id, neighbours, relation, form, key)
        told = DOCTOR_STYLES.get(style.NAME)
        if told is None:
            return RowTask(*row, parallel=parallel)
        # The rows of a pair are told alike.
        drawn = key.replace(f"|{page.language}|", "|", 1) if parallel else key
        manner = self._manners.draw(told.REGISTERS, random.Random(f"{drawn}|manner"))
        return RowTask(*row, manner, bool(self._manners.lengths), parallel)

    def _topics_of(self, style: Style, page: FactPage) -> "Topics":
        """Return the topics of a page, asked for once; pages with the same ones share them."""

        def ask(page: FactPage) -> Topics:
            self._count_left_out(page)
            topics = self._wanted(style, style.topics(page))
            return self._topics.setdefault(tuple(topics.items()), topics)

        return page.cached(f"topics {style.NAME}", ask)

    def _count_left_out(self, page: FactPage) -> None:
        """Count what was left out of a page, once."""
        if page.left_out and (page.id, page.language) not in self._looked_at:
            self._looked_at.add((page.id, page.language))
            for reason in page.left_out.values():
                self.facts_left_out[reason] = self.facts_left_out.get(reason, 0) + 1

    def _wanted(self, style: Style, topics: Topics) -> Topics:
        """Return the topics with those of their forms whose rows are as they were asked for."""
        told = DOCTOR_STYLES.get(style.NAME)
        if told is None or self._manners == ANY:
            return topics
        asked = self._manners.registers
        if asked and not set(asked) & set(told.REGISTERS):
            return {}
        kept = {
            relation: tuple(form for form in forms if self._manners.allows(told.DIFFICULTY[form]))
            for relation, forms in topics.items()
        }
        return {relation: forms for relation, forms in kept.items() if forms}

    def _ids_of(self, kind: PageKind, language: Language) -> Sequence[str]:
        if (kind, language) not in self._ids:
            self._ids[kind, language] = self._sources.by_kind[kind].ids(language)
        return self._ids[kind, language]

    def _mix_ids(self, ids: Sequence[str]) -> list[str]:
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
    return rows[style, language] > _LIMITED[style] * total


def _task_name(style: Style, page: FactPage, relation: str, form: str) -> str:
    """Name a task of a page, for all pages in the same few texts."""
    return sys.intern(f"{style.NAME}|{page.language}|{relation}|{form}")


def _digest(text: str) -> bytes:
    return blake2b(text.encode(), digest_size=8).digest()
