"""Fine-tune in rounds: each round starts from the adapter that the last one left behind.

    recipe + data -> examples -> parent's adapter -> score, train, score -> self-test -> gate

A finished round is a folder whose manifest is written last; a rerun skips it, and a killed round
goes on from its checkpoint.
"""

import fcntl
import json
import os
import platform
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from finetune import (
    adapters,
    dataset,
    evaluate,
    gate,
    held_out,
    manifests,
    model,
    preflight,
    rendering,
    trainer,
)
from finetune.adapters import Adapter, SelfTest
from finetune.bases import base_records
from finetune.dataset import Dataset, ExampleReport
from finetune.errors import FinetuneError
from finetune.evaluate import Measurement
from finetune.held_out import HeldOut
from finetune.model import Student
from finetune.objectives.objective_registry import Objective, objective_of
from finetune.packing import Packing, pack
from finetune.preflight import Preflight
from finetune.recipe import Recipe
from finetune.round_progress import Progress, Tick, silent
from finetune.text_tools import TextTools
from finetune.trainer import Checkpoint, TrainingRun

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

_VERSIONS = ("medchat", "torch", "transformers", "peft", "tokenizers", "safetensors")
_PROMPTS = 4


@dataclass(frozen=True, slots=True)
class RoundOutcome:
    """What became of a round: `skipped` where it was finished before."""

    adapter: Adapter
    skipped: bool
    gate: dict[str, object]


@dataclass(frozen=True, slots=True)
class _RoundInputs:
    """All that a round is made from."""

    recipe: Recipe
    number: int
    home: Path
    data: Dataset
    parent: Adapter | None
    objective: Objective
    packing: Packing
    report: ExampleReport
    held_out: HeldOut
    tools: TextTools


def run(
    recipe: Recipe,
    number: int,
    home: Path,
    data: Path | None = None,
    progress: Progress = silent,
    *,
    tools: TextTools,
) -> RoundOutcome:
    """Run a round and return its adapter; a finished one is left alone.

    Without `data` the newest dataset folder of the home is taken. Raises FinetuneError where the
    parent round, the data or the base is missing, or another run is at work on the recipe.
    """
    recipe.round(number)
    done = _finished(recipe, number, home)
    if done:
        _promote_pending(home, done.folder, done.name)
        return RoundOutcome(adapters.named(home, done.name), True, _gate_of(done))
    parent = _parent(recipe, number, home)
    with _lock(home, recipe):
        student = _student(recipe, parent, home)
        work = _prepare(recipe, number, home, data, student.tokenizer, progress, tools)
        _check_memory(work)
        before = _score(work, student, progress)
        fit = _train(work, student, progress)
        after = _score(work, student, progress)
        return _finish(work, student, fit, before, after, progress)


def estimate(
    recipe: Recipe,
    number: int,
    home: Path,
    data: Path | None = None,
    progress: Progress = silent,
    *,
    tools: TextTools,
) -> Preflight:
    """Return what a round would take, and train nothing."""
    recipe.round(number)
    _parent(recipe, number, home)
    tokenizer = model.tokenizer(base_records.find(home, recipe.base))
    work = _prepare(recipe, number, home, data, tokenizer, progress, tools)
    return _preflight(work)


def missing(recipe: Recipe, home: Path) -> list[int]:
    """Return the numbers of the rounds that are not finished, in order."""
    finished = {adapter.round for adapter in adapters.finished(home, recipe.name)}
    return [number for number in range(1, len(recipe.rounds) + 1) if number not in finished]


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


def _finished(recipe: Recipe, number: int, home: Path) -> Adapter | None:
    """Return a finished round, if it is; FinetuneError where it was trained on another base."""
    for adapter in adapters.finished(home, recipe.name):
        if adapter.round != number:
            continue
        if adapter.base != model.name_of(base_records.find(home, recipe.base)):
            raise FinetuneError(
                f"Round {number} of {recipe.name} stands on the base {adapter.base} already.",
                where="--base",
                remedy="Copy the recipe to a file with another name: and train that.",
            )
        return adapter
    folder = adapters.folder_of(home, recipe.name, number)
    if folder.exists():
        raise FinetuneError(
            f"The folder {folder} is in the way: it is no finished round.",
            where=str(folder),
            remedy="Move or delete it and run the round again.",
        )
    return None


def _parent(recipe: Recipe, number: int, home: Path) -> Adapter | None:
    if number == 1:
        return None
    parent = _finished(recipe, number - 1, home)
    if parent is None:
        raise FinetuneError(
            f"Round {number} of {recipe.name} continues round {number - 1}, which is not finished.",
            where="--round",
            remedy=f"Run --round {number - 1} first, or --round all.",
        )
    return parent


