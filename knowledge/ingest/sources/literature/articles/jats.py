"""Read full texts in JATS XML, as PubMed Central gives them, by sections.

    XML -> article -> abstract and body, each section with its path of titles; tables and figures

Every element that holds text is read, or counted with its name: references, acknowledgements,
supplementary files and the sections around an article (funding, interests) are not read. A
citation mark such as [12] goes with the reference it points to.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from knowledge.ingest.sources.literature.articles import (
    jats_blocks,
    jats_front,
    jats_marks,
    jats_notices,
)
from knowledge.ingest.sources.literature.markup.markup import element_text
from knowledge.ingest.sources.literature.pages.plain_text import content_key
from knowledge.ingest.sources.streams import encodings, xml_elements
from knowledge.records import DocumentRecord, ReadReport, Record, Section
from knowledge.text import names

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_ROOTS = {"article", "pmc-articleset", "articles", "OAI-PMH"}
_MARK = re.compile(r"<(?:[\w-]+:)?(?:front|article-meta|journal-meta)[\s>]")
_WITHOUT = jats_blocks.BLOCKS
_AROUND_PARTS = (
    r"(?:potential )?conflicts? of interests?(?: statement| disclosures?)?",
    r"(?:declaration of )?competing (?:financial )?interests?(?: statement)?",
    r"(?:(?:non)?financial )?disclosures?|declarations?|financial support",
    r"declarations? of (?:conflicting )?interests?|disclosure statement",
    r"(?:authors?\W{0,2}s?\W{0,2} |other )?contributions?(?: to the (?:study|article|paper))?",
    r"authors?\W{0,2}s?\W{0,2} information|contributors|pre-?publication history",
    r"(?:electronic |online )?(?:supplementary|supplemental|supporting) "
    r"(?:materials?|information|data|files?|content|tables?|figures?|appendix)",
    r"about this supplement|additional (?:files?|information|data)(?: \d+)?",
    r"(?:sources? of )?(?:funding|financial)(?: sources?| statements?| information)?|support",
    r"(?:list of )?(?:non-?standard )?abbreviations?(?: used)?|acknowledge?ments?|references",
    r"availability of (?:supporting )?data(?: and materials?)?|consent (?:for|to) publication",
    r"data (?:availability|sharing|deposition)(?: statement)?|publisher\W{0,2}s notes?",
    r"(?:open )?peer[- ]review(?: (?:history|file|reports?))?|consent to participate",
    r"ethic(?:s|al) (?:approvals?|statements?)",
    r"(?:clinical )?(?:tr[ia]{2}ls? )?registration(?: numbers?)?",
)
_AROUND = re.compile(
    r"\W*(?:{0})(?:\s*(?:[,;:/&]|\band\b)\s*(?:{0}))*\W*".format("|".join(_AROUND_PARTS)),
    re.IGNORECASE,
)
"""The whole title of a section that speaks of the article: of medicine speak "Supplementation",
"Financial incentives", and "Standard arm (see Additional file 4)"."""

_SIDE_ABSTRACTS = {
    "toc",
    "graphical",
    "teaser",
    "web-summary",
    "author-highlights",
    "stereochemical",
}
_PLAIN_ABSTRACTS = {"abstract", "summary", "摘要", "提要"}
_NUMBER = re.compile(r"^\s*(?:\d+(?:\.\d+)*\.?|[IVX]+\.)\s+(?=\S)")
_TYPES = {
    "review-article": "review",
    "systematic-review": "systematic review",
    "meta-analysis": "meta-analysis",
    "case-report": "case report",
    "editorial": "editorial",
    "letter": "letter",
    "article-commentary": "comment",
    "protocol": "protocol",
    "abstract": "conference abstract",
    "news": "news",
    "guideline": "guideline",
}
_TITLED: tuple[tuple[str, str], ...] = (
    (r"\bprotocol\b", "protocol"),
    (r"systematic review", "systematic review"),
    (r"meta-?analysis", "meta-analysis"),
    (r"randomi[sz]ed[\w\s,-]*\b(?:trial|study)|\brct\b", "randomized controlled trial"),
    (r"\bguideline", "guideline"),
)
_LICENCE = re.compile(
    r"creativecommons\.org/(?:licenses/(?P<terms>by[a-z-]*)/(?P<version>[\d.]+)"
    r"|publicdomain/(?P<free>zero|mark)/)",
    re.IGNORECASE,
)
_XLINK = "{http://www.w3.org/1999/xlink}href"
_XML_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


def recognise(path: Path, start: bytes) -> bool:
    """Say whether a file is a JATS article or a set of them."""
    text = encodings.decode_head(path, start)
    return xml_elements.root_name(text) in _ROOTS and _MARK.search(text) is not None


def read(path: Path, report: ReadReport) -> Iterator[Record]:
    """Yield the articles of a file by their sections."""
    for number, article in xml_elements.read_elements(path, {"article"}):
        meta = article.find("front/article-meta")
        if meta is None:
            report.skip("article without metadata", f"{path.name}, article {number}")
            continue
        jats_marks.prepare(article, report)
        title = _title(meta)
        sections = (
            *_abstracts(meta, report),
            *_sections_of(article.find("body"), report),
            *_behind(article, report),
        )
        if not title and not sections:
            report.skip("article without title and text", f"{path.name}, article {number}")
            continue
        if article.find("body") is None:
            report.skip("no full text (kept with its abstract)", path.name)
        jats_front.count_unread(article, meta, report)
        document = _document(article, meta, title, sections, _identifiers(meta), path, number)
        yield document
        yield from jats_notices.read_notices(article, meta, document, report)


def read_header(path: Path) -> tuple[str, str, str]:
    """Return title, licence and journal of the first article of a file."""
    for _, article in xml_elements.read_elements(path, {"article"}):
        meta = article.find("front/article-meta")
        if meta is not None:
            return (
                _title(meta),
                _licence(meta),
                element_text(article.find("front/journal-meta//journal-title")),
            )
    return "", "", ""


def _document(
    article: "Element",
    meta: "Element",
    title: str,
    sections: tuple[Section, ...],
    identifiers: tuple[str, ...],
    path: Path,
    number: int,
) -> DocumentRecord:
    declared = article.get(_XML_LANGUAGE, "").lower()
    text = " ".join(section.text for section in sections[:3]) or title
    whole = "\n".join((title, *(section.text for section in sections)))
    return DocumentRecord(
        key=identifiers[0] if identifiers else content_key("jats", whole),
        title=title or sections[0].text[:100],
        language="zh" if declared.startswith("zh") else names.language_of(text),
        sections=sections,
        year=_year(meta),
        type=jats_notices.find_type(article, title)
        or _type(article.get("article-type", ""), title),
        journal=element_text(article.find("front/journal-meta//journal-title")),
        identifiers=identifiers,
        retracted=jats_notices.is_retracted(article, title),
        line=number,
    )


def _abstracts(meta: "Element", report: ReadReport) -> Iterator[Section]:
    for abstract in [*meta.findall("abstract"), *meta.findall("trans-abstract")]:
        kind = abstract.get("abstract-type") or ""
        foreign = abstract.tag == "trans-abstract" and not abstract.get(
            _XML_LANGUAGE, ""
        ).lower().startswith(("en", "zh"))
        if kind in _SIDE_ABSTRACTS or foreign:
            report.skip("abstract of another kind or language", kind or "translation")
            continue
        title = element_text(abstract.find("title"), _WITHOUT)
        plain = not title or (not kind and title.strip(" :.").lower() in _PLAIN_ABSTRACTS)
        heading = "Abstract" if plain else title
        yield from _sections(abstract, (heading,), report)


def _title(meta: "Element") -> str:
    parts = [meta.find(f"title-group/{name}") for name in ("article-title", "subtitle")]
    return ": ".join(filter(None, (element_text(part, _WITHOUT) for part in parts)))


def _sections_of(element: "Element | None", report: ReadReport) -> Iterator[Section]:
    if element is not None:
        yield from _sections(element, (), report)


def _behind(article: "Element", report: ReadReport) -> Iterator[Section]:
    """Yield tables and figures kept apart, and appendices; count what else stands behind."""
    for group in article.findall("floats-group"):
        yield from _sections(group, (), report)
    for part in article.findall("back/*"):
        if part.tag == "app-group":
            name = element_text(part.find("title"), _WITHOUT)
            yield from _sections(part, (name,) if name else (), report)
        elif part.tag in ("app", "sec"):
            yield from _subsection(part, (), report)
        elif part.tag == "ref-list":
            report.skip("reference (not read)", count=max(1, len(part.findall(".//ref"))))
        elif isinstance(part.tag, str):
            report.skip(_BEHIND.get(part.tag, f"{part.tag} behind the article (not read)"))
    for name in ("sub-article", "response"):
        for _ in article.findall(name):
            report.skip(f"{name} (not read)")


_BEHIND = {
    "ack": "acknowledgements (not read)",
    "fn-group": "footnotes behind the article (not read)",
    "glossary": "glossary (not read)",
    "notes": "notes behind the article (not read)",
    "bio": "biography (not read)",
}


def _sections(element: "Element", titles: tuple[str, ...], report: ReadReport) -> Iterator[Section]:
    """Yield the text of an element as one section, then its tables, figures and subsections."""
    found = jats_blocks.read_blocks(element, report)
    if found.paragraphs:
        yield Section(": ".join(titles), "\n\n".join(found.paragraphs))
    for title, text in found.floats:
        yield Section(": ".join((*titles, title)) if title else ": ".join(titles), text)
    for child in found.sections:
        yield from _subsection(child, titles, report)


def _subsection(
    section: "Element", titles: tuple[str, ...], report: ReadReport
) -> Iterator[Section]:
    label = element_text(section.find("label"))
    name = element_text(section.find("title"), _WITHOUT)
    if len(label) > 2 and any(sign.isalpha() for sign in label) and section.tag == "app":
        name = f"{label} {name}".strip()
    title = _NUMBER.sub("", name).strip(" :.")
    title = title.capitalize() if title.isupper() and len(title) > 5 else title
    if section.tag != "app" and _AROUND.fullmatch(title):
        report.skip("section around the article", title)
        return
    yield from _sections(section, (*titles, title) if title else titles, report)


def _identifiers(meta: "Element") -> tuple[str, ...]:
    found: dict[str, str] = {}
    for each in meta.findall("article-id"):
        text, kind = element_text(each), each.get("pub-id-type", "")
        if kind in ("pmc", "pmcid"):
            found["pmc"] = "PMC" + text.upper().removeprefix("PMC")
        elif kind in ("pmid", "doi") and text:
            found[kind] = text.lower()
    return tuple(f"{kind}:{found[kind]}" for kind in ("pmc", "pmid", "doi") if kind in found)


def _year(meta: "Element") -> int | None:
    years = [element_text(year) for year in meta.findall("pub-date/year")]
    return min((int(year) for year in years if re.fullmatch("[12][0-9]{3}", year)), default=None)


def _type(kind: str, title: str) -> str:
    if kind in _TYPES:
        return _TYPES[kind]
    for pattern, ours in _TITLED:
        if re.search(pattern, title, re.IGNORECASE):
            return ours
    return "journal article"


def _licence(meta: "Element") -> str:
    """Return the licence of an article as a short name, or the beginning of its words."""
    for licence in meta.findall("permissions/license"):
        links = [each.get(_XLINK, "") for each in licence.iter()]
        words = element_text(licence)
        found = _LICENCE.search(" ".join((*links, words)))
        if found is None:
            return words[:100]
        if found["free"]:
            return "CC0-1.0" if found["free"].lower() == "zero" else "public domain"
        return f"CC {found['terms'].upper()} {found['version'].rstrip('.')}"
    return ""
