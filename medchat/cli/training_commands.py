"""The commands `medchat finetune` and `medchat evaluate`: train rounds, compare adapters.

flags -> recipe and rounds -> finetune.rounds -> adapters
flags -> evaluation -> scores of a base, or of two adapters, side by side
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from medchat.cli import adapter_lines, output, startup, terminal_curve
from medchat.cli.options import Data, Json
from medchat.cli.training_progress import Curves
from medchat.errors import MedchatError

if TYPE_CHECKING:
    from finetune.ledger import Wanted
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
        bool, typer.Option("--resume", help="Insist on going on from a killed run's checkpoint.")
    ] = False,
    redo: Annotated[
        bool, typer.Option("--redo", help="Make a round anew, beside the one that is there.")
    ] = False,
    parent: Annotated[
        str | None, typer.Option("--from", help="Build on this adapter, or on base.")
    ] = None,
    curves: Annotated[
        list[str] | None, typer.Option(help="Log curves for tensorboard, or for wandb offline.")
    ] = None,
    curves_dir: Annotated[
        Path | None, typer.Option(help="Where these lie; the home's curves/ by default.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Train one round, or all that are missing; exit 1 where the gate refuses one."""
    settings = startup.settings(may_fetch=True)
    chosen = _led(settings, _recipe(settings, recipe, base), data, redo, parent, dry_run)
    logs = Curves(curves or (), curves_dir or settings.home / "curves")
    wanted = _wanted(settings, chosen, round, data, redo, parent)
    if dry_run:
        estimates = _estimate(settings, wanted)
        lines = [line for each in estimates for line in _plan_lines(each)]
        output.show(estimates, lines or ["No round is missing."], as_json=as_json)
        raise typer.Exit(0 if all(each["fits"] for each in estimates) else 1)
    outcomes = _run(settings, wanted, resume, logs)
    output.show(outcomes, _outcome_lines(outcomes), as_json=as_json)
    raise typer.Exit(1 if any(_refused(each) for each in outcomes) else 0)


