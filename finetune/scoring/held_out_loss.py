"""Compute the loss on held-out texts, many of them in one forward pass.

    texts -> rows of several, each attended to apart -> losses of their tokens -> one pair a text

A network that cannot keep the texts of a row apart is given one at a time.
"""

from collections.abc import Callable, Iterator, Sequence

from finetune import model
from finetune.model import Student
from finetune.packing import best_fit, join
from finetune.recipe import Precision
from finetune.templates.rendering import Rendered
from finetune.training.packed_attention import attending_apart
from finetune.training.token_loss import token_losses

Pair = tuple[float, float]
"""The sum of a text's losses, and over how many tokens."""

_TOKENS = 2048
_TOKENS_ON_GPU = 16_384
"""A row holds so many tokens, or one longer text."""


def of_texts(
    student: Student,
    texts: Sequence[Rendered],
    precision: Precision = "auto",
    done: Callable[[int], None] = lambda count: None,
) -> list[Pair]:
    """Return for each text the summed loss of its learned tokens, and their number."""
    found: list[Pair] = [(0.0, 0.0)] * len(texts)
    finished = 0
    with attending_apart(student.model) as apart:
        for group in _groups(student, texts, together=apart):
            pairs = _losses(student, [texts[place] for place in group], precision)
            for place, pair in zip(group, pairs, strict=True):
                found[place] = pair
            finished += len(group)
            done(finished)
    return found


def _groups(
    student: Student, texts: Sequence[Rendered], *, together: bool
) -> Iterator[Sequence[int]]:
    """Yield the places of the texts that share a row."""
    sizes = [len(one.ids) for one in texts]
    if not together:
        yield from ([place] for place in range(len(texts)))
        return
    room = _TOKENS_ON_GPU if student.device.type == "cuda" else _TOKENS
    yield from best_fit(sizes, max([room, *sizes]))


def _losses(student: Student, texts: Sequence[Rendered], precision: Precision) -> list[Pair]:
    import torch

    row = join(texts)
    if not row.learned:
        return [(0.0, 0.0)] * len(texts)
    with torch.inference_mode(), model.autocast(student, precision):
        losses = token_losses(student.model, row, student.device).double()
    counts = [sum(one.learn[1:]) for one in texts]
    sums = [float(one.sum()) for one in torch.split(losses, counts)]
    return [(total, float(count)) for total, count in zip(sums, counts, strict=True)]
