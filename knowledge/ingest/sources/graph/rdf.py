"""Read graphs in RDF: Turtle, TriG, N-Triples, N-Quads and RDF/XML with ontologies in OWL.

    triples -> things with their names, types and relations -> kinds of the vocabulary -> entities

Triples are parsed by pyoxigraph as a stream (some twenty times as fast as rdflib, in a tenth of its
memory); nothing is ever fetched. What a thing is follows from its type, else from the register of
its IRI, else from the relation in which it stands. Axioms of OWL have no relation here.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from knowledge.errors import KnowledgeError
from knowledge.ingest.sources.graph import rdf_terms, table_rows, triple_mapping
from knowledge.ingest.sources.graph.terminologies import is_phenotype
from knowledge.ingest.sources.graph.triple_mapping import MappedRelation, TripleMapping
from knowledge.ingest.sources.streams import archives, encodings, limits
from knowledge.records import EntityRecord, Name, ReadReport, Record, Statement
from knowledge.text import names
from knowledge.vocabulary import OBJECT_KINDS, RELATIONS

if TYPE_CHECKING:
    import pyoxigraph

MOST = 2_000_000
"""Triples of a graph: they are kept until the last one may have named the first."""

_SPACE = r"(?:\s|#[^\n]*\n)*"
_IRI = r"<[^<>\"{}|^`\\\s]*>"
_OPENING = re.compile(_SPACE + r"(?:@prefix|@base|PREFIX|BASE)\s+(?:[\w.-]*:\s*)?<", re.IGNORECASE)
_TRIPLE = re.compile(
    rf"{_SPACE}(?:{_IRI}|_:\S+)\s+(?:{_IRI}|a)\s+"
    rf"(?:{_IRI}|_:\S+|[\w-]*:[\w-]+|\[|\"(?:[^\"\\]|\\.)*\"\S*)"
)
_ROOT = re.compile(r"<(?:[\w.-]+:)?RDF[\s>]")
_DOCTYPE = re.compile(r"<!DOCTYPE[^\[>]*(?:\[(.*?)\]\s*)?>", re.DOTALL)
_ENTITY = re.compile(r"<!ENTITY\s+(?:%\s*)?[\w.:-]+\s+(\"[^\"]*\"|'[^']*'|\w+)")
_LONGEST_ENTITY = 300
_FORMATS = {".nt": "N_TRIPLES", ".nq": "N_QUADS", ".trig": "TRIG"}
_MARKUP = (rdf_terms.RDF + "XMLLiteral", rdf_terms.RDF + "HTML")
_SHOWN = 60
_DIFFERENT = 300
"""Predicates and types that are counted by name; a graph may have as many as triples."""


@dataclass(slots=True)
class _Thing:
    """What a graph says of one IRI or blank node."""

    labels: list[Name] = field(default_factory=list)
    synonyms: list[Name] = field(default_factory=list)
    texts: list[Name] = field(default_factory=list)
    comments: list[Name] = field(default_factory=list)
    kind: str | None = None
    unknown_type: str = ""
    is_class: bool = False
    is_header: bool = False
    obsolete: bool = False
    own: list[str] = field(default_factory=list)
    references: list[str] = field(default_factory=list)
    relations: list[tuple[MappedRelation, "str | Name"]] = field(default_factory=list)
    other: list[str] = field(default_factory=list)
    """Predicates that have no relation, each as often as it was said."""


def recognise(path: Path, start: bytes) -> bool:
    """Say whether a file is a graph in RDF, by its prefixes, first triple or root element."""
    text = encodings.decode_head(path, start).lstrip("\ufeff")
    if _ROOT.match(_split_prolog(text)[1]):
        return rdf_terms.RDF in text
    return _OPENING.match(text) is not None or _TRIPLE.match(text) is not None


def _split_prolog(text: str) -> tuple[str, str]:
    """Return the inner part of a DOCTYPE, and what follows comments, instructions and it."""
    declared, place = "", 0
    while True:
        place += len(text[place:]) - len(text[place:].lstrip())
        doctype = _DOCTYPE.match(text, place)
        if doctype:
            declared, end = doctype[1] or "", doctype.end()
        elif text.startswith("<!--", place):
            end = text.find("-->", place) + 3
        elif text.startswith("<?", place):
            end = text.find("?>", place) + 2
        else:
            return declared, text[place:]
        if end <= place:
            return declared, ""
        place = end


def read(path: Path, report: ReadReport) -> Iterator[Record]:
    """Yield one entity for each thing of a known kind, with what the graph states of it.

    Raises KnowledgeError where the syntax is broken, at its line, and where the graph is too large
    or declares entities that hold others or lie outside.
    """
    known = triple_mapping.load(path)
    things = _gather(path, known, report)
    if any(thing.obsolete for thing in things.values()):
        gone = [id for id, thing in things.items() if thing.obsolete]
        for id in gone:
            thing = things.pop(id)
            report.skip("obsolete term", thing.labels[0].text if thing.labels else id)
    inverse = _turn_round(things, report)
    for id, thing in things.items():
        if not thing.is_header:
            yield from _entity(id, thing, inverse.get(id, []), things, report)


def _gather(path: Path, known: TripleMapping, report: ReadReport) -> dict[str, _Thing]:
    things: dict[str, _Thing] = {}
    relations: dict[str, MappedRelation | None] = {}
    for number, (subject, predicate, object) in enumerate(_triples(path), 1):
        thing = things.get(subject)
        if thing is None:
            thing = things[subject] = _Thing()
        if number > MOST:
            raise limits.too_large_error(path, f"the graph has more than {MOST:,} triples")
        if predicate == rdf_terms.TYPE and isinstance(object, str):
            _take_type(thing, object, known)
        elif not _take_own(thing, predicate, object, report):
            if predicate not in relations:
                relations[predicate] = rdf_terms.relation_of(predicate, known)
            meaning = relations[predicate]
            if meaning is not None:
                thing.relations.append((meaning, object))
            elif len(thing.other) < 1000:
                thing.other.append(predicate)
    return things


def _triples(path: Path) -> Iterator[tuple[str, str, "str | Name"]]:
    """Yield triples; a thing is its IRI or blank node, a literal a text with its language."""
    import pyoxigraph

    format = _syntax(path)
    with archives.open_bytes(path) as stream:
        try:
            parsed = pyoxigraph.parse(
                input=stream, format=format, base_iri="urn:file:", lenient=True
            )
            for quad in parsed:
                object = _object(quad.object)
                if object is not None:
                    yield _node(quad.subject), quad.predicate.value, object
        except SyntaxError as error:
            line = error.lineno or 0
            place = f" at line {line}" if line else ""
            raise KnowledgeError(
                f"The graph {path.name} is broken{place}: {str(error.msg)[:150].rstrip('.')}.",
                where=f"{path}, line {line}" if line else str(path),
                remedy="Repair that line, or export the graph again as N-Triples in UTF-8.",
            ) from error


def _node(node: "pyoxigraph.NamedNode | pyoxigraph.BlankNode | pyoxigraph.Triple") -> str:
    import pyoxigraph

    if isinstance(node, pyoxigraph.NamedNode):
        return node.value
    return f"_:{node.value}" if isinstance(node, pyoxigraph.BlankNode) else str(node)


def _object(term: object) -> "str | Name | None":
    import pyoxigraph

    if not isinstance(term, pyoxigraph.Literal):
        return _node(term)  # type: ignore[arg-type]
    text = term.value
    if term.datatype.value in _MARKUP:
        text = re.sub(r"<[^<>]*>", " ", text)
    language = (term.language or "").lower()
    if language.startswith("zh"):
        return Name(text, "zh")
    if language and not language.startswith("en"):
        return Name(text, language)  # type: ignore[arg-type]
    return Name(text, "en" if language else names.language_of(text))


def _syntax(path: Path) -> "pyoxigraph.RdfFormat":
    """Return the syntax of a file; XML with entities that may grow or lie outside is refused."""
    import pyoxigraph

    suffix = Path(path.name.lower().removesuffix(".gz")).suffix
    text = encodings.decode_head(path, archives.read_head(path)).lstrip("\ufeff \r\n\t")
    if suffix in _FORMATS:
        syntax: pyoxigraph.RdfFormat = getattr(pyoxigraph.RdfFormat, _FORMATS[suffix])
        return syntax
    declared, rest = _split_prolog(text)
    if not text.startswith(("<?xml", "<!")) and not _ROOT.match(rest):
        return pyoxigraph.RdfFormat.TRIG  # which holds Turtle and N-Triples
    values = _ENTITY.findall(declared)
    harmless = all(
        value[:1] in ('"', "'") and "&" not in value and len(value) < _LONGEST_ENTITY
        for value in values
    )
    if not rest or not harmless or text.count("<!ENTITY") != len(values):
        raise KnowledgeError(
            f"The XML in {path.name} declares entities that hold others or lie outside it.",
            where=str(path),
            remedy="Export the graph as Turtle or N-Triples and add that.",
        )
    return pyoxigraph.RdfFormat.RDF_XML


def _take_type(thing: _Thing, type: str, known: TripleMapping) -> None:
    kind = rdf_terms.kind_of(type, known)
    if kind is not None:
        thing.kind = thing.kind or kind
    elif type in rdf_terms.HEADERS:
        thing.is_header = True
    elif type in rdf_terms.CLASSES:
        thing.is_class = True
    else:
        thing.unknown_type = thing.unknown_type or rdf_terms.short(type)


def _take_own(thing: _Thing, predicate: str, object: "str | Name", report: ReadReport) -> bool:
    """Keep what names or describes a thing; say no for a predicate that does neither."""
    if predicate in rdf_terms.INEXACT:
        said = object.text if isinstance(object, Name) else object
        report.skip(f"synonym that is {rdf_terms.INEXACT[predicate]}, not exact", said)
    elif predicate == rdf_terms.OBSOLETE:
        thing.obsolete = isinstance(object, Name) and object.text in ("true", "1")
    elif predicate in rdf_terms.OWN_CODES or predicate in rdf_terms.REFERENCES:
        code = rdf_terms.code_of(object.text if isinstance(object, Name) else object)
        held = thing.own if predicate in rdf_terms.OWN_CODES else thing.references
        held += [code] if code else []
        if not code:
            said = object.text if isinstance(object, Name) else object
            report.skip("reference to a register that is not known", said)
    elif not isinstance(object, Name):
        return False
    elif predicate == rdf_terms.RDFS + "comment":
        thing.comments.append(object)
    else:
        for held_texts, predicates in (
            (thing.labels, rdf_terms.LABELS),
            (thing.synonyms, rdf_terms.SYNONYMS),
            (thing.texts, rdf_terms.DEFINITIONS),
        ):
            if predicate in predicates:
                held_texts += _in_known_language(object, report)
                return True
        return False
    return True


def _in_known_language(said: Name, report: ReadReport) -> list[Name]:
    if said.language in ("en", "zh"):
        return [said]
    report.skip(f"text in language {said.language[:12]}", said.text)
    return []


_Inverse = dict[str, list[tuple[MappedRelation, "str | Name"]]]


def _turn_round(things: dict[str, _Thing], report: ReadReport) -> _Inverse:
    """Return by their subject the relations that a graph states of the object."""
    found: _Inverse = {}
    for id, thing in things.items():
        for meaning, object in thing.relations:
            if not meaning.inverted:
                continue
            if isinstance(object, str):
                straight = MappedRelation(meaning.relation)
                found.setdefault(object, []).append((straight, id))
            else:
                report.skip(f"{meaning.relation} of a text, not of a thing", object.text)
        thing.relations = [each for each in thing.relations if not each[0].inverted]
    return found


def _entity(
    id: str,
    thing: _Thing,
    turned: list[tuple[MappedRelation, "str | Name"]],
    things: dict[str, _Thing],
    report: ReadReport,
) -> Iterator[EntityRecord]:
    stated = [*thing.relations, *turned]
    own = rdf_terms.code_of(id)
    kind = _kind(own, thing)
    if kind is None and stated and not thing.unknown_type and not thing.is_class:
        kind = RELATIONS[stated[0][0].relation].subjects[0]
    if kind is None:
        _count_unknown(own, thing, report)
        return
    if own.startswith("HP:") and thing.labels and not is_phenotype(thing.labels[0].text):
        report.skip("term that is no phenotype", thing.labels[0].text)
        return
    found = _names(thing, report)
    if not found:
        report.skip(f"{kind} without a name", rdf_terms.short(id))
        return
    for predicate in thing.other:
        _count(report, "relation", rdf_terms.short(predicate), "no relation of the vocabulary")
    statements = [*_descriptions(thing)]
    for meaning, object in stated:
        statement = _statement(kind, meaning.relation, object, things, report)
        statements += [statement] if statement else []
    codes = tuple(dict.fromkeys(filter(None, (own, *thing.own))))
    identifiers = tuple(dict.fromkeys((*codes, *thing.references)))
    yield EntityRecord(kind, found, tuple(dict.fromkeys(statements)), 1, identifiers, own=codes)


def _kind(own: str, thing: _Thing) -> str | None:
    return thing.kind or rdf_terms.REGISTERS.get(own.partition(":")[0])


def _count_unknown(own: str, thing: _Thing, report: ReadReport) -> None:
    """Count a thing that has a name and no kind; nodes of axioms have neither."""
    if not thing.labels:
        return
    said = thing.labels[0].text
    if thing.unknown_type:
        _count(report, "type", thing.unknown_type, "no kind of the vocabulary", said)
    elif own:
        register = own.partition(":")[0]
        report.skip(f"term of {register}: no kind of the vocabulary", said)
    else:
        report.skip("thing whose kind is not said", said)


def _count(report: ReadReport, what: str, name: str, why: str, example: str = "") -> None:
    reason = f"{what} {name[:_SHOWN]}: {why}"
    if reason not in report.left_out and len(report.left_out) > _DIFFERENT:
        reason = f"another {what}: {why}"
    report.skip(reason, example or name)


def _names(thing: _Thing, report: ReadReport) -> tuple[Name, ...]:
    found: dict[Name, None] = {}
    for said in (*thing.labels, *thing.synonyms):
        cleaned = table_rows.clean_name(said.text, report)
        if cleaned:
            found[Name(cleaned, said.language)] = None
    return tuple(found)


def _descriptions(thing: _Thing) -> Iterator[Statement]:
    """Yield the definition; comments of an ontology are notes of its editors."""
    given = thing.texts or ([] if thing.is_class else thing.comments)
    texts: dict[str, Name] = {}
    for said in given:
        tidy = names.tidy(said.text)
        if tidy and said.language in ("en", "zh"):
            texts.setdefault(said.language, Name(tidy, said.language))
    if texts:
        yield Statement("description", text=tuple(texts.values()))


def _statement(
    kind: str, id: str, object: "str | Name", things: dict[str, _Thing], report: ReadReport
) -> Statement | None:
    """Return what a relation of a thing states, or nothing where the vocabulary has no such."""
    found, object_kind, codes = _meant(object, things, report)
    shown = found[0].text if found else ""
    if not found:
        if not isinstance(object, Name):
            report.skip(f"{id} to a thing without a name", rdf_terms.short(object))
        return None
    slot = RELATIONS[id].object
    if kind not in RELATIONS[id].subjects:
        report.skip(f"{id} of a {kind}: not in the vocabulary", shown)
        return None
    if slot is None:
        return Statement(id, text=found[:1])
    if isinstance(object, Name):
        cleaned = table_rows.clean_name(shown, report)
        if not cleaned:
            return None
        found = (Name(cleaned, object.language),)
    if slot == "treatment" and object_kind == "medicine":
        id = slot = "medicine"
    if slot in OBJECT_KINDS:
        if object_kind is None and slot == "any":
            report.skip(f"{id} to something whose kind is not said", shown)
            return None
        slot = object_kind if object_kind in OBJECT_KINDS[slot] else OBJECT_KINDS[slot][0]
    elif object_kind is not None and object_kind != slot:
        report.skip(f"{id} to a {object_kind}: not in the vocabulary", shown)
        return None
    return table_rows.relate_to(id, found, slot, own=codes, identifiers=codes)


def _meant(
    object: "str | Name", things: dict[str, _Thing], report: ReadReport
) -> tuple[tuple[Name, ...], str | None, tuple[str, ...]]:
    """Return the names, the kind and the identifiers of what stands at the end of a relation."""
    if isinstance(object, Name):
        if object.language not in ("en", "zh"):
            _in_known_language(object, report)
            return (), None, ()
        cleaned = names.tidy(object.text)
        return ((Name(cleaned, object.language),) if cleaned else ()), None, ()
    thing = things.get(object)
    if thing is None:
        return (), None, ()
    own = rdf_terms.code_of(object)
    codes = tuple(dict.fromkeys(filter(None, (own, *thing.own))))
    return _names(thing, ReadReport()), _kind(own, thing), codes
