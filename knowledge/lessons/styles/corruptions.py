"""Corrupt the answer of a row that calculates, in one known way, for preference pairs.

row on a formula that does not apply -> its result all the same
"""

from typing import NamedTuple

from knowledge.calculators import arithmetic, calls
from knowledge.calculators.calls import Calculation
from knowledge.lessons.templates.loader import load
from knowledge.lessons.templates.tables import PreferenceWords
from knowledge.records import Language, Lesson
from knowledge.text import units


class CorruptedAnswer(NamedTuple):
    """A wrong answer, and what is wrong with it."""

    answer: str
    why: str


def corrupt(lesson: Lesson) -> CorruptedAnswer | None:
    """Return a wrong version of a row's answer, or none if it cannot be corrupted."""
    found = (
        calls.parse_call_with_result(lesson.sources[0].quote, lesson.language)
        if lesson.sources
        else None
    )
    if len(lesson.sources) != 1 or found is None or not isinstance(found[0], Calculation):
        return None
    call = found[0]
    if call.missing:
        return None
    return _anyway(call, lesson.language) if call.formula.limit(call.given) else None


def _anyway(call: Calculation, language: Language) -> CorruptedAnswer | None:
    """Give the result of a formula that does not apply."""
    try:
        result = arithmetic.round_half_up(call.formula.exact(call.given), call.formula.places)
    except ValueError:
        return None
    name = call.formula.names(language)[0]
    told = units.format_quantity(result, call.formula.unit, language)
    answer = load(PreferenceWords, language).misused_formula[0].format(f=name, r=told)
    why = "misused formula: a result where the formula does not apply"
    return CorruptedAnswer(answer, why)
