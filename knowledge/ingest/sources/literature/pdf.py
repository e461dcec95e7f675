"""Read the text of each page of a PDF, so that a citation can name the page.

    file -> a process with limits -> text of each page -> running headers out -> sections

Only text that the file itself holds is read; a scanned page is a picture and is counted. A PDF is
a drawing program, so the work that it may cause is bounded before a page is read.
"""

import json
import logging
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

from knowledge.errors import KnowledgeError
from knowledge.ingest.sources import sandbox
from knowledge.ingest.sources.literature import article_ids, markup, pdf_hidden_text
from knowledge.ingest.sources.literature.plain_text import content_key
from knowledge.ingest.sources.streams import limits
from knowledge.records import DocumentRecord, ReadReport, Record, Section

if TYPE_CHECKING:
    from pypdf import PageObject, PdfReader

LARGEST = 96 * 1024 * 1024
"""Bytes of a file: one with a broken index is searched as a whole."""

OBJECTS = 100_000
"""Objects of a file that stand open in it; each costs time where the index is broken."""

PAGES = 3_000
"""Pages of a file; the thickest textbooks stay under it."""

LONGEST_STREAM = 4 * 1024 * 1024
"""Bytes that one stream may unpack to; the drawing of a page full of text has 50,000."""

OPERATIONS = 50_000
"""Drawing operations of one page; a page of text has 3,000, and each takes some microseconds."""

OPERATIONS_PER_BYTE = 1
"""How many operations all pages may have, beyond those of one, for each byte of the file."""

_LIMITS = {
    "zlib_maximum_output_length": LONGEST_STREAM,
    "lzw_maximum_output_length": LONGEST_STREAM,
    "run_length_maximum_output_length": LONGEST_STREAM,
    "brotli_maximum_output_length": LONGEST_STREAM,
    "array_based_stream_maximum_output_length": LONGEST_STREAM,
    "zlib_maximum_recovery_input_length": LONGEST_STREAM,
    "stream_decoding_work_maximum_length": 4 * LONGEST_STREAM,
    "stream_parsing_work_maximum_count": 3 * OPERATIONS,
    "page_tree_maximum_entries": 4 * PAGES,
    "xform_maximum_invocations_per_extraction": 200,
}
_BROKEN = (
    *(ValueError, LookupError, TypeError, AttributeError, ArithmeticError, AssertionError),
    *(RecursionError, NotImplementedError, OSError),
)
"""What the library also raises on a broken file; none of it would help a curator."""

_FILE_NAME = re.compile(r"\.(?:docx?|pdf|indd|tex|qxd|pptx?|rtf|dvi)\b|^microsoft word\b", re.I)
_HYPHEN = re.compile(r"(?<=[a-z])[-\u00ad\u2010]\n(?=[a-z])")
_ENDED = re.compile(r"[.!?:;。！？：；]\s*$")


def recognise(path: Path, start: bytes) -> bool:
    """Say whether a file is a PDF; a few bytes may come before its mark."""
    return b"%PDF-" in start[:1024]


def read(path: Path, report: ReadReport) -> Iterator[Record]:
    """Yield one document with a section for each page.

    Raises KnowledgeError where the file is encrypted, damaged, without text, or asks for too much.
    """
    title, pages = _read_apart(path, report)
    sections = tuple(_sections(pages, report))
    if not sections:
        raise KnowledgeError(
            f"The PDF {path.name} holds no text: its {len(pages)} pages are pictures.",
            where=str(path),
            remedy="Let a program for text recognition (OCR) make a PDF with text of it.",
        )
    text = "\n".join(section.text for section in sections)
    dois = {found for found in map(article_ids.find_doi, pages[0].split()) if found}
    yield DocumentRecord(
        key=content_key("pdf", text),
        title=title or path.stem,
        language=markup.language_of(text),
        sections=sections,
        # Where the first page names other articles too, none of its numbers is surely its own.
        identifiers=(f"doi:{dois.pop()}",) if len(dois) == 1 else (),
        line=1,
    )


def _read_apart(path: Path, report: ReadReport) -> tuple[str, list[str]]:
    """Return the title in the metadata, and the text of each page, read by another process."""
    limits.check_size(path, LARGEST)
    try:
        result = sandbox.run(__name__, path)
    except (sandbox.LimitExceeded, subprocess.TimeoutExpired) as error:
        raise limits.too_large_error(path, "reading it takes too much memory or time") from error
    if "error" in result:
        what, where, remedy = cast("list[str]", result["error"])
        raise KnowledgeError(what, where=where, remedy=remedy)
    for reason, count in cast("dict[str, int]", result["left_out"]).items():
        report.skip(reason, cast("dict[str, str]", result["examples"]).get(reason, ""), count)
    return cast("str", result["title"]), cast("list[str]", result["pages"])


def main() -> None:
    """Print the title and the pages of a PDF as JSON, in the process that reads it."""
    path, seconds, memory = sys.argv[1:]
    sandbox.set_limits(int(seconds), int(memory))
    report = ReadReport()
    try:
        title, pages = _extract(Path(path), report)
        result: dict[str, object] = {
            "title": title,
            "pages": pages,
            "left_out": report.left_out,
            "examples": report.examples,
        }
    except KnowledgeError as error:
        result = {"error": [error.what, error.where, error.remedy]}
    # JSON in ASCII: whatever the locale, and lone surrogates as well, come through
    sys.stdout.write(json.dumps(result))


