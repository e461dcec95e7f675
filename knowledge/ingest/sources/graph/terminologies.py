"""Read tables of terms: HPO in Chinese, MeSH, Chinese word lists.

    row -> checked names + identifier -> an entity without a fact

Such tables make names findable and join sources that name one thing differently. Where a table
does not say what kind of thing a row names, the row is left out: a guessed kind would be found in
text as if it were known.
"""

import itertools
import re
from collections.abc import Iterator
from pathlib import Path

from knowledge.errors import KnowledgeError
from knowledge.ingest.sources.graph import table_rows
from knowledge.ingest.sources.streams import csv_rows, encodings, text_lines
from knowledge.records import EntityRecord, Language, Name, ReadReport, Record, Statement
from knowledge.text import names

_BABELON = {"subject_id", "predicate_id", "source_value", "translation_value", "translation_status"}
_BABELON_TITLE = "a Babelon table"
_GOOD = "OFFICIAL"
"""The only status that is read. Babelon's others (CANDIDATE, UNDER_REVIEW, NOT_TRANSLATED) mark
what a machine or one translator proposed and nobody has confirmed; in a medical name a wrong word
is worse than a missing one."""
_LABEL = "rdfs:label"
_EXACT = "oboInOwl:hasExactSynonym"
_DEFINITION = "IAO:0000115"

_NO_PHENOTYPE = re.compile(
    r"^all$|^phenotypic abnormality$|\binheritance\b|^frequency$|^onset$|^blood group|blood group$|"
    r"past medical history$|modifier$|^clinical course$|^typified by|"
    r"^(?:antenatal|embryonal|fetal|congenital|neonatal|infantile|childhood|pediatric|juvenile|adult|"
    r"(?:early|intermediate|late)? ?young adult|middle age|late|insidious|puerpural|\w+menopausal|"
    r"(?:late )?\w+ trimester) onset$|"
    r"^(?:slowly |rapidly )?(?:non)?progressive$|^(?:mild|moderate|severe|profound|borderline)$|"
    r"^(?:acute|subacute|chronic|recurrent|episodic|transient|stable|refractory|severity)$|"
    r"^(?:unilateral|bilateral|left|right|focal|diffuse|localized|generalized|proximal|distal)$",
    re.IGNORECASE,
)
"""What HPO keeps beside phenotypes: how something is inherited, when it begins, how it goes on."""

_SYMPTOMS = {"mesh_id", "mesh_name", "in_hsdn"}
_TERMS = {"mesh_id", "mesh_name"}
_MESH_TITLE = "a table of MeSH terms"
_INVERTED = re.compile(r"^(?P<noun>[^,]+), (?P<rest>(?!(?:and|or)\b)[^,]+)$")

_LISTS = {
    "disease": "condition",
    "drug": "medicine",
    "symptom": "symptom",
    "check": "test",
    "food": "food",
    "department": "department",
    # Products with their maker's name run into theirs, and words that deny: neither is a name.
    "producer": "",
    "deny": "",
}
_LISTED = 200
_LONGEST_ENTRY = 60
_PROSE = re.compile("[。！？；:：]")


def recognise_babelon(path: Path, start: bytes) -> bool:
    """Say whether a file is a Babelon table of translations."""
    return set(csv_rows.split_header(encodings.decode_head(path, start), "\t")) >= _BABELON


def read_babelon(path: Path, report: ReadReport) -> Iterator[Record]:
    """Yield one bilingual entity for each HPO term whose label has an official translation."""
    rows = csv_rows.read_rows(path, _BABELON, _BABELON_TITLE, "\t")
    for id, group in itertools.groupby(rows, lambda each: each[1]["subject_id"].strip()):
        said: dict[str, list[dict[str, str]]] = {}
        first = 0
        for line, row in group:
            first = first or line
            status = row["translation_status"].strip().upper()
            if status != _GOOD:
                report.skip(f"translation with the status {status or 'none'}", row["source_value"])
            elif row.get("translation_language", "zh").strip() not in ("zh", "zh-CN", "zh-Hans"):
                report.skip("translation into another language", row["translation_value"])
            else:
                said.setdefault(row["predicate_id"].strip(), []).append(row)
        yield from _build_phenotype(id, said, first, report)


