"""Choose the held-out rows that a model is scored on, the same for every model of a comparison.

validation rows -> a sample, languages in turn -> examples under the recipe -> HeldOut
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain, zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

from finetune import evaluate
from finetune.dataset import Dataset, Row
from finetune.errors import FinetuneError
from finetune.evaluate import Measurement
from finetune.model import Student
from finetune.objectives.objective_protocols import (
    BringsRows,
    ExampleSource,
    Measured,
    RoundTask,
)
from finetune.objectives.objective_registry import objective_of
from finetune.probes import stated
from finetune.probes.stated import Wording
from finetune.recipe import Recipe
from finetune.rows.examples import Example, make_examples
from finetune.scoring.goals import LOSS, Goal
from finetune.templates.rendering import Rendered
from finetune.text_tools import TextTools
from finetune.training.round_progress import Progress, silent

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

UNCOVERED = 0.2
"""At least this share of rows is shown without its evidence, where the recipe does so at all."""

_OF_ANSWERS = ("sft", "mixed")
"""Objectives whose held-out loss is that of answers, so that they can be compared."""


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Examples to answer, what the objective learns of them where that is not their answers, and
    the wording of the data set, by which statements are told.

    `measured` is the objective where it has measures of its own, with what it is to measure on.
    """

    examples: list[Example]
    losses_on: list[Rendered] | None
    wording: Wording
    measured: tuple[Measured, RoundTask] | None = None

    @property
    def goal(self) -> Goal:
        """Return the measure that a round on this must better."""
        return self.measured[0].goal if self.measured else LOSS


def measure(
    student: Student, rows: HeldOut, recipe: Recipe, tools: TextTools, progress: Progress = silent
) -> Measurement:
    """Score a student on held-out rows, and by the measures of the objective's own."""
    if rows.measured is None:
        return _measure_reading(student, rows, recipe, tools, progress)
    objective, task = rows.measured
    own = objective.measure(student, replace(task, progress=progress))
    read = Measurement({})
    if not rows.goal.alone:
        read = _measure_reading(student, rows, recipe, tools, progress)
    unspoken = {name: ("",) * len(pairs) for name, pairs in own.items()}
    return replace(
        read,
        rows={**read.rows, **own},
        languages={**read.languages, **unspoken},
        goal=rows.goal,
        own=tuple(own),
    )


def _measure_reading(
    student: Student, rows: HeldOut, recipe: Recipe, tools: TextTools, progress: Progress
) -> Measurement:
    return evaluate.measure(
        student,
        rows.examples,
        recipe.evaluation,
        tools,
        losses_on=rows.losses_on,
        precision=recipe.precision,
        wording=rows.wording,
        progress=progress,
    )


def choose(
    data: Dataset,
    recipe: Recipe,
    number: int,
    tokenizer: "PreTrainedTokenizerBase",
    tools: TextTools,
    home: Path,
) -> HeldOut:
    """Return what a round of the recipe is scored on; the same for the same data and recipe.

    Raises FinetuneError where no validation row can be shown to the model.
    """
    rows = _sample(data.validation, recipe.evaluation.rows, recipe.seed)
    shown = replace(
        recipe,
        uncovered=max(recipe.uncovered, UNCOVERED) if recipe.uncovered else 0.0,
        rehearsal=0.0,
    )
    made, report = make_examples(rows, data.validation, tokenizer, shown, recipe.seed, tools)
    # a template that rewrites turns makes several of a dialogue: the last answer counts
    examples = list({one.id: one for one in made}.values())
    if not examples:
        why = ", ".join(f"{reason} ({count})" for reason, count in report.left_out.items())
        raise FinetuneError(
            f"No validation row of {data.folder} can be shown to the model: {why or 'none'}.",
            where="--data",
            remedy="Make other data, raise the recipe's max_tokens, or mend the base's chat "
            "template, whichever the reason names.",
        )
    plan, wording = recipe.round(number), _wording(data, tools)
    objective = objective_of(plan)
    if isinstance(objective, Measured):
        task = RoundTask(shown, number, home, data, tools)
        return HeldOut(examples, None, wording, (objective, task))
    losses_on = None
    if plan.objective not in _OF_ANSWERS:
        own = replace(data, train=tuple(rows))
        losses_on, _ = objective.examples(ExampleSource(own, tokenizer, shown, recipe.seed, tools))
    if isinstance(objective, BringsRows):
        losses_on = [*(losses_on or []), *objective.held_out_documents(home, tokenizer, shown)]
    return HeldOut(examples, losses_on, wording)


def _wording(data: Dataset, tools: TextTools) -> Wording:
    rows = (*data.train, *data.validation)
    remarks: set[str] = set()
    for row in rows:
        remarks |= stated.remarks_of(row.messages[-1]["content"], row.support or (), tools)
    quotes = (source.quote for row in rows for source in row.sources)
    return Wording(frozenset(stated.known_names(quotes)), frozenset(remarks))


def _sample(rows: Sequence[Row], count: int, seed: int) -> list[Row]:
    """Return the same rows for the same data, both languages alike where there are enough."""
    order = sorted(rows, key=lambda row: row.id)
    random.Random(seed).shuffle(order)
    spoken = [[row for row in order if row.language == one] for one in ("en", "zh")]
    turns = chain.from_iterable(zip_longest(*spoken))
    return [row for row in turns if row is not None][:count]
