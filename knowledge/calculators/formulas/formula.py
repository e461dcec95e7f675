"""Define what a formula is, and compute what it gives for some inputs.

    inputs by their keys -> limits -> steps -> result, rounded -> the band that it falls in

A formula is data: names, inputs, an expression in the grammar of `arithmetic`, and what is known of
its result. Figures stand as texts, as they were written, so that they are rounded once.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from knowledge.calculators import arithmetic
from knowledge.calculators.arithmetic import Value
from knowledge.records import Language

Given = Mapping[str, str]
"""What was given: a number as written, or the key of a choice, by the key of its input."""


@dataclass(frozen=True, slots=True)
class Other:
    """Another unit of an input: `turn` is the expression that makes the input's own unit of `x`.

    `places` are the decimals of the turned number, `low`, `high` and `step` how such values look.
    """

    unit: str
    turn: str
    places: int
    step: int = 0


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several answers, its key as expressions name it. `points` stand for scores' items."""

    key: str
    en: tuple[str, ...]
    zh: tuple[str, ...]

    def names(self, language: Language) -> tuple[str, ...]:
        """Return how it is said, the short name that stands in a call first."""
        return self.en if language == "en" else self.zh


@dataclass(frozen=True, slots=True)
class Input:
    """What a formula needs: its names (that of a call first), its unit, a plausible range.

    A number has `low`, `high` and `places`, the decimals with which it is given; anything else has
    `choices`. A finding that is there or not has the choices `yes` and `no`.
    """

    key: str
    en: tuple[str, ...]
    zh: tuple[str, ...]
    unit: str = ""
    low: float = 0
    high: float = 0
    places: int = 0
    others: tuple[Other, ...] = ()
    choices: tuple[Choice, ...] = ()

    def names(self, language: Language) -> tuple[str, ...]:
        """Return what it is called, the name that stands in a call first."""
        return self.en if language == "en" else self.zh

    @property
    def is_finding(self) -> bool:
        """Say whether it is there or not."""
        return self.choices == YES_NO


YES_NO = (Choice("yes", ("yes",), ("是",)), Choice("no", ("no",), ("否",)))


@dataclass(frozen=True, slots=True)
class Band:
    """What results below a limit mean, where no band before holds; the last one has no limit.

    With `reaches` the limit itself belongs to the band.
    """

    below: float | None
    en: str
    zh: str
    reaches: bool = False

    def label(self, language: Language) -> str:
        """Return what it is called."""
        return self.en if language == "en" else self.zh


@dataclass(frozen=True, slots=True)
class Limit:
    """When a formula does not apply: a condition on the inputs, why, and what to do instead."""

    when: str
    en: str
    zh: str
    instead_en: str
    instead_zh: str
    values: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    """Ranges of inputs for which the condition holds, to write such cases."""

    def why(self, language: Language) -> str:
        """Return why the formula does not apply."""
        return self.en if language == "en" else self.zh

    def instead(self, language: Language) -> str:
        """Return what is to be done instead."""
        return self.instead_en if language == "en" else self.instead_zh


@dataclass(frozen=True, slots=True)
class ScoreTerm:
    """One item of a score: the expression of its points, and what it is called in a list."""

    points: str
    en: str
    zh: str

    def label(self, language: Language) -> str:
        """Return what it is called."""
        return self.en if language == "en" else self.zh


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula: `en` and `zh` are its names, that of a call first.

    `steps` are values made on the way, in order; `terms` the items of a score, whose sum it is in
    place of an expression. `source` is the publication as it is commonly cited, or nothing.
    """

    id: str
    en: tuple[str, ...]
    zh: tuple[str, ...]
    inputs: tuple[Input, ...]
    expression: str = ""
    unit: str = ""
    places: int = 1
    steps: tuple[tuple[str, str], ...] = ()
    terms: tuple[ScoreTerm, ...] = ()
    bands: tuple[Band, ...] = ()
    limits: tuple[Limit, ...] = ()
    source: str = ""

    def names(self, language: Language) -> tuple[str, ...]:
        """Return what it is called, the name that stands in a call first."""
        return self.en if language == "en" else self.zh

    def input(self, key: str) -> Input:
        """Return an input by its key; KeyError where the formula has none such."""
        return next(each for each in self.inputs if each.key == key)

    def values(self, given: Given) -> dict[str, Value]:
        """Return the inputs as an expression takes them; ValueError where they do not fit."""
        if set(given) != {each.key for each in self.inputs}:
            raise ValueError("the inputs are not those of the formula")
        found: dict[str, Value] = {}
        for each in self.inputs:
            if each.choices:
                if given[each.key] not in {choice.key for choice in each.choices}:
                    raise ValueError(f"{each.key} has no choice {given[each.key]!r}")
                found[each.key] = given[each.key]
            else:
                found[each.key] = float(given[each.key])
        return found

    def limit(self, given: Given) -> Limit | None:
        """Return the first reason why the formula does not apply, or None."""
        values = self.values(given)
        return next((each for each in self.limits if arithmetic.evaluate(each.when, values)), None)

    def worked(self, given: Given) -> dict[str, Value]:
        """Return the inputs and the values made on the way."""
        values = self.values(given)
        for name, expression in self.steps:
            values[name] = arithmetic.evaluate(expression, values)
        return values

    def exact(self, given: Given) -> float:
        """Return the result before it is rounded; ValueError where there is none."""
        values = self.worked(given)
        if self.terms:
            return sum(arithmetic.evaluate(term.points, values) for term in self.terms)
        return arithmetic.evaluate(self.expression, values)

    def result(self, given: Given) -> str:
        """Return the rounded result as text; ValueError where the formula does not apply."""
        if self.limit(given):
            raise ValueError("the formula does not apply")
        return arithmetic.round_half_up(self.exact(given), self.places)

    def band(self, result: str) -> int:
        """Return the place of the band that a result falls in, or -1 where there are none."""
        for place, band in enumerate(self.bands):
            if band.below is None or float(result) < band.below:
                return place
            if band.reaches and float(result) == band.below:
                return place
        return -1
