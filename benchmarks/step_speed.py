"""Useful tokens per second, loss and peak memory of LoRA steps: medchat beside its peers.

python benchmarks/step_speed.py [--rows FILE] [--base smollm2] [--steps 3] [--threads 2]
python benchmarks/step_speed.py --gpu        LLaMA 8B and GLM-4-9B with random weights, one GPU
python benchmarks/step_speed.py --size tiny  the code of --gpu on a processor, in a minute

The peers: transformers' Trainer with peft (eight padded rows at once), trl with its packing, and
Unsloth where it is installed. medchat and the Trainer take the same examples in each step, so that
their losses can be compared. medchat computes in bfloat16 where the processor is fast at it; the
peers do so with `--half`, and in float32, as they come, without. Each way has a process of its
own, and they take turns step by step, so that other work on the machine meets all of them; on a GPU
one runs after the other. `--rows` is a JSONL file in the form of Alpaca; without it, rows of
HuaTuo's lengths are drawn. Exit status 2 where `--gpu` finds none, 1 where the losses of medchat
and the Trainer differ.
"""

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from machine import table

NEAR = 1e-3
"""The losses of medchat and the Trainer may differ by so much in float32."""
NEAR_HALF = 2e-2

RANK = 16
ALPHA = 32
RATE = 2e-4
SEED = 1

_CHILD = Path(__file__).with_name("step_peers.py")

Steps = list[dict[str, Any]]


def main() -> None:
    """Run every way over the same rows and print their figures."""
    given = _arguments()
    if given.gpu:
        import torch

        if not torch.cuda.is_available():
            print("There is no GPU that torch can use: run this where one is.", file=sys.stderr)
            sys.exit(2)
    sizes = ["llama-8b", "glm-4-9b"] if given.gpu else [given.size] if given.size else [""]
    told, near = [], True
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            job = _job(given, size)
            place = Path(folder) / "job.json"
            place.write_text(json.dumps(job), encoding="utf-8")
            ways = [one for one in given.ways.split(",") if one != "unsloth" or _has_unsloth()]
            taken = _in_turn(ways, place) if not given.gpu else _one_by_one(ways, place)
        lines, alike = _figures(f"{size}, " if size else "", job, taken)
        told += lines
        near = near and alike
    table(told)
    sys.exit(not near)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=Path, help="JSONL: instruction, input, output")
    parser.add_argument("--base", default="smollm2", help="a base of the home")
    parser.add_argument("--size", choices=("tiny", "tiny-glm"), help="random weights instead")
    parser.add_argument("--gpu", action="store_true")
    parser.add_argument("--half", action="store_true", help="the peers in bfloat16, too")
    parser.add_argument("--ways", default="plain,trl,unsloth,medchat")
    parser.add_argument("--steps", type=int, default=3, help="the first one is not counted")
    parser.add_argument("--max-tokens", type=int, default=0)
    parser.add_argument("--batch-tokens", type=int, default=0)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    return parser.parse_args()


def _has_unsloth() -> bool:
    return find_spec("unsloth") is not None


def _job(given: argparse.Namespace, size: str) -> dict[str, Any]:
    """Return what every way is given: the base, and the examples and packed rows of each step."""
    from finetune import model, trainer
    from finetune.bases import base_records
    from finetune.packing import best_fit, pack
    from finetune.recipe import RoundPlan
    from medchat.settings import load

    most = given.max_tokens or (4096 if given.gpu else 512 if size else 1536)
    batch = given.batch_tokens or (8 * most if given.gpu else 2 * most)
    base = "" if size else str(model.locate(base_records.find(load().home, given.base)))
    words = 250 if size.startswith("tiny") else 40_000
    examples = _read(given.rows, base) if given.rows else _drawn(words)
    examples = [one for one in examples if len(one.ids) <= most]
    whole = pack(examples, most)
    sample = examples[: 3 * (given.steps + 1) * batch // 100]
    groups = best_fit([len(one.ids) for one in sample], most)
    rows = pack(sample, most).rows
    plan = RoundPlan(learning_rate=RATE, batch_tokens=batch, warmup=0.0, max_steps=given.steps)
    steps = trainer.schedule(rows, plan, SEED)
    return {
        "base": base,
        "size": size,
        "gpu": given.gpu,
        "half": given.gpu or given.half,
        "threads": given.threads,
        "rank": RANK,
        "alpha": ALPHA,
        "rate": RATE,
        "seed": SEED,
        "max_tokens": most,
        "packing": whole.efficiency,
        "steps": [
            [
                {"ids": sample[at].ids, "learn": sample[at].learn}
                for row in step
                for at in groups[row]
            ]
            for step in steps
        ],
        "rows": [{"ids": one.ids, "positions": one.positions, "learn": one.learn} for one in rows],
        "schedule": steps,
        "batch_tokens": batch,
    }


def _read(file: Path, base: str) -> list[Any]:
    """Return rows in the form of Alpaca as the base's template writes them, in a drawn order."""
    from finetune import model
    from finetune.templates import rendering

    tokenizer = model.tokenizer(base)
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line]
    random.Random(SEED).shuffle(lines)
    return [
        rendering.render(
            tokenizer,
            [
                {"role": "user", "content": f"{one['instruction']}{one.get('input', '')}"},
                {"role": "assistant", "content": one["output"]},
            ],
        )
        for one in lines[:3000]
    ]


