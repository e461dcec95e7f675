"""Train a student with a trainer of trl, in the ways of our rounds.

    rows of token ids + a trainer of trl + a round's plan -> steps -> curve, weights in place

Learning rates, seeds, checkpoints, progress and what happens to a loss that is no number are those
of `trainer.fit`: a killed run goes on from the same one file and ends with the same bits. Nothing
else is written, nothing is printed and nothing is reported.
"""

import copy
import logging
import math
import random
import shutil
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from finetune import model, trainer
from finetune.architectures import architecture
from finetune.model import Student
from finetune.recipe import Precision, RoundPlan
from finetune.trainer import Checkpoint, CurvePoint, EndTraining, TrainingRun
from finetune.training.round_progress import Progress, Tick, silent

if TYPE_CHECKING:
    import torch

    from finetune.objectives.objective_protocols import RoundTask

Row = TypeVar("Row")

Watch = Callable[[int, Mapping[str, float]], None]
"""Told after each step: its number, and the means of what the trainer of trl measured in it."""

_AT_ONCE = 4096
_AT_ONCE_ON_GPU = 32_768
"""So many tokens, padding included, go through the model at once."""


@dataclass(frozen=True, slots=True)
class TrlTraining:
    """What is given to trl: the classes of trainer and configuration, and the rows.

    A step takes `at_a_step` rows, `at_once` of them at a time. `settings` are fields of the
    configuration and `given` arguments of the trainer beside those that every trainer takes.
    `steps` overrides their number where a trainer does not take each row once in each epoch.
    """

    trainer: type[Any]
    config: type[Any]
    rows: Sequence[Mapping[str, object]]
    at_a_step: int
    at_once: int
    settings: Mapping[str, object] = field(default_factory=dict)
    given: Mapping[str, object] = field(default_factory=dict)
    steps: int = 0

    def count_steps(self, plan: RoundPlan) -> int:
        """Return how many steps a round takes."""
        if self.steps:
            return self.steps
        return count_steps(len(self.rows), self.at_a_step, self.at_once, plan)


def count_steps(rows: int, at_a_step: int, at_once: int, plan: RoundPlan) -> int:
    """Return how many steps a trainer takes that goes through all rows in each epoch."""
    batches = math.ceil(rows / at_once)
    steps = math.ceil(batches / math.ceil(at_a_step / at_once)) * plan.epochs
    return min(steps, plan.max_steps) if plan.max_steps else steps


