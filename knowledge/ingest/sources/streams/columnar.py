"""Read tables in columns (Parquet, Arrow) row by row, where pyarrow is installed.

    path -> names of its columns;  path -> row number and cells, some thousand rows in memory

pyarrow is no part of medchat's own requirements: `pip install 'medchat[parquet]'` brings it.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from knowledge.errors import KnowledgeError

if TYPE_CHECKING:
    from pyarrow import Schema

_PARQUET = b"PAR1"
_ARROW_FILE = b"ARROW1"
_ARROW_STREAM = b"\xff\xff\xff\xff"
"""What a table begins with; a stream of Arrow, as `datasets` saves it, has no mark of its own."""

_BATCH = 2000

Row = dict[str, object]
Decode = Callable[[object], object]


def is_columnar(start: bytes) -> bool:
    """Say whether the first bytes of a file are those of a table in columns."""
    return start.startswith((_PARQUET, _ARROW_FILE, _ARROW_STREAM))


def kind_of(start: bytes) -> str:
    """Return what such a table is called."""
    return "a Parquet table" if start.startswith(_PARQUET) else "an Arrow table"


def is_readable() -> bool:
    """Say whether pyarrow is installed."""
    try:
        return find_spec("pyarrow") is not None
    except ValueError:  # it was taken away by hand
        return False


def column_names(path: Path) -> list[str]:
    """Return the names of a table's columns. Raises KnowledgeError as `read_rows` does."""
    with _one_sentence_errors(path), _opened(path, ()) as (schema, _):
        return [str(name) for name in schema.names]


def read_rows(path: Path, wanted: Sequence[str] = ()) -> Iterator[tuple[int, Row]]:
    """Yield rows with their number from 1, of the columns that are wanted, or of all.

    Raises KnowledgeError, in one sentence, where pyarrow is missing or the file is damaged.
    """
    with _one_sentence_errors(path), _opened(path, wanted) as (schema, batches):
        decoders = _decoders(schema)
        number = 0
        for batch in batches:
            for row in batch.to_pylist():
                number += 1
                for name, decode in decoders.items():
                    if name in row:
                        row[name] = decode(row[name])
                yield number, row


@contextmanager
def _opened(path: Path, wanted: Sequence[str]) -> Iterator[tuple[Any, Iterator[Any]]]:
    """Open a table; give its schema and the batches of its rows."""
    import pyarrow
    import pyarrow.parquet

    with ExitStack() as stack:
        stream = stack.enter_context(path.open("rb"))
        start = stream.read(len(_ARROW_FILE))
        stream.seek(0)
        if start.startswith(_PARQUET):
            table = pyarrow.parquet.ParquetFile(stream)
            columns = list(wanted) or None
            yield table.schema_arrow, table.iter_batches(_BATCH, columns=columns)
        elif start.startswith(_ARROW_FILE):
            table = pyarrow.ipc.open_file(stream)
            yield table.schema, map(table.get_batch, range(table.num_record_batches))
        else:
            table = pyarrow.ipc.open_stream(stream)
            yield table.schema, iter(table)


@contextmanager
def _one_sentence_errors(path: Path) -> Iterator[None]:
    with path.open("rb") as stream:
        kind = kind_of(stream.read(len(_ARROW_FILE)))
    if not is_readable():
        raise KnowledgeError(
            f"{path.name} is {kind}, and pyarrow, which reads it, is not installed.",
            where=str(path),
            remedy="Install it with `pip install 'medchat[parquet]'`, or save the table as CSV.",
        )
    import pyarrow

    try:
        yield
    except (pyarrow.ArrowException, OSError, EOFError, ValueError, OverflowError) as error:
        raise KnowledgeError(
            f"{path.name} is {kind} that is damaged or cut short.",
            where=str(path),
            remedy="Download or write it again.",
        ) from error


def _decoders(schema: "Schema") -> dict[str, Decode]:
    """Return how to decode the columns that `datasets` keeps as JSON text, by its own schema."""
    try:
        told = json.loads((schema.metadata or {})[b"huggingface"])["info"]["features"]
    except (KeyError, TypeError, ValueError):
        return {}
    found = ((name, _decoder(feature)) for name, feature in told.items())
    return {name: decode for name, decode in found if decode}


def _decoder(feature: object) -> Decode | None:
    """Return how to decode a value of a feature, or nothing where it is as it should be."""
    if isinstance(feature, list) and feature:
        return _each(_decoder(feature[0]))
    if not isinstance(feature, dict):
        return None
    kind = feature.get("_type")
    if kind == "Json":
        return _from_json
    if kind in ("List", "LargeList", "Sequence"):
        return _each(_decoder(feature.get("feature")))
    return None


def _each(decode: Decode | None) -> Decode | None:
    if decode is None:
        return None
    return lambda values: [decode(one) for one in values] if isinstance(values, list) else values


def _from_json(value: object) -> object:
    if not isinstance(value, str | bytes):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value
