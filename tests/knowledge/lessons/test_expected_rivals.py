"""What a condition is weighed against first, what a danger calls for, and what is told of whom."""

import random
import re

import pytest

from knowledge.lessons.facts import case_fitness, demanded_dangers, expected_rivals, urgent_flags
from knowledge.lessons.facts.fact_page import FactPage, PageFact
from knowledge.lessons.facts.manner import Manner
from knowledge.lessons.pages import case_rivals
from knowledge.lessons.realize import (
    case_answer,
    case_plan,
    complaints,
    patient_profiles,
)
from knowledge.lessons.realize.answer_builder import AnswerBuilder
from knowledge.lessons.realize.case_plan import Rival
from knowledge.lessons.styles import dialogue
from knowledge.lessons.templates.loader import load
from knowledge.lessons.templates.tables import HuatuoWords
from knowledge.lessons.verify import stock_sentences
from knowledge.records import Entity, Name

MANNER = Manner("professional", "long")


def facts(kind, *names):
    return tuple(PageFact(f"f:{each}", each, each, f"{kind}:{each}", kind) for each in names)


def ill(name, *findings, language="zh", **groups):
    entity = Entity(f"condition:{name}", "condition", (Name(name, language),))
    felt = facts("symptom", *findings)
    return FactPage(entity, language, name, name, {"symptom": felt, **groups})


EXPECTED = [
    ("胃食管反流病", ("烧心", "反酸"), "不稳定型心绞痛", "慢性咽炎"),
    ("老年期痴呆", ("健忘", "走失"), "谵妄", "青光眼"),
    ("lung cancer", ("cough", "clubbing"), "pulmonary tuberculosis", "lung contusion"),
    ("prostate cancer", ("nocturia", "bone pain"), "prostatic hyperplasia", "gout"),
    ("溃疡性结肠炎", ("便血", "里急后重"), "结直肠癌", "痛经"),
]


@pytest.mark.parametrize(("name", "findings", "rival", "other"), EXPECTED)
def test_a_case_names_what_its_condition_is_weighed_against(name, findings, rival, other):
    language = "en" if name.isascii() else "zh"
    page = ill(name, *findings, language=language)
    wanted, odd = (ill(each, *findings, language=language) for each in (rival, other))
    told = page.entity_facts("symptom")
    assert expected_rivals.is_expected(page, wanted)
    assert not expected_rivals.is_expected(page, odd)
    assert expected_rivals.lacks(page, [odd]) and not expected_rivals.lacks(page, [odd, wanted])
    assert not case_rivals.names_danger(page, told, [odd])
    weighed = [(each, [(told[0], told[0])]) for each in (odd, wanted)]
    chosen = case_rivals.weighed_against(page, told, weighed, odd)
    assert chosen and chosen[0] is wanted


def test_what_nothing_is_listed_of_lacks_no_rival():
    assert not expected_rivals.lacks(ill("多毛症", "毛发增多"), [])


@pytest.mark.parametrize(
    ("name", "other", "fits"),
    [
        ("焦虑状态", "甲状腺功能亢进症", True),
        ("阑尾炎", "卵巢囊肿蒂扭转", False),
        ("卵巢囊肿", "盆腔炎", True),
        ("腹股沟疝", "新生儿肠梗阻", False),
        ("偏头痛", "巨细胞动脉炎", False),
        ("三叉神经痛", "giant cell arteritis", True),
    ],
)
def test_that_more_women_have_it_rules_out_nobody(name, other, fits):
    rival = ill(other, "心悸", risk_factor=facts("factor", "女性"))
    assert patient_profiles.may_befall(ill(name, "心悸"), rival) is fits


@pytest.mark.parametrize(
    ("name", "rival", "youngest"), [("胃炎", "stable angina", 45), ("胃炎", "胆囊炎", 0)]
)
def test_who_is_ill_is_of_an_age_for_what_is_weighed(name, rival, youngest):
    who = patient_profiles.profile_of(ill(name, "上腹痛"))
    grown = patient_profiles.grown_with(who, [ill(rival, "上腹痛")])
    ages = [patient_profiles.choose_age(grown, random.Random(seed)) for seed in range(40)]
    assert min(ages) > youngest
    assert (min(ages) > 45) is (youngest > 0)


def told(own, rival=None, relation="test"):
    pick = random.Random(5)
    findings = own.entity_facts("symptom")
    plan = case_plan.plan_case(own, relation, MANNER, pick, findings=findings, rival=rival)
    plan = case_plan.fit_case(plan)
    answer = AnswerBuilder(own, pick, asker="colleague")
    case_answer.tell(plan, "supports", answer, pick)
    return plan, answer


@pytest.mark.parametrize(
    ("danger", "tests", "said"),
    [
        ("急性心肌梗死", ("心电图", "心肌肌钙蛋白"), True),
        ("肺栓塞", ("体格检查", "D-二聚体"), True),
        ("张力性气胸", ("胸片",), False),
        ("普通感冒", ("咽拭子",), True),
    ],
)
def test_a_danger_that_is_weighed_comes_with_its_first_tests(danger, tests, said):
    own = ill("食管炎", "胸痛", "反酸", test=facts("test", "胃镜"))
    other = ill(danger, "胸痛", test=facts("test", *tests))
    shared = (own.entity_facts("symptom")[0], other.entity_facts("symptom")[0])
    _, answer = told(own, Rival(other, shared))
    text = answer.text
    assert (tests[-1] in text) is said
    assert "体格检查" not in text


