"""Put the lines of one column of a PDF page together as paragraphs.

pieces of a column -> lines -> paragraphs, by steps, sizes, indents and marks of lists
"""

import re
from dataclasses import dataclass
from itertools import pairwise

from knowledge.ingest.sources.literature.pdf.pdf_gutters import CAPTION, ENDED
from knowledge.ingest.sources.literature.pdf.pdf_lines import Piece

ITEM = re.compile(r"(?:[•▪●○◦■□➢✓]|[–—-]\s|\(?(?:\d{1,2}|[a-z])[.)]\s)")
"""What an item of a list begins with."""

_CHINESE = re.compile("[\u3400-\u9fff]")


@dataclass(slots=True)
class Paragraph:
    """A paragraph: its lines, parted by line ends, and the size of its letters."""

    text: str
    size: float
    top: float = 0.0
    bottom: float = 0.0
    left: float = 0.0


def goes_on(before: str, after: str) -> bool:
    """Say whether a text that was parted goes on in another.

    >>> goes_on("It must not be given", "to patients"), goes_on("It ended.", "to patients")
    (True, False)
    """
    start = after[:1]
    if ENDED.search(before) or ITEM.match(after):
        return False
    if _CHINESE.match(start) and len(before.rpartition("\n")[2]) >= 12:
        return bool(_CHINESE.match(before[-1:]) or before.endswith(("，", "、")))
    return start.islower() or before.endswith(("-", ",", "，", "、"))


def build_paragraphs(pieces: list[Piece]) -> list[Paragraph]:
    """Return the lines of a column as paragraphs."""
    lines = _lines(pieces)
    if not lines:
        return []
    left = min(line.left for line in lines)
    right = max(line.right for line in lines)
    steps = sorted(above.base - line.base for above, line in pairwise(lines))
    usual = steps[(len(steps) - 1) // 2] if steps else 0.0
    out: list[Paragraph] = []
    above: Piece | None = None
    for line in lines:
        text = line.text
        if above is None or _begins(above, line, text, (left, right, usual)):
            out.append(Paragraph(text, line.size, line.base + line.size, line.base, line.left))
        else:
            out[-1].text += f"\n{text}"
            out[-1].bottom = line.base
        above = line
    return out


def _lines(pieces: list[Piece]) -> list[Piece]:
    """Return the pieces of a column joined to lines; here a gap is no more than a wide space."""
    lines: list[Piece] = []
    for piece in sorted(pieces, key=lambda each: (-each.base, each.left)):
        last = lines[-1] if lines else None
        if last is not None and abs(last.base - piece.base) < 0.12 * piece.size:
            words = [*last.words, *piece.words]
            lines[-1] = Piece(sorted(words, key=lambda word: word.left))
        else:
            lines.append(piece)
    return lines


def _begins(above: Piece, line: Piece, text: str, column: tuple[float, float, float]) -> bool:
    """Say whether a line begins a paragraph."""
    left, right, usual = column
    size = line.size
    step = above.base - line.base
    ended = ENDED.search(above.text)
    if step > max(1.35 * usual, 1.05 * size) and step > 1.3 * size:
        return True
    if abs(above.size - size) > 0.08 * size and len(text) > 3 and len(above.text) > 3:
        return True
    if above.bold != line.bold and not text[:1].islower():
        return True
    if CAPTION.match(text) and (ended or CAPTION.match(above.text)):
        return True
    if ITEM.match(text) and (ended or ITEM.match(above.text)):
        return True
    if ended and line.left > above.left + 0.8 * size and line.left > left + 0.8 * size:
        return True
    return bool(ended) and above.right - left < 0.8 * (right - left)
