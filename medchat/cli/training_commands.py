"""The commands `medchat finetune` and `medchat evaluate`: train rounds, compare adapters.

flags -> recipe and rounds -> finetune.rounds -> adapters
flags -> two adapters, held-out rows -> finetune.evaluate -> scores in pairs
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from medchat.cli import output, startup
from medchat.cli.options import Data, Json
from medchat.errors import MedchatError

if TYPE_CHECKING:
    from finetune.adapters import Adapter
    from finetune.evaluate import Measurement
    from finetune.recipe import Recipe
    from medchat.settings import Settings

Shape = dict[str, object]


def register(parent: typer.Typer) -> None:
    """Add the commands of this group."""
    parent.command(epilog="Example: medchat finetune --recipe mini --round 1")(finetune)
    parent.command(epilog="Example: medchat evaluate --adapter mini/round-2")(evaluate)


def finetune(
    round: Annotated[str, typer.Option(help="A round's number, or all that are missing.")],
    recipe: Annotated[str | None, typer.Option(help="A shipped recipe, or a YAML file.")] = None,
    base: Annotated[str | None, typer.Option(help="A base's name, folder or hub id.")] = None,
    data: Data = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Estimate, train nothing.")] = False,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on from a killed run; so it does by itself.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Train one round, or all that are missing; a finished round is left alone."""
    settings = startup.settings()
    chosen = _recipe(settings, recipe, base)
    numbers = _rounds(settings, chosen, round)
    if dry_run:
        estimates = _estimate(settings, chosen, numbers, data)
        lines = [line for each in estimates for line in output.pairs(each)]
        output.show(estimates, lines or ["No round is missing."], as_json=as_json)
        raise typer.Exit(0 if all(each["fits"] for each in estimates) else 1)
    outcomes = _run(settings, chosen, numbers, data)
    output.show(outcomes, _outcome_lines(outcomes), as_json=as_json)


def evaluate(
    adapter: Annotated[str | None, typer.Option(help="The promoted one by default.")] = None,
    against: Annotated[str, typer.Option(help="Another adapter, or base.")] = "base",
    data: Data = None,
    rows: Annotated[int, typer.Option(help="Held-out rows to score.", min=1)] = 100,
    answers: Annotated[int, typer.Option(help="Rows to answer in full.", min=0)] = 16,
    out: Annotated[Path | None, typer.Option(help="A new folder for the report.")] = None,
    as_json: Json = False,
) -> None:
    """Score an adapter against another on held-out rows; exit 1 where it is worse."""
    if out is not None and out.exists():
        raise MedchatError("The folder is there already.", where=str(out), remedy="Name another.")
    report = _compare(startup.settings(), adapter, against, _HeldOut(data, rows, answers))
    if out is not None:
        out.mkdir(parents=True)
        text = output.as_text(report, indent=2)
        (out / "report.json").write_text(text + "\n", encoding="utf-8")
    output.show(report, _report_lines(report), as_json=as_json)
    raise typer.Exit(0 if report["passed"] else 1)


def _recipe(settings: "Settings", name: str | None, base: str | None) -> "Recipe":
    from finetune import recipe_reader

    own = settings.base if settings.base != "mini" else None
    return _within_context(settings, recipe_reader.load(name or settings.recipe, base=base or own))


def _within_context(settings: "Settings", recipe: "Recipe") -> "Recipe":
    """Return the recipe with rows no longer than its base holds, and say where that differs."""
    from dataclasses import replace

    from finetune import model
    from finetune.bases import base_records
    from finetune.errors import FinetuneError

    try:
        holds = model.context_of(base_records.find(settings.home, recipe.base))
    except FinetuneError:
        return recipe  # whoever opens the base says what is wrong with it
    if recipe.max_tokens <= holds:
        return recipe
    output.note(
        f"The base {recipe.base} holds {holds} tokens, so rows are fitted into that and not into "
        f"the recipe's {recipe.max_tokens}."
    )
    return replace(recipe, max_tokens=holds)


def _rounds(settings: "Settings", recipe: "Recipe", asked: str) -> list[int]:
    """Return the numbers of the rounds that `--round` asks for."""
    from finetune import rounds

    if asked == "all":
        return rounds.missing(recipe, settings.home)
    if asked.isascii() and asked.isdecimal():
        return [int(asked)]
    raise MedchatError(
        f"{asked!r} is no round.", where="--round", remedy="Give a number from 1, or all."
    )


def _estimate(
    settings: "Settings", recipe: "Recipe", numbers: Sequence[int], data: Path | None
) -> list[Shape]:
    """Return what the first of the rounds would take; later ones build on it."""
    from finetune import rounds
    from medchat.cli.progress import show_progress
    from medchat.composition import TEXT_TOOLS, report_ticks

    with show_progress() as report:
        return [
            rounds.estimate(
                recipe, number, settings.home, data, report_ticks(report), tools=TEXT_TOOLS
            ).values()
            for number in numbers[:1]
        ]


