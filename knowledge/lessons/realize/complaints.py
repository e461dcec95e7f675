"""Write what patients say first: who is ill, of what, for how long, and what they want to know.

    page + profile + findings -> greeting, introduction, complaint, worry
    page that was named -> greeting, diagnosis or medicine

The patient speaks, or somebody of the family does.
"""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from knowledge.lessons.facts import reportable_findings
from knowledge.lessons.facts.fact_page import FactPage, PageFact
from knowledge.lessons.realize import (
    articles,
    chinese_sentences,
    patient_profiles,
    realizer,
    stock_fitness,
)
from knowledge.lessons.realize.patient_profiles import PatientProfile
from knowledge.lessons.templates import grammar
from knowledge.lessons.templates.loader import load
from knowledge.lessons.templates.tables import ChatdoctorWords
from knowledge.records import Language

_SEX: dict[str, str] = {"f": "female", "m": "male", "": "either"}
_SLEEP = re.compile("Sleeping|睡")
_ASLEEP = re.compile(r"sleep|insomni|snor|wak|drows|眠|睡", re.IGNORECASE)
"""A patient who complains of bad sleep does not add that sleeping is difficult."""


@dataclass(frozen=True, slots=True)
class _Voice:
    """The words by which a template refers to whoever is ill."""

    i: str
    again: str
    have: str = "have"
    am: str = "am"
    me: str = "me"
    my: str = "my"


def describe_complaint(
    page: FactPage,
    who: PatientProfile,
    items: Sequence[PageFact],
    pick: random.Random,
) -> str:
    """Return the patient's first words, of the patient's own ills or of a relative's."""
    english = page.language == "en"
    voice = _voice(who, page.language, pick, other=reportable_findings.needs_witness(items))
    intro = _introduced(who, voice, page.language, pick)
    forms = _words(page).complaint
    if intro and not english:
        voice = replace(voice, i=voice.again)
        forms = forms if voice.again else _words(page).complaint_continued
    elif intro:  # who it is has been said
        voice = replace(voice, i=voice.again, me=voice.me if voice.i == "I" else voice.again)
        voice = replace(voice, me={"he": "him", "she": "her"}.get(voice.me, voice.me))
    several = [each for each in forms if len(items) > 1 or "{rest}" not in each]
    template = grammar.draw(several, pick)
    names = [_felt(item.said) if english else item.said for item in items]
    since = patient_profiles.choose_duration(who, page.language, pick)
    text = _voiced(
        template,
        voice,
        page,
        a=realizer.join_names(names, page.language, pick),
        x=names[0],
        rest=realizer.join_names(names[1:], page.language, pick),
        since=since,
        Since=since[:1].upper() + since[1:],
    )
    worry = grammar.draw(_words(page).worry, pick)
    restless = who.pace == "sudden" or any(_ASLEEP.search(name) for name in names)
    if _SLEEP.search(worry) and restless:
        worry = ""
    text = intro + text + (" " if english and worry else "") + worry.rstrip()
    return _greeted(text, page, pick)


def name_condition(page: FactPage, who: PatientProfile, pick: random.Random) -> str:
    """Return the first words of somebody who was told which condition it is."""
    voice = _voice(who, page.language, pick)
    openings = _words(page).diagnosis
    opening = grammar.draw(
        [each for each in openings if chinese_sentences.fits_verb(each, page.said)], pick
    )
    return _greeted(_voiced(opening, voice, page, s=page.said), page, pick)


def name_medicine(page: FactPage, pick: random.Random) -> str:
    """Return the first words of somebody who was given a medicine."""
    words = _words(page)
    lines = words.medicine
    if words.vaccine and page.name.endswith("疫苗"):
        lines = words.vaccine
    elif words.given and not stock_fitness.is_self_taken(page):
        lines = words.given
    return _greeted(grammar.draw(lines, pick).format(s=page.said), page, pick)


def join_question(told: str, question: str, language: Language) -> str:
    """Return first words with the question that follows them."""
    return told + (" " if language == "en" else "") + question


def _felt(name: str) -> str:
    """Put an article before a countable symptom: a fever, a sore throat."""
    if (
        articles.without_article(name) != name
        or not name.endswith(load(ChatdoctorWords, "en").takes_article)
        or " of " in name
        or " in " in name
    ):
        return name
    return articles.indefinite_article(name) + name


def _voiced(template: str, voice: _Voice, page: FactPage, **parts: str) -> str:
    words = {"i": voice.i, "have": voice.have, "am": voice.am, "me": voice.me, "my": voice.my}
    large = {"I": voice.i[:1].upper() + voice.i[1:], "My": voice.my[:1].upper() + voice.my[1:]}
    text = template.format(**words, **large, **parts)
    return text[:1].upper() + text[1:] if page.language == "en" else text


def _voice(
    who: PatientProfile, language: Language, pick: random.Random, *, other: bool = False
) -> _Voice:
    """Choose who is ill: the speaker, or a relative whom the condition may befall."""
    other = other or who.stage in ("baby", "child") or pick.random() < 0.25
    if not other:
        return _Voice("I", "I") if language == "en" else _Voice("我", "")
    words = load(ChatdoctorWords, language)
    kin = grammar.draw(words.kin[who.stage][_SEX[who.sex]], pick)
    if language == "zh":
        return _Voice(f"我{kin}", words.pronoun.get(kin, ""))
    again = words.pronoun.get(kin, "she")
    return _Voice(f"my {kin}", again, "has", "is", f"my {kin}", f"my {kin}'s")


def _introduced(who: PatientProfile, voice: _Voice, language: Language, pick: random.Random) -> str:
    """Return a sentence on sex and age: where a doctor would conclude otherwise without, and else
    in about half of the cases.
    """
    matters = bool(who.sex or who.young) or who.stage in ("mature", "old")
    if who.stage == "baby" or (pick.random() < 0.5 and not matters):
        return ""
    years = patient_profiles.choose_age(who, pick)
    if language == "zh":
        noun = {"f": "，女", "m": "，男", "": ""}[who.sex] if voice.i == "我" else ""
        noun = "，正在怀孕" if who.pregnant else noun
        return pick.choice((f"{voice.i}今年{years}岁{noun}。", f"{voice.i}{years}岁{noun}。"))
    state = " and pregnant" if who.pregnant else ""
    if voice.i != "I":
        return f"{voice.i[:1].upper()}{voice.i[1:]} is {years}{state}. "
    sex = who.sex or pick.choice(("f", "m"))
    noun = "woman" if sex == "f" else "man"
    article = "an" if 80 <= years < 90 or years == 18 else "a"
    full = f"I am {article} {years}-year-old {noun}. "
    if who.pregnant:
        return f"I am {years}{state}. "
    return pick.choice((full, f"I am {years}. ", f"I'm {years} years old. "))


def _greeted(text: str, page: FactPage, pick: random.Random) -> str:
    greetings = _words(page).greeting
    if text.startswith("医生"):  # who is spoken to is not who is spoken of
        greetings = tuple(each for each in greetings if "医" not in each and "大夫" not in each)
    greeting = grammar.draw(greetings, pick)
    if page.language == "zh" or not greeting.endswith(", ") or text[:2] in ("I ", "I'"):
        return greeting + text
    return greeting + text[:1].lower() + text[1:]


def _words(page: FactPage) -> ChatdoctorWords:
    return load(ChatdoctorWords, page.language)
