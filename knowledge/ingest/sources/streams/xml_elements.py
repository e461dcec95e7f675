"""Read the elements of an XML file one at a time, each forgotten after it was yielded."""

import re
from collections.abc import Iterator
from html.entities import html5
from pathlib import Path
from typing import IO, TYPE_CHECKING
from xml.etree.ElementTree import TreeBuilder
from xml.parsers import expat

from knowledge.errors import KnowledgeError
from knowledge.ingest.sources.streams.archives import open_bytes
from knowledge.ingest.sources.streams.limits import (
    DEEPEST,
    LONGEST_RECORD,
    LONGEST_TAG,
    too_large_error,
)
from knowledge.text.holes import HOLE

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element


def read_elements(path: Path, names: set[str]) -> Iterator[tuple[int, "Element"]]:
    """Yield the elements of these names one at a time, counted from 1, and forget each after.

    Entities that a DTD outside the file declares have their standard meaning (&alpha; &ge; &nbsp;);
    one that has none is a hole. Raises KnowledgeError where the XML is broken, declares entities
    itself, or holds an element of more than LONGEST_RECORD bytes.
    """
    number = 0
    with open_bytes(path) as opened_stream:
        stream = _Metered(path, opened_stream)
        parser = _Parser(stream, names)
        try:
            for element in parser.read():
                number += 1
                yield number, element
        except _DeclaredEntityError as error:
            raise KnowledgeError(
                f"The XML of {path.name} declares entities, which this program does not expand.",
                where=str(path),
                remedy="Remove the entity declarations from its DOCTYPE and add it again.",
            ) from error
        except expat.ExpatError as error:
            raise KnowledgeError(
                f"The XML of {path.name} is broken at line {error.lineno}, column {error.offset}: "
                f"{str(error).split(':')[0]}.",
                where=f"{path}, line {error.lineno}",
                remedy="Download or repair the file and add it again.",
            ) from error
        except (LookupError, ValueError) as error:
            raise KnowledgeError(
                f"The XML of {path.name} names an encoding that cannot be read: {error}.",
                where=f"{path}, line 1",
                remedy="Save the file as UTF-8 and add it again.",
            ) from error


class _DeclaredEntityError(Exception):
    """The file declares an entity, or asks for one from elsewhere."""


class _Parser:
    """Builds the elements of these names, with names of elements without their namespaces."""

    def __init__(self, stream: "_Metered", names: set[str]) -> None:
        self._stream = stream
        self._names = names
        self._builder = TreeBuilder()
        self._open: list[Element] = []
        self._inside = 0
        self._whole: list[Element] = []
        self._entities = _StandardEntities()
        parser = expat.ParserCreate(None, "}")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._builder.data
        parser.DefaultHandlerExpand = self._default
        parser.EntityDeclHandler = self._refuse
        parser.UnparsedEntityDeclHandler = self._refuse
        parser.ExternalEntityRefHandler = self._refuse
        self._parser = parser

    def read(self) -> "Iterator[Element]":
        """Yield each whole element, those before a fault too."""
        ended = False
        while not ended:
            data = self._stream.read(_CHUNK)
            ended = not data
            fault: Exception | None = None
            try:
                self._parser.Parse(data, ended)
            except Exception as error:  # handlers raise through the parser
                fault = error
            whole, self._whole = self._whole, []
            yield from whole
            if fault is not None:
                raise fault

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if "}" in tag:
            tag = tag[tag.rfind("}") + 1 :]
        for name in attributes:
            if "}" in name:
                attributes = {_qualified(key): attributes[key] for key in attributes}
                break
        if len(self._open) >= DEEPEST:
            raise too_large_error(
                self._stream.path, f"its elements are nested more than {DEEPEST} deep"
            )
        self._open.append(self._builder.start(tag, attributes))
        if tag in self._names:
            self._inside += 1

    def _end(self, tag: str) -> None:
        self._stream.silent = 0
        element = self._open.pop()
        tag = element.tag
        self._builder.end(tag)
        if tag in self._names:
            self._inside -= 1
            if not self._inside:
                self._whole.append(element)
        if not self._inside and self._open:
            # Without this the tree of the whole file would grow under its root.
            self._open[-1].remove(element)
            self._stream.since = 0

    def _default(self, text: str) -> None:
        if text[:1] == "&":
            self._builder.data(self._entities[text[1:-1]])

    def _refuse(self, *_: object) -> int:
        raise _DeclaredEntityError


def _qualified(name: str) -> str:
    return f"{{{name}" if "}" in name else name


_CHUNK = 16 * 1024


class _StandardEntities(dict[str, str]):
    """The standard entities of HTML and ISO by their names; any other is a hole."""

    def __missing__(self, name: str) -> str:
        return html5.get(f"{name};", HOLE)


class _Metered:
    """A stream that counts what was read since an element was given away, and since any tag."""

    def __init__(self, path: Path, stream: IO[bytes]) -> None:
        self.path = path
        self._stream = stream
        self.since = 0
        self.silent = 0

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size)
        self.since += len(data)
        if self.since > LONGEST_RECORD:
            raise too_large_error(self.path, f"one element has more than {LONGEST_RECORD} bytes")
        self.silent += len(data)
        if self.silent > LONGEST_TAG:
            raise too_large_error(self.path, f"one tag or text has more than {LONGEST_TAG} bytes")
        return data


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
