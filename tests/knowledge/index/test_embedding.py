"""Embedding: the shipped model reads English and not Chinese, offline, in any order of texts."""

from pathlib import Path

import numpy as np
import pytest

from knowledge import KnowledgeError
from knowledge.index import embedding


@pytest.mark.parametrize(("language", "reads"), [("en", True), ("zh", False)])
def test_the_default_model_tells_what_it_can_read(language: str, reads: bool) -> None:
    assert embedding.load().reads(language) is reads


def test_near_meanings_are_near_whatever_the_order_and_length() -> None:
    model = embedding.load()
    texts = ["fever and cough", "bicycle chain " * 40, "raised temperature and coughing"]
    vectors = model.encode(texts)
    assert vectors.shape == (3, model.dimension) and vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-3)
    assert vectors[0] @ vectors[2] > 0.5 > vectors[0] @ vectors[1]
    np.testing.assert_allclose(model.encode(texts[::-1])[::-1], vectors, atol=1e-2)
    assert model.encode([]).shape == (0, model.dimension)


def test_progress_is_told_for_many_texts() -> None:
    told: list[tuple[str, int, int | None]] = []
    embedding.load().encode(["pain"] * 20, lambda *step: told.append(step))
    assert told[-1] == ("embedding passages", 20, 20)


def test_a_folder_without_a_model_is_told(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match="holds no embedding model"):
        embedding.load(str(tmp_path))
