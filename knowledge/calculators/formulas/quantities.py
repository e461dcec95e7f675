"""Define the inputs that several formulas share, with their units and plausible ranges.

Factors of conversion are those that laboratories use: creatinine 88.4, bilirubin 17.1, glucose 18,
urea nitrogen 2.8, cholesterol 38.67, triglycerides 88.57 between mg/dL and SI units.
"""

from dataclasses import replace

from knowledge.calculators.formulas.formula import YES_NO, Choice, Input, Other, ScoreTerm

AGE = Input("age", ("age",), ("年龄",), "years", 18, 92)
CHILD_AGE = replace(AGE, low=2, high=17)

SEX = Input(
    "sex",
    ("sex",),
    ("性别",),
    choices=(Choice("female", ("female",), ("女",)), Choice("male", ("male",), ("男",))),
)

WEIGHT = Input(
    "weight",
    ("weight", "body weight"),
    ("体重",),
    "kg",
    42,
    128,
    others=(Other("lb", "x / 2.2046", 1),),
)
CHILD_WEIGHT = replace(WEIGHT, low=4, high=68, places=1, others=())
HEIGHT_M = Input(
    "height",
    ("height", "body height"),
    ("身高",),
    "m",
    1.48,
    1.96,
    2,
    others=(Other("cm", "x / 100", 2), Other("in", "x * 0.0254", 2)),
)
HEIGHT = Input(
    "height",
    ("height", "body height"),
    ("身高",),
    "cm",
    153,
    196,
    others=(Other("in", "x * 2.54", 1),),
)

CREATININE = Input(
    "creatinine",
    ("serum creatinine", "creatinine"),
    ("血肌酐", "肌酐"),
    "mg/dL",
    0.5,
    4.2,
    2,
    others=(Other("μmol/L", "x / 88.4", 2),),
)
BILIRUBIN = Input(
    "bilirubin",
    ("total bilirubin", "bilirubin"),
    ("总胆红素", "胆红素"),
    "mg/dL",
    0.4,
    14,
    1,
    others=(Other("μmol/L", "x / 17.1", 1),),
)
GLUCOSE = Input(
    "glucose",
    ("glucose", "blood glucose"),
    ("血糖", "葡萄糖"),
    "mg/dL",
    70,
    420,
    others=(Other("mmol/L", "x * 18", 0, 1),),
)
BUN = Input(
    "bun",
    ("BUN", "urea nitrogen"),
    ("尿素氮", "血尿素氮"),
    "mg/dL",
    6,
    75,
    others=(Other("mmol/L", "x * 2.8", 0, 1),),
)
ALBUMIN = Input(
    "albumin",
    ("serum albumin", "albumin"),
    ("血清白蛋白", "白蛋白"),
    "g/dL",
    1.6,
    4.4,
    1,
    others=(Other("g/L", "x / 10", 1),),
)
SODIUM = Input("sodium", ("serum sodium", "sodium"), ("血钠",), "mmol/L", 118, 158)
CHLORIDE = Input("chloride", ("chloride",), ("血氯",), "mmol/L", 90, 116)
BICARBONATE = Input("bicarbonate", ("bicarbonate", "HCO3"), ("碳酸氢根",), "mmol/L", 6, 27)
CALCIUM = Input(
    "calcium",
    ("total calcium", "serum calcium", "calcium"),
    ("血清总钙", "血钙"),
    "mg/dL",
    6.4,
    12.4,
    1,
    others=(Other("mmol/L", "x * 4", 1, 2),),
)
CHOLESTEROL = Input(
    "cholesterol",
    ("total cholesterol",),
    ("总胆固醇",),
    "mg/dL",
    120,
    320,
    others=(Other("mmol/L", "x * 38.67", 0, 2),),
)
HDL = Input(
    "hdl",
    ("HDL cholesterol", "HDL"),
    ("高密度脂蛋白胆固醇",),
    "mg/dL",
    25,
    85,
    others=(Other("mmol/L", "x * 38.67", 0, 2),),
)
TRIGLYCERIDES = Input(
    "triglycerides",
    ("triglycerides",),
    ("甘油三酯",),
    "mg/dL",
    50,
    390,
    others=(Other("mmol/L", "x * 88.57", 0, 2),),
)

SYSTOLIC = Input("sbp", ("systolic pressure", "systolic"), ("收缩压",), "mmHg", 82, 192)
DIASTOLIC = Input("dbp", ("diastolic pressure", "diastolic"), ("舒张压",), "mmHg", 44, 108)
HEART_RATE = Input("heart_rate", ("heart rate", "pulse"), ("心率", "脉搏"), "bpm", 46, 138)
RESPIRATORY = Input("resp", ("respiratory rate",), ("呼吸频率",), "/min", 10, 38)
QT = Input("qt", ("QT interval", "QT"), ("QT间期",), "ms", 310, 480)
TEMPERATURE = Input(
    "temperature",
    ("temperature",),
    ("体温",),
    "°C",
    35.2,
    40.2,
    1,
    others=(Other("°F", "(x - 32) / 1.8", 1, 1),),
)

PACO2 = Input(
    "paco2",
    ("PaCO2",),
    ("二氧化碳分压",),
    "mmHg",
    20,
    76,
    others=(Other("kPa", "x * 7.5", 0, 1),),
)
PAO2 = Input(
    "pao2",
    ("PaO2",),
    ("氧分压",),
    "mmHg",
    48,
    110,
    others=(Other("kPa", "x * 7.5", 0, 1),),
)
FIO2 = Input("fio2", ("FiO2", "inspired oxygen"), ("吸入氧浓度",), "%", 21, 60)

AST = Input("ast", ("AST",), ("谷草转氨酶",), "U/L", 14, 260)
ALT = Input("alt", ("ALT",), ("谷丙转氨酶",), "U/L", 12, 280)
PLATELETS = Input(
    "platelets", ("platelet count", "platelets"), ("血小板计数", "血小板"), "×10⁹/L", 42, 360
)
INR = Input("inr", ("INR",), ("国际标准化比值",), "", 0.9, 3.6, 1)


def finding(key: str, en: str, zh: str, *more: str) -> Input:
    """Return an input that is there or not; `more` are other English names, then Chinese ones."""
    latin = tuple(each for each in more if each.isascii())
    chinese = tuple(each for each in more if not each.isascii())
    return Input(key, (en, *latin), (zh, *chinese), choices=YES_NO)


def chosen(key: str, en: str, zh: str, *choices: tuple[str, str, str]) -> Input:
    """Return an input with choices, each its key and its name in both languages."""
    made = tuple(Choice(key, (one,), (other,)) for key, one, other in choices)
    return Input(key, (en,), (zh,), choices=made)


def item(one: Input, points: str = "") -> ScoreTerm:
    """Return the item of a score for a finding: a point, or so many, where it is there."""
    weight = f"{points} * " if points else ""
    return ScoreTerm(f"{weight}({one.key} == yes)", one.en[0], one.zh[0])


HEART_FAILURE = finding("failure", "heart failure", "心力衰竭", "心衰")
DIABETES = finding("diabetes", "diabetes", "糖尿病")
