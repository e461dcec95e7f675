"""Decide which lists of warnings are told whole, and which are left out of answers from memory.

    groups of a page + what it lacks -> relations that no answer from memory tells

A list of warnings that lacks some reads as if the rest were safe. Of interactions the most severe
are told and it is said that there may be more; contraindications are told whole or not at all.
"""

from collections.abc import Collection, Mapping, Sequence

from knowledge.lessons.facts.fact_page import UNCUT, PageFact
from knowledge.lessons.facts.source_notes import LEVELS
from knowledge.lessons.facts.validation_split import is_validation

MOST_WARNED = 10
"""A longer list of contraindications fits in no answer."""


def partial(
    id: str,
    groups: Mapping[str, Sequence[PageFact]],
    untold: Mapping[str, int],
    hidden: Collection[str],
) -> frozenset[str]:
    """Return the relations whose lists on a page cannot be told as they must be.

    `untold` counts facts without words in the language; `hidden` are the levels of interactions
    that only pages of the other part of the split tell.
    """
    found = {each for each in UNCUT if each in groups and not _fits(groups[each], untold[each])}
    if "interaction" in groups and hidden:
        known = min(_rank(item.level) for item in groups["interaction"])
        missed = min(map(_rank, hidden))
        if is_validation(id) or missed == 0 or missed < known:
            found.add("interaction")
    return frozenset(found)


def _fits(items: Sequence[PageFact], untold: int) -> bool:
    """Say whether one sentence can tell a whole list."""
    texts = sum(not item.object for item in items)
    whole = texts == 0 or (texts == 1 and len(items) == 1)
    return not untold and whole and len(items) <= MOST_WARNED


def _rank(level: str) -> int:
    return LEVELS.index(level) if level in LEVELS else len(LEVELS)
