"""Compute how likely a model holds the endings of a text to be.

    beginning + endings -> token ids, and where the endings part from it -> log-likelihood of each

Endings of one beginning are compared on the same tokens: where a tokenizer joins the last sign of a
beginning to an ending, all of them are counted from there.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from finetune import model
from finetune.architectures import architecture, encoder_decoder
from finetune.model import Student
from finetune.recipe import Precision
from finetune.training.token_loss import picks_logits

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedTokenizerBase

_ROWS = 32


@dataclass(frozen=True, slots=True)
class Ending:
    """Token ids of which those from `start` on are the ending."""

    ids: list[int]
    start: int


def of_texts(
    student: Student,
    given: Sequence[tuple[str, Sequence[str]]],
    precision: Precision = "auto",
) -> list[tuple[float, ...]]:
    """Return for each beginning with its endings the log-likelihood of each ending."""
    endings = [ends(student.tokenizer, beginning, each) for beginning, each in given]
    scores = iter(sums(student, [one for each in endings for one in each], precision))
    return [tuple(next(scores) for _ in each) for each in endings]


def ends(
    tokenizer: "PreTrainedTokenizerBase", beginning: str, endings: Sequence[str]
) -> list[Ending]:
    """Return the endings of a beginning as token ids."""
    begun = text_ids(tokenizer, beginning)
    rows = [text_ids(tokenizer, beginning + ending) for ending in endings]
    start = min((_common(begun, row) for row in rows), default=0)
    return [Ending(row, max(start, 1)) for row in rows]


def sums(student: Student, endings: Sequence[Ending], precision: Precision) -> list[float]:
    """Return the log-likelihood of each ending, in order: the sum over its tokens."""
    import torch

    if architecture.encodes(student.model):
        return [_apart(student, one, precision) for one in endings]
    found = [0.0] * len(endings)
    for places in _batches([one.ids for one in endings]):
        kept = min(endings[place].start for place in places) - 1
        logits = _forward(student, [endings[place].ids for place in places], kept, precision)
        for row, place in enumerate(places):
            one = endings[place]
            shares = logits[row, one.start - 1 - kept : len(one.ids) - 1 - kept]
            wanted = torch.tensor(one.ids[one.start :], device=student.device).unsqueeze(1)
            found[place] = float(shares.float().log_softmax(-1).gather(1, wanted).sum())
    return found


def _apart(student: Student, one: Ending, precision: Precision) -> float:
    """Return the log-likelihood of an ending whose beginning the model's encoder reads."""
    import torch

    told = one.ids[one.start :]
    shares = _told(student, one.ids[: one.start], told, precision)
    return float(shares.gather(1, torch.tensor(told, device=shares.device).unsqueeze(1)).sum())


def _first(
    student: Student, read: Sequence[int], tokens: Sequence[int], precision: Precision
) -> list[float]:
    """Return the log-likelihood of each token to be the first that a decoder writes."""
    shares = _told(student, read, [0], precision)[0]
    return [float(shares[token]) for token in tokens]


def _told(
    student: Student, read: Sequence[int], told: Sequence[int], precision: Precision
) -> "torch.Tensor":
    import torch

    with torch.inference_mode(), model.autocast(student, precision):
        logits = encoder_decoder.answer_logits(student.model, read, told, student.device)
    return logits.float().log_softmax(-1)


def following(
    student: Student,
    begun: Sequence[tuple[list[int], Sequence[int]]],
    precision: Precision = "auto",
) -> list[list[float]]:
    """Return for each beginning the log-likelihood of each of its tokens to come next."""
    if architecture.encodes(student.model):
        return [_first(student, *one, precision) for one in begun]
    found: list[list[float]] = [[] for _ in begun]
    for places in _batches([ids for ids, _ in begun]):
        kept = min(len(begun[place][0]) for place in places) - 1
        logits = _forward(student, [begun[place][0] for place in places], kept, precision)
        for row, place in enumerate(places):
            ids, tokens = begun[place]
            shares = logits[row, len(ids) - 1 - kept].float().log_softmax(-1)
            found[place] = [float(shares[token]) for token in tokens]
    return found


def _batches(rows: Sequence[Sequence[int]]) -> Iterator[list[int]]:
    """Yield the places of rows of like length."""
    order = sorted(range(len(rows)), key=lambda place: len(rows[place]))
    for first in range(0, len(order), _ROWS):
        yield order[first : first + _ROWS]


def _forward(
    student: Student, rows: Sequence[Sequence[int]], first: int, precision: Precision
) -> "torch.Tensor":
    """Return the logits of rows from a place on."""
    import torch

    # padding stands behind: what a token is predicted from stands before it
    ids = torch.zeros(len(rows), max(map(len, rows)), dtype=torch.long)
    for place, row in enumerate(rows):
        ids[place, : len(row)] = torch.tensor(row)
    with torch.inference_mode(), model.autocast(student, precision):
        return _logits(student.model, ids.to(student.device), first)


def _logits(network: Any, ids: "torch.Tensor", first: int) -> "torch.Tensor":  # noqa: ANN401
    """Return the logits of the places from the first on; a model that can computes no others."""
    import torch

    if picks_logits(network):
        places = torch.arange(first, ids.shape[1], device=ids.device)
        found: torch.Tensor = network(input_ids=ids, use_cache=False, logits_to_keep=places).logits
        return found
    whole: torch.Tensor = network(input_ids=ids, use_cache=False).logits
    return whole[:, first:]


def text_ids(tokenizer: "PreTrainedTokenizerBase", text: str) -> list[int]:
    """Return the token ids of a text that goes on, and so has no end."""
    ids = list(tokenizer(text)["input_ids"])
    return ids[:-1] if ids[-1:] == [tokenizer.eos_token_id] else ids


def _common(one: Sequence[int], other: Sequence[int]) -> int:
    """Return how many tokens two rows begin with alike; of the second, one is left."""
    most = min(len(one), len(other) - 1)
    return next((at for at in range(most) if one[at] != other[at]), most)
