"""Continued pretraining: learn every token of plain text, that of files and that of the rows.

    rows -> quotes and answers, each once -> pieces of at most max_tokens -> loss on all tokens
    files -> memory-mapped shards in the home, built once -> rows of max_tokens, read as they come

The held-out measure is the loss a token on held-out documents, and on the texts of held-out rows.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from finetune.dataset import Row
from finetune.objectives.objective_protocols import Examples, ExampleSource
from finetune.packing import Packing
from finetune.recipe import Recipe
from finetune.rows import text_shards
from finetune.rows.examples import ExampleReport
from finetune.templates.rendering import Rendered
from finetune.training.token_loss import token_losses

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


@dataclass(frozen=True, slots=True)
class Pretraining:
    """Plain text, without roles or prompts; `texts` are files, or folders of them, beside rows."""

    texts: tuple[str, ...] = ()

    losses = staticmethod(token_losses)

    def files(self, folder: Path) -> list[Path]:
        """Return the files of texts."""
        return text_shards.files_of(self.texts)

    def examples(self, source: ExampleSource) -> Examples:
        """Return the texts of the training rows, each ended, as tokens that are all learned."""
        rows, tokenizer, most = source.data.train, source.tokenizer, source.recipe.max_tokens
        end = int(tokenizer.eos_token_id)
        examples = []
        for text in _texts(rows):
            ids = [*tokenizer(text, add_special_tokens=False)["input_ids"], end]
            for start in range(0, len(ids), most):
                piece = ids[start : start + most]
                examples.append(Rendered(piece, [True] * len(piece)))
        return examples, ExampleReport(rows=len(rows), kept=len(rows))

    def more_rows(
        self, home: Path, tokenizer: "PreTrainedTokenizerBase", recipe: Recipe
    ) -> Packing | None:
        """Return the rows of the files' training documents; None where no files are named."""
        files = text_shards.files_of(self.texts)
        if not files:
            return None
        return text_shards.build(home, files, tokenizer).packing(recipe.max_tokens)

    def held_out_documents(
        self, home: Path, tokenizer: "PreTrainedTokenizerBase", recipe: Recipe
    ) -> list[Rendered]:
        """Return the beginnings of the files' held-out documents."""
        files = text_shards.files_of(self.texts)
        if not files:
            return []
        shards = text_shards.build(home, files, tokenizer)
        return shards.held_out_documents(recipe.max_tokens, recipe.evaluation.rows)


def _texts(rows: Iterable[Row]) -> Iterator[str]:
    seen: set[str] = set()
    for row in rows:
        quotes = [source.quote for source in row.sources]
        answers = [one["content"] for one in row.messages if one["role"] == "assistant"]
        for text in (*quotes, *answers):
            if text and text not in seen:
                seen.add(text)
                yield text
