"""Draw how many rows each style has in each language, as an SVG picture.

counts of rows -> one bar for each style, a part for each language
"""

from collections.abc import Iterator
from xml.sax.saxutils import escape

from knowledge.datasets.row_counts import RowCounts, in_order

_COLOURS = {"en": "#3b6fb6", "zh": "#e0912f"}
_NAMES = {"en": "English", "zh": "Chinese"}
_WIDTH, _LEFT, _RIGHT, _BAR, _STEP, _TOP = 760, 150, 90, 18, 28, 64
_GAP, _READABLE = 2, 34
"""The white line between the parts of a bar, and how wide a part with a number in it must be."""


def draw(counts: RowCounts) -> str:
    """Return the picture; bars are in the order of their size."""
    height = _TOP + _STEP * len(counts.styles) + 12
    return "\n".join(_lines(counts, height)) + "\n"


def _lines(counts: RowCounts, height: int) -> Iterator[str]:
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" '
        f'width="{_WIDTH}" height="{height}" role="img" font-family="sans-serif" font-size="13">'
    )
    title = "Rows by style and language"
    yield f"<title>{title}</title>"
    yield f'<rect width="{_WIDTH}" height="{height}" fill="#ffffff"/>'
    yield f'<text x="{_LEFT}" y="20" font-size="15" fill="#222222">{title}</text>'
    languages = [each for each in _COLOURS if each in counts.languages]
    for place, language in enumerate(languages):
        x = _LEFT + 130 * place
        yield f'<rect x="{x}" y="34" width="14" height="14" fill="{_COLOURS[language]}"/>'
        told = f"{_NAMES[language]} {counts.languages[language]:,}"
        yield f'<text x="{x + 20}" y="46" fill="#222222">{told}</text>'
    most = max(counts.styles.values(), default=1)
    for place, (style, total) in enumerate(in_order(counts.styles).items()):
        yield from _bar(counts, style, total, most, _TOP + _STEP * place)
    yield "</svg>"


def _bar(counts: RowCounts, style: str, total: int, most: int, y: int) -> Iterator[str]:
    yield (
        f'<text x="{_LEFT - 10}" y="{y + 14}" text-anchor="end" fill="#222222">'
        f"{escape(style)}</text>"
    )
    x = float(_LEFT)
    for language, colour in _COLOURS.items():
        count = counts.cells.get((style, language), 0)
        width = (_WIDTH - _LEFT - _RIGHT) * count / most
        drawn = max(width - _GAP, 1.0)
        if width:
            yield (
                f'<rect x="{x:.1f}" y="{y}" width="{drawn:.1f}" height="{_BAR}" fill="{colour}"/>'
            )
        if width >= _READABLE and count < total:
            yield (
                f'<text x="{x + drawn / 2:.1f}" y="{y + 13}" text-anchor="middle" font-size="11" '
                f'fill="#ffffff">{count:,}</text>'
            )
        x += width
    yield f'<text x="{x + 8:.1f}" y="{y + 14}" fill="#222222">{total:,}</text>'
