"""Read references in BibTeX and BibLaTeX, as Zotero, Mendeley, JabRef and CNKI export them.

    entries -> LaTeX to text -> title, abstract, year, type, identifiers

An entry takes from the one it names in `crossref` what it lacks: year, journal, title of the book.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from knowledge.ingest.sources.literature.markup.latex_text import plain_latex
from knowledge.ingest.sources.literature.references import bibtex_entries, references
from knowledge.ingest.sources.literature.references.bibtex_entries import BibEntry
from knowledge.ingest.sources.literature.references.references import FieldCounter, Reference
from knowledge.ingest.sources.streams import encodings
from knowledge.records import ReadReport, Record

_TYPES = {
    **{"book": "book", "booklet": "book", "mvbook": "book", "inbook": "book chapter"},
    **{"incollection": "book chapter", "collection": "book", "suppbook": "book chapter"},
    **{"inproceedings": "conference paper", "conference": "conference paper"},
    **{"proceedings": "conference paper", "phdthesis": "thesis", "mastersthesis": "thesis"},
    **{"thesis": "thesis", "techreport": "report", "report": "report", "manual": "report"},
    **{"online": "web page", "www": "web page", "electronic": "web page", "misc": "document"},
    **{"unpublished": "unpublished work", "dataset": "document", "reference": "book"},
    **{"inreference": "book chapter", "software": "document", "patent": "document"},
}  # fmt: skip
_ARTICLES = {"article", "suppperiodical", "periodical", "review", "letter"}
_OTHERS = {"comment", "string", "preamble", "xdata", "set", "mvcollection", "mvproceedings"}
_KINDS = "|".join(sorted({*_TYPES, *_ARTICLES, *_OTHERS}))
_MARK = re.compile(rf"(?:%.*\n|\s)*@\s*(?:{_KINDS})\s*[{{(]", re.IGNORECASE)
_ANYWHERE = re.compile(rf"^[ \t]*@[ \t]*(?:{_KINDS})\s*[{{(]", re.IGNORECASE | re.MULTILINE)
_PARENTS = {"book", "proceedings", "collection", "mvbook", "mvcollection", "mvproceedings"} | {
    "periodical",
    "xdata",
    "inbook",
}
_KNOWN = references.names_in(
    "title subtitle abstract year date doi pmid pmcid eprint eprinttype archiveprefix url note "
    "annote annotation keywords keyword type entrysubtype journal journaltitle booktitle "
    "maintitle crossref xdata author editor translator month day volume number issue pages "
    "numpages issn isbn publisher address location language langid file files urldate "
    "shorttitle shortjournal series edition chapter school institution organization copyright "
    "howpublished primaryclass eid art_number key timestamp owner added-at biburl interhash "
    "intrahash mendeley-groups mendeley-tags affiliation source document_type abbrev_source_title "
    "coden lccn pagetotal pubstate rights date-added date-modified bdsk-url-1 bdsk-url-2 "
    "bdsk-file-1 groups creationdate modificationdate citation-key publication_stage issue_date "
    "eissn orcid-numbers researcherid-numbers unique-id times-cited number-of-cited-references "
    "da usage-count-last-180-days usage-count-since-2013 doc-delivery-number journal-iso "
    "web-of-science-categories research-areas keywords-plus author-email "
    "funding-acknowledgement priority ids options"
)
_NOTES = ("note", "annote", "annotation", "comment", "review")
_ESCAPED = re.compile(r"\\([_%&#$])|[{}]")


def recognise(path: Path, start: bytes) -> bool:
    """Say whether a file is BibTeX: it begins with an entry, or is named .bib and holds one."""
    if b"@" not in start:
        return False
    text = encodings.decode_head(path, start).lstrip("\ufeff").replace("\r\n", "\n")
    named = ".bib" in [suffix.lower() for suffix in path.suffixes]
    return bool(_ANYWHERE.search(text) if named else _MARK.match(text))


def read(path: Path, report: ReadReport) -> Iterator[Record]:
    """Yield the references of a file; one without abstract is kept with its title alone."""
    parents: dict[str, dict[str, str]] = {}
    waiting: list[BibEntry] = []
    counter = FieldCounter(report, _KNOWN)
    for entry in bibtex_entries.read_entries(path, report):
        if entry.type in _PARENTS and entry.key:
            kept = {name: entry.fields[name] for name in _INHERITED if name in entry.fields}
            parents[entry.key.lower()] = kept
        if entry.type in ("xdata", "set"):
            report.skip(f"@{entry.type} (no reference of its own)", entry.key)
        elif "crossref" in entry.fields or "xdata" in entry.fields:
            waiting.append(entry)
        else:
            yield from _documents(entry, counter)
    for entry in waiting:
        for name in ("crossref", "xdata"):
            other = entry.fields.get(name, "").strip().lower()
            if other and other not in parents:
                report.skip("crossref to an entry that is not there", entry.key)
            for field, value in parents.get(other, {}).items():
                entry.fields.setdefault("booktitle" if field == "title" else field, value)
        yield from _documents(entry, counter)


_INHERITED = ("title", "year", "date", "journal", "journaltitle", "booktitle")


def _documents(entry: BibEntry, counter: FieldCounter) -> Iterator[Record]:
    def line(name: str) -> str:
        return references.plain_line(plain_latex(entry.fields.get(name, "")))

    def raw(name: str) -> str:
        return _ESCAPED.sub(r"\1", entry.fields.get(name, "")).replace(r"\textless", "<")

    report, fields = counter.report, entry.fields
    counter.count(fields, entry.key)
    notes = [line(name) for name in _NOTES if fields.get(name)]
    eprint = (fields.get("eprinttype") or fields.get("archiveprefix") or "").lower()
    of_pubmed = eprint in ("pubmed", "pmid", "medline")
    identifiers = references.find_identifiers(
        [raw("doi")],
        [raw("pmid"), raw("eprint") if of_pubmed else ""],
        [raw("pmcid"), raw("eprint") if eprint.startswith("pmc") else ""],
        [*notes, raw("url"), raw("howpublished")],
    )
    told = [note for note in notes if len(note) > 30 and not _IDENTIFIERS.fullmatch(note)]
    if told:
        report.skip("note of the library (not read)", told[0], len(told))
    yield from references.build_records(
        Reference(
            line=entry.line,
            title=": ".join(filter(None, (line("title"), line("subtitle"))))
            or (line("booktitle") if entry.type in _PARENTS else ""),
            sections=references.read_abstract(plain_latex(fields.get("abstract", ""))),
            type=_TYPES.get(entry.type, "" if entry.type in _ARTICLES else "document"),
            journal=line("journal") or line("journaltitle") or line("booktitle"),
            dates=[raw("year"), raw("date"), raw("issue_date")],
            kinds=[
                *(kind for name in ("keywords", "keyword") for kind in line(name).split(",")),
                *(line(name) for name in ("type", "entrysubtype", "document_type")),
                *notes,
            ],
            identifiers=identifiers,
            notes=notes,
        ),
        "bibtex",
        report,
    )


_IDENTIFIERS = re.compile(r"(?:\W|PMC?ID|DOI|PMC\d+|\d+|10\.\S+)*", re.IGNORECASE)
