"""Read medchat records, the YAML in which the starter knowledge is written.

    YAML events -> one record at a time -> entity records

Every scalar is read as text; anchors, tags and unknown keys are refused. `used_for` of a medicine
is inverted into the condition's `medicine`, which is how the vocabulary states it. A text may
begin with its level and when it holds, "[avoid if egfr < 30] Stop it. = 停用。"; words on an object
follow behind ">>", "[major] warfarin = 华法林 >> Check the INR. = 监测INR。".
"""

import re
from collections.abc import Iterator
from pathlib import Path

import yaml

from knowledge.errors import KnowledgeError
from knowledge.ingest.sources.streams import encodings, text_lines
from knowledge.ingest.sources.streams.plain_yaml import YamlNode, YamlReader
from knowledge.records import (
    EntityRecord,
    EntityReference,
    Language,
    Name,
    ReadReport,
    Record,
    Statement,
)
from knowledge.text import names
from knowledge.vocabulary import KINDS, OBJECT_KINDS, RELATIONS

_MARK = re.compile(r"""^\s*format\s*:\s*["']?medchat-records["']?\s*(?:#.*)?$""", re.MULTILINE)
_HEADER = ("format", "title", "licence", "source", "note", "version", "records")
_PLAIN = ("kind", "en", "zh", "identifiers", "note", "source", "used_for")
STATED_OF_MEDICINE = "used for"
"""The note of a use that the record of the medicine states, not that of the condition."""

_INVERTED = {"used_for": ("condition", "medicine")}
_WORDED = {
    "interaction": "interaction_advice",
    "contraindication": "precaution",
    "cross_allergy": "cross_allergy",
}
"""Where the words stand that a record gives of an object behind ">>"."""

_WORDS = " >> "
_COLON: dict[Language, str] = {"en": ": ", "zh": "："}
_NOTE = re.compile(
    r"\[(?P<level>contraindicated|avoid|major|caution|moderate|minor|info|max)"
    r"(?: if (?P<condition>[^\]]+))?\] "
)
_EQUALS = re.compile(r"\s[=＝]\s")
_CHINESE = re.compile("[\u4e00-\u9fff]")
_NO_MEDICINE = re.compile(
    r"change|lifestyle|surger|surgical|therapy$|psychotherap|training|exercise|\brest\b|care$|ectomy|"
    r"plasty|ventilation|dialysis|transfusion|oxygen|physiotherap|counsel|removal|drainage|repair|"
    r"rehydration|rehabilitation|education|support|cessation|diet|avoid|compress|reduction|splint|"
    r"intervention|management|manoeuvre|maneuver|observation|waiting|hygiene|irrigation|measures|"
    r"stockings|positive airway pressure|resuscitation|procedure|treatment$|cooling|elevation|"
    r"phototherapy|radioiodine|cardioversion|ablation|evacuation|decompression|fixation",
    re.IGNORECASE,
)
"""What marks a first-line measure as something other than a medicine."""


def recognise(path: Path, start: bytes) -> bool:
    """Say whether a file declares itself as medchat records."""
    return _MARK.search(encodings.decode_head(path, start)[:4096]) is not None


def read_header(path: Path) -> tuple[str, str, str]:
    """Return title, licence and source note of a file."""
    found: dict[str, YamlNode] = {}
    for _ in _read_records(path, found):
        break
    return _text(found, "title"), _text(found, "licence"), _text(found, "source")


def read(path: Path, report: ReadReport) -> Iterator[Record]:
    """Yield the entities of a file; an error names its record and line."""
    kinds = _kinds_by_name(path)
    for number, (line, node) in enumerate(_read_records(path, {}), 1):
        yield from _build_entities(node, _RecordPlace(path, number, line), kinds)


class _RecordPlace:
    """Where a record stands, for errors."""

    def __init__(self, path: Path, number: int, line: int) -> None:
        self.path = path
        self.number = number
        self.line = line

    def error(self, what: str, remedy: str) -> KnowledgeError:
        return KnowledgeError(
            f"Record {self.number} of {self.path.name} {what}.",
            where=f"{self.path}, record {self.number}, line {self.line}",
            remedy=remedy,
        )


