"""Draw the rounds of a recipe side by side as SVG: loss, learning rate, scores before and after.

    rounds -> one panel each, on the same scale of loss -> a picture, or panels for a page

Colours follow the reader's light or dark setting; nothing is loaded from elsewhere.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from xml.sax.saxutils import escape, quoteattr

from finetune.cards.round_record import RoundRecord, Step, numbers
from finetune.scoring.measure_names import SHARES, name_of

FILE = "curves.svg"
"""The picture in a round's folder."""

WIDTH = 320
_LEFT, _RIGHT = 44, 14
_LOSS, _RATE, _SCORES = (50, 130), (212, 38), 286
"""Top and height of the plots, and where the scores begin."""

_ROW, _NAMED, _VALUE = 18, 152, 52
_LETTERS = 25
"""Letters of a measure's name that fit before its row."""

_GAP = 16
_SMOOTHED = 20
"""The line of the loss is a running mean over a twentieth of the steps."""

_LIGHT = {"paper": "#ffffff", "ink": "#1d2329", "dim": "#5d6873", "line": "#d9dee3"}
_LIGHT |= {"one": "#2f66b0", "two": "#c2570c"}
_DARK = {"paper": "#14181c", "ink": "#e4e8ec", "dim": "#9aa5b0", "line": "#353d45"}
_DARK |= {"one": "#7fb0f0", "two": "#f0a15f"}


def style() -> str:
    """Return the style sheet of panels, for light and for dark."""
    return (
        ".curve text{font:12px system-ui,sans-serif}.curve .title{font-size:14px;font-weight:600}"
        ".curve .raw{opacity:.35}.curve .mean,.curve .bar{stroke-width:2}"
        f"{_rules(_LIGHT)}@media (prefers-color-scheme:dark){{{_rules(_DARK)}}}"
    )


def panels(rounds: Sequence[RoundRecord]) -> list[str]:
    """Return one SVG for each round; they need `style` beside them."""
    scale = _scale(rounds)
    measures = _measures(rounds)
    return [_panel(one, scale, measures) for one in rounds]


def picture(title: str, rounds: Sequence[RoundRecord], columns: int = 4) -> str:
    """Return one SVG with all rounds, so many of them in a row."""
    drawn = panels(rounds)
    across = min(max(len(drawn), 1), columns)
    height = _height(_measures(rounds))
    width = across * (WIDTH + _GAP) + _GAP
    whole = 40 + math.ceil(len(drawn) / across) * (height + _GAP) if drawn else 60
    placed = [
        one.replace(
            "<svg ",
            f'<svg x="{_GAP + place % across * (WIDTH + _GAP)}" '
            f'y="{40 + place // across * (height + _GAP)}" ',
            1,
        )
        for place, one in enumerate(drawn)
    ]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" class="curve" viewBox="0 0 {width} {whole}" '
            f'width="{width}" height="{whole}" role="img">',
            f"<title>{escape(title)}</title><style>{style()}</style>",
            f'<rect class="paper" width="{width}" height="{whole}"/>',
            f'<text class="title" x="{_GAP}" y="26">{escape(title)}</text>',
            *placed,
            "</svg>\n",
        ]
    )


def _rules(colours: Mapping[str, str]) -> str:
    one, two, dim, line = (colours[key] for key in ("one", "two", "dim", "line"))
    return (
        f".curve text{{fill:{colours['ink']}}}.curve text.dim{{fill:{dim}}}"
        f".curve .paper{{fill:{colours['paper']}}}.curve .grid{{stroke:{line}}}"
        f".curve .raw,.curve .mean{{fill:none;stroke:{one}}}.curve .rate{{fill:none;stroke:{dim}}}"
        f".curve .before{{fill:{colours['paper']};stroke:{dim}}}"
        f".curve .after{{fill:{two};stroke:{two}}}"
        f".curve .paid{{fill:none;stroke:{two};stroke-dasharray:4 3}}"
    )


