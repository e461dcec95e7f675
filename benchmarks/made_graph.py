"""A graph of any size that nobody wrote: made-up conditions with the facts that real ones have.

    seed -> names of syllables in English and Chinese -> facts of eleven relations -> a home

As many facts a condition as Chinese diseases have; each name and fact is in both languages. The
rows are written as an import writes them, without an index: for building lessons, nothing else.
"""

import random
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Connection, Engine, insert
from synthetic import Synthetic, fill

from knowledge.graph.catalog import EntityRow, FactRow, FactSourceRow, NameRow, SourceRow
from knowledge.graph.rows import entity_id, fact_id
from knowledge.text.names import normalise

_SYLLABLES = [first + vowel for first in "bdfgklmnprstvz" for vowel in "aeiou"]
_SIGNS = "阿贝卡达埃菲戈海伊杰科拉马诺奥佩奇鲁萨塔乌维希亚泽布德法格胡基利莫纳帕罗斯特沃"
_ENDS: dict[str, list[tuple[str, str]]] = {
    "condition": [("osis", "病"), ("itis", "炎"), ("opathy", "症"), ("oma", "瘤")],
    "symptom": [(" pain", "痛"), (" itching", "痒"), (" swelling", "肿"), (" weakness", "乏力")],
    "test": [(" test", "检查"), (" scan", "扫描"), (" assay", "测定")],
    "treatment": [(" therapy", "疗法"), (" surgery", "手术")],
    "medicine": [("in", "片"), ("ol", "胶囊"), ("ide", "注射液")],
    "factor": [(" exposure", "接触"), (" habit", "习惯")],
    "department": [(" clinic", "科")],
    "body_part": [(" region", "区")],
}
_SHARE = {
    "symptom": 0.2, "test": 0.05, "treatment": 0.04, "medicine": 0.15, "factor": 0.03,
    "department": 0.002, "body_part": 0.005,
}  # fmt: skip
"""How many entities of a kind there are for each condition."""

_HELD = (
    ("symptom", "symptom", 6), ("test", "test", 4), ("medicine", "medicine", 3),
    ("complication", "condition", 3), ("treatment", "treatment", 2), ("cause", "factor", 1),
    ("risk_factor", "factor", 2), ("department", "department", 1), ("body_part", "body_part", 1),
)  # fmt: skip
"""Relations, the kind of their objects, and how many of them a condition has."""

_BATCH = 5000


def fill_graph(home: Path, conditions: int, seed: int = 1) -> Engine:
    """Write generation 1 of a home with so many conditions and what goes with them."""
    engine, _ = fill(home, Synthetic(50, seed))
    draw = random.Random(seed)
    known = {"condition": _entities("condition", conditions, draw)}
    known |= {
        kind: _entities(kind, max(12, round(share * conditions)), draw)
        for kind, share in _SHARE.items()
    }
    with engine.begin() as connection:
        connection.execute(
            insert(SourceRow),
            [{"id": "graph", "title": "Made-up graph", "format": "triples", "licence": "CC0-1.0",
              "note": "", "sha256": "graph", "left_out": {}, "created": 0.0, "since": 1}],
        )  # fmt: skip
        entities = [
            {"id": id, "kind": kind, "since": 1}
            for kind, each in known.items()
            for id, _, _ in each
        ]
        connection.execute(insert(EntityRow), entities)
        names = [
            {"entity_id": id, "text": text, "normalised": normalise(text), "language": language,
             "rank": 0, "source_id": "graph", "since": 1}
            for each in known.values() for id, en, zh in each
            for language, text in (("en", en), ("zh", zh))
        ]  # fmt: skip
        connection.execute(insert(NameRow), names)
        facts: list[dict[str, object]] = []
        for fact in _facts(known, draw):
            facts.append(fact)
            if len(facts) == _BATCH:
                _write(connection, facts)
                facts = []
        if facts:
            _write(connection, facts)
    return engine


def _write(connection: Connection, facts: list[dict[str, object]]) -> None:
    connection.execute(insert(FactRow), facts)
    stated = [
        {"fact_id": fact["id"], "source_id": "graph", "line": 0, "note": ""} for fact in facts
    ]
    connection.execute(insert(FactSourceRow), stated)


def _entities(kind: str, count: int, draw: random.Random) -> list[tuple[str, str, str]]:
    """Return ids with names in both languages, none of them twice."""
    found: dict[str, tuple[str, str, str]] = {}
    seen: set[str] = set()
    while len(found) < count:
        end, sign = draw.choice(_ENDS[kind])
        word = "".join(draw.choices(_SYLLABLES, k=draw.choice((3, 4)))) + end
        en = word.capitalize() if kind in ("condition", "medicine") else word
        zh = "".join(draw.choices(_SIGNS, k=draw.choice((3, 4)))) + sign
        if zh not in seen:
            seen.add(zh)
            id = entity_id(kind, en)
            found.setdefault(id, (id, en, zh))
    return list(found.values())


def _facts(
    known: dict[str, list[tuple[str, str, str]]], draw: random.Random
) -> Iterator[dict[str, object]]:
    for id, en, _ in known["condition"]:
        for relation, kind, most in _HELD:
            for place, (other, *_) in enumerate(draw.sample(known[kind], draw.randint(1, most))):
                if other != id:
                    row = {"object_id": other, "value_en": "", "value_zh": "", "position": place}
                    yield {"id": fact_id(id, relation, other), "subject_id": id,
                           "relation": relation, "since": 1, **row}  # fmt: skip
        area, region = draw.choice(known["body_part"])[1:]
        months = draw.randint(2, 90)
        for relation, told, said in (
            ("description", f"{en} is a condition of the {area} that lasts {months} months.",
             f"一种累及{region}的疾病，约持续{months}个月。"),
            ("course", f"about {months} months", f"约{months}个月"),
        ):  # fmt: skip
            row = {"object_id": None, "value_en": told, "value_zh": said, "position": 0}
            yield {"id": fact_id(id, relation, told), "subject_id": id, "relation": relation,
                   "since": 1, **row}  # fmt: skip
