"""Read the visible text of HTML pages by headings.

    bytes -> tree -> hidden parts and page furniture out -> title, sections, language, year

A page may hold words for machines that no reader sees; they would become evidence, so they are
removed and counted.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from knowledge.ingest.sources.literature.articles import pubmed
from knowledge.ingest.sources.literature.markup import (
    known_tags,
    line_breaks,
    markup,
    plain_lines,
    tables,
)
from knowledge.ingest.sources.literature.pages import (
    html_hidden_text,
    html_marks,
    html_styles,
    html_unread,
)
from knowledge.ingest.sources.literature.pages.plain_text import content_key
from knowledge.ingest.sources.literature.references import article_ids
from knowledge.ingest.sources.streams import archives, encodings, limits
from knowledge.records import DocumentRecord, ReadReport, Record

if TYPE_CHECKING:
    from lxml.html import HtmlElement

LARGEST = 4 * 1024 * 1024
"""Bytes of a page; its tree takes forty times as much memory, and a long review has half of it."""

_SUFFIXES = {".html", ".htm", ".xhtml"}
_PAGE = re.compile(r"\s*(?:<\?xml[^>]*>\s*|<!--.*?-->\s*)*<(?:!doctype\s+html|html)\b", re.I | re.S)
_CHARSET = re.compile(rb"<meta[^>]+?charset\s*=\s*[\"']?([\w-]+)", re.IGNORECASE)
_XML_ENCODING = re.compile(rb"""\A\s*<\?xml[^>]*?encoding\s*=\s*["']([\w.:-]+)""")
_FURNITURE = {"nav", "footer", "button", "select", "textarea", "iframe", "object", "dialog"}
_BREAKS = {
    *("p", "div", "section", "article", "main", "header", "ul", "ol", "dl", "li", "dt", "dd"),
    *("table", "tr", "caption", "figure", "figcaption", "blockquote", "pre", "hr", "address", "td"),
    *("th", "details", "summary", "body", "tbody", "thead", "tfoot", "center", "fieldset", "form"),
    *("aside", "label", "legend", "title", "desc", "text"),
}
_CELLS = {"td", "th"}
_TITLES = ("citation_title", "dc.title", "og:title")
_DATES = ("citation_publication_date", "citation_date", "citation_online_date", "dc.date")
_DATES_TOO = ("dc.date.issued", "dcterms.issued", "article:published_time", "datepublished")


def recognise(path: Path, start: bytes) -> bool:
    """Say whether a file is an HTML page: it says so, or its name does and it starts with a tag."""
    text = encodings.decode_head(path, start) or start.decode("latin-1")
    text = text.lstrip("\ufeff")
    named = path.suffix.lower() in _SUFFIXES and text.lstrip()[:1] == "<"
    return _PAGE.match(text) is not None or (named and not text.lstrip().startswith("<?xml"))


def read(path: Path, report: ReadReport) -> Iterator[Record]:
    """Yield one document whose sections are those under its headings.

    Raises KnowledgeError where the page is too large or its encoding cannot be found.
    """
    root = _parse_page(path, report)
    if root is None:
        report.skip("document without text", path.name)
        return
    meta = _meta(root)
    declared = (root.get("lang") or root.get(html_hidden_text.XML_LANGUAGE) or "").lower()
    page_title = markup.tidy(" ".join(part.text_content() for part in root.iter("title")))
    _remove_unseen(root, report)
    body = _body(root, report)
    html_unread.count_outside(root, body, report)
    parts = _read_body(body, report)
    title = _title(meta, parts, page_title) or path.stem
    sections = tuple(markup.build_sections(parts, title, report))
    if not sections:
        report.skip("document without text", path.name)
        return
    text = "\n".join(section.text for section in sections)
    language = markup.language_of(text)
    if markup.names_other_language(declared) and language != "zh":
        report.skip(f"page in language {declared[:12]}", path.name)
        return
    yield DocumentRecord(
        # not what the page says of its own identity, which could replace another document
        key=content_key("html", text),
        title=title,
        language=language,
        sections=sections,
        year=_year(meta),
        type="web page",
        journal=_first(meta, "citation_journal_title"),
        identifiers=_identifiers(meta),
        line=1,
    )


