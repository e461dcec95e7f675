"""Write dialogues of a patient who complains and a doctor who answers (style chatdoctor).

    page + topic + form -> greeting, person, complaint, question -> what it may be and what to do

Forms: `case` describes symptoms, `told` starts from a named condition, `taking` from a medicine.
What is only statistically associated makes no complaint and no advice.
"""

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from knowledge.lessons.facts import reportable_findings
from knowledge.lessons.facts.fact_page import FactPage, PageFact
from knowledge.lessons.realize import (
    articles,
    chinese_sentences,
    consultation,
    patient_profiles,
    realizer,
)
from knowledge.lessons.realize.answer_builder import AnswerBuilder
from knowledge.lessons.realize.patient_profiles import PatientProfile
from knowledge.lessons.templates import grammar
from knowledge.lessons.templates.loader import load
from knowledge.lessons.templates.tables import ChatdoctorWords, Lines
from knowledge.records import Language, Lesson

NAME = "chatdoctor"
PAGE_KINDS: tuple[Literal["entities"], ...] = ("entities",)

_CARE = ("test", "first_line", "treatment", "medicine", "department")
_ASKED = (
    "symptom", *_CARE, "red_flag", "complication", "prevention", "diet_recommended",
    "diet_avoided", "transmission", "prognosis", "cause", "risk_factor", "description",
)  # fmt: skip
_TAKEN = (
    "side_effect", "contraindication", "interaction", "pregnancy", "dose_limit", "monitoring",
    "medicine~", "description",
)  # fmt: skip
_EXTRA = ("test", "first_line", "treatment", "medicine", "complication", "department", "red_flag")
_PLAIN = ("treatment", "department")
"""Relations that read alike for most conditions: seldom added unless asked for."""

_CAUTIONS = ("side_effect", "contraindication", "interaction", "monitoring")
_MOST = 6
_FLAGGED = 0.6
_CLOSED = 0.6
"""How often an answer ends with a red flag of the condition, and with a closing sentence."""


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


def topics(page: FactPage) -> dict[str, tuple[str, ...]]:
    """Return the relations that a consultation on a page can ask for, and the forms of each."""
    if page.entity.kind == "medicine":
        return {relation: ("taking",) for relation in _TAKEN if page.groups.get(relation)}
    if page.entity.kind != "condition":
        return {}
    found: dict[str, tuple[str, ...]] = {}
    described = len(reportable_findings.select_felt(page.entity_facts("symptom"))) >= 2
    for relation in _ASKED:
        if page.groups.get(relation) and patient_profiles.is_illness(page):
            case = described and relation != "description"
            found[relation] = ("case", "told") if case else ("told",)
    return found


def write(page: FactPage, relation: str, form: str, pick: random.Random) -> Lesson | None:
    """Write one lesson, or none if the page has too few facts."""
    answer = AnswerBuilder(page, pick)
    question = _WRITERS[form](page, relation, answer, pick)
    return answer.build(NAME, question, relation)


def _case(page: FactPage, relation: str, answer: AnswerBuilder, pick: random.Random) -> str:
    items = _few(reportable_findings.select_felt(page.entity_facts("symptom")), pick)
    who = patient_profiles.profile_of(page, items)
    if who.pace != "sudden":
        consultation.acknowledge(answer, page.language, pick)
    answer.add(
        patient_profiles.state_likely_condition(page, _listed(items, page, pick), pick),
        "symptom",
        items,
    )
    urged = _urge(page, who, relation, answer, pick)
    _advise_on(page, _care(page, relation, pick), answer, pick)
    if not urged:
        _close(page, who, relation, answer, pick, _words(page).case_closing)
    asked = grammar.draw(_words(page).case_question[relation], pick)
    return describe_complaint(page, who, items, pick) + _space(page) + asked


def _told(page: FactPage, relation: str, answer: AnswerBuilder, pick: random.Random) -> str:
    who = patient_profiles.profile_of(page)
    if who.pace != "sudden":
        consultation.acknowledge(answer, page.language, pick)
    if relation != "description" and page.text_facts("description") and pick.random() < 0.5:
        answer.state("description", page.text_facts("description")[:1])
    if page.text_facts("red_flag") and relation != "description":
        _urge(page, who, relation, answer, pick)
    _advise_on(page, _care(page, relation, pick, extra=1), answer, pick)
    _close(page, who, relation, answer, pick, _words(page).closing)
    voice = _voice(who, page.language, pick)
    openings = _words(page).diagnosis
    opening = grammar.draw(
        [each for each in openings if chinese_sentences.fits_verb(each, page.said)], pick
    )
    told = _voiced(opening, voice, page, s=page.said)
    asked = grammar.draw(_words(page).diagnosis_question[relation], pick)
    return _greeted(told, page, pick) + _space(page) + asked


def _taking(page: FactPage, relation: str, answer: AnswerBuilder, pick: random.Random) -> str:
    _advise(page, relation, answer, pick)
    others = [key for key in _CAUTIONS if key != relation and page.groups.get(key)]
    if others and pick.random() < 0.4:
        _advise(page, pick.choice(others), answer, pick)
    if pick.random() < _CLOSED:
        _add(page, _words(page).medicine_closing, answer, pick)
    told = grammar.draw(_words(page).medicine, pick).format(s=page.said)
    asked = grammar.draw(_words(page).medicine_question[relation], pick)
    return _greeted(told, page, pick) + _space(page) + asked


