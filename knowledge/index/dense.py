"""Store and search vectors of passages in FAISS, in segments that never change.

    passage ids + vectors -> dense-000007.faiss + dense-000007.json -> nearest passage ids

How a segment is searched depends on its size: all of it, some of its clusters, or some of its
clusters by short codes with the best ones compared in full. Scores are inner products of unit
vectors, so cosines, always of stored vectors and never of codes. Each generation adds at most one
segment and links those of its parent; small ones are joined without embedding anything again.
Files are opened only after their hashes were checked.
"""

import json
from collections.abc import Collection, Sequence
from math import isqrt
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

if TYPE_CHECKING:
    import faiss
    import numpy as np
    from numpy.typing import NDArray

ENDINGS = (".faiss", ".json")
"""The two files of a segment."""

MAX_FLAT = 20_000
"""Up to this many vectors are searched one by one: a few milliseconds, and exact."""

MAX_CLUSTERED = 300_000
"""Up to this many are kept in clusters, two bytes a number; more are searched by their codes."""

MAX_SEGMENTS = 8
"""More segments than this are joined."""

_LEAST = 32
_SHARE = 16
"""One in so many clusters is searched, and not fewer than `_LEAST`: a topic may lie in several.

benchmarks/search_latency.py tells what that finds.
"""

_COMPARED = 500
"""So many vectors, and at least four times those wanted, are compared in full after the codes."""

_TRAINED_ON = 64
"""Vectors for each cluster that the clusters are learned from."""


def write(folder: Path, name: str, ids: Sequence[str], vectors: "NDArray[np.float32]") -> None:
    """Write one segment: its vectors (a row each) and, in the same order, the ids."""
    import faiss

    faiss.write_index(_built(vectors), str(folder / f"{name}.faiss"))
    (folder / f"{name}.json").write_text(json.dumps(list(ids)), encoding="utf-8")


def index_factory(size: int, dimension: int) -> str:
    """Return the index of a segment in the words of FAISS's index factory.

    >>> index_factory(1000, 384), index_factory(100_000, 384), index_factory(1_000_000, 384)
    ('Flat', 'IVF632,SQfp16', 'IVF2000,PQ192x4fs,Refine(SQfp16)')
    """
    if size <= MAX_FLAT:
        return "Flat"
    clusters = 2 * isqrt(size)
    if size <= MAX_CLUSTERED or dimension % 2:
        return f"IVF{clusters},SQfp16"
    # Half a byte for every two numbers: learned and written in a small part of the time that codes
    # of a whole byte take, and looked up in registers.
    return f"IVF{clusters},PQ{dimension // 2}x4fs,Refine(SQfp16)"


def _built(vectors: "NDArray[np.float32]") -> "faiss.Index":
    import faiss

    size, dimension = vectors.shape
    index = faiss.index_factory(
        dimension, index_factory(size, dimension), faiss.METRIC_INNER_PRODUCT
    )
    if not index.is_trained:
        clusters = faiss.extract_index_ivf(index)
        clusters.cp.max_points_per_centroid = _TRAINED_ON
        clusters.cp.niter = 10
        index.train(vectors)
    index.add(vectors)
    return index


def segment_names(files: Collection[str]) -> list[str]:
    """Return the names of the segments among a generation's files, oldest first."""
    return sorted(file.removesuffix(".faiss") for file in files if file.endswith(".faiss"))


def read_ids(folder: Path, name: str) -> list[str]:
    """Return the passage ids of a segment, in the order of its vectors."""
    found: list[str] = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    return found


def join(
    folder: Path, segments: Sequence[str], wanted: Collection[str] | None = None
) -> "tuple[list[str], NDArray[np.float32] | None]":
    """Return ids and vectors of several segments: all, or those that are still wanted."""
    import faiss
    import numpy as np

    kept: list[str] = []
    vectors: list[NDArray[np.float32]] = []
    for name in segments:
        index = faiss.read_index(str(folder / f"{name}.faiss"))
        found = read_ids(folder, name)
        places = [place for place, id in enumerate(found) if wanted is None or id in wanted]
        if places:
            kept += [found[place] for place in places]
            vectors.append(index.reconstruct_n(0, index.ntotal)[places])
    return kept, np.concatenate(vectors) if vectors else None


