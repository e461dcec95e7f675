"""Read Hetionet's medicines, diseases, symptoms and sites, from JSON or two tables.

    nodes + edges -> edges with a relation of the vocabulary -> facts in the vocabulary's direction

`Compound treats Disease` becomes the disease's `medicine`; `palliates` does too, since the
vocabulary has one relation for what is given in a disease (that it only relieves is lost).
`presents` and `localizes` were found by words that stand together in MEDLINE more often than by
chance, so both become `associated_with`: that a symptom or a site belongs to the disease is more
than they say. Edges of genes, classes and likenesses are counted and left out. Edge tables name
nodes by id alone; the table of nodes is looked for in the same folder.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from knowledge.errors import KnowledgeError
from knowledge.ingest.sources.graph import table_rows
from knowledge.ingest.sources.graph.terminologies import uninvert_heading
from knowledge.ingest.sources.streams import archives, csv_rows, encodings, json_lists
from knowledge.records import EntityRecord, Name, ReadReport, Record, Statement

_KINDS = {
    "Compound": ("medicine", "DRUGBANK"),
    "Disease": ("condition", ""),
    "Symptom": ("symptom", "MESH"),
    "Anatomy": ("body_part", ""),
    "Side Effect": ("symptom", "UMLS"),
}
"""Kind of the vocabulary, and the register of bare ids; the others carry their register."""

_BEGINNINGS = tuple(f"{kind}::" for kind in _KINDS)

_NAMELESS = "Side Effect"
"""Its nodes are read where an edge states them: by themselves they list words such as diseases
as if they were symptoms."""


@dataclass(frozen=True, slots=True)
class _Edge:
    """What an edge becomes: a relation, and whether its target is the subject."""

    relation: str
    inverted: bool = False


_EDGES = {
    "treats": _Edge("medicine", inverted=True),
    "palliates": _Edge("medicine", inverted=True),
    "presents": _Edge("associated_with"),
    "localizes": _Edge("associated_with"),
    "localises": _Edge("associated_with"),
    "causes": _Edge("side_effect"),
}
_SHORT = {"CtD": "treats", "CpD": "palliates", "DpS": "presents", "DlA": "localizes"} | {
    "CcSE": "causes"
}
_COLUMNS = ("source", "metaedge", "target")
_NODE_COLUMNS = ("id", "name", "kind")
_TITLE = "Hetionet's table of edges"
_NODES_TITLE = "Hetionet's table of nodes"

_Node = tuple[str, str]
"""The kind of a node and its id within that kind."""


_Nodes = Callable[[_Node], "_NodeEntity | None"]
"""Gives the entity of a node, or nothing where it is not known."""


@dataclass(frozen=True, slots=True)
class _NodeEntity:
    """A node as an entity: kind, name and the identifier under which it is a node."""

    kind: str
    names: tuple[Name, ...]
    own: tuple[str, ...]

    def record(self, line: int, *statements: Statement) -> EntityRecord:
        return EntityRecord(self.kind, self.names, statements, line, self.own, own=self.own)


def recognise_json(path: Path, start: bytes) -> bool:
    """Say whether a file is Hetionet's JSON of nodes and edges."""
    text = encodings.decode_head(path, start)
    if not text.lstrip("\ufeff \r\n\t").startswith("{"):
        return False
    keys = ('"metanode_kinds"', '"nodes"', '"identifier"', '"source_id"', '"target_id"')
    return sum(key in text for key in keys) >= 2 and ('"nodes"' in text or '"edges"' in text)


def read_json(path: Path, report: ReadReport) -> Iterator[Record]:
    """Yield the nodes as entities without facts, then what the edges state.

    Raises KnowledgeError where the file lacks nodes, or a node or an edge has another form.
    """
    nodes: dict[_Node, _NodeEntity] = {}
    any_node = False
    for key, line, value in json_lists.read_items(path, ("nodes", "edges")):
        if key == "edges" and any_node:
            break  # the nodes are read; where they stand last, the edges are read over once more
        if key == "nodes":
            any_node = True
            node, name = _json_node(path, value, line)
            entity = _entity(node, name, report)
            if entity:
                nodes[node] = entity
                if node[0] != _NAMELESS:
                    yield entity.record(line)
    if not any_node:
        raise _missing_list_error(path, "nodes")
    yield from table_rows.join_neighbours(_json_edges(path, nodes.get, report))


def _json_edges(path: Path, nodes: _Nodes, report: ReadReport) -> Iterator[EntityRecord]:
    for _, line, value in json_lists.read_items(path, ("edges",)):
        edge = value if isinstance(value, dict) else {}
        source, target = _parse_node(edge.get("source_id")), _parse_node(edge.get("target_id"))
        kind = edge.get("kind")
        if source is None or target is None or not isinstance(kind, str):
            raise _missing_key_error(path, line, "edge", "source_id, target_id and kind")
        yield from _edge_records(nodes, source, kind, target, line, report)


def _json_node(path: Path, value: object, line: int) -> tuple[_Node, str]:
    node = value if isinstance(value, dict) else {}
    place = _parse_node([node.get("kind"), node.get("identifier")])
    name = node.get("name")
    if place is None or not isinstance(name, str):
        raise _missing_key_error(path, line, "node", "kind, identifier and name")
    return place, name


def _parse_node(value: object) -> _Node | None:
    if isinstance(value, list) and len(value) == 2:
        kind, id = value
        if isinstance(kind, str) and isinstance(id, str | int):
            return kind, str(id)
    return None


