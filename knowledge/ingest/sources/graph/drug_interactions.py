"""Read interactions of medicines: tables of pairs (CSV), and WorldVistA's XML.

    row | INTERACTION -> two medicines -> one interaction, stated with its level

The level of a pair (major, moderate, minor) is the note of the fact. Where a source gives words as
well, WorldVistA's description, a second statement of the same relation holds them with the level,
and those words are cited. DDInter's ids are its own; WorldVistA's of RxNorm and ATC were looked up
by name, some of them wrongly, so they only refer.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from knowledge.ingest.sources.graph import table_rows
from knowledge.ingest.sources.streams import archives, csv_rows, encodings, xml_elements
from knowledge.records import EntityRecord, Name, ReadReport, Record, Statement
from knowledge.text import names

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_PAIRS = (
    # first, second, level, id of the first, id of the second
    ("Drug_A", "Drug_B", "Level", "DDInterID_A", "DDInterID_B"),
    ("Drug1", "Drug2", "Level", "", ""),
    ("Drug1", "Drug2", "Severity", "", ""),
    ("drug1", "drug2", "level", "", ""),
    ("drug1", "drug2", "severity", "", ""),
)
_TITLE = "a table of drug interactions"
_ROOTS = ("INTERACTIONS", "CLASSES")
_LEVELS = (
    # Upstream spells each of them in several ways ("CONTRANDICATION", "Nor recommended").
    (re.compile(r"^c[o0]ntra\w*(?: with)?[:.]?$", re.IGNORECASE), "contraindication"),
    (re.compile(r"^no[tr] reco\w+(?: with)?[:.]?$", re.IGNORECASE), "not recommended"),
    (re.compile(r"^precautions? (?:for|of) use[:.]?$", re.IGNORECASE), "precaution for use"),
    (re.compile(r"^ta[kl]e into account[:.]?$", re.IGNORECASE), "take into account"),
)


def recognise_csv(path: Path, start: bytes) -> bool:
    """Say whether a file has the columns of a table of drug interactions."""
    return _columns(csv_rows.split_header(encodings.decode_head(path, start))) is not None


def read_csv(path: Path, report: ReadReport) -> Iterator[Record]:
    """Yield one medicine for each row, with the medicine that it interacts with.

    Pairs that repeat, within a table or over several, become one fact with several sources.
    Raises KnowledgeError where the columns are missing.
    """
    columns = (
        _columns(csv_rows.split_header(encodings.decode_head(path, archives.read_head(path))))
        or _PAIRS[0]
    )
    first, second, level, first_id, second_id = columns
    for line, row in csv_rows.read_rows(path, {first, second, level}, _TITLE):
        one, other = (
            table_rows.clean_name(row[first], report),
            table_rows.clean_name(row[second], report),
        )
        if not one or not other:
            continue
        if names.normalise(one) == names.normalise(other):
            report.skip("medicine that interacts with itself", one)
            continue
        note = f"level: {names.tidy(row[level]).lower() or 'not stated'}"
        far = _ddinter_codes(row.get(second_id, ""))
        statement = table_rows.relate_to("interaction", (Name(other, "en"),), own=far, note=note)
        codes = _ddinter_codes(row.get(first_id, ""))
        yield EntityRecord("medicine", (Name(one, "en"),), (statement,), line, codes, own=codes)


def _columns(found: list[str]) -> tuple[str, ...] | None:
    return next((each for each in _PAIRS if set(each[:3]) <= set(found)), None)


@lru_cache(maxsize=4096)
def _ddinter_codes(text: str) -> tuple[str, ...]:
    code = table_rows.format_curie(re.sub(r"^DDInter(?=\d)", "DDInter:", text.strip()))
    return (code,) if code else ()


def recognise_xml(path: Path, start: bytes) -> bool:
    """Say whether a file is one of WorldVistA's XML tables."""
    return xml_elements.root_name(encodings.decode_head(path, start)) in _ROOTS


