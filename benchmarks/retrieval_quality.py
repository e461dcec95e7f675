"""Compare rankings on development sets: this search, BM25, vectors, and LangChain's ensemble.

python benchmarks/retrieval_quality.py --data DIR [--homes DIR] [--sets bioasq ...] [--tune]

All rank the same passages; a document stands where its best passage stands. The peers are
`rank_bm25` through LangChain's BM25Retriever, with words in lower case and pairs of Chinese
characters, its InMemoryVectorStore over the very vectors of this search, and its EnsembleRetriever
of both with equal weights (`pip install langchain-classic langchain-community rank-bm25`). With
--tune a grid of settings is tried on the first half of each set's questions; without it the second
half is reported. With --homes the bases are kept, for embedding them takes the longest.
"""

import argparse
import itertools
import tempfile
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from math import log2
from pathlib import Path

import numpy as np
import retrieval_sets
from machine import table
from retrieval_sets import Collection

from knowledge.graph.catalog import CatalogBase, connect
from knowledge.index import dense, embedding, generations, lexical
from knowledge.index.indexed_passages import read_passages
from knowledge.ingest import updates
from knowledge.search import weights
from knowledge.search.searcher import Search, open_search

DEPTH = 10
_PASSAGES = 40  # of a ranking, from which its documents are taken

Rank = Callable[[str], list[str]]
"""Takes a question and returns the ids of documents, best first."""

GRID: Mapping[str, Sequence[float]] = {
    "DENSE_WEIGHT": (0.3, 0.4, 0.5, 0.6, 0.7, 0.8),
}
"""What is tried with --tune: numbers of `knowledge.search.weights`."""


def main() -> None:
    """Rank the questions of every set with every ranker and print the mean of nDCG@10."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--homes", type=Path)
    parser.add_argument("--sets", nargs="*", default=[])
    parser.add_argument("--tune", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        homes = options.homes or Path(folder)
        sets = list(retrieval_sets.read(options.data, options.sets))
        searches = {each.name: _opened(homes, each) for each in sets}
        if options.tune:
            table(_tuned(sets, searches))
        else:
            table(_reported(sets, searches, homes))


def _opened(homes: Path, collection: Collection) -> Search:
    """Return the search of a set's base, which is made where it is not there yet."""
    home = homes / collection.name.replace(" ", "_")
    engine = connect(f"sqlite:///{home / 'medchat.db'}")
    CatalogBase.metadata.create_all(engine)
    if generations.newest(engine) is None:
        documents = home / "documents.jsonl"
        collection.write(documents)
        updates.add(engine, home, [documents], licence="local use", embedding=embedding.load())
    return open_search(engine, home, embedding.load())


def _ours(search: Search) -> Rank:
    def rank(question: str) -> list[str]:
        hits = search.find(question, _PASSAGES, abstain=False)
        return [hit.document.id for hit in hits if hit.kind == "passage"]

    return rank


def _peers(home: Path) -> dict[str, Rank]:
    """Return LangChain's rankers over the passages and vectors of a base."""
    warnings.simplefilter("ignore", DeprecationWarning)
    from langchain_classic.retrievers import EnsembleRetriever
    from langchain_community.retrievers import BM25Retriever
    from langchain_core.documents import Document
    from langchain_core.embeddings import Embeddings
    from langchain_core.retrievers import BaseRetriever
    from langchain_core.vectorstores import InMemoryVectorStore

    generation = generations.open_generation(home)
    engine = connect(f"sqlite:///{home / 'medchat.db'}")
    ids, vectors = dense.join(generation.folder, generation.segments)
    known = dict(zip(ids, vectors if vectors is not None else (), strict=True))
    model = embedding.load()

    class Stored(Embeddings):
        """The vectors of the base; a text in a language that the model does not read has none."""

        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            return [known[id].tolist() for id in texts]

        def embed_query(self, text: str) -> list[float]:
            return [float(number) for number in model.encode([text])[0]]

    pieces = list(read_passages(engine, generation.number))
    engine.dispose()
    documents = [
        Document(f"{piece.title}\n{piece.text}", metadata={"document": piece.document})
        for piece in pieces
    ]
    words = BM25Retriever.from_documents(
        documents, preprocess_func=lexical.split_words, k=_PASSAGES
    )
    peers: dict[str, BaseRetriever] = {"BM25 alone": words}
    if known:
        store = InMemoryVectorStore(Stored())
        for piece, document in zip(pieces, documents, strict=True):
            if piece.id in known:
                store.store[piece.id] = {
                    "id": piece.id,
                    "vector": known[piece.id].tolist(),
                    "text": document.page_content,
                    "metadata": document.metadata,
                }
        meaning = store.as_retriever(search_kwargs={"k": _PASSAGES})
        both = EnsembleRetriever(retrievers=[words, meaning], weights=[0.5, 0.5])
        peers |= {"vectors alone": meaning, "LangChain's ensemble": both}

    def ranker(retriever: BaseRetriever) -> Rank:
        return lambda question: [
            document.metadata["document"] for document in retriever.invoke(question)
        ]

    return {name: ranker(retriever) for name, retriever in peers.items()}


