"""Find the conditions that a case is weighed against, those that cannot wait first.

page + findings of a case -> conditions that share some of them, each with what it shares

What is told of them is only what somebody wrote.
"""

import re
from collections.abc import Sequence
from itertools import combinations

from knowledge.lessons.facts import (
    case_fitness,
    demanded_dangers,
    exam_rules,
    expected_rivals,
    urgent_flags,
)
from knowledge.lessons.facts.fact_page import FactPage, PageFact
from knowledge.lessons.facts.validation_split import is_validation
from knowledge.lessons.pages.related_pages import findings, findings_of, shared_findings
from knowledge.lessons.realize import case_plan, patient_profiles

_SHARED = 2
"""So many findings are shared by conditions that are weighed against each other."""

SharedFindings = list[tuple[PageFact, PageFact]]
"""Findings of a case, each as the page and as its rival states it."""


def alike(page: FactPage) -> list[FactPage]:
    """Return the conditions that look alike, without those that a history tells."""
    similar = (each.as_written() for each in page.find_similar(page))
    return [
        each
        for each in similar
        if not urgent_flags.is_told_by_history(each)
        and not _is_same_seat(page, each)
        and not _is_part_of(page, each)
        and not _begins_otherwise(page, each)
        and _shares_enough(page, each)
    ]


def _begins_otherwise(page: FactPage, other: FactPage) -> bool:
    """Say whether one begins at once and the other goes on for months."""
    return (_pace(page), _pace(other)) == ("lasting", "sudden")


def _pace(page: FactPage) -> patient_profiles.Pace:
    return page.cached("profile", patient_profiles.profile_of).pace


def _shares_enough(page: FactPage, other: FactPage) -> bool:
    """Say whether two conditions share several findings, or one that may be the danger of one."""
    both = shared(page, other, "symptom")
    weighed = (urgent_flags.is_weighed(one.said, page.language) for one, _ in both)
    return len(both) >= _SHARED or (case_plan.cannot_wait(other) and any(weighed))


def shared(page: FactPage, other: FactPage, relation: str) -> SharedFindings:
    """Return the findings that two conditions share, without those that go with most.

    What may be dangerous is kept where the other is so grave.
    """
    both = shared_findings(page, other, relation)
    grave = case_plan.cannot_wait(other)
    kept = [
        pair
        for pair in both
        if not exam_rules.is_too_general(pair[0].text)
        or (grave and urgent_flags.is_weighed(pair[0].said, page.language))
    ]
    return both if not kept and expected_rivals.is_expected(page, other) else kept


def expected_of(page: FactPage) -> tuple[FactPage, ...]:
    """Return the conditions that one is to be weighed against and shares a finding with."""
    return page.cached("expected conditions", _find_expected)


def _find_expected(page: FactPage) -> tuple[FactPage, ...]:
    if page.links is None or expected_rivals.pattern_of(page) is None:
        return ()
    links, relation = page.links, findings_of(page)
    found = (links.having([item.object]) for item in findings(page, relation) if relation)
    ids = sorted(frozenset[str]().union(*found) - {page.id})
    others = (
        links.page(id, page.language)
        for id in ids
        if not is_validation(id) or is_validation(page.id)
    )
    return tuple(
        each.as_written()
        for each in others
        if each
        and expected_rivals.is_expected(page, each)
        and not urgent_flags.is_told_by_history(each)
        and not _begins_otherwise(page, each)
        and patient_profiles.may_befall(page, each)
        and shared(page, each.as_written(), relation)
    )


def grave_with(page: FactPage, told: Sequence[PageFact]) -> list[FactPage]:
    """Return the conditions that kill within days and share two findings, or one that alarms."""
    if page.links is None:
        return []
    alarming = [[item] for item in told if urgent_flags.alarm_of([item.said], page.language)]
    ids: set[str] = set()
    for group in (*alarming, *map(list, combinations(told, 2))):
        ids |= page.links.having([item.object for item in group])
    found = []
    for id in sorted(ids - {page.id}):
        if is_validation(id) and not is_validation(page.id):
            continue
        other = page.links.page(id, page.language)
        if other is None or not urgent_flags.is_grave(other) or _is_kind_of(page, other):
            continue
        if case_fitness.are_kin(page, other):
            continue
        if patient_profiles.can_be_compared(page, other):
            found.append(other.as_written())
    return [each for each in found if not urgent_flags.is_told_by_history(each)]


