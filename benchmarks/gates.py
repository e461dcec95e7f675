"""Measure what each row_filter costs a row, beside datasketch and rensa where they are installed.

python benchmarks/gates.py DATA [--exclude FILE]

DATA is a folder that build-data wrote. Processor microseconds of one core a row, the best of three.
The peers make signatures of 128 permutations of the same rows and look each up in their own index.
"""

import argparse
import re
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from machine import table

from knowledge.datasets import filtering
from knowledge.datasets.filters.contamination import ContaminationFilter
from knowledge.datasets.filters.exact_duplicates import ExactDuplicateFilter
from knowledge.datasets.filters.near_duplicates import NearDuplicateFilter
from knowledge.datasets.filters.quotas import RelationQuota
from knowledge.lessons.dataset_check import read_lessons
from knowledge.records import Lesson

_BATCH = 200
_TOKEN = re.compile("[a-z0-9]+|[\u3400-\u9fff]")


def main() -> None:
    """Time every row_filter on the rows of a folder."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--exclude", type=Path)
    options = parser.parse_args()
    files = [options.data / name for name in ("train.jsonl", "validation.jsonl")]
    rows = [row for path in files for row in read_lessons(path)]
    plain = {
        row_filter.__name__: row_filter
        for row_filter in filtering.stateless_filters()
        if hasattr(row_filter, "__name__")
    }
    figures = [("rows", f"{len(rows):,}")]
    figures += [
        (name, _time(rows, lambda row_filter=row_filter: _each(row_filter)))
        for name, row_filter in plain.items()
    ]
    figures.append(("exact repetitions", _time(rows, lambda: _each(ExactDuplicateFilter()))))
    figures.append(("near duplicates", _time(rows, NearDuplicateFilter)))
    figures.append(("shares of relations", _time(rows, RelationQuota)))
    if options.exclude:
        figures.append(("overlap", _time(rows, lambda: ContaminationFilter([options.exclude]))))
    for name, peer in (("datasketch", _datasketch), ("rensa", _rensa)):
        try:
            figures.append((f"near duplicates, {name}", _time(rows, peer)))
        except ImportError:
            figures.append((f"near duplicates, {name}", "not installed"))
    table(figures)


BatchFilter = Callable[[Sequence[Lesson]], object]


def _time(rows: list[Lesson], make: Callable[[], BatchFilter]) -> str:
    best = float("inf")
    for _ in range(3):
        batch_filter = make()
        began = time.process_time()
        for place in range(0, len(rows), _BATCH):
            batch_filter(rows[place : place + _BATCH])
        best = min(best, time.process_time() - began)
    return f"{best / len(rows) * 1e6:.1f}"


def _each(row_filter: filtering.RowFilter) -> BatchFilter:
    return lambda lessons: [row_filter(lesson) for lesson in lessons]


def _shingles(lesson: Lesson) -> list[str]:
    """Return the runs of three tokens of a row, as one would hand them to such a library."""
    text = " ".join(message.content for message in lesson.messages).lower()
    words = _TOKEN.findall(text)
    return [" ".join(words[place : place + 3]) for place in range(max(len(words) - 2, 1))]


def _datasketch() -> BatchFilter:
    from datasketch import MinHash, MinHashLSH

    index = MinHashLSH(threshold=0.75, num_perm=128)
    counter = iter(range(10**9))

    def batch_filter(lessons: Sequence[Lesson]) -> None:
        for lesson in lessons:
            sketch = MinHash(num_perm=128)
            sketch.update_batch([shingle.encode() for shingle in _shingles(lesson)])
            if not index.query(sketch):
                index.insert(next(counter), sketch)

    return batch_filter


def _rensa() -> BatchFilter:
    from rensa import RMinHash, RMinHashLSH

    index = RMinHashLSH(threshold=0.75, num_perm=128, num_bands=16)
    counter = iter(range(10**9))

    def batch_filter(lessons: Sequence[Lesson]) -> None:
        for lesson in lessons:
            sketch = RMinHash(num_perm=128, seed=1)
            sketch.update(_shingles(lesson))
            if not index.query(sketch):
                index.insert(next(counter), sketch)

    return batch_filter


if __name__ == "__main__":
    main()