def _panel(one: RoundRecord, scale: tuple[float, float], measures: Sequence[str]) -> str:
    height = _height(measures)
    steps = one.steps
    told = f"{one.text('objective')}, {len(steps) and steps[-1].step} steps"
    if one.reward:
        told = f"{told}; dashed: {_cut(name_of(one.reward))}, 0 to 1"
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="curve" viewBox="0 0 {WIDTH} {height}" '
        f'width="{WIDTH}" height="{height}" role="img" aria-label={quoteattr(one.name)}>',
        _text(0, 16, one.name, kind="title"),
        _text(0, 33, told, kind="dim"),
        *_loss(one, scale),
        *_rate(steps),
        *_scores(one, measures),
        "</svg>",
    ]
    return "\n".join(lines)


def _loss(one: RoundRecord, scale: tuple[float, float]) -> Iterator[str]:
    top, tall = _LOSS
    low, high = scale

    def y(loss: float) -> float:
        return top + tall * (high - min(max(loss, low), high)) / (high - low)

    for tick in _ticks(low, high):
        yield _line("grid", _LEFT, y(tick), WIDTH - _RIGHT, y(tick))
        yield _text(_LEFT - 6, y(tick) + 4, f"{tick:g}", kind="dim", anchor="end")
    steps = one.steps
    last = steps[-1].step if steps else 1
    if steps:
        yield _path("raw", [(_x(each.step, last), y(each.loss)) for each in steps])
        means = _running_mean([each.loss for each in steps])
        points = zip(steps, means, strict=True)
        yield _path("mean", [(_x(each.step, last), y(mean)) for each, mean in points])
    yield from _reward(steps)
    for kind, step in (("before", 0), ("after", last)):
        found = _interval(one.mapping("scores", kind), "nll")
        if found:
            value, below, above = found
            x = _x(step, last)
            yield _line(f"{kind} bar", x, y(below), x, y(above))
            yield f'<circle class="{kind}" cx="{x:.1f}" cy="{y(value):.1f}" r="4"/>'
    bottom = top + tall
    yield _text(_LEFT, bottom + 16, "0", kind="dim", anchor="middle")
    yield _text(WIDTH - _RIGHT, bottom + 16, f"step {last}", kind="dim", anchor="end")
    yield _text(_LEFT + 14, bottom + 16, "loss; points: held-out", kind="dim")


def _reward(steps: Sequence[Step]) -> Iterator[str]:
    """Draw the mean reward of answers from 0 at the bottom to 1, where answers were rewarded."""
    top, tall = _LOSS
    paid = [(each.step, each.reward) for each in steps if each.reward is not None]
    if paid:
        means = _running_mean([reward for _, reward in paid])
        last = steps[-1].step
        points = zip(paid, means, strict=True)
        yield _path(
            "paid",
            [
                (_x(step, last), top + tall * (1 - min(max(mean, 0), 1)))
                for (step, _), mean in points
            ],
        )


def _rate(steps: Sequence[Step]) -> Iterator[str]:
    top, tall = _RATE
    most = max((one.rate for one in steps), default=0.0)
    yield _line("grid", _LEFT, top + tall, WIDTH - _RIGHT, top + tall)
    if not most:
        return
    last = steps[-1].step
    points = [(_x(one.step, last), top + tall * (1 - one.rate / most)) for one in steps]
    yield _path("rate", points)
    yield _text(_LEFT + 14, top + tall + 15, f"learning rate, at most {most:.3g}", kind="dim")


