"""Plan what a doctor's answer tells of a case, before any of it is put into words.

    page + what is asked + manner -> findings, rival, history, what it is, warning, steps in order

The doctor styles share the plan; `case_answer` puts it into words. What is urgent comes before
tests, tests before treatment, treatment before where to go and what may follow.
"""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from knowledge.lessons.facts import (
    case_fitness,
    exam_rules,
    fact_fitness,
    reportable_findings,
    urgent_flags,
)
from knowledge.lessons.facts.fact_page import FactPage, PageFact, first_of
from knowledge.lessons.facts.manner import Manner
from knowledge.lessons.facts.urgent_flags import Alarm
from knowledge.lessons.realize import children_medicines, patient_profiles, realizer
from knowledge.lessons.realize.patient_profiles import PatientProfile
from knowledge.vocabulary import TREATING

STEPS = ("test", "first_line", "treatment", "medicine", "department", "complication")
"""What is done about a condition, in the order in which it is told."""

_OTHERS = ("test", "first_line", "treatment", "medicine", "complication", "department")
_AROUND = ("cause", "prevention", "test", "department", "complication", "risk_factor")
TO_STAY_WELL = ("prevention", "risk_factor", "population")
"""What is asked by whoever does not have a condition: nothing is told of what it may bring."""

_CAUTIONS = ("side_effect", "contraindication", "interaction", "monitoring", "pregnancy")
_AKIN = {
    "side_effect": ("monitoring", "contraindication", "interaction"),
    "contraindication": ("interaction", "pregnancy", "monitoring"),
    "interaction": ("contraindication", "monitoring", "side_effect"),
    "pregnancy": ("breastfeeding", "contraindication"),
    "dose_limit": ("contraindication", "monitoring", "side_effect"),
    "monitoring": ("side_effect", "interaction", "contraindication"),
    "medicine~": ("side_effect", "contraindication", "interaction", "monitoring"),
    "breastfeeding": ("pregnancy",),
    "renal": ("monitoring", "liver"),
    "liver": ("monitoring", "renal"),
    "children": ("dose_limit",),
    "precaution": ("contraindication", "monitoring"),
    "interaction_advice": ("monitoring",),
}
"""What is told of a medicine beside what was asked for, where that belongs together."""

_AFTER_FIRST_LINE = ("treatment", "medicine")
"""What is told behind the first line, and in a case not at all: it is chosen after a diagnosis."""

_ANSWERED_FIRST = ("department", "complication")
"""What stands behind what is tried first, and what who complains wants to hear first."""

_PLAIN = ("treatment", "department")
"""Relations that read alike for most conditions: seldom added unless asked for."""

_MEANING = ("description", "drug_class", "body_part")
_CLASS_END_ZH = re.compile("(?:类药物|药物|类|药|剂)+$")
_WORD = re.compile(r"[a-z0-9]{3,}")
_PLAIN_WORDS = {
    *("medicine", "drug", "agent", "inhibitor", "the", "and"),
    *("medicines", "inhibitors", "antagonist", "antagonists", "analgesic", "selective"),
}
_OWN_WORD = 9
"""A word of so many letters names a class by itself: dihydropyridine."""

_SAME = ("description", "drug_class")
"""Relations of which one may say what the other does."""

_MOST = {"short": 4, "medium": 5, "long": 6}
_ADDED = {"short": 0, "medium": 2, "long": 4}
_OF_TWO = 3
"""So many fewer are added where two conditions are weighed."""

_WAY = 24
"""So long is a text at most that only names one of the ways in which an illness spreads."""

TOLD_TOGETHER = ("monitoring",)
"""Relations whose texts are told as one list: who is told of one check has that one alone."""

_FEW = 4
_TELLING = 2
_BEARERS = 8
_DRAWS = 6
"""So many findings of a case must be telling, so few conditions have such a finding, and so many
draws are tried."""

MOST_FLAGS = 4
"""So many red flags are told to whoever asks for them: one alone would read as the only one."""

