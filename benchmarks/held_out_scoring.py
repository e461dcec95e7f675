"""Measure how fast held-out rows are scored and answered: alone, and many at once.

    python benchmarks/held_out_scoring.py --data DIR [--base mini] [--rows 100] [--answers 32]

`--data` is a folder that `medchat build-data` made. Each way is timed in turns with the other, by
processor time of one thread; the best of three turns counts. That both give the same is checked.
"""

import argparse
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import machine
import torch

from finetune import dataset, model
from finetune.bases import base_records
from finetune.inference import batch_writing
from finetune.packing import join
from finetune.recipes import recipe_reader
from finetune.scoring import held_out, held_out_loss
from finetune.training.token_loss import token_losses
from medchat.composition import TEXT_TOOLS

_TURNS = 3


def main() -> None:
    """Score and answer the same rows in both ways, and print what they take."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--base", default="mini")
    parser.add_argument("--rows", type=int, default=100)
    parser.add_argument("--answers", type=int, default=32)
    options = parser.parse_args()
    torch.set_num_threads(1)
    recipe = recipe_reader.load("mini", base=options.base)
    home = options.data.parent.parent
    student = model.load(base_records.find(home, options.base), precision="float32")
    data = dataset.read(options.data)
    chosen = held_out.choose(data, recipe, 1, student.tokenizer, TEXT_TOOLS, home)
    examples = chosen.examples[: options.rows]
    texts = [one.tokens for one in examples]
    prompts = [one.prompt for one in examples[: options.answers]]

    def together() -> list[held_out_loss.Pair]:
        return held_out_loss.of_texts(student, texts, "float32")

    def alone() -> list[held_out_loss.Pair]:
        found = []
        for one in texts:
            with torch.inference_mode():
                losses = token_losses(student.model, join([one]), student.device).double()
            found.append((float(losses.sum()), float(len(losses))))
        return found

    def batched() -> list[str | None]:
        return batch_writing.write_answers(student, prompts, 160, "float32")

    def one_by_one() -> list[str | None]:
        return [batch_writing.write_answers(student, [one], 160, "float32")[0] for one in prompts]

    scored, apart, losses, single = _timed(together, alone)
    difference = max(abs(one[0] - two[0]) for one, two in zip(losses, single, strict=True))
    written, slowly, answers, each = _timed(batched, one_by_one)
    same = sum(one == two for one, two in zip(answers, each, strict=True))
    tokens = sum(len(one.ids) for one in texts)
    machine.table(
        [
            ("rows scored", f"{len(texts)}, {tokens:,} tokens"),
            ("scored one by one, s", f"{apart:.2f}"),
            ("scored together, s", f"{scored:.2f} ({apart / scored:.2f} ×)"),
            ("largest difference of a row's summed loss", f"{difference:.1e}"),
            ("rows answered", f"{len(prompts)}"),
            ("answered one by one, s", f"{slowly:.2f}"),
            ("answered in batches, s", f"{written:.2f} ({slowly / written:.2f} ×)"),
            ("answers that are the same", f"{same} of {len(answers)}"),
        ]
    )


_T = TypeVar("_T")


def _timed(one: Callable[[], _T], other: Callable[[], _T]) -> tuple[float, float, _T, _T]:
    """Return the best processor time of each of two ways, and what they gave."""
    best = [float("inf"), float("inf")]
    made = [one(), other()]
    for _ in range(_TURNS):
        for place, way in enumerate((one, other)):
            began = time.process_time()
            made[place] = way()
            best[place] = min(best[place], time.process_time() - began)
    return best[0], best[1], made[0], made[1]


if __name__ == "__main__":
    main()
