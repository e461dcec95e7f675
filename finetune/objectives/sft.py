"""Supervised fine-tuning: learn the answers of lessons, never their prompts.

rows -> evidence and question as the prompt -> loss on the answer's tokens
"""

from dataclasses import dataclass

from finetune.objectives.objective_protocols import Examples, ExampleSource
from finetune.rows.examples import make_examples
from finetune.training.token_loss import token_losses


@dataclass(frozen=True, slots=True)
class SupervisedFinetuning:
    """Answers over evidence, with the recipe's share of reading drills among them."""

    losses = staticmethod(token_losses)

    def examples(self, source: ExampleSource) -> Examples:
        """Return the training rows as dialogues whose answers are to be learned."""
        data, tokenizer, recipe, seed = source.data, source.tokenizer, source.recipe, source.seed
        rows = data.train
        shown, report = make_examples(rows, rows, tokenizer, recipe, seed, source.tools)
        examples = [example.tokens for example in shown]
        if recipe.rehearsal:
            from finetune.mini import reading_score

            count = round(len(examples) * recipe.rehearsal / (1 - recipe.rehearsal))
            examples += reading_score.rehearsal(tokenizer, count, recipe.max_tokens, seed)
        return examples, report
