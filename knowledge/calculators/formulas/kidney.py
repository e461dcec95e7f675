"""Formulas of the kidney: clearance, filtration, excretion."""

from dataclasses import replace

from knowledge.calculators.formulas.formula import Band, Formula, Input, Limit
from knowledge.calculators.formulas.quantities import (
    AGE,
    BUN,
    CHILD_AGE,
    CREATININE,
    HEIGHT,
    SEX,
    WEIGHT,
)

_CHILD = {"age": (3.0, 17.0)}
_STAGES = (
    Band(15, "GFR category G5, which means kidney failure and needs a kidney specialist now",
         "GFR分期为G5期，即肾衰竭，须尽快请肾内科处理"),
    Band(30, "GFR category G4, a severe loss that calls for a kidney specialist soon",
         "GFR分期为G4期，属重度下降，应尽快转肾内科"),
    Band(45, "GFR category G3b", "GFR分期为G3b期"),
    Band(60, "GFR category G3a", "GFR分期为G3a期"),
    Band(90, "GFR category G2", "GFR分期为G2期"),
    Band(None, "GFR category G1", "GFR分期为G1期"),
)  # fmt: skip
_CLEARANCE = (
    Band(15, "kidney failure (below 15 mL/min), in which many medicines are not given at all",
         "低于15 mL/min，属肾衰竭，许多药物不可使用"),
    Band(30, "a severe loss (15 to 30 mL/min), at which many doses must be changed",
         "介于15与30 mL/min之间，属重度下降，许多药物须调整剂量"),
    Band(60, "a moderate loss (30 to 60 mL/min), at which some doses must be changed",
         "介于30与60 mL/min之间，属中度下降，部分药物须调整剂量"),
    Band(None, "60 mL/min or more, at which few doses must be changed",
         "不低于60 mL/min，多数药物无须调整剂量"),
)  # fmt: skip
_SCHWARTZ_EN = "use the bedside Schwartz equation, which is meant for children"
_SCHWARTZ_ZH = "儿童请改用床旁Schwartz公式"

URINE_SODIUM = Input("urine_sodium", ("urine sodium",), ("尿钠",), "mmol/L", 6, 110)
URINE_CREATININE = Input("urine_creatinine", ("urine creatinine",), ("尿肌酐",), "mg/dL", 24, 190)
PLASMA_SODIUM = Input("sodium", ("serum sodium",), ("血钠",), "mmol/L", 124, 150)
SERUM_CREATININE = replace(CREATININE, en=("serum creatinine",), zh=("血肌酐",), low=1.1, others=())

