"""Say what the findings of a case lead to, and what they are weighed against.

plan -> what both conditions have, what speaks for one, how what cannot wait is ruled out
"""

import random
import re
from collections.abc import Sequence
from typing import Literal

from knowledge.lessons.facts import case_fitness, urgent_flags
from knowledge.lessons.facts.fact_page import FactPage, PageFact
from knowledge.lessons.realize import case_plan, patient_profiles, realizer
from knowledge.lessons.realize.answer_builder import AnswerBuilder
from knowledge.lessons.realize.case_plan import CasePlan, Rival
from knowledge.lessons.templates import grammar
from knowledge.lessons.templates.loader import load
from knowledge.lessons.templates.tables import DialogueWords, LinesBy, VignetteWords

Lead = Literal["likely", "supports", "summary"]
"""How an answer begins to reason: to a patient, among clinicians, after the doctor's questions."""

_SEEN_AT_ONCE = re.compile(
    "anaphyla|tension pneumothorax|fasciitis|epiglottitis|"
    "严重过敏|过敏性休克|张力性气胸|筋膜炎|会厌炎",
    re.IGNORECASE,
)
"""Dangers that are acted upon before any test."""

_NOT_FOR_ALL = re.compile(
    "meningitis|subarachnoid|encephalitis|guillain|mastoiditis|脑膜炎|蛛网膜下腔|脑炎|吉兰|乳突炎",
    re.IGNORECASE,
)
"""Dangers whose tests are not for every headache, every weakness and every ear that hurts."""

_OF_HEART = re.compile("angina|coronary|心绞痛|冠心病|冠状动脉", re.IGNORECASE)
"""What may be an infarct that begins, until an electrocardiogram says otherwise."""

_BY_HAND = re.compile("examination$|体格检查$", re.IGNORECASE)
_DANGER_TESTS = 2
"""What every doctor does anyhow is not told as a test for a danger, of which so many are told."""

_AT_ONCE = re.compile(
    "electrocardiogra|troponin|glucose|ketone|pregnancy test|心电图|肌钙蛋白|血糖|血酮|妊娠试验",
    re.IGNORECASE,
)
"""Tests that are done within minutes beside all else."""


def tell_reasoning(plan: CasePlan, lead: Lead, answer: AnswerBuilder, pick: random.Random) -> None:
    """Say what the findings lead to: for and against it, and what the history adds."""
    page, rival = plan.page, plan.rival
    if rival and lead == "supports":
        tell_shared(page, rival, answer, pick)
    own = plan.findings
    if rival and lead == "supports":
        own = tuple(item for item in own if item.object != rival.shared[0].object)
    if own:
        _tell_lead(plan, lead, own, answer, pick)
    if rival and lead == "summary":
        tell_shared(page, rival, answer, pick, load(DialogueWords, page.language).both)
    elif rival and lead != "supports":
        tell_shared(page, rival, answer, pick)
    for item in plan.history:
        template = grammar.draw(load(VignetteWords, page.language).background, pick)
        text = realizer.fill(template, page.language, 1, s=page.said, a=item.said)
        answer.add(text, "risk_factor", [item])
    if rival:
        _tell_against(plan, rival, answer, pick)


def tell_shared(
    page: FactPage,
    rival: Rival,
    answer: AnswerBuilder,
    pick: random.Random,
    forms: LinesBy | None = None,
) -> None:
    """State a finding that two conditions share."""
    forms = forms or load(VignetteWords, page.language).both
    template = grammar.draw(forms["symptom"], pick)
    shared, other = rival.shared, rival.page
    text = realizer.fill(template, page.language, 1, s=page.said, r=other.said, x=shared[0].said)
    answer.add_stating(text, (page, "symptom", [shared[0]]), (other, "symptom", [shared[1]]))


