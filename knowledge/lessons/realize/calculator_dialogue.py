"""Talk: a lesson that calculates in the making, and the sentences of which it is made.

whose voice, which case -> question, call and result, sentences of an answer -> messages, facts
"""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from knowledge.calculators import calls
from knowledge.calculators.calls import Call
from knowledge.calculators.formulas.formula import Formula, Input
from knowledge.calculators.worked_steps import show_working
from knowledge.lessons.facts.calculator_cases import Case
from knowledge.lessons.realize import value_phrases
from knowledge.lessons.realize.value_phrases import Person, Voice
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
_EXTRA = 0.3
"""Chances of an opening, of a reason, of the source behind an answer, of a sentence more."""


@dataclass(slots=True)
class Talk:
    """A lesson in the making: whose voice asks, what was said, and the calls that it rests on."""

    formula: Formula
    case: Case
    language: Language
    pick: random.Random
    voice: Voice
    person: Person
    messages: list[LessonMessage] = field(default_factory=list)
    rests: list[str] = field(default_factory=list)

    def ask(self, text: str) -> None:
        """Add what the user says."""
        self.messages.append(LessonMessage("user", text))

    def answer(self, *parts: str) -> None:
        """Add what the assistant says, in one or several sentences."""
        joint = " " if self.language == "en" else ""
        self.messages.append(LessonMessage("assistant", joint.join(filter(None, parts))))

    def rest(self, call: Call) -> str:
        """Let the row rest on a call with its result; return that fact."""
        fact = calls.call_with_result(call, self.language)
        if fact not in self.rests:
            self.rests.append(fact)
        return fact

    def call(self, call: Call, name: str) -> None:
        """Add a call, and the message that brings its result."""
        self.answer(call.text(self.language))
        self.ask(f"{calls.RESULT[self.language]}{name} = {call.answer(self.language)}")

    def say(self, templates: Sequence[str], **slots: str) -> str:
        """Return a sentence about the formula; its own slots need not be given."""
        given = {
            "f": self.pick.choice(self.formula.names(self.language)),
            "k": self.person.kin,
            "p": self.person.her,
            **slots,
        }
        return value_phrases.said(templates, self.language, self.pick, **given)

    @property
    def asked(self) -> tuple[str, ...]:
        """Return how this voice asks."""
        words = load(ToolsWords, self.language)
        own, kin = words.own_question, words.kin_question
        return {"pro": words.question, "own": own, "kin": kin}[self.voice]

    @property
    def told(self) -> tuple[str, ...]:
        """Return how this voice is told a result."""
        words = load(ToolsWords, self.language)
        own, kin = words.own_result, words.kin_result
        return {"pro": words.result, "own": own, "kin": kin}[self.voice]

    def question(self, *, without: str = "", tail: Sequence[str] = ()) -> str:
        """Return the question, whoever asks it, without one of the inputs where that is wanted."""
        pick, words = self.pick, load(ToolsWords, self.language)
        listed = value_phrases.listed(
            self.case, self.language, pick, self.voice, {without} - {""}, self.person
        )
        # Where nothing is left to list, only frames serve that get on without the values.
        templates = self.asked if listed else words.question_without_values
        why = grammar.say(words.reason, pick) if pick.random() < _REASONED else ""
        asked = self.say(
            templates if why else _plainly(templates),
            l=listed,
            w=value_phrases.who(self.case, self.language, pick, without),
            y=why,
        )
        openings = words.opening if self.voice == "pro" else words.greeting
        opening = grammar.say(openings, pick) if pick.random() < _OPENED else ""
        if asked.startswith(words.takes_no_opening):
            opening = ""
        more = grammar.say(tail, pick) if tail else ""
        return opening + value_phrases.capital(asked) + more

    def result(self, case: Case) -> str:
        """Return a sentence that tells the result."""
        listed = value_phrases.restated(case, self.language)
        templates = [each for each in self.told if listed or "{l}" not in each]
        return self.say(templates, l=listed, r=case.call.answer(self.language))

    def band(self, case: Case) -> str:
        """Return a sentence that tells what the result means."""
        place = self.formula.band(self.formula.result(case.given))
        label = self.formula.bands[place].label(self.language)
        return self.say(load(ToolsWords, self.language).category, b=label)

    def working(self, case: Case) -> str:
        """Return a sentence that shows how the result comes about."""
        words = load(ToolsWords, self.language)
        result = case.call.answer(self.language)
        line = show_working(self.formula, case.given, self.language)
        if self.formula.terms:
            return self.say(words.points, k=line)
        return self.say(words.working, k=line, r=result)

    def source(self, chance: float = _SOURCED) -> str:
        """Return a sentence that names the publication, by chance or not at all."""
        if not self.formula.source or self.pick.random() > chance:
            return ""
        return self.say(load(ToolsWords, self.language).source, s=self.formula.source)

    def called(self, case: Case) -> None:
        """Add the call of a case with its result, and let the row rest on it."""
        self.rest(case.call)
        self.call(case.call, self.formula.names(self.language)[0])

    def tell(self, case: Case) -> list[str]:
        """Return the result, and now and then what it means."""
        more = self.formula.bands and self.pick.random() < _EXTRA
        return [self.result(case), self.band(case) if more else ""]

    def conversion(self, one: Input) -> str:
        """Return a sentence that tells a value in the unit of the formula."""
        value = units.format_quantity(self.case.given[one.key], one.unit, self.language)
        number, unit = self.case.told[one.key]
        told = units.format_quantity(number, unit, self.language)
        name = one.names(self.language)[0]
        return self.say(load(ToolsWords, self.language).converted, n=name, u=told, v=value)


def _plainly(templates: Sequence[str]) -> list[str]:
    """Return templates without the place for a reason."""
    return [_REASON.sub("", each) for each in templates]
