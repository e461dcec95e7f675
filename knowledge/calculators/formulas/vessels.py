"""Scores of the heart, of clots and of bleeding: points for findings and values, added up."""

from dataclasses import replace

from knowledge.calculators.formulas.formula import Band, Formula, Input, ScoreTerm
from knowledge.calculators.formulas.quantities import (
    AGE,
    BUN,
    DIABETES,
    HEART_FAILURE,
    HEART_RATE,
    SEX,
    SYSTOLIC,
    finding,
    item,
)

_OLD = replace(AGE, low=42, high=91)
_HAEMOPTYSIS = finding("haemoptysis", "haemoptysis", "咯血", "coughing up blood")
_STROKE = finding("stroke", "previous stroke or TIA", "卒中或TIA病史", "既往卒中或TIA")
_VASCULAR = finding("vascular", "vascular disease", "血管疾病", "外周动脉疾病")
_PRESSURE = finding("pressure", "hypertension", "高血压")
_CHA2DS2 = (HEART_FAILURE, _PRESSURE, DIABETES, _STROKE, _VASCULAR)

_BLED = (
    finding("pressure", "uncontrolled hypertension", "未控制的高血压"),
    finding("kidney", "abnormal kidney function", "肾功能异常"),
    finding("liver", "abnormal liver function", "肝功能异常"),
    finding("stroke", "previous stroke", "卒中病史"),
    finding("bleeding", "previous major bleeding", "大出血病史"),
    finding("labile", "labile INR", "国际标准化比值不稳定"),
    finding("drugs", "antiplatelet or NSAID use", "抗血小板药或非甾体抗炎药使用", "抗血小板药使用"),
    finding("alcohol", "alcohol excess", "过量饮酒"),
)
_DVT = (
    finding("cancer", "active cancer", "活动性肿瘤", "活动性癌症"),
    finding("paralysis", "leg paralysis or plaster", "下肢瘫痪或石膏固定"),
    finding("bed", "recent bed rest or major surgery", "近期卧床或大手术"),
    finding("tender", "tenderness along the deep veins", "深静脉走行区压痛"),
    finding("swollen", "swelling of the whole leg", "全下肢肿胀"),
    finding("calf", "calf swelling of more than 3 cm", "小腿肿胀超过3 cm"),
    finding("pitting", "pitting oedema of the leg", "患肢凹陷性水肿"),
    finding("collateral", "collateral superficial veins", "浅静脉侧支循环"),
    finding("before", "previous DVT", "深静脉血栓病史"),
)
_OTHER = finding("other", "a more likely alternative diagnosis", "更可能的其他诊断")
_PE_SIGNS = finding("signs", "clinical signs of DVT", "深静脉血栓的临床体征")
_PE_LIKELY = finding("likely", "PE as the most likely diagnosis", "肺栓塞为最可能诊断")
_PE_STILL = finding("still", "recent immobilisation or surgery", "近期制动或手术")
_PE_BEFORE = finding("before", "previous PE or DVT", "肺栓塞或深静脉血栓病史")
_CANCER = finding("cancer", "active cancer", "活动性肿瘤", "活动性癌症")
_PERC = (
    finding("swelling", "unilateral leg swelling", "单侧下肢肿胀"),
    _HAEMOPTYSIS,
    finding("surgery", "recent surgery or trauma", "近期手术或外伤"),
    finding("before", "previous PE or DVT", "肺栓塞或深静脉血栓病史"),
    finding("hormones", "oestrogen use", "雌激素使用"),
)
_SATURATION = Input("spo2", ("oxygen saturation", "SpO2"), ("血氧饱和度",), "%", 89, 100)
_RISKS = (
    finding("surgery", "high-risk surgery", "高危手术"),
    finding("ischaemic", "ischaemic heart disease", "缺血性心脏病"),
    HEART_FAILURE,
    finding("stroke", "cerebrovascular disease", "脑血管疾病"),
    finding("insulin", "insulin treatment", "胰岛素治疗"),
    finding("creatinine", "creatinine above 2 mg/dL", "肌酐高于2 mg/dL"),
)
_GBS = (
    finding("melaena", "melaena", "黑便"),
    finding("syncope", "syncope", "晕厥"),
    finding("liver", "liver disease", "肝病"),
    HEART_FAILURE,
)
_HB = Input("hb", ("haemoglobin",), ("血红蛋白",), "g/dL", 6.4, 15.2, 1)

