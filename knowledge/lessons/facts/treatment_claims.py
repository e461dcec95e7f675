"""Decide what may be claimed of treatments and of the uses of medicines.

    groups of a page + who states them -> those that may be shown, those that may be told

A table of conditions says of a medicine no more than that it was listed for one of them: that is
no use of the medicine unless other sources or what is known of its class agree. Of a condition of
which nothing else is known a medicine or two make no list. An emergency has its first treatment in
every answer, or no treatment at all.
"""

import re
from collections.abc import Collection, Sequence
from typing import NamedTuple

from knowledge.lessons.facts import chinese_closed_book, fact_fitness, taught_uses
from knowledge.lessons.facts.fact_page import PageFact
from knowledge.lessons.facts.urgent_flags import is_grave_name
from knowledge.records import Language
from knowledge.vocabulary import INVERSE, TREATING

Groups = dict[str, tuple[PageFact, ...]]

USES = (f"medicine{INVERSE}", f"first_line{INVERSE}")
FIRST = "first_line"

LISTED = "a use of a medicine that one table of conditions alone lists"
EMERGENCY_USE = "an emergency as a use of a medicine that is not its first treatment"
EMERGENCY = "treatment of an emergency without its first treatment"
NAMED_ONLY = "medicines of a condition of which nothing else is known"
MAIN_USE = "uses of a medicine without most of what it is known to be for"
FIRST_CHOICE = "medicines of a condition without what it is known to be treated with first"
INBORN = "prevention of what somebody is born with"
PARTLY_HIDDEN = "uses of a medicine of which the other part of the split tells some"

_KNOWN_BY = ("description", "symptom", "sign", "cause", "test", FIRST, "treatment", "red_flag")
"""What somebody who described a condition, rather than a medicine, tells of it."""


_INBORN = re.compile(
    r"\b(?:inherited|hereditary|congenital|genetic (?:disorder|disease))\b", re.IGNORECASE
)
"""How a description tells of what nobody can prevent."""

_EASED_ONLY = re.compile(
    r"\b(?:cerebral palsy|autis\w+|down syndrome|intellectual disabilit\w+|asperger\w*)\b",
    re.IGNORECASE,
)
"""What no medicine treats: a use that a table lists is for drooling, irritability or the like."""

_JOINTS = re.compile(r"\b(?:and|with|plus)\b|[\s/+,-]|[和与及加片胶囊]")
"""What joins the names of the parts in that of a combination."""

_ENOUGH = 3
"""So many medicines make a list, even of a condition of which nothing else is known."""


class StatedUses(NamedTuple):
    """Facts by who states a use: one table of conditions alone, or the medicine's own record."""

    listed: frozenset[str] = frozenset()
    own: frozenset[str] = frozenset()


class Fit(NamedTuple):
    """The groups that are fit, and why facts of a relation were left out."""

    groups: Groups
    left_out: dict[str, str]


def fit_to_show(name: str, kind: str, groups: Groups, uses: StatedUses, language: Language) -> Fit:
    """Return what even a line of evidence may claim."""
    if kind == "medicine":
        return _fit_uses(name, groups, uses, language)
    if kind == "condition" and is_grave_name(name):
        return _fit_emergency(groups)
    return Fit(groups, {})


def fit_to_tell(kind: str, groups: Groups, reviewed: Collection[str], partly_hidden: bool) -> Fit:
    """Return what an answer from memory may claim; some uses may be `partly_hidden`.

    Those are told in the other part of the split: what is left would read as all of them.
    """
    if kind == "medicine" and partly_hidden:
        return _without(USES, groups, PARTLY_HIDDEN)
    if kind != "condition":
        return Fit(groups, {})
    few = 0 < len(groups.get("medicine", ())) < _ENOUGH
    if few and reviewed and not any(each in groups for each in _KNOWN_BY):
        return _without(("medicine",), groups, NAMED_ONLY)
    return Fit(_first_choices_first(_without_parts(groups)), {})


def fit_to_teach(name: str, kind: str, groups: Groups, reviewed: Collection[str]) -> Fit:
    """Return what an English answer may claim beside what the starter records teach.

    A list that somebody wrote and read, one of the `reviewed` relations, is not doubted. Of a long
    one an answer tells what stands first: that is what is taught.
    """
    if kind == "medicine" and not set(USES).intersection(reviewed):
        uses = [item.text for each in USES for item in groups.get(each, ())]
        if uses and taught_uses.lacks_main_use(name, uses):
            return _without(USES, groups, MAIN_USE)
        groups = _taught_first(name, groups)
    if kind == "condition" and not {"medicine", FIRST}.intersection(reviewed):
        medicines = [item.text for each in ("medicine", FIRST) for item in groups.get(each, ())]
        if medicines and taught_uses.lacks_first_choice(name, medicines):
            return _without(("medicine",), groups, FIRST_CHOICE)
        groups = {
            relation: tuple(
                sorted(items, key=lambda each: taught_uses.rank_medicine(name, each.text))
            )
            if relation == "medicine"
            else items
            for relation, items in groups.items()
        }
    described = " ".join(item.text for item in groups.get("description", ()))
    if kind == "condition" and _INBORN.search(described):
        return _without(("prevention",), groups, INBORN)
    return Fit(groups, {})


