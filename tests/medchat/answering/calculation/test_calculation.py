"""Calculations asked for in sentences: recognised, read, worked out, asked back, refused."""

import random
from dataclasses import asdict

import pytest
from calculator_sentences import sentences

from knowledge.calculators.formulas.formula_registry import FORMULAS
from medchat.answering.answer import CalculationResult
from medchat.answering.calculation import input_wording as wording
from medchat.answering.calculation.calculator import calculate
from medchat.answering.patient_state import Measurement, NamedThing, PatientState


def ask(message, language="en", patient=None, earlier=(), before=()):
    return calculate(message, language, patient or PatientState(), earlier, before)


def results(led):
    return [each.result for each in led.calculations]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("formula", FORMULAS.values(), ids=list(FORMULAS))
def test_every_formula_answers_in_every_wording(formula, language):
    rng = random.Random(f"test {formula.id} {language}")
    for message, result in sentences(formula, language, rng, 1):
        led = ask(message, language)
        assert led is not None, message
        told = {each.name: each.result for each in led.calculations}
        assert told[formula.names(language)[0]].split()[0].startswith(result), message


def test_every_input_and_every_formula_has_its_words():
    for formula in FORMULAS.values():
        for one in formula.inputs:
            name = one.en[0]
            if one.is_finding:
                assert name in wording.findings(), name
            elif one.choices:
                assert {each.key for each in one.choices} <= set(wording.choices()[name]), name
            elif one.key != "age":
                unit = one.unit.replace("²", "2") or "none"
                assert any(unit in each.units for each in wording.quantities_of(name)), name
    named = {id for ids, _ in wording.formula_names() for id in ids}
    assert named == set(FORMULAS)


@pytest.mark.parametrize(
    ("message", "language"),
    [
        ("What is the HAS-BLED score?", "en"),
        ("Which BMI counts as obesity in adults?", "en"),
        ("How is the anion gap calculated?", "en"),
        ("What does a GCS of 8 mean?", "en"),
        ("What is a normal anion gap?", "en"),
        ("GCS 14 patient with vomiting after a fall", "en"),
        ("When should I use the CURB-65?", "en"),
        ("Should patients with eGFR below 30 take metformin?", "en"),
        ("A 70-year-old with an eGFR of 25: which anticoagulant?", "en"),
        ("Can a patient with a CHA2DS2-VASc score of 4 stop apixaban?", "en"),
        ("Treatment of hypertension in a 60-year-old man with diabetes", "en"),
        ("CHA2DS2-VASc评分包括哪些项目？", "zh"),
        ("BMI多少算肥胖？", "zh"),
        ("阴离子间隙的正常值是多少？", "zh"),
        ("GCS 8分是什么意思？", "zh"),
        ("肾小球滤过率低于30能用二甲双胍吗？", "zh"),
    ],
)
def test_a_question_about_a_score_is_no_calculation(message, language):
    assert ask(message, language) is None


@pytest.mark.parametrize(
    ("message", "language", "result"),
    [
        ("Her weight is 70 kg and she is 5 ft 4 in tall. What's her BMI?", "en", "26.5"),
        ("BMI 154 lb, 170 cm", "en", "24.2"),
        ("corrected calcium: Ca 8.0 mg/dL, albumin 20 g/L", "en", "9.6"),
        ("FIB-4: 58 years old, AST/ALT 80/64 U/L, platelets 110,000/µL", "en", "5.27"),
        ("MAP for BP 120/60", "en", "80"),
        ("anion gap: sodium, chloride and bicarbonate are 141, 103 and 18", "en", "20"),
        ("FENa: urine Na 20 mmol/L, serum Na 140, urine creatinine 100 mg/dL, Cr 2", "en", "0.29"),
        ("GCS for E2V3M5", "en", "10"),
        ("P/F ratio: PaO2 80 mmHg on FiO2 0.4", "en", "200"),
        ("QTc Fridericia: QT 420 HR 75", "en", "452 ms"),
        ("P/F ratio with a PaO2 of 90 on 50% oxygen", "en", "180"),
        ("BMI 70kg 1m75", "en", "22.9"),
        ("身高1米75，体重70公斤，BMI多少", "zh", "22.9"),
        ("身高一米六，体重50公斤，算BMI", "zh", "19.5"),
        ("算一下平均动脉压，血压90/60mmHg", "zh", "70"),
        ("她身高160cm，体重120斤，BMI多少？", "zh", "23.4"),
        ("45岁男性，肌酐106μmol/L，估算肾小球滤过率是多少", "zh", "76"),
        ("吸烟每天20支，吸了30年，包年数是多少", "zh", "30"),
    ],
)
def test_units_and_ways_of_writing(message, language, result):
    (first, *_) = results(ask(message, language))
    assert first.startswith(result)


