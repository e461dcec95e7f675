"""Preference: raise the better answer of a pair above the worse one (DPO and its kin, by trl).

    pairs -> evidence and question, both answers -> log-probabilities of the round's start as the
    reference -> DPOTrainer -> held-out measure: share of unseen pairs whose better side is likelier

The reference is the policy that the round starts from: after a round of sft that is its adapter,
not the bare base. Its log-probabilities are computed once, before the first step.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from finetune.architectures import architecture
from finetune.evaluate import Pair
from finetune.model import Student
from finetune.objectives import trl_training
from finetune.objectives.objective_protocols import RoundTask
from finetune.objectives.pair_objective import PairObjective
from finetune.objectives.trl_training import TrlTraining
from finetune.probes import likelihoods
from finetune.probes.likelihoods import Ending
from finetune.recipes.recipe_values import demand
from finetune.rows import answer_pairs
from finetune.rows.answer_pairs import ShownPair
from finetune.scoring.goals import Goal
from finetune.trainer import TrainingRun
from finetune.training.round_progress import Tick

if TYPE_CHECKING:
    pass

LOSSES = (
    "sigmoid", "sigmoid_norm", "hinge", "ipo", "robust", "exo_pair", "nca_pair", "sppo_hard",
    "apo_zero", "apo_down", "discopop",
)  # fmt: skip
"""The losses of trl that keep no state of their own from step to step, by trl's names."""

_SMOOTHED = ("robust", "exo_pair")
_CHUNK = 64


@dataclass(frozen=True, slots=True)
class Preference(PairObjective):
    """Pairs of a better and a worse answer; `beta` is how dearly leaving the reference is paid.

    `sft_weight` adds so much of the better answer's own loss, which keeps it likely.
    """

    loss: str = "sigmoid"
    beta: float = 0.1
    label_smoothing: float = 0.0
    sft_weight: float = 0.0

    goal: ClassVar[Goal] = Goal(
        "preferred", "unseen pairs whose better answer is the likelier", items="pairs"
    )

    def __post_init__(self) -> None:
        demand(self.loss in LOSSES, "settings.loss", self.loss, f"one of {', '.join(LOSSES)}")
        demand(self.beta > 0, "settings.beta", self.beta, "greater than 0")
        demand(self.sft_weight >= 0, "settings.sft_weight", self.sft_weight, "0 or more")
        smooth, key = self.label_smoothing, "settings.label_smoothing"
        if self.loss in _SMOOTHED:
            least = "from 0 to below 0.5" if self.loss == "robust" else "above 0 and below 0.5"
            demand(0 <= smooth < 0.5 and (smooth > 0 or self.loss == "robust"), key, smooth, least)
        else:
            demand(smooth == 0, key, smooth, f"0 where the loss is not {' or '.join(_SMOOTHED)}")

    def train(self, student: Student, task: RoundTask) -> TrainingRun:
        """Train by trl's DPOTrainer against the student as it is now."""
        from trl.trainer.dpo_config import DPOConfig

        pairs = self.training_pairs(task, student.tokenizer)
        sizes = [pair.tokens for pair in pairs]
        at_a_step, at_once = trl_training.rows_a_step(sizes, task.plan, student.device)
        pairs = trl_training.drawn(pairs, task.plan, at_a_step, task.seed)
        chosen, rejected = log_likelihoods(student, pairs, task)
        rows = [
            {
                "prompt_ids": pair.prompt_ids,
                "chosen_ids": pair.chosen_ids,
                "rejected_ids": pair.rejected_ids,
                "ref_chosen_logps": better,
                "ref_rejected_logps": worse,
            }
            for pair, better, worse in zip(pairs, chosen, rejected, strict=True)
        ]
        losses = [self.loss, *(["sft"] if self.sft_weight else [])]
        training = TrlTraining(
            _trainer(),
            DPOConfig,
            rows,
            at_a_step,
            at_once,
            {
                "loss_type": losses,
                "loss_weights": [1.0, self.sft_weight][: len(losses)],
                "beta": self.beta,
                "label_smoothing": self.label_smoothing,
                "max_length": None,  # nothing is cut: what is too long was left out
                "precompute_ref_log_probs": True,
                "disable_dropout": not task.recipe.lora.dropout,
            },
            {"ref_model": _stand_in(student)},
        )
        return trl_training.train(student, training, task)

    def measure(self, student: Student, task: RoundTask) -> Mapping[str, tuple[Pair, ...]]:
        """Return whether the better answer of each unseen pair is the likelier, token by token.

        Log-likelihoods are divided by the number of tokens: a sum falls with each token, so that
        it would prefer the shorter answer, which a refusal or an incomplete one is.
        """
        pairs = self.held_out_pairs(task, student.tokenizer)
        chosen, rejected = log_likelihoods(student, pairs, task)
        margins = [
            better / len(pair.chosen_ids) - worse / len(pair.rejected_ids)
            for pair, better, worse in zip(pairs, chosen, rejected, strict=True)
        ]
        return answer_pairs.by_kind(self.goal.measure, pairs, margins)


def log_likelihoods(
    student: Student, pairs: Sequence[ShownPair], task: RoundTask
) -> tuple[list[float], list[float]]:
    """Return the log-likelihood of each better and each worse answer, summed over its tokens."""
    student.model.eval()
    found: tuple[list[float], list[float]] = [], []
    for first in range(0, len(pairs), _CHUNK):
        some = pairs[first : first + _CHUNK]
        sides = [one.chosen_ids for one in some], [one.rejected_ids for one in some]
        for sums, answers in zip(found, sides, strict=True):
            endings = [
                Ending([*one.prompt_ids, *answer], len(one.prompt_ids))
                for one, answer in zip(some, answers, strict=True)
            ]
            sums += likelihoods.sums(student, endings, task.recipe.precision)
        task.progress(Tick("compare", first + len(some), len(pairs)))
    return found


def _trainer() -> type[Any]:
    """Return trl's trainer for rows that are token ids and bring their reference."""
    from trl.trainer.dpo_trainer import DPOTrainer

    def as_given(self: object, dataset: object, *rest: object) -> object:
        return dataset

    return type(
        DPOTrainer.__name__,
        (DPOTrainer,),
        {"_prepare_dataset": as_given, "_precompute_ref_logps": as_given},
    )


def _stand_in(student: Student) -> Any:  # noqa: ANN401
    """Return what stands for a reference model that is never asked.

    Without any, trl would copy the adapter, for which the rows bring the answers already.
    """
    import torch

    class Answered(torch.nn.Module):
        config = architecture.inner(student.model).config

    return Answered()