def recognise_edges(path: Path, start: bytes) -> bool:
    """Say whether a file is Hetionet's table of edges."""
    return set(csv_rows.split_header(encodings.decode_head(path, start), "\t")) >= set(_COLUMNS)


def read_edges(path: Path, report: ReadReport) -> Iterator[Record]:
    """Yield what the edges state, with the names of the table of nodes in the same folder.

    Raises KnowledgeError where there is no such table.
    """
    nodes = _index_nodes(_find_node_table(path))
    yield from table_rows.join_neighbours(_table_edges(path, nodes, report))


def _index_nodes(path: Path) -> _Nodes:
    """Read a table of nodes; a node becomes an entity where an edge names it, most never do."""
    table = csv_rows.read_cells(path, _NODE_COLUMNS, _NODES_TITLE, "\t")
    raw = {_split_id(id): name for _, (id, name, _) in table if id.lstrip().startswith(_BEGINNINGS)}

    @cache
    def entity(node: _Node) -> _NodeEntity | None:
        # What a node's name lacks is counted with the table of nodes, not with each of edges.
        return _entity(node, raw[node], ReadReport()) if node in raw else None

    return entity


def _table_edges(path: Path, nodes: _Nodes, report: ReadReport) -> Iterator[EntityRecord]:
    """Yield what edges state; those that state nothing, most of the table, are only counted."""
    left_out: Counter[str] = Counter()
    kinds: dict[str, str] = {}  # as they are spelled: the few that are in the vocabulary
    for line, (source, spelled, target) in csv_rows.read_cells(path, _COLUMNS, _TITLE, "\t"):
        if spelled in left_out:
            left_out[spelled] += 1
            continue
        kind = kinds.get(spelled) or _SHORT.get(spelled.strip(), spelled.strip())
        if kind not in _EDGES:
            left_out[spelled] += 1
            continue
        kinds[spelled] = kind
        yield from _edge_records(nodes, _split_id(source), kind, _split_id(target), line, report)
    for spelled, count in left_out.items():
        report.skip(f"edge {spelled.strip()}: no relation of the vocabulary", count=count)


def _find_node_table(path: Path) -> Path:
    for candidate in sorted(path.parent.glob("*nodes*")):
        if (
            candidate != path
            and candidate.is_file()
            and recognise_nodes(candidate, archives.read_head(candidate))
        ):
            return candidate
    raise KnowledgeError(
        f"{path.name} names its nodes by id alone, and no table of nodes lies beside it.",
        where=str(path),
        remedy="Put the table of nodes (columns id, name, kind; such as hetionet-v1.0-nodes.tsv) "
        "into the same folder and add the edges again.",
    )


def recognise_nodes(path: Path, start: bytes) -> bool:
    """Say whether a file is Hetionet's table of nodes."""
    text = encodings.decode_head(path, start)
    return set(csv_rows.split_header(text, "\t")) == set(_NODE_COLUMNS) and "::" in text


def read_nodes(path: Path, report: ReadReport) -> Iterator[Record]:
    """Yield the nodes of the kinds that the vocabulary has, as entities without facts."""
    for line, node, name in _read_node_table(path):
        entity = _entity(node, name, report)
        if entity and node[0] == _NAMELESS:
            report.skip(f"node of the kind {_NAMELESS} (read with its edges)", name)
        elif entity:
            yield entity.record(line)


def _read_node_table(path: Path) -> Iterator[tuple[int, _Node, str]]:
    for line, (id, name, _) in csv_rows.read_cells(path, _NODE_COLUMNS, _NODES_TITLE, "\t"):
        yield line, _split_id(id), name


def _split_id(id: str) -> _Node:
    kind, _, number = id.strip().partition("::")
    return kind, number


def _entity(node: _Node, raw: str, report: ReadReport) -> _NodeEntity | None:
    kind, id = node
    if kind not in _KINDS:
        report.skip(f"node of the kind {kind or 'none'}: no kind of the vocabulary", raw)
        return None
    known, register = _KINDS[kind]
    said = uninvert_heading(raw) if register == "MESH" else [raw]
    own = table_rows.clean_names(said, "en", report)
    code = table_rows.format_identifier(register, id) if register else table_rows.format_curie(id)
    return _NodeEntity(known, own, (code,) if code else ()) if own else None


def _edge_records(
    nodes: _Nodes,
    source: _Node,
    kind: str,
    target: _Node,
    line: int,
    report: ReadReport,
) -> Iterator[EntityRecord]:
    edge = _EDGES.get(kind)
    if edge is None:
        report.skip(f"edge {kind}: no relation of the vocabulary")
        return
    subject, other = nodes(source), nodes(target)
    if edge.inverted:
        subject, other = other, subject
    if subject is None or other is None:
        report.skip(f"edge {kind} whose node is not known", json.dumps([source, target]))
        return
    statement = table_rows.relate_to(edge.relation, other.names, other.kind, own=other.own)
    yield subject.record(line, statement)


def _missing_list_error(path: Path, what: str) -> KnowledgeError:
    return KnowledgeError(
        f"{path.name} has no {what}.",
        where=str(path),
        remedy='Hetionet\'s JSON is one object with the lists "nodes" and "edges".',
    )


def _missing_key_error(path: Path, line: int, what: str, keys: str) -> KnowledgeError:
    return KnowledgeError(
        f"The {what} at line {line} of {path.name} lacks one of {keys}.",
        where=f"{path}, line {line}",
        remedy=f"Each {what} needs {keys}.",
    )
