"""Supervised fine-tuning: learn the answers of lessons, never their prompts.

rows -> evidence and question as the prompt -> loss on the answer's tokens
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from finetune.dataset import Dataset
from finetune.recipe import Recipe
from finetune.rows.examples import ExampleReport, make_examples
from finetune.templates.rendering import Rendered
from finetune.text_tools import TextTools
from finetune.training.token_loss import token_losses

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


@dataclass(frozen=True, slots=True)
class SupervisedFinetuning:
    """Answers over evidence, with the recipe's share of reading drills among them."""

    losses = staticmethod(token_losses)

    def examples(
        self,
        data: Dataset,
        tokenizer: "PreTrainedTokenizerBase",
        recipe: Recipe,
        seed: int,
        tools: TextTools,
    ) -> tuple[list[Rendered], ExampleReport]:
        """Return the training rows as dialogues whose answers are to be learned."""
        shown, report = make_examples(data.train, data.train, tokenizer, recipe, seed, tools)
        examples = [example.tokens for example in shown]
        if recipe.rehearsal:
            from finetune.mini import reading_score

            count = round(len(examples) * recipe.rehearsal / (1 - recipe.rehearsal))
            examples += reading_score.rehearsal(tokenizer, count, recipe.max_tokens, seed)
        return examples, report
