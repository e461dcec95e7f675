"""Write the rows of tables as statements that keep the heads of their columns.

    cells, merged ones spread -> "eGFR below 30 mL/min: dose of Phizine: do not use."

A row alone ("<30; do not use") says nothing; with its heads it can be found and quoted. All readers
share this module, so that the same table reads alike in every format.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest

from knowledge.text.sentences import split_sentences

COLUMNS = 200
"""Columns that a cell may cover; one that claims more covers what the other rows leave it."""

LONGEST_NOTES = 300
"""Characters of notes that are repeated in every part of a table."""

_LONGEST_PART = 800
_STOPS = frozenset(".!?。！？\n")
_CHINESE = re.compile("[\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True, eq=False)
class Cell:
    """A cell of a table; `indented` says that its text begins with blanks."""

    text: str
    is_heading: bool = False
    columns: int = 1
    rows: int = 1
    indented: bool = False


Grid = list[list[Cell]]
_EMPTY = Cell("")


def plain_grid(rows: Iterable[Iterable[str]]) -> Grid:
    """Return a grid of cells of which none is merged."""
    return [[Cell(text) for text in row] for row in rows]


def spread(rows: Sequence[Sequence[Cell]]) -> Grid:
    """Return rows as a grid in which a merged cell stands in every place that it covers.

    >>> wide, low = Cell("Dose", columns=2), Cell("5 mg")
    >>> [[cell.text for cell in row] for row in spread([[wide], [low, low]])]
    [['Dose', 'Dose'], ['5 mg', '5 mg']]
    """
    if all(cell.columns == 1 and cell.rows == 1 for row in rows for cell in row):
        return [list(row) for row in rows]
    grid: Grid = []
    width = max(sum(_claimed(cell) for cell in row) for row in rows)
    below: dict[int, tuple[Cell, int]] = {}
    for row in rows:
        line: list[Cell] = []
        waiting = list(reversed(row))
        last = max(below, default=-1)
        while waiting or len(line) <= last:
            place = len(line)
            if place in below:
                cell, left = below.pop(place)
                line.append(cell)
                if left > 1:
                    below[place] = (cell, left - 1)
                continue
            cell = waiting.pop() if waiting else _EMPTY
            most = max(1, width - place - len(waiting))
            span = max(1, cell.columns if cell.columns <= COLUMNS else most)
            for column in range(place, place + span):
                line.append(cell)
                if cell.rows > 1:
                    below[column] = (cell, min(cell.rows, len(rows)) - 1)
        grid.append(line)
    return grid


def _claimed(cell: Cell) -> int:
    return cell.columns if 0 < cell.columns <= COLUMNS else 1


def state_rows(headings: Sequence[Sequence[Cell]], rows: Sequence[Sequence[Cell]]) -> Iterator[str]:
    """Yield a statement for each row of a table, given the rows of its headings.

    >>> head = [[Cell("eGFR"), Cell("dose of Phizine")]]
    >>> list(state_rows(head, [[Cell("below 30 mL/min"), Cell("do not use")]]))
    ['eGFR below 30 mL/min: dose of Phizine: do not use.']
    """
    return statements(spread([*headings, *rows]), len(headings))


def statements(grid: Grid, header_rows: int) -> Iterator[str]:
    """Yield each row below the header as a statement; without a header, its cells in a line.

    A row of a single merged cell heads those that follow. Where the heads stand in the first
    column and there is no header, each of the other columns is told as a statement.

    >>> rows = [["eGFR", "Dose"], ["below 30", "do not use"]]
    >>> list(statements(plain_grid(rows), 1))
    ['eGFR below 30: Dose: do not use.']
    """
    if not header_rows and _is_headed_aside(grid):
        grid = [list(column) for column in zip_longest(*grid, fillvalue=_EMPTY)]
        header_rows = 1
    heads = grid[:header_rows]
    names = _column_names(heads)
    repeated = [[cell.text for cell in row] for row in heads]
    group = section = ""
    told = True
    above = _EMPTY
    for line in grid[header_rows:]:
        if len(line) > 1 and line[0].text and all(cell is line[0] for cell in line):
            if not told:
                yield _stopped(section)
            section, group, told, above = _clause(line[0]), "", False, _EMPTY
            continue
        values = [cell for cell in line if cell.text]
        if not values or [cell.text for cell in line] in repeated:
            continue
        if not line[0].indented:
            group = ""
        if names and len(values) == 1 and values[0] is line[0] and len(line) > 1:
            group, above, told = _clause(line[0]), _EMPTY, True
            yield _stopped(", ".join(filter(None, (section, group))))
            continue
        told = True
        if names and not line[0].text and above.text:
            line = [above, *line[1:]]  # an empty first cell says the same as the one above it
        above = line[0]
        yield _state_row(line, names, ", ".join(filter(None, (section, group))))
    if not told:
        yield _stopped(section)
    if names and len(grid) == header_rows:
        yield "; ".join(filter(None, names)) + "."


def _is_headed_aside(grid: Grid) -> bool:
    """Say whether the first column heads the rows of a table of several columns."""
    width = max(map(len, grid), default=0)
    return (
        len(grid) > 1
        and width > 2
        and all(row and row[0].is_heading and row[0].text for row in grid)
        and not any(cell.is_heading for row in grid for cell in row[1:])
        and not any(one is other for row in grid for one, other in zip(row, row[1:], strict=False))
    )


def _stopped(text: str) -> str:
    return text if text.endswith(tuple(".!?。！？")) else f"{text}."


def _column_names(headings: Grid) -> list[str]:
    width = max(map(len, headings), default=0)
    names: list[str] = []
    for column in range(width):
        parts = [_clause(line[column]) for line in headings if column < len(line)]
        names.append(", ".join(dict.fromkeys(filter(None, parts))))
    return names if any(names) else []


def _state_row(line: Sequence[Cell], names: Sequence[str], group: str) -> str:
    heads = 1
    while heads < len(line) - 1 and line[heads].is_heading and line[0].is_heading:
        heads += 1
    while heads < len(line) and line[heads] is line[heads - 1]:
        heads += 1  # a head that covers several columns is one
    head = [
        _named(names, place, line[place])
        for place in range(heads)
        if line[place].text and (not place or line[place] is not line[place - 1])
    ]
    start = ", ".join(filter(None, (group, *head)))
    values: list[tuple[str, list[str]]] = []
    for place in range(heads, len(line)):
        cell = line[place]
        if not cell.text:
            continue
        if place > heads and cell is line[place - 1] and values:
            values[-1][1].extend(names[place : place + 1])
        else:
            values.append((_clause(cell), list(names[place : place + 1])))
    told = "; ".join(_told(*value) for value in values)
    if names or line[0].is_heading or (group and start):
        return _stopped(": ".join(filter(None, (start, told))))
    return "; ".join(filter(None, (start, told)))


def _told(text: str, columns: Sequence[str]) -> str:
    heads = [name for name in dict.fromkeys(columns) if name and name != text]
    return f"{' and '.join(heads)}: {text}" if heads else text


def _named(names: Sequence[str], place: int, cell: Cell) -> str:
    name = names[place] if place < len(names) else ""
    text = _clause(cell)
    return f"{name} {text}" if name and name != text else text


def _clause(cell: Cell) -> str:
    """Return the text of a cell as part of a sentence: its own sentences do not end it."""
    if not _STOPS.intersection(cell.text):
        return cell.text  # splitting each cell of large tables takes long
    parts = split_sentences(cell.text)
    return "; ".join(part.rstrip(" .。") if part[-1:] in ".。" else part for part in parts)


def split_parts(rows: Sequence[str], notes: Sequence[str], first: Sequence[str]) -> Iterator[str]:
    """Yield a table in parts that each fit a passage and carry the notes that hold for them.

    `first` stands before the first row. Notes that are short together stand in every part; of
    longer ones each part has those that its rows name, and the last one has those of the rest.

    >>> list(split_parts(["A: 1 (note a)."], ["Note a: daily."], []))
    ['A: 1 (note a).\\n\\nNote a: daily.']
    """
    told = "\n\n".join(notes)
    longest = _LONGEST_PART // 2 if _CHINESE.search(rows[0] if rows else "") else _LONGEST_PART
    short = len(told) <= min(LONGEST_NOTES, longest // 2)
    if not told or not rows:
        text = "\n\n".join((*first, *rows, *notes))
        if text:
            yield text
        return
    held, length = list(first), sum(map(len, first))
    wanted: list[str] = list(notes) if short else []
    used: set[str] = set(wanted)
    for row in rows:
        more = [note for note in notes if note not in wanted and _is_named(note, row)]
        size = length + len(row) + sum(map(len, (*wanted, *more)))
        if held and held != list(first) and size > longest:
            yield "\n\n".join((*held, *wanted))
            held, length = [], 0
            wanted = list(notes) if short else []
            more = [note for note in notes if note not in wanted and _is_named(note, row)]
        wanted += more
        used.update(more)
        held.append(row)
        length += len(row)
    rest = [note for note in notes if note not in used]
    yield "\n\n".join((*held, *wanted, *rest))


_NOTE = re.compile(r"Note ([^\s:]{1,8}):")


def _is_named(note: str, row: str) -> bool:
    found = _NOTE.match(note)
    return found is not None and f"(note {found[1]})" in row


@dataclass(slots=True)
class Table:
    """A table as it is read: the statements of its rows, what stands above and below it."""

    rows: list[str]
    caption: str = ""
    notes: list[str] = field(default_factory=list)


Part = tuple[int, str] | Table
"""A paragraph with level 0, a heading with its level, or a table."""

_LEVEL = 20
_CAPTION = re.compile(
    r"(?:(?:Table|Tab\.|TABLE|Box)\s*[A-Z]?[\dIVX]+|表\s*[\d一二三四五六七八九十]+)(?!\d)"
)
_NOTES = re.compile(
    r"(?:[*†‡§¶#]{1,3}\s?(?=\S)|\^?[a-h][.):]\s|\^[a-h]\s?|[¹²³⁴⁵⁶⁷⁸⁹ᵃᵇᶜᵈ]|\[[a-h1-9]\]\s|"
    r"(?:Notes?|Footnotes?|Abbreviations?|Key|Legend|Source)\b\s*[a-h\d]?\s*[:.]|[注备]\s*[:：]|缩写[:：])"
)
_LONGEST_CAPTION = 400
_LONGEST_TITLE = 150


def frame_tables(parts: Iterable[Part]) -> Iterator[tuple[int, str]]:
    """Yield parts with each table as paragraphs, under its caption and with its notes.

    A paragraph above a table that is numbered as one ("Table 2.") is its caption, and those below
    that begin with a mark of a note are its notes, where the page does not say so itself.

    >>> [text for _, text in frame_tables([(0, "Table 1. Dose"), Table(["A: 1."]), (0, "* daily")])]
    ['Table 1. Dose', 'Table 1. Dose', 'A: 1.', '* daily', '']
    """
    waiting: tuple[int, str] | None = None
    table: Table | None = None
    for part in parts:
        if table is not None and _goes_below(part):
            assert isinstance(part, tuple)
            if part[1].strip():
                table.notes.append(part[1].strip())
            continue
        if table is not None:
            yield from _framed(table)
            table = None
        if isinstance(part, Table):
            table = part
            if waiting and not table.caption and _is_caption(waiting):
                table.caption, waiting = waiting[1].strip(), None
            if waiting:
                yield waiting
            waiting = None
        elif part[0] or part[1].strip():
            if waiting:
                yield waiting
            waiting = part
    if table is not None:
        yield from _framed(table)
    if waiting:
        yield waiting


def is_numbered_caption(text: str) -> bool:
    """Say whether a text begins as captions do.

    >>> is_numbered_caption("Table 2. Doses"), is_numbered_caption("Tables are long")
    (True, False)
    """
    return _CAPTION.match(text) is not None


def _goes_below(part: Part) -> bool:
    if isinstance(part, Table) or part[0]:
        return False
    text = part[1].strip()
    return not text or (len(text) <= LONGEST_NOTES and _NOTES.match(text) is not None)


def _is_caption(part: tuple[int, str]) -> bool:
    text = part[1].strip()
    return not part[0] and len(text) <= _LONGEST_CAPTION and _CAPTION.match(text) is not None


def _framed(table: Table) -> Iterator[tuple[int, str]]:
    if not table.caption and not table.notes:
        yield from ((0, row) for row in table.rows)
        return
    title = caption_title(table.caption)
    first = [table.caption] if table.caption else []
    for text in split_parts(table.rows, table.notes, first):
        yield _LEVEL, title
        yield from ((0, paragraph) for paragraph in text.split("\n\n"))
    yield _LEVEL, ""


def caption_title(caption: str) -> str:
    """Return the beginning of a caption that serves as the title of each part of its table."""
    text = " ".join(caption.split())
    if len(text) <= _LONGEST_TITLE:
        return text.rstrip(" .")
    numbered = _CAPTION.match(text)
    sentences = split_sentences(text)
    first = sentences[0] if sentences else ""
    if numbered and len(first) <= numbered.end() + 1 and len(sentences) > 1:
        first = f"{first} {sentences[1]}"
    if len(first) > _LONGEST_TITLE:
        cut = first.rfind(" ", 0, _LONGEST_TITLE)
        first = f"{first[: cut if cut > 0 else _LONGEST_TITLE]} …"
    return first.rstrip(" .")


_FIGURE = re.compile(r"\d")


def looks_headed(grid: Grid) -> bool:
    """Say whether the words of a grid's first row are the heads of its columns.

    They are where its first place alone is empty, or where it has no figures and some column has
    figures in every other row.
    """
    if len(grid) < 2 or max(map(len, grid)) < 2 or not grid[0]:
        return False
    first, rest = grid[0], grid[join_heads(grid)[1] :]
    if not first[0].text and all(cell.text for cell in first[1:]):
        return all(row and row[0].text for row in rest)
    if any(_FIGURE.search(cell.text) for cell in first):
        return False
    return any(
        all(place < len(row) and _FIGURE.search(row[place].text) for row in rest)
        for place in range(len(first))
    )


_GROUP_SIZE = re.compile(r"[(（]?\s*[nN]\s*[=＝]")


def join_heads(grid: Grid) -> tuple[Grid, int]:
    """Return a grid below one row of heads, and how many rows at its top are heads: one or two.

    A second row whose first place is empty and that has no figures says more of the heads; an
    empty place in the first row is then part of the merged cell before it.

    >>> rows = [["eGFR", "Dose", ""], ["", "Adult", "Child"], ["over 30", "5 mg", "1 mg"]]
    >>> grid, heads = join_heads(plain_grid(rows))
    >>> heads, [cell.text for cell in grid[0]]
    (2, ['eGFR', 'Dose', 'Dose'])
    """
    if len(grid) < 3 or min(len(grid[0]), len(grid[1])) < 2 or not grid[2] or not grid[2][0].text:
        return grid, 1
    first, second = grid[0], grid[1]
    if (second[0].text and second[0] is not first[0]) or not any(cell.text for cell in second[1:]):
        return grid, 1
    if any(_FIGURE.search(cell.text) and not _GROUP_SIZE.match(cell.text) for cell in second[1:]):
        return grid, 1
    filled = [first[0]]
    for place in range(1, max(len(first), len(second))):
        cell = first[place] if place < len(first) else _EMPTY
        below = second[place].text if place < len(second) else ""
        filled.append(filled[-1] if below and not cell.text and place > 1 else cell)
    return [filled, *grid[1:]], 2
