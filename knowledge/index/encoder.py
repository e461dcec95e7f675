"""Run a BERT sentence model without padding, in bfloat16 where the processor has it.

    texts -> tokens, longest first -> packed rows -> layers -> mean of each text -> unit vectors

A batch is one long row of tokens: linear layers see no padding, and attention stays within a text.
So a vector does not depend on what else is in its batch. Weights are bfloat16 where the processor
multiplies it, and float32 elsewhere; the cosine of the two is 0.9999, so that vectors made on two
machines can stand in one index. Models of other shapes are left to sentence-transformers.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import torch
    from numpy.typing import NDArray
    from tokenizers import Encoding, Tokenizer

TOKENS = 4096
"""Tokens of a batch: enough to keep the processor busy, few enough to stay in its cache."""

_SHORT = 64
"""A text of so many tokens alone is run by one thread: several would wait for one another longer
than they work, and on a busy machine twenty times as long."""

_SETTINGS = (
    "config.json",
    "modules.json",
    "1_Pooling/config.json",
    "sentence_bert_config.json",
)


@dataclass(frozen=True, slots=True)
class EncoderConfig:
    """What a model's folder says of it, in the names of its `config.json`."""

    hidden_size: int
    num_hidden_layers: int
    num_attention_heads: int
    layer_norm_eps: float
    longest: int
    first_token: bool
    """Whether a text's vector is that of its first token, not the mean of all."""


