"""Write training rows from the graph into a dataset folder, each row proven and filtered.

    plan of rows in a mixed order -> written and proven by workers -> filters -> dataset folder

Rows take turns over styles, languages, entities and relations, so that any limit gives a
cross-section. The same seed gives the same bytes, whatever the number of workers.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from sqlalchemy import Engine

from knowledge.datasets import export, filtering
from knowledge.datasets.filtering import FilterReport
from knowledge.datasets.graph_sources import sources_of
from knowledge.datasets.row_counts import in_order, named_topics
from knowledge.gc_pause import gc_paused
from knowledge.lessons import pipeline
from knowledge.lessons.aiming import row_share
from knowledge.lessons.build_options import DEFAULTS, BuildOptions
from knowledge.lessons.pages.page_sources import PageSources
from knowledge.lessons.parallel_rows import settle_pairs
from knowledge.lessons.row_plan import RowPlan
from knowledge.lessons.styles import preference
from knowledge.lessons.styles.style_registry import STYLES, Style
from knowledge.lessons.verify import pair_check
from knowledge.records import IMPORTED, Lesson, Progress, silent


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build made, and what its filters dropped and why.

    `chosen_alone` counts rows of imported preference pairs: their rejected answers are not kept.
    """

    out: Path
    rows: int
    train: int
    validation: int
    dropped: dict[str, int]
    styles: dict[str, int]
    languages: dict[str, int]
    relations: dict[str, int]
    chosen_alone: int = 0
    for_base: dict[str, int] = field(default_factory=dict)
    """Rows drawn for a base, by whether most of their facts are known to it."""


def build(
    engine: Engine,
    generation: int,
    out: Path,
    options: BuildOptions = DEFAULTS,
    progress: Progress = silent,
) -> BuildReport:
    """Make a dataset folder from the graph of a generation, and from what the options bring in.

    KnowledgeError, and nothing written, where the graph gives no row or `out` holds something else.
    """
    made_from = sources_of(engine, generation)
    run = export.Provenance(generation, options.arguments(), made_from)
    export.refuse_foreign(out, run)
    sources = PageSources(engine, generation)
    parallel = options.parallel
    plan = RowPlan(sources, options.seed, options.ordered_languages, options.manners, parallel)
    tasks = plan.tasks(_written_styles(options.styles))
    report = FilterReport(subjects=plan.entities, facts_left_out=plan.facts_left_out)
    # What is kept has no cycles, and what a row leaves behind has none either.
    with (
        gc_paused(),
        pipeline.make_writer_pool(options, engine, sources, plan.held_out) as write_rows,
    ):
        if plan.needs_most(options.limit):
            plan.read_ahead()
            write_rows.read_ahead()
        candidates = pipeline.interleave(write_rows(tasks), pipeline.read_outside_rows(options))
        filters = pipeline.make_row_filters(options)
        stages = pipeline.make_stages(options, engine, generation, report, progress)
        passed = filtering.apply_filters(candidates, filters, stages, report)
        kept = _drawn(passed, options, report)
        every = preference.NAME in options.styles
        pairs = preference.PreferencePairs(plan.related, every, pair_check.fault)
        settled = settle_pairs(kept) if options.parallel else kept
        rows = _with_progress(settled, options.limit, progress)
        counts = export.write(rows, out, run, report, plan.held_out, pairs)
    return BuildReport(
        out,
        counts.train + counts.validation,
        counts.train,
        counts.validation,
        dict(report.dropped),
        counts.styles,
        counts.languages,
        named_topics(counts.relations),
        counts.chosen_alone,
        in_order(counts.for_base),
    )


def _written_styles(names: Sequence[str]) -> list[Style]:
    """Return the styles to write rows in; pairs alone are of rows of all of them."""
    asked = [name for name in dict.fromkeys(names) if name not in (preference.NAME, IMPORTED)]
    return [STYLES[name] for name in asked or (STYLES if IMPORTED not in names else ())]


def _drawn(rows: Iterator[Lesson], options: BuildOptions, report: FilterReport) -> Iterator[Lesson]:
    """Return as many rows as are asked for, drawn for a base where one is named."""
    if options.aim is None:
        return islice(rows, options.limit)
    return row_share.draw(rows, options.aim, options.limit, report)


def _with_progress(
    lessons: Iterator[Lesson], limit: int | None, progress: Progress
) -> Iterator[Lesson]:
    for done, lesson in enumerate(lessons, 1):
        yield lesson
        if done % 100 == 0 or done == limit:
            progress("writing rows", done, limit)
