"""Imports: data sets that other people made become rows beside the written ones.

    file -> JSON or CSV -> shape of its first rows -> talks -> rows marked as imported

What comes in passes the same gates as what is written here. It has no facts, so that nothing proves
it: the row says from which file and line it is, in which shape it stood, and under which licence.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import islice
from pathlib import Path

from knowledge.datasets.imports.formats import SHAPES, Shape, Talk
from knowledge.datasets.screening import Candidate
from knowledge.errors import KnowledgeError
from knowledge.ingest.sources.streams import archives, csv_rows, encodings, json_records
from knowledge.records import IMPORTED, Lesson, LessonMessage
from knowledge.text.names import language_of

UNSTATED = "none stated"

_SAMPLE = 20


@dataclass(frozen=True, slots=True)
class Import:
    """A file to take rows from, in a shape or in that of its first rows, and its licence."""

    path: Path
    format: str = ""
    licence: str = ""


def candidates(imports: Sequence[Import]) -> Iterator[Candidate]:
    """Yield the rows of files; KnowledgeError where a file has no shape that is known."""
    for each in imports:
        yield from rows(talks(each), each.path.name, each.licence or UNSTATED)


def rows(told: Iterator[tuple[int, Talk | str]], source: str, licence: str) -> Iterator[Candidate]:
    """Yield talks as rows of a source, or the reason where there is none."""
    for line, talk in told:
        if isinstance(talk, str):
            yield None, talk
        else:
            yield lesson(talk, source, line, licence), ""


def recognise(path: Path) -> Shape:
    """Return the shape of a file's first rows, which must all have it or a like one."""
    first = [row for _, row in islice(_objects(path), _SAMPLE)]
    for shape in SHAPES:
        if first and sum(shape.fits(row) for row in first) * 2 > len(first):
            return shape
    found = ", ".join(sorted(first[0]))[:120] if first else "nothing"
    raise KnowledgeError(
        f"The rows of {path.name} have no shape that is known; the first one holds: {found}.",
        where=f"--import {path}",
        remedy=f"Known are: {', '.join(shape.name for shape in SHAPES)}.",
    )


def talks(wanted: Import) -> Iterator[tuple[int, Talk | str]]:
    """Yield each row of a file with its line, as a talk or as the reason why it is none."""
    main = _named(wanted.format) if wanted.format else recognise(wanted.path)
    for line, row in _objects(wanted.path):
        shapes = (main, *(shape for shape in SHAPES if shape is not main))
        shape = next((shape for shape in shapes if shape.fits(row)), None)
        yield line, shape.talk(row) if shape else "a row of another shape"


def lesson(talk: Talk, source: str, line: int, licence: str) -> Lesson:
    """Return a talk as a row; rows with the same first question have the same split key."""
    said = [text for turn in talk.turns for text in turn]
    messages = tuple(
        message
        for question, answer in talk.turns
        for message in (LessonMessage("user", question), LessonMessage("assistant", answer))
    )
    language = language_of(" ".join(said))
    id = blake2b("\x1f".join((source, *said)).encode(), digest_size=8).hexdigest()
    key = blake2b(said[0].casefold().encode(), digest_size=8).hexdigest()
    return Lesson(
        id=f"{IMPORTED}-{language}-{id}",
        messages=messages,
        language=language,
        style=IMPORTED,
        sources=(),
        entities=(),
        split_key=f"{IMPORTED}:{key}",
        licence=licence,
        meta={"imported": source, "line": line, "shape": talk.shape},
    )


def fault(row: Lesson) -> str:
    """Return what is wrong with an imported row, whose statements nothing holds."""
    if len(row.messages) < 2 or row.messages[-1].role != "assistant":
        return "the row has no question with an answer"
    if row.sources or row.entities:
        return "an imported row names facts"
    return "" if row.meta.get("imported") else "an imported row does not say where it is from"


def _named(name: str) -> Shape:
    for shape in SHAPES:
        if shape.name == name:
            return shape
    raise KnowledgeError(
        f"There is no shape {name!r}.",
        where="--import-format",
        remedy=f"Known are: {', '.join(shape.name for shape in SHAPES)}.",
    )


def _objects(path: Path) -> Iterator[tuple[int, dict[str, object]]]:
    """Yield the rows of a JSON array, of JSON Lines, or of a CSV table."""
    start = encodings.decode_head(path, archives.read_head(path)).lstrip("\ufeff \t\r\n")
    if start.startswith(("{", "[")):
        yield from json_records.read_objects(path)
        return
    for line, row in csv_rows.read_rows(path, set(), "an import"):
        yield line, {name: cell for name, cell in row.items() if cell}
