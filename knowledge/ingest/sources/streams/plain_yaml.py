"""Read YAML of texts, lists and mappings only, one node at a time.

    stream -> events -> one node at a time

Every scalar is a text. Anchors, aliases and tags are refused, so that a small file can neither
grow into a large one nor name a Python object.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import yaml

from knowledge.errors import KnowledgeError

YamlNode = str | list["YamlNode"] | dict[str, "YamlNode"]

_DEEPEST = 6
_MOST = 100_000
"""Texts, lists and mappings within one record."""


class YamlReader:
    """Reads one YAML document event by event."""

    def __init__(self, path: Path, stream: IO[str] | str, first_line: int = 1) -> None:
        self.path = path
        self.first_line = first_line
        self._nodes = 0
        self._events: Iterator[yaml.Event] = yaml.parse(stream, Loader=yaml.CSafeLoader)

    def begin(self) -> yaml.Event:
        """Step over the beginning of stream and document; return the first event of the root."""
        self.next()
        event = self.next()
        return self.next() if isinstance(event, yaml.DocumentStartEvent) else event

    def next(self) -> yaml.Event:
        """Return the next event."""
        return next(self._events)

    def line(self, event: yaml.Event) -> int:
        """Return the line of the file on which an event begins."""
        return self.first_line + (event.start_mark.line if event.start_mark else 0)

    def node(self, event: yaml.Event, depth: int = 0) -> YamlNode:
        """Return the node that begins with an event; depth 0 is a record of its own."""
        self._nodes = self._nodes + 1 if depth else 0
        if depth > _DEEPEST:
            raise self.error_at("is nested too deep", event)
        if self._nodes > _MOST:
            raise self.error_at(f"has more than {_MOST} values in one record", event)
        if isinstance(event, yaml.AliasEvent) or (
            isinstance(event, yaml.NodeEvent) and event.anchor
        ):
            raise self.error_at("uses an anchor or alias, which is not allowed", event)
        if isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent) and event.tag:
            raise self.error_at(f"uses the tag {event.tag}, which is not allowed", event)
        if isinstance(event, yaml.ScalarEvent):
            return "" if event.value in ("null", "~") and not event.style else str(event.value)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._items(depth)
        return self._mapping(depth)

    def _items(self, depth: int) -> list[YamlNode]:
        items: list[YamlNode] = []
        while not isinstance(event := self.next(), yaml.SequenceEndEvent):
            items.append(self.node(event, depth + 1))
        return items

    def _mapping(self, depth: int) -> dict[str, YamlNode]:
        found: dict[str, YamlNode] = {}
        while not isinstance(event := self.next(), yaml.MappingEndEvent):
            key = self.node(event, depth + 1)
            if not isinstance(key, str):
                raise self.error_at("has a key that is no text", event)
            if key in found:
                raise self.error_at(f"has the key {key!r} twice in one record", event)
            found[key] = self.node(self.next(), depth + 1)
        return found

    def error_at(self, what: str, event: yaml.Event) -> KnowledgeError:
        """Return the error that something is wrong at an event."""
        line = self.line(event)
        return KnowledgeError(
            f"{self.path.name} {what} (line {line}).",
            where=f"{self.path}, line {line}",
            remedy="See the shipped files under knowledge/ingest/starter for the form.",
        )

    @contextmanager
    def one_sentence_errors(self) -> Iterator[None]:
        """Turn the errors of the YAML library into one sentence with the line."""
        try:
            yield
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + self.first_line if error.problem_mark else 0
            raise KnowledgeError(
                f"The YAML of {self.path.name} is broken at line {line}: {error.problem}.",
                where=f"{self.path}, line {line}",
                remedy="Check the indentation, colons and quotes there.",
            ) from error
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            raise KnowledgeError(
                f"The YAML of {self.path.name} holds characters that YAML does not allow.",
                where=str(self.path),
                remedy="Save the file as plain UTF-8 text.",
            ) from error
