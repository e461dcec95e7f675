"""Tools: a question with values, a call of a calculator in a fixed grammar, an answer.

    formula + form -> a case told in words -> call -> result as a marked message -> answer

Forms: `plain` answers, `shown` adds the working, `inline` holds call and answer in one message,
`equation` calls the formula with its numbers put in, `converted` turns a unit first, `band` and
`category` tell what a result means, `changed` asks again with another value, `missing` asks for
what lacks, `later` gets it, `beyond` says that the formula does not apply.
"""

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from knowledge import calls, formulas, units
from knowledge.calls import Call
from knowledge.formulas.shape import Formula, Input
from knowledge.lessons import grammar, sums, telling
from knowledge.lessons.answers import lesson_id
from knowledge.lessons.subjects import Page
from knowledge.lessons.sums import Case
from knowledge.lessons.telling import PLURAL, WORDS, Person, Voice
from knowledge.passages import sentences
from knowledge.records import Language, Lesson, LessonSource, Message
from knowledge.working import working

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
_REASON = re.compile(r"\([^()]*\{y\}[^()]*\|\)")
"""The part of a template that may hold a reason."""

_OPENED = 0.5
_REASONED = 0.5
_SOURCED = 0.15
_EXTRA = 0.3
"""Chances of an opening, of a reason, of the source behind an answer, of a sentence more."""


@dataclass(slots=True)
class _Talk:
    """A lesson in the making: whose voice asks, what was said, and the calls that it rests on."""

    formula: Formula
    case: Case
    language: Language
    pick: random.Random
    voice: Voice
    person: Person
    messages: list[Message] = field(default_factory=list)
    rests: list[str] = field(default_factory=list)

    def ask(self, text: str) -> None:
        """Add what the user says."""
        self.messages.append(Message("user", text))

    def answer(self, *parts: str) -> None:
        """Add what the assistant says, in one or several sentences."""
        joint = " " if self.language == "en" else ""
        self.messages.append(Message("assistant", joint.join(filter(None, parts))))

    def rest(self, call: Call) -> str:
        """Let the row rest on a call with its result; return that fact."""
        fact = calls.fact(call, self.language)
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
        return telling.said(templates, self.language, self.pick, **given)

    @property
    def asked(self) -> tuple[str, ...]:
        """Return how this voice asks."""
        words = WORDS[self.language]
        found: tuple[str, ...] = {"pro": words.ASKED, "own": words.OWN, "kin": words.KIN}[
            self.voice
        ]
        return found

    @property
    def told(self) -> tuple[str, ...]:
        """Return how this voice is told a result."""
        words = WORDS[self.language]
        own, kin = words.OWN_RESULT, words.KIN_RESULT
        found: tuple[str, ...] = {"pro": words.RESULT, "own": own, "kin": kin}[self.voice]
        return found


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
    return formulas.FORMULAS[page.id.removeprefix(formulas.PREFIX)]


