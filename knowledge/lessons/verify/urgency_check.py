"""Check that a row opens with what to do now exactly where its user's words suggest an emergency.

row + rules -> the row without its opening, and what is wrong, or nothing
"""

from collections.abc import Sequence

from knowledge.lessons.realize import urgency
from knowledge.lessons.realize.urgency import UrgencyRules
from knowledge.records import Lesson
from knowledge.text.sentences import sentence_spans


def take_opening(lesson: Lesson, rules: UrgencyRules | None) -> tuple[Lesson, str]:
    """Return a row without its opening, for the proof of the rest, and the first fault."""
    claimed = lesson.meta.get("urgent")
    if rules is None:
        return lesson, "the rules for urgent words are not given" if claimed else ""
    found = rules(urgency.users_words(lesson), lesson.language)
    if not found:
        return lesson, "the row opens with an emergency that no words suggest" if claimed else ""
    if claimed != [each.id for each in found]:
        return lesson, "the row does not name the emergencies that its words suggest"
    answer = lesson.messages[-1].content
    possible = urgency.openings(found[0], lesson.style, lesson.language)
    opening = next((each for each in possible if answer.startswith(each)), "")
    if not opening:
        return lesson, "the answer does not open with what to do now"
    support = lesson.meta.get("support")
    count = len(sentence_spans(opening))
    if not isinstance(support, Sequence) or any(support[:count]) or len(support) <= count:
        return lesson, "the opening of an answer rests on facts"
    return urgency.without_opening(lesson, opening), ""
