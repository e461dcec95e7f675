"""Measure whether rows drawn for a base teach it more facts than rows drawn evenly.

OMP_NUM_THREADS=2 python benchmarks/aimed_lessons.py --home HOME --base smollm2 --recipe smollm2

    facts -> half of them asked of the base, the other half held out
    asked half -> rows drawn for the base; no fact -> as many rows drawn evenly
    both -> the same steps by the recipe -> held-out half asked before and after

Chosen before anything was measured:

- The measure is the share of held-out facts that are known, by the scoring of `build-data --for`
  (`docs/decisions/aimed-by-likelihood.md`), with the temperature of the base as it was: a fact is
  held out in that the drawing never saw whether the base knows it.
- The main group are the facts about training subjects, which rows may tell; beside it those that
  were unknown before, and facts about subjects of validation, of which no row tells.
- Rows stand as question and answer alone (`--evidence closed`): a fact that stands in the prompt
  need not be known.
- Intervals: 95 %, bootstrap over the facts, paired, each with the mean of its differences over the
  seeds.
"""

import argparse
import json
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from pathlib import Path
from typing import Any

from machine import describe

from finetune import dataset, evaluate, model, trainer
from finetune.bases import base_records
from finetune.model import Student
from finetune.packing import pack
from finetune.probes import likelihoods
from finetune.recipe import Recipe
from finetune.recipes import recipe_reader
from finetune.rows.examples import make_examples
from finetune.templates.rendering import Rendered
from knowledge.graph.catalog import connect
from knowledge.lessons import build
from knowledge.lessons.aiming import base_scores, fact_sample, reliability, statements
from knowledge.lessons.aiming.base_scores import AskedBase
from knowledge.lessons.aiming.known_facts import KnownFacts
from knowledge.lessons.aiming.row_share import Aim
from knowledge.lessons.aiming.statements import Statements
from knowledge.lessons.build_options import DEFAULTS, BuildOptions
from knowledge.lessons.facts.validation_split import is_validation
from knowledge.lessons.pages.entity_pages import EntityPages
from medchat.cli import kb_lookup
from medchat.composition import TEXT_TOOLS, find_urgent

ARMS = ("even", "aimed")
LANGUAGES = ("en", "zh")


@dataclass(frozen=True)
class Setting:
    """What is compared, and on what."""

    home: Path
    base: str
    recipe: Recipe
    rows: int
    share: float
    languages: tuple[str, ...]
    work: Path


def main() -> None:
    """Ask, draw, train, ask again, and print the differences."""
    given = _arguments()
    recipe = recipe_reader.load(given.recipe, base=given.base)
    plan = replace(recipe.round(1), max_steps=given.steps, epochs=given.epochs)
    recipe = replace(recipe, rounds=(plan,), evidence=given.evidence, rehearsal=0.0)
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        for file in given.home.glob("medchat.db*"):  # the home itself is only read
            shutil.copy(file, work)
        languages = tuple(given.language.split(","))
        base = base_records.find(given.home, given.base)
        setting = Setting(given.home, base, recipe, given.rows, given.share, languages, work)
        _compare(setting, given.facts, given.seeds, given.save)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, required=True, help="a home that holds knowledge")
    parser.add_argument("--base", default="smollm2", help="a base of that home, or mini")
    parser.add_argument("--recipe", default="smollm2")
    parser.add_argument("--evidence", default="closed", choices=("closed", "open"))
    parser.add_argument("--language", default="en", help="with commas")
    parser.add_argument("--facts", type=int, default=2000, help="half asked, half held out")
    parser.add_argument("--rows", type=int, default=4000)
    parser.add_argument("--share", type=float, default=0.8, help="of rows on unknown facts")
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--epochs", type=int, default=3, help="at most so many times each row")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--save", type=Path, help="a JSON file for what each fact came to")
    return parser.parse_args()


def _compare(setting: Setting, facts: int, seeds: int, save: Path | None) -> None:
    engine = connect(f"sqlite:///{setting.work / 'medchat.db'}")
    generation = kb_lookup.current(engine)
    sample = fact_sample.choose(engine, generation, facts)
    every = statements.make(EntityPages(engine, generation), sample, setting.languages)
    asked = [each for each in every if not _is_held_out(each)]
    held = [each for each in every if _is_held_out(each)]
    student = model.load(setting.base)
    before = _ask(student, setting.work, asked), _ask(student, setting.work, held)
    print(f"Machine: {describe()}\n")
    print(f"{student.base_name}: {len(asked)} statements asked, {len(held)} held out", flush=True)
    rows = {}
    for arm in ARMS:
        aim = Aim(before[0], setting.share, facts) if arm == "aimed" else None
        options = BuildOptions(
            styles=DEFAULTS.styles,
            languages=setting.languages,
            limit=setting.rows,
            urgency=find_urgent,
            aim=aim,
        )
        build.build(engine, generation, setting.work / arm, options)
        rows[arm] = dataset.read(setting.work / arm).train
        _tell_rows(arm, setting.work / arm, before[0], held)
    engine.dispose()
    known: dict[str, list[list[bool]]] = {arm: [] for arm in ARMS}
    was = _known_of(before[1], held, before[1])
    for seed in range(1, seeds + 1):
        for arm, fit in _train(setting, rows, seed):
            now = _ask(fit, setting.work, held, f"{arm}-{seed}")
            known[arm].append(_known_of(now, held, before[1]))
            if save:
                told = {"before": was, **known, "facts": [each.fact for each in held]}
                save.write_text(json.dumps(told))
    _report(held, was, known)


