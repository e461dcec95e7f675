"""The commands `medchat history …`: list, search, show, export and delete conversations."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from medchat.cli import output, startup
from medchat.cli.options import Json

if TYPE_CHECKING:
    from medchat.storage.conversations import Conversation

app = typer.Typer(
    help="Past conversations: list, search, show, export, delete.", rich_markup_mode=None
)

Id = Annotated[str, typer.Argument(help="The id, or its beginning.")]


def register(parent: typer.Typer) -> None:
    """Add the commands of this group."""
    parent.add_typer(app, name="history")


@app.command("list", epilog="Example: medchat history list --limit 5")
def list_(
    limit: Annotated[int, typer.Option(help="How many.", min=1)] = 20, as_json: Json = False
) -> None:
    """List conversations, the one used last first."""
    from medchat.storage import conversations

    found = conversations.conversations(startup.engine(), limit=limit)
    output.show(found, _lines(found, "No conversations yet."), as_json=as_json)


@app.command(epilog="Example: medchat history search metformin")
def search(
    words: Annotated[str, typer.Argument(help="Words that the conversation holds.")],
    as_json: Json = False,
) -> None:
    """Find conversations by words of their questions and answers."""
    from medchat.storage import conversations

    found = conversations.search(startup.engine(), words)
    output.show(found, _lines(found, "No conversation holds these words."), as_json=as_json)


@app.command(epilog="Example: medchat history show 3f2a91c0")
def show(id: Id, as_json: Json = False) -> None:
    """Show a conversation with its sources."""
    from medchat.storage import conversations, transcript

    engine = startup.engine()
    found = conversations.conversation(engine, id)
    messages = conversations.messages(engine, found.id)
    lines = transcript.markdown(found, messages).splitlines()
    output.show(transcript.document(found, messages), lines, as_json=as_json)


@app.command(epilog="Example: medchat history export 3f2a91c0 --out visit.md")
def export(
    id: Id,
    out: Annotated[Path, typer.Option(help="A new file, .md or .json.")],
) -> None:
    """Write a conversation with its bibliography to a file."""
    from medchat.storage import conversations, transcript

    engine = startup.engine()
    found = conversations.conversation(engine, id)
    transcript.write(found, conversations.messages(engine, found.id), out)
    output.note(f"Written to {out}.")


@app.command(epilog="Example: medchat history delete 3f2a91c0")
def delete(
    ids: Annotated[list[str], typer.Argument(help="Ids, or their beginnings.")],
) -> None:
    """Delete conversations with their answers, citations and feedback, for good."""
    from medchat.storage import conversations

    engine = startup.engine()
    whole_ids = [conversations.conversation(engine, id).id for id in ids]
    output.note(f"Deleted {conversations.remove(engine, whole_ids)}.")


def _lines(found: "Sequence[Conversation]", nothing: str) -> list[str]:
    rows = [(each.id[:8], output.when(each.updated), each.messages, each.title) for each in found]
    return output.listed(rows, nothing)
