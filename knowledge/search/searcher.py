"""Search one generation: facts and passages in one ranking, or nothing where nothing fits.

    question -> entities + asked relations -> fact groups ─┐
             -> vector, terms (both languages) -> passages ─┴─> gate -> fusion -> hits

A Chinese question reaches English passages through the English names of what it mentions. Hits that
are not about the question are dropped rather than ranked low, so that whoever asks can abstain.
Removed documents never come back, and retracted ones only where a caller asks which there are.
"""

from dataclasses import replace
from functools import cached_property
from pathlib import Path
from threading import Lock

from sqlalchemy import Engine

from knowledge.errors import KnowledgeError
from knowledge.graph import linker
from knowledge.graph.knowledge_graph import KnowledgeGraph
from knowledge.graph.linker import Linker
from knowledge.index import generations
from knowledge.index.dense import DenseIndex
from knowledge.index.embedding import Embedding
from knowledge.index.lexical import LexicalIndex, MissingLexicalIndex, TantivyIndex
from knowledge.index.manifest import LEXICAL, Generation
from knowledge.records import Language
from knowledge.search.fact_search import FactSearch
from knowledge.search.hits import Hit
from knowledge.search.passage_rows import Filters
from knowledge.search.passage_search import PassageSearch
from knowledge.search.query_parser import ParsedQuery, parse_query
from knowledge.search.reading.question_reading import read_question
from knowledge.text.scripts import fold_script


class Search:
    """The search of one generation; it holds the generation's files and is never changed."""

    def __init__(
        self,
        engine: Engine,
        generation: Generation,
        embedding: Embedding | None = None,
        known: Linker | None = None,
    ) -> None:
        """Open a generation; `known` are its names where an earlier search holds the same."""
        manifest = generation.manifest
        if embedding is not None and manifest.model not in ("", embedding.model):
            raise KnowledgeError(
                f"The knowledge base was embedded with {manifest.model}, not {embedding.model}.",
                where=str(generation.folder),
                remedy="Set the same embedding model, or add knowledge once with the new one.",
            )
        self.generation = generation.number
        self.names_since = manifest.graph or generation.number
        self.linker = known or linker.load(engine, generation.number)
        self.graph = KnowledgeGraph(engine, generation.number)
        self._facts = FactSearch(self.graph)
        self._words: LexicalIndex = (
            TantivyIndex(generation.folder / LEXICAL)
            if generation.has_words
            else MissingLexicalIndex()
        )
        self._passages = PassageSearch(
            engine,
            generation.number,
            self.graph,
            DenseIndex(generation.folder, generation.segments, manifest.files),
            self._words,
            embedding,
        )

    def parse(self, query: str) -> ParsedQuery:
        """Parse a question with the names and words of this generation."""
        return parse_query(query, self.linker, words=self._words)

    def read(self, message: str) -> str:
        """Return a message with its words as they are meant, whatever it says."""
        return read_question(fold_script(message), self.linker, self._words).text

    def find(
        self,
        query: str,
        top: int = 10,
        *,
        language: Language | None = None,
        year_from: int | None = None,
        year_to: int | None = None,
        type: str | None = None,
        source: str | None = None,
        per_source: int | None = None,
        abstain: bool = True,
        retracted: bool = False,
    ) -> list[Hit]:
        """Return the evidence for a question, best first; nothing where nothing fits.

        `language` keeps hits of one language, `source` those of one source; `per_source` limits how
        many one source may have. Facts have no year, type or document, so a filter by these leaves
        them out. Without `abstain` the nearest passages are returned even where they are far off.
        `retracted` finds retracted documents and nothing else: to name them, never to quote them.
        """
        if top < 1:
            raise KnowledgeError(
                f"The number of hits must be at least 1; it is {top}.", where="--top"
            )
        filters = Filters(language, year_from, year_to, type, source, per_source, retracted)
        question = self.parse(query)
        hits: list[Hit] = []
        if not filters.of_documents:
            hits += self._facts.find(question, language or question.language)
        hits += self._passages.find(question, top, filters, abstain=abstain)
        hits.sort(key=lambda hit: (-hit.score, hit.kind, hit.id))
        return [replace(hit, rank=rank) for rank, hit in enumerate(hits[:top], 1)]

    def passages_of(self, document: str, *, retracted: bool = False) -> list[Hit]:
        """Return all passages of a document, in order; of a retracted one only where asked."""
        return self._passages.of_document(document, retracted=retracted)

    @cached_property
    def holds_retracted(self) -> bool:
        """Say whether this generation holds a retracted document."""
        return self._passages.holds_retracted()


def open_search(engine: Engine, home: Path, embedding: Embedding | None = None) -> Search:
    """Return the search of the generation in force; the same one until that changes.

    Vectors that did not change stay in memory, and names where the graph did not. Raises
    KnowledgeError where there is no knowledge yet, or none whose files can be used.
    """
    while True:
        number = generations.newest(engine)
        if number is None:
            raise generations.no_knowledge_error(home)
        try:
            return _opened(engine, home, number, embedding)
        except (KnowledgeError, OSError, RuntimeError, ValueError):
            # A collection may take the files away between these two lines: then another is newest.
            if generations.newest(engine) == number:
                raise


def _opened(engine: Engine, home: Path, number: int, embedding: Embedding | None) -> Search:
    """Return the search of a generation, from memory where it is the one last opened."""
    manifest = generations.folder_of(home, number) / generations.MANIFEST
    written = manifest.stat().st_mtime_ns if manifest.is_file() else 0
    model = embedding.model if embedding is not None else ""
    key = (str(engine.url), number, written, model)
    with _OPENING:
        known = _OPENED.get(home)
        if known is None or known[0] != key:
            generation = generations.open_generation(home, number)
            names = _names(known, key, generation)
            known = (key, Search(engine, generation, embedding, names))
            _OPENED[home] = known
    return known[1]


_Key = tuple[str, int, int, str]


def _names(known: tuple[_Key, Search] | None, key: _Key, opened: Generation) -> Linker | None:
    """Return the names of the search before, where the same are in force in the opened one."""
    if known is None or known[0][0] != key[0]:
        return None
    since = opened.manifest.graph
    return known[1].linker if since and since == known[1].names_since else None


_OPENING = Lock()
_OPENED: dict[Path, tuple[_Key, Search]] = {}
"""The search last opened of each home; an older one lives on with whoever holds it."""