def _parse_page(path: Path, report: ReadReport) -> "HtmlElement | None":
    limits.check_size(path, LARGEST)
    return _parse_text(_decode_page(path, report))


def _parse_text(text: str) -> "HtmlElement | None":
    from lxml import etree, html

    text = text.replace("\0", "")
    # A declared encoding is that of the bytes, and lxml refuses it in a text.
    text = re.sub(r"\A\s*<\?xml[^>]*>", "", text.lstrip("\ufeff"))
    if not text.strip():
        return None
    text = known_tags.escape_signs(text)
    parser = html.HTMLParser(remove_pis=True, huge_tree=False)
    try:
        root = html.document_fromstring(text, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, AssertionError):
        return None
    return root


def _decode_page(path: Path, report: ReadReport) -> str:
    """Return the text of a page in the encoding that it declares, else in its own."""
    with archives.open_bytes(path) as stream:
        raw = stream.read(LARGEST + 1)
    if len(raw) > LARGEST:
        raise limits.too_large_error(path, f"it is larger than {LARGEST // 1024**2} MiB")
    head = raw[: archives.HEAD]
    found = _XML_ENCODING.match(head) or _CHARSET.search(head)
    declared = found[1].decode() if found else ""
    text, taken = encodings.decode_declared(path, raw, declared)
    if taken and declared:
        report.skip(f"encoding: declares {declared[:20]}, read as {taken}", path.name)
    elif taken:
        report.skip(f"encoding guessed: read as {taken}", path.name)
    return text


def _meta(root: "HtmlElement") -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for element in root.iter("meta"):
        name = element.get("name") or element.get("property") or element.get("itemprop") or ""
        value = markup.tidy(element.get("content") or "")
        if value:
            found.setdefault(name.lower(), []).append(value)
    return found


def _first(meta: dict[str, list[str]], *names: str) -> str:
    return next((meta[name][0] for name in names if name in meta), "")


def _year(meta: dict[str, list[str]]) -> int | None:
    """Return the year on which all that the page says of its date agrees."""
    dates = [value for name in (*_DATES, *_DATES_TOO) for value in meta.get(name, ())]
    years = {pubmed.find_year(value.replace("T", " ")) for value in dates}
    return years.pop() if len(years) == 1 else None


def _identifiers(meta: dict[str, list[str]]) -> tuple[str, ...]:
    pmid = _first(meta, "citation_pmid")
    doi = article_ids.find_doi(_first(meta, "citation_doi", "dc.identifier"))
    found = [f"pmid:{pmid}"] if pmid.isdigit() else []
    return (*found, *([f"doi:{doi}"] if doi else []))


def fragment_parts(text: str) -> list[tables.Part]:
    """Return the paragraphs and tables of a piece of HTML that stands in another text."""
    root = _parse_text(f"<html><body>{text}</body></html>")
    if root is None:
        return []
    _remove_unseen(root, ReadReport())
    body = next(iter(root.iter("body")), root)
    html_marks.write_formulas(body)
    html_marks.raise_signs(body)
    return list(_at_breaks(_parts(body, html_marks.tell_tables(body))))


def read_parts(
    text: str,
    report: ReadReport,
    prepare: Callable[["HtmlElement"], None],
    find_sheets: Callable[["HtmlElement"], Iterable[str]],
) -> list[tuple[int, str]]:
    """Return the headings with their level and the paragraphs with level 0 of a chapter.

    What stands aside is read too: in books it is a note or a box. `prepare` gets the tree first,
    and `find_sheets` gives the style sheets that it links.
    """
    root = _parse_text(text)
    if root is None:
        return []
    _remove_unseen(root, report, find_sheets(root))
    prepare(root)
    return _read_body(_body(root, report, with_asides=True))


