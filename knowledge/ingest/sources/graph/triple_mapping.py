"""Map the columns, relations and kinds of a table of triples to the vocabulary.

    header + labels -> guesses <- `<name>.mapping.yaml` beside the data, which overrides them

For `graph.csv` (or `graph.csv.gz`) the side-car is `graph.mapping.yaml`. All three parts may be
left out; what a part does not name is guessed as if there were no side-car:

    columns:              # head, relation, tail, head_kind, tail_kind -> the file's own name
      head: 疾病
      relation: 关系
      tail: 对象
    relations:            # the file's relation -> an id of the vocabulary
      临床表现: symptom
      treats: ~medicine   # `~` turns it round: the tail is the subject
      belongs_to:         # nothing: counted and left out
    kinds:                # the file's kind -> an id of the vocabulary
      Drug: medicine
      Gene:               # nothing: triples of it are counted and left out
"""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from knowledge.errors import KnowledgeError
from knowledge.ingest.sources.streams import text_lines
from knowledge.ingest.sources.streams.plain_yaml import YamlNode, YamlReader
from knowledge.text.names import normalise
from knowledge.vocabulary import INVERSE, KINDS, RELATIONS

_COLUMNS = {
    "head": "head subject h s source start head_entity entity1 head_name subject_name x_name "
    "主体 头实体 头节点 主语 实体1",
    "relation": "relation predicate r p rel relationship relation_type edge display_relation "
    "关系 谓词 谓语 关系类型",
    "tail": "tail object t o target end tail_entity entity2 tail_name object_name y_name "
    "客体 尾实体 尾节点 宾语 实体2",
    "head_kind": "head_type head_kind subject_type subject_kind source_type h_type x_type "
    "主体类型 头实体类型",
    "tail_kind": "tail_type tail_kind object_type object_kind target_type t_type y_type "
    "客体类型 尾实体类型",
}
_NEEDED = ("head", "relation", "tail")
_KIND_WORDS = {
    "condition": "disease disorder illness diagnosis 疾病 病症",
    "symptom": "sign phenotype finding 症状 体征 临床表现",
    "medicine": "drug medication compound 药品 西药 中成药",
    "treatment": "therapy procedure 治疗 手术",
    "test": "check examination 检查 检验",
    "department": "科室",
    "body_part": "anatomy body site organ 身体部位 部位 解剖",
    "factor": "cause risk factor 病因",
    "food": "食物 食品",
}
_WHOLE = ("body site", "risk factor")
"""Words of the table above that belong together."""

_ENDINGS = (
    *(".gz", ".csv", ".tsv", ".txt", ".tab", ".jsonl", ".ndjson", ".json"),
    *(".ttl", ".nt", ".nq", ".trig", ".rdf", ".owl", ".parquet", ".arrow"),
)
SIDE_CAR = ".mapping.yaml"


@dataclass(frozen=True, slots=True)
class MappedRelation:
    """A relation of the vocabulary, and whether the tail is its subject."""

    relation: str
    inverted: bool = False


@dataclass(frozen=True, slots=True)
class TripleMapping:
    """What a file's own words mean; None marks what is left out on purpose."""

    columns: dict[str, str] = field(default_factory=dict)
    relations: dict[str, MappedRelation | None] = field(default_factory=dict)
    kinds: dict[str, str | None] = field(default_factory=dict)

    def relation(self, label: str) -> MappedRelation | None:
        """Return what a relation's label means, or None where nothing is known."""
        key = normalise(label)
        return (
            self.relations[key]
            if key in self.relations
            else _RELATION_LABELS.get(_strip_auxiliary(key))
        )

    def kind(self, label: str) -> str | None:
        """Return the kind that a label means, or None where nothing is known."""
        key = normalise(label)
        return self.kinds[key] if key in self.kinds else _KIND_LABELS.get(key)

    def find_columns(self, header: Sequence[str]) -> dict[str, str] | None:
        """Return the column of each part, or None where head, relation or tail has none."""
        found = self.find_parts(header)
        return found if all(part in found for part in _NEEDED) else None

    def find_parts(self, header: Sequence[str]) -> dict[str, str]:
        """Return the column of each part that has one."""
        found: dict[str, str] = {}
        for part, synonyms in _COLUMNS.items():
            # A space stands in some names, so only case and the kind of separator are folded.
            known = {self.columns[part]} if part in self.columns else set(synonyms.split())
            own = next(
                (name for name in header if name in known or _fold_name(name) in known), None
            )
            if own is not None:
                found[part] = own
        return found


