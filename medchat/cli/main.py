"""The command line `medchat`: all groups of commands under one name.

    arguments -> command of a group -> one call into a package -> lines or one JSON document

Each group is a module of this package. Heavy libraries load inside the commands that need them, so
that help answers at once.
"""

import sys
from typing import Annotated

import typer

from medchat.cli import (
    adapter_commands,
    ask_commands,
    base_commands,
    data_commands,
    db_commands,
    doctor_command,
    errors,
    feedback_commands,
    history_commands,
    kb_commands,
    mini_commands,
    output,
    recipe_commands,
    serve_command,
    startup,
    training_commands,
)
from medchat.storage.private_home import keep_private

app = typer.Typer(
    name="medchat",
    help="Answers clinical questions from your own knowledge base, with the evidence for every "
    "sentence. A first session: medchat demo, then medchat ask QUESTION or medchat serve.",
    rich_markup_mode=None,
    add_completion=False,
    no_args_is_help=False,
    pretty_exceptions_enable=False,
)


def main() -> None:
    """Run the command line and exit with its status."""
    startup.quieten()
    keep_private()
    as_json = "--json" in sys.argv
    status = errors.guarded(
        lambda: app(prog_name="medchat", standalone_mode=False), as_json=as_json
    )
    startup.end_threads(status)
    sys.exit(status)


@app.callback(invoke_without_command=True)
def start(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """Answers clinical questions from your own knowledge base, with the evidence for each sentence.

    A first session: medchat demo, then medchat ask QUESTION or medchat serve.
    """
    if version:
        from medchat import __version__

        output.say(f"medchat {__version__}")
    elif context.invoked_subcommand is None:
        output.say(context.get_help())


# help lists commands in this order
for group in (
    serve_command,
    ask_commands,
    doctor_command,
    kb_commands,
    data_commands,
    training_commands,
    recipe_commands,
    adapter_commands,
    base_commands,
    mini_commands,
    history_commands,
    feedback_commands,
    db_commands,
):
    group.register(app)


if __name__ == "__main__":  # torchrun -m medchat.cli.main
    main()
