"""Fine-tune in rounds: each round starts from the adapter that the last one left behind.

    recipe + data -> examples -> parent's adapter -> score, train, score -> self-test -> gate

A finished round is a folder whose manifest is written last; a rerun skips it, and a killed round
goes on from its checkpoint.
"""

import json
import platform
import shutil
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from finetune import adapters, gate, ledger, model, preflight, round_checks, trainer
from finetune.adapters import Adapter, SelfTest
from finetune.architectures import forward_check
from finetune.bases import base_records
from finetune.cards import curve_picture, round_record
from finetune.dataset import Dataset
from finetune.errors import FinetuneError
from finetune.evaluate import Measurement
from finetune.files import manifests
from finetune.ledger import Wanted
from finetune.methods.method_registry import method_of, weights_hash
from finetune.model import Student
from finetune.objectives.objective_protocols import (
    BringsRows,
    ExampleSource,
    LearnsByLosses,
    MakesAnother,
    Objective,
    RoundSize,
    RoundTask,
    TrainsItself,
)
from finetune.objectives.objective_registry import objective_of
from finetune.packing import Packing, hash_of, joined, pack
from finetune.preflight import Preflight
from finetune.recipe import Recipe
from finetune.rows import mixing
from finetune.rows.examples import ExampleReport
from finetune.scoring import held_out, raw_outputs
from finetune.scoring.held_out import HeldOut
from finetune.templates import rendering
from finetune.text_tools import TextTools
from finetune.trainer import Checkpoint, TrainingRun
from finetune.training import ranks
from finetune.training.ranks import Ranks
from finetune.training.round_progress import Progress, Tick, silent

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

_VERSIONS = ("medchat", "torch", "transformers", "peft", "tokenizers", "safetensors")
_PROMPTS = 4


@dataclass(frozen=True, slots=True)
class RoundOutcome:
    """What became of a round: `skipped` where it was done before; `note` tells of a checkpoint."""

    adapter: Adapter
    skipped: bool
    gate: dict[str, object]
    note: str = ""


@dataclass(frozen=True, slots=True)
class _RoundInputs:
    """All that a round is made from."""

    recipe: Recipe
    number: int
    home: Path
    folder: Path
    data: Dataset
    parent: Adapter | None
    objective: Objective
    packing: Packing
    report: ExampleReport
    size: RoundSize | None
    held_out: HeldOut
    tools: TextTools


def run(
    wanted: Wanted, progress: Progress = silent, *, tools: TextTools, resume: bool = False
) -> RoundOutcome:
    """Run a round and return its adapter; one that is done already is left alone.

    Without data the newest dataset folder of the home is taken. `resume` insists on a checkpoint
    to go on from, which else is used where there is one. Raises FinetuneError where the round was
    made otherwise before, where the parent, the data or the base is missing, or where another run
    is at work on the recipe.
    """
    recipe, home = wanted.recipe, wanted.home
    recipe.round(wanted.number)
    done = ledger.find_done(wanted)
    if done:
        _promote_pending(home, done.folder, done.name)
        return RoundOutcome(adapters.named(home, done.name), True, ledger.gate_of(done))
    round_checks.check_recipe(wanted)
    parent = ledger.find_parent(wanted)
    round_checks.check_parent(wanted, parent)
    with ledger.lock(home, recipe), ranks.together() as group:
        round_checks.check_ranks(wanted, group)
        student = _student(wanted, parent)
        work = _prepare(wanted, parent, student.tokenizer, progress, tools)
        _check_memory(work)
        parts = _parts(work, student)
        went_on = _look_for_checkpoint(work, parts, resume)
        before = _score(work, student, progress)
        group.tell(wanted.number)
        fit = _train(work, parts, student, progress, group)
        student = method_of(recipe).join(student, recipe)
        after = _score(work, student, progress)
        return replace(_finish(work, student, fit, before, after, progress), note=went_on)


def follow(wanted: Wanted, *, tools: TextTools) -> None:
    """Train this rank's part of the rounds that rank 0 runs, until it says that it has ended.

    `wanted` is what rank 0 was asked for too; which round, it tells. Nothing is kept here.
    """
    with ranks.together() as group:
        while isinstance(number := group.tell(None), int):
            mine = replace(wanted, number=number)
            parent = ledger.find_parent(mine)
            student = _student(mine, parent)
            work = _prepare(mine, parent, student.tokenizer, silent, tools)
            _train(work, _parts(work, student), student, silent, group)


