"""Read the text of each page of a PDF, so that a citation can name the page.

    file -> a process with limits -> pages in the order of reading -> running heads out -> sections

Only text that the file itself holds is read; a scanned page is a picture and is counted. A PDF is
a drawing program, so the work that it may cause is bounded before a page is read.
"""

import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

from knowledge.errors import KnowledgeError
from knowledge.ingest.sources import sandbox
from knowledge.ingest.sources.literature.markup import markup
from knowledge.ingest.sources.literature.pages.plain_text import content_key
from knowledge.ingest.sources.literature.pdf import (
    pdf_glyphs,
    pdf_lines,
    pdf_ocr,
    pdf_pages,
    pdf_struck,
)
from knowledge.ingest.sources.literature.references import article_ids
from knowledge.ingest.sources.streams import limits
from knowledge.records import DocumentRecord, ReadReport, Record, Section

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument, PdfPage

LARGEST = 96 * 1024 * 1024
"""Bytes of a file: one with a broken index is searched as a whole."""

OBJECTS = 100_000
"""Objects of a file that stand open in it; each costs time where the index is broken."""

PAGES = 3_000
"""Pages of a file; the thickest textbooks stay under it."""

DENSEST = 50_000
"""Drawn objects, and signs, of one page; a page of text has 3,000 signs."""

DRAWN_PER_BYTE = 1
"""How many objects and signs all pages may have, beyond those of one, for each byte of a file."""

RIDDLE = "page in a font whose signs say nothing outside it"
"""The reason under which pages are counted of which most signs have no meaning in Unicode."""

_ABORTED = ("SIGABRT", "SIGTRAP")
"""How the library ends where it gets no memory."""

SCAN = "page that is a scan and was not read"
"""The reason under which pages are counted that are a picture without text."""

_FILE_NAME = re.compile(r"\.(?:docx?|pdf|indd|tex|qxd|pptx?|rtf|dvi)\b|^microsoft word\b", re.I)


def recognise(path: Path, start: bytes) -> bool:
    """Say whether a file is a PDF; a few bytes may come before its mark."""
    return b"%PDF-" in start[:1024]


def read(path: Path, report: ReadReport) -> Iterator[Record]:
    """Yield one document with a section for each page, and one for each table.

    Raises KnowledgeError where the file is encrypted, damaged, without text, or asks for too much.
    """
    result = _read_apart(path, report)
    sections = tuple(_with_recognised(path, result, report))
    if not sections:
        riddles = report.left_out.get(RIDDLE) == result["pages"]
        raise KnowledgeError(
            f"The PDF {path.name} holds no text: "
            + ("its signs say nothing outside its fonts." if riddles else "")
            + ("" if riddles else f"its {result['pages']} pages are pictures."),
            where=str(path),
            remedy="Add it with --ocr, or let another program recognise the text of it.",
        )
    text = "\n".join(section.text for section in sections)
    words = cast("str", result["first"]).split()
    dois = {found for found in map(article_ids.find_doi, words) if found}
    yield DocumentRecord(
        key=content_key("pdf", text),
        title=cast("str", result["title"]) or path.stem,
        language=markup.language_of(text),
        sections=sections,
        # Where the first page names other articles too, none of its numbers is surely its own.
        identifiers=(f"doi:{dois.pop()}",) if len(dois) == 1 else (),
        line=1,
    )


def _with_recognised(
    path: Path, result: dict[str, object], report: ReadReport
) -> Iterator[Section]:
    """Yield the sections of a file, those of scanned pages too where that is asked for."""
    sections = [
        (number, Section(title, text))
        for number, title, text in cast("list[tuple[int, str, str]]", result["sections"])
    ]
    for number in cast("list[int]", result["unread"]) if pdf_ocr.is_asked() else ():
        text = pdf_ocr.read_page(path, number)
        if text:
            report.skip(f"page that was {pdf_ocr.NOTICE}", f"page {number + 1}")
            title = f"Page {number + 1} ({pdf_ocr.NOTICE})"
            sections.append((number + 1, Section(title, text)))
        else:
            report.skip("page on which nothing was recognised", f"page {number + 1}")
    yield from (section for _, section in sorted(sections, key=lambda each: each[0]))


