"""Check that each stock sentence of an answer stands where it belongs: after what it speaks of.

stock sentences by their tables + relations told -> one that speaks of something else, or nothing

Each is sound by itself, but why a test is done is no word on a diet, and what is said of a medicine
none of an illness.
"""

from collections.abc import Mapping, Sequence
from itertools import combinations

from knowledge.lessons.verify.row_facts import RowFacts
from knowledge.lessons.verify.stock_sentences import Origins
from knowledge.vocabulary import TREATING, base_relation

_BY_RELATION = (
    "open_lists.more", "consultation.why", "consultation.why_named", "consultation.why_own",
    "huatuo.why", "huatuo.closing",
)  # fmt: skip
"""Tables whose sentences speak of one relation each."""

_ALSO: Mapping[str, tuple[str, ...]] = {"interaction": ("interaction_advice",)}
"""Relations of which is said what is said of another."""

_AFTER: Mapping[str, tuple[str, ...]] = {
    "consultation.at_once": ("red_flag",),
    "consultation.soon_seen": ("red_flag",),
    "consultation.warning_lead": ("red_flag",),
    "consultation.either_cause": ("red_flag",),
    "consultation.heeded": ("symptom",),
    "chatdoctor.prognosis_closing": ("prognosis",),
    "open_lists.not_stopped": TREATING,
    "open_lists.for_child": TREATING,
    "list_cautions.caution": TREATING,
    "interactions.handling": ("interaction",),
    "comparison.lists_open": TREATING,
    "safety.urgent": ("red_flag",),
    "safety.after_urgent": ("red_flag",),
    "safety.instead": ("interaction", "contraindication"),
}
"""Tables whose sentences speak of what one of some relations told."""

_OF_KIND: Mapping[str, str] = {
    "consultation.heard_medicine": "medicine",
    "chatdoctor.medicine_closing": "medicine",
    "acute.effect": "medicine",
    "open_lists.more_of_several": "medicine",
    "list_cautions.caution": "condition",
    "interactions.handling": "medicine",
    "consultation.heard": "condition",
    "consultation.urgent_first": "condition",
    "consultation.urgent_named": "condition",
    "consultation.ambulance_named": "condition",
    "consultation.prompt_step": "condition",
    "consultation.ambulance_first": "condition",
    "consultation.age_alarm": "condition",
    "consultation.seen_in_days": "condition",
    "consultation.seen_in_weeks": "condition",
    "consultation.despair": "condition",
    "consultation.same_day_step": "condition",
    "consultation.next_tested": "condition",
    "consultation.next_named": "condition",
    "consultation.pregnancy_test": "condition",
    "consultation.emergency": "condition",
    "acute.condition": "condition",
    "chatdoctor.closing": "condition",
    "chatdoctor.case_closing": "condition",
    "chatdoctor.urgent_closing": "condition",
    "vignette.closing": "condition",
    "vignette.seen_today": "condition",
    "vignette.seen_soon": "condition",
    "vignette.age_alarm": "condition",
    "vignette.seen_in_days": "condition",
    "vignette.seen_in_weeks": "condition",
    "vignette.despair": "condition",
    "safety.urgent": "condition",
}
"""Tables whose sentences are about a medicine, or about an illness."""

_REFUSING = ("safety.refusal", "safety.offer_of_help", "safety.honest_way")

_URGENT = (
    "consultation.urgent_first", "consultation.ambulance_first", "consultation.urgent_named",
    "consultation.ambulance_named",
    "consultation.emergency", "vignette.seen_today",
)  # fmt: skip
_ROUTINE = (
    "consultation.next_tested", "consultation.next_named", "consultation.seen_in_days",
    "consultation.seen_in_weeks", "consultation.age_alarm", "chatdoctor.closing",
    "chatdoctor.case_closing", "vignette.seen_in_days", "vignette.seen_in_weeks",
    "vignette.age_alarm",
)  # fmt: skip
"""Tables that send to hospital, and tables that speak of the next appointment."""

_OTHER = "a stock sentence speaks of what the answer does not tell"


def fault(row: RowFacts, stock: Sequence[Origins]) -> str:
    """Return what is wrong with the stock sentences of an answer, or an empty text.

    `stock` gives of each the tables that hold it; it is out of place where it is so by all.
    """
    told = {fact.relation for fact in row.facts}
    told.add(base_relation(str(row.lesson.meta.get("relation", ""))))
    for each in stock:
        if each and not any(_fits(row, key, entry, told) for key, entry in each):
            return _OTHER
    for one, other in combinations(stock, 2):
        if (_all_of(one, _URGENT) and _all_of(other, _ROUTINE)) or (
            _all_of(one, _ROUTINE) and _all_of(other, _URGENT)
        ):
            return "the answer sends to hospital and to an ordinary appointment"
    return ""


def _fits(row: RowFacts, key: str, entry: str, told: set[str]) -> bool:
    """Say whether a sentence of a table, or of an entry of it, may stand in an answer."""
    if key in _BY_RELATION and told.isdisjoint((base_relation(entry), *_ALSO.get(entry, ()))):
        return False
    if key in _AFTER and told.isdisjoint(_AFTER[key]):
        return False
    if key in _REFUSING and not row.lesson.meta.get("refused"):
        return False
    kind = _OF_KIND.get(key)
    return kind is None or row.subject.startswith(f"{kind}:")


def _all_of(origins: Origins, tables: Sequence[str]) -> bool:
    return bool(origins) and all(key in tables for key, _ in origins)
