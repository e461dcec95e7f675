"""Compute the cross-entropy of the tokens of a packed row that are to be learned.

Rows are filled up to few even lengths: each length that a CPU has not seen yet costs it kernels of
their own, and memory that is not given back.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from finetune.architectures import architecture, encoder_decoder
from finetune.packing import Packed, even_length
from finetune.training import packed_attention

if TYPE_CHECKING:
    import torch

_TOLERANCE = 1e-2
_plain_heads: "WeakKeyDictionary[Any, bool]" = WeakKeyDictionary()


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
        given |= packed_attention.borders(network, positions, device)
    targets = ids[0, before + 1]
    head = _plain_head(network)
    if head is not None:
        from finetune.training.fused_functions import ChunkedCrossEntropy

        with _passing(head):
            hidden = network(**given, logits_to_keep=before).logits[0]
        weight = head.weight
        if torch.is_autocast_enabled(device.type):
            kind = torch.get_autocast_dtype(device.type)
            hidden, weight = hidden.to(kind), weight.to(kind)
        losses: torch.Tensor = ChunkedCrossEntropy.apply(hidden, weight, head.bias, targets)  # type: ignore[no-untyped-call]
        return losses
    if picks_logits(network):
        logits = network(**given, logits_to_keep=before).logits[0]
    else:
        logits = network(**given).logits[0, before]
    return torch.nn.functional.cross_entropy(logits.float(), targets, reduction="none")


def picks_logits(network: Any) -> bool:  # noqa: ANN401
    """Return whether the network computes logits at chosen places only."""
    return architecture.takes(network, "logits_to_keep")


def _plain_head(network: Any) -> Any:  # noqa: ANN401
    """Return the frozen output layer of a network whose logits are just what that layer gives."""
    import torch

    inner = architecture.inner(network)
    head = inner.get_output_embeddings()
    if type(head) is not torch.nn.Linear or any(one.requires_grad for one in head.parameters()):
        return None
    if not picks_logits(network):
        return None
    if inner not in _plain_heads:
        _plain_heads[inner] = _gives_logits(inner, head)
    return head if _plain_heads[inner] else None


def _gives_logits(network: Any, head: "torch.nn.Linear") -> bool:  # noqa: ANN401
    """Try on one token whether nothing is done to the logits after the output layer."""
    import torch

    training = network.training
    network.eval()
    place = torch.zeros(1, dtype=torch.long, device=head.weight.device)
    given = {"input_ids": place[None], "use_cache": False, "logits_to_keep": place}
    try:
        with torch.no_grad(), torch.autocast(place.device.type, enabled=False):
            logits = network(**given).logits[0]
            with _passing(head):
                hidden = network(**given).logits[0]
            if hidden.shape[-1] != head.weight.shape[1]:
                return False
            expected = torch.nn.functional.linear(
                hidden.to(head.weight.dtype), head.weight, head.bias
            )
    finally:
        network.train(training)
    most = float(logits.abs().max())
    return float((expected.float() - logits.float()).abs().max()) <= _TOLERANCE * max(most, 1e-6)


@contextmanager
def _passing(head: Any) -> Iterator[None]:  # noqa: ANN401
    """Let an output layer hand on what it is given while the context is open."""
    head.forward = lambda hidden: hidden
    try:
        yield
    finally:
        del head.__dict__["forward"]
