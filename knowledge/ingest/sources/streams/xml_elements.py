"""Read the elements of an XML file one at a time, each forgotten after it was yielded."""

import re
from collections.abc import Iterator
from html.entities import html5
from pathlib import Path
from typing import IO, TYPE_CHECKING
from xml.etree.ElementTree import ParseError, TreeBuilder

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
    itself, or holds an element of more
    than LONGEST_RECORD bytes.
    """
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import DefusedXMLParser, iterparse

    number = 0
    inside = 0
    with open_bytes(path) as opened_stream:
        stream = _Metered(path, opened_stream)
        try:
            open_elements: list[Element] = []
            parser = DefusedXMLParser(target=TreeBuilder())
            parser.entity = _StandardEntities()
            for event, element in iterparse(stream, events=("start", "end"), parser=parser):
                stream.silent = 0
                if event == "start":
                    open_elements.append(element)
                    if len(open_elements) > DEEPEST:
                        raise too_large_error(
                            path, f"its elements are nested more than {DEEPEST} deep"
                        )
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
        except (LookupError, ValueError) as error:
            raise KnowledgeError(
                f"The XML of {path.name} names an encoding that cannot be read: {error}.",
                where=f"{path}, line 1",
                remedy="Save the file as UTF-8 and add it again.",
            ) from error


class _StandardEntities(dict[str, str]):
    """The standard entities of HTML and ISO by their names; any other is a hole."""

    def __missing__(self, name: str) -> str:
        return html5.get(f"{name};", HOLE)


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
            raise too_large_error(self._path, f"one element has more than {LONGEST_RECORD} bytes")
        self.silent += len(data)
        if self.silent > LONGEST_TAG:
            raise too_large_error(self._path, f"one tag or text has more than {LONGEST_TAG} bytes")
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
