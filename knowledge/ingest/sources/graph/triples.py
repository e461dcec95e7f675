"""Read any graph given as head, relation and tail, in CSV, TSV, JSON, Parquet or Arrow.

    row -> columns by header -> relation of the vocabulary -> fact, inverted where needed

Columns, relations and kinds are guessed from their names, in English and Chinese; a side-car
`<name>.mapping.yaml` overrides the guesses (`triple_mapping` documents its form). Relations are
known by the vocabulary's ids and labels, from either side ("used for" is a condition's `medicine`).
A relation that is not known is counted by its name and left out, never forced into another.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from knowledge.errors import KnowledgeError
from knowledge.ingest.sources import hub_folders
from knowledge.ingest.sources.graph import table_rows, triple_mapping
from knowledge.ingest.sources.graph.triple_mapping import MappedRelation, TripleMapping
from knowledge.ingest.sources.streams import archives, columnar, csv_rows, encodings, json_records
from knowledge.records import EntityRecord, Name, ReadReport, Record, Statement
from knowledge.text import names
from knowledge.vocabulary import OBJECT_KINDS, RELATIONS

_DELIMITERS = (",", "\t", ";", "|")
_TITLE = "a table of triples"
_LONGEST_RELATION = 40
"""A relation named by more characters is counted without its name: the report stays readable."""


def recognise(path: Path, start: bytes) -> bool:
    """Say whether a file has columns, or keys, for head, relation and tail.

    A side-car that cannot be read is no reason to refuse: reading the file reports what is wrong.
    """
    columns = _columns(path, start)
    if columns is None:
        return False
    text = "" if columns else encodings.decode_head(path, start)
    try:
        known = triple_mapping.load(path)
    except KnowledgeError:
        return True
    if columns:
        return known.find_columns(columns) is not None
    return known.find_columns(_first_keys(text) or _find_header(text, known)[1]) is not None


def read_header(path: Path) -> tuple[str, str, str]:
    """Return title and licence of a file, as the card of its data set states them."""
    return hub_folders.title_of(path), hub_folders.licence_of(path), ""


def read(path: Path, report: ReadReport) -> Iterator[Record]:
    """Yield what the triples state, neighbouring triples of one subject together.

    Raises KnowledgeError where there is no column for head, relation or tail, and where the
    side-car or the file is broken; the error names the line.
    """
    yield from table_rows.join_neighbours(_read_triples(path, report))


def _read_triples(path: Path, report: ReadReport) -> Iterator[EntityRecord]:
    known = triple_mapping.load(path)
    start = archives.read_head(path)
    columns = columnar.column_names(path) if columnar.is_columnar(start) else []
    text = "" if columns else encodings.decode_head(path, start)
    keys = _first_keys(text)
    delimiter, header = (",", columns) if columns else _find_header(text, known)
    places = known.find_columns(keys or header)
    if places is None:
        found = ", ".join(filter(None, keys or header)) or "none"
        side_car = triple_mapping.side_car_path(path).name
        raise KnowledgeError(
            f"{path.name} lacks a column for head, relation or tail; it has {found}.",
            where=f"{path}, line 1",
            remedy=f"Name its columns in {side_car}, under `columns`.",
        )
    rows: Iterator[tuple[int, Mapping[str, object]]]
    if columns:
        rows = columnar.read_rows(path, list(places.values()))
    elif keys:
        rows = json_records.read_objects(path)
    else:
        rows = csv_rows.read_rows(path, set(places.values()), _TITLE, delimiter)
    kinds: dict[str, str] = {}
    waiting: list[tuple[int, dict[str, str]]] = []
    for line, row in rows:
        parts = {part: _text(row.get(column)) for part, column in places.items()}
        if _lacks_kind(parts, known):
            waiting.append((line, parts))
            continue
        record = _map_triple(parts, known, line, report)
        if record:
            _note_kinds(record, kinds)
            yield record
    for line, parts in waiting:  # what other rows say of the same name may tell what it is
        kind = kinds.get(parts["head"].casefold(), "")
        record = _map_triple(parts, known, line, report, kind or None)
        if record:
            yield record


def _lacks_kind(parts: dict[str, str], known: TripleMapping) -> bool:
    """Say whether a triple describes something of which it does not say what it is."""
    meaning = known.relation(parts["relation"]) if parts["relation"] else None
    described = meaning is not None and meaning.relation == "description" and not meaning.inverted
    return described and not parts.get("head_kind")


def _note_kinds(record: EntityRecord, kinds: dict[str, str]) -> None:
    """Keep the kind of each name of a record; a name of two kinds gets none."""
    found = [(record.names[0].text, record.kind)]
    for statement in record.statements:
        if statement.term is not None and statement.kind is not None:
            found.append((statement.term.names[0].text, statement.kind))
    for name, kind in found:
        key = name.casefold()
        kinds[key] = kind if kinds.get(key, kind) == kind else ""


def _columns(path: Path, start: bytes) -> list[str] | None:
    """Return the columns of a Parquet or Arrow table, none of another file.

    None where it is such a table and cannot be read.
    """
    if not columnar.is_columnar(start):
        return []
    try:
        return columnar.column_names(path) or None
    except KnowledgeError:
        return None


def _first_keys(text: str) -> list[str]:
    """Return the keys of the first object of a JSON text, or nothing where it is no JSON."""
    opening = text.lstrip("\ufeff \r\n\t[")
    if not opening.startswith("{"):
        return []
    try:
        value, _ = json.JSONDecoder().raw_decode(opening)
    except (ValueError, RecursionError):
        return []
    return list(value) if isinstance(value, dict) else []


def _find_header(text: str, known: TripleMapping) -> tuple[str, list[str]]:
    """Return the delimiter of a table and its column names."""
    for delimiter in _DELIMITERS:
        header = csv_rows.split_header(text.lstrip("\ufeff"), delimiter)
        if known.find_columns(header):
            return delimiter, header
    return ",", csv_rows.split_header(text)


def _text(value: object) -> str:
    if isinstance(value, dict):  # {"@value": "fever"}, as cMeKG and CMeIE write it
        value = value.get("@value", value.get("name"))
    return value.strip() if isinstance(value, str) else ""


def _map_triple(
    parts: dict[str, str],
    known: TripleMapping,
    line: int,
    report: ReadReport,
    kind: str | None = None,
) -> EntityRecord | None:
    """Return what a triple states; `kind` is that of its head where the triple does not say it."""
    if not all(parts[part] for part in ("head", "relation", "tail")):
        report.skip("triple of another form", json.dumps(parts, ensure_ascii=False))
        return None
    label = parts["relation"]
    meaning = known.relation(label)
    if meaning is None:
        shown = label if len(label) <= _LONGEST_RELATION else "with a long name"
        report.skip(f"relation {shown}: no relation of the vocabulary", label)
        return None
    kinds: dict[str, str | None] = {}
    for part in ("head_kind", "tail_kind"):
        said = parts.get(part, "")
        kinds[part] = known.kind(said) if said else None
        if said and kinds[part] is None:
            report.skip(f"kind {said[:_LONGEST_RELATION]}: no kind of the vocabulary", said)
            return None
    subject, other = parts["head"], parts["tail"]
    subject_kind, other_kind = kinds["head_kind"] or kind, kinds["tail_kind"]
    if meaning.inverted:
        subject, other = other, subject
        subject_kind, other_kind = other_kind, subject_kind
    return _build_record(meaning, (subject, subject_kind), (other, other_kind), line, report)


def _build_record(
    meaning: MappedRelation,
    subject: tuple[str, str | None],
    other: tuple[str, str | None],
    line: int,
    report: ReadReport,
) -> EntityRecord | None:
    relation = RELATIONS[meaning.relation]
    kind = subject[1]
    if kind is None and meaning.relation == "description":
        report.skip("description of something whose kind is not said", subject[0])
        return None
    kind = kind or relation.subjects[0]
    if kind not in relation.subjects:
        report.skip(f"{relation.id} of a {kind}: not in the vocabulary", subject[0])
        return None
    name = table_rows.clean_name(subject[0], report)
    statement = _statement(meaning.relation, other, report)
    if not name or statement is None:
        return None
    return EntityRecord(kind, (Name(name, names.language_of(name)),), (statement,), line)


def _statement(
    relation: str, other: tuple[str, str | None], report: ReadReport
) -> Statement | None:
    slot = RELATIONS[relation].object
    text, kind = other
    if slot is None:
        tidy = names.tidy(text)
        return Statement(relation, text=(Name(tidy, names.language_of(tidy)),))
    name = table_rows.clean_name(text, report)
    if not name:
        return None
    if slot in OBJECT_KINDS:
        # A relation to anything needs to know to what.
        if kind is None and slot == "any":
            report.skip(f"{relation} to something whose kind is not said", text)
            return None
        slot = kind if kind in OBJECT_KINDS[slot] else OBJECT_KINDS[slot][0]
    return table_rows.relate_to(relation, (Name(name, names.language_of(name)),), slot)