@contextmanager
def _lock(home: Path, recipe: Recipe) -> Iterator[None]:
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


def _student(recipe: Recipe, parent: Adapter | None, home: Path) -> Student:
    """Open the base with a new adapter, or with the parent's to go on with."""
    base = base_records.find(home, recipe.base)
    if parent is None:
        bare = model.load(base, precision=recipe.precision)
        student = model.attach(bare, recipe.lora, recipe.seed)
    else:
        student = model.load(base, parent.folder, trainable=True, precision=recipe.precision)
    if recipe.recompute:
        model.recompute(student)
    return student


def _prepare(
    recipe: Recipe,
    number: int,
    home: Path,
    folder: Path | None,
    tokenizer: "PreTrainedTokenizerBase",
    progress: Progress,
    tools: TextTools,
) -> _RoundInputs:
    """Read the data and draw what the model will see; each round draws anew."""
    progress(Tick("read data", 0, None))
    data = dataset.read(folder or newest_data(home))
    scored = held_out.choose(data, recipe, number, tokenizer, tools)
    objective = objective_of(recipe.round(number))
    seed = recipe.seed_of(number)
    shown, report = objective.examples(data, tokenizer, recipe, seed, tools)
    packing = recipe.packing and model.packs(base_records.find(home, recipe.base))
    return _RoundInputs(
        recipe,
        number,
        home,
        data,
        _parent(recipe, number, home),
        objective,
        pack(shown, recipe.max_tokens, packing),
        report,
        scored,
        tools,
    )


def _preflight(work: _RoundInputs) -> Preflight:
    opened = replace(work.recipe, base=base_records.find(work.home, work.recipe.base))
    return preflight.check(opened, work.number, work.packing, work.report)


def _check_memory(work: _RoundInputs) -> None:
    check = _preflight(work)
    if not check.fits:
        need, there = check.memory_bytes >> 30, check.memory_there >> 30
        raise FinetuneError(
            f"The round needs about {need} GiB of memory and this machine has {there} GiB.",
            where="--base",
            remedy="Choose a smaller base, or lower the recipe's max_tokens.",
        )


def _score(work: _RoundInputs, student: Student, progress: Progress) -> Measurement:
    return evaluate.measure(
        student,
        work.held_out.examples,
        work.recipe.evaluation,
        work.tools,
        losses_on=work.held_out.losses_on,
        precision=work.recipe.precision,
        wording=work.held_out.wording,
        progress=progress,
    )


def _train(work: _RoundInputs, student: Student, progress: Progress) -> TrainingRun:
    final = adapters.folder_of(work.home, work.recipe.name, work.number)
    return trainer.fit(
        student,
        work.packing,
        work.recipe.round(work.number),
        seed=work.recipe.seed_of(work.number),
        precision=work.recipe.precision,
        checkpoint=Checkpoint(_sibling(final, "checkpoint"), _identity(work, student)),
        progress=progress,
        losses=work.objective.losses,
    )


def _identity(work: _RoundInputs, student: Student) -> str:
    """Return what identifies this very run: only it may resume from its checkpoint."""
    parent = manifests.of_file(work.parent.folder / model.WEIGHTS) if work.parent else ""
    return manifests.of_value(
        [work.recipe.hash(), work.number, work.data.hash, student.base_hash, parent]
    )


def _sibling(final: Path, ending: str) -> Path:
    return final.with_name(f"{final.name}.{ending}")


def _finish(
    work: _RoundInputs,
    student: Student,
    fit: TrainingRun,
    before: Measurement,
    after: Measurement,
    progress: Progress,
) -> RoundOutcome:
    """Save, test, judge, and only then give the round its name."""
    final = adapters.folder_of(work.home, work.recipe.name, work.number)
    folder = _sibling(final, "partial")
    shutil.rmtree(folder, ignore_errors=True)
    model.save(student, folder)
    _write_curve(folder, fit)
    record = _record(work, student, fit, before, after)
    manifests.seal(folder, record)  # the self-test opens the folder as any reader would
    progress(Tick("self-test", 0, None))
    test = _self_test(work, student, folder)
    judged = _judge(work, before, after, test)
    manifests.seal(folder, {**record, "self_test": asdict(test), "gate": judged})
    if judged["promotes"]:
        _sibling(final, "unsettled").touch()
    manifests.place(folder, final)
    _sibling(final, "checkpoint").unlink(missing_ok=True)
    _promote_pending(work.home, final, str(record["name"]))
    return RoundOutcome(adapters.named(work.home, str(record["name"])), False, judged)