def read_config(folder: Path) -> EncoderConfig | None:
    """Return the shape of a model that this file can run, or None."""
    try:
        config, listed, pooling, sentences = (
            json.loads((folder / name).read_text(encoding="utf-8")) for name in _SETTINGS
        )
        modules = [module["type"].rsplit(".", 1)[-1] for module in listed]
        longest = int(sentences["max_seq_length"])
        ways = {name for name, on in pooling.items() if name.startswith("pooling_mode_") and on}
        known = (
            config["model_type"] == "bert"
            and config["hidden_act"] == "gelu"
            and config.get("position_embedding_type", "absolute") == "absolute"
            and modules == ["Transformer", "Pooling", "Normalize"]
            and (folder / "model.safetensors").is_file()
            and (folder / "tokenizer.json").is_file()
            and ways in ({"pooling_mode_mean_tokens"}, {"pooling_mode_cls_token"})
        )
        return (
            EncoderConfig(
                config["hidden_size"],
                config["num_hidden_layers"],
                config["num_attention_heads"],
                config["layer_norm_eps"],
                min(longest, config["max_position_embeddings"]),
                ways == {"pooling_mode_cls_token"},
            )
            if known
            else None
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


class Encoder:
    """A model of a folder, loaded; `precision` says in which it multiplies."""

    def __init__(self, folder: Path, shape: EncoderConfig, precision: str | None = None) -> None:
        import torch
        from safetensors.torch import load_file

        self.precision = precision or ("bfloat16" if multiplies_bfloat16() else "float32")
        self._shape = shape
        self._tokenizer = _tokenizer(folder, shape.longest)
        dtype = torch.bfloat16 if self.precision == "bfloat16" else torch.float32
        loaded = load_file(str(folder / "model.safetensors"))
        self._weights = {
            name.removeprefix("bert."): tensor.to(dtype)
            for name, tensor in loaded.items()
            if tensor.is_floating_point()
        }
        self._layers = [_Layer.of(self._weights, n) for n in range(shape.num_hidden_layers)]

    def batches(self, texts: Sequence[str]) -> "Iterator[tuple[list[int], NDArray[np.float32]]]":
        """Yield places in `texts` with the unit vectors of the texts there, as rows."""
        tokens = self._tokenizer.encode_batch_fast(list(texts))
        if len(tokens) == 1 and len(tokens[0].ids) <= _SHORT:
            with _one_thread():
                alone = self._vectors([tokens[0].ids])
            yield [0], alone
            return
        order = sorted(range(len(texts)), key=lambda place: len(tokens[place].ids), reverse=True)
        for places in _filled(order, tokens):
            yield places, self._vectors([tokens[place].ids for place in places])

    def _vectors(self, tokens: list[list[int]]) -> "NDArray[np.float32]":
        """Run one batch; `tokens` are sorted by length, so that equal lengths stand together."""
        import torch

        lengths = [len(each) for each in tokens]
        with torch.inference_mode():
            ids = torch.tensor([id for each in tokens for id in each])
            positions = torch.cat([torch.arange(length) for length in lengths])
            rows = self._embedded(ids, positions)
            runs = _runs(lengths)
            for layer in self._layers:
                rows = self._layer(layer, rows, runs)
            texts = torch.split(rows.float(), lengths)
            pooled = torch.stack(
                [text[0] if self._shape.first_token else text.mean(0) for text in texts]
            )
            vectors: NDArray[np.float32] = torch.nn.functional.normalize(pooled).numpy()
            return vectors

    def _embedded(self, ids: "torch.Tensor", positions: "torch.Tensor") -> "torch.Tensor":
        weights = self._weights
        rows = weights["embeddings.word_embeddings.weight"][ids]
        rows = rows + weights["embeddings.position_embeddings.weight"][positions]
        rows = rows + weights["embeddings.token_type_embeddings.weight"][0]
        return self._normed(
            rows, weights["embeddings.LayerNorm.weight"], weights["embeddings.LayerNorm.bias"]
        )

    def _layer(
        self, layer: "_Layer", rows: "torch.Tensor", runs: list[tuple[int, int]]
    ) -> "torch.Tensor":
        """Return the rows (tokens, hidden) after one layer of attention and feed-forward."""
        from torch.nn.functional import gelu, linear

        attended = linear(self._attended(linear(rows, *layer.inner), runs), *layer.outer)
        rows = self._normed(attended + rows, *layer.attention_norm)
        fed = linear(gelu(linear(rows, *layer.wide)), *layer.narrow)
        return self._normed(fed + rows, *layer.output_norm)

    def _attended(self, inner: "torch.Tensor", runs: list[tuple[int, int]]) -> "torch.Tensor":
        """Return what each token takes from its own text; `inner` is query, key and value."""
        import torch
        from torch.nn.functional import scaled_dot_product_attention

        heads = self._shape.num_attention_heads
        parts = []
        pieces = torch.split(inner, [count * length for count, length in runs])
        for part, (count, length) in zip(pieces, runs, strict=True):
            # (texts, tokens, 3, heads, width) -> 3 × (texts, heads, tokens, width)
            query, key, value = part.view(count, length, 3, heads, -1).permute(2, 0, 3, 1, 4)
            seen = scaled_dot_product_attention(query, key, value)
            parts.append(seen.transpose(1, 2).reshape(count * length, -1))
        return torch.cat(parts)

    def _normed(
        self, rows: "torch.Tensor", weight: "torch.Tensor", bias: "torch.Tensor"
    ) -> "torch.Tensor":
        from torch.nn.functional import layer_norm

        return layer_norm(
            rows, (self._shape.hidden_size,), weight, bias, self._shape.layer_norm_eps
        )


@dataclass(frozen=True, slots=True)
class _Layer:
    """The weights of one layer, each a matrix or scale with its bias."""

    inner: "tuple[torch.Tensor, torch.Tensor]"
    outer: "tuple[torch.Tensor, torch.Tensor]"
    attention_norm: "tuple[torch.Tensor, torch.Tensor]"
    wide: "tuple[torch.Tensor, torch.Tensor]"
    narrow: "tuple[torch.Tensor, torch.Tensor]"
    output_norm: "tuple[torch.Tensor, torch.Tensor]"

    @classmethod
    def of(cls, weights: "dict[str, torch.Tensor]", number: int) -> "_Layer":
        """Take one layer's weights; query, key and value become one matrix."""
        import torch

        def pair(name: str) -> "tuple[torch.Tensor, torch.Tensor]":
            path = f"encoder.layer.{number}.{name}"
            return weights[f"{path}.weight"], weights[f"{path}.bias"]

        three = [pair(f"attention.self.{name}") for name in ("query", "key", "value")]
        return cls(
            (torch.cat([weight for weight, _ in three]), torch.cat([bias for _, bias in three])),
            pair("attention.output.dense"),
            pair("attention.output.LayerNorm"),
            pair("intermediate.dense"),
            pair("output.dense"),
            pair("output.LayerNorm"),
        )


def multiplies_bfloat16() -> bool:
    """Say whether this processor multiplies bfloat16 in hardware; elsewhere that is slower."""
    try:
        flags = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return False
    return "avx512_bf16" in flags or "amx_bf16" in flags


def _tokenizer(folder: Path, longest: int) -> "Tokenizer":
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(longest)
    return tokenizer


def _filled(order: list[int], tokens: "list[Encoding]") -> Iterator[list[int]]:
    """Cut an order of texts into batches of at most `TOKENS` tokens."""
    batch: list[int] = []
    size = 0
    for place in order:
        length = len(tokens[place].ids)
        if batch and size + length > TOKENS:
            yield batch
            batch, size = [], 0
        batch.append(place)
        size += length
    if batch:
        yield batch


@contextmanager
def _one_thread() -> Iterator[None]:
    """Let one thread do the work of this block."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _runs(lengths: list[int]) -> list[tuple[int, int]]:
    """Return how many texts of each length follow each other.

    >>> _runs([9, 7, 7])
    [(1, 9), (2, 7)]
    """
    runs: list[tuple[int, int]] = []
    for length in lengths:
        if runs and runs[-1][1] == length:
            runs[-1] = (runs[-1][0] + 1, length)
        else:
            runs.append((1, length))
    return runs
