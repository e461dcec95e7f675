"""A toy knowledge base: one graph file, a few notes, and an embedder of ten lines."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine

from knowledge.index.lexical import terms
from knowledge.ingest import updates
from knowledge.ingest.updates import Update
from knowledge.records import Language, Progress, silent

GRAPH = """\
format: medchat-records
title: Toy conditions
licence: CC0-1.0
source: Written for the tests.
records:
- kind: condition
  en: [Type 2 diabetes, T2DM]
  zh: [2型糖尿病, Ⅱ型糖尿病]
  description: "Raised blood glucose from insulin resistance. = 胰岛素抵抗引起的高血糖。"
  symptom: ["polyuria = 多尿", "fatigue = 乏力"]
  first_line: ["metformin = 二甲双胍"]
- kind: condition
  en: [Asthma]
  zh: [哮喘]
  symptom: ["wheeze = 喘息", "fatigue = 乏力"]
- kind: medicine
  en: [warfarin]
  zh: [华法林]
  interaction: ["ibuprofen = 布洛芬", "aspirin = 阿司匹林"]
- kind: medicine
  en: [metformin]
  zh: [二甲双胍]
  used_for: ["T2DM = Ⅱ型糖尿病"]
"""

NOTES = {
    "asthma": """\
---
key: note:asthma
title: Asthma in adults
language: en
year: 2020
type: note
---
Inhaled budesonide controls asthma. Wheeze comes and goes.
""",
    "gout": """\
---
key: note:gout
title: Gout
language: en
year: 2024
type: guideline
---
Gout is treated with colchicine. Allopurinol lowers urate.
""",
    "zh": """\
---
key: note:gout-zh
title: 痛风的治疗
language: zh
year: 2024
type: note
---
痛风急性发作可用秋水仙碱治疗，别嘌醇可降低尿酸。
""",
}


class ToyEmbedding:
    """Puts each English term into one of 64 places; reads no Chinese, like the default model."""

    def __init__(self, model: str = "toy 1") -> None:
        self.model = model
        self.dimension = 64
        self.encoded: list[str] = []

    def reads(self, language: Language) -> bool:
        return language == "en"

    def encode(self, texts: Sequence[str], progress: Progress = silent) -> NDArray[np.float32]:
        self.encoded += texts
        vectors = np.full((len(texts), self.dimension), 1e-3, dtype=np.float32)
        for row, text in enumerate(texts):
            for term in terms(text):
                vectors[row, hashlib.sha256(term.encode()).digest()[0] % 64] += 1
        unit: NDArray[np.float32] = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return unit


def write_graph(folder: Path, text: str = GRAPH, name: str = "graph.yaml") -> Path:
    """Write a graph file and return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def write_notes(folder: Path, names: Sequence[str] = tuple(NOTES)) -> Path:
    """Write notes into a folder and return it."""
    notes = folder / "notes"
    notes.mkdir(parents=True, exist_ok=True)
    for name in names:
        (notes / f"{name}.md").write_text(NOTES[name], encoding="utf-8")
    return notes


def fill(engine: Engine, home: Path, folder: Path) -> Update:
    """Add the toy graph and notes."""
    paths = [write_graph(folder), write_notes(folder)]
    return updates.add(engine, home, paths, embedding=ToyEmbedding())