FORMULAS = (
    Formula(
        "cockcroft-gault",
        ("Cockcroft-Gault creatinine clearance", "creatinine clearance by Cockcroft-Gault"),
        ("Cockcroft-Gault肌酐清除率", "Cockcroft-Gault公式肌酐清除率"),
        (SEX, AGE, WEIGHT, CREATININE),
        "(140 - age) * weight / (72 * creatinine) * (0.85 if sex == female else 1)",
        "mL/min",
        1,
        bands=_CLEARANCE,
        limits=(
            Limit(
                "age < 18",
                "the Cockcroft-Gault equation was made for adults and is not valid below 18 years",
                "Cockcroft-Gault公式由成人资料得出，不适用于18岁以下者",
                _SCHWARTZ_EN,
                _SCHWARTZ_ZH,
                values=_CHILD,
            ),
        ),
        source="Cockcroft DW, Gault MH. Nephron 1976;16:31-41",
    ),
    Formula(
        "ckd-epi-2021",
        ("CKD-EPI 2021 eGFR", "eGFR by the CKD-EPI 2021 creatinine equation"),
        ("CKD-EPI 2021估算肾小球滤过率", "CKD-EPI 2021肌酐公式eGFR"),
        (SEX, AGE, CREATININE),
        "142 * min(creatinine / kappa, 1) ^ alpha * max(creatinine / kappa, 1) ^ -1.2 * "
        "0.9938 ^ age * (1.012 if sex == female else 1)",
        "mL/min/1.73 m²",
        0,
        steps=(
            ("kappa", "0.7 if sex == female else 0.9"),
            ("alpha", "-0.241 if sex == female else -0.302"),
        ),
        bands=_STAGES,
        limits=(
            Limit(
                "age < 18",
                "the CKD-EPI 2021 equation is not valid below 18 years",
                "CKD-EPI 2021公式不适用于18岁以下者",
                _SCHWARTZ_EN,
                _SCHWARTZ_ZH,
                values=_CHILD,
            ),
        ),
        source="Inker LA et al. N Engl J Med 2021;385:1737-1749",
    ),
    Formula(
        "mdrd",
        ("MDRD eGFR", "eGFR by the four-variable MDRD equation"),
        ("MDRD估算肾小球滤过率", "简化MDRD公式eGFR"),
        (SEX, AGE, CREATININE),
        "175 * creatinine ^ -1.154 * age ^ -0.203 * (0.742 if sex == female else 1)",
        "mL/min/1.73 m²",
        0,
        bands=_STAGES,
        limits=(
            Limit(
                "age < 18",
                "the MDRD equation is not valid below 18 years",
                "MDRD公式不适用于18岁以下者",
                _SCHWARTZ_EN,
                _SCHWARTZ_ZH,
                values=_CHILD,
            ),
        ),
        source="Levey AS et al. Ann Intern Med 2006;145:247-254",
    ),
    Formula(
        "schwartz",
        ("bedside Schwartz eGFR", "eGFR by the bedside Schwartz equation"),
        ("床旁Schwartz估算肾小球滤过率", "床旁Schwartz公式eGFR"),
        (
            CHILD_AGE,
            replace(HEIGHT, low=84, high=168, others=()),
            replace(CREATININE, low=0.3, high=2.2),
        ),
        "0.413 * height / creatinine",
        "mL/min/1.73 m²",
        0,
        bands=_STAGES,
        limits=(
            Limit(
                "age >= 18",
                "the bedside Schwartz equation is meant for children and not for adults",
                "床旁Schwartz公式用于儿童，不适用于成人",
                "use the CKD-EPI 2021 equation for adults",
                "成人请改用CKD-EPI 2021公式",
                values={"age": (22, 78)},
            ),
        ),
        source="Schwartz GJ et al. J Am Soc Nephrol 2009;20:629-637",
    ),
    Formula(
        "fena",
        ("fractional excretion of sodium", "FENa"),
        ("钠排泄分数", "滤过钠排泄分数", "FENa"),
        (URINE_SODIUM, PLASMA_SODIUM, URINE_CREATININE, SERUM_CREATININE),
        "urine_sodium * creatinine / (sodium * urine_creatinine) * 100",
        "%",
        2,
        bands=(
            Band(1, "below 1%, which points to a prerenal cause", "低于1%，提示肾前性因素"),
            Band(2, "between 1% and 2%, which settles nothing", "介于1%与2%之间，难以定论", True),
            Band(None, "above 2%, which points to a renal cause", "高于2%，提示肾性因素"),
        ),
        source="Espinel CH. JAMA 1976;236:579-581",
    ),
    Formula(
        "feurea",
        ("fractional excretion of urea", "FEUrea"),
        ("尿素排泄分数",),
        (
            Input("urine_urea", ("urine urea nitrogen",), ("尿液尿素氮",), "mg/dL", 120, 900),
            replace(BUN, en=("serum urea nitrogen",), zh=("血尿素氮",), low=14, others=()),
            URINE_CREATININE,
            SERUM_CREATININE,
        ),
        "urine_urea * creatinine / (bun * urine_creatinine) * 100",
        "%",
        1,
    ),
    Formula(
        "urea-creatinine",
        ("BUN-to-creatinine ratio", "urea nitrogen to creatinine ratio"),
        ("尿素氮肌酐比值", "尿素氮与肌酐之比"),
        (BUN, CREATININE),
        "bun / creatinine",
        "",
        1,
    ),
)