FORMULAS = (
    Formula(
        "cha2ds2-vasc",
        ("CHA2DS2-VASc score", "CHA2DS2-VASc"),
        ("CHA2DS2-VASc评分",),
        (SEX, _OLD, *_CHA2DS2),
        unit="points",
        places=0,
        terms=(
            item(HEART_FAILURE),
            item(_PRESSURE),
            ScoreTerm("(age >= 65) + (age >= 75)", "age", "年龄"),
            item(DIABETES),
            item(_STROKE, "2"),
            item(_VASCULAR),
            ScoreTerm("(sex == female)", "female sex", "女性"),
        ),
        source="Lip GY et al. Chest 2010;137:263-272",
    ),
    Formula(
        "has-bled",
        ("HAS-BLED score", "HAS-BLED"),
        ("HAS-BLED评分",),
        (replace(_OLD, low=44), *_BLED),
        unit="points",
        places=0,
        terms=(
            *(item(each) for each in _BLED),
            ScoreTerm("(age > 65)", "age above 65 years", "年龄大于65岁"),
        ),
        bands=(
            Band(3, "below 3, the cut-off of a high bleeding risk", "低于3分，未达高出血风险界值"),
            Band(None, "3 or more, which means a high bleeding risk",
                 "达到或超过3分，属高出血风险"),
        ),
        source="Pisters R et al. Chest 2010;138:1093-1100",
    ),
    Formula(
        "wells-dvt",
        ("Wells score for DVT", "Wells DVT score"),
        ("Wells深静脉血栓评分", "深静脉血栓Wells评分"),
        (*_DVT, _OTHER),
        unit="points",
        places=0,
        terms=(*(item(each) for each in _DVT), item(_OTHER, "-2")),
        bands=(
            Band(2, "below 2, where a DVT is unlikely", "低于2分，深静脉血栓可能性小"),
            Band(None, "2 or more, where a DVT is likely", "达到或超过2分，深静脉血栓可能性大"),
        ),
        source="Wells PS et al. N Engl J Med 2003;349:1227-1235",
    ),
    Formula(
        "wells-pe",
        ("Wells score for PE", "Wells PE score"),
        ("Wells肺栓塞评分", "肺栓塞Wells评分"),
        (_PE_SIGNS, _PE_LIKELY, HEART_RATE, _PE_STILL, _PE_BEFORE, _HAEMOPTYSIS, _CANCER),
        unit="points",
        places=1,
        terms=(
            item(_PE_SIGNS, "3"),
            item(_PE_LIKELY, "3"),
            ScoreTerm("1.5 * (heart_rate > 100)", "heart rate", "心率"),
            item(_PE_STILL, "1.5"),
            item(_PE_BEFORE, "1.5"),
            item(_HAEMOPTYSIS),
            item(_CANCER),
        ),
        bands=(
            Band(4, "4 or less, where a PE is unlikely", "不高于4分，肺栓塞可能性小", True),
            Band(None, "above 4, where a PE is likely", "高于4分，肺栓塞可能性大"),
        ),
        source="Wells PS et al. Thromb Haemost 2000;83:416-420",
    ),
    Formula(
        "perc",
        ("PERC count", "number of PERC criteria failed"),
        ("PERC不符合项数", "PERC排除标准不符合项数"),
        (replace(AGE, high=74), HEART_RATE, _SATURATION, *_PERC),
        places=0,
        terms=(
            ScoreTerm("(age >= 50)", "age", "年龄"),
            ScoreTerm("(heart_rate >= 100)", "heart rate", "心率"),
            ScoreTerm("(spo2 < 95)", "oxygen saturation", "血氧饱和度"),
            *(item(each) for each in _PERC),
        ),
        source="Kline JA et al. J Thromb Haemost 2004;2:1247-1255",
    ),
    Formula(
        "rcri",
        ("revised cardiac risk index", "RCRI"),
        ("修订版心脏风险指数", "RCRI指数"),
        _RISKS,
        unit="points",
        places=0,
        terms=tuple(item(each) for each in _RISKS),
        source="Lee TH et al. Circulation 1999;100:1043-1049",
    ),
    Formula(
        "glasgow-blatchford",
        ("Glasgow-Blatchford score",),
        ("Glasgow-Blatchford评分", "格拉斯哥-布拉奇福德出血评分"),
        (SEX, BUN, _HB, replace(SYSTOLIC, high=150), HEART_RATE, *_GBS),
        unit="points",
        places=0,
        terms=(
            ScoreTerm(
                "2 * (bun >= 18.2) + (bun >= 22.4) + (bun >= 28) + 2 * (bun >= 70)",
                "urea nitrogen",
                "尿素氮",
            ),
            ScoreTerm(
                "(hb < 13) + 2 * (hb < 12) + 3 * (hb < 10) if sex == male else "
                "(hb < 12) + 5 * (hb < 10)",
                "haemoglobin",
                "血红蛋白",
            ),
            ScoreTerm("(sbp < 110) + (sbp < 100) + (sbp < 90)", "systolic pressure", "收缩压"),
            ScoreTerm("(heart_rate >= 100)", "heart rate", "心率"),
            item(_GBS[0]),
            *(item(each, "2") for each in _GBS[1:]),
        ),
        bands=(
            Band(2, "0 or 1, a low risk, at which care outside hospital may do",
                 "0至1分，属低危，可考虑门诊处理"),
            Band(None, "2 or more, at which hospital and an endoscopy soon are needed",
                 "达到或超过2分，须住院并尽早内镜检查"),
        ),
        source="Blatchford O et al. Lancet 2000;356:1318-1321",
    ),
)  # fmt: skip
