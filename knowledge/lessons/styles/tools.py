"""Write questions with values that are answered by calling a calculator (style tools).

    formula + form -> a case in words -> call -> result as a marked message -> answer

A call stands alone in its message: its result is never the model's own. Forms: `plain` answers,
`shown` adds the working, `equation` calls the formula with its numbers put in, `converted` converts
a unit first, `band` and `category` say what a result means, `changed` asks again with another
value, `missing` asks for a missing value, `later` receives it, `beyond` says that the formula does
not apply.
"""

import random
from collections.abc import Callable
from typing import Literal

from knowledge.calculators import calls
from knowledge.calculators.formulas import formula_registry
from knowledge.calculators.formulas.formula import Formula, Input
from knowledge.datasets.row_ids import lesson_id
from knowledge.lessons.facts import calculator_cases
from knowledge.lessons.facts.calculator_cases import CalculatorCase
from knowledge.lessons.facts.fact_page import FactPage
from knowledge.lessons.realize import value_phrases
from knowledge.lessons.realize.calculator_dialogue import CalculatorDialogue
from knowledge.lessons.realize.value_phrases import PLURAL, Relative, Voice
from knowledge.lessons.templates import grammar
from knowledge.records import FORMULA, Language, Lesson, LessonSource
from knowledge.text import units
from knowledge.text.sentences import sentence_spans

NAME = "tools"
PAGE_KINDS: tuple[Literal["formulas"], ...] = ("formulas",)

ROWS_PER_FORM = 24
"""Rows of each form that are planned of a formula; values and words differ in each."""

_LAY = {
    *("bmi", "target-weight", "waist-height", "harris-benedict", "mifflin", "karvonen"),
    *("pack-years", "average-glucose", "ldl-friedewald", "non-hdl", "map", "pulse-pressure"),
    *("ckd-epi-2021", "mdrd", "cockcroft-gault", "ideal-weight", "homa-ir", "bsa-mosteller"),
    *("corrected-calcium", "transferrin-saturation", "fib-4"),
}
"""Formulas that people ask for themselves or their kin."""

_ADULT = 18


def topics(page: FactPage) -> dict[str, tuple[str, ...]]:
    """Return the formula of a page, and the forms of asking for it."""
    formula = _of(page)
    kinds = _kinds(formula)
    return {
        formula.id: tuple(f"{kind} {number}" for number in range(ROWS_PER_FORM) for kind in kinds)
    }


def write(page: FactPage, relation: str, form: str, pick: random.Random) -> Lesson | None:
    """Write one lesson, or none if no case could be drawn."""
    formula = _of(page)
    kind = form.partition(" ")[0]
    case = _case(formula, kind, page.language, pick)
    if case is None:
        return None
    dialogue = _start(formula, case, page.language, pick)
    _WRITERS[kind](dialogue)
    return _lesson(dialogue, page)


def _of(page: FactPage) -> Formula:
    return formula_registry.FORMULAS[page.id.removeprefix(FORMULA)]


def _kinds(formula: Formula) -> list[str]:
    asked = [each for each in formula.inputs if not each.is_finding]
    numbers = [each for each in asked if not each.choices and each.key != "age"]
    found = {
        "plain": True,
        "shown": True,
        "converted": bool(calculator_cases.convertible_inputs(formula)),
        "band": bool(formula.bands),
        "missing": bool(asked) and len(formula.inputs) > 1,
        "equation": bool(formula.expression),
        "beyond": bool(formula.limits),
        "changed": bool(numbers),
        "category": bool(formula.bands),
        "later": bool(asked) and len(formula.inputs) > 1,
    }
    return [kind for kind, there in found.items() if there]


def _case(
    formula: Formula, kind: str, language: Language, pick: random.Random
) -> CalculatorCase | None:
    if kind == "beyond":
        return calculator_cases.draw_outside(formula, pick.choice(formula.limits), language, pick)
    return calculator_cases.draw(formula, language, pick, other=kind == "converted")


def _start(
    formula: Formula, case: CalculatorCase, language: Language, pick: random.Random
) -> CalculatorDialogue:
    voice: Voice = "pro"
    age = case.age()
    if formula.id in _LAY and (age is None or age >= _ADULT) and pick.random() < 0.45:
        voice = pick.choice(("own", "kin"))
    kin = value_phrases.choose_relative(case, language, pick) if voice == "kin" else Relative()
    return CalculatorDialogue(formula, case, language, pick, voice, kin)


def _lesson(dialogue: CalculatorDialogue, page: FactPage) -> Lesson:
    messages = tuple(dialogue.messages)
    every = list(range(len(dialogue.facts)))
    support = [every for _ in sentence_spans(messages[-1].content)]
    return Lesson(
        id=lesson_id(NAME, dialogue.language, messages, dialogue.facts),
        messages=messages,
        language=dialogue.language,
        style=NAME,
        sources=tuple(LessonSource("fact", page.id, fact) for fact in dialogue.facts),
        entities=(),
        split_key=page.id,
        licence=formula_registry.LICENCE,
        meta={"relation": dialogue.formula.id, "support": support, "objects": []},
    )


def _plain(dialogue: CalculatorDialogue) -> None:
    dialogue.ask(dialogue.question())
    dialogue.add_case_call(dialogue.case)
    dialogue.answer(*dialogue.result_sentences(dialogue.case), dialogue.source())


