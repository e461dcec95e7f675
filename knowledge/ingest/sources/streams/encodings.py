"""Find the encoding of a text file, by its byte order mark or its first bytes beyond ASCII."""

import codecs
import re
from pathlib import Path

from knowledge.errors import KnowledgeError
from knowledge.ingest.sources.streams.archives import CHUNK, HEAD, open_bytes

_LOOKED_AT = 64 * 1024 * 1024
"""Bytes in which a file in GB18030 shows that it is; one that is ASCII so far is read as UTF-8."""

_ENCODINGS = ("utf-8", "gb18030")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def detect_encoding(path: Path, start: bytes) -> str:
    """Return the encoding in which a file can be read, judged at its first characters beyond ASCII.

    Raises KnowledgeError where it is neither Unicode nor GB18030.
    """
    for mark, encoding in _MARKS:
        if start.startswith(mark):
            return encoding
    telling = b"" if b"\0" in start else _beyond_ascii(path, start)
    for encoding in _ENCODINGS:
        try:
            # An incremental decoder forgives a character that the end of the chunk cuts in two.
            text = codecs.getincrementaldecoder(encoding)().decode(telling)
        except UnicodeDecodeError:
            continue
        if b"\0" not in start and not (encoding == "gb18030" and _is_western(text)):
            return encoding
    raise KnowledgeError(
        f"The text of {path.name} is neither UTF-8, UTF-16 nor GB18030.",
        where=str(path),
        remedy="Save the file as UTF-8 and add it again.",
    )


def _beyond_ascii(path: Path, start: bytes) -> bytes:
    """Return the first chunk of a file that holds more than ASCII, or nothing in a good part."""
    if not start.isascii():
        return start
    if len(start) < HEAD:
        return b""
    with open_bytes(path) as stream:
        for _ in range(_LOOKED_AT // (4 * CHUNK)):
            chunk = stream.read(4 * CHUNK)
            if not chunk.isascii():
                found = _NOT_ASCII.search(chunk)
                return chunk[found.start() if found else 0 :] + stream.read(HEAD)
    return b""


_NOT_ASCII = re.compile(b"[\x80-\xff]")
_FOUND_CHINESE = re.compile("[\u4e00-\u9fff]")
_WITHIN_WORD = re.compile("(?<=[A-Za-z])[\u4e00-\u9fff](?=[A-Za-z])")


def _is_western(text: str) -> bool:
    """Say whether Chinese characters stand singly within words, as "Sj鰃ren" for "Sjögren" does."""
    chinese = len(_FOUND_CHINESE.findall(text))
    return bool(chinese) and len(_WITHIN_WORD.findall(text)) * 2 > chinese


def decode_head(path: Path, start: bytes) -> str:
    """Return the start of a file as text, or nothing where it is not text."""
    if start.isascii() and b"\0" not in start:
        # What follows says no more about the format, and may take long to read.
        return start.decode("ascii")
    try:
        encoding = detect_encoding(path, start)
    except KnowledgeError:
        return ""
    return codecs.getincrementaldecoder(encoding)(errors="ignore").decode(start)


def undecodable_error(path: Path, error: UnicodeDecodeError, line: int) -> KnowledgeError:
    """Return the error of a text that cannot be decoded after that line; 0 is no line."""
    place = f" after line {line}" if line else ""
    return KnowledgeError(
        f"The text of {path.name} is not valid {error.encoding.upper()}{place}.",
        where=f"{path}, line {line}" if line else str(path),
        remedy="Save the file as UTF-8 and add it again.",
    )
