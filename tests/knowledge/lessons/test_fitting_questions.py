"""Test that questions are asked as facts answer them, and warnings told with what to do."""

import random

import pytest

from knowledge.lessons.facts import urgent_flags
from knowledge.lessons.facts.fact_page import FactPage, PageFact
from knowledge.lessons.realize import (
    chinese_sentences,
    chinese_texts,
    complaints,
    fitting_questions,
)
from knowledge.lessons.realize.answer_builder import AnswerBuilder
from knowledge.lessons.realize.page_renderer import _for_adults
from knowledge.lessons.styles import huatuo, safety
from knowledge.records import Entity, Name

PICK = random.Random(5)


def page(name, kind="medicine", **groups):
    entity = Entity(f"{kind}:x", kind, (Name(name, "zh"),))
    return FactPage(entity, "zh", name, name, groups)


def texts(*values):
    return tuple(PageFact(f"f:{text}", text, text) for text in values)


def things(relation, *names):
    return tuple(
        PageFact(f"f:{name}", name, name, f"{relation}:{name}", relation) for name in names
    )


@pytest.mark.parametrize(
    ("relation", "text", "decided"),
    [
        ("pregnancy", "妊娠期禁用。", True),
        ("liver", "肝硬化时半衰期延长。", False),
        ("renal", "肾功能不全时减量。", True),
        ("pregnancy", "妊娠期经验少。", False),
        ("breastfeeding", "可减少乳汁分泌。", False),
    ],
)
def test_whether_a_medicine_may_be_used_is_asked_where_that_is_told(relation, text, decided):
    asked = fitting_questions.questions(page("甲药", **{relation: texts(text)}), relation)
    assert any("吗" in each for each in asked) == decided
    assert asked


def test_what_is_done_is_not_healed():
    asked = fitting_questions.questions(page("全身麻醉", "condition"), "medicine")
    assert asked and not any("治疗" in each or "吃" in each for each in asked)


@pytest.mark.parametrize(
    ("relation", "text", "said"),
    [
        ("pregnancy", "用于胎儿肺成熟。", "妊娠期，甲药用于胎儿肺成熟"),
        ("breastfeeding", "确有需要时使用", "哺乳期，甲药确有需要时使用"),
        ("pregnancy", "妊娠期经验少", "甲药妊娠期经验少"),
        ("liver", "肝硬化患者每日不超过1 g", "使用甲药时，肝硬化患者每日不超过1 g"),
        ("pregnancy", "妊娠期不接种甲药", "妊娠期不接种甲药"),
        ("transmission", "性传播", "甲药会传染，传播方式是性传播"),
        ("transmission", "非传染性疾病", "甲药属于非传染性疾病"),
        ("transmission", "蚊虫叮咬传播", "甲药可以传播，传播方式是蚊虫叮咬传播"),
        ("transmission", "不会由他人传染", "甲药不会由他人传染"),
        ("transmission", "不会因接触患者而感染", "甲药不会因接触患者而感染"),
        ("course", "持续多年，时好时坏", "甲药持续多年，时好时坏"),
        ("course", "通常终身存在，需长期治疗", "甲药通常终身存在，需长期治疗"),
        ("prognosis", "多数不能根治", "甲药多数不能根治"),
        ("population", "40至50岁多见", "甲药以40至50岁多见"),
        ("description", "每周排便少于三次，或大便干硬", "甲药是指每周排便少于三次，或大便干硬"),
    ],
)
def test_a_text_is_told_as_a_sentence(relation, text, said):
    assert chinese_texts.tell("甲药", relation, text.rstrip("。"), PICK) == said.rstrip("。")


@pytest.mark.parametrize(
    ("flag", "marks"),
    [
        ("突发撕裂样背痛提示主动脉病变", ("尽快", "检查", "就医")),
        ("高热伴嗜睡提示重症", ("急诊",)),
        ("血压骤降属于急症", ("急诊",)),
    ],
)
def test_a_warning_is_told_with_what_to_do(flag, marks):
    told = AnswerBuilder(page("甲病", "condition", red_flag=texts(flag)), PICK)
    told.state("red_flag", texts(flag))
    _, after = told.text.split(flag)
    assert any(mark in after for mark in marks)


