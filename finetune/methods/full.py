"""Full fine-tuning: every weight of the base is trained, and a round's folder is a whole model.

base -> all weights trainable -> model folder, sharded where it is large -> the next round's start
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from finetune.recipe import Recipe
from finetune.student import Student, quiet

_SHARD = "5GB"
_ONE = "model.safetensors"
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
        from transformers import AutoModelForCausalLM

        opener: Any = AutoModelForCausalLM
        with quiet():
            network = opener.from_pretrained(
                str(folder), dtype=student.model.dtype, use_safetensors=True
            )
        yield replace(student, model=network.to(student.device).requires_grad_(False).eval())

    def save(self, student: Student, folder: Path) -> None:
        """Write the model's configuration and its weights as they are."""
        with quiet():
            student.model.save_pretrained(str(folder), max_shard_size=_SHARD)

    def files(self, folder: Path) -> tuple[str, ...]:
        """Return the files of a whole model."""
        index = (_INDEX,) if (folder / _INDEX).is_file() else ()
        return (*self.weights(folder), *index, "config.json")

    def weights(self, folder: Path) -> tuple[str, ...]:
        """Return the files of its weights."""
        index = folder / _INDEX
        if not index.is_file():
            return (_ONE,)
        named = json.loads(index.read_text(encoding="utf-8"))["weight_map"]
        return tuple(sorted(set(named.values())))

    def merged(self, student: Student) -> Any:  # noqa: ANN401
        """Return the model as it is."""
        return student.model
