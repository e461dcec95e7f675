"""Draw what a base knows of the graph, as an SVG picture.

known facts -> share known by relation and kind, with intervals, and the reliability curve
"""

from collections.abc import Iterator, Mapping
from xml.sax.saxutils import escape

from knowledge.lessons.aiming.known_facts import KnownFacts
from knowledge.lessons.aiming.reliability import Reliability

_COLOURS = {"en": "#3b6fb6", "zh": "#e0912f"}
_NAMES = {"en": "English", "zh": "Chinese"}
_INK, _PALE = "#222222", "#cccccc"
_WIDTH, _LEFT, _SPAN, _STEP, _TOP = 760, 170, 440, 15, 74
_GAP, _SIDE = 44, 260


def draw(facts: KnownFacts) -> str:
    """Return the picture: a point with its interval for each group, then the curve."""
    groups = facts.groups()
    rows = list(_rows(groups))
    height = _TOP + len(rows) * _STEP + _GAP + _SIDE + 60
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" '
        f'width="{_WIDTH}" height="{height}" role="img" font-family="sans-serif" font-size="12">',
        f"<title>What {escape(facts.base)} knows of the graph</title>",
        f'<rect width="{_WIDTH}" height="{height}" fill="#ffffff"/>',
        _text(20, 22, f"Facts that {facts.base} knows, with 95 % intervals", size=15),
        *_legend(groups["language"]),
        *_scale(len(rows)),
        *(line for place, row in enumerate(rows) for line in _row(place, *row)),
        *_curve(groups["all"], groups["language"], _TOP + len(rows) * _STEP + _GAP),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _rows(groups: Mapping[str, Mapping[str, Reliability]]) -> Iterator[tuple[str, str, object]]:
    """Yield name, language and figures of each line; an empty name stands for the one before."""
    for title in ("kind", "relation"):
        parts = groups[title]
        yield (f"by {title}", "", None)
        for name in sorted({key.split(" ", 1)[1] for key in parts}):
            told = name
            for language in _COLOURS:
                if found := parts.get(f"{language} {name}"):
                    yield told, language, found
                    told = ""


def _row(place: int, name: str, language: str, found: object) -> Iterator[str]:
    y = _TOP + place * _STEP
    if not isinstance(found, Reliability):
        yield _text(_LEFT - 10, y + 4, name, anchor="end", bold=True)
        return
    yield _text(_LEFT - 10, y + 4, name.replace("_", " "), anchor="end")
    colour = _COLOURS[language]
    low, high, share = (_LEFT + _SPAN * each for each in (found.low, found.high, found.share))
    yield f'<line x1="{low:.1f}" x2="{high:.1f}" y1="{y}" y2="{y}" stroke="{colour}"/>'
    yield f'<circle cx="{share:.1f}" cy="{y}" r="4" fill="{colour}"/>'
    yield _text(_LEFT + _SPAN + 14, y + 4, f"{found.share:.0%} of {found.facts:,}")


def _legend(languages: Mapping[str, Reliability]) -> Iterator[str]:
    x = _LEFT
    for language, found in languages.items():
        yield f'<rect x="{x}" y="34" width="12" height="12" fill="{_COLOURS[language]}"/>'
        yield _text(x + 18, 45, f"{_NAMES[language]} {found.share:.0%} of {found.facts:,}")
        x += 190


def _scale(rows: int) -> Iterator[str]:
    bottom = _TOP + rows * _STEP
    for tenth in range(0, 11, 2):
        x = _LEFT + _SPAN * tenth / 10
        yield f'<line x1="{x}" x2="{x}" y1="58" y2="{bottom}" stroke="{_PALE}"/>'
        yield _text(x, bottom + 14, f"{10 * tenth} %", anchor="middle")


def _curve(
    whole: Mapping[str, Reliability], languages: Mapping[str, Reliability], top: int
) -> Iterator[str]:
    """Draw how often a base is right against how sure it is; the diagonal is without error."""
    bottom, left = top + 20 + _SIDE, _LEFT
    error = whole["all"].calibration_error if whole else 0.0
    yield _text(20, top + 6, f"Reliability (calibration error {error:.3f})", size=15)
    yield (
        f'<rect x="{left}" y="{bottom - _SIDE}" width="{_SIDE}" height="{_SIDE}" fill="none" '
        f'stroke="{_PALE}"/>'
    )
    yield (
        f'<line x1="{left}" y1="{bottom}" x2="{left + _SIDE}" y2="{bottom - _SIDE}" '
        f'stroke="{_PALE}"/>'
    )
    yield _text(left + _SIDE / 2, bottom + 16, "how sure the base is", anchor="middle")
    yield _text(left - 10, bottom - _SIDE / 2, "how often it is right", anchor="end")
    for language, found in languages.items():
        colour = _COLOURS[language]
        places = [(left + _SIDE * one.sure, bottom - _SIDE * one.right, one) for one in found.curve]
        joined = " ".join(f"{x:.1f},{y:.1f}" for x, y, _ in places)
        yield f'<polyline points="{joined}" fill="none" stroke="{colour}"/>'
        for x, y, one in places:
            size = 2 + 5 * (one.facts / found.facts) ** 0.5
            yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size:.1f}" fill="{colour}"/>'


def _text(
    x: float, y: float, text: str, *, anchor: str = "start", size: int = 12, bold: bool = False
) -> str:
    weight = ' font-weight="bold"' if bold else ""
    return (
        f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}" font-size="{size}"{weight} '
        f'fill="{_INK}">{escape(text)}</text>'
    )
