"""Supervised fine-tuning: learn the answers of lessons, never their prompts.

rows -> evidence and question as the prompt -> loss on the answer's tokens
"""

from collections.abc import Sequence
from dataclasses import dataclass

from finetune.dataset import Row
from finetune.objectives.objective_protocols import Examples, ExampleSource
from finetune.rows import balance, shared_evidence
from finetune.rows.examples import make_examples
from finetune.templates import rendering
from finetune.training.token_loss import token_losses


@dataclass(frozen=True, slots=True)
class SupervisedFinetuning:
    """Answers over evidence, with the recipe's share of reading drills among them."""

    losses = staticmethod(token_losses)

    def examples(self, source: ExampleSource) -> Examples:
        """Return the training rows as dialogues whose answers are to be learned."""
        data, tokenizer, recipe, seed = source.data, source.tokenizer, source.recipe, source.seed
        rows = list(data.train)
        if recipe.balance:
            rows = balance.level(rows, recipe.balance, seed)
        if recipe.questions > 1:
            rows = self._joined(source, rows)
        shown, report = make_examples(rows, data.train, tokenizer, recipe, seed, source.tools)
        examples = [example.tokens for example in shown]
        if recipe.rehearsal:
            from finetune.mini import reading_score

            count = round(len(examples) * recipe.rehearsal / (1 - recipe.rehearsal))
            examples += reading_score.rehearsal(tokenizer, count, recipe.max_tokens, seed)
        return examples, report

    def _joined(self, source: ExampleSource, rows: Sequence[Row]) -> list[Row]:
        """Return training rows, several questions on one thing in one dialogue."""
        recipe = source.recipe

        def fits(row: Row) -> bool:
            shown = rendering.render_dialogue(source.tokenizer, row.messages)
            return len(shown[-1].ids) <= recipe.max_tokens

        return shared_evidence.join(rows, recipe.questions, recipe.distractors, source.seed, fits)
