"""Write planned rows into the catalogue, and end rows that no longer hold.

plan + merge -> tables, in one transaction that the caller commits
"""

from collections.abc import Sequence

from sqlalchemy import Connection, insert, select, update

from knowledge.graph.catalog import (
    CatalogBase,
    DocumentRow,
    EntityRow,
    FactRow,
    FactSourceRow,
    IdentifierRow,
    JoinRow,
    NameRow,
    PassageRow,
    SourceRow,
    SplitRow,
    end,
    holds,
)
from knowledge.graph.entity_splits import SplitPlan
from knowledge.graph.id_queries import id_batches
from knowledge.graph.merge import GraphMerge
from knowledge.graph.rows import NewEntity, NewRow
from knowledge.ingest import notices
from knowledge.ingest.ingest_plan import IngestPlan, Row
from knowledge.records import Progress

_BATCH = 10_000


def write_plan(
    connection: Connection, plan: IngestPlan, merge: GraphMerge, number: int, progress: Progress
) -> None:
    """Write all rows of an addition; the caller commits."""
    for chunk in id_batches(plan.superseded):
        end(connection, DocumentRow, DocumentRow.id.in_(chunk), number)
    for chunk in id_batches(merge.revived):
        query = update(EntityRow).where(EntityRow.id.in_(chunk)).values(until=None)
        connection.execute(query)
    mark_retracted(connection, plan.retracted)
    notices.write(connection, plan.notices)
    for id, title in plan.titles.items():
        connection.execute(update(DocumentRow).where(DocumentRow.id == id).values(title=title))
    tables: list[tuple[type[CatalogBase], Sequence[Row | NewRow]]] = [
        (SourceRow, plan.sources),
        (EntityRow, merge.entities),
        (NameRow, merge.names),
        (IdentifierRow, merge.identifiers),
        (JoinRow, merge.joins),
        (FactRow, merge.facts),
        (FactSourceRow, merge.fact_sources),
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


def _insert(connection: Connection, table: type[CatalogBase], rows: Sequence[Row | NewRow]) -> None:
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


def write_split(connection: Connection, plan: SplitPlan, number: int) -> None:
    """Write a split: the part's rows, the entity's end of them, and the decision."""
    known = select(EntityRow.id).where(EntityRow.id == plan.part)
    if connection.scalar(known) is None:
        kind = plan.part.partition(":")[0]
        _insert(connection, EntityRow, [NewEntity(plan.part, kind, number)])
    else:
        revived = update(EntityRow).where(EntityRow.id == plan.part).values(until=None)
        connection.execute(revived)
    for table in (NameRow, IdentifierRow):
        of_both = (table.entity_id == plan.entity) & (table.source_id == plan.source)
        end(connection, table, of_both, number)
    for chunk in id_batches(plan.ended):
        end(connection, FactRow, FactRow.id.in_(chunk), number)
    tables: list[tuple[type[CatalogBase], Sequence[NewRow]]] = [
        (NameRow, plan.names),
        (IdentifierRow, plan.identifiers),
        (FactRow, plan.facts),
        (FactSourceRow, plan.fact_sources),
    ]
    for kind_of_row, lines in tables:
        if lines:
            _insert(connection, kind_of_row, lines)
    decision = {
        "entity_id": plan.entity,
        "part_id": plan.part,
        "source_id": plan.source,
        "shared": plan.shared,
        "codes": plan.codes,
        "since": number,
    }
    _insert(connection, SplitRow, [decision])


def end_sources(connection: Connection, ids: Sequence[str], parent: int, number: int) -> None:
    """End sources, their names and identifiers, the facts that no other source states, and entities
    that are left without a name."""
    for chunk in id_batches(ids):
        end(connection, SourceRow, SourceRow.id.in_(chunk), number)
        end(connection, NameRow, NameRow.source_id.in_(chunk), number)
        end(connection, IdentifierRow, IdentifierRow.source_id.in_(chunk), number)
        stated = select(FactSourceRow.fact_id).where(FactSourceRow.source_id.in_(chunk))
        elsewhere = (
            select(FactSourceRow.fact_id)
            .join(SourceRow, SourceRow.id == FactSourceRow.source_id)
            .where(holds(SourceRow, number))
        )
        end(connection, FactRow, FactRow.id.in_(stated) & FactRow.id.not_in(elsewhere), number)
    if ids:
        named = select(NameRow.entity_id).where(holds(NameRow, number))
        end(connection, EntityRow, EntityRow.id.not_in(named), number)


def mark_retracted(connection: Connection, ids: Sequence[str]) -> None:
    """Mark documents as retracted, for every generation."""
    for chunk in id_batches(ids):
        connection.execute(
            update(DocumentRow).where(DocumentRow.id.in_(chunk)).values(retracted=True)
        )
