"""Errors of rows that calculate, for planted_errors.py: result, unit, input, formula.

Half of each change the answer or the call alone; the other half change every place of the row that
holds the same thing, its fact with it, so that the row agrees with itself and is still wrong.
"""

import random
import re
from dataclasses import replace

from knowledge.calculators import arithmetic, calls
from knowledge.calculators.calls import Calculation
from knowledge.calculators.formulas import formula_registry
from knowledge.records import Lesson, LessonMessage
from knowledge.text import units


def wrong_result(lesson: Lesson, pick: random.Random) -> Lesson | None:
    """Put another number in place of the result."""
    call = _last(lesson)
    if call is None:
        return None
    right = call.formula.result(call.given)
    factor = pick.choice((0.1, 0.5, 0.9, 1.1, 2, 10))
    wrong = arithmetic.round_half_up(
        float(right) * factor + (float(right) == 0), call.formula.places
    )
    if wrong in (right, *call.given.values()):
        return None
    old, new = (
        units.format_quantity(each, call.formula.unit, lesson.language) for each in (right, wrong)
    )
    return _exchanged(lesson, old, new, everywhere=pick.random() < 0.5)


def swapped_unit(lesson: Lesson, pick: random.Random) -> Lesson | None:
    """Give the result in another unit."""
    call = _last(lesson)
    if call is None or not call.formula.unit:
        return None
    others = [each for each in ("mg/dL", "mmol/L", "kg", "mL/min", "mmHg", "%", "cm", "ms", "g/L")
              if each != call.formula.unit]  # fmt: skip
    result, language = call.formula.result(call.given), lesson.language
    old = units.format_quantity(result, call.formula.unit, language)
    new = units.format_quantity(result, pick.choice(others), language)
    return _exchanged(lesson, old, new, everywhere=pick.random() < 0.5)


def changed_input(lesson: Lesson, pick: random.Random) -> Lesson | None:
    """Let a call take another value than was told; its result is right for that value."""
    call = _last(lesson)
    if call is None:
        return None
    language, formula = lesson.language, call.formula
    one = pick.choice(formula.inputs)
    value = call.given[one.key]
    if one.choices:
        other = pick.choice([each.key for each in one.choices if each.key != value])
    else:
        step = max(10**-one.places, round(float(value) * 0.1, one.places))
        other = arithmetic.round_half_up(float(value) + pick.choice((-step, step)), one.places)
    given = {**call.given, one.key: other}
    told = "\n".join(each.content for each in lesson.messages if each.role == "user")
    if not one.choices and re.search(rf"(?<![\d.]){re.escape(other)}(?![\d.])", told):
        return None
    try:
        if formula.limit(given):
            return None
        old, new = Calculation(formula, call.given), Calculation(formula, given)
        changed = _exchanged(lesson, old.text(language), new.text(language), everywhere=True)
        if changed is None or pick.random() < 0.5:
            return changed
        before, after = old.answer(language), new.answer(language)
    except ValueError:
        return None
    # A result that equals what was told would be exchanged there too: the row would be right again.
    if before == after or before in told:
        return changed
    return _exchanged(changed, before, after, everywhere=True)


def other_formula(lesson: Lesson, pick: random.Random) -> Lesson | None:
    """Say the name of another formula, in the answer or in the call and the fact."""
    call = _last(lesson)
    if call is None:
        return None
    language, formula = lesson.language, call.formula
    same = [
        each
        for each in formula_registry.FORMULAS.values()
        if each is not formula and [i.key for i in each.inputs] == [i.key for i in formula.inputs]
    ]
    every = [each for each in formula_registry.FORMULAS.values() if each is not formula]
    other = pick.choice(same or every)
    new = other.names(language)[0]
    if pick.random() < 0.5:
        answer = lesson.messages[-1].content
        named = [name for name in formula.names(language) if name in answer]
        if not named or new in answer:
            return None
        return _exchanged(lesson, max(named, key=len), new, everywhere=False)
    old = f'calculate("{formula.names(language)[0]}"'
    return _exchanged(lesson, old, f'calculate("{new}"', everywhere=True)


def _last(lesson: Lesson) -> Calculation | None:
    """Return the calculation whose result the last answer tells."""
    found = [
        calls.parse_call_with_result(source.quote, lesson.language) for source in lesson.sources
    ]
    made = [each[0] for each in found if each and isinstance(each[0], Calculation)]
    if not made or made[-1].missing or made[-1].formula.limit(made[-1].given):
        return None
    return made[-1]


def _exchanged(lesson: Lesson, old: str, new: str, *, everywhere: bool) -> Lesson | None:
    """Exchange words in the last answer, or wherever they stand but in what a user told.

    The user's words stay: with them changed too, the row would be another one that is right.
    """
    find = re.compile(rf"(?<![\d.A-Za-z]){re.escape(old)}(?![\dA-Za-z])")

    def put(text: str) -> str:
        return find.sub(lambda found: new, text)

    result = calls.RESULT[lesson.language]
    places = [
        place
        for place, each in enumerate(lesson.messages)
        if each.role == "assistant" or each.content.startswith(result)
    ]
    places = places if everywhere else places[-1:]
    messages = tuple(
        LessonMessage(each.role, put(each.content)) if place in places else each
        for place, each in enumerate(lesson.messages)
    )
    if messages == lesson.messages:
        return None
    sources = lesson.sources
    if everywhere:
        sources = tuple(replace(each, quote=put(each.quote)) for each in sources)
    return replace(lesson, messages=messages, sources=sources)
