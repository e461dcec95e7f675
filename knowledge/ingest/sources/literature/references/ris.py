"""Read references in RIS, as Zotero, EndNote, Ovid, Embase and Scopus export them.

    `TY  - ` to `ER  - ` -> title, abstract, year, type, identifiers

The exports agree on little: the same field has several tags, years are mixed with seasons, and
EndNote puts PubMed's own fields into the notes. A reference is kept under its PMID, else its DOI.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from knowledge.ingest.sources.literature.articles import pubmed, pubmed_notices
from knowledge.ingest.sources.literature.markup import markdown_text, markup
from knowledge.ingest.sources.literature.pages.plain_text import content_key
from knowledge.ingest.sources.literature.references import article_ids, references, tagged_lines
from knowledge.ingest.sources.literature.references.references import FieldCounter
from knowledge.ingest.sources.literature.references.tagged_lines import TaggedEntry
from knowledge.ingest.sources.streams import encodings
from knowledge.records import DocumentRecord, ReadReport, Record

_TAG = re.compile(r"(?P<tag>[A-Z][A-Z0-9])(?P<gap>[ \t]{1,3})-(?:[ \t]+(?P<value>.*)|$)")
_MARK = re.compile(r"\A\s*(?:\d+\.?\s+)?TY[ \t]{1,3}-(?:[ \t]|$)", re.MULTILINE)
_TYPES = {
    "ABST": "conference abstract",
    "BOOK": "book",
    "CHAP": "book chapter",
    "CONF": "conference paper",
    "CPAPER": "conference paper",
    "EBOOK": "book",
    "ECHAP": "book chapter",
    "ELEC": "web page",
    "BLOG": "web page",
    "WEB": "web page",
    "MGZN": "news",
    "NEWS": "news",
    "RPRT": "report",
    "GOVDOC": "report",
    "THES": "thesis",
    "UNPB": "unpublished work",
    "UNPD": "unpublished work",
}
_ARTICLES = {"JOUR", "EJOUR", "JFULL", "INPR"}
_NOTED = {"retracted publication", "retracted article"}
_KNOWN = references.names_in(
    "TY A1 A2 A3 A4 A5 AB AD AF AN AU AV BT C1 C2 C3 C4 C5 C6 C7 C8 CA CL CN CO CP CR CT CY DA DB "
    "DE DI DO DP DS ED EP ER ET FD H1 H2 ID IP IS J1 J2 JA JF JO K1 KW L1 L2 L3 L4 LA LB LG LK LL "
    "M1 M2 M3 N1 N2 NO NV OL OP PA PB PG PM PP PT PY RD RI RN RP RT SE SF SL SN SO SP SR ST SV T1 "
    "T2 T3 TA TI TT U1 U2 U3 U4 U5 UR VL VO WP WT WV XL XT Y1 Y2 YR"
)
_NUMBER = re.compile(r"\d{6,8}")


def recognise(path: Path, start: bytes) -> bool:
    """Say whether a file is RIS."""
    return _MARK.match(_normalised_head(path, start)) is not None


def read(path: Path, report: ReadReport) -> Iterator[Record]:
    """Yield the references of a file; one without abstract is kept with its title alone."""
    counter = FieldCounter(report, _KNOWN)
    for entry in tagged_lines.read_entries(path, _TAG, "TY", "ER", report, _KNOWN):
        counter.count((tag for tag, _ in entry.fields), f"line {entry.line}")
        title = pubmed.clean_title(entry.first("TI", "T1", "CT", "BT", "ST", "TT"))
        sections = tagged_lines.split_abstract(_abstract(entry))
        place = f"line {entry.line}"
        if not title and not sections:
            report.skip("reference without title and abstract", place)
            continue
        others = [each for each in entry.all("TI", "T1", "TT") if _bare(each) != _bare(title)]
        if others:
            report.skip("other title of the reference (not read)", others[0], len(others))
        if not sections:
            report.skip("no abstract (kept with its title)", title)
        year = _year(entry)
        if year is None and entry.all("PY", "Y1"):
            report.skip("year that cannot be read (kept without)", entry.first("PY", "Y1"))
        identifiers = _identifiers(entry)
        text = "\n".join((title, *(part.text for part in sections)))
        key = identifiers[0] if identifiers else content_key("ris", text)
        stated = pubmed_notices.read_title(title)
        kinds = _stated_kinds(entry, "KW")
        yield DocumentRecord(
            key=key,
            title=title or sections[0].text[:100],
            language=markup.language_of(text),
            sections=sections,
            year=year,
            type=stated.type or _type(entry, title),
            journal=entry.first("JF", "T2", "JO", "JA", "J2"),
            identifiers=identifiers,
            retracted=stated.retracted or not _NOTED.isdisjoint(kinds),
            line=entry.line,
        )
        found = (pubmed_notices.find_link(each) for each in entry.raw("N1", "N2", "AN", "UR"))
        links = [each for each in found if each]
        yield from pubmed_notices.read_links(links, key, kinds, stated, entry.line, report)


def _abstract(entry: TaggedEntry) -> str:
    """Return the abstract of a reference, with what a second field says that the first does not."""
    first, second = entry.text("AB"), entry.text("N2")
    if _bare(second) in _bare(first):
        return first
    return second if _bare(first) in _bare(second) else f"{first}\n\n{second}"


def _bare(text: str) -> str:
    """Return the letters and figures of a text, by which two copies of it are compared."""
    return "".join(sign for sign in pubmed.clean_title(text).lower() if sign.isalnum())


def _normalised_head(path: Path, start: bytes) -> str:
    return encodings.decode_head(path, start[:4096]).lstrip("\ufeff").replace("\r", "\n")


def _year(entry: TaggedEntry) -> int | None:
    # Y2 is the day on which somebody looked the reference up, and no year of it.
    dates = (pubmed.find_year(date) for date in entry.all("PY", "Y1", "DA"))
    return next((year for year in dates if year), None)


def _stated_kinds(entry: TaggedEntry, *more: str) -> list[str]:
    """Return what an export says of the kind of a work: in a field, or on a line of the notes."""
    lines = entry.raw("M3", "PT", "N1", *more)
    return [kind.strip(" .").lower() for line in lines for kind in line.split(";")]


def _type(entry: TaggedEntry, title: str) -> str:
    stated = entry.first("TY").upper()
    if stated in _TYPES:
        return _TYPES[stated]
    known = pubmed.classify_type(_stated_kinds(entry), title)
    plain = known == "journal article" and stated not in _ARTICLES
    return "document" if plain else known


def _identifiers(entry: TaggedEntry) -> tuple[str, ...]:
    places = entry.raw("N1", "UR", "L2", "LK", "AN", "C7")
    # A PMID in a note such as "Retraction in: …" is that of the other article.
    own = [place for place in places if pubmed_notices.find_link(place) is None]
    pmids = [article_ids.find_pmid(markdown_text.strip_markdown(place)) for place in own]
    number = entry.first("AN").removeprefix("PMID:").strip()
    # EndNote and PubMed itself name the library; a bare number means nothing without its name.
    libraries = " ".join(entry.all("DB", "DP", "C8")).lower()
    if _NUMBER.fullmatch(number) and re.search(r"\b(?:nlm|pubmed|medline)\b", libraries):
        pmids.insert(0, number)
    dois = [article_ids.find_doi(place) for place in entry.raw("DO", "M3", "UR", "L2", "L3")]
    found = [f"pmid:{each}" for each in pmids if each][:1]
    return (*found, *[f"doi:{each}" for each in dois if each][:1])
