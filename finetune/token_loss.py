"""Compute the cross-entropy of the tokens of a packed row that are to be learned."""

from typing import TYPE_CHECKING, Any

from finetune import architecture
from finetune.packing import Packed

if TYPE_CHECKING:
    import torch


def token_losses(network: Any, row: Packed, device: "torch.device") -> "torch.Tensor":  # noqa: ANN401
    """Return the loss of each learned token of a row; only these reach the output layer."""
    import torch

    wanted = [place for place in range(1, len(row.ids)) if row.learn[place]]
    ids = torch.tensor([row.ids], device=device)
    before = torch.tensor(wanted, device=device) - 1
    # with a cache, transformers would ignore where the positions restart
    given: dict[str, Any] = {"input_ids": ids, "use_cache": False}
    if architecture.takes(network, "position_ids"):
        given["position_ids"] = torch.tensor([row.positions], device=device)
    if picks_logits(network):
        logits = network(**given, logits_to_keep=before).logits[0]
    else:
        logits = network(**given).logits[0, before]
    return torch.nn.functional.cross_entropy(logits.float(), ids[0, before + 1], reduction="none")


def picks_logits(network: Any) -> bool:  # noqa: ANN401
    """Return whether the network computes logits at chosen places only."""
    return architecture.takes(network, "logits_to_keep")
