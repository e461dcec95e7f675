"""Tell the rows of a table as statements that hold their headings.

    rows of cells, merged ones spread -> "eGFR below 30 mL/min: dose of Phizine: do not use."

Each row is one sentence, so that a quotation never has a value without what it belongs to.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from knowledge.text.sentences import split_sentences

WIDEST = 200
"""Columns over which cells are spread; a table that claims more is read as it stands."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell as its source gives it; `indented` says that its text begins with blanks."""

    text: str
    is_heading: bool = False
    columns: int = 1
    rows: int = 1
    indented: bool = False


_EMPTY = Cell("")
_STOPS = frozenset(".!?。！？\n")


def spread_cells(rows: Sequence[Sequence[Cell]]) -> list[list[Cell]]:
    """Return rows in which a merged cell stands at each place that it takes."""
    grid: list[list[Cell]] = []
    below: dict[int, tuple[Cell, int]] = {}
    for row in rows:
        line: list[Cell] = []
        waiting = list(row)
        while waiting or any(place >= len(line) for place in below):
            place = len(line)
            if place in below:
                cell, left = below.pop(place)
                line.append(cell)
                if left > 1:
                    below[place] = (cell, left - 1)
                continue
            cell = waiting.pop(0) if waiting else _EMPTY
            span = cell.columns if 0 < cell.columns <= WIDEST - place else 1
            for column in range(place, place + span):
                line.append(cell)
                if cell.rows > 1:
                    below[column] = (cell, min(cell.rows, len(rows)) - 1)
        below = {place: held for place, held in below.items() if held[1]}
        grid.append(line)
    return grid


def state_rows(headings: Sequence[Sequence[Cell]], rows: Sequence[Sequence[Cell]]) -> Iterator[str]:
    """Yield a sentence for each row of a table, given the rows of its headings.

    >>> head = [[Cell("eGFR"), Cell("dose of Phizine")]]
    >>> list(state_rows(head, [[Cell("below 30 mL/min"), Cell("do not use")]]))
    ['eGFR below 30 mL/min: dose of Phizine: do not use.']
    """
    grid = spread_cells([*headings, *rows])
    names = _column_names(grid[: len(headings)])
    group = section = ""
    told = False
    above = _EMPTY
    for line in grid[len(headings) :]:
        if len(line) > 1 and len({id(cell) for cell in line}) == 1:
            if section and not told:
                yield f"{section}."
            section, group, told, above = _clause(line[0]), "", False, _EMPTY
            continue
        values = [cell for cell in line if cell.text]
        if not values:
            continue
        if not line[0].indented:
            group = ""
        if len(values) == 1 and values[0] is line[0] and len(line) > 1:
            group, above = _clause(line[0]), _EMPTY
            yield f"{', '.join(filter(None, (section, group)))}."
            continue
        told = True
        if not line[0].text and above.text:
            line = [above, *line[1:]]  # an empty first cell says the same as the one above it
        above = line[0]
        yield _state_row(line, names, ", ".join(filter(None, (section, group))))
    if section and not told:
        yield f"{section}."
    if names and len(grid) == len(headings):
        yield "; ".join(filter(None, names)) + "."


def _column_names(headings: Sequence[Sequence[Cell]]) -> list[str]:
    width = max(map(len, headings), default=0)
    names: list[str] = []
    for column in range(width):
        parts = [_clause(line[column]) for line in headings if column < len(line)]
        names.append(", ".join(dict.fromkeys(filter(None, parts))))
    return names


def _state_row(line: Sequence[Cell], names: Sequence[str], group: str) -> str:
    heads = 1
    while heads < len(line) - 1 and line[heads].is_heading and line[0].is_heading:
        heads += 1
    head = [_named(names, place, line[place], " ") for place in range(heads) if line[place].text]
    start = ", ".join(filter(None, (group, *head)))
    values: list[tuple[str, Sequence[str]]] = []
    for place in range(heads, len(line)):
        cell = line[place]
        if not cell.text:
            continue
        if place > heads and cell is line[place - 1] and values:
            text, columns = values[-1]
            values[-1] = (text, [*columns, *names[place : place + 1]])
        else:
            values.append((_clause(cell), names[place : place + 1]))
    told = "; ".join(_told(*value) for value in values)
    return f"{start}: {told}." if start and told else f"{start or told}."


def _told(text: str, columns: Sequence[str]) -> str:
    heads = [name for name in dict.fromkeys(columns) if name and name != text]
    return f"{' and '.join(heads)}: {text}" if heads else text


def _named(names: Sequence[str], place: int, cell: Cell, between: str) -> str:
    name = names[place] if place < len(names) else ""
    text = _clause(cell)
    return f"{name}{between}{text}" if name and name != text else text


def _clause(cell: Cell) -> str:
    """Return the text of a cell as part of a sentence: its own sentences do not end it."""
    if not _STOPS.intersection(cell.text):
        return cell.text  # splitting each cell of large tables takes long
    parts = split_sentences(cell.text)
    return "; ".join(part.rstrip(" .。") if part[-1:] in ".。" else part for part in parts)
