"""Open the answer of a row with what to do now, where the user's words suggest an emergency.

    row -> words of its user -> emergencies (by rules that the caller gives) -> opening + answer

Which words suggest an emergency is decided outside of this package: whoever builds or checks rows
passes the rules in. A row that only tells facts is dropped where its words suggest one.
"""

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from knowledge.calculators import calls
from knowledge.datasets.row_ids import lesson_id
from knowledge.lessons.facts import lookup_calls
from knowledge.lessons.templates.loader import load
from knowledge.lessons.templates.tables import UrgencyWords
from knowledge.records import Language, Lesson, LessonMessage
from knowledge.text.sentences import sentence_spans

UNOPENED = "the user's words suggest an emergency, of which such a row does not speak"

_OF_PATIENTS = ("chatdoctor", "dialogue", "vignette")
_CLINICIANS = ("vignette", "huatuo")
"""Styles that speak of patients, and those in which a clinician asks."""

_COMPLAINT = re.compile("— symptoms:|——症状：")

_SHOWN = re.compile(r"^\s*\[\d+\].*$", re.MULTILINE)
_RESULTS = (*lookup_calls.RESULT.values(), *calls.RESULT.values())


@dataclass(frozen=True, slots=True)
class Emergency:
    """An emergency that words suggest: its id, its name, and what a clinician does at once."""

    id: str
    name: str
    act: str


UrgencyRules = Callable[[tuple[str, ...], Language], tuple[Emergency, ...]]
"""Returns the emergencies that the messages of a user suggest, the best founded first."""


def users_words(lesson: Lesson) -> tuple[str, ...]:
    """Return what the user says in a row: no results of calls, no lines of evidence."""
    said = [
        _SHOWN.sub("", message.content).strip()
        for message in lesson.messages
        if message.role == "user" and not message.content.startswith(_RESULTS)
    ]
    return tuple(each for each in said if each)


def openings(emergency: Emergency, style: str, language: Language) -> list[str]:
    """Return every text with which the answer of a row of a style may open."""
    words = load(UrgencyWords, language)
    templates = words.to_clinician if style in _CLINICIANS else words.to_patient
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
    opening = pick.choice(openings(found[0], lesson.style, lesson.language))
    return with_opening(lesson, opening, [each.id for each in found])


def _speaks_of_a_patient(lesson: Lesson) -> bool:
    """Say whether a row is about somebody who is ill, and not about what is known of a thing."""
    relation = lesson.meta.get("relation")
    if lesson.style == "safety":
        return relation == "red_flag"
    if lesson.style == "huatuo":  # a case names the condition by its symptoms first
        return relation != "symptom" and _COMPLAINT.search(lesson.sources[0].quote) is not None
    return lesson.style in _OF_PATIENTS


def with_opening(lesson: Lesson, opening: str, ids: Sequence[str]) -> Lesson:
    """Return a row with an opening before its last answer, whose sentences rest on no fact."""
    joint = " " if lesson.language == "en" else ""
    said = LessonMessage("assistant", f"{opening}{joint}{lesson.messages[-1].content}")
    messages = (*lesson.messages[:-1], said)
    support = lesson.meta["support"]
    assert isinstance(support, list)
    return replace(
        lesson,
        id=lesson_id(lesson.style, lesson.language, messages, [s.id for s in lesson.sources]),
        messages=messages,
        meta={
            **lesson.meta,
            "support": [*([] for _ in sentence_spans(opening)), *support],
            "urgent": list(ids),
        },
    )


def without_opening(lesson: Lesson, opening: str) -> Lesson:
    """Return a row without the opening that it was given."""
    said = lesson.messages[-1].content.removeprefix(opening).lstrip()
    support = lesson.meta["support"]
    assert isinstance(support, list)
    return replace(
        lesson,
        messages=(*lesson.messages[:-1], LessonMessage("assistant", said)),
        meta={**lesson.meta, "support": support[len(sentence_spans(opening)) :]},
    )