def test_a_danger_is_told_with_all_its_tests_or_none():
    own = ill("心悸症", "胸痛", "心悸", test=facts("test", "心电图", "甲状腺功能"))
    both = (own.entity_facts("symptom")[0],) * 2
    other = ill("急性心肌梗死", "胸痛", test=facts("test", "心电图", "心肌肌钙蛋白"))
    text = told(own, Rival(other, both))[1].text
    assert re.search("心电图(?:、|和|与|及|以及)心肌肌钙蛋白", text)
    known = ill("急性心肌梗死", "胸痛", test=facts("test", "心电图"))
    assert "急性心肌梗死" in (text := told(own, Rival(known, both))[1].text)
    assert text.count("心电图") == 1


@pytest.mark.parametrize(("danger", "said"), [("化脓性脑膜炎", False), ("脑出血", True)])
def test_no_needle_for_every_headache(danger, said):
    own = ill("丛集性头痛", "头痛", "流泪", test=facts("test", "血压测量"))
    both = (own.entity_facts("symptom")[0],) * 2
    other = ill(danger, "头痛", test=facts("test", "腰椎穿刺"))
    assert ("腰椎穿刺" in told(own, Rival(other, both))[1].text) is said


@pytest.mark.parametrize(
    ("findings", "rival", "given"),
    [
        (("腹泻", "排便急迫"), "", True),
        (("腹泻", "便秘"), "", False),
        (("腹泻", "排便急迫"), "粘连性肠梗阻", False),
    ],
)
def test_no_medicine_stops_the_bowel_where_it_may_be_blocked(findings, rival, given):
    own = ill("肠易激综合征", *findings, first_line=facts("medicine", "洛哌丁胺", "匹维溴铵"))
    shared = own.entity_facts("symptom")[0]
    weighed = Rival(ill(rival, findings[0]), (shared, shared)) if rival else None
    plan, _ = told(own, weighed, "first_line")
    named = [item.text for _, items in plan.steps for item in items]
    assert "匹维溴铵" in named
    assert ("洛哌丁胺" in named) is given


@pytest.mark.parametrize(("finding", "treated"), [("周边视野缺损", True), ("虹视", False)])
def test_an_acute_form_is_not_told_the_treatment_of_the_lasting_one(finding, treated):
    own = ill("青光眼", finding, "视物模糊", first_line=facts("medicine", "拉坦前列素"))
    assert case_fitness.allows_treatment(own, own.entity_facts("symptom")) is treated


@pytest.mark.parametrize("factor", ["刺激物", "育龄", "年幼", "6个月至3岁", "氡", "irritants"])
def test_no_history_is_told_of_what_is_none(factor):
    page = ill("湿疹", "瘙痒", risk_factor=facts("factor", factor, "哮喘"))
    assert [item.text for item in patient_profiles.history_items(page)] == ["哮喘"]


def test_what_somebody_is_known_to_have_is_not_weighed_too():
    page = ill("干燥症", "口干", risk_factor=facts("factor", "类风湿关节炎", "哮喘"))
    rival = ill("类风湿关节炎", "口干")
    assert [item.text for item in patient_profiles.history_items(page, [rival])] == ["哮喘"]


@pytest.mark.parametrize("name", ["骨质疏松症", "前列腺炎", "传染性单核细胞增多症"])
def test_age_is_told_where_a_conclusion_rests_on_it(name):
    page = ill(name, "乏力", "发热")
    who = patient_profiles.profile_of(page)
    for seed in range(20):
        said = complaints.describe_complaint(
            page, who, page.entity_facts("symptom"), random.Random(seed)
        )
        assert re.search(r"\d+岁", said)


def test_who_is_pregnant_is_told_to_be():
    page = ill("妊娠剧吐", "呕吐", "口渴")
    who = patient_profiles.profile_of(page)
    assert who.pregnant
    for seed in range(20):
        pick = random.Random(seed)
        assert "孕" in patient_profiles.describe_person(who, "zh", pick)
        assert "怀孕" in complaints.describe_complaint(page, who, page.groups["symptom"], pick)


@pytest.mark.parametrize("name", ["慢性下腰痛", "5-羟色胺综合征"])
def test_nothing_is_concluded_without_what_makes_it(name):
    assert demanded_dangers.lacks_telling(name, ["腿麻", "出汗"])


def test_what_an_injury_or_a_medicine_tells_is_not_weighed():
    assert all(
        urgent_flags.is_told_by_history(ill(each)) for each in ("肺挫伤", "神经阻滞剂恶性综合征")
    )


@pytest.mark.parametrize("style", ["chatdoctor", "dialogue"])
def test_what_is_said_of_a_visit_is_a_stock_sentence(style):
    lines = load(HuatuoWords, "zh").closing["department"]
    assert lines and all(stock_sentences.is_stock(each, style, "zh") for each in lines)


@pytest.mark.parametrize(("name", "chosen"), [("慢性湿疹", True), ("急性淋巴管炎", False)])
def test_nothing_is_chosen_at_leisure_where_it_is_acute(name, chosen):
    own = ill(name, "红肿", treatment=facts("treatment", "湿敷", "切开引流"))
    line = ("选哪一种，取决于病情轻重和本人的意愿。",)
    answer = AnswerBuilder(own, random.Random(1))
    answer.state("treatment", own.entity_facts("treatment"))
    answer.add_stock(line)
    assert (line[0] in answer.text) is chosen


def test_a_dialogue_names_the_rival_that_is_expected(monkeypatch):
    page = ill("感冒", "流涕", "咽痛", "低热", test=facts("test", "血常规"))
    told_of = list(page.entity_facts("symptom"))
    monkeypatch.setattr(case_plan, "choose_telling", lambda *_: told_of)
    monkeypatch.setattr(case_rivals, "rivals_of", lambda *_: [])
    assert dialogue.write(page, "test", "single", random.Random(1), MANNER) is None
    monkeypatch.setattr(expected_rivals, "lacks", lambda *_: False)
    assert dialogue.write(page, "test", "single", random.Random(1), MANNER) is not None