def side_car_path(path: Path) -> Path:
    """Return the path that the side-car of a data file has.

    >>> side_car_path(Path("a/graph.v2.csv.gz")).name
    'graph.v2.mapping.yaml'
    """
    name = path.name
    for ending in _ENDINGS:
        if name.lower().endswith(ending):
            name = name[: -len(ending)]
    return path.with_name(name + SIDE_CAR)


def load(path: Path) -> TripleMapping:
    """Return the mapping of a data file: its side-car's, or an empty one.

    Raises KnowledgeError where the side-car is broken or names what the vocabulary does not have.
    """
    car = side_car_path(path)
    if not os.path.isfile(car):  # which says no where its name is too long for the system
        return TripleMapping()
    with text_lines.open_text(car) as stream:
        walk = YamlReader(car, stream)
        with walk.one_sentence_errors():
            event = walk.begin()
            root = {} if isinstance(event, yaml.StreamEndEvent) else walk.node(event)
    parts: dict[str, dict[str, str]] = {"columns": {}, "relations": {}, "kinds": {}}
    if not isinstance(root, dict) or not set(root) <= set(parts):
        raise _mapping_error(car, "may only have the keys columns, relations and kinds")
    for key, node in root.items():
        parts[key] = _check_texts(car, key, node)
    unknown = sorted(set(parts["columns"]) - set(_COLUMNS))
    if unknown:
        raise _mapping_error(
            car, f"names the column {unknown[0]!r}, which is none of {_join_names(_COLUMNS)}"
        )
    relations = {normalise(key): _check_relation(car, id) for key, id in parts["relations"].items()}
    kinds = {normalise(key): _check_kind(car, id) for key, id in parts["kinds"].items()}
    return TripleMapping(parts["columns"], relations, kinds)


def _check_texts(car: Path, key: str, node: YamlNode) -> dict[str, str]:
    if node == "":
        return {}
    texts = node if isinstance(node, dict) else {"": ""}
    found = {name: value.strip() for name, value in texts.items() if isinstance(value, str)}
    if not isinstance(node, dict) or len(found) < len(texts):
        raise _mapping_error(car, f"has something other than `name: value` lines under {key!r}")
    return found


def _check_relation(car: Path, id: str) -> MappedRelation | None:
    inverted = id.startswith(INVERSE)
    if not id:
        return None
    if id.lstrip(INVERSE) not in RELATIONS:
        raise _mapping_error(
            car, f"names the relation {id!r}, which is none of {_join_names(RELATIONS)}"
        )
    return MappedRelation(id.lstrip(INVERSE), inverted)


def _check_kind(car: Path, id: str) -> str | None:
    if id and id not in KINDS:
        raise _mapping_error(car, f"names the kind {id!r}, which is none of {_join_names(KINDS)}")
    return id or None


def _join_names(known: Iterable[str]) -> str:
    return ", ".join(known)


def _mapping_error(car: Path, what: str) -> KnowledgeError:
    return KnowledgeError(
        f"The mapping {car.name} {what}.",
        where=str(car),
        remedy="See docs/formats-graphs.md for its form.",
    )


def _fold_name(name: str) -> str:
    return name.strip().lower().replace(" ", "_").replace("-", "_")


def _strip_auxiliary(key: str) -> str:
    """Return a normalised label without what says only that it is a relation."""
    for opening in ("has ", "is ", "have "):
        key = key.removeprefix(opening)
    return key


def _build_relation_labels() -> dict[str, MappedRelation]:
    """Return ids and labels of the vocabulary; a label seen from the object is inverted."""
    found: dict[str, MappedRelation] = {}
    for id, relation in RELATIONS.items():
        for text in (id, relation.en, relation.zh):
            found.setdefault(normalise(text), MappedRelation(id))
    for id, relation in RELATIONS.items():
        inverted = MappedRelation(id, inverted=not relation.symmetric)
        for text in (relation.inverse_en, relation.inverse_zh):
            if text:
                found.setdefault(_strip_auxiliary(normalise(text)), inverted)
    return found


def _build_kind_labels() -> dict[str, str]:
    found: dict[str, str] = {}
    for id, kind in KINDS.items():
        for text in (id, kind.en, kind.zh):
            found.setdefault(normalise(text), id)
    for id, words in _KIND_WORDS.items():
        rest = words
        for whole in _WHOLE:
            if whole in rest:
                rest = rest.replace(whole, whole.replace(" ", "_"))
        for word in rest.split():
            found.setdefault(normalise(word), id)
    return found


_RELATION_LABELS = _build_relation_labels()
_KIND_LABELS = _build_kind_labels()