def evaluate(
    adapter: Annotated[str | None, typer.Option(help="The promoted one by default.")] = None,
    against: Annotated[str, typer.Option(help="Another adapter, or base.")] = "base",
    base: Annotated[
        str | None, typer.Option(help="Score this base alone: mini, a folder, or a hub id.")
    ] = None,
    recipe: Annotated[
        str | None, typer.Option(help="Show rows by this recipe; an adapter's own by default.")
    ] = None,
    data: Data = None,
    rows: Annotated[int, typer.Option(help="Held-out rows to score.", min=1)] = 100,
    answers: Annotated[
        int | None, typer.Option(help="Rows to answer in full; all by default.", min=0)
    ] = None,
    encoder: Annotated[
        Path | None, typer.Option(help="A folder of an encoder: adds BERTScore.")
    ] = None,
    choices: Annotated[
        Path | None, typer.Option(help="JSONL of question, options, answer: multiple choice.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="A new folder for report, answers and scores of rows.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Score an adapter against another on held-out rows; exit 1 where it is worse."""
    from medchat.cli import evaluation

    _refuse_scoring(out, base, adapter)
    settings = startup.settings(may_fetch=base is not None)
    held_out = evaluation.HeldOutRows(
        data, rows, rows if answers is None else answers, encoder, choices
    )
    if base is not None:
        startup.keep_local(settings.home, base)
        made = evaluation.score_base(settings, base, recipe, held_out)
    else:
        made = evaluation.compare(settings, adapter, against, recipe, held_out)
    if out is not None:
        made.save(out)
    output.show(made.report, evaluation.report_lines(made.report), as_json=as_json)
    raise typer.Exit(0 if made.report["passed"] else 1)


def _refuse_scoring(out: Path | None, base: str | None, adapter: str | None) -> None:
    if out is not None and out.exists():
        raise MedchatError("The folder is there already.", where=str(out), remedy="Name another.")
    if base is not None and adapter is not None:
        raise MedchatError(
            "--base scores a base alone, and an adapter knows its own.",
            where="--base",
            remedy="Give one of the two.",
        )


def _recipe(settings: "Settings", name: str | None, base: str | None) -> "Recipe":
    from finetune.recipes import recipe_reader

    own = settings.base if settings.base != "mini" else None
    chosen = recipe_reader.load(name or settings.recipe, base=base or own)
    startup.keep_local(settings.home, chosen.base)
    return _within_context(settings, chosen)


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


def _wanted(
    settings: "Settings",
    recipe: "Recipe",
    asked: str,
    data: Path | None,
    redo: bool,
    parent: str | None,
) -> "list[Wanted]":
    """Return the rounds that `--round` asks for."""
    from finetune import ledger

    _refuse_redo(asked, redo, parent)
    if asked == "all":
        numbers = ledger.missing(recipe, settings.home)
    elif asked.isascii() and asked.isdecimal() and len(asked) < 10:
        numbers = [int(asked)]
    else:
        raise MedchatError(
            f"{asked!r} is no round.", where="--round", remedy="Give a number from 1, or all."
        )
    return [ledger.Wanted(recipe, number, settings.home, data, redo, parent) for number in numbers]


def _refuse_redo(asked: str, redo: bool, parent: str | None) -> None:
    """Refuse to make anew what is not one round, or what would be made anew again and again."""
    from finetune.training import ranks

    if asked == "all" and (redo or parent):
        raise MedchatError(
            "--redo and --from are for one round.",
            where="--round",
            remedy="Give its number.",
        )
    if redo and ranks.restarts():
        raise MedchatError(
            "torchrun would run --redo again where the gate refuses the round, and make another.",
            where="--redo",
            remedy="Leave out --max_restarts. Where a process dies, run the same command again: "
            "it goes on from the last checkpoint.",
        )


def _estimate(settings: "Settings", wanted: "Sequence[Wanted]") -> list[Shape]:
    """Return what the first of the rounds would take; later ones build on it."""
    from finetune import rounds
    from medchat.cli.progress import show_progress
    from medchat.composition import report_ticks, training_tools

    tools = training_tools(settings)
    with show_progress() as report:
        return [
            rounds.estimate(one, report_ticks(report), tools=tools, measured=True).values()
            for one in wanted[:1]
        ]


def _plan_lines(plan: Shape) -> list[str]:
    """Return an estimate as lines, and rows as the model sees them: dim where nothing is learned.

    What is learned stands in brackets, too, for whoever sees no colours.
    """
    given = plan["samples"]
    assert isinstance(given, list | tuple)
    left_out = ("samples",) if plan["trial_failed"] else ("samples", "trial_failed")
    figures = {name: value for name, value in plan.items() if name not in left_out}
    figures["memory_bytes"] = f"{plan['memory_bytes']:,} ({_how(plan)})"
    figures["seconds"] = f"{plan['seconds']:.0f} ({_how(plan)})"
    lines = output.pairs(figures)
    for number, row in enumerate(given, 1):
        text = "".join(
            typer.style(f"⟦{piece}⟧", bold=True) if learned else typer.style(piece, dim=True)
            for piece, learned in row
        )
        lines += ["", f"row {number}, as the model sees it; ⟦ ⟧ is learned:", text]
    return lines


def _how(plan: Shape) -> str:
    return "measured by a trial" if plan["measured"] else "estimated"


def _run(
    settings: "Settings", wanted: "Sequence[Wanted]", resume: bool, logs: Curves
) -> list[Shape]:
    """Run the rounds one after the other, up to one that is refused; return what became of each."""
    from finetune import adapters, rounds
    from finetune.training import ranks
    from medchat.cli.progress import show_progress
    from medchat.composition import training_tools

    outcomes: list[Shape] = []
    tools = training_tools(settings)
    with ranks.leading(), show_progress() as report:
        for one in wanted:
            with logs.following(one, report) as progress:
                made = rounds.run(one, progress, tools=tools, resume=resume)
                progress.scores = made.adapter.scores
            record = adapters.manifest(made.adapter)
            result = {
                "skipped": made.skipped,
                "gate": made.gate,
                "data": record.get("data"),
                "curve": record.get("curve"),
                "note": made.note,
            }
            outcomes.append({**made.adapter.values(), **result})
            if _refused(outcomes[-1]):
                break
    return outcomes


def _led(
    settings: "Settings",
    recipe: "Recipe",
    data: Path | None,
    redo: bool,
    parent: str | None,
    dry_run: bool,
) -> "Recipe":
    """Return the recipe where this process leads; else train its part of a round, and end."""
    from finetune import ledger, rounds
    from finetune.training import ranks
    from medchat.composition import TEXT_TOOLS

    if ranks.launched().leads:
        return recipe
    if not dry_run:
        wanted = ledger.Wanted(recipe, 1, settings.home, data, redo, parent)
        rounds.follow(wanted, tools=TEXT_TOOLS)
    raise typer.Exit(0)


def _refused(outcome: Shape) -> bool:
    """Say whether a round is worse than what it started from, or failed its self-test."""
    gate = outcome["gate"]
    assert isinstance(gate, Mapping)
    return bool(gate.get("refused", not gate.get("passed")))


def _outcome_lines(outcomes: Sequence[Shape]) -> list[str]:
    lines = []
    for each in outcomes:
        gate = each["gate"]
        assert isinstance(gate, Mapping)
        done = "was finished before" if each["skipped"] else "finished"
        if _refused(each):
            when = "was refused before" if each["skipped"] else "refused"
            use = "promoted by hand" if each["promoted"] else "not promoted"
            lines.append(f"{each['name']}: {when}, and {use}. {gate.get('reason', '')}")
            if each["skipped"]:
                lines.append(f"Make it anew: --round {each['round']} --redo.")
        elif each["promoted"]:
            lines.append(f"{each['name']}: {done}, promoted: {gate.get('reason', '')}")
        else:
            lines.append(f"{each['name']}: {done}, not promoted: {gate.get('reason', '')}")
        lines += [str(each["note"])] if each["note"] else []
        lines += _row_lines(each["data"])
        lines += _curve_lines(each["curve"])
    return lines or ["No round is missing."]


def _curve_lines(curve: object) -> list[str]:
    """Tell from where to where the loss went, and the reward where there is one, as curves."""
    points = (
        [each for each in curve if isinstance(each, Mapping)] if isinstance(curve, list) else []
    )
    losses = [float(each["loss"]) for each in points]
    rewards = [one for each in points if (one := adapter_lines.reward_of(each)) is not None]
    return [
        f"{name} {values[0]:.3f} to {values[-1]:.3f} {terminal_curve.line(values, 24)}"
        for name, values in (("loss", losses), ("reward", rewards))
        if len(values) > 1
    ]


def _row_lines(data: object) -> list[str]:
    """Tell how many rows a round learned from, and what became of the others."""
    if not isinstance(data, Mapping) or not isinstance(data.get("rows"), int):
        return []
    told = [f"learned from {data['kept']} of {data['rows']} rows"]
    for key, name in (
        ("mixed", "of further data sets"),
        ("left_out", "left out"),
        ("cut", "shown without"),
    ):
        counts = data.get(key)
        if isinstance(counts, Mapping) and counts:
            told.append(f"{name}: " + ", ".join(f"{many} {why}" for why, many in counts.items()))
    return ["; ".join(told)]
