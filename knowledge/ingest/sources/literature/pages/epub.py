"""Read books in EPUB: their chapters in the order of the spine, with the notes in them.

    package -> limits -> container.xml -> OPF -> chapters as pages -> title, sections

Each chapter is read as a page of HTML; one without a heading gets the title that the table of
contents gives it. A book whose chapters are encrypted is refused: nothing here breaks a lock.
"""

import codecs
import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from knowledge.errors import KnowledgeError
from knowledge.ingest.sources.literature.articles import pubmed
from knowledge.ingest.sources.literature.markup import markup
from knowledge.ingest.sources.literature.pages import html
from knowledge.ingest.sources.literature.pages.plain_text import content_key
from knowledge.ingest.sources.literature.references import tagged_lines
from knowledge.ingest.sources.streams import limits, zip_packages
from knowledge.records import DocumentRecord, ReadReport, Record

if TYPE_CHECKING:
    from lxml.etree import _Element as Element
    from lxml.html import HtmlElement

UNPACKED = 1024 * 1024 * 1024
"""Bytes of a whole book; its pictures are not unpacked."""

UNPACKED_XML = 48 * 1024 * 1024
"""Bytes of its chapters together, which are read one at a time."""

_CONTAINER = "META-INF/container.xml"
_CHAPTERS = {"application/xhtml+xml", "text/html", "text/x-oeb1-document"}
_FONTS = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")
"""Ways to encrypt that are for fonts only, and hide no text."""

_DECLARED = re.compile(r"""\A\s*<\?xml[^>]*encoding\s*=\s*["']([\w.-]+)""")
_ISBN = re.compile(r"(?:97[89])?\d{9}[\dXx]")
_LARGEST_SHEET = 1024 * 1024
_PICTURES = ("img", "svg", "image", "video", "audio", "canvas")


@dataclass(slots=True)
class _Book:
    """What the package document of a book says."""

    title: str = ""
    language: str = ""
    year: int | None = None
    identifiers: list[str] = field(default_factory=list)
    chapters: list[str] = field(default_factory=list)
    contents: dict[str, str] = field(default_factory=dict)


def recognise(path: Path, start: bytes) -> bool:
    """Say whether a file is a ZIP that holds a book."""
    if not start.startswith(zip_packages.START):
        return False
    return b"application/epub+zip" in start[:128] or _CONTAINER in zip_packages.list_parts(path)


def read(path: Path, report: ReadReport) -> Iterator[Record]:
    """Yield one document whose sections are those under the headings of its chapters.

    Raises KnowledgeError where the package is damaged, encrypted or unpacks to more than it may.
    """
    from lxml import etree

    try:
        zip_packages.check_package(
            path,
            unpacked=UNPACKED,
            unpacked_xml=UNPACKED_XML,
            check_xml=_is_harmless,
        )
        with zipfile.ZipFile(path) as package:
            _check_locks(path, package)
            book = _read_book(package)
            parts = [
                part
                for name in book.chapters
                for part in _chapter(path, package, book, name, report)
            ]
    except (*zip_packages.DAMAGED, etree.XMLSyntaxError) as error:
        raise KnowledgeError(
            f"The book {path.name} is damaged or encrypted.",
            where=str(path),
            remedy="Download it again, or convert it with the program that reads it.",
        ) from error
    title = book.title or path.stem
    sections = tuple(markup.build_sections(parts, title, report))
    if not sections:
        report.skip("document without text", path.name)
        return
    text = "\n".join(section.text for section in sections)
    language = markup.language_of(text)
    if markup.names_other_language(book.language) and language != "zh":
        report.skip(f"book in language {book.language[:12]}", path.name)
        return
    yield DocumentRecord(
        key=content_key("epub", text),
        title=title,
        language=language,
        sections=sections,
        year=book.year,
        type="book",
        identifiers=tuple(dict.fromkeys(book.identifiers)),
        line=1,
    )


def _is_harmless(content: bytes) -> bool:
    # Drawings may declare what they like: they are never parsed.
    return zip_packages.declares_no_entities(content) or b"<svg" in content[:8192]


def _parse(content: bytes) -> "Element":
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    return etree.fromstring(content, parser)


def _local(element: "Element") -> str:
    return str(element.tag).rpartition("}")[2]


def _all(root: "Element", name: str) -> Iterator["Element"]:
    return (each for each in root.iter("*") if _local(each) == name)


def _text(element: "Element") -> str:
    return markup.tidy("".join(element.itertext()))


def _check_locks(path: Path, package: zipfile.ZipFile) -> None:
    """Refuse a book of which more than fonts is encrypted."""
    if "META-INF/encryption.xml" not in package.namelist():
        return
    root = _parse(package.read("META-INF/encryption.xml"))
    for data in _all(root, "EncryptedData"):
        method = next((each.get("Algorithm", "") for each in _all(data, "EncryptionMethod")), "")
        if method not in _FONTS:
            raise KnowledgeError(
                f"The book {path.name} is encrypted (DRM), and its text cannot be read.",
                where=str(path),
                remedy="Add a copy without protection, such as one from its publisher.",
            )


