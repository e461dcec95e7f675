"""Read the lines of plain and preformatted text: paragraphs, lists, tables made by blanks.

    "Weight   Dose\\n10 kg    5 mg\\n20 kg    9 mg" -> "Weight 10 kg: Dose: 5 mg." | …

Lines of a paragraph are joined; those of a list or a table would say what nobody wrote.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import pairwise

from knowledge.ingest.sources.literature.markup import line_breaks, markup, tables

_EMPTY = re.compile(r"\n[ \t\r\f\v]*\n\s*")
_MARK = re.compile(
    r"\s*(?:[•·▪◦‣●■□◆○➢✓-]|[*–—]|[（(]?(?:\d{1,2}|[a-z]|[一二三四五六七八九十]{1,3})[)）.、．])(?:\s+|(?<=[、．])|(?<=[•·▪◦‣●■□◆○]))(?=\S)"
)
_ENDED = re.compile(r"[.:;!?。：；！？]\W?$")
_GAP = 2
"""Blanks between two columns that stand in every row."""

_SHORT = 36
"""Characters; text that is broken to fit a page has lines that are longer."""

_MOST_COLUMNS = 12
_LONGEST_CELL = 60


def parts(text: str) -> Iterator[tables.Part]:
    """Yield the paragraphs of a text with level 0, and its tables.

    >>> list(parts("Take:\\n- 5 mg at noon\\n- 9 mg at night"))
    [(0, 'Take:'), (0, '- 5 mg at noon'), (0, '- 9 mg at night')]
    """
    for block in _EMPTY.split(re.sub("[\f\v]", "\n", text)):
        lines = [line.rstrip() for line in block.split("\n") if line.strip()]
        for part in read_block(lines):
            if isinstance(part, str):
                yield 0, part
            else:
                heads = int(tables.looks_headed(part))
                grid, heads = tables.join_heads(part) if heads else (part, heads)
                yield tables.Table(list(tables.statements(grid, heads)))


def read_block(lines: list[str]) -> Iterator[str | tables.Grid]:
    """Yield the paragraphs of lines between which none is empty, and the cells of their tables."""
    start, end, grid = _find_table(lines)
    yield from _paragraphs(lines[:start] if grid else lines)
    if grid:
        yield grid
        yield from read_block(lines[end:])


def _paragraphs(lines: Sequence[str]) -> Iterator[str]:
    """Yield lines as paragraphs: each item of a list is one, and lines that go on are joined."""
    held: list[str] = []
    items = sum(_MARK.match(line) is not None for line in lines)
    for line in lines:
        if held and _begins_item(line, held, items):
            yield from _join(held)
            held = []
        held.append(line)
    yield from _join(held)


def _begins_item(line: str, held: Sequence[str], items: int) -> bool:
    """Say whether a line is an item of a list; "give 2\n- 3 mg" is a range."""
    mark = _MARK.match(line)
    if mark is None or (items < 2 and not _ENDED.search(held[-1])):
        return False
    listed = _ENDED.search(held[-1]) or _MARK.match(held[0])
    return bool(listed) or not line[mark.end()].isdigit()


def _join(lines: Sequence[str]) -> Iterator[str]:
    if not lines:
        return
    if max(map(len, lines)) < _SHORT:
        yield from line_breaks.part_lines(line_breaks.BREAK.join(lines))
    else:
        yield markup.join_lines("\n".join(lines))


def _find_table(lines: list[str]) -> tuple[int, int, tables.Grid]:
    """Return where the first table begins and ends, and its cells; nothing where there is none."""
    for start in range(len(lines) - 1):
        if not _may_be_row(lines[start]):
            continue
        for end in range(_last_row(lines, start), start + 1, -1):
            grid = _grid(lines[start:end])
            if grid:
                return start, end, grid
    return 0, 0, []


def _may_be_row(line: str) -> bool:
    return "\t" in line.strip() or re.search(r"\S {2,}\S", line) is not None


def _last_row(lines: list[str], start: int) -> int:
    end = start
    while end < len(lines) and _may_be_row(lines[end]):
        end += 1
    return end


def _grid(lines: list[str]) -> tables.Grid:
    """Return the cells of lines that are rows of one table, or nothing."""
    if all("\t" in line for line in lines):
        rows = [[cell.strip() for cell in line.split("\t")] for line in lines]
        even = len({len(row) for row in rows}) == 1 and len(rows[0]) <= _MOST_COLUMNS
        return tables.plain_grid(rows) if even else []
    if any("\t" in line for line in lines) or len(lines) < 2:
        return []
    wide = [_spread(line) for line in lines]
    width = max(map(len, wide))
    blank = [
        all(place >= len(line) or line[place] == " " for line in wide) for place in range(width)
    ]
    gaps = [found.span() for found in re.finditer("1+", "".join("01"[each] for each in blank))]
    least = _GAP if len(lines) > 2 else _GAP + 1
    cuts = [0, *(end for start, end in gaps if start and end - start >= least), width]
    if not 2 < len(cuts) <= _MOST_COLUMNS + 1:
        return []
    rows = [
        ["".join(line[one:other]).replace("\0", "").strip() for one, other in pairwise(cuts)]
        for line in wide
    ]
    cells = [cell for row in rows for cell in row]
    # Text that is set to an even right edge has gaps everywhere, and not in its columns alone.
    if sum("  " in cell for cell in cells) > 0.1 * len(cells):
        return []
    if max(map(len, cells)) > _LONGEST_CELL or sum(map(bool, cells)) < 0.7 * len(cells):
        return []
    return tables.plain_grid(rows) if all(row[0] or row[1] for row in rows) else []


def _spread(line: str) -> str:
    """Return a line in which each character takes the places that it takes on paper."""
    if line.isascii():
        return line
    return "".join(
        f"{sign}\0" if unicodedata.east_asian_width(sign) in "WF" else sign for sign in line
    )
