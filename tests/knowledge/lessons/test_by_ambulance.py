"""Who may die within the hour is told to call an ambulance, once and at the start."""

import random
import re

import pytest

from knowledge.lessons.facts import urgent_flags
from knowledge.lessons.facts.fact_page import FactPage, PageFact
from knowledge.lessons.facts.manner import Manner
from knowledge.lessons.realize import case_answer, case_plan, topic_answer
from knowledge.lessons.realize.answer_builder import AnswerBuilder
from knowledge.records import Entity, Name

CALLED = "ambulance|emergency number|救护车|急救电话"
BY_ONESELF = (
    "go to an emergency|take you to|be seen in an emergency|on the way|去(?:最近的)?急诊|到急诊就诊"
)


def ill(name, *felt):
    language = "en" if name.isascii() else "zh"
    entity = Entity(f"condition:{name}", "condition", (Name(name, language),))
    items = tuple(PageFact(f"f:{each}", each, each, f"symptom:{each}") for each in felt)
    return FactPage(entity, language, name, name, {"symptom": items})


def told(page, seed):
    """Return what a patient hears who tells of all that a condition is felt by."""
    pick = random.Random(seed)
    plan = case_plan.plan_case(
        page,
        "test",
        Manner("plain", "medium"),
        pick,
        findings=page.entity_facts("symptom"),
        to_patient=True,
    )
    answer = AnswerBuilder(page, pick, asker="patient")
    case_answer.tell(case_plan.fit_case(plan), "summary", answer, pick)
    return answer.text


@pytest.mark.parametrize(
    ("name", "felt"),
    [
        ("Ruptured splenic artery aneurysm", "belly ache"),
        ("Aortic dissection", "back pain"),
        ("腹主动脉瘤破裂", "腰痛"),
        ("输卵管妊娠破裂", "下腹坠痛"),
    ],
)
def test_nobody_travels_with_what_may_kill_within_the_hour(name, felt):
    page = ill(name, felt)
    for seed in range(12):
        text = " ".join(told(page, seed).split())
        assert re.search(CALLED, text.split("." if page.language == "en" else "。")[0])
        assert not re.search(BY_ONESELF, text)
        named = AnswerBuilder(page, random.Random(seed), asker="patient")
        topic_answer.send_at_once(page, named)
        assert re.search(CALLED, named.text) and not re.search(BY_ONESELF, named.text)


@pytest.mark.parametrize("name", ["Appendicitis", "急性阑尾炎", "视网膜脱离"])
def test_what_leaves_time_for_the_way_needs_no_ambulance(name):
    page = ill(name, "sore side" if name.isascii() else "不适")
    assert urgent_flags.is_grave(page) and not urgent_flags.is_of_the_hour(page)
    assert any(re.search(BY_ONESELF, " ".join(told(page, seed).split())) for seed in range(12))


@pytest.mark.parametrize("name", ["Aortic aneurysm", "腹主动脉瘤", "History of stroke", "先兆子痫"])
def test_what_is_over_or_may_wait_for_hours_is_not_of_the_hour(name):
    assert not urgent_flags.is_of_the_hour(ill(name))
