"""Mapping: what the columns, relations and kinds of a table of triples mean in the vocabulary.

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

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from knowledge.errors import KnowledgeError
from knowledge.ingest.sources.streams import text_lines
from knowledge.ingest.sources.streams.plain_yaml import Node, Walk
from knowledge.text.names import normalise
from knowledge.vocabulary import KINDS, RELATIONS

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

_ENDINGS = (".gz", ".csv", ".tsv", ".txt", ".tab", ".jsonl", ".ndjson", ".json")
SIDE_CAR = ".mapping.yaml"


@dataclass(frozen=True, slots=True)
class Meaning:
    """A relation of the vocabulary, and whether the tail is its subject."""

    relation: str
    turned: bool = False


@dataclass(frozen=True, slots=True)
class Mapping:
    """What a file's own words mean; None marks what is left out on purpose."""

    columns: dict[str, str] = field(default_factory=dict)
    relations: dict[str, Meaning | None] = field(default_factory=dict)
    kinds: dict[str, str | None] = field(default_factory=dict)

    def relation(self, label: str) -> Meaning | None:
        """Return what a relation's label means, or None where nothing is known."""
        key = normalise(label)
        return self.relations[key] if key in self.relations else _LABELS.get(_plain(key))

    def kind(self, label: str) -> str | None:
        """Return the kind that a label means, or None where nothing is known."""
        key = normalise(label)
        return self.kinds[key] if key in self.kinds else _KIND_LABELS.get(key)

    def places(self, header: Sequence[str]) -> dict[str, str] | None:
        """Return the column of each part, or None where head, relation or tail has none."""
        found: dict[str, str] = {}
        for part, synonyms in _COLUMNS.items():
            # A space stands in some names, so only case and the kind of separator are folded.
            known = {self.columns[part]} if part in self.columns else set(synonyms.split())
            own = next((name for name in header if name in known or _folded(name) in known), None)
            if own is not None:
                found[part] = own
        return found if all(part in found for part in _NEEDED) else None


def beside(path: Path) -> Path:
    """Return where the side-car of a data file would lie.

    >>> beside(Path("a/graph.v2.csv.gz")).name
    'graph.v2.mapping.yaml'
    """
    name = path.name
    for ending in _ENDINGS:
        if name.lower().endswith(ending):
            name = name[: -len(ending)]
    return path.with_name(name + SIDE_CAR)


def load(path: Path) -> Mapping:
    """Return the mapping of a data file: its side-car's, or an empty one.

    Raises KnowledgeError where the side-car is broken or names what the vocabulary does not have.
    """
    car = beside(path)
    if not car.is_file():
        return Mapping()
    with text_lines.open_text(car) as stream:
        walk = Walk(car, stream)
        with walk.told():
            event = walk.begin()
            root = {} if isinstance(event, yaml.StreamEndEvent) else walk.node(event)
    parts: dict[str, dict[str, str]] = {"columns": {}, "relations": {}, "kinds": {}}
    if not isinstance(root, dict) or not set(root) <= set(parts):
        raise _wrong(car, "may only have the keys columns, relations and kinds")
    for key, node in root.items():
        parts[key] = _texts(car, key, node)
    unknown = sorted(set(parts["columns"]) - set(_COLUMNS))
    if unknown:
        raise _wrong(car, f"names the column {unknown[0]!r}, which is none of {_listed(_COLUMNS)}")
    relations = {normalise(key): _meaning(car, id) for key, id in parts["relations"].items()}
    kinds = {normalise(key): _kind(car, id) for key, id in parts["kinds"].items()}
    return Mapping(parts["columns"], relations, kinds)


def _texts(car: Path, key: str, node: Node) -> dict[str, str]:
    if node == "":
        return {}
    texts = node if isinstance(node, dict) else {"": ""}
    found = {name: value.strip() for name, value in texts.items() if isinstance(value, str)}
    if not isinstance(node, dict) or len(found) < len(texts):
        raise _wrong(car, f"has something other than `name: value` lines under {key!r}")
    return found


def _meaning(car: Path, id: str) -> Meaning | None:
    turned = id.startswith("~")
    if not id:
        return None
    if id.lstrip("~") not in RELATIONS:
        raise _wrong(car, f"names the relation {id!r}, which is none of {_listed(RELATIONS)}")
    return Meaning(id.lstrip("~"), turned)


def _kind(car: Path, id: str) -> str | None:
    if id and id not in KINDS:
        raise _wrong(car, f"names the kind {id!r}, which is none of {_listed(KINDS)}")
    return id or None


def _listed(known: Iterable[str]) -> str:
    return ", ".join(known)


def _wrong(car: Path, what: str) -> KnowledgeError:
    return KnowledgeError(
        f"The mapping {car.name} {what}.",
        where=str(car),
        remedy="See the README's section on formats for its form.",
    )


def _folded(name: str) -> str:
    return name.strip().lower().replace(" ", "_").replace("-", "_")


def _plain(key: str) -> str:
    """Return a normalised label without what says only that it is a relation."""
    for opening in ("has ", "is ", "have "):
        key = key.removeprefix(opening)
    return key


def _labels() -> dict[str, Meaning]:
    """Return ids and labels of the vocabulary; a label seen from the object is turned round."""
    found: dict[str, Meaning] = {}
    for id, relation in RELATIONS.items():
        for text in (id, relation.en, relation.zh):
            found.setdefault(normalise(text), Meaning(id))
    for id, relation in RELATIONS.items():
        turned = Meaning(id, turned=not relation.symmetric)
        for text in (relation.inverse_en, relation.inverse_zh):
            if text:
                found.setdefault(_plain(normalise(text)), turned)
    return found


def _kind_labels() -> dict[str, str]:
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


_LABELS = _labels()
_KIND_LABELS = _kind_labels()
