"""The methods by which a recipe may adapt its base.

    name -> method -> trainable student -> folder -> student again

A new method is one object of this protocol and one line in METHODS.
"""

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

from finetune.errors import FinetuneError
from finetune.files import manifests
from finetune.methods import quantised_base
from finetune.methods.full import FullFinetuning
from finetune.methods.low_rank import LowRank
from finetune.methods.soft_prompts import SoftPrompt
from finetune.recipe import Quantisation, Recipe
from finetune.student import Student


class Method(Protocol):
    """How a round changes a base, and how what it made is kept and opened again."""

    @property
    def policies(self) -> tuple[str, ...]:
        """Return how a round by it may build on another; the reason against others is `alone`."""

    @property
    def alone(self) -> str:
        """Return in a sentence why there are no other policies; empty where there are all."""

    @property
    def packs(self) -> bool:
        """Return whether short examples may share a row, as far as the method goes."""

    @property
    def whole(self) -> bool:
        """Return whether a folder holds a model of its own, in place of what goes onto a base."""

    @property
    def unmergeable(self) -> str:
        """Return in a sentence why the base's weights cannot hold what was trained; or nothing."""

    def check(self, recipe: Recipe) -> None:
        """Raise FinetuneError where the recipe's other values do not go with it."""

    def demand_libraries(self, recipe: Recipe) -> None:
        """Raise FinetuneError where a library that the method needs is missing here."""

    def before_text(self, recipe: Recipe) -> int:
        """Return how many places of the base's context are taken by learned tokens."""

    def shape(self, recipe: Recipe) -> Mapping[str, object]:
        """Return the values that a round takes over from what it goes on with, by their keys."""

    def resume(self, student: Student, recipe: Recipe) -> Student:
        """Set what is the recipe's own in what a round goes on with."""

    def attach(self, student: Student, recipe: Recipe) -> Student:
        """Make a bare base trainable."""

    def stack(self, student: Student, recipe: Recipe) -> Student:
        """Put something new and trainable beside what a student has, which stays as it is."""

    def join(self, student: Student, recipe: Recipe) -> Student:
        """Return a trained student as what is saved of it, as one adapter."""

    def put_on(self, student: Student, folder: Path, *, trainable: bool) -> Student:
        """Put what a folder holds onto a student's model."""

    def beside(self, student: Student, folder: Path) -> AbstractContextManager[Student]:
        """Give another student with what a folder holds, and leave this one as it was."""

    def save(self, student: Student, folder: Path) -> None:
        """Write what was trained, as safetensors."""

    def weights(self, names: Iterable[str]) -> tuple[str, ...]:
        """Return which files of a finished round hold what was trained, of all that it has."""

    def beside_weights(self, names: Iterable[str]) -> tuple[str, ...]:
        """Return which others must be whole for these to be opened."""

    def merged(self, student: Student) -> Any:  # noqa: ANN401
        """Return the network with what was trained in its own weights."""


METHODS: dict[str, Method] = {
    "lora": LowRank(),
    "qlora": LowRank(),
    "ptuning-v2": SoftPrompt("prefix"),
    "ptuning": SoftPrompt("encoder"),
    "prompt-tuning": SoftPrompt("embeddings"),
    "full": FullFinetuning(),
}
"""Every method by the name that recipes and manifests give it."""


def method_of(recipe: Recipe) -> Method:
    """Return the method of a recipe; FinetuneError where its name is unknown or cannot do this."""
    method = METHODS.get(recipe.method)
    if method is None:
        raise FinetuneError(
            f"There is no method {recipe.method}; there are {', '.join(METHODS)}.",
            where="method",
            remedy="Name one of these in the recipe.",
        )
    if recipe.policy not in method.policies:
        raise FinetuneError(
            f"The policy {recipe.policy} does not go with the method {recipe.method}: "
            f"{method.alone}",
            where="policy",
            remedy=f"Set policy: {' or '.join(method.policies)}.",
        )
    method.check(recipe)
    return method


def quantisation_of(recipe: Recipe) -> Quantisation | None:
    """Return how the base is quantised while it is trained over; None where it is not."""
    return (recipe.quantisation or quantised_base.DEFAULT) if recipe.method == "qlora" else None


def recorded(folder: Path) -> Method:
    """Return the method by which the adapter of a folder was made."""
    remedy = "Run the round again, or choose another: medchat adapters list."
    name = name_of(manifests.read_manifest(folder, remedy))
    if name not in METHODS:
        raise FinetuneError(
            f"The adapter in {folder} was made by a method {name} that is unknown here.",
            where=str(folder / manifests.MANIFEST),
            remedy=remedy,
        )
    return METHODS[name]


def name_of(manifest: Mapping[str, object]) -> str:
    """Return the name of the method in a round's manifest; rounds of old record none, nor LoRA."""
    return str(manifest.get("method") or "lora")


def weights_hash(folder: Path) -> str:
    """Return what tells the weights of a finished round from all others."""
    return recorded_hash(manifests.read_manifest(folder, "Run the round again."))


def recorded_hash(manifest: Mapping[str, object]) -> str:
    """Return what tells the weights of a round from all others, by its manifest."""
    files = manifest.get("files")
    hashes = files if isinstance(files, Mapping) else {}
    method = METHODS.get(name_of(manifest))
    found = [str(hashes.get(name, "")) for name in (method.weights(hashes) if method else ())]
    return found[0] if len(found) == 1 else manifests.of_value(found)
