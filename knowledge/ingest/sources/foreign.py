"""Say what a file is that no reader reads, and what to do with it instead.

first bytes, and the directory of a ZIP or of an old Office file -> one sentence, or nothing
"""

from pathlib import Path

from knowledge.errors import KnowledgeError
from knowledge.ingest.sources import folders
from knowledge.ingest.sources.streams import columnar, zip_packages

_ARCHIVE = "unpack it first and add the folder that comes out"
_BEGINNINGS: tuple[tuple[bytes, str], ...] = (
    (b"7z\xbc\xaf\x27\x1c", f"It is a 7z archive; {_ARCHIVE}."),
    (b"Rar!\x1a\x07", f"It is a RAR archive; {_ARCHIVE}."),
    (b"BZh", "It is packed with bzip2; unpack it first."),
    (b"\xfd7zXZ\x00", "It is packed with xz; unpack it first."),
    (b"\x28\xb5\x2f\xfd", "It is packed with zstd; unpack it first."),
    (b"PK\x05\x06", "It is an empty ZIP archive."),
    (b"{\\rtf", "It is a document in RTF; save it as .docx."),
    (b"%!PS", "It is PostScript; convert it to PDF."),
    (b"AT&TFORM", "It is a scan in DjVu; save it as PDF with its text."),
    (b"SQLite format 3", "It is an SQLite database; export its tables as CSV."),
    (b"\x89PNG", "It is a picture, and text in pictures is not read; save its text."),
    (b"\xff\xd8\xff", "It is a picture (JPEG), and text in pictures is not read; save its text."),
    (b"GIF8", "It is a picture, and text in pictures is not read; save its text."),
    (b"II*\x00", "It is a picture (TIFF), such as a scan; save it as PDF with its text."),
    (b"MM\x00*", "It is a picture (TIFF), such as a scan; save it as PDF with its text."),
    (b"ID3", "It is a recording; add what was said as text."),
    (b"OggS", "It is a recording; add what was said as text."),
    (b"\x7fELF", "It is a program."),
    (b"MZ\x90", "It is a program."),
)
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"
_LOOKED_AT = 8 * 1024 * 1024
"""Bytes of an old Office file among which the names of its streams are looked for."""

_STREAMS: tuple[tuple[str, str], ...] = (
    ("EncryptedPackage", "It is an Office document with a password; save it without one."),
    ("WordDocument", "It is an old Word document (.doc); save it as .docx."),
    ("Workbook", "It is an old Excel workbook (.xls); save each sheet as CSV."),
    ("PowerPoint Document", "It is an old presentation (.ppt); save it as PDF."),
    ("__properties_version1.0", "It is an Outlook message; save its text."),
)
_PARTS: tuple[tuple[str, str], ...] = (
    ("xl/", "It is an Excel workbook; save each sheet as CSV."),
    ("ppt/", "It is a PowerPoint presentation; save it as PDF."),
    ("word/", "It is a Word document with macros or damage; save it as .docx without macros."),
    ("visio/", "It is a Visio drawing; save it as PDF."),
    ("META-INF/container.xml", "It is a damaged EPUB; download it again."),
)
_OPEN_DOCUMENT: tuple[tuple[bytes, str], ...] = (
    (b"opendocument.spreadsheet", "It is an OpenDocument spreadsheet; save each sheet as CSV."),
    (b"opendocument.presentation", "It is an OpenDocument presentation; save it as PDF."),
    (b"opendocument", "It is an OpenDocument text; save it as .docx."),
)
_COLUMNS_NAMED = 8
_ZIP = f"It is a ZIP archive; {_ARCHIVE}."
_CUT = "It is a ZIP archive or an Office document that is cut short; download it again."


def describe(path: Path, start: bytes) -> str:
    """Return what a file is and what to do with it, or nothing where that is not known."""
    for mark, sentence in _BEGINNINGS:
        if start.startswith(mark):
            return sentence
    if columnar.is_columnar(start):
        return _describe_columns(path)
    if start.startswith(zip_packages.START):
        return _describe_zip(path, start)
    if start.startswith(_OLD_OFFICE):
        return _describe_old_office(path)
    if start[257:262] == b"ustar":
        return f"It is a tar archive; {_ARCHIVE}."
    if start[60:68] == b"BOOKMOBI":
        return "It is a Kindle book; convert it to EPUB."
    if start[4:8] == b"ftyp" or start[:4] == b"RIFF":
        return "It is a film, a recording or a picture; add its text."
    head = start[:512].lower()
    if b"mime-version:" in head or head.startswith((b"from:", b"received:", b"return-path:")):
        return "It is a mail or a web archive (MIME); save its text, or the page as HTML only."
    if b"\\documentclass" in start[:8192]:
        return "It is LaTeX; convert it to PDF, HTML or Markdown."
    return ""


def _describe_columns(path: Path) -> str:
    try:
        names = columnar.column_names(path)
    except KnowledgeError as error:
        return f"{error.what} {error.remedy}"
    held = ", ".join(folders.show(name) for name in names[:_COLUMNS_NAMED]) or "none"
    more = f" and {len(names) - _COLUMNS_NAMED} more" if len(names) > _COLUMNS_NAMED else ""
    return (
        f"It is a table in columns, and has none for head, relation and tail; it has {held}{more}."
        " Name them in a side-car, or take its rows in with `medchat build-data --import`."
    )


def _describe_zip(path: Path, start: bytes) -> str:
    for mark, sentence in _OPEN_DOCUMENT:
        if mark in start[:256]:
            return sentence
    names = zip_packages.list_parts(path)
    for beginning, sentence in _PARTS:
        if any(name.startswith(beginning) for name in names):
            return sentence
    return _ZIP if names or zip_packages.count_parts(path) else _CUT


def _describe_old_office(path: Path) -> str:
    with path.open("rb") as stream:
        held = stream.read(_LOOKED_AT)
    for name, sentence in _STREAMS:
        if name.encode("utf-16-le") in held:
            return sentence
    return "It is an old Office document; save it as .docx, CSV or PDF."
