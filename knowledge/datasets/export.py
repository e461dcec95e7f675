"""Write lessons as a dataset folder that other tools read; it appears when it is whole.

    lessons -> rows, other tools' forms, preference (streamed) -> report, card -> manifest

The formats other than the project's own hold training rows only. Rows are streamed: no more than a
few are in memory.
"""

import hashlib
import json
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from knowledge import durable
from knowledge.datasets import card, distribution, row_counts, row_formats
from knowledge.datasets.card_samples import CardSamples
from knowledge.datasets.filtering import FilterReport
from knowledge.datasets.graph_sources import GraphSource
from knowledge.datasets.row_counts import RowCounts
from knowledge.errors import KnowledgeError
from knowledge.records import Lesson

MANIFEST = "MANIFEST.json"
KIND = "medchat-dataset"

Prefer = Callable[[Lesson], dict[str, str] | None]
"""Makes a preference pair from a training row, or none."""

_BUFFER = 1 << 20  # bytes of each file


@dataclass(frozen=True, slots=True)
class Provenance:
    """What a folder is made from; the same provenance gives the same bytes."""

    generation: int
    arguments: dict[str, object]
    sources: tuple[GraphSource, ...] = ()
    """What the graph is made from; a generation and its arguments decide the rest."""


def refuse_foreign(out: Path, origin: Provenance) -> None:
    """Raise KnowledgeError where a folder holds anything but data of the same origin."""
    if not out.exists() or (out.is_dir() and not any(out.iterdir())):
        return
    if out.is_dir() and _made_by(out) == _identity(origin):
        return
    what = "is a file" if not out.is_dir() else "holds other files"
    what = "holds the data of another origin" if out.is_dir() and _made_by(out) else what
    raise KnowledgeError(
        f"The output {out} {what}, and nothing of it is overwritten.",
        where="--out",
        remedy="Name a new folder, or delete this one first.",
    )


