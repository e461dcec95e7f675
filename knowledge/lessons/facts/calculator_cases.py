"""Draw a case for a formula by chance: its values, and the units in which they are stated.

    formula + chance -> values within their ranges -> stated in the formula's unit or in another

A value in another unit is converted by the equation of its conversion, so that the formula gets
what that equation gives.
"""

import random
import re
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

_BEGUN = 14
"""Nobody has smoked for longer than since this age."""

_GROWN, _CHILDS_HEIGHT, _PER_YEAR, _AROUND = 16, 77, 6, 14
"""About how tall a child is in centimetres: at birth, for each year, and how far from that."""

_FRAIL, _MOST_OF_FRAIL = 80, 95
"""The weight in kilograms that people above this age seldom exceed."""

_CHANGED = (0.6, 1.7)
"""How far a value changes between two measurements of one patient, as a factor."""

_FIXED = ("age", "height")
"""What does not change between two measurements."""

_AIM = re.compile("target|wanted|goal|desired|目标|期望|理想")

_MOST_BMI, _LEAST_BMI = 48, 15
"""The BMI of a body whose weight and height are both drawn lies between these."""


@dataclass(frozen=True, slots=True)
class CalculatorCase:
    """What is given to a formula; `stated` has each number with the unit in which it is stated.

    `conversions` are the equations of the values that are stated in other units.
    """

    formula: Formula
    given: dict[str, str]
    stated: dict[str, tuple[str, str]]
    conversions: dict[str, Equation] = field(default_factory=dict)

    @property
    def call(self) -> Calculation:
        """Return the call with all that is given."""
        return Calculation(self.formula, self.given)

    def without(self, key: str) -> Calculation:
        """Return the call in which one input is missing."""
        return Calculation(self.formula, {**self.given, key: MISSING})

    def sex(self) -> str | None:
        """Return the sex where it is an input, or a finding tells it: few men take oestrogen."""
        return self.given.get("sex") or ("female" if self.given.get("hormones") == "yes" else None)

    def age(self) -> int | None:
        """Return the age in years where it is an input."""
        return int(float(self.given["age"])) if "age" in self.given else None


def _is_aim(value: Input) -> bool:
    """Say whether a value is one that somebody wants to reach, which no later test changes."""
    return any(_AIM.search(name) for name in (*value.en, *value.zh))


def least_age(case: CalculatorCase) -> int:
    """Return the age that a patient with these values must have reached."""
    return _BEGUN + int(float(case.given["years"])) if "years" in case.given else 0


def draw(
    formula: Formula, language: Language, pick: random.Random, *, other: bool = False
) -> CalculatorCase | None:
    """Return a case to which the formula applies; with `other` one value is in another unit."""
    for _ in range(_DRAWS):
        case = _drawn(formula, language, pick, None, other)
        if formula.limit(case.given) is None and _is_plausible(case):
            return case
    return None


def draw_outside(
    formula: Formula, limit: Limit, language: Language, pick: random.Random
) -> CalculatorCase | None:
    """Return a case to which the formula does not apply for a certain reason."""
    for _ in range(_DRAWS):
        case = _drawn(formula, language, pick, limit, False)
        if formula.limit(case.given) == limit:
            return case
    return None


def change_value(case: CalculatorCase, pick: random.Random) -> tuple[CalculatorCase, str] | None:
    """Return a case with one number changed, and which one; None where the formula has none."""
    formula = case.formula
    numbers = [
        each
        for each in formula.inputs
        if not each.choices
        and each.key not in _FIXED
        and each.key not in case.conversions
        and not _is_aim(each)
    ]
    for _ in range(_DRAWS if numbers else 0):
        one = pick.choice(numbers)
        number = _number(one, pick, one.low, one.high)
        given = {**case.given, one.key: number}
        new = CalculatorCase(
            formula, given, {**case.stated, one.key: (number, one.unit)}, case.conversions
        )
        plain = formula.limit(given) is None and _is_plausible(new) and _may_become(case, new, one)
        if plain and number not in case.given.values() and new.call != case.call:
            return new, one.key
    return None


def convertible_inputs(formula: Formula) -> list[Input]:
    """Return the inputs that may be stated in another unit."""
    return [each for each in formula.inputs if each.others]


def _drawn(
    formula: Formula, language: Language, pick: random.Random, limit: Limit | None, other: bool
) -> CalculatorCase:
    given: dict[str, str] = {}
    stated: dict[str, tuple[str, str]] = {}
    equations: dict[str, Equation] = {}
    converted = pick.choice(convertible_inputs(formula)).key if other else ""
    for one in formula.inputs:
        if one.choices:
            given[one.key] = _choice(one, pick)
            continue
        low, high = (limit.values if limit else {}).get(one.key, (one.low, one.high))
        number, unit = _number(one, pick, low, high), one.unit
        if one.key == converted:
            kind = pick.choice(one.others)
            number, unit = _invert_conversion(kind.turn, number, kind.step), kind.unit
            equations[one.key] = conversion_equation(one, number, unit, language)
        stated[one.key] = number, unit
        given[one.key] = equations[one.key].answer(language) if one.key in equations else number
    return CalculatorCase(formula, given, stated, equations)


def _choice(one: Input, pick: random.Random) -> str:
    if one.is_finding:
        return "yes" if pick.random() < _RARE else "no"
    return pick.choice(one.choices).key


def _number(one: Input, pick: random.Random, low: float, high: float) -> str:
    return arithmetic.round_half_up(low + pick.random() * (high - low), one.places)


def _invert_conversion(turn: str, number: str, step: int) -> str:
    """Return about the number of which a conversion, which is a line, makes this one."""
    begin = arithmetic.evaluate(turn, {"x": 0.0})
    slope = arithmetic.evaluate(turn, {"x": 1.0}) - begin
    return arithmetic.round_half_up((float(number) - begin) / slope, step)


def _may_become(case: CalculatorCase, new: CalculatorCase, one: Input) -> bool:
    """Say whether a value can have changed that far in one patient."""
    old, now = float(case.given[one.key]), float(new.given[one.key])
    low, high = _CHANGED
    return old <= 0 or low * old <= now <= high * old


def _is_plausible(case: CalculatorCase) -> bool:
    """Say whether a body has these values, and the result could be one."""
    given = case.given
    age = case.age()
    if age is not None and age < _GROWN and "height" in given:
        usual = _CHILDS_HEIGHT + _PER_YEAR * age
        if abs(float(given["height"]) - usual) > _AROUND:
            return False
    if age is not None and age >= _FRAIL and float(given.get("weight", 0)) > _MOST_OF_FRAIL:
        return False
    if "sbp" in given and "dbp" in given and float(given["sbp"]) - float(given["dbp"]) < 18:
        return False
    if "weight" in given and "height" in given:
        metres = float(given["height"]) / (1 if case.formula.input("height").unit == "m" else 100)
        if not _LEAST_BMI < float(given["weight"]) / metres**2 < _MOST_BMI:
            return False
    if "wanted" in given and float(given["wanted"]) - float(given["hb"]) < 2:
        return False
    try:
        exact = case.formula.exact(given)
    except ValueError:
        return False
    low, high = _USUAL.get(case.formula.id, _ANY)
    return bool(case.formula.terms) or low < exact < high
