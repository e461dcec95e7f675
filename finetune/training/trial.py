"""Measure in a process of its own what a round takes: peak memory, and seconds a token.

    recipe + rows -> child process: base, adapter, a few steps, a batch of answers -> figures

A round's peak is that of its largest row, or of the answers that are written at once; a process
of its own gives both back, and has used none of it before. On a CPU the rows themselves count too,
which the caller holds in memory as the round will.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from finetune.packing import Packed, Packing
from finetune.recipe import Recipe

if TYPE_CHECKING:
    from finetune.model import Student

_SECONDS = 1200
_COMMAND = ("-m", "finetune.training.trial")
_STEPS = 3
_PROMPTS = 8
_LOOKED_AT = 2000


@dataclass(frozen=True, slots=True)
class Trial:
    """What was measured: the peak of memory in bytes, and the seconds that a token takes."""

    memory_bytes: int
    seconds_a_token: float


@dataclass(frozen=True, slots=True)
class FailedTrial:
    """Why a trial gave no figures, as a sentence."""

    why: str


def measure(recipe: Recipe, packing: Packing) -> Trial | FailedTrial:
    """Return what a few steps of a round took, or why they could not be made.

    `recipe.base` is the folder or name under which the base is opened.
    """
    given = {
        "recipe": recipe.values(),
        "rows": [_plain(row) for row in _typical(packing.rows)],
        "held": _resident("VmRSS"),
    }
    root = str(Path(__file__).resolve().parents[2])
    path = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH", ""))))
    try:
        done = subprocess.run(
            [sys.executable, *_COMMAND],
            input=json.dumps(given),
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            env={**os.environ, "PYTHONPATH": path},
            check=False,
        )
    except subprocess.TimeoutExpired:
        return FailedTrial(f"The trial did not end within {_SECONDS} seconds.")
    if done.returncode:
        return FailedTrial(_why(done.returncode, done.stderr))
    found = json.loads(done.stdout.splitlines()[-1])
    return Trial(int(found["memory"]), float(found["seconds_a_token"]))


def _why(status: int, said: str) -> str:
    """Say why the child ended: by the signal that ended it, or by its last words."""
    if status == -signal.SIGKILL:
        return "The trial was killed by the system, most likely because memory ran out."
    if status < 0:
        return f"The trial was ended by the signal {signal.Signals(-status).name}."
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return f"The trial failed: {lines[-1][:300] if lines else f'exit status {status}'}"


def run(given: Mapping[str, object]) -> dict[str, float]:
    """Make the steps in this process and return what they took."""
    import peft  # noqa: F401  # loaded before, as in the process that asks
    import torch

    from finetune import model
    from finetune.inference import batch_writing
    from finetune.probes import choices
    from finetune.recipes import recipe_reader

    recipe = recipe_reader.recorded(given["recipe"])
    held, taken = given["held"], given["rows"]
    assert isinstance(held, int) and isinstance(taken, list)
    rows = [Packed(one["ids"], one["positions"], one["learn"]) for one in taken]
    beside = held - _resident("VmRSS")
    student = model.to_train(recipe, recipe.base)
    seconds = _seconds_a_token(student, rows, recipe)
    if recipe.evaluation.probes:
        for kind in choices.KINDS:
            choices.measure(student, kind, recipe.precision)
    text = student.tokenizer.decode(rows[0].ids[: recipe.max_tokens - 64])
    prompt = [{"role": "user", "content": str(text)}]
    count = min(_PROMPTS, recipe.evaluation.answers)
    batch_writing.write_answers(student, [prompt] * count, 2, recipe.precision)
    if torch.cuda.is_available():
        peak = float(torch.cuda.max_memory_allocated())
    else:
        peak = float(_resident("VmHWM") + beside)
    return {"memory": peak, "seconds_a_token": seconds}


def _typical(rows: Sequence[Packed]) -> list[Packed]:
    """Return the row that takes most, and a few others at even distances."""
    trained = [row for row in rows[:: max(1, len(rows) // _LOOKED_AT)] if row.learned]
    stride = max(1, len(trained) // _STEPS)
    largest = max(trained, key=lambda row: len(row.ids) + row.learned)
    return [largest, *trained[stride // 2 :: stride][:_STEPS]]


def _seconds_a_token(student: "Student", rows: Sequence[Packed], recipe: Recipe) -> float:
    """Train on each row once, as a round does; the first step finds its kernels, so is left out."""
    from finetune.trainer import fit

    plan = replace(recipe.rounds[0], epochs=1, max_steps=0, batch_tokens=1)
    made = fit(student, Packing(list(rows), 0, 1.0), plan, seed=1, precision=recipe.precision)
    first, last = made.curve[0], made.curve[-1]
    return (last.seconds - first.seconds) / max(last.tokens - first.tokens, 1)


def _plain(row: Packed) -> dict[str, object]:
    return {"ids": row.ids, "positions": row.positions, "learn": row.learn}


def _resident(figure: str) -> int:
    """Return this process's memory in bytes: what it has (VmRSS), or the most it had (VmHWM).

    Where the system does not tell these, the peak that it does tell; a child's may be its parent's.
    """
    import resource

    status = Path("/proc/self/status")
    for line in status.read_text().splitlines() if status.is_file() else ():
        if line.startswith(f"{figure}:"):
            return int(line.split()[1]) * 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


if __name__ == "__main__":
    sys.stdout.write(json.dumps(run(json.load(sys.stdin))) + "\n")
