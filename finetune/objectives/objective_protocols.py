"""What an objective is: what it shows of a data set, how it trains, and what it is measured by.

    examples -> losses for trainer.fit, or a training of its own -> a measure, or the loss

An objective is a frozen dataclass whose fields a recipe sets under `settings`. All objectives have
`examples`; whether they have the rest is asked with isinstance.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from finetune.adapters import Adapter, SelfTest
from finetune.dataset import Dataset
from finetune.evaluate import Pair
from finetune.model import Student
from finetune.packing import Packed, Packing
from finetune.recipe import Recipe, RoundPlan
from finetune.rows.examples import ExampleReport
from finetune.scoring.goals import Goal
from finetune.templates.rendering import Rendered
from finetune.text_tools import TextTools
from finetune.trainer import Checkpoint, TrainingRun
from finetune.training.round_progress import Progress, silent

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedTokenizerBase


@dataclass(frozen=True, slots=True)
class ExampleSource:
    """What examples are made of: a data set, and how a recipe shows it."""

    data: Dataset
    tokenizer: "PreTrainedTokenizerBase"
    recipe: Recipe
    seed: int
    tools: TextTools


Examples = tuple[list[Rendered], ExampleReport]
"""What the model will see of a data set, and what became of its rows."""


@dataclass(frozen=True, slots=True)
class RoundTask:
    """What a round's objective is to work on; `recipe` shows rows with the round's own share."""

    recipe: Recipe
    number: int
    home: Path
    data: Dataset
    tools: TextTools
    parent: Adapter | None = None
    checkpoint: Checkpoint | None = None
    progress: Progress = silent

    @property
    def plan(self) -> RoundPlan:
        """Return the round's own part of the recipe."""
        return self.recipe.round(self.number)

    @property
    def seed(self) -> int:
        """Return the round's seed."""
        return self.recipe.seed_of(self.number)

    def source(self, tokenizer: "PreTrainedTokenizerBase") -> ExampleSource:
        """Return what the round's examples are made of."""
        return ExampleSource(self.data, tokenizer, self.recipe, self.seed, self.tools)


class Objective(Protocol):
    """What a round optimises."""

    def examples(self, source: ExampleSource) -> Examples:
        """Return what the model will see of a dataset, and what became of its rows."""


@runtime_checkable
class LearnsByLosses(Protocol):
    """An objective that `trainer.fit` optimises: its examples are packed and give losses."""

    def losses(self, network: Any, row: Packed, device: "torch.device") -> "torch.Tensor":  # noqa: ANN401
        """Return one loss for each of the `row.learned` items; a step takes the mean of all."""


@dataclass(frozen=True, slots=True)
class RoundSize:
    """How much a round takes: its steps, and the rows and tokens that go through in all of them."""

    steps: int
    rows: int
    tokens: int


@runtime_checkable
class TrainsItself(Protocol):
    """An objective with a training of its own, such as one of trl (see `trl_training`)."""

    def size(self, plan: RoundPlan, shown: Sequence[Rendered], device: "torch.device") -> RoundSize:
        """Return how much a round takes on what `examples` shows of its data, at most."""

    def train(self, student: Student, task: RoundTask) -> TrainingRun:
        """Train what is trainable in a student, in place."""


@runtime_checkable
class Measured(Protocol):
    """An objective with a held-out measure of its own; others are measured by their loss.

    `goal` says which of the measures must get better for a round to pass.
    """

    @property
    def goal(self) -> Goal:
        """Return the goal."""

    def measure(self, student: Student, task: RoundTask) -> Mapping[str, tuple[Pair, ...]]:
        """Return each measure by its name: what each held-out item adds to it."""


@runtime_checkable
class BringsRows(Protocol):
    """An objective that learns from more rows than its examples, read as they come."""

    def more_rows(
        self, home: Path, tokenizer: "PreTrainedTokenizerBase", recipe: Recipe
    ) -> Packing | None:
        """Return the rows, or None where there are none."""

    def held_out_documents(
        self, home: Path, tokenizer: "PreTrainedTokenizerBase", recipe: Recipe
    ) -> list[Rendered]:
        """Return what the loss is measured on, beside the held-out rows."""


@runtime_checkable
class MakesAnother(Protocol):
    """An objective that makes another thing than an adapter to write with, such as a scorer."""

    def open(self, recipe: Recipe, base: str, parent: Adapter | None) -> Student:
        """Return what is to be trained."""

    def save(self, student: Student, folder: Path) -> None:
        """Write what was trained, less the manifest."""

    def self_test(self, student: Student, folder: Path, task: RoundTask) -> SelfTest:
        """Load what was saved and hold it against the student in memory."""


@runtime_checkable
class NeedsReward(Protocol):
    """An objective whose answers are judged by something that must be there."""

    def demand_reward(self, home: Path) -> None:
        """Raise FinetuneError where what judges is not in the home."""


@runtime_checkable
class ReadsFiles(Protocol):
    """An objective that reads more than the rows of a data set."""

    def files(self, folder: Path) -> list[Path]:
        """Return the files that it reads besides, which are part of what a round is made from."""