def _read_apart(path: Path, report: ReadReport) -> dict[str, object]:
    """Return title, sections and number of pages, read by another process."""
    limits.check_size(path, LARGEST)
    try:
        result = sandbox.run(__name__, path)
    except sandbox.LimitExceeded as error:
        raise limits.too_large_error(path, "reading it takes too much memory or time") from error
    except sandbox.ReaderCrashed as error:
        if not any(signal in error.what for signal in _ABORTED):
            raise
        raise limits.too_large_error(path, "reading it takes too much memory") from error
    if "error" in result:
        what, where, remedy = cast("list[str]", result["error"])
        raise KnowledgeError(what, where=where, remedy=remedy)
    for reason, count in cast("dict[str, int]", result["left_out"]).items():
        if reason in (SCAN, RIDDLE) and pdf_ocr.is_asked():
            continue
        report.skip(reason, cast("dict[str, str]", result["examples"]).get(reason, ""), count)
    return result


def main() -> None:
    """Print title and sections of a PDF as JSON, in the process that reads it."""
    path, seconds, memory = sys.argv[1:]
    sandbox.set_limits(int(seconds), int(memory))
    report = ReadReport()
    try:
        result = _extract(Path(path), report)
        result |= {"left_out": report.left_out, "examples": report.examples}
    except KnowledgeError as error:
        result = {"error": [error.what, error.where, error.remedy]}
    # JSON in ASCII: whatever the locale, and lone surrogates as well, come through
    sys.stdout.write(json.dumps(result))


def _extract(path: Path, report: ReadReport) -> dict[str, object]:
    """Return the title in the metadata, the sections, and the number of pages."""
    with path.open("rb") as stream:
        _check_objects(path, stream)
    with _open(path) as document:
        count = len(document)
        if count > PAGES:
            raise limits.too_large_error(path, f"it has more than {PAGES} pages")
        if not count:
            raise _damaged_error(path)
        told = Counter[str]()
        pages = pdf_pages.Pages()
        for number in range(count):
            _read_page(document, number, pages, told, report)
        if told["dense"] == count:
            raise limits.too_large_error(
                path, f"its pages have more than {DENSEST} drawn objects or signs each"
            )
        if told["damaged"] == count:
            raise _damaged_error(path)
        sections = [
            (number, section.title, section.text) for number, section in pages.sections(report)
        ]
        return {
            "title": _title(document),
            "sections": sections,
            "pages": count,
            "unread": [number for number in range(count) if told[f"unread {number}"]],
            "first": pages.first_text(),
        }


def _check_objects(path: Path, stream: IO[bytes]) -> None:
    count = 0
    while chunk := stream.read(1024 * 1024):
        count += chunk.count(b" obj")
    if count > OBJECTS:
        raise limits.too_large_error(path, f"it has more than {OBJECTS} objects")


@contextmanager
def _open(path: Path) -> "Iterator[PdfDocument]":
    """Open a PDF; raise one sentence where it is encrypted or damaged."""
    import pypdfium2
    import pypdfium2.raw as raw

    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        locked = (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY)
        if getattr(error, "err_code", None) in locked:
            raise _encrypted_error(path) from error
        raise _damaged_error(path) from error
    try:
        yield document
    finally:
        document.close()


