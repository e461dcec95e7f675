"""Read full texts in JATS XML, as PubMed Central gives them, by sections.

    XML -> article -> abstract and body, each section with its path of titles

References, tables, figures, formulas and the sections around an article (funding, interests,
supplements) are left out; a citation mark such as [12] goes with the reference it points to.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from knowledge.ingest.sources.literature.markup import element_text
from knowledge.ingest.sources.streams import encodings, xml_elements
from knowledge.records import DocumentRecord, ReadReport, Record, Section
from knowledge.text import names

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_ROOTS = {"article", "pmc-articleset", "articles", "OAI-PMH"}
_MARK = re.compile(r"<(?:[\w-]+:)?(?:front|article-meta|journal-meta)[\s>]")
_WITHOUT = frozenset(
    {
        *("bibr", "table-wrap", "table-wrap-group", "fig", "fig-group", "disp-formula", "tex-math"),
        *("graphic", "inline-graphic", "media", "supplementary-material", "fn", "label", "table"),
        *("boxed-text", "list", "def-list", "disp-quote", "table-fn", "fn-group", "aff"),
    }
)
_CONTAINERS = {
    *("list", "list-item", "def-list", "def-item", "def", "boxed-text", "disp-quote", "statement"),
}
_AROUND = re.compile(
    r"competing interest|conflicts? of interest|declaration of|contribution|pre-publication|"
    r"support(?:ing)? information|supplement|additional (?:file|information)|^funding|"
    r"^financial|abbreviation|acknowledg|authors?[’'] information|availability of|"
    r"consent for publication|publisher[’']s note|disclosure|peer review|data sharing|"
    r"^ethic(?:s|al) (?:approval|statement)|^references$|^appendix|registration(?: number)?$",
    re.IGNORECASE,
)
_SIDE_ABSTRACTS = {
    "toc",
    "graphical",
    "teaser",
    "web-summary",
    "author-highlights",
    "stereochemical",
}
_NUMBER = re.compile(r"^\s*(?:\d+(?:\.\d+)*\.?|[IVX]+\.)\s+(?=\S)")
_TYPES = {
    "review-article": "review",
    "systematic-review": "systematic review",
    "meta-analysis": "meta-analysis",
    "case-report": "case report",
    "correction": "correction",
    "retraction": "retraction notice",
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
        title = element_text(meta.find("title-group/article-title"), _WITHOUT)
        sections = (*_abstracts(meta, report), *_body(article.find("body"), report))
        if not title and not sections:
            report.skip("article without title and text", f"{path.name}, article {number}")
            continue
        if article.find("body") is None:
            report.skip("no full text (kept with its abstract)", path.name)
        yield _document(article, meta, title, sections, _identifiers(meta), path, number)


def read_header(path: Path) -> tuple[str, str, str]:
    """Return title, licence and journal of the first article of a file."""
    for _, article in xml_elements.read_elements(path, {"article"}):
        meta = article.find("front/article-meta")
        if meta is not None:
            title = element_text(meta.find("title-group/article-title"), _WITHOUT)
            return (
                title,
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
    return DocumentRecord(
        key=identifiers[0] if identifiers else f"jats:{path.stem}:{number}",
        title=title or sections[0].text[:100],
        language="zh" if declared.startswith("zh") else names.language_of(text),
        sections=sections,
        year=_year(meta),
        type=_type(article.get("article-type", ""), title),
        journal=element_text(article.find("front/journal-meta//journal-title")),
        identifiers=identifiers,
        retracted=_is_retracted(meta, title),
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
        heading = title if kind and title else "Abstract"
        yield from _sections(abstract, (heading,), report)


def _body(body: "Element | None", report: ReadReport) -> Iterator[Section]:
    if body is not None:
        yield from _sections(body, (), report)


def _sections(element: "Element", titles: tuple[str, ...], report: ReadReport) -> Iterator[Section]:
    """Yield the paragraphs of an element as one section, then each of its subsections."""
    text = "\n\n".join(_paragraphs(element))
    if text:
        yield Section(": ".join(titles), text)
    for child in element.findall("sec"):
        title = _NUMBER.sub("", element_text(child.find("title"), _WITHOUT)).strip(" :.")
        title = title.capitalize() if title.isupper() and len(title) > 5 else title
        if _AROUND.search(title):
            report.skip("section around the article", title)
            continue
        yield from _sections(child, (*titles, title) if title else titles, report)


def _paragraphs(element: "Element") -> Iterator[str]:
    """Yield the paragraphs below an element in order, those of its lists and boxes included."""
    for child in element:
        if child.tag == "p":
            text = element_text(child, _WITHOUT)
            if any(sign.isalpha() for sign in text):
                yield text
        boxed = child.tag == "sec" and element.tag == "boxed-text"
        if child.tag == "p" or child.tag in _CONTAINERS or boxed:
            yield from _paragraphs(child)


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


def _is_retracted(meta: "Element", title: str) -> bool:
    kinds = {each.get("related-article-type", "") for each in meta.findall("related-article")}
    return "retraction-forward" in kinds or title.lower().startswith(("retracted:", "[retracted"))


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
