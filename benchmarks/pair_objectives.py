"""Measure what preference and reward rounds win on unseen pairs, by kind of fault.

    python benchmarks/pair_objectives.py --data DIR [--base mini] [--objective reward] [--steps 45]
    python benchmarks/pair_objectives.py --data DIR --base smollm2 --parent smollm2/round-5

`--data` is a folder that `medchat build-data --style preference` made. Pairs are held out by
subject, as in rounds; on the bare base no answer of theirs has been seen. `--parent` starts from a
copy of an adapter of the home, which has read lessons but no worse side of a pair.
"""

import argparse
from collections.abc import Mapping
from pathlib import Path

import machine
import torch

from finetune import adapters, dataset, model
from finetune.bases import base_records
from finetune.evaluate import Measurement, Pair, paired_change
from finetune.files import manifests
from finetune.model import Student
from finetune.objectives.objective_protocols import MakesAnother, Measured, RoundTask, TrainsItself
from finetune.objectives.objective_registry import objective_of
from finetune.recipe import Evaluation, Lora, Recipe, RoundPlan
from finetune.rows import answer_pairs
from finetune.rows.answer_pairs import AnswerPair
from medchat.composition import TEXT_TOOLS

_SETTINGS: Mapping[str, Mapping[str, object]] = {"preference": {"sft_weight": 0.1}, "reward": {}}
_RATES = {"preference": 3e-4, "reward": 1e-3}


def main() -> None:
    """Train on some pairs and print how unseen ones are told apart before and after."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--base", default="mini")
    parser.add_argument("--parent", help="a finished round of the home")
    parser.add_argument("--objective", choices=sorted(_SETTINGS), default="reward")
    parser.add_argument("--pairs", type=int, default=700)
    parser.add_argument("--held-out", type=int, default=150)
    parser.add_argument("--steps", type=int, default=45)
    options = parser.parse_args()
    torch.set_num_threads(1)
    name = options.objective
    home = options.data.parent.parent
    parent = adapters.named(home, options.parent) if options.parent else None
    plan = RoundPlan(
        objective=name,
        max_steps=options.steps,
        epochs=options.steps,
        learning_rate=_RATES[name],
        batch_tokens=3072,
        warmup=0.1,
        settings=_SETTINGS[name],
    )
    recipe = Recipe(
        name="pairs",
        base=options.base,
        rounds=(plan,),
        lora=Lora(16, 32),
        evaluation=Evaluation(options.held_out, 0, 8, False),
        max_tokens=512,
        distractors=0,
    )
    _draw(options.data, options.pairs)
    task = RoundTask(recipe, 1, home, dataset.read(options.data), TEXT_TOOLS)
    objective = objective_of(plan)
    assert isinstance(objective, Measured) and isinstance(objective, TrainsItself)
    base = base_records.find(home, options.base)
    student: Student
    if isinstance(objective, MakesAnother):
        student = objective.open(recipe, base, parent)
    elif parent:
        student = model.load(base, parent.folder, trainable=True)
    else:
        student = model.attach(model.load(base), recipe.lora, recipe.seed)
    before = objective.measure(student, task)
    fit = objective.train(student, task)
    after = objective.measure(student, task)
    print("\n".join(_table(before, after)))
    print(f"\n{fit.tokens:,} tokens in {len(fit.curve)} steps. {machine.describe()}")


def _draw(folder: Path, count: int) -> None:
    """Let rounds see so many of the training pairs only."""
    split = answer_pairs.split

    def some(pairs: list[AnswerPair]) -> tuple[list[AnswerPair], list[AnswerPair]]:
        train, held = split(pairs)
        drawn = sorted(train, key=lambda one: manifests.of_text(one.prompt + one.rejected))
        return drawn[:count], held

    answer_pairs.split = some  # type: ignore[assignment]


def _table(
    before: Mapping[str, tuple[Pair, ...]], after: Mapping[str, tuple[Pair, ...]]
) -> list[str]:
    lines = ["| measure | pairs | before | after | change |", "|---|---|---|---|---|"]
    was, now = Measurement(before), Measurement(after)
    for name in after:
        early, late, change = was.share(name), now.share(name), paired_change(was, now, name)
        if early and late and change:
            low, high = change[1]
            lines.append(
                f"| {name} | {late.of} | {early.value:.2f} | {late.value:.2f} "
                f"({late.interval[0]:.2f}–{late.interval[1]:.2f}) "
                f"| {change[0]:+.2f} ({low:+.2f} to {high:+.2f}) |"
            )
    return lines


if __name__ == "__main__":
    main()