def _remove_unseen(root: "HtmlElement", report: ReadReport, linked: Iterable[str] = ()) -> None:
    """Read what styles say of signs, and take out what is hidden and what is not read."""
    sheet = html_styles.StyleSheet(root, linked)
    html_styles.write_styles(root, sheet)
    hidden = html_hidden_text.remove(root, sheet)
    if hidden:
        report.skip("hidden text removed", hidden[0], len(hidden))
    html_unread.remove_unread(root, report)


def _body(root: "HtmlElement", report: ReadReport, *, with_asides: bool = False) -> "HtmlElement":
    """Return the part of a page that holds its text, without what surrounds it."""
    mains = [] if with_asides else [*root.iter("main")] or [*root.iter("article")]
    body = mains[0] if len(mains) == 1 else next(iter(root.iter("body")), root)
    # Without a main part, what stands aside is mostly links; within one it is a box of the text.
    aside = () if len(mains) == 1 or with_asides else ("aside",)
    around = [*body.iter(*_FURNITURE, *aside)]
    held = sum(1 for part in around if part.text_content().strip())
    for part in around:
        html_hidden_text.drop_element(part)
    if held:
        report.skip("navigation and buttons around the text", count=held)
    return body


def _read_body(body: "HtmlElement", pictures: ReadReport | None = None) -> list[tuple[int, str]]:
    html_marks.write_formulas(body)
    if pictures is not None:  # those of a book are counted with its files
        html_unread.count_pictures(body, pictures)
    html_marks.raise_signs(body)
    html_marks.name_values(body)
    parts = _parts(body, html_marks.tell_tables(body))
    return list(tables.frame_tables(_at_breaks(parts)))


def _parts(body: "HtmlElement", told: "dict[HtmlElement, tables.Table]") -> Iterator[tables.Part]:
    """Yield paragraphs with level 0, headings with their level, and tables, in order."""
    from lxml import etree

    level, pieces = 0, [""]
    walk = etree.iterwalk(body, events=("start", "end"))
    for event, element in walk:
        if event == "start" and (element in told or element.tag == "pre"):
            yield level, "".join(pieces)
            if element in told:
                yield told[element]
            else:
                yield from plain_lines.parts(html_marks.text_of_lines(element))
            level, pieces = 0, []
            walk.skip_subtree()
            continue
        tag = element.tag if isinstance(element.tag, str) else ""
        heading = int(tag[1]) if len(tag) == 2 and tag[0] == "h" and tag[1] in "123456" else 0
        if heading or tag in _BREAKS:
            # Cells of one row stay one paragraph; all else that begins or ends a block parts.
            if tag in _CELLS:
                pieces.append("; " if event == "start" and "".join(pieces).strip() else "")
            else:
                yield level, "".join(pieces)
                pieces = []
                level = heading if event == "start" else 0
        elif tag == "br":
            pieces.append(line_breaks.BREAK if event == "start" else "")
        pieces.append((element.text if event == "start" else element.tail) or "")
    yield level, "".join(pieces)


def _at_breaks(parts: Iterator[tables.Part]) -> Iterator[tables.Part]:
    """Yield parts, and paragraphs whose lines are broken on purpose line by line."""
    for part in parts:
        if isinstance(part, tables.Table) or part[0]:
            yield part
        else:
            yield from ((0, line) for line in line_breaks.part_lines(part[1]))


def _title(meta: dict[str, list[str]], parts: list[tuple[int, str]], page_title: str) -> str:
    tops = [markup.join_lines(text) for level, text in parts if level == 1]
    tops = [text for text in tops if text]
    return _first(meta, *_TITLES) or (tops[0] if len(tops) == 1 else "") or page_title
