"""Decide which English facts of scraped sources may be told without their line of evidence.

    facts of a page + who read their sources -> those told from memory; the rest only where shown

An answer from memory is taken as what matters: five names of a hundred mislead, and so does a use
that a program found in a label. What a statistic links is told where its line is shown.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple, cast

from knowledge.lessons.facts import definitions, fact_fitness, rule_files
from knowledge.lessons.facts.fact_page import PageFact
from knowledge.vocabulary import INVERSE

FEWEST_EFFECTS, MOST_EFFECTS = 3, 12
"""A scraped list of side effects is told where it is short enough to have been chosen."""

_KNOWN_SHARE = 0.5
"""So much of such a list has to be widely known effects."""

_STATISTICS = ("associated_with",)
_USES = ("medicine", "first_line", f"medicine{INVERSE}", f"first_line{INVERSE}")
_EFFECTS = "side_effect"


class Support(NamedTuple):
    """Facts by who states them: one source alone that nobody read over, or several sources."""

    unread: frozenset[str] = frozenset()
    agreed: frozenset[str] = frozenset()


def tellable(
    groups: Mapping[str, Sequence[PageFact]],
    read: Collection[str],
    support: Support,
    names: tuple[str, ...],
) -> dict[str, tuple[PageFact, ...]]:
    """Return the facts of a page that may be told from memory.

    `read` are the relations of which somebody wrote and read facts, `support` says who states the
    facts; `names` are those of what the page is about.
    """
    told: dict[str, tuple[PageFact, ...]] = {}
    for relation, items in groups.items():
        if relation in _STATISTICS:
            continue
        kept = tuple(item for item in items if item.fact not in support.unread)
        if relation in _USES and relation not in read:
            kept = best_stated(kept, relation, names, support)
        if relation == _EFFECTS and relation not in read and not are_chosen_effects(kept):
            continue
        if relation == "description" and relation not in read:
            kept = tuple(item for item in kept if definitions.is_told(item.text, names))
        if kept:
            told[relation] = kept
    return told


def best_stated(
    items: Sequence[PageFact], relation: str, names: Sequence[str], support: Support
) -> tuple[PageFact, ...]:
    """Return what several sources state, of a medicine also what one states.

    Of a condition, one source that lists medicines by their labels has what is used beside what
    matters: it is told of classes that the condition is known to be treated with. What labels
    mention as a circumstance is no use; what says little is one where sources agree on it, and the
    same thing under two names is told once.
    """
    inverse = relation.endswith(INVERSE)
    items = [item for item in items if not is_circumstance(item.text if inverse else names[0])]
    agreed = [item for item in items if item.fact in support.agreed]
    if inverse or not agreed:
        agreed += [
            item
            for item in items
            if item not in agreed
            and (inverse or _is_of_known_class(names[0], item.text))
            and not _pattern("broad").fullmatch(item.text if inverse else names[0])
        ]
    kept: dict[frozenset[str], PageFact] = {}
    for item in agreed:
        kept.setdefault(frozenset(fact_fitness.stems(item.text)), item)
    return tuple(kept.values())


def _is_of_known_class(condition: str, medicine: str) -> bool:
    """Say whether it is known what a condition is treated with, and a medicine is of that."""
    unknown = fact_fitness.has_core(condition, ())
    return not unknown and fact_fitness.has_core(condition, (medicine,))


def is_circumstance(condition: str) -> bool:
    """Say whether labels speak of a condition more often than medicines are given for it."""
    return _pattern("circumstance").fullmatch(condition) is not None


def are_chosen_effects(items: Sequence[PageFact]) -> bool:
    """Say whether a scraped list of side effects reads as one that somebody chose.

    It is short, in words that are spoken, and mostly of effects that are widely known.
    """
    names = [item.text for item in items]
    known = sum(fact_fitness.is_known_effect(name) for name in names)
    return (
        FEWEST_EFFECTS <= len(names) <= MOST_EFFECTS
        and known >= _KNOWN_SHARE * len(names)
        and not any(is_coded(name) for name in names)
    )


def is_coded(name: str) -> bool:
    """Say whether the name of a finding is a term of a code list, which nobody says.

    >>> is_coded("rash maculo-papular"), is_coded("VIIth nerve paralysis"), is_coded("dry mouth")
    (True, True, False)
    """
    return _pattern("coded").search(name) is not None


@cache
def _pattern(key: str) -> re.Pattern[str]:
    return re.compile("|".join(_rules()[key]), re.IGNORECASE)


@cache
def _rules() -> Mapping[str, Any]:
    return cast(Mapping[str, Any], rule_files.read("closed_book"))
