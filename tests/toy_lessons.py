"""A graph to make lessons from: a dozen entities in two languages, and some statistics."""

from pathlib import Path

from sqlalchemy import Engine

from knowledge.graph.catalog import CatalogBase, connect
from knowledge.ingest import updates

GRAPH = """\
format: medchat-records
title: Toy lessons
licence: CC0-1.0
source: Written for the tests.
records:
- kind: condition
  en: [Type 2 diabetes, T2DM]
  zh: [2型糖尿病]
  description: "A chronic disorder of raised blood glucose. = 一种以高血糖为特征的慢性疾病。"
  symptom: ["thirst = 口渴", "frequent urination = 尿频", "blurred vision = 视物模糊",
            "fatigue = 乏力"]
  risk_factor: ["obesity = 肥胖", "family history = 家族史", "older age = 高龄"]
  test: ["HbA1c = 糖化血红蛋白", "fasting plasma glucose = 空腹血糖"]
  first_line: ["metformin = 二甲双胍"]
  medicine: ["empagliflozin = 恩格列净", "semaglutide = 司美格鲁肽"]
  complication: ["Diabetic nephropathy = 糖尿病肾病", "Diabetic retinopathy = 糖尿病视网膜病变"]
  department: ["endocrinology = 内分泌科"]
  red_flag: ["Vomiting with drowsiness needs emergency care. = 呕吐伴嗜睡须急诊处理。"]
- kind: condition
  en: [Asthma]
  zh: [哮喘]
  symptom: ["wheeze = 喘息", "cough = 咳嗽", "chest tightness = 胸闷",
            "shortness of breath = 呼吸困难"]
  test: ["spirometry = 肺功能检查", "peak expiratory flow = 呼气峰流速"]
  treatment: ["inhaler training = 吸入器使用训练"]
  medicine: ["salbutamol = 沙丁胺醇", "budesonide = 布地奈德"]
  department: ["respiratory medicine = 呼吸内科"]
- kind: condition
  en: [Gout]
  zh: [痛风]
  symptom: ["joint pain = 关节痛", "joint swelling = 关节肿胀"]
  cause: ["urate crystals = 尿酸盐结晶"]
  test: ["serum urate = 血尿酸"]
  medicine: ["colchicine = 秋水仙碱", "naproxen = 萘普生"]
  prevention: ["Drink plenty of water. = 多喝水。"]
- kind: condition
  en: [Influenza, Flu]
  zh: [流行性感冒, 流感]
  symptom: ["fever = 发热", "chills = 寒战", "cough = 咳嗽"]
  transmission: ["It spreads through droplets. = 通过飞沫传播。"]
  medicine: ["oseltamivir = 奥司他韦"]
- kind: medicine
  en: [metformin]
  zh: [二甲双胍]
  drug_class: ["biguanide = 双胍类"]
  side_effect: ["nausea = 恶心", "diarrhoea = 腹泻"]
  contraindication: ["severe renal impairment = 严重肾功能不全", "acidosis = 酸中毒"]
  interaction: ["iodinated contrast = 碘造影剂", "alcohol = 酒精"]
  dose_limit: ["The maximum for adults is 2550 mg a day. = 成人每日最大剂量为2550 mg。"]
  monitoring: ["renal function = 肾功能"]
- kind: medicine
  en: [warfarin]
  zh: [华法林]
  interaction: ["aspirin = 阿司匹林", "naproxen = 萘普生"]
  contraindication: ["active bleeding = 活动性出血"]
  side_effect: ["bleeding = 出血"]
"""

STATISTICS = """\
idx,disease,Symptom,reason,TestsAndProcedures,commonMedications
0,Panic disorder,"['Anxiety and nervousness', 'Depression', 'Dizziness']",,\
"['Electrocardiogram']","['Lorazepam', 'Sertraline (Zoloft)']"
1,Cryptorchidism,"['Swelling of scrotum', 'Groin pain']",,"['Pelvis exam']","['Menotropins']"
"""


def fill(engine: Engine, home: Path, folder: Path, statistics: bool = True) -> int:
    """Add the graph, and the statistics if asked for; return the generation."""
    folder.mkdir(parents=True, exist_ok=True)
    graph = folder / "graph.yaml"
    graph.write_text(GRAPH, encoding="utf-8")
    paths = [graph]
    if statistics:
        table = folder / "format_dataset.csv"
        table.write_text(STATISTICS, encoding="utf-8")
        paths.append(table)
    return updates.add(engine, home, paths).generation


def opened(folder: Path) -> tuple[Engine, int]:
    """Make a catalogue of its own in a folder and fill it; return it with its generation."""
    engine = catalogue(folder)
    return engine, fill(engine, folder, folder / "source")


def opened_with(folder: Path, *paths: Path) -> tuple[Engine, int]:
    """Make a catalogue of its own in a folder and add files; return it with its generation."""
    engine = catalogue(folder)
    return engine, updates.add(engine, folder, paths).generation


def catalogue(folder: Path) -> Engine:
    """Make an empty catalogue in a folder."""
    engine = connect(f"sqlite:///{folder / 'medchat.db'}")
    CatalogBase.metadata.create_all(engine)
    return engine
