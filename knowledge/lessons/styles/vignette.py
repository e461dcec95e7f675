"""Write cases that weigh the conditions which findings point to (style vignette).

    page + rivals -> findings in a patient -> which finding points where -> tests -> treatment

Each step of the reasoning is a path of the graph: a shared finding, then what only one of the two
has; statistics are no findings, and of what a program gathered no case is made. All findings of a
case together are known of the condition alone, and at least two of them of few others. Forms:
`versus` weighs two or three conditions, one that cannot wait among them if there is any; `alone`
follows one where none looks alike, and is another case of several else. Tests come first.
"""

import random
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from knowledge.lessons.facts import expected_rivals, reportable_findings
from knowledge.lessons.facts.fact_page import FactPage, PageFact
from knowledge.lessons.facts.manner import ANY, Manner
from knowledge.lessons.pages import case_rivals
from knowledge.lessons.pages.related_pages import findings, findings_of
from knowledge.lessons.realize import (
    case_answer,
    case_plan,
    list_cautions,
    offered_medicines,
    patient_profiles,
    realizer,
)
from knowledge.lessons.realize.answer_builder import AnswerBuilder
from knowledge.lessons.realize.case_plan import Rival, Told
from knowledge.lessons.realize.patient_profiles import PatientProfile
from knowledge.lessons.templates import grammar
from knowledge.lessons.templates.loader import load
from knowledge.lessons.templates.tables import Lines, VignetteWords
from knowledge.records import Lesson
from knowledge.vocabulary import TREATING

NAME = "vignette"
PAGE_KINDS: tuple[Literal["entities"], ...] = ("entities",)
REGISTERS = ("professional",)
_KNOWN = 12
"""So many findings of a condition a case is drawn from."""

_ENDS = ("test", "first_line")
"""What a case can end with: the plan."""

_TESTS = 4
_DRAWS = 6
"""So many tests are named, and so many draws are tried."""

_OF_TREATMENT = re.compile("treat|manag|治疗|处理", re.IGNORECASE)
"""Questions for more than an answer without treatment tells."""

DIFFICULTY = {"alone": "medium", "versus": "hard"}


def topics(page: FactPage) -> dict[str, tuple[str, ...]]:
    """Return the relations that a case can end with, and the forms of each."""
    relation = findings_of(page)
    if not relation or not patient_profiles.is_illness(page):
        return {}
    known = _known(page, relation)
    if not case_plan.points_somewhere(page, known) or not page.written_facts("test"):
        return {}
    return {each: ("versus",) for each in _ENDS if page.written_facts(each)}


def write(
    page: FactPage, relation: str, form: str, pick: random.Random, manner: Manner | None = None
) -> Lesson | None:
    """Write one lesson, or none if the findings known of the page tell it from no other."""
    page = page.as_written()
    manner = manner or ANY.draw(REGISTERS, pick)
    told_by = findings_of(page)
    if manner is None:
        return None
    rival, told = None, None
    for _ in range(_DRAWS):
        if form == "alone" and not _weighable(page):
            told = case_plan.choose_findings(page, _known(page, told_by), _count(pick), pick)
        else:
            rival, told = _against(page, told_by, pick)
        named = rival.pages if rival else ()
        safe = told and case_rivals.names_danger(page, told, named)
        if told and safe and case_plan.tell_apart(page, told):
            break
    else:
        return None
    pick.shuffle(told)
    history = patient_profiles.history_items(page, named)
    history = [pick.choice(history)] if history and pick.random() < 0.5 else []
    who = patient_profiles.profile_of(page, [*told, *history])
    who = patient_profiles.grown_with(who, named)
    who = replace(who, sex=who.sex or pick.choice(("f", "m")))
    said = [*(item.text for item in (*told, *history)), *(each.name for each in named)]
    page = offered_medicines.fit_page(page, who, said)
    if not page.entity_facts(relation):
        return None
    plan = case_plan.plan_case(
        page, relation, manner, pick, findings=told, rival=rival, history=history
    )
    plan = case_plan.fit_case(plan)
    plan = replace(plan, steps=_steps(page, plan.steps), warning=_warning(page, plan.warning))
    answer = AnswerBuilder(page, pick, asker="colleague")
    answer.may_be_pregnant = list_cautions.is_fertile(who)
    case_answer.tell(plan, "supports", answer, pick)
    words = load(VignetteWords, page.language)
    tasks = words.task if rival else words.task_alone
    if not any(each in TREATING for each, _ in plan.steps):
        tasks = tuple(each for each in tasks if not _OF_TREATMENT.search(each))
    return answer.build(NAME, _case(page, told, history, who, tasks, pick), plan.relation)


