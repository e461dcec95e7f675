"""Items of public calculator sets as calls of our formulas, from the entities that they list."""

import ast
import csv
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from knowledge.calculators import arithmetic
from knowledge.calculators.formulas.formula import Formula, Input
from knowledge.calculators.formulas.formula_registry import FORMULAS
from knowledge.text import units

EN = {
    "Creatinine Clearance (Cockcroft-Gault Equation)": "cockcroft-gault",
    "CKD-EPI Equations for Glomerular Filtration Rate": "ckd-epi-2021",
    "CHA2DS2-VASc Score for Atrial Fibrillation Stroke Risk": "cha2ds2-vasc",
    "Mean Arterial Pressure (MAP)": "map",
    "Body Mass Index (BMI)": "bmi",
    "Calcium Correction for Hypoalbuminemia": "corrected-calcium",
    "Wells' Criteria for Pulmonary Embolism": "wells-pe",
    "MDRD GFR Equation": "mdrd",
    "Ideal Body Weight": "ideal-weight",
    "QTc Bazett Calculator": "qtc-bazett",
    "Child-Pugh Score for Cirrhosis Mortality": "child-pugh",
    "Wells' Criteria for DVT": "wells-dvt",
    "Revised Cardiac Risk Index for Pre-Operative Risk": "rcri",
    "Fibrosis-4 (FIB-4) Index for Liver Fibrosis": "fib-4",
    "Centor Score (Modified/McIsaac) for Strep Pharyngitis": "mcisaac",
    "Glasgow Coma Score (GCS)": "gcs",
    "Maintenance Fluids Calculations": "maintenance-fluids",
    "MELD Na (UNOS/OPTN)": "meld-na",
    "HAS-BLED Score for Major Bleeding Risk": "has-bled",
    "Sodium Correction for Hyperglycemia": "sodium-hillier",
    "Glasgow-Blatchford Bleeding Score (GBS)": "glasgow-blatchford",
    "Serum Osmolality": "osmolality",
    "HOMA-IR (Homeostatic Model Assessment for Insulin Resistance)": "homa-ir",
    "FeverPAIN Score for Strep Pharyngitis": "feverpain",
    "Anion Gap": "anion-gap",
    "Fractional Excretion of Sodium (FENa)": "fena",
    "LDL Calculated": "ldl-friedewald",
    "CURB-65 Score for Pneumonia Severity": "curb-65",
    "PERC Rule for Pulmonary Embolism": "perc",
    "SIRS Criteria": "sirs",
    "QTc Fridericia Calculator": "qtc-fridericia",
    "QTc Framingham Calculator": "qtc-framingham",
    "QTc Hodges Calculator": "qtc-hodges",
    "QTc Rautaharju Calculator": "qtc-rautaharju",
    "Body Surface Area Calculator": "bsa-mosteller",
    "Target weight": "target-weight",
    "Adjusted Body Weight": "adjusted-weight",
    "Delta Ratio": "delta-ratio",
    "Albumin Corrected Anion Gap": "albumin-corrected-gap",
}
"""Their calculators that are formulas of ours."""

ZH = {
    "体表面积计算器": "bsa-mosteller",
    "维持液体量计算": "maintenance-fluids",
    "实际碳酸氢盐（AB）": "bicarbonate-gas",
    "用力呼吸一秒率": "fev1-fvc",
    "Harris-Benedict公式（基础能耗公式BEE）": "harris-benedict",
    "肌酐清除率（Cockcroft-Gault公式）": "cockcroft-gault",
    "肾小球滤过率Cockroft-Gault公式（男性）": "cockcroft-gault",
    "白蛋白/球蛋白比值（白球比）": "albumin-globulin",
    "嗜中性粒细胞绝对值": "neutrophils",
    "CKD-EPI肾小球滤过率估算公式": "ckd-epi-2021",
    "糖化血红蛋白评估平均血糖": "average-glucose",
    "体重指数(BMI)": "bmi",
    "凝血酶原时间-胆红素判别函数(Maddrey判别函数，MDF)": "maddrey",
    "平均动脉压": "map",
    "Bazett公式（校正QT间期公式）": "qtc-bazett",
    "氧合指数": "pf-ratio",
    "Bedside Schwartz公式（儿童肾小球滤过率估算）": "schwartz",
    "自由水缺失量计算": "free-water-deficit",
    "肺栓塞PERC排除标准": "perc",
    "深静脉血栓Wells评分": "wells-dvt",
    "全身炎症反应综合征（SIRS）诊断标准": "sirs",
    "格拉斯哥-布拉奇福德出血评分（GBS）": "glasgow-blatchford",
    "肺炎严重程度CURB-65评分": "curb-65",
    "肺栓塞Wells评分": "wells-pe",
    "修订版心脏风险指数（术前风险评估）": "rcri",
    "链球菌咽炎Centor评分（改良版/McIsaac标准）": "mcisaac",
    "房颤卒中风险CHA2DS2-VASc评分": "cha2ds2-vasc",
    "肝硬化Child-Pugh分级评分": "child-pugh",
    "链球菌咽炎FeverPAIN评分": "feverpain",
    "大出血风险HAS-BLED评分": "has-bled",
}