def _build_phenotype(
    id: str, said: dict[str, list[dict[str, str]]], line: int, report: ReadReport
) -> Iterator[EntityRecord]:
    if not said:
        return
    if _LABEL not in said or not id.startswith("HP:"):
        report.skip("translation without the label of an HPO term", id)
        return
    if not is_phenotype(said[_LABEL][0]["source_value"]):
        report.skip("term that is no phenotype", said[_LABEL][0]["source_value"])
        return
    named = said[_LABEL] + said.get(_EXACT, [])
    english = table_rows.clean_names((row["source_value"] for row in named), "en", report)
    chinese = table_rows.clean_names((row["translation_value"] for row in named), "zh", report)
    # A few "translations" only repeat the English: they are no Chinese names.
    translated = tuple(each for each in chinese if names.language_of(each.text) == "zh")
    if len(translated) < len(chinese):
        report.skip("translation that is not Chinese", id, len(chinese) - len(translated))
    if english and translated:
        facts = tuple(
            Statement("description", text=text)
            for row in said.get(_DEFINITION, ())[:1]
            if (text := _bilingual_text(row))
        )
        codes = (table_rows.format_curie(id),)
        yield EntityRecord("symptom", english + translated, facts, line, codes, own=codes)


def _bilingual_text(row: dict[str, str]) -> tuple[Name, ...]:
    said: tuple[tuple[str, Language], ...] = (
        (row["source_value"], "en"),
        (row["translation_value"], "zh"),
    )
    return tuple(Name(names.tidy(text), language) for text, language in said if text.strip())


def is_phenotype(name: str) -> bool:
    """Say whether an HPO term names a finding, rather than a way of inheritance or a modifier.

    >>> is_phenotype("Seizure"), is_phenotype("Juvenile onset")
    (True, False)
    """
    return _NO_PHENOTYPE.search(name) is None


def recognise_mesh(path: Path, start: bytes) -> bool:
    """Say whether a file is a table of MeSH ids and names."""
    found = set(csv_rows.split_header(encodings.decode_head(path, start), "\t"))
    return found in (_SYMPTOMS, _TERMS)


def read_mesh(path: Path, report: ReadReport) -> Iterator[Record]:
    """Yield one symptom for each heading of a table of symptoms.

    `in_hsdn` says that the heading is used as a symptom in a network of symptoms and diseases.
    Without it a heading under "Signs and Symptoms" is as often a syndrome, and the table of all
    terms gives no kind at all: both are counted.
    """
    for line, row in csv_rows.read_rows(path, _TERMS, _MESH_TITLE, "\t"):
        if "in_hsdn" not in row:
            report.skip("MeSH heading whose kind the table does not say", row["mesh_name"])
        elif row["in_hsdn"].strip() != "1":
            report.skip("MeSH heading that is not used as a symptom", row["mesh_name"])
        else:
            own = table_rows.clean_names(uninvert_heading(row["mesh_name"]), "en", report)
            codes = tuple(filter(None, (table_rows.format_identifier("MESH", row["mesh_id"]),)))
            if own:
                yield EntityRecord("symptom", own, (), line, codes, own=codes)


def uninvert_heading(text: str) -> list[str]:
    """Return an inverted MeSH heading as it is spoken and as it is printed.

    >>> uninvert_heading("Arthritis, Rheumatoid"), uninvert_heading("Leukemia, Myeloid, Acute")
    (['Rheumatoid Arthritis', 'Arthritis, Rheumatoid'], ['Leukemia, Myeloid, Acute'])
    """
    inverted = _INVERTED.match(names.tidy(text))
    return [f"{inverted['rest']} {inverted['noun']}", text] if inverted else [text]


def recognise_list(path: Path, start: bytes) -> bool:
    """Say whether a file is a word list of QASystemOnMedicalKG: by its name, and by short lines."""
    if path.suffix.lower() != ".txt" or path.stem.lower() not in _LISTS:
        return False
    found = [line.strip() for line in encodings.decode_head(path, start).splitlines()[:_LISTED]]
    entries = [line for line in found if line]
    short = all(len(line) <= _LONGEST_ENTRY and not _PROSE.search(line) for line in entries)
    chinese = sum(names.language_of(line) == "zh" for line in entries)
    return short and chinese > 0.6 * len(entries)


def read_list(path: Path, report: ReadReport) -> Iterator[Record]:
    """Yield one entity for each line; its kind is known by the file's name.

    Raises KnowledgeError where the file's name is none of the known lists.
    """
    stem = path.stem.lower()
    if stem not in _LISTS:
        raise KnowledgeError(
            f"The name of {path.name} does not say what its lines name.",
            where=str(path),
            remedy=f"Name the file after what it lists: {', '.join(_LISTS)}.",
        )
    for line, text in text_lines.read_lines(path):
        if not text.strip():
            continue
        if not _LISTS[stem]:
            report.skip(f"list {path.name}: no kind of the vocabulary", text)
            continue
        name = table_rows.clean_name(text, report)
        if len(name) == 1:  # it would be found in almost every Chinese sentence
            report.skip("name of a single character", name)
        elif name:
            yield EntityRecord(_LISTS[stem], (Name(name, names.language_of(name)),), (), line)
