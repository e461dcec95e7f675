"""Tokens per second of training steps: as rounds take them, with a block mask, and padded.

python benchmarks/step_speed.py --data DIR [--base smollm2] [--recipe smollm2] [--rows 8]

The same rows of lessons, losses and gradients in each way. "Padded" is what transformers' Trainer
does with peft: rows of equal length, filled up, logits at every place.
"""

import argparse
import random
import time
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from machine import table


def main() -> None:
    """Time each way once over the same rows, after a row to warm up."""
    from finetune import dataset, model, recipe_reader
    from finetune.bases import base_records
    from finetune.packed_attention import attending_apart
    from finetune.packing import pack
    from finetune.token_loss import token_losses
    from medchat.composition import TEXT_TOOLS
    from medchat.settings import load

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--base", default="smollm2")
    parser.add_argument("--recipe", default="smollm2")
    parser.add_argument("--rows", type=int, default=8)
    given = parser.parse_args()

    recipe = recipe_reader.load(given.recipe)
    student = model.load(base_records.find(load().home, given.base), precision="float32")
    rows = dataset.read(given.data).train[:3000]
    shown, _ = dataset.make_examples(rows, rows, student.tokenizer, recipe, 1, TEXT_TOOLS)
    student = model.attach(student, recipe.lora, 1)
    student.model.train()
    examples = [one.tokens for one in shown]
    packed = random.Random(3).sample(pack(examples, recipe.max_tokens).rows, given.rows)
    alone = random.Random(3).sample(examples, 3 * given.rows)

    def packed_step(some: Sequence[Any]) -> None:
        for row in some:
            token_losses(student.model, row, student.device).mean().backward()

    def padded_step(some: Sequence[Any]) -> None:
        _padded(student, some)

    ways: list[tuple[str, Any, Callable[[Sequence[Any]], None], Sequence[Any]]] = [
        ("padded, four rows at once", _as_it_is, padded_step, alone),
        ("packed, block mask", _as_it_is, packed_step, packed),
        ("packed, apart (as rounds do)", attending_apart, packed_step, packed),
    ]
    told = []
    for precision in ("float32", "bfloat16"):
        for name, attending, step, some in ways:
            with attending(student.model), model.autocast(student, precision):
                step(some[:1])
                began = time.perf_counter()
                step(some[1:])
                seconds = time.perf_counter() - began
            tokens = sum(len(row.ids) for row in some[1:])
            told.append((f"{precision}, {name}: tokens per second", f"{tokens / seconds:,.0f}"))
    table(told)


@contextmanager
def _as_it_is(_: object) -> Any:  # noqa: ANN401
    yield


def _padded(student: Any, examples: Sequence[Any]) -> None:  # noqa: ANN401
    import torch

    for start in range(0, len(examples), 4):
        some = examples[start : start + 4]
        width = max(len(one.ids) for one in some)
        ids = torch.zeros(len(some), width, dtype=torch.long)
        seen, labels = torch.zeros_like(ids), torch.full_like(ids, -100)
        for place, one in enumerate(some):
            size = len(one.ids)
            ids[place, :size] = torch.tensor(one.ids)
            seen[place, :size] = 1
            learned = torch.tensor(one.learn)
            labels[place, :size] = torch.where(learned, ids[place, :size], -100)
        out = student.model(input_ids=ids, attention_mask=seen, labels=labels, use_cache=False)
        out.loss.backward()


if __name__ == "__main__":
    main()