def _reported(
    sets: Sequence[Collection], searches: Mapping[str, Search], homes: Path
) -> list[tuple[str, str]]:
    """Return nDCG@10 on the second halves: every ranker, every set, and the means."""
    rows: list[tuple[str, str]] = []
    totals: dict[str, list[float]] = {}
    for collection in sets:
        home = homes / collection.name.replace(" ", "_")
        rankers = {**_peers(home), "this search": _ours(searches[collection.name])}
        asked = collection.half(1)
        for name, rank in rankers.items():
            value = _score(collection, asked, rank)
            totals.setdefault(name, []).append(value)
            rows.append((f"{collection.name}, {len(asked)} questions: {name}", f"{value:.4f}"))
    whole = {name: values for name, values in totals.items() if len(values) == len(sets)}
    means = {name: float(np.mean(values)) for name, values in whole.items()}
    best = max((mean for name, mean in means.items() if name != "this search"), default=0.0)
    rows += [(f"mean: {name}", f"{mean:.4f}") for name, mean in means.items()]
    rows.append(("this search over the best of them", f"{means['this search'] / best - 1:+.1%}"))
    return rows


def _tuned(sets: Sequence[Collection], searches: Mapping[str, Search]) -> list[tuple[str, str]]:
    """Return the mean of nDCG@10 on the first halves for every setting, best first."""
    found: list[tuple[float, str]] = []
    for values in itertools.product(*GRID.values()):
        chosen = dict(zip(GRID, values, strict=True))
        for name, value in chosen.items():
            setattr(weights, name, value)
        scores = [_score(each, each.half(0), _ours(searches[each.name])) for each in sets]
        told = " · ".join(f"{score:.4f}" for score in scores)
        found.append((float(np.mean(scores)), f"{chosen} | {told}"))
    found.sort(reverse=True)
    return [(told, f"{mean:.4f}") for mean, told in found]


def _score(collection: Collection, asked: Iterable[str], rank: Rank) -> float:
    values = [
        ndcg(rank(collection.queries[id]), _keyed(collection.judged[id]), DEPTH) for id in asked
    ]
    return float(np.mean(values))


def _keyed(judged: Mapping[str, float]) -> dict[str, float]:
    """Return judgements under the ids that the base gives its documents."""
    return {f"medrag:{id}": gain for id, gain in judged.items()}


def ndcg(ranking: Iterable[str], judged: Mapping[str, float], depth: int) -> float:
    """Return the normalised discounted cumulative gain of a ranking.

    As of Järvelin and Kekäläinen (2002), gains as judged. A document that comes again counts once.
    """
    gains = [judged.get(id, 0.0) for id in dict.fromkeys(ranking)][:depth]
    ideal = sorted(judged.values(), reverse=True)[:depth]
    return _discounted(gains) / _discounted(ideal) if any(ideal) else 0.0


def _discounted(gains: Iterable[float]) -> float:
    return sum(gain / log2(place + 1) for place, gain in enumerate(gains, 1))


if __name__ == "__main__":
    main()
