"""Peers of the whole search: LangChain's ensembles of exact FAISS and BM25, over the same passages.

    texts + vectors -> LangChain's FAISS store + BM25 -> reciprocal ranks -> ten documents

What is not installed is left out: `pip install langchain-classic langchain-community rank-bm25
bm25s`. The question's vector is known to them as well, so that nobody embeds.
"""

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from synthetic import Synthetic

if TYPE_CHECKING:
    import faiss
    from langchain_community.vectorstores import FAISS
    from langchain_core.documents import Document

Ask = Callable[[str], object]
"""Asks a peer a question, whose vector it knows."""

RANK_BM25 = 100_000
"""Up to so many passages; rank_bm25 looks at each of them for each word of a question."""

_FOUND = 60
"""What each ranking gives to the fusion, as many as medchat's own."""


def peers(
    made: Synthetic, exact: "faiss.IndexFlatIP", known: Mapping[str, NDArray[np.float32]]
) -> Iterator[tuple[str, Ask]]:
    """Yield the peers that are installed, one after the other: a name, and what asks it.

    `exact` is FAISS's index of all vectors, `known` the vectors of the questions.
    """
    warnings.simplefilter("ignore", DeprecationWarning)
    if not find_spec("langchain_community") or not find_spec("langchain_classic"):
        return
    if made.size <= RANK_BM25 and find_spec("rank_bm25"):
        yield "LangChain's ensemble of FAISS flat and BM25Retriever", _ensemble(made, exact, known)
    if find_spec("bm25s"):
        yield "LangChain's FAISS flat, and bm25s, by reciprocal ranks", _fused(made, exact, known)


def _store(
    made: Synthetic, exact: "faiss.IndexFlatIP", known: Mapping[str, NDArray[np.float32]]
) -> "tuple[FAISS, list[Document]]":
    """Return LangChain's store over FAISS's exact index, and its documents."""
    from langchain_community.docstore.in_memory import InMemoryDocstore
    from langchain_community.vectorstores import FAISS
    from langchain_community.vectorstores.utils import DistanceStrategy
    from langchain_core.documents import Document
    from langchain_core.embeddings import Embeddings

    class Known(Embeddings):
        """The vectors of the questions."""

        def embed_query(self, text: str) -> list[float]:
            return known[text].tolist()  # type: ignore[no-any-return]

        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            raise NotImplementedError

    names = [str(place) for place in range(made.size)]
    documents = [
        Document(page_content=made.text(place), id=names[place]) for place in range(made.size)
    ]
    held = InMemoryDocstore(dict(zip(names, documents, strict=True)))
    strategy = DistanceStrategy.MAX_INNER_PRODUCT
    places = dict(enumerate(names))
    return FAISS(Known(), exact, held, places, distance_strategy=strategy), documents


def _ensemble(
    made: Synthetic, exact: "faiss.IndexFlatIP", known: Mapping[str, NDArray[np.float32]]
) -> Ask:
    from langchain_classic.retrievers import EnsembleRetriever
    from langchain_community.retrievers import BM25Retriever

    store, documents = _store(made, exact, known)
    words = BM25Retriever.from_documents(documents, k=_FOUND)
    vectors = store.as_retriever(search_kwargs={"k": _FOUND})
    both = EnsembleRetriever(retrievers=[words, vectors], weights=[0.5, 0.5])
    return lambda question: both.invoke(question)[:10]


def _fused(
    made: Synthetic, exact: "faiss.IndexFlatIP", known: Mapping[str, NDArray[np.float32]]
) -> Ask:
    import bm25s

    store, documents = _store(made, exact, known)
    words = bm25s.BM25()
    names, number_of = np.unique(made.words, return_inverse=True)  # some words were drawn twice
    numbers = {name: number for number, name in enumerate(names.tolist())}
    words.index((list(number_of[made.places]), numbers), show_progress=False)

    def ask(question: str) -> object:
        near = store.similarity_search(question, k=_FOUND)
        places, _ = words.retrieve([question.split()], k=_FOUND, show_progress=False)
        ranks: dict[int, float] = {}
        for ranking in ([int(each.id) for each in near], places[0].tolist()):
            for rank, place in enumerate(ranking, 1):
                ranks[place] = ranks.get(place, 0.0) + 1 / (60 + rank)
        best: Sequence[int] = sorted(ranks, key=lambda place: -ranks[place])[:10]
        return [documents[place] for place in best]

    return ask
