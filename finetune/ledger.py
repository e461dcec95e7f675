"""Find out which rounds were done, and on which adapter a round builds.

    recipe + data + base -> compared with what manifests record -> done, other, or missing
    promoted or passed round before, or --from                  -> parent

A round that its gate refused is never built upon unless it is named.
"""

import fcntl
import os
import platform
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from finetune import adapters, model
from finetune.adapters import Adapter
from finetune.bases import base_records
from finetune.errors import FinetuneError
from finetune.files import manifests
from finetune.methods.method_registry import weights_hash
from finetune.recipe import Recipe
from finetune.rows import mixing
from finetune.scoring.goals import SCORERS

_NOT_TRAINED_ON = ("name", "base", "rounds", "evaluation", "gate")
"""Values of a recipe that do not change what a round makes, or are compared apart."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A round that is asked for: of which recipe, which number, on what data.

    `redo` makes it anew beside those that are there; `parent` names the adapter to build on, or
    `base`, where it shall not be the round before.
    """

    recipe: Recipe
    number: int
    home: Path
    data: Path | None = None
    redo: bool = False
    parent: str | None = None

    @property
    def made(self) -> list[Adapter]:
        """Return the finished attempts at this round, the newest first."""
        return _attempts(self.recipe, self.number, self.home)

    @property
    def folder(self) -> Path:
        """Return the folder of the attempt that is next."""
        attempt = 1 + max((one.attempt for one in self.made), default=0)
        return adapters.folder_of(self.home, self.recipe.name, self.number, attempt)


def values_of(recipe: Recipe, number: int) -> dict[str, object]:
    """Return the values of a recipe that decide what a round makes, by flat names."""
    values = {key: one for key, one in recipe.values().items() if key not in _NOT_TRAINED_ON}
    rounds = recipe.values()["rounds"]
    assert isinstance(rounds, list)
    return _flat({**values, "round": rounds[number - 1]})


def find_done(wanted: Wanted) -> Adapter | None:
    """Return the attempt that was made of just this recipe, data, base and parent.

    FinetuneError where the round was made of others, or something else stands in its place.
    """
    if wanted.redo:
        return None
    first = "", ""
    for adapter in wanted.made:
        other = _differences(wanted, adapter)
        if not other:
            return adapter
        first = first if first[0] else (adapter.name, "; ".join(other))
    if first[0]:
        raise FinetuneError(
            f"{first[0]} was made otherwise than is asked for now: {first[1]}.",
            where="--round",
            remedy="Give --redo to make the round anew beside the old one, "
            "or give the recipe another name:.",
        )
    if wanted.folder.exists():
        raise FinetuneError(
            f"The folder {wanted.folder} is in the way: it is no finished round.",
            where=str(wanted.folder),
            remedy="Move or delete it and run the round again.",
        )
    return None


def find_parent(wanted: Wanted) -> Adapter | None:
    """Return the adapter that a round builds on; None where that is the bare base.

    Rounds that make what scores answers are passed over. FinetuneError where the round before is
    missing, or was neither passed nor promoted.
    """
    recipe = wanted.recipe
    if wanted.parent is not None:
        if wanted.parent == "base":
            return None
        return adapters.named(wanted.home, wanted.parent, "--from")
    number = wanted.number
    while number > 1 and recipe.round(number - 1).objective in SCORERS:
        number -= 1
    if number == 1:
        return None
    before = _attempts(recipe, number - 1, wanted.home)
    if not before:
        raise FinetuneError(
            f"Round {wanted.number} of {recipe.name} continues round {number - 1}, which is not "
            "finished.",
            where="--round",
            remedy=f"Run --round {number - 1} first, or --round all.",
        )
    for adapter in before:
        if adapter.promoted or gate_of(adapter).get("passed"):
            return adapter
    raise FinetuneError(
        f"Round {wanted.number} of {recipe.name} would build on {before[0].name}, which did not "
        f"pass its gate: {gate_of(before[0]).get('reason', 'it has none')}",
        where="--from",
        remedy=f"Make round {number - 1} better (--redo), or name what to build on: "
        f"--from {before[0].name}, or --from base.",
    )


