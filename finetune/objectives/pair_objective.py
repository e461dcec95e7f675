"""What all objectives on pairs of answers have in common: which pairs they read and show."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from finetune.objectives import trl_training
from finetune.objectives.objective_protocols import Examples, ExampleSource, RoundSize, RoundTask
from finetune.recipe import RoundPlan
from finetune.rows import answer_pairs
from finetune.rows.answer_pairs import ShownPair
from finetune.templates.rendering import Rendered

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedTokenizerBase


@dataclass(frozen=True, slots=True, kw_only=True)
class PairObjective:
    """Learns from pairs; `feedback` is a file that `medchat feedback export` wrote."""

    feedback: str = ""

    def files(self, folder: Path) -> list[Path]:
        """Return the files that hold the pairs."""
        return answer_pairs.files(folder, self.feedback)

    def examples(self, source: ExampleSource) -> Examples:
        """Return both sides of each training pair as dialogues whose answers are learned from."""
        pairs, report = answer_pairs.training(source, self.feedback)
        return answer_pairs.both_sides(pairs), report

    def size(self, plan: RoundPlan, shown: Sequence[Rendered], device: "torch.device") -> RoundSize:
        """Return how much a round takes on pairs of dialogues that stand side by side."""
        pairs = zip(shown[::2], shown[1::2], strict=True)
        sizes = [len(better.ids) + len(worse.ids) for better, worse in pairs]
        if not sizes:
            return RoundSize(0, 0, 0)
        at_a_step, at_once = trl_training.rows_a_step(sizes, plan, device)
        steps = trl_training.count_steps(len(sizes), at_a_step, at_once, plan)
        taken = min(steps * at_a_step, len(sizes) * plan.epochs)
        return RoundSize(steps, 2 * taken, round(sum(sizes) / len(sizes) * taken))

    def training_pairs(
        self, task: RoundTask, tokenizer: "PreTrainedTokenizerBase"
    ) -> list[ShownPair]:
        """Return the pairs that a round trains on."""
        return answer_pairs.training(task.source(tokenizer), self.feedback)[0]

    def held_out_pairs(
        self, task: RoundTask, tokenizer: "PreTrainedTokenizerBase"
    ) -> list[ShownPair]:
        """Return the pairs that a round is measured on."""
        return answer_pairs.held_out(task, tokenizer, self.feedback)
