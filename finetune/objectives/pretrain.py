"""Continued pretraining: learn every token of the rows' plain text.

rows -> quotes and answers, each once -> pieces of at most max_tokens -> loss on all tokens
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from finetune.dataset import Dataset, ExampleReport, Row
from finetune.recipe import Recipe
from finetune.rendering import Rendered
from finetune.text_tools import TextTools
from finetune.token_loss import token_losses

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


@dataclass(frozen=True, slots=True)
class Pretraining:
    """Plain text, without roles or prompts."""

    losses = staticmethod(token_losses)

    def examples(
        self,
        data: Dataset,
        tokenizer: "PreTrainedTokenizerBase",
        recipe: Recipe,
        seed: int,
        tools: TextTools,
    ) -> tuple[list[Rendered], ExampleReport]:
        """Return the texts of the training rows, each ended, as tokens that are all learned."""
        end = int(tokenizer.eos_token_id)
        examples = []
        for text in _texts(data.train):
            ids = [*tokenizer(text, add_special_tokens=False)["input_ids"], end]
            for start in range(0, len(ids), recipe.max_tokens):
                piece = ids[start : start + recipe.max_tokens]
                examples.append(Rendered(piece, [True] * len(piece)))
        return examples, ExampleReport(rows=len(data.train), kept=len(data.train))


def _texts(rows: Iterable[Row]) -> Iterator[str]:
    seen: set[str] = set()
    for row in rows:
        quotes = [source.quote for source in row.sources]
        answers = [one["content"] for one in row.messages if one["role"] == "assistant"]
        for text in (*quotes, *answers):
            if text and text not in seen:
                seen.add(text)
                yield text
