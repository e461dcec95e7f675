"""Find the known formats that are nearest to a file of no known format, and say why.

columns | keys | root element | lines | extension -> what is shared with each format -> three
"""

import csv
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

from knowledge.ingest.sources.formats import FORMATS
from knowledge.ingest.sources.graph.triple_mapping import TripleMapping
from knowledge.ingest.sources.streams import archives, encodings, xml_elements
from knowledge.text.names import normalise

SHOWN = 3
"""Formats that are named."""

_NAMES_SHOWN = 8
_NAME = re.compile(r"[^={}<>]{1,40}")


@dataclass(frozen=True, slots=True)
class Marks:
    """What a file of a format has: one of several sets of names, or lines of a form.

    `carrier` is table, json, xml or text; `needs` says in words what the marks are.
    """

    carrier: str
    sets: tuple[tuple[str, ...], ...] = ()
    line: re.Pattern[str] | None = None
    needs: str = ""


def _table(*sets: str) -> Marks:
    return Marks("table", tuple(tuple(each.split()) for each in sets))


def _json(*sets: str) -> Marks:
    return Marks("json", tuple(tuple(each.split()) for each in sets))


def _xml(*roots: str) -> Marks:
    return Marks("xml", tuple((root,) for root in roots))


def _text(line: str, needs: str) -> Marks:
    return Marks("text", line=re.compile(line, re.MULTILINE) if line else None, needs=needs)


MARKS: dict[str, Marks] = {
    "triples": _table("head relation tail"),
    "ddi-csv": _table("Drug_A Drug_B Level", "Drug1 Drug2 Level", "Drug1 Drug2 Severity"),
    "chatdoctor": _table("disease Symptom TestsAndProcedures", "disease Symptom Medications"),
    "medicalgraph-csv": _table("name alias part age infection department checklist symptom"),
    "indications": _table("rxnorm_id disease_cui expert crowd disease_mesh_name rxnorm_name"),
    "sider": _table(
        "drugbank_name side_effect_name", "drugbank_name method concept_name meddra_name"
    ),
    "mesh": _table("mesh_id mesh_name in_hsdn"),
    "hpo-zh": _table(
        "subject_id predicate_id source_value translation_value translation_status"
    ),
    "hetionet-edges": _table("source metaedge target"),
    "hetionet-nodes": _table("id name kind"),
    "medrag": _json("id content"),
    "csl-json": _json("type title", "type DOI", "type issued", "type abstract"),
    "bioc-json": _json("passages infons"),
    "medicalkg-json": _json("name cure_way cure_department get_way"),
    "cmekg": _json("中心词"),
    "cmekg-triples": _json("text spo_list"),
    "hetionet-json": _json("nodes edges metanode_kinds"),
    "pubmed": _xml("PubmedArticleSet", "PubmedArticle", "MedlineCitationSet"),
    "jats": _xml("article", "pmc-articleset", "articles"),
    "bioc-xml": _xml("collection"),
    "endnote-xml": _xml("xml", "records"),
    "html": _xml("html"),
    "worldvista": _xml("INTERACTIONS", "CLASSES"),
    "ris": _text(r"^[A-Z][A-Z0-9]  ?- ", "a first line `TY  - `"),
    "nbib": _text(r"^(?:PMID|TI  |AB  |OWN |STAT)- ", "a first field `PMID- `"),
    "endnote-tagged": _text(r"^%[A-Z0] \S", "a first line `%0` with a type"),
    "bibtex": _text(r"^\s*@\w+\b|^\s*\w+\s*=\s*[{\"].*[}\"],?\s*$", "an entry such as `@article{`"),
    "obo": _text(r"^(?:id|name|def|synonym|is_a|xref): ", "stanzas `[Term]`"),
    "rdf": _text(
        r"^(?:<\S+>|\w*:\w+) (?:<\S+>|\w*:\w+|a) .+[.;]\s*$", "triples in Turtle or N-Triples"
    ),
    "medchat-records": _text(
        r"^- ?(?:kind|en|zh): |^records:", "the line `format: medchat-records`"
    ),
    "markdown": _text(r"^#{1,6} \S|^[-*] \S", "the extension .md"),
    "text": _text("", "the extension .txt"),
    "qamedicalkg-dict": _text("", "a name such as disease.txt"),
    "table": _text("", "a first line such as Table 1. Doses"),
    "docx": Marks("binary", needs="a Word document"),
    "epub": Marks("binary", needs="an EPUB"),
    "pdf": Marks("binary", needs="a PDF"),
}  # fmt: skip
"""What each format needs; of equally near ones the first is named first."""