def _scores(one: RoundRecord, measures: Sequence[str]) -> Iterator[str]:
    left, right = _NAMED, WIDTH - _VALUE
    bottom = _SCORES + _ROW * len(measures)
    if not measures:
        return
    for part in (0, 0.5, 1):
        x = left + (right - left) * part
        yield _line("grid", x, _SCORES - 6, x, bottom - 4)
        yield _text(x, bottom + 10, f"{part:.0%}", kind="dim", anchor="middle")
    for place, measure in enumerate(measures):
        y = _SCORES + _ROW * place + 5
        yield _text(0, y + 4, _cut(name_of(measure)))
        for kind, shift in (("before", -3), ("after", 3)):
            found = _interval(one.mapping("scores", kind), measure)
            if not found:
                continue
            value, low, high = (left + (right - left) * min(max(each, 0), 1) for each in found)
            yield _line(f"{kind} bar", low, y + shift, high, y + shift)
            yield f'<circle class="{kind}" cx="{value:.1f}" cy="{y + shift}" r="3.5"/>'
        now = _interval(one.mapping("scores", "after"), measure)
        yield _text(WIDTH, y + 4, f"{now[0]:.0%}" if now else "–", anchor="end")
    legend = bottom + 27
    yield f'<circle class="before" cx="{left - 2}" cy="{legend - 4}" r="3.5"/>'
    yield _text(left + 8, legend, "before", kind="dim")
    yield f'<circle class="after" cx="{left + 60}" cy="{legend - 4}" r="3.5"/>'
    yield _text(left + 70, legend, "after, 95 %", kind="dim")


def _measures(rounds: Sequence[RoundRecord]) -> list[str]:
    """Return the shares that any of the rounds has, an objective's own first."""
    sides = [one.mapping("scores", kind) for one in rounds for kind in ("before", "after")]
    own = {name for one in rounds for name in one.mapping("scores", "after", "own")}
    found = []
    for measure in (*sorted(own), *SHARES):
        values = [each for side in sides if (each := _interval(side, measure))]
        if values and (measure in SHARES or all(0 <= one <= 1 for each in values for one in each)):
            found.append(measure)
    return found


def _interval(scores: Mapping[str, object], measure: str) -> tuple[float, float, float] | None:
    found = numbers([scores.get(measure), *(numbers(scores.get(f"{measure}_interval")) or ())], 3)
    return (found[0], found[1], found[2]) if found and all(map(math.isfinite, found)) else None


def _scale(rounds: Sequence[RoundRecord]) -> tuple[float, float]:
    """Return the lowest and the highest loss that any panel shows."""
    found = [each.loss for one in rounds for each in one.steps if math.isfinite(each.loss)]
    for one in rounds:
        for kind in ("before", "after"):
            found += _interval(one.mapping("scores", kind), "nll") or ()
    if not found:
        return 0.0, 1.0
    low, high = min(found), max(found)
    room = (high - low or 1.0) * 0.05
    return min(low, max(low - room, 0.0)), high + room


def _running_mean(values: Sequence[float]) -> list[float]:
    wide = max(len(values) // _SMOOTHED, 1)
    found = []
    for place in range(len(values)):
        near = values[max(place - wide, 0) : place + wide + 1]
        found.append(sum(near) / len(near))
    return found


def _ticks(low: float, high: float) -> list[float]:
    """Return about four round numbers between two."""
    rough = (high - low) / 4
    size = 10 ** math.floor(math.log10(rough))
    step = next(each * size for each in (1, 2, 5, 10) if each * size >= rough)
    first = math.ceil(low / step)
    return [round(each * step, 10) for each in range(first, math.floor(high / step) + 1)]


def _height(measures: Sequence[str]) -> int:
    return _SCORES + _ROW * len(measures) + 36 if measures else _SCORES


def _x(step: int, last: int) -> float:
    return _LEFT + (WIDTH - _RIGHT - _LEFT) * step / max(last, 1)


def _line(kind: str, x: float, y: float, to: float, down: float) -> str:
    return f'<line class="{kind}" x1="{x:.1f}" y1="{y:.1f}" x2="{to:.1f}" y2="{down:.1f}"/>'


def _path(kind: str, points: Sequence[tuple[float, float]]) -> str:
    whole = [(x, y) for x, y in points if math.isfinite(y)]
    return f'<polyline class="{kind}" points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in whole)}"/>'


def _cut(name: str) -> str:
    """Return a name that fits before a row; a longer one keeps its beginning and its end."""
    return name if len(name) <= _LETTERS else f"{name[: _LETTERS - 12]}…{name[-11:]}"


def _text(x: float, y: float, text: str, *, kind: str = "", anchor: str = "start") -> str:
    named = f' class="{kind}"' if kind else ""
    return f'<text{named} x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}">{escape(text)}</text>'
