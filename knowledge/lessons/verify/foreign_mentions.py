"""Find what an answer that calculates must not name: another formula, or an entity.

text, and the text without names of its formula and inputs -> the first foreign mention, or ""
"""

import re
from collections.abc import Collection
from functools import cache

from knowledge.calculators.formulas import formula_registry
from knowledge.graph.linker import Linker
from knowledge.lessons.templates.loader import load, texts
from knowledge.lessons.templates.tables import ToolsWords
from knowledge.lessons.verify.input_extraction import named
from knowledge.records import Language


def another_formula(text: str, own: Collection[str], language: Language) -> bool:
    """Say whether a text names another formula than the one whose names are its own.

    `own` are the names of the formula and its inputs, in small letters.
    """
    lower = text.casefold()
    near = {name for name in _names(language) if name in lower}.difference(own)
    # the longest name at each place counts: "sodium" is part of "Katz corrected sodium"
    return bool(near) and not named(text, near.union(own)) <= set(own)


def entity(text: str, left: str, linker: Linker, language: Language) -> str:
    """Return the first entity that a text names, or nothing.

    `left` is the text with the names of its formula and inputs blanked.
    """
    for start, end, _, _ in linker.spans(text):
        apart = left[start:end].strip(" ,-") and not _overlaps(text, left, start, end)
        if apart and not _is_plain(text[start:end], language):
            return text[start:end]
    return ""


@cache
def _names(language: Language) -> tuple[str, ...]:
    """Return the names of all formulas, in small letters."""
    every = formula_registry.FORMULAS.values()
    return tuple(name.casefold() for formula in every for name in formula.names(language))


def _overlaps(text: str, left: str, start: int, end: int) -> bool:
    """Say whether a name runs into one that was taken out: 充血 is no name in 补充血钠."""
    gone = [text[place] != left[place] for place in range(len(text))]
    return (gone[start] and gone[max(0, start - 1)] and start > 0) or (
        gone[end - 1] and end < len(text) and gone[end]
    )


def _is_plain(name: str, language: Language) -> bool:
    """Say whether an entity's name is only a word of the frames, and so no claim."""
    words = _frame_words(language)
    if name.isascii():
        return set(name.casefold().split()) <= words
    return name in _frames(language)


@cache
def _frames(language: Language) -> str:
    return " ".join(texts(load(ToolsWords, language))).casefold()


@cache
def _frame_words(language: Language) -> frozenset[str]:
    return frozenset(re.findall(r"[a-z]+", _frames(language)))
