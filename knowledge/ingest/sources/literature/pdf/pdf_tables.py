"""Read the tables of a PDF page from the places of their cells and the lines between them.

    pieces, gaps through all rows, ruled lines -> cells -> statements with the heads of columns

Wrapped lines of a cell are joined; a head that stands over several columns is spread over them.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, NamedTuple

from knowledge.ingest.sources.literature.markup import tables
from knowledge.ingest.sources.literature.markup.tables import Cell
from knowledge.ingest.sources.literature.pdf import pdf_lattice
from knowledge.ingest.sources.literature.pdf.pdf_glyphs import Rule
from knowledge.ingest.sources.literature.pdf.pdf_lines import Piece, Row, cell_text

_CUT = frozenset("±–−×=≥≤<>(/,")
"""Signs after which a cell goes on in its next line."""

_FIGURE = re.compile(r"\d")
_CUT_OFF = re.compile(r"[±–−×=≥≤<>(\[/,]$|^[)\]±×/,;]")
_TWO_FIGURES = re.compile(r"\d\s+[<>≤≥]?[–−-]?\d(?!\d\d\b(?!\.))")
"""Two figures with nothing between them, as in cells of two rows; 1 200 is one figure."""

UNSOUND = "table whose cells could not be told apart"
"""The reason under which tables are counted of which rows would say what they do not."""


class Strip(NamedTuple):
    """A gap that goes through rows."""

    left: float
    right: float


@dataclass(slots=True)
class Table:
    """A table: its cells, how many rows are heads, and where it stands."""

    rows: list[list[Cell]]
    heads: int
    strips: list[Strip]
    top: float
    bottom: float
    size: float
    left: float = 0.0
    right: float = 0.0
    caption: str = ""
    notes: list[str] = field(default_factory=list)

    def is_sound(self) -> bool:
        """Say whether each cell reads as one cell: no half of one, and no two in one."""
        return not any(_is_broken(cell.text) for row in self.rows for cell in row)

    def parts(self) -> Iterator[str]:
        """Yield the rows as statements, in parts that each carry the notes below."""
        rows = [*tables.statements(tables.spread(self.rows), self.heads)]
        yield from tables.split_parts(rows, self.notes, [])


def _is_broken(text: str) -> bool:
    return bool(
        text.count("(") != text.count(")")
        or text.count("[") != text.count("]")
        or _CUT_OFF.search(text)
        or _TWO_FIGURES.search(text)
    )


class Ruling:
    """The ruled lines of a table: heights of those across it, and whether some stand upright."""

    def __init__(self, strips: list[Strip], pieces: list[Piece], rules: Sequence[Rule]) -> None:
        size = max(piece.size for piece in pieces)
        self.left = min(piece.left for piece in pieces)
        self.right = max(piece.right for piece in pieces)
        top = max(piece.base for piece in pieces)
        bottom = min(piece.base for piece in pieces)
        level: dict[float, float] = {}
        for rule in rules:
            low = (rule.low + rule.high) / 2
            if rule.high - rule.low <= 3 and bottom - 2 * size < low < top + 10 * size:
                share = min(rule.right, self.right) - max(rule.left, self.left)
                near = next((line for line in level if abs(line - low) < 2.5), low)
                level[near] = level.get(near, 0.0) + max(0.0, share)
        wide = 0.6 * (self.right - self.left)
        self.lines = sorted((line for line, share in level.items() if share >= wide), reverse=True)
        self.inner = [line for line in self.lines if bottom < line < top]
        self.upright = any(
            rule.right - rule.left <= 3
            and rule.high - rule.low > size
            and any(strip.left - 1 <= rule.left <= strip.right + 1 for strip in strips)
            and rule.low < top
            and rule.high > bottom
            for rule in rules
        )


def columns_of(pieces: Sequence[Piece], strips: Sequence[Strip]) -> list[list[Piece]]:
    """Return pieces by the columns in which they stand, each from the top down."""
    columns: list[list[Piece]] = [[] for _ in range(len(strips) + 1)]
    for piece in pieces:
        columns[_column(piece, strips)].append(piece)
    return [sorted(column, key=lambda each: (-each.base, each.left)) for column in columns]


def _column(piece: Piece, strips: Sequence[Strip]) -> int:
    middle = (piece.left + piece.right) / 2
    return sum(middle > (strip.left + strip.right) / 2 for strip in strips)


def build(
    pieces: list[Piece],
    strips: list[Strip],
    rules: Sequence[Rule],
    above: Sequence[Sequence[Piece]] = (),
) -> Table:
    """Return the table that pieces make; rows of `above` are heads over several columns."""
    ruling = Ruling(strips, pieces, rules)
    zones = _zones(pieces, ruling.inner)
    grid = bool(ruling.inner) and (ruling.upright or len(ruling.inner) >= 3)
    rows: list[list[list[Piece]]] = []
    headed = 0
    for place, zone in enumerate(zones):
        is_head = place == 0 and len(zones) > 1 and len({piece.base for piece in zone}) < 6
        if grid or is_head:
            rows.append(columns_of(zone, strips))
        else:
            rows += _rows(zone, strips)
        if place == 0 and len(zones) > 1:
            headed = len(rows)
    texts = [[cell_text(cell) for cell in row] for row in rows]
    bold = [all(piece.bold for cell in row for piece in cell) for row in rows]
    heads = _head_rows(texts, bold, headed if headed <= 3 and headed < len(rows) else 0, grid)
    cells = [_cells(row, place < heads) for place, row in enumerate(texts)]
    spans = [_span_cells(row, strips) for row in above]
    size = max(piece.size for piece in pieces)
    return Table(
        rows=[*spans, *cells],
        heads=heads + len(spans) if heads or not spans else len(spans),
        strips=strips,
        top=max(piece.base for piece in [*pieces, *(each for row in above for each in row)]) + size,
        bottom=min(piece.base for piece in pieces),
        size=size,
        left=ruling.left,
        right=ruling.right,
    )


def _zones(pieces: list[Piece], inner: Sequence[float]) -> list[list[Piece]]:
    edges = [float("inf"), *inner, float("-inf")]
    zones = [
        [piece for piece in pieces if low <= piece.base + 0.3 * piece.size < high]
        for high, low in pairwise(edges)
    ]
    return [zone for zone in zones if zone]


def _rows(pieces: list[Piece], strips: Sequence[Strip]) -> list[list[list[Piece]]]:
    """Return the rows between two ruled lines, wrapped lines with the row that they belong to."""
    columns = columns_of(pieces, strips)
    anchors = _anchors(columns)
    if not anchors:
        return [columns]
    rows: list[list[list[Piece]]] = [[[] for _ in columns] for _ in anchors]
    for place, (first, _) in enumerate(anchors):
        rows[place][0] = list(first)
    bases = [base for _, base in anchors]
    for column, cells in enumerate(columns[1:], 1):
        for block in _blocks(cells):
            size = block[0].size
            low, high = block[-1].base - 0.2 * size, block[0].base + 0.2 * size
            inside = [place for place, base in enumerate(bases) if low <= base <= high]
            for piece in block:
                place = inside[0] if len(inside) == 1 else _row_of(piece, bases)
                rows[place][column].append(piece)
    return rows


def _anchors(columns: list[list[Piece]]) -> list[tuple[list[Piece], float]]:
    """Return the first cells of rows, with their heights.

    Where others begin anew on a line without a first cell, the one above holds for that line too.
    """
    others = [piece for column in columns[1:] for piece in column]
    anchors: list[tuple[list[Piece], float]] = []
    ends = 0.0
    for piece in columns[0]:
        beside = any(abs(other.base - piece.base) < 0.6 * piece.size for other in others)
        near = anchors and ends - piece.base < 1.6 * piece.size
        cut = any(
            abs(other.base - ends) < 0.6 * piece.size and other.text[-1:] in _CUT
            for other in others
        )
        going = cut or not beside and piece.text[:1].islower()
        if near and (abs(ends - piece.base) < 0.1 or going):
            anchors[-1][0].append(piece)
        else:
            anchors.append(([piece], piece.base))
        ends = piece.base
    if len(columns) > 2:
        for base in sorted({round(piece.base, 1) for piece in others}, reverse=True):
            line = [piece for piece in others if abs(piece.base - base) < 0.15 * piece.size]
            new = len(line) > 1 and not any(piece.text[:1].islower() for piece in line)
            apart = all(abs(base - at) > 0.6 * line[0].size for _, at in anchors)
            above = [first for first, at in anchors if at > base]
            if any(
                other.text[-1:] in _CUT and 0.5 < other.base - base < 1.6 * other.size
                for other in others
            ):
                continue
            if new and apart and above and len(line) == len(columns) - 1:
                anchors.append((above[-1], base))
                anchors.sort(key=lambda anchor: -anchor[1])
    return anchors


def _blocks(cells: list[Piece]) -> list[list[Piece]]:
    """Part the lines of a column where they stand further apart than the closest ones."""
    steps = [above.base - below.base for above, below in pairwise(cells)]
    tight = min((step for step in steps if step > 0.5), default=0.0)
    blocks: list[list[Piece]] = []
    for place, piece in enumerate(cells):
        if place and steps[place - 1] <= 1.12 * tight:
            blocks[-1].append(piece)
        else:
            blocks.append([piece])
    return blocks


def _row_of(piece: Piece, bases: Sequence[float]) -> int:
    """Return the row on whose line a piece stands, else the one above it."""
    level = [place for place, base in enumerate(bases) if abs(base - piece.base) < 0.6 * piece.size]
    above = [place for place, base in enumerate(bases) if base > piece.base]
    return level[0] if level else above[-1] if above else 0


def _head_rows(texts: list[list[str]], bold: list[bool], ruled: int, grid: bool) -> int:
    """Return how many rows are heads: by a line below them, by bold, or by the figures below."""
    if len(texts) < 2:
        return 0
    if ruled and not grid:
        return ruled
    strong = next((place for place, each in enumerate(bold) if not each), 0)
    if 0 < strong <= 3:
        return strong
    first, rest = texts[0], texts[1:]
    if any(_FIGURE.search(text) for text in first) or not all(first[1:]):
        return 0
    for column in range(len(first)):
        below = [row[column] for row in rest if row[column]]
        if len(below) * 2 > len(rest) and all(_FIGURE.search(text) for text in below):
            return 1
    return 0


def _cells(row: list[str], is_head: bool) -> list[Cell]:
    if not is_head and len(row) > 1 and row[0] and not any(row[1:]):
        return [Cell(row[0], columns=len(row))]
    return [Cell(text) for text in row]


def _span_cells(row: Sequence[Piece], strips: Sequence[Strip]) -> list[Cell]:
    """Return heads of which each covers the columns over which it stands."""
    cells: list[Cell] = []
    edges = [float("-inf"), *((strip.left + strip.right) / 2 for strip in strips), float("inf")]
    place = 0
    for piece in row:
        over = [
            column
            for column, (left, right) in enumerate(pairwise(edges))
            if min(piece.right, right) - max(piece.left, left) > 0.2 * piece.size
        ]
        over = [column for column in over if column >= place]
        if not over:
            continue
        cells += [Cell("")] * (over[0] - place)
        cells.append(Cell(piece.text, columns=len(over)))
        place = over[-1] + 1
    return cells + [Cell("")] * (len(strips) + 1 - place)


def join_tables(parts: list[Any]) -> list[Any]:
    """Join tables of which one goes on below the other with the same columns."""
    out: list[Any] = []
    for part in parts:
        last = out[-1] if out else None
        if (
            isinstance(part, Table)
            and isinstance(last, Table)
            and len(part.strips) == len(last.strips)
            and not part.heads
            and last.bottom - part.top < 1.5 * part.size
            and all(
                one.left < other.right and other.left < one.right
                for one, other in zip(part.strips, last.strips, strict=True)
            )
        ):
            last.rows += part.rows
            last.bottom = part.bottom
            continue
        out.append(part)
    return out


def take_ruled(rows: Sequence[Row], rules: Sequence[Rule]) -> tuple[list[Table], list[Row]]:
    """Return the tables whose cells are framed by lines, and the rows without their words."""
    tables_found: list[Table] = []
    for lattice in pdf_lattice.find_lattices(rules):
        inside: list[Piece] = []
        kept: list[Row] = []
        for row in rows:
            within = [piece for piece in row.pieces if lattice.holds(piece)]
            without = [piece for piece in row.pieces if not lattice.holds(piece)]
            inside += within
            if without:
                kept.append(Row(without))
        texts = lattice.cells(inside)
        if len(texts) < 2 or len(inside) < 3:
            continue
        rows = kept
        bold = [
            all(piece.bold for piece in inside if lattice.row_of(piece) == place)
            for place in range(len(texts))
        ]
        grid = tables.spread(texts)
        heads = _head_rows([[cell.text for cell in row] for row in grid], bold, 0, True)
        if any(1 < cell.columns < len(grid[0]) for cell in texts[0]):
            heads = max(heads, 2)
        if heads:
            heads = max(heads, *(cell.rows for cell in texts[0]))
        tables_found.append(
            Table(
                rows=texts,
                heads=heads,
                strips=[],
                top=lattice.high,
                bottom=lattice.low,
                size=inside[0].size,
                left=lattice.left,
                right=lattice.right,
            )
        )
    return tables_found, list(rows)
