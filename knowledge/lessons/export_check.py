"""Check what the files of a dataset folder hold beside the proof of each row.

rows in their order -> every export, pair and count worked out again -> hashes against the files
ids, words, parts of the split -> repeated rows, and rows that stand in the wrong file
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from knowledge.datasets import card, quality, row_counts
from knowledge.datasets.export import Derived
from knowledge.datasets.filtering import FilterReport
from knowledge.datasets.filters import exact_duplicates
from knowledge.datasets.graph_sources import sources_of
from knowledge.datasets.row_ids import id_of
from knowledge.lessons.facts.validation_split import is_validation
from knowledge.lessons.pages.entity_pages import EntityPages
from knowledge.lessons.styles import preference
from knowledge.lessons.styles.preference import PreferencePairs
from knowledge.lessons.verify import pair_check
from knowledge.records import Lesson

_COUNTED = (
    "kept", "proven", "imported", "train", "validation", "preference", "preference_kinds",
    "entities", "largest_relation", "styles", "languages", "relations", "licences", "lengths",
    "registers", "difficulties", "qualities", "for_base",
)  # fmt: skip


class ExportCheck:
    """Takes the rows of a folder in their order, and says what is wrong with its files."""

    def __init__(self, engine: Engine, generation: int, manifest: Mapping[str, Any]) -> None:
        arguments = manifest.get("arguments")
        self._manifest = manifest
        self._arguments: Mapping[str, Any] = arguments if isinstance(arguments, dict) else {}
        pages = EntityPages(engine, generation)
        made_from = manifest.get("generation")
        self._sources = sources_of(engine, made_from) if isinstance(made_from, int) else ()
        self._hashes: dict[str, str] = {}
        every = preference.NAME in self._arguments.get("styles", ())
        self._derived = Derived(PreferencePairs(pages.related, every, pair_check.fault))
        self._said: set[bytes] = set()
        self._spare = ""

    def fault(self, lesson: Lesson, held: bool) -> str:
        """Take the next row; return what is wrong with its place, or an empty text."""
        self._derived.add(lesson, held)
        repeated = self._repeated(lesson)
        return (
            self._misplaced(lesson, held)
            or repeated
            or self._outside(lesson)
            or _misnamed(lesson)
            or ("the row records another quality" if quality.is_misrated(lesson) else "")
        )

    def _misplaced(self, lesson: Lesson, held: bool) -> str:
        if lesson.imported or is_validation(lesson.split_key) == held:
            return ""
        if held and self._spare in ("", lesson.split_key):
            # A graph of a handful of entities may have none that its id sends to validation.
            self._spare = lesson.split_key
            return ""
        return "the row stands in the wrong part of the split"

    def _repeated(self, lesson: Lesson) -> str:
        """A row repeats another that has its id, or its question or answer on the same facts."""
        words = exact_duplicates.words_of(lesson)
        whole = (("id", lesson.id), ("words", words))
        keys = [exact_duplicates.digest(key) for key in whole]
        keys += exact_duplicates.turn_digests(lesson, words)
        repeated = not self._said.isdisjoint(keys)
        self._said.update(keys)
        return "the row repeats an earlier one" if repeated else ""

    def _outside(self, lesson: Lesson) -> str:
        taken = self._arguments.get("import") or self._arguments.get("feedback")
        if lesson.imported and not taken:
            return "the row came from outside, and the manifest tells of no such rows"
        if lesson.meta.get("teacher", "") not in ("", self._arguments.get("teacher", "")):
            return "the row names another teacher than the manifest"
        if row_counts.BASE_KNOWS in lesson.meta and not self._arguments.get("for"):
            return "the row was drawn for a base, and the manifest names none"
        return ""

    def damaged(self, folder: Path, hash_of: Callable[[Path], str]) -> list[tuple[str, str]]:
        """Return the files that are not what the rows give, each with a reason."""
        found: list[tuple[str, str]] = []
        self._hashes = self._derived.finish()
        for name, right in self._hashes.items():
            path = folder / name
            if path.is_file() and hash_of(path) != right:
                found.append((name, "the file is not what the rows give"))
        counts = self._derived.counts
        if self._manifest.get("rows") != {"train": counts.train, "validation": counts.validation}:
            found.append(("MANIFEST.json", "the manifest tells another number of rows"))
        if self._manifest.get("order") != self._derived.order:
            found.append(("MANIFEST.json", "the rows are not in the order of the manifest"))
        if not self._reported(folder / "report.json"):
            found.append(("report.json", "the report tells other counts than the rows"))
        elif not self._described(folder):
            found.append(("CARD.md", "the card is not what the rows and the report give"))
        return found

    def _reported(self, path: Path) -> bool:
        told = _read_report(path)
        right = row_counts.report(self._derived.counts, FilterReport())
        if not self._derived.counts.qualities:  # none of the rows records a score
            told.setdefault("qualities", right["qualities"])
        return _adds_up(told) and all(told.get(key) == right.get(key) for key in _COUNTED)

    def _described(self, folder: Path) -> bool:
        """Write the card again, and compare."""
        told = _read_report(folder / "report.json")
        try:
            screened = FilterReport(
                seen=told["seen"],
                subjects=told["entities_known"],
                dropped=told["dropped"],
                examples=told["dropped_samples"],
                teacher=told["teacher"],
            )
            generation = self._manifest.get("generation", 0)
            samples = self._derived.samples
            right = card.text(
                generation,
                self._arguments,
                self._derived.counts,
                screened,
                samples.lessons,
                samples.pairs,
                self._sources,
                self._hashes,
                samples.by_lot,
            )
            held = (folder / "CARD.md").read_text(encoding="utf-8")
        except (OSError, KeyError, TypeError, ValueError, AttributeError):
            return False
        return held == right


def _adds_up(told: Mapping[str, Any]) -> bool:
    """Say whether no fewer rows were written than were kept and left out for a reason."""
    try:
        return bool(told["seen"] >= told["kept"] + sum(told["dropped"].values()))
    except (KeyError, TypeError, AttributeError):
        return False


def _misnamed(lesson: Lesson) -> str:
    if lesson.imported or lesson.id == id_of(lesson):
        return ""
    return "the row's id is not that of its words and facts"


def _read_report(path: Path) -> dict[str, Any]:
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}