def rivals_of(
    page: FactPage, told: Sequence[PageFact], relation: str
) -> list[tuple[FactPage, SharedFindings]]:
    """Return the conditions that share findings of a case, in the order in which they matter.

    What it is to be weighed against comes before what else is alike; in each of the two one that
    cannot wait stands first, then those that share most. What begins at once is not
    weighed where the findings have lasted.
    """
    named = {item.object for item in told}
    lasting = patient_profiles.profile_of(page, told).pace == "lasting"
    every = {
        each.id: each
        for each in (*alike(page), *grave_with(page, told), *expected_of(page))
        if not (lasting and patient_profiles.profile_of(each).pace == "sudden")
    }
    paired = [
        (each, [pair for pair in shared(page, each, relation) if pair[0].object in named])
        for each in every.values()
    ]
    kept = [pair for pair in paired if pair[1]]
    kept.sort(key=lambda pair: -len(pair[1]))
    known = [pair for pair in kept if expected_rivals.is_expected(page, pair[0])]
    return [*_ordered(known), *_ordered([pair for pair in kept if pair not in known])]


def _ordered(kept: list[tuple[FactPage, SharedFindings]]) -> list[tuple[FactPage, SharedFindings]]:
    grave = [pair for pair in kept if case_plan.cannot_wait(pair[0])]
    others = [pair for pair in kept if not case_plan.cannot_wait(pair[0])]
    return [*grave[:1], *others, *grave[1:]]


def weighed_against(
    page: FactPage,
    told: Sequence[PageFact],
    rivals: Sequence[tuple[FactPage, SharedFindings]],
    first: FactPage | None = None,
) -> tuple[FactPage, SharedFindings] | None:
    """Return the second of the rivals to name, beside the `first` of them.

    It is one that cannot wait where a finding calls for that and the first does not have it. One
    that shares only a finding that goes with much else is not to be excluded before all.
    """
    left = [pair for pair in rivals if first is None or pair[0].id != first.id]
    left.sort(
        key=lambda pair: (not expected_rivals.is_expected(page, pair[0]), not _is_typical(*pair))
    )
    named = [first] if first else []
    missing = {item.object for item in _undangered(page, told, named)}
    for other, both in left:
        dangers = [pair for pair in both if pair[0].object in missing]
        if dangers and len(_undangered(page, told, [*named, other])) < len(missing):
            return other, dangers
    fit = (
        pair
        for pair in left
        if expected_rivals.pattern_of(page) is None or expected_rivals.is_expected(page, pair[0])
        if not case_plan.cannot_wait(pair[0])
        or len(pair[1]) > 1
        or (_alarms(pair[1][0][0], page) and _is_typical(*pair))
    )
    return next(fit, None)


def names_danger(page: FactPage, told: Sequence[PageFact], named: Sequence[FactPage]) -> bool:
    """Say whether the possibilities of a case hold what its findings may mean at worst."""
    return not _undangered(page, told, named)


def _undangered(
    page: FactPage, told: Sequence[PageFact], named: Sequence[FactPage]
) -> list[PageFact]:
    """Return the findings that call for a grave condition and are explained by none of those."""
    demanding = _demanding(page, told, named)
    if expected_rivals.lacks(page, named):
        demanding = list(told)
    if case_plan.cannot_wait(page):
        return demanding
    lasts = patient_profiles.profile_of(page, told).pace == "lasting"
    grave = {
        item.object
        for other in named
        if case_plan.cannot_wait(other)
        for relation in ("symptom", "sign")
        for item in other.entity_facts(relation)
    }
    return [
        item
        for item in told
        if item in demanding
        or (
            urgent_flags.is_weighed(item.said, page.language, lasts=lasts)
            and item.object not in grave
        )
    ]


