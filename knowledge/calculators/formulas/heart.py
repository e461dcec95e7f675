"""Formulas of the heart and the lungs: pressures, intervals, gases, smoking."""

from dataclasses import replace

from knowledge.calculators.formulas.formula import Band, Formula, Input
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
_LONG = (
    Band(350, "short (below 350 ms), which needs a cardiologist's opinion",
         "低于350 ms，属偏短，应请心内科评估"),
    Band(450, "within the usual range of most people", "在多数人的常见范围内", True),
    Band(470, "borderline; some count it as long in men", "属临界，男性可视为延长"),
    Band(500, "long (below 500 ms), so medicines, potassium and magnesium should be checked",
         "属延长，但低于500 ms，应核查用药、血钾和血镁"),
    Band(None, "500 ms or more; a high risk of a dangerous arrhythmia; act on medicines, potassium "
         "and magnesium now, with the heart monitored",
         "达到或超过500 ms，恶性心律失常风险高，须立即心电监护并处理用药、血钾和血镁"),
)  # fmt: skip
_LONG_AT_ANY_RATE = (
    *_LONG[:-1],
    Band(None, "500 ms or more by Bazett, which reads too high at a fast heart rate; compare "
         "Fridericia, and until then monitor the heart and act on medicines and potassium",
         "按Bazett公式达到或超过500 ms，心率快时该公式偏高，应与Fridericia公式核对，"
         "其间须心电监护并处理用药、血钾和血镁"),
)  # fmt: skip

FORMULAS = (
    Formula(
        "map",
        ("mean arterial pressure",),
        ("平均动脉压",),
        (SYSTOLIC, DIASTOLIC),
        "(sbp + 2 * dbp) / 3",
        "mmHg",
        0,
        bands=(
            Band(
                65,
                "below 65 mmHg, at which organs get too little blood: act now",
                "低于65 mmHg，器官灌注不足，须立即处理",
            ),
            Band(110, "high enough to supply the organs", "足以保证器官灌注", True),
            Band(
                None,
                "high: above 110 mmHg, so measure the pressure again and treat it",
                "偏高，超过110 mmHg，应复测血压并处理",
            ),
        ),
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
        bands=(
            Band(0.7, "not raised", "未升高", True),
            Band(0.9, "slightly raised; watch the patient closely", "轻度升高，须密切观察", True),
            Band(
                None,
                "clearly raised: look for shock and treat it now",
                "明显升高，须立即排查并处理休克",
            ),
        ),
    ),
    Formula(
        "qtc-bazett",
        ("Bazett QTc", "QTc by Bazett", "QT corrected by Bazett"),
        ("Bazett校正QT间期", "Bazett公式QTc"),
        _QT,
        "qt / sqrt(60 / heart_rate)",
        "ms",
        0,
        bands=_LONG_AT_ANY_RATE,
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
        bands=_LONG,
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
        bands=_LONG,
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
        bands=_LONG,
    ),
    Formula(
        "qtc-rautaharju",
        ("Rautaharju QTc", "QTc by Rautaharju"),
        ("Rautaharju校正QT间期", "Rautaharju公式QTc"),
        _QT,
        "qt * (120 + heart_rate) / 180",
        "ms",
        0,
        bands=_LONG,
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
        bands=(
            Band(
                100,
                "100 mmHg or less: a severe lack of oxygen that needs intensive care now",
                "不高于100 mmHg，属重度低氧，须立即重症监护",
                True,
            ),
            Band(
                200,
                "between 100 and 200 mmHg: a moderate lack of oxygen that needs hospital now",
                "介于100与200 mmHg之间，属中度低氧，须立即住院",
                True,
            ),
            Band(
                300,
                "between 200 and 300 mmHg: a mild lack of oxygen that needs assessment today",
                "介于200与300 mmHg之间，属轻度低氧，须当日评估",
                True,
            ),
            Band(None, "above 300 mmHg", "高于300 mmHg"),
        ),
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
