"""Leave out of a case the treatments that whoever is ill is not offered.

page of a condition + who is ill + what the case tells and weighs -> page without what is unfit
"""

from collections.abc import Iterable

from knowledge.lessons.facts import person_medicines
from knowledge.lessons.facts.fact_page import FactPage
from knowledge.lessons.facts.person_medicines import Trait
from knowledge.lessons.realize.patient_profiles import PatientProfile
from knowledge.vocabulary import TREATING


def fit_page(page: FactPage, who: PatientProfile, told: Iterable[str]) -> FactPage:
    """Return a page without the treatments that are unfit for somebody of whom a case tells."""
    traits, text = traits_of(who), " ".join(told)
    groups = {
        relation: tuple(
            item
            for item in items
            if relation not in TREATING
            or not person_medicines.is_unfit(item.text, page.name, traits, text)
        )
        for relation, items in page.groups.items()
    }
    if groups == page.groups:
        return page
    return page.with_groups({relation: items for relation, items in groups.items() if items})


def traits_of(who: PatientProfile) -> frozenset[Trait]:
    """Return what somebody may be: a case leaves open what their profile does."""
    found: set[Trait] = set()
    if who.stage in ("mature", "old"):
        found.add("old")
    if who.pregnant:
        found.add("pregnant")
    if who.sex != "f":
        found.add("man")
    if who.sex != "m":
        found.add("woman")
    return frozenset(found)