def write(
    lessons: Iterable[Lesson],
    out: Path,
    origin: Provenance,
    screened: FilterReport,
    held_out: Callable[[str], bool],
    prefer: Prefer,
) -> RowCounts:
    """Write the lessons as a dataset folder; it appears at `out` when it is whole.

    `held_out` says whether rows about an entity are for validation, `prefer` makes preference pairs
    of training rows. KnowledgeError, and no folder, where there is no lesson.
    """
    partial = out.with_name(f".{out.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    try:
        counts, samples = _write_rows(lessons, partial, held_out, prefer)
        if not counts.train + counts.validation:
            raise _no_rows(screened)
        (partial / "dataset_info.json").write_text(_json(_INFO), encoding="utf-8")
        (partial / card.PICTURE).write_text(distribution.draw(counts), encoding="utf-8")
        hashes = _hashes(partial)
        report = _json(row_counts.report(counts, screened))
        (partial / "report.json").write_text(report, encoding="utf-8")
        described = card.text(
            origin.generation,
            origin.arguments,
            counts,
            screened,
            samples.lessons,
            samples.pairs,
            origin.sources,
            hashes,
            samples.by_lot,
        )
        (partial / "CARD.md").write_text(described, encoding="utf-8")
        _seal(partial, origin, counts, hashes)
        refuse_foreign(out, origin)
        _place(partial, out)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return counts


def _no_rows(screened: FilterReport) -> KnowledgeError:
    if screened.dropped:
        reason = max(screened.dropped, key=lambda each: screened.dropped[each])
        return KnowledgeError(
            f"None of {screened.seen:,} rows came through the gates, most for this: {reason}.",
            where="medchat build-data",
            remedy="Ask for other styles, or look at what the flags keep out.",
        )
    return KnowledgeError(
        "The knowledge base gives no lessons in the styles and languages asked for.",
        where="--style, --language",
        remedy="Add knowledge with `medchat kb add PATH`, or ask for other styles.",
    )


_INFO: dict[str, object] = {
    "medchat_alpaca": {
        "file_name": "alpaca.json",
        "columns": {
            "prompt": "instruction",
            "query": "input",
            "response": "output",
            "history": "history",
            "system": "system",
        },
    },
    "medchat_sharegpt": {
        "file_name": "sharegpt.json",
        "formatting": "sharegpt",
        "columns": {"messages": "conversations", "system": "system", "tools": "tools"},
        "tags": {
            "role_tag": "from",
            "content_tag": "value",
            "user_tag": "human",
            "assistant_tag": "gpt",
            "observation_tag": "observation",
            "function_tag": "function_call",
        },
    },
    "medchat_preference": {
        "file_name": "preference.jsonl",
        "ranking": True,
        "columns": {"prompt": "prompt", "chosen": "chosen", "rejected": "rejected"},
    },
}
"""LLaMA-Factory's registry of the folder's files: a column that it does not name is not read."""


def _write_rows(
    lessons: Iterable[Lesson],
    folder: Path,
    held_out: Callable[[str], bool],
    prefer: Prefer,
) -> tuple[RowCounts, CardSamples]:
    counts, samples = RowCounts(), CardSamples()
    subjects: set[str] = set()
    with ExitStack() as stack:
        files = _Files(
            lambda name: stack.enter_context((folder / name).open("wb", buffering=_BUFFER))
        )
        for lesson in lessons:
            held = held_out(lesson.split_key)
            counts.add(lesson, held)
            if lesson.split_key in lesson.entities:
                subjects.add(lesson.split_key)
            samples.see(lesson)
            files.add(lesson, held)
            pair = None if held else prefer(lesson)
            if pair:
                samples.see_pair(_count_pair(counts, pair), pair)
                files.prefer(lesson, pair)
        files.finish()
    counts.entities = len(subjects)
    return counts, samples


def _count_pair(counts: RowCounts, pair: dict[str, str]) -> str:
    """Count a preference pair; return its kind."""
    counts.preference += 1
    kind = pair["why"].split(":", 1)[0]
    counts.kinds[kind] = counts.kinds.get(kind, 0) + 1
    return kind


class Derived:
    """Works out again, row by row, what the files of a folder hold that come from rows alone."""

    def __init__(self, prefer: Prefer) -> None:
        self.counts = RowCounts()
        self.samples = CardSamples()
        self._prefer = prefer
        self._streams: dict[str, _Hashed] = {}
        self._ids = hashlib.sha256()
        self._subjects: set[str] = set()
        self._files = _Files(lambda name: self._streams.setdefault(name, _Hashed()))

    def add(self, lesson: Lesson, held: bool) -> None:
        """Take the next row; those for validation come last."""
        self.counts.add(lesson, held)
        self._ids.update(f"{lesson.id}\n".encode())
        if lesson.split_key in lesson.entities:
            self._subjects.add(lesson.split_key)
        self.samples.see(lesson)
        self._files.add(lesson, held)
        if not held and (pair := self._prefer(lesson)):
            self.samples.see_pair(_count_pair(self.counts, pair), pair)
            self._files.prefer(lesson, pair)

    def finish(self) -> dict[str, str]:
        """Return the hash of each file."""
        self.counts.entities = len(self._subjects)
        self._files.finish()
        texts = {"dataset_info.json": _json(_INFO), card.PICTURE: distribution.draw(self.counts)}
        fixed = {name: hashlib.sha256(text.encode()).hexdigest() for name, text in texts.items()}
        return fixed | {name: stream.hash.hexdigest() for name, stream in self._streams.items()}

    @property
    def order(self) -> str:
        """Return the hash of the ids in their order."""
        return self._ids.hexdigest()


class _Stream(Protocol):
    """What takes the bytes of a file."""

    def write(self, given: bytes, /) -> object:
        """Take the next bytes."""


class _Hashed:
    """Takes the bytes of a file, and keeps their hash only."""

    def __init__(self) -> None:
        self.hash = hashlib.sha256()

    def write(self, given: bytes, /) -> object:
        """Take the next bytes."""
        self.hash.update(given)
        return None


class _Files:
    """The open files of a folder; arrays are written item by item."""

    def __init__(self, opened: Callable[[str], _Stream]) -> None:
        self._train = opened("train.jsonl")
        self._validation = opened("validation.jsonl")
        self._lines = (opened("chatglm.jsonl"), opened("chat.jsonl"))
        self._preference = opened("preference.jsonl")
        self._arrays = (opened("alpaca.json"), opened("sharegpt.json"))
        self._between = b"\n"
        for array in self._arrays:
            array.write(b"[")

    def add(self, lesson: Lesson, held: bool) -> None:
        """Write a row to the files that it belongs to."""
        own, *others = (
            lesson.prepared.lines if lesson.prepared else row_formats.encode_all(lesson, held)
        )
        if held:
            self._validation.write(own)
            return
        self._train.write(own)
        lines, items = others[: len(self._lines)], others[len(self._lines) :]
        for stream, line in zip(self._lines, lines, strict=True):
            stream.write(line)
        for array, item in zip(self._arrays, items, strict=True):
            array.write(self._between)
            array.write(item)
        self._between = b",\n"

    def prefer(self, lesson: Lesson, pair: dict[str, str]) -> None:
        """Write a preference pair that was made from a row."""
        self._preference.write(row_formats.encode_pair(lesson, pair))

    def finish(self) -> None:
        """Close the arrays."""
        for array in self._arrays:
            array.write(b"\n]\n")


def _identity(origin: Provenance) -> dict[str, object]:
    return {"kind": KIND, "generation": origin.generation, "arguments": origin.arguments}


def _made_by(folder: Path) -> dict[str, object] | None:
    """Return from what a dataset folder was made, or None where it is no such folder."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if manifest["kind"] != KIND:
            return None
        return {key: manifest[key] for key in ("kind", "generation", "arguments")}
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def _hashes(folder: Path, known: Mapping[str, str] = {}) -> dict[str, str]:
    """Return the hash of each file of a folder, of those not known from before."""
    found = dict(known)
    for path in sorted(folder.iterdir()):
        if path.name not in found:
            with path.open("rb") as stream:
                found[path.name] = hashlib.file_digest(stream, "sha256").hexdigest()
    return dict(sorted(found.items()))


def _seal(folder: Path, origin: Provenance, counts: RowCounts, known: Mapping[str, str]) -> None:
    """Write the manifest, last of all, when everything else is on the disk."""
    for path in sorted(folder.iterdir()):
        durable.sync(path)
    files = _hashes(folder, known)
    manifest = {
        **_identity(origin),
        "seed": origin.arguments.get("seed"),
        "rows": {"train": counts.train, "validation": counts.validation},
        "order": _order(folder),
        "files": files,
    }
    durable.write_text(folder / MANIFEST, _json(manifest))


def _order(folder: Path) -> str:
    """Return the hash of the ids of all rows in their order, training first."""
    ids = hashlib.sha256()
    for name in ("train.jsonl", "validation.jsonl"):
        for id in _ids(folder / name):
            ids.update(f"{id}\n".encode())
    return ids.hexdigest()


def _ids(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8") as stream:
        for line in stream:
            # A row's line begins with its id, which holds no sign that JSON escapes.
            yield json.loads(line[len('{"id": ') : line.index(", ")])


def _place(partial: Path, out: Path) -> None:
    """Give a finished folder its name; an earlier one of the same origin goes when that is done."""
    old = out.with_name(f".{out.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if out.exists():
        out.rename(old)
    durable.rename(partial, out)
    shutil.rmtree(old, ignore_errors=True)
