"""What all objectives on pairs of answers have in common: which pairs they read and show."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from finetune.objectives.objective_protocols import Examples, ExampleSource, RoundTask
from finetune.rows import answer_pairs
from finetune.rows.answer_pairs import ShownPair

if TYPE_CHECKING:
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