def rows_a_step(sizes: Sequence[int], plan: RoundPlan, device: "torch.device") -> tuple[int, int]:
    """Return how many rows of these token counts make `batch_tokens`, and how many go at once."""
    mean = sum(sizes) / len(sizes)
    wanted = min(max(1, round(plan.batch_tokens / mean)), len(sizes))
    most = _AT_ONCE if device.type == "cpu" else _AT_ONCE_ON_GPU
    at_once = min(max(1, most // max(sizes)), wanted)
    return max(1, wanted // at_once) * at_once, at_once


def drawn(rows: Sequence[Row], plan: RoundPlan, at_a_step: int, seed: int) -> list[Row]:
    """Return the rows that a round's steps will take, where they take less than an epoch."""
    wanted = plan.max_steps * at_a_step
    if not wanted or wanted >= len(rows):
        return list(rows)
    return random.Random(seed).sample(rows, wanted)


def fit(
    student: Student,
    training: TrlTraining,
    plan: RoundPlan,
    *,
    seed: int,
    precision: Precision = "auto",
    checkpoint: Checkpoint | None = None,
    progress: Progress = silent,
    watch: Watch | None = None,
) -> TrainingRun:
    """Train what is trainable in a student, in place.

    Raises FinetuneError where a loss or a gradient is no number; the state before is kept.
    """
    import torch

    weights = {name: one for name, one in student.model.named_parameters() if one.requires_grad}
    optimizer = torch.optim.AdamW(
        list(weights.values()), lr=plan.learning_rate, weight_decay=plan.weight_decay
    )
    steps = training.count_steps(plan)
    run = _Run(student, plan, steps, precision, weights, optimizer, checkpoint, progress, watch)
    with _scratch(checkpoint) as folder, _as_it_was(student), _hushed():
        made = _trainer(run, training, seed, folder)
        torch.manual_seed(seed)  # dropout
        run.resume(made.lr_scheduler)
        resumed_at = len(run.curve)
        if resumed_at < steps:
            with suppress(EndTraining):
                made.train(resume_from_checkpoint=run.write_state(folder, training.at_once))
    student.model.eval()
    return TrainingRun(tuple(run.curve), resumed_at)


def train(student: Student, training: TrlTraining, task: "RoundTask") -> TrainingRun:
    """Train a student as the task of a round says; raises as `fit` does."""
    return fit(
        student,
        training,
        task.plan,
        seed=task.seed,
        precision=task.recipe.precision,
        checkpoint=task.checkpoint,
        progress=task.progress,
    )


def _trainer(run: "_Run", training: TrlTraining, seed: int, folder: Path) -> Any:  # noqa: ANN401
    import torch
    from datasets import Dataset
    from transformers.trainer_callback import PrinterCallback

    plan, student = run.plan, run.student
    arguments = training.config(
        **{
            "output_dir": str(folder),
            "per_device_train_batch_size": training.at_once,
            "gradient_accumulation_steps": math.ceil(training.at_a_step / training.at_once),
            "max_steps": run.steps,
            "learning_rate": plan.learning_rate,
            "max_grad_norm": plan.clip,
            "seed": seed % 2**32,  # as numpy takes it
            "bf16": False,  # `compute_loss_context_manager` chooses the precision
            "gradient_checkpointing": False,  # the round decides that for the student
            "use_cpu": student.device.type == "cpu",
            "dataloader_pin_memory": student.device.type != "cpu",
            "save_strategy": "no",
            "logging_strategy": "no",
            "report_to": "none",
            "disable_tqdm": True,
            **training.settings,
        }
    )
    arguments._n_gpu = min(arguments.n_gpu, 1)
    kind = type(training.trainer.__name__, (_OurWays, training.trainer), {"run": run})
    schedule = torch.optim.lr_scheduler.LambdaLR(
        run.optimizer,
        lambda step: trainer.learning_rate(plan, step, run.steps) / plan.learning_rate,
    )
    made = kind(
        model=student.model,
        args=arguments,
        train_dataset=Dataset.from_list([dict(row) for row in training.rows]),
        processing_class=copy.deepcopy(student.tokenizer),  # trl gives it a token for padding
        optimizers=(run.optimizer, schedule),
        **training.given,
    )
    made.remove_callback(PrinterCallback)
    return made


@dataclass(slots=True)
class _Run:
    """A run under way: what `fit` was given, and what came of it so far."""

    student: Student
    plan: RoundPlan
    steps: int
    precision: Precision
    weights: dict[str, "torch.Tensor"]
    optimizer: "torch.optim.Optimizer"
    checkpoint: Checkpoint | None
    progress: Progress
    watch: Watch | None
    curve: list[CurvePoint] = field(default_factory=list)
    loss: float = 0.0
    tokens: int = 0
    began: float = 0.0
    random: list["torch.Tensor"] = field(default_factory=list)

    def resume(self, schedule: Any) -> None:  # noqa: ANN401
        """Go back to the run's checkpoint, where there is one."""
        import torch

        if not self.checkpoint:
            return
        self.curve = trainer.resume(self.checkpoint, self.weights, self.optimizer)
        self.random = [torch.get_rng_state()]
        if torch.cuda.is_available():
            self.random.append(torch.cuda.get_rng_state())
        schedule.last_epoch = len(self.curve)
        rates = [rate * factor(len(self.curve)) for rate, factor in _rates(schedule)]
        schedule._last_lr = rates
        for group, rate in zip(self.optimizer.param_groups, rates, strict=True):
            group["lr"] = rate

    def write_state(self, folder: Path, at_once: int) -> str | None:
        """Write what tells transformers where to go on; None where the run is new."""
        from transformers import TrainerState

        if not self.curve:
            return None
        state = TrainerState(global_step=len(self.curve), train_batch_size=at_once)
        state.save_to_json(str(folder / "trainer_state.json"))
        return str(folder)

    def restore_random(self) -> None:
        """Set the random state of the checkpoint: finding the place in the data has used it."""
        import torch

        for state, restore in zip(
            self.random, (torch.set_rng_state, torch.cuda.set_rng_state), strict=False
        ):
            restore(state)

    def refuse_no_number(self, norm: float) -> None:
        """Raise FinetuneError where the loss or the gradient is no number, before it counts."""
        if not (math.isfinite(self.loss) and math.isfinite(norm)):
            raise trainer.no_number(
                len(self.curve), self.checkpoint, self.weights, self.optimizer, self.curve
            )

    def end_step(self, rate: float, measured: Mapping[str, float]) -> None:
        """Count a step that was taken, tell of it, and save where that is due."""
        seconds = time.monotonic() - self.began
        point = trainer.next_point(self.curve, self.loss, rate, self.tokens, seconds, measured)
        self.curve.append(point)
        step, speed = point.step, point.tokens / max(point.seconds, 1e-3)
        told = speed, rate, point.tokens, point.measured
        self.progress(Tick("train", step, self.steps, self.loss, *told))
        if self.watch:
            self.watch(step, measured)
        if self.checkpoint and step % self.plan.checkpoint_every == 0 and step < self.steps:
            trainer.save_checkpoint(self.checkpoint, self.weights, self.optimizer, self.curve)
        self.loss, self.tokens, self.began = 0.0, 0, 0.0


class _OurWays:
    """What a trainer of trl does otherwise here; stands before it in the order of classes."""

    run: _Run
    state: Any

    def training_step(self, *given: Any, **named: Any) -> "torch.Tensor":  # noqa: ANN401
        run = self.run
        run.began = run.began or time.monotonic()
        run.tokens += _tokens(given[1])
        loss: torch.Tensor = super().training_step(*given, **named)  # type: ignore[misc]
        run.loss += float(loss)
        return loss

    def autocast_smart_context_manager(
        self, *given: object, **named: object
    ) -> AbstractContextManager[Any]:
        return model.autocast(self.run.student, self.run.precision)

    def _get_grad_norm(self, *given: Any, **named: Any) -> Any:  # noqa: ANN401
        norm = super()._get_grad_norm(*given, **named)  # type: ignore[misc]
        self.run.refuse_no_number(float(norm))
        return norm

    def _maybe_log_save_evaluate(self, *given: object, **named: Any) -> None:  # noqa: ANN401
        if self.state.global_step > len(self.run.curve):  # it is called at an epoch's end, too
            found = getattr(self, "_metrics", {}).get("train", {})
            means = {name: sum(each) / len(each) for name, each in found.items() if each}
            found.clear()
            self.run.end_step(float(named["learning_rate"]), means)

    def log(self, *given: object, **named: object) -> None:
        """Say nothing."""

    def _load_from_checkpoint(self, *given: object, **named: object) -> None:
        """Do nothing: `_Run.resume` has set weights, moments and learning rate."""

    _load_optimizer_and_scheduler = _load_from_checkpoint

    def _load_rng_state(self, *given: object, **named: object) -> None:
        self.run.restore_random()

    def _send_telemetry(self) -> None:
        """Send nothing."""

    def create_model_card(self, *given: object, **named: object) -> None:
        """Write none."""


def _rates(schedule: Any) -> Iterator[tuple[float, Callable[[int], float]]]:  # noqa: ANN401
    yield from zip(schedule.base_lrs, schedule.lr_lambdas, strict=True)


def _tokens(inputs: object) -> int:
    """Return how many tokens a batch holds, padding aside; 0 where it does not tell."""
    mask = inputs.get("attention_mask") if isinstance(inputs, Mapping) else None
    return int(mask.sum()) if mask is not None else 0


@contextmanager
def _scratch(checkpoint: Checkpoint | None) -> Iterator[Path]:
    """Give a folder of the home for what trainers cannot do without, and remove it."""
    if checkpoint is None:
        with tempfile.TemporaryDirectory() as folder:
            yield Path(folder)
        return
    path = checkpoint.file.with_name(checkpoint.file.name + ".scratch")
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(parents=True)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


@contextmanager
def _as_it_was(student: Student) -> Iterator[None]:
    """Take back what trl and transformers change in a network beside its weights."""
    network = architecture.inner(student.model)
    parts = {id(one): one for one in (student.model, network)}.values()
    forwards = [(one, vars(one).get("forward")) for one in parts]
    text = network.config.get_text_config()
    settings = [one for one in (text, getattr(network, "generation_config", None)) if one]
    kept = [(one, copy.deepcopy(vars(one))) for one in settings]
    try:
        yield
    finally:
        for one, forward in forwards:
            vars(one).pop("forward", None)
            if forward is not None:
                one.forward = forward
        for one, values in kept:
            vars(one).clear()
            vars(one).update(values)


@contextmanager
def _hushed() -> Iterator[None]:
    """Keep the libraries from writing to the console."""
    import datasets

    loggers = [logging.getLogger(name) for name in ("transformers", "trl", "accelerate")]
    levels = [one.level for one in loggers]
    shown = datasets.is_progress_bar_enabled()
    datasets.disable_progress_bar()
    for one in loggers:
        one.setLevel(logging.ERROR)
    try:
        with model.quiet(), warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)
            yield
    finally:
        for one, level in zip(loggers, levels, strict=True):
            one.setLevel(level)
        if shown:
            datasets.enable_progress_bar()