def estimate(
    wanted: Wanted, progress: Progress = silent, *, tools: TextTools, measured: bool = False
) -> Preflight:
    """Return what a round would take, and keep nothing; `measured` makes two steps to tell."""
    recipe = wanted.recipe
    round_checks.check_recipe(wanted)
    base = base_records.find(wanted.home, recipe.base)
    forward_check.demand_of(model.config_of(base), recipe.base)
    parent = ledger.find_parent(wanted)
    round_checks.check_parent(wanted, parent)
    tokenizer = model.tokenizer(base)
    work = _prepare(wanted, parent, tokenizer, progress, tools)
    check = replace(_preflight(work), samples=preflight.samples(work.packing, tokenizer))
    if not measured:
        return check
    progress(Tick("trial", 0, None))
    opened = replace(recipe, base=base)
    return preflight.try_out(check, opened, work.packing)


def _student(wanted: Wanted, parent: Adapter | None) -> Student:
    """Open the base with a new adapter, with the parent's to go on with, or with both."""
    recipe = wanted.recipe
    base = base_records.find(wanted.home, recipe.base)
    objective = objective_of(recipe.round(wanted.number))
    if isinstance(objective, MakesAnother):
        student = objective.open(recipe, base, parent)
        if recipe.recompute:
            model.recompute(student)
        return student
    student = model.to_train(recipe, base, parent.folder if parent else None)
    forward_check.demand(student)
    return student


def _prepare(
    wanted: Wanted,
    parent: Adapter | None,
    tokenizer: "PreTrainedTokenizerBase",
    progress: Progress,
    tools: TextTools,
) -> _RoundInputs:
    """Read the data and draw what the model will see; each round draws anew."""
    progress(Tick("read data", 0, None))
    recipe, number = wanted.recipe, wanted.number
    folder = wanted.data or ledger.newest_data(wanted.home)
    data = mixing.read(folder, recipe, number, wanted.home)
    scored = held_out.choose(data, recipe, number, tokenizer, tools, wanted.home)
    objective = objective_of(recipe.round(number))
    seen_by = recipe.shown_in(number)
    source = ExampleSource(data, tokenizer, seen_by, recipe.seed_of(number), tools)
    shown, report = objective.examples(source)
    size = None
    if isinstance(objective, TrainsItself):
        size = objective.size(recipe.round(number), shown, model.device())
    packing = recipe.packing and method_of(recipe).packs
    packing = packing and model.packs(base_records.find(wanted.home, recipe.base))
    packed = pack(shown, recipe.max_tokens, packing)
    if isinstance(objective, BringsRows):
        more = objective.more_rows(wanted.home, tokenizer, recipe)
        packed = joined(more, packed) if more else packed
    return _RoundInputs(
        recipe,
        number,
        wanted.home,
        wanted.folder,
        data,
        parent,
        objective,
        packed,
        report,
        size,
        scored,
        tools,
    )


def _look_for_checkpoint(work: _RoundInputs, parts: Mapping[str, str], insist: bool) -> str:
    """Return in words what becomes of a checkpoint; FinetuneError where one is insisted on."""
    file = _sibling(work.folder, "checkpoint")
    found = trainer.resumable(Checkpoint(file, manifests.of_value(parts)))
    if found:
        return f"went on from the checkpoint after step {found}"
    why = (
        f"the checkpoint {file.name} is of other data, another recipe or another base"
        if file.exists()
        else "there is no checkpoint"
    )
    if insist:
        raise FinetuneError(
            f"Nothing can be resumed for round {work.number} of {work.recipe.name}: {why}.",
            where="--resume",
            remedy="Leave out --resume, and the round starts anew.",
        )
    return f"{why}, so the round started anew" if file.exists() else ""


def _preflight(work: _RoundInputs) -> Preflight:
    opened = replace(work.recipe, base=base_records.find(work.home, work.recipe.base))
    return preflight.check(opened, work.number, work.packing, work.report, work.size)


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
    return held_out.measure(student, work.held_out, work.recipe, work.tools, progress)


def _train(
    work: _RoundInputs,
    parts: Mapping[str, str],
    student: Student,
    progress: Progress,
    group: Ranks,
) -> TrainingRun:
    objective, recipe = work.objective, work.recipe
    group.check_same(parts)
    checkpoint = Checkpoint(_sibling(work.folder, "checkpoint"), manifests.of_value(parts))
    if isinstance(objective, TrainsItself):
        task = replace(_task(work), checkpoint=checkpoint, progress=progress)
        return objective.train(student, task)
    assert isinstance(objective, LearnsByLosses)
    return trainer.fit(
        student,
        work.packing,
        recipe.round(work.number),
        seed=recipe.seed_of(work.number),
        precision=recipe.precision,
        checkpoint=checkpoint,
        progress=progress,
        losses=objective.losses,
        ranks=group,
    )


