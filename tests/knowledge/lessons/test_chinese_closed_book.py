"""Test which scraped Chinese facts are told where no evidence is shown."""

import re

import pytest

from knowledge.lessons.facts import chinese_closed_book as closed_book
from knowledge.lessons.facts.chinese_closed_book import SourceHabits
from knowledge.lessons.facts.fact_page import FactPage, PageFact
from knowledge.records import Entity, Name


def named(relation, *texts):
    return tuple(
        PageFact(f"f:{text}", text, text, f"{relation}:{text}", relation) for text in texts
    )


def valued(*texts):
    return tuple(PageFact(f"f:{text}", text, text) for text in texts)


def told(name, relation, items, reviewed=(), habits=None):
    """Return the texts of one relation that are told of a condition."""
    groups = {relation: items}
    kept = closed_book.select(f"condition:{name}", name, groups, reviewed, habits or SourceHabits())
    return [item.text for item in kept.get(relation, ())]


@pytest.mark.parametrize(
    ("name", "relation", "given", "left"),
    [
        ("膀胱结石", "test", ["12小时尿沉渣计数"], []),
        ("膀胱结石", "test", ["腹部平片"], []),
        ("膀胱结石", "test", ["膀胱B超", "腹部平片", "皮肤病的物理检查"], ["膀胱B超", "腹部平片"]),
        ("玻璃体积血", "test", ["眼底检查", "产科B超", "眼眶CT"], ["眼底检查", "眼眶CT"]),
        ("脑梗死", "test", ["血常规", "尿常规"], []),
        ("麻疹", "symptom", ["发热", "咳嗽"], []),
        ("麻疹", "symptom", ["发热", "咳嗽", "皮疹", "眼睑", "败血症"], ["发热", "咳嗽", "皮疹"]),
        ("肋软骨炎", "complication", ["骨癌"], []),
        ("肾盂肾炎", "complication", ["败血症", "肾功能衰竭", "头痛"], []),
        ("不孕症", "complication", ["阴道横隔", "急性子宫内膜炎", "乳腺增生"], []),
        ("骨折", "complication", ["骨质疏松", "脾破裂"], []),
        (
            "十二指肠溃疡",
            "complication",
            ["十二指肠溃疡出血", "肺炎", "十二指肠溃疡穿孔"],
            ["十二指肠溃疡出血", "十二指肠溃疡穿孔"],
        ),
        ("踝关节结核", "medicine", ["结核丸", "异烟肼片", "独一味颗粒"], []),
        (
            "踝关节结核",
            "medicine",
            ["结核丸", "异烟肼片", "利福平胶囊", "吡嗪酰胺片"],
            ["异烟肼片", "利福平胶囊", "吡嗪酰胺片"],
        ),
        ("前庭大腺癌", "medicine", ["止痛化癥胶囊", "复方环磷酰胺片"], []),
        ("毛母质瘤", "medicine", ["固肾生发丸"], []),
        ("小儿支原体肺炎", "medicine", ["阿奇霉素颗粒", "左氧氟沙星片"], ["阿奇霉素颗粒"]),
        ("妊娠合并高血压", "medicine", ["硫酸镁注射液", "卡托普利片"], ["硫酸镁注射液"]),
        ("白癜风", "body_part", ["皮肤"], []),
        (
            "继发性高血压",
            "symptom",
            ["头痛", "心悸", "水肿", "情绪性高血压"],
            ["头痛", "心悸", "水肿"],
        ),
        (
            "荨麻疹",
            "medicine",
            ["氯雷他定片", "氯雷他定胶囊", "盐酸西替利嗪片"],
            ["氯雷他定片", "盐酸西替利嗪片"],
        ),
        ("牙龈癌", "test", ["颅脑CT", "颅脑MRI"], []),
        (
            "甲型肝炎",
            "test",
            ["献血者健康检查", "心电图", "肝功能", "肝脏B超"],
            ["肝功能", "肝脏B超"],
        ),
        (
            "桡骨骨折",
            "symptom",
            ["肿胀感", "前臂疼痛", "活动受限", "发烧"],
            ["肿胀感", "前臂疼痛", "活动受限"],
        ),
        (
            "间质性肾炎",
            "symptom",
            ["乏力", "腰痛", "夜尿", "面部蝶形红斑"],
            ["乏力", "腰痛", "夜尿"],
        ),
    ],
)
def test_a_scraped_list_is_told_only_as_far_as_it_is_fit(name, relation, given, left):
    assert told(name, relation, named(relation, *given)) == left


@pytest.mark.parametrize("relation", ["test", "symptom", "complication", "medicine", "body_part"])
def test_what_somebody_wrote_and_read_is_told(relation):
    items = named(relation, "涂片")
    assert told("麻疹", relation, items, reviewed=(relation,)) == ["涂片"]


@pytest.mark.parametrize(
    ("name", "relation", "text", "is_told"),
    [
        ("痔", "course", "治疗周期：30天", False),
        ("高血压", "course", "需要终身治疗", True),
        ("痔", "population", "无特定人群", False),
        ("关节炎", "population", "除了儿童。其他人群都有可能", False),
        ("小儿肺炎", "population", "儿童", False),
        ("老年人骨折", "population", "老年人群", False),
        ("川崎病", "population", "5岁以下的儿童", True),
        ("肺结核", "transmission", "无传染性", False),
        ("肺结核", "transmission", "呼吸道传播", True),
        ("进行性脊肌萎缩症", "transmission", "母婴传播", False),
        ("痛风", "transmission", "无传染性", False),
        ("直肠内异物", "transmission", "无传染性", False),
        ("遗传性痉挛性截瘫", "transmission", "无传染性", False),
        ("流行性感冒病毒感染", "transmission", "飞沫传播", True),
    ],
)
def test_a_text_is_told_that_says_something(name, relation, text, is_told):
    assert bool(told(name, relation, valued(text))) is is_told