def meets_demands(page: FactPage, told: Sequence[PageFact], named: Sequence[FactPage] = ()) -> bool:
    """Say whether findings demand no danger, or one that the condition or one named is."""
    return not _demanding(page, told, named)


def _demanding(
    page: FactPage, told: Sequence[PageFact], named: Sequence[FactPage]
) -> list[PageFact]:
    """Return the findings that demand a certain danger, which none of the conditions is.

    All of them where they are too common for what the case concludes.
    """
    names = " ".join(each.text for each in page.entity.names)
    if demanded_dangers.lacks_telling(names, [item.text for item in told]):
        return list(told)
    who = patient_profiles.grown_with(patient_profiles.profile_of(page, told), named)
    found: set[int] = set()
    for demand in demanded_dangers.demands():
        if who.pace == "lasting" and not demand.lasts:
            continue
        called = [page.name, *(each.name for each in named if not demand.leads)]
        if _concerns(demand.who, who) and not any(map(demand.danger.search, called)):
            found |= set(demand.demanding([item.text for item in told]))
    return [told[place] for place in sorted(found)]


def to_be_asked(page: FactPage, told: Sequence[PageFact]) -> list[re.Pattern[str]]:
    """Return what a doctor asks for before concluding anything from findings: each a pattern."""
    who = patient_profiles.profile_of(page, told)
    texts = [item.text for item in told]
    return [
        demand.asked
        for demand in demanded_dangers.demands()
        if demand.asked and _concerns(demand.who, who) and demand.demanding(texts)
    ]


def asks_enough(page: FactPage, told: Sequence[PageFact], asked: Sequence[PageFact]) -> bool:
    """Say whether a consultation asked for all that its findings call for, or was told of it."""
    known = [item.text for item in (*told, *asked)]
    return all(
        any(each.search(text) for text in known) for each in to_be_asked(page, [*told, *asked])
    )


def _concerns(whom: demanded_dangers.Who, who: patient_profiles.PatientProfile) -> bool:
    """Say whether somebody may be one of those of whom findings demand a danger."""
    if whom == "pregnant":
        return who.pregnant
    if whom == "may be pregnant":
        return who.stage == "adult" and who.sex != "m" and not who.menopause
    if whom == "mature":
        return who.stage in ("mature", "old")
    return whom == "anybody" or who.stage not in ("baby", "child")


def _is_typical(other: FactPage, both: SharedFindings) -> bool:
    """Say whether a shared finding stands among the first of a condition, which are typical."""
    core = case_plan.core_findings(other.entity_facts("symptom"))
    typical = {item.object for item in core}
    return any(item.object in typical for _, item in both)


def _alarms(item: PageFact, page: FactPage) -> bool:
    return bool(urgent_flags.alarm_of([item.said], page.language))


_ONE_SEAT = (
    re.compile("urinary tract infection|cystitis|pyelonephritis|urethritis", re.IGNORECASE),
    re.compile("tonsillitis|pharyngitis|sore throat", re.IGNORECASE),
    re.compile("gastroenteritis|food poisoning", re.IGNORECASE),
)
"""Names of one illness by its seat or cause: they are not weighed against each other."""


def _is_same_seat(page: FactPage, other: FactPage) -> bool:
    return any(each.search(page.name) and each.search(other.name) for each in _ONE_SEAT)


def _is_part_of(page: FactPage, other: FactPage) -> bool:
    """Say whether one is a form, cause or consequence of the other that nobody must exclude."""
    if case_fitness.are_kin(page, other):
        return True
    return case_fitness.follows(page, other) and not case_plan.cannot_wait(other)


def _is_kind_of(page: FactPage, other: FactPage) -> bool:
    one, two = page.name.casefold(), other.name.casefold()
    return one in two or two in one
