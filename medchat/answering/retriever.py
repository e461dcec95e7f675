"""Retrieve the evidence for a question, as a LangChain retriever.

    question -> knowledge.search.searcher -> documents with metadata -> Evidence

Passages and facts keep the order in which `knowledge.search` ranks them.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict, InstanceOf

from knowledge.graph.knowledge_graph import EvidenceLine
from knowledge.index import embedding
from knowledge.search.hits import Hit
from knowledge.search.searcher import Search
from knowledge.text.holes import has_hole
from knowledge.text.notice_flags import strip_flags
from medchat.answering.answer import Evidence, Language
from medchat.settings import Settings

if TYPE_CHECKING:
    from knowledge.index.embedding import SentenceEmbedding


class KnowledgeRetriever(BaseRetriever):
    """Finds passages and facts in one generation of the knowledge base.

    `language`, `year_from` and `type` keep only what fits them. `retracted` finds what was
    retracted, which is named and never quoted; `nearest` also what may be far off.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    search: InstanceOf[Search]
    top: int = 10
    language: Language | None = None
    year_from: int | None = None
    type: str | None = None
    retracted: bool = False
    nearest: bool = False

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[Document]:
        hits = self.search.find(
            query,
            self.top,
            language=self.language,
            year_from=self.year_from,
            type=self.type,
            retracted=self.retracted,
            abstain=not self.nearest,
        )
        return [_document(hit) for hit in hits]


def to_evidence(documents: Sequence[Document]) -> list[Evidence]:
    """Return retrieved documents as evidence, whole; none of which a part could not be read."""
    found = [Evidence(**document.metadata) for document in documents]
    return [piece for piece in found if not has_hole(piece.text)]


def passages_of(search: Search, document: str, *, retracted: bool = False) -> list[Evidence]:
    """Return all passages of a document as evidence, in the order of its text."""
    hits = search.passages_of(document, retracted=retracted)
    return to_evidence([_document(hit) for hit in hits])


def facts_as_evidence(line: EvidenceLine) -> Evidence:
    """Return a line of facts of the graph as evidence."""
    return Evidence(
        kind="fact",
        id=line.id,
        title=line.entity.name(line.language),
        text=line.text,
        start=0,
        end=len(line.text),
        language=line.language,
        facts=tuple(fact.id for fact in line.facts),
        subject=line.entity.id,
        relation=line.id.rpartition("#")[2],
    )


@lru_cache(maxsize=2)
def embedding_named(name: str) -> "SentenceEmbedding":
    """Return an embedding by name; the default where the name is empty."""
    return embedding.load(name) if name else embedding.load()


def embedding_of(settings: Settings) -> "SentenceEmbedding":
    """Return the embedding that the settings name."""
    return embedding_named(settings.embedding_model)


def _document(hit: Hit) -> Document:
    subject, _, relation = hit.id.rpartition("#") if hit.kind == "fact" else ("", "", "")
    titles = (strip_flags(hit.title), strip_flags(hit.document.title), hit.document.section)
    context = " ".join(filter(None, titles))
    return Document(
        page_content=hit.text,
        metadata={
            "kind": hit.kind,
            "id": hit.id,
            "title": hit.title,
            "text": hit.text,
            "start": 0,
            "end": len(hit.text),
            "language": hit.language,
            "year": hit.year,
            "type": hit.type,
            "score": hit.score,
            "facts": hit.facts,
            "subject": subject,
            "relation": relation,
            "context": context if hit.kind == "passage" else "",
            "cosine": hit.why.dense if hit.kind == "passage" else 0.0,
            "section": hit.document.section if hit.kind == "passage" else "",
        },
    )