_FIRST_PART = re.compile("[,，、;；]| or |或")
"""What parts the signs that a red flag lists."""

_LONGEST_TEXT = {"en": 260, "zh": 110}
"""Signs of a text that is told beside what was asked for."""

Told = tuple[str, tuple[PageFact, ...]]
"""A relation, and the facts of it that are told together."""


@dataclass(frozen=True, slots=True)
class Rival:
    """A condition that shares a finding with the one in question."""

    page: FactPage
    shared: tuple[PageFact, PageFact]
    against: tuple[PageFact, ...] = ()
    """Findings of the rival alone, of which nothing is known yet."""

    absent: tuple[PageFact, ...] = ()
    """Findings of the rival alone that the patient was asked for and does not have."""

    third: "tuple[FactPage, PageFact] | None" = None
    """One more condition to think of, with a finding of the case that it has, too."""

    @property
    def pages(self) -> tuple[FactPage, ...]:
        """Return the conditions themselves, this one first."""
        return (self.page, *(self.third or ())[:1])


@dataclass(frozen=True, slots=True)
class CasePlan:
    """What an answer tells; `relation` is what was asked for, `told_by` what gives the findings."""

    page: FactPage
    relation: str
    manner: Manner
    who: PatientProfile
    findings: tuple[PageFact, ...] = ()
    told_by: str = "symptom"
    rival: Rival | None = None
    history: tuple[PageFact, ...] = ()
    meaning: tuple[Told, ...] = ()
    warning: PageFact | None = None
    steps: tuple[Told, ...] = ()
    alarm: Alarm = ""
    to_patient: bool = False

    @property
    def rivals(self) -> tuple[FactPage, ...]:
        """Return the conditions that the case is weighed against."""
        return self.rival.pages if self.rival else ()

    @property
    def is_grave(self) -> bool:
        """Say whether whoever is ill is sent to an emergency department before all else."""
        pressing = self.warning is not None and urgent_flags.presses(self.warning)
        flagged = (pressing or self.alarm == "soon") and self.who.pace == "sudden"
        if self.alarm == "soon" and self.warning and not self.findings:  # which says when it is one
            flagged = False
        danger = self.to_patient and self.weighs_danger
        return flagged or danger or self.alarm == "now" or urgent_flags.is_grave(self.page)

    @property
    def needs_ambulance(self) -> bool:
        """Say whether nobody travels by themselves with the findings, or what they may mean."""
        told = [item.said for item in self.findings]
        feared = (self.page, *(self.rivals if self.weighs_danger else ()))
        return urgent_flags.needs_ambulance(told, self.page.language) or any(
            map(urgent_flags.is_of_the_hour, feared)
        )

    @property
    def weighs_danger(self) -> bool:
        """Say whether a new finding calls for a condition that cannot wait, and that is weighed."""
        if self.rival is None or self.who.pace == "lasting":
            return False
        weighed = [(self.rival.page, self.rival.shared[0])]
        weighed += [self.rival.third] if self.rival.third else []
        return any(
            cannot_wait(other) and urgent_flags.is_weighed(item.said, self.page.language)
            for other, item in weighed
        )

    @property
    def is_urgent(self) -> bool:
        """Say whether a warning goes before everything else."""
        pressing = self.warning is not None and urgent_flags.presses(self.warning)
        sudden = self.who.pace == "sudden" and self.relation != "description"
        if self.to_patient and self.findings:  # what may yet come is told last
            return sudden or self.is_grave
        if self.to_patient and self.page.language == "zh":  # who names it, is answered first
            return pressing or self.is_grave
        return pressing or sudden or (self.to_patient and self.is_grave)


