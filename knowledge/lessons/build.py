"""Lessons: the graph as questions and answers that a model can learn from, each row proven.

    plan of rows in a mixed order -> written and proven by workers -> gates -> dataset folder

Rows come round robin over styles, languages, entities and relations, so that any limit gives a
cross-section. The same seed gives the same bytes, whatever the number of workers. This file knows
nothing of how a style words a row or of how a row is proven.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from sqlalchemy import Engine

from knowledge.datasets import export, screening
from knowledge.datasets.screening import Screened
from knowledge.errors import KnowledgeError
from knowledge.gc_pause import gc_paused
from knowledge.lessons.build_options import PLAIN, Wishes
from knowledge.lessons.row_plan import Plan, Supplies
from knowledge.lessons.styles import preference
from knowledge.lessons.styles.registry import STYLES, Style
from knowledge.records import IMPORTED, Language, Lesson, Progress, silent

LANGUAGES: tuple[Language, ...] = ("en", "zh")


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
    wishes: Wishes = PLAIN,
    progress: Progress = silent,
) -> BuildReport:
    """Make a dataset folder from the graph of a generation, and from what the wishes bring in.

    KnowledgeError, and nothing written, where the graph gives no row or `out` holds something else.
    """
    spoken = _checked(styles, languages, limit, workers)
    arguments = {"styles": [*styles], "languages": [*spoken], "limit": limit, "seed": seed}
    arguments |= wishes.arguments()
    run = export.Run(generation, arguments)
    export.refuse_foreign(out, run)
    supplies = Supplies(engine, generation)
    plan = Plan(supplies, seed, spoken)
    report = Screened(subjects=plan.subjects)
    tasks = plan.tasks(_written(styles))
    # What is kept has no cycles, and what a row leaves behind has none either.
    with gc_paused(), wishes.writers(engine, supplies, workers, plan.held_out) as write:
        if plan.needs_most(limit):
            plan.read_ahead()
            write.read_ahead()
        candidates = wishes.mixed(write(tasks))
        stages = wishes.stages(engine, generation, report)
        kept = islice(screening.screen(candidates, wishes.gates(), stages, report), limit)
        pairs = preference.PreferencePairs(plan.related, every=preference.NAME in styles)
        counts = export.write(_told(kept, limit, progress), out, run, report, plan.held_out, pairs)
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
    known_styles = (*STYLES, IMPORTED)
    for flag, given, known in (
        ("--style", styles, known_styles),
        ("--language", languages, LANGUAGES),
    ):
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


def _written(styles: Sequence[str]) -> list[Style]:
    """Return the styles to write rows in; pairs alone are of rows of all of them."""
    asked = [name for name in dict.fromkeys(styles) if name not in (preference.NAME, IMPORTED)]
    return [STYLES[name] for name in asked or (STYLES if IMPORTED not in styles else ())]


def _told(lessons: Iterator[Lesson], limit: int | None, progress: Progress) -> Iterator[Lesson]:
    for done, lesson in enumerate(lessons, 1):
        yield lesson
        if done % 100 == 0 or done == limit:
            progress("writing rows", done, limit)
