"""Say which lines of evidence must not stand beside those of a row, were it to share them.

    relation not covered -> relations whose lines may answer it in other words
    page + relations told, relation not covered -> heads of lines that would answer it too

Several questions on one thing may be asked over the same lines; those that answer one of them must
not answer another that its own lines do not cover, or that they answer alone.
"""

from collections.abc import Iterable, Sequence
from functools import cache

from knowledge.graph import verbalize
from knowledge.records import Language
from knowledge.vocabulary import INVERSE, base_relation, confusable_relations

_DOSED_BY = ("renal", "liver", "children", "pregnancy", "breastfeeding")
"""On whom a medicine is used: such a line may forbid it, warn or set its dose."""

_IN_OTHER_WORDS: dict[str, tuple[str, ...]] = {
    "side_effect": ("precaution", "monitoring", "contraindication", *_DOSED_BY),
    "contraindication": ("interaction", "dose_limit", "cross_allergy", "duplication", *_DOSED_BY),
    "precaution": ("interaction", "monitoring", "side_effect", "cross_allergy", *_DOSED_BY),
    "monitoring": ("side_effect", "precaution", "interaction", "interaction_advice", *_DOSED_BY),
    "dose_limit": ("precaution", *_DOSED_BY),
    "interaction": ("contraindication", "precaution", "duplication", "monitoring"),
    "interaction_advice": ("contraindication", "precaution", "duplication", "monitoring"),
    "breastfeeding": ("contraindication", "precaution"),
    "renal": ("contraindication", "precaution", "monitoring", "dose_limit"),
    "liver": ("contraindication", "precaution", "monitoring", "side_effect"),
    "children": ("contraindication", "precaution", "dose_limit"),
    "pregnancy": ("precaution",),
    "prevention": ("treatment", "first_line", "risk_factor", "cause", "transmission"),
    "course": ("prognosis", "complication"),
    "prognosis": ("course", "complication"),
    "complication": ("red_flag", "prognosis", "course"),
    "red_flag": ("complication", "symptom", "sign"),
    "treatment": ("prevention", "diet_recommended"),
    "diet_recommended": ("treatment", "prevention"),
    "diet_avoided": ("treatment", "prevention", "risk_factor", "cause"),
    "population": ("cause", "transmission"),
    "transmission": ("cause", "risk_factor", "prevention", "population"),
    "cause": ("transmission",),
    "risk_factor": ("transmission",),
}
"""What a line may tell beside what it is headed by: "not used below an eGFR of 30" forbids."""


@cache
def may_answer(relation: str) -> frozenset[str]:
    """Return the relations whose lines may answer a question, if in other words.

    >>> "liver" in may_answer("side_effect"), "symptom" in may_answer("department")
    (True, False)
    """
    base = base_relation(relation)
    near = {each + relation[len(base) :] for each in _IN_OTHER_WORDS.get(base, ())}
    return confusable_relations(relation) | near | {"description"}


def not_beside(name: str, told: Sequence[str], silent: str, language: Language) -> list[str]:
    """Return the heads of lines on a name that answer the same questions; `silent` may be empty."""
    near = {each for relation in told for each in confusable_relations(relation)} - {*told}
    if silent:
        near |= may_answer(silent)
    return sorted(heads(name, near - {*told}, language))


def heads(name: str, relations: Iterable[str], language: Language) -> set[str]:
    """Return how lines begin that tell these relations of a name, seen from where they are seen."""
    return {
        verbalize.evidence_line(
            name, base_relation(each), [""], language, inverse=each.endswith(INVERSE)
        )[:-1]
        for each in relations
    }