_KEYS = {
    "sex": r"^sex$|^性别$",
    "age": r"^age$|^年龄$",
    "weight": r"^weight$|^体重$",
    "height": r"^height$|^身高$",
    "bmi": r"Body Mass Index",
    "creatinine": r"^(serum_)?creatinine$|^Scr$|^肌酐$|Pre-operative creat|术前.?肌酐",
    "urine_creatinine": "Urine creatinine",
    "urine_sodium": "Urine sodium",
    "sodium": r"^(serum )?sodium$|^钠$|^Na\+$",
    "chloride": r"^chloride$|^Cl-$",
    "bicarbonate": r"^bicarbonate$|HCO3",
    "albumin": r"^(serum )?albumin$|^白蛋白$",
    "globulin": r"globulin$|球蛋白$",
    "calcium": r"^calcium$",
    "bilirubin": r"bilirubin|胆红素",
    "inr": r"^international normalized ratio$|^国际标准化比值$",
    "glucose": r"^glucose$",
    "insulin": r"^insulin$|insulin$|术前胰岛素",
    "bun": r"blood urea nitrogen|尿素氮",
    "hb": r"hemoglobin|血红蛋白",
    "cholesterol": r"total cholesterol",
    "hdl": r"high-density",
    "triglycerides": r"triglycerides",
    "ast": "aspartate",
    "alt": "alanine",
    "platelets": "platelet",
    "sbp": r"^systolic|^收缩压",
    "dbp": r"^diastolic|^舒张压",
    "heart_rate": r"^heart rate|^heart_rate|^心率$",
    "qt": r"^QT",
    "resp": r"respiratory rate|呼吸频率",
    "temperature": r"^temperature$|^体温$",
    "wbc": r"white blood|白细胞",
    "share": "中性粒细胞百分比",
    "spo2": r"O₂ saturation|血氧饱和度",
    "ph": r"^pH$",
    "paco2": r"^PaCO2$",
    "pao2": r"^PaO2$",
    "fio2": r"^FiO2$",
    "fev1": "^FEV1$",
    "fvc": "^FVC$",
    "hba1c": "HbA1c",
    "pt": "^凝血酶原时间$",
    "control": "对照",
    "ascites": r"ascites|^腹水",
    "coma": r"encephalopathy|肝性脑病",
    "failure": r"congestive|cardiac failure|充血性心力|存在心力衰竭|心衰",
    "pressure": r"^hypertension|高血压",
    "diabetes": r"^diabetes|糖尿病",
    "stroke": r"stroke|transient|thromboembol|卒中|短暂性脑|血栓栓塞病史|cerebrovascular|脑血管",
    "vascular": r"vascular disease|血管疾病",
    "kidney": r"renal disease criteria|肾病",
    "liver": r"liver disease criteria|hepatic|肝病|肝脏疾病",
    "bleeding": r"prior major|大出血史",
    "labile": r"labile|比值波动",
    "drugs": r"medication usage|出血倾向药物",
    "alcohol": r"alcohol|酒精",
    "confusion": r"confusion|意识模糊|意识状态",
    "signs": r"signs and symptoms of deep|深静脉血栓体征|临床.*DVT",
    "likely": r"#1|首要诊断|最可能诊断",
    "still": r"immobili|surgery in the prev|制动|4周内手术",
    "haemoptysis": r"hemoptysis|咯血",
    "cancer": r"active cancer|malignancy|恶性肿瘤|活动性癌症",
    "surgery": r"surgery or trauma|elevated-risk|手术.创伤|手术或创伤|高风险手术",
    "ischaemic": r"ischemic|缺血性",
    "hormones": r"hormone|激素",
    "swelling": r"unilateral leg|单侧下肢",
    "exudate": r"exudate|扁桃体渗出",
    "nodes": r"lymph|淋巴结",
    "cough": r"cough|咳嗽",
    "coryza": r"coryza|咳嗽",
    "pus": r"purul|化脓|化膿|脓性",
    "rapid": r"onset|≤3天",
    "inflamed": r"inflamed|严重发炎|严重炎症|严重扁桃体",
    "melaena": r"melena|黑便",
    "syncope": r"syncope|晕厥",
    "paralysis": r"paralysis|瘫痪",
    "bed": r"bedridden|major surgery|卧床",
    "tender": r"tenderness|走行区压痛",
    "swollen": r"entire leg|全腿",
    "calf": r"calf|小腿",
    "pitting": r"pitting|凹陷性",
    "collateral": r"collateral|浅静脉",
    "other": r"alternative|更可能诊断",
    "eye": "eye",
    "verbal": "verbal",
    "motor": "motor",
    "fever": r"^fever|发热|temperature|^体温",
}
_BEFORE = r"previous|既往.*(?:PE|DVT|肺栓塞|血栓)"
_COMA = {"open spontaneously": 4, "no verbal": 1, "flexion to pain": 3}
_ABSENT = re.compile("^(?:无|否|0级|no |none|absent|false)", re.IGNORECASE)


