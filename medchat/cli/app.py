"""The command line: `medchat` and its commands.

    arguments -> settings -> one call into a room -> lines or one JSON document

Thin on purpose: heavy libraries load inside the commands that need them, so that help is quick.
"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from medchat.cli import data, errors, kb, training

if TYPE_CHECKING:
    from sqlalchemy import Engine

app = typer.Typer(
    name="medchat",
    help="Answers clinical questions from your own knowledge base, with the evidence for every "
    "sentence. A first session: medchat demo, then medchat ask QUESTION or medchat serve.",
    rich_markup_mode=None,
    add_completion=False,
    no_args_is_help=False,
    pretty_exceptions_enable=False,
)
history = typer.Typer(help="What was asked and answered.", rich_markup_mode=None)
feedback = typer.Typer(help="What readers thought of answers.", rich_markup_mode=None)
database = typer.Typer(help="The one database.", rich_markup_mode=None)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Writer = Annotated[
    str | None,
    typer.Option(help="local, quote (no model: evidence in its own words), or a server's URL."),
]
Adapter = Annotated[
    str | None, typer.Option(help="A finished round, such as mini/round-2; base for none.")
]


def main() -> None:
    """Run the command line; the one place where errors become sentences."""
    errors.quieten()
    as_json = "--json" in sys.argv
    sys.exit(
        errors.guarded(lambda: app(prog_name="medchat", standalone_mode=False), as_json=as_json)
    )


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

        errors.say(f"medchat {__version__}")
    elif context.invoked_subcommand is None:
        errors.say(context.get_help())


@app.command(epilog="Example: medchat demo")
def demo(as_json: Json = False) -> None:
    """Prepare a home that answers: database, starter knowledge, data, rounds. Safe to repeat."""
    from medchat.cli.output import steps as lines
    from medchat.cli.progress import shown
    from medchat.demo import prepare

    with shown() as report:
        steps = list(prepare(errors.settings(), report))
    ready = 'Ready. Try: medchat ask "What are the symptoms of asthma?"'
    errors.show({"steps": steps}, [*lines(steps), ready], as_json=as_json)


@app.command(epilog="Example: medchat serve --port 8000")
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.", min=0, max=65535)] = None,
) -> None:
    """Serve the web chat on this machine; an empty home is prepared first, as demo does."""
    from medchat.cli.output import steps
    from medchat.cli.progress import shown
    from medchat.demo import is_empty, prepare
    from medchat.web import serve as run

    settings = errors.settings(host=host, port=port)
    if is_empty(settings):
        with shown() as report:
            made = list(prepare(settings, report))
        errors.note("\n".join(steps(made)))
    run(settings, settings.host, settings.port)


@app.command(epilog='Example: medchat ask "What are the first-line treatments for asthma?"')
def ask(
    question: Annotated[str, typer.Argument(help="The question, in English or Chinese.")] = "",
    questions: Annotated[
        Path | None,
        typer.Option(help='A file of {"id", "question"} lines to answer, one JSON line each.'),
    ] = None,
    adapter: Adapter = None,
    writer: Writer = None,
    no_log: Annotated[bool, typer.Option("--no-log", help="Record nothing.")] = False,
    go_on: Annotated[
        bool, typer.Option("--continue", help="Go on with the latest conversation.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Answer one question from the evidence, or every question of a file (which is not logged)."""
    from medchat.cli import asking

    chat = asking.open_for(errors.settings(), question, questions, writer=writer, adapter=adapter)
    if questions is not None:
        for line in asking.batch(chat, questions):
            errors.say(errors.as_text(line))
        return
    conversation = asking.latest(chat) if go_on else None
    answered = chat.ask(question, conversation, log=not no_log)
    errors.show(answered.document(), asking.lines(answered), as_json=as_json)


@app.command(epilog="Example: medchat chat --writer quote")
def chat(
    adapter: Adapter = None,
    writer: Writer = None,
    no_log: Annotated[bool, typer.Option("--no-log", help="Record nothing.")] = False,
    go_on: Annotated[
        bool, typer.Option("--continue", help="Go on with the latest conversation.")
    ] = False,
) -> None:
    """Ask question after question at the terminal; an empty line or Ctrl+D ends it."""
    from medchat.chat import open_chat
    from medchat.cli import asking

    opened = open_chat(errors.settings(), writer=writer, adapter=adapter)
    asking.converse(opened, asking.latest(opened) if go_on else None, log=not no_log)


@app.command(epilog="Example: medchat doctor --json")
def doctor(as_json: Json = False) -> None:
    """Say whether this installation is usable, and which settings are in force and from where."""
    from medchat.doctor import examine

    seen = examine(errors.settings())
    rows = [(each.state, each.name, each.told, each.remedy) for each in seen.findings]
    origins = [(each.name, each.value, each.origin) for each in seen.settings]
    lines = [
        *errors.table(rows),
        "",
        *errors.table(origins),
        "",
        *errors.table([*seen.versions.items()]),
    ]
    document = {"usable": seen.usable, "findings": seen.findings}
    rest = {"settings": seen.settings, "versions": seen.versions}
    errors.show({**document, **rest}, lines, as_json=as_json)
    raise typer.Exit(0 if seen.usable else 1)


