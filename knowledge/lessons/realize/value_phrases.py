"""Phrase the values of a calculator case in questions, and fill templates with them.

    case + voice -> description of the patient, list of values in random order -> filled template

Voices: `pro` speaks of a patient, `own` of oneself, `kin` of a relative.
"""

import random
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from knowledge.calculators.formulas.formula import Input
from knowledge.lessons.facts import calculator_cases
from knowledge.lessons.facts.calculator_cases import CalculatorCase
from knowledge.lessons.templates import grammar
from knowledge.lessons.templates.loader import load
from knowledge.lessons.templates.tables import LinesBy, ToolsWords
from knowledge.records import Language
from knowledge.text import units

Voice = Literal["pro", "own", "kin"]

PLURAL = {"triglycerides", "cigarettes"}
"""Inputs whose English names are plural."""

_CHILD = 18
_MOST_DENIED = 3
_SAID_ALL = 0.3
_PLAIN = 0.7
"""The chance of the plain spelling of a unit."""

_SMALL_WORD = re.compile(r"[a-z]+(?![A-Za-z0-9])")
_A_VOWEL = re.compile(r"\b([Aa]) (?=(?:8\d?|11|18)[ -])")
_SLOT = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Relative:
    """Whom a question is about: a relative, with the words for her or him, or nobody named."""

    kin: str = ""
    her: str = ""


def choose_relative(case: CalculatorCase, language: Language, pick: random.Random) -> Relative:
    """Return a relative whose sex is that of the case."""
    sex, age = case.sex(), case.age()
    kins = [
        (kin, her)
        for kin, her, own, from_age, to_age in load(ToolsWords, language).relative
        if sex in (None, own) and (age is None or from_age <= age <= to_age)
    ]
    return Relative(*pick.choice(kins))


def describe_patient(
    case: CalculatorCase, language: Language, pick: random.Random, without: str = ""
) -> str:
    """Return whom a clinician speaks of: age and sex where the formula takes them.

    Where it takes neither, both may still be told: a patient has them.
    """
    inputs = {each.key for each in case.formula.inputs}
    age, sex = case.given.get("age"), case.sex()
    if "age" not in inputs and "weight" not in inputs and pick.random() < 0.5:
        age = str(pick.randint(max(24, calculator_cases.least_age(case)), 88))
    if sex is None and pick.random() < 0.5:
        sex = pick.choice(("female", "male"))
    age = None if without == "age" else age
    sex = None if without == "sex" else sex
    child = age is not None and int(age) < _CHILD
    key = " ".join(filter(None, (sex, ("child" if child else "age") if age else ""))) or "unknown"
    words = load(ToolsWords, language)
    said = pick.choice(words.patient[key])
    return correct_articles(said.format(a=age, bay=pick.choice(words.bay), bed=pick.randint(2, 30)))


def list_values(
    case: CalculatorCase,
    language: Language,
    pick: random.Random,
    voice: Voice,
    without: Collection[str] = (),
    person: Relative | None = None,
) -> str:
    """Return the values of a case in one list, in an order of chance."""
    words = load(ToolsWords, language)
    own = {"age", "sex"} if voice == "pro" else {"sex"} if voice == "kin" else set()
    wanted = [
        each
        for each in case.formula.inputs
        if each.key not in own and each.key not in without and not each.is_finding
    ]
    if not wanted and not any(each.is_finding for each in case.formula.inputs):
        return ""
    style = pick.choice(words.value if voice != "own" else words.own_value)
    said = []
    if {"sbp", "dbp"} <= {each.key for each in wanted} and pick.random() < 0.6:
        both = f"{case.given['sbp']}/{case.given['dbp']}"
        spelled = units.join_quantity(both, _spelling("mmHg", language, pick))
        said.append(pick.choice(words.pressure).format(v=spelled))
        wanted = [each for each in wanted if each.key not in ("sbp", "dbp")]
    said += [_told(case, each, language, pick, voice, style, person) for each in wanted]
    pick.shuffle(said)
    findings = _findings(case, language, pick, without)
    if findings and pick.random() < 0.5:
        return _joined([*findings, *said] if said else findings, language, pick)
    return _joined([*said, *findings], language, pick)


def phrase_value(case: CalculatorCase, one: Input, language: Language, pick: random.Random) -> str:
    """Return one value of a case on its own."""
    form = pick.choice(load(ToolsWords, language).value)
    return _told(case, one, language, pick, "pro", form, None)


def restate_values(case: CalculatorCase, language: Language) -> str:
    """Return the numbers of a case as an answer repeats them, or nothing where there are others."""
    inputs = case.formula.inputs
    if any(each.is_finding or (each.choices and each.key != "sex") for each in inputs):
        return ""
    numbers = [each for each in case.formula.inputs if not each.choices]
    if not numbers or len(numbers) > 4:
        return ""
    said = [name_value(case, each, language) for each in numbers]
    if language == "zh":
        return "、".join(said)
    return ", ".join(said[:-1]) + (" and " if len(said) > 1 else "") + said[-1]


