"""Formulas of the body: size, weight, energy and fluids."""

from dataclasses import replace

from knowledge.calculators.formulas.formula import Band, Formula, Input, Limit
from knowledge.calculators.formulas.quantities import (
    AGE,
    CHILD_WEIGHT,
    HEIGHT,
    HEIGHT_M,
    SEX,
    SODIUM,
    WEIGHT,
)

_SHORT = Limit(
    "height < 152.4",
    "the Devine formula counts the inches above 60, so it is not meant for people shorter than "
    "152.4 cm",
    "Devine公式从身高60英寸起算，不适用于身高不足152.4 cm者",
    "use a table for short adults, and ask the pharmacy which weight a dose goes by",
    "可查矮身高成人的专用表；按体重给药时，请药师确定用哪种体重",
    values={"height": (132, 150)},
)
_IDEAL = "(50 if sex == male else 45.5) + 2.3 * (height / 2.54 - 60)"

FORMULAS = (
    Formula(
        "bmi",
        ("BMI", "body mass index"),
        ("体重指数", "体质指数", "BMI"),
        (WEIGHT, HEIGHT_M),
        "weight / height ^ 2",
        "kg/m²",
        1,
        bands=(
            Band(18.5, "underweight by the WHO's adult cut-offs", "按WHO成人标准属体重过低"),
            Band(25, "normal weight by the WHO's adult cut-offs", "按WHO成人标准属正常体重"),
            Band(30, "overweight by the WHO's adult cut-offs", "按WHO成人标准属超重"),
            Band(None, "obesity by the WHO's adult cut-offs", "按WHO成人标准属肥胖"),
        ),
    ),
    Formula(
        "bsa-mosteller",
        ("Mosteller body surface area", "body surface area by the Mosteller formula"),
        ("Mosteller体表面积", "Mosteller公式体表面积"),
        (HEIGHT, WEIGHT),
        "sqrt(height * weight / 3600)",
        "m²",
        2,
        source="Mosteller RD. N Engl J Med 1987;317:1098",
    ),
    Formula(
        "bsa-dubois",
        ("Du Bois body surface area", "body surface area by the Du Bois formula"),
        ("Du Bois体表面积", "Du Bois公式体表面积"),
        (HEIGHT, WEIGHT),
        "0.007184 * height ^ 0.725 * weight ^ 0.425",
        "m²",
        2,
        source="Du Bois D, Du Bois EF. Arch Intern Med 1916;17:863-871",
    ),
    Formula(
        "ideal-weight",
        ("ideal body weight", "Devine ideal body weight"),
        ("理想体重", "Devine理想体重"),
        (SEX, HEIGHT),
        _IDEAL,
        "kg",
        1,
        limits=(_SHORT,),
        source="Devine BJ. Drug Intell Clin Pharm 1974;8:650-655",
    ),
    Formula(
        "adjusted-weight",
        ("adjusted body weight",),
        ("校正体重", "调整体重"),
        (SEX, HEIGHT, replace(WEIGHT, low=88, high=152)),
        "ideal + 0.4 * (weight - ideal)",
        "kg",
        1,
        steps=(("ideal", _IDEAL),),
        limits=(_SHORT,),
    ),
    Formula(
        "target-weight",
        ("target weight", "weight for a target BMI"),
        ("目标体重",),
        (
            Input("bmi", ("wanted BMI", "target BMI"), ("目标BMI",), "kg/m²", 19, 27, 1),
            HEIGHT_M,
        ),
        "bmi * height ^ 2",
        "kg",
        1,
    ),
    Formula(
        "waist-height",
        ("waist-to-height ratio",),
        ("腰高比",),
        (Input("waist", ("waist", "waist circumference"), ("腰围",), "cm", 62, 124), HEIGHT),
        "waist / height",
        "",
        2,
    ),
    Formula(
        "harris-benedict",
        ("Harris-Benedict energy expenditure", "basal energy expenditure by Harris-Benedict"),
        ("Harris-Benedict基础能耗", "Harris-Benedict公式基础能量消耗"),
        (SEX, AGE, WEIGHT, HEIGHT),
        "66.473 + 13.7516 * weight + 5.0033 * height - 6.755 * age if sex == male else "
        "655.0955 + 9.5634 * weight + 1.8496 * height - 4.6756 * age",
        "kcal/day",
        0,
    ),
    Formula(
        "mifflin",
        ("Mifflin-St Jeor energy expenditure", "resting energy expenditure by Mifflin-St Jeor"),
        ("Mifflin-St Jeor静息能耗", "Mifflin-St Jeor公式静息能量消耗"),
        (SEX, AGE, WEIGHT, HEIGHT),
        "10 * weight + 6.25 * height - 5 * age + (5 if sex == male else -161)",
        "kcal/day",
        0,
        source="Mifflin MD et al. Am J Clin Nutr 1990;51:241-247",
    ),
    Formula(
        "maintenance-fluids",
        ("4-2-1 maintenance fluid rate", "maintenance fluid rate by the 4-2-1 rule"),
        ("4-2-1维持液体速度", "按4-2-1法则的维持液体速度"),
        (CHILD_WEIGHT,),
        "4 * min(weight, 10) + 2 * min(max(weight - 10, 0), 10) + max(weight - 20, 0)",
        "mL/h",
        0,
        source="Holliday MA, Segar WE. Pediatrics 1957;19:823-832",
    ),
    Formula(
        "free-water-deficit",
        ("free water deficit",),
        ("自由水缺失量", "自由水缺乏量"),
        (SEX, AGE, WEIGHT, replace(SODIUM, low=146, high=168)),
        "water * weight * (sodium / 140 - 1)",
        "L",
        1,
        steps=(
            (
                "water",
                "(0.6 if sex == male else 0.5) if age < 65 else (0.5 if sex == male else 0.45)",
            ),
        ),
        limits=(
            Limit(
                "sodium <= 140",
                "with a sodium of 140 mmol/L or less there is no water deficit to be worked out",
                "血钠不高于140 mmol/L时不存在需要计算的自由水缺失",
                "look for the cause of the low or normal sodium first",
                "应先明确血钠偏低或正常的原因",
                values={"sodium": (122, 140)},
            ),
            Limit(
                "age < 18",
                "the shares of body water in this formula are those of adults",
                "此公式所用的体液比例适用于成人",
                "use a formula for children",
                "请改用儿童公式",
                values={"age": (3, 16)},
            ),
        ),
    ),
    Formula(
        "sodium-deficit",
        ("sodium deficit",),
        ("钠缺失量", "缺钠量"),
        (
            SEX,
            WEIGHT,
            replace(SODIUM, low=112, high=130),
            Input("target", ("target sodium", "sodium goal"), ("目标血钠",), "mmol/L", 132, 140),
        ),
        "(0.6 if sex == male else 0.5) * weight * (target - sodium)",
        "mmol",
        0,
    ),
)