def _weighable(page: FactPage) -> list[FactPage]:
    """Return the conditions that one may be weighed against."""
    every = (*case_rivals.expected_of(page), *case_rivals.alike(page))
    return list({each.id: each for each in every}.values())


def _known(page: FactPage, relation: str) -> list[PageFact]:
    """Return the findings that somebody wrote of a condition, those that a case is drawn from."""
    return [item for item in findings(page, relation) if not item.scraped][:_KNOWN]


def _count(pick: random.Random) -> int:
    return pick.choice((3, 3, 4))


def _steps(page: FactPage, steps: Sequence[Told]) -> tuple[Told, ...]:
    """Return the steps with the tests before all others, each as it fits who is ill."""
    tests = next((each for each in steps if each[0] == "test"), None)
    tests = tests or ("test", page.entity_facts("test")[:_TESTS])
    ordered = [tests, *(each for each in steps if each[0] != "test")]
    fit = (
        (each, tuple(item for item in items if patient_profiles.fits_age(page, item)))
        for each, items in ordered
    )
    return tuple((each, items) for each, items in fit if items)


def _warning(page: FactPage, told: PageFact | None) -> PageFact | None:
    """Return the red flag to tell: of newborns none where an adult is ill."""
    if told is None or patient_profiles.fits_age(page, told):
        return told
    flags = page.text_facts("red_flag")
    return next((each for each in flags if patient_profiles.fits_age(page, each)), None)


def _against(
    page: FactPage, relation: str, pick: random.Random
) -> tuple[Rival | None, list[PageFact]]:
    """Return a rival with what it shares and what would point to it, and findings of the page."""
    paired = [(each, case_rivals.shared(page, each, relation)) for each in _weighable(page)]
    paired = [(each, both) for each, both in paired if both]
    if not paired:
        return None, []
    known = [pair for pair in paired if expected_rivals.is_expected(page, pair[0])]
    urgent = [pair for pair in known or paired if case_plan.cannot_wait(pair[0])]
    other, both = pick.choice(urgent or known or paired[:2])
    shared = pick.choice(both)
    rest = [item for item in _known(page, relation) if item.object != shared[0].object]
    own = case_plan.choose_findings(page, rest, pick.choice((2, 2, 3)), pick)
    new = [
        item
        for item in findings(other, relation)[:8]
        if reportable_findings.is_new(item, findings(page, relation))
        and patient_profiles.can_be_asked(page, item)
    ]
    against = pick.sample(new, min(len(new), pick.choice((1, 1, 2))))
    told = [shared[0], *own]
    rivals = case_rivals.rivals_of(page, told, relation)
    third = case_rivals.weighed_against(page, told, rivals, other)
    named = (third[0], third[1][0][1]) if third else None
    return Rival(other, shared, against=tuple(against), third=named), told


def _case(
    page: FactPage,
    items: Sequence[PageFact],
    history: Sequence[PageFact],
    who: PatientProfile,
    tasks: Lines,
    pick: random.Random,
) -> str:
    person = patient_profiles.describe_person(who, page.language, pick)
    past = grammar.draw(load(VignetteWords, page.language).history, pick) if history else ""
    past = past.format(a="".join(item.said for item in history))
    task = grammar.draw(tasks, pick)
    return realizer.fill(
        grammar.draw(load(VignetteWords, page.language).case, pick),
        page.language,
        len(items),
        who=person,
        Who=person[:1].upper() + person[1:],
        a=realizer.join_names([item.said for item in items], page.language, pick),
        since=patient_profiles.choose_duration(who, page.language, pick),
        ask=past + task,
        Ask=past + task,
        Task=task,
        past=f" {past}".rstrip(),
    )
