"""Attend within each example of a packed row alone.

A block mask over a whole row costs the square of its length; examples apart cost the sum of their
squares, and need no mask. The results are the same. A GPU takes all examples of a row in one call
of torch's variable-length flash attention, a processor one after the other.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from finetune.architectures import architecture

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
    if architecture.virtual_tokens(network) or not fits(inner):
        yield False
        return
    AttentionInterface.register(NAME, _attend)
    before = inner.config._attn_implementation
    inner.set_attn_implementation(NAME)
    try:
        yield True
    finally:
        inner.set_attn_implementation(before)


def fits(network: Any) -> bool:  # noqa: ANN401
    """Say whether a network can attend to each example of a row alone."""
    text = architecture.text_config(network.config)
    kinds = set(getattr(text, "layer_types", None) or ["full_attention"])
    return (
        kinds <= _KINDS
        and bool(getattr(network, "_supports_attention_backend", False))
        and network.config._attn_implementation == "sdpa"
        and architecture.takes(network, "position_ids")
    )


def borders(network: Any, positions: Sequence[int], device: "torch.device") -> dict[str, Any]:  # noqa: ANN401
    """Return where the examples of a row begin, as transformers' attention is told.

    Nothing where the network does not attend apart.
    """
    import torch

    if architecture.inner(network).config._attn_implementation != NAME:
        return {}
    starts = [at for at in range(1, len(positions)) if positions[at] != positions[at - 1] + 1]
    ends = [0, *starts, len(positions)]
    longest = max(end - start for start, end in pairwise(ends))
    cumulative = torch.tensor(ends, dtype=torch.int32, device=device)
    return {
        "cu_seq_lens_q": cumulative,
        "cu_seq_lens_k": cumulative,
        "max_length_q": longest,
        "max_length_k": longest,
    }


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

    `given` brings the `borders` of the row, or else `position_ids`, (1, tokens), which run on
    within an example only.
    """
    import torch
    from transformers.integrations.sdpa_attention import sdpa_attention_forward

    window, ends = given.get("sliding_window"), given.get("cu_seq_lens_q")
    if ends is not None and _has_kernel(query, dropout):
        from torch.nn.attention.varlen import varlen_attn

        return attend_by_kernel(
            varlen_attn, query, key, value, ends, given["max_length_q"], scaling, window
        ), None
    places = ends.tolist() if ends is not None else _ends(given["position_ids"][0])
    sizes = [end - start for start, end in pairwise(places)]
    apart = (torch.split(one, sizes, 2) for one in (query, key, value))
    parts = []
    for q, k, v in zip(*apart, strict=True):
        mask = _window(q.shape[2], window, q) if window and window < q.shape[2] else None
        out, _ = sdpa_attention_forward(
            module, q, k, v, mask, dropout=dropout, scaling=scaling, is_causal=mask is None
        )
        parts.append(out)
    return torch.cat(parts, 1), None


def attend_by_kernel(
    kernel: Callable[..., Any],
    query: "torch.Tensor",
    key: "torch.Tensor",
    value: "torch.Tensor",
    ends: "torch.Tensor",
    longest: int,
    scaling: float | None,
    window: int | None,
) -> "torch.Tensor":
    """Return the attention of a row by a kernel for examples of various lengths: one call for all.

    The kernel takes (tokens, heads, size) and the cumulative lengths, as torch's `varlen_attn`.
    """
    flat = (one[0].transpose(0, 1) for one in (query, key, value))
    left = window - 1 if window else -1
    out = kernel(
        *flat,
        ends,
        ends,
        longest,
        longest,
        scale=scaling,
        window_size=(left, 0),
        enable_gqa=key.shape[1] != query.shape[1],
    )
    attended: torch.Tensor = out[None]
    return attended


def _has_kernel(query: "torch.Tensor", dropout: float) -> bool:
    """Say whether torch's variable-length flash attention takes such a query."""
    import torch

    return (
        query.device.type == "cuda"
        and query.dtype in (torch.bfloat16, torch.float16)
        and dropout == 0.0
        and query.shape[-1] <= 256
        and query.shape[-1] % 8 == 0
        and torch.cuda.get_device_capability(query.device) >= (8, 0)
    )


def _ends(positions: "torch.Tensor") -> list[int]:
    """Return where the examples of a row begin and, last, where the row ends."""
    import torch

    starts = (1 + torch.nonzero(positions.diff() != 1).flatten()).tolist()
    return [0, *starts, len(positions)]


def _window(size: int, window: int, like: "torch.Tensor") -> "torch.Tensor":
    """Return what each token of an example sees: itself and the `window - 1` tokens before it."""
    import torch

    places = torch.arange(size, device=like.device)
    behind = places[:, None] - places[None, :]
    return ((behind >= 0) & (behind < window))[None, None]
