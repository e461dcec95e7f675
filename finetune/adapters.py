"""List, promote and test the adapters of a home.

    adapters/<recipe>/round-N/MANIFEST.json -> Adapter        adapters/PROMOTED -> the one in use

A round exists once its manifest does.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from finetune import model
from finetune.architectures import encoder_decoder
from finetune.errors import FinetuneError
from finetune.files import manifests
from finetune.inference import generation
from finetune.methods import method_registry
from finetune.model import Student
from finetune.recipe import Precision
from finetune.scoring.goals import SCORERS
from finetune.templates import rendering
from finetune.templates.rendering import Message

if TYPE_CHECKING:
    import torch

_ROUND = re.compile(r"round-(\d+)(?:\.(\d+))?")
TOLERANCE = 1e-4
"""Of logits: sums in another order, as of adapters that were joined, give less."""


@dataclass(frozen=True, slots=True)
class Adapter:
    """One finished round. `scores` holds `before` and `after`.

    `attempt` counts how often the round was made: the second one is `recipe/round-N.2`.
    """

    name: str
    recipe: str
    round: int
    objective: str
    base: str
    parent: str | None
    policy: str
    promoted: bool
    scores: dict[str, object]
    created: str
    folder: Path
    attempt: int = 1
    method: str = "lora"

    @property
    def writes(self) -> bool:
        """Say whether it writes answers: a reward model only scores them."""
        return self.objective not in SCORERS

    def values(self) -> dict[str, object]:
        """Return the adapter in the shape that `adapters list --json` prints."""
        values = asdict(self)
        del values["folder"]
        return values


@dataclass(frozen=True, slots=True)
class SelfTest:
    """What was tried on a saved adapter; `passed` when all three hold.

    `reload_difference` is the largest difference of logits after loading it again, `change` what
    the adapter does to the base's logits, `ended` the share of sample answers that end themselves.
    """

    reload_difference: float
    change: float
    ended: float
    passed: bool

    def reason(self) -> str:
        """Return what failed in the self-test; empty where it passed."""
        if self.passed:
            return ""
        if not self.reload_difference <= TOLERANCE:
            return (
                f"the self-test failed: loaded again, the adapter's logits differ by "
                f"{self.reload_difference:.1e}"
            )
        if not self.change > TOLERANCE:
            return "the self-test failed: the adapter changes nothing"
        return "the self-test failed: no sample answer ends by itself"


def adapters_folder(home: Path) -> Path:
    """Return the folder that holds all adapters."""
    return home / "adapters"


def folder_of(home: Path, recipe: str, number: int, attempt: int = 1) -> Path:
    """Return the folder of an attempt at a round, finished or not."""
    again = f".{attempt}" if attempt > 1 else ""
    return adapters_folder(home) / recipe / f"round-{number}{again}"


def finished(home: Path, recipe: str) -> list[Adapter]:
    """Return the finished rounds of a recipe, oldest first."""
    chosen = _promotions(home)
    return _of_recipe(home, recipe, chosen[-1] if chosen else None)


def list_adapters(home: Path) -> list[Adapter]:
    """Return all finished rounds that can be read, by recipe and round."""
    return readable(home)[0]


def readable(home: Path) -> tuple[list[Adapter], list[FinetuneError]]:
    """Return the rounds whose record can be read, and why others cannot."""
    chosen = _promotions(home)
    found: list[Adapter] = []
    faults: list[FinetuneError] = []
    for recipe in sorted(path for path in adapters_folder(home).glob("*") if path.is_dir()):
        read: list[Adapter] = []
        for folder in _rounds_in(recipe):
            try:
                read.append(_read(folder, chosen[-1] if chosen else None))
            except FinetuneError as error:
                faults.append(error)
        found += sorted(read, key=_order)
    return found, faults


def named(home: Path, name: str, given_by: str = "adapters") -> Adapter:
    """Return the adapter `recipe/round-N`; FinetuneError lists what there is.

    `given_by` is the option, or the value of a recipe, that gave the name. A record that cannot be
    read is told where it is the one that is asked for.
    """
    known, faults = readable(home)
    for adapter in known:
        if adapter.name == name:
            return adapter
    for error in faults:
        if Path(error.where or "").parent == adapters_folder(home) / name:
            raise error
    there = ", ".join(adapter.name for adapter in known) or "none yet"
    raise FinetuneError(
        f"There is no adapter {name}.",
        where=given_by,
        remedy=f"Finished ones: {there}. Make one: medchat finetune --round 1.",
    )


def manifest(adapter: Adapter) -> dict[str, object]:
    """Return all that is on record about an adapter."""
    return manifests.read_manifest(adapter.folder, "Run the round again.")


def promoted(home: Path) -> Adapter | None:
    """Return the adapter that answers, or None where the bare base does.

    FinetuneError where its folder was deleted.
    """
    chosen = _promotions(home)
    if chosen and not _is_there(home, chosen[-1]):
        raise FinetuneError(
            f"The promoted adapter {chosen[-1]} is no longer there.",
            where=str(adapters_folder(home) / "PROMOTED"),
            remedy="Go back to the one before: medchat adapters rollback. Or promote another: "
            "medchat adapters promote NAME.",
        )
    return named(home, chosen[-1]) if chosen else None


def still_promoted(home: Path) -> Adapter | None:
    """Return the adapter that answers, or None where none does or its folder was deleted."""
    chosen = _promotions(home)
    return named(home, chosen[-1]) if chosen and _is_there(home, chosen[-1]) else None


def promotions(home: Path) -> str:
    """Return a text that is another as soon as another adapter is promoted, or one rolled back."""
    try:
        return (adapters_folder(home) / "PROMOTED").read_text(encoding="utf-8")
    except OSError:
        return ""


def promote(home: Path, name: str) -> Adapter:
    """Let an adapter answer from now on, and return it."""
    if not named(home, name).writes:
        raise FinetuneError(
            f"The adapter {name} is a reward model: it scores answers and writes none, so it can "
            "never answer.",
            where=name,
            remedy="Promote another: medchat adapters list.",
        )
    chosen = _promotions(home)
    if not chosen or chosen[-1] != name:
        _record(home, [*chosen, name])
    return named(home, name)


def rollback(home: Path) -> Adapter | None:
    """Go back to the adapter that answered before and is still there, or to the base (None)."""
    chosen = _promotions(home)
    if not chosen:
        raise FinetuneError(
            "No adapter is promoted, so there is nothing to go back to.",
            where="rollback",
            remedy="Promote one: medchat adapters promote NAME.",
        )
    before = [name for name in chosen[:-1] if _is_there(home, name)]
    _record(home, before)
    return promoted(home)


def _is_there(home: Path, name: str) -> bool:
    return (adapters_folder(home) / name / manifests.MANIFEST).is_file()


def self_test(
    student: Student,
    folder: Path,
    prompts: Sequence[Sequence[Message]],
    max_new_tokens: int,
    precision: Precision = "auto",
    *,
    must_end: bool = True,
) -> SelfTest:
    """Load a saved adapter onto the same base and hold it against the student that was saved.

    `must_end` asks for one answer at least that ends by itself, for which there must be tokens.
    """
    import torch

    asked = [
        torch.tensor([rendering.prompt_ids(student.tokenizer, prompt)], device=student.device)
        for prompt in prompts
    ]
    kept = [_logits(student, ids) for ids in asked]
    with model.loaded_beside(student, folder) as again:
        loaded = [_logits(again, ids) for ids in asked]
        ended = sum(_ends(again, prompt, max_new_tokens, precision) for prompt in prompts)
    with model.bare(student) as base:
        untouched = [_logits(base, ids) for ids in asked]
    difference = _largest_difference(kept, loaded)
    change = _largest_difference(loaded, untouched)
    share = ended / len(prompts) if prompts else 0.0
    passed = difference <= TOLERANCE < change and (ended > 0 or not must_end)
    return SelfTest(difference, change, share, passed)


def _logits(student: Student, ids: "torch.Tensor") -> "torch.Tensor":
    import torch

    with torch.inference_mode():
        return encoder_decoder.compared_logits(student.model, ids).float()


def _largest_difference(some: "list[torch.Tensor]", others: "list[torch.Tensor]") -> float:
    import torch

    found = [(one - other).abs().max() for one, other in zip(some, others, strict=True)]
    return float(torch.stack(found).max()) if found else 0.0  # a NaN stays one


def _ends(student: Student, prompt: Sequence[Message], tokens: int, precision: Precision) -> bool:
    ends: list[bool] = []
    for _ in generation.stream(
        student, prompt, tokens, precision=precision, ended=lambda: ends.append(True)
    ):
        continue
    return bool(ends)


def _of_recipe(home: Path, recipe: str, chosen: str | None) -> list[Adapter]:
    folders = _rounds_in(adapters_folder(home) / recipe)
    return sorted((_read(folder, chosen) for folder in folders), key=_order)


def _rounds_in(recipe: Path) -> list[Path]:
    return [
        path
        for path in sorted(recipe.glob("round-*"))
        if _ROUND.fullmatch(path.name) and (path / manifests.MANIFEST).is_file()
    ]


def _order(adapter: Adapter) -> tuple[int, int]:
    return adapter.round, adapter.attempt


def _read(folder: Path, chosen: str | None) -> Adapter:
    remedy = f"Delete the folder {folder} and run the round again."
    values = manifests.read_manifest(folder, remedy)
    try:
        base, parent, scores = values["base"], values.get("parent"), values["scores"]
        if not isinstance(base, dict) or not isinstance(scores, dict):
            raise TypeError("base and scores")
        name = str(values["name"])
        number, attempt = _ROUND.fullmatch(folder.name).groups()  # type: ignore[union-attr]
        return Adapter(
            name=name,
            recipe=folder.parent.name,
            round=int(number),
            objective=str(values["objective"]),
            base=str(base["name"]),
            parent=str(parent["name"]) if isinstance(parent, dict) else None,
            policy=str(values["policy"]),
            promoted=name == chosen,
            scores=scores,
            created=str(values["created"]),
            folder=folder,
            attempt=int(attempt or 1),
            method=method_registry.name_of(values),
        )
    except (KeyError, TypeError) as error:
        raise FinetuneError(
            f"The manifest of {folder} is not that of a round.",
            where=str(folder / manifests.MANIFEST),
            remedy=remedy,
        ) from error


def _promotions(home: Path) -> list[str]:
    """Return the names that were promoted, the one in force last."""
    path = adapters_folder(home) / "PROMOTED"
    if not path.is_file():
        return []
    try:
        names = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        names = None
    if not isinstance(names, list):
        raise FinetuneError(
            f"The file {path} cannot be read.",
            where=str(path),
            remedy="Delete it, then promote one: medchat adapters promote NAME.",
        )
    return [str(name) for name in names]


def _record(home: Path, names: Sequence[str]) -> None:
    adapters_folder(home).mkdir(parents=True, exist_ok=True)
    manifests.write_json(adapters_folder(home) / "PROMOTED", list(names))