def name_value(case: CalculatorCase, one: Input, language: Language) -> str:
    """Return a value with its name, as an answer repeats it.

    >>> # for a weight of 70: "weight 70 kg" or "体重70 kg"
    """
    space = " " if language == "en" else ""
    amount = units.format_quantity(case.given[one.key], one.unit, language)
    return f"{one.names(language)[0]}{space}{amount}"


def spell_amount(case: CalculatorCase, one: Input, language: Language, pick: random.Random) -> str:
    """Return a number with its unit in one of the unit's spellings."""
    number, unit = case.stated[one.key]
    return units.join_quantity(number, _spelling(unit, language, pick))


def fill_slots(template: str, language: Language, **slots: str) -> str:
    """Return a template with its slots filled; a slot in capitals begins a sentence.

    >>> fill_slots("{F}: {r}.", "en", f="anion gap", r="12 mmol/L")
    'Anion gap: 12 mmol/L.'
    """

    def filled(found: re.Match[str]) -> str:
        name = found[1]
        if name in slots:
            return slots[name]
        return capitalize(slots[name[:1].lower() + name[1:]])

    return correct_articles(_SLOT.sub(filled, template))


def capitalize(text: str) -> str:
    """Return a text that begins a sentence; names such as pH and eGFR stay as they are."""
    found = _SMALL_WORD.match(text)
    return text[:1].upper() + text[1:] if found and text[:2] != "pH" else text


def correct_articles(text: str) -> str:
    """Return a text with `an` before numbers that begin with a vowel.

    >>> correct_articles("a 80-year-old woman and a 18-year-old man")
    'an 80-year-old woman and an 18-year-old man'
    """
    return _A_VOWEL.sub(r"\1n ", text)


def _told(
    case: CalculatorCase,
    one: Input,
    language: Language,
    pick: random.Random,
    voice: Voice,
    style: str,
    person: Relative | None,
) -> str:
    words = load(ToolsWords, language)
    special: LinesBy = {}
    if voice == "own":
        special = words.own_special
    elif voice == "kin":
        special = words.kin_special
    if one.choices:
        key = case.given[one.key]
        choice = next(each for each in one.choices if each.key == key).names(language)[0]
        forms = special.get(one.key) or words.chosen
        noun = words.sex_noun["female" if key == "female" else "male"]
        name = one.names(language)[0]
        return pick.choice(forms).format(n=name, c=choice, x=choice, woman=noun)
    form = pick.choice(special[one.key]) if one.key in special else style
    if pick.random() < 0.25 and one.key not in special:
        form = pick.choice(words.value if voice != "own" else words.own_value)
    name = pick.choice(one.names(language))
    if language == "zh" and name[-1].isascii():
        form = form.replace("{n}{v}", "{n} {v}")
    if one.key in PLURAL and language == "en":
        form = form.replace(" is ", " are ").replace(" was ", " were ").replace("a {n}", "{n}")
    return form.format(n=name, v=spell_amount(case, one, language, pick))


def _findings(
    case: CalculatorCase, language: Language, pick: random.Random, without: Collection[str]
) -> list[str]:
    """Return the findings that are there, and of those that are not a few or all."""
    words = load(ToolsWords, language)
    every = [each for each in case.formula.inputs if each.is_finding and each.key not in without]
    if not every:
        return []
    present = [each for each in every if case.given[each.key] == "yes"]
    absent = [each for each in every if case.given[each.key] == "no"]
    pick.shuffle(absent)
    whole = len(absent) <= 1 or pick.random() < _SAID_ALL
    denied = absent if whole else absent[: pick.randint(1, _MOST_DENIED)]
    yes, no = pick.choice(words.present), pick.choice(words.absent)
    said = [yes.format(n=pick.choice(each.names(language))) for each in present]
    said += [_denied(no, pick.choice(each.names(language)), words.absent) for each in denied]
    pick.shuffle(said)
    if len(denied) < len(absent):
        said.append(pick.choice(words.nothing_else))
    return said


def _denied(form: str, name: str, forms: Sequence[str]) -> str:
    """Return that a finding is not there: of one with an article not "no a more likely one"."""
    if name.startswith("a "):
        form = next(each for each in forms if each.startswith("{n}"))
    return form.format(n=name)


def _joined(said: Sequence[str], language: Language, pick: random.Random) -> str:
    joint = pick.choice(load(ToolsWords, language).separator)
    if joint == " and ":
        return ", ".join(said[:-1]) + (joint if len(said) > 1 else "") + said[-1]
    return joint.join(said)


def _spelling(unit: str, language: Language, pick: random.Random) -> str:
    spelled = units.readable_spellings(unit, language)
    if not spelled:
        return ""
    return spelled[0] if pick.random() < _PLAIN else pick.choice(spelled)


def draw_and_fill(
    templates: Sequence[str], language: Language, pick: random.Random, **slots: str
) -> str:
    """Return one of the texts of one of the templates, its slots filled."""
    return fill_slots(grammar.draw(templates, pick), language, **slots)
