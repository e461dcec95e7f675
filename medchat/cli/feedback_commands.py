"""The commands `medchat feedback …`: list, approve and export readers' feedback."""

from pathlib import Path
from typing import Annotated

import typer

from medchat.cli import output, startup
from medchat.cli.options import Json

app = typer.Typer(
    help="Readers' feedback on answers: list, approve, export.", rich_markup_mode=None
)


def register(parent: typer.Typer) -> None:
    """Add the commands of this group."""
    parent.add_typer(app, name="feedback")


@app.command("list", epilog="Example: medchat feedback list --waiting")
def list_(
    waiting: Annotated[bool, typer.Option(help="Only what no curator has judged.")] = False,
    as_json: Json = False,
) -> None:
    """List verdicts on answers, newest first."""
    from medchat.storage.feedback import list_feedback

    found = [
        each for each in list_feedback(startup.engine()) if each.approved is None or not waiting
    ]
    rows = [(each.id, each.verdict, output.when(each.created), each.question) for each in found]
    output.show(found, output.listed(rows, "No feedback."), as_json=as_json)


@app.command(epilog="Example: medchat feedback approve ID --reject")
def approve(
    ids: Annotated[
        list[str], typer.Argument(help="Whole ids of feedback, as `feedback list` prints them.")
    ],
    reject: Annotated[bool, typer.Option("--reject", help="Judge it unfit.")] = False,
) -> None:
    """Let feedback into the next round's preference data, or keep it out."""
    from medchat.storage import conversations

    changed = conversations.approve(startup.engine(), ids, approved=not reject)
    output.note(f"{'Rejected' if reject else 'Approved'} {changed} of {len(ids)}.")
    raise typer.Exit(0 if changed == len(ids) else 1)


@app.command(epilog="Example: medchat feedback export --out preference.jsonl")
def export(
    out: Annotated[Path, typer.Option(help="A new file of preference rows.")],
) -> None:
    """Write approved corrections as preference rows for a round."""
    from medchat.storage import feedback

    output.note(f"Wrote {feedback.export(startup.engine(), out)} rows to {out}.")
