"""Give rows their ids: the hash of their words and of what proves them.

style + language + messages + facts -> "huatuo-en-0f3c5a..."; any change of these shows in the id
"""

from collections.abc import Sequence
from hashlib import blake2b

from knowledge.records import Lesson, LessonMessage, LessonSource


def lesson_id(
    style: str, language: str, messages: Sequence[LessonMessage], facts: Sequence[str]
) -> str:
    """Return the id of a lesson: the same words proven by the same facts have the same id."""
    parts = [style, language, *(f"{each.role}:{each.content}" for each in messages), *facts]
    return f"{style}-{language}-{blake2b(chr(31).join(parts).encode(), digest_size=8).hexdigest()}"


def id_of(lesson: Lesson) -> str:
    """Return the id that a row has by what it holds."""
    facts = [_fact(source) for source in lesson.sources]
    return lesson_id(lesson.style, lesson.language, lesson.messages, facts)


def _fact(source: LessonSource) -> str:
    if source.calculated:
        return source.quote
    return f"{source.id}|{source.quote}" if source.kind == "passage" else source.id
