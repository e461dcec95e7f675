"""Train an adapter on packed rows, with whatever losses the objective computes.

    rows -> steps of so many tokens -> losses -> AdamW -> checkpoint -> curve

A killed run resumes from its last checkpoint and ends with the same bits.
"""

import json
import math
import os
import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from finetune import model
from finetune.errors import FinetuneError
from finetune.files import manifests
from finetune.model import Student
from finetune.packing import Packed, Packing
from finetune.recipe import Precision, RoundPlan
from finetune.training import micro_batches
from finetune.training.fused_training import fused_layers, use_liger
from finetune.training.packed_attention import attending_apart
from finetune.training.ranks import ALONE, Ranks
from finetune.training.round_progress import Progress, Tick, silent
from finetune.training.token_loss import token_losses

if TYPE_CHECKING:
    import torch

Losses = Callable[[Any, Packed, "torch.device"], "torch.Tensor"]
"""An objective's loss: network, row and device -> one value for each of `row.learned` items."""

_MOMENTS = ("exp_avg", "exp_avg_sq", "step")


class EndTraining(Exception):
    """Raised by an objective to end a training before its steps are through."""


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """One step of the curve; `tokens` and `seconds` count from the round's start.

    `measured` is what an objective measures of a step besides.
    """

    step: int
    loss: float
    learning_rate: float
    tokens: int
    seconds: float
    measured: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TrainingRun:
    """What a run did, over all its parts where it was interrupted."""

    curve: tuple[CurvePoint, ...]
    resumed_at: int

    @property
    def tokens(self) -> int:
        """Return how many tokens went through the model."""
        return self.curve[-1].tokens if self.curve else 0

    @property
    def seconds(self) -> float:
        """Return how long the steps took."""
        return self.curve[-1].seconds if self.curve else 0.0

    @property
    def tokens_per_second(self) -> float:
        """Return the mean speed."""
        return self.tokens / self.seconds if self.seconds else 0.0


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The one file of a run that can go on; `identity` says which run it belongs to."""

    file: Path
    identity: str


def fit(
    student: Student,
    packing: Packing,
    plan: RoundPlan,
    *,
    seed: int,
    precision: Precision = "auto",
    checkpoint: Checkpoint | None = None,
    progress: Progress = silent,
    losses: Losses = token_losses,
    ranks: Ranks = ALONE,
) -> TrainingRun:
    """Train what is trainable in a student, in place.

    A step minimises the mean of the `losses` of its rows, of which each of the `ranks` takes a
    part. Raises FinetuneError where the loss is no number.
    """
    checkpoint = checkpoint if ranks.leads else None
    steps = schedule(packing.rows, plan, seed)
    weights = {name: one for name, one in student.model.named_parameters() if one.requires_grad}
    optimizer = _optimizer(weights, plan)
    curve = _start(checkpoint, weights, optimizer, ranks)
    resumed_at = len(curve)

    use_liger(student.model, student.device.type)
    student.model.train()
    with attending_apart(student.model) as apart, fused_layers(student.model) as fused:
        work = _Work(student, optimizer, losses, precision, plan.clip, seed, apart, fused, ranks)
        for step in range(resumed_at, len(steps)):
            began = time.monotonic()
            rows = [packing.rows[index] for index in steps[step]]
            rate = learning_rate(plan, step, len(steps))
            loss = _step(work, step, rows, rate)
            if not math.isfinite(loss):
                raise no_number(step, checkpoint, weights, optimizer, curve)
            seconds, tokens = time.monotonic() - began, sum(len(row.ids) for row in rows)
            curve.append(next_point(curve, loss, rate, tokens, seconds))
            speed = curve[-1].tokens / max(curve[-1].seconds, 1e-3)
            seen = curve[-1].tokens
            progress(Tick("train", step + 1, len(steps), loss, speed, rate, seen))
            if checkpoint and (step + 1) % plan.checkpoint_every == 0 and step + 1 < len(steps):
                save_checkpoint(checkpoint, weights, optimizer, curve)
    student.model.eval()
    return TrainingRun(tuple(curve), resumed_at)


@dataclass(frozen=True, slots=True)
class _Work:
    """What every step of a run works with."""

    student: Student
    optimizer: "torch.optim.Optimizer"
    losses: Losses
    precision: Precision
    clip: float
    seed: int
    apart: bool
    fused: bool
    ranks: Ranks


def _optimizer(weights: Mapping[str, "torch.Tensor"], plan: RoundPlan) -> "torch.optim.Optimizer":
    import torch

    return torch.optim.AdamW(
        list(weights.values()), lr=plan.learning_rate, weight_decay=plan.weight_decay, fused=True
    )


def _start(
    checkpoint: Checkpoint | None,
    weights: dict[str, "torch.Tensor"],
    optimizer: "torch.optim.Optimizer",
    ranks: Ranks,
) -> list[CurvePoint]:
    """Go on from a checkpoint where there is one, and give every rank the same start."""
    import torch

    curve = resume(checkpoint, weights, optimizer) if checkpoint else []
    told = ranks.tell([asdict(point) for point in curve])
    assert isinstance(told, list)
    ranks.share(weights.values())
    if told and ranks.size > 1:
        for one in weights.values():
            if not ranks.leads:
                zeros = {kind: torch.zeros_like(one) for kind in _MOMENTS}
                optimizer.state[one] = {**zeros, "step": torch.zeros((), device=one.device)}
            ranks.share(optimizer.state[one][kind] for kind in _MOMENTS)
    return [CurvePoint(**point) for point in told]


def no_number(
    step: int,
    checkpoint: Checkpoint | None,
    weights: dict[str, "torch.Tensor"],
    optimizer: "torch.optim.Optimizer",
    curve: Sequence[CurvePoint],
) -> FinetuneError:
    """Keep the state before a step that came to nothing, which is untouched, and say so."""
    kept = ""
    if checkpoint and curve:
        save_checkpoint(checkpoint, weights, optimizer, curve)
        kept = f" The state after step {step} is kept in {checkpoint.file}."
    return FinetuneError(
        f"The loss or the gradient of step {step + 1} is not a number.{kept}",
        where="learning_rate",
        remedy="Lower the recipe's learning_rate and run the round again.",
        status=1,
    )


def resumable(checkpoint: Checkpoint) -> int:
    """Return after how many steps a checkpoint of this very run was written; 0 without one."""
    about = _about(checkpoint)
    return len(json.loads(about["curve"])) if about else 0


def schedule(rows: Sequence[Packed], plan: RoundPlan, seed: int) -> list[list[int]]:
    """Return the rows of each step: shuffled anew each epoch, `batch_tokens` as near as may be.

    An epoch's last, smaller step is kept, so that each row counts once in each epoch.
    """
    steps: list[list[int]] = []
    for epoch in range(plan.epochs):
        order = [index for index, row in enumerate(rows) if row.learned]
        random.Random(f"{seed}:{epoch}").shuffle(order)
        filled = 0
        for index in order:
            size = len(rows[index].ids)
            # a row that would be over by more than half begins the next step
            if not filled or filled + size / 2 > plan.batch_tokens:
                steps.append([])
                filled = 0
            steps[-1].append(index)
            filled += size
        if 0 < plan.max_steps < len(steps):
            break
    return steps[: plan.max_steps] if plan.max_steps else steps


def learning_rate(plan: RoundPlan, step: int, steps: int) -> float:
    """Return the rate of a step: a linear rise, then half a cosine down to nothing."""
    rise = math.ceil(plan.warmup * steps)
    if step < rise:
        return plan.learning_rate * (step + 1) / rise
    fall = (step - rise) / max(steps - rise, 1)
    return plan.learning_rate * (1 + math.cos(math.pi * fall)) / 2


def _step(work: _Work, step: int, rows: Sequence[Packed], rate: float) -> float:
    """Take one step on the mean loss over all learned items of the rows, and return it.

    Where the loss or the gradient is no number, nothing is changed and NaN is returned.
    """
    import torch

    student, optimizer = work.student, work.optimizer
    learned = sum(row.learned for row in rows)
    weights = [one for group in optimizer.param_groups for one in group["params"]]
    total = torch.zeros((), device=student.device)
    most = micro_batches.tokens_at_once(student) if work.apart else 0
    for number, row in micro_batches.joined(rows, most, work.ranks):
        # so that dropout does not depend on what was computed before, or by which rank
        torch.manual_seed(random.Random(f"{work.seed}:{step}:{number}").getrandbits(63))
        with model.computing(student, work.precision, fused=work.fused):
            loss = work.losses(student.model, row, student.device).sum() / learned
        loss.backward()  # type: ignore[no-untyped-call]
        total += loss.detach()
        del loss  # and with it what its graph still holds, before the next rows
    for one in weights:
        if one.grad is None:  # a rank without rows
            one.grad = torch.zeros_like(one)
    work.ranks.sum([*(one.grad for one in weights), total])
    norm = torch.nn.utils.clip_grad_norm_(weights, work.clip)
    found = torch.stack([total, norm.to(total.device)]).tolist()  # read once a step
    if not all(map(math.isfinite, found)):
        optimizer.zero_grad()
        return math.nan
    for group in optimizer.param_groups:
        group["lr"] = rate
    optimizer.step()
    optimizer.zero_grad()
    return float(found[0])


def next_point(
    curve: Sequence[CurvePoint],
    loss: float,
    rate: float,
    tokens: int,
    seconds: float,
    measured: Mapping[str, float] = MappingProxyType({}),
) -> CurvePoint:
    """Return the point that comes next on a curve; `tokens` and `seconds` are the step's own."""
    last = curve[-1] if curve else CurvePoint(0, 0.0, 0.0, 0, 0.0)
    return CurvePoint(
        len(curve) + 1,
        round(loss, 6),
        rate,
        last.tokens + tokens,
        round(last.seconds + seconds, 3),
        {name: round(one, 6) for name, one in measured.items()},
    )


