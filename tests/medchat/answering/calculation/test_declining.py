"""What cannot be worked out gets a sentence and no number."""

import pytest

from medchat.answering.calculation.calculator import calculate
from medchat.answering.patient_state import PatientState

MISSING = [
    ("Calculate the CKD-EPI eGFR for a creatinine of 1.1 mg/dL.", "en", {"sex", "age"}),
    ("FIB-4 for a 49-year-old with AST 71 and ALT 38", "en", {"platelet count"}),
    ("Winters formula please, pH 7.21", "en", {"bicarbonate"}),
    ("男，66岁，eGFR多少？", "zh", {"血肌酐"}),
    ("QT间期396ms，QTc多少？", "zh", {"心率"}),
]
IMPOSSIBLE = [
    ("BMI for weight 1e300 kg and height 1.68 m", "en", "1e300 kg cannot be right"),
    ("BMI: weight 2e3 kg, height 1.68 m", "en", "2e3 kg cannot be right"),
    ("eGFR CKD-EPI: woman of 300 years, creatinine 0.8 mg/dL", "en", "0 years to 120 years"),
    ("eGFR by CKD-EPI for a 50-year-old man, creatinine 0 mg/dL", "en", "0 mg/dL cannot be"),
    ("MAP for BP 70/130", "en", "systolic"),
    ("GCS E6V5M6", "en", "eye opening of 6 cannot"),
    ("GCS eyes 5 verbal 4 motor 6", "en", "eye opening of 5 cannot"),
    ("P/F ratio: PaO2 70 mmHg, FiO2 0", "en", "FiO2 of 0"),
    ("BMI，体重3e200公斤，身高1.6米", "zh", "3e200"),
    ("男，-50岁，肌酐90μmol/L，eGFR多少？", "zh", "-50岁"),
    ("350岁男性，肌酐90μmol/L，eGFR多少？", "zh", "350岁"),
    ("血压70/130，平均动脉压多少？", "zh", "收缩压"),
]
NOT_HERE = [
    ("NIHSS: right arm drift and aphasia", "en", "NIHSS"),
    ("SOFA score: MAP 60, platelets 90, GCS 13", "en", "SOFA score"),
    ("FRAX for a 68-year-old man", "en", "FRAX"),
    ("CKD-EPI cystatin C eGFR, 58 years, male, cystatin 1.1 mg/L", "en", "cystatin C"),
    ("Salazar-Corcoran creatinine clearance: man, 50 y, 130 kg, creatinine 1.1", "en", "Salazar"),
    ("CHADS2 score: 80 years old, hypertension", "en", "CHADS2"),
    ("APACHE II评分：体温38.5，心率110，平均动脉压65", "zh", "APACHE II"),
    ("NIHSS评分：右上肢不能抬起，失语", "zh", "NIHSS评分"),
]
NOT_FOR = [
    ("CURB-65 for a 7-year-old: RR 42, BUN 21 mg/dL, BP 95/55, confused", "en", "18 years"),
    ("Wells PE for a 9-year-old with HR 115 and haemoptysis", "en", "18 years"),
    ("MELD-Na of a 6-year-old: bilirubin 3 mg/dL, INR 2, creatinine 1 mg/dL, Na 130", "en", "12"),
    ("FIB-4: 11-year-old, AST 55, ALT 42, platelets 210", "en", "18 years"),
    ("creatinine clearance of a dog, 9 kg, creatinine 1.8 mg/dL", "en", "animal"),
    (
        "10岁女孩，胆红素4 mg/dL，INR 2，肌酐1 mg/dL，血钠130，白蛋白2.8，MELD 3.0多少？",
        "zh",
        "PELD",
    ),
    ("9岁男孩，高血压，CHA2DS2-VASc评分多少？", "zh", "18岁"),
    ("6岁患儿，心率130，咯血，肺栓塞Wells评分多少？", "zh", "18岁"),
]


def ask(message, language, patient=None):
    led = calculate(message, language, patient or PatientState())
    assert led is not None, message
    assert led.told is not None
    assert not any(each.result for each in led.calculations), led.told.text
    return led


@pytest.mark.parametrize(("message", "language", "missing"), MISSING)
def test_a_missing_input_is_asked_for(message, language, missing):
    asked = {each for one in ask(message, language).calculations for each in one.missing}
    assert missing <= asked


@pytest.mark.parametrize(("message", "language", "said"), [*IMPOSSIBLE, *NOT_HERE, *NOT_FOR])
def test_what_cannot_be_is_declined_with_a_sentence(message, language, said):
    assert said in ask(message, language).told.text


def test_filtration_is_not_estimated_in_pregnancy():
    said = ask(
        "eGFR by CKD-EPI: woman, 30 years, creatinine 0.6 mg/dL", "en", PatientState(pregnant=True)
    )
    assert "pregnancy" in said.told.text


def test_a_number_with_an_exponent_in_its_unit_is_read():
    led = calculate("FIB-4: age 50, AST 60, ALT 49, platelets 200e9/L", "en", PatientState())
    assert [each.result for each in led.calculations] == ["2.14"]
