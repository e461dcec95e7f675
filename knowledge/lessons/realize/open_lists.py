"""Choose what says of the lists of an answer that there may be more, and who decides on the rest.

relations told + facts told -> relations whose lists read as whole -> one sentence for all of them
"""

from collections.abc import Collection, Sequence

from knowledge.lessons.facts.fact_page import FactPage, PageFact
from knowledge.lessons.realize import patient_profiles
from knowledge.lessons.templates.loader import load
from knowledge.lessons.templates.tables import Lines, OpenListsWords
from knowledge.vocabulary import TREATING

STYLES = ("chatdoctor", "huatuo", "safety", "overview", "dialogue", "vignette")
"""Styles in which a doctor answers from memory: what the list leaves out would read as absent."""

FOR_CHILD = "for child"
"""Stands for the medicines of a condition of children, whatever their relation."""

_OPEN = {
    "interaction": "interaction",
    "interaction_advice": "interaction",
    "contraindication": "contraindication",
    "monitoring": "monitoring",
    "medicine": "medicine",
}
"""Relations of which no list is known to be whole, and the words for each."""

_YOUNG = ("baby", "child")


def kind_of(page: FactPage, relation: str, items: Sequence[PageFact]) -> str:
    """Return by which words a list that was told is left open, or nothing where it need not be.

    >>> from knowledge.records import Entity
    >>> page = FactPage(Entity("medicine:x", "medicine", ()), "en", "x", "x", {})
    >>> kind_of(page, "interaction_advice", ()), kind_of(page, "drug_class", ())
    ('interaction', '')
    """
    given = relation in TREATING and any(item.kind == "medicine" for item in items)
    if given and page.entity.kind == "condition":
        young = page.cached("profile", patient_profiles.profile_of).stage in _YOUNG
        if young:
            return FOR_CHILD
    return _OPEN.get(relation, "")


def sentences(page: FactPage, kinds: Collection[str]) -> Lines:
    """Return the sentences that leave lists of some kinds open."""
    words = load(OpenListsWords, page.language)
    if FOR_CHILD in kinds:
        return words.for_child
    if len(kinds) > 1:
        return words.more_of_several
    return words.more[next(iter(kinds))]
