"""Read ChatDoctor's disease database (CSV) as associations of conditions.

    row -> literal lists -> cleaned names -> associations, and a description where there is one

The lists are ranked by how often things were recorded together, and some of it is wrong (a ranked
medicine need not treat anything). So all of them are imported as `associated_with`, never as
symptoms, tests or treatments. What a description states as symptoms are symptoms.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from knowledge.ingest.sources.graph import stated_symptoms
from knowledge.ingest.sources.streams import csv_rows, encodings
from knowledge.records import EntityRecord, EntityReference, Name, ReadReport, Record, Statement
from knowledge.text import names

_WANTED = {"disease", "Symptom"}
_TITLE = "ChatDoctor's disease CSV"
_COLUMNS = {
    "Symptom": "symptom",
    "TestsAndProcedures": "test",
    "Medical Tests": "test",
    "commonMedications": "medicine",
    "Medications": "medicine",
}
_SHORTEST_REASON = 60
_LONGEST_LIST = 64 * 1024
"""Characters of a printed list; the longest of the published table has under 4,000."""

_MOST_ITEMS = 200

_TREATMENT = re.compile(
    r"therap|transplant|replacement|remov|repair|excision|incision|drainage|surger|operati|splint|"
    r"rehabilitat|counsel|wound care|debridement|resection|ectomy|plasty|ostomy|anastomosis|"
    r"insertion|injection|dilatation|traction|resuscitation|irradiation|ligation|decompression|"
    r"stripping|suture|transfusion|dialysis|ventilation|conversion of|treatment|procedures? on|"
    r"bypass|fusion|stent|delivery|abortion|fluid|immuni[sz]ation|vaccination|caesarean|cesarean|"
    r"extraction|catheter|intubation|blockage|education|destruction|shunt|laser|casting|sutur|"
    r"thrombolysis|control of|nutrition|referral|(?<!imaging )(?<!endocrine )procedures$|care$",
    re.IGNORECASE,
)
"""What marks an entry of the tests column as something done to treat."""

_TEST = re.compile(r"diagnos|assessment|measurement|evaluation$|exam", re.IGNORECASE)

_CATCH_ALL = re.compile(r"^(?:other|miscellaneous)\b|\(interview; ", re.IGNORECASE)
_TAIL = re.compile(r"\s+\(([^()]*)\)\s*$")
_ACRONYM = re.compile(r"^[A-Z][A-Z0-9]{1,6}s?$")
_HINT = re.compile(r"\b(?:condition|disorder|disease|infection)$", re.IGNORECASE)
_QUALIFIED = re.compile(r"^(?:drug abuse|poisoning)\b", re.IGNORECASE)
_CAPITAL_S = re.compile(r"(?<=[a-z])'S\b")
_NO_REASON = re.compile(r"\bmay refer to:?\s*$|^\s*[a-z()/ ,-]+,\s*$", re.IGNORECASE)
_CITATION = re.compile(r"\[\s*(?:citation needed|\d+|note \d+)\s*\]", re.IGNORECASE)
_PRONUNCIATION = re.compile(r"\s*\((?:pronounced|pron\.?)?[^()]*[ɪəɛʊɑɔæˈˌː][^()]*\)")
_ETYMOLOGY = re.compile(r"\s*\((?:from )?(?:the )?(?:Ancient )?(?:Greek|Latin)\b[^()]*\)")
_EMPTY_BRACKETS = re.compile(r"\s*\(\s*[;,]?\s*\)")
_CUT_END = re.compile(r"\s*(?:\.{3,}|…)\s*")


def recognise(path: Path, start: bytes) -> bool:
    """Say whether a file has the columns of ChatDoctor's disease CSV."""
    found = set(csv_rows.split_header(encodings.decode_head(path, start)))
    return found >= _WANTED and bool(found & (set(_COLUMNS) - {"Symptom"}))


def read(path: Path, report: ReadReport) -> Iterator[Record]:
    """Yield one condition for each row: its description, what that states, its associations."""
    known = _known_findings(path)
    for line, row in csv_rows.read_rows(path, _WANTED, _TITLE):
        own = _condition_names(row["disease"])
        if not own:
            report.skip("record whose name is no name", row["disease"])
            continue
        statements: dict[Statement, None] = {}
        for column, kind in _COLUMNS.items():
            for item in _parse_list(row.get(column, ""), column, report):
                statement = _association(item, kind, report)
                if statement in statements:
                    report.skip("repeated within a record", item)
                elif statement:
                    statements[statement] = None
        description = _description(row.get("reason", ""), report)
        if description:
            text = Statement("description", text=(Name(description, "en"),))
            stated = [
                Statement("symptom", EntityReference((Name(each.capitalize(), "en"),)))
                for each in stated_symptoms.find(description, known)
            ]
            statements = {text: None, **dict.fromkeys(stated), **statements}
        yield EntityRecord("condition", own, tuple(statements), line)


