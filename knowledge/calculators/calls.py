"""Write, parse and answer the calls of calculators, in one fixed grammar.

    calculate("BMI", weight=70 kg, height=1.75 m)   -> 22.9 kg/m²
    equation("serum creatinine", "106 / 88.4", 2)   -> 1.20

A calculator is asked by the name of a formula, with every input once, in its own unit; an equation
by what it stands for, an expression of numbers, and the decimals of its result. A fact is a call
with its result behind an equals sign; `?` stands for what is missing. Names, units and choices are
those of the row's language.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from knowledge.calculators import arithmetic
from knowledge.calculators.formulas import formula_registry
from knowledge.calculators.formulas.formula import Formula, Given, Input
from knowledge.records import Language
from knowledge.text import units

RESULT: dict[Language, str] = {"en": "RESULT: ", "zh": "计算结果："}
"""What begins the message that brings a result."""

MISSING = "?"
_BEYOND: dict[Language, str] = {"en": "not applicable", "zh": "不适用"}

_CALCULATE = re.compile(r'calculate\("([^"\n]+)", ([^"\n]+)\)')
_EQUATION = re.compile(r'equation\("([^"\n]+)", "([\w .,+*/^()-]+)", (\d)\)')
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_NUMBERS_ONLY = re.compile(r"(?:\d+(?:\.\d+)?|min|max|ln|sqrt|round|[ ,+*/^()-])+")


@dataclass(frozen=True, slots=True)
class Calculation:
    """A call of a formula; an input that is not known is `MISSING`."""

    formula: Formula
    given: Given

    @property
    def missing(self) -> tuple[Input, ...]:
        """Return the inputs that are not known."""
        return tuple(each for each in self.formula.inputs if self.given[each.key] == MISSING)

    def text(self, language: Language) -> str:
        """Return the call as it is written."""
        parts = (
            f"{each.names(language)[0]}={_said(each, self.given[each.key], language)}"
            for each in self.formula.inputs
        )
        return f'calculate("{self.formula.names(language)[0]}", {", ".join(parts)})'

    def answer(self, language: Language) -> str:
        """Return what the call gives, with its unit; `?` or why there is no result."""
        if self.missing:
            return MISSING
        if self.formula.limit(self.given):
            return _BEYOND[language]
        return units.format_quantity(self.formula.result(self.given), self.formula.unit, language)


@dataclass(frozen=True, slots=True)
class Equation:
    """A call of an expression of numbers: what it stands for, and the decimals of its result."""

    name: str
    expression: str
    places: int

    def text(self, language: Language) -> str:
        """Return the call as it is written."""
        return f'equation("{self.name}", "{self.expression}", {self.places})'

    def answer(self, language: Language) -> str:
        """Return what the call gives; ValueError where the expression has no value."""
        return arithmetic.round_half_up(arithmetic.evaluate(self.expression), self.places)


Call = Calculation | Equation


def parse_call(text: str, language: Language) -> Call | None:
    """Return the call that a text is, or None where it is not one in the grammar."""
    if found := _EQUATION.fullmatch(text):
        sound = _NUMBERS_ONLY.fullmatch(found[2]) is not None
        return Equation(found[1], found[2], int(found[3])) if sound else None
    found = _CALCULATE.fullmatch(text)
    formula = formula_registry.named(found[1], language) if found else None
    if found is None or formula is None:
        return None
    given: dict[str, str] = {}
    parts = found[2].split(", ")
    if len(parts) != len(formula.inputs):
        return None
    for each, part in zip(formula.inputs, parts, strict=True):
        name, _, value = part.partition("=")
        key = _meant(each, value, language)
        if name != each.names(language)[0] or not key:
            return None
        given[each.key] = key
    return Calculation(formula, given)


def split_call(text: str) -> tuple[str, dict[str, str | int]] | None:
    """Return the parts of a text that is a call, by name, whether the formula is known or not.

    >>> split_call('equation("BMI", "70 / 1.75 ^ 2", 1)')
    ('equation', {'name': 'BMI', 'expression': '70 / 1.75 ^ 2', 'decimals': 1})
    """
    if found := _EQUATION.fullmatch(text):
        return "equation", {"name": found[1], "expression": found[2], "decimals": int(found[3])}
    if found := _CALCULATE.fullmatch(text):
        return "calculate", {"formula": found[1], "values": found[2]}
    return None


def call_with_result(call: Call, language: Language) -> str:
    """Return a call with its result: what a row rests on."""
    return f"{call.text(language)} = {call.answer(language)}"


def parse_call_with_result(text: str, language: Language) -> tuple[Call, str] | None:
    """Return the call of a fact and the result that stands there, which may be wrong."""
    written, _, result = text.rpartition(") = ")
    call = parse_call(f"{written})", language)
    return (call, result) if call else None


def is_call(text: str) -> bool:
    """Say whether a text looks like a call, in the grammar or not."""
    return text.startswith(("calculate(", "equation("))


def substitute_values(formula: Formula, given: Given, language: Language) -> Equation:
    """Return a formula with its numbers put in, as an equation.

    Values made on the way are worked out and stand as figures, rounded to four decimals.
    """
    values = formula.worked(given)
    shown = {key: text for key, text in given.items() if _NUMBER.fullmatch(text)}
    made: Mapping[str, str] = {
        name: _trimmed(arithmetic.round_half_up(float(values[name]), 4))
        for name, _ in formula.steps
    }
    written = arithmetic.substitute(formula.expression, values, {**shown, **made})
    return Equation(formula.names(language)[0], written, formula.places)


def conversion_equation(one: Input, number: str, unit: str, language: Language) -> Equation:
    """Return the equation that turns a number of another unit into the input's own unit."""
    other = next(each for each in one.others if each.unit == unit)
    expression = arithmetic.substitute(other.turn, {"x": float(number)}, {"x": number})
    return Equation(one.names(language)[0], expression, other.places)


def _trimmed(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text


def _said(one: Input, value: str, language: Language) -> str:
    if value == MISSING:
        return value
    if one.choices:
        return next(each for each in one.choices if each.key == value).names(language)[0]
    return units.format_quantity(value, one.unit, language)


def _meant(one: Input, text: str, language: Language) -> str:
    """Return the number or the key of the choice that a text of a call means, or nothing."""
    if text == MISSING:
        return text
    if one.choices:
        keys = [each.key for each in one.choices if each.names(language)[0] == text]
        return keys[0] if keys else ""
    found = _NUMBER.match(text)
    return found[0] if found and units.format_quantity(found[0], one.unit, language) == text else ""
