"""Compute the cross-entropy of the tokens of a packed row that are to be learned.

Rows are filled up to few even lengths: each length that a CPU has not seen yet costs it kernels of
their own, and memory that is not given back.
"""

from typing import TYPE_CHECKING, Any

from finetune import architecture, encoder_decoder
from finetune.packing import Packed, even_length

if TYPE_CHECKING:
    import torch


def token_losses(network: Any, row: Packed, device: "torch.device") -> "torch.Tensor":  # noqa: ANN401
    """Return the loss of each learned token of a row; only these reach the output layer."""
    import torch

    if architecture.encodes(network):
        return encoder_decoder.token_losses(network, row, device)
    wanted = [place for place in range(1, len(row.ids)) if row.learn[place]]
    holds = architecture.context_of(network.config) - architecture.virtual_tokens(network)
    size = min(even_length(len(row.ids)), holds)
    more = max(size - len(row.ids), 0)  # comes last, where nothing that is learned sees it
    ids = torch.tensor([[*row.ids, *[row.ids[-1]] * more]], device=device)
    before = torch.tensor(wanted, device=device) - 1
    # with a cache, transformers would ignore where the positions restart
    given: dict[str, Any] = {"input_ids": ids, "use_cache": False}
    if architecture.takes(network, "position_ids"):
        positions = [*row.positions, *range(more)]
        given["position_ids"] = torch.tensor([positions], device=device)
    if picks_logits(network):
        logits = network(**given, logits_to_keep=before).logits[0]
    else:
        logits = network(**given).logits[0, before]
    return torch.nn.functional.cross_entropy(logits.float(), ids[0, before + 1], reduction="none")


def picks_logits(network: Any) -> bool:  # noqa: ANN401
    """Return whether the network computes logits at chosen places only."""
    return architecture.takes(network, "logits_to_keep")
