"""Reward model: give the better answer of a pair the higher score, by trl's RewardTrainer.

    pairs -> evidence and question, both answers -> base with a head of one output -> RewardTrainer
    -> held-out measure: share of unseen pairs that are ordered right

What it makes scores answers and writes none: it is never promoted, and no round writes on from it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from finetune.adapters import TOLERANCE, Adapter, SelfTest
from finetune.dataset import Dataset, ExampleReport
from finetune.evaluate import Pair
from finetune.model import Student
from finetune.objectives import reward_model, trl_training
from finetune.objectives.objective_protocols import RoundTask
from finetune.objectives.trl_training import TrlTraining
from finetune.recipe import Recipe
from finetune.recipes.recipe_values import demand
from finetune.rows import answer_pairs
from finetune.rows.answer_pairs import ShownPair
from finetune.scoring.goals import Goal
from finetune.templates.rendering import Rendered
from finetune.text_tools import TextTools
from finetune.trainer import TrainingRun
from finetune.training.round_progress import Tick

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

_TESTED = 8


@dataclass(frozen=True, slots=True)
class RewardModelling:
    """Pairs of a better and a worse answer; `center` holds the mean score near zero.

    `feedback` is a file that `medchat feedback export` wrote.
    """

    center: float = 0.01
    feedback: str = ""

    goal: ClassVar[Goal] = Goal(
        "ordered", "unseen pairs that are ordered right", items="pairs", alone=True
    )

    def __post_init__(self) -> None:
        demand(self.center >= 0, "settings.center", self.center, "0 or more")

    def files(self, folder: Path) -> list[Path]:
        """Return the files that hold the pairs."""
        return answer_pairs.files(folder, self.feedback)

    def examples(
        self,
        data: Dataset,
        tokenizer: "PreTrainedTokenizerBase",
        recipe: Recipe,
        seed: int,
        tools: TextTools,
    ) -> tuple[list[Rendered], ExampleReport]:
        """Return both sides of each training pair as dialogues."""
        pairs, report = self._training(data, tokenizer, recipe, seed, tools)
        return answer_pairs.both_sides(pairs), report

    def open(self, recipe: Recipe, base: str, parent: Adapter | None) -> Student:
        """Return a base with a head of one output, its adapter going on from the parent's."""
        return reward_model.start(base, recipe.lora, parent, recipe.precision, recipe.seed)

    def train(self, student: Student, task: RoundTask) -> TrainingRun:
        """Train by trl's RewardTrainer."""
        from trl.trainer.reward_config import RewardConfig
        from trl.trainer.reward_trainer import RewardTrainer

        pairs, _ = self._training(task.data, student.tokenizer, task.recipe, task.seed, task.tools)
        rows = [
            {
                "chosen_ids": [*pair.prompt_ids, *pair.chosen_ids],
                "rejected_ids": [*pair.prompt_ids, *pair.rejected_ids],
            }
            for pair in pairs
        ]
        sizes = [pair.tokens for pair in pairs]
        at_a_step, at_once = trl_training.rows_a_step(sizes, task.plan, student.device)
        settings = {"max_length": None, "center_rewards_coefficient": self.center or None}
        return trl_training.fit(
            student,
            TrlTraining(RewardTrainer, RewardConfig, rows, at_a_step, at_once, settings),
            task.plan,
            seed=task.seed,
            precision=task.recipe.precision,
            checkpoint=task.checkpoint,
            progress=task.progress,
        )

    def measure(self, student: Student, task: RoundTask) -> Mapping[str, tuple[Pair, ...]]:
        """Return whether the better answer of each unseen pair has the higher score."""
        pairs = answer_pairs.held_out(task, student.tokenizer, self.feedback)
        task.progress(Tick("compare", 0, len(pairs)))
        dialogues = [one.ids for one in answer_pairs.both_sides(pairs)]
        found = reward_model.scores(student, dialogues, task.recipe.precision)
        task.progress(Tick("compare", len(pairs), len(pairs)))
        margins = [better - worse for better, worse in zip(found[::2], found[1::2], strict=True)]
        return answer_pairs.by_kind(self.goal.measure, pairs, margins)

    def save(self, student: Student, folder: Path) -> None:
        """Write adapter and head."""
        reward_model.save(student, folder)

    def self_test(self, student: Student, folder: Path, task: RoundTask) -> SelfTest:
        """Load the saved adapter and head beside those in memory, and compare their scores."""
        pairs = answer_pairs.held_out(task, student.tokenizer, self.feedback)[:_TESTED]
        dialogues = [one.ids for one in answer_pairs.both_sides(pairs)]
        found = reward_model.compare(student, folder, dialogues, task.recipe.precision)
        difference, change = found
        return SelfTest(difference, change, 0.0, difference <= TOLERANCE < change)

    def _training(
        self,
        data: Dataset,
        tokenizer: "PreTrainedTokenizerBase",
        recipe: Recipe,
        seed: int,
        tools: TextTools,
    ) -> tuple[list[ShownPair], ExampleReport]:
        return answer_pairs.training(data, tokenizer, recipe, seed, tools, self.feedback)