@pytest.mark.parametrize(
    "flag", ["咯血须立即急诊就医", "血钠应缓慢纠正，过快可致脱髓鞘", "持续高热"]
)
def test_a_warning_that_says_what_to_do_is_left_alone(flag):
    assert not urgent_flags.leaves_open_what_to_do(flag, "zh")


def test_a_warning_over_evidence_says_no_more_than_its_line():
    told = AnswerBuilder(page("甲病", "condition"), PICK, levels=False)
    told.state("red_flag", texts("血压骤降属于急症"))
    assert told.text.endswith("血压骤降属于急症。")


def test_adults_are_not_sent_to_paediatrics():
    both = things("department", "皮肤科", "儿科")
    kept = _for_adults(page("湿疹", "condition", department=both))
    assert [item.text for item in kept.groups["department"]] == ["皮肤科"]
    assert kept.as_evidence().groups["department"] == both
    child = page("小儿湿疹", "condition", department=both)
    assert _for_adults(child) is child


def test_nobody_has_a_pregnancy_as_one_has_an_illness():
    barred = page("甲药", contraindication=things("contraindication", "妊娠", "对该药过敏"))
    assert safety.write(barred, "contraindication", "meets", PICK) is None
    kept = chinese_sentences.fit_to_items(
        ["有{o}的人不能用{s}。", "{s}的禁忌证包括{a}。"], ["妊娠"]
    )
    assert list(kept) == ["{s}的禁忌证包括{a}。"]


@pytest.mark.parametrize(("name", "mark"), [("黄热病疫苗", "接种"), ("甲注射液", "用")])
def test_what_others_give_was_not_got_at_a_pharmacy(name, mark):
    given = page(name, description=texts("静脉注射的药物"))
    for seed in range(20):
        said = complaints.name_medicine(given, random.Random(seed))
        assert mark in said and "药店" not in said and "开始用" not in said


def test_more_of_a_list_is_told_as_more():
    symptoms = things("symptom", "咳嗽", "发热", "胸痛", "乏力")
    ill = page("甲病", "condition", symptom=symptoms)
    said = {
        huatuo.write(ill, "symptom", "is", random.Random(seed)).messages[-1].content
        for seed in range(30)
    }
    assert any("还有" in each for each in said)
    assert not any("顺便" in each or "补充一点" in each for each in said)


def english(name, **groups):
    entity = Entity("medicine:x", "medicine", (Name(name, "en"),))
    return FactPage(entity, "en", name, name, groups)


@pytest.mark.parametrize(
    ("relation", "text", "word", "asked"),
    [
        ("dose_limit", "The maximum for adults is 9 mg a day.", "too much", True),
        ("dose_limit", "The usual dose is 5 mg.", "too much", False),
        ("dose_limit", "The usual dose is 5 mg.", "dosed", True),
        ("red_flag", "A lump that grows needs to be looked at.", "at once", False),
        ("red_flag", "A cold blue foot needs an ambulance.", "at once", True),
        ("liver", "It has a longer half-life in cirrhosis.", "Can ", False),
        ("liver", "It is avoided in cirrhosis.", "Can ", True),
    ],
)
def test_an_english_question_asks_no_more_than_the_text_answers(relation, text, word, asked):
    found = fitting_questions.questions(english("drug", **{relation: texts(text)}), relation)
    assert found and any(word in each for each in found) is asked


@pytest.mark.parametrize(("level", "asked"), [("moderate", False), ("major", True)])
def test_what_may_not_be_combined_is_asked_where_something_may_not(level, asked):
    item = PageFact("f", "zinc", "zinc", "medicine:z", "medicine", level=level)
    found = fitting_questions.questions(english("drug", interaction=(item,)), "interaction")
    assert any("not be combined" in each for each in found) is asked
