"""Check a dataset folder: file hashes, the proof of every row, and what other files make of them.

    manifest -> hashes; rows in batches -> proof against the graph -> faults with file and line
                                        -> exports worked out again -> faults of files

How one row is proven stands in `prover`, what is worked out again in `export_check`.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from knowledge.datasets.export import KIND
from knowledge.errors import KnowledgeError
from knowledge.lessons.export_check import ExportCheck
from knowledge.lessons.facts.urgent_words import UrgencyRules
from knowledge.lessons.parallel_rows import PairsRead
from knowledge.lessons.verify.prover import Prover
from knowledge.records import Lesson, LessonMessage, LessonSource, Progress, silent

FILES = ("train.jsonl", "validation.jsonl")
EXPORTS = (
    "alpaca.json", "chatglm.jsonl", "chat.jsonl", "sharegpt.json", "preference.jsonl",
    "dataset_info.json", "report.json", "CARD.md",
    "distribution.svg",
)  # fmt: skip
MANIFEST = "MANIFEST.json"

_MANIFEST_KEYS = {"kind", "generation", "arguments", "seed", "rows", "order", "files"}
_READ_AS_DATA = {".json", ".jsonl", ".parquet", ".csv", ".tsv", ".txt", ".arrow"}
"""How files end that a loader of the folder takes for rows."""

_BATCH = 400
_MOST_FAULTS = 1000


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a row, or a file as a whole (line 0), is not proven."""

    file: str
    line: int
    reason: str
    id: str = ""


@dataclass(frozen=True, slots=True)
class CheckReport:
    """How many rows were read, how many proven, and what is wrong with the others.

    `imported` are sound in their form, and nothing proves them: they are not among the proven.
    """

    rows: int
    proven: int
    imported: int = 0
    faults: list[Fault] = field(default_factory=list)


def check(
    engine: Engine,
    generation: int,
    folder: Path,
    progress: Progress = silent,
    rules: UrgencyRules | None = None,
    prover: Prover | None = None,
) -> CheckReport:
    """Prove every row of a dataset folder; KnowledgeError where it is no dataset folder.

    `rules` say which words of users are urgent. Who checks many folders may give a prover.
    """
    manifest = _read_manifest(folder)
    faults = _damaged(folder, manifest)
    prover = prover or Prover(engine, generation, rules)
    exports = ExportCheck(engine, generation, manifest)
    pairs = PairsRead()
    held_out = _keys(folder / "validation.jsonl")
    rows = proven = imported = 0
    for name in FILES:
        for batch in _batches(folder / name):
            lessons = [lesson for _, lesson, _ in batch if lesson]
            found = iter(prover.faults(lessons))
            for line, lesson, wrong in batch:
                rows += 1
                reason = wrong or next(found)
                if lesson:
                    pairs.add(lesson, name, line)
                    held = name == FILES[1]
                    if not reason and not held and lesson.split_key in held_out:
                        reason = "the subject is also in the validation part"
                    found_out = exports.fault(lesson, held)
                    reason = reason or found_out
                if lesson and not reason:
                    imported += lesson.imported
                    proven += not lesson.imported
                elif len(faults) < _MOST_FAULTS:
                    faults.append(Fault(name, line, reason, lesson.id if lesson else ""))
            progress("proving rows", rows, None)
    for name, line, id, reason in pairs.faults():
        if not any((each.file, each.line) == (name, line) for each in faults):
            proven -= 1
            faults.append(Fault(name, line, reason, id))
    wrong_files = exports.damaged(folder, _sha256)
    faults += [Fault(name, 0, reason) for name, reason in wrong_files]
    return CheckReport(rows, proven, imported, faults)


def read_lessons(path: Path) -> Iterator[Lesson]:
    """Yield the lessons of one file of a dataset folder; lines that are none are passed over."""
    return (lesson for batch in _batches(path) for _, lesson, _ in batch if lesson)


