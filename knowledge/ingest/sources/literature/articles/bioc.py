"""Read articles in BioC, XML and JSON, as PubMed Central and PubTator give them.

    documents -> passages by their infons -> title, sections, tables, captions; references counted

BioC has no raised signs: what can only be a power of ten that lost its sign is marked as a hole.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from knowledge.ingest.sources.literature.articles import pubmed, pubmed_notices
from knowledge.ingest.sources.literature.articles.bioc_sections import Passage, SectionBuilder
from knowledge.ingest.sources.literature.markup.markup import element_text
from knowledge.ingest.sources.literature.pages.plain_text import content_key
from knowledge.ingest.sources.literature.references import references
from knowledge.ingest.sources.streams import (
    archives,
    encodings,
    json_lists,
    json_records,
    xml_elements,
)
from knowledge.records import DocumentRecord, ReadReport, Record
from knowledge.text import names

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_LISTS = ("documents", "PubTator3")
_WRAPPED = re.compile(r'"(?:documents|PubTator3)"\s*:\s*\[')
_KEYS = re.compile(r'"passages"\s*:\s*\[')
_SOURCE = re.compile(r'(?:<source>|"source"\s*:\s*")\s*([^<"]{0,80})')
_PMC = re.compile(r"(?:PMC)?(\d{3,9})", re.IGNORECASE)
_NUMBER = re.compile(r"\d{1,8}")
_KINDS = ("article-type", "article_type", "publication-type", "publication_type", "subject")
_RETRACTED = {"retracted publication", "retracted article", "retracted-article", "retracted"}
_IDS = {"article-id_pmid": "pmid", "article-id_pmc": "pmc", "article-id_doi": "doi"}


def recognise_xml(path: Path, start: bytes) -> bool:
    """Say whether a file is a collection of BioC in XML."""
    text = encodings.decode_head(path, start)
    named = xml_elements.root_name(text) == "collection"
    return named and ("<document" in text or "BioC" in text)


def recognise_json(path: Path, start: bytes) -> bool:
    """Say whether a file holds documents of BioC in JSON."""
    text = encodings.decode_head(path, start).lstrip("\ufeff \r\n\t")
    bioc = _KEYS.search(text) or '"BioCCollection"' in text
    return text[:1] in ("{", "[") and bool(bioc) and '"infons"' in text


def read_xml(path: Path, report: ReadReport) -> Iterator[Record]:
    """Yield the documents of a collection by their sections."""
    source = _source_of(path)
    for number, element in xml_elements.read_elements(path, {"document"}):
        passages = [Passage(_infons(each), _texts(each)) for each in element.findall("passage")]
        id = (element.findtext("id") or "").strip()
        yield from _records(id, source, _infons(element), passages, path, number, report)


def _infons(element: "Element") -> dict[str, str]:
    return {each.get("key", ""): (each.text or "").strip() for each in element.findall("infon")}


def _texts(element: "Element") -> str:
    text = element.find("text")
    if text is not None:
        return _text(text)
    found = (each.find("text") for each in element.findall("sentence"))
    return " ".join(filter(None, (_text(each) for each in found if each is not None)))


def _text(element: "Element") -> str:
    """Return a text with what elements inside it hold, which BioC should have escaped."""
    return element_text(element) if len(element) else element.text or ""


def read_json(path: Path, report: ReadReport) -> Iterator[Record]:
    """Yield the documents of a collection, a list or lines of documents, by their sections."""
    source = _source_of(path)
    for line, value in _documents(path):
        found = value.get("passages")
        passages = [
            Passage(_texts_of(each.get("infons")), _json_text(each))
            for each in (found if isinstance(found, list) else [])
            if isinstance(each, dict)
        ]
        infons = _texts_of(value.get("infons")) | _texts_of(value)
        id = _said(value.get("id")) or _said(value.get("_id")).partition("|")[0]
        yield from _records(id, source, infons, passages, path, line, report)


def _documents(path: Path) -> Iterator[tuple[int, Mapping[str, object]]]:
    text = encodings.decode_head(path, archives.read_head(path))
    if not _WRAPPED.search(text):
        yield from json_records.read_objects(path)
        return
    for _, line, value in json_lists.read_items(path, _LISTS):
        if isinstance(value, dict):
            yield line, value


def _said(value: object) -> str:
    return str(value).strip() if isinstance(value, str | int) else ""


def _texts_of(value: object) -> dict[str, str]:
    if not isinstance(value, dict):
        return {}
    return {str(name): _said(each) for name, each in value.items() if _said(each)}


def _json_text(passage: Mapping[str, object]) -> str:
    text = passage.get("text")
    if isinstance(text, str) and text:
        return text
    sentences = passage.get("sentences")
    parts = sentences if isinstance(sentences, list) else []
    return " ".join(_said(each.get("text")) for each in parts if isinstance(each, dict))


def _source_of(path: Path) -> str:
    found = _SOURCE.search(encodings.decode_head(path, archives.read_head(path)))
    return found[1].strip().lower() if found else ""


def _records(
    id: str,
    source: str,
    infons: Mapping[str, str],
    passages: Iterable[Passage],
    path: Path,
    line: int,
    report: ReadReport,
) -> Iterator[Record]:
    builder = SectionBuilder(report)
    told = dict(infons)
    lines: list[str] = []
    for passage in passages:
        kind = passage.infons.get("section_type", "").upper()
        if kind != "REF" and not passage.infons.get("type", "").startswith("ref"):
            for name, value in passage.infons.items():
                told.setdefault(name, value)
                lines.append(value)
        builder.add(passage)
    sections = builder.finish()
    title = pubmed.clean_title(builder.title)
    if not title and not sections:
        report.skip("document without title and text", id or f"{path.name}, line {line}")
        return
    if not sections:
        report.skip("no abstract (kept with its title)", title)
    identifiers = _identifiers(id, source, told, builder.is_full_text)
    kinds = [each.strip().lower() for name in _KINDS for each in told.get(name, "").split(";")]
    stated = pubmed_notices.read_title(title)
    whole = "\n".join((title, *(section.text for section in sections)))
    key = identifiers[0] if identifiers else content_key("bioc", whole)
    text = " ".join(section.text for section in sections[:3]) or title
    notice = {"retraction": "retraction notice", "correction": "correction"}
    yield DocumentRecord(
        key=key,
        title=title or sections[0].text[:100],
        language=names.language_of(text),
        sections=sections,
        year=pubmed.find_year(told.get("year", "") or told.get("date", "")),
        type=stated.type
        or next((notice[kind] for kind in kinds if kind in notice), "")
        or pubmed.classify_type(kinds, title),
        journal=references.plain_line(told.get("journal-title") or _journal(told)),
        identifiers=identifiers,
        retracted=stated.retracted or not _RETRACTED.isdisjoint(kinds),
        line=line,
    )
    links = [link for link in map(pubmed_notices.find_link, lines) if link]
    yield from pubmed_notices.read_links(links, key, kinds, stated, line, report)


def _journal(told: Mapping[str, str]) -> str:
    """Return the journal; PubTator writes date, volume and DOI behind its name."""
    return re.split(r"[;.] (?=\d{4}\b|doi)", told.get("journal", ""), maxsplit=1)[0].rstrip(".")


def _identifiers(
    id: str, source: str, told: Mapping[str, str], is_full_text: bool
) -> tuple[str, ...]:
    found = dict.fromkeys(("pmc", "pmid", "doi") if is_full_text else ("pmid", "pmc", "doi"), "")
    for name, register in _IDS.items():
        found[register] = told.get(name, "")
    found["pmid"] = found["pmid"] or told.get("pmid", "")
    found["pmc"] = found["pmc"] or told.get("pmcid", "")
    if id.upper().startswith("PMC") or source in ("pmc", "pubmed central"):
        found["pmc"] = found["pmc"] or id
    elif source.startswith(("pub", "bioc")) or (not source and "passages" not in told):
        found["pmid"] = found["pmid"] or (id if _NUMBER.fullmatch(id) else "")
    if not _NUMBER.fullmatch(found["pmid"]):
        found["pmid"] = ""
    number = _PMC.fullmatch(found["pmc"])
    found["pmc"] = f"PMC{number[1]}" if number else ""
    doi = references.find_identifiers([found["doi"]], [], [])
    found["doi"] = doi[0].removeprefix("doi:") if doi else ""
    return tuple(f"{register}:{each}" for register, each in found.items() if each)
