"""Take out the words of a PDF page that a line strikes out.

    glyphs, short lines -> glyphs of which those that a line crosses are marked, and their words

"Give ~~50~~ 5 mg" must not read "Give 50 5 mg". A line that goes on beside the words it crosses is
an ornament behind a heading.
"""

from bisect import bisect_left
from collections.abc import Sequence

from knowledge.ingest.sources.literature.pdf import pdf_lines
from knowledge.ingest.sources.literature.pdf.pdf_glyphs import Glyph, Rule

_LOW, _HIGH = 0.12, 0.42
"""Heights above the base line, in sizes of the font, at which a line strikes words out."""

_THICK = 0.25
_BEYOND = 0.5
"""By how much a line may go on beside the words, in sizes of the font."""


def take_struck(glyphs: Sequence[Glyph], strokes: Sequence[Rule]) -> tuple[list[Glyph], list[str]]:
    """Return glyphs with a mark in place of those that are struck out, and the words of these.

    A mark holds their place, so that what stands around it is no other column.
    """
    lines = sorted(
        (stroke for stroke in strokes if stroke.right - stroke.left > stroke.high - stroke.low),
        key=lambda stroke: stroke.low + stroke.high,
    )
    heights = [(stroke.low + stroke.high) / 2 for stroke in lines]
    crossed: dict[int, list[int]] = {}
    for place, glyph in enumerate(glyphs) if lines else ():
        start = bisect_left(heights, glyph.base + _LOW * glyph.size)
        end = bisect_left(heights, glyph.base + _HIGH * glyph.size)
        for number in range(start, end):
            line = lines[number]
            if line.high - line.low < _THICK * glyph.size and _covers(line, glyph):
                crossed.setdefault(number, []).append(place)
    gone: set[int] = set()
    words: list[str] = []
    for number, places in crossed.items():
        line, size = lines[number], glyphs[places[0]].size
        left = min(glyphs[place].left for place in places)
        right = max(glyphs[place].right for place in places)
        new = [place for place in places if place not in gone]
        if new and left - line.left < _BEYOND * size and line.right - right < _BEYOND * size:
            gone.update(new)
            said = "".join(" " * glyphs[place].space + glyphs[place].text for place in new)
            words.append(said.strip())
    kept = [
        glyph._replace(text=pdf_lines.STRUCK) if place in gone else glyph
        for place, glyph in enumerate(glyphs)
    ]
    return kept, words


def _covers(line: Rule, glyph: Glyph) -> bool:
    reach = 0.15 * glyph.size
    return line.left - reach <= glyph.left and glyph.right <= line.right + reach
