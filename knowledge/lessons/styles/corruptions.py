"""Corrupt the answer of a row that calculates, in one known way, for preference pairs.

row that calculates in one turn -> another result, or a result where the formula does not apply
"""

import random
from typing import NamedTuple

from knowledge.calculators import arithmetic, calls
from knowledge.calculators.calls import Calculation
from knowledge.lessons.templates.loader import load
from knowledge.lessons.templates.tables import PreferenceWords
from knowledge.records import Language, Lesson
from knowledge.text import units

_FACTORS = (0.1, 10, 0.5, 2, 0.8, 1.2, 0.9, 1.1, 1.4)
"""Factors by which a wrong result is off, as after a misplaced point or a wrong unit."""


class CorruptedAnswer(NamedTuple):
    """A wrong answer, and what is wrong with it."""

    answer: str
    why: str


def corrupt(lesson: Lesson, pick: random.Random) -> CorruptedAnswer | None:
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
    if call.formula.limit(call.given):
        return _anyway(call, lesson.language)
    return _other_result(call, lesson, pick)


def _other_result(call: Calculation, lesson: Lesson, pick: random.Random) -> CorruptedAnswer | None:
    """Put another number in place of the result, in the call and in the answer."""
    right = call.formula.result(call.given)
    wrong = arithmetic.round_half_up(float(right) * pick.choice(_FACTORS), call.formula.places)
    if wrong in (right, *call.given.values()):
        wrong = arithmetic.round_half_up(float(right) + 3, call.formula.places)
    language, unit = lesson.language, call.formula.unit
    answer = lesson.messages[-1].content
    told, other = (units.format_quantity(each, unit, language) for each in (right, wrong))
    if f"= {told}" not in answer:
        return None
    line, _, text = answer.partition("\n")
    head = line[: -len(told)] + other if line.endswith(told) else line
    changed = f"{head}\n{text.replace(told, other)}"
    return CorruptedAnswer(changed, f"wrong result: {wrong!r} stands in place of {right!r}")


def _anyway(call: Calculation, language: Language) -> CorruptedAnswer | None:
    """Give the result of a formula that does not apply."""
    try:
        result = arithmetic.round_half_up(call.formula.exact(call.given), call.formula.places)
    except ValueError:
        return None
    name = call.formula.names(language)[0]
    told = units.format_quantity(result, call.formula.unit, language)
    answer = load(PreferenceWords, language).misused_formula[0].format(f=name, r=told)
    return CorruptedAnswer(f"{call.text(language)} = {told}\n{answer}",
                "misused formula: a result where the formula does not apply")  # fmt: skip