def _read_book(package: zipfile.ZipFile) -> _Book:
    container = _parse(package.read(_CONTAINER))
    place = next((each.get("full-path", "") for each in _all(container, "rootfile")), "")
    root = _parse(package.read(place))
    book = _Book()
    for each in root.iter("*"):
        name, said = _local(each), _text(each) if not len(each) else ""
        if name == "title" and not book.title:
            book.title = said
        elif name == "language" and not book.language:
            book.language = said.lower()
        elif name == "date" and book.year is None:
            book.year = pubmed.find_year(said.replace("T", " "))
        elif name == "identifier":
            book.identifiers += _identifier(said)
    _read_spine(package, root, posixpath.dirname(place), book)
    return book


def _identifier(said: str) -> list[str]:
    doi = tagged_lines.find_doi(said)
    number = re.sub(r"(?i)^(?:urn:)?isbn[:\s]*|[\s-]", "", said)
    if doi:
        return [f"doi:{doi}"]
    return [f"isbn:{number.upper()}"] if _ISBN.fullmatch(number) else []


def _read_spine(package: zipfile.ZipFile, root: "Element", folder: str, book: _Book) -> None:
    """Enter the chapters in their order, without the pages of contents, and their titles."""
    items = {each.get("id", ""): each for each in _all(root, "item")}
    names = set(package.namelist())

    def place_of(href: str) -> str:
        name = posixpath.normpath(posixpath.join(folder, unquote(href.partition("#")[0])))
        return name if name in names else ""

    contents: set[str] = set()
    for item in items.values():
        is_nav = "nav" in item.get("properties", "").split()
        place = place_of(item.get("href", ""))
        if place and (is_nav or item.get("media-type") == "application/x-dtbncx+xml"):
            contents.add(place)
            _read_contents(package.read(place), posixpath.dirname(place), book)
    for reference in _all(root, "itemref"):
        found = items.get(reference.get("idref", ""))
        if found is None or found.get("media-type", "") not in _CHAPTERS:
            continue
        place = place_of(found.get("href", ""))
        if not place:
            raise KeyError(found.get("href", ""))  # a chapter is missing
        if place not in contents and place not in book.chapters:
            book.chapters.append(place)


def _read_contents(content: bytes, folder: str, book: _Book) -> None:
    """Enter what a table of contents calls the chapters; a link into one names a part of it."""
    from lxml import etree

    try:
        root = _parse(content)
    except etree.XMLSyntaxError:
        return
    for each in root.iter("*"):
        name = _local(each)
        if name == "navPoint":
            link = next((part.get("src", "") for part in each if _local(part) == "content"), "")
            said = next((_text(part) for part in each if _local(part) == "navLabel"), "")
        elif name == "a":
            link, said = each.get("href", ""), _text(each)
        else:
            continue
        if said and "#" not in link:
            place = posixpath.normpath(posixpath.join(folder, unquote(link)))
            book.contents.setdefault(place, said)


def _chapter(
    path: Path, package: zipfile.ZipFile, book: _Book, name: str, report: ReadReport
) -> Iterator[tuple[int, str]]:
    """Yield the headings and paragraphs of a chapter, under a heading of its own."""
    if package.getinfo(name).file_size > html.LARGEST:
        raise limits.too_large_error(
            path, f"its chapter {name} is larger than {html.LARGEST // 1024**2} MiB"
        )

    def prepare(root: "HtmlElement") -> None:
        pictures = sum(1 for _ in root.iter(*_PICTURES))
        if pictures:
            report.skip("picture or recording (not read)", name, pictures)
        for part in [*root.iter("*")]:
            role = f"{part.get('epub:type', '')} {part.get('role', '')}"
            if "pagebreak" in role:
                for child in list(part):
                    part.remove(child)
                part.text = ""  # the number of a printed page
            elif "noteref" in role and next(part.iterancestors("sup"), None) is None:
                said = part.text_content().strip()
                if said.isalnum() and next(part.iter("sup"), None) is None:
                    part.text = f"[{said}]"
                    for child in list(part):
                        part.remove(child)

    def find_sheets(root: "HtmlElement") -> Iterator[str]:
        folder = posixpath.dirname(name)
        for link in root.iter("link"):
            place = posixpath.normpath(posixpath.join(folder, unquote(link.get("href") or "")))
            found = package.NameToInfo.get(place)
            if "stylesheet" in (link.get("rel") or "") and found is not None:
                yield package.open(found).read(_LARGEST_SHEET).decode("utf-8", "replace")

    parts = html.read_parts(_decode(path, package.read(name), name), report, prepare, find_sheets)
    has_text = any(text.strip() for _, text in parts)
    first = next((level for level, text in parts if text.strip()), 0)
    if has_text and not first and name in book.contents:
        yield 2, book.contents[name]
    elif has_text and not first:
        yield 2, ""  # what stands here is not under the heading of the chapter before
    # A heading of level 1 is that of a chapter here, and not the title of all.
    yield from ((level + 1 if level else 0, text) for level, text in parts)


def _decode(path: Path, content: bytes, name: str) -> str:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16")
    declared = _DECLARED.match(content[:200].decode("latin-1"))
    try:
        return content.decode(declared[1] if declared else "utf-8-sig").lstrip("\ufeff")
    except (LookupError, UnicodeError) as error:
        raise KnowledgeError(
            f"The text of {path.name} is not in the encoding that it declares.",
            where=f"{path}, {name}",
            remedy="Convert the book anew and add that.",
        ) from error
