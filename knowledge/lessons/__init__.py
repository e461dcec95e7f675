"""Lessons: the graph as questions and answers that a model can learn from, each row proven.

    subjects in a mixed order -> style writes a row -> gates and proof -> dataset folder

Rows come round robin over styles, languages, entities and relations, so that any limit gives a
cross-section. The same seed gives the same bytes, whatever the number of workers. This file knows
nothing of how a style words a row or of how a row is proven.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from typing import Literal, Protocol

from sqlalchemy import Engine

from knowledge import export, screening
from knowledge.errors import KnowledgeError
from knowledge.lessons import (
    chatdoctor,
    dialogue,
    grounded,
    huatuo,
    knowledge_call,
    literature,
    preference,
    safety,
    vignette,
)
from knowledge.lessons.neighbours import Neighbours
from knowledge.lessons.papers import Papers
from knowledge.lessons.subjects import Page, Subjects, is_validation
from knowledge.lessons.workers import Provers
from knowledge.records import Language, Lesson, Progress, silent
from knowledge.screening import Candidate, Screened

LANGUAGES: tuple[Language, ...] = ("en", "zh")

LARGEST_SHARE = 0.2
"""No relation is the topic of more of a style's rows than this, where there are others enough."""

STATISTICS_SHARE = 0.07
"""The same for statistical associations, which say least and resemble each other most."""

CAPPED = "the relation has its share already"

_TOPICS_A_TURN = 3
_FREE = 60
"""So many rows of a relation are free before its share counts."""


Supply = Literal["entities", "documents"]


class Style(Protocol):
    """What the module of a style gives."""

    @property
    def NAME(self) -> str:
        """Its name, as the command line takes it."""

    @property
    def OF(self) -> tuple[Supply, ...]:
        """What its pages are of."""

    def topics(self, page: Page) -> dict[str, tuple[str, ...]]:
        """Return what a page can be asked about, and the forms of asking for each."""

    def write(self, page: Page, relation: str, form: str, pick: random.Random) -> Lesson | None:
        """Write one lesson, or none where the page does not carry it."""