_WRITERS: dict[str, Callable[[FactPage, str, AnswerBuilder, random.Random], str]] = {
    "case": _case, "told": _told, "taking": _taking,
}  # fmt: skip


def _advise_on(
    page: FactPage, relations: Sequence[str], answer: AnswerBuilder, pick: random.Random
) -> None:
    """State the relations not stated yet, without repeating first-line treatments."""
    relations = [each for each in relations if not answer.states(each)]
    spoken = pick.choice(relations) if relations else ""
    named = ((each, page.entity_facts(each)) for each in relations)
    for each, items in realizer.drop_repeated_treatments(named, _MOST):
        if items or not page.entity_facts(each):
            _advise(page, each, answer, pick, items, spoken=each == spoken)
            consultation.explain(answer, each, page.language, pick)


def _urge(
    page: FactPage, who: PatientProfile, relation: str, answer: AnswerBuilder, pick: random.Random
) -> bool:
    """Add what is urgent before all advice; return whether anything was added."""
    if who.pace != "sudden" or relation == "red_flag":
        return False
    if page.text_facts("red_flag"):
        _advise(page, "red_flag", answer, pick)
    else:
        _add(page, _words(page).urgent_closing, answer, pick)
    return True


def _close(
    page: FactPage,
    who: PatientProfile,
    relation: str,
    answer: AnswerBuilder,
    pick: random.Random,
    closings: Lines,
) -> None:
    """End an answer: with a warning if it may be urgent, else often with a closing sentence."""
    if page.text_facts("red_flag") and relation != "red_flag" and not answer.states("red_flag"):
        if who.pace == "sudden" or pick.random() < _FLAGGED:
            _advise(page, "red_flag", answer, pick)
    elif who.pace == "sudden" and relation != "description" and not answer.states("red_flag"):
        _add(page, _words(page).urgent_closing, answer, pick)
        return
    if who.pace == "sudden" and answer.states("red_flag"):
        return
    if relation != "description" and consultation.say_what_is_next(answer, page.language, pick):
        return
    if relation not in ("description", "department", "red_flag") and pick.random() < _CLOSED:
        closing = {
            "medicine": _words(page).medicine_closing,
            "prognosis": _words(page).prognosis_closing,
        }.get(relation, closings)
        _add(page, closing, answer, pick)


def _add(
    page: FactPage,
    closings: Lines,
    answer: AnswerBuilder,
    pick: random.Random,
) -> None:
    text = grammar.draw(closings, pick)
    answer.add(realizer.fill(text, page.language, 1))


def _few(items: Sequence[PageFact], pick: random.Random) -> list[PageFact]:
    known = items[:12]
    taken = pick.sample(known, min(len(known), pick.choice((2, 2, 3, 3, 4))))
    return [item for item in known if item in taken]


def _listed(items: Sequence[PageFact], page: FactPage, pick: random.Random) -> str:
    return realizer.join_names([item.said for item in items], page.language, pick)


def _care(page: FactPage, relation: str, pick: random.Random, extra: int = 2) -> list[str]:
    """Return the relations that an answer states: the one asked for, and some that are added."""
    possible = _EXTRA if relation in (*_CARE, "symptom") else ("department", "red_flag")
    others = [
        key
        for key in possible
        if key != relation and page.groups.get(key) and (key not in _PLAIN or pick.random() < 0.3)
    ]
    added = pick.sample(others, min(len(others), pick.randint(0, extra)))
    if relation in ("medicine", "treatment") and "first_line" in others:
        added = list(dict.fromkeys(("first_line", *added)))  # what comes first is said first
    if relation in _CARE and relation != "department":
        return sorted([relation, *added], key=_EXTRA.index)
    return [relation, *sorted(added, key=_EXTRA.index)]


def _advise(
    page: FactPage,
    relation: str,
    answer: AnswerBuilder,
    pick: random.Random,
    items: Sequence[PageFact] = (),
    *,
    spoken: bool = True,
) -> None:
    named = items or page.entity_facts(relation)[:_MOST]
    if relation == "interaction" and named and named[0].level:
        answer.state(relation, named, briefly=0.8 if answer.has_begun else 0.0)
        return
    if not named:
        item = pick.choice(page.text_facts(relation)[:3])
        if relation == "red_flag" and pick.random() < 0.7:
            intro = grammar.draw(_words(page).red_flag, pick)
            stop = "." if page.language == "en" else "。"
            text = realizer.fill(intro, page.language, 1, v=item.said.rstrip(".。") + stop)
            answer.add(text, relation, [item])
        else:
            answer.state(relation, [item])
        return
    if relation == "side_effect" and len(reportable_findings.select_felt(named)) < len(named):
        spoken = False  # nobody notices a change in the blood
    forms = _words(page).spoken.get(relation, ()) if spoken else ()
    if not forms or pick.random() < (0.7 if answer.has_begun else 0.4):
        answer.state(relation, named, briefly=0.8 if answer.has_begun else 0.0)
        return
    answer.add(
        realizer.fill_with_items(forms, page.said, named, page.language, pick), relation, named
    )


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
    """Return a sentence on sex and age, in about half of the cases."""
    if who.stage == "baby" or (pick.random() < 0.5 and not who.pregnant):
        return ""
    years = patient_profiles.choose_age(who, pick)
    if language == "zh":
        noun = {"f": "，女", "m": "，男", "": ""}[who.sex] if voice.i == "我" else ""
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


def _space(page: FactPage) -> str:
    return " " if page.language == "en" else ""
