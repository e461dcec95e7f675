"""Find the cells that lines frame on a PDF page.

ruled lines that touch -> lattice of columns and rows -> cells, merged where no line parts them
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from knowledge.ingest.sources.literature.markup.tables import Cell
from knowledge.ingest.sources.literature.pdf.pdf_glyphs import Rule
from knowledge.ingest.sources.literature.pdf.pdf_lines import Piece, cell_text

_NEAR = 3.0
_MOST = 2_000
"""Lines of one page that are looked at; a drawing has more."""


@dataclass(slots=True)
class Lattice:
    """Columns and rows between lines that touch each other."""

    rules: list[Rule]
    xs: list[float]
    ys: list[float]

    @property
    def left(self) -> float:
        """Return where it begins."""
        return self.xs[0]

    @property
    def right(self) -> float:
        """Return where it ends."""
        return self.xs[-1]

    @property
    def high(self) -> float:
        """Return its upper end."""
        return self.ys[0]

    @property
    def low(self) -> float:
        """Return its lower end."""
        return self.ys[-1]

    def holds(self, piece: Piece) -> bool:
        """Say whether a piece stands within it."""
        middle = (piece.left + piece.right) / 2
        return self.left < middle < self.right and self.low < piece.base < self.high

    def row_of(self, piece: Piece) -> int:
        """Return the row in which a piece stands."""
        middle = piece.base + 0.3 * piece.size
        return min(sum(line > middle for line in self.ys[1:-1]), len(self.ys) - 2)

    def _column_of(self, piece: Piece) -> int:
        middle = (piece.left + min(piece.right, piece.left + 3 * piece.size)) / 2
        return min(sum(line < middle for line in self.xs[1:-1]), len(self.xs) - 2)

    def cells(self, pieces: Sequence[Piece]) -> list[list[Cell]]:
        """Return the cells with what stands in each, merged ones once."""
        width, height = len(self.xs) - 1, len(self.ys) - 1
        held: dict[tuple[int, int], list[Piece]] = {}
        for piece in pieces:
            held.setdefault((self.row_of(piece), self._column_of(piece)), []).append(piece)
        taken: set[tuple[int, int]] = set()
        rows: list[list[Cell]] = []
        for row in range(height):
            cells: list[Cell] = []
            for column in range(width):
                if (row, column) in taken:
                    continue
                wide, tall = self._span(row, column, taken)
                places = [
                    (down, across)
                    for down in range(row, row + tall)
                    for across in range(column, column + wide)
                ]
                taken.update(places)
                found = [piece for place in places for piece in held.get(place, ())]
                cells.append(Cell(cell_text(found), columns=wide, rows=tall))
            rows.append(cells)
        return rows

    def _span(self, row: int, column: int, taken: set[tuple[int, int]]) -> tuple[int, int]:
        wide = 1
        while (
            column + wide < len(self.xs) - 1
            and (row, column + wide) not in taken
            and not self._is_parted(self.xs[column + wide], self._middle(self.ys, row), True)
        ):
            wide += 1
        tall = 1
        while row + tall < len(self.ys) - 1 and not any(
            self._is_parted(self.ys[row + tall], self._middle(self.xs, across), False)
            for across in range(column, column + wide)
        ):
            tall += 1
        return wide, tall

    @staticmethod
    def _middle(lines: Sequence[float], place: int) -> float:
        return (lines[place] + lines[place + 1]) / 2

    def _is_parted(self, line: float, at: float, upright: bool) -> bool:
        """Say whether a line stands at a place, seen at the middle of the cells beside it."""
        for rule in self.rules:
            if upright and rule.right - rule.left <= _NEAR:
                found = abs(rule.left - line) <= _NEAR and rule.low <= at <= rule.high
            elif not upright and rule.high - rule.low <= _NEAR:
                found = abs(rule.low - line) <= _NEAR and rule.left <= at <= rule.right
            else:
                found = False
            if found:
                return True
        return False


def find_lattices(rules: Sequence[Rule]) -> Iterator[Lattice]:
    """Yield the lattices of a page that have at least two rows and two columns."""
    if len(rules) > _MOST or not any(rule.right - rule.left <= _NEAR for rule in rules):
        return
    for group in _groups(list(dict.fromkeys(rules))):
        upright = [rule for rule in group if rule.right - rule.left <= _NEAR]
        level = [rule for rule in group if rule.high - rule.low <= _NEAR]
        xs = _distinct([rule.left for rule in upright])
        ys = _distinct([rule.low for rule in level])[::-1]
        if level and xs:
            # frames that are open at the sides end where their lines do
            first, last = min(rule.left for rule in level), max(rule.right for rule in level)
            xs = [first] * (xs[0] - first > _NEAR * 3) + xs + [last] * (last - xs[-1] > _NEAR * 3)
        if len(xs) >= 3 and len(ys) >= 3:
            yield Lattice(group, xs, ys)


def _distinct(values: list[float]) -> list[float]:
    out: list[float] = []
    for value in sorted(values):
        if not out or value - out[-1] > _NEAR:
            out.append(value)
    return out


def _groups(rules: list[Rule]) -> list[list[Rule]]:
    """Return lines in groups of which each touches another one of its group."""
    groups: list[list[Rule]] = []
    boxes: list[list[float]] = []
    for rule in sorted(rules, key=lambda each: (each.left, each.low)):
        touching = [
            place for place, group in enumerate(groups) if _touches(rule, group, boxes[place])
        ]
        if not touching:
            groups.append([rule])
            boxes.append([rule.left, rule.right, rule.low, rule.high])
            continue
        first = touching[0]
        for place in reversed(touching[1:]):
            groups[first] += groups.pop(place)
            _grow(boxes[first], boxes.pop(place))
        groups[first].append(rule)
        _grow(boxes[first], [rule.left, rule.right, rule.low, rule.high])
    return groups


def _touches(rule: Rule, group: list[Rule], box: list[float]) -> bool:
    if not (
        rule.left <= box[1] + _NEAR
        and rule.right >= box[0] - _NEAR
        and rule.low <= box[3] + _NEAR
        and rule.high >= box[2] - _NEAR
    ):
        return False
    return any(
        rule.left <= other.right + _NEAR
        and rule.right >= other.left - _NEAR
        and rule.low <= other.high + _NEAR
        and rule.high >= other.low - _NEAR
        for other in group
    )


def _grow(box: list[float], other: list[float]) -> None:
    box[0], box[1] = min(box[0], other[0]), max(box[1], other[1])
    box[2], box[3] = min(box[2], other[2]), max(box[3], other[3])
