"""The commands `medchat db …`: upgrade and back up the database."""

from pathlib import Path
from typing import Annotated

import typer

from medchat.cli import output, startup
from medchat.cli.options import Json

app = typer.Typer(help="The database: its schema revision, upgrade, backup.", rich_markup_mode=None)


def register(parent: typer.Typer) -> None:
    """Add the commands of this group."""
    parent.add_typer(app, name="db")


@app.command(epilog="Example: medchat db upgrade")
def upgrade() -> None:
    """Bring the database to the schema that this version needs."""
    from knowledge.graph.catalog import connect
    from medchat.storage import database

    revision = database.upgrade(connect(startup.settings().database))
    output.note(f"The database is at revision {revision}.")


@app.command(epilog="Example: medchat db current --json")
def current(as_json: Json = False) -> None:
    """Show the revision of the database, and the one that this version needs."""
    from knowledge.graph.catalog import connect
    from medchat.storage import database

    found = database.current(connect(startup.settings().database))
    newest = database.newest()
    lines = [f"{found or 'no tables'} (newest: {newest})"]
    output.show({"current": found or None, "newest": newest}, lines, as_json=as_json)


@app.command(epilog="Example: medchat db backup --out medchat-backup.db")
def backup(
    out: Annotated[Path, typer.Option(help="A new file.")],
) -> None:
    """Copy the SQLite database while it is in use."""
    from medchat.storage import database

    output.note(f"Copied to {database.backup(startup.engine(), out)}.")