def missing(recipe: Recipe, home: Path) -> list[int]:
    """Return the numbers of the rounds that are not finished or did not pass, in order.

    FinetuneError where a finished one was made by a recipe of other values.
    """
    numbers = []
    for number in range(1, len(recipe.rounds) + 1):
        made = _attempts(recipe, number, home)
        passed = [one for one in made if gate_of(one).get("passed") or one.promoted]
        if not passed:
            numbers.append(number)
        elif not any(not _other_values(recipe, number, one) for one in passed):
            values = "; ".join(_other_values(recipe, number, passed[0]))
            raise FinetuneError(
                f"{passed[0].name} was made otherwise than is asked for now: {values}.",
                where="--round",
                remedy=f"Make it anew with --round {number} --redo, "
                "or give the recipe another name:.",
            )
    return numbers


def newest_data(home: Path) -> Path:
    """Return the dataset folder of the home that was finished last."""
    found = sorted(
        (home / "data").glob(f"*/{manifests.MANIFEST}"), key=lambda path: path.stat().st_mtime
    )
    if not found:
        raise FinetuneError(
            "There is no data to train on.",
            where="--data",
            remedy="Make some first: medchat build-data --out DIR, then give --data DIR.",
        )
    return found[-1].parent


def gate_of(adapter: Adapter) -> dict[str, object]:
    """Return what the gate said of an adapter."""
    judged = adapters.manifest(adapter).get("gate")
    return judged if isinstance(judged, dict) else {}


@contextmanager
def lock(home: Path, recipe: Recipe) -> Iterator[None]:
    """Let one run at a time work on a recipe; the lock goes with its process, however it ends."""
    path = adapters.adapters_folder(home) / recipe.name / ".lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            raise FinetuneError(
                f"Another run is at work on {recipe.name}: {file.read().strip()}.",
                where=str(path),
                remedy="Wait until it has finished, or end it.",
                status=1,
            ) from error
        file.truncate(0)
        file.write(f"process {os.getpid()} on {platform.node()}")
        file.flush()
        yield


def _attempts(recipe: Recipe, number: int, home: Path) -> list[Adapter]:
    found = [one for one in adapters.finished(home, recipe.name) if one.round == number]
    return sorted(found, key=lambda one: -one.attempt)


def _differences(wanted: Wanted, adapter: Adapter) -> list[str]:
    """Return in words what an adapter was made of that is not what is asked for."""
    record = adapters.manifest(adapter)
    other = _other_values(wanted.recipe, wanted.number, adapter)
    opened = model.locate(base_records.find(wanted.home, wanted.recipe.base))
    if _part(record, "base", "hash") != model.hash_of(opened):
        other.append(f"it stands on the base {adapter.base}, not on {wanted.recipe.base}")
    if wanted.data is not None or any((wanted.home / "data").glob(f"*/{manifests.MANIFEST}")):
        folder = wanted.data or newest_data(wanted.home)
        data = mixing.read(folder, wanted.recipe, wanted.number, wanted.home)
        if _part(record, "data", "hash") != data.hash:
            other.append(f"its data was {_part(record, 'data', 'name')}, not this {folder.name}")
    if wanted.number > 1 or wanted.parent:
        parent = find_parent(wanted)
        made_on = _part(record, "parent", "hash")
        now = weights_hash(parent.folder) if parent else None
        if made_on != now:
            name = _part(record, "parent", "name") or "the bare base"
            other.append(
                f"it builds on {name}, not on {parent.name if parent else 'the bare base'}"
            )
    return other


def _other_values(recipe: Recipe, number: int, adapter: Adapter) -> list[str]:
    """Return the values of a recipe that an adapter was made with and that are others now."""
    from finetune.recipes import recipe_reader

    recorded = _part(adapters.manifest(adapter), "recipe", "values")
    before = recipe_reader.recorded(recorded)
    if number > len(before.rounds):
        return ["its recipe had fewer rounds"]
    was, now = values_of(before, number), values_of(recipe, number)
    return [
        f"{key} was {was.get(key)}, not {now.get(key)}"
        for key in sorted({*was, *now})
        if was.get(key) != now.get(key)
    ]


def _part(record: Mapping[str, object], *path: str) -> object:
    found: object = record
    for key in path:
        found = found.get(key) if isinstance(found, Mapping) else None
    return found


def _flat(values: Mapping[str, object], before: str = "") -> dict[str, object]:
    flat: dict[str, object] = {}
    for key, value in values.items():
        if isinstance(value, Mapping):
            flat |= _flat(value, f"{before}{key}.")
        else:
            flat[f"{before}{key}"] = value
    return flat
