"""Writing: planned rows go into the catalogue, and rows that end get their end.

plan + merge -> tables, in one transaction that the caller commits
"""

from collections.abc import Sequence

from sqlalchemy import Connection, insert, select, update

from knowledge.catalog import (
    Base,
    DocumentRow,
    EntityRow,
    FactRow,
    FactSource,
    IdentifierRow,
    NameRow,
    PassageRow,
    Source,
    end,
    holds,
)
from knowledge.merge import Merge, chunks
from knowledge.planning import Plan, Row
from knowledge.records import Progress
from knowledge.rows import Line

_BATCH = 10_000


def write(
    connection: Connection, plan: Plan, merge: Merge, number: int, progress: Progress
) -> None:
    """Write all rows of an addition; the caller commits."""
    for chunk in chunks(plan.superseded):
        end(connection, DocumentRow, DocumentRow.id.in_(chunk), number)
    for chunk in chunks(merge.revived):
        query = update(EntityRow).where(EntityRow.id.in_(chunk)).values(until=None)
        connection.execute(query)
    mark_retracted(connection, plan.retracted)
    tables: list[tuple[type[Base], Sequence[Row | Line]]] = [
        (Source, plan.sources),
        (EntityRow, merge.entities),
        (NameRow, merge.names),
        (IdentifierRow, merge.identifiers),
        (FactRow, merge.facts),
        (FactSource, merge.fact_sources),
        (DocumentRow, plan.documents),
        (PassageRow, plan.passages),
    ]
    total = sum(len(rows) for _, rows in tables)
    done = 0
    for table, rows in tables:
        for start in range(0, len(rows), _BATCH):
            batch = rows[start : start + _BATCH]
            _insert(connection, table, batch)
            done += len(batch)
            progress("writing the catalogue", done, total)


def _insert(connection: Connection, table: type[Base], rows: Sequence[Row | Line]) -> None:
    """Insert rows; SQLite takes tuples as they are, for a third of the time."""
    lines = [row for row in rows if isinstance(row, tuple)]
    if not lines:
        connection.execute(insert(table), [row for row in rows if isinstance(row, dict)])
    elif connection.dialect.name == "sqlite":
        columns = lines[0]._fields
        marks = ", ".join("?" * len(columns))
        into = f"INSERT INTO {table.__tablename__} ({', '.join(columns)}) VALUES ({marks})"
        connection.exec_driver_sql(into, lines)
    else:
        connection.execute(insert(table), [line._asdict() for line in lines])


def end_sources(connection: Connection, ids: Sequence[str], parent: int, number: int) -> None:
    """End sources, their names and identifiers, the facts that no other source states, and entities
    that are left without a name."""
    for chunk in chunks(ids):
        end(connection, Source, Source.id.in_(chunk), number)
        end(connection, NameRow, NameRow.source_id.in_(chunk), number)
        end(connection, IdentifierRow, IdentifierRow.source_id.in_(chunk), number)
        stated = select(FactSource.fact_id).where(FactSource.source_id.in_(chunk))
        elsewhere = (
            select(FactSource.fact_id)
            .join(Source, Source.id == FactSource.source_id)
            .where(holds(Source, number))
        )
        end(connection, FactRow, FactRow.id.in_(stated) & FactRow.id.not_in(elsewhere), number)
    if ids:
        named = select(NameRow.entity_id).where(holds(NameRow, number))
        end(connection, EntityRow, EntityRow.id.not_in(named), number)


def mark_retracted(connection: Connection, ids: Sequence[str]) -> None:
    """Mark documents as retracted, for every generation."""
    for chunk in chunks(ids):
        connection.execute(
            update(DocumentRow).where(DocumentRow.id.in_(chunk)).values(retracted=True)
        )