def _read_page(
    document: "PdfDocument",
    number: int,
    pages: pdf_pages.Pages,
    told: "Counter[str]",
    report: ReadReport,
) -> None:
    import pypdfium2

    where = f"page {number + 1}"
    try:
        page = document[number]
    except pypdfium2.PdfiumError:
        told["damaged"] += 1
        report.skip("page that is damaged", where)
        pages.add([], [])
        return
    try:
        content = pdf_glyphs.read_page(page, DENSEST)
        _count_notes(page, report)
    except pdf_glyphs.TooDense:
        told["dense"] += 1
        report.skip("page that is drawn too densely to read", where)
        pages.add([], [])
        return
    finally:
        page.close()
    _count_left_out(content, report, where)
    told[f"unread {number}"] += not content.glyphs and content.largest_picture > 0.5
    if content.holes * 2 > content.glyphs > 0:
        report.skip(RIDDLE, where)
        told[f"unread {number}"] += 1
        pages.add([], [])
        return
    main = pdf_glyphs.main_turn(content)
    rules = pdf_glyphs.turned_rules(content.rules, main)
    strokes = pdf_glyphs.turned_rules(content.strokes, main)
    glyphs, struck = pdf_struck.take_struck(content.turns.pop(main, []), strokes)
    if struck:
        report.skip("struck-out text (not read)", struck[0], len(struck))
    rows = pdf_lines.build_rows(glyphs, rules)
    aside = [pdf_lines.build_rows(glyphs) for _, glyphs in sorted(content.turns.items())]
    pages.add(rows, rules, aside)


def _count_left_out(content: pdf_glyphs.PageContent, report: ReadReport, where: str) -> None:
    for hidden in content.hidden:
        report.skip("text that is drawn so that nobody sees it", markup.tidy(hidden))
    if content.slanted:
        report.skip("sign that is written aslant", where, content.slanted)
    if not content.glyphs:
        is_scan = content.largest_picture > 0.5
        report.skip(
            "page that is a scan and was not read" if is_scan else "page without text", where
        )
    elif content.pictures:
        report.skip("picture, whose text is not read", where, content.pictures)


_NOTES = {1: "comment", 3: "comment", 20: "form field"}
"""Kinds of annotations that hold text, by their numbers in the library."""


def _count_notes(page: "PdfPage", report: ReadReport) -> None:
    """Count comments and filled form fields, which are no part of the text of a page."""
    import pypdfium2.raw as raw

    for place in range(min(1_000, raw.FPDFPage_GetAnnotCount(page))):
        note = raw.FPDFPage_GetAnnot(page, place)
        if not note:
            continue
        kind = _NOTES.get(raw.FPDFAnnot_GetSubtype(note))
        text = _note_text(note, b"V" if kind == "form field" else b"Contents") if kind else ""
        if kind and text:
            report.skip(kind, text)
        raw.FPDFPage_CloseAnnot(note)


def _note_text(note: pdf_glyphs.Handle, key: bytes) -> str:
    import ctypes

    import pypdfium2.raw as raw

    length = raw.FPDFAnnot_GetStringValue(note, key, None, 0)
    held = (ctypes.c_ushort * min(2_000, max(1, length // 2)))()
    raw.FPDFAnnot_GetStringValue(note, key, held, ctypes.sizeof(held))
    return markup.tidy(bytes(held).decode("utf-16-le", errors="replace").rstrip("\0"))


def _title(document: "PdfDocument") -> str:
    """Return the title in the metadata, unless a program left it there or it is a file name."""
    title = markup.tidy(document.get_metadata_value("Title"))
    spoken = len(title) >= 8 and " " in title or markup.language_of(title) == "zh"
    return title if spoken and not _FILE_NAME.search(title) else ""


def _encrypted_error(path: Path) -> KnowledgeError:
    return KnowledgeError(
        f"The PDF {path.name} is encrypted.",
        where=str(path),
        remedy="Save it without a password and add it again.",
    )


def _damaged_error(path: Path) -> KnowledgeError:
    return KnowledgeError(
        f"The PDF {path.name} is damaged.",
        where=str(path),
        remedy="Download it again, or print it to a new PDF.",
    )


if __name__ == "__main__":
    main()
