"""Answers: sentences with the facts that prove them, put together as one lesson.

    sentence + facts, one after the other -> text, sources with quotes, support of each sentence

This file knows nothing of styles; it sees to it that what is said and what proves it stay together.
"""

import random
from collections.abc import Sequence
from hashlib import blake2b

from knowledge import wording
from knowledge.lessons import phrases
from knowledge.lessons.subjects import INVERSE, Item, Page
from knowledge.passages import sentences
from knowledge.records import Lesson, LessonSource, Message


class Answer:
    """An answer in the making, about one page."""

    def __init__(self, page: Page, pick: random.Random) -> None:
        self._page = page
        self._pick = pick
        self._text = ""
        self._spans: list[tuple[int, int, tuple[str, ...]]] = []
        self._used: dict[str, tuple[str, Item]] = {}

    def state(self, relation: str, items: Sequence[Item]) -> None:
        """Add a sentence in any of the forms that a relation has."""
        page = self._page
        text = phrases.statement(page.said, relation, items, page.language, self._pick)
        self.say(text, relation, items)

    def say(self, text: str, relation: str = "", items: Sequence[Item] = ()) -> None:
        """Add a sentence, and the facts of one relation that prove it."""
        joint = " " if self._text and self._page.language == "en" else ""
        start = len(self._text) + len(joint)
        self._text += joint + text
        for item in items:
            self._used.setdefault(item.fact, (relation, item))
        self._spans.append((start, len(self._text), tuple(item.fact for item in items)))

    def lesson(self, style: str, question: str, topic: str) -> Lesson:
        """Return the lesson that asks a question and gives this answer."""
        page = self._page
        facts = list(self._used)
        sources = tuple(
            LessonSource("fact", fact, self._quote(self._used[fact][0])) for fact in facts
        )
        named = [item for _, item in self._used.values() if item.object]
        support = [
            [facts.index(fact) for fact in self._proving(start, end)]
            for start, end in sentences(self._text)
        ]
        messages = (Message("user", question), Message("assistant", self._text))
        return Lesson(
            id=lesson_id(style, page.language, messages, facts),
            messages=messages,
            language=page.language,
            style=style,
            sources=sources,
            entities=tuple(dict.fromkeys((page.id, *(item.object for item in named)))),
            split_key=page.id,
            licence=" AND ".join(sorted({item.licence for _, item in self._used.values()})),
            meta={
                "relation": topic,
                "support": support,
                "objects": [item.said for item in named],
            },
        )

    def _quote(self, relation: str) -> str:
        page = self._page
        used = {item.fact for of, item in self._used.values() if of == relation}
        texts = [item.text for item in page.groups[relation] if item.fact in used]
        bare = relation.removesuffix(INVERSE)
        return wording.line(page.name, bare, texts, page.language, inverse=bare != relation)

    def _proving(self, start: int, end: int) -> list[str]:
        """Return the facts of what was said within a sentence."""
        found = [
            fact
            for begin, finish, facts in self._spans
            if begin < end and start < finish
            for fact in facts
        ]
        return list(dict.fromkeys(found))


def lesson_id(style: str, language: str, messages: Sequence[Message], facts: Sequence[str]) -> str:
    """Return the id of a lesson: the same words proven by the same facts have the same id."""
    parts = [style, language, *(f"{each.role}:{each.content}" for each in messages), *facts]
    return f"{style}-{language}-{blake2b(chr(31).join(parts).encode(), digest_size=8).hexdigest()}"
