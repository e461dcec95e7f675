"""Read the items of named lists inside one large JSON object, one at a time.

    {"nodes": [a, b], "edges": [c]} -> ("nodes", a), ("nodes", b), ("edges", c)

`json_records` reads files of many objects; this reads the other form in which graphs are
published, a single object that is as large as its file. Only one item is held at a time.
"""

import json
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import IO

from knowledge.errors import KnowledgeError
from knowledge.ingest.sources.streams import json_records, text_lines

_CHUNK = 256 * 1024
_SPACE = " \t\r\n\ufeff"


def read_items(path: Path, lists: Collection[str]) -> Iterator[tuple[str, int, object]]:
    """Yield the items of the named lists with their list and the line on which each starts.

    `a.b` is the list under `b` in the object under `a`. The file holds one object, or an array of
    them; other members are stepped over. Raises
    KnowledgeError where it holds something else, a named member is no list, or the JSON is broken;
    the error names the line.
    """
    with text_lines.open_text(path) as stream:
        yield from _ListReader(path, stream).members(lists)


class _ListReader:
    """A place in a JSON text of which only a piece is held."""

    def __init__(self, path: Path, stream: IO[str]) -> None:
        self._path = path
        self._stream = stream
        self._decoder = json.JSONDecoder()
        self._held = ""
        self._place = 0
        self._line = 1

    def members(self, lists: Collection[str]) -> Iterator[tuple[str, int, object]]:
        if self._next() == "[":
            self._expect("[")
            while self._next() != "]":
                yield from self._object(lists)
                self._separate("]", "items")
            self._expect("]")
        else:
            yield from self._object(lists)
        self._check_end()

    def _object(self, lists: Collection[str]) -> Iterator[tuple[str, int, object]]:
        self._expect("{")
        while self._next() != "}":
            _, key = self._value()
            self._expect(":")
            if not isinstance(key, str):
                raise self._broken("a key that is no text")
            inside = [each.removeprefix(f"{key}.") for each in lists if each.startswith(f"{key}.")]
            if inside and self._next() == "{":
                for name, line, value in self._object(inside):
                    yield f"{key}.{name}", line, value
            elif key not in lists:
                self._value()
            elif self._next() != "[":
                raise self._broken(f"no list under {key!r}")
            else:
                for line, value in self._list():
                    yield key, line, value
            self._separate("}", "members")
        self._expect("}")

    def _list(self) -> Iterator[tuple[int, object]]:
        self._expect("[")
        while self._next() != "]":
            yield self._value()
            self._separate("]", "items")
        self._expect("]")

    def _separate(self, closing: str, of: str) -> None:
        """Step over the comma between two members or items, or stop before their end."""
        if self._next() == ",":
            self._place += 1
            if self._next() == closing:
                raise self._broken(f"a comma before {closing!r}")
        elif self._next() != closing:
            raise self._broken(f"no comma between two {of}")

    def _check_end(self) -> None:
        while self._place < len(self._held) or self._more():
            rest = self._held[self._place :]
            text = rest.lstrip(_SPACE)
            self._line += rest.count("\n", 0, len(rest) - len(text))
            self._place = len(self._held)
            if text:
                raise self._broken("more text after its end")

    def _expect(self, sign: str) -> None:
        if self._next() != sign:
            raise self._broken(f"no {sign!r} where one must stand")
        self._place += 1

    def _next(self) -> str:
        """Step over white space and return the sign that follows, or raise at the end."""
        while True:
            while self._place < len(self._held):
                sign = self._held[self._place]
                if sign not in _SPACE:
                    return sign
                self._line += sign == "\n"
                self._place += 1
            if not self._more():
                raise self._broken("an end too early")

    def _value(self) -> tuple[int, object]:
        """Decode the value that begins here; a value cut by the end of the piece is read on."""
        self._next()
        while True:
            try:
                value, end = self._decoder.raw_decode(self._held, self._place)
            except json.JSONDecodeError as error:
                held = len(self._held) - self._place
                if not self._more(
                    json_records.next_read_size(self._path, "a value", self._line, held)
                ):
                    raise self._broken(error.msg) from error
                continue
            except RecursionError as error:
                raise self._broken("values nested too deep") from error
            except ValueError as error:
                raise self._broken("a number that is too long") from error
            # A number may go on in the next piece; everything else ends with a sign of its own.
            if end == len(self._held) and isinstance(value, int | float) and self._more():
                continue
            line = self._line
            self._line += self._held.count("\n", self._place, end)
            self._place = end
            return line, value

    def _more(self, size: int = _CHUNK) -> bool:
        """Read on, forgetting what is behind; say whether there was anything."""
        try:
            piece = self._stream.read(size)
        except UnicodeDecodeError as error:
            raise self._broken(f"text that is not valid {error.encoding}") from error
        except OSError as error:
            raise self._broken("an end too early") from error
        self._held = self._held[self._place :] + piece
        self._place = 0
        return bool(piece)

    def _broken(self, what: str) -> KnowledgeError:
        return KnowledgeError(
            f"The JSON of {self._path.name} is broken at line {self._line}: it has {what}.",
            where=f"{self._path}, line {self._line}",
            remedy="Download or repair the file and add it again.",
        )