def test_what_is_missing_is_asked_for_and_the_next_message_completes_it():
    led = ask("Calculate her BMI, she weighs 64 kg")
    assert led.calculations[0].missing == ("height",)
    assert "height (cm or m)" in led.told.text and led.complete
    then = ask("160 cm", earlier=["Calculate her BMI, she weighs 64 kg"], before=led.calculations)
    assert results(then) == ["25.0 kg/m²"]
    other = ask("What treats gout?", earlier=["Calculate her BMI"], before=led.calculations)
    assert other is None


def test_a_correction_is_worked_out_again():
    asked = "BMI for 80 kg and 1.75 m"
    led = ask("no, 90 kg", earlier=[asked], before=ask(asked).calculations)
    assert results(led) == ["29.4 kg/m²"]


def test_findings_not_mentioned_are_said_to_be_taken_as_absent():
    text = ask("HAS-BLED: 70 years, labile INR, aspirin, no stroke").told.text
    assert "taken as absent" in text and "alcohol excess" in text
    assert "previous stroke" not in text.split("absent:")[1]


def test_a_score_without_any_finding_asks_which_are_there():
    led = ask("What is his CHA2DS2-VASc score? He is 71.")
    assert not led.calculations[0].result and "which of these" in led.told.text


@pytest.mark.parametrize(
    ("message", "stroke"),
    [
        ("CHA2DS2-VASc: 70-year-old man, hypertension, no history of diabetes or stroke", "2"),
        ("CHA2DS2-VASc: 70-year-old man with hypertension and stroke, denies diabetes", "4"),
        ("CHA2DS2-VASc: 70-year-old man, hypertension: yes, diabetes: no, stroke: yes", "4"),
        ("CHA2DS2-VASc: man of 70, hypertension, family history of stroke", "2"),
    ],
)
def test_denied_findings_do_not_count(message, stroke):
    assert results(ask(message))[0].startswith(stroke)


def test_an_impossible_value_is_refused_with_its_limits():
    led = ask("BMI for 80 kg and 17 m")
    assert "260 cm" in led.told.text and led.calculations[0].refused and not results(led)[0]


def test_a_number_whose_unit_is_not_plain_is_asked_about():
    led = ask("Child-Pugh: bilirubin 30, albumin 3.1, INR 1.4, no ascites, no encephalopathy")
    assert "unit" in led.told.text and "μmol/L" in led.told.text and not results(led)[0]


def test_a_formula_s_own_limit_is_told():
    led = ask("Friedewald LDL: total cholesterol 300, HDL 40, triglycerides 520 mg/dL")
    assert "400" in led.told.text and led.calculations[0].refused


def test_of_two_values_the_last_is_used_and_it_is_said():
    led = ask(
        "creatinine clearance: man, 60 years, 80 kg, creatinine 2.0 mg/dL, now creatinine 1.0"
    )
    assert results(led)[0].startswith("88.9") and "more than once" in led.told.text


def test_a_child_s_filtration_is_that_of_children():
    assert ask("eGFR of an 8-year-old girl, 130 cm, creatinine 0.6 mg/dL").calculations[0].name == (
        "bedside Schwartz eGFR"
    )


def test_a_score_that_is_not_here_is_said_not_to_be():
    led = ask("What is the patient's APACHE II score? 60-year-old, heart rate 110")
    assert not led.calculations and "not among" in led.told.text
    assert ask("What is the APACHE II score?") is None


def test_two_formulas_of_one_name_are_both_told_or_asked_about():
    led = ask("corrected sodium: Na 128, glucose 500 mg/dL")
    assert [each.name for each in led.calculations] == [
        "Hillier corrected sodium",
        "Katz corrected sodium",
    ]
    assert "Which one" in ask("Wells score for this patient: cancer").told.text


def test_what_is_known_of_the_patient_is_used():
    patient = PatientState(
        age=70,
        sex="female",
        measurements={"weight": Measurement("60", "kg"), "creatinine": Measurement("1.2", "mg/dL")},
        conditions=(NamedThing("hypertension"),),
    )
    led = ask("what is her creatinine clearance?", patient=patient)
    assert results(led) == ["41.3 mL/min"]
    assert ask("What is her CHA2DS2-VASc?", patient=patient).calculations[0].result == "3 points"


def test_adult_bands_are_not_told_of_a_child():
    led = ask("BMI of a 9-year-old boy, 45 kg, 140 cm")
    assert "percentiles" in led.told.text and "obesity" not in led.told.text


@pytest.mark.parametrize(
    ("more", "complete"),
    [("", True), (" Which drugs treat obesity?", False), (" 需要吃药吗？", False)],
)
def test_what_else_is_asked_is_still_looked_up(more, complete):
    assert ask(f"What is the BMI of a patient of 70 kg and 1.75 m?{more}").complete is complete


