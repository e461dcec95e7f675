"""Files as streams: text in its encoding, CSV rows and JSON objects with their lines, XML elements.

    path -> head -> encoding -> rows | objects | elements

Nothing here holds a whole file, and nothing here knows what the fields mean.
"""

import codecs
import csv
import gzip
import io
import json
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Literal, cast
from xml.etree.ElementTree import ParseError

from knowledge.errors import KnowledgeError

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from _typeshed import WriteableBuffer

HEAD = 64 * 1024

LONGEST_LINE = 1024 * 1024
"""Characters of a line; the longest abstract that PubMed holds has a fiftieth of them."""

LONGEST_RECORD = 16 * 1024 * 1024
"""Bytes of one XML article, or characters of one row: the fullest full texts have 5 MiB."""

LONGEST_OBJECT = 4 * 1024 * 1024
"""Characters of one JSON object, which Python holds in some twenty times as many bytes."""

LONGEST_TAG = 1024 * 1024
"""Bytes of XML without a tag; expat begins a tag that is cut again with every piece it gets."""

LONGEST_TEXT = 8 * 1024 * 1024
"""Characters of a note, which is held whole several times over: twice the Bible."""

DEEPEST = 200
"""Elements within elements; JATS of real articles stays under 30, and readers recurse."""

UNPACKED = 4 * 1024 * 1024
"""Bytes that a packed file may unpack to whatever its ratio; more of empty elements takes long."""

RATIO = 150
"""Beyond that, how much more than its packed bytes; PubMed's own files reach 12, gzip 1032."""

_LOOKED_AT = 64 * 1024 * 1024
"""Bytes in which a file in GB18030 shows that it is; one that is ASCII so far is read as UTF-8."""

_CHUNK = 256 * 1024
_LONGEST_CELL = 1024 * 1024
_ENCODINGS = ("utf-8", "gb18030")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def head(path: Path) -> bytes:
    """Return the first 64 KiB of a file, unpacked where it is gzip."""
    try:
        with opened(path) as stream:
            return stream.read(HEAD)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise _broken_gzip(path) from error
    except OSError as error:
        raise KnowledgeError(
            f"The file {path.name} cannot be opened: {error.strerror or error}.",
            where=str(path),
            remedy="Check the path and the permissions.",
        ) from error


@contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """Open a file for reading bytes, unpacking gzip whatever its name."""
    with path.open("rb") as stream:
        packed = stream.read(2) == b"\x1f\x8b"
        stream.seek(0)
        if packed:
            with gzip.open(stream) as unpacked:
                guard = _Unpacked(path, cast(IO[bytes], unpacked), stream)
                yield cast(IO[bytes], io.BufferedReader(guard, _CHUNK))
        else:
            yield stream


class _Unpacked(io.RawIOBase):
    """What gzip unpacks, refused where it is out of all proportion to what is packed."""

    def __init__(self, path: Path, unpacked: IO[bytes], packed: IO[bytes]) -> None:
        self._path = path
        self._unpacked = unpacked
        self._packed = packed
        self._count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        view = memoryview(buffer).cast("B")
        data = self._unpacked.read(min(len(view), _CHUNK))
        view[: len(data)] = data
        self._count += len(data)
        if self._count > UNPACKED and self._count > RATIO * self._packed.tell():
            raise too_large(self._path, f"it unpacks to more than {RATIO} times its size")
        return len(data)


def too_large(path: Path, why: str, line: int = 0) -> KnowledgeError:
    """Return the error of a file that would take too much memory or time, and why it would."""
    place = f"at line {line} " if line else ""
    return KnowledgeError(
        f"The file {path.name} is refused {place}since {why}.",
        where=f"{path}, line {line}" if line else str(path),
        remedy="If it is what it should be, split it into smaller files.",
    )


def check_size(path: Path, limit: int) -> None:
    """Raise KnowledgeError where a file that is held whole has more bytes than that."""
    if path.stat().st_size > limit:
        raise too_large(path, f"it is larger than {limit // 1024**2} MiB")