def plan_case(
    page: FactPage,
    relation: str,
    manner: Manner,
    pick: random.Random,
    *,
    findings: Sequence[PageFact] = (),
    rival: Rival | None = None,
    history: Sequence[PageFact] = (),
    to_patient: bool = False,
) -> CasePlan:
    """Return the plan of an answer about a condition."""
    flags = flags_for(page, to_patient=to_patient)
    told = [item.said for item in (*findings, *history)]
    alarm = urgent_flags.alarm_of_case(page, told) if to_patient else ""
    if alarm == "now":  # who is told to call for help at once is not sent to be seen that day
        flags = [each for each in flags if not urgent_flags.is_of_that_day(each.text)]
    if findings and relation != "red_flag":
        flags = [
            each
            for each in flags
            if not urgent_flags.is_of_treatment(each) and not _is_of_others(page, findings, each)
        ]
    whole = flags if relation == "red_flag" else page.text_facts(relation)
    who = patient_profiles.profile_of(page, [*findings, *history])
    who = patient_profiles.grown_with(who, rival.pages if rival else ())
    if alarm == "soon" and who.stage == "baby":  # who gets worse within hours
        alarm = "now"
    plan = CasePlan(
        page,
        relation,
        manner,
        who,
        tuple(findings),
        alarm=alarm,
        to_patient=to_patient,
        rival=rival,
        history=tuple(history),
        meaning=() if rival else plan_meaning(page, relation, manner, pick),
        warning=(urgent_flags.first_told(flags) or pick.choice(flags[:3]))
        if flags and relation != "red_flag"
        else None,
        steps=_texts_told(page, relation, whole, pick)
        if whole and not page.entity_facts(relation)
        else plan_steps(
            page,
            relation,
            manner,
            pick,
            told=("symptom",) if findings else (),
            left_out=("complication",) if who.pace == "sudden" else (),
            fewer=rival is not None,
            asked_first=not findings or relation in _ANSWERED_FIRST,
        ),
    )
    later = plan.warning is not None and urgent_flags.is_of_that_day(plan.warning.text)
    return replace(plan, warning=None) if later and findings and plan.is_grave else plan


def fit_case(plan: CasePlan) -> CasePlan:
    """Return a plan with the steps that fit its case; who is sent to hospital needs no clinic."""
    told = (*plan.findings, *plan.history)
    treated = case_fitness.allows_treatment(plan.page, told)
    clinic = not (plan.to_patient and plan.is_grave)
    possible = " ".join([*(item.text for item in told), *(each.name for each in plan.rivals)])
    fit = (
        (
            each,
            tuple(
                item
                for item in items
                if case_fitness.fits_habits(item, told)
                and case_fitness.does_no_harm(item, possible)
            ),
        )
        for each, items in plan.steps
        if (treated or each not in TREATING) and (clinic or each != "department")
        if each not in _AFTER_FIRST_LINE
    )
    steps = tuple((each, items) for each, items in fit if items)
    lost = plan.relation in (*TREATING, "department") and plan.relation not in dict(steps)
    return replace(plan, steps=steps, relation="test" if lost else plan.relation)


def _texts_told(
    page: FactPage, relation: str, texts: Sequence[PageFact], pick: random.Random
) -> tuple[Told, ...]:
    """Return which texts of a relation are told: one of several, but all warnings."""
    if relation == "red_flag":
        return tuple((relation, (each,)) for each in texts[:MOST_FLAGS])
    return ((relation, texts_told(page, relation, pick)),)


def _is_of_others(page: FactPage, findings: Sequence[PageFact], flag: PageFact) -> bool:
    """Say whether a red flag begins with what children have, and nobody's child is ill."""
    begins = replace(flag, text=_FIRST_PART.split(flag.text)[0])
    return _is_young(page, [begins]) and not _is_young(page, findings)


def flags_for(page: FactPage, *, to_patient: bool) -> Sequence[PageFact]:
    """Return the red flags of a condition; of a patient only those that a patient can notice."""
    flags = page.text_facts("red_flag")
    if not to_patient:
        return flags
    return [
        each
        for each in flags
        if urgent_flags.is_for_patients(each, page.language)
        and not urgent_flags.names_no_sign(each)
    ]


