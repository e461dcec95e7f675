"""Print results: one JSON document for a script, lines for a reader, remarks on stderr."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, is_dataclass
from datetime import UTC, datetime
from unicodedata import east_asian_width

import typer


def say(text: str = "") -> None:
    """Write a line of result to stdout."""
    typer.echo(text)


def note(text: str) -> None:
    """Write a remark to stderr, where it does not disturb what a script reads."""
    typer.echo(text, err=True)


def as_text(value: object, indent: int | None = None) -> str:
    """Return one JSON document; dataclasses become objects, paths and sets plain values."""
    return json.dumps(value, ensure_ascii=False, default=_plain, indent=indent)


def show(value: object, lines: Iterable[str], *, as_json: bool) -> None:
    """Write a result as one JSON document, or as lines for a reader."""
    if as_json:
        say(as_text(value))
        return
    for line in lines:
        say(line)


def table(rows: Sequence[Sequence[object]]) -> list[str]:
    """Return rows as aligned columns; the last column keeps its own length."""
    cells = [[str(cell) for cell in row] for row in rows]
    if not cells:
        return []
    widths = [max(map(_width, column)) for column in zip(*cells, strict=True)]
    return ["  ".join(map(_padded, row, widths)).rstrip() for row in cells]


def when(seconds: float) -> str:
    """Return a time in the reader's own zone, to the minute."""
    return datetime.fromtimestamp(seconds, UTC).astimezone().strftime("%Y-%m-%d %H:%M")


def pairs(values: Mapping[str, object]) -> list[str]:
    """Return names and values as two columns; what holds further values is told by its size."""
    return table([(name, _brief(value)) for name, value in values.items()])


def listed(rows: Sequence[Sequence[object]], nothing: str) -> list[str]:
    """Return rows as columns, or a sentence where there are none."""
    return table(rows) or [nothing]


def _brief(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_brief(each)}" for name, each in value.items()) or "none"
    if isinstance(value, list | tuple):
        return f"{len(value):,}"
    if isinstance(value, bool) or not isinstance(value, int):
        return str(value)
    # a year is no count
    return f"{value:,}" if value >= 10_000 else str(value)


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, set | frozenset | tuple):
        return list(value)
    return str(value)


def _width(text: str) -> int:
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))
