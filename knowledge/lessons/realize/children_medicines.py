"""Leave out of a child's answer the medicines that are given to older patients only.

page of a condition + facts that name medicines -> those that a child of that age is given
"""

from collections.abc import Sequence

from knowledge.lessons.facts import youngest_ages
from knowledge.lessons.facts.fact_page import FactPage, PageFact
from knowledge.lessons.realize import patient_profiles

_YEARS = {"baby": 0, "child": 3}
"""The youngest that a patient of a stage may be; of grown patients none is asked."""


def fitting(page: FactPage, items: Sequence[PageFact]) -> tuple[PageFact, ...]:
    """Return the facts without the medicines that whoever is ill may be too young for."""
    years = _YEARS.get(page.cached("profile", patient_profiles.profile_of).stage)
    if years is None:
        return tuple(items)
    return tuple(item for item in items if item.kind != "medicine" or _from(page, item) <= years)


def _from(page: FactPage, item: PageFact) -> int:
    own = page.links.page(item.object, page.language) if page.links else None
    if own and (texts := own.text_facts("children")):
        return max(youngest_ages.of_text(each.text) for each in texts)
    return youngest_ages.of_name(item.text, page.name)
