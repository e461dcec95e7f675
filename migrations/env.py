"""Run migrations on the database that `medchat.storage.database.upgrade` names.

URL -> one transaction that also locks out a second upgrade -> newest revision
"""

from alembic import context
from sqlalchemy import Connection, Engine, event, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

import knowledge.graph.catalog
import medchat.storage.conversations
from knowledge.graph.catalog import connect

METADATA = [
    knowledge.graph.catalog.EntityRow.metadata,
    medchat.storage.conversations.ConversationRow.metadata,
]
_LOCK = 7_305_129  # any number that no other program of the server uses


def _transactional(engine: Engine) -> None:
    """Let SQLite take the write lock first and undo table changes of an upgrade that dies."""

    def leave_transactions_to_us(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        connection.isolation_level = None

    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    event.listen(engine, "connect", leave_transactions_to_us)
    event.listen(engine, "begin", begin)


def _run() -> None:
    engine = connect(context.config.attributes["url"].render_as_string(hide_password=False))
    if engine.dialect.name == "sqlite":
        _transactional(engine)
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
        context.configure(connection=connection, target_metadata=METADATA, render_as_batch=True)
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


_run()
