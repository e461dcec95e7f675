"""Calculations over several messages, by need, and questions that are no calculations."""

import pytest

from medchat.answering.calculation.calculator import answers_with_number, calculate
from medchat.answering.patient_state import PatientState


def talk(*messages, language="en"):
    """Return the results of the last message of a talk; the patient is told by messages only."""
    before, results = (), None
    for place, message in enumerate(messages):
        led = calculate(message, language, PatientState(), messages[:place], before)
        before = led.calculations if led else ()
        results = [each.result for each in before]
    return results


@pytest.mark.parametrize(
    ("messages", "language", "result"),
    [
        (("Anion gap: Na 138, Cl 100", "12"), "en", ["26 mmol/L"]),
        (("Anion gap: Na 138, Cl 100", "12", "sorry, chloride is 98"), "en", ["28 mmol/L"]),
        (("QTc Bazett, QT 380", "rate 75", "what if the QT is 400?"), "en", ["447 ms"]),
        (("BMI? She is 160 cm", "70 kg", "weight is 80 not 70"), "en", ["31.3 kg/m²"]),
        (("MDRD eGFR: man, creatinine 2 mg/dL", "60", "actually 70"), "en",
         ["33 mL/min/1.73 m²"]),
        (("CHA2DS2-VASc of a man of 67 with hypertension", "he also had a stroke"), "en",
         ["4 points"]),
        (("Cockcroft-Gault: 74 M, 82 kg, Cr 1.5", "sorry, he is 47", "if creatinine rises to 2?"),
         "en", ["53.0 mL/min"]),
        (("FIB-4：AST 60，ALT 49，血小板100", "50岁", "血小板应该是200"), "zh", ["2.14"]),
        (("算阴离子间隙：钠138，氯100", "12"), "zh", ["26 mmol/L"]),
        (("BMI，160厘米", "70公斤", "体重是80不是70"), "zh", ["31.3 kg/m²"]),
    ],
)  # fmt: skip
def test_a_talk_completes_and_corrects_a_calculation(messages, language, result):
    assert talk(*messages, language=language) == result


def test_an_answer_stays_in_the_language_of_the_talk():
    before = calculate("What is her BMI? 160 cm", "en", PatientState()).calculations
    led = calculate("70 kg", "en", PatientState(), ["What is her BMI? 160 cm"], before)
    assert led.told.text.startswith("BMI: 27.3")
    before = calculate("BMI多少，160厘米", "zh", PatientState()).calculations
    led = calculate("70kg", "en", PatientState(), ["BMI多少，160厘米"], before)
    assert led.told.text.startswith("体重指数：27.3")


def test_a_named_method_leaves_out_the_others():
    led = calculate("corrected sodium, Na 125, glucose 700 mg/dL, by Katz", "en", PatientState())
    assert [each.name for each in led.calculations] == ["Katz corrected sodium"]


def test_a_number_alone_answers_only_what_was_asked():
    asked = calculate("Anion gap: Na 138, Cl 100", "en", PatientState())
    assert answers_with_number("12", asked.calculations)
    assert not answers_with_number("12", ())
    assert not answers_with_number("12 tablets", asked.calculations)


@pytest.mark.parametrize(
    ("message", "language", "result"),
    [
        ("AF in a woman of 71 with diabetes: does she need anticoagulation?", "en", "3 points"),
        ("房颤，71岁，女，糖尿病，要不要抗凝？", "zh", "3分"),
        ("eyes 3 verbal 4 motor 6", "en", "13 points"),
        ("睁眼3，语言4，运动6", "zh", "13分"),
        ("CHA2DS2-VASc: 70, male, no stroke, hypertension", "en", "2 points"),
        ("How bad is this pneumonia? 70 years, RR 31, BP 110/70, urea 8 mmol/L, alert", "en",
         "3 points"),
        ("Calcium 2.0 mmol/L, albumin 20 g/L: the corrected value?", "en", "2.40 mmol/L"),
        ("60岁男，80公斤，血钠154，缺多少水？", "zh", "4.8 L"),
        ("What is the GCS? Eyes open to pain, incomprehensible sounds, withdraws", "en",
         "8 points"),
    ],
)  # fmt: skip
def test_a_need_asks_for_its_formula(message, language, result):
    led = calculate(message, language, PatientState())
    assert led.calculations[0].result.startswith(result)


def test_urea_is_turned_into_urea_nitrogen_once():
    led = calculate("Osmolality: Na 140, glucose 5 mmol/L, urea 10 mmol/L", "en", PatientState())
    assert led.calculations[0].result == "295 mOsm/kg"
    led = calculate(
        "CURB-65: 50 years, urea 6 mmol/L, RR 20, BP 120/80, alert", "en", PatientState()
    )
    assert led.calculations[0].result == "0 points"


def test_the_pill_counts_among_the_criteria():
    said = "PERC: 30 y, HR 80, SpO2 98 %, no leg swelling, no haemoptysis, no surgery, no clots, {}"
    assert (
        calculate(said.format("takes the pill"), "en", PatientState()).calculations[0].result == "1"
    )


@pytest.mark.parametrize(
    ("message", "language"),
    [
        ("eGFR低于多少要停二甲双胍？", "zh"),
        ("QTc 470危险吗？", "zh"),
        ("Is a QTc of 470 dangerous?", "en"),
        ("CHA2DS2-VASc of 4 in a man with hypertension: stop apixaban?", "en"),
        ("Which patients should not be scored with PERC?", "en"),
        ("哪些患者不适合用PERC？", "zh"),
        ("阴离子间隙的计算公式", "zh"),
        ("6-month-old with wheeze and poor feeding in winter", "en"),
        ("What eGFR threshold stops metformin?", "en"),
        ("Stroke risk of hypertension in a woman of 70 with diabetes", "en"),
    ],
)
def test_a_question_about_a_value_asks_for_no_calculation(message, language):
    assert calculate(message, language, PatientState()) is None
