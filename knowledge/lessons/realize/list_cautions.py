"""Choose the cautions that the treatments and interactions of an answer are told with.

page of a condition + treatments named so far -> keys of the cautions due, their sentences
levels of interactions told -> sentences on what follows from them
"""

from collections.abc import Collection, Sequence

from knowledge.lessons.facts import person_medicines, source_notes
from knowledge.lessons.facts.fact_page import FactPage
from knowledge.lessons.realize import patient_profiles
from knowledge.lessons.realize.patient_profiles import PatientProfile
from knowledge.lessons.templates.loader import load
from knowledge.lessons.templates.tables import InteractionsWords, Lines, ListCautionsWords

_MOST = 2
"""So many cautions stand in one answer at most, the gravest."""

_NEVER_PREGNANT = ("baby", "child", "mature", "old")


def due(
    page: FactPage, named: Sequence[str], said: Collection[str], *, may_be_pregnant: bool
) -> list[str]:
    """Return the keys of cautions that were not `said` yet and that the treatments named need."""
    if page.entity.kind != "condition":
        return []
    who = page.cached("profile", patient_profiles.profile_of)
    needless = set(said)
    if not (may_be_pregnant and is_fertile(who)):
        needless.add("unborn")
    if who.sex:  # whom it befalls all of the list is for
        needless.add("by_sex")
    keys = [each for each in person_medicines.cautions(page.name, named) if each not in needless]
    return keys[: _MOST - len(said)]


def sentences(page: FactPage, key: str) -> Lines:
    """Return the sentences that give a caution."""
    return load(ListCautionsWords, page.language).caution[key]


def handling(page: FactPage, levels: Collection[str]) -> Lines:
    """Return the sentences on what follows from interactions of some levels."""
    worst = next(each for each in source_notes.LEVELS if each in levels)
    key = "mixed" if worst == source_notes.LEVELS[0] and len(levels) > 1 else worst
    return load(InteractionsWords, page.language).handling[key]


def is_fertile(who: PatientProfile) -> bool:
    """Say whether somebody may become pregnant for all that is known of them."""
    return who.sex != "m" and not who.menopause and who.stage not in _NEVER_PREGNANT
