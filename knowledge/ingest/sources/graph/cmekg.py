"""Read cMeKG entity records and texts with triples (JSON).

    中心词 + attributes -> what kind of thing it is -> statements, inverted where needed

An attribute without a relation in the vocabulary is counted, not forced into another.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from knowledge.errors import KnowledgeError
from knowledge.ingest.sources.graph.medicalgraph import split_names
from knowledge.ingest.sources.streams import encodings, json_records
from knowledge.records import EntityRecord, EntityReference, Name, ReadReport, Record, Statement
from knowledge.text import names
from knowledge.vocabulary import RELATIONS

_CENTRE = "中心词"
_ESCAPED_CENTRE = r"\u4e2d\u5fc3\u8bcd"

_RELATIONS: dict[str, str] = {
    "description": "简介 概述 定义 描述",
    "symptom": "临床症状 临床表现 临床症状及体征 症状 典型症状 常见症状 早期症状 晚期症状",
    "sign": "体征 临床体征",
    "cause": "病因 发病原因 致病因素",
    "risk_factor": "高危因素 危险因素 风险评估因素 诱因 遗传因素",
    "test": "检查 影像学检查 实验室检查 组织学检查 辅助检查 内窥镜检查 检查方法 筛查 病理检查",
    "treatment": "治疗 辅助治疗 手术治疗 化疗 放射治疗 治疗方法 治疗方案 免疫治疗 心理治疗",
    "medicine": "药物治疗 常用药物 用药",
    "complication": "并发症 并发疾病",
    "prevention": "预防 预防措施",
    "department": "所属科室 就诊科室 科室",
    "body_part": "发病部位 部位 发生部位",
    "population": "多发群体 发病年龄 易感人群 发病性别倾向 好发人群",
    "transmission": "传播途径 传染性",
    "course": "病程 治疗周期",
    "prognosis": "预后状况 预后 治愈率 预后生存率 生存率",
    "drug_class": "分类 药理类别 药物类别 药品类别",
    "side_effect": "不良反应 副作用",
    "contraindication": "禁忌 禁忌证 禁忌症 用药禁忌",
    "interaction": "药物相互作用 相互作用",
    "pregnancy": "孕妇及哺乳期妇女用药 孕妇用药",
    "monitoring": "监测",
}
_RELATION_OF = {key: relation for relation, keys in _RELATIONS.items() for key in keys.split()}
_NAMES = ("同义词", "别名", "别称", "又名", "英文名", "英文名称", "通用名", "商品名")
_RELATED = {"相关疾病": "condition", "相关症状": "symptom"}
_INDICATIONS = ("适应症", "适应证", "主治疾病")

_KINDS_BY_CLASS = {"药": "medicine", "检查": "test", "症状": "symptom", "病": "condition"}
_MEDICINE_KEYS = {
    *("成份", "适应症", "适应证", "用法用量", "规格", "性状", "贮藏", "不良反应", "禁忌"),
    *("药理作用", "药物相互作用", "批准文号", "OTC类型", "有效期", "注意事项"),
}
_CONDITION_KEYS = {
    key
    for relation in ("symptom", "cause", "treatment", "medicine", "complication", "prognosis")
    for key in _RELATIONS[relation].split()
}
_TEST_NAME = re.compile(
    "(?:试验|检查|测定|检测|检验|计数|显像|造影|成像|培养|染色|分析|测量|超声|电图|平片|镜检|CT|MRI)$"
)
_MEDICINE_NAME = re.compile("(?:注射液|胶囊|颗粒|片|丸|口服液|软膏|乳膏|滴眼液|糖浆|喷雾剂|栓)$")
_PROSE = re.compile("[。；，：?？!]|患者|病人|禁用|慎用|禁忌|过敏者|如发现|应")
_LONGEST_NAME = 24
_NUMBERING = re.compile(r"^\s*[(（]?\d{1,2}[)）.．、]\s*")


def recognise(path: Path, start: bytes) -> bool:
    """Say whether a file holds objects with 中心词."""
    text = encodings.decode_head(path, start)
    return _is_json(text) and (f'"{_CENTRE}"' in text or f'"{_ESCAPED_CENTRE}"' in text)


def recognise_triples(path: Path, start: bytes) -> bool:
    """Say whether a file holds texts with spo_list."""
    text = encodings.decode_head(path, start)
    return _is_json(text) and '"spo_list"' in text


def _is_json(text: str) -> bool:
    return text.lstrip("\ufeff \r\n\t")[:1] in ("{", "[")


def read(path: Path, report: ReadReport) -> Iterator[Record]:
    """Yield what each object with 中心词 states."""
    for line, record in json_records.read_objects(path):
        centre = record.get(_CENTRE)
        if not isinstance(centre, str) or not centre.strip():
            raise KnowledgeError(
                f"The record at line {line} of {path.name} has no {_CENTRE}.",
                where=f"{path}, line {line}",
                remedy=f"Each record needs a {_CENTRE} that names its entity.",
            )
        attributes = {
            key: _strings(value) for key, value in record.items() if key not in (_CENTRE, "class")
        }
        group = record.get("class")
        subject = _find_subject(centre, attributes, group if isinstance(group, str) else "")
        yield from _build_entities(subject, attributes, line, report)


def read_triples(path: Path, report: ReadReport) -> Iterator[Record]:
    """Yield what the triples of each text state, one entity for each subject."""
    for line, record in json_records.read_objects(path):
        triples = record.get("spo_list")
        if not isinstance(triples, list):
            raise KnowledgeError(
                f"The record at line {line} of {path.name} has no spo_list.",
                where=f"{path}, line {line}",
                remedy="Each record needs a text and a spo_list of triples.",
            )
        text = record.get("text")
        if isinstance(text, str) and text.strip():
            report.skip("text beside its triples (these alone are kept)", text)
        grouped: dict[str, dict[str, list[str]]] = {}
        for triple in triples:
            parts = _parse_triple(triple)
            if parts is None:
                report.skip("triple of another form", str(triple))
                continue
            subject, predicate, value = parts
            grouped.setdefault(subject, {}).setdefault(predicate, []).append(value)
        for centre, attributes in grouped.items():
            yield from _build_entities(
                _find_subject(centre, attributes, ""), attributes, line, report
            )


def _parse_triple(triple: object) -> tuple[str, str, str] | None:
    if isinstance(triple, dict):
        value = triple.get("object")
        if isinstance(value, dict):
            value = value.get("@value")
        triple = [triple.get("subject"), triple.get("predicate"), value]
    if isinstance(triple, list) and len(triple) == 3:
        subject, predicate, value = triple
        if isinstance(subject, str) and isinstance(predicate, str) and isinstance(value, str):
            return subject, predicate, value
    return None


@dataclass(frozen=True, slots=True)
class _Subject:
    kind: str
    names: tuple[Name, ...]


def _find_subject(centre: str, attributes: dict[str, list[str]], group: str) -> _Subject:
    """Return the entity of a record: its kind by class, else by its attributes, else by name."""
    texts = [centre, *(text for key in _NAMES for text in attributes.get(key, ()))]
    own = dict.fromkeys(names.clean(text) for text in texts)
    kept = [name for name in own if name and not names.is_debris(name)]
    found = tuple(Name(name, names.language_of(name)) for name in kept)
    named = found if kept and kept[0] == names.clean(centre) else ()
    return _Subject(_guess_kind(centre, set(attributes), group), named)


def _guess_kind(centre: str, keys: set[str], group: str) -> str:
    for word, kind in _KINDS_BY_CLASS.items():
        if word in group:
            return kind
    if keys & _CONDITION_KEYS:
        return "condition"
    if keys & _MEDICINE_KEYS or _MEDICINE_NAME.search(centre):
        return "medicine"
    if _TEST_NAME.search(centre):
        return "test"
    return "symptom" if set(_RELATED) <= keys else "condition"


def _build_entities(
    subject: _Subject, attributes: dict[str, list[str]], line: int, report: ReadReport
) -> Iterator[EntityRecord]:
    if not subject.names:
        report.skip("record whose name is no name", str(next(iter(attributes), "")))
        return
    statements: list[Statement] = []
    inverted: list[EntityRecord] = []
    for key, texts in attributes.items():
        if key in _NAMES:
            continue
        if key in _INDICATIONS and subject.kind == "medicine":
            inverted += _inverse_entities(texts, "condition", "medicine", subject, line, report)
        elif key in _RELATED and subject.kind == "test":
            inverted += _inverse_entities(texts, _RELATED[key], "test", subject, line, report)
        elif key in _RELATED and subject.kind in RELATIONS["associated_with"].subjects:
            statements += _term_statements(texts, "associated_with", _RELATED[key], report)
        elif key in _RELATION_OF and subject.kind in RELATIONS[_RELATION_OF[key]].subjects:
            statements += _build_statements(texts, _RELATION_OF[key], report)
        else:
            report.skip(f"attribute {key}: no relation of the vocabulary", count=len(texts))
    unique = tuple(dict.fromkeys(statements))
    if len(unique) < len(statements):
        repeated = len(statements) - len(unique)
        report.skip("repeated within a record", subject.names[0].text, repeated)
    yield EntityRecord(subject.kind, subject.names, unique, line)
    yield from dict.fromkeys(inverted)


def _build_statements(texts: list[str], relation: str, report: ReadReport) -> list[Statement]:
    """Return statements with terms for names, and with texts for sentences."""
    slot = RELATIONS[relation].object
    found: list[Statement] = []
    for text in texts:
        tidy = _NUMBERING.sub("", names.tidy(text))
        if slot is None or (_is_prose(tidy) and relation in ("contraindication", "interaction")):
            if tidy and not any(mark in tidy for mark in ("...", "…", "[", "\\x")):
                found.append(Statement(relation, text=(Name(tidy, names.language_of(tidy)),)))
            else:
                report.skip("no information", text)
        else:
            found += _term_statements([tidy], relation, slot, report)
    return found


def _term_statements(
    texts: list[str], relation: str, kind: str, report: ReadReport
) -> list[Statement]:
    return [
        Statement(relation, EntityReference((name,)), kind=kind)
        for text in texts
        for name in _split_names_of(text, report)
    ]


def _inverse_entities(
    texts: list[str], kind: str, relation: str, subject: _Subject, line: int, report: ReadReport
) -> list[EntityRecord]:
    """Return the other side as the subject: the condition that a test or medicine is for."""
    statement = Statement(relation, EntityReference(subject.names), kind=subject.kind)
    return [
        EntityRecord(kind, (name,), (statement,), line)
        for text in texts
        for name in _split_names_of(text, report)
    ]


def _split_names_of(text: str, report: ReadReport) -> list[Name]:
    if _is_prose(text):
        report.skip("sentence in place of a name", text)
        return []
    found = []
    for part in split_names(_NUMBERING.sub("", text), by_space=False):
        name = names.clean(part)
        if (
            not name
            or names.is_debris(name)
            or not names.has_balanced_brackets(name)
            or len(name) < 2
        ):
            report.skip("damaged name", part)
        else:
            found.append(Name(name, names.language_of(name)))
    return found


def _is_prose(text: str) -> bool:
    return _PROSE.search(text) is not None or any(
        len(part) > _LONGEST_NAME for part in split_names(text, by_space=False)
    )


def _strings(value: object) -> list[str]:
    items = value if isinstance(value, list) else [value]
    return [item for item in items if isinstance(item, str) and item.strip()]
