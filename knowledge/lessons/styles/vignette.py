"""Write cases that weigh the conditions which findings point to (style vignette).

    page + rival -> findings in a patient -> which finding points where -> tests -> treatment

Each step of the reasoning is a path of the graph: a shared finding, then what only one of the two
has; statistics are no findings. Forms: `versus` weighs two conditions, `alone` follows one. Where
the illness is sudden, what is urgent comes before the plan.
"""

import random
from collections.abc import Sequence
from typing import Literal

from knowledge.lessons.facts import reportable_findings
from knowledge.lessons.facts.fact_page import FactPage, PageFact
from knowledge.lessons.facts.manner import ANY, Manner
from knowledge.lessons.pages.related_pages import findings, findings_of, shared_findings
from knowledge.lessons.realize import case_answer, case_plan, patient_profiles, realizer
from knowledge.lessons.realize.answer_builder import AnswerBuilder
from knowledge.lessons.realize.case_plan import STEPS, Rival
from knowledge.lessons.templates import grammar
from knowledge.lessons.templates.loader import load
from knowledge.lessons.templates.tables import Lines, VignetteWords
from knowledge.records import Lesson

NAME = "vignette"
PAGE_KINDS: tuple[Literal["entities"], ...] = ("entities",)
REGISTERS = ("professional",)
_KNOWN = 12
"""So many findings of a condition a case is drawn from."""

DIFFICULTY = {"alone": "medium", "versus": "hard"}


def topics(page: FactPage) -> dict[str, tuple[str, ...]]:
    """Return the relations that a case can end with, and the forms of each."""
    relation = findings_of(page)
    if not relation or not patient_profiles.is_illness(page):
        return {}
    if not case_plan.points_somewhere(page, findings(page, relation)[:_KNOWN]):
        return {}
    planned = [each for each in STEPS if page.entity_facts(each)]
    return {each: ("versus", "alone") for each in planned or [relation]}


def write(
    page: FactPage, relation: str, form: str, pick: random.Random, manner: Manner | None = None
) -> Lesson | None:
    """Write one lesson, or none if no other condition shares a finding with the page."""
    manner = manner or ANY.draw(REGISTERS, pick)
    told_by = findings_of(page)
    rivals = page.find_similar(page) if form != "alone" else ()
    if manner is None or (form != "alone" and not rivals):
        return None
    known = findings(page, told_by)[:_KNOWN]
    rival: Rival | None = None
    if rivals:
        rival, own = _against(page, rivals[0], told_by, pick)
        told = [rival.shared[0], *own]
        pick.shuffle(told)
    else:
        told = case_plan.choose_findings(page, known, pick.choice((2, 3, 3, 4)), pick)
        pick.shuffle(told)
    history = patient_profiles.history_items(page)
    history = [pick.choice(history)] if history and pick.random() < 0.5 else []
    plan = case_plan.plan_case(
        page, relation, manner, pick, findings=told, rival=rival, history=history
    )
    answer = AnswerBuilder(page, pick)
    case_answer.tell(plan, "supports", answer, pick)
    words = load(VignetteWords, page.language)
    tasks = words.task if rivals else words.task_alone
    return answer.build(NAME, _case(page, told, history, tasks, pick), relation)


def _against(
    page: FactPage, other: FactPage, relation: str, pick: random.Random
) -> tuple[Rival, list[PageFact]]:
    """Return a rival with what it shares and what would point to it, and findings of the page."""
    shared = pick.choice(shared_findings(page, other, relation))
    rest = [item for item in findings(page, relation)[:_KNOWN] if item.object != shared[0].object]
    own = case_plan.choose_findings(page, rest, pick.choice((1, 2, 2, 3)), pick)
    common = findings(page, relation)
    new = [
        item
        for item in findings(other, relation)[:8]
        if reportable_findings.is_new(item, common) and patient_profiles.can_be_asked(page, item)
    ]
    against = pick.sample(new, min(len(new), pick.choice((1, 1, 2)))) if pick.random() < 0.7 else []
    return Rival(other, shared, against=tuple(against)), own


def _case(
    page: FactPage,
    items: Sequence[PageFact],
    history: Sequence[PageFact],
    tasks: Lines,
    pick: random.Random,
) -> str:
    who = patient_profiles.profile_of(page, [*items, *history])
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