def _known_findings(path: Path) -> frozenset[str]:
    """Return the names of all findings of a file, small."""
    quiet = ReadReport()
    rows = csv_rows.read_rows(path, _WANTED, _TITLE)
    listed = (item for _, row in rows for item in _parse_list(row["Symptom"], "Symptom", quiet))
    return frozenset(_drop_brackets(item).lower() for item in listed)


def _parse_list(cell: str, column: str, report: ReadReport) -> list[str]:
    """Return the texts of a printed list; nothing but a literal is ever evaluated."""
    if not cell.strip():
        return []
    if len(cell) > _LONGEST_LIST:  # Python's parser takes some hundred times as many bytes
        report.skip(f"{column} is no printed list", cell)
        return []
    try:
        value = ast.literal_eval(cell.strip())
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        report.skip(f"{column} is no printed list", cell)
        return []
    if not isinstance(value, (list, tuple)) or len(value) > _MOST_ITEMS:
        report.skip(f"{column} is no printed list", cell)
        return []
    return [item for item in value if isinstance(item, str)]


def _association(item: str, kind: str, report: ReadReport) -> Statement | None:
    if _CATCH_ALL.search(item):
        report.skip("catch-all entry", item)
        return None
    name = _drop_brackets(item)
    if not name or names.is_debris(name):
        report.skip("damaged name", item)
        return None
    if kind == "test" and _TREATMENT.search(name) and not _TEST.search(name):
        kind = "treatment"
    return Statement("associated_with", EntityReference((Name(name, "en"),)), kind=kind)


def _drop_brackets(item: str) -> str:
    """Return an entry without the brackets at its end.

    The brackets hold brands, lay words and artefacts, and some are another substance altogether
    (naloxone is given as "Naloxone (Suboxone)"), so they are no second name.

    >>> _drop_brackets("Estrogens, Conjugated (Usp) (Premarin)")
    'Estrogens, Conjugated'
    >>> _drop_brackets("Rho(D) Immune Globulin (Rhogam)")
    'Rho(D) Immune Globulin'
    """
    name = _clean_spelling(item)
    while _TAIL.search(name):
        name = _TAIL.sub("", name)
    return name.replace("; ", ", ")


def _clean_spelling(text: str) -> str:
    return _CAPITAL_S.sub("'s", names.clean(text))


def _condition_names(text: str) -> tuple[Name, ...]:
    """Return the names of a condition: brackets hold an acronym, a second name, or a hint.

    >>> [name.text for name in _condition_names("Deep vein thrombosis (DVT)")]
    ['Deep vein thrombosis', 'DVT']
    >>> [name.text for name in _condition_names("Drug abuse (opioids)")]
    ['Drug abuse (opioids)']
    """
    whole = _clean_spelling(text)
    found = [whole]
    tail = _TAIL.search(whole)
    if tail and not _QUALIFIED.search(whole):
        inside = tail[1].strip()
        second = _ACRONYM.search(inside) or not _HINT.search(inside)
        found = [whole[: tail.start()], *([inside] if second else [])]
    kept = [name for name in found if name and not names.is_debris(name)]
    return tuple(Name(name, "en") for name in kept)


def _description(raw: str, report: ReadReport) -> str:
    """Return the description, its escapes repaired, or nothing where it says nothing."""
    text = _ETYMOLOGY.sub("", _PRONUNCIATION.sub("", names.unescape(raw)))
    text = _EMPTY_BRACKETS.sub("", text)
    text = names.tidy(_CITATION.sub("", text)).strip(" ,")
    if not text:
        return ""
    if len(text) < _SHORTEST_REASON or _NO_REASON.search(text):
        report.skip("reason that describes nothing", raw)
        return ""
    text = _CUT_END.sub(" ", text).strip()
    return text if text[-1] in ".!?" else _whole_sentences(text, report)


def _whole_sentences(text: str, report: ReadReport) -> str:
    end = max(text.rfind(sign) for sign in (". ", "! ", "? "))
    if end < _SHORTEST_REASON:
        return text
    report.skip("reason cut in the source, kept to its last whole sentence", text[end + 1 :])
    return text[: end + 1]