def _build_entities(
    node: dict[str, YamlNode], place: _RecordPlace, kinds: dict[str, set[str]]
) -> Iterator[EntityRecord]:
    kind = _text(node, "kind")
    if kind not in KINDS:
        raise place.error(f"has the kind {kind!r}", f"Choose one of: {', '.join(KINDS)}.")
    own = _own_names(node, place)
    statements: list[Statement] = []
    for key, value in node.items():
        if key in _PLAIN:
            continue
        relation = RELATIONS.get(key)
        if relation is None or kind not in relation.subjects:
            allowed = [name for name, each in RELATIONS.items() if kind in each.subjects]
            raise place.error(
                f"has the key {key!r}, which a {kind} cannot have",
                f"A {kind} may have: {', '.join((*_PLAIN, *allowed))}.",
            )
        for text in _text_list(value, key, place):
            statements += _statements(key, text, kinds, place)
    identifiers = tuple(_text_list(node.get("identifiers", []), "identifiers", place))
    note = _text(node, "note") or _text(node, "source")
    yield EntityRecord(kind, own, tuple(statements), place.line, identifiers, note)
    for key, (subject_kind, relation_id) in _INVERTED.items():
        for text in _text_list(node.get(key, []), key, place):
            about = Statement(relation_id, EntityReference(own), kind=kind, note=STATED_OF_MEDICINE)
            yield EntityRecord(subject_kind, _split_pair(text, place), (about,), place.line)


def _own_names(node: dict[str, YamlNode], place: _RecordPlace) -> tuple[Name, ...]:
    languages: tuple[Language, ...] = ("en", "zh")
    found = tuple(
        Name(names.clean(text), language)
        for language in languages
        for text in _text_list(node.get(language, []), language, place)
    )
    if not found:
        raise place.error("has no name", "Give it a name with en or zh.")
    for name in found:
        if names.is_debris(name.text):
            raise place.error(f"has the name {name.text!r}, which is no name", "Write it in full.")
    return found


def _statements(
    relation: str, text: str, kinds: dict[str, set[str]], place: _RecordPlace
) -> list[Statement]:
    """Return what one text of a record states: a fact, and words on it where they follow."""
    note, text = _split_note(text)
    if text.startswith(_WORDS.lstrip()):
        words = text.removeprefix(_WORDS.lstrip())
        return [Statement(relation, text=_split_pair(words, place, prose=True), note=note)]
    named, arrow, words = text.partition(_WORDS)
    if not arrow or not (note or relation in _WORDED):
        return [_statement(relation, text, kinds, place, note)]
    advice = _advise(_WORDED.get(relation, relation), named, words, note, place)
    if relation not in _WORDED:
        return [advice]
    return [_statement(relation, named, kinds, place, note), advice]


def _advise(relation: str, named: str, words: str, note: str, place: _RecordPlace) -> Statement:
    """Return the words on what they are about, which its name opens and the note repeats."""
    term = _split_pair(named, place)
    shown = {name.language: name.text for name in reversed(term)}
    told = tuple(
        Name(f"{shown[name.language]}{_COLON[name.language]}{name.text}", name.language)
        for name in _split_pair(words, place, prose=True)
        if name.language in shown
    )
    if not told:
        raise place.error(f"names {named!r} in another language than its words", "Write both.")
    about = f"with: {term[0].text}"
    return Statement(relation, text=told, note=f"{note}; {about}" if note else about)


def _split_note(text: str) -> tuple[str, str]:
    """Split a level, and when it holds, from a text: "[avoid if age < 16] Not for children."

    >>> _split_note("[avoid if age < 16] Not for children.")
    ('level: avoid; if: age < 16', 'Not for children.')
    """
    match = _NOTE.match(text)
    if match is None:
        return "", text
    level, condition = match["level"], match["condition"]
    note = f"level: {level}; if: {condition}" if condition else f"level: {level}"
    return note, text[match.end() :]


