"""Read a file of a known format: its records, and what it says of itself.

    path + format name -> entities | documents, with a report of what is left out and why

A reader never changes what a source says beyond cleaning it, and writes nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from knowledge.ingest.sources import folders, origins
from knowledge.ingest.sources.detect import read_start
from knowledge.ingest.sources.formats import find_format
from knowledge.ingest.sources.literature.markup import markup
from knowledge.ingest.sources.streams import archives, columnar, encodings
from knowledge.records import DocumentRecord, ReadReport, Record
from knowledge.text.holes import count_holed_sentences


@dataclass(frozen=True, slots=True)
class FileHeader:
    """What a file says of itself: its title, its licence, and where it comes from."""

    title: str
    licence: str
    note: str


def read(path: Path, format_name: str, report: ReadReport) -> Iterator[Record]:
    """Yield the records of a file, counting in the report what is read and what is left out.

    Raises KnowledgeError where the format is unknown or the file is not of that format.
    """
    start = read_start(path)
    format = find_format(format_name)
    if format_name not in _DECLARING and not columnar.is_columnar(start):
        guess = encodings.GUESSES.get(encodings.detect_encoding(path, archives.read_head(path)))
        if guess:
            report.skip(f"encoding guessed: read as {guess}", path.name)
    found = format.read(path, report)
    origin = origins.find(path)
    # Names are cleaned by rules of their own, which count what they refuse.
    for record in _count_invisible(found, report) if format.is_literature else found:
        report.read += 1
        if origin is not None and isinstance(record, DocumentRecord):
            record = origins.apply(record, origin)
        yield _nameable(record, path)
    if not report.read and not report.left_out:
        report.skip("file without a record", path.name)


def _nameable(record: Record, path: Path) -> Record:
    """Return a record whose title can be stored, where it is the name of its file."""
    if isinstance(record, DocumentRecord) and record.title == path.stem:
        return replace(record, title=folders.printable(path.stem))
    return record


def check_readable(path: Path, format_name: str) -> None:
    """Read a file's first record, so that what cannot be read is refused before its hash is made.

    Raises KnowledgeError as `read` does.
    """
    if path.stat().st_size > _LARGE:
        next(read(path, format_name, ReadReport()), None)


HOLED = "sentence with a part that cannot be read (never quoted)"
"""The reason under which sentences that no passage has are counted."""

_DECLARING = {"rdf", "worldvista", "pubmed", "jats", "endnote-xml", "docx", "epub", "pdf", "html"}
"""Formats that declare their encoding, are in one alone, or are no text."""

_LARGE = 64 * 1024 * 1024
"""Bytes of a file whose hash takes noticeably longer than its first record."""


def read_header(path: Path, format_name: str) -> FileHeader:
    """Return title, licence and note of a file, from itself where it says, else from its format."""
    format = find_format(format_name)
    title, licence, note = format.read_header(path) if format.read_header else ("", "", "")
    return FileHeader(
        title or folders.show(path.stem), licence or format.licence, note or format.note
    )


def _count_invisible(found: Iterator[Record], report: ReadReport) -> Iterator[Record]:
    """Yield records, and count the invisible characters that were removed from each."""
    while True:
        with markup.count_invisible() as unseen:
            record = next(found, None)
        if unseen.count:
            place = record.key if isinstance(record, DocumentRecord) else ""
            report.skip("invisible characters removed", place, unseen.count)
        if unseen.struck:
            report.skip("struck-out text (not read)", unseen.struck[0], len(unseen.struck))
        if record is None:
            return
        if isinstance(record, DocumentRecord):
            holed = sum(count_holed_sentences(each.text) for each in record.sections)
            if holed:
                report.skip(HOLED, record.key, holed)
        yield record
