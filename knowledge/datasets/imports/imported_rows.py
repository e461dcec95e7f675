"""Read data sets that other people made as rows, marked as imported.

    file or folder -> rows -> format of the first ones -> dialogues -> rows marked as imported

What comes in passes the same filters as what is written here. It has no facts, so that nothing
proves it: the row says from which file and line it is, in which format, and under which licence.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import islice
from pathlib import Path

from knowledge.datasets import reasoning
from knowledge.datasets.filtering import Candidate
from knowledge.datasets.imports.dialogue_formats import FORMATS, DialogueFormat, ImportedDialogue
from knowledge.errors import KnowledgeError
from knowledge.ingest.sources import hub_folders
from knowledge.ingest.sources.streams import archives, columnar, csv_rows, encodings, json_records
from knowledge.records import IMPORTED, Lesson, LessonMessage
from knowledge.text.names import language_of

UNSTATED = "none stated"

_SAMPLE = 20
_KNOWN = f"Known formats: {', '.join(each.name for each in FORMATS)}."


@dataclass(frozen=True, slots=True)
class ImportedFile:
    """A file to take rows from, in a format or in that of its first rows, and its licence."""

    path: Path
    format: str = ""
    licence: str = ""


def files_of(path: Path, format: str = "", licence: str = "") -> list[ImportedFile]:
    """Return a file, or those of a data set in a folder, with the licence that its card states.

    Raises KnowledgeError where a folder holds no file with rows.
    """
    paths = hub_folders.data_files(path) if path.is_dir() else [path]
    return [ImportedFile(each, format, licence or hub_folders.licence_of(each)) for each in paths]


def read_candidates(imports: Sequence[ImportedFile]) -> Iterator[Candidate]:
    """Yield the rows of files; KnowledgeError where a file has no format that is known."""
    for each in imports:
        yield from to_candidates(read_dialogues(each), each.path.name, each.licence or UNSTATED)


def to_candidates(
    dialogues: Iterator[tuple[int, ImportedDialogue | str]], source: str, licence: str
) -> Iterator[Candidate]:
    """Yield dialogues as rows of a source, or the reason where there is none."""
    for line, dialogue in dialogues:
        if isinstance(dialogue, str):
            yield None, dialogue
        else:
            # a file's name may hold bytes that are no text
            named = source.encode(errors="replace").decode()
            yield to_lesson(dialogue, named, line, licence), ""


def detect_format(path: Path) -> DialogueFormat:
    """Return the format of a file's first rows, which must all have it or a like one."""
    first = [row for _, row in islice(_read_objects(path), _SAMPLE)]
    for format in FORMATS:
        if first and sum(format.fits(row) for row in first) * 2 > len(first):
            return format
    found = ", ".join(sorted(first[0]))[:120] if first else "nothing"
    raise KnowledgeError(
        f"The rows of {path.name} have no known format; the first one holds: {found}.",
        where=f"--import {path}",
        remedy=_KNOWN,
    )


def read_dialogues(wanted: ImportedFile) -> Iterator[tuple[int, ImportedDialogue | str]]:
    """Yield each row of a file with its line, as a dialogue or as the reason why it is none."""
    main = _named(wanted.format) if wanted.format else detect_format(wanted.path)
    for line, row in _read_objects(wanted.path):
        formats = (main, *(format for format in FORMATS if format is not main))
        format = next((format for format in formats if format.fits(row)), None)
        yield line, format.read(row) if format else "a row of another shape"


def to_lesson(dialogue: ImportedDialogue, source: str, line: int, licence: str) -> Lesson:
    """Return a dialogue as a row; rows with the same first question have the same split key."""
    said = [text for turn in dialogue.turns for text in turn]
    told = (LessonMessage("system", dialogue.system),) if dialogue.system else ()
    messages = told + tuple(
        message
        for question, answer in dialogue.turns
        for message in (LessonMessage("user", question), LessonMessage("assistant", answer))
    )
    language = language_of(" ".join(said))
    named = (source, *said, *filter(None, (dialogue.system, dialogue.reasoning)))
    id = blake2b("\x1f".join(named).encode(), digest_size=8).hexdigest()
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
        meta={
            "imported": source,
            "line": line,
            "shape": dialogue.format,
            **({reasoning.BROUGHT: dialogue.reasoning} if dialogue.reasoning else {}),
        },
    )


def find_fault(row: Lesson) -> str:
    """Return what is wrong with an imported row, whose statements nothing holds."""
    if len(row.messages) < 2 or row.messages[-1].role != "assistant":
        return "the row has no question with an answer"
    if row.sources or row.entities:
        return "an imported row names facts"
    return "" if row.meta.get("imported") else "an imported row does not say where it is from"


def _named(name: str) -> DialogueFormat:
    for format in FORMATS:
        if format.name == name:
            return format
    raise KnowledgeError(
        f"There is no format {name!r}.",
        where="--import-format",
        remedy=_KNOWN,
    )


def _read_objects(path: Path) -> Iterator[tuple[int, dict[str, object]]]:
    """Yield the rows of a JSON array, JSON Lines, a CSV table, Parquet or Arrow."""
    head = archives.read_head(path)
    if columnar.is_columnar(head):
        yield from columnar.read_rows(path)
        return
    start = encodings.decode_head(path, head).lstrip("\ufeff \t\r\n")
    if start.startswith(("{", "[")):
        yield from json_records.read_objects(path, last_comma=True)
        return
    for line, row in csv_rows.read_rows(path, set(), "an import"):
        yield line, {name: cell for name, cell in row.items() if cell}
