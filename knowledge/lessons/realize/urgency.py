"""Open the answer of a row with what to do now, where the user's words suggest an emergency.

    row -> words of its user -> emergencies -> opening + answer, or no row

A row that only tells facts is dropped where its words suggest one.
"""

import random
import re
from collections.abc import Sequence
from dataclasses import replace

from knowledge.datasets.row_ids import lesson_id
from knowledge.lessons.facts.manner import length_of
from knowledge.lessons.facts.urgent_flags import is_grave_name
from knowledge.lessons.facts.urgent_words import (
    CLINICIANS,
    WEIGHING,
    Emergency,
    UrgencyRules,
    names_its_subject,
    users_words,
)
from knowledge.lessons.templates.loader import load
from knowledge.lessons.templates.tables import PatientsWords, UrgencyWords
from knowledge.records import Language, Lesson, LessonMessage
from knowledge.text.sentences import sentence_spans

UNOPENED = "the user's words suggest an emergency, of which such a row does not speak"

_OF_PATIENTS = ("chatdoctor", "dialogue", "multi-hop", "vignette")

_NAMED = re.compile(" — |——")
"""What follows the name of a condition in a line of evidence."""

_WORD = re.compile(r"[a-z]{4,}")
_STEM = 6
_ANY_EMERGENCY = frozenset(
    ("acute", "severe", "sudden", "large", "possible", "danger", "with", "aortic", "abdominal")
)
_ANY_EMERGENCY_ZH = re.compile("急性|严重|重度|重症|突发|突然|大量|急症|可能|或|及|伴|、|（|）")
_OF_VESSELS_ZH = frozenset(("主动", "动脉", "静脉"))
"""Words and pairs of an emergency's name that fit every other one, or another one of its place."""

_NAMED_AS_LASTING = re.compile(
    "^[^—]*(?:慢性(?!硬脑?膜)|陈旧性|后遗症|中毒(?:性|所致|引起|伴)[^—]*(?:神经病|精神障碍|眩晕|贫血))"
)
_OF_YEARS = re.compile("alzheimer|dementia|parkinson|阿尔茨海默|痴呆|帕金森", re.IGNORECASE)
"""What comes on over years: an opening on sudden confusion would be of something else."""

_FLAG = re.compile("— red flags:|——警示征象：")
_COMPLAINT = re.compile("— symptoms:|——症状：")


def openings(
    emergency: Emergency, style: str, language: Language, *, named: bool = False
) -> list[str]:
    """Return every text with which the answer of a row of a style may open.

    Who has `named` a condition need not be told which emergency it may be.
    """
    words = load(UrgencyWords, language)
    templates = words.to_named if named else words.to_patient
    if style in CLINICIANS:
        templates = words.to_clinician
    return [each.format(name=emergency.name, act=emergency.act) for each in templates]


def open_answer(lesson: Lesson, rules: UrgencyRules, pick: random.Random) -> Lesson | None:
    """Return a row whose answer opens with what to do now, where its words call for that.

    None where they do and the row is not one that could say it.
    """
    found = rules(users_words(lesson), lesson.language)
    if not found:
        return lesson
    support = lesson.meta.get("support")
    if not _speaks_of_a_patient(lesson) or not isinstance(support, list):
        return None
    named = names_its_subject(lesson)
    if not (named or _belongs(found[0], lesson)):
        return None
    if named and _NAMED_AS_LASTING.search(lesson.sources[0].quote):
        return None  # the name sounds like the emergency; what lasts for years is none
    if lesson.style in WEIGHING:
        found = _of_subject_first(found, lesson)
        if _leads_elsewhere(found[0], lesson) or _OF_YEARS.search(_followed(lesson)):
            return None
    earlier = _before_the_last(lesson)
    if earlier and rules(earlier, lesson.language):
        return None
    opening = pick.choice(openings(found[0], lesson.style, lesson.language, named=named))
    return with_opening(lesson, opening, [each.id for each in found])


def _speaks_of_a_patient(lesson: Lesson) -> bool:
    """Say whether a row is about somebody who is ill, and not about what is known of a thing."""
    relation = lesson.meta.get("relation")
    if lesson.style == "safety":
        return relation == "red_flag"
    if lesson.style == "huatuo":  # a case names the condition by its symptoms first
        return relation != "symptom" and _COMPLAINT.search(lesson.sources[0].quote) is not None
    if lesson.style == "multi-hop" and relation != "complication":
        return False  # a choice between medicines, of somebody who is known
    if lesson.style == "vignette" and (_is_lasting(lesson) or not _is_flagged(lesson)):
        return False  # what follows would not fit
    if lesson.style == "dialogue" and _is_lasting(lesson):
        return False  # nobody waited for months with what the words suggest
    return lesson.style in _OF_PATIENTS and not lesson.split_key.startswith("medicine:")


