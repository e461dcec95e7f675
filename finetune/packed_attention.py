"""Attend within each example of a packed row alone.

A block mask over a whole row costs the square of its length; examples apart cost the sum of their
squares, and need no mask. The results are the same.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from finetune import architecture

if TYPE_CHECKING:
    import torch

NAME = "medchat_packed"
_KINDS = {"full_attention", "sliding_attention"}


@contextmanager
def attending_apart(network: Any) -> Iterator[bool]:  # noqa: ANN401
    """Let a network attend so while the context is open, and say whether it can.

    It can where its layers attend to all that is before a token, or to a window of it, through
    transformers' exchangeable attention; any other network stays as it is.
    """
    from transformers import AttentionInterface

    inner = architecture.inner(network)
    if architecture.virtual_tokens(network) or not _fits(inner):
        yield False
        return
    AttentionInterface.register(NAME, _attend)
    before = inner.config._attn_implementation
    inner.set_attn_implementation(NAME)
    try:
        yield True
    finally:
        inner.set_attn_implementation(before)


def _fits(network: Any) -> bool:  # noqa: ANN401
    text = architecture.text_config(network.config)
    kinds = set(getattr(text, "layer_types", None) or ["full_attention"])
    return (
        kinds <= _KINDS
        and bool(getattr(network, "_supports_attention_backend", False))
        and network.config._attn_implementation == "sdpa"
        and architecture.takes(network, "position_ids")
    )


def _attend(
    module: "torch.nn.Module",
    query: "torch.Tensor",
    key: "torch.Tensor",
    value: "torch.Tensor",
    attention_mask: "torch.Tensor | None",
    dropout: float = 0.0,
    scaling: float | None = None,
    **given: Any,  # noqa: ANN401
) -> tuple["torch.Tensor", None]:
    """Return the attention of a batch of one row, (1, tokens, heads, size), as transformers asks.

    `given` brings `position_ids`, (1, tokens), which run on within an example only.
    """
    import torch
    from transformers.integrations.sdpa_attention import sdpa_attention_forward

    window, positions = given.get("sliding_window"), given["position_ids"][0]
    starts = [0, *(1 + torch.nonzero(positions.diff() != 1).flatten()).tolist()]
    sizes = [end - start for start, end in pairwise([*starts, len(positions)])]
    apart = (torch.split(one, sizes, 2) for one in (query, key, value))
    parts = []
    for q, k, v in zip(*apart, strict=True):
        mask = _window(q.shape[2], window, q) if window and window < q.shape[2] else None
        out, _ = sdpa_attention_forward(
            module, q, k, v, mask, dropout=dropout, scaling=scaling, is_causal=mask is None
        )
        parts.append(out)
    return torch.cat(parts, 1), None


def _window(size: int, window: int, like: "torch.Tensor") -> "torch.Tensor":
    """Return what each token of an example sees: itself and the `window - 1` tokens before it."""
    import torch

    places = torch.arange(size, device=like.device)
    behind = places[:, None] - places[None, :]
    return ((behind >= 0) & (behind < window))[None, None]
