"""Texts of a graph go on from their introduction, in the case and form of the sentence."""

import random

import pytest

from knowledge.lessons.facts.fact_page import FactPage, PageFact
from knowledge.lessons.realize import case_answer, chinese_sentences, chinese_texts, realizer
from knowledge.lessons.realize.answer_builder import AnswerBuilder
from knowledge.lessons.verify import relation_phrases
from knowledge.records import Entity, Name


def english(name, relation, text):
    fact = PageFact("f", text, text)
    return {
        realizer.state_facts(name, relation, [fact], "en", random.Random(seed))
        for seed in range(40)
    }


@pytest.mark.parametrize(
    ("relation", "text", "wrong"),
    [
        ("pregnancy", "Avoided near term: it can cause floppiness.", "pregnancy: avoided"),
        ("breastfeeding", "Repeated doses can sedate the baby.", "breastfeeding: repeated"),
        ("dose_limit", "The maximum for adults is 30 mg a day.", "of pilocarpine: the"),
        ("prevention", "Wash hands before meals.", "prevention of pilocarpine, wash"),
        ("prevention", "Vaccination prevents most cases.", "prevent pilocarpine, vaccination"),
        ("monitoring", "eye examination", "checks of eye"),
        ("precaution", "Glaucoma: Pressure may rise.", ": Pressure"),
        ("interaction_advice", "Timolol: The pulse slows.", ": The"),
        ("renal", "The usual choice in renal failure.", "pilocarpine: the"),
    ],
)
def test_an_english_text_goes_on_from_its_introduction(relation, text, wrong):
    for said in english("pilocarpine", relation, text):
        assert wrong.lower() not in said.lower() if wrong[0] != ":" else wrong not in said
        assert said.lower().count("pilocarpine") <= 1
        assert text.rstrip(".").lower() in said.lower()


@pytest.mark.parametrize("purpose", ["引产", "局部麻醉", "紧急避孕"])
def test_what_is_no_illness_is_not_treated(purpose):
    fact = PageFact("f", purpose, purpose, "o:1", names=(purpose,))
    for seed in range(60):
        pick = random.Random(seed)
        said = realizer.state_facts("甲药", "medicine~", [fact], "zh", pick)
        assert "治疗" not in said and "患者" not in said and "病人" not in said


def test_a_name_of_several_is_no_it():
    told = (PageFact("f", "asthma", "asthma", "condition:asthma", names=("asthma",)),)
    own = FactPage(
        Entity("medicine:x", "medicine", (Name("nitrates", "en"),)),
        "en",
        "nitrates",
        "nitrates",
        {"contraindication": told},
    )
    for seed in range(40):
        answer = AnswerBuilder(own, random.Random(seed))
        answer.state("contraindication", told, briefly=1.0)
        assert not answer.text.startswith("It ")


def test_a_warning_that_stands_first_goes_on_from_nothing():
    flag = PageFact("r", "黑便须立即急诊就医", "黑便须立即急诊就医")
    entity = Entity("condition:x", "condition", (Name("胃炎", "zh"),))
    own = FactPage(entity, "zh", "胃炎", "胃炎", {"red_flag": (flag,)})
    for seed in range(60):
        answer = AnswerBuilder(own, random.Random(seed))
        case_answer.tell_warning(own, flag, answer, random.Random(seed))
        assert not answer.text.startswith(("另外", "还有"))


def test_what_is_used_and_what_it_does_are_told_as_sentences():
    assert "In pregnancy, pilocarpine is avoided near term." in english(
        "pilocarpine", "pregnancy", "Avoided near term."
    )
    assert "During breastfeeding, pilocarpine can reduce the milk." in english(
        "pilocarpine", "breastfeeding", "Can reduce the milk."
    )
    told = english("gout", "prevention", "Drink enough water.")
    assert {"To prevent gout, drink enough water."} <= told


@pytest.mark.parametrize("people", ["children under 6 years", "CYP2C19 carriers", "pregnant women"])
def test_nobody_says_that_there_is_a_child(people):
    fact = PageFact("f", people, people, "o:1", names=(people,))
    for seed in range(60):
        pick = random.Random(seed)
        for said in (
            realizer.state_facts("timolol", "contraindication", [fact], "en", pick),
            realizer.state_briefly("contraindication", [fact], "en", pick),
        ):
            assert "there is" not in said and "there are" not in said
            assert "in cases of" not in said and "presence of" not in said


@pytest.mark.parametrize("people", ["两岁以下儿童", "HLA-B*1502阳性者", "孕妇"])
def test_a_chinese_contraindication_that_is_people_has_no_second_person(people):
    fact = PageFact("f", people, people, "o:1", names=(people,))
    for seed in range(60):
        pick = random.Random(seed)
        said = realizer.state_facts("甲药", "contraindication", [fact], "zh", pick)
        assert f"{people}的人" not in said and f"有{people}" not in said
    assert chinese_sentences.fit_to_items(["{o}的人禁用。", "禁忌证有{a}。"], [people]) == [
        "禁忌证有{a}。"
    ]


@pytest.mark.parametrize(
    ("relation", "text", "said"),
    [
        ("description", "可软化痰液的人工合成双糖", "甲药是可软化痰液的人工合成双糖。"),
        ("description", "静脉压力升高，常由肝病引起", "甲药是指静脉压力升高，常由肝病引起。"),
        ("description", "用于减轻眩晕的发作", "甲药用于减轻眩晕的发作。"),
        ("description", "每日1次与食物同服以预防疟疾", "甲药每日1次与食物同服以预防疟疾。"),
        ("interaction_advice", "酒精：可致头痛", "关于甲药与酒精：可致头痛。"),
    ],
)
def test_a_chinese_text_reads_as_one_sentence(relation, text, said):
    assert chinese_texts.tell("甲药", relation, text, random.Random(0)) + "。" == said


@pytest.mark.parametrize("text", ["勤洗手，不共用毛巾", "长期降尿酸治疗可预防发作"])
def test_advice_on_prevention_is_told_by_what_it_is(text):
    told = {chinese_texts.tell("痛风", "prevention", text, random.Random(n)) for n in range(30)}
    assert any(each.startswith(("要预防", "想预防")) for each in told) is ("可" not in text)


@pytest.mark.parametrize("seed", range(10))
def test_a_contraindicated_pair_denies_nothing(seed):
    pair = PageFact("f", "乙药", "乙药", "medicine:b", names=("乙药",), level="contraindicated")
    said = realizer.state_facts("甲药", "interaction", [pair], "zh", random.Random(seed))
    frame = said.replace("甲药", "  ").replace("乙药", "  ")
    assert relation_phrases.fault(frame, frozenset({"interaction"}), frozenset(), "zh") == ""
