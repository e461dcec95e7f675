"""What is not told of scraped records: uses given up, texts that define nothing, half lists."""

import random
import re

import pytest

from knowledge.lessons.facts import chinese_closed_book, definitions, fact_fitness, obsolete_uses
from knowledge.lessons.facts.fact_page import FactPage, PageFact
from knowledge.lessons.facts.source_habits import SourceHabits
from knowledge.lessons.realize import page_renderer, realizer
from knowledge.lessons.styles import knowledge_call
from knowledge.lessons.templates.loader import load
from knowledge.lessons.templates.tables import AcuteWords, ExamWords, InteractionsWords
from knowledge.lessons.verify.template_patterns import any_of
from knowledge.records import Entity, Name


def listed(relation, *texts, scraped=True):
    return tuple(
        PageFact(f"f:{text}", text, text, f"{relation}:{text}", relation, scraped=scraped)
        for text in texts
    )


@pytest.mark.parametrize(
    ("medicine", "condition", "given_up"),
    [
        ("rimantadine", "Influenza A", True),
        ("oseltamivir", "Influenza A", False),
        ("烟酸片", "冠状动脉粥样硬化", True),
        ("烟酸片", "糙皮病", False),
        ("双嘧达莫片", "心绞痛", True),
        ("Secobarbital", "Insomnia", True),
        ("phenobarbital", "epilepsy", False),
        ("Quinine", "nocturnal leg cramps", True),
        ("Quinine", "falciparum malaria", False),
        ("厄贝沙坦片", "白大衣高血压", True),
        ("厄贝沙坦片", "高血压", False),
    ],
)
def test_a_use_that_is_given_up_is_no_use(medicine, condition, given_up):
    assert obsolete_uses.is_obsolete(medicine, condition) is given_up
    assert not (given_up and fact_fitness.is_use(medicine, condition))


@pytest.mark.parametrize(
    ("text", "name", "fit"),
    [
        ("Shin splint is pain along the shin, often called a stress reaction, is a condition that "
         "runners have after long training.", "shin splint", False),
        ("Shin splint, which is also called a stress reaction, is a pain along the inner edge of "
         "the shin that comes with running.", "shin splint", True),
        ("Essential tremor is the most common movement disorder seen in adults all over the "
         "world.", "essential tremor", False),
        ("Essential tremor is the most common movement disorder, in which the hands shake while "
         "they hold or reach for something.", "essential tremor", True),
        ("Fructose malabsorption is not a disorder as such, but a common trait of digestion in "
         "many healthy people.", "fructose malabsorption", False),
        ("Drug eruption is an expression that describes harm to the skin after a medicine was "
         "taken in a usual dose.", "drug eruption", False),
        ("Wry neck is a medical term for torticollis of the muscles of the neck on one side of the "
         "body.", "wry neck", False),
        ("Iodine deficiency is a lack of iodine in the diet and the signs are often subtle and "
         "slow to come.", "iodine deficiency", False),
    ],
)  # fmt: skip
def test_what_defines_nothing_is_not_told(text, name, fit):
    assert definitions.is_told(definitions.told(text), (name,)) is fit


@pytest.mark.parametrize(
    ("condition", "medicines", "whole"),
    [
        ("甲亢", ("放射性碘治疗", "甲状腺介入栓塞治疗"), False),
        ("甲亢", ("甲巯咪唑", "放射性碘治疗"), True),
        ("hyperthyroidism", ("radioactive iodine",), False),
        ("hyperthyroidism", ("carbimazole",), True),
    ],
)
def test_a_thyroid_too_fast_is_not_treated_without_its_medicines(condition, medicines, whole):
    assert fact_fitness.has_core(condition, medicines) is whole


def test_a_child_is_not_sent_to_a_clinic_of_adults():
    groups = {"department": listed("department", "呼吸内科", "儿科")}
    told = chinese_closed_book.select("condition:x", "毛细支气管炎", groups, (), SourceHabits())
    assert [item.text for item in told.get("department", ())] in ([], ["儿科"])
    lone = {"department": listed("department", "呼吸内科")}
    told = chinese_closed_book.select("condition:x", "毛细支气管炎", lone, (), SourceHabits())
    assert "department" not in told


def test_hand_foot_and_mouth_disease_names_paediatrics():
    lone = {"department": listed("department", "传染科")}
    both = {"department": listed("department", "传染科", "儿科")}
    for groups, told in ((lone, False), (both, True)):
        kept = chinese_closed_book.select("condition:x", "手足口病", groups, (), SourceHabits())
        assert ("department" in kept) is told


def test_a_wall_that_is_thin_is_no_complaint():
    groups = {"symptom": listed("symptom", "胆囊壁变薄", "右上腹痛")}
    kept = chinese_closed_book.showable("condition:x", "胆囊癌", groups, (), SourceHabits())
    assert "胆囊壁变薄" not in [item.text for item in kept.get("symptom", ())]


def test_a_complication_is_no_mere_association():
    both = listed("condition", "肠癌", scraped=False)
    other = listed("condition", "虹膜炎", scraped=False)
    groups = {"complication": both, "associated_with": (*both, *other)}
    kept = page_renderer.drop_repeated_items("结肠炎", groups)
    assert [item.text for item in kept["associated_with"]] == ["虹膜炎"]
    assert [item.text for item in kept["complication"]] == ["肠癌"]


def test_no_reason_is_asked_for_that_would_repeat_the_claim():
    assert not re.search("理由|为什么", " ".join(load(ExamWords, "zh").judge))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_review_is_not_answered_by_a_review(language):
    lines = load(InteractionsWords, language).finding["major"]
    assert not re.search("should be reviewed|先审核", " ".join(lines))


@pytest.mark.parametrize(
    ("name", "language", "kind", "symptoms"),
    [
        ("papilloedema", "en", "pressure", ("headache", "blurred vision")),
        ("肾功能不全", "zh", "kidney", ("浮肿", "乏力")),
    ],
)
def test_a_lookup_of_what_may_turn_dangerous_says_what_to_do(name, language, kind, symptoms):
    entity = Entity("condition:x", "condition", (Name(name, language),))
    held = {"symptom": listed("symptom", *symptoms, scraped=False)}
    own = FactPage(entity, language, name, name, held)
    act = re.compile(any_of(load(AcuteWords, language).condition[kind], language, {}), re.I)
    row = knowledge_call.write(own, "symptom", "plain", random.Random(2))
    assert act.search(row.messages[-1].content)


@pytest.mark.parametrize(
    ("condition", "tests", "told"),
    [
        ("致心律失常性左室心肌病", ("心电图", "经食管超声心动图", "动态心电图"), False),
        ("致心律失常性左室心肌病", ("心电图", "心脏磁共振", "超声心动图"), True),
        ("肾结核", ("尿液细菌培养", "尿常规"), False),
        ("肾结核", ("尿结核菌培养", "尿常规"), True),
        ("宫颈癌", ("阴道活检", "阴道镜"), False),
        ("宫颈癌", ("宫颈活检", "阴道镜"), True),
    ],
)
def test_a_list_of_tests_has_the_one_that_decides(condition, tests, told):
    groups = {"test": listed("test", *tests)}
    kept = chinese_closed_book.select("condition:x", condition, groups, (), SourceHabits())
    assert ("test" in kept) is told


def test_contraception_is_not_treated():
    for seed in range(20):
        pick, item = random.Random(seed), listed("condition", "紧急避孕")
        briefly = realizer.state_briefly("medicine~", item, "zh", pick)
        wholly = realizer.state_facts("甲药", "medicine~", item, "zh", pick)
        assert "治疗" not in briefly + wholly