def _tell_lead(
    plan: CasePlan,
    lead: Lead,
    items: Sequence[PageFact],
    answer: AnswerBuilder,
    pick: random.Random,
) -> None:
    page, told_by = plan.page, plan.told_by
    if lead == "likely":
        listed = realizer.join_names([item.said for item in items], page.language, pick)
        text = patient_profiles.state_likely_condition(page, listed, pick)
    else:
        table = (
            load(VignetteWords, page.language).supports
            if lead == "supports"
            else load(DialogueWords, page.language).summary
        )
        text = realizer.fill_with_items(table[told_by], page.said, items, page.language, pick)
    answer.add(text, told_by, items)


def _tell_against(plan: CasePlan, rival: Rival, answer: AnswerBuilder, pick: random.Random) -> None:
    page, other = plan.page, rival.page
    if rival.against:
        table = load(VignetteWords, page.language).rival_supports[plan.told_by]
        text = realizer.fill_with_items(
            table, other.said, rival.against, page.language, pick, r=other.said
        )
        answer.add_stating(text, (other, plan.told_by, rival.against))
    if rival.third:
        third, item = rival.third
        words = load(VignetteWords, page.language)
        another = words.urgent_third if case_plan.cannot_wait(third) else words.third
        template = grammar.draw(another["symptom"], pick)
        text = realizer.fill(template, page.language, 1, r=third.said, x=item.said)
        answer.add_stating(text, (third, "symptom", [item]))
    for danger in excluded_first(plan):
        _tell_how_excluded(page, danger, answer, pick)
    for item in rival.absent:
        template = grammar.draw(load(DialogueWords, page.language).absent[plan.told_by], pick)
        text = realizer.fill(template, page.language, 1, r=other.said, a=item.said)
        answer.add_stating(text, (other, plan.told_by, [item]))


def excluded_first(plan: CasePlan) -> list[FactPage]:
    """Return the rivals whose tests come before those of the condition, unless it is acute."""
    if case_fitness.is_in_acute_form(plan.page, plan.findings):
        return []
    return [each for each in plan.rivals if tests_excluding(plan.page, each)]


def tell_rival_tests(plan: CasePlan, answer: AnswerBuilder, pick: random.Random) -> None:
    """State by which tests the first rival is told apart, where no emergency is in question."""
    if plan.rival is None or any(map(case_plan.cannot_wait, (plan.page, *plan.rivals))):
        return
    other = plan.rival.page
    told = {item.object for item in answer.stated("test")}
    every = [
        item
        for item in other.entity_facts("test")
        if not _BY_HAND.search(item.text) and patient_profiles.fits_age(plan.page, item)
    ]
    if not told or not every or every[0].object in told:  # what comes first tells both apart
        return
    if tests := [item for item in every if item.object not in told][:_DANGER_TESTS]:
        text = realizer.state_facts(other.said, "test", tests, plan.page.language, pick)
        answer.add_stating(text, (other, "test", tests))


def tests_excluding(page: FactPage, danger: FactPage) -> list[PageFact]:
    """Return the first tests for a danger, none where they are those of the condition anyhow.

    Beside a condition that itself presses only those that are done within minutes.
    """
    pressing = case_plan.cannot_wait(danger) or _OF_HEART.search(danger.name)
    if not pressing or _SEEN_AT_ONCE.search(danger.name):
        return []
    if _NOT_FOR_ALL.search(danger.name):
        return []
    own = {item.object for item in page.entity_facts("test")}
    tests = [
        item
        for item in danger.entity_facts("test")[:_DANGER_TESTS]
        if not _BY_HAND.search(item.text) and patient_profiles.fits_age(page, item)
    ]
    if case_plan.cannot_wait(page) or urgent_flags.alarm_of_case(page, ()):
        tests = [item for item in tests if _AT_ONCE.search(item.text)]
    return tests if any(item.object not in own for item in tests) else []


def _tell_how_excluded(
    page: FactPage, danger: FactPage, answer: AnswerBuilder, pick: random.Random
) -> None:
    """State the first tests for a danger."""
    if tests := tests_excluding(page, danger):
        table = load(VignetteWords, page.language).excluded_by["test"]
        text = realizer.fill_with_items(table, danger.said, tests, page.language, pick)
        answer.add_stating(text, (danger, "test", tests))