def read_vectors(
    folder: Path, segments: Sequence[str], wanted: Collection[str]
) -> "dict[str, NDArray[np.float32]]":
    """Return the vectors of some passages by their ids, of those that a segment has."""
    import faiss
    import numpy as np

    found: dict[str, NDArray[np.float32]] = {}
    for name in segments:
        places = [(place, id) for place, id in enumerate(read_ids(folder, name)) if id in wanted]
        if not places:
            continue
        index = faiss.read_index(str(folder / f"{name}.faiss"))
        clusters = faiss.try_extract_index_ivf(index)
        if clusters is not None:
            clusters.make_direct_map()
        for place, id in places:
            found[id] = np.asarray(index.reconstruct(place), dtype=np.float32)
    return found


def count_to_join(sizes: Sequence[int], added: int) -> int:
    """Return how many of the smallest segments are joined after an addition; 0 where few are.

    A join may cost what a flat segment costs, or some times what was
    added; the large segments are left alone until a collection joins all.

    >>> count_to_join([900_000, 1, 1, 1], 1), count_to_join([900_000, 9000, *[1] * 7], 1)
    (0, 8)
    """
    if len(sizes) <= MAX_SEGMENTS:
        return 0
    budget = max(MAX_FLAT, 4 * added)
    count = total = 0
    for size in sorted(sizes):
        total += size
        if total > budget:
            break
        count += 1
    return count if count > 1 else 0


class _Segment:
    """One segment in memory, shared by the searches of all generations that have it."""

    def __init__(self, folder: Path, name: str) -> None:
        import faiss

        self.ids = read_ids(folder, name)
        self._index = faiss.read_index(str(folder / f"{name}.faiss"))
        clusters = faiss.try_extract_index_ivf(self._index)
        if clusters is not None:
            clusters.nprobe = max(_LEAST, clusters.nlist // _SHARE)
        self._coded = isinstance(self._index, faiss.IndexRefine)

    def find(self, query: "NDArray[np.float32]", top: int) -> list[tuple[str, float]]:
        """Return the nearest of this segment to a query of shape (1, dimension)."""
        import faiss

        top = min(top, len(self.ids))
        if not self._coded:
            scores, places = self._index.search(query, top)
        else:
            parameters = faiss.IndexRefineSearchParameters()
            # how many times more vectors than wanted are compared in full
            parameters.k_factor = max(4.0, _COMPARED / top)
            scores, places = self._index.search(query, top, params=parameters)
        return [
            (self.ids[place], float(score))
            for place, score in zip(places[0], scores[0], strict=True)
            if place >= 0
        ]


_LOADING = Lock()
_LOADED: "WeakValueDictionary[tuple[str, str], _Segment]" = WeakValueDictionary()
"""Segments in use by some search, by the hashes of their two files."""


def _loaded(folder: Path, name: str, files: dict[str, str]) -> _Segment:
    """Return a segment; the one already in memory where the files are the same."""
    if not files:
        return _Segment(folder, name)
    key = (files[f"{name}.faiss"], files[f"{name}.json"])
    with _LOADING:
        segment = _LOADED.get(key)
        if segment is None:
            segment = _LOADED[key] = _Segment(folder, name)
    return segment


class DenseIndex:
    """The vectors of one generation.

    `files` are the hashes of the generation's files, by which segments already in memory are known.
    """

    def __init__(
        self, folder: Path, segments: Sequence[str], files: dict[str, str] | None = None
    ) -> None:
        self._segments = [_loaded(folder, name, files or {}) for name in segments]
        self.size = sum(len(segment.ids) for segment in self._segments)

    def find(self, vector: "NDArray[np.float32]", top: int) -> list[tuple[str, float]]:
        """Return the nearest passages with their cosine, best first."""
        query = vector.reshape(1, -1)
        found = [hit for segment in self._segments for hit in segment.find(query, top)]
        found.sort(key=lambda hit: (-hit[1], hit[0]))
        return found[:top]
