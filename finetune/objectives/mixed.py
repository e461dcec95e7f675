"""Lessons and plain texts in one round: what rounds in stages are to be better than.

rows -> answers over evidence, as sft shows them + texts, as pretraining does -> one loss
"""

import random
from dataclasses import dataclass

from finetune.objectives.objective_protocols import Examples, ExampleSource
from finetune.objectives.pretrain import Pretraining
from finetune.objectives.sft import SupervisedFinetuning
from finetune.recipes.recipe_values import demand
from finetune.training.token_loss import token_losses


@dataclass(frozen=True, slots=True)
class Mixed:
    """Lessons with plain texts among them; `text_share` is the share of tokens that are texts."""

    text_share: float = 0.33

    losses = staticmethod(token_losses)

    def __post_init__(self) -> None:
        share = self.text_share
        demand(0 <= share < 1, "settings.text_share", share, "at least 0 and below 1")

    def examples(self, source: ExampleSource) -> Examples:
        """Return the training rows as dialogues, and as many of their texts as the share says."""
        lessons, report = SupervisedFinetuning().examples(source)
        texts, _ = Pretraining().examples(source)
        random.Random(source.seed).shuffle(texts)
        room = sum(len(one.ids) for one in lessons) * self.text_share / (1 - self.text_share)
        shown = list(lessons)
        for one in texts:
            room -= len(one.ids)
            if room < 0:
                break
            shown.append(one)
        return shown, report
