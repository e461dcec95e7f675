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
from knowledge.lessons.pages.related_pages import findings, findings_of, shared_findings
from knowledge.lessons.realize import patient_profiles, realizer
from knowledge.lessons.realize.answer_builder import AnswerBuilder
from knowledge.lessons.templates import grammar
from knowledge.lessons.templates.loader import load
from knowledge.lessons.templates.tables import ChatdoctorWords, Lines, VignetteWords
from knowledge.records import Lesson

NAME = "vignette"
PAGE_KINDS: tuple[Literal["entities"], ...] = ("entities",)

PLAN = ("test", "first_line", "treatment", "medicine", "department", "complication")
_PLAIN = ("treatment", "department")
_MOST = 5
_UNNAMED = 0.6
"""How often a Chinese plan leaves out the name of the only condition that was mentioned."""


def topics(page: FactPage) -> dict[str, tuple[str, ...]]:
    """Return the relations that a case can end with, and the forms of each."""
    relation = findings_of(page)
    if not relation or not patient_profiles.is_illness(page):
        return {}
    planned = [each for each in PLAN if page.entity_facts(each)]
    return {each: ("versus", "alone") for each in planned or [relation]}


def write(page: FactPage, relation: str, form: str, pick: random.Random) -> Lesson | None:
    """Write one lesson, or none if no other condition shares a finding with the page."""
    told_by = findings_of(page)
    rivals = page.find_similar(page) if form != "alone" else ()
    if form != "alone" and not rivals:
        return None
    answer = AnswerBuilder(page, pick)
    if rivals:
        items = _versus(page, rivals[0], told_by, answer, pick)
    else:
        items = _told(page, told_by, pick)
        _for(page, told_by, items, answer, pick)
    history = _background(page, answer, pick)
    conclude(page, relation, answer, pick, told=items)
    words = load(VignetteWords, page.language)
    tasks = words.task if rivals else words.task_alone
    return answer.build(NAME, _case(page, items, history, tasks, pick), relation)


def conclude(
    page: FactPage,
    relation: str,
    answer: AnswerBuilder,
    pick: random.Random,
    *,
    told: Sequence[PageFact] = (),
    patient: bool = False,
) -> None:
    """End an answer with a plan and a closing sentence.

    What may be urgent, by the condition or by the findings `told`, comes before tests and
    treatment; to a `patient` it is said in any case.
    """
    flags = page.text_facts("red_flag")
    urgent = patient_profiles.profile_of(page, told).pace == "sudden"
    if flags and urgent:
        answer.state("red_flag", flags[:1])
    elif urgent and patient:
        text = grammar.draw(load(ChatdoctorWords, page.language).urgent_closing, pick)
        answer.add(realizer.fill(text, page.language, 1))
    state_plan(page, relation, answer, pick)
    if flags and not urgent and pick.random() < 0.8:
        answer.state("red_flag", flags[:1])
    if urgent and patient:
        return
    if closing := grammar.draw(load(VignetteWords, page.language).closing, pick):
        answer.add(realizer.fill(closing, page.language, 1))


def state_plan(page: FactPage, relation: str, answer: AnswerBuilder, pick: random.Random) -> None:
    """State what was asked for and some of what follows, tests before treatment."""
    others = [
        each
        for each in PLAN
        if page.entity_facts(each)
        and each != relation
        and (each not in _PLAIN or pick.random() < 0.3)
    ]
    wanted = [*pick.sample(others, min(len(others), pick.choice((0, 1, 1, 2))))]
    wanted += [relation] if relation in PLAN else []
    ordered = ((each, page.entity_facts(each)) for each in sorted(wanted, key=PLAN.index))
    groups = [
        (each, named) for each, named in realizer.drop_repeated_treatments(ordered, _MOST) if named
    ]
    if groups and pick.random() < 0.8:
        unnamed = page.language == "zh" and answer.is_about_one_page and pick.random() < _UNNAMED
        name = "" if unnamed else page.said
        text = realizer.state_together(name, groups, page.language, pick)
        answer.add_stating(text, *((page, each, items) for each, items in groups))
        return
    for each, items in groups:
        answer.state(each, items, briefly=0.8)


def state_shared_finding(
    page: FactPage,
    rival: FactPage,
    shared: tuple[PageFact, PageFact],
    relation: str,
    answer: AnswerBuilder,
    pick: random.Random,
) -> None:
    """State a finding that two conditions share."""
    template = grammar.draw(load(VignetteWords, page.language).both[relation], pick)
    text = realizer.fill(template, page.language, 1, s=page.said, r=rival.said, x=shared[0].said)
    answer.add_stating(text, (page, relation, [shared[0]]), (rival, relation, [shared[1]]))


def _versus(
    page: FactPage, rival: FactPage, relation: str, answer: AnswerBuilder, pick: random.Random
) -> list[PageFact]:
    shared = pick.choice(shared_findings(page, rival, relation))
    rest = [item for item in findings(page, relation)[:12] if item.object != shared[0].object]
    own = pick.sample(rest, min(len(rest), pick.choice((1, 2, 2, 3))))
    common = findings(page, relation)
    other = [
        item
        for item in findings(rival, relation)[:8]
        if reportable_findings.is_new(item, common) and patient_profiles.can_be_asked(page, item)
    ]
    state_shared_finding(page, rival, shared, relation, answer, pick)
    if own:
        _for(page, relation, own, answer, pick)
    if other and pick.random() < 0.7:
        few = pick.sample(other, min(len(other), pick.choice((1, 1, 2))))
        against = load(VignetteWords, page.language).rival_supports[relation]
        text = realizer.fill_with_items(against, rival.said, few, page.language, pick, r=rival.said)
        answer.add_stating(text, (rival, relation, few))
    told = [shared[0], *own]
    pick.shuffle(told)
    return told


def _told(page: FactPage, relation: str, pick: random.Random) -> list[PageFact]:
    known = findings(page, relation)[:12]
    return pick.sample(known, min(len(known), pick.choice((2, 3, 3, 4))))


def _for(
    page: FactPage,
    relation: str,
    items: Sequence[PageFact],
    answer: AnswerBuilder,
    pick: random.Random,
) -> None:
    said = realizer.fill_with_items(
        load(VignetteWords, page.language).supports[relation], page.said, items, page.language, pick
    )
    answer.add(said, relation, items)


def _background(page: FactPage, answer: AnswerBuilder, pick: random.Random) -> list[PageFact]:
    """Give the patient a risk factor of the condition, in about half of the cases."""
    known = patient_profiles.history_items(page)
    if not known or pick.random() < 0.5:
        return []
    item = pick.choice(known)
    template = grammar.draw(load(VignetteWords, page.language).background, pick)
    text = realizer.fill(template, page.language, 1, s=page.said, a=item.said)
    answer.add(text, "risk_factor", [item])
    return [item]


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
