"""What a case leaves out: unfit treatment, contradicted denials, rivals that are kin."""

import random
from dataclasses import replace

import pytest

from knowledge.lessons.facts import case_fitness
from knowledge.lessons.facts.fact_page import FactPage, PageFact
from knowledge.lessons.facts.manner import Manner
from knowledge.lessons.pages import case_rivals
from knowledge.lessons.realize import case_answer, case_plan, patient_profiles
from knowledge.lessons.realize.answer_builder import AnswerBuilder
from knowledge.lessons.styles import multi_hop, overview
from knowledge.records import Entity, Name
from knowledge.text.sentences import split_sentences

LONG = Manner("professional", "long")


def facts(kind, *names):
    return tuple(PageFact(f"f:{each}", each, each, f"{kind}:{each}", kind) for each in names)


def page(name, language="en", kind="condition", **groups):
    entity = Entity(f"{kind}:{name}", kind, (Name(name, language),))
    return FactPage(entity, language, name, name, groups)


def planned(own, relation, told, history=(), *, to_patient=False):
    plan = case_plan.plan_case(
        own, relation, LONG, random.Random(3), findings=told, history=history, to_patient=to_patient
    )
    return case_plan.fit_case(plan)


def with_care(name, *symptoms, medicines=("xylitol", "yttrium")):
    return page(
        name,
        symptom=facts("symptom", *symptoms),
        test=facts("test", "blood film"),
        first_line=facts("medicine", *medicines),
        complication=facts("condition", "x1", "x2"),
        department=facts("department", "urology"),
    )


@pytest.mark.parametrize(
    ("name", "symptom"), [("endometriosis", "infertility"), ("acute pharyngitis", "sore throat")]
)
def test_treatment_that_may_not_fit_is_left_out_of_a_case(name, symptom):
    own = with_care(name, symptom, "fatigue")
    plan = planned(own, "first_line", own.groups["symptom"])
    assert plan.relation == "test"
    assert "first_line" not in dict(plan.steps)
    other = with_care(name.replace("pharyngitis", "gastritis"), "fatigue")
    assert "first_line" in dict(planned(other, "first_line", other.groups["symptom"]).steps)


def test_only_who_smokes_is_told_to_stop():
    own = with_care("emphysema", "cough", medicines=("smoking cessation", "yttrium"))
    told = own.groups["symptom"]
    smokes = facts("factor", "smoking")
    for history, names in (((), ["yttrium"]), (smokes, ["smoking cessation", "yttrium"])):
        steps = dict(planned(own, "first_line", told, history).steps)
        assert [item.text for item in steps["first_line"]] == names


def test_nobody_is_sent_to_hospital_and_to_a_clinic():
    own = with_care("septic shock", "chills")
    steps = dict(planned(own, "department", own.groups["symptom"], to_patient=True).steps)
    assert "department" not in steps and "test" in steps


@pytest.mark.parametrize("register", ["plain", "professional"])
def test_what_leaves_medicines_open_stands_before_complications(register):
    own = with_care("psoriasis", "scaly skin", medicines=("insulin glargine", "yttrium"))
    own = replace(own, groups={**own.groups, "medicine": facts("medicine", "zinc", "xenon")})
    told = own.groups["symptom"]
    seen = 0
    for seed in range(30):
        pick = random.Random(seed)
        plan = case_plan.plan_case(own, "complication", LONG, pick, findings=told)
        steps = tuple((each, own.groups[each]) for each in ("medicine", "complication"))
        plan = replace(plan, steps=steps, manner=Manner(register, "long"))
        answer = AnswerBuilder(own, pick, asker="colleague")
        case_answer.tell(plan, "supports", answer, pick)
        said = split_sentences(answer.text)
        medicine = next(at for at, each in enumerate(said) if "xenon" in each)
        complication = next(at for at, each in enumerate(said) if "x2" in each)
        seen += 1
        assert complication > medicine + 1
    assert seen == 30


