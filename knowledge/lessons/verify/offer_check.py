"""Check that a case offers nobody a medicine that is unfit for the person of whom it tells.

age and sex in the user's words + treatments of the condition in question -> what is wrong
"""

from knowledge.lessons.facts import person_medicines
from knowledge.lessons.facts.person_medicines import Trait
from knowledge.lessons.verify import person_check
from knowledge.lessons.verify.row_facts import RowFacts
from knowledge.vocabulary import TREATING

_STYLES = ("vignette", "dialogue")
"""Styles that tell of one person who is not treated yet."""

_OLD_FROM = 65


def fault(row: RowFacts) -> str:
    """Return what is wrong with what a case offers, or an empty text."""
    if row.lesson.style not in _STYLES:
        return ""
    told = person_check.user_text(row.lesson)
    traits: set[Trait] = set()
    if any(age >= _OLD_FROM for age in person_check.ages_told(told, row.language)):
        traits.add("old")
    if person_check.is_of_men(told, row.language):
        traits.add("man")
    condition = " ".join(row.names(row.subject))
    offered = (
        name
        for fact in row.facts
        if fact.relation in TREATING and fact.subject == row.subject
        for name in row.names(fact.object)
    )
    if any(person_medicines.is_unfit(each, condition, traits, "") for each in offered):
        return "a case offers a medicine that is unfit for the person"
    return ""
