"""The commands `medchat recipes …`: list and show training recipes."""

from typing import Annotated

import typer

from medchat.cli import output
from medchat.cli.options import Json

app = typer.Typer(help="Recipes: what to train, on which base, how.", rich_markup_mode=None)


def register(parent: typer.Typer) -> None:
    """Add the commands of this group."""
    parent.add_typer(app, name="recipes")


@app.callback(invoke_without_command=True)
def list_(context: typer.Context, as_json: Json = False) -> None:
    """Recipes: what to train, on which base, how. Without a command: their names."""
    from finetune.recipes.recipe_reader import shipped

    if context.invoked_subcommand is None:
        output.show(shipped(), shipped(), as_json=as_json)


@app.command(epilog="Example: medchat recipes show mini")
def show(
    name: Annotated[str, typer.Argument(help="A shipped recipe, or a YAML file.")],
    as_json: Json = False,
) -> None:
    """Show a recipe with its comments; as JSON, with its defaults filled in."""
    from finetune.recipes import recipe_reader

    values = recipe_reader.load(name).values()
    output.show(values, [recipe_reader.text(name).rstrip()], as_json=as_json)
