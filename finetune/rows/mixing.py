"""Mix rows of further data sets into a round's: replay of what a model shall not forget.

    data set + recipe's mix -> all its training rows, and a draw of each further set's -> data set

Held-out rows are those of the first set alone.
"""

import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from finetune import dataset
from finetune.dataset import Dataset, Row
from finetune.files import manifests
from finetune.objectives.objective_protocols import ReadsFiles
from finetune.objectives.objective_registry import objective_of
from finetune.recipe import Recipe


def read(folder: Path, recipe: Recipe, number: int, home: Path) -> Dataset:
    """Read a data set and mix in what the recipe says; each round draws anew.

    The hash stands for all sets. FinetuneError where one is missing or damaged.
    """
    made = dataset.read(folder)
    objective = objective_of(recipe.round(number))
    if isinstance(objective, ReadsFiles):
        read = [manifests.of_file(path) for path in objective.files(folder)]
        if read:
            made = replace(made, hash=manifests.of_value([made.hash, *read]))
    further = [dataset.read(_folder(each.data, home), "mix") for each in recipe.mix]
    if not further:
        return made
    shares = [
        draw(one.train, each.weight, f"{recipe.seed_of(number)}:{each.data}")
        for one, each in zip(further, recipe.mix, strict=True)
    ]
    return replace(
        made,
        hash=manifests.of_value([made.hash, *(one.hash for one in further)]),
        train=(*made.train, *(row for share in shares for row in share)),
        mixed=tuple(
            (one.folder.name, len(share)) for one, share in zip(further, shares, strict=True)
        ),
    )


def draw(rows: Sequence[Row], weight: float, seed: str) -> list[Row]:
    """Return all rows as often as the weight's whole part says, and a draw for the rest of it."""
    whole = int(weight)
    rest = round((weight - whole) * len(rows))
    return [*rows] * whole + random.Random(seed).sample(rows, rest if whole else max(rest, 1))


def _folder(name: str, home: Path) -> Path:
    """Return the folder of a data set: a name stands for one of the home."""
    given, own = Path(name).expanduser(), home / "data" / name
    return own if own.is_dir() and not given.is_absolute() else given
