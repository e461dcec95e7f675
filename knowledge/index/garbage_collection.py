"""Delete what no kept generation holds, from the database and the index files.

    newest generations -> rows that none of them holds -> index written anew -> rows, old folders

A removed document is still in the generations before its removal; with `keep` 1 nothing of it is
left: neither text, nor words, nor vector. Quotations in recorded answers stay.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, and_, delete, not_, select

from knowledge import lock
from knowledge.errors import KnowledgeError
from knowledge.graph.catalog import (
    DocumentFileRow,
    DocumentRow,
    FactRow,
    FactSourceRow,
    FileRow,
    IdentifierRow,
    JoinRow,
    NameRow,
    PassageRow,
    VersionedTable,
    holds,
)
from knowledge.graph.id_queries import id_batches
from knowledge.index import generations, index_builder
from knowledge.index.indexed_passages import read_passages


@dataclass(frozen=True, slots=True)
class CollectionReport:
    """What was deleted: folders by name, and how many rows of each kind.

    `generation` is the one now in force.
    """

    generation: int
    folders: tuple[str, ...]
    documents: int
    facts: int


def collect(engine: Engine, home: Path, keep: int = 3) -> CollectionReport:
    """Delete all that the newest `keep` generations do not hold.

    Where a document goes, a generation of equal content is made whose index files hold nothing of
    it. Raises KnowledgeError where the newest generation is damaged: first it must be made anew.
    """
    with lock.hold(home):
        newest = generations.reconcile(engine, home) or 0
        folders = generations.delete_unfinished(engine, home)
        kept = generations.committed(engine)[-max(1, keep) :]
        with engine.connect() as connection:
            lost = _unheld(connection, DocumentRow, kept) if kept else []
        number = _compacted(engine, home, newest, kept, lost) if lost else newest
        facts = 0
        if kept:
            with engine.begin() as connection:
                facts = _purge(connection, kept, lost)
            _release(engine)
        folders += generations.delete_old_indexes(home, keep)
        return CollectionReport(number, tuple(folders), len(lost), facts)


def _compacted(
    engine: Engine, home: Path, newest: int, kept: Sequence[int], lost: Sequence[str]
) -> int:
    """Make a generation of the same content whose files were written anew; return its number."""
    parent = generations.open_whole(home, newest)
    if parent is None:
        raise KnowledgeError(
            f"The files of generation {newest} are damaged, so nothing was deleted.",
            where=str(generations.folder_of(home, newest)),
            remedy=f"Run `medchat kb rollback {newest}`: the index is made anew.",
            status=1,
        )
    pieces = list(read_passages(engine, newest))
    folder = generations.folder_of(home, newest + 1)
    draft = index_builder.compact(folder, newest + 1, parent, pieces)
    with engine.begin() as connection:
        cause = f"gc of {len(lost)} documents that generations {kept[0]} to {newest} do not hold"
        generations.record(connection, home, draft, newest, cause)
    generations.publish(home, newest + 1)
    return newest + 1


def _unheld(connection: Connection, table: VersionedTable, kept: Sequence[int]) -> list[Any]:
    """Return the ids of the rows that none of some generations holds."""
    query = select(table.id).where(and_(*(not_(holds(table, number)) for number in kept)))
    return [row[0] for row in connection.execute(query)]


def _purge(connection: Connection, kept: Sequence[int], lost: Sequence[str]) -> int:
    """Delete documents, facts and names; return how many facts. Sources, ids and splits stay."""
    for chunk in id_batches(lost):
        of_lost = DocumentFileRow.document_id.in_(chunk)
        connection.execute(delete(DocumentFileRow).where(of_lost))
        connection.execute(delete(PassageRow).where(PassageRow.document_id.in_(chunk)))
        connection.execute(delete(DocumentRow).where(DocumentRow.id.in_(chunk)))
    linked = select(DocumentFileRow.file_id)
    connection.execute(delete(FileRow).where(FileRow.id.not_in(linked)))
    facts = _unheld(connection, FactRow, kept)
    for chunk in id_batches(facts):
        connection.execute(delete(FactSourceRow).where(FactSourceRow.fact_id.in_(chunk)))
        connection.execute(delete(FactRow).where(FactRow.id.in_(chunk)))
    for table in (NameRow, IdentifierRow):
        for chunk in id_batches(_unheld(connection, table, kept)):
            connection.execute(delete(table).where(table.id.in_(chunk)))
    named = select(NameRow.id).where(
        NameRow.entity_id == JoinRow.entity_id, NameRow.source_id == JoinRow.source_id
    )
    connection.execute(delete(JoinRow).where(~named.exists()))
    return len(facts)


def _release(engine: Engine) -> None:
    """Let the database give up what was deleted: from its log, and where it keeps dead rows."""
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    elif engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM documents, passages, facts, names")
