"""Test what scraped Chinese tables state that no line of evidence shows."""

import pytest

from knowledge.lessons.facts import chinese_closed_book
from knowledge.lessons.facts import chinese_table_faults as faults
from knowledge.lessons.facts.fact_page import PageFact
from knowledge.lessons.facts.source_habits import SourceHabits


def listed(relation, *texts, scraped=True):
    return tuple(
        PageFact(f"f:{text}", text, text, f"{relation}:{text}", relation, scraped=scraped)
        for text in texts
    )


def valued(*texts):
    return tuple(PageFact(f"f:{text}", text, text, scraped=True) for text in texts)


def shown(name, reviewed=(), **groups):
    kept = chinese_closed_book.showable("condition:x", name, groups, reviewed, SourceHabits())
    return {relation: [item.text for item in items] for relation, items in kept.items()}


@pytest.mark.parametrize(
    ("name", "part", "known"),
    [
        ("Budd-Chiari综合征", "盆骨", False),
        ("儿童遗尿症", "膀胱", False),
        ("角膜溃疡", "眼", True),
        ("角膜溃疡", "腹部", False),
    ],
)
def test_a_part_of_the_body_is_shown_where_the_name_tells_which(name, part, known):
    groups = {"body_part": listed("part", part)}
    assert ("body_part" in shown(name, **groups)) == known
    reviewed = shown(name, ("body_part",), body_part=listed("part", part, scraped=False))
    assert reviewed == {"body_part": [part]}


@pytest.mark.parametrize(
    ("given", "left"),
    [
        (("催吐", "洗胃", "输液"), []),
        (("催吐", "解毒治疗", "血液透析"), ["解毒治疗", "血液透析"]),
    ],
)
def test_what_is_hardly_done_any_more_is_shown_as_no_treatment(given, left):
    assert shown("药物中毒", treatment=listed("treatment", *given)).get("treatment", []) == left


@pytest.mark.parametrize(
    ("name", "text", "departments"),
    [
        ("克里米亚-刚果出血热", "无传染性", []),
        ("军团菌肺炎", "无传染性", ["呼吸内科"]),
        ("不明原因肝损害", "无传染性", ["传染科"]),
        ("结核性脑膜瘤", "非传染性疾病", []),
        ("胫骨骨折", "无传染性", ["骨科"]),
        ("颈部枪弹伤", "无传染性", ["急诊科"]),
        ("吸入性肺炎", "有传染性", []),
        ("间日疟", "有传染性", []),
    ],
)
def test_a_table_is_not_believed_on_what_spreads(name, text, departments):
    assert faults.is_spread_at_fault(name, text, departments)
    groups = {"transmission": valued(text), "department": listed("department", *departments)}
    assert "transmission" not in shown(name, **groups)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("痛风", "无传染性"),
        ("风湿性心脏病", "无传染性"),
        ("百日咳", "呼吸道传播"),
        ("梅毒", "有传染性"),
    ],
)
def test_whether_it_spreads_is_shown_where_the_name_agrees(name, text):
    assert shown(name, transmission=valued(text)) == {"transmission": [text]}


@pytest.mark.parametrize(
    ("name", "relation", "given", "left"),
    [
        ("葡萄膜炎", "department", ["皮肤科", "眼科"], ["眼科"]),
        ("葡萄膜炎", "body_part", ["皮肤"], []),
        ("前列腺癌", "department", ["妇科", "泌尿外科", "肿瘤科"], ["泌尿外科", "肿瘤科"]),
        ("慢性胃炎", "body_part", ["胃", "眼"], ["胃"]),
        ("糖尿病视网膜病变", "department", ["眼科", "内分泌科"], ["眼科"]),
        ("白塞病", "department", ["眼科", "口腔科"], ["眼科", "口腔科"]),
        ("角膜炎", "symptom", ["畏光", "溃疡扩大而失明", "流泪"], ["畏光", "流泪"]),
        ("铁线虫病", "population", ["女性"], []),
        ("食管癌", "population", ["婴幼儿"], []),
        ("痛风", "population", ["中年男性"], ["中年男性"]),
    ],
)
def test_what_cannot_be_of_a_condition_is_not_shown(name, relation, given, left):
    kept = shown(name, **{relation: listed(relation, *given)})
    assert kept.get(relation, []) == left


@pytest.mark.parametrize("text", ["治疗周期：2-4周", "1-3年", "终生服药"])
def test_no_course_of_a_table_is_shown_but_that_it_heals(text):
    assert shown("扁平痣", course=valued(text)) == {}
    assert shown("玫瑰糠疹", course=valued("6-8周可自愈")) == {"course": ["6-8周可自愈"]}


@pytest.mark.parametrize("name", ["小儿弱智", "早孕", "骶骼筋膜脂肪疝"])
def test_a_name_that_nobody_should_say_has_no_page(name):
    assert shown(name, department=listed("department", "内科")) == {}


def test_tests_are_shown_of_conditions_that_are_found_out_by_them():
    given = listed("test", "尿常规", "大便常规")
    assert shown("蕈样肉芽肿", test=given) == {}
    assert shown("恶性淋巴瘤", test=given) == {}
    assert shown("恶性淋巴瘤", test=listed("test", "淋巴结活检", "尿常规")) == {
        "test": ["淋巴结活检"]
    }


def test_treatment_is_shown_where_it_is_known_what_matters():
    assert shown("汞中毒", treatment=listed("treatment", "饮食治疗", "康复治疗")) == {}
    assert shown("高血压", treatment=listed("treatment", "饮食疗法")) == {}
    listed_together = {
        "treatment": listed("treatment", "饮食治疗", "康复治疗"),
        "medicine": listed("medicine", "依地酸钙钠注射液"),
    }
    assert shown("铅中毒", **listed_together) == {}
    assert shown("肾结核", medicine=listed("medicine", "异烟肼片", "利福平胶囊")) == {}
    again = listed("medicine", "异烟肼片", "利福平胶囊", "利福喷丁胶囊")
    assert shown("皮肤结核", medicine=again) == {}


def test_what_somebody_wrote_and_read_is_not_doubted():
    groups = {"transmission": valued("无传染性"), "course": valued("终生")}
    assert shown("流感", ("transmission", "course"), **groups) == {
        "transmission": ["无传染性"],
        "course": ["终生"],
    }
