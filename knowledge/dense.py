"""Dense search: vectors of passages in FAISS, in segments that are never changed once written.

    passage ids + vectors -> dense-000007.faiss + dense-000007.json -> nearest passage ids

Search is exact (inner product of unit vectors, so cosine). Each generation adds at most one segment
and links those of its parent; many small ones are joined without embedding anything again. Files
are opened only after their hashes were checked. This file knows nothing of models or texts.
"""

import json
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ENDINGS = (".faiss", ".json")
"""The two files of a segment."""

MANY = 8
"""More segments than this are joined into one."""


def write(folder: Path, name: str, ids: Sequence[str], vectors: "NDArray[np.float32]") -> None:
    """Write one segment: its vectors and, in the same order, the ids."""
    import faiss

    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(vectors)
    faiss.write_index(index, str(folder / f"{name}.faiss"))
    (folder / f"{name}.json").write_text(json.dumps(list(ids)), encoding="utf-8")


def names(files: Collection[str]) -> list[str]:
    """Return the names of the segments among a generation's files, oldest first."""
    return sorted(file.removesuffix(".faiss") for file in files if file.endswith(".faiss"))


def ids(folder: Path, name: str) -> list[str]:
    """Return the passage ids of a segment, in the order of its vectors."""
    found: list[str] = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    return found


def join(
    folder: Path, segments: Sequence[str], wanted: Collection[str]
) -> "tuple[list[str], NDArray[np.float32] | None]":
    """Return ids and vectors of several segments, without those that are no longer wanted."""
    import faiss
    import numpy as np

    kept: list[str] = []
    vectors: list[NDArray[np.float32]] = []
    for name in segments:
        index = faiss.read_index(str(folder / f"{name}.faiss"))
        found = ids(folder, name)
        places = [place for place, id in enumerate(found) if id in wanted]
        if places:
            kept += [found[place] for place in places]
            vectors.append(index.reconstruct_n(0, index.ntotal)[places])
    return kept, np.concatenate(vectors) if vectors else None


class Dense:
    """The vectors of one generation."""

    def __init__(self, folder: Path, segments: Sequence[str]) -> None:
        import faiss

        self._segments = [
            (ids(folder, name), faiss.read_index(str(folder / f"{name}.faiss")))
            for name in segments
        ]
        self.size = sum(len(found) for found, _ in self._segments)

    def find(self, vector: "NDArray[np.float32]", top: int) -> list[tuple[str, float]]:
        """Return the nearest passages with their cosine, best first."""
        query = vector.reshape(1, -1)
        found: list[tuple[str, float]] = []
        for ids_, index in self._segments:
            scores, places = index.search(query, min(top, len(ids_)))
            found += [
                (ids_[place], float(score))
                for place, score in zip(places[0], scores[0], strict=True)
                if place >= 0
            ]
        found.sort(key=lambda hit: (-hit[1], hit[0]))
        return found[:top]
