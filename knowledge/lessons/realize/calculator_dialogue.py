"""Compose a dialogue that calls a calculator: questions, calls with results, and answers.

who asks, which case -> question, call and result, sentences of an answer -> messages, facts
"""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from knowledge.calculators import calls
from knowledge.calculators.calls import Call
from knowledge.calculators.formulas.formula import Formula, Input
from knowledge.calculators.worked_steps import show_working
from knowledge.lessons.facts.calculator_cases import CalculatorCase
from knowledge.lessons.realize import value_phrases
from knowledge.lessons.realize.value_phrases import Relative, Voice
from knowledge.lessons.templates import grammar
from knowledge.lessons.templates.loader import load
from knowledge.lessons.templates.tables import ToolsWords
from knowledge.records import Language, LessonMessage
from knowledge.text import units

_REASON = re.compile(r"\([^()]*\{y\}[^()]*\|\)")
"""The part of a template that may hold a reason."""

_OPENED = 0.5
_REASONED = 0.5
_SOURCED = 0.15
"""Chances of an opening, a reason, and the source after an answer."""


@dataclass(slots=True)
class CalculatorDialogue:
    """Collects the messages of a lesson that calculates, and the calls that it rests on."""

    formula: Formula
    case: CalculatorCase
    language: Language
    pick: random.Random
    voice: Voice
    person: Relative
    messages: list[LessonMessage] = field(default_factory=list)
    facts: list[str] = field(default_factory=list)

    @property
    def words(self) -> ToolsWords:
        """Return the words of the language."""
        return load(ToolsWords, self.language)

    def ask(self, text: str) -> None:
        """Add what the user says."""
        self.messages.append(LessonMessage("user", text))

    def answer(self, *parts: str) -> None:
        """Add what the assistant says, in one or several sentences."""
        joint = " " if self.language == "en" else ""
        self.messages.append(LessonMessage("assistant", joint.join(filter(None, parts))))

    def rest_on(self, call: Call) -> str:
        """Let the row rest on a call with its result; return that fact."""
        fact = calls.call_with_result(call, self.language)
        if fact not in self.facts:
            self.facts.append(fact)
        return fact

    def add_call(self, call: Call, name: str) -> None:
        """Add a call, and the message that brings its result."""
        self.answer(call.text(self.language))
        self.ask(f"{calls.RESULT[self.language]}{name} = {call.answer(self.language)}")

    def fill(self, templates: Sequence[str], **slots: str) -> str:
        """Return a sentence about the formula; its own slots need not be given."""
        given = {
            "f": self.pick.choice(self.formula.names(self.language)),
            "k": self.person.kin,
            "p": self.person.her,
            **slots,
        }
        return value_phrases.draw_and_fill(templates, self.language, self.pick, **given)

    @property
    def question_templates(self) -> tuple[str, ...]:
        """Return the templates by which this voice asks."""
        words = self.words
        own, kin = words.own_question, words.kin_question
        return {"pro": words.question, "own": own, "kin": kin}[self.voice]

    @property
    def result_templates(self) -> tuple[str, ...]:
        """Return the templates that state a result to this voice."""
        words = self.words
        own, kin = words.own_result, words.kin_result
        return {"pro": words.result, "own": own, "kin": kin}[self.voice]

    def question(self, *, without: str = "", tail: Sequence[str] = ()) -> str:
        """Return the question, without the value of the input named by `without`, if any."""
        pick, words = self.pick, self.words
        listed = value_phrases.list_values(
            self.case, self.language, pick, self.voice, {without} - {""}, self.person
        )
        # Where nothing is left to list, only frames serve that get on without the values.
        templates = self.question_templates if listed else words.question_without_values
        why = grammar.draw(words.reason, pick) if pick.random() < _REASONED else ""
        asked = self.fill(
            templates if why else _plainly(templates),
            l=listed,
            w=value_phrases.describe_patient(self.case, self.language, pick, without),
            y=why,
        )
        openings = words.opening if self.voice == "pro" else words.greeting
        opening = grammar.draw(openings, pick) if pick.random() < _OPENED else ""
        if asked.startswith(words.takes_no_opening):
            opening = ""
        more = grammar.draw(tail, pick) if tail else ""
        return opening + value_phrases.capitalize(asked) + more

    def result(self, case: CalculatorCase) -> str:
        """Return a sentence that states the result."""
        listed = value_phrases.restate_values(case, self.language)
        templates = [each for each in self.result_templates if listed or "{l}" not in each]
        return self.fill(templates, l=listed, r=case.call.answer(self.language))

    def category(self, case: CalculatorCase) -> str:
        """Return a sentence that states the category of the result."""
        place = self.formula.band(self.formula.result(case.given))
        label = self.formula.bands[place].label(self.language)
        return self.fill(self.words.category, b=label)

    def working(self, case: CalculatorCase) -> str:
        """Return a sentence that shows how the result is calculated."""
        words = self.words
        result = case.call.answer(self.language)
        line = show_working(self.formula, case.given, self.language)
        if self.formula.terms:
            return self.fill(words.points, k=line)
        return self.fill(words.working, k=line, r=result)

    def source(self, chance: float = _SOURCED) -> str:
        """Return a sentence that names the publication, or nothing, by chance."""
        if not self.formula.source or self.pick.random() > chance:
            return ""
        return self.fill(self.words.source, s=self.formula.source)

    def add_case_call(self, case: CalculatorCase) -> None:
        """Add the call of a case with its result, and let the row rest on it."""
        self.rest_on(case.call)
        self.add_call(case.call, self.formula.names(self.language)[0])

    def result_sentences(self, case: CalculatorCase) -> list[str]:
        """Return a sentence on the result, and one on its category where there are any."""
        return [self.result(case), self.category(case) if self.formula.bands else ""]

    def conversion(self, one: Input) -> str:
        """Return a sentence that converts a value to the unit of the formula."""
        value = units.format_quantity(self.case.given[one.key], one.unit, self.language)
        number, unit = self.case.stated[one.key]
        told = units.format_quantity(number, unit, self.language)
        name = one.names(self.language)[0]
        return self.fill(self.words.converted, n=name, u=told, v=value)


def _plainly(templates: Sequence[str]) -> list[str]:
    """Return templates without the slot for a reason."""
    return [_REASON.sub("", each) for each in templates]
