"""A reward model as the reward of reinforcement (Ouyang et al., "InstructGPT", 2022).

    reward round -> RewardModel -> score of an answer -> share from 0 to 1

A score is a logit: its sigmoid is how likely the answer is to win against one that scores 0.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from finetune import adapters
from finetune.adapters import Adapter
from finetune.objectives import reward_model
from finetune.objectives.reward_model import RewardModel
from finetune.objectives.rewards import Scored
from finetune.recipe import Precision
from finetune.rows.examples import Example

_WHERE = "settings.reward"


@dataclass(frozen=True, slots=True)
class AnyQuestion:
    """Takes every example as a question; what scores the answers is opened when they are there."""

    def why_not(self, examples: Sequence[Example]) -> list[str]:
        """Return an empty text for each example: a model scores any answer."""
        return [""] * len(examples)

    def score(self, examples: Sequence[Example], answers: Sequence[str]) -> list[Scored]:
        """Return no worth for any answer."""
        return [Scored(0.0) for _ in zip(examples, answers, strict=True)]


@dataclass(frozen=True, slots=True)
class ModelReward(AnyQuestion):
    """Scores answers by a finished reward model."""

    judge: RewardModel

    def score(self, examples: Sequence[Example], answers: Sequence[str]) -> list[Scored]:
        """Return what each answer is worth, from 0 to 1, with its score."""
        scores = self.judge.scores(
            [(one.prompt, text) for one, text in zip(examples, answers, strict=True)]
        )
        return [Scored((1 + math.tanh(score / 2)) / 2, parts={"score": score}) for score in scores]


def judge_of(home: Path, name: str) -> Adapter:
    """Return the reward model of the round `name`; FinetuneError where there is none."""
    adapter = adapters.named(home, name, _WHERE)
    reward_model.demand(adapter, _WHERE)
    return adapter


def load(home: Path, name: str, precision: Precision) -> ModelReward:
    """Open the reward model of the round `name`; FinetuneError where there is none."""
    return ModelReward(reward_model.load(home, judge_of(home, name), precision))
