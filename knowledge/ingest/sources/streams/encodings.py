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

_KANA = re.compile("[\u3041-\u30fe]")
_BETWEEN_BLANKS = re.compile("(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])")
_FREQUENT = re.compile(
    "[的是一不了人在有大中上为和地到以时可对生能后用行性分小部心日无力与长全高体或内次常水]"
    "|[病痛症患炎热血肿肺肝肾胃治疗医药科检查服剂量毒发头腹胸骨皮肤关节腺癌痒咳]"
    "|[為時對後無與長體內熱腫腎療醫藥檢劑發頭膚關節癢個這來國說們會過]"
)
_TELLING = 60
"""Chinese characters of a text that would hold frequent ones if it were Chinese."""

_TWICE = re.compile("[\u00c2\u00c3][\u00a0-\u00bf]|\u00e2\u20ac")
"""Signs of UTF-8 that is read as Windows-1252: a file that holds both is neither."""

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
    if _reads_foreign(text, chinese):
        return 0.0
    charset, first, last = common
    known = sum(
        first <= (char.encode(charset, errors="ignore") or b"\0")[0] <= last for char in chinese
    )
    others = len(_CONTROLS.findall(text))
    return known / (len(chinese) + others) if chinese else 0.0


def _reads_foreign(text: str, chinese: list[str]) -> bool:
    """Say whether a text is Japanese or Korean that is read in an encoding of Chinese.

    Kana give Japanese away, and blanks between words Korean; else both, and made of common
    characters only, have hardly any that are frequent in Chinese.
    """
    if len(_KANA.findall(text)) > 0.1 * len(chinese):
        return True
    parted = len(_BETWEEN_BLANKS.findall(text)) > 0.15 * len(chinese)
    frequent = len(_FREQUENT.findall(text)) / len(chinese)
    return frequent < 0.08 and (parted or len(chinese) >= _TELLING)


def _is_western(data: bytes) -> bool:
    """Say whether bytes are a text in Latin letters with accents and signs."""
    text = _decoded(data, "cp1252")
    if text is None or _CONTROLS.search(text) or _TOGETHER.search(text) or _TWICE.search(text):
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


def decode_declared(path: Path, data: bytes, declared: str) -> tuple[str, str]:
    """Return a text that may declare its encoding, and where that did not hold, what was taken.

    A mark counts more than a declaration, and valid UTF-8 more than one of a single byte. What is
    declared as Latin or Chinese is taken as the other where it is plausible as that alone.
    Raises KnowledgeError where no encoding gives a plausible text.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _strictly(path, data, encoding), ""
    found = _NOT_ASCII.search(data)
    name = _codec_of(declared)
    if b"\0" in data or (found is None and not name.startswith(_SEVEN_BITS)):
        encoding = detect_encoding(path, data[:HEAD])
        return _strictly(path, data, encoding), GUESSES.get(encoding, "")
    telling = data[found.start() if found else 0 :][:HEAD]
    is_utf8 = _decoded(data, "utf-8") is not None
    if not name or name == "utf-8":
        if is_utf8:
            return data.decode(), ""
        encoding = detect_encoding(path, telling)
    elif name in _LATIN:
        encoding = "utf-8" if is_utf8 else _latin_or_chinese(telling)
        if encoding == "cp1252":
            return data.decode("cp1252", errors="replace"), ""
    else:
        encoding = _chinese_or_other(telling, name, is_utf8)
        text = _strict_or_none(data, encoding)
        if encoding in _FAMILY.get(name, (name,)) and text is not None:
            return text, ""
    shown = {"utf-8": "UTF-8", **GUESSES}.get(encoding, encoding)
    return _strictly(path, data, encoding), shown


_SEVEN_BITS = ("iso2022", "hz", "utf-7", "utf_7")
_LATIN = {"iso8859-1", "cp1252", "ascii", "iso8859-15"}
_FAMILY = {
    "gb2312": ("gb2312", "gb18030"),
    "gbk": ("gbk", "gb18030"),
    "gb18030": ("gb18030",),
    "big5": ("big5", "cp950", "big5hkscs"),
    "big5hkscs": ("big5hkscs",),
    "cp950": ("cp950",),
}
"""Chinese encodings, and those that hold all of each and a little more."""


def _codec_of(declared: str) -> str:
    """Return Python's name of an encoding; nothing where there is none, or it cannot be."""
    try:
        name = codecs.lookup(declared.strip()).name if declared.strip() else ""
    except LookupError:
        return "gbk" if declared.lower() == "x-gbk" else ""
    # A declaration that can be read as ASCII is in no UTF-16 or UTF-32.
    return "" if name.startswith(("utf-16", "utf-32")) or name == "utf-8-sig" else name


def _strict_or_none(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except (UnicodeError, LookupError):
        return None


def _strictly(path: Path, data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise undecodable_error(path, error, 0) from error


def _latin_or_chinese(telling: bytes) -> str:
    """Return what bytes declared as Latin are: few Chinese texts are plausible as Latin ones."""
    guess = "cp1252" if _is_western(telling) else _guess(telling)
    return guess or "cp1252"


def _chinese_or_other(telling: bytes, name: str, is_utf8: bool) -> str:
    """Return what bytes declared in an encoding of several bytes are, or of another alphabet."""
    if name not in _FAMILY:
        return "utf-8" if is_utf8 else name
    plausible = max(_plausible(telling, each) for each in _FAMILY[name])
    if plausible < _COMMON:
        guess = "utf-8" if is_utf8 else _guess(telling)
        if guess:
            return guess
    fitting = (each for each in _FAMILY[name] if _decoded(telling, each) is not None)
    return next(fitting, _FAMILY[name][-1])


def _plausible(data: bytes, encoding: str) -> float:
    place = 1 if "big5" in encoding or encoding == "cp950" else 0
    return _common_share(data, encoding, _CHINESE_ENCODINGS[place][1])


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
