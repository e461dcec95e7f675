"""Read the rows of a PDF page that are set in a font whose signs are all of one width.

    rows of one width -> lines with their blanks -> paragraphs and tables

In such a font blanks are as wide as letters, and may be many for the sake of an even right edge:
what looks like a gap between columns is often none.
"""

from collections.abc import Iterator, Sequence

from knowledge.ingest.sources.literature.pdf.pdf_lines import STRUCK, Piece, Word

_WIDTHS = (0.6, 0.602, 0.55, 0.5)
"""Widths of a sign, in sizes of the font, of the fonts that are in use."""

_FEWEST_WORDS = 8
_LEAST_STEP = 1.7
"""Sizes of a font between two rows that belong to two blocks."""


def find_runs(rows: Sequence[list[Piece]]) -> Iterator[tuple[int, int, float]]:
    """Yield where runs of rows in a font of one width begin and end, and that width."""
    start = 0
    while start < len(rows):
        best = start
        found = 0.0
        for width in _WIDTHS:
            end = start
            while end < len(rows) and _fits(rows[end], width, rows[start][0].left):
                end += 1
            if end > best:
                best, found = end, width
        words = sum(len(piece.words) for row in rows[start:best] for piece in row)
        if best - start > 1 and words >= _FEWEST_WORDS:
            yield start, best, found
            start = best
        else:
            start += 1


def _fits(row: list[Piece], width: float, left: float) -> bool:
    """Say whether each word of a row begins at a multiple of a width, and is so wide."""
    size = row[0].size
    for piece in row:
        for word in piece.words:
            place = (word.left - left) / (width * size)
            if word.raised or abs(word.size - size) > 0.02 * size:
                return False
            if place < -0.2 or abs(place - round(place)) > 0.2:
                return False
            signs = (word.right - word.left) / (width * size)
            if (
                not word.text.replace(STRUCK, " ").isascii()
                or not -1 < len(word.text) - signs < 0.8
            ):
                return False
    return True


def lines_of(rows: Sequence[list[Piece]], width: float) -> Iterator[list[str]]:
    """Yield the rows of a run as lines of text, in blocks that stand apart."""
    left = min(piece.left for row in rows for piece in row)
    block: list[str] = []
    base = 0.0
    for row in rows:
        if block and base - row[0].base > _LEAST_STEP * row[0].size:
            yield block
            block = []
        base = row[0].base
        block.append(_line([word for piece in row for word in piece.words], left, width))
    if block:
        yield block


def _line(words: Sequence[Word], left: float, width: float) -> str:
    line = ""
    for word in words:
        place = round((word.left - left) / (width * word.size))
        line = line.ljust(place) + word.text.replace(STRUCK, " ")
    return line.rstrip()