def _belongs(emergency: Emergency, lesson: Lesson) -> bool:
    """Say whether a row is about an emergency: what else opens it misleads.

    A case is about the conditions that it weighs, their symptoms and red flags, not about what the
    patient has besides.
    """
    return _is_told_by(emergency, lesson, [each.quote for each in lesson.sources])


def _leads_elsewhere(emergency: Emergency, lesson: Lesson) -> bool:
    """Say whether a case is about one emergency, and would be opened with that of a rival."""
    subject = _followed(lesson)
    own = [each.quote for each in lesson.sources if _NAMED.split(each.quote)[0] == subject]
    return is_grave_name(subject) and not _is_told_by(emergency, lesson, own)


def _of_subject_first(found: Sequence[Emergency], lesson: Lesson) -> tuple[Emergency, ...]:
    """Return emergencies with those first that are called as what a case follows.

    Who coughs up blood and has signs of an embolism is treated for the embolism.
    """
    subject = _followed(lesson)
    named = [each for each in found if _is_told_by(each, lesson, [subject])]
    return (*named, *(each for each in found if each not in named))


def _followed(lesson: Lesson) -> str:
    """Return the name of the condition that most facts of a case are about."""
    about = [_NAMED.split(each.quote)[0] for each in lesson.sources]
    return max(about, key=about.count)


def _is_told_by(emergency: Emergency, lesson: Lesson, quotes: list[str]) -> bool:
    if lesson.style in WEIGHING:
        quotes = [
            each if _FLAG.search(each) or _COMPLAINT.search(each) else _NAMED.split(each)[0]
            for each in quotes
        ]
    told = " ".join(quotes)
    if lesson.language == "zh":
        parts = _ANY_EMERGENCY_ZH.split(emergency.name)
        pairs = (part[at : at + 2] for part in parts for at in range(len(part) - 1))
        return any(each in told for each in pairs if each not in _OF_VESSELS_ZH)
    known = {word[:_STEM] for word in _WORD.findall(told.casefold())}
    return any(
        word[:_STEM] in known
        for word in _WORD.findall(emergency.name.casefold())
        if word not in _ANY_EMERGENCY
    )


def _before_the_last(lesson: Lesson) -> tuple[str, ...]:
    """Return what the patient of a talk had said before the doctor's last question.

    Where that suggests an emergency, nothing more was to be asked.
    """
    if lesson.style != "dialogue":
        return ()
    asked = [each for each in lesson.messages if each.role == "user"]
    replies = lesson.messages[: len(lesson.messages) - 2] if len(asked) > 1 else ()
    confirmed = lesson.meta.get("confirmed")
    known = confirmed[:-1] if isinstance(confirmed, list) else []
    earlier = replace(lesson, messages=tuple(replies), meta={**lesson.meta, "confirmed": known})
    return users_words(earlier)


def _is_lasting(lesson: Lesson) -> bool:
    """Say whether a case is one of weeks and months."""
    asked = lesson.messages[0].content
    return any(each in asked for each in load(PatientsWords, lesson.language).duration["lasting"])


def _is_flagged(lesson: Lesson) -> bool:
    """Say whether a red flag is told of the condition."""
    return any(_FLAG.search(each.quote) for each in lesson.sources)


def with_opening(lesson: Lesson, opening: str, ids: Sequence[str]) -> Lesson:
    """Return a row with an opening before its last answer, whose sentences rest on no fact.

    What else rests on none is left out: nobody waits for an appointment in an emergency. That a
    clinician decides on a medicine stays.
    """
    joint = " " if lesson.language == "en" else ""
    support, answer = lesson.meta["support"], lesson.messages[-1].content
    assert isinstance(support, list)
    spans = zip(sentence_spans(answer), support, strict=True)
    chooses = lesson.style == "multi-hop" and lesson.meta.get("relation") != "complication"
    stated = [
        (answer[start:end].strip(), facts) for (start, end), facts in spans if facts or chooses
    ]
    rest = joint.join(text for text, _ in stated)
    proven: list[list[int]] = [[] for _ in sentence_spans(opening)]
    proven += [facts for _, facts in stated if isinstance(facts, list)]
    said = LessonMessage("assistant", f"{opening}{joint}{rest}")
    messages = (*lesson.messages[:-1], said)
    length = {"length": length_of(rest, lesson.language)} if "length" in lesson.meta else {}
    return replace(
        lesson,
        id=lesson_id(lesson.style, lesson.language, messages, [s.id for s in lesson.sources]),
        messages=messages,
        meta={
            **lesson.meta,
            **length,
            "support": proven,
            "urgent": list(ids),
        },
    )
