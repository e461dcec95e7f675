"""Drop rows that hold debris of a source, another language, or too little or too much text."""

import re

from knowledge.records import Lesson

SHORTEST = {"en": (12, 15), "zh": (5, 6)}
LONGEST = {"en": (700, 1600), "zh": (350, 800)}
"""Characters of a question and of an answer."""

LONGEST_SHOWN = {"en": 2600, "zh": 1400}
"""Characters of a question that shows evidence, or of a question or answer from outside."""

_DEBRIS = ("[详细]", "...", "…", "\\x", "['", "']", "\ufffd", "{", "}")
_BROKEN = ("[详细]", "\\x", "\ufffd", "{{", "}}")
"""Debris of a row from outside, whose authors may trail off and use brackets."""
_CJK = re.compile("[\u3400-\u9fff]")
_LATIN = re.compile("[A-Za-z]{2,}")


def check_debris(lesson: Lesson) -> str:
    """Return why a row with debris of a source is dropped, or an empty text."""
    text = "".join(message.content for message in lesson.messages)
    marks = _BROKEN if lesson.imported else _DEBRIS
    for mark in marks:
        if mark in text:
            return "debris of a source"
    return ""


def check_language(lesson: Lesson) -> str:
    """Return why a row in another language is dropped; a Chinese row may hold Latin names."""
    for message in lesson.messages:
        text = message.content
        if message.role == "system" and lesson.imported:
            continue  # often English before a dialogue in Chinese
        if lesson.language == "en":
            if not text.isascii() and _CJK.search(text):
                return "in another language"
        elif not _is_chinese(text):
            return "in another language"
    return ""


def _is_chinese(text: str) -> bool:
    latin = len(_LATIN.findall(text))
    return latin <= len(_CJK.findall(text)) if latin else _CJK.search(text) is not None


def check_length(lesson: Lesson) -> str:
    """Return why a row too short to say anything or too long to be read is dropped."""
    question, answer = lesson.messages[-2].content, lesson.messages[-1].content
    shortest, longest = SHORTEST[lesson.language], LONGEST[lesson.language]
    if lesson.imported:
        longest = (LONGEST_SHOWN[lesson.language], LONGEST_SHOWN[lesson.language])
    elif "[1] " in question:
        longest = (LONGEST_SHOWN[lesson.language], longest[1])
    if len(question) < shortest[0] or len(answer) < shortest[1]:
        return "too short"
    return "too long" if len(question) > longest[0] or len(answer) > longest[1] else ""
