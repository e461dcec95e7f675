"""What rows pass between their plan and the dataset folder, as the options of a build ask for it.

    written rows, in turn with those from outside -> row filters -> teacher -> batch filters

Each function makes one part; `build` puts them together.
"""

from collections.abc import Iterable, Iterator
from itertools import chain

from sqlalchemy import Engine

from knowledge.datasets import filtering
from knowledge.datasets.filtering import (
    BatchFilter,
    Candidate,
    FilterReport,
    FilterStage,
    RowFilter,
)
from knowledge.datasets.filters import pii
from knowledge.datasets.filters.contamination import ContaminationFilter
from knowledge.datasets.filters.exact_duplicates import ExactDuplicateFilter, RepeatedTurnFilter
from knowledge.datasets.filters.keywords import KeywordFilter
from knowledge.datasets.filters.licences import LicenceFilter
from knowledge.datasets.filters.near_duplicates import NearDuplicateFilter
from knowledge.datasets.filters.quotas import RelationQuota
from knowledge.datasets.imports import imported_rows
from knowledge.datasets.quality import LeastQuality
from knowledge.datasets.teacher import Teacher
from knowledge.lessons.build_options import BuildOptions
from knowledge.lessons.facts.validation_split import HeldOut
from knowledge.lessons.pages.page_sources import PageSources
from knowledge.lessons.row_finishing import RowFinisher
from knowledge.lessons.verify.prover import Prover
from knowledge.lessons.workers import WriterPool
from knowledge.records import Progress, silent


def make_writer_pool(
    options: BuildOptions, engine: Engine, sources: PageSources, held_out: HeldOut
) -> WriterPool:
    """Return what writes and proves planned rows, in processes or on Ray."""
    if options.engine == "ray":
        from knowledge.lessons.ray_workers import RayWriterPool

        return RayWriterPool(engine, sources, options.workers, options.urgency)
    finisher = RowFinisher(make_stateless_filters(options), held_out)
    return WriterPool(engine, sources, options.workers, finisher, options.urgency)


def read_outside_rows(options: BuildOptions) -> Iterator[Candidate]:
    """Yield the rows of approved feedback and of imported files, masked where that is asked for."""
    for lesson, reason in chain(options.feedback, imported_rows.read_candidates(options.imports)):
        if lesson is not None and options.personal == "mask":
            lesson = pii.mask_lesson(lesson)
        yield lesson, reason


def interleave(*sources: Iterable[Candidate]) -> Iterator[Candidate]:
    """Yield candidates of each source in turn, then what is left of the longer ones.

    >>> [reason for _, reason in interleave([(None, "a"), (None, "b")], [(None, "c")])]
    ['a', 'c', 'b']
    """
    streams = [iter(source) for source in sources]
    while streams:
        for stream in list(streams):
            candidate = next(stream, None)
            if candidate is None:
                streams.remove(stream)
            else:
                yield candidate


def make_row_filters(options: BuildOptions) -> list[RowFilter]:
    """Return the filters that look at one row at a time."""
    return [*make_stateless_filters(options), ExactDuplicateFilter()]


def make_stateless_filters(options: BuildOptions) -> list[RowFilter]:
    """Return those of the row filters that remember nothing, so that any process may ask them."""
    licences: list[RowFilter] = [LicenceFilter(options.licences)] if options.licences else []
    keywords: list[RowFilter] = [KeywordFilter(options.keywords)] if options.keywords else []
    quality = [LeastQuality(options.least_quality)] if options.least_quality else []
    return [*licences, *keywords, *filtering.stateless_filters(), *quality]


def make_stages(
    options: BuildOptions,
    engine: Engine,
    generation: int,
    report: FilterReport,
    progress: Progress = silent,
    *,
    balanced: bool = True,
) -> FilterStage:
    """Return the stages in their order: a teacher's wording, then what remembers earlier rows."""
    batch_filters: list[BatchFilter] = (
        [ContaminationFilter(options.exclude)] if options.exclude else []
    )
    batch_filters += [NearDuplicateFilter(), RepeatedTurnFilter()]
    batch_filters += [RelationQuota()] if balanced else []
    stages = [filtering.make_stage(each) for each in batch_filters]
    if options.teacher is not None:
        teacher = Teacher(options.teacher, progress)
        prove = Prover(engine, generation, options.urgency).faults
        stages.insert(0, teacher.stage(prove, filtering.stateless_filters(), report.teacher))
    return filtering.chain_stages(*stages)
