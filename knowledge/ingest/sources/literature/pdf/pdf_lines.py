"""Put the glyphs of a PDF page together as words, and words as rows, by their places.

    glyphs of one direction -> words -> raised and lowered ones joined -> rows of pieces

The order in which a file draws its text says nothing: pieces of a row that a gap parts may belong
to different columns, and are joined only by those who know the columns.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from knowledge.ingest.sources.literature.markup import raised_figures
from knowledge.ingest.sources.literature.pdf.pdf_glyphs import Glyph, Rule
from knowledge.text.holes import HOLE

WORD_GAP = 0.17
"""Parts of the size of a font that part two words; narrow type sets leave .22."""

COLUMN_GAP = 2.0
"""Sizes of a font that part two pieces of a row whatever stands above and below."""

_NARROW_GAP = 0.5
"""What may part two pieces where the rows above and below have a gap at the same place."""

_SUPPORT = 3
"""How many rows must have a narrow gap at one place."""

STRUCK = "\ufdd2"
"""Stands in the place of a sign that is struck out."""

_SPACED = 8
"""Single letters in a row that make a line of spaced letters."""

_MANY = 6
"""Rows with a gap between the same edges that make these the edges of columns."""

_CHINESE = re.compile("[\u2e80-\u2fff\u3000-\u303f\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]")


@dataclass(slots=True)
class Word:
    """A word of a page; `space` says that a space or gap stands before it."""

    text: str
    left: float
    right: float
    base: float
    size: float
    bold: bool
    space: bool = True
    raised: int = 0


@dataclass(slots=True)
class Piece:
    """Words of one row that no gap parts."""

    words: list[Word]

    @property
    def left(self) -> float:
        """Return where the piece begins."""
        return self.words[0].left

    @property
    def right(self) -> float:
        """Return where the piece ends."""
        return max(word.right for word in self.words[-3:])

    @property
    def base(self) -> float:
        """Return the height of its base line."""
        return self.words[0].base

    @property
    def size(self) -> float:
        """Return the size of most of its letters."""
        return max(self.words, key=lambda word: len(word.text)).size

    @property
    def bold(self) -> bool:
        """Say whether all of it is bold."""
        return all(word.bold for word in self.words)

    @property
    def text(self) -> str:
        """Return what it says."""
        return join_words(self.words)


@dataclass(slots=True)
class Row:
    """The pieces that stand on one base line, from left to right."""

    pieces: list[Piece] = field(default_factory=list)

    @property
    def base(self) -> float:
        """Return the height of its base line."""
        return self.pieces[0].base

    @property
    def size(self) -> float:
        """Return the size of its largest piece."""
        return max(piece.size for piece in self.pieces)

    @property
    def text(self) -> str:
        """Return what its pieces say, parted by spaces."""
        return " ".join(piece.text for piece in self.pieces)


def build_rows(glyphs: Sequence[Glyph], rules: Sequence[Rule] = ()) -> list[Row]:
    """Return the rows of a page, the highest first; upright lines part pieces."""
    rows = _side_by_side(_rows(_join_raised(_words(glyphs))))
    gaps = [_gaps(row) for row in rows]
    edges = _column_edges(gaps)
    if edges:
        gaps = [
            [
                *found,
                *(each for each in _all_gaps(row) if each not in found and _is_at(each, edges)),
            ]
            for row, found in zip(rows, gaps, strict=True)
        ]
    upright = [rule for rule in rules if rule.right - rule.left <= 3]
    return [Row(_pieces(rows, gaps, place, upright)) for place in range(len(rows))]


def join_words(words: Iterable[Word]) -> str:
    """Return words as text, without a space between Chinese characters that only a gap parts."""
    text = ""
    for word in words:
        said = word.text.replace(STRUCK, "")
        if not said:
            continue
        text += " " if word.space and text and not _is_chinese_join(text, said) else ""
        text += said
    return re.sub(f"(?:{re.escape(HOLE)})+", HOLE, text)


def cell_text(cell: Iterable[Piece]) -> str:
    """Return the pieces of a cell as its lines."""
    lines: list[str] = []
    base = 0.0
    for piece in sorted(cell, key=lambda each: (-round(each.base, 1), each.left)):
        if lines and abs(base - piece.base) < 0.15 * piece.size:
            lines[-1] += f" {piece.text}"
        else:
            lines.append(piece.text)
        base = piece.base
    return "\n".join(lines)


def _is_chinese_join(before: str, after: str) -> bool:
    return bool(_CHINESE.match(before[-1:]) and _CHINESE.match(after[:1]))


def _words(glyphs: Sequence[Glyph]) -> list[Word]:
    words: list[Word] = []
    signs: list[str] = []
    last: Glyph | None = None
    for glyph in glyphs:
        if last is not None and _goes_on(last, glyph):
            word = words[-1]
            signs.append(glyph.text)
            word.right = max(word.right, glyph.right)
        else:
            if signs:
                words[-1].text = "".join(signs)
            signs = [glyph.text]
            words.append(
                Word("", glyph.left, glyph.right, glyph.base, glyph.size, glyph.bold, glyph.space)
            )
        last = glyph
    if signs:
        words[-1].text = "".join(signs)
    return words


def _goes_on(last: Glyph, glyph: Glyph) -> bool:
    size = last.size
    gap = glyph.left - last.right
    return (
        not glyph.space
        and abs(glyph.base - last.base) < 0.05 * size
        and abs(glyph.size - size) < 0.06 * size
        and -0.6 * size < gap < WORD_GAP * size
        and glyph.right > last.left
    )


def _join_raised(words: list[Word]) -> list[Word]:
    """Join raised and lowered words with the word beside them, as readers see them."""
    low = sorted(range(len(words)), key=lambda place: words[place].base)
    sizes = Counter(round(word.size, 1) for word in words)
    usual = sizes.most_common(1)[0][0] if sizes else 0.0
    large = [place for place in low if words[place].size > 1.1 * usual]
    for place in sorted(range(len(words)), key=lambda each: words[each].left):
        word = words[place]
        near = low if word.size < 0.87 * usual else large
        host = _host(words, near, place) if near and len(word.text) <= 12 else None
        if host is None:
            continue
        offset = word.base - words[host].base
        word.raised = 1 if offset > 0 else -1
        word.base = words[host].base
    return sorted(words, key=lambda each: (-each.base, each.left))


def _host(words: list[Word], low: list[int], place: int) -> int | None:
    """Return the word to which a raised or lowered one belongs."""
    word = words[place]
    best, nearest = None, 0.0
    for other in _around(words, low, word):
        host = words[other]
        offset = (word.base - host.base) / host.size
        smaller = word.size < 0.87 * host.size
        if other == place or not smaller or word.size < 0.4 * host.size:
            continue
        if host.raised or not (0.08 < abs(offset) < 0.75 and offset > -0.5):
            continue
        gap = max(word.left - host.right, host.left - word.right) / host.size
        if -0.6 < gap < 0.35 and (best is None or gap < nearest):
            best, nearest = other, gap
    return best


def _around(words: list[Word], low: list[int], word: Word) -> Iterable[int]:
    """Return the words whose base line is near that of a word."""
    reach = word.size * 1.9
    start, end = _bisect(words, low, word.base - reach), _bisect(words, low, word.base + reach)
    return low[start:end]


def _bisect(words: list[Word], low: list[int], base: float) -> int:
    start, end = 0, len(low)
    while start < end:
        middle = (start + end) // 2
        if words[low[middle]].base < base:
            start = middle + 1
        else:
            end = middle
    return start


def _rows(words: list[Word]) -> list[list[Word]]:
    """Return words by base lines, each row from left to right, its raised words written so."""
    rows: list[list[Word]] = []
    for word in words:
        row = rows[-1] if rows else None
        if row and abs(row[0].base - word.base) < 0.12 * min(row[0].size, word.size):
            row.append(word)
        else:
            rows.append([word])
    return [_written(_close(sorted(row, key=lambda word: word.left))) for row in rows]


def _close(row: list[Word]) -> list[Word]:
    """Join the letters of words that are spaced out: "1 0  m g" is 10 mg."""
    if sum(len(word.text) == 1 for word in row) < _SPACED or len(row) < _SPACED:
        return row
    gaps = [after.left - before.right for before, after in pairwise(row)]
    single = [
        gap
        for gap, (before, after) in zip(gaps, pairwise(row), strict=True)
        if len(before.text) == len(after.text) == 1
    ]
    if len(single) < 0.8 * len(gaps):
        return row
    usual = sorted(single)[len(single) // 3]
    out = [row[0]]
    for gap, word in zip(gaps, row[1:], strict=True):
        last = out[-1]
        if gap < max(1.5 * usual, usual + 0.12 * word.size) and gap < word.size and not word.raised:
            last.text += word.text
            last.right = word.right
        else:
            out.append(word)
    return out


def _side_by_side(rows: list[list[Word]]) -> list[list[Word]]:
    """Join rows whose letters overlap in height and not in width, as in shifted columns."""
    out: list[list[Word]] = []
    for row in rows:
        last = out[-1] if out else None
        if last is not None and _is_beside(last, row):
            last += row
            last.sort(key=lambda word: word.left)
        else:
            out.append(row)
    return out


def _is_beside(last: list[Word], row: list[Word]) -> bool:
    size = row[0].size
    if max(word.base for word in last) - row[0].base >= 0.7 * size:
        return False
    left, right = row[0].left - 0.3 * size, row[-1].right + 0.3 * size
    return all(word.right < left or word.left > right for word in last)


def _written(row: list[Word]) -> list[Word]:
    """Return a row with spaces by its gaps, and raised words with their signs."""
    out: list[Word] = []
    for word in row:
        last = out[-1] if out else None
        if last is not None:
            gap = word.left - last.right
            size = max(word.size, last.size)
            word.space = gap >= WORD_GAP * size or (word.space and gap > 0.02 * size)
            if word.raised and word.raised == last.raised and gap < 0.4 * word.size:
                last.text += " " * word.space + word.text
                last.right = word.right
                continue
            if word.raised and gap < 0.35 * size:
                word.space = False
        out.append(word)
    before = ""
    for word in out:
        if word.raised:
            lowered = raised_figures.lowered(word.text, before[-1:])
            word.text = raised_figures.raised(word.text) if word.raised > 0 else lowered
        before = word.text
    return out


_Gap = tuple[float, float]


def _gaps(row: list[Word]) -> list[_Gap]:
    """Return the gaps of a row that are wider than one beside them: in justified lines none is."""
    widths = [after.left - before.right for before, after in pairwise(row)]
    found = []
    for place, (before, after) in enumerate(pairwise(row)):
        size = max(before.size, after.size)
        beside = [*widths[max(0, place - 1) : place], *widths[place + 1 : place + 2]]
        usual = min(beside, default=0.0)
        if usual >= COLUMN_GAP * size:
            usual = 0.0  # that is a gap between columns, and says nothing of spaces
        if abs(before.base - after.base) > 0.12 * size or (
            widths[place] >= _NARROW_GAP * size and widths[place] >= 1.5 * usual
        ):
            found.append((before.right, after.left))
    return found


def _all_gaps(row: list[Word]) -> Iterable[_Gap]:
    return ((before.right, after.left) for before, after in pairwise(row))


def _column_edges(gaps: list[list[_Gap]]) -> list[_Gap]:
    """Return the gaps that many rows have between the same edges: those of justified columns.

    A line with wide spaces has that gap too, though it is hardly wider than they are.
    """
    seen = Counter((round(left), round(right)) for row in gaps for left, right in row)
    return [edges for edges, count in seen.items() if count >= _MANY]


def _is_at(gap: _Gap, edges: list[_Gap]) -> bool:
    return any(abs(gap[0] - left) <= 1 and abs(gap[1] - right) <= 1 for left, right in edges)


def _pieces(
    rows: list[list[Word]], gaps: list[list[_Gap]], place: int, upright: Sequence[Rule]
) -> list[Piece]:
    row = rows[place]
    pieces = [Piece([row[0]])]
    for before, after in pairwise(row):
        size = max(before.size, after.size)
        width = after.left - before.right
        gap = (before.right, after.left)
        if (
            width >= COLUMN_GAP * size
            or abs(before.base - after.base) > 0.12 * size
            or _is_ruled_apart(before, after, upright)
            or (gap in gaps[place] and _support(rows, gaps, place, gap, size) >= _SUPPORT)
        ):
            pieces.append(Piece([after]))
        else:
            pieces[-1].words.append(after)
    return pieces


def _is_ruled_apart(before: Word, after: Word, upright: Sequence[Rule]) -> bool:
    middle = before.base + 0.3 * before.size
    return any(
        before.right - 1.5 <= rule.left
        and rule.right <= after.left + 1.5
        and rule.low <= middle <= rule.high
        for rule in upright
    )


def _support(
    rows: list[list[Word]], gaps: list[list[_Gap]], place: int, gap: _Gap, size: float
) -> int:
    """Return how many rows one after another have a gap at one place."""
    found = 1
    for step in (-1, 1):
        free = gap
        at = place + step
        while 0 <= at < len(rows) and found < _SUPPORT:
            wider = _free_at(rows[at], gaps[at], free)
            if wider is None or wider[1] - wider[0] < _NARROW_GAP * size:
                break
            if abs(rows[at][0].base - rows[at - step][0].base) > 4 * size:
                break
            both = rows[at][0].right <= free[0] + 0.1 and rows[at][-1].left >= free[1] - 0.1
            found += both
            free = wider
            at += step
    return found


def _free_at(row: list[Word], gaps: list[_Gap], free: _Gap) -> _Gap | None:
    """Return the part of a gap that a row leaves free, or None."""
    if row[-1].right <= free[0] or row[0].left >= free[1]:
        return free
    for left, right in gaps:
        if left < free[1] and right > free[0]:
            return max(left, free[0]), min(right, free[1])
    if row[0].left > free[0] and row[0].left < free[1]:
        return free[0], row[0].left
    if row[-1].right > free[0] and row[-1].right < free[1]:
        return row[-1].right, free[1]
    return None
