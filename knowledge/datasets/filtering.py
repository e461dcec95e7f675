"""Run lessons through filters; what one drops is counted by its reason.

    lessons -> row filters -> stages of batch filters -> kept lessons

A row filter looks at one lesson at a time, a batch filter at many, since it is quicker so or
remembers earlier ones; the filters themselves stand in `knowledge.datasets.filters`.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TypeVar

from knowledge.datasets.filters.exact_duplicates import ExactDuplicateFilter
from knowledge.datasets.filters.leakage import check_leakage
from knowledge.datasets.filters.pii import check_pii, mask_text
from knowledge.datasets.filters.text_quality import check_debris, check_language, check_length
from knowledge.datasets.filters.toxicity import check_toxicity
from knowledge.records import Lesson

_T = TypeVar("_T")

RowFilter = Callable[[Lesson], str]
"""Returns why a lesson is dropped, or an empty text."""

Candidate = tuple[Lesson | None, str]
"""A lesson, or the reason why there is none; a lesson with a reason is dropped."""

FilterStage = Callable[[Iterable[list[Candidate]]], Iterator[list[Candidate]]]
"""Takes batches of candidates and yields them in their order, dropped lessons with a reason."""

BatchFilter = Callable[[Sequence[Lesson]], Sequence[str]]
"""Returns for each lesson why it is dropped, or an empty text; lessons come in their order."""

_FIRST_BATCH = 25
_BATCH = 200
_EXAMPLES = 3


@dataclass(slots=True)
class FilterReport:
    """What the filters did: how many lessons they saw and kept, and why they dropped the others.

    `subjects` is how many entities a lesson could be about; `teacher` counts what became of a
    teacher's wording, `facts_left_out` why lists of facts were not told, or not whole.
    """

    seen: int = 0
    kept: int = 0
    subjects: int = 0
    dropped: dict[str, int] = field(default_factory=dict)
    examples: dict[str, list[str]] = field(default_factory=dict)
    teacher: dict[str, int] = field(default_factory=dict)
    facts_left_out: dict[str, int] = field(default_factory=dict)

    def drop(self, reason: str, lesson: Lesson | None) -> None:
        """Count a dropped lesson; keep the first few answers of each reason."""
        self.dropped[reason] = self.dropped.get(reason, 0) + 1
        kept = self.examples.setdefault(reason, [])
        if lesson is not None and len(kept) < _EXAMPLES:
            kept.append(_sample(lesson))


def apply_filters(
    candidates: Iterable[Candidate],
    filters: Sequence[RowFilter],
    stage: FilterStage,
    report: FilterReport,
) -> Iterator[Lesson]:
    """Yield the lessons that every filter and stage keeps, in their order.

    Counts follow what is taken out, not what is read ahead, so that they do not depend on the size
    of a batch or on the number of workers.
    """
    stateful = [each for each in filters if isinstance(each, ExactDuplicateFilter)]
    filtered = (_filtered(candidate, filters, stateful) for candidate in candidates)
    for batch in stage(make_batches(filtered)):
        for lesson, reason in batch:
            report.seen += 1
            if lesson is None or reason:
                report.drop(_without_names(reason), lesson)
            else:
                report.kept += 1
                yield lesson


def _sample(lesson: Lesson) -> str:
    """Return the last question and answer of a lesson, cut; a report repeats no personal data."""
    question, answer = (
        mask_text(message.content, lesson.language) for message in lesson.messages[-2:]
    )
    return f"{question[:150]} → {answer[:200]}"


def make_stage(batch_filter: BatchFilter) -> FilterStage:
    """Return the stage that asks a filter about the candidates that have no reason yet."""

    def filtered(batches: Iterable[list[Candidate]]) -> Iterator[list[Candidate]]:
        for batch in batches:
            reasons = iter(
                batch_filter([lesson for lesson, reason in batch if lesson and not reason])
            )
            yield [
                (lesson, next(reasons)) if lesson and not reason else (lesson, reason)
                for lesson, reason in batch
            ]

    return filtered


def chain_stages(*stages: FilterStage) -> FilterStage:
    """Return the stage that is these stages in their order."""

    def chained(batches: Iterable[list[Candidate]]) -> Iterator[list[Candidate]]:
        passed: Iterable[list[Candidate]] = batches
        for each in stages:
            passed = each(passed)
        return iter(passed)

    return chained


def _filtered(
    candidate: Candidate, filters: Sequence[RowFilter], stateful: Sequence[RowFilter]
) -> Candidate:
    """Ask the filters about a row; workers asked the stateless ones where they finished it."""
    lesson, reason = candidate
    if lesson is None or reason:
        return candidate
    return lesson, first_reason(stateful if lesson.prepared else filters, lesson)


def first_reason(filters: Sequence[RowFilter], lesson: Lesson) -> str:
    """Return why the first of some filters drops a lesson, or an empty text."""
    for row_filter in filters:
        if found := row_filter(lesson):
            return found
    return ""


def make_batches(items: Iterable[_T]) -> Iterator[list[_T]]:
    """Yield items in lists; the first ones are short, so that few rows wanted are few made.

    >>> [len(batch) for batch in make_batches(range(500))]
    [25, 50, 100, 200, 125]
    """
    left, size = iter(items), _FIRST_BATCH
    while batch := [*islice(left, size)]:
        yield batch
        size = min(2 * size, _BATCH)


def stateless_filters() -> list[RowFilter]:
    """Return the filters that remember nothing, which a row that changed may pass again."""
    return [check_debris, check_language, check_length, check_leakage, check_pii, check_toxicity]


def _without_names(reason: str) -> str:
    """Return a reason without the names in it, so that like faults are counted together."""
    return re.sub(r"'[^']*'|\"[^\"]*\"|fact:\w+(?:~\d+)?|\b\d+(?:[.,]\d+)*\b", "…", reason)
