"""Read the objects of a JSON array or of JSON lines one at a time, with their lines."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from knowledge.errors import KnowledgeError
from knowledge.ingest.sources.streams.archives import CHUNK
from knowledge.ingest.sources.streams.encodings import undecodable_error
from knowledge.ingest.sources.streams.limits import LONGEST_OBJECT, too_large_error
from knowledge.ingest.sources.streams.text_lines import open_text


def read_objects(
    path: Path, *, last_comma: bool = False
) -> Iterator[tuple[int, dict[str, object]]]:
    """Yield the objects of a JSON array or of JSON lines, with the line on which each starts.

    `last_comma` forgives one comma after the last object of an array, as other tools write it.
    """
    for line, value in _values(path, last_comma):
        if not isinstance(value, dict):
            raise KnowledgeError(
                f"Line {line} of {path.name} holds no JSON object.",
                where=f"{path}, line {line}",
                remedy="Each record must be an object with named fields.",
            )
        yield line, value


def _values(path: Path, last_comma: bool) -> Iterator[tuple[int, object]]:
    decoder = json.JSONDecoder()
    buffer, place, line = "", 0, 1
    signs = _Signs(path, last_comma)
    with open_text(path) as stream:
        while True:
            skipped = _BETWEEN.match(buffer, place)
            assert skipped is not None  # the pattern also matches nothing
            line = signs.step(skipped[0], line)
            place = skipped.end()
            if place == len(buffer):
                more = _read_chunk(stream, path, line)
                if not more:
                    signs.end(line)
                    return
                buffer, place = more, 0
                continue
            try:
                value, end = decoder.raw_decode(buffer, place)
            except json.JSONDecodeError as error:
                size = next_read_size(path, "that record", line, len(buffer) - place)
                more = _read_chunk(stream, path, line, size)
                if not more:
                    raise _broken_json_error(path, error.msg, line) from error
                buffer, place = buffer[place:] + more, 0
                continue
            except RecursionError as error:
                raise _broken_json_error(path, "nested too deep", line) from error
            except ValueError as error:  # of more than 4,300 digits
                raise _broken_json_error(path, "a number is too long", line) from error
            signs.value(line)
            yield line, value
            line += buffer.count("\n", place, end)
            place = end


_BETWEEN = re.compile(r"[\s,\[\]]*")
_SIGN = re.compile(r"[,\[\]]")


class _Signs:
    """Check the brackets and commas between values: an array, or values on lines."""

    def __init__(self, path: Path, last_comma: bool) -> None:
        self._path = path
        self._last_comma = last_comma
        self._opened = 0
        self._before = ""

    def step(self, signs: str, line: int) -> int:
        """Take what stands before the next value; return the line after it."""
        for sign in _SIGN.finditer(signs):
            self._sign(sign[0], line + signs.count("\n", 0, sign.start()))
        return line + signs.count("\n")

    def value(self, line: int) -> None:
        """Take a value that begins at a line."""
        if self._opened and self._before not in ("[", ","):
            raise _broken_json_error(self._path, "no comma before it", line)
        self._before = "value"

    def end(self, line: int) -> None:
        """Take the end of the file."""
        if self._opened:
            reason = f"the array that begins at line {self._opened} is not closed"
            raise _broken_json_error(self._path, reason, line)

    def _sign(self, sign: str, line: int) -> None:
        if sign == "[":
            if self._opened:
                raise _broken_json_error(self._path, "an array stands where an object must", line)
            self._opened = line
        elif not self._opened and sign == "]":
            raise _broken_json_error(self._path, "']' closes no array", line)
        elif self._before == "," and sign == "]" and self._last_comma:
            self._opened = 0
        elif self._before == "," or (sign == "," and self._before != "value"):
            raise _broken_json_error(self._path, "a comma without a value", line)
        elif sign == "]":
            self._opened = 0
        # Between lines of values a comma is forgiven; before, after and beside another it is not.
        self._before = sign


def next_read_size(path: Path, what: str, line: int, held: int) -> int:
    """Return how many characters to read on where a JSON value is cut after those held.

    A long one is tried again only when it has doubled, not at every piece. Raises KnowledgeError
    where it has more than LONGEST_OBJECT.
    """
    if held > LONGEST_OBJECT:
        raise too_large_error(path, f"{what} has more than {LONGEST_OBJECT} characters", line)
    return min(max(CHUNK, held), LONGEST_OBJECT + 1 - held)


def _read_chunk(stream: IO[str], path: Path, line: int, size: int = CHUNK) -> str:
    try:
        return stream.read(size)
    except UnicodeDecodeError as error:
        raise undecodable_error(path, error, line) from error


def _broken_json_error(path: Path, reason: str, line: int) -> KnowledgeError:
    return KnowledgeError(
        f"The JSON of {path.name} is broken in the record at line {line}: {reason}.",
        where=f"{path}, line {line}",
        remedy="Repair that record and add the file again.",
    )
