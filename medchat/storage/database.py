"""Open the database, bring it up to date, copy it.

    URL -> engine (knowledge.graph.catalog.connect) -> revision checked or upgraded -> engine

The tables are defined in `knowledge.graph` and `medchat.storage.conversations`.
"""

import sqlite3
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Engine, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from knowledge.graph.catalog import connect
from medchat.errors import MedchatError
from medchat.settings import Settings, without_password
from medchat.storage.private_home import tighten

if TYPE_CHECKING:
    from alembic.config import Config

BLANK = ""
"""The revision of a database without tables."""


def open_engine(settings: Settings) -> Engine:
    """Open the database with its tables up to date.

    The SQLite file of the home is upgraded as it is opened, and so is a database without any table.
    One that was named by URL and holds data belongs to somebody: only `medchat db upgrade` changes
    it.
    """
    engine = connect(settings.database)
    found = current(engine)
    tighten(settings.home)
    if found == newest():
        return engine
    if settings.database_url and inspect(engine).get_table_names():
        raise MedchatError(
            f"The database is at revision {found or 'none'}, medchat needs {newest()}.",
            where=without_password(settings.database),
            remedy="Make a backup, then run medchat db upgrade.",
        )
    upgrade(engine)
    return engine


def current(engine: Engine) -> str:
    """Return the revision of a database, or `BLANK`.

    Raises MedchatError where the database does not answer.
    """
    try:
        with engine.connect() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return BLANK
            return (
                connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or ""
            )
    except SQLAlchemyError as error:
        raise MedchatError(
            f"The database does not answer: {_first_line(error)}.",
            where=without_password(engine.url.render_as_string(hide_password=False)),
            remedy="Check MEDCHAT_DATABASE_URL and that the server runs.",
        ) from error


def newest() -> str:
    """Return the revision that this version of medchat needs."""
    from alembic.script import ScriptDirectory

    return ScriptDirectory.from_config(_config()).get_current_head() or BLANK


def upgrade(engine: Engine) -> str:
    """Bring a database to the newest revision in one transaction, and return it."""
    from alembic import command

    config = _config()
    config.attributes["url"] = engine.url
    command.upgrade(config, "head")
    return current(engine)


def migrations() -> Path:
    """Return the folder of migrations: within the wheel, or beside the package in a checkout."""
    spec = find_spec("medchat.migrations")
    if spec and spec.origin:
        return Path(spec.origin).parent
    return Path(__file__).resolve().parents[2] / "migrations"


def backup(engine: Engine, target: Path) -> Path:
    """Copy a SQLite database, while it is in use, to a new file."""
    if not _is_sqlite(engine):
        raise MedchatError(
            "Only the SQLite database is copied by medchat.",
            where=without_password(engine.url.render_as_string(hide_password=False)),
            remedy="Use pg_dump for PostgreSQL.",
        )
    if target.exists():
        raise MedchatError("The file exists already.", where=str(target), remedy="Name another.")
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(target.name + ".part")
    with (
        closing(sqlite3.connect(str(engine.url.database))) as source,
        closing(sqlite3.connect(unfinished)) as copy,
    ):
        source.backup(copy)
    return unfinished.replace(target)


def _config() -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(migrations()).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _is_sqlite(engine: Engine) -> bool:
    return make_url(engine.url).get_backend_name() == "sqlite"


def _first_line(error: SQLAlchemyError) -> str:
    return (str(error).splitlines() or ["no reason given"])[0].rstrip(".")
