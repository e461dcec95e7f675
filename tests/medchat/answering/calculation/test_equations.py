"""Arithmetic asked for in chat: amounts by weight, rates, solutions, shares, units."""

import pytest

from medchat.answering.calculation.calculator import calculate
from medchat.answering.patient_state import PatientState

EN = [
    ("4 mcg/kg/min for 60 kg: how many mg per hour?", "= 14.4 mg/h"),
    ("0.05 units/kg/h insulin in a 60 kg patient", "= 3 units/h"),
    ("10 mg/kg twice daily for 15 kg, how much?", "= 300 mg/day"),
    ("2 litres over 16 hours, rate in mL/h?", "= 125 mL/h"),
    ("8 mg in 100 mL at 5 mL/h, how many mcg/min?", "= 6.67 μg/min"),
    ("heparin 20000 units in 400 mL, want 1000 units/h: mL/h?", "= 20 mL/h"),
    ("How many grams of glucose in 250 mL of 10% dextrose?", "= 25 g"),
    ("how many mg in 5 mL of 2% lidocaine", "= 100 mg"),
    ("What is 20% of 75 kg?", "= 15 kg"),
    ("1:10000 adrenaline: how many mg per mL?", "= 0.1 mg/mL"),
    ("HbA1c 48 mmol/mol in percent", "= 6.54 %."),
    ("HbA1c 8% in mmol/mol", "= 63.93 mmol/mol"),
    ("how many mmol is 30 mEq of KCl?", "= 30 mmol"),
    ("magnesium 1.6 mEq/L to mmol/L", "= 0.8 mmol/L"),
    ("uric acid 8 mg/dL to umol/L", "= 475.8 μmol/L"),
    ("How many pounds is 50 kg?", "= 110.2 lb"),
    ("6 ft 1 in in cm", "= 185.4 cm"),
    ("100.4 F to Celsius", "= 38 °C"),
    ("bilirubin 2 mg/dL in umol/L", "= 34.2 μmol/L"),
    ("0.5 g in mg", "= 500 mg"),
    ("(150-110-10)*2", "= 60"),
]
ZH = [
    ("多巴胺4μg/kg/min，60公斤，每小时多少mg？", "= 14.4 mg/h"),
    ("10%葡萄糖250ml含葡萄糖多少克", "= 25 g"),
    ("肝素20000单位加入400ml，要求1000单位/小时，泵速多少？", "= 20 mL/h"),
    ("糖化血红蛋白48 mmol/mol等于百分之多少", "= 6.54 %。"),
    ("尿素10mmol/L换算成尿素氮mg/dL", "= 28 mg/dL"),
    ("75公斤的20%是多少", "= 15 公斤"),
    ("0.5g等于多少mg", "= 500 mg"),
    ("氯化钾30mEq等于多少mmol", "= 30 mmol"),
]


@pytest.mark.parametrize(
    ("message", "language", "said"), [*((m, "en", s) for m, s in EN),
                                      *((m, "zh", s) for m, s in ZH)]
)  # fmt: skip
def test_arithmetic_is_told_with_its_working(message, language, said):
    assert said in calculate(message, language, PatientState()).told.text


@pytest.mark.parametrize(
    "message",
    [
        "What is 0.9% saline 500 mL used for?",
        "amoxicillin 500 mg to 1 g three times a day",
        "Is the INR of 2 to 3 right in AF?",
        "Metformin 500 mg in renal failure",
    ],
)
def test_what_only_looks_like_arithmetic_is_left_alone(message):
    assert calculate(message, "en", PatientState()) is None