def encoding_of(path: Path, start: bytes) -> str:
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
    with opened(path) as stream:
        for _ in range(_LOOKED_AT // (4 * _CHUNK)):
            chunk = stream.read(4 * _CHUNK)
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


def text_of(path: Path, start: bytes) -> str:
    """Return the start of a file as text, or nothing where it is not text."""
    if start.isascii() and b"\0" not in start:
        # What follows tells no more of the format, and may take long to look through.
        return start.decode("ascii")
    try:
        encoding = encoding_of(path, start)
    except KnowledgeError:
        return ""
    return codecs.getincrementaldecoder(encoding)(errors="ignore").decode(start)


@contextmanager
def opened_text(path: Path) -> Iterator[IO[str]]:
    """Open a file as text in its own encoding."""
    encoding = encoding_of(path, head(path))
    with opened(path) as stream:
        yield io.TextIOWrapper(stream, encoding=encoding, newline="")


def whole(path: Path) -> str:
    """Return the whole text of a small file such as a note, its line ends unified."""
    with opened_text(path) as stream:
        try:
            text = stream.read(LONGEST_TEXT + 1)
        except UnicodeDecodeError as error:
            raise _undecodable(path, error, 0) from error
    if len(text) > LONGEST_TEXT:
        raise too_large(path, f"it has more than {LONGEST_TEXT} characters")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def lines(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the lines of a text file, counted from 1, with their line ends.

    Raises KnowledgeError where the text cannot be decoded, or a line is longer than LONGEST_LINE.
    """
    number = 0
    with opened_text(path) as stream:
        try:
            for number, line in enumerate(_bounded(stream, path), 1):
                yield number, line
        except UnicodeDecodeError as error:
            raise _undecodable(path, error, number) from error
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise _broken_gzip(path) from error


def _bounded(stream: IO[str], path: Path) -> Iterator[str]:
    """Yield lines, and refuse the one that would have to be held whole although it has no end."""
    number = 0
    while line := stream.readline(LONGEST_LINE):
        number += 1
        if len(line) == LONGEST_LINE:
            raise too_large(path, f"that line has more than {LONGEST_LINE} characters", number)
        yield line


def rows(
    path: Path, wanted: set[str], title: str, delimiter: str = ","
) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the rows of a CSV file with the line on which each starts.

    Cells beyond the header are kept under the empty name; a quote in a table cut by tabs is a
    sign like any other. Raises KnowledgeError where a wanted column is missing or the CSV is
    broken.
    """
    table = _table(path, wanted, title, delimiter)
    _, header = next(table)
    for line, cells in table:
        yield line, _row(header, cells)


def cells(
    path: Path, wanted: tuple[str, str, str], title: str, delimiter: str = ","
) -> Iterator[tuple[int, tuple[str, str, str]]]:
    """Yield the cells of three columns of each row: `rows` for tables of which most is left out."""
    table = _table(path, set(wanted), title, delimiter)
    _, header = next(table)
    one, two, three = (_last(header, name) for name in wanted)
    for line, row in table:
        if len(row) == len(header):
            yield line, (row[one], row[two], row[three])
        else:
            named = _row(header, row)
            yield line, (named[wanted[0]], named[wanted[1]], named[wanted[2]])


def _last(header: list[str], name: str) -> int:
    """Return the place of a column; of two with one name the later one counts, as in a row."""
    return len(header) - 1 - header[::-1].index(name)


def _table(
    path: Path, wanted: set[str], title: str, delimiter: str
) -> Iterator[tuple[int, list[str]]]:
    """Yield the header of a CSV file, then its rows that are not blank, each with its line."""
    csv.field_size_limit(_LONGEST_CELL)
    quoting: Literal[0, 3] = csv.QUOTE_NONE if delimiter == "\t" else csv.QUOTE_MINIMAL
    with opened_text(path) as stream:
        text = _Row(stream, path)
        # Without quotes a row is a line, and lines are bounded as they are.
        source = _bounded(stream, path) if quoting == csv.QUOTE_NONE else text
        reader = csv.reader(source, delimiter=delimiter, quoting=quoting, strict=True)
        line = 1
        try:
            header = [cell.strip() for cell in next(reader, [])]
            _check_columns(path, header, wanted, title)
            yield line, header
            line = reader.line_num + 1
            for row in reader:
                if row and (row[0].strip() or any(map(str.strip, row))):
                    yield line, row
                line = reader.line_num + 1
                text.size = 0
        except UnicodeDecodeError as error:
            raise _undecodable(path, error, line) from error
        except csv.Error as error:
            raise KnowledgeError(
                f"The CSV file {path.name} is broken at line {line}: {error}.",
                where=f"{path}, line {line}",
                remedy="Repair the quotes of that row and add the file again.",
            ) from error
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise _broken_gzip(path) from error


class _Row:
    """Lines of a table, refused where one row goes on over too many of them."""

    def __init__(self, stream: IO[str], path: Path) -> None:
        self._lines = _bounded(stream, path)
        self._path = path
        self.size = 0

    def __iter__(self) -> Iterator[str]:
        for line in self._lines:
            self.size += len(line)
            if self.size > LONGEST_RECORD:
                raise too_large(self._path, f"one row has more than {LONGEST_RECORD} characters")
            yield line


def _check_columns(path: Path, header: list[str], wanted: set[str], title: str) -> None:
    missing = sorted(wanted - set(header))
    if missing:
        raise KnowledgeError(
            f"{path.name} lacks the columns {', '.join(missing)} of {title}; "
            f"it has {', '.join(filter(None, header)) or 'none'}.",
            where=f"{path}, line 1",
            remedy="Check --format, or leave it out so that the format is found by content.",
        )


def _row(header: list[str], cells: list[str]) -> dict[str, str]:
    if len(header) == len(cells) and "" not in header:
        return dict(zip(header, cells, strict=True))
    row = dict.fromkeys(header, "")
    for place, cell in enumerate(cells):
        name = header[place] if place < len(header) else ""
        row[name] = cell if name else " ".join(filter(None, (row.get("", ""), cell.strip())))
    return row


def columns(start: str, delimiter: str = ",") -> list[str]:
    """Return the column names in the first line of a CSV text."""
    first = start.split("\n", 1)[0]
    try:
        return [cell.strip() for cell in next(csv.reader([first], delimiter=delimiter), [])]
    except csv.Error:
        return []


def objects(path: Path) -> Iterator[tuple[int, dict[str, object]]]:
    """Yield the objects of a JSON array or of JSON lines, with the line on which each starts."""
    for line, value in _values(path):
        if not isinstance(value, dict):
            raise KnowledgeError(
                f"Line {line} of {path.name} holds no JSON object.",
                where=f"{path}, line {line}",
                remedy="Each record must be an object with named fields.",
            )
        yield line, value


def _values(path: Path) -> Iterator[tuple[int, object]]:
    decoder = json.JSONDecoder()
    buffer, place, line = "", 0, 1
    with opened_text(path) as stream:
        while True:
            skipped = _BETWEEN.match(buffer, place)
            assert skipped is not None  # the pattern also matches nothing
            line += buffer.count("\n", place, skipped.end())
            place = skipped.end()
            if place == len(buffer):
                more = _chunk(stream, path, line)
                if not more:
                    return
                buffer, place = more, 0
                continue
            try:
                value, end = decoder.raw_decode(buffer, place)
            except json.JSONDecodeError as error:
                size = as_much_again(path, "that record", line, len(buffer) - place)
                more = _chunk(stream, path, line, size)
                if not more:
                    raise _broken_json(path, error.msg, line) from error
                buffer, place = buffer[place:] + more, 0
                continue
            except RecursionError as error:
                raise _broken_json(path, "nested too deep", line) from error
            except ValueError as error:  # of more than 4,300 digits
                raise _broken_json(path, "a number is too long", line) from error
            yield line, value
            line += buffer.count("\n", place, end)
            place = end


_BETWEEN = re.compile(r"[\s,\[\]]*")


def as_much_again(path: Path, what: str, line: int, held: int) -> int:
    """Return how many characters to read on where a JSON value is cut after those held.

    A long one is tried again only when it has doubled, not at every piece. Raises KnowledgeError
    where it has more than LONGEST_OBJECT.
    """
    if held > LONGEST_OBJECT:
        raise too_large(path, f"{what} has more than {LONGEST_OBJECT} characters", line)
    return min(max(_CHUNK, held), LONGEST_OBJECT + 1 - held)


def _chunk(stream: IO[str], path: Path, line: int, size: int = _CHUNK) -> str:
    try:
        return stream.read(size)
    except UnicodeDecodeError as error:
        raise _undecodable(path, error, line) from error


def _broken_json(path: Path, reason: str, line: int) -> KnowledgeError:
    return KnowledgeError(
        f"The JSON of {path.name} is broken in the record at line {line}: {reason}.",
        where=f"{path}, line {line}",
        remedy="Repair that record and add the file again.",
    )


def elements(path: Path, names: set[str]) -> Iterator[tuple[int, "Element"]]:
    """Yield the elements of these names one at a time, counted from 1, and forget each after.

    Raises KnowledgeError where the XML is broken, declares entities, or holds an element of more
    than LONGEST_RECORD bytes.
    """
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import iterparse

    number = 0
    inside = 0
    with opened(path) as opened_stream:
        stream = _Metered(path, opened_stream)
        try:
            open_elements: list[Element] = []
            for event, element in iterparse(stream, events=("start", "end")):
                stream.silent = 0
                if event == "start":
                    open_elements.append(element)
                    if len(open_elements) > DEEPEST:
                        raise too_large(path, f"its elements are nested more than {DEEPEST} deep")
                    inside += local_name(element) in names
                    continue
                open_elements.pop()
                element.tag = local_name(element)  # readers ask for names without namespaces
                if element.tag in names:
                    inside -= 1
                    if not inside:
                        number += 1
                        yield number, element
                if not inside and open_elements:
                    # Without this the tree of the whole file would grow under its root.
                    open_elements[-1].remove(element)
                    stream.since = 0
        except DefusedXmlException as error:
            raise KnowledgeError(
                f"The XML of {path.name} declares entities, which this program does not expand.",
                where=str(path),
                remedy="Remove the entity declarations from its DOCTYPE and add it again.",
            ) from error
        except ParseError as error:
            line, column = error.position
            raise KnowledgeError(
                f"The XML of {path.name} is broken at line {line}, column {column}: "
                f"{str(error).split(':')[0]}.",
                where=f"{path}, line {line}",
                remedy="Download or repair the file and add it again.",
            ) from error
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise _broken_gzip(path) from error
        except (LookupError, ValueError) as error:
            raise KnowledgeError(
                f"The XML of {path.name} names an encoding that cannot be read: {error}.",
                where=f"{path}, line 1",
                remedy="Save the file as UTF-8 and add it again.",
            ) from error


class _Metered:
    """A stream that counts what was read since an element was given away, and since any tag."""

    def __init__(self, path: Path, stream: IO[bytes]) -> None:
        self._path = path
        self._stream = stream
        self.since = 0
        self.silent = 0

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size)
        self.since += len(data)
        if self.since > LONGEST_RECORD:
            raise too_large(self._path, f"one element has more than {LONGEST_RECORD} bytes")
        self.silent += len(data)
        if self.silent > LONGEST_TAG:
            raise too_large(self._path, f"one tag or text has more than {LONGEST_TAG} bytes")
        return data


def local_name(element: "Element") -> str:
    """Return an element's name without its namespace."""
    tag = element.tag
    if not isinstance(tag, str):
        return ""  # a comment or an instruction
    return tag.rsplit("}", 1)[-1] if tag.startswith("{") else tag


_PROLOG = re.compile(
    r"\s*(?:<\?.*?\?>\s*|<!--.*?-->\s*|<!DOCTYPE(?:[^\[>\"']|\"[^\"]*\"|'[^']*'|\[.*?\]\s*(?=>))*>\s*)*",
    re.DOTALL,
)
_ROOT = re.compile(r"<(?:[\w.-]+:)?([A-Za-z][\w.-]*)")


def root_name(start: str) -> str:
    """Return the name of the root element in the start of an XML text, or nothing."""
    prolog = _PROLOG.match(start.lstrip("\ufeff"))
    assert prolog is not None  # the pattern also matches nothing
    root = _ROOT.match(start.lstrip("\ufeff"), prolog.end())
    return root[1] if root else ""


def _broken_gzip(path: Path) -> KnowledgeError:
    return KnowledgeError(
        f"The gzip file {path.name} is damaged or ends too early.",
        where=str(path),
        remedy="Download it again.",
    )


def _undecodable(path: Path, error: UnicodeDecodeError, line: int) -> KnowledgeError:
    place = f" after line {line}" if line else ""
    return KnowledgeError(
        f"The text of {path.name} is not valid {error.encoding.upper()}{place}.",
        where=f"{path}, line {line}" if line else str(path),
        remedy="Save the file as UTF-8 and add it again.",
    )
