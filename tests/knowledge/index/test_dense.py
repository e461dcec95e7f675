"""Dense search: the nearest come first over all segments, and joining loses no vector."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from knowledge.index import dense
from knowledge.index.dense import DenseIndex


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
    found = DenseIndex(folder, ["dense-000001", "dense-000002"])
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
    assert dense.segment_names(files) == ["dense-000002", "dense-000010"]


def test_no_segment_finds_nothing(tmp_path: Path) -> None:
    assert DenseIndex(tmp_path, []).find(_vectors(1, 3)[0], 5) == []


def test_a_segment_is_searched_by_what_its_size_asks_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Clusters and codes find what an exact search finds, and tell its cosine."""
    monkeypatch.setattr(dense, "MAX_FLAT", 100)
    monkeypatch.setattr(dense, "MAX_CLUSTERED", 1500)
    kinds = {100: "Flat", 1000: "IVF62,SQfp16", 2000: "IVF88,PQ16x4fs,Refine(SQfp16)"}
    for size, kind in kinds.items():
        assert dense.index_factory(size, 32) == kind
        vectors = _clustered(size)
        name = f"dense-{size:06d}"
        dense.write(tmp_path, name, [str(place) for place in range(size)], vectors)
        found = DenseIndex(tmp_path, [name])
        for place in range(0, size, size // 20):
            exact = vectors @ vectors[place]
            hits = found.find(vectors[place], 10)
            best = set(np.argsort(-exact)[:10])
            assert len(best & {int(id) for id, _ in hits}) >= 9
            for id, cosine in hits:
                assert cosine == pytest.approx(exact[int(id)], abs=2e-3)
        ids, kept = dense.join(tmp_path, [name])
        assert ids == [str(place) for place in range(size)] and kept is not None
        np.testing.assert_allclose(kept, vectors, atol=1e-3)


def _clustered(size: int) -> NDArray[np.float32]:
    """Return unit vectors around ten points, as texts of ten topics would have them."""
    draw = np.random.default_rng(size)
    centres = draw.normal(size=(10, 32))
    found = centres[draw.integers(0, 10, size)] + 0.5 * draw.normal(size=(size, 32))
    unit: NDArray[np.float32] = (found / np.linalg.norm(found, axis=1, keepdims=True)).astype("f4")
    return unit


@pytest.mark.parametrize(
    ("sizes", "added", "joined"),
    [
        ([5000, 1, 1], 1, 0),  # few segments
        ([900_000, *[1] * 8], 1, 8),  # the large one stays
        ([900_000, 15_000, *[4000] * 7], 4000, 5),  # no more than a flat segment holds
        ([900_000, 15_000, *[4000] * 7], 50_000, 8),  # a large addition may cost more
        ([30_000] * 9, 1, 0),  # nothing is cheap enough
    ],
)
def test_small_segments_are_joined_and_large_ones_left_alone(
    sizes: list[int], added: int, joined: int
) -> None:
    assert dense.count_to_join(sizes, added) == joined


def test_searches_share_a_segment_as_long_as_its_files_are_the_same(folder: Path) -> None:
    files = {"dense-000001.faiss": "one", "dense-000001.json": "two"}
    one = DenseIndex(folder, ["dense-000001"], files)
    (folder / "dense-000001.faiss").unlink()  # a second read would fail
    other = DenseIndex(folder, ["dense-000001"], files)
    assert other.find(_vectors(3, 1)[1], 1) == one.find(_vectors(3, 1)[1], 1)
    with pytest.raises(RuntimeError):
        DenseIndex(folder, ["dense-000001"], {**files, "dense-000001.faiss": "changed"})
