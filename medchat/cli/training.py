"""Commands of training: rounds, recipes, adapters, evaluation, the mini model.

medchat finetune … -> finetune.rounds · medchat adapters … -> finetune.adapters
"""

from pathlib import Path
from typing import Annotated

import typer

from medchat.cli import errors

recipes = typer.Typer(help="Recipes: what to train, on which base, how.", rich_markup_mode=None)
adapters = typer.Typer(help="Adapters: what rounds left behind.", rich_markup_mode=None)
mini = typer.Typer(help="The mini model that ships.", rich_markup_mode=None)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Name = Annotated[str, typer.Argument(help="An adapter, such as mini/round-1.")]
Data = Annotated[Path | None, typer.Option(help="A dataset folder; the newest by default.")]


def register(parent: typer.Typer) -> None:
    """Add the commands of this family."""
    parent.command("finetune", epilog="Example: medchat finetune --recipe mini --round 1")(finetune)
    parent.command("evaluate", epilog="Example: medchat evaluate --adapter mini/round-2")(evaluate)
    parent.add_typer(recipes, name="recipes")
    parent.add_typer(adapters, name="adapters")
    parent.add_typer(mini, name="mini")


def finetune(
    round: Annotated[str, typer.Option(help="A round's number, or all that are missing.")],
    recipe: Annotated[str | None, typer.Option(help="A shipped recipe, or a YAML file.")] = None,
    base: Annotated[str | None, typer.Option(help="mini, a model's folder, or a hub id.")] = None,
    data: Data = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Estimate, train nothing.")] = False,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on from a killed run; so it does by itself.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Train one round, or all that are missing; a finished round is left alone."""
    from medchat.cli import training_helpers

    plan = training_helpers.planned(errors.settings(), round, recipe, base, data)
    if dry_run:
        estimates = training_helpers.estimate(plan)
        errors.show(estimates, training_helpers.estimate_lines(estimates), as_json=as_json)
        raise typer.Exit(0 if all(each["fits"] for each in estimates) else 1)
    outcomes = training_helpers.run(plan)
    errors.show(outcomes, training_helpers.outcome_lines(outcomes), as_json=as_json)


@recipes.callback(invoke_without_command=True)
def list_recipes(context: typer.Context, as_json: Json = False) -> None:
    """Recipes: what to train, on which base, how. Without a command: their names."""
    from finetune.recipe_reader import shipped

    if context.invoked_subcommand is None:
        errors.show(shipped(), shipped(), as_json=as_json)


@recipes.command("show", epilog="Example: medchat recipes show mini")
def show_recipe(
    name: Annotated[str, typer.Argument(help="A shipped recipe, or a YAML file.")],
    as_json: Json = False,
) -> None:
    """Show a recipe with its comments; as JSON, with its defaults filled in."""
    from finetune import recipe_reader

    values = recipe_reader.load(name).values()
    errors.show(values, [recipe_reader.text(name).rstrip()], as_json=as_json)


@adapters.command("list", epilog="Example: medchat adapters list --json")
def list_adapters(as_json: Json = False) -> None:
    """List finished rounds with their lineage; the promoted one answers."""
    from finetune.adapters import list_adapters as finished
    from medchat.cli.output import listed

    found = finished(errors.settings().home)
    rows = [
        ("*" if each.promoted else "", each.name, each.objective, each.base, each.parent or "")
        for each in found
    ]
    shapes = [each.values() for each in found]
    errors.show(shapes, listed(rows, "No rounds yet: medchat finetune --round 1"), as_json=as_json)


@adapters.command("show", epilog="Example: medchat adapters show mini/round-1")
def show_adapter(name: Name, as_json: Json = False) -> None:
    """Show all that is on record about an adapter."""
    from finetune import adapters
    from medchat.cli.output import pairs

    record = adapters.manifest(adapters.named(errors.settings().home, name))
    errors.show(record, pairs(record), as_json=as_json)


@adapters.command("promote", epilog="Example: medchat adapters promote mini/round-1")
def promote(name: Name, as_json: Json = False) -> None:
    """Let an adapter answer from now on."""
    from finetune import adapters

    chosen = adapters.promote(errors.settings().home, name)
    errors.show(chosen.values(), [f"{chosen.name} answers from now on."], as_json=as_json)


@adapters.command("rollback", epilog="Example: medchat adapters rollback")
def rollback(as_json: Json = False) -> None:
    """Go back to the adapter that answered before, or to the bare base."""
    from finetune import adapters

    chosen = adapters.rollback(errors.settings().home)
    line = f"{chosen.name if chosen else 'The bare base'} answers from now on."
    errors.show(chosen.values() if chosen else None, [line], as_json=as_json)


@adapters.command("merge", epilog="Example: medchat adapters merge mini/round-2 --out merged")
def merge(
    name: Name,
    out: Annotated[Path, typer.Option(help="A new folder for the merged model.")],
    as_json: Json = False,
) -> None:
    """Merge an adapter into its base: a model folder that needs no adapter."""
    from finetune import adapters, merged_model

    chosen = adapters.named(errors.settings().home, name)
    merged = merged_model.merge(chosen.base, chosen.folder, out)
    line = f"{merged.folder}, logits within {merged.difference:.1e} of base and adapter."
    errors.show(merged, [line], as_json=as_json)


@adapters.command("test", epilog="Example: medchat adapters test mini/round-1")
def test(name: Name, as_json: Json = False) -> None:
    """Load an adapter twice and compare: same output, changed from the base, ends its answers."""
    from medchat.cli import training_helpers
    from medchat.cli.output import pairs

    result = training_helpers.tested(errors.settings(), name)
    errors.show(result, pairs(result), as_json=as_json)
    raise typer.Exit(0 if result["passed"] else 1)


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
    from medchat.cli import training_helpers

    trial = training_helpers.Trial(adapter, against, data, rows, answers)
    report = training_helpers.evaluated(errors.settings(), trial, out)
    errors.show(report, training_helpers.report_lines(report), as_json=as_json)
    raise typer.Exit(0 if report["passed"] else 1)


@mini.command("train", epilog="Example: medchat mini train --out base --minutes 90")
def train(
    out: Annotated[Path, typer.Option(help="A new folder for the model.")],
    minutes: Annotated[float, typer.Option(help="How long the drills last.", min=0)] = 90.0,
    seed: Annotated[int, typer.Option(help="Decides the drills.")] = 7,
    as_json: Json = False,
) -> None:
    """Make the mini model from nothing; a run that was stopped goes on."""
    from medchat.cli import training_helpers
    from medchat.cli.output import pairs

    score = training_helpers.mini(out, minutes, seed)
    errors.show(score, pairs(score), as_json=as_json)