@dataclass(frozen=True)
class Item:
    """One item: a formula, what is given to it, and the range of results that are right."""

    key: str
    formula: Formula
    given: dict[str, str]
    low: float
    high: float

    @property
    def agrees(self) -> bool:
        exact = self.formula.exact(self.given)
        return self.low - 1e-9 <= exact <= self.high + 1e-9


def english(root: Path) -> Iterator[tuple[str, Item | None]]:
    """Yield each item of the one-shot set that concerns a formula, or its key where unread."""
    with (root / "open/calc_en/medcalc_oneshot/one_shot_data.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            id = EN.get(row["Calculator Name"])
            if id is None:
                continue
            entities = ast.literal_eval(row["Relevant Entities"])
            given = _given(FORMULAS[id], entities)
            limits = float(row["Lower Limit"]), float(row["Upper Limit"])
            yield id, Item(id, FORMULAS[id], given, min(limits), max(limits)) if given else None


def chinese(root: Path) -> Iterator[tuple[str, Item | None]]:
    """Yield each plain item of the Chinese set that concerns a formula, or its key where unread.

    The set states no limits: 2 % of the value, and half a unit of its last digit, are allowed.
    """
    folder = root / "restricted/calc_zh/cmedcalc_a"
    for name, entities, answer in (
        ("equation.json", "input_params_final", "answer_final"),
        ("score.json", "extracted_entities_final", "answer_final"),
    ):
        for raw in json.loads((folder / name).read_text(encoding="utf-8")):
            id = ZH.get(raw["指标名称"])
            if id is None:
                continue
            formula = FORMULAS[id]
            stated = raw[entities]
            stated = ast.literal_eval(stated) if isinstance(stated, str) else stated
            value = _stated(raw[answer], formula)
            given = _given(formula, stated) if isinstance(stated, dict) else None
            key = f"{name}:{raw['id']}:{id}"
            if given is None or value is None:
                yield key, None
                continue
            number = float(value)
            places = len(value.partition(".")[2])
            slack = 0 if formula.terms else max(0.02 * abs(number), 0.5 * 10**-places)
            yield key, Item(key, formula, given, number - slack, number + slack)


def _stated(answer: object, formula: Formula) -> str | None:
    if isinstance(answer, str):
        return answer if re.fullmatch(r"-?\d+(\.\d+)?", answer) else None
    assert isinstance(answer, dict)
    if "value" in answer:
        return _stated(answer["value"], formula)
    unit = (formula.unit or "").replace(" ", "")
    found = [each["value"] for each in answer.values() if each["unit"].replace(" ", "") == unit]
    return found[0] if len(found) == 1 else None


def _given(formula: Formula, entities: dict[str, object]) -> dict[str, str] | None:
    given: dict[str, str] = {}
    for one in formula.inputs:
        pattern = _BEFORE if one.key == "before" else _KEYS[one.key]
        if formula.id == "ckd-epi-2021" and one.key == "creatinine":
            pattern = r"creatinine|肌酐"
        found = [value for key, value in entities.items() if re.search(pattern, key, re.I)]
        if one.choices:
            value = _choice(formula, one, found)
        elif found:
            value = _number(one, found[0])
        else:
            value = None
        if value is None:
            return None
        given[one.key] = value
    if formula.id == "cockcroft-gault" and "height" in {key.lower() for key in entities}:
        given["weight"] = _adjusted(given, entities["height"])
    if formula.id == "cockcroft-gault" and "身高" in entities:
        given["weight"] = _adjusted(given, entities["身高"])
    return given


def _adjusted(given: dict[str, str], height: object) -> str:
    """Return the weight that the sets want in a clearance, by the BMI of a patient."""
    assert isinstance(height, list)
    size = {"sex": given["sex"], "height": f"{height[0]}", "weight": given["weight"]}
    weight, metres = float(given["weight"]), float(height[0]) / 100
    ideal = FORMULAS["ideal-weight"].exact({key: size[key] for key in ("sex", "height")})
    if weight / metres**2 >= 25:
        return f"{FORMULAS['adjusted-weight'].exact(size):.6f}"
    return given["weight"] if weight / metres**2 < 18.5 else f"{min(ideal, weight):.6f}"


def _choice(formula: Formula, one: Input, found: list[object]) -> str | None:
    if one.is_finding:
        return "yes" if any(_present(formula, one, each) for each in found) else "no"
    text = str(found[0]) if found else ""
    if one.key == "sex":
        return "female" if re.search("^(?:female|女)", text, re.I) else "male"
    if not text or _ABSENT.search(text):
        return "none"
    if one.key == "ascites":
        return "slight" if re.search("slight|mild|轻|少", text, re.I) else "moderate"
    return "severe" if re.search("[34]", text) else "mild"


def _present(formula: Formula, one: Input, value: object) -> bool:
    if formula.id in ("mcisaac", "feverpain") and one.key in ("cough", "coryza"):
        # their item is the absence of a cough
        return not _yes(value)
    if one.key == "fever" and isinstance(value, list):
        warmth = float(value[0])
        return (warmth - 32) / 1.8 > 38 if warmth > 60 else warmth > 38
    if one.key == "alcohol":
        return isinstance(value, int) and value >= 8
    if one.key == "creatinine" and isinstance(value, list):
        return float(value[0]) > 2
    return _yes(value)


def _yes(value: object) -> bool:
    if isinstance(value, bool):
        return value
    text = str(value[0] if isinstance(value, list) else value)
    return not _ABSENT.search(text)


def _number(one: Input, value: object) -> str | None:
    if one.key in ("eye", "verbal", "motor"):
        return next((str(score) for cue, score in _COMA.items() if cue in str(value)), None)
    number, unit = (value[0], value[1]) if isinstance(value, list) else (value, "")
    try:
        figure = float(str(number))
    except ValueError:
        return None
    spelled = str(unit).lower().replace("µ", "μ").replace("liter", "L")
    for other in one.others:
        names = {
            each.lower()
            for each in (*units.spellings(other.unit, "en"), *units.spellings(other.unit, "zh"))
        }
        names |= {"in"} if other.unit == "in" else set()
        if any(spelled.startswith(each) for each in names):
            return f"{arithmetic.evaluate(other.turn, {'x': figure}):.6f}"
    if one.unit == "cm" and spelled == "m":
        return f"{figure * 100:g}"
    if one.unit == "×10⁹/L" and figure > 900:
        figure /= 1000
    return f"{figure:.6f}".rstrip("0").rstrip(".")
