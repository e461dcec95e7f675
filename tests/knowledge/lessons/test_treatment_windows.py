"""What is treated within the first days or too late is seen early, and one answer has one time."""

import random
import re

import pytest

from knowledge.lessons.facts import acute_kinds, treatment_windows, urgent_flags
from knowledge.lessons.facts.fact_page import FactPage, PageFact
from knowledge.lessons.facts.manner import Manner
from knowledge.lessons.realize import case_answer, case_plan
from knowledge.lessons.realize.answer_builder import AnswerBuilder
from knowledge.records import Entity, Name

EARLY = "day or two|today or tomorrow|一两天|今明两天"
LATE = "two weeks|this week|few days|within days|两周|一周内|三五天|几天"


def ill(name, *felt, flag=""):
    language = "en" if name.isascii() else "zh"
    entity = Entity(f"condition:{name}", "condition", (Name(name, language),))
    items = tuple(PageFact(f"f:{each}", each, each, f"symptom:{each}") for each in felt)
    flags = (PageFact("r", flag, flag),) if flag else ()
    return FactPage(entity, language, name, name, {"symptom": items, "red_flag": flags})


def told(page, seed, *, patient):
    pick = random.Random(seed)
    plan = case_plan.plan_case(
        page,
        "test",
        Manner("plain" if patient else "professional", "medium"),
        pick,
        findings=page.entity_facts("symptom"),
        to_patient=patient,
    )
    answer = AnswerBuilder(page, pick, asker="patient" if patient else "colleague")
    lead = "summary" if patient else "supports"
    case_answer.tell(case_plan.fit_case(plan), lead, answer, pick)
    return " ".join(answer.text.split())


@pytest.mark.parametrize("patient", [True, False])
@pytest.mark.parametrize(
    ("name", "felt"),
    [
        ("Herpes zoster", "burning pain"),
        ("Sudden sensorineural hearing loss", "muffled hearing"),
        ("Pernicious anaemia", "pins and needles"),
        ("面神经麻痹", "耳后疼"),
        ("输卵管炎", "白带增多"),
        ("维生素B12缺乏症", "手足发麻"),
    ],
)
def test_what_is_treated_early_or_in_vain_is_seen_within_a_day_or_two(name, felt, patient):
    for seed in range(8):
        text = told(ill(name, felt), seed, patient=patient)
        assert re.search(EARLY, text) and not re.search(LATE, text)


@pytest.mark.parametrize("flag", ["A red eye needs a doctor the same day.", "眼红须当日就诊。"])
def test_a_warning_of_the_day_leaves_the_window_told(flag):
    page = ill("Shingles" if flag.isascii() else "带状疱疹", "itch", flag=flag)
    assert all(re.search(EARLY, told(page, seed, patient=True)) for seed in range(6))


@pytest.mark.parametrize(
    ("name", "felt"),
    [
        ("Postherpetic neuralgia", "burning pain"),
        ("Vitamin B12 deficiency", "sore tongue"),
        ("带状疱疹后神经痛", "刺痛"),
        ("Rubella", "rash"),
        ("荨麻疹", "瘙痒"),
    ],
)
def test_others_keep_their_time(name, felt):
    assert not treatment_windows.closes(name, [felt])


@pytest.mark.parametrize("patient", [True, False])
@pytest.mark.parametrize(
    ("name", "felt", "said"),
    [
        ("Cataract", ("blood in the stool", "double vision"), "rule out a cancer as well"),
        ("老年性白内障", ("便血",), "同时排除肿瘤"),
    ],
)
def test_an_alarm_of_age_adds_no_later_time_to_an_earlier_one(name, felt, said, patient):
    for seed in range(8):
        text = told(ill(name, *felt), seed, patient=patient)
        assert re.search(EARLY, text) and said in text and not re.search("two weeks|两周", text)


@pytest.mark.parametrize(
    "flag", ["Trouble swallowing calls for prompt endoscopy.", "A lump warrants imaging."]
)
def test_a_warning_that_says_what_to_do_is_no_call_for_help(flag):
    assert not urgent_flags.leaves_open_what_to_do(flag, "en")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Spondylodiscitis", "spine"),
        ("腰椎间盘炎", "spine"),
        ("Acute bronchiolitis", "infant_breath"),
        ("急性细支气管炎", "infant_breath"),
        ("闭塞性细支气管炎", ""),
        ("osteomyelitis of the foot", "fever"),
    ],
)
def test_the_signs_to_watch_for_are_those_of_the_place(name, kind):
    assert acute_kinds.kind_of(name) == kind
