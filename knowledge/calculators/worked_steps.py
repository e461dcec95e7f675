"""Show how a result comes about, as one line for people.

formula + what is given -> the expression with its numbers, or the items of a score that count
"""

from knowledge.calculators import arithmetic
from knowledge.calculators.calls import substitute_values
from knowledge.calculators.formulas.formula import Formula, Given
from knowledge.records import Language

_SIGNS = {"*": "×", "/": "÷", "sqrt(": "√("}
_NONE: dict[Language, str] = {"en": "none of the items", "zh": "各项均为0分"}


def show_working(formula: Formula, given: Given, language: Language) -> str:
    """Return the line for a formula or a score.

    >>> from knowledge.calculators.formulas.formula_registry import FORMULAS
    >>> show_working(FORMULAS["bmi"], {"weight": "70", "height": "1.75"}, "en")
    '70 ÷ 1.75 ^ 2'
    """
    if formula.terms:
        return _points(formula, given, language)
    text = substitute_values(formula, given, language).expression
    for sign, shown in _SIGNS.items():
        text = text.replace(sign, shown)
    return text


def _points(formula: Formula, given: Given, language: Language) -> str:
    values = formula.worked(given)
    scored = [
        (term.label(language), arithmetic.evaluate(term.points, values)) for term in formula.terms
    ]
    counted = [(label, f"{points:g}") for label, points in scored if points]
    if not counted:
        return _NONE[language]
    if language == "zh":
        return "、".join(f"{label}计{points}分" for label, points in counted)
    return ", ".join(f"{label} {points}" for label, points in counted)