_GRAPH_COLUMNS = ("head", "relation", "tail")


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a file looks like: its carrier, the names in it, its text, and how to say that."""

    carrier: str
    names: tuple[str, ...]
    text: str
    told: str


def describe(path: Path, start: bytes) -> str:
    """Say in one or two sentences what a file looks like and which formats are nearest."""
    text = encodings.decode_head(path, start).lstrip("\ufeff \r\n\t")
    seen = _look(text.replace("\r\n", "\n"), len(start))
    found = _rank(path, seen) if text else []
    nearest = "; ".join(f"{name} ({why})" for name, why in found)
    rows = path.suffix.lower() in (".csv", ".tsv") and seen.told.startswith(_TABLE)
    return " ".join(
        filter(
            None, (seen.told, f"Nearest: {nearest}." if nearest else "", _AS_TEXT if rows else "")
        )
    )


_TABLE = "It looks like a table"
_AS_TEXT = "A table of an appendix is read as a document with --format table."


def _look(text: str, size: int) -> _Seen:
    if not text:
        return _Seen("binary", (), "", "It is no text in an encoding that is known.")
    if text.startswith(("{", "[")):
        return _look_at_json(text, size)
    if text.startswith("<"):
        root = xml_elements.root_name(text)
        if root:
            return _Seen("xml", (root,), text, f"It looks like XML with the root element {root}.")
    header = _header(text)
    if header:
        told = f"It looks like {_listed('a table with the columns', header)}."
        return _Seen("table", header, text, told)
    return _Seen("text", (), text, "It looks like text without the marks of a format.")


def _header(text: str) -> tuple[str, ...]:
    """Return the columns of a table: several short names, and as many cells in the next line."""
    lines = [line for line in text.split("\n")[:3] if line.strip()]
    for delimiter in ("\t", ",", ";", "|"):
        try:
            rows = list(csv.reader(lines, delimiter=delimiter))
        except csv.Error:
            continue
        names = tuple(cell.strip() for cell in rows[0]) if rows else ()
        alike = all(len(row) == len(names) for row in rows[1:2])
        named = tuple(filter(None, names))
        if len(named) > 1 and alike and all(map(_NAME.fullmatch, named)):
            return named
    return ()


def _look_at_json(text: str, size: int) -> _Seen:
    names = _keys(text)
    told = f"It looks like {_listed('JSON with the keys', names) if names else 'JSON'}"
    broken = _broken_line(text) if size < archives.HEAD else 0
    if broken:
        told += f"; it is cut off or broken at line {broken}"
    return _Seen("json", names, text, f"{told}.")


def _keys(text: str) -> tuple[str, ...]:
    """Return the keys at the start of a JSON text, however it ends."""
    found = re.findall(r'"((?:[^"\\\n]|\\.){1,40})"\s*:', text[:4096])
    return tuple(dict.fromkeys(found))


def _broken_line(text: str) -> int:
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        if not error.msg.startswith("Extra data"):
            return error.lineno
        for number, line in enumerate(text.split("\n"), 1):
            try:
                json.loads(line or "0")
            except ValueError:
                return number
    except (ValueError, RecursionError):
        return 1
    return 0


def _listed(what: str, names: Iterable[str]) -> str:
    names = list(names)
    more = f" and {len(names) - _NAMES_SHOWN} more" if len(names) > _NAMES_SHOWN else ""
    return f"{what} {', '.join(name[:40] for name in names[:_NAMES_SHOWN])}{more}"


def _rank(path: Path, seen: _Seen) -> list[tuple[str, str]]:
    suffixes = [suffix.lower() for suffix in path.suffixes[-2:] if suffix.lower() != ".gz"]
    scored: list[tuple[float, int, str, str]] = []
    for place, (name, marks) in enumerate(MARKS.items()):
        extension = next((each for each in suffixes if each in FORMATS[name].extensions), "")
        score, why = _compare(name, marks, seen)
        if extension:
            score += 0.4
            why = f"{why}; the extension {extension} fits"
        if score:
            scored.append((-score, place, name, why))
    return [(name, why) for _, _, name, why in sorted(scored)[:SHOWN]]


def _compare(name: str, marks: Marks, seen: _Seen) -> tuple[float, str]:
    """Return how much of a format a file has, and what it needs and has in words."""
    if marks.carrier in ("text", "binary"):
        hits = len(marks.line.findall(seen.text[:8192])) if marks.line else 0
        plain = name in ("text", "markdown") and seen.carrier == "text"
        score = min(hits, 5) / 5 + 0.2 * bool(hits) + 0.1 * plain
        lines = f"; has {hits} line{'s' if hits > 1 else ''} of that kind" if hits else ""
        return score, f"needs {marks.needs}{lines}"
    if marks.carrier != seen.carrier and not (name == "triples" and seen.carrier == "json"):
        return 0.0, f"needs {_needs(marks)}"
    if name == "triples":
        return _compare_triples(seen)
    best: tuple[float, tuple[str, ...], list[str], list[str]] = (-1.0, (), [], [])
    for wanted in marks.sets:
        there, similar = _shared(wanted, seen.names)
        share = (len(there) + 0.4 * len(similar)) / len(wanted)
        if share > best[0]:
            best = (share, wanted, there, similar)
    share, wanted, there, similar = best
    needs = f"needs {_needs(marks, wanted)}"
    if marks.carrier == "xml" and there:
        return 0.15 + share, f"has {_needs(marks, wanted)}, and lacks what stands in it"
    if marks.carrier == "xml" and not similar:
        return 0.15 + share, needs
    return 0.15 + share, f"{needs}; {_has(there, similar)}"


def _compare_triples(seen: _Seen) -> tuple[float, str]:
    found = TripleMapping().find_parts(seen.names)
    parts = [f"{found[part]} for {part}" for part in _GRAPH_COLUMNS if part in found]
    needs = "columns" if seen.carrier == "table" else "keys"
    has = f"has {', '.join(parts)}" if parts else "has none of them"
    return 0.2 + len(parts) / 3, f"needs {needs} for head, relation, tail; {has}"


def _shared(wanted: tuple[str, ...], names: tuple[str, ...]) -> tuple[list[str], list[str]]:
    """Return which wanted names a file has, and which of its names are similar to others."""
    there = [each for each in wanted if each in names]
    plain = {normalise(name): name for name in names if name not in wanted}
    similar = []
    for each in wanted:
        if each not in there:
            other = max(plain, key=lambda name: _likeness(name, each), default="")
            if other and _likeness(other, each) >= 0.8:
                similar.append(plain[other])
    return there, similar


def _likeness(name: str, wanted: str) -> float:
    return SequenceMatcher(None, name, normalise(wanted)).ratio()


def _needs(marks: Marks, wanted: tuple[str, ...] = ()) -> str:
    names = ", ".join(wanted or marks.sets[0])
    if marks.carrier == "xml":
        return f"the root element {names}"
    what = "column" if marks.carrier == "table" else "key"
    return f"the {what}{'s' if ',' in names else ''} {names}"


def _has(there: list[str], similar: list[str]) -> str:
    if not there and not similar:
        return "has none of them"
    parts = (f"has {', '.join(there)}" if there else "", _alike(similar))
    return " and ".join(filter(None, parts))


def _alike(similar: list[str]) -> str:
    return f"has the similar {', '.join(similar)}" if similar else ""
