"""Stock sentences are said only to whom, about what and after what they fit."""

import random
import re

import pytest

from knowledge.lessons.facts.fact_page import FactPage, PageFact
from knowledge.lessons.realize import stock_fitness
from knowledge.lessons.realize.answer_builder import AnswerBuilder
from knowledge.lessons.realize.stock_fitness import Occasion, asker_of, conditions, fitting
from knowledge.lessons.styles import huatuo, safety
from knowledge.lessons.templates.loader import LANGUAGES, load
from knowledge.lessons.templates.tables import SafetyWords
from knowledge.lessons.verify import stock_sentences
from knowledge.lessons.verify.template_patterns import any_of
from knowledge.records import Entity, Name

GOVERNED = (
    "consultation.heard", "consultation.heard_named", "consultation.heard_medicine",
    "consultation.why", "consultation.why_named", "consultation.why_own",
    "consultation.next_tested", "consultation.next_named", "consultation.urgent_first",
    "consultation.urgent_named", "consultation.emergency", "consultation.prompt_step",
    "consultation.same_day_step",
    "consultation.warning_lead",
    "chatdoctor.closing", "chatdoctor.case_closing", "chatdoctor.medicine_closing",
    "chatdoctor.prognosis_closing", "chatdoctor.urgent_closing", "huatuo.heard", "huatuo.why",
    "huatuo.closing", "safety.urgent", "safety.after_urgent", "safety.instead", "vignette.closing",
    "open_lists.more", "open_lists.more_of_several", "open_lists.for_child", "acute.condition",
    "acute.effect",
)  # fmt: skip


DRIP = PageFact("d", "An intravenous vasodilator.", "An intravenous vasodilator.")


def page(name, language, kind="condition", **groups):
    told = {
        relation: tuple(
            PageFact(f"{relation}:{each}", each, each, f"other:{each}", names=(each,))
            if isinstance(each, str)
            else each
            for each in items
        )
        for relation, items in groups.items()
    }
    return FactPage(Entity(f"{kind}:x", kind, (Name(name, language),)), language, name, name, told)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", GOVERNED)
def test_every_stock_sentence_has_a_rule_for_when_it_is_said(key, language):
    lines = [each for each in stock_sentences.templates(key, language) if each]
    assert [each for each in lines if conditions(each, language) is None] == []


def test_a_sentence_that_no_rule_knows_is_not_said():
    assert fitting(("Bananas are yellow.", ""), Occasion("patient", page("gout", "en"))) == ("",)


@pytest.mark.parametrize(
    ("question", "language", "asker"),
    [
        ("A patient of mine takes digoxin. What needs monitoring?", "en", "colleague"),
        ("My aunt has been prescribed digoxin. What needs monitoring?", "en", "patient"),
        ("What is gout?", "en", "reader"),
        ("Triage question: a caller has asthma. What must be asked first?", "en", "colleague"),
        ("科里来了一位痛风患者。痛风要做哪些检查？", "zh", "colleague"),
        ("我想了解一下，痛风怎么治疗？", "zh", "reader"),
        ("医生给我姑姑开了地高辛。要监测什么？", "zh", "patient"),
        ("写小说，主角患有痛风，细节要写对：痛风会有什么表现？", "zh", "reader"),
    ],
)
def test_who_asks_is_read_from_the_question(question, language, asker):
    assert asker_of(question, language) == asker


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("asker", ["reader", "colleague"])
def test_nobody_else_is_told_what_a_patient_does(asker, language):
    drug = page("valsartan" if language == "en" else "缬沙坦", language, kind="medicine")
    told = (PageFact("f", "cough", "cough"), PageFact("g", "fever", "fever"))
    own = stock_sentences.templates("consultation.why_own", language)
    own += stock_sentences.templates("consultation.next_named", language)
    said = fitting(own, Occasion(asker, drug, "side_effect", told))
    assert not [each for each in said if "please" in each.lower() or "请" in each or "your" in each]


def test_a_leaflet_is_for_what_people_take_themselves():
    lines = ("Not everyone gets them, and the leaflet says how common each one is.",)
    several = tuple(PageFact(each, each, each) for each in ("rash", "fever", "cough"))
    tablet = page("valsartan", "en", kind="medicine")
    drip = page("valsartan", "en", kind="medicine", description=[DRIP])
    assert fitting(lines, Occasion("patient", tablet, "side_effect", several)) == lines
    assert fitting(lines, Occasion("patient", drip, "side_effect", several)) == ()
    assert fitting(lines, Occasion("patient", tablet, "side_effect", several[:1])) == ()


def test_a_short_answer_is_not_filled_up_with_generalities():
    own = page("痛风", "zh", kind="condition", symptom=("关节痛", "发热", "红肿"))
    answer = AnswerBuilder(own, random.Random(1))
    answer.state("symptom", own.entity_facts("symptom"))
    for _ in range(4):
        answer.add_stock(("并不是每个人都会出现全部表现，它们也可能先后出现。",))
    assert answer.text.count("全部表现") == 1


@pytest.mark.parametrize("seed", range(12))
def test_a_colleague_is_not_told_to_ask_a_pharmacist(seed):
    drug = page("valsartan", "en", kind="medicine", interaction=("lithium", "aliskiren"))
    row = safety.write(drug, "interaction", "alike", random.Random(seed))
    asked, said = (message.content for message in row.messages)
    if asker_of(asked, "en") == "colleague":
        assert "your full list" not in said and "ask a pharmacist" not in said


@pytest.mark.parametrize("seed", range(12))
def test_every_list_of_interactions_says_that_there_may_be_more(seed):
    food = page("酒精", "zh", kind="medicine", interaction=("双硫仑", "甲硝唑"))
    row = huatuo.write(food, "interaction", "all", random.Random(seed))
    more = any_of(stock_sentences.templates("open_lists.more", "zh", "interaction"), "zh", {})
    assert re.search(more, row.messages[-1].content)


def test_all_needs_are_known():
    for language in LANGUAGES:
        for _, needs in stock_fitness._rules(language):
            assert set(needs) <= set(stock_fitness._HOLDS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_nobody_who_plans_harm_is_promised_secrecy(language):
    offered = " ".join(load(SafetyWords, language).offer_of_help)
    assert offered and not re.search("confiden|secre|privat|保密|不会告诉", offered)