def _shown(dialogue: CalculatorDialogue) -> None:
    dialogue.ask(dialogue.question(tail=dialogue.words.show_working))
    dialogue.add_case_call(dialogue.case)
    result, *category = dialogue.result_sentences(dialogue.case)
    dialogue.answer(result, dialogue.working(dialogue.case), *category, dialogue.source(0.5))


def _equation(dialogue: CalculatorDialogue) -> None:
    dialogue.ask(dialogue.question())
    dialogue.rest_on(dialogue.case.call)
    equation = calls.substitute_values(dialogue.formula, dialogue.case.given, dialogue.language)
    dialogue.add_call(equation, equation.name)
    dialogue.answer(*dialogue.result_sentences(dialogue.case), dialogue.source())


def _converted(dialogue: CalculatorDialogue) -> None:
    dialogue.ask(dialogue.question())
    said = []
    for key, equation in dialogue.case.conversions.items():
        dialogue.rest_on(equation)
        dialogue.add_call(equation, equation.name)
        if dialogue.pick.random() < 0.6:
            said.append(dialogue.conversion(dialogue.formula.input(key)))
    dialogue.add_case_call(dialogue.case)
    dialogue.answer(*said, *dialogue.result_sentences(dialogue.case))


def _banded(dialogue: CalculatorDialogue) -> None:
    dialogue.ask(dialogue.question(tail=dialogue.words.category_wanted))
    dialogue.add_case_call(dialogue.case)
    dialogue.answer(
        dialogue.result(dialogue.case), dialogue.category(dialogue.case), dialogue.source()
    )


def _category(dialogue: CalculatorDialogue) -> None:
    dialogue.ask(dialogue.question())
    dialogue.add_case_call(dialogue.case)
    dialogue.answer(dialogue.result(dialogue.case))
    dialogue.ask(grammar.draw(dialogue.words.category_question, dialogue.pick))
    said = dialogue.result(dialogue.case) if dialogue.pick.random() < 0.5 else ""
    dialogue.answer(said, dialogue.category(dialogue.case))


def _changed(dialogue: CalculatorDialogue) -> None:
    words = dialogue.words
    dialogue.ask(dialogue.question())
    dialogue.add_case_call(dialogue.case)
    dialogue.answer(*dialogue.result_sentences(dialogue.case))
    new = calculator_cases.change_value(dialogue.case, dialogue.pick)
    if new is None:
        return
    case, key = new
    one = dialogue.formula.input(key)
    value = units.format_quantity(case.given[key], one.unit, dialogue.language)
    name = one.names(dialogue.language)[0]
    dialogue.ask(dialogue.fill(words.changed, n=name, v=value))
    dialogue.add_case_call(case)
    dialogue.answer(
        dialogue.fill(words.changed_result, n=name, v=value, r=case.call.answer(dialogue.language)),
        dialogue.category(case) if dialogue.formula.bands else "",
    )


def _lacking(dialogue: CalculatorDialogue) -> Input:
    """Choose an input that the question leaves out, and ask for it."""
    kept = {"sex"} if dialogue.voice == "kin" else set()
    asked = [
        each for each in dialogue.formula.inputs if not each.is_finding and each.key not in kept
    ]
    one = dialogue.pick.choice(asked)
    dialogue.ask(dialogue.question(without=one.key))
    unit = units.unit_symbol(one.unit, dialogue.language)
    name = one.names(dialogue.language)[0]
    if dialogue.language == "en":
        told = unit and one.unit != "years" and unit.split()[0] not in name
        wanted = f"the {name}{f' in {unit}' if told else ''}"
    else:
        wanted = f"{name}{f'（{unit}）' if unit else ''}"
    dialogue.answer(
        dialogue.fill(
            dialogue.words.missing,
            m=wanted,
            be="are" if one.key in PLURAL else "is",
        )
    )
    return one


def _missing(dialogue: CalculatorDialogue) -> None:
    dialogue.rest_on(dialogue.case.without(_lacking(dialogue).key))


def _later(dialogue: CalculatorDialogue) -> None:
    one = _lacking(dialogue)
    told = value_phrases.phrase_value(dialogue.case, one, dialogue.language, dialogue.pick)
    dialogue.ask(dialogue.fill(dialogue.words.supplied, l=told))
    dialogue.add_case_call(dialogue.case)
    dialogue.answer(*dialogue.result_sentences(dialogue.case), dialogue.source())


def _beyond(dialogue: CalculatorDialogue) -> None:
    dialogue.ask(dialogue.question())
    dialogue.rest_on(dialogue.case.call)
    limit = dialogue.formula.limit(dialogue.case.given)
    assert limit is not None
    why, instead = limit.why(dialogue.language), limit.instead(dialogue.language)
    dialogue.answer(dialogue.fill(dialogue.words.beyond, why=why, instead=instead))


_WRITERS: dict[str, Callable[[CalculatorDialogue], None]] = {
    "plain": _plain,
    "shown": _shown,
    "equation": _equation,
    "converted": _converted,
    "band": _banded,
    "category": _category,
    "changed": _changed,
    "missing": _missing,
    "later": _later,
    "beyond": _beyond,
}
