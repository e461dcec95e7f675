"""Log curves for other tools while a round trains: TensorBoard's event files, or W&B offline.

    ticks of a round -> scalars by step; scores before and after it -> scalars at its last step

Nothing leaves the machine, whatever WANDB_MODE says: W&B writes a folder, its own logs included,
that `wandb sync` may send where its user wants it.
"""

import importlib
import importlib.util
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from finetune.errors import FinetuneError
from finetune.training.round_progress import Tick

PACKAGES = {"tensorboard": "tensorboard", "wandb": "wandb"}
"""The kinds of logs, and what each needs to be installed."""

Values = Mapping[str, float]


class CurveLog(Protocol):
    """Something that values are written to by step."""

    def write(self, step: int, values: Values) -> None:
        """Write values of a step."""

    def close(self) -> None:
        """Write what is still held back."""


class TensorBoardLog:
    """Event files in a folder; steps from the first one on replace those of a killed run."""

    def __init__(self, folder: Path, first: int) -> None:
        """Begin to write at a step; FinetuneError where TensorBoard is not installed."""
        check("tensorboard")
        writers: Any = importlib.import_module("torch.utils.tensorboard")
        self._writer = writers.SummaryWriter(str(folder), purge_step=first)

    def write(self, step: int, values: Values) -> None:
        """Write values of a step."""
        for name, value in values.items():
            self._writer.add_scalar(name, value, step)
        self._writer.flush()

    def close(self) -> None:
        """Close the file."""
        self._writer.close()


class WandbLog:
    """An offline run of Weights & Biases, named by recipe and round as its folder's parents are."""

    def __init__(self, folder: Path, first: int) -> None:
        """Begin a run; FinetuneError where W&B is not installed."""
        check("wandb")
        os.environ["WANDB_ERROR_REPORTING"] = "false"  # else it tells its makers of its own faults
        os.environ.setdefault(
            "WANDB_CACHE_DIR", str(folder / "cache")
        )  # else its logs lie elsewhere
        wandb: Any = importlib.import_module("wandb")
        folder.mkdir(parents=True, exist_ok=True)
        self._run = wandb.init(
            project="medchat",
            name="-".join(folder.parts[-3:-1]),
            dir=str(folder),
            settings=wandb.Settings(
                mode="offline",
                console="off",
                silent=True,
                disable_git=True,
                disable_code=True,
                disable_job_creation=True,
                x_disable_stats=True,
                x_disable_meta=True,
                x_save_requirements=False,
            ),
        )
        self._run.config.update({"first_step": first})

    def write(self, step: int, values: Values) -> None:
        """Write values of a step."""
        self._run.log(dict(values), step=step)

    def close(self) -> None:
        """End the run."""
        self._run.finish()


class RoundLog:
    """The logs of one round, opened at its first step: a progress that ticks are reported to."""

    def __init__(self, kinds: tuple[str, ...], folder: Path) -> None:
        """Remember where to write: each kind in a folder of its own."""
        self._kinds, self._folder = kinds, folder
        self._logs: list[CurveLog] = []
        self._last = 0

    def __call__(self, tick: Tick) -> None:
        """Write a step of training; other ticks are none of a curve."""
        if tick.loss is None:
            return
        if not self._logs:
            self._logs = [_open(kind, self._folder / kind, tick.done) for kind in self._kinds]
        self._last = tick.done
        given = {
            "train/loss": tick.loss,
            "train/learning_rate": tick.learning_rate,
            "train/tokens": tick.tokens,
            "train/tokens_per_second": tick.tokens_per_second,
            **{f"train/{name}": value for name, value in tick.measured.items()},
        }
        values = {name: float(value) for name, value in given.items() if value is not None}
        for log in self._logs:
            log.write(tick.done, values)

    def close(self, scores: Mapping[str, object] | None = None) -> None:
        """Write the scores after the round at its last step, and close."""
        told = _numbers(scores or {})
        for log in self._logs:
            if told:
                log.write(self._last, told)
            log.close()
        self._logs = []


def check(kind: str) -> None:
    """Raise FinetuneError where what a kind of log needs is not installed."""
    needed = PACKAGES.get(kind)
    if needed is None:
        raise FinetuneError(
            f"There is no kind of curves {kind!r}.",
            where="--curves",
            remedy=f"Name one of {', '.join(PACKAGES)}.",
        )
    if importlib.util.find_spec(needed) is None:
        how = "pip install 'medchat[tensorboard]'" if kind == "tensorboard" else "pip install wandb"
        raise FinetuneError(
            f"Curves for {kind} need a package that is not installed.",
            where="--curves",
            remedy=f"Install it: {how}.",
        )


def _open(kind: str, folder: Path, first: int) -> CurveLog:
    return TensorBoardLog(folder, first) if kind == "tensorboard" else WandbLog(folder, first)


def _numbers(scores: Mapping[str, object]) -> dict[str, float]:
    """Return the scores before and after by name, as `scores_before/nll`."""
    return {
        f"scores_{when}/{name}": float(value)
        for when, values in scores.items()
        if isinstance(values, Mapping)
        for name, value in values.items()
        if f"{name}_interval" in values and isinstance(value, int | float)
    }
