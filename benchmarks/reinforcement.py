"""Measure what a round of reinforcement against the proof brings on unseen subjects.

    MEDCHAT_HOME=HOME python benchmarks/reinforcement.py --parent mini/round-1 [--objective grpo]
        [--steps 40] [--questions 2] [--samples 6] [--max-new-tokens 64] [--max-tokens 400]
        [--distractors 2] [--temperature 0.6] [--learning-rate 3e-4] [--held-out 48]

HOME holds the adapter and its data (`medchat demo`). The same held-out questions are answered
greedily before and after; intervals are 95 %, by bootstrap over questions, in pairs.
"""

import argparse
from dataclasses import replace

import machine

from finetune import adapters, dataset, evaluate, ledger, model
from finetune.bases.moved_base import base_of
from finetune.evaluate import Measurement
from finetune.objectives.objective_protocols import RoundTask
from finetune.objectives.objective_registry import objective_of
from finetune.objectives.reinforcement import Reinforcement
from finetune.recipes import recipe_reader
from medchat.composition import training_tools
from medchat.settings import load


def main() -> None:
    """Answer held-out questions, train, answer them again, and print what changed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parent", default="mini/round-1")
    parser.add_argument("--objective", default="grpo")
    parser.add_argument("--steps", type=int, default=40)
    parser.add_argument("--questions", type=int, default=2)
    parser.add_argument("--samples", type=int, default=6)
    parser.add_argument("--max-new-tokens", type=int, default=64)
    parser.add_argument("--max-tokens", type=int, default=400)
    parser.add_argument("--distractors", type=int, default=2)
    parser.add_argument("--temperature", type=float, default=0.6)
    parser.add_argument("--learning-rate", type=float, default=3e-4)
    parser.add_argument("--held-out", type=int, default=48)
    given = parser.parse_args()
    settings = load()
    parent = adapters.named(settings.home, given.parent)
    shipped = recipe_reader.load("proof-rl")
    named = ("questions", "samples", "max_new_tokens", "temperature")
    asked = {name: getattr(given, name) for name in named}
    plan = replace(
        shipped.rounds[1],
        objective=given.objective,
        max_steps=given.steps,
        learning_rate=given.learning_rate,
        settings={**shipped.rounds[1].settings, **asked, "held_out": given.held_out},
    )
    recipe = replace(
        shipped,
        rounds=(shipped.rounds[0], plan),
        max_tokens=given.max_tokens,
        distractors=given.distractors,
        uncovered=0.2,
    )
    base = base_of(settings.home, parent, settings.base)
    student = model.load(base, parent.folder, trainable=True)
    data = dataset.read(ledger.newest_data(settings.home))
    task = RoundTask(recipe, 2, settings.home, data, training_tools(settings), parent)
    objective = objective_of(plan)
    assert isinstance(objective, Reinforcement)
    before = Measurement(objective.measure(student, task))
    run = objective.train(student, task)  # type: ignore[attr-defined]
    after = Measurement(objective.measure(student, task))
    rows = [(name, _change(before, after, name)) for name in ("reward", "proven")]
    distances = [point.measured["kl"] for point in run.curve]
    rows.append(("distance to the parent, most of any step", f"{max(distances):.3f} nats a token"))
    rows.append(("steps, tokens", f"{len(run.curve)}, {run.tokens:,}"))
    rows.append(("seconds", f"{run.seconds:.0f}"))
    machine.table(rows)


def _change(before: Measurement, after: Measurement, name: str) -> str:
    was, now = before.share(name), after.share(name)
    changed = evaluate.paired_change(before, after, name)
    assert was and now and changed
    change, (low, high) = changed
    return f"{was.value:.3f} → {now.value:.3f} ({change:+.3f}, {low:+.3f} to {high:+.3f})"


if __name__ == "__main__":
    main()
