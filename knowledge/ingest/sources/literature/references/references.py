"""Build documents from references: what the readers of BibTeX, CSL-JSON and EndNote share.

    title, abstract, dates, identifiers, what a library says of a work -> one document

A reference is kept under its PMID, PMC id or DOI, else under a key made of its text.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from knowledge.ingest.sources.literature.articles import pubmed, pubmed_notices
from knowledge.ingest.sources.literature.markup import known_tags, markup
from knowledge.ingest.sources.literature.pages.plain_text import content_key
from knowledge.ingest.sources.literature.references import article_ids, tagged_lines
from knowledge.records import DocumentRecord, NoticeRecord, ReadReport, Record, Section

_NOTED = {"retracted publication", "retracted article", "retracted"}
_PMCID = re.compile(r"\bPMC\s?(\d{3,9})\b", re.IGNORECASE)
_NUMBER = re.compile(r"\d{1,8}")
_HEADED = re.compile(
    r"<(?P<tag>(?:jats:)?title)\b[^<>]*>(?P<title>(?:(?!<(?P=tag)\b).)*?)</(?P=tag)\s*>",
    re.DOTALL | re.IGNORECASE,
)
_NO_HEADING = {"", "abstract", "summary", "摘要"}
_OTHERS = 50


def names_in(text: str) -> frozenset[str]:
    """Return the names that a text lists between blanks."""
    return frozenset(text.split())


@dataclass(slots=True)
class Reference:
    """What a library says of one work.

    `kinds` are its keywords and kinds in any case, `notes` the lines of its notes, `notices`
    what it says of itself and of others.
    """

    line: int
    title: str
    sections: tuple[Section, ...]
    type: str = ""
    journal: str = ""
    dates: Sequence[str] = ()
    kinds: Sequence[str] = ()
    identifiers: tuple[str, ...] = ()
    notes: Sequence[str] = ()
    notices: Sequence[NoticeRecord] = ()
    retracted: bool = False


@dataclass(slots=True)
class FieldCounter:
    """Count the fields that a reader does not read, by their names."""

    report: ReadReport
    known: frozenset[str]
    _names: set[str] = field(default_factory=set)

    def count(self, names: Iterable[str], place: str) -> None:
        """Count those of some names that are not known; after many names, without them."""
        for name in names:
            if name in self.known:
                continue
            if len(self._names) < _OTHERS:
                self._names.add(name)
            shown = f"field {name[:40]}" if name in self._names else "other field"
            self.report.skip(f"{shown} (not read)", place)


def build_records(reference: Reference, format: str, report: ReadReport) -> Iterator[Record]:
    """Yield the document of a reference, and notices of it and of others."""
    title = pubmed.clean_title(reference.title)
    sections = reference.sections
    if not title and not sections:
        report.skip("reference without title and abstract", f"line {reference.line}")
        return
    if not sections:
        report.skip("no abstract (kept with its title)", title)
    dates = [date for date in reference.dates if date.strip()]
    year = next(filter(None, map(pubmed.find_year, dates)), None)
    if dates and year is None:
        report.skip("year that cannot be read (kept without)", dates[0])
    text = "\n".join((title, *(part.text for part in sections)))
    kinds = [kind.strip(" .").lower() for each in reference.kinds for kind in each.split(";")]
    known = pubmed.classify_type(kinds, title)
    stated = pubmed_notices.read_title(title)
    key = reference.identifiers[0] if reference.identifiers else content_key(format, text)
    usual = reference.type if reference.type and known == "journal article" else known
    yield DocumentRecord(
        key=key,
        title=title or sections[0].text[:100],
        language=markup.language_of(text),
        sections=sections,
        year=year,
        type=stated.type or usual,
        journal=reference.journal,
        identifiers=reference.identifiers,
        retracted=reference.retracted or stated.retracted or not _NOTED.isdisjoint(kinds),
        line=reference.line,
    )
    found = (pubmed_notices.find_link(note) for note in reference.notes)
    links = [link for link in found if link]
    yield from reference.notices
    if not reference.notices:
        line = reference.line
        yield from pubmed_notices.read_links(links, key, kinds, stated, line, report)


def find_identifiers(
    dois: Iterable[str], pmids: Iterable[str], pmcids: Iterable[str], texts: Iterable[str] = ()
) -> tuple[str, ...]:
    """Return the identifiers of a work: from fields of their own, then from notes and addresses.

    >>> find_identifiers(["https://doi.org/10.1000/ABC"], ["12"], ["7654321"], [])
    ('pmid:12', 'pmc:PMC7654321', 'doi:10.1000/abc')
    """
    # A PMID in a note such as "Retraction in: …" is that of the other article.
    texts = [text for text in texts if pubmed_notices.find_link(text) is None]
    bare = (each.strip() for each in pmids)
    found_pmids = [
        each if _NUMBER.fullmatch(each) else article_ids.find_pmid(each) for each in bare
    ]
    found_pmids += map(article_ids.find_pmid, texts)
    found_pmcs = [_find_pmcid(each.strip()) for each in pmcids]
    found_pmcs += [f"PMC{found[1]}" for found in map(_PMCID.search, texts) if found]
    found_dois = [article_ids.find_doi(each) for each in (*dois, *texts)]
    parts = (("pmid", found_pmids), ("pmc", found_pmcs), ("doi", found_dois))
    return tuple(f"{name}:{first}" for name, found in parts for first in [*filter(None, found)][:1])


def _find_pmcid(text: str) -> str:
    found = _PMCID.search(text)
    if found:
        return f"PMC{found[1]}"
    return f"PMC{text}" if _NUMBER.fullmatch(text) else ""


def read_abstract(raw: str) -> tuple[Section, ...]:
    """Return the sections of an abstract that may hold tags of HTML or JATS.

    >>> [each.title for each in read_abstract("<sec><title>Aim</title><p>To see.</p></sec>")]
    ['Aim']
    """
    raw = raw.strip().removeprefix("<正>")
    heads = list(_HEADED.finditer(raw)) if "<" in raw else []
    if not heads:
        return tagged_lines.split_abstract(_paragraphs(raw))
    found = [*tagged_lines.split_abstract(_paragraphs(raw[: heads[0].start()]))]
    ends = [head.start() for head in heads[1:]] + [len(raw)]
    for head, end in zip(heads, ends, strict=True):
        title = plain_line(head["title"]).strip(" :.")
        title = title.capitalize() if title.isupper() else title
        text = _paragraphs(raw[head.end() : end])
        if text:
            found.append(Section("" if title.lower() in _NO_HEADING else title, text))
    return tuple(found)


def _paragraphs(raw: str) -> str:
    return markup.plain_paragraphs(known_tags.plain(raw))


def plain_line(raw: str) -> str:
    """Return a field on one line, without tags and with entities read once."""
    return markup.join_lines(known_tags.plain(raw))