def test_what_is_part_of_a_condition_is_no_rival_of_it():
    kidney = facts("symptom", "puffy ankles", "foamy urine", "itch")
    one = page("membranous disease", symptom=kidney)
    scar = page("renal scarring", symptom=kidney)
    joined = page("renal scarring", symptom=kidney, cause=(part_of(one),))
    for other, count in ((scar, 1), (joined, 0)):
        own = replace(one, find_similar=lambda _, other=other: [other])
        assert len(case_rivals.alike(own)) == count
    assert case_fitness.are_kin(page("acute pulmonary oedema"), page("Heart failure"))
    assert case_fitness.are_kin(page("消化不良", "zh"), page("十二指肠溃疡", "zh"))
    assert not case_fitness.are_kin(page("asthma"), page("heart failure"))


def part_of(other):
    return PageFact("f:part", other.name, other.name, other.id, "condition")


@pytest.mark.parametrize(
    ("told", "asked", "free"),
    [
        ("bloody diarrhoea", "change in bowel habit", "fever"),
        ("腹泻", "排便习惯改变", "皮疹"),
        ("distorted vision", "a central blind spot", "headache"),
    ],
)
def test_nobody_denies_what_was_told_in_other_words(told, asked, free):
    own = facts("symptom", told)
    assert not case_fitness.can_be_denied(facts("symptom", asked)[0], own)
    assert case_fitness.can_be_denied(facts("symptom", free)[0], own)


def test_no_history_is_told_of_a_case_of_something():
    factors = facts("factor", "close contact with a case", "加工肉类", "慢性病", "obesity")
    [kept] = patient_profiles.history_items(page("gout", risk_factor=factors))
    assert kept.text == "obesity"


def test_dependence_on_a_drink_began_long_ago():
    for name in ("cannabis use disorder", "阿片使用障碍"):
        assert patient_profiles.profile_of(page(name)).pace == "lasting"


def test_an_overview_names_no_use_twice():
    items = facts("condition", "asthma", "severe asthma", "gout")
    names = {each: [item.text for item in overview._drop_kinds(each, items)] for each in USES}
    assert names == {"contraindication": ["asthma", "gout"], "medicine~": ["severe asthma", "gout"]}


USES = ("contraindication", "medicine~")


@pytest.mark.parametrize("name", ["oxazepam", "phenytoin", "methadone", "可待因", "氯氮平"])
def test_a_paragraph_tells_what_a_medicine_does_at_worst(name):
    assert case_fitness.lacks_grave_effect(name, "May cause headache. 可引起头痛。")
    told = "Dependence; agranulocytosis; never stopped abruptly. 依赖、粒细胞缺乏。"
    assert not case_fitness.lacks_grave_effect(name, told)


def test_an_overview_says_of_no_stone_that_it_is_not_catching():
    for text, told in (("not passed on", 0), ("spread by droplets", 1), ("不会传给他人", 0)):
        own = page("ill", transmission=(PageFact("f", text, text),))
        assert len(overview._texts(own, "transmission")) == told


def test_colleagues_hear_that_a_grave_suspicion_needs_hospital():
    own = with_care("acute pancreatitis", "epigastric pain", "vomiting")
    answer = AnswerBuilder(own, random.Random(1), asker="colleague")
    told = own.groups["symptom"]
    case_answer.tell(planned(own, "test", told), "supports", answer, random.Random(1))
    assert "emergency" in answer.text or "hospital" in answer.text


def test_weight_loss_leads_to_what_wastes_and_to_nothing_milder():
    (lost,) = facts("symptom", "weight loss")
    known = page("hepatitis C")
    assert not multi_hop._is_telling(lost, known, page("cirrhosis"))
    assert multi_hop._is_telling(lost, known, page("hepatocellular carcinoma"))


@pytest.mark.parametrize(("name", "warned"), [("eclampsia", False), ("angina", True)])
def test_a_reader_hears_of_no_sudden_stop_in_an_emergency(name, warned):
    answer = AnswerBuilder(page(name), random.Random(2), asker="reader")
    answer.leave_open("first_line", facts("medicine", "labetalol"))
    answer.close_lists()
    assert bool(answer.text) is warned
