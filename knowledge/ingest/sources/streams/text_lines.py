"""Read text files: as a stream, whole, or line by line, in the encoding that each has."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from knowledge.ingest.sources.streams.archives import (
    open_bytes,
    read_head,
)
from knowledge.ingest.sources.streams.encodings import detect_encoding, undecodable_error
from knowledge.ingest.sources.streams.limits import LONGEST_LINE, LONGEST_TEXT, too_large_error


@contextmanager
def open_text(path: Path) -> Iterator[IO[str]]:
    """Open a file as text in its own encoding."""
    encoding = detect_encoding(path, read_head(path))
    with open_bytes(path) as stream:
        yield io.TextIOWrapper(stream, encoding=encoding, newline="")


def read_text(path: Path) -> str:
    """Return the whole text of a small file such as a note, its line ends unified."""
    with open_text(path) as stream:
        try:
            text = stream.read(LONGEST_TEXT + 1)
        except UnicodeDecodeError as error:
            raise undecodable_error(path, error, 0) from error
    if len(text) > LONGEST_TEXT:
        raise too_large_error(path, f"it has more than {LONGEST_TEXT} characters")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read_lines(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the lines of a text file, counted from 1, with their line ends.

    Raises KnowledgeError where the text cannot be decoded, or a line is longer than LONGEST_LINE.
    """
    number = 0
    with open_text(path) as stream:
        try:
            for number, line in enumerate(bounded_lines(stream, path), 1):
                yield number, line
        except UnicodeDecodeError as error:
            raise undecodable_error(path, error, number) from error


def bounded_lines(stream: IO[str], path: Path) -> Iterator[str]:
    """Yield lines, and refuse the one that would have to be held whole although it has no end."""
    number = 0
    while line := stream.readline(LONGEST_LINE):
        number += 1
        if len(line) == LONGEST_LINE:
            raise too_large_error(
                path, f"that line has more than {LONGEST_LINE} characters", number
            )
        yield line
