"""Formulas of the heart and the lungs: pressures, intervals, gases, smoking."""

from dataclasses import replace

from knowledge.calculators.formulas.formula import Formula, Input
from knowledge.calculators.formulas.quantities import (
    AGE,
    DIASTOLIC,
    FIO2,
    HEART_RATE,
    PACO2,
    PAO2,
    QT,
    SYSTOLIC,
)

_QT = (QT, HEART_RATE)

FORMULAS = (
    Formula(
        "map",
        ("mean arterial pressure",),
        ("平均动脉压",),
        (SYSTOLIC, DIASTOLIC),
        "(sbp + 2 * dbp) / 3",
        "mmHg",
        0,
    ),
    Formula(
        "pulse-pressure",
        ("pulse pressure",),
        ("脉压", "脉压差"),
        (SYSTOLIC, DIASTOLIC),
        "sbp - dbp",
        "mmHg",
        0,
    ),
    Formula(
        "shock-index",
        ("shock index",),
        ("休克指数",),
        (HEART_RATE, replace(SYSTOLIC, low=74, high=168)),
        "heart_rate / sbp",
        "",
        2,
    ),
    Formula(
        "qtc-bazett",
        ("Bazett QTc", "QTc by Bazett", "QT corrected by Bazett"),
        ("Bazett校正QT间期", "Bazett公式QTc"),
        _QT,
        "qt / sqrt(60 / heart_rate)",
        "ms",
        0,
        source="Bazett HC. Heart 1920;7:353-370",
    ),
    Formula(
        "qtc-fridericia",
        ("Fridericia QTc", "QTc by Fridericia", "QT corrected by Fridericia"),
        ("Fridericia校正QT间期", "Fridericia公式QTc"),
        _QT,
        "qt / (60 / heart_rate) ^ (1 / 3)",
        "ms",
        0,
        source="Fridericia LS. Acta Med Scand 1920;53:469-486",
    ),
    Formula(
        "qtc-framingham",
        ("Framingham QTc", "QTc by the Framingham formula"),
        ("Framingham校正QT间期", "Framingham公式QTc"),
        _QT,
        "qt + 154 * (1 - 60 / heart_rate)",
        "ms",
        0,
        source="Sagie A et al. Am J Cardiol 1992;70:797-801",
    ),
    Formula(
        "qtc-hodges",
        ("Hodges QTc", "QTc by Hodges"),
        ("Hodges校正QT间期", "Hodges公式QTc"),
        _QT,
        "qt + 1.75 * (heart_rate - 60)",
        "ms",
        0,
    ),
    Formula(
        "qtc-rautaharju",
        ("Rautaharju QTc", "QTc by Rautaharju"),
        ("Rautaharju校正QT间期", "Rautaharju公式QTc"),
        _QT,
        "qt * (120 + heart_rate) / 180",
        "ms",
        0,
    ),
    Formula(
        "karvonen",
        ("Karvonen target heart rate", "training heart rate by Karvonen"),
        ("Karvonen靶心率", "Karvonen公式运动靶心率"),
        (
            replace(AGE, high=78),
            Input("rest", ("resting heart rate",), ("静息心率",), "bpm", 48, 88),
            Input("intensity", ("intensity", "training intensity"), ("运动强度",), "%", 40, 85),
        ),
        "(220 - age - rest) * intensity / 100 + rest",
        "bpm",
        0,
    ),
    Formula(
        "aa-gradient",
        ("A-a gradient", "alveolar-arterial oxygen gradient"),
        ("肺泡动脉氧分压差", "肺泡-动脉血氧分压差"),
        (FIO2, PACO2, replace(PAO2, high=98)),
        "fio2 / 100 * (760 - 47) - paco2 / 0.8 - pao2",
        "mmHg",
        0,
    ),
    Formula(
        "pf-ratio",
        ("P/F ratio", "PaO2/FiO2 ratio"),
        ("氧合指数", "氧分压与吸氧浓度之比"),
        (PAO2, replace(FIO2, high=100)),
        "pao2 / (fio2 / 100)",
        "mmHg",
        0,
    ),
    Formula(
        "fev1-fvc",
        ("FEV1/FVC ratio",),
        ("一秒率", "用力呼气一秒率"),
        (
            Input("fev1", ("FEV1",), ("第一秒用力呼气量",), "L", 0.7, 3.4, 2),
            Input("fvc", ("FVC",), ("用力肺活量",), "L", 3.42, 5.2, 2),
        ),
        "fev1 / fvc * 100",
        "%",
        0,
    ),
    Formula(
        "pack-years",
        ("number of pack-years", "smoking history in pack-years"),
        ("吸烟包年数",),
        (
            Input(
                "cigarettes",
                ("cigarettes smoked",),
                ("每日吸烟量",),
                "cigarettes/day",
                4,
                48,
            ),
            Input(
                "years", ("time smoked", "duration of smoking"), ("烟龄",), "smoked years", 3, 48
            ),
        ),
        "cigarettes / 20 * years",
        "",
        1,
    ),
)
