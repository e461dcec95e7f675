"""Peak memory and time of the loss at a vocabulary of 128,256, forwards and backwards.

python benchmarks/loss_memory.py [--tokens 1024] [--hidden 512]

Each way in a process of its own, over the same hidden states of which half are learned: the logits
at every place, as transformers' own loss takes them, those of learned places at once, and in parts
(`fused_functions`, as rounds do).
"""

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path

from machine import table

WORDS = 128_256
WAYS = {
    "every": "every place at once, as Trainer does",
    "learned": "learned places at once",
    "parts": "learned places in parts, as rounds do",
}


def main() -> None:
    """Measure each way and print what it took beside the first."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tokens", type=int, default=1024)
    parser.add_argument("--hidden", type=int, default=512)
    parser.add_argument("--way", choices=WAYS)
    given = parser.parse_args()
    if given.way:
        print(json.dumps(measure(given.way, given.tokens, given.hidden)))
        return
    sizes = ["--tokens", str(given.tokens), "--hidden", str(given.hidden)]
    rows, first = [], 0.0
    for way, name in WAYS.items():
        done = subprocess.run(
            [sys.executable, __file__, "--way", way, *sizes],
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        found = json.loads(done.stdout)
        first = first or found["peak"]
        share = f"{found['peak'] / first:.3f} of the first"
        rows += [
            (f"{name}: peak, MiB", f"{found['peak'] / 2**20:,.0f} ({share})"),
            (f"{name}: processor seconds", f"{found['seconds']:.1f}"),
            (f"{name}: loss", f"{found['loss']:.6f}"),
        ]
    table(rows)


def measure(way: str, tokens: int, hidden: int) -> dict[str, float]:
    """Return how far this process's peak rises over what it held before, and what came of it."""
    import torch
    from torch.nn import functional

    from finetune.training.fused_functions import ChunkedCrossEntropy

    torch.manual_seed(0)
    states = torch.empty(tokens, hidden).normal_().requires_grad_()
    weight = torch.empty(WORDS, hidden).normal_(std=0.02)
    targets = torch.randint(0, WORDS, (tokens,))
    learned = torch.arange(tokens) >= tokens // 2
    before, began = _peak(), time.process_time()
    if way == "every":
        logits = functional.linear(states, weight).float()
        loss = functional.cross_entropy(logits, torch.where(learned, targets, -100))
    elif way == "learned":
        logits = functional.linear(states[learned], weight).float()
        loss = functional.cross_entropy(logits, targets[learned])
    else:
        loss = ChunkedCrossEntropy.apply(states[learned], weight, None, targets[learned]).mean()
    loss.backward()
    seconds = time.process_time() - began
    return {"peak": _peak() - before, "loss": float(loss.detach()), "seconds": seconds}


def _peak() -> int:
    status = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))


if __name__ == "__main__":
    main()
