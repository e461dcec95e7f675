"""Measure in a process of its own what a round takes: peak memory, and seconds a token.

    recipe + longest rows -> child process: base, adapter, two steps, a batch of answers -> figures

A round's peak is that of its largest row, or of the answers that are written at once; a process
of its own gives both back, and has used none of it before.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from finetune.packing import Packed, Packing
from finetune.recipe import Recipe

_SECONDS = 600
_PROMPTS = 8


@dataclass(frozen=True, slots=True)
class Trial:
    """What was measured: the peak of memory in bytes, and the seconds that a token takes."""

    memory_bytes: int
    seconds_a_token: float


def measure(recipe: Recipe, packing: Packing) -> Trial | None:
    """Return what two steps of a round took; None where they could not be made.

    `recipe.base` is the folder or name under which the base is opened.
    """
    longest = sorted(packing.rows, key=lambda row: -len(row.ids) - row.learned)
    middle = packing.rows[len(packing.rows) // 2]
    given = {
        "recipe": recipe.values(),
        "rows": [_plain(longest[0]), _plain(middle)],
    }
    root = str(Path(__file__).resolve().parent.parent)
    path = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH", ""))))
    try:
        done = subprocess.run(
            [sys.executable, "-m", "finetune.trial"],
            input=json.dumps(given),
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            env={**os.environ, "PYTHONPATH": path},
            check=False,
        )
        found = json.loads(done.stdout.splitlines()[-1])
        return Trial(int(found["memory"]), float(found["seconds_a_token"]))
    except (subprocess.TimeoutExpired, ValueError, LookupError, TypeError):
        return None


def run(given: Mapping[str, object]) -> dict[str, float]:
    """Make the steps in this process and return what they took."""
    import torch

    from finetune import batch_writing, model, recipe_reader
    from finetune.probes import choices
    from finetune.trainer import fit

    recipe = recipe_reader.recorded(given["recipe"])
    rows = given["rows"]
    assert isinstance(rows, list)
    largest, middle = (Packed(one["ids"], one["positions"], one["learn"]) for one in rows)
    student = model.attach(
        model.load(recipe.base, precision=recipe.precision), recipe.lora, recipe.seed
    )
    if recipe.recompute:
        model.recompute(student)
    plan = replace(recipe.rounds[0], epochs=1, max_steps=1)
    for row in (largest, middle):
        began = time.monotonic()  # the first step finds its memory and its kernels
        fit(student, _packing([row]), plan, seed=1, precision=recipe.precision)
        seconds = time.monotonic() - began
    if recipe.evaluation.probes:
        for kind in choices.KINDS:
            choices.measure(student, kind, recipe.precision)
    text = student.tokenizer.decode(largest.ids[: recipe.max_tokens - 64])
    prompt = [{"role": "user", "content": str(text)}]
    count = min(_PROMPTS, recipe.evaluation.answers)
    batch_writing.write_answers(student, [prompt] * count, 2, recipe.precision)
    if torch.cuda.is_available():
        peak = float(torch.cuda.max_memory_allocated())
    else:
        peak = float(_resident_peak())
    return {"memory": peak, "seconds_a_token": seconds / len(middle.ids)}


def _packing(rows: Sequence[Packed]) -> Packing:
    total = sum(len(row.ids) for row in rows)
    return Packing(list(rows), total, 1.0)


def _plain(row: Packed) -> dict[str, object]:
    return {"ids": row.ids, "positions": row.positions, "learn": row.learn}


def _resident_peak() -> int:
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


if __name__ == "__main__":
    sys.stdout.write(json.dumps(run(json.load(sys.stdin))) + "\n")