def _run(
    settings: "Settings", recipe: "Recipe", numbers: Sequence[int], data: Path | None
) -> list[Shape]:
    """Run the rounds one after the other, and return what became of each."""
    from finetune import adapters, rounds
    from medchat.cli.progress import show_progress
    from medchat.composition import TEXT_TOOLS, report_ticks

    outcomes: list[Shape] = []
    with show_progress() as report:
        for number in numbers:
            made = rounds.run(
                recipe, number, settings.home, data, report_ticks(report), tools=TEXT_TOOLS
            )
            data_record = adapters.manifest(made.adapter).get("data")
            result = {"skipped": made.skipped, "gate": made.gate, "data": data_record}
            outcomes.append({**made.adapter.values(), **result})
    return outcomes


def _outcome_lines(outcomes: Sequence[Shape]) -> list[str]:
    lines = []
    for each in outcomes:
        done = "was finished before" if each["skipped"] else "finished"
        lines.append(f"{each['name']}: {done}{', promoted' if each['promoted'] else ''}")
        lines += _row_lines(each["data"])
    return lines or ["No round is missing."]


def _row_lines(data: object) -> list[str]:
    """Tell how many rows a round learned from, and what became of the others."""
    if not isinstance(data, Mapping) or not isinstance(data.get("rows"), int):
        return []
    told = [f"learned from {data['kept']} of {data['rows']} rows"]
    for key, name in (("left_out", "left out"), ("cut", "shown without")):
        counts = data.get(key)
        if isinstance(counts, Mapping) and counts:
            told.append(f"{name}: " + ", ".join(f"{many} {why}" for why, many in counts.items()))
    return ["; ".join(told)]


@dataclass(frozen=True, slots=True)
class _HeldOut:
    """The rows to score on: from which folder, how many, and how many are answered in full."""

    data: Path | None
    rows: int
    answers: int


def _compare(settings: "Settings", adapter: str | None, against: str, held_out: _HeldOut) -> Shape:
    """Score two adapters on the same held-out rows; the first passes where it is not worse."""
    from finetune import adapters
    from finetune.evaluate import paired_difference

    first = _named_or_promoted(settings, adapter)
    second = None if against == "base" else adapters.named(settings.home, against)
    other = second or first
    scored = _measure(settings, first.base, first, held_out)
    reference = _measure(settings, other.base, second, held_out)
    change, interval = paired_difference(reference, scored)
    return {
        "adapter": first.name,
        "against": second.name if second else first.base,
        "scores": {"adapter": scored.scores.values(), "against": reference.scores.values()},
        "nll_change": change,
        "nll_change_interval": list(interval),
        "passed": interval[0] <= 0,
    }


def _named_or_promoted(settings: "Settings", name: str | None) -> "Adapter":
    from finetune import adapters

    chosen = adapters.named(settings.home, name) if name else adapters.promoted(settings.home)
    if chosen is None:
        raise MedchatError(
            "No adapter is promoted.",
            where="--adapter",
            remedy="Name one, or make one: medchat finetune --round all.",
        )
    return chosen


def _measure(
    settings: "Settings", base: str, adapter: "Adapter | None", held_out: _HeldOut
) -> "Measurement":
    from dataclasses import replace

    from finetune import dataset, evaluate, model, recipe_reader, rounds
    from finetune.bases import base_records
    from medchat.cli.progress import show_progress
    from medchat.composition import TEXT_TOOLS, report_ticks

    opened = base_records.find(settings.home, base)
    student = model.load(opened, adapter.folder if adapter else None)
    recipe = recipe_reader.load(settings.recipe)
    folder = held_out.data or rounds.newest_data(settings.home)
    rows = dataset.read(folder).validation[: held_out.rows]
    examples, _ = dataset.make_examples(
        rows, rows, student.tokenizer, recipe, recipe.seed, TEXT_TOOLS
    )
    plan = replace(recipe.evaluation, rows=held_out.rows, answers=held_out.answers)
    names = evaluate.known_names(line for example in examples for line in example.evidence)
    with show_progress() as report:
        return evaluate.measure(
            student, examples, plan, TEXT_TOOLS, names=names, progress=report_ticks(report)
        )


def _report_lines(report: Shape) -> list[str]:
    """Return the scores side by side."""
    scores = report["scores"]
    assert isinstance(scores, Mapping)
    rows = [
        (name, _figure(scores["adapter"][name]), _figure(scores["against"][name]))
        for name in scores["adapter"]
    ]
    verdict = "passed" if report["passed"] else "worse than what it is held against"
    return [*output.table([("", report["adapter"], report["against"]), *rows]), verdict]


def _figure(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.3f}"
    if isinstance(value, list | tuple):
        return "–".join(_figure(each) for each in value)
    return "" if value is None else str(value)
