"""Find the gap between a column of prose and what stands beside it on a PDF page.

    rows -> the longest run with a gap through it and prose on one side -> both sides apart

Prose beside a table must never become one of its columns: lines that stand level with rows of a
table and begin in the middle of a sentence belong to prose.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

from knowledge.ingest.sources.literature.pdf.pdf_glyphs import Rule
from knowledge.ingest.sources.literature.pdf.pdf_lines import Piece
from knowledge.ingest.sources.literature.pdf.pdf_tables import Strip, Table

ENDED = re.compile(r"[.!?:;。！？：；][)\]”’\"'」』）]*[⁰¹²³⁴-⁹⁻,]*\s*$")
CAPTION = re.compile(
    r"(?:table|tab\.|supplementary table|表|附表)\s*[\dA-ZⅠ-Ⅹ一二三四五六七八九十]", re.I
)
_CHINESE = re.compile("[\u3400-\u9fff]")
WITHIN = re.compile(
    r"[.;:?!] [A-Z]|[,-]$|[，。；]."
    r"|\b(?:a|an|the|of|in|on|at|to|by|for|from|with|and|or|not|no|be|is|are|was|were|may|can|its|as"
    r"|that|which|who|it|than|after|before|should|must|if|when|these|this|those|have|has|been)$"
)
"""What shows that a line ends, or a sentence begins, within a text that goes on."""

_FEWEST = 4
"""Lines of prose that make a column."""

_Rows = list[list[Piece]]


def find_gutter(
    rows: _Rows, rules: Sequence[Rule], ruled: Sequence[Table]
) -> tuple[int, int, tuple[_Rows, _Rows]] | None:
    """Return the longest run of rows that a gap parts, and its sides; None where there is none."""
    best: tuple[int, int, Strip] | None = None
    seen: list[tuple[int, int, Strip]] = []
    for place, row in enumerate(rows):
        for left, right in pairwise(row):
            gap = Strip(left.right, right.left)
            if any(
                start <= place < end and gap.left <= free.left and gap.right >= free.right
                for start, end, free in seen
            ):
                continue
            start, end, free = _run(rows, place, gap, ruled)
            end = _without_tail(rows, start, end)
            start = _without_head(rows, start, place)
            seen.append((start, end, free))
            if best is not None and end - start <= best[1] - best[0]:
                continue
            one, other = _sides(rows[start:end], free)
            if (
                end - start >= _FEWEST
                and not _is_ruled(rows[start:end], free, rules)
                and (_is_beside(one, other) or _is_beside(other, one))
            ):
                best = start, end, free
    return (best[0], best[1], _sides(rows[best[0] : best[1]], best[2])) if best else None


def _run(rows: _Rows, place: int, gap: Strip, ruled: Sequence[Table]) -> tuple[int, int, Strip]:
    """Return the rows above and below one that leave its gap free, and what is left of the gap."""
    ends = []
    for step in (-1, 1):
        at = place
        while 0 <= at + step < len(rows):
            row = rows[at + step]
            free = narrowed(gap, row)
            apart = abs(rows[at][0].base - row[0].base) > 3.5 * row[0].size
            if free is None or free.right - free.left < 0.4 * row[0].size or apart:
                break
            low, high = sorted((rows[at][0].base, row[0].base))
            if any(
                low < table.top
                and table.bottom < high
                and table.left < free.left
                and free.right < table.right
                for table in ruled
            ):
                break
            gap = free
            at += step
        ends.append(at)
    return ends[0], ends[1] + 1, gap


def _without_tail(rows: _Rows, start: int, end: int) -> int:
    """Leave out last rows that stand below both columns, such as a caption."""
    for place in range(end - 1, max(start + 1, end - 4), -1):
        row = rows[place]
        if len(row) > 1:
            break
        step = min(piece.base for piece in rows[place - 1]) - row[0].base
        if step > 1.6 * row[0].size or CAPTION.match(row[0].text):
            return place
    return end


def _without_head(rows: _Rows, start: int, place: int) -> int:
    """Leave out first rows that stand above both columns, such as a title."""
    for above in range(min(start + 3, place) - 1, start - 1, -1):
        below = rows[above + 1][0]
        if len(rows[above]) == 1 and rows[above][0].base - below.base > 1.6 * below.size:
            return above + 1
    return start


def _is_ruled(rows: _Rows, gap: Strip, rules: Sequence[Rule]) -> bool:
    """Say whether a line goes over a gap between rows, as in tables."""
    return any(
        rule.high - rule.low <= 3
        and rule.left < gap.left - 5
        and rule.right > gap.right + 5
        and rows[-1][0].base < rule.low < rows[0][0].base
        for rule in rules
    )


def _sides(rows: _Rows, gap: Strip) -> tuple[_Rows, _Rows]:
    middle = (gap.left + gap.right) / 2
    left = [[piece for piece in row if piece.left < middle] for row in rows]
    right = [[piece for piece in row if piece.left >= middle] for row in rows]
    return [row for row in left if row], [row for row in right if row]


def _is_filled(lines: list[Piece]) -> bool:
    """Say whether lines end where the next word had no place, as those of a paragraph do."""
    right = max(line.right for line in lines)
    filled = sum(
        above.right + below.words[0].right - below.words[0].left + 0.2 * above.size > right
        for above, below in pairwise(lines)
    )
    within = sum(bool(WITHIN.search(line.text)) for line in lines[:-1])
    return filled >= 0.6 * (len(lines) - 1) and within >= max(1, 0.15 * (len(lines) - 1))


def _is_beside(side: _Rows, other: _Rows) -> bool:
    """Say whether one side is a column of prose that belongs to no row of the other."""
    if len(side) < _FEWEST or len(other) < 2 or any(len(row) > 1 for row in side):
        return False
    lines = [row[0] for row in side]
    if not is_prose(lines) or not _is_filled(lines):
        return False
    bases = [piece.base for row in other for piece in row]
    level = [
        (place, line)
        for place, line in enumerate(lines)
        if any(abs(line.base - base) < 0.15 * line.size for base in bases)
    ]
    going = sum(
        line.text[:1].islower()
        or bool(place and not ENDED.search(lines[place - 1].text) and _CHINESE.match(line.text))
        for place, line in level
    )
    return len(level) < 2 or going >= 0.4 * len(level)


def narrowed(strip: Strip, row: list[Piece]) -> Strip | None:
    """Return the part of a strip that a row leaves free, or None where it is crossed."""
    left, right = strip
    for piece in row:
        if piece.left >= right - 0.1 or piece.right <= left + 0.1:
            continue
        if piece.left <= left and piece.right >= right:
            return None
        if piece.left > left and piece.right >= right:
            right = piece.left
        elif piece.right < right and piece.left <= left:
            left = piece.right
        else:
            return None
    return Strip(left, right) if right > left else None


def is_prose(column: list[Piece]) -> bool | None:
    """Say whether the lines of a column go on in the next; None where it has one line."""
    if len(column) < 2:
        return None
    texts = [piece.text for piece in column]
    chinese = sum(len(_CHINESE.findall(text)) for text in texts) * 2 > sum(map(len, texts))
    words = sum(len(text) / 2 if chinese else len(text.split()) for text in texts) / len(texts)
    if words < 2.5:
        return False
    if chinese:
        widest = max(piece.right for piece in column) - min(piece.left for piece in column)
        full = sum(piece.right - piece.left > 0.88 * widest for piece in column[:-1])
        return full >= 0.6 * (len(column) - 1)
    going = sum(
        after[:1].islower() or before.endswith(("-", ",")) for before, after in pairwise(texts)
    )
    starts = sum(not ENDED.search(text) for text in texts[:-1])
    return going >= 0.4 * (len(texts) - 1) and starts >= 0.4 * (len(texts) - 1)
