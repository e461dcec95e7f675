"""Put scores side by side: before and after a round, or of several adapters, with differences.

    scores on record + scores of rows -> cells by measure and language -> a table

A difference has an interval where the scores of rows were kept: it is drawn over the rows that both
sides have.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from finetune import evaluate
from finetune.cards.round_record import numbers
from finetune.evaluate import Pair
from finetune.scoring.measure_names import NAMES, SHARES, is_known
from finetune.scoring.raw_outputs import KeptScores

Scores = Mapping[str, object]

_LEAST = 8
"""A change on fewer rows tells nothing."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A measure's value, its interval, and over how much it is; `of` is 0 where that is unknown."""

    value: float
    interval: tuple[float, float] | None = None
    of: int = 0


@dataclass(frozen=True, slots=True)
class Change:
    """By how much a measure differs, over so many rows that both sides have."""

    value: float
    interval: tuple[float, float]
    rows: int


def measures(sides: Iterable[Scores]) -> list[str]:
    """Return the measures that any side has, the known ones first."""
    found = {
        key
        for each in sides
        for part in (each, *_spoken(each).values())
        for key in part
        if f"{key}_interval" in part and part[key] is not None
    }
    return [one for one in NAMES if one in found] + sorted(found - set(NAMES))


def languages(sides: Iterable[Scores]) -> list[str]:
    """Return the languages that any side tells apart."""
    return sorted({one for each in sides for one in _spoken(each) if one})


def cell(scores: Scores, measure: str, language: str = "") -> Cell | None:
    """Return a measure of one side, over all rows or those of a language."""
    part = _spoken(scores).get(language, {}) if language else scores
    value, interval = part.get(measure), part.get(f"{measure}_interval")
    if not isinstance(value, int | float) or not math.isfinite(value):
        return None
    counted = part.get(f"{measure}_of", part.get("rows") if measure == "nll" else 0)
    both = numbers(interval)
    return Cell(
        float(value),
        (both[0], both[1]) if both else None,
        counted if isinstance(counted, int) else 0,
    )


def change(
    early: KeptScores | None, late: KeptScores | None, measure: str, language: str = ""
) -> Change | None:
    """Return the change between two kept measurements, on the rows of both."""
    if early is None or late is None:
        return None
    spoken = late.languages.get(measure, {})
    rows = [
        row
        for row in early.rows_beside(late, measure)
        if not language or spoken.get(row) == language
    ]
    was = [early.pairs[measure][row] for row in rows]
    now = [late.pairs[measure][row] for row in rows]
    found = evaluate.change_between(was, now)
    if found is None:
        return None
    return Change(found[0], found[1], sum(_counts(*both) for both in zip(was, now, strict=True)))


def told(one: Cell | None, measure: str) -> str:
    """Return a cell as text: shares in percent, other values as numbers."""
    if one is None:
        return "–"
    if measure not in SHARES:
        between = f" ({one.interval[0]:.3f}–{one.interval[1]:.3f})" if one.interval else ""
        return f"{one.value:.3f}{between}"
    low, high = (100 * each for each in one.interval) if one.interval else (math.nan, math.nan)
    between = f" ({low:.0f}–{high:.0f})" if one.interval else ""
    return f"{100 * one.value:.1f} %{between}"


def change_told(one: Change | None, measure: str) -> str:
    """Return a change as text: of shares in points of percent."""
    if one is None:
        return "–"
    low, high = one.interval
    if measure not in SHARES:
        return f"{one.value:+.3f} ({low:+.3f} to {high:+.3f})"
    return f"{100 * one.value:+.1f} ({100 * low:+.1f} to {100 * high:+.1f})"


def certain(one: Change) -> bool:
    """Say whether a change's interval excludes none at all, on enough rows to tell."""
    return one.rows >= _LEAST and (one.interval[0] > 0 or one.interval[1] < 0)


def kind_of(one: Change | None, measure: str) -> str:
    """Return `good` or `bad` where a change is certain, and which of both is known; else `dim`."""
    if one is None or not certain(one) or not is_known(measure):
        return "dim"
    better = one.value < 0 if measure == "nll" else one.value > 0  # a loss falls, all else rises
    return "good" if better else "bad"


def language_name(language: str) -> str:
    """Return the name of a language that scores tell apart."""
    return {"en": "English", "zh": "Chinese"}.get(language, language)


def _counts(was: Pair, now: Pair) -> bool:
    return bool(was[1] or now[1])


def _spoken(scores: Scores) -> Mapping[str, Scores]:
    found = scores.get("by_language")
    spoken = found if isinstance(found, Mapping) else {}
    return {key: part for key, part in spoken.items() if isinstance(part, Mapping)}


def rows_of(
    sides: Sequence[Scores],
) -> list[tuple[str, str]]:
    """Return measure and language of each row of a table; all languages together come first."""
    spoken = languages(sides)
    return [
        (measure, language)
        for measure in measures(sides)
        for language in ("", *spoken)
        if any(cell(each, measure, language) for each in sides)
    ]