def is_emergency(page: FactPage) -> bool:
    """Say whether a condition cannot wait: by its name, or by a red flag of it."""
    if page.entity.kind != "condition":
        return False
    if urgent_flags.is_grave(page):
        return True
    sudden = patient_profiles.profile_of(page).pace == "sudden"
    return sudden or any(map(urgent_flags.presses, page.text_facts("red_flag")))


def comes_first(page: FactPage) -> bool:
    """Say whether a warning of a condition is told before what was asked for."""
    if page.entity.kind != "condition":
        return False
    return cannot_wait(page) or any(map(urgent_flags.presses, page.text_facts("red_flag")))


def may_be_routine(page: FactPage) -> bool:
    """Say whether whoever has a condition may be told to wait for an ordinary appointment.

    Not where it cannot wait, nor where what is known of its symptoms has to be seen at once.
    """
    symptoms = (item.said for item in page.entity_facts("symptom"))
    return not is_emergency(page) and urgent_flags.alarm_of(symptoms, page.language) != "now"


def cannot_wait(page: FactPage) -> bool:
    """Say whether a condition must be thought of before those that can wait."""
    return urgent_flags.is_grave(page)


def urgent_warning(page: FactPage, relation: str) -> PageFact | None:
    """Return the red flag that an answer on a relation tells at any rate, if there is one."""
    flags = flags_for(page, to_patient=True)
    if not flags or relation == "red_flag" or page.entity.kind != "condition":
        return None
    return urgent_flags.first_told(flags) or (flags[0] if is_emergency(page) else None)


def plan_meaning(
    page: FactPage, relation: str, manner: Manner, pick: random.Random
) -> tuple[Told, ...]:
    """Return what says what a thing is, where the reader is told that: one group, or two of a kind.

    Texts that are long are left to those who ask for them.
    """
    if manner.length == "short" or (not manner.is_plain and pick.random() < 0.7):
        return ()
    found: list[Told] = []
    asked = page.entity_facts(relation)
    for each in _MEANING:
        if each == relation or not page.groups.get(each):
            continue
        said = {relation, *(known for known, _ in found)}
        if each in _SAME and said.intersection(_SAME) and names_class(page):
            continue
        if named := page.entity_facts(each):
            places = [item for item in named if fact_fitness.is_news(page.name, item.text)]
            if len(places) == len(named):  # what is left of them would read as the only place
                found.append((each, tuple(places[:3])))
        elif (text := _brief(page, each)) and not _names_most(text.text, asked):
            found.append((each, (text,)))
    return tuple(found[: 2 if manner.length == "long" else 1])


def _names_most(text: str, asked: Sequence[PageFact]) -> bool:
    """Say whether a text tells already most of what was asked for, which comes after it."""
    said = text.casefold()
    named = [
        item for item in asked if any(name.casefold() in said for name in (item.text, *item.names))
    ]
    return 2 * len(named) > len(asked)


def names_class(page: FactPage) -> bool:
    """Say whether what a medicine is tells its class already: "a benzodiazepine that ..."."""
    told = " ".join(item.text for item in page.groups.get("description", ())).casefold()
    classes = [item.text.casefold() for item in page.groups.get("drug_class", ())]
    if page.language == "zh":
        return any(_CLASS_END_ZH.sub("", each) in told for each in classes)
    said = set(_WORD.findall(told))
    words = [set(_WORD.findall(each)) - _PLAIN_WORDS for each in classes]
    return any(
        each and (each <= said or any(len(word) >= _OWN_WORD for word in each & said))
        for each in words
    )


