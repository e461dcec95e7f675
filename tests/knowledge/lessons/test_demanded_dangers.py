"""Findings that demand a danger among the possibilities of a case, and values nobody measures."""

import random

import pytest

from knowledge.calculators.formulas import formula_registry
from knowledge.lessons.facts import calculator_cases, demanded_dangers
from knowledge.lessons.facts.fact_page import FactPage, PageFact
from knowledge.lessons.facts.manner import Manner
from knowledge.lessons.pages import case_rivals
from knowledge.lessons.styles import chatdoctor, huatuo
from knowledge.records import Entity, Name


def ill(name, *findings, language="en", **groups):
    entity = Entity(f"condition:{name}", "condition", (Name(name, language),))
    felt = tuple(PageFact(f"f:{name}:{each}", each, each, f"symptom:{each}") for each in findings)
    return FactPage(entity, language, name, name, {"symptom": felt, **groups})


DEMANDED = [
    ("salpingitis", ("lower abdominal pain", "vaginal discharge"), "ruptured ectopic pregnancy"),
    ("附件炎", ("下腹坠痛", "白带增多"), "输卵管妊娠"),
    ("labyrinthitis", ("vertigo", "nausea"), "cerebellar stroke"),
    ("cellulitis", ("calf swelling", "redness"), "deep vein thrombosis"),
    ("坐骨神经痛", ("腰痛", "下肢无力"), "马尾综合征"),
    ("Lyme disease", ("swollen joint", "fever"), "septic arthritis"),
    ("gastroenteritis", ("thirst", "vomiting"), "diabetic ketoacidosis"),
    ("Hodgkin lymphoma", ("drenching night sweats", "dry cough"), "pulmonary tuberculosis"),
    ("淋巴瘤", ("盗汗", "消瘦"), "肺结核"),
    ("bronchiectasis", ("wheezing", "sputum"), "asthma"),
    ("multiple sclerosis", ("reduced vision", "numb legs"), "neuromyelitis optica"),
    ("多发性硬化", ("复视", "肢体麻木"), "视神经脊髓炎谱系疾病"),
    ("nummular eczema", ("itching", "rash"), "scabies"),
    ("神经性皮炎", ("瘙痒", "睡眠障碍"), "疥疮"),
    ("thyroid eye disease", ("double vision", "bulging eyes"), "myasthenia gravis"),
    ("月经过多", ("瘀斑", "乏力"), "急性白血病"),
    ("overactive bladder", ("forgetfulness", "incontinence"), "normal-pressure hydrocephalus"),
]


@pytest.mark.parametrize(("name", "findings", "danger"), DEMANDED)
def test_a_case_names_the_danger_that_its_findings_demand(name, findings, danger):
    language = "zh" if name > "z" else "en"
    page, other = ill(name, *findings, language=language), ill("sprain", *findings)
    told = page.entity_facts("symptom")
    grave = ill(danger, *findings, language=language)
    assert not case_rivals.meets_demands(page, told)
    assert not case_rivals.names_danger(page, told, [other])
    assert case_rivals.names_danger(page, told, [other, grave])
    assert case_rivals.meets_demands(grave, grave.entity_facts("symptom"))
    rivals = [(each, [(told[0], told[0])]) for each in (other, grave)]
    chosen = case_rivals.weighed_against(page, told, rivals, other)
    assert chosen and chosen[0] is grave


LEADING = [
    ("Ménière's disease", ("spinning", "staggering gait"), "stroke"),
    ("前庭神经炎", ("眩晕", "走路不稳"), "小脑梗死"),
    ("acute asthma", ("wheezing", "weals"), "anaphylaxis"),
    ("荨麻疹", ("风团", "呼吸困难"), "严重过敏反应"),
    ("gastritis", ("epigastric pain", "back pain"), "acute pancreatitis"),
    ("抑郁症", ("情绪低落", "对药物的渴求"), "阿片使用障碍"),
]


@pytest.mark.parametrize(("name", "findings", "danger"), LEADING)
def test_what_kills_within_the_hour_comes_first(name, findings, danger):
    language = "zh" if name > "z" else "en"
    page, grave = (ill(each, *findings, language=language) for each in (name, danger))
    told = page.entity_facts("symptom")
    assert not case_rivals.names_danger(page, told, [grave])
    assert case_rivals.names_danger(grave, grave.entity_facts("symptom"), [page])