def _drawn(words: int) -> list[Any]:
    """Return random tokens of lengths like HuaTuo's: log-normal, mean 130, half of them learned."""
    from finetune.templates.rendering import Rendered

    pick = random.Random(SEED)
    made = []
    for _ in range(3000):
        size = min(max(int(pick.lognormvariate(4.75, 0.5)), 16), 500)
        ids = [pick.randrange(10, words) for _ in range(size)]
        made.append(Rendered(ids, [place > size // 2 for place in range(size)]))
    return made


@contextmanager
def _started(way: str, job: Path) -> Iterator[subprocess.Popen[str]]:
    """Start a way and wait until it has its model."""
    with subprocess.Popen(
        [sys.executable, str(_CHILD), way, str(job)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as child:
        try:
            yield child
        finally:
            child.kill()


def _step(child: subprocess.Popen[str], way: str) -> dict[str, Any]:
    """Let a way take its next step and return what it says of it."""
    assert child.stdin is not None and child.stdout is not None
    child.stdin.write("go\n")
    child.stdin.flush()
    for line in child.stdout:
        if line.startswith("{"):
            found: dict[str, Any] = json.loads(line)
            return found
    raise SystemExit(f"{way} ended before its steps were taken")


def _in_turn(ways: Sequence[str], job: Path) -> dict[str, Steps]:
    count = len(json.loads(job.read_text(encoding="utf-8"))["steps"])
    children = {way: _started(way, job) for way in ways}
    opened = {way: one.__enter__() for way, one in children.items()}
    try:
        taken: dict[str, Steps] = {way: [] for way in ways}
        for _ in range(count):
            for way in ways:
                taken[way].append(_step(opened[way], way))
        return taken
    finally:
        for one in children.values():
            one.__exit__(None, None, None)


def _one_by_one(ways: Sequence[str], job: Path) -> dict[str, Steps]:
    count = len(json.loads(job.read_text(encoding="utf-8"))["steps"])
    taken: dict[str, Steps] = {}
    for way in ways:
        with _started(way, job) as child:
            taken[way] = [_step(child, way) for _ in range(count)]
    return taken


def _figures(
    name: str, job: dict[str, Any], taken: dict[str, Steps]
) -> tuple[list[tuple[str, str]], bool]:
    """Return the lines of a table, and whether medchat's losses are the Trainer's."""
    lines = [(f"{name}packing, whole set", f"{job['packing']:.2%}")]
    speeds = {}
    for way, steps in taken.items():
        counted = steps[1:]
        useful = sum(one["useful"] for one in counted)
        wall = useful / sum(one["seconds"] for one in counted)
        cpu = useful / max(sum(one["cpu"] for one in counted), 1e-9)
        speeds[way] = wall, cpu
        lines += [
            (f"{name}{way}: useful tokens per second", f"{wall:,.0f}"),
            (f"{name}{way}: peak memory, GiB", f"{steps[-1]['memory'] / 2**30:.2f}"),
            (f"{name}{way}: loss of each step", ", ".join(f"{one['loss']:.4f}" for one in steps)),
        ]
        if not job["gpu"]:
            lines.append((f"{name}{way}: useful tokens per processor second", f"{cpu:,.0f}"))
    for way, (wall, cpu) in speeds.items():
        if way != "medchat" and "medchat" in speeds:
            mine = speeds["medchat"]
            both = f"{mine[0] / wall:.2f} × by the clock, {mine[1] / cpu:.2f} × by processor time"
            lines.append((f"{name}medchat against {way}", both))
    if {"plain", "medchat"} <= set(taken):
        apart = [
            abs(one["loss"] - other["loss"])
            for one, other in zip(taken["plain"], taken["medchat"], strict=True)
        ]
        both = f"{max(apart):.1e}, {statistics.median(apart):.1e}"
        lines.append((f"{name}losses apart, most and median", both))
        return lines, max(apart) <= (NEAR_HALF if job["half"] else NEAR)
    return lines, True


if __name__ == "__main__":
    main()
