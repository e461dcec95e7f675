"""Draw a curve in the terminal: one line while training, a small plot of bars after it.

values -> means of equal parts -> blocks from low to high
"""

import math
from collections.abc import Sequence

_BLOCKS = "▁▂▃▄▅▆▇█"
_EIGHTHS = " ▁▂▃▄▅▆▇█"


def line(values: Sequence[float], width: int = 12) -> str:
    """Return a curve as one line of blocks, the lowest value at the bottom."""
    means = _means(values, width)
    if not means:
        return ""
    low, high = min(means), max(means)
    return "".join(_BLOCKS[round(7 * _share(one, low, high))] for one in means)


def plot(values: Sequence[float], width: int = 60, height: int = 6) -> list[str]:
    """Return a curve as lines of bars, with the highest and lowest mean beside them."""
    means = _means(values, width)
    if not means:
        return []
    low, high = min(means), max(means)
    levels = [1 + round((8 * height - 1) * _share(one, low, high)) for one in means]
    sides = [f"{high:.3f}", *[""] * (height - 2), f"{low:.3f}"] if height > 1 else [f"{high:.3f}"]
    wide = max(map(len, sides))
    return [
        f"{sides[height - 1 - row]:>{wide}} "
        + "".join(_EIGHTHS[min(max(one - 8 * row, 0), 8)] for one in levels).rstrip()
        for row in reversed(range(height))
    ]


def _means(values: Sequence[float], width: int) -> list[float]:
    """Return the means of at most so many equal parts; what is no number is left out."""
    whole = [one for one in values if math.isfinite(one)]
    parts = min(width, len(whole))
    ends = [len(whole) * part // parts for part in range(parts + 1)] if parts else [0]
    return [
        sum(whole[start:end]) / (end - start) for start, end in zip(ends, ends[1:], strict=False)
    ]


def _share(value: float, low: float, high: float) -> float:
    return (value - low) / (high - low) if high > low else 0.0