def _statement(
    relation: str, text: str, kinds: dict[str, set[str]], place: _RecordPlace, note: str
) -> Statement:
    slot = RELATIONS[relation].object
    if slot is None:
        return Statement(relation, text=_split_pair(text, place, prose=True), note=note)
    term = EntityReference(_split_pair(text, place))
    if slot not in OBJECT_KINDS:
        return Statement(relation, term, kind=slot, note=note)
    said = kinds.get(names.normalise(term.names[0].text), set())
    admitted = [kind for kind in OBJECT_KINDS[slot] if kind in said]
    if not admitted and "treatment" in OBJECT_KINDS[slot]:
        admitted = ["treatment"] if _NO_MEDICINE.search(term.names[0].text) else []
    return Statement(relation, term, kind=admitted[0] if admitted else None, note=note)


def _split_pair(text: str, place: _RecordPlace, prose: bool = False) -> tuple[Name, ...]:
    """Split "English = 中文" into its two names; a text without the sign stands for itself."""
    tidy = names.tidy if prose else names.clean
    splits = [(text[: sign.start()], text[sign.end() :]) for sign in _EQUALS.finditer(text)]
    english_first = [each for each in splits if not _CHINESE.search(each[0])]
    chinese_first = [each for each in splits if not _CHINESE.search(each[1])]
    parts: tuple[str, ...] = (text,)
    if english_first and _CHINESE.search(text):
        parts = english_first[-1]  # a text may hold the sign itself, as in "BMI = 30 = 体重指数30"
    elif chinese_first and _CHINESE.search(text):
        parts = chinese_first[0]
    found = tuple(Name(tidy(part), names.language_of(part)) for part in parts)
    for name in found:
        if not name.text or (not prose and names.is_debris(name.text)):
            raise place.error(f"names {text!r}, which is no name", "Write it as English = 中文.")
    return found


def _text_list(value: YamlNode, key: str, place: _RecordPlace) -> list[str]:
    items = value if isinstance(value, list) else [value]
    texts = [item for item in items if isinstance(item, str)]
    if len(texts) < len(items):
        raise place.error(f"has nested values under {key!r}", "Write a text or a list of texts.")
    return [text for text in texts if text.strip()]


def _text(node: dict[str, YamlNode], key: str) -> str:
    value = node.get(key, "")
    return names.tidy(value) if isinstance(value, str) else ""


def _kinds_by_name(path: Path) -> dict[str, set[str]]:
    """Return the kinds that a file itself gives each name, to settle relations that admit several.

    A first-line treatment may be a medicine or not; the same file mostly says which elsewhere.
    """
    found: dict[str, set[str]] = {}
    for number, (line, node) in enumerate(_read_records(path, {}), 1):
        place = _RecordPlace(path, number, line)
        for key, value in node.items():
            relation = RELATIONS.get(key)
            kind = _text(node, "kind") if key in ("en", "zh") else relation and relation.object
            if kind in KINDS:
                for text in _text_list(value, key, place):
                    named = _split_note(text)[1].partition(_WORDS)[0]
                    if named and not named.startswith(_WORDS.lstrip()):
                        name = names.normalise(_split_pair(named, place)[0].text)
                        found.setdefault(name, set()).add(kind)
    return found


def _read_records(
    path: Path, header: dict[str, YamlNode]
) -> Iterator[tuple[int, dict[str, YamlNode]]]:
    """Yield each record with its line, and put the keys before them into `header`."""
    with text_lines.open_text(path) as stream:
        walk = YamlReader(path, stream)
        with walk.one_sentence_errors():
            yield from _walk_records(walk, header)


def _walk_records(
    walk: YamlReader, header: dict[str, YamlNode]
) -> Iterator[tuple[int, dict[str, YamlNode]]]:
    root = walk.begin()
    if not isinstance(root, yaml.MappingStartEvent):
        raise walk.error_at("is no mapping", root)
    while isinstance(event := walk.next(), yaml.ScalarEvent):
        if event.value not in _HEADER:
            raise walk.error_at(f"has the unknown key {event.value!r}", event)
        if event.value != "records":
            header[event.value] = walk.node(walk.next())
            continue
        if header.get("format") != "medchat-records":
            raise walk.error_at("does not begin with `format: medchat-records`", event)
        if not isinstance(start := walk.next(), yaml.SequenceStartEvent):
            raise walk.error_at("has no list under `records`", start)
        while not isinstance(event := walk.next(), yaml.SequenceEndEvent):
            record = walk.node(event)
            if not isinstance(record, dict):
                raise walk.error_at("has a record without keys", event)
            yield walk.line(event), record