def save_checkpoint(
    checkpoint: Checkpoint,
    weights: dict[str, "torch.Tensor"],
    optimizer: "torch.optim.Optimizer",
    curve: Sequence[CurvePoint],
) -> None:
    """Write weights, moments, random state and curve as one file, whole or not at all."""
    import torch
    from safetensors.torch import save_file

    state = {f"weight/{name}": one.detach() for name, one in weights.items()}
    for name, one in weights.items():
        state |= {f"{kind}/{name}": optimizer.state[one][kind] for kind in _MOMENTS}
    state["random/cpu"] = torch.get_rng_state()
    if torch.cuda.is_available():
        state["random/cuda"] = torch.cuda.get_rng_state()
    unfinished = checkpoint.file.with_name(checkpoint.file.name + ".new")
    about = {
        "identity": checkpoint.identity,
        "curve": json.dumps([asdict(point) for point in curve]),
    }
    with manifests.saving(unfinished):
        save_file({key: one.cpu().contiguous() for key, one in state.items()}, unfinished, about)
        with unfinished.open("rb") as file:
            os.fsync(file.fileno())
    os.replace(unfinished, checkpoint.file)


def resume(
    checkpoint: Checkpoint,
    weights: dict[str, "torch.Tensor"],
    optimizer: "torch.optim.Optimizer",
) -> list[CurvePoint]:
    """Go back to a checkpoint of the very same run and return its curve; else change nothing."""
    import torch
    from safetensors import safe_open

    about = _about(checkpoint)
    if not about:
        return []
    with safe_open(checkpoint.file, framework="pt") as file:
        state = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118
    on_device = optimizer.defaults.get("fused")  # fused AdamW counts its steps where it computes
    with torch.no_grad():
        for name, one in weights.items():
            one.copy_(state[f"weight/{name}"])
            moments = {kind: state[f"{kind}/{name}"] for kind in _MOMENTS}
            optimizer.state[one] = {
                kind: value if kind == "step" and not on_device else value.to(one.device)
                for kind, value in moments.items()
            }
    torch.set_rng_state(state["random/cpu"])
    if "random/cuda" in state and torch.cuda.is_available():
        torch.cuda.set_rng_state(state["random/cuda"])
    return [CurvePoint(**point) for point in json.loads(about["curve"])]


def _about(checkpoint: Checkpoint) -> dict[str, str]:
    """Return what a checkpoint of this very run says of itself; nothing of any other file."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(checkpoint.file, framework="pt") as file:
            about = dict(file.metadata() or {})
    except (SafetensorError, OSError):
        return {}
    return about if about.get("identity") == checkpoint.identity else {}