def _taught_first(medicine: str, groups: Groups) -> Groups:
    """Return uses with those that are taught first, and none that another of them narrows down.

    What no medicine treats is no use.

    "Arthritis" beside "psoriatic arthritis" says no more, and may say too much. Seizures beside
    epilepsy are the same use under another name.
    """
    named = [item.text for each in USES for item in groups.get(each, ())]
    named = [each for each in named if not _EASED_ONLY.search(each)]
    kept: Groups = {}
    for relation, items in groups.items():
        if relation in USES:
            fit = [
                item
                for item in items
                if item.text in named
                and (
                    taught_uses.is_taught_use(medicine, item.text)
                    or not any(taught_uses.are_within(item.text, each) for each in named)
                )
            ]
            fit.sort(key=lambda item: not taught_uses.is_taught_use(medicine, item.text))
            items = tuple(
                item
                for place, item in enumerate(fit)
                if not any(taught_uses.are_alike(item.text, each.text) for each in fit[:place])
            )
        if items:
            kept[relation] = items
    return kept


def is_known_use(condition: str, medicine: str, language: Language) -> bool:
    """Say whether a medicine is of a class that a condition is known to be treated with.

    >>> is_known_use("gout", "colchicine", "en"), is_known_use("omental cyst", "vincristine", "en")
    (True, False)
    """
    if language == "zh":
        return chinese_closed_book.is_usual(condition, medicine)
    unknown = fact_fitness.has_core(condition, ())
    return not unknown and fact_fitness.has_core(condition, (medicine,))


def _fit_uses(name: str, groups: Groups, uses: StatedUses, language: Language) -> Fit:
    firsts = {item.object for item in groups.get(USES[1], ())}
    kept, left_out = dict(groups), {}
    for relation in USES:
        items = groups.get(relation, ())
        known = [
            item
            for item in items
            if item.fact not in uses.listed or is_known_use(item.text, name, language)
        ]
        fit = [
            item
            for item in known
            if item.object in firsts or item.fact in uses.own or not is_grave_name(item.text)
        ]
        if len(known) < len(items):
            left_out[relation] = LISTED
        elif len(fit) < len(items):
            left_out[relation] = EMERGENCY_USE
        kept[relation] = tuple(fit)
    return Fit({each: items for each, items in kept.items() if items}, left_out)


def _fit_emergency(groups: Groups) -> Fit:
    """Return the groups of an emergency: of its medicines the first treatment alone.

    What somebody wrote of other treatment stays: it is no medicine that is given in its place.
    """
    firsts = {item.object for item in groups.get(FIRST, ())}
    kept, left_out = dict(groups), {}
    for relation in TREATING:
        items = groups.get(relation, ())
        if relation == "medicine":
            fit = tuple(item for item in items if item.object in firsts)
        elif relation == "treatment" and not firsts:
            fit = tuple(item for item in items if not item.scraped)
        else:
            fit = items
        if len(fit) < len(items):
            left_out[relation] = EMERGENCY
        kept[relation] = fit
    return Fit({each: items for each, items in kept.items() if items}, left_out)


def _without_parts(groups: Groups) -> Groups:
    """Return the groups without the parts of a combination that stand beside it.

    Sofosbuvir and velpatasvir are one tablet: named beside it, each would read as a medicine that
    is given alone.
    """
    named = {item.text.casefold() for each in TREATING for item in groups.get(each, ())}
    parts: set[str] = set()
    for whole in named:
        within = sorted((each for each in named if each in whole and each != whole), key=len)
        rest = whole
        for each in reversed(within):
            rest = rest.replace(each, " ")
        if len(within) > 1 and _JOINTS.sub("", rest) == "":
            parts.update(within)
    if not parts:
        return groups
    kept: Groups = {
        relation: tuple(item for item in items if item.text.casefold() not in parts)
        if relation in TREATING
        else items
        for relation, items in groups.items()
    }
    return {relation: items for relation, items in kept.items() if items}


def _first_choices_first(groups: Groups) -> Groups:
    """Return the groups with what is tried first at the head of every list of treatment."""
    firsts = {item.object for item in groups.get(FIRST, ()) if item.object}
    if not firsts:
        return groups
    ordered: Groups = {
        relation: tuple(sorted(groups[relation], key=lambda item: item.object not in firsts))
        for relation in ("medicine", "treatment")
        if relation in groups
    }
    return {**groups, **ordered}


def _without(relations: Sequence[str], groups: Groups, reason: str) -> Fit:
    left_out = {each: reason for each in relations if each in groups}
    return Fit({each: items for each, items in groups.items() if each not in left_out}, left_out)