@history.command("list", epilog="Example: medchat history list --limit 5")
def history_list(
    limit: Annotated[int, typer.Option(help="How many.", min=1)] = 20, as_json: Json = False
) -> None:
    """List conversations, the one used last first."""
    from medchat.cli.output import listed, when
    from medchat.storage import conversations

    found = conversations.conversations(_engine(), limit=limit)
    rows = [(each.id[:8], when(each.updated), each.messages, each.title) for each in found]
    errors.show(found, listed(rows, "No conversations yet."), as_json=as_json)


@history.command("search", epilog="Example: medchat history search metformin")
def history_search(
    words: Annotated[str, typer.Argument(help="Words that the conversation holds.")],
    as_json: Json = False,
) -> None:
    """Find conversations by words of their questions and answers."""
    from medchat.cli.output import listed, when
    from medchat.storage import conversations

    found = conversations.search(_engine(), words)
    rows = [(each.id[:8], when(each.updated), each.messages, each.title) for each in found]
    errors.show(found, listed(rows, "No conversation holds these words."), as_json=as_json)


@history.command("show", epilog="Example: medchat history show 3f2a91c0")
def history_show(
    id: Annotated[str, typer.Argument(help="The id, or its beginning.")], as_json: Json = False
) -> None:
    """Show a conversation with its sources."""
    from medchat.storage import conversations, transcript

    engine = _engine()
    held = conversations.conversation(engine, id)
    messages = conversations.messages(engine, held.id)
    lines = transcript.markdown(held, messages).splitlines()
    errors.show(transcript.document(held, messages), lines, as_json=as_json)


@history.command("export", epilog="Example: medchat history export 3f2a91c0 --out visit.md")
def history_export(
    id: Annotated[str, typer.Argument(help="The id, or its beginning.")],
    out: Annotated[Path, typer.Option(help="A new file, .md or .json.")],
) -> None:
    """Write a conversation with its bibliography to a file."""
    from medchat.storage import conversations, transcript

    engine = _engine()
    held = conversations.conversation(engine, id)
    transcript.write(held, conversations.messages(engine, held.id), out)
    errors.note(f"Written to {out}.")


@history.command("delete", epilog="Example: medchat history delete 3f2a91c0")
def history_delete(
    ids: Annotated[list[str], typer.Argument(help="Ids, or their beginnings.")],
) -> None:
    """Delete conversations with their answers, citations and feedback, for good."""
    from medchat.storage import conversations

    engine = _engine()
    held = [conversations.conversation(engine, id).id for id in ids]
    errors.note(f"Deleted {conversations.remove(engine, held)}.")


@feedback.command("list", epilog="Example: medchat feedback list --waiting")
def feedback_list(
    waiting: Annotated[bool, typer.Option(help="Only what no curator has judged.")] = False,
    as_json: Json = False,
) -> None:
    """List verdicts on answers, newest first."""
    from medchat.cli.output import listed, when
    from medchat.storage.feedback import opinions

    found = [each for each in opinions(_engine()) if each.approved is None or not waiting]
    rows = [(each.id, each.verdict, when(each.created), each.question) for each in found]
    errors.show(found, listed(rows, "No feedback."), as_json=as_json)


@feedback.command("approve", epilog="Example: medchat feedback approve 7d1c22e0… --reject")
def feedback_approve(
    ids: Annotated[list[str], typer.Argument(help="Ids of feedback.")],
    reject: Annotated[bool, typer.Option("--reject", help="Judge it unfit.")] = False,
) -> None:
    """Let feedback into the next round's preference data, or keep it out."""
    from medchat.storage import conversations

    changed = conversations.approve(_engine(), ids, approved=not reject)
    errors.note(f"{'Rejected' if reject else 'Approved'} {changed} of {len(ids)}.")
    raise typer.Exit(0 if changed == len(ids) else 1)


@feedback.command("export", epilog="Example: medchat feedback export --out preference.jsonl")
def feedback_export(
    out: Annotated[Path, typer.Option(help="A new file of preference rows.")],
) -> None:
    """Write approved corrections as preference rows for a round."""
    from medchat.storage.feedback import export

    errors.note(f"Wrote {export(_engine(), out)} rows to {out}.")


@database.command("upgrade", epilog="Example: medchat db upgrade")
def database_upgrade() -> None:
    """Bring the database to the schema that this version needs."""
    from knowledge.graph.catalog import connect
    from medchat.storage import database

    settings = errors.settings()
    errors.note(f"The database is at revision {database.upgrade(connect(settings.database))}.")


@database.command("current", epilog="Example: medchat db current --json")
def database_current(as_json: Json = False) -> None:
    """Show the revision of the database, and the one that this version needs."""
    from knowledge.graph.catalog import connect
    from medchat.storage import database

    found = database.current(connect(errors.settings().database))
    shape = {"current": found or None, "newest": database.newest()}
    lines = [f"{found or 'no tables'} (newest: {shape['newest']})"]
    errors.show(shape, lines, as_json=as_json)


@database.command("backup", epilog="Example: medchat db backup --out medchat-backup.db")
def database_backup(
    out: Annotated[Path, typer.Option(help="A new file.")],
) -> None:
    """Copy the SQLite database while it is in use."""
    from medchat.storage import database

    errors.note(f"Copied to {database.backup(_engine(), out)}.")


def _engine() -> "Engine":
    from medchat.storage.database import open_engine

    return open_engine(errors.settings())


kb.register(app)
data.register(app)
training.register(app)
app.add_typer(history, name="history")
app.add_typer(feedback, name="feedback")
app.add_typer(database, name="db")