def plan_steps(
    page: FactPage,
    relation: str,
    manner: Manner,
    pick: random.Random,
    *,
    told: Sequence[str] = (),
    left_out: Sequence[str] = (),
    fewer: bool = False,
    asked_first: bool = False,
) -> tuple[Told, ...]:
    """Return what was asked for and some of what follows, in the order in which it is told.

    `told` are relations that the answer states anyhow; where much else is told, `fewer` are added,
    and none of those `left_out`.
    """
    asked = [relation] if page.entity_facts(relation) and relation not in told else []
    if told and relation != "test":  # a suspicion is tested before it is treated
        asked = [*(["test"] if page.entity_facts("test") else []), *asked]
    added = pick_further(page, relation, max(0, _ADDED[manner.length] - _OF_TWO * fewer), pick)
    added = [each for each in added if each not in left_out]
    if relation in ("medicine", "treatment") and page.entity_facts("first_line"):
        added = list(dict.fromkeys(("first_line", *added)))  # what comes first is said first
    ordered = sorted(
        dict.fromkeys((*asked, *added)),
        key=lambda each: STEPS.index(each) if each in STEPS else -1,
    )
    if asked_first and relation in asked:
        firsts = ["first_line"] if relation in _AFTER_FIRST_LINE and "first_line" in ordered else []
        ordered = list(dict.fromkeys((*firsts, relation, *ordered)))
    return name_steps(page, _with_first_choices(page, ordered), _MOST[manner.length])


def _with_first_choices(page: FactPage, relations: Sequence[str]) -> Sequence[str]:
    """Return relations with what treatment must not be told without before the first of it."""
    place = next((at for at, each in enumerate(relations) if each in TREATING), -1)
    lacking = any(first_choices(page, each, page.entity_facts(each)) for each in relations)
    first = "first_line" if page.entity_facts("first_line") else "medicine"
    if place < 0 or not lacking or relations[place] == first:
        return relations
    rest = [each for each in relations if each != first]
    return [*rest[:place], first, *rest[place:]]


def name_steps(page: FactPage, relations: Sequence[str], most: int) -> tuple[Told, ...]:
    """Return the facts of some relations, no treatment of the first line named twice."""
    groups = (
        (each, children_medicines.fitting(page, page.entity_facts(each))) for each in relations
    )
    named = realizer.drop_repeated_treatments(groups, most)
    return tuple((each, tuple(items)) for each, items in named if items)


def pick_further(page: FactPage, relation: str, count: int, pick: random.Random) -> list[str]:
    """Return relations that an answer adds to the one that was asked for."""
    if page.entity.kind == "medicine":
        possible: Sequence[str] = _AKIN.get(relation, ("medicine~", *_CAUTIONS))
    elif relation in TO_STAY_WELL:
        possible = TO_STAY_WELL[:2]
    elif relation in (*STEPS, "symptom", "red_flag"):
        possible = _OTHERS
    else:
        possible = _AROUND
    others = [
        each
        for each in possible
        if each != relation
        and (page.entity_facts(each) or _brief(page, each))
        and (each not in _PLAIN or count > 2 or pick.random() < 0.3)
        and not (each == "department" and cannot_wait(page))
        and not (each == "risk_factor" and "cause" in possible and page.groups.get("cause"))
    ]
    return sorted(pick.sample(others, min(len(others), count)), key=possible.index)


def texts_told(page: FactPage, relation: str, pick: random.Random) -> tuple[PageFact, ...]:
    """Return the texts of a relation that one sentence tells: all that is checked, else one."""
    texts = page.text_facts(relation)
    short = relation == "transmission" and all(len(each.text) <= _WAY for each in texts)
    together = relation in TOLD_TOGETHER or (short and page.language == "en")
    return tuple(texts[:_FEW] if together else [pick.choice(texts[:3])])


def first_choices(page: FactPage, relation: str, items: Sequence[PageFact]) -> tuple[PageFact, ...]:
    """Return what a list of treatment that lacks all of it must not be told without.

    Of a condition with a first line that is the first line; else, of other treatment, medicines.
    """
    if relation not in TREATING[1:]:
        return ()
    told = {item.object for item in items}
    firsts = page.entity_facts("first_line")
    if relation == "treatment" and not firsts:
        firsts = page.written_facts("medicine")
    return () if told.intersection(item.object for item in firsts) else firsts[:_FEW]


