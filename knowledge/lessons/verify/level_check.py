"""Check that a sentence tells the level of the interactions that it states, and no other.

words of a sentence outside of names + levels of its facts -> what is wrong, or nothing
"""

import re
from collections.abc import Collection

from knowledge.lessons.facts.source_notes import LEVELS
from knowledge.records import Language

_SAID: dict[str, tuple[str, str]] = {
    "contraindicated": (r"contraindicat", "禁忌"),
    "major": (r"\bmajor\b", "严重"),
    "moderate": (r"\bmoderate\b", "中等"),
}
"""What says a level (English, Chinese)."""

SHOWN = ("grounded", "knowledge-call")
"""Styles that tell no more than the lines that they show, which name no level."""


def fault(frame: str, levels: Collection[str], language: Language) -> str:
    """Return what is wrong with a sentence that states interactions of these levels.

    >>> fault("A major interaction of   with  .", {"moderate"}, "en")
    'a sentence tells another level of an interaction'
    """
    place = 0 if language == "en" else 1
    if not set(levels) <= set(LEVELS):
        return "a sentence warns of an interaction of no concern"
    for level, words in _SAID.items():
        said = re.search(words[place], frame, re.IGNORECASE) is not None
        if said != (level in levels):
            return (
                "a sentence tells another level of an interaction"
                if said
                else "a sentence does not tell the level of an interaction"
            )
    return ""
