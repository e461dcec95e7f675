"""Read Word documents (.docx) by headings, without hidden or deleted text.

    package -> limits -> paragraphs and tables in order -> title, sections

A package is a ZIP of XML, and is looked at before anything of it is unpacked. The reader walks the
XML itself, since a paragraph's own text would lack insertions, and a table's cells may claim to
span a billion columns.
"""

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from knowledge.errors import KnowledgeError
from knowledge.ingest.sources.literature import markup
from knowledge.ingest.sources.literature.plain_text import content_key
from knowledge.ingest.sources.streams import limits
from knowledge.records import DocumentRecord, ReadReport, Record

if TYPE_CHECKING:
    from docx.document import Document
    from lxml.etree import _Element as Element

UNPACKED = 64 * 1024 * 1024
"""Bytes of a whole package, pictures included: they are loaded, though they are not read here."""

UNPACKED_XML = 12 * 1024 * 1024
"""Bytes of its XML together; a book of 500 pages has half of it, and its tree ten times as much."""

PARTS = 5_000
"""Files in a package; a document has some dozens, and one for each picture."""

_MAIN = re.compile(r"word/document\d*\.xml")
_DIRECTORY_END = struct.Struct("<4s4H2LH")
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_NO_TITLES = {"word document", "microsoft word document", "document", "untitled", "powerpoint"}
_OFF = {"0", "false", "off", "none"}
_WHITE = {"FFFFFF", "FEFEFE"}
_DECLARES = tuple(
    mark.encode(code)
    for mark in ("<!DOCTYPE", "<!ENTITY")
    for code in ("utf-8", "utf-16-le", "utf-16-be")
)


