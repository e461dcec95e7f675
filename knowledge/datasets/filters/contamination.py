"""Drop rows that share wording with evaluation sets, so that scores on these stay honest.

    evaluation files -> their texts -> runs of 13 tokens, short questions whole -> rows that do

A token is a Latin word or number, or one Chinese sign. The length of a run is that of the GPT-3
paper (Brown and others, 2020, appendix C). A text of 5 to 12 tokens counts as a whole; a shorter
one only where a question is nothing else. Paraphrases are not found.
"""

import csv
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.errors import KnowledgeError
from knowledge.records import Lesson

OVERLAP = "overlap with an evaluation set"

RUN = 13
"""Tokens of a run that no row may share with an evaluation set."""

_WHOLE = 5
_TOKEN = re.compile("[a-z0-9]+|[\\u3400-\\u9fff]")
_BASE = 0x100000001B3
_MASK = (1 << 64) - 1
_SLOTS = 1 << 22
_ASKING = re.compile(r"question|query|prompt|input|instruct|ask|title|问|题", re.IGNORECASE)
_REMEDY = "Give a JSON, JSON Lines or CSV file, or a folder of them."


class ContaminationFilter:
    """A batch filter that drops rows which share a run of tokens with what is excluded."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self._ids: dict[str, int] = {}
        self._short: set[tuple[str, ...]] = set()
        runs: dict[int, set[int]] = {}
        for name, text in read_texts(paths):
            self._take(name, _TOKEN.findall(text.lower()), runs)
        if not runs and not self._short:
            raise KnowledgeError(
                "The evaluation sets to exclude hold no text.", where="--exclude", remedy=_REMEDY
            )
        # Tokens of rows that no excluded text has get the number 0, which begins no known run.
        self._lengths = sorted(runs)
        self._runs = [np.array(sorted(runs[length]), np.uint64) for length in self._lengths]
        self._maybe = np.zeros(_SLOTS, bool)
        for known in self._runs:
            self._maybe[(known % np.uint64(_SLOTS)).astype(np.int64)] = True

    def __call__(self, lessons: Sequence[Lesson]) -> list[str]:
        """Return why lessons are dropped."""
        tokens: list[int] = []
        owners: list[int] = []
        reasons = [""] * len(lessons)
        for row, lesson in enumerate(lessons):
            for message in lesson.messages:
                words = _TOKEN.findall(message.content.lower())
                if len(words) < _WHOLE and tuple(words) in self._short and message.role == "user":
                    reasons[row] = OVERLAP
                tokens += [self._ids.get(word, 0) for word in words]
                tokens.append(0)
                owners += [row] * (len(words) + 1)
        for place in self._hits(np.array(tokens, np.uint64)):
            reasons[owners[place]] = OVERLAP
        return reasons

    def _take(self, name: str, words: Sequence[str], runs: dict[int, set[int]]) -> None:
        """Remember the runs of one text; short ones only where the text asks something."""
        asks = _ASKING.search(name) is not None
        if len(words) < RUN and not asks:
            return
        if len(words) < _WHOLE:
            if words:
                self._short.add(tuple(words))
            return
        ids = [self._ids.setdefault(word, len(self._ids) + 1) for word in words]
        length = min(RUN, len(words))
        found = runs.setdefault(length, set())
        for start in range(len(ids) - length + 1):
            value = 0
            for id in ids[start : start + length]:
                value = (value * _BASE + id) & _MASK
            found.add(value)

    def _hits(self, tokens: NDArray[np.uint64]) -> Iterator[int]:
        """Yield where known runs begin; all lengths are looked for in one pass."""
        value = np.zeros(len(tokens), np.uint64)
        padded = np.concatenate([tokens, np.zeros(RUN, np.uint64)])
        wanted = dict(zip(self._lengths, self._runs, strict=True))
        for place in range(max(self._lengths, default=0)):
            value = value * np.uint64(_BASE) + padded[place : place + len(tokens)]
            known = wanted.get(place + 1)
            if known is None:
                continue
            slots = (value & np.uint64(_SLOTS - 1)).astype(np.int64)
            near = np.flatnonzero(self._maybe[slots])
            found = np.searchsorted(known, value[near])
            found[found == len(known)] = 0
            yield from near[known[found] == value[near]].tolist()


def read_texts(paths: Sequence[Path]) -> Iterator[tuple[str, str]]:
    """Yield the texts of evaluation files with the names of their fields.

    KnowledgeError where a file cannot be read or is none of the formats.
    """
    for path in _files(paths):
        try:
            yield from _read(path)
        except (OSError, UnicodeDecodeError, ValueError, csv.Error) as error:
            raise KnowledgeError(
                f"The evaluation set {path} cannot be read.", where="--exclude", remedy=_REMEDY
            ) from error


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        kinds = (".json", ".jsonl", ".csv")
        yield from sorted(each for each in path.rglob("*") if each.suffix.lower() in kinds)


def _read(path: Path) -> Iterator[tuple[str, str]]:
    text = path.read_text(encoding="utf-8-sig")
    if path.suffix.lower() == ".csv":
        for row in csv.DictReader(text.splitlines()):
            yield from ((name or "", value) for name, value in row.items() if value)
        return
    try:
        values = [json.loads(text)]
    except ValueError:
        values = [json.loads(line) for line in text.splitlines() if line.strip()]
    for value in values:
        yield from _strings("", value)


def _strings(name: str, value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield name, value
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from _strings(str(key), each)
    elif isinstance(value, list):
        for each in value:
            yield from _strings(name, each)
