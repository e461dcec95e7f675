"""Join the rows of a step into as many forward passes as the device's memory asks for.

rows -> this rank's part -> rows joined on a GPU, one after the other on a processor
"""

from collections.abc import Iterator, Sequence

from finetune.architectures import architecture
from finetune.packing import Packed
from finetune.recipe import Recipe
from finetune.student import Student
from finetune.training.ranks import ALONE, Ranks

_SHARE = 0.6
"""The share of a GPU's free memory that activations may take."""


def tokens_at_once(student: Student) -> int:
    """Return how many tokens may go through the model together; 0 for one row after the other."""
    import torch

    if student.device.type != "cuda":
        return 0
    free = torch.cuda.mem_get_info(student.device)[0]
    unused = torch.cuda.memory_reserved(student.device) - torch.cuda.memory_allocated(
        student.device
    )
    return int(_SHARE * (free + unused)) // bytes_a_token(student)


def must_recompute(student: Student, recipe: Recipe) -> bool:
    """Say whether to forget activations, as a recipe asks, or whether a GPU holds them anyway."""
    return recipe.recompute and tokens_at_once(student) < recipe.max_tokens


def bytes_a_token(student: Student) -> int:
    """Return about how much memory a token takes until its gradients are there, in bfloat16."""
    sizes = architecture.sizes_of(student.model.config)
    return 2 * architecture.kept_numbers(sizes) * sizes.layers


def joined(rows: Sequence[Packed], most: int, ranks: Ranks = ALONE) -> Iterator[tuple[int, Packed]]:
    """Yield this rank's rows, several as one while they hold at most `most` tokens.

    Each comes with the number of its first row in the step. Positions restart within it, as they do
    between the examples of a row.
    """
    group: list[tuple[int, Packed]] = []
    filled = 0
    for number, row in ranks.part(list(enumerate(rows))):
        if group and filled + len(row.ids) > most:
            yield _one(group)
            group, filled = [], 0
        group.append((number, row))
        filled += len(row.ids)
    if group:
        yield _one(group)


def _one(group: Sequence[tuple[int, Packed]]) -> tuple[int, Packed]:
    if len(group) == 1:
        return group[0]
    rows = [row for _, row in group]
    learn = [one for row in rows for one in (False, *row.learn[1:])]
    return group[0][0], Packed(
        [one for row in rows for one in row.ids],
        [one for row in rows for one in row.positions],
        learn,
    )
