"""Full fine-tuning: every weight of the base is trained, and a round's folder is a whole model.

base -> all weights trainable -> model folder, sharded where it is large -> the next round's start
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from finetune.architectures import architecture
from finetune.recipe import Recipe
from finetune.student import Student, quiet

_SHARD = "5GB"
_WEIGHTS = re.compile(r"model(-\d+-of-\d+)?\.safetensors")
_INDEX = "model.safetensors.index.json"


@dataclass(frozen=True, slots=True)
class FullFinetuning:
    """All weights, in float32 while they are trained."""

    policies: tuple[str, ...] = ("continue",)
    alone: str = "a round trains the weights of the one before, and leaves nothing beside them."
    packs: bool = True
    whole: bool = True
    unmergeable: str = ""

    def check(self, recipe: Recipe) -> None:
        """Nothing but memory stands against it."""

    def demand_libraries(self, recipe: Recipe) -> None:
        """Nothing beyond what every round needs."""

    def before_text(self, recipe: Recipe) -> int:
        """Return the number of virtual tokens."""
        return 0

    def shape(self, recipe: Recipe) -> dict[str, object]:
        """Return no values: the base's own shape counts."""
        return {}

    def resume(self, student: Student, recipe: Recipe) -> Student:
        """Return the student: there is nothing to set."""
        return student

    def attach(self, student: Student, recipe: Recipe) -> Student:
        """Make every weight of a bare base trainable."""
        student.model.requires_grad_(True)
        return replace(student, adapter="new")

    def stack(self, student: Student, recipe: Recipe) -> Student:
        """Never asked for: the policies do not hold it."""
        raise NotImplementedError

    def join(self, student: Student, recipe: Recipe) -> Student:
        """Return the student: there is one set of weights only."""
        return student

    def put_on(self, student: Student, folder: Path, *, trainable: bool) -> Student:
        """Return the student, whose model was opened from the folder."""
        if trainable:
            student.model.requires_grad_(True)
        return student

    @contextmanager
    def beside(self, student: Student, folder: Path) -> Iterator[Student]:
        """Give a second model, opened from a folder."""
        opener = architecture.opener(student.model.config)
        with quiet():
            network = opener.from_pretrained(
                str(folder), dtype=student.model.dtype, use_safetensors=True
            )
        network = architecture.settle(network)
        yield replace(student, model=network.to(student.device).requires_grad_(False).eval())

    def save(self, student: Student, folder: Path) -> None:
        """Write the model's configuration and its weights as they are."""
        with quiet():
            student.model.save_pretrained(str(folder), max_shard_size=_SHARD)

    def weights(self, names: Iterable[str]) -> tuple[str, ...]:
        """Return the files of the model's weights, one or several."""
        found = sorted(name for name in names if _WEIGHTS.fullmatch(name))
        return tuple(found) or ("model.safetensors",)

    def beside_weights(self, names: Iterable[str]) -> tuple[str, ...]:
        """Return the model's configuration, and which weight stands in which file."""
        return ("config.json", *(name for name in names if name == _INDEX))

    def merged(self, student: Student) -> Any:  # noqa: ANN401
        """Return the model as it is."""
        return student.model
