"""Dense search: the nearest come first over all segments, and joining loses no vector."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from knowledge import dense
from knowledge.dense import Dense


def _vectors(count: int, seed: int) -> NDArray[np.float32]:
    found = np.random.default_rng(seed).normal(size=(count, 8)).astype(np.float32)
    unit: NDArray[np.float32] = found / np.linalg.norm(found, axis=1, keepdims=True)
    return unit


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    dense.write(tmp_path, "dense-000001", ["a", "b", "c"], _vectors(3, 1))
    dense.write(tmp_path, "dense-000002", ["d", "e"], _vectors(2, 2))
    return tmp_path


def test_each_vector_finds_itself_and_the_rest_by_cosine(folder: Path) -> None:
    found = Dense(folder, ["dense-000001", "dense-000002"])
    vectors = dict(zip("abcde", [*_vectors(3, 1), *_vectors(2, 2)], strict=True))
    for id, vector in vectors.items():
        hits = found.find(vector, 5)
        assert hits[0] == (id, pytest.approx(1.0, abs=1e-5))
        expected = sorted(((vector @ other, name) for name, other in vectors.items()), reverse=True)
        assert [name for name, _ in hits] == [name for _, name in expected]
    assert found.size == 5
    assert len(found.find(vectors["a"], 2)) == 2


def test_joining_keeps_wanted_vectors_exactly(folder: Path) -> None:
    ids, vectors = dense.join(folder, ["dense-000001", "dense-000002"], {"a", "c", "e"})
    assert ids == ["a", "c", "e"]
    assert vectors is not None
    np.testing.assert_array_equal(vectors, [*_vectors(3, 1)[[0, 2]], _vectors(2, 2)[1]])
    assert dense.join(folder, ["dense-000001"], set()) == ([], None)


def test_segments_are_named_oldest_first() -> None:
    files = ["dense-000010.faiss", "lexical/meta.json", "dense-000002.faiss", "dense-000002.json"]
    assert dense.names(files) == ["dense-000002", "dense-000010"]


def test_no_segment_finds_nothing(tmp_path: Path) -> None:
    assert Dense(tmp_path, []).find(_vectors(1, 3)[0], 5) == []
