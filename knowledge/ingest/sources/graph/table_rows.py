"""Clean names, spell identifiers one way and join rows, for all readers of tables.

    cell -> name | counted        register + number -> identifier        records -> fewer records

An identifier is written `REGISTER:number`, with one spelling for each register, so that `UMLS_CUI`
of one source and `umls_cui` of another are the same.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache

from knowledge.records import EntityRecord, EntityReference, Language, Name, ReadReport, Statement
from knowledge.text import names

_REGISTERS = {
    "umlscui": "UMLS",
    "umls": "UMLS",
    "mesh": "MESH",
    "mim": "OMIM",
    "omim": "OMIM",
    "nci": "NCIT",
    "ncit": "NCIT",
    "snomedct": "SNOMEDCT",
    "snomedctus": "SNOMEDCT",
    "icd9cm": "ICD9CM",
    "icd10cm": "ICD10CM",
    "icd10": "ICD10",
    "icd11": "ICD11",
    "icdo": "ICDO",
    "ordo": "ORPHA",
    "orphanet": "ORPHA",
    "orpha": "ORPHA",
    "gard": "GARD",
    "efo": "EFO",
    "meddra": "MEDDRA",
    "kegg": "KEGG",
    "doid": "DOID",
    "mondo": "MONDO",
    "hp": "HP",
    "uberon": "UBERON",
    "rxnorm": "RXNORM",
    "rxcui": "RXNORM",
    "atc": "ATC",
    "drugbank": "DRUGBANK",
    "ddinter": "DDINTER",
}
_MOST_GATHERED = 500
"""A record never holds more statements than this, however long its subject goes on."""


def clean_name(raw: str, report: ReadReport) -> str:
    """Return a cleaned name, or nothing where it is none; what is lost is counted.

    >>> clean_name(" Iron  ", ReadReport()), clean_name("Sarcoma of...", ReadReport())
    ('Iron', '')
    """
    cleaned, wrong = _check_name(raw)
    if wrong:
        report.skip(wrong, raw)
    return cleaned


@lru_cache(maxsize=65536)
def _check_name(raw: str) -> tuple[str, str]:
    """Return the cleaned name, or nothing and what is wrong with it."""
    cleaned = names.clean(raw)
    if not cleaned:
        return "", "no information"
    return ("", "damaged name") if names.is_debris(cleaned) else (cleaned, "")


def clean_names(raws: Iterable[str], language: Language, report: ReadReport) -> tuple[Name, ...]:
    """Return the names of an entity, each once; none at all where the first is no name."""
    found: dict[str, None] = {}
    for place, raw in enumerate(raws):
        cleaned = clean_name(raw, report)
        if cleaned:
            found[cleaned] = None
        elif place == 0:
            return ()
    return tuple(Name(each, language) for each in found)


@lru_cache(maxsize=65536)
def format_identifier(register: str, number: str) -> str:
    """Return an identifier in its one spelling, or nothing where there is no number.

    >>> format_identifier("UMLS_CUI", "C0018923"), format_identifier("SNOMEDCT_US_2025", "39009")
    ('UMLS:C0018923', 'SNOMEDCT:39009')
    """
    plain = "".join(part for part in register.split("_") if not part.isdigit())
    key = plain.replace("-", "").replace(" ", "").lower()
    tidy = names.tidy(number)
    return f"{_REGISTERS.get(key, register.upper())}:{tidy}" if tidy else ""


def format_curie(text: str) -> str:
    """Return an identifier given as `register:number` in its one spelling, or nothing.

    >>> format_curie("MIM:607785"), format_curie("unknown")
    ('OMIM:607785', '')
    """
    register, _, number = text.partition(":")
    return format_identifier(register.strip(), number) if number else ""


def relate_to(
    relation: str,
    object_names: tuple[Name, ...],
    kind: str | None = None,
    *,
    own: tuple[str, ...] = (),
    identifiers: tuple[str, ...] = (),
    note: str = "",
) -> Statement:
    """Return a statement that relates to a thing of these names and identifiers."""
    term = EntityReference(object_names, identifiers or own, own)
    return Statement(relation, term, kind=kind, note=note)


def join_neighbours(records: Iterable[EntityRecord]) -> Iterator[EntityRecord]:
    """Join neighbouring records of one subject; the statements of a subject stay few at a time.

    Tables list one fact a row, mostly sorted by subject: a merge has far less to do with one
    record of twenty facts than with twenty records. The first row's line stands for all.
    """
    held: EntityRecord | None = None
    statements: dict[Statement, None] = {}
    for record in records:
        if (
            held is not None
            and _has_same_subject(held, record)
            and len(statements) < _MOST_GATHERED
        ):
            statements = statements or dict.fromkeys(held.statements)
            statements.update(dict.fromkeys(record.statements))
            continue
        if held is not None:
            yield replace(held, statements=tuple(statements)) if statements else held
        held, statements = record, {}
    if held is not None:
        yield replace(held, statements=tuple(statements)) if statements else held


def _has_same_subject(one: EntityRecord, other: EntityRecord) -> bool:
    named = one.kind == other.kind and one.names == other.names
    return named and one.own == other.own and one.note == other.note