def read_xml(path: Path, report: ReadReport) -> Iterator[Record]:
    """Yield medicines with what they interact with, or with their class.

    Raises KnowledgeError where the XML is broken, as the published file of classes is.
    """
    for number, element in xml_elements.read_elements(path, {"INTERACTION", "CLASS"}):
        if element.tag == "CLASS":
            yield from _class_members(element, number, report)
        else:
            yield from _interaction(element, number, report)


def _interaction(element: "Element", number: int, report: ReadReport) -> Iterator[EntityRecord]:
    """Yield the pair from both sides; a class of medicines is only described in words."""
    sides = [_read_side(element.find(tag), report) for tag in ("DRUG1", "DRUG2")]
    if not all(name for name, _, _ in sides):
        return
    (one, one_is_drug, _), (other, other_is_drug, _) = sides
    if not one_is_drug and not other_is_drug:
        report.skip("interaction of two classes of medicines", f"{one} with {other}")
        return
    if names.normalise(one) == names.normalise(other):
        report.skip("medicine that interacts with itself", one)
        return
    level = _level(element, report)
    note = f"level: {level or 'not stated'}"
    for (name, is_drug, codes), (far, far_is_drug, far_codes) in (sides, sides[::-1]):
        if not is_drug:
            continue
        statements = [_describe(far, far_is_drug, level, element)]
        if far_is_drug:
            met = (Name(far, "en"),)
            pair = table_rows.relate_to("interaction", met, identifiers=far_codes, note=note)
            statements.insert(0, pair)
        yield EntityRecord("medicine", (Name(name, "en"),), tuple(statements), number, codes)


def _read_side(side: "Element | None", report: ReadReport) -> tuple[str, bool, tuple[str, ...]]:
    """Return the name of one side, whether it is a medicine, and its identifiers."""
    drug = side.find("DRUG") if side is not None else None
    group = side.find("CLASS") if side is not None else None
    if drug is not None:
        return _drug_name(drug, report), True, _codes(drug)
    if group is not None:
        # A class is described in words and is no entity, so its name may be long.
        return names.tidy(group.get("name", "")), False, ()
    report.skip("interaction without a second side")
    return "", False, ()


def _drug_name(drug: "Element", report: ReadReport) -> str:
    """Return a medicine's name; capitals throughout become a capital at the beginning."""
    name = table_rows.clean_name(drug.get("name", ""), report)
    return name.capitalize() if name.isupper() and len(name) > 3 else name


def _codes(drug: "Element") -> tuple[str, ...]:
    rxnorm = table_rows.format_identifier("RXNORM", drug.get("rxcui") or drug.get("rxnorm") or "")
    atc = (table_rows.format_identifier("ATC", each.get("code", "")) for each in drug.iter("ATC"))
    return tuple(dict.fromkeys(code for code in (rxnorm, *atc) if code))


def _level(element: "Element", report: ReadReport) -> str:
    """Return the level in one spelling, or nothing where it is none of the four."""
    said = names.tidy(element.findtext("SEVERITY") or "")
    for pattern, level in _LEVELS:
        if pattern.match(said):
            return level
    report.skip("level that is none of the four (kept without it)", said or "no level")
    return ""


def _describe(name: str, is_drug: bool, level: str, element: "Element") -> Statement:
    """Describe an interaction in words: with what, how severe, why, what to do."""
    shown = name if is_drug else f"the class {name}"
    opening = f"{shown} ({level})" if level else shown
    parts = [names.tidy(element.findtext(tag) or "").rstrip(" .") for tag in _WORDS]
    words = ". ".join(part for part in parts if part)
    text = f"{opening}: {words}" if words else opening
    return Statement("interaction", text=(Name(text, "en"),))


_WORDS = ("DESCRIPTION", "COMMENT")


def _class_members(element: "Element", number: int, report: ReadReport) -> Iterator[EntityRecord]:
    """Yield the medicines of a class."""
    group = table_rows.clean_name(element.get("name", ""), report)
    for drug in element.iter("DRUG"):
        name = _drug_name(drug, report)
        if name and group:
            text = Statement("drug_class", text=(Name(group, "en"),))
            yield EntityRecord("medicine", (Name(name, "en"),), (text,), number, _codes(drug))
