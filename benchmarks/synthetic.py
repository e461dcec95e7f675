"""A base of any size that nobody wrote: made-up words as often as words are, vectors in topics.

    seed -> passages of words by Zipf's law + unit vectors around topics -> a home with generation 1

The rows and the index are written by the code that writes any other; only reading files and
embedding texts are left out.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine, insert

from knowledge.graph.catalog import CatalogBase, DocumentRow, PassageRow, SourceRow, connect
from knowledge.index import generations, index_builder
from knowledge.index.index_builder import PassageChange
from knowledge.index.indexed_passages import IndexedPassage
from knowledge.records import Language, Progress, silent

DIMENSION = 384
LENGTH = 60
"""Words of a passage."""

OF_DOCUMENT = 5
"""Passages of a document."""

_WORDS = 60_000
_OF_TOPIC = 200
_AT_ONCE = 50_000
_SPREAD = 0.9  # of a vector around its topic, for each of its numbers


class Known:
    """Gives each text the vector that was drawn for it; a text that is not known gets a new one."""

    model, dimension = "synthetic", DIMENSION

    def __init__(self) -> None:
        self.vectors: dict[str, NDArray[np.float32]] = {}
        self.passages: NDArray[np.float32] | None = None
        self._draw = np.random.default_rng(7)

    def reads(self, language: Language) -> bool:
        """Read everything."""
        return True

    def encode(self, texts: Sequence[str], progress: Progress = silent) -> NDArray[np.float32]:
        """Return unit vectors, those of all passages where these are asked for."""
        if self.passages is not None and len(texts) == len(self.passages):
            return self.passages
        for text in texts:
            if text not in self.vectors:
                self.vectors[text] = unit(self._draw.normal(size=(1, DIMENSION)))[0]
        return np.stack([self.vectors[text] for text in texts])


def unit(vectors: NDArray[np.float64] | NDArray[np.float32]) -> NDArray[np.float32]:
    """Return vectors of length one."""
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


class Synthetic:
    """The words and vectors of so many passages; the same for the same seed."""

    def __init__(self, size: int, seed: int = 1) -> None:
        draw = np.random.default_rng(seed)
        letters = draw.integers(ord("a"), ord("z") + 1, size=(_WORDS, 9), dtype=np.uint8)
        lengths = draw.integers(4, 10, _WORDS)
        self.words = [
            bytes(row[:length]).decode() for row, length in zip(letters, lengths, strict=True)
        ]
        often = np.cumsum(1 / np.arange(1, _WORDS + 1))
        places = np.searchsorted(often / often[-1], draw.random((size, LENGTH), dtype=np.float32))
        self.places = np.minimum(places, _WORDS - 1).astype(np.int32)
        self._centres = draw.normal(size=(max(1, size // _OF_TOPIC), DIMENSION)).astype(np.float32)
        self._draw = draw
        self.size = size
        self.vectors = self.near(size)

    def near(self, count: int) -> NDArray[np.float32]:
        """Return so many new vectors of the topics, (count, 384)."""
        topics = self._draw.integers(0, len(self._centres), count)
        found = np.empty((count, DIMENSION), np.float32)
        for start in range(0, count, _AT_ONCE):  # a million at once would take 6 GB on the way
            centres = self._centres[topics[start : start + _AT_ONCE]]
            noise = self._draw.standard_normal(centres.shape, dtype=np.float32)
            found[start : start + _AT_ONCE] = unit(centres + _SPREAD * noise)
        return found

    def text(self, passage: int) -> str:
        """Return the text of a passage."""
        return " ".join(self.words[place] for place in self.places[passage])

    def question(self, passage: int, words: int = 8) -> str:
        """Return words of a passage as somebody asks for it: the thirty commonest left out."""
        asked = [place for place in dict.fromkeys(self.places[passage].tolist()) if place >= 30]
        return " ".join(self.words[place] for place in asked[:words])


def interactions(path: Path, rows: int, medicines: int = 1_800, seed: int = 3) -> Path:
    """Write a table of pairs of medicines as DDInter writes its own, each pair once, in order."""
    draw = np.random.default_rng(seed)
    possible = medicines * (medicines - 1) // 2
    chosen = np.sort(draw.choice(possible, rows, replace=False))
    first, second = np.triu_indices(medicines, k=1)
    pairs = np.stack([first[chosen], second[chosen]], axis=1)
    levels = draw.choice(["Minor", "Moderate", "Major", "Unknown"], rows, p=[0.04, 0.6, 0.16, 0.2])
    names = [
        "".join(chr(ord("a") + sign) for sign in row)
        for row in draw.integers(0, 26, (medicines, 9))
    ]
    with path.open("w", encoding="utf-8") as out:
        out.write("DDInterID_A,Drug_A,DDInterID_B,Drug_B,Level\n")
        for (one, other), level in zip(pairs.tolist(), levels.tolist(), strict=True):
            sides = (
                f"DDInter{one + 1},{names[one].capitalize()}",
                f"DDInter{other + 1},{names[other].capitalize()}",
            )
            out.write(f"{','.join(sides)},{level}\n")
    return path


def opened(home: Path) -> tuple[Engine, Known]:
    """Open a home that was filled before; its embedding knows no text yet."""
    return connect(f"sqlite:///{home / 'medchat.db'}"), Known()


def fill(home: Path, made: Synthetic) -> tuple[Engine, Known]:
    """Write generation 1 of a home with all passages; return its catalogue and embedding."""
    engine = connect(f"sqlite:///{home / 'medchat.db'}")
    CatalogBase.metadata.create_all(engine)
    documents: list[dict[str, object]] = []
    passages: list[dict[str, object]] = []
    pieces: list[IndexedPassage] = []
    for first in range(0, made.size, OF_DOCUMENT):
        number = first // OF_DOCUMENT
        id, title = f"made:{number}", made.question(first, 6)
        text = ""
        for place in range(first, min(first + OF_DOCUMENT, made.size)):
            own = made.text(place)
            start, name = len(text), f"{id}#{place - first + 1}"
            text += f"{own}\n\n"
            passages.append(
                {"id": name, "document_id": id, "start": start, "end": start + len(own),
                 "section": "", "language": "en"}
            )  # fmt: skip
            pieces.append(IndexedPassage(name, id, title, own, "en"))
        documents.append(
            {"id": id, "source_id": "made", "title": title, "language": "en", "text": text,
             "year": 2000 + number % 25, "type": "article", "journal": "", "identifiers": [],
             "retracted": False, "sha256": id, "since": 1}
        )  # fmt: skip
    embedding = Known()
    embedding.passages = made.vectors
    draft = index_builder.build(
        generations.folder_of(home, 1), 1, None, PassageChange(pieces), embedding
    )
    embedding.passages = None
    with engine.begin() as connection:
        connection.execute(
            insert(SourceRow),
            [{"id": "made", "title": "Made up", "format": "jsonl", "licence": "CC0-1.0",
              "note": "", "sha256": "made", "left_out": {}, "created": 0.0, "since": 1}],
        )  # fmt: skip
        connection.execute(insert(DocumentRow), documents)
        connection.execute(insert(PassageRow), passages)
        generations.record(connection, home, draft, None, "made up")
    generations.point_current(home, 1)
    return engine, embedding
