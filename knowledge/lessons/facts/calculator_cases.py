"""Sums: a case for a formula, drawn by chance: what is given, and in which unit it is told.

    formula + chance -> values within their ranges -> told in the formula's unit or in another

A value told in another unit is turned by the equation of its conversion, so that what the formula
gets is what that equation gives. This file knows nothing of words.
"""

import random
from dataclasses import dataclass, field

from knowledge.calculators import arithmetic
from knowledge.calculators.calls import MISSING, Calculation, Equation, conversion_equation
from knowledge.calculators.formulas.formula import Formula, Input, Limit
from knowledge.records import Language

_DRAWS = 60
_RARE = 0.35
"""The chance that a finding is there: with all at a half, scores would all be high."""


_USUAL = {
    **{"anion-gap": (2, 40), "albumin-corrected-gap": (2, 44), "delta-ratio": (0.1, 4)},
    **{"osmolal-gap": (-6, 80), "aa-gradient": (1, 340), "bicarbonate-gas": (6, 48)},
    **{"ldl-friedewald": (25, 240), "maddrey": (2, 110), "cockcroft-gault": (6, 180)},
    **{"fena": (0.06, 12), "feurea": (8, 80), "urea-creatinine": (5, 48), "homa-ir": (0.4, 16)},
    **{"albumin-globulin": (0.5, 2.4), "transferrin-saturation": (4, 78), "pf-ratio": (45, 500)},
    **{"shock-index": (0.3, 1.7), "waist-height": (0.36, 0.76), "schwartz": (8, 170)},
    **{"corrected-calcium": (6.6, 14.2), "saag": (0.2, 3.4), "ganzoni": (400, 2600)},
}
"""The results that patients have, by formula: other values would make no case."""

_ANY = (0.05, 5000)

_FATTEST, _THINNEST = 48, 15
"""The BMI of a body whose weight and height are both drawn lies between these."""


@dataclass(frozen=True, slots=True)
class Case:
    """What is given to a formula. `told` is a number and the unit in which it was told.

    `turned` are the equations of the values that were told in other units.
    """

    formula: Formula
    given: dict[str, str]
    told: dict[str, tuple[str, str]]
    turned: dict[str, Equation] = field(default_factory=dict)

    @property
    def call(self) -> Calculation:
        """Return the call with all that is given."""
        return Calculation(self.formula, self.given)

    def without(self, key: str) -> Calculation:
        """Return the call in which one input is missing."""
        return Calculation(self.formula, {**self.given, key: MISSING})

    def age(self) -> int | None:
        """Return the age in years where it is an input."""
        return int(float(self.given["age"])) if "age" in self.given else None


def draw(
    formula: Formula, language: Language, pick: random.Random, *, other: bool = False
) -> Case | None:
    """Return a case to which the formula applies; with `other` one value is in another unit."""
    for _ in range(_DRAWS):
        case = _drawn(formula, language, pick, None, other)
        if formula.limit(case.given) is None and _sane(case):
            return case
    return None


def beyond(formula: Formula, limit: Limit, language: Language, pick: random.Random) -> Case | None:
    """Return a case to which the formula does not apply for a certain reason."""
    for _ in range(_DRAWS):
        case = _drawn(formula, language, pick, limit, False)
        if formula.limit(case.given) == limit:
            return case
    return None


def changed(case: Case, pick: random.Random) -> tuple[Case, str] | None:
    """Return a case with one number changed, and which one; None where the formula has none."""
    formula = case.formula
    numbers = [
        each
        for each in formula.inputs
        if not each.choices and each.key != "age" and each.key not in case.turned
    ]
    for _ in range(_DRAWS if numbers else 0):
        one = pick.choice(numbers)
        number = _number(one, pick, one.low, one.high)
        given = {**case.given, one.key: number}
        new = Case(formula, given, {**case.told, one.key: (number, one.unit)}, case.turned)
        plain = formula.limit(given) is None and _sane(new)
        if plain and number not in case.given.values() and new.call != case.call:
            return new, one.key
    return None


def turns(formula: Formula) -> list[Input]:
    """Return the inputs that may be told in another unit."""
    return [each for each in formula.inputs if each.others]


def _drawn(
    formula: Formula, language: Language, pick: random.Random, limit: Limit | None, other: bool
) -> Case:
    given: dict[str, str] = {}
    told: dict[str, tuple[str, str]] = {}
    equations: dict[str, Equation] = {}
    apart = pick.choice(turns(formula)).key if other else ""
    for one in formula.inputs:
        if one.choices:
            given[one.key] = _choice(one, pick)
            continue
        low, high = (limit.values if limit else {}).get(one.key, (one.low, one.high))
        number, unit = _number(one, pick, low, high), one.unit
        if one.key == apart:
            kind = pick.choice(one.others)
            number, unit = _back(kind.turn, number, kind.step), kind.unit
            equations[one.key] = conversion_equation(one, number, unit, language)
        told[one.key] = number, unit
        given[one.key] = equations[one.key].answer(language) if one.key in equations else number
    return Case(formula, given, told, equations)


def _choice(one: Input, pick: random.Random) -> str:
    if one.is_finding:
        return "yes" if pick.random() < _RARE else "no"
    return pick.choice(one.choices).key


def _number(one: Input, pick: random.Random, low: float, high: float) -> str:
    return arithmetic.round_half_up(low + pick.random() * (high - low), one.places)


def _back(turn: str, number: str, step: int) -> str:
    """Return about the number of which a conversion, which is a line, makes this one."""
    begin = arithmetic.evaluate(turn, {"x": 0.0})
    slope = arithmetic.evaluate(turn, {"x": 1.0}) - begin
    return arithmetic.round_half_up((float(number) - begin) / slope, step)


def _sane(case: Case) -> bool:
    """Say whether a body has these values, and the result could be one."""
    given = case.given
    if "sbp" in given and "dbp" in given and float(given["sbp"]) - float(given["dbp"]) < 18:
        return False
    if "weight" in given and "height" in given:
        metres = float(given["height"]) / (1 if case.formula.input("height").unit == "m" else 100)
        if not _THINNEST < float(given["weight"]) / metres**2 < _FATTEST:
            return False
    if "wanted" in given and float(given["wanted"]) - float(given["hb"]) < 2:
        return False
    try:
        exact = case.formula.exact(given)
    except ValueError:
        return False
    low, high = _USUAL.get(case.formula.id, _ANY)
    return bool(case.formula.terms) or low < exact < high