def _kinds(formula: Formula) -> list[str]:
    asked = [each for each in formula.inputs if not each.is_finding]
    numbers = [each for each in asked if not each.choices and each.key != "age"]
    found = {
        "plain": True,
        "inline": True,
        "shown": True,
        "converted": bool(sums.turns(formula)),
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
        return sums.beyond(formula, pick.choice(formula.limits), language, pick)
    return sums.draw(formula, language, pick, other=kind == "converted")


def _talk(formula: Formula, case: Case, language: Language, pick: random.Random) -> _Talk:
    voice: Voice = "pro"
    age = case.age()
    if formula.id in _LAY and (age is None or age >= _ADULT) and pick.random() < 0.45:
        voice = pick.choice(("own", "kin"))
    kin = telling.relative(case, language, pick) if voice == "kin" else Person()
    return _Talk(formula, case, language, pick, voice, kin)


def _lesson(talk: _Talk, page: Page) -> Lesson:
    messages = tuple(talk.messages)
    every = list(range(len(talk.rests)))
    support = [every for _ in sentences(messages[-1].content)]
    return Lesson(
        id=lesson_id(NAME, talk.language, messages, talk.rests),
        messages=messages,
        language=talk.language,
        style=NAME,
        sources=tuple(LessonSource("formula", page.id, fact) for fact in talk.rests),
        entities=(),
        split_key=page.id,
        licence=formulas.LICENCE,
        meta={"relation": talk.formula.id, "support": support, "objects": []},
    )


def _question(talk: _Talk, *, without: str = "", tail: Sequence[str] = ()) -> str:
    """Return the question, whoever asks it, without one of the inputs where that is wanted."""
    pick, words = talk.pick, WORDS[talk.language]
    listed = telling.listed(
        talk.case, talk.language, pick, talk.voice, {without} - {""}, talk.person
    )
    # Where nothing is left to list, only frames serve that get on without the values.
    templates = talk.asked if listed else words.BARE
    why = grammar.say(words.WHY, pick) if pick.random() < _REASONED else ""
    asked = talk.say(
        templates if why else _plainly(templates),
        l=listed,
        w=telling.who(talk.case, talk.language, pick, without),
        y=why,
    )
    openings = words.OPENING if talk.voice == "pro" else words.GREETING
    opening = grammar.say(openings, pick) if pick.random() < _OPENED else ""
    if asked.startswith(("Task", "题目")):
        opening = ""
    more = grammar.say(tail, pick) if tail else ""
    return opening + telling.capital(asked) + more


def _plainly(templates: Sequence[str]) -> list[str]:
    """Return templates without the place for a reason."""
    return [_REASON.sub("", each) for each in templates]


def _result(talk: _Talk, case: Case) -> str:
    listed = telling.restated(case, talk.language)
    templates = [each for each in talk.told if listed or "{l}" not in each]
    return talk.say(templates, l=listed, r=case.call.answer(talk.language))


def _band(talk: _Talk, case: Case) -> str:
    place = talk.formula.band(talk.formula.result(case.given))
    label = talk.formula.bands[place].label(talk.language)
    return talk.say(WORDS[talk.language].AS_BAND, b=label)


def _working(talk: _Talk, case: Case) -> str:
    words = WORDS[talk.language]
    result = case.call.answer(talk.language)
    line = working(talk.formula, case.given, talk.language)
    if talk.formula.terms:
        return talk.say(words.POINTS, k=line)
    return talk.say(words.WORKING, k=line, r=result)


def _source(talk: _Talk, chance: float = _SOURCED) -> str:
    if not talk.formula.source or talk.pick.random() > chance:
        return ""
    return talk.say(WORDS[talk.language].SOURCE, s=talk.formula.source)


def _called(talk: _Talk, case: Case) -> None:
    talk.rest(case.call)
    talk.call(case.call, talk.formula.names(talk.language)[0])


def _told(talk: _Talk, case: Case) -> list[str]:
    """Return the result, and now and then what it means."""
    more = talk.formula.bands and talk.pick.random() < _EXTRA
    return [_result(talk, case), _band(talk, case) if more else ""]


def _plain(talk: _Talk) -> None:
    talk.ask(_question(talk))
    _called(talk, talk.case)
    talk.answer(*_told(talk, talk.case), _source(talk))


def _shown(talk: _Talk) -> None:
    talk.ask(_question(talk, tail=WORDS[talk.language].SHOW))
    _called(talk, talk.case)
    parts = [_result(talk, talk.case), _working(talk, talk.case)]
    talk.answer(*parts, _source(talk, 0.5))


def _inline(talk: _Talk) -> None:
    show = talk.pick.random() < 0.4
    talk.ask(_question(talk, tail=WORDS[talk.language].SHOW if show else ()))
    fact = talk.rest(talk.case.call)
    told = _told(talk, talk.case)
    if show:
        told.insert(1, _working(talk, talk.case))
    joint = " " if talk.language == "en" else ""
    talk.answer(f"{fact}\n{joint.join(filter(None, [*told, _source(talk)]))}")


def _equation(talk: _Talk) -> None:
    talk.ask(_question(talk))
    talk.rest(talk.case.call)
    equation = calls.substituted(talk.formula, talk.case.given, talk.language)
    talk.call(equation, equation.name)
    talk.answer(*_told(talk, talk.case), _source(talk))


def _converted(talk: _Talk) -> None:
    talk.ask(_question(talk))
    said = []
    for key, equation in talk.case.turned.items():
        talk.rest(equation)
        talk.call(equation, equation.name)
        if talk.pick.random() < 0.6:
            said.append(_turned(talk, talk.formula.input(key)))
    _called(talk, talk.case)
    talk.answer(*said, *_told(talk, talk.case))


def _turned(talk: _Talk, one: Input) -> str:
    value = units.amount(talk.case.given[one.key], one.unit, talk.language)
    number, unit = talk.case.told[one.key]
    told = units.amount(number, unit, talk.language)
    name = one.names(talk.language)[0]
    return talk.say(WORDS[talk.language].CONVERTED, n=name, u=told, v=value)


def _banded(talk: _Talk) -> None:
    talk.ask(_question(talk, tail=WORDS[talk.language].BAND))
    _called(talk, talk.case)
    talk.answer(_result(talk, talk.case), _band(talk, talk.case), _source(talk))


def _category(talk: _Talk) -> None:
    talk.ask(_question(talk))
    _called(talk, talk.case)
    talk.answer(_result(talk, talk.case))
    talk.ask(grammar.say(WORDS[talk.language].BAND_ASKED, talk.pick))
    said = _result(talk, talk.case) if talk.pick.random() < 0.5 else ""
    talk.answer(said, _band(talk, talk.case))


def _changed(talk: _Talk) -> None:
    words = WORDS[talk.language]
    talk.ask(_question(talk))
    _called(talk, talk.case)
    talk.answer(_result(talk, talk.case))
    new = sums.changed(talk.case, talk.pick)
    if new is None:
        return
    case, key = new
    one = talk.formula.input(key)
    value = units.amount(case.given[key], one.unit, talk.language)
    name = one.names(talk.language)[0]
    talk.ask(talk.say(words.CHANGED, n=name, v=value))
    _called(talk, case)
    talk.answer(
        talk.say(words.NOW, n=name, v=value, r=case.call.answer(talk.language)),
        _band(talk, case) if talk.formula.bands and talk.pick.random() < _EXTRA else "",
    )


def _lacking(talk: _Talk) -> Input:
    """Choose what is left out and ask for it."""
    kept = {"sex"} if talk.voice == "kin" else set()
    asked = [each for each in talk.formula.inputs if not each.is_finding and each.key not in kept]
    one = talk.pick.choice(asked)
    talk.ask(_question(talk, without=one.key))
    unit = units.plain(one.unit, talk.language)
    name = one.names(talk.language)[0]
    if talk.language == "en":
        wanted = f"the {name}{f' in {unit}' if unit and one.unit != 'years' else ''}"
    else:
        wanted = f"{name}{f'（{unit}）' if unit else ''}"
    talk.answer(
        talk.say(WORDS[talk.language].MISSING, m=wanted, be="are" if one.key in PLURAL else "is")
    )
    return one


def _missing(talk: _Talk) -> None:
    talk.rest(talk.case.without(_lacking(talk).key))


def _later(talk: _Talk) -> None:
    one = _lacking(talk)
    told = telling.single(talk.case, one, talk.language, talk.pick)
    talk.ask(talk.say(WORDS[talk.language].SUPPLIED, l=told))
    _called(talk, talk.case)
    talk.answer(*_told(talk, talk.case), _source(talk))


def _beyond(talk: _Talk) -> None:
    talk.ask(_question(talk))
    talk.rest(talk.case.call)
    limit = talk.formula.limit(talk.case.given)
    assert limit is not None
    why, instead = limit.why(talk.language), limit.instead(talk.language)
    talk.answer(talk.say(WORDS[talk.language].BEYOND, why=why, instead=instead))


_WRITERS: dict[str, Callable[[_Talk], None]] = {
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
