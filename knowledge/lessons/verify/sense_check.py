"""Check that a sentence says what its facts say: their relations, levels and directions.

sentence, words around its names, its facts -> relation, level, direction -> the first fault
"""

import re
from collections.abc import Callable, Sequence

from knowledge.lessons.verify import level_check, relation_phrases
from knowledge.lessons.verify.name_masks import STOPS, form_of, where
from knowledge.lessons.verify.source_content import SourceContent
from knowledge.records import Language, Lesson
from knowledge.text.fact_direction import NamedSide, is_turned_round, shows_direction

_MARKS = re.compile("\0+")


def fault(
    sentence: str,
    masked: str,
    facts: Sequence[SourceContent],
    lesson: Lesson,
    names: Callable[[str], tuple[str, ...]],
) -> str:
    """Return what is wrong with a sentence that states some facts, or an empty text.

    `masked` is the sentence with marks in place of names; `names` gives those of an entity.
    """
    frame = _MARKS.sub("  ", masked)
    language: Language = lesson.language
    named = frozenset(fact.relation for fact in facts if fact.object)
    texts = frozenset(fact.relation for fact in facts if not fact.object)
    if found := relation_phrases.fault(frame, named, texts, language):
        return found
    levels = {fact.level for fact in facts if fact.relation == "interaction"} - {""}
    shown = lesson.style in level_check.SHOWN
    if levels and not shown and (found := level_check.fault(frame, levels, language)):
        return found
    if _is_turned_round(sentence, facts, names):
        return "a sentence exchanges the ends of a fact"
    return ""


def _is_turned_round(
    sentence: str, facts: Sequence[SourceContent], names: Callable[[str], tuple[str, ...]]
) -> bool:
    """Say whether a sentence exchanges the ends of one of its facts."""
    if not shows_direction(sentence):
        return False
    lower = sentence.lower()
    ends = {end for fact in facts if fact.object for end in (fact.subject, fact.object)}
    named = [
        (start, start + len(name.strip(STOPS)), id)
        for id in ends
        for name in names(id)
        for start in where(form_of(name), sentence, lower)
    ]
    # a name within a longer one names nothing: "Vitamin K" in "vitamin K deficiency"
    longest = [one for one in named if not any(_is_within(one, other) for other in named)]
    return any(
        is_turned_round(
            sentence,
            fact.relation,
            [
                NamedSide(start, end, id == fact.subject)
                for start, end, id in longest
                if id in (fact.subject, fact.object)
            ],
        )
        for fact in facts
        if fact.object
    )


def _is_within(one: tuple[int, int, str], other: tuple[int, int, str]) -> bool:
    longer = other[1] - other[0] > one[1] - one[0]
    return longer and other[0] <= one[0] and one[1] <= other[1]