def _self_test(work: _RoundInputs, student: Student, folder: Path) -> SelfTest:
    """Test the saved adapter on prompts whose answers may be as long as the lessons' own."""
    most, examples = work.recipe.evaluation.max_new_tokens, work.held_out.examples
    short = [one for one in examples if sum(one.tokens.learn) <= most]
    return adapters.self_test(
        student,
        folder,
        [example.prompt for example in (short or examples)[:_PROMPTS]],
        most,
        work.recipe.precision,
        must_end=len(short) >= _PROMPTS,  # one answer of few tokens may fail to end by chance
    )


def _promote_pending(home: Path, final: Path, name: str) -> None:
    """Promote a round that shall be, once, even where the run was killed right before."""
    pending = _sibling(final, "unsettled")
    if pending.exists() and final.exists():
        adapters.promote(home, name)
        pending.unlink()


def _write_curve(folder: Path, fit: TrainingRun) -> None:
    with (folder / "curve.jsonl").open("w", encoding="utf-8") as file:
        for point in fit.curve:
            file.write(json.dumps(asdict(point)) + "\n")


def _record(
    work: _RoundInputs, student: Student, fit: TrainingRun, before: Measurement, after: Measurement
) -> dict[str, object]:
    """Return the round's manifest, less its self-test and its gate."""
    recipe, parent = work.recipe, work.parent
    return {
        "name": f"{recipe.name}/round-{work.number}",
        "recipe": {"name": recipe.name, "hash": recipe.hash(), "values": recipe.values()},
        "round": work.number,
        "objective": recipe.round(work.number).objective,
        "base": {"name": student.base_name, "hash": student.base_hash},
        "parent": parent
        and {"name": parent.name, "hash": manifests.of_file(parent.folder / model.WEIGHTS)},
        "policy": recipe.policy,
        "data": {
            "hash": work.data.hash,
            "name": work.data.folder.name,
            **asdict(work.report),
            "tokens": work.packing.tokens,
            "efficiency": round(work.packing.efficiency, 4),
        },
        "template": rendering.template_hash(student.tokenizer),
        "seed": recipe.seed,
        "versions": _versions(),
        "device": str(student.device),
        "steps": len(fit.curve),
        "tokens": fit.tokens,
        "seconds": round(fit.seconds, 1),
        "tokens_per_second": round(fit.tokens_per_second, 1),
        "resumed_at": fit.resumed_at,
        "curve": [asdict(point) for point in _thinned(fit)],
        "scores": {"before": before.values(), "after": after.values()},
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _thinned(fit: TrainingRun) -> list[trainer.CurvePoint]:
    """Return at most about fifty points, first and last included; curve.jsonl holds them all."""
    stride = max(1, len(fit.curve) // 50)
    return [point for place, point in enumerate(fit.curve, 1) if place % stride == 0 or place == 1]


def _versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for name in _VERSIONS:
        with suppress(PackageNotFoundError):  # medchat itself may run from its sources
            found[name] = version(name)
    return found


def _judge(
    work: _RoundInputs, before: Measurement, after: Measurement, test: SelfTest
) -> dict[str, object]:
    """Decide whether the round is good enough to answer, and say why."""
    verdict = gate.judge(before, after, work.recipe.gate)
    reasons = [*([] if test.passed else [test.reason()]), *verdict.reasons]
    chosen = adapters.still_promoted(work.home)
    free = chosen is None or chosen.recipe == work.recipe.name
    rival = work.parent.name if work.parent else "the bare base"
    if reasons:
        reason = "; ".join(reasons)
    elif not free:
        reason = f"{chosen.name if chosen else ''} of another recipe stays promoted"
    else:
        reason = f"better than {rival}, and nothing lost that the recipe keeps"
    loss = next((check for check in verdict.checks if check.measure == "nll"), None)
    return {
        **verdict.values(),
        "passed": not reasons,
        "refused": not test.passed or (verdict.judged and not verdict.passed),
        "promotes": not reasons and free,
        "reason": f"{reason}.",
        "against": rival,
        "change": loss.change if loss else 0.0,
        "interval": list(loss.interval) if loss else [0.0, 0.0],
    }


def _gate_of(adapter: Adapter) -> dict[str, object]:
    judged = adapters.manifest(adapter).get("gate")
    return judged if isinstance(judged, dict) else {}
