"""Read ontologies of diseases and findings in OBO, term by term.

    lines -> stanzas -> [Term] -> names, identifiers and a definition

The kind of a term follows from the register of its id. An exact synonym is a second name; broad,
narrow and related ones name something else and are left out. `is_a` has no relation here: the
vocabulary states what is known of a disease, not what it is a kind of.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from knowledge.errors import KnowledgeError
from knowledge.ingest.sources.graph import table_rows
from knowledge.ingest.sources.graph.terminologies import is_phenotype
from knowledge.ingest.sources.streams import encodings, limits, text_lines
from knowledge.records import EntityRecord, Name, ReadReport, Record, Statement
from knowledge.text import names

_KINDS = {
    "DOID": "condition",
    "MONDO": "condition",
    "HP": "symptom",
    "SYMP": "symptom",
    "UBERON": "body_part",
}
_START = re.compile(r"\A\ufeff?\s*format-version:\s*\S|^\[Term\]\s*\r?\nid:", re.MULTILINE)
_LINE = re.compile(r"^(?P<tag>[\w-]+):\s*(?P<value>.*)$")
_QUOTED = re.compile(r'^"(?P<text>(?:[^"\\]|\\.)*)"\s*(?P<rest>.*)$')
_COMMENT = re.compile(r"\s+!\s.*$")
_ESCAPE = re.compile(r"\\(.)")
_ESCAPES = {"n": " ", "t": " ", "W": " "}
_JOINED_WORDS = re.compile("(?<=[a-z])_(?=[a-z])")
_NO_RELATION = ("is_a", "relationship", "intersection_of", "disjoint_from", "union_of")


_MOST = 20_000
"""Lines of a term; the fullest of real ontologies have some hundreds."""


@dataclass(slots=True)
class _Stanza:
    """One stanza: its kind, the line on which it begins, and its tags in order."""

    kind: str
    line: int
    tags: list[tuple[str, str]] = field(default_factory=list)

    def first(self, tag: str) -> str:
        return next((value for each, value in self.tags if each == tag), "")

    def all(self, tag: str) -> list[str]:
        return [value for each, value in self.tags if each == tag]


def recognise(path: Path, start: bytes) -> bool:
    """Say whether a file is an ontology in OBO."""
    text = encodings.decode_head(path, start)
    return "[Term]" in text and _START.search(text) is not None


def read(path: Path, report: ReadReport) -> Iterator[Record]:
    """Yield one entity for each living term; obsolete terms are counted.

    Raises KnowledgeError where a term has no id or no name, or a line is no `tag: value`.
    """
    for stanza in _read_stanzas(path):
        if stanza.kind != "Term":
            report.skip(f"stanza [{stanza.kind}]", stanza.first("id"))
            continue
        id, name = stanza.first("id").strip(), stanza.first("name")
        if stanza.first("is_obsolete").strip() == "true":
            report.skip("obsolete term", name or id)
            continue
        if not id or not name:
            raise KnowledgeError(
                f"The term at line {stanza.line} of {path.name} has no {'name' if id else 'id'}.",
                where=f"{path}, line {stanza.line}",
                remedy="Each [Term] needs the lines `id:` and `name:`.",
            )
        register = id.partition(":")[0]
        kind = _KINDS.get(register.upper(), "")
        if not kind:
            report.skip(f"term of {register}: no kind of the vocabulary", name)
        elif register == "HP" and not is_phenotype(name):
            report.skip("term that is no phenotype", name)
        else:
            yield from _build_entity(stanza, kind, report)


def _build_entity(stanza: _Stanza, kind: str, report: ReadReport) -> Iterator[EntityRecord]:
    said = [_unescape(stanza.first("name"))]
    for value in stanza.all("synonym"):
        text, rest = _split_quoted(value)
        scope = rest.split()[0] if rest and rest[0] != "[" else "RELATED"  # the format's default
        if scope == "EXACT":
            said.append(text)
        else:
            report.skip(f"synonym that is {scope.lower()}, not exact", text)
    for tag in _NO_RELATION:
        count = len(stanza.all(tag))
        if count:
            report.skip(f"{tag}: no relation of the vocabulary", said[0], count)
    own = table_rows.clean_names(said, "en", report)
    if not own:
        return
    # Alternative ids are those of terms that the ontology has since merged into this one.
    codes = _codes([stanza.first("id"), *stanza.all("alt_id")])
    identifiers = tuple(dict.fromkeys((*codes, *_codes(stanza.all("xref")))))
    definition = _definition(stanza.first("def"))
    described = (Name(definition, "en"),)
    statements = (Statement("description", text=described),) if definition else ()
    yield EntityRecord(kind, own, statements, stanza.line, identifiers, own=codes)


def _codes(given: list[str]) -> tuple[str, ...]:
    codes = (table_rows.format_curie(_COMMENT.sub("", value).split(" ")[0]) for value in given)
    return tuple(dict.fromkeys(filter(None, codes)))


def _definition(value: str) -> str:
    """Return a definition as a text; logical phrases such as `derives_from` become words.

    >>> _definition('"A cancer that derives_from cells." [url:x]')
    'A cancer that derives from cells.'
    """
    return names.tidy(_JOINED_WORDS.sub(" ", _split_quoted(value)[0])) if value else ""


def _split_quoted(value: str) -> tuple[str, str]:
    """Return the quoted text that opens a value, and what follows it."""
    found = _QUOTED.match(value)
    return (_unescape(found["text"]), found["rest"]) if found else (_unescape(value), "")


def _unescape(value: str) -> str:
    return _ESCAPE.sub(lambda sign: _ESCAPES.get(sign[1], sign[1]), value)


def _read_stanzas(path: Path) -> Iterator[_Stanza]:
    """Yield the stanzas of a file; the lines before the first are its header."""
    stanza: _Stanza | None = None
    for number, text in text_lines.read_lines(path):
        line = text.strip()
        if not line or line.startswith("!"):
            continue
        if line.startswith("[") and line.endswith("]"):
            if stanza:
                yield stanza
            stanza = _Stanza(line[1:-1], number)
        elif stanza:
            tag = _LINE.match(line)
            if tag is None:
                raise KnowledgeError(
                    f"Line {number} of {path.name} is no `tag: value` of OBO.",
                    where=f"{path}, line {number}",
                    remedy="Repair that line, or download the file again.",
                )
            stanza.tags.append((tag["tag"], tag["value"]))
            if len(stanza.tags) > _MOST:
                raise limits.too_large_error(
                    path, f"that term has more than {_MOST} lines", stanza.line
                )
    if stanza:
        yield stanza