STYLES: dict[str, Style] = {
    chatdoctor.NAME: chatdoctor,
    huatuo.NAME: huatuo,
    grounded.NAME: grounded,
    vignette.NAME: vignette,
    dialogue.NAME: dialogue,
    literature.NAME: literature,
    knowledge_call.NAME: knowledge_call,
    safety.NAME: safety,
    preference.NAME: preference,
}


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build made, and what its gates dropped and why."""

    out: Path
    rows: int
    train: int
    validation: int
    dropped: dict[str, int]
    styles: dict[str, int]
    languages: dict[str, int]
    relations: dict[str, int]


def build(
    engine: Engine,
    generation: int,
    out: Path,
    *,
    styles: Sequence[str] = tuple(STYLES),
    languages: Sequence[str] = LANGUAGES,
    limit: int | None = None,
    seed: int = 0,
    workers: int = 1,
    progress: Progress = silent,
) -> BuildReport:
    """Make a dataset folder from the graph of a generation.

    KnowledgeError, and nothing written, where the graph gives no row or `out` holds something else.
    """
    spoken = _checked(styles, languages, limit, workers)
    arguments = {"styles": [*styles], "languages": [*spoken], "limit": limit, "seed": seed}
    run = export.Run(generation, arguments)
    export.refuse_foreign(out, run)
    source = _Rows(engine, generation, seed, spoken)
    report = Screened()
    with Provers(engine, generation, workers) as proof:
        asked = [name for name in dict.fromkeys(styles) if name != preference.NAME]
        candidates = source.candidates([STYLES[name] for name in asked or STYLES])
        kept = islice(screening.screen(candidates, screening.gates(), proof, report), limit)
        pairs = preference.Pairs(source.related, every=preference.NAME in styles)
        counts = export.write(
            _told(kept, limit, progress), out, run, report, source.held_out, pairs
        )
    return BuildReport(
        out,
        counts.train + counts.validation,
        counts.train,
        counts.validation,
        dict(report.dropped),
        counts.styles,
        counts.languages,
        counts.relations,
    )


def _checked(
    styles: Sequence[str], languages: Sequence[str], limit: int | None, workers: int
) -> list[Language]:
    for flag, given, known in (("--style", styles, STYLES), ("--language", languages, LANGUAGES)):
        for name in given:
            if name not in known:
                raise KnowledgeError(
                    f"There is no {flag.strip('-')} {name!r}.",
                    where=flag,
                    remedy=f"Choose from: {', '.join(known)}.",
                )
        if not given:
            raise KnowledgeError(f"No {flag.strip('-')} is given.", where=flag)
    for flag, number in (("--limit", limit), ("--workers", workers)):
        if number is not None and number < 1:
            raise KnowledgeError(
                f"{flag} is {number}, but must be 1 or more.", where=flag, remedy="Give a number."
            )
    return [language for language in LANGUAGES if language in languages]


def _told(lessons: Iterator[Lesson], limit: int | None, progress: Progress) -> Iterator[Lesson]:
    for done, lesson in enumerate(lessons, 1):
        yield lesson
        if done % 100 == 0 or done == limit:
            progress("writing rows", done, limit)


class _Rows:
    """Writes rows from the subjects of a generation, in an order that mixes everything."""

    def __init__(
        self, engine: Engine, generation: int, seed: int, languages: Sequence[Language]
    ) -> None:
        self._seed = seed
        self._subjects = Subjects(engine, generation)
        supplies: dict[Supply, Neighbours | Papers] = {
            "entities": Neighbours(engine, generation, self._subjects),
            "documents": Papers(engine, generation),
        }
        self._pages = {supply: source.pages for supply, source in supplies.items()}
        self._languages = languages
        self._ids = {
            (supply, language): source.ids(language)
            for supply, source in supplies.items()
            for language in languages
        }
        self._planned: dict[str, dict[str, int]] = {}
        everyone = {
            id for (supply, _), ids in self._ids.items() for id in ids if supply == "entities"
        }
        if not any(self._ids.values()):
            raise KnowledgeError(
                "The knowledge base holds no facts in the languages asked for.",
                where=f"generation {generation}",
                remedy="Add knowledge with `medchat kb add PATH` first, or ask for the other one.",
            )
        # A graph of a handful of entities may have none that its id sends to validation.
        few = len(everyone) > 1 and not any(map(is_validation, everyone))
        self._spare = min(everyone, key=_digest) if few else ""

    def held_out(self, id: str) -> bool:
        """Say whether rows about an entity are for validation."""
        return is_validation(id) or id == self._spare

    def related(self, id: str) -> set[str]:
        """Return the entities that any fact relates to one, in either direction."""
        return self._subjects.related(id)

    def candidates(self, styles: Sequence[Style]) -> Iterator[Candidate]:
        """Yield one row of each style and language in turn, until none has any left."""
        streams = [
            self._stream(style, supply, language)
            for language in self._languages
            for style in styles
            for supply in style.OF
        ]
        while streams:
            for stream in list(streams):
                candidate = next(stream, None)
                if candidate is None:
                    streams.remove(stream)
                else:
                    yield candidate

    def _stream(self, style: Style, supply: Supply, language: Language) -> Iterator[Candidate]:
        """Yield a first row about every page, then a second, and so on."""
        ids = self._mixed_ids(self._ids[supply, language], style.NAME)
        turn, more = 0, bool(ids)
        while more:
            more = False
            for page in self._pages[supply](ids, language):
                topics = style.topics(page)
                # Of a page with much to say more is told at a time, or the thin ones would rule.
                pace = 1 + len(topics) // _TOPICS_A_TURN
                last = len(topics) * max(map(len, topics.values()), default=0)
                for place in range(turn * pace, min(last, (turn + 1) * pace)):
                    yield from self._row(style, page, topics, place)
                more |= (turn + 1) * pace < last
            turn += 1

    def _row(
        self, style: Style, page: Page, topics: dict[str, tuple[str, ...]], turn: int
    ) -> Iterator[Candidate]:
        """Write the row of a page whose turn it is; each page begins elsewhere in its topics."""
        begin = int.from_bytes(_digest(f"{self._seed}|{style.NAME}|{page.id}"), "big")
        relation = list(topics)[(begin + turn) % len(topics)]
        forms = topics[relation]
        lap = turn // len(topics)
        if lap >= len(forms):
            return
        planned = self._planned.setdefault(style.NAME, {})
        if _is_capped(relation, planned):
            yield None, CAPPED
            return
        form = forms[(begin // 97 + lap) % len(forms)]
        key = f"{self._seed}|{style.NAME}|{page.language}|{page.id}|{relation}|{form}"
        lesson = style.write(page, relation, form, random.Random(key))
        if lesson is not None:
            planned[relation] = planned.get(relation, 0) + 1
            yield lesson, ""

    def _mixed_ids(self, ids: Sequence[str], style: str) -> list[str]:
        """Return the subjects in the order of the seed, those of validation evenly among them."""
        ids = sorted(ids, key=lambda id: _digest(f"{self._seed}|{style}|{id}"))
        train = [id for id in ids if not self.held_out(id)]
        rest = [id for id in ids if self.held_out(id)]
        for place, id in enumerate(rest):
            train.insert(round((place + 0.5) * len(ids) / len(rest)), id)
        return train


def _is_capped(relation: str, planned: dict[str, int]) -> bool:
    """Say whether a relation has its share of the rows that a style has written."""
    count = planned.get(relation, 0)
    if count < _FREE:
        return False
    largest = STATISTICS_SHARE if relation == "associated_with" else LARGEST_SHARE
    return count >= max(largest, 1.5 / len(planned)) * sum(planned.values())


def _digest(text: str) -> bytes:
    return blake2b(text.encode(), digest_size=8).digest()
