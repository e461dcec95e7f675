"""Read references of EndNote: its XML, and the tagged text (.enw) that CNKI and others export.

<record> with <style> runs | %0 … %T … %X -> title, abstract, year, type, identifiers
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from knowledge.ingest.sources.literature.markup import raised_figures, symbol_fonts
from knowledge.ingest.sources.literature.references import references, tagged_lines
from knowledge.ingest.sources.literature.references.references import FieldCounter, Reference
from knowledge.ingest.sources.streams import encodings, xml_elements
from knowledge.records import ReadReport, Record

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_TYPES = {
    **{"book": "book", "edited book": "book", "electronic book": "book"},
    **{"book section": "book chapter", "electronic book section": "book chapter"},
    **{"conference paper": "conference paper", "conference proceedings": "conference paper"},
    **{"thesis": "thesis", "report": "report", "government document": "report"},
    **{"web page": "web page", "blog": "web page", "newspaper article": "news"},
    **{"magazine article": "news", "unpublished work": "unpublished work", "standard": "report"},
}  # fmt: skip
_ARTICLES = {"journal article", "electronic article"}
_XML_KNOWN = references.names_in(
    "database source-app rec-number foreign-keys ref-type contributors auth-address titles "
    "periodical alt-periodical pages volume number issue keywords dates isbn accession-num "
    "abstract notes urls electronic-resource-num "
    "remote-database-name remote-database-provider language "
    "custom1 custom2 work-type label publisher pub-location edition section call-num "
    "access-date orig-pub num-vols secondary-volume secondary-issue reprint-edition "
    "electronic-num custom7 size record-source"
)
_TAG = re.compile(r"%(?P<tag>[!-~])(?:[ \t]+(?P<value>.*)|$)")
_MARK = re.compile(r"\A\s*%0[ \t]+\S.*\n(?:.*\n){0,40}?%[TAXJD][ \t]")
_TAGGED_KNOWN = references.names_in(
    "0 A B C D E F G H I J K L M N P Q R S T U V W X Y "
    "1 2 3 4 6 7 8 9 ? @ ! + ~ [ ] & ( ) * = $ # >"
)
_NUMBER = re.compile(r"\d{5,8}")
_PUBMED = re.compile(r"\b(?:nlm|pubmed|medline)\b", re.IGNORECASE)


def recognise_xml(path: Path, start: bytes) -> bool:
    """Say whether a file is XML of EndNote."""
    text = encodings.decode_head(path, start)
    root = xml_elements.root_name(text)
    return root in ("xml", "records") and "<record>" in text and "ref-type" in text


def read_xml(path: Path, report: ReadReport) -> Iterator[Record]:
    """Yield the references of an XML file; one without abstract is kept with its title alone."""
    counter = FieldCounter(report, _XML_KNOWN)
    for number, record in xml_elements.read_elements(path, {"record"}):

        def first(*places: str, record: "Element" = record) -> str:
            texts = (_styled(each) for place in places for each in record.findall(place))
            return next((text for text in texts if text.strip()), "")

        title = references.plain_line(first("titles/title") or first("titles/translated-title"))
        counter.count((str(each.tag) for each in record), title or f"record {number}")
        kind = record.find("ref-type")
        stated = (kind.get("name", "") if kind is not None else "").lower()
        accession = first("accession-num").strip()
        pubmed = bool(_PUBMED.search(first("remote-database-name", "remote-database-provider")))
        notes = [_styled(each) for each in record.findall("notes")]
        urls = [_styled(each) for each in record.findall("urls//url")]
        lines = [line for note in notes for line in re.split("[\r\n]", note)]
        _count_notes(notes, report)
        yield from references.build_records(
            Reference(
                line=number,
                title=title,
                sections=references.read_abstract(first("abstract").replace("\r", "\n\n")),
                type=_TYPES.get(stated, "" if stated in _ARTICLES else "document"),
                journal=references.plain_line(
                    first("periodical/full-title", "titles/secondary-title", "titles/alt-title")
                ),
                dates=[first("dates/year"), first("dates/pub-dates/date")],
                kinds=[
                    *(_styled(each) for each in record.findall("keywords/keyword")),
                    *lines,
                    first("work-type"),
                ],
                identifiers=references.find_identifiers(
                    [first("electronic-resource-num")],
                    [accession if pubmed and _NUMBER.fullmatch(accession) else ""],
                    [first("custom2") if "PMC" in first("custom2").upper() else ""],
                    [*lines, *urls],
                ),
                notes=lines,
            ),
            "endnote",
            report,
        )


def _styled(element: "Element") -> str:
    """Return the text of a field; runs in superscript are raised, and symbol fonts read."""
    text = element.text or ""
    for child in element:
        inside = symbol_fonts.read_in_font(_styled(child), child.get("font", ""))
        face = child.get("face", "")
        if "superscript" in face:
            inside = raised_figures.raised(inside)
        elif "subscript" in face:
            inside = raised_figures.lowered(inside, text[-1:])
        text += inside + (child.tail or "")
    return text


def _count_notes(notes: list[str], report: ReadReport) -> None:
    long = [note for note in notes if len(note) > 200]
    if long:
        report.skip("note of the library (not read)", long[0], len(long))


def recognise_tagged(path: Path, start: bytes) -> bool:
    """Say whether a file is tagged text of EndNote."""
    text = encodings.decode_head(path, start[:8192]).lstrip("\ufeff")
    return _MARK.match(text.replace("\r\n", "\n").replace("\r", "\n") + "\n") is not None


def read_tagged(path: Path, report: ReadReport) -> Iterator[Record]:
    """Yield the references of a tagged file, each from `%0` to the next."""
    counter = FieldCounter(report, _TAGGED_KNOWN)
    for entry in tagged_lines.read_entries(path, _TAG, "0", "none", report):
        counter.count(
            (tag for tag, _ in entry.fields if tag not in ("Z", "<", "^")), f"line {entry.line}"
        )
        notes = entry.raw("Z", "<")
        _count_notes([" ".join(notes)], report)
        stated = entry.first("0").lower()
        accession = entry.first("M").strip()
        pubmed = bool(_PUBMED.search(" ".join(entry.all("~", "W"))))
        yield from references.build_records(
            Reference(
                line=entry.line,
                title=entry.first("T", "Q"),
                sections=references.read_abstract(entry.text("X")),
                type=_TYPES.get(stated, "" if stated in _ARTICLES else "document"),
                journal=entry.first("J", "B"),
                dates=[entry.first("D"), entry.first("8")],
                kinds=[*entry.all("9"), *entry.raw("K"), *notes],
                identifiers=references.find_identifiers(
                    entry.raw("R"),
                    [accession if pubmed and _NUMBER.fullmatch(accession) else ""],
                    [each for each in entry.raw("2") if "PMC" in each.upper()],
                    [*notes, *entry.raw("U", "M")],
                ),
                notes=notes,
            ),
            "endnote",
            report,
        )
