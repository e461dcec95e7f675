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
from finetune.evaluate import Pair
from finetune.model import Student
from finetune.objectives import reward_model, trl_training
from finetune.objectives.objective_protocols import RoundTask
from finetune.objectives.pair_objective import PairObjective
from finetune.objectives.trl_training import TrlTraining
from finetune.recipe import Recipe
from finetune.recipes.recipe_values import demand
from finetune.rows import answer_pairs
from finetune.scoring.goals import Goal
from finetune.trainer import TrainingRun
from finetune.training.round_progress import Tick

if TYPE_CHECKING:
    pass

_TESTED = 8


@dataclass(frozen=True, slots=True)
class RewardModelling(PairObjective):
    """Pairs of a better and a worse answer; `center` holds the mean score near zero."""

    center: float = 0.01

    goal: ClassVar[Goal] = Goal(
        "ordered", "unseen pairs that are ordered right", items="pairs", alone=True
    )

    def __post_init__(self) -> None:
        demand(self.center >= 0, "settings.center", self.center, "0 or more")

    def open(self, recipe: Recipe, base: str, parent: Adapter | None) -> Student:
        """Return a base with a head of one output, its adapter going on from the parent's."""
        return reward_model.start(base, recipe.lora, parent, recipe.precision, recipe.seed)

    def train(self, student: Student, task: RoundTask) -> TrainingRun:
        """Train by trl's RewardTrainer."""
        from trl.trainer.reward_config import RewardConfig
        from trl.trainer.reward_trainer import RewardTrainer

        pairs = self.training_pairs(task, student.tokenizer)
        rows = [
            {
                "chosen_ids": [*pair.prompt_ids, *pair.chosen_ids],
                "rejected_ids": [*pair.prompt_ids, *pair.rejected_ids],
            }
            for pair in pairs
        ]
        sizes = [pair.tokens for pair in pairs]
        at_a_step, at_once = trl_training.rows_a_step(sizes, task.plan, student.device)
        settings = {
            "max_length": None,
            "center_rewards_coefficient": self.center or None,
            "disable_dropout": not task.recipe.lora.dropout,
        }
        training = TrlTraining(RewardTrainer, RewardConfig, rows, at_a_step, at_once, settings)
        return trl_training.train(student, training, task)

    def measure(self, student: Student, task: RoundTask) -> Mapping[str, tuple[Pair, ...]]:
        """Return whether the better answer of each unseen pair has the higher score."""
        pairs = self.held_out_pairs(task, student.tokenizer)
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
        pairs = self.held_out_pairs(task, student.tokenizer)[:_TESTED]
        dialogues = [one.ids for one in answer_pairs.both_sides(pairs)]
        found = reward_model.compare(student, folder, dialogues, task.recipe.precision)
        difference, change = found
        return SelfTest(difference, change, 0.0, difference <= TOLERANCE < change)
