"""Continue pretraining: learn every token of the rows' plain text.

rows -> texts, each once -> pieces of at most max_tokens, ended -> the loop of `sft`
"""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from finetune.dataset import Row
from finetune.rendering import Rendered

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


def pieces(
    rows: Iterable[Row], tokenizer: "PreTrainedTokenizerBase", max_tokens: int
) -> Iterator[Rendered]:
    """Yield the texts of rows, their quotes and their answers, as tokens to be learned."""
    end = int(tokenizer.eos_token_id)
    for text in _texts(rows):
        ids = [*tokenizer(text, add_special_tokens=False)["input_ids"], end]
        for start in range(0, len(ids), max_tokens):
            piece = ids[start : start + max_tokens]
            yield Rendered(piece, [True] * len(piece))


def _texts(rows: Iterable[Row]) -> Iterator[str]:
    seen: set[str] = set()
    for row in rows:
        quotes = [source.quote for source in row.sources]
        answers = [one["content"] for one in row.messages if one["role"] == "assistant"]
        for text in (*quotes, *answers):
            if text and text not in seen:
                seen.add(text)
                yield text
