"""Write the rows of tables as statements that keep the heads of their columns.

    cells, heads, spans -> grid -> "eGFR below 30: Dose: do not use."

A row alone ("<30; do not use") says nothing; with its heads it can be found and quoted.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

COLUMNS = 200
"""Columns of a grid at most; a cell that claims to span more is cut there."""


@dataclass(frozen=True, slots=True, eq=False)
class Cell:
    """A cell of a table, with how many columns and rows it covers."""

    text: str
    head: bool = False
    columns: int = 1
    rows: int = 1


Grid = list[list[Cell]]


def plain_grid(rows: Sequence[Sequence[str]]) -> Grid:
    """Return a grid of cells of which none is merged."""
    return [[Cell(text) for text in row] for row in rows]


def spread(rows: Sequence[Sequence[Cell]]) -> Grid:
    """Return rows as a grid in which a merged cell stands in every place that it covers.

    >>> wide, low = Cell("Dose", columns=2), Cell("5 mg")
    >>> [[cell.text for cell in row] for row in spread([[wide], [low, low]])]
    [['Dose', 'Dose'], ['5 mg', '5 mg']]
    """
    grid: Grid = []
    covering: dict[int, tuple[Cell, int]] = {}
    for row in rows:
        line: list[Cell] = []
        waiting = list(reversed(row))
        while len(line) < COLUMNS:
            place = len(line)
            above, left = covering.pop(place, (None, 0))
            if above is not None:
                line.append(above)
                if left > 1:
                    covering[place] = (above, left - 1)
            elif waiting:
                cell = waiting.pop()
                for column in range(place, min(place + max(1, cell.columns), COLUMNS)):
                    line.append(cell)
                    if cell.rows > 1:
                        covering[column] = (cell, cell.rows - 1)
            else:
                break
        grid.append(line)
    return grid


def statements(grid: Grid, header_rows: int) -> Iterator[str]:
    """Yield each row below the header as a statement; without a header, its cells in a line.

    A row of a single merged cell heads those that follow.

    >>> rows = [["eGFR", "Dose"], ["below 30", "do not use"]]
    >>> list(statements(plain_grid(rows), 1))
    ['eGFR below 30: Dose: do not use.']
    """
    heads = grid[:header_rows]
    body = grid[header_rows:]
    if not body:
        yield from ("; ".join(_texts(row)) for row in heads)
        return
    group, group_told = "", True
    for row in body:
        texts = _texts(row)
        if len(row) > 1 and len(set(row)) == 1 and row[0].text:
            if not group_told:
                yield group
            group, group_told = row[0].text, False
        elif texts and texts not in [_texts(head) for head in heads]:
            group_told = True
            yield _statement(row, heads, group)
    if not group_told:
        yield group


def _texts(row: Sequence[Cell]) -> list[str]:
    """Return what the cells of a row say, each merged one once."""
    return [cell.text for cell in dict.fromkeys(row) if cell.text]


def _statement(row: Sequence[Cell], heads: Grid, group: str) -> str:
    named = 1
    while named < len(row) - 1 and row[named].head:
        named += 1
    parts: list[tuple[str, str]] = []
    for cell in dict.fromkeys(row[:named]):
        parts.append((_head(row, cell, heads), cell.text))
    first = ", ".join(" ".join(filter(None, part)) for part in parts if part[1])
    rest = [
        ": ".join(filter(None, (_head(row, cell, heads), cell.text)))
        for cell in dict.fromkeys(row[named:])
        if cell.text and cell not in row[:named]
    ]
    joined = ": " if heads or any(cell.head for cell in row[:named]) else "; "
    line = joined.join(filter(None, (first, "; ".join(rest))))
    line = f"{group}: {line}" if group else line
    return line if not heads or line.endswith((".", "!", "?", "。", "！", "？")) else f"{line}."


def _head(row: Sequence[Cell], cell: Cell, heads: Grid) -> str:
    """Return the heads of the columns that a cell stands in, from the top down."""
    places = [place for place, each in enumerate(row) if each is cell]
    found: dict[Cell, None] = {}
    for head in heads:
        for place in places:
            if place < len(head) and head[place].text:
                found[head[place]] = None
    return ", ".join(dict.fromkeys(head.text for head in found))