def _read_manifest(folder: Path) -> dict[str, Any]:
    path = folder / MANIFEST
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        dict(manifest["files"])
        return dict(manifest)
    except FileNotFoundError as error:
        raise KnowledgeError(
            f"{folder} is no dataset folder: it has no {MANIFEST}.",
            where=str(path),
            remedy="Make one with `medchat build-data --out DIR`.",
        ) from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise KnowledgeError(
            f"The manifest of {folder} cannot be read.",
            where=str(path),
            remedy="Make the data again with `medchat build-data --out DIR`.",
        ) from error


def _damaged(folder: Path, manifest: dict[str, Any]) -> list[Fault]:
    """Compare the files with the manifest."""
    files = dict(manifest["files"])
    faults = [Fault(MANIFEST, 0, reason) for reason in _misstated(manifest)]
    written = {*FILES, *EXPORTS, MANIFEST}
    faults += [
        Fault(path.name, 0, "the file is none that a build writes")
        for path in sorted(folder.iterdir())
        if path.name not in written and (path.name in files or path.suffix in _READ_AS_DATA)
    ]
    for name in sorted({*files, *FILES, *EXPORTS}):
        if not (folder / name).is_file():
            faults.append(Fault(name, 0, "the file is missing"))
        elif _sha256(folder / name) != files.get(name):
            faults.append(Fault(name, 0, "the file differs from its manifest"))
    missing = [fault.file for fault in faults if fault.reason == "the file is missing"]
    if set(missing) & set(FILES):
        raise KnowledgeError(
            f"{folder} has no {missing[0]}.",
            where=str(folder / missing[0]),
            remedy="Make the data again with `medchat build-data --out DIR`.",
        )
    return faults


def _misstated(manifest: dict[str, Any]) -> list[str]:
    """Return what a manifest tells that no build does."""
    found = [f"the manifest tells of {key!r}" for key in sorted(manifest.keys() - _MANIFEST_KEYS)]
    arguments = manifest.get("arguments")
    if isinstance(arguments, dict) and manifest.get("seed") != arguments.get("seed"):
        found.append("the manifest tells of two seeds")
    if manifest.get("kind") != KIND:
        found.append("the manifest is that of another kind of folder")
    return found


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _keys(path: Path) -> set[str]:
    return {lesson.split_key for lesson in read_lessons(path)}


def _batches(path: Path) -> Iterator[list[tuple[int, Lesson | None, str]]]:
    batch: list[tuple[int, Lesson | None, str]] = []
    with path.open(encoding="utf-8", errors="replace") as stream:
        for line, text in enumerate(stream, 1):
            lesson = _lesson(text)
            batch.append((line, lesson, "" if lesson else "the line is no lesson"))
            if len(batch) == _BATCH:
                yield batch
                batch = []
    if batch:
        yield batch


def _lesson(text: str) -> Lesson | None:
    try:
        return lesson_of(json.loads(text))
    except ValueError:
        return None


def lesson_of(raw: dict[str, Any]) -> Lesson | None:
    """Read a row, or return None where it has not the shape of a lesson."""
    try:
        if raw["language"] not in ("en", "zh") or not _is_talk(raw["messages"]):
            return None
        return Lesson(
            id=str(raw["id"]),
            messages=tuple(
                LessonMessage(each["role"], str(each["content"])) for each in raw["messages"]
            ),
            language=raw["language"],
            style=str(raw["style"]),
            sources=tuple(
                LessonSource(each["kind"], str(each["id"]), str(each.get("quote", "")))
                for each in raw["sources"]
            ),
            entities=tuple(str(id) for id in raw["entities"]),
            split_key=str(raw["split_key"]),
            licence=str(raw["licence"]),
            meta=dict(raw["meta"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _is_talk(messages: list[dict[str, Any]]) -> bool:
    """Say whether user and assistant take turns, perhaps after a system message."""
    roles = [each["role"] for each in messages]
    told = roles[1:] if roles[:1] == ["system"] else roles
    return bool(told) and told == ["user", "assistant"] * (len(told) // 2)