def further_facts(page: FactPage, relation: str, most: int = _FEW) -> tuple[PageFact, ...]:
    """Return the facts of a relation that is added: a few names, or one brief text."""
    if named := children_medicines.fitting(page, page.entity_facts(relation)):
        same = next(iter(realizer.split_by_level(named)))
        return first_of(relation, same, most)
    if relation in TOLD_TOGETHER:
        return page.text_facts(relation)[:most]
    text = _brief(page, relation)
    return (text,) if text else ()


def _brief(page: FactPage, relation: str) -> PageFact | None:
    """Return a text of a relation that is short enough to be told beside something else."""
    longest = _LONGEST_TEXT[page.language]
    return next(
        (
            each
            for each in page.text_facts(relation)
            if len(each.text) <= longest and fact_fitness.says_something(relation, each.text)
        ),
        None,
    )


def known_findings(page: FactPage, relation: str = "symptom") -> list[PageFact]:
    """Return the findings of a condition that a patient can tell of."""
    return reportable_findings.select_felt(page.entity_facts(relation))


def points_somewhere(page: FactPage, findings: Sequence[PageFact]) -> bool:
    """Say whether one of some findings is had in few conditions, so that it may lead to one."""
    if not page.is_familiar or urgent_flags.is_known_to_whom_it_befell(page):
        return False
    if case_fitness.is_complaint(page.name):
        return False
    telling = page.find_telling(page)
    return any(item.object in telling for item in findings)


def core_findings(known: Sequence[PageFact]) -> Sequence[PageFact]:
    """Return those findings that stand first: a source tells the typical ones before the others."""
    return known[: max(2, len(known) // 2)]


def choose_findings(
    page: FactPage, known: Sequence[PageFact], count: int, pick: random.Random
) -> list[PageFact]:
    """Return some findings in their order, most of them typical.

    One of them is had in few conditions, if there is any.
    """
    core = core_findings(known)
    # What a source names first is what a case cannot do without: pain in fibromyalgia.
    others = pick.sample(core[1:], min(len(core) - 1, (count + 1) // 2 - 1)) if known else []
    first = [*known[:1], *others]
    rest = [item for item in known if item not in first]
    taken = [*first, *pick.sample(rest, min(len(rest), count - len(first)))]
    if taken and not points_somewhere(page, taken):
        telling = [item for item in known if points_somewhere(page, [item])]
        taken = [*taken[:-1], pick.choice(telling)] if telling else taken
    return [item for item in known if item in taken]


def choose_telling(
    page: FactPage, known: Sequence[PageFact], count: int, pick: random.Random
) -> list[PageFact]:
    """Return some findings that tell a condition from every other, or none."""
    for _ in range(_DRAWS):
        if tell_apart(page, told := choose_findings(page, known, count, pick)):
            return told
    return []


def can_tell_apart(page: FactPage, known: Sequence[PageFact]) -> bool:
    """Say whether what is known of a condition holds findings from which a case can be made."""
    return points_somewhere(page, known) and _count_telling(page, known) >= _TELLING


def tell_apart(page: FactPage, told: Sequence[PageFact]) -> bool:
    """Say whether findings point to a condition: no other has all of them, few have two of them."""
    if _count_telling(page, told) < _TELLING:
        return False
    if patient_profiles.contradict(told):
        return False
    if _is_young(page, told) != _is_young(page, ()):
        return False  # the findings are those of a child, of whom the page does not speak
    others = page.links.having([item.object for item in told]) if page.links else frozenset()
    return others <= {page.id}


def _count_telling(page: FactPage, told: Sequence[PageFact]) -> int:
    """Count the findings that few conditions have, without complaints that go with most."""
    telling = page.find_telling(page)
    few = [
        item for item in told if item.object in telling and not exam_rules.is_too_general(item.text)
    ]
    if page.links is None:
        return len(few)
    having = page.links.having
    return sum(len(having([item.object])) <= _BEARERS for item in few)


def _is_young(page: FactPage, told: Sequence[PageFact]) -> bool:
    return patient_profiles.profile_of(page, told).stage in ("baby", "child")
