"""Give a base that encodes its prompt and decodes its answer the rows that decoders read.

    row: prompt | answer -> the encoder reads the prompt, the decoder writes the answer -> its loss

Text without a prompt is learned by denoising: the encoder reads it with runs of tokens left out,
the decoder writes all of it (token deletion; Lewis et al., "BART", 2020).
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from finetune.architectures import architecture
from finetune.packing import Packed, even_length

if TYPE_CHECKING:
    import torch

_LEFT_OUT = 0.3
"""The share of a text that the encoder does not see, as in BART's own training."""
_RUN = 3
"""The mean length of a run that is left out."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What the encoder reads, what the decoder writes, and how many last tokens are learned."""

    read: list[int]
    written: list[int]
    learned: int


def turns(row: Packed) -> Iterator[Turn]:
    """Yield each answer of a row with all that stands before it; plain text with gaps before it."""
    ends = [at for at in range(1, len(row.ids)) if row.learn[at] and not row.learn[at - 1]]
    if ends == [1] and all(row.learn[1:]):
        yield Turn(_with_gaps(row.ids), row.ids, row.learned)
        return
    for start in ends:
        end = start
        while end < len(row.ids) and row.learn[end]:
            end += 1
        yield Turn(row.ids[:start], row.ids[start:end], end - start)


def token_losses(network: Any, row: Packed, device: "torch.device") -> "torch.Tensor":  # noqa: ANN401
    """Return the loss of each learned token of a row, in order."""
    import torch

    losses = []
    for turn in turns(row):
        logits = answer_logits(network, turn.read, turn.written, device)[-turn.learned :]
        wanted = torch.tensor(turn.written[-turn.learned :], device=device)
        losses.append(torch.nn.functional.cross_entropy(logits.float(), wanted, reduction="none"))
    return torch.cat(losses)


def answer_logits(
    network: Any,  # noqa: ANN401
    read: Sequence[int],
    written: Sequence[int],
    device: "torch.device",
) -> "torch.Tensor":
    """Return the logits from which each token of an answer is predicted.

    Both parts are filled up to even lengths, the prompt's filling being masked.
    """
    import torch

    begun = beginning(network)
    given = [*begun, *written[:-1]]
    prompt, mask = _filled(network, read), [1] * len(read)
    mask += [0] * (len(prompt) - len(read))
    logits: torch.Tensor = network(
        input_ids=torch.tensor([prompt], device=device),
        attention_mask=torch.tensor([mask], device=device),
        decoder_input_ids=torch.tensor([_filled(network, given)], device=device),
        use_cache=False,
    ).logits
    return logits[0, len(begun) - 1 : len(given)]


def compared_logits(network: Any, ids: "torch.Tensor") -> "torch.Tensor":  # noqa: ANN401
    """Return logits over a batch of texts by which two states of a network are compared.

    An encoder reads each text and the decoder is given it.
    """
    import torch

    more = {}
    if architecture.encodes(network):
        begun = torch.tensor([beginning(network)] * len(ids), device=ids.device)
        most = architecture.positions_of(architecture.inner(network).config)
        more["decoder_input_ids"] = torch.cat([begun, ids], 1)[:, :most]
    logits: torch.Tensor = network(input_ids=ids, use_cache=False, **more).logits
    return logits


def beginning(network: Any) -> list[int]:  # noqa: ANN401
    """Return the tokens that a decoder begins with: its start, and what always follows it."""
    inner = architecture.inner(network)
    settings = getattr(inner, "generation_config", None)
    sources = (settings, inner.config)

    def first(*names: str) -> int | None:
        found = (getattr(source, name, None) for name in names for source in sources)
        return next((one for one in found if isinstance(one, int)), None)

    start = first("decoder_start_token_id", "bos_token_id", "pad_token_id")
    forced = first("forced_bos_token_id")
    return [start or 0, *([] if forced is None else [forced])]


@dataclass(frozen=True, slots=True)
class Written:
    """What is kept between two steps of writing: the encoded prompt, and the decoder's keys."""

    encoded: Any
    cache: Any


def step(
    network: Any,  # noqa: ANN401
    given: Sequence[int],
    kept: Written | None,
    device: "torch.device",
) -> "tuple[torch.Tensor, Written]":
    """Give the decoder tokens, or at first the encoder a prompt, and return the logits after each.

    What an adapter adds to a prompt is within what was encoded, so that later steps are the bare
    decoder's, with the adapter's changes of its weights.
    """
    import torch
    from transformers.modeling_outputs import BaseModelOutput

    if kept is None:
        out = network(
            input_ids=torch.tensor([list(given)], device=device),
            decoder_input_ids=torch.tensor([beginning(network)], device=device),
            use_cache=True,
        )
        encoded = BaseModelOutput(last_hidden_state=out.encoder_last_hidden_state)
    else:
        encoded = kept.encoded
        out = architecture.inner(network)(
            encoder_outputs=encoded,
            decoder_input_ids=torch.tensor([list(given)], device=device),
            past_key_values=kept.cache,
            use_cache=True,
        )
    return out.logits[0], Written(encoded, out.past_key_values)


def _with_gaps(ids: Sequence[int]) -> list[int]:
    """Return a text with runs of tokens left out, the same ones each time."""
    pick = random.Random(repr(ids))
    wanted = round(len(ids) * _LEFT_OUT)
    left: set[int] = set()
    while len(left) < wanted:
        start = pick.randrange(len(ids))
        left |= set(range(start, min(start + pick.randint(1, 2 * _RUN - 1), len(ids))))
    kept = [one for at, one in enumerate(ids) if at not in left]
    return kept or list(ids[-1:])


def _filled(network: Any, ids: Sequence[int]) -> list[int]:  # noqa: ANN401
    size = min(even_length(len(ids)), architecture.positions_of(network.config))
    return [*ids, *[ids[-1]] * max(size - len(ids), 0)]
