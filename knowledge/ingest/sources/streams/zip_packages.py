"""Look at ZIP packages before anything of them is unpacked, and refuse what may not be read.

path -> its directory -> how many parts, how large, whether their XML declares entities
"""

import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

from knowledge.errors import KnowledgeError
from knowledge.ingest.sources.streams import limits

UNPACKED = 64 * 1024 * 1024
"""Bytes of a whole package, pictures included: they are loaded, though they are not read here."""

UNPACKED_XML = 12 * 1024 * 1024
"""Bytes of its XML together; a book of 500 pages has half of it, and its tree ten times as much."""

PARTS = 5_000
"""Files in a package; a document has some dozens, and one for each picture."""

START = b"PK\x03\x04"
"""How a ZIP begins that holds something."""

DAMAGED: tuple[type[Exception], ...] = (
    *(zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError),
    *(RuntimeError, KeyError, ValueError),
)
"""What unpacking a damaged or encrypted package raises."""

_DIRECTORY_END = struct.Struct("<4s4H2LH")
_DECLARES = tuple(
    mark.encode(code)
    for mark in ("<!DOCTYPE", "<!ENTITY")
    for code in ("utf-8", "utf-16-le", "utf-16-be")
)


def count_parts(path: Path) -> int:
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


def list_parts(path: Path) -> list[str]:
    """Return the names of the files in a ZIP; nothing for no ZIP, or one with too many."""
    try:
        if not 0 < count_parts(path) <= PARTS:
            return []
        with zipfile.ZipFile(path) as package:
            return package.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return []


def check_package(
    path: Path,
    *,
    unpacked: int = UNPACKED,
    unpacked_xml: int = UNPACKED_XML,
    check_xml: Callable[[bytes], bool] | None = None,
) -> None:
    """Refuse a package that unpacks to too much, or with XML of which `check_xml` says no.

    By default XML may declare nothing. Raises BadZipFile for no ZIP, else KnowledgeError.
    """
    sound = check_xml or declares_nothing
    if not count_parts(path):
        raise zipfile.BadZipFile
    if count_parts(path) > PARTS:
        raise limits.too_large_error(path, f"it holds more than {PARTS} parts")
    with zipfile.ZipFile(path) as package:
        parts = package.infolist()
        xml = [part for part in parts if _is_xml(package, part)]
        # A part that unpacks to more than it declares is damaged: ZipFile reads no further.
        for some, limit in ((parts, unpacked), (xml, unpacked_xml)):
            if sum(part.file_size for part in some) > limit:
                raise limits.too_large_error(
                    path, f"it unpacks to more than {limit // 1024**2} MiB"
                )
        for part in xml:
            if not sound(package.read(part)):
                raise KnowledgeError(
                    f"The XML in {path.name} declares entities, which no word processor does.",
                    where=f"{path}, {part.filename}",
                    remedy="Open it in the program it is for, save it anew and add that.",
                )


def declares_nothing(content: bytes) -> bool:
    """Say whether XML has neither a DOCTYPE nor entities of its own."""
    return not any(mark in content for mark in _DECLARES)


def declares_no_entities(content: bytes) -> bool:
    """Say whether XML has no entities of its own; it may name the DOCTYPE of XHTML."""
    return not any(mark in content for mark in _DECLARES[3:])


def _is_xml(package: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    # By its content: which names hold XML is stated elsewhere in the package.
    with package.open(part) as stream:
        return b"<" in stream.read(64)
