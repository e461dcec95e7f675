"""Put the rows of a PDF page in the order in which people read them: columns, tables, paragraphs.

    rows -> bands with the same gaps -> columns one after another | tables -> paragraphs

A gap that goes through rows parts either columns of prose or columns of a table. Prose is known by
lines that go on in the next one; what lines rule, or what stands side by side without going on, is
a table.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from knowledge.ingest.sources.literature.markup import plain_lines
from knowledge.ingest.sources.literature.markup.tables import join_heads, looks_headed
from knowledge.ingest.sources.literature.pdf import pdf_gutters, pdf_monospaced, pdf_tables
from knowledge.ingest.sources.literature.pdf.pdf_glyphs import Rule
from knowledge.ingest.sources.literature.pdf.pdf_gutters import CAPTION, is_prose, narrowed
from knowledge.ingest.sources.literature.pdf.pdf_lines import Piece, Row
from knowledge.ingest.sources.literature.pdf.pdf_paragraphs import (
    ITEM,
    Paragraph,
    build_paragraphs,
    goes_on,
)
from knowledge.ingest.sources.literature.pdf.pdf_tables import Strip, Table

_MARKER = re.compile(
    r"(?:[(（]?(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,4})[.)）、]?|\d+(?:\.\d+)+\.?|[•·▪●○◦–—*-])"
)


Part = Paragraph | Table


@dataclass(slots=True)
class _Band:
    """Rows one below the other, with the gaps that go through all of them."""

    rows: list[list[Piece]] = field(default_factory=list)
    strips: list[Strip] = field(default_factory=list)


def read_order(rows: Sequence[Row], rules: Sequence[Rule]) -> list[Part]:
    """Return the paragraphs and tables of a page in the order of reading."""
    ruled, rows = pdf_tables.take_ruled(rows, rules)
    pieces = [row.pieces for row in rows]
    parts: list[Part] = []
    place = 0
    for start, end, width in pdf_monospaced.find_runs(pieces):
        if end - start > _COLUMNS and pdf_gutters.find_gutter(pieces[start:end], rules, ruled):
            continue
        _append(parts, _read(pieces[place:start], rules, ruled), _is_apart(pieces, place))
        parts += _monospaced(pieces[start:end], width)
        place = end
    _append(parts, _read(pieces[place:], rules, ruled), _is_apart(pieces, place))
    return _placed(pdf_tables.join_tables(parts), ruled)


_COLUMNS = 6
"""Rows of columns of prose; fewer with gaps through them have blanks by chance."""


def _monospaced(rows: list[list[Piece]], width: float) -> list[Part]:
    """Return the paragraphs and tables of rows in a font whose signs are all of one width."""
    found: list[Part] = []
    size, top, bottom = rows[0][0].size, rows[0][0].base, rows[-1][0].base
    left = min(row[0].left for row in rows)
    for lines in pdf_monospaced.lines_of(rows, width):
        for part in plain_lines.read_block(lines):
            if isinstance(part, str):
                found.append(Paragraph(part, size, top + size, bottom, left))
                continue
            heads = int(looks_headed(part))
            grid, heads = join_heads(part) if heads else (part, heads)
            right = max(row[-1].right for row in rows)
            found.append(Table(grid, heads, [], top + size, bottom, size, left, right))
    return found


def _read(rows: list[list[Piece]], rules: Sequence[Rule], ruled: Sequence[Table]) -> list[Part]:
    """Read what stands beside a column of prose apart from it, be it prose or a table."""
    found = pdf_gutters.find_gutter(rows, rules, ruled)
    if found is None:
        return _read_bands(rows, rules, ruled)
    start, end, (left, right) = found
    parts = _read(rows[:start], rules, ruled)
    _append(parts, _read(left, rules, ruled), _is_apart(rows, start))
    _append(parts, _read(right, rules, ruled), True)
    _append(parts, _read(rows[end:], rules, ruled), _is_apart(rows, end))
    return parts


def _append(parts: list[Part], more: list[Part], may_go_on: bool) -> None:
    """Add what was read of another part of a page."""
    first = more[0] if more else None
    if isinstance(first, Paragraph):
        _add(parts, [first], may_go_on)
        more = more[1:]
    parts += more


def _is_apart(rows: list[list[Piece]], place: int) -> bool:
    """Say whether a row stands apart from the one above it."""
    if not 0 < place < len(rows):
        return False
    above = min(piece.base for piece in rows[place - 1])
    return above - max(piece.base for piece in rows[place]) > 1.8 * rows[place][0].size


def _read_bands(
    rows: list[list[Piece]], rules: Sequence[Rule], ruled: Sequence[Table]
) -> list[Part]:
    parts: list[Part] = []
    bands = _bands(rows, ruled) if rows else []
    for place, band in enumerate(bands):
        pieces = [piece for row in band.rows for piece in row]
        band.strips = _without_markers(pieces, band.strips)
        if band.strips and len(pieces) > len(band.rows):
            if _is_sentence(parts, band) or _is_spaced(band):
                _add(parts, build_paragraphs(pieces), not _is_far(bands, place))
                continue
            columns = pdf_tables.columns_of(pieces, band.strips)
            filled = sum(len(row) > 1 for row in band.rows)
            if filled > 1 and _is_table(band, columns, rules):
                above = _heads_above(parts, bands[place - 1].rows if place else [], band, rules)
                tail = _cut_tail(band)
                pieces = [piece for row in band.rows for piece in row]
                parts.append(pdf_tables.build(pieces, band.strips, rules, above))
                parts += build_paragraphs(tail)
                continue
            if filled == 1 and len(band.rows) == 1:
                parts += _apart(band.rows[0])
                continue
            for number, column in enumerate(columns):
                _add(parts, build_paragraphs(column), bool(number) or _is_far(bands, place))
            continue
        _add(parts, build_paragraphs(pieces), _is_far(bands, place))
    return parts


def _is_spaced(band: _Band) -> bool:
    """Say whether one row alone has gaps, and none that is wider than a wide space."""
    parted = [row for row in band.rows if len(row) > 1]
    return len(parted) == 1 and all(
        right.left - left.right < left.size for left, right in pairwise(parted[0])
    )


def _is_sentence(parts: list[Part], band: _Band) -> bool:
    """Say whether a few rows with wide spaces go on with the sentence above: they are justified."""
    last = parts[-1] if parts else None
    first = band.rows[0][0]
    if not isinstance(last, Paragraph) or len(band.rows) > 4 or abs(last.left - first.left) > 1:
        return False
    edges = [row[-1].right for row in band.rows]
    even = max(edges) - min(edges) < first.size or len(band.rows) == 1
    return even and last.bottom - first.base < 1.8 * first.size and goes_on(last.text, first.text)


def _is_far(bands: list[_Band], place: int) -> bool:
    """Say whether a band stands apart from the one before it, as below a table or figure.

    Lines that follow closely with other gaps are those of columns into which a line runs over.
    """
    if not place or not bands[place - 1].rows:
        return False
    above = min(piece.base for piece in bands[place - 1].rows[-1])
    first = bands[place].rows[0]
    return above - max(piece.base for piece in first) > 1.8 * first[0].size


def _without_markers(pieces: list[Piece], strips: list[Strip]) -> list[Strip]:
    """Return the gaps without those between the bullets or numbers of a list and its texts."""
    columns = pdf_tables.columns_of(pieces, strips)
    return [
        strip
        for strip, column in zip(strips, columns, strict=False)
        if not column or not all(_MARKER.fullmatch(piece.text) for piece in column)
    ]


def _placed(parts: list[Part], ruled: list[Table]) -> list[Part]:
    """Put each ruled table behind the paragraph that stands above it."""
    for table in ruled:
        above = [
            (part.bottom, place)
            for place, part in enumerate(parts)
            if isinstance(part, Paragraph)
            and part.bottom >= table.top - table.size
            and part.left < table.right
        ]
        parts.insert(min(above)[1] + 1 if above else 0, table)
    return parts


def _add(parts: list[Part], found: list[Paragraph], may_go_on: bool = True) -> None:
    """Add paragraphs; the first may go on with the one before where that has not ended."""
    if not may_go_on:
        parts += found
        return
    last = next((part for part in reversed(parts) if isinstance(part, Paragraph)), None)
    if last is not None and found and goes_on(last.text, found[0].text):
        first = found.pop(0)
        if abs(last.size - first.size) < 0.08 * last.size:
            last.text += f"\n{first.text}"
            last.bottom = first.bottom
        else:
            found.insert(0, first)
    parts += found


def _bands(rows: list[list[Piece]], ruled: Sequence[Table]) -> list[_Band]:
    bands: list[_Band] = []
    band = _Band()
    for place, row in enumerate(rows):
        gaps = [Strip(left.right, right.left) for left, right in pairwise(row)]
        if (
            band.rows
            and band.strips
            and (
                _is_barred(band, row, ruled)
                or _starts_columns(band, gaps, rows[place + 1 : place + 4])
            )
        ):
            bands.append(band)
            band = _Band()
        if band.rows and (_narrow(band, row) or (gaps and not band.strips)):
            bands.append(band)
            before = band
            band = _Band([row], gaps)
            if gaps and not before.strips:
                _pull(before, band)
            continue
        _widen(band, row, gaps)
        band.rows.append(row)
    bands.append(band)
    return [each for found in bands if found.rows for each in _without_tail(found)]


def _starts_columns(band: _Band, gaps: list[Strip], below: list[list[Piece]]) -> bool:
    """Say whether a row has a gap that rows above it cross, and two rows below it have as well."""
    for gap in gaps:
        if any(gap.left < strip.right and gap.right > strip.left for strip in band.strips):
            continue
        crossed = any(narrowed(gap, row) is None for row in band.rows)
        free: Strip | None = gap
        shared = 0
        for row in below:
            free = narrowed(free, row) if free is not None else None
            if free is None or free.right - free.left < 0.4 * row[0].size:
                break
            shared += len(row) > 1
        if crossed and shared > 1:
            return True
    return False


def _narrow(band: _Band, row: list[Piece]) -> bool:
    """Narrow the gaps of a band to what a row leaves free; say whether it ends the band.

    A gap of one or two rows that others cross was a wide space.
    """
    size = max(piece.size for piece in row)
    kept: list[Strip] = []
    lost: list[Strip] = []
    for strip in band.strips:
        free = narrowed(strip, row)
        if free is None or free.right - free.left < 0.4 * size:
            lost.append(strip)
        else:
            kept.append(free)
    if lost and (not kept or any(_support(band, strip) > 2 for strip in lost)):
        return True
    band.strips = kept
    return False


def _support(band: _Band, strip: Strip) -> int:
    """Return how many rows of a band have something in both columns that a gap parts."""
    place = band.strips.index(strip)
    start = band.strips[place - 1].right if place else float("-inf")
    end = band.strips[place + 1].left if place + 1 < len(band.strips) else float("inf")
    return sum(
        any(piece.left >= start - 0.1 and piece.right <= strip.left + 0.1 for piece in row)
        and any(piece.left >= strip.right - 0.1 and piece.right <= end + 0.1 for piece in row)
        for row in band.rows
    )


def _widen(band: _Band, row: list[Piece], gaps: list[Strip]) -> None:
    """Add the gaps of a row that no row of the band crosses."""
    size = max(piece.size for piece in row)
    for gap in gaps:
        if any(gap.left < strip.right and gap.right > strip.left for strip in band.strips):
            continue
        free: Strip | None = gap
        for earlier in band.rows:
            free = narrowed(free, earlier) if free is not None else None
        if free is not None and free.right - free.left >= 0.4 * size:
            band.strips = sorted([*band.strips, free])


def _is_barred(band: _Band, row: list[Piece], ruled: Sequence[Table]) -> bool:
    """Say whether a ruled table stands across the gaps between a band and the next row."""
    above = min(piece.base for piece in band.rows[-1])
    return any(
        above >= table.top - table.size
        and row[0].base <= table.bottom
        and any(table.left < strip.left and strip.right < table.right for strip in band.strips)
        for table in ruled
    )


def _pull(before: _Band, band: _Band) -> None:
    """Move rows that stand right of a gap from the end of the band before into this one."""
    while before.rows and all(piece.left >= band.strips[0].right for piece in before.rows[-1]):
        band.rows.insert(0, before.rows.pop())


def _without_tail(band: _Band) -> list[_Band]:
    """Part what follows below columns, such as the caption of the table that comes next."""
    if not band.strips:
        return [band]
    for place in range(len(band.rows) - 1, max(0, len(band.rows) - 3), -1):
        row = band.rows[place]
        if len(row) > 1:
            break
        step = min(piece.base for piece in band.rows[place - 1]) - row[0].base
        if step > 1.6 * row[0].size or CAPTION.match(row[0].text):
            return [_Band(band.rows[:place], band.strips), _Band(band.rows[place:])]
    return [band]


def _cut_tail(band: _Band) -> list[Piece]:
    """Take the rows out of a table that stand below it: its notes, and what follows."""
    full = [place for place, row in enumerate(band.rows) if len(row) > 1]
    last = full[-1]
    steps = sorted(above[0].base - row[0].base for above, row in pairwise(band.rows[: last + 1]))
    usual = steps[len(steps) // 2] if steps else 0.0
    for place in range(last + 1, len(band.rows)):
        row = band.rows[place]
        step = band.rows[place - 1][0].base - row[0].base
        if step > 1.3 * usual or row[0].size < 0.93 * band.rows[last][0].size:
            tail = [piece for row in band.rows[place:] for piece in row]
            del band.rows[place:]
            return tail
    return []


def _is_table(band: _Band, columns: list[list[Piece]], rules: Sequence[Rule]) -> bool:
    """Say whether the columns of a band are those of a table."""
    ruled = pdf_tables.Ruling(band.strips, [piece for row in band.rows for piece in row], rules)
    prose = [is_prose(column) for column in columns]
    judged = [value for value in prose if value is not None]
    all_prose = bool(judged) and all(judged)
    if len(ruled.inner) >= 2 and (ruled.upright or len(ruled.inner) * 2.5 >= len(band.rows)):
        return True
    if all_prose:
        return False
    if sum(_is_list(column) for column in columns) > 1:
        return False
    if ruled.inner:
        return True
    first = {round(piece.base, 1) for piece in columns[0]}
    rest = [piece for column in columns[1:] for piece in column]
    level = sum(any(abs(piece.base - base) < 0.15 * piece.size for base in first) for piece in rest)
    return level >= 0.6 * len(rest) and prose[0] is not True


def _is_list(column: list[Piece]) -> bool:
    return sum(bool(ITEM.match(piece.text)) for piece in column) * 2 > len(column)


def _apart(row: list[Piece]) -> list[Paragraph]:
    """Return the pieces of a lone row, each by itself, a bullet with what follows."""
    out: list[Paragraph] = []
    mark = ""
    for piece in row:
        text = piece.text
        if _MARKER.fullmatch(text) and piece is not row[-1]:
            mark = f"{text} "
            continue
        out.append(
            Paragraph(mark + text, piece.size, piece.base + piece.size, piece.base, piece.left)
        )
        mark = ""
    return out


def _heads_above(
    parts: list[Part], rows: list[list[Piece]], band: _Band, rules: Sequence[Rule]
) -> list[list[Piece]]:
    """Take the rows above a table that stand under its uppermost line: heads of several columns."""
    pieces = [piece for row in band.rows for piece in row]
    ruled = pdf_tables.Ruling(band.strips, pieces, rules)
    found: list[list[Piece]] = []
    top = max(piece.base for piece in pieces)
    for row in reversed(rows):
        base, size = row[0].base, row[0].size
        inside = all(
            piece.left >= ruled.left - size and piece.right <= ruled.right + size for piece in row
        )
        under = any(base + 0.3 * size < line < base + 8 * size for line in ruled.lines)
        if not inside or not under or base - top > 2.4 * size or len(found) == 3:
            break
        found.insert(0, row)
        top = base
    for _ in found:
        _drop_line(parts)
    return found


def _drop_line(parts: list[Part]) -> None:
    """Take the last row out of the paragraphs: it belongs to a table."""
    last = parts[-1] if parts else None
    if not isinstance(last, Paragraph):
        return
    text = last.text.rpartition("\n")[0]
    if text:
        last.text = text
    else:
        parts.pop()
