"""Tools: a question with values, a call of a calculator in a fixed grammar, an answer.

    formula + form -> a case told in words -> call -> result as a marked message -> answer

Forms: `plain` answers, `shown` adds the working, `inline` holds call and answer in one message,
`equation` calls the formula with its numbers put in, `converted` turns a unit first, `band` and
`category` tell what a result means, `changed` asks again with another value, `missing` asks for
what lacks, `later` gets it, `beyond` says that the formula does not apply.
"""

import random
from collections.abc import Callable
from typing import Literal

from knowledge.calculators import calls
from knowledge.calculators.formulas import registry
from knowledge.calculators.formulas.formula import Formula, Input
from knowledge.lessons.facts import calculator_cases
from knowledge.lessons.facts.calculator_cases import Case
from knowledge.lessons.facts.pages import Page
from knowledge.lessons.realize import value_phrases
from knowledge.lessons.realize.answer_builder import lesson_id
from knowledge.lessons.realize.calculator_dialogue import Talk
from knowledge.lessons.realize.value_phrases import PLURAL, Person, Voice
from knowledge.lessons.templates import grammar
from knowledge.lessons.templates.loader import load
from knowledge.lessons.templates.tables import ToolsWords
from knowledge.records import FORMULA, Language, Lesson, LessonSource
from knowledge.text import units
from knowledge.text.sentences import sentence_spans

NAME = "tools"
OF: tuple[Literal["formulas"], ...] = ("formulas",)

LAPS = 24
"""So many rows of each form are planned of a formula; values and words differ in each."""

_LAY = {
    *("bmi", "target-weight", "waist-height", "harris-benedict", "mifflin", "karvonen"),
    *("pack-years", "average-glucose", "ldl-friedewald", "non-hdl", "map", "pulse-pressure"),
    *("ckd-epi-2021", "mdrd", "cockcroft-gault", "ideal-weight", "homa-ir", "bsa-mosteller"),
    *("corrected-calcium", "transferrin-saturation", "fib-4"),
}
"""Formulas that people ask for themselves or their kin."""

_ADULT = 18
_EXTRA = 0.3
"""The chance of a sentence more."""


def topics(page: Page) -> dict[str, tuple[str, ...]]:
    """Return the formula of a page, and the forms of asking for it."""
    formula = _of(page)
    kinds = _kinds(formula)
    return {formula.id: tuple(f"{kind} {lap}" for lap in range(LAPS) for kind in kinds)}


def write(page: Page, relation: str, form: str, pick: random.Random) -> Lesson | None:
    """Write one lesson, or none where chance gives no case."""
    formula = _of(page)
    kind = form.partition(" ")[0]
    case = _case(formula, kind, page.language, pick)
    if case is None:
        return None
    talk = _talk(formula, case, page.language, pick)
    _WRITERS[kind](talk)
    return _lesson(talk, page)


def _of(page: Page) -> Formula:
    return registry.FORMULAS[page.id.removeprefix(FORMULA)]


def _kinds(formula: Formula) -> list[str]:
    asked = [each for each in formula.inputs if not each.is_finding]
    numbers = [each for each in asked if not each.choices and each.key != "age"]
    found = {
        "plain": True,
        "inline": True,
        "shown": True,
        "converted": bool(calculator_cases.turns(formula)),
        "band": bool(formula.bands),
        "missing": bool(asked) and len(formula.inputs) > 1,
        "equation": bool(formula.expression),
        "beyond": bool(formula.limits),
        "changed": bool(numbers),
        "category": bool(formula.bands),
        "later": bool(asked) and len(formula.inputs) > 1,
    }
    return [kind for kind, there in found.items() if there]


def _case(formula: Formula, kind: str, language: Language, pick: random.Random) -> Case | None:
    if kind == "beyond":
        return calculator_cases.beyond(formula, pick.choice(formula.limits), language, pick)
    return calculator_cases.draw(formula, language, pick, other=kind == "converted")


def _talk(formula: Formula, case: Case, language: Language, pick: random.Random) -> Talk:
    voice: Voice = "pro"
    age = case.age()
    if formula.id in _LAY and (age is None or age >= _ADULT) and pick.random() < 0.45:
        voice = pick.choice(("own", "kin"))
    kin = value_phrases.relative(case, language, pick) if voice == "kin" else Person()
    return Talk(formula, case, language, pick, voice, kin)


def _lesson(talk: Talk, page: Page) -> Lesson:
    messages = tuple(talk.messages)
    every = list(range(len(talk.rests)))
    support = [every for _ in sentence_spans(messages[-1].content)]
    return Lesson(
        id=lesson_id(NAME, talk.language, messages, talk.rests),
        messages=messages,
        language=talk.language,
        style=NAME,
        sources=tuple(LessonSource("fact", page.id, fact) for fact in talk.rests),
        entities=(),
        split_key=page.id,
        licence=registry.LICENCE,
        meta={"relation": talk.formula.id, "support": support, "objects": []},
    )