def test_a_count_of_criteria_says_that_they_fail():
    message = "PERC: 40 years, HR 80, SpO2 98%, no haemoptysis, no recent surgery or trauma"
    assert "fail" in ask(message).told.text


def test_an_animal_is_no_patient():
    led = ask("Maintenance fluids for a cat of 4 kg")
    assert not led.calculations and "animal" in led.told.text


def test_a_record_is_stored_and_read_again():
    led = ask("BMI for 80 kg and 1.75 m")
    assert CalculationResult.of(asdict(led.calculations[0])) == led.calculations[0]


@pytest.mark.parametrize(
    ("message", "language", "result"),
    [
        ("what is 7.5 mg/kg for 64 kg", "en", "480 mg"),
        ("How much is 40 mg/kg/day divided in 2 doses for a child of 15 kg?", "en", "600 mg/day"),
        ("convert 126 mg/dL glucose to mmol/L", "en", "7 mmol/L"),
        ("creatinine 2 mg/dL in μmol/L?", "en", "176.8 μmol/L"),
        ("Convert 100.4 °F to °C", "en", "38 °C"),
        ("infusion rate for 250 mL over 30 minutes?", "en", "500 mL/h"),
        ("drip rate: 500 mL over 4 hours, 20 drops/mL", "en", "125 mL/h"),
        ("calculate (12 + 8) * 3 / 4", "en", "15"),
        ("体重18公斤，10mg/kg是多少", "zh", "180 mg"),
        ("血钙2.2mmol/L换算成mg/dL", "zh", "8.8 mg/dL"),
        ("1000毫升8小时输完，滴速多少", "zh", "125 mL/h"),
    ],
)
def test_arithmetic_is_worked_out(message, language, result):
    assert results(ask(message, language))[0] == result


@pytest.mark.parametrize(
    "message",
    [
        "What is the dose of amoxicillin in mg/kg for a child?",
        "Is 120/80 a normal blood pressure?",
        "Give 10-15 mg/kg: how much for 20 kg?",
        "How many units of alcohol are safe in a week?",
        "What is type 2 diabetes?",
        "calculate 2 / 0",
    ],
)
def test_what_is_no_sum_is_left_alone(message):
    assert ask(message) is None


def test_arithmetic_of_a_dose_says_that_it_judges_none():
    assert "arithmetic only" in ask("what is 5 mg/kg for 80 kg?").told.text


def test_a_clearance_is_worked_out_with_the_weight_that_is_asked_for():
    message = "CrCl using {} body weight: woman, 60 years, 90 kg, 165 cm, creatinine 1 mg/dL"
    ideal = ask(message.format("ideal"))
    assert results(ideal) == ["53.7 mL/min"] and "ideal body weight" in ideal.told.text
    assert results(ask(message.format("adjusted"))) == ["66.2 mL/min"]
    without = ask("CrCl with ideal body weight: woman, 60 years, 90 kg, creatinine 1 mg/dL")
    assert without.calculations[0].missing == ("height",)


def test_a_result_that_cannot_be_is_refused():
    led = ask("BMI: weight 80 kg, height 60")
    assert "not plausible" in led.told.text and not results(led)[0]


def test_the_question_of_a_note_counts_and_not_the_names_in_it():
    note = (
        "A 50-year-old man was brought in after a collapse. GCS was E2V2M4 and his BMI was 31. "
        "The calculated serum osmolality was 300 mOsm/kg. Sodium was 140 mmol/L, chloride 101 "
        "mmol/L and bicarbonate 11 mmol/L, glucose 180 mg/dL and urea nitrogen 28 mg/dL. He was "
        "treated and went home after a week, without any further finding of note. "
    )
    assert results(ask(f"{note} What is the patient's anion gap?")) == ["28 mmol/L"]


def test_in_a_note_the_kind_of_surgery_is_asked_for():
    note = "A 70-year-old man with angina and insulin-treated diabetes comes before surgery. " * 5
    led = ask(f"{note} What is his RCRI?")
    assert not results(led)[0] and "high-risk surgery" in led.told.text


def test_a_message_of_many_names_is_answered():
    assert ask("BMI 1/" * 600) is None


@pytest.mark.parametrize(
    ("message", "language"),
    [
        ("CHA2DS2-VASc: 58-year-old male, no other risk factors", "en"),
        ("CHA2DS2-VASc评分：58岁男性，无其他危险因素", "zh"),
    ],
)
def test_no_risk_factors_denies_all(message, language):
    led = ask(message, language)
    assert results(led)[0].startswith("0") and led.told.text
