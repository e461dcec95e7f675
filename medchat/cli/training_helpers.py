"""What the commands of training share: rounds with progress, scores, the mini model.

settings + flags -> finetune.rounds, finetune.evaluate -> plain values to print
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from finetune import adapters, recipe, rendering
from finetune.recipe import Recipe
from medchat.cli.errors import table
from medchat.cli.output import pairs
from medchat.cli.progress import shown, ticking
from medchat.composition import TEXT_TOOLS
from medchat.errors import MedchatError
from medchat.settings import Settings

if TYPE_CHECKING:
    from finetune.dataset import Example
    from finetune.evaluate import Measured
    from finetune.model import Student

Shape = dict[str, object]

_TEST: tuple[tuple[str, str, rendering.Language], ...] = (
    ("What are the symptoms of asthma?", "Asthma — symptoms: wheeze; cough.", "en"),
    ("哮喘有哪些症状？", "哮喘——症状：喘息；咳嗽。", "zh"),
)
"""Questions that an adapter is tried on; any would do, what counts is that it answers alike."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Rounds to run: of which recipe, on which data."""

    home: Path
    recipe: Recipe
    numbers: tuple[int, ...]
    data: Path | None


@dataclass(frozen=True, slots=True)
class Trial:
    """What is compared: an adapter against another one, or against `base`, on held-out rows."""

    adapter: str | None
    against: str
    data: Path | None
    rows: int
    answers: int


def planned(
    settings: Settings, round: str, name: str | None, base: str | None, data: Path | None
) -> Plan:
    """Return the rounds that the flags ask for."""
    from finetune import rounds

    other = base or (settings.base if settings.base != "mini" else None)
    chosen = recipe.load(name or settings.recipe, base=other)
    if round == "all":
        numbers = tuple(rounds.missing(chosen, settings.home))
    elif round.isascii() and round.isdecimal():
        numbers = (int(round),)
    else:
        raise MedchatError(
            f"{round!r} is no round.", where="--round", remedy="Give a number from 1, or all."
        )
    return Plan(settings.home, chosen, numbers, data)


def run(plan: Plan) -> list[Shape]:
    """Run the rounds one after the other, and return what became of each."""
    from finetune import rounds

    done = []
    with shown() as report:
        for number in plan.numbers:
            outcome = rounds.run(
                plan.recipe, number, plan.home, plan.data, ticking(report), tools=TEXT_TOOLS
            )
            done.append(
                {
                    **outcome.adapter.values(),
                    "skipped": outcome.skipped,
                    "gate": outcome.gate,
                }
            )
    return done


def estimate(plan: Plan) -> list[Shape]:
    """Return what the first of the rounds would take; later ones build on it."""
    from finetune import rounds

    with shown() as report:
        return [
            rounds.plan(
                plan.recipe, number, plan.home, plan.data, ticking(report), tools=TEXT_TOOLS
            ).values()
            for number in plan.numbers[:1]
        ]


def outcome_lines(outcomes: Sequence[Shape]) -> list[str]:
    """Return a line for each round."""
    lines = [
        f"{each['name']}: {'was finished before' if each['skipped'] else 'finished'}"
        + (", promoted" if each["promoted"] else "")
        for each in outcomes
    ]
    return lines or ["No round is missing."]


def estimate_lines(estimates: Sequence[Shape]) -> list[str]:
    """Return the figures of each estimate."""
    return [line for each in estimates for line in pairs(each)] or ["No round is missing."]


def tested(settings: Settings, name: str) -> Shape:
    """Load an adapter twice and say whether both are the same and differ from the base."""
    from finetune import model

    chosen = adapters.named(settings.home, name)
    student = model.load(chosen.base, chosen.folder)
    prompts = [rendering.grounded(question, [line], language) for question, line, language in _TEST]
    return asdict(adapters.self_test(student, chosen.folder, prompts, 64))


def evaluated(settings: Settings, trial: Trial, out: Path | None) -> Shape:
    """Score two adapters on the same held-out rows; the first passes where it is not worse."""
    from finetune import evaluate

    if out is not None and out.exists():
        raise MedchatError("The folder is there already.", where=str(out), remedy="Name another.")
    first = _named(settings, trial.adapter)
    second = None if trial.against == "base" else adapters.named(settings.home, trial.against)
    one = _measured(settings, first, trial)
    other = _measured(settings, second, trial)
    change, interval = evaluate.difference(other, one)
    report: Shape = {
        "adapter": first.name,
        "against": second.name if second else first.base,
        "scores": {"adapter": one.scores.values(), "against": other.scores.values()},
        "nll_change": change,
        "nll_change_interval": list(interval),
        "passed": interval[0] <= 0,
    }
    if out is not None:
        out.mkdir(parents=True)
        text = json.dumps(report, ensure_ascii=False, indent=2)
        (out / "report.json").write_text(text + "\n", encoding="utf-8")
    return report


def report_lines(report: Shape) -> list[str]:
    """Return the scores side by side."""
    scores = report["scores"]
    assert isinstance(scores, Mapping)
    rows = [
        (name, _figure(scores["adapter"][name]), _figure(scores["against"][name]))
        for name in scores["adapter"]
    ]
    verdict = "passed" if report["passed"] else "worse than what it is held against"
    return [*table([("", report["adapter"], report["against"]), *rows]), verdict]


def mini(out: Path, minutes: float, seed: int) -> Shape:
    """Make the mini model from the starter knowledge's words."""
    from finetune.mini import train
    from knowledge.ingest import starter

    texts = [path.read_text(encoding="utf-8") for path in starter.files()]
    plan = replace(train.Plan(), minutes=minutes, seed=seed)
    with shown() as report:
        return asdict(train.run(out, texts, starter.lexicon(), plan, report))


def _named(settings: Settings, name: str | None) -> adapters.Adapter:
    chosen = adapters.named(settings.home, name) if name else adapters.promoted(settings.home)
    if chosen is None:
        raise MedchatError(
            "No adapter is promoted.",
            where="--adapter",
            remedy="Name one, or make one: medchat finetune --round all.",
        )
    return chosen


def _measured(settings: Settings, chosen: adapters.Adapter | None, trial: Trial) -> "Measured":
    from finetune import dataset, evaluate, model, rounds

    reference = chosen or _named(settings, trial.adapter)
    student: Student = model.load(reference.base, chosen.folder if chosen else None)
    shape = recipe.load(settings.recipe)
    rows = dataset.read(trial.data or rounds.newest_data(settings.home)).validation[: trial.rows]
    examples, _ = dataset.show(rows, rows, student.tokenizer, shape, shape.seed, TEXT_TOOLS)
    plan = replace(shape.evaluation, rows=trial.rows, answers=trial.answers)
    names = _names(examples)
    with shown() as report:
        return evaluate.measure(
            student, examples, plan, TEXT_TOOLS, names=names, progress=ticking(report)
        )


def _names(examples: Sequence["Example"]) -> set[str]:
    """Return the facts by name that the evidence of examples lists."""
    from finetune.evaluate import known_names

    return known_names(line for example in examples for line in example.evidence)


def _figure(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.3f}"
    if isinstance(value, list | tuple):
        return "–".join(_figure(each) for each in value)
    return "" if value is None else str(value)
