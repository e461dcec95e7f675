"""Check that a row opens with what to do now exactly where its user's words suggest an emergency.

row + rules -> the row without its opening, and what is wrong, or nothing
"""

from dataclasses import replace

from knowledge.lessons.facts.urgent_words import (
    CLINICIANS,
    Emergency,
    UrgencyRules,
    users_words,
)
from knowledge.lessons.templates.loader import load
from knowledge.lessons.templates.tables import UrgencyWords
from knowledge.records import Lesson, LessonMessage
from knowledge.text.sentences import sentence_spans


def take_opening(lesson: Lesson, rules: UrgencyRules | None) -> tuple[Lesson, str]:
    """Return a row without its opening, for the proof of the rest, and the first fault."""
    claimed = lesson.meta.get("urgent")
    if rules is None:
        return lesson, "the rules for urgent words are not given" if claimed else ""
    found = rules(users_words(lesson), lesson.language)
    if not found:
        return lesson, "the row opens with an emergency that no words suggest" if claimed else ""
    if claimed != [each.id for each in found]:
        return lesson, "the row does not name the emergencies that its words suggest"
    opening = _opening(lesson, found[0])
    if not opening:
        return lesson, "the answer does not open with what to do now"
    support = lesson.meta.get("support")
    count = len(sentence_spans(opening))
    if not isinstance(support, list) or any(support[:count]) or len(support) <= count:
        return lesson, "the opening of an answer rests on facts"
    said = LessonMessage("assistant", lesson.messages[-1].content.removeprefix(opening).lstrip())
    left = {**lesson.meta, "support": support[count:]}
    return replace(lesson, messages=(*lesson.messages[:-1], said), meta=left), ""


def _opening(lesson: Lesson, emergency: Emergency) -> str:
    """Return the opening that an answer has, or an empty text."""
    words = load(UrgencyWords, lesson.language)
    clinician = lesson.style in CLINICIANS
    answer = lesson.messages[-1].content
    for template in words.to_clinician if clinician else words.to_patient:
        text = template.format(name=emergency.name, act=emergency.act)
        if answer.startswith(text):
            return text
    return ""
