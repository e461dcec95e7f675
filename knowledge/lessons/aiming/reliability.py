"""Turn scores of statements into probabilities, and say how far these can be relied upon.

    scores of true and corrupted objects -> temperature -> probability of each
                                         -> share of facts known, calibration error, curve

A base that is right in so many of a hundred cases as it is sure of has no calibration error.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import exp, log, sqrt

BINS = 10
_COOLEST, _STEP, _STEPS = 0.25, 1.1, 64
_Z = 1.96
KNOWN_FROM = 0.5
"""A fact is known where the true object wins against all corrupted ones together."""

Scores = Sequence[float]
"""The score of the true object, then those of the corrupted ones."""

Sureness = tuple[float, bool]
"""How sure a base is of the object that it holds for the likeliest, and whether that is true."""


@dataclass(frozen=True, slots=True)
class Bin:
    """Facts of which a base is about equally sure: how sure, and how often rightly."""

    sure: float
    right: float
    facts: int


@dataclass(frozen=True, slots=True)
class Reliability:
    """What a base knows of some facts: how many, with a 95 % interval, and its calibration.

    `right` is the share of facts whose true object is the likeliest, by however little.
    """

    facts: int
    known: int
    low: float
    high: float
    right: float
    calibration_error: float
    curve: tuple[Bin, ...]

    @property
    def share(self) -> float:
        """Return the share of facts that are known."""
        return self.known / self.facts if self.facts else 0.0


def fit_temperature(every: Iterable[Scores]) -> float:
    """Return the divisor of scores with which their probabilities lose least.

    Scores that tell nothing are divided by much, so that no object is likelier than another.
    """
    known = list(every)
    tried = [_COOLEST * _STEP**step for step in range(_STEPS)]
    return min(tried, key=lambda each: _loss(known, each)) if known else 1.0


def _loss(every: Sequence[Scores], temperature: float) -> float:
    return -sum(log(max(probabilities(scores, temperature)[0], 1e-12)) for scores in every)


def probabilities(scores: Scores, temperature: float) -> list[float]:
    """Return the probability of each object.

    >>> [round(each, 2) for each in probabilities([3.0, 1.0, 1.0], 2.0)]
    [0.58, 0.21, 0.21]
    """
    most = max(scores)
    shares = [exp((each - most) / temperature) for each in scores]
    total = sum(shares)
    return [each / total for each in shares]


def is_known(chances: Sequence[float]) -> bool:
    """Say whether the first of some objects wins against all others together."""
    return chances[0] >= KNOWN_FROM


def measure(every: Sequence[Sequence[float]]) -> Reliability:
    """Return how far probabilities can be relied upon."""
    sure = [(max(chances), chances[0] == max(chances)) for chances in every]
    known = sum(map(is_known, every))
    low, high = interval(known, len(every))
    curve = tuple(_curve(sure))
    error = sum(each.facts * abs(each.sure - each.right) for each in curve)
    right = sum(found for _, found in sure)
    count = max(len(every), 1)
    return Reliability(len(every), known, low, high, right / count, error / count, curve)


def _curve(every: Sequence[Sureness]) -> Iterable[Bin]:
    for place in range(BINS):
        inside = [each for each in every if min(int(each[0] * BINS), BINS - 1) == place]
        if inside:
            count = len(inside)
            sure = sum(each for each, _ in inside) / count
            yield Bin(sure, sum(found for _, found in inside) / count, count)


def interval(found: int, of: int) -> tuple[float, float]:
    """Return the 95 % interval of a share, by Wilson.

    >>> [round(each, 3) for each in interval(8, 10)]
    [0.49, 0.943]
    """
    if not of:
        return 0.0, 1.0
    share, square = found / of, _Z**2 / of
    middle = (share + square / 2) / (1 + square)
    half = _Z * sqrt(share * (1 - share) / of + square / (4 * of)) / (1 + square)
    return max(0.0, middle - half), min(1.0, middle + half)
