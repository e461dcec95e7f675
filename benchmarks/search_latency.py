"""Time searches of 100,000 and 1,000,000 passages, without the embedding of the question.

python benchmarks/search_latency.py [--passages 100000 1000000]
python benchmarks/search_latency.py --home HOME --asked QUESTIONS.txt

Vectors of 384 numbers lie in topics, texts are words by Zipf's law; the whole of `Search.find` is
timed: understanding, vectors, words, fusion, and reading the passages. Peers are timed in the same
run: the exact search that the recall is told against, and what `search_peers.py` has. Processor
time is told beside the clock's, for other work may run on the machine. With --home the questions
of a file, one a line, are asked of a real base, with its graph; each is asked once unmeasured, so
that its vector is known and what a process reads once is read.
"""

import argparse
import resource
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path

import faiss
import numpy as np
from machine import table
from numpy.typing import NDArray
from search_peers import peers
from sqlalchemy import Engine
from synthetic import DIMENSION, Known, Synthetic, fill, opened

from knowledge.graph.catalog import connect
from knowledge.index import dense, generations, lexical
from knowledge.index.dense import DenseIndex
from knowledge.index.embedding import Embedding, load
from knowledge.index.lexical import TantivyIndex
from knowledge.index.manifest import LEXICAL
from knowledge.records import Progress, silent
from knowledge.search.searcher import open_search

RECALLED = 10


def main() -> None:
    """Build each base in a home of its own and print what its searches take."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--passages", nargs="+", type=int, default=[100_000, 1_000_000])
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument(
        "--keep", type=Path, help="a folder in which bases are kept and found again"
    )
    parser.add_argument("--home", type=Path, help="a real home, whose search is timed instead")
    parser.add_argument("--asked", type=Path, help="its questions, one a line")
    options = parser.parse_args()
    if options.home:
        table(_real(options.home, options.asked.read_text(encoding="utf-8").splitlines()))
        return
    rows: list[tuple[str, str]] = []
    for size in options.passages:
        with tempfile.TemporaryDirectory() as folder:
            home = (options.keep or Path(folder)) / str(size)
            rows += _measured(home, size, options.questions)
    table(rows)


def _measured(home: Path, size: int, count: int) -> list[tuple[str, str]]:
    made = Synthetic(size)
    began, used = time.perf_counter(), time.process_time()
    kept = (home / "knowledge").exists()
    engine, embedding = opened(home) if kept else fill(home, made)
    built = f"{time.perf_counter() - began:.0f} · {time.process_time() - used:.0f}"
    asked = np.random.default_rng(2).integers(0, size, count).tolist()
    questions = [made.question(place) for place in asked]
    vectors = made.near(count)
    embedding.vectors.update(zip(questions, vectors, strict=True))
    exact = faiss.IndexFlatIP(DIMENSION)
    exact.add(made.vectors)
    made.vectors = made.vectors[:0]  # the exact index has a copy
    _, best = exact.search(vectors, RECALLED)
    rows = [
        ("index of vectors", dense.index_factory(size, DIMENSION)),
        ("built in seconds · processor seconds", "kept from before" if kept else built),
        *_own(home, engine, embedding, questions, best),
        (f"exact search of vectors alone, {_HEAD}", _timed(exact.search, _rows(vectors), RECALLED)),
    ]
    engine.dispose()
    for peer, ask in peers(made, exact, embedding.vectors):
        rows.append((f"{peer}, {_HEAD}", _timed(ask, questions)))
    return [(f"{size:,} passages: {name}", value) for name, value in rows]


class _Remembered:
    """An embedding that gives each text the vector that it gave before."""

    def __init__(self, embedding: Embedding) -> None:
        self.model, self.dimension, self.reads = (
            embedding.model, embedding.dimension, embedding.reads,
        )  # fmt: skip
        self._embedding = embedding
        self._known: dict[str, NDArray[np.float32]] = {}

    def encode(self, texts: Sequence[str], progress: Progress = silent) -> NDArray[np.float32]:
        new = [text for text in texts if text not in self._known]
        if new:
            self._known.update(zip(new, self._embedding.encode(new, progress), strict=True))
        return np.stack([self._known[text] for text in texts])


def _real(home: Path, questions: Sequence[str]) -> list[tuple[str, str]]:
    engine = connect(f"sqlite:///{home / 'medchat.db'}")
    search = open_search(engine, home, _Remembered(load()))
    counts = generations.catalogue_counts(engine, search.generation)
    found = [search.find(question) for question in questions]
    facts = sum(any(hit.kind == "fact" for hit in hits) for hits in found)
    whole = _timed(search.find, questions)
    held = " · ".join(f"{counts[name]:,}" for name in ("entities", "facts", "passages"))
    return [
        ("entities · facts · passages of the base", held),
        ("questions · of which facts answer", f"{len(questions)} · {facts}"),
        (f"whole search, {_HEAD}", whole),
    ]


def _own(
    home: Path, engine: Engine, embedding: Known, questions: list[str], best: NDArray[np.int64]
) -> list[tuple[str, str]]:
    """Measure this search; `best` are the places of the nearest vectors of each question."""
    vectors = [embedding.vectors[question] for question in questions]
    generation = generations.open_generation(home)
    before = _memory()
    search = open_search(engine, home, embedding)
    held = _memory() - before
    of_vectors = DenseIndex(generation.folder, generation.segments, generation.manifest.files)
    ranks = {id: place for place, id in enumerate(_ids(generation.folder, generation.segments))}
    found = [
        len({ranks[id] for id, _ in of_vectors.find(query, RECALLED)} & set(row.tolist()))
        for query, row in zip(vectors, best, strict=True)
    ]
    words = TantivyIndex(generation.folder / LEXICAL)
    terms = [lexical.query_terms(question) for question in questions]
    files = sum(path.stat().st_size for path in generation.folder.rglob("*") if path.is_file())
    search.find(questions[0], abstain=False)
    whole = _timed(partial(search.find, abstain=False), questions)
    share = sum(found) / len(questions) / RECALLED
    return [
        ("index files, MiB", f"{files / 2**20:,.0f}"),
        ("memory of an open search, MiB", f"{held:,.0f}"),
        (f"recall@{RECALLED} of the exact search", f"{share:.4f}"),
        (f"vectors, {_HEAD}", _timed(of_vectors.find, vectors, 60)),
        (f"words, {_HEAD}", _timed(words.find, terms, 60)),
        (f"whole search, {_HEAD}", whole),
    ]


_HEAD = "ms, p50 · p95 · p50 of the processor"


def _rows(vectors: NDArray[np.float32]) -> list[NDArray[np.float32]]:
    return [row[None] for row in vectors]


def _timed(act: Callable[..., object], given: Iterable[object], *more: object) -> str:
    """Act on each of what is given, and return how long one takes."""
    clock, used = [], []
    for each in given:
        began, spent = time.perf_counter(), time.process_time()
        act(each, *more)
        clock.append(1000 * (time.perf_counter() - began))
        used.append(1000 * (time.process_time() - spent))
    middle, late = np.percentile(clock, [50, 95])
    return f"{middle:.1f} · {late:.1f} · {np.median(used):.1f}"


def _ids(folder: Path, segments: Sequence[str]) -> list[str]:
    return [id for name in segments for id in dense.read_ids(folder, name)]


def _memory() -> float:
    """Return the memory of this process now, MiB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


if __name__ == "__main__":
    main()
