"""Compute BERTScore: how near each token of an answer is to one of its reference, by an encoder.

    texts -> hidden states of their tokens -> cosines -> the best match of each token -> F1

Zhang et al., "BERTScore: Evaluating Text Generation with BERT", ICLR 2020: greedy matching, without
weights by frequency and without rescaling, on the encoder's last layer. Values of two encoders do
not compare.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from finetune.errors import FinetuneError
from finetune.model import quiet

if TYPE_CHECKING:
    import torch

_ROWS = 32


class Encoder:
    """A BERT or another encoder of transformers or sentence-transformers, from a local folder."""

    def __init__(self, folder: Path) -> None:
        """Open it; FinetuneError where the folder holds none."""
        from transformers import AutoModel, AutoTokenizer

        inner = folder / "0_Transformer"  # older sentence-transformers keep the model there
        place = inner if inner.is_dir() else folder
        if not (place / "config.json").is_file():
            raise FinetuneError(
                f"The folder {folder} holds no encoder.",
                where="--encoder",
                remedy="Give the folder of a transformers or sentence-transformers model.",
            )
        try:
            given: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}
            with quiet():
                self._tokenizer = AutoTokenizer.from_pretrained(place, **given)
                network = AutoModel.from_pretrained(place, use_safetensors=True, **given)
            self._network = network.eval()
        except (OSError, ValueError, KeyError) as error:
            raise FinetuneError(
                f"The encoder in {folder} cannot be opened: {str(error).splitlines()[0]}",
                where="--encoder",
                remedy="Give the folder of a transformers or sentence-transformers model.",
            ) from error
        if self._network.config.is_encoder_decoder or self._reads_one_way():
            raise FinetuneError(
                f"The model in {folder} is no encoder: its tokens do not see what stands after "
                "them.",
                where="--encoder",
                remedy="Give the folder of BERT or another model that reads both ways.",
            )
        positions = getattr(self._network.config, "max_position_embeddings", 512)
        self._most = max(min(int(positions) - 2, 512), 8)

    def _reads_one_way(self) -> bool:
        """Say whether what follows a token leaves its state as it is."""
        import torch

        some = torch.arange(6)[None] % int(self._network.config.vocab_size)
        others = some.clone()
        others[0, -1] = 0
        with torch.inference_mode():
            first, second = (
                self._network(input_ids=ids).last_hidden_state[0, 0] for ids in (some, others)
            )
        return bool(torch.equal(first, second))

    def states(self, texts: Sequence[str]) -> "Iterator[torch.Tensor]":
        """Yield the unit vectors of each text's tokens, without its special ones."""
        import torch

        for first in range(0, len(texts), _ROWS):
            batch = self._tokenizer(
                list(texts[first : first + _ROWS]),
                return_tensors="pt",
                padding=True,
                truncation=True,
                max_length=self._most,
                return_special_tokens_mask=True,
            )
            special = batch.pop("special_tokens_mask").bool() | ~batch["attention_mask"].bool()
            if not batch["input_ids"].numel():
                yield from (torch.empty(0, self._network.config.hidden_size) for _ in special)
                continue
            with torch.inference_mode():
                states = self._network(**batch).last_hidden_state
            for row, left_out in zip(states, special, strict=True):
                yield torch.nn.functional.normalize(row[~left_out].float(), dim=-1)


def f1(answers: Sequence[str], references: Sequence[str], encoder: Encoder) -> list[float]:
    """Return the F1 of each answer against its reference; 0 where either has no token."""
    pairs = zip(encoder.states(answers), encoder.states(references), strict=True)
    return [greedy_f1(said, wanted) for said, wanted in pairs]


def greedy_f1(said: "torch.Tensor", wanted: "torch.Tensor") -> float:
    """Return the F1 of unit vectors, (tokens, size) each."""
    if not len(said) or not len(wanted):
        return 0.0
    cosines = said @ wanted.T
    precision = float(cosines.max(1).values.mean())
    recall = float(cosines.max(0).values.mean())
    return 2 * precision * recall / (precision + recall) if precision + recall > 0 else 0.0
