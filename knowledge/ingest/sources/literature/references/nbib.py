"""Read MEDLINE text (nbib), as PubMed saves citations.

    `PMID- ` to the next one -> title, sections of the abstract, year, type, identifiers

The documents equal those of PubMed's XML, and have the same keys.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from knowledge.graph import revisions
from knowledge.ingest.sources.literature.articles import pubmed, pubmed_notices
from knowledge.ingest.sources.literature.markup import markup
from knowledge.ingest.sources.literature.references import tagged_lines
from knowledge.ingest.sources.literature.references.tagged_lines import TaggedEntry
from knowledge.ingest.sources.streams import encodings
from knowledge.records import DocumentRecord, ReadReport, Record

_TAG = re.compile(r"(?P<tag>[A-Z][A-Z0-9 ]{3})-(?: (?P<value>.*)|$)")
_MARK = re.compile(r"\A\s*(?:\d+[.:]?\s+)?(?:[A-Z][A-Z0-9 ]{3}- .*\n(?: .*\n)*){0,3}?PMID- ?\d")
_DOI = re.compile(r"(\S+) \[doi\]")


def recognise(path: Path, start: bytes) -> bool:
    """Say whether a file is MEDLINE text."""
    text = encodings.decode_head(path, start[:4096]).lstrip("\ufeff").replace("\r", "")
    return _MARK.match(text) is not None


def read(path: Path, report: ReadReport) -> Iterator[Record]:
    """Yield the citations of a file; one without abstract is kept with its title alone."""
    for entry in tagged_lines.read_entries(path, _TAG, "PMID", "", report):
        pmid = entry.first("PMID")
        title = pubmed.clean_title(entry.first("TI", "BTI") or entry.first("TT"))
        sections = tagged_lines.split_abstract(entry.text("AB"))
        if not re.fullmatch(r"\d{1,8}", pmid):
            report.skip("article without PMID", f"line {entry.line}")
            continue
        if not title and not sections:
            report.skip("article without title and abstract", f"pmid:{pmid}")
            continue
        if not sections:
            report.skip("no abstract (kept with its title)", f"pmid:{pmid}")
        others = len(entry.all("OAB"))
        if others:
            report.skip("second abstract in another language", f"pmid:{pmid}", others)
        kinds = [kind.lower() for kind in entry.all("PT")]
        stated = pubmed_notices.read_title(title)
        yield DocumentRecord(
            key=f"pmid:{pmid}",
            title=title or sections[0].text[:100],
            language=markup.language_of(" ".join(part.text for part in sections) or title),
            sections=sections,
            year=_year(entry),
            type=stated.type or pubmed.classify_type(kinds, title),
            journal=entry.first("JT", "TA") or entry.first("BTI"),
            identifiers=_identifiers(pmid, entry),
            retracted="retracted publication" in kinds or stated.retracted,
            line=entry.line,
            revision=_revision(entry, path),
        )
        links = [
            pubmed_notices.parse_citation(kind, value)
            for tag, kind in pubmed_notices.TAGS.items()
            for value in entry.all(tag)
        ]
        own = f"pmid:{pmid}"
        yield from pubmed_notices.read_links(links, own, kinds, stated, entry.line, report)


def _revision(entry: TaggedEntry, path: Path) -> str:
    date = entry.first("LR")
    known = re.fullmatch(r"(\d{4})(\d\d)(\d\d)", date)
    return revisions.compose("1", "-".join(known.groups()), path) if known else ""


def _year(entry: TaggedEntry) -> int | None:
    dates = (pubmed.find_year(date) for date in entry.all("DP", "DEP", "DCOM"))
    return next((year for year in dates if year), None)


def _identifiers(pmid: str, entry: TaggedEntry) -> tuple[str, ...]:
    dois = (_DOI.fullmatch(value) for value in entry.all("AID", "LID"))
    found = [f"pmid:{pmid}", *(f"doi:{each[1].lower()}" for each in dois if each)]
    found += [f"pmc:{value.upper()}" for value in entry.all("PMC")]
    return tuple(dict.fromkeys(found))