def test_chills_with_a_cough_have_pneumonia_among_the_possibilities():
    page = ill("influenza", "cough", "chills")
    told = page.entity_facts("symptom")
    assert not case_rivals.names_danger(page, told, [ill("malaria", "chills")])
    assert case_rivals.names_danger(page, told, [ill("pneumonia", "cough", "chills")])


@pytest.mark.parametrize(
    ("name", "findings"),
    [
        ("prostatitis", ("lower abdominal pain", "painful urination")),
        ("infant colic", ("lower abdominal pain", "crying")),
        ("chronic low back pain", ("back pain", "leg weakness")),
        ("gastritis", ("nausea", "upper abdominal pain")),
        ("migraine", ("headache", "nausea")),
    ],
)
def test_of_others_and_of_what_lasts_it_is_not_demanded(name, findings):
    page = ill(name, *findings)
    assert case_rivals.meets_demands(page, page.entity_facts("symptom"))


@pytest.mark.parametrize("style", [chatdoctor, huatuo])
def test_a_single_suspicion_is_not_told_where_a_danger_is_demanded(style, monkeypatch):
    page = ill(
        "salpingitis",
        *("lower abdominal pain", "vaginal discharge", "fever"),
        test=(PageFact("t", "ultrasound", "ultrasound", "test:u", "test"),),
    )
    for module in (chatdoctor.case_plan, huatuo.case_plan):
        monkeypatch.setattr(module, "choose_telling", lambda page, known, *_: list(known))
    manner = Manner("plain", "medium")
    assert not style.write(page, "test", "case", random.Random(1), manner)
    monkeypatch.setattr(case_rivals, "meets_demands", lambda *_: True)
    assert style.write(page, "test", "case", random.Random(1), manner)


def test_no_later_test_changes_what_somebody_aims_at():
    aims = changed = 0
    for formula in formula_registry.FORMULAS.values():
        goals = {
            each.key
            for each in formula.inputs
            if any(name.startswith(("target", "wanted")) for name in each.en)
        }
        aims += len(goals)
        for seed in range(8 if goals else 0):
            pick = random.Random(seed)
            case = calculator_cases.draw(formula, "en", pick)
            found = case and calculator_cases.change_value(case, pick)
            changed += bool(found)
            assert not found or found[1] not in goals
    assert aims >= 3 and changed


COMMON = [
    ("Pheochromocytoma", ("headache", "sweating", "palpitations"), "paroxysmal hypertension"),
    ("肝豆状核变性", ("乏力", "食欲下降"), "双手震颤"),
    ("ovarian cancer", ("bloating", "abdominal pain"), "weight loss"),
    ("主动脉缩窄", ("头痛", "鼻出血"), "股动脉搏动减弱"),
]


@pytest.mark.parametrize(("name", "common", "telling"), COMMON)
def test_what_is_rare_is_not_concluded_from_what_is_common(name, common, telling):
    language = "zh" if name > "z" else "en"
    page, other = ill(name, *common, language=language), ill("fatigue", *common)
    told = page.entity_facts("symptom")
    assert not case_rivals.meets_demands(page, told)
    assert not case_rivals.names_danger(page, told, [other])
    known = ill(name, *common, telling, language=language)
    assert case_rivals.meets_demands(known, known.entity_facts("symptom"))


def test_bleeding_after_sex_is_weighed_against_infection():
    page = ill("cervical cancer", "bleeding after sex", "vaginal discharge")
    told = page.entity_facts("symptom")
    assert not case_rivals.names_danger(page, told, [])
    assert case_rivals.names_danger(page, told, [ill("chlamydia infection"), ill("ectopic")])


@pytest.mark.parametrize(
    ("name", "common", "telling"),
    [
        ("acute sinusitis", ("runny nose", "fever"), "facial pain"),
        ("慢性鼻窦炎", ("鼻塞", "流涕"), "嗅觉减退"),
        ("anaphylaxis", ("dizziness", "fainting"), "lip swelling"),
        ("过敏性休克", ("头晕", "晕厥"), "喉部发紧"),
    ],
)
def test_what_a_cold_or_a_faint_has_too_concludes_nothing_graver(name, common, telling):
    assert demanded_dangers.lacks_telling(name, common)
    assert not demanded_dangers.lacks_telling(name, (*common, telling))