def _plain(talk: Talk) -> None:
    talk.ask(talk.question())
    talk.called(talk.case)
    talk.answer(*talk.tell(talk.case), talk.source())


def _shown(talk: Talk) -> None:
    talk.ask(talk.question(tail=load(ToolsWords, talk.language).show_working))
    talk.called(talk.case)
    parts = [talk.result(talk.case), talk.working(talk.case)]
    talk.answer(*parts, talk.source(0.5))


def _inline(talk: Talk) -> None:
    show = talk.pick.random() < 0.4
    talk.ask(talk.question(tail=load(ToolsWords, talk.language).show_working if show else ()))
    fact = talk.rest(talk.case.call)
    told = talk.tell(talk.case)
    if show:
        told.insert(1, talk.working(talk.case))
    joint = " " if talk.language == "en" else ""
    talk.answer(f"{fact}\n{joint.join(filter(None, [*told, talk.source()]))}")


def _equation(talk: Talk) -> None:
    talk.ask(talk.question())
    talk.rest(talk.case.call)
    equation = calls.substitute_values(talk.formula, talk.case.given, talk.language)
    talk.call(equation, equation.name)
    talk.answer(*talk.tell(talk.case), talk.source())


def _converted(talk: Talk) -> None:
    talk.ask(talk.question())
    said = []
    for key, equation in talk.case.turned.items():
        talk.rest(equation)
        talk.call(equation, equation.name)
        if talk.pick.random() < 0.6:
            said.append(talk.conversion(talk.formula.input(key)))
    talk.called(talk.case)
    talk.answer(*said, *talk.tell(talk.case))


def _banded(talk: Talk) -> None:
    talk.ask(talk.question(tail=load(ToolsWords, talk.language).category_wanted))
    talk.called(talk.case)
    talk.answer(talk.result(talk.case), talk.band(talk.case), talk.source())


def _category(talk: Talk) -> None:
    talk.ask(talk.question())
    talk.called(talk.case)
    talk.answer(talk.result(talk.case))
    talk.ask(grammar.say(load(ToolsWords, talk.language).category_question, talk.pick))
    said = talk.result(talk.case) if talk.pick.random() < 0.5 else ""
    talk.answer(said, talk.band(talk.case))


def _changed(talk: Talk) -> None:
    words = load(ToolsWords, talk.language)
    talk.ask(talk.question())
    talk.called(talk.case)
    talk.answer(talk.result(talk.case))
    new = calculator_cases.changed(talk.case, talk.pick)
    if new is None:
        return
    case, key = new
    one = talk.formula.input(key)
    value = units.format_quantity(case.given[key], one.unit, talk.language)
    name = one.names(talk.language)[0]
    talk.ask(talk.say(words.changed, n=name, v=value))
    talk.called(case)
    talk.answer(
        talk.say(words.changed_result, n=name, v=value, r=case.call.answer(talk.language)),
        talk.band(case) if talk.formula.bands and talk.pick.random() < _EXTRA else "",
    )


def _lacking(talk: Talk) -> Input:
    """Choose what is left out and ask for it."""
    kept = {"sex"} if talk.voice == "kin" else set()
    asked = [each for each in talk.formula.inputs if not each.is_finding and each.key not in kept]
    one = talk.pick.choice(asked)
    talk.ask(talk.question(without=one.key))
    unit = units.unit_symbol(one.unit, talk.language)
    name = one.names(talk.language)[0]
    if talk.language == "en":
        wanted = f"the {name}{f' in {unit}' if unit and one.unit != 'years' else ''}"
    else:
        wanted = f"{name}{f'（{unit}）' if unit else ''}"
    talk.answer(
        talk.say(
            load(ToolsWords, talk.language).missing,
            m=wanted,
            be="are" if one.key in PLURAL else "is",
        )
    )
    return one


def _missing(talk: Talk) -> None:
    talk.rest(talk.case.without(_lacking(talk).key))


def _later(talk: Talk) -> None:
    one = _lacking(talk)
    told = value_phrases.single(talk.case, one, talk.language, talk.pick)
    talk.ask(talk.say(load(ToolsWords, talk.language).supplied, l=told))
    talk.called(talk.case)
    talk.answer(*talk.tell(talk.case), talk.source())


def _beyond(talk: Talk) -> None:
    talk.ask(talk.question())
    talk.rest(talk.case.call)
    limit = talk.formula.limit(talk.case.given)
    assert limit is not None
    why, instead = limit.why(talk.language), limit.instead(talk.language)
    talk.answer(talk.say(load(ToolsWords, talk.language).beyond, why=why, instead=instead))


_WRITERS: dict[str, Callable[[Talk], None]] = {
    "plain": _plain,
    "shown": _shown,
    "inline": _inline,
    "equation": _equation,
    "converted": _converted,
    "band": _banded,
    "category": _category,
    "changed": _changed,
    "missing": _missing,
    "later": _later,
    "beyond": _beyond,
}