def recognise(path: Path, start: bytes) -> bool:
    """Say whether a file is a ZIP that holds a Word document."""
    if not start.startswith(b"PK\x03\x04") or not 0 < _count_parts(path) <= PARTS:
        return False
    try:
        with zipfile.ZipFile(path) as package:
            return any(_MAIN.fullmatch(name) for name in package.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False


def read(path: Path, report: ReadReport) -> Iterator[Record]:
    """Yield one document whose sections are those under its headings.

    Raises KnowledgeError where the package is damaged, encrypted or unpacks to more than it may.
    """
    document = _open_document(path)
    parts = list(_paragraphs(document, report))
    styled = [text for level, text in parts if level == 1]
    property_title = markup.tidy(document.core_properties.title or "")
    known = "" if property_title.lower() in _NO_TITLES else property_title
    headings = [text for level, text in parts if level == 2]
    title = next(iter(styled), "") or known or next(iter(headings), "") or path.stem
    sections = tuple(markup.build_sections(parts, title))
    if not sections:
        report.skip("document without text", path.name)
        return
    text = "\n".join(section.text for section in sections)
    yield DocumentRecord(
        key=content_key("docx", text),
        title=title,
        language=markup.language_of(text),
        sections=sections,
        line=1,
    )


def _count_parts(path: Path) -> int:
    """Return how many files a ZIP holds; 0 for no ZIP, more than allowed where it hides that.

    Python reads the whole directory of a ZIP at once, so its size is looked at first.
    """
    with path.open("rb") as stream:
        size = stream.seek(0, 2)
        stream.seek(max(0, size - 65557))
        tail = stream.read()
    place = tail.rfind(b"PK\x05\x06")
    if place < 0 or place + _DIRECTORY_END.size > len(tail):
        return 0
    _, _, _, _, count, directory, _, _ = _DIRECTORY_END.unpack_from(tail, place)
    hides = b"PK\x06\x07" in tail or directory > 512 * PARTS  # a second directory, or too large
    return PARTS + 1 if hides else int(count)


def _open_document(path: Path) -> "Document":
    import docx
    from docx.opc.exceptions import PackageNotFoundError
    from lxml import etree

    try:
        _check_package(path)
        with path.open("rb") as stream:
            return docx.Document(stream)
    except (
        *(zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError),
        *(RuntimeError, KeyError, ValueError, AttributeError, PackageNotFoundError),
        etree.XMLSyntaxError,
    ) as error:
        raise KnowledgeError(
            f"The Word document {path.name} is damaged, encrypted, or holds macros.",
            where=str(path),
            remedy="Save it as .docx without password and macros, and add that.",
        ) from error


def _check_package(path: Path) -> None:
    """Refuse a package that unpacks to too much, or whose XML declares entities."""
    if not _count_parts(path):
        raise zipfile.BadZipFile
    if _count_parts(path) > PARTS:
        raise limits.too_large_error(path, f"it holds more than {PARTS} parts")
    with zipfile.ZipFile(path) as package:
        parts = package.infolist()
        xml = [part for part in parts if _is_xml(package, part)]
        # A part that unpacks to more than it declares is damaged: ZipFile reads no further.
        for some, limit in ((parts, UNPACKED), (xml, UNPACKED_XML)):
            if sum(part.file_size for part in some) > limit:
                raise limits.too_large_error(
                    path, f"it unpacks to more than {limit // 1024**2} MiB"
                )
        for part in xml:
            content = package.read(part)
            if any(mark in content for mark in _DECLARES):
                raise KnowledgeError(
                    f"The XML in {path.name} declares entities, which no word processor does.",
                    where=f"{path}, {part.filename}",
                    remedy="Open it in a word processor, save it anew and add that.",
                )


def _is_xml(package: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    # By its content: which names hold XML is stated elsewhere in the package.
    with package.open(part) as stream:
        return b"<" in stream.read(64)


def _paragraphs(document: "Document", report: ReadReport) -> Iterator[tuple[int, str]]:
    """Yield paragraphs and table rows with level 0, the title with 1, headings with 2 and more."""
    levels = {style.style_id: _level(style.name or "") for style in document.styles}
    for block in document.element.body.iter(f"{_W}p", f"{_W}tr"):
        if _is_inside(block, f"{_W}tr", f"{_W}p"):
            continue  # read with its row, or as a box within its paragraph
        if block.tag == f"{_W}tr":
            own = (cell for cell in block.iter(f"{_W}tc") if _row(cell) is block)
            cells = [_text(cell, report) for cell in own]
            yield 0, "; ".join(cell for cell in cells if cell)
        else:
            style = block.find(f"{_W}pPr/{_W}pStyle")
            level = levels.get(style.get(f"{_W}val"), 0) if style is not None else 0
            yield level, _text(block, report)


def _level(style: str) -> int:
    name, _, number = style.lower().rpartition(" ")
    if style.lower() == "title":
        return 1
    return int(number) + 1 if name == "heading" and re.fullmatch("[1-9]", number) else 0


def _is_inside(element: "Element", *tags: str) -> bool:
    return next(element.iterancestors(*tags, _FALLBACK), None) is not None


def _row(cell: "Element") -> "Element | None":
    return next(cell.iterancestors(f"{_W}tr"), None)


def _text(element: "Element", report: ReadReport) -> str:
    """Return the text of a paragraph or cell on one line; deleted text is not there, nor hidden."""
    pieces: list[str] = []
    for piece in element.iter(f"{_W}t", f"{_W}tab", f"{_W}br", f"{_W}p", f"{_W}noBreakHyphen"):
        run = piece.getparent()
        if piece.tag == f"{_W}p":
            pieces.append("\n")
        elif run is not None and run.tag == f"{_W}r" and not _is_inside(run, f"{_W}del"):
            text = piece.text or ""
            if text.strip() and _is_hidden(run):
                report.skip("hidden text removed", text)
            elif piece.tag == f"{_W}noBreakHyphen":
                pieces.append("-")
            else:
                pieces.append(_raise_superscript(run, text) if piece.tag == f"{_W}t" else " ")
    return markup.join_lines("".join(pieces))


def _raise_superscript(run: "Element", text: str) -> str:
    place = run.find(f"{_W}rPr/{_W}vertAlign")
    above = place is not None and place.get(f"{_W}val") == "superscript"
    return markup.raise_figures(text) if above else text


def _is_hidden(run: "Element") -> bool:
    """Say whether a run is marked as hidden, is white on no ground, or smaller than can be seen."""
    properties = run.find(f"{_W}rPr")
    if properties is None:
        return False
    for name in ("vanish", "webHidden", "specVanish"):
        mark = properties.find(f"{_W}{name}")
        if mark is not None and mark.get(f"{_W}val", "1") not in _OFF:
            return True
    size = properties.find(f"{_W}sz")
    if size is not None and re.fullmatch("0*[0-4]", size.get(f"{_W}val", "")):
        return True
    colour = properties.find(f"{_W}color")
    white = colour is not None and colour.get(f"{_W}val", "").upper() in _WHITE
    # White words are seen where the paragraph, the cell or the run itself is shaded.
    return white and not any(
        parent.find(f"{_W}{kind}/{_W}{ground}") is not None
        for parent in (run, *run.iterancestors())
        for kind in ("rPr", "pPr", "tcPr", "tblPr")
        for ground in ("shd", "highlight")
    )
