"""Find the encoding of a text file, by its byte order mark or its first bytes beyond ASCII.

    mark | UTF-8 that decodes | GB18030, Big5, Windows-1252 or UTF-16 whose text is plausible

GB18030 decodes nearly anything, so it is taken only where the characters are common ones.
"""

import codecs
import re
from pathlib import Path

from knowledge.errors import KnowledgeError
from knowledge.ingest.sources.streams.archives import CHUNK, HEAD, open_bytes

_LOOKED_AT = 64 * 1024 * 1024
"""Bytes in which a file in GB18030 shows that it is; one that is ASCII so far is read as UTF-8."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def detect_encoding(path: Path, start: bytes) -> str:
    """Return the encoding in which a file can be read, judged at its first characters beyond ASCII.

    Raises KnowledgeError where no encoding gives a plausible text.
    """
    for mark, encoding in _MARKS:
        if start.startswith(mark):
            return encoding
    if b"\0" in start:
        guess = _guess_utf16(start)
    else:
        telling = _beyond_ascii(path, start)
        guess = "utf-8" if _decoded(telling, "utf-8") is not None else _guess(telling)
    if guess:
        return guess
    raise KnowledgeError(
        f"The text of {path.name} is neither UTF-8, UTF-16, GB18030, Big5 nor Windows-1252.",
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


_COMMON = 0.75
"""Share of Chinese characters that are common ones in a text; other encodings give a third."""

_NEIGHBOURS = re.compile("[\u4e00-\u9fff]{2}")
_LETTERS = re.compile("[A-Za-z]")
_WESTERN = re.compile("[\u00c0-\u00fe\u0152\u0153\u0160\u0161\u0178\u017d\u017e]")
_SIGNS = re.compile("[\u2013\u2014\u2018-\u201e\u2020-\u2022\u2026\u2030\u2122\u20ac\u00a0-\u00bf]")
_TOGETHER = re.compile("[\u0080-\uffff]{4}")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ufffd\ue000-\uf8ff]")


def _decoded(data: bytes, encoding: str) -> str | None:
    """Return data as text, a character that its end cuts in two forgiven; None where it is none."""
    try:
        return codecs.getincrementaldecoder(encoding)().decode(data)
    except UnicodeDecodeError:
        return None


def _guess(data: bytes) -> str | None:
    """Return the encoding of bytes beyond ASCII in which they are most plausibly a text."""
    shares = {
        encoding: _common_share(data, encoding, last) for encoding, last in _CHINESE_ENCODINGS
    }
    best = max(shares, key=lambda encoding: shares[encoding])
    if shares[best] >= _COMMON:
        return best
    return "cp1252" if _is_western(data) else None


_CHINESE_ENCODINGS = (("gb18030", ("gb2312", 0xB0, 0xD7)), ("big5", ("big5", 0xA4, 0xC6)))
"""Encodings, and by which first bytes of which character set the common characters are known."""


def _common_share(data: bytes, encoding: str, common: tuple[str, int, int]) -> float:
    """Return which share of the Chinese characters of a text are common ones."""
    text = _decoded(data, encoding)
    if text is None:
        return 0.0
    chinese = _FOUND_CHINESE.findall(text)
    if not _NEIGHBOURS.search(text) or len(_WITHIN_WORD.findall(text)) * 2 > len(chinese):
        return 0.0  # they stand singly, as in "5 礸" for "5 µg" and "Sj鰃ren" for "Sjögren"
    charset, first, last = common
    known = sum(
        first <= (char.encode(charset, errors="ignore") or b"\0")[0] <= last for char in chinese
    )
    others = len(_CONTROLS.findall(text))
    return known / (len(chinese) + others) if chinese else 0.0


def _is_western(data: bytes) -> bool:
    """Say whether bytes are a text in Latin letters with accents and signs."""
    text = _decoded(data, "cp1252")
    if text is None or _CONTROLS.search(text) or _TOGETHER.search(text):
        return False
    beyond = sum(not char.isascii() for char in text)
    fitting = len(_WESTERN.findall(text)) + len(_SIGNS.findall(text))
    return fitting == beyond and len(_LETTERS.findall(text)) > 2 * beyond


def _guess_utf16(data: bytes) -> str | None:
    """Return which UTF-16 without a mark gives a text of letters, signs and Chinese, or None."""
    for encoding in ("utf-16-le", "utf-16-be"):
        text = _decoded(data, encoding)
        if text is None or _CONTROLS.search(text):
            continue
        fitting = sum(
            char.isascii() or _FOUND_CHINESE.match(char) is not None or char in _FULL_WIDTH
            for char in text
        )
        if text and fitting >= 0.9 * len(text):
            return encoding
    return None


_FULL_WIDTH = "，。；：（）、！？％“”‘’《》—…·µ°±×≤≥→"

GUESSES = {
    "gb18030": "GB18030",
    "big5": "Big5",
    "cp1252": "Windows-1252",
    "utf-16-le": "UTF-16 without a mark",
    "utf-16-be": "UTF-16 without a mark",
}
"""Encodings that no mark declares, and what the curator is told of a file read in one."""


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
