"""Name the sources of a generation of the graph, as the card of a data set tells them."""

from dataclasses import dataclass

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from knowledge.graph.catalog import SourceRow, holds


@dataclass(frozen=True, slots=True)
class GraphSource:
    """A source: its form, its licence, what is known of its worth, and the hash of its file."""

    title: str
    format: str
    licence: str
    note: str
    sha256: str


def sources_of(engine: Engine, generation: int) -> tuple[GraphSource, ...]:
    """Return the sources of a generation, oldest first."""
    query = select(SourceRow).where(holds(SourceRow, generation))
    with Session(engine) as session:
        return tuple(
            GraphSource(row.title, row.format, row.licence, row.note, row.sha256)
            for row in session.scalars(query.order_by(SourceRow.created, SourceRow.id))
        )
