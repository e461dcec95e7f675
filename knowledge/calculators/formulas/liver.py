"""Formulas of the liver: scores of fibrosis, of failure and of alcoholic hepatitis."""

from dataclasses import replace

from knowledge.calculators.formulas.formula import Band, Formula, Input, Limit, ScoreTerm
from knowledge.calculators.formulas.quantities import (
    AGE,
    ALBUMIN,
    ALT,
    AST,
    BILIRUBIN,
    CREATININE,
    INR,
    PLATELETS,
    SEX,
    SODIUM,
    chosen,
)

_CREATININE = replace(CREATININE, low=0.6, high=5.2, places=1, others=())
_BOUNDED = (("na", "max(125, min(sodium, 137))"),)

FORMULAS = (
    Formula(
        "fib-4",
        ("FIB-4", "FIB-4 index"),
        ("FIB-4指数", "FIB-4肝纤维化指数"),
        (replace(AGE, low=35, high=80), AST, ALT, PLATELETS),
        "age * ast / (platelets * sqrt(alt))",
        "",
        2,
        bands=(
            Band(1.45, "below 1.45, where advanced fibrosis is unlikely",
                 "低于1.45，进展期纤维化可能性小"),
            Band(3.25, "between 1.45 and 3.25, the range that leaves it open",
                 "介于1.45与3.25之间，属不确定区间", True),
            Band(None, "above 3.25, where advanced fibrosis is likely",
                 "高于3.25，进展期纤维化可能性大"),
        ),
        source="Sterling RK et al. Hepatology 2006;43:1317-1325",
    ),
    Formula(
        "apri",
        ("APRI", "AST to platelet ratio index"),
        ("APRI指数", "谷草转氨酶血小板比值指数"),
        (
            AST,
            Input("uln", ("upper limit of AST",), ("谷草转氨酶正常上限",), "U/L", 32, 46),
            PLATELETS,
        ),
        "ast / uln / platelets * 100",
        "",
        2,
        source="Wai CT et al. Hepatology 2003;38:518-526",
    ),
    Formula(
        "maddrey",
        ("Maddrey discriminant function",),
        ("Maddrey判别函数",),
        (
            Input("pt", ("prothrombin time",), ("凝血酶原时间",), "s", 12.5, 29, 1),
            Input("control", ("control time",), ("对照时间",), "s", 11.5, 13.5, 1),
            BILIRUBIN,
        ),
        "4.6 * (pt - control) + bilirubin",
        "",
        1,
        bands=(
            Band(32, "below 32, the cut-off of severe alcoholic hepatitis",
                 "低于32，即未达重症酒精性肝炎界值"),
            Band(None, "32 or more, which means severe alcoholic hepatitis",
                 "达到或超过32，属重症酒精性肝炎"),
        ),
        source="Maddrey WC et al. Gastroenterology 1978;75:193-199",
    ),
    Formula(
        "meld",
        ("MELD score", "original MELD score"),
        ("MELD评分", "终末期肝病模型评分"),
        (BILIRUBIN, INR, _CREATININE),
        "min(40, round(3.78 * ln(max(bilirubin, 1)) + 11.2 * ln(max(inr, 1)) + "
        "9.57 * ln(min(max(creatinine, 1), 4)) + 6.43))",
        "points",
        0,
        source="Kamath PS et al. Hepatology 2001;33:464-470",
    ),
    Formula(
        "meld-na",
        ("MELD-Na score",),
        ("MELD-Na评分",),
        (BILIRUBIN, INR, _CREATININE, SODIUM),
        "min(40, round(meld + "
        "(1.32 * (137 - na) - 0.033 * meld * (137 - na) if meld > 11 else 0)))",
        "points",
        0,
        steps=(
            (
                "meld",
                "round(10 * (0.957 * ln(min(max(creatinine, 1), 4)) + "
                "0.378 * ln(max(bilirubin, 1)) + 1.12 * ln(max(inr, 1)) + 0.643))",
            ),
            *_BOUNDED,
        ),
    ),
    Formula(
        "meld-3",
        ("MELD 3.0 score",),
        ("MELD 3.0评分",),
        (SEX, AGE, BILIRUBIN, INR, _CREATININE, SODIUM, ALBUMIN),
        "min(40, round((1.33 if sex == female or age < 18 else 0) + 4.56 * ln(bili) + "
        "0.82 * (137 - na) - 0.24 * (137 - na) * ln(bili) + 9.09 * ln(max(inr, 1)) + "
        "11.14 * ln(crea) + "
        "1.85 * (3.5 - alb) - 1.83 * (3.5 - alb) * ln(crea) + 6))",
        "points",
        0,
        steps=(
            ("bili", "max(bilirubin, 1)"),
            ("crea", "min(max(creatinine, 1), 3)"),
            ("alb", "max(1.5, min(albumin, 3.5))"),
            *_BOUNDED,
        ),
        limits=(
            Limit(
                "age < 12",
                "MELD 3.0 is for patients of 12 years and more",
                "MELD 3.0用于12岁及以上患者",
                "use PELD below 12 years",
                "12岁以下请改用PELD评分",
                values={"age": (4, 11)},
            ),
        ),
        # Allocation (OPTN policy 9.1.D) gives the points of women to everybody of 12 to 17 years.
        source="Kim WR et al. Gastroenterology 2021;161:1887-1895",
    ),
    Formula(
        "child-pugh",
        ("Child-Pugh score",),
        ("Child-Pugh评分",),
        (
            BILIRUBIN,
            ALBUMIN,
            INR,
            chosen(
                "ascites", "ascites", "腹水",
                ("none", "absent", "无"), ("slight", "slight", "轻度"),
                ("moderate", "moderate", "中度"),
            ),
            chosen(
                "coma", "encephalopathy", "肝性脑病",
                ("none", "absent", "无"), ("mild", "grade 1-2", "1-2级"),
                ("severe", "grade 3-4", "3-4级"),
            ),
        ),
        unit="points",
        places=0,
        terms=(
            ScoreTerm("1 + (bilirubin >= 2) + (bilirubin > 3)", "bilirubin", "胆红素"),
            ScoreTerm("1 + (albumin <= 3.5) + (albumin < 2.8)", "albumin", "白蛋白"),
            ScoreTerm("1 + (inr >= 1.7) + (inr > 2.3)", "INR", "国际标准化比值"),
            ScoreTerm(
                "1 if ascites == none else (2 if ascites == slight else 3)", "ascites", "腹水"
            ),
            ScoreTerm("1 if coma == none else (2 if coma == mild else 3)",
                 "encephalopathy", "肝性脑病"),
        ),
        bands=(
            Band(7, "Child-Pugh class A", "Child-Pugh A级"),
            Band(10, "Child-Pugh class B", "Child-Pugh B级"),
            Band(None, "Child-Pugh class C", "Child-Pugh C级"),
        ),
        source="Pugh RN et al. Br J Surg 1973;60:646-649",
    ),
)  # fmt: skip
