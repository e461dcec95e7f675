"""Inputs of formulas as notes tell them: lists, lines, units, denials, times, whose they are."""

import pytest

from medchat.answering.calculation.calculator import calculate
from medchat.answering.calculation.inputs import read_age
from medchat.answering.calculation.measured_quantities import read_quantities
from medchat.answering.calculation.score_findings import calves_differ, finding_states, read_sex
from medchat.answering.patient_state import PatientState
from medchat.answering.screening.statements import fold


def values(text, *ids):
    read = read_quantities(fold(text), frozenset(ids))
    return {id: [round(each.value, 2) for each in every] for id, every in read.items()}


def result(message, language="en"):
    led = calculate(message, language, PatientState())
    return [each.result for each in led.calculations]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Tests: 88 mg/dL glucose, 31 mg/dL blood urea nitrogen, 1.9 mg/dL creatinine.",
         {"glucose": [88], "bun": [31], "creatinine": [1.9]}),
        ("Raised creatinine and corrected calcium of 2.9 mmol/L.", {}),
        ("Severe hypercalcaemia at 3.4 mmol/L", {"calcium": [13.6]}),
        ("Cl- 99 mmol/L and CI- 99 mmol/L", {"chloride": [99, 99]}),
        ("Urine electrolytes: sodium 22 mmol/L, creatinine 80 mg/dL",
         {"urine-sodium": [22], "urine-creatinine": [80]}),
        ("spot sodium 30 mmol/L", {"urine-sodium": [30]}),
        ("血气：pH\n7.31，PaCO2\n48\nmmHg", {"ph": [7.31], "paco2": [48]}),
        ("国际标准化比值（INR）为1.6", {"inr": [1.6]}),
        ("FVC：2.90L/88% FEV1：1.80L/70%", {"fvc": [2.9], "fev1": [1.8]}),
        ("serum creatinine (1.7 mg/dL, reference 0.6-1.1 mg/dL)", {"creatinine": [1.7]}),
        ("albumin (2.6 g/dL; normal 3.5-5.0 g/dL)", {"albumin": [2.6]}),
        ("breathing fast with 26 breaths per minute", {"respiratory-rate": [26]}),
        ("height of 1,72 m", {"height": [172]}),
        ("woman, 77, 52 kg, 61, 158 cm", {"height": [158]}),
        ("身高170厘米75公斤", {"height": [170]}),
        ("height of 66 in and a target BMI of 22", {"height": [167.64]}),
        ("BUN/creatinine of 24/1.3", {"creatinine": [1.3], "bun": [24]}),
        ("心率未及100次/分", {}),
    ],
)  # fmt: skip
def test_numbers_of_notes(text, expected):
    wanted = {
        "glucose", "bun", "creatinine", "calcium", "chloride", "urine-sodium", "urine-creatinine",
        "ph", "paco2", "inr", "fvc", "fev1", "albumin", "respiratory-rate", "height", "heart-rate",
    }  # fmt: skip
    assert values(text, *wanted) == expected


@pytest.mark.parametrize(
    ("text", "name", "state"),
    [
        ("近期无外伤或手术史", "recent surgery or trauma", False),
        ("双侧扁桃体无肿大、无脓性分泌物", "tonsillar exudate", False),
        ("沿深静脉走行区域无压痛", "tenderness along the deep veins", False),
        ("否认既往有肺栓塞病史", "previous PE or DVT", False),
        ("His history is absent of ischaemic heart disease", "ischaemic heart disease", False),
        ("A neoplasm was considered unlikely", "active cancer", False),
        ("breast cancer, currently in remission", "active cancer", None),
        ("胃癌术后复发", "active cancer", True),
        ("stopped aspirin last year", "antiplatelet or NSAID use", None),
        ("已停用阿司匹林", "antiplatelet or NSAID use", None),
        ("左侧丘脑梗死", "previous stroke or TIA", True),
        ("颈前可触及有压痛的肿大淋巴结", "tender anterior neck nodes", True),
        ("每周饮酒10标准单位", "alcohol excess", True),
        ("3周前行左膝关节置换术", "recent immobilisation or surgery", True),
        ("超声示右侧股静脉血栓", "clinical signs of DVT", True),
    ],
)
def test_findings_of_notes(text, name, state):
    assert bool(finding_states(fold(text), name)) is bool(state)


def test_an_age_before_a_weight_is_no_decimal():
    said = result("Creatinine clearance: woman, 77, 52 kg, creatinine 1 mg/dL")
    assert said == result("Creatinine clearance: woman of 77 years, 52 kg, creatinine 1 mg/dL")


def test_two_measured_calves_are_compared():
    assert calves_differ("calf circumference: left 41 cm, right 36 cm")
    assert calves_differ("小腿周径左侧38cm，右侧37cm") is False
    assert calves_differ("小腿肿胀") is None


def test_the_sex_is_the_patient_s_and_not_the_baby_s():
    assert read_sex("a 24-year-old primigravida was delivered of a male baby") == "female"


def test_a_later_value_is_no_value_of_the_admission():
    note = (
        "A 61-year-old woman was admitted with weakness. Sodium was 138 mmol/L and chloride 101 "
        "mmol/L. Four days later she became acidotic with a bicarbonate of 9 mmol/L.\n\n"
        "What is the anion gap? Use the values on admission."
    )
    assert result(note) == [""]


def test_a_baseline_value_gives_way_to_the_present_one():
    said = "MDRD eGFR: man, 60 years, baseline creatinine 1.1 mg/dL, now creatinine 2.0 mg/dL"
    assert result(said) == result("MDRD eGFR: man, 60 years, creatinine 2.0 mg/dL")


def test_a_weight_of_the_kind_that_is_asked_for_is_taken_as_told():
    said = "女，60岁，校正体重50kg，体重70kg，肌酐1.0mg/dL，按校正体重算肌酐清除率"
    assert result(said, "zh") == ["47.2 mL/min"]


def test_globulin_is_what_is_left_of_the_protein():
    assert result("总蛋白70 g/L，白蛋白40 g/L，白球比多少？", "zh") == ["1.33"]


@pytest.mark.parametrize(
    ("text", "age"),
    [
        ("creatinine 1.35, female, 70 years", 70),
        ("bun:24, cr:1.2, female", None),
        ("na 140, 95, 12", None),
        ("af, 76, female, hypertension", 76),
        (" : 82, confused, rr 24", 82),
        ("at risk? 78, on warfarin", 78),
        ("hb 12.45, male", None),
    ],
)
def test_a_number_is_an_age_only_where_a_person_follows(text, age):
    assert read_age(text) == age


def test_an_age_has_decimals():
    led = calculate("女童，5.5岁，身高110cm，肌酐40μmol/L，eGFR多少？", "zh", PatientState())
    assert "5.5岁" in led.told.text
