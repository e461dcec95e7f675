"""Run queries over lists of ids: compiled once and run many times, or in batches.

    statement with places for ids -> SQL of this database -> plain rows, a batch of ids at a time

Where thousands of small queries are run, compiling each takes several times as long as running it.
Rows are what the driver gives, so a query selects texts and whole numbers only.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sqlalchemy import BindParameter, ClauseElement, Connection, Engine, Executable, bindparam

Row = tuple[Any, ...]
StatementBuilder = Callable[[Sequence[BindParameter[str]]], ClauseElement]
"""Makes the statement, given the places for ids; these may stand in several lists of it."""

_AT_ONCE = 2000
_BATCH = 400


class PreparedQuery:
    """A query over ids, `batch` of them at a time."""

    def __init__(self, engine: Engine, build: StatementBuilder, batch: int) -> None:
        self._names = [f"id_{place}" for place in range(batch)]
        statement = build([bindparam(name, "") for name in self._names])
        compiled = statement.compile(
            dialect=engine.dialect, compile_kwargs={"render_postcompile": True}
        )
        self._sql = str(compiled)
        self._order: Sequence[str] | None = getattr(compiled, "positiontup", None)
        self._given: dict[str, Any] = dict(compiled.params)
        self._batch = batch

    def rows(self, connection: Connection, ids: Sequence[str]) -> Iterator[Row]:
        """Yield the rows that hold for any of the ids; a short last batch repeats its last id."""
        for start in range(0, len(ids), self._batch):
            part = list(ids[start : start + self._batch])
            part += part[-1:] * (self._batch - len(part))
            given = {**self._given, **dict(zip(self._names, part, strict=True))}
            asked = tuple(map(given.__getitem__, self._order)) if self._order else given
            cursor = connection.exec_driver_sql(self._sql, asked).cursor
            assert cursor is not None  # a query has rows
            yield from cursor.fetchall()


def id_batches(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    """Cut a list of ids into batches that fit into one query."""
    for start in range(0, len(ids), _BATCH):
        yield ids[start : start + _BATCH]


def raw_rows(connection: Connection, query: Executable) -> Iterator[Row]:
    """Yield the rows of a query as the driver gives them, which takes a third of the time."""
    cursor = connection.execute(query).cursor
    assert cursor is not None  # a query has rows
    while rows := cursor.fetchmany(_AT_ONCE):
        yield from rows