def _extract(path: Path, report: ReadReport) -> tuple[str, list[str]]:
    """Return the title in the metadata, and the text of each page."""
    from pypdf import Configuration, PdfReader, apply_configuration

    bounds = Configuration().with_overwrites(**_LIMITS)
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it logs every fault of every file
    with path.open("rb") as stream, apply_configuration(bounds), _as_one_error(path):
        _check_objects(path, stream)
        reader = PdfReader(stream)
        if reader.is_encrypted and not reader.decrypt(""):
            raise _encrypted_error(path)
        count = len(reader.pages)
        if count > PAGES:
            raise limits.too_large_error(path, f"it has more than {PAGES} pages")
        budget = _Budget(path, OPERATIONS + OPERATIONS_PER_BYTE * path.stat().st_size)
        pages = [_page_text(page, budget, report) for page in reader.pages]
        if budget.dense and not any(page.strip() for page in pages):
            raise limits.too_large_error(
                path, f"its pages have more than {OPERATIONS} operations each"
            )
        return _title(reader), pages


def _check_objects(path: Path, stream: IO[bytes]) -> None:
    count = 0
    while chunk := stream.read(1024 * 1024):
        count += chunk.count(b" obj")
    if count > OBJECTS:
        raise limits.too_large_error(path, f"it has more than {OBJECTS} objects")
    stream.seek(0)


@contextmanager
def _as_one_error(path: Path) -> Iterator[None]:
    """Turn an error of the library into one sentence."""
    from pypdf.errors import DependencyError, FileNotDecryptedError, LimitReachedError, PyPdfError

    try:
        yield
    except LimitReachedError as error:
        raise limits.too_large_error(
            path, "a part of it asks for too much memory or time"
        ) from error
    except (DependencyError, FileNotDecryptedError) as error:
        raise _encrypted_error(path) from error
    except KnowledgeError:
        raise
    except (PyPdfError, *_BROKEN) as error:
        raise _damaged_error(path) from error


class _Budget:
    """How many drawing operations are left, for a page and for the whole file."""

    def __init__(self, path: Path, whole: int) -> None:
        self._path = path
        self._whole = whole
        self.page = OPERATIONS
        self.dense = 0
        self.drawn: set[str] = set()

    def spend_page(self) -> None:
        """Count what is left of a page that was given up."""
        self.dense += 1
        self.spend(count=max(0, self.page))

    def spend(self, *_: object, count: int = 1) -> None:
        """Count operations, one by one as the library reports them."""
        self.page -= count
        self._whole -= count
        if self._whole < 0:
            raise limits.too_large_error(self._path, "it draws far more than its size accounts for")
        if self.page < 0:
            raise _TooDense


class _TooDense(Exception):
    """A page has more drawing operations than any text."""


def _page_text(page: "PageObject", budget: _Budget, report: ReadReport) -> str:
    from pypdf.errors import LimitReachedError

    drawing = repr(page.get("/Contents") and page.raw_get("/Contents"))
    if "IndirectObject" in drawing and drawing in budget.drawn:
        report.skip("page that repeats another")  # the cheapest way to make a small file endless
        return ""
    budget.drawn.add(drawing)
    budget.page = OPERATIONS
    try:
        for hidden in pdf_hidden_text.remove(page):
            report.skip("text that is drawn so that nobody sees it", markup.tidy(hidden))
        text = page.extract_text(visitor_operand_before=budget.spend)
    except (_TooDense, LimitReachedError):
        budget.spend_page()
        report.skip("page that is drawn too densely to read")
        return ""
    if not any(sign.isalnum() for sign in text):
        report.skip("page without text")
    return text


def _sections(pages: list[str], report: ReadReport) -> Iterator[Section]:
    lines = [[line.strip() for line in page.split("\n")] for page in pages]
    running = _running_lines(lines)
    for number, page in enumerate(lines, 1):
        kept = [line for line in page if _pattern(line) not in running]
        if len(kept) < len(page):
            report.skip("running header or footer", count=len(page) - len(kept))
        text = markup.plain_paragraphs(_paragraphs(kept))
        if any(sign.isalnum() for sign in text):
            yield Section(f"Page {number}", text)


def _running_lines(pages: list[list[str]]) -> set[str]:
    """Return the first and last lines that most pages share, page numbers apart."""
    seen: Counter[str] = Counter()
    for page in pages:
        filled = [line for line in page if line]
        seen.update({_pattern(line) for line in (*filled[:2], *filled[-2:])})
    return {line for line, count in seen.items() if count > 2 and count * 2 > len(pages)}


def _pattern(line: str) -> str:
    return re.sub(r"\d+", "#", line)


def _paragraphs(lines: list[str]) -> str:
    """Join lines that were broken to fit the page; a short line that ends a sentence ends more."""
    full = max(map(len, lines), default=0)
    ended = (
        line + ("\n" if len(line) < 0.8 * full and _ENDED.search(line) else "") for line in lines
    )
    return _HYPHEN.sub("", "\n".join(ended))


def _title(reader: "PdfReader") -> str:
    """Return the title in the metadata, unless a program left it there or it is a file name."""
    given = reader.metadata.title if reader.metadata else None
    title = markup.tidy(given) if isinstance(given, str) else ""
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