def _task(work: _RoundInputs) -> RoundTask:
    shown = work.recipe.shown_in(work.number)
    return RoundTask(shown, work.number, work.home, work.data, work.tools, work.parent)


def _parts(work: _RoundInputs, student: Student) -> dict[str, str]:
    """Return the hash of each part that a run is made of: only the same may resume it."""
    return {
        "recipe": manifests.of_value([ledger.values_of(work.recipe, work.number), work.number]),
        "data": manifests.of_value(work.data.hash),
        "base": manifests.of_value(student.base_hash),
        "parent": manifests.of_value(weights_hash(work.parent.folder) if work.parent else ""),
        "rows as shown": hash_of(work.packing.rows),
    }


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
    final = work.folder
    folder = _sibling(final, "partial")
    shutil.rmtree(folder, ignore_errors=True)
    record = _record(work, student, fit, before, after)
    with manifests.saving(folder):
        _save(work, student, folder)
        _write_curve(folder, fit)
        _draw_curves(folder, work, record)
        raw_outputs.write(folder, work.held_out.examples, {"before": before, "after": after})
        manifests.seal(folder, record)  # the self-test opens the folder as any reader would
    progress(Tick("self-test", 0, None))
    test = _self_test(work, student, folder)
    judged = _judge(work, before, after, test)
    with manifests.saving(folder):
        manifests.seal(folder, {**record, "self_test": asdict(test), "gate": judged})
    if judged["promotes"]:
        _sibling(final, "unsettled").touch()
    manifests.place(folder, final)
    _sibling(final, "checkpoint").unlink(missing_ok=True)
    _promote_pending(work.home, final, str(record["name"]))
    return RoundOutcome(adapters.named(work.home, str(record["name"])), False, judged)


def _save(work: _RoundInputs, student: Student, folder: Path) -> None:
    if isinstance(work.objective, MakesAnother):
        work.objective.save(student, folder)
    else:
        model.save(student, folder, method_of(work.recipe))


def _self_test(work: _RoundInputs, student: Student, folder: Path) -> SelfTest:
    """Test the saved adapter on prompts whose answers may be as long as the lessons' own."""
    if isinstance(work.objective, MakesAnother):
        return work.objective.self_test(student, folder, _task(work))
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


def _draw_curves(folder: Path, work: _RoundInputs, record: dict[str, object]) -> None:
    """Draw the round beside those of its recipe that it stands on."""
    own = round_record.RoundRecord(str(record["name"]), record, round_record.steps(folder, record))
    beside = round_record.rounds_beside(work.home, work.parent) if work.parent else []
    earlier = [one for one in beside if one.text("recipe", "name") == work.recipe.name]
    drawn = curve_picture.picture(f"Rounds of {work.recipe.name}", [*earlier, own])
    (folder / curve_picture.FILE).write_text(drawn, encoding="utf-8")


def _record(
    work: _RoundInputs, student: Student, fit: TrainingRun, before: Measurement, after: Measurement
) -> dict[str, object]:
    """Return the round's manifest, less its self-test and its gate."""
    recipe, parent = work.recipe, work.parent
    return {
        "name": f"{recipe.name}/{work.folder.name}",
        "recipe": {"name": recipe.name, "hash": recipe.hash(), "values": recipe.values()},
        "round": work.number,
        "objective": recipe.round(work.number).objective,
        "method": recipe.method,
        "base": {"name": student.base_name, "hash": student.base_hash},
        "parent": parent and {"name": parent.name, "hash": weights_hash(parent.folder)},
        "policy": recipe.policy,
        "data": {
            "hash": work.data.hash,
            "name": work.data.folder.name,
            **({"mixed": dict(work.data.mixed)} if work.data.mixed else {}),
            **asdict(work.report),
            "licences": dict(Counter(row.licence for row in work.data.train)),
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
    writes = not isinstance(work.objective, MakesAnother)
    rival = work.parent.name if work.parent else "the bare base"
    if reasons:
        reason = "; ".join(reasons)
    elif not writes:
        reason = f"better than {rival}; it scores answers and is never promoted to write them"
    elif not free:
        reason = f"{chosen.name if chosen else ''} of another recipe stays promoted"
    else:
        reason = f"better than {rival}, and nothing lost that the recipe keeps"
    goal = next((check for check in verdict.checks if check.measure == after.goal.measure), None)
    return {
        **verdict.values(),
        "passed": not reasons,
        "refused": not test.passed or (verdict.judged and not verdict.passed),
        "promotes": not reasons and free and writes,
        "reason": f"{reason}.",
        "against": rival,
        "change": goal.change if goal else 0.0,
        "interval": list(goal.interval) if goal else [0.0, 0.0],
    }