def _is_held_out(each: Statements) -> bool:
    """Hold out about half of the facts, both languages of a fact together."""
    return blake2b(f"held|{each.fact}".encode(), digest_size=1).digest()[0] < 128


def _ask(
    student: Student, work: Path, given: Sequence[Statements], name: str = "base"
) -> KnownFacts:
    student.model.eval()

    def likely(texts: Sequence[tuple[str, Sequence[str]]]) -> list[tuple[float, ...]]:
        return likelihoods.of_texts(student, texts)

    return base_scores.ask(work, AskedBase(name, name, lambda: likely), given).known


def _known_of(now: KnownFacts, held: Sequence[Statements], base: KnownFacts) -> list[bool]:
    """Return of each statement whether it is known, by the temperature of the base."""
    scores = {(each.fact, each.language): each.scores for each in now.scored}
    return [
        reliability.is_known(
            reliability.probabilities(
                scores[each.fact, each.language], base.temperatures[each.language]
            )
        )
        for each in held
    ]


def _tell_rows(arm: str, folder: Path, known: KnownFacts, held: Sequence[Statements]) -> None:
    """Say how many rows there are, on how many facts, and how many of the held-out ones."""
    rows = [json.loads(line) for line in (folder / "train.jsonl").read_text().splitlines()]
    told = {
        (source["id"], row["language"])
        for row in rows
        for source in row["sources"]
        if source["kind"] == "fact"
    }
    asked = Counter(known.is_known(*each) for each in told)
    shown = sum((each.fact, each.language) in told for each in held)
    print(
        f"{arm}: {len(rows)} training rows on {len(told)} facts, of those asked {asked[False]} "
        f"unknown and {asked[True]} known; {shown} of the {len(held)} held-out ones are told",
        flush=True,
    )


def _train(
    setting: Setting, rows: dict[str, tuple[Any, ...]], seed: int
) -> Iterable[tuple[str, Student]]:
    """Yield the base trained on each arm: equally many rows and steps."""
    recipe, plan = setting.recipe, setting.recipe.round(1)
    most = min(map(len, rows.values()))
    shown: dict[str, list[Rendered]] = {}
    tokenizer = model.tokenizer(setting.base)
    for arm, given in rows.items():
        examples, _ = make_examples(given[:most], given, tokenizer, recipe, seed, TEXT_TOOLS)
        shown[arm] = [one.tokens for one in examples]
    packed = {arm: pack(given, recipe.max_tokens) for arm, given in shown.items()}
    steps = min(len(trainer.schedule(each.rows, plan, seed)) for each in packed.values())
    for arm, given in packed.items():
        began = time.process_time()
        student = model.attach(model.load(setting.base), recipe.lora, seed)
        fit = trainer.fit(student, given, replace(plan, max_steps=steps), seed=seed)
        print(
            f"{arm}, seed {seed}: {most} rows, {steps} steps, {fit.tokens} tokens, loss "
            f"{fit.curve[0].loss:.2f} to {fit.curve[-1].loss:.2f}, "
            f"{time.process_time() - began:.0f} processor seconds",
            flush=True,
        )
        yield arm, student


def _report(
    held: Sequence[Statements], was: Sequence[bool], known: dict[str, list[list[bool]]]
) -> None:
    told = [place for place, each in enumerate(held) if not is_validation(each.subject)]
    groups = {
        "**held-out facts of training subjects** (main)": told,
        "of these, unknown before": [place for place in told if not was[place]],
        "of these, known before": [place for place in told if was[place]],
        "facts of validation subjects": sorted(set(range(len(held))) - set(told)),
        **{
            f"{language}, training subjects": [
                place for place in told if held[place].language == language
            ]
            for language in sorted({each.language for each in held})
        },
    }
    print("\n| held-out facts | number | before | even | aimed | aimed less even | 95 % |")
    print("|---|---|---|---|---|---|---|")
    for name, places in groups.items():
        if not places:
            continue
        means = {
            arm: [sum(run[place] for run in runs) / len(runs) for place in places]
            for arm, runs in known.items()
        }
        gains = [one - two for one, two in zip(means["aimed"], means["even"], strict=True)]
        low, high = evaluate.bootstrap_interval([(each, 1.0) for each in gains]) or (0.0, 0.0)
        before = sum(was[place] for place in places) / len(places)
        even, aimed = (sum(means[arm]) / len(places) for arm in ARMS)
        print(
            f"| {name} | {len(places)} | {before:.3f} | {even:.3f} | {aimed:.3f} | "
            f"{aimed - even:+.3f} | {low:+.3f} to {high:+.3f} |"
        )


if __name__ == "__main__":
    main()