def test_nothing_is_told_of_illnesses_that_another_medicine_names():
    groups = {"department": named("department", "中医科"), "symptom": named("symptom", *"甲乙丙")}
    assert closed_book.select("condition:五硬", "五硬", groups, (), SourceHabits()) == {}


def test_a_treatment_that_a_source_gives_to_everything_is_a_default():
    stated = [
        statement
        for number in range(30)
        for statement in (
            (f"condition:{number}", "treatment", "treatment:康复治疗"),
            (f"condition:{number}", "department", f"department:{number % 12}"),
        )
    ]
    stated += [
        (f"condition:{number}", "treatment", "treatment:石膏固定") for number in range(30, 60)
    ]
    habits = closed_book.read_habits(stated, {})
    items = named("treatment", "康复治疗", "石膏固定", "手法复位")
    kept = told("肱骨骨折", "treatment", items, habits=habits)
    assert kept == ["石膏固定", "手法复位"]


def test_a_test_of_other_departments_is_not_told():
    stated = [(f"condition:{n}", "test", "test:钡餐") for n in range(20)]
    stated += [(f"condition:{n}", "department", "department:消化科") for n in range(20)]
    stated += [("condition:中耳积液", "department", "department:耳科")]
    habits = closed_book.read_habits(
        stated, {"department:消化科": "消化科", "department:耳科": "耳科"}
    )
    items = named("test", "听力检查", "耳镜", "钡餐")
    assert told("中耳积液", "test", items, habits=habits) == ["听力检查", "耳镜"]
    assert habits.is_test_of("condition:3", "test:钡餐")


def test_evidence_shows_what_is_not_told():
    shown = {"medicine": named("medicine", "结核丸"), "symptom": named("symptom", "咳嗽")}
    entity = Entity("condition:x", "condition", (Name("肺结核", "zh"),))
    page = FactPage(entity, "zh", "肺结核", "肺结核", {}, shown=shown)
    page = page.with_neighbours((page,), page.find_similar)
    assert page.groups == {}
    assert page.as_evidence().groups == shown
    assert not page.as_evidence().shown


def test_every_pattern_of_the_rules_can_be_read():
    rules = closed_book._rules()
    for key in ("usual_medicine", "core_test", "tests", "symptoms", "harmful"):
        for each in rules[key]:
            for text in each.values():
                re.compile(text)
    assert len({each["of"] for each in rules["usual_medicine"]}) == len(rules["usual_medicine"])


@pytest.mark.parametrize(
    ("condition", "medicine"),
    [
        ("哮喘", "沙丁胺醇气雾剂"),
        ("痛风", "秋水仙碱片"),
        ("癫痫", "丙戊酸钠片"),
        ("疥疮", "硫磺软膏"),
    ],
)
def test_the_usual_medicine_of_a_condition_is_known(condition, medicine):
    assert closed_book.is_usual(condition, medicine)
    assert not closed_book.is_usual(condition, "复方阿胶浆")


@pytest.mark.parametrize(
    ("name", "given", "left"),
    [
        ("急性阑尾炎", ["抗感染治疗"], []),
        ("急性阑尾炎", ["抗感染治疗", "输液治疗"], []),
        ("肱骨骨折", ["石膏固定", "功能锻炼"], ["石膏固定", "功能锻炼"]),
        ("出血性紫癜", ["中草药治疗", "针灸治疗"], []),
    ],
)
def test_treatments_without_the_one_that_matters_are_not_told(name, given, left):
    assert told(name, "treatment", named("treatment", *given)) == left


@pytest.mark.parametrize(
    ("relation", "text"),
    [("prognosis", "治%E"), ("prognosis", "无法根治"), ("diet_recommended", "小米粥")],
)
def test_crumbs_are_not_told(relation, text):
    items = named(relation, text) if relation.startswith("diet") else valued(text)
    assert told("急性乳腺炎", relation, items) == []


@pytest.mark.parametrize(
    ("condition", "medicine"),
    [
        ("类风湿性关节炎肾损害", "布洛芬"),
        ("小儿尿路感染", "诺氟沙星胶囊"),
        ("妊娠合并癫痫", "丙戊酸钠片"),
        ("哮喘合并高血压", "普萘洛尔片"),
        ("心力衰竭合并冠心病", "地尔硫卓片"),
    ],
)
def test_no_medicine_is_told_that_harms_who_has_the_condition(condition, medicine):
    assert not closed_book.is_usual(condition, medicine)


def test_a_use_is_told_once_not_with_each_of_its_kinds():
    items = named("condition", "子宫内膜异位", "肠子宫内膜异位", "直肠子宫内膜异位症")
    assert told("地屈孕酮片", "medicine~", items) == ["子宫内膜异位"]


def test_lists_of_a_rare_condition_of_a_large_graph_are_only_shown():
    stated = [(f"condition:{n}", "complication", f"condition:{n + 1}") for n in range(600)]
    habits = closed_book.read_habits(stated, {})
    groups = {"symptom": named("symptom", "咳嗽", "咯血", "胸痛"), "medicine": ()}
    assert closed_book.select("condition:5", "肺脓肿", groups, (), habits)
    assert not closed_book.select("condition:罕见", "某罕见病", groups, (), habits)
    assert closed_book.select("condition:罕见", "某罕见病", groups, ("symptom",), habits)


def test_tests_that_anybody_has_are_no_list_of_their_own():
    assert told("皮肤淀粉样变", "test", named("test", "便常规", "尿常规")) == []
    assert told("皮肤淀粉样变", "test", named("test", "皮肤活检", "尿常规")) == [
        "皮肤活检",
        "尿常规",
    ]
