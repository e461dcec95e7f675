"""Lessons: the graph as questions and answers that a model can learn from, each row proven.

    subjects in a mixed order -> style writes a row -> gates and proof -> dataset folder

Rows come round robin over styles, languages, entities and relations, so that any limit gives a
cross-section. The same seed gives the same bytes, whatever the number of workers. This file knows
nothing of how a style words a row or of how a row is proven.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from typing import Protocol

from sqlalchemy import Engine

from knowledge import export, screening
from knowledge.errors import KnowledgeError
from knowledge.lessons import chatdoctor, huatuo, subjects
from knowledge.lessons.check import Prover
from knowledge.lessons.subjects import Page
from knowledge.lessons.workers import Provers
from knowledge.records import Language, Lesson, Progress, silent
from knowledge.screening import Screened

LANGUAGES: tuple[Language, ...] = ("en", "zh")

LARGEST_SHARE = 0.2
"""No relation may be the topic of more of the rows than this, where others could be."""

_FREE = 60
"""So many rows of a relation are free before its share counts."""


class Style(Protocol):
    """What a module of a style gives."""

    NAME: str

    @staticmethod
    def topics(page: Page) -> dict[str, tuple[str, ...]]:
        """Return what a page can be asked about, and the forms of asking for each."""

    @staticmethod
    def write(page: Page, relation: str, form: str, pick: random.Random) -> Lesson | None:
        """Write one lesson, or none where the page does not carry it."""


STYLES: dict[str, Style] = {
    chatdoctor.NAME: chatdoctor,
    huatuo.NAME: huatuo,
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

    Nothing is written where the graph gives no row, or where `out` holds something else.
    """
    _check(styles, languages, limit, workers)
    arguments: dict[str, object] = {
        "styles": list(styles),
        "languages": list(languages),
        "limit": limit,
        "seed": seed,
    }
    run = export.Run(generation, arguments)
    export.refuse_foreign(out, run)
    report = Screened()
    planned = _Planned(engine, generation, seed)
    rows = planned.rows([STYLES[name] for name in styles], _languages(languages))
    with Provers(engine, generation, workers) as prove:
        kept = islice(_screened(rows, prove, report), limit)
        counts = export.write(
            _told(kept, limit, progress), out, run, report, planned.knows, planned.capped
        )
    return BuildReport(
        out,
        counts.rows,
        counts.train,
        counts.validation,
        dict(report.dropped),
        counts.styles,
        counts.languages,
        counts.relations,
    )
