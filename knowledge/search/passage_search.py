"""Rank the passages that are about a question, at most a few of each document.

    question -> vector, words (both languages) -> candidates -> fusion -> the best of them are read
             -> gate -> hits, what says the same collapsed

Only the best candidates are read from the catalogue, so that a search costs the same in a large
base as in a small one.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine

from knowledge.graph.knowledge_graph import KnowledgeGraph
from knowledge.index import lexical
from knowledge.index.dense import DenseIndex
from knowledge.index.embedding import Embedding
from knowledge.index.indexed_passages import heading
from knowledge.index.lexical import LexicalIndex
from knowledge.records import Language
from knowledge.search import weights
from knowledge.search.fusion import fuse_scores
from knowledge.search.hits import Hit, HitOrigin, HitScores
from knowledge.search.passage_rows import Filters, PassageReader, StoredPassage
from knowledge.search.query_parser import ParsedQuery
from knowledge.search.query_translation import translate_query
from knowledge.search.term_coverage import Topic, measure_coverage, query_topics


@dataclass(frozen=True, slots=True)
class _Judged:
    """A passage that was read: its worth, and what speaks for it."""

    worth: float
    why: HitScores
    matched: tuple[str, ...]
    terms: frozenset[str]
    found: StoredPassage


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question with its topics in each language; `gate` is None where nothing is turned away.

    `unread` is its language where the model does not read it: words alone speak for such passages.
    """

    question: ParsedQuery
    topics: Mapping[Language, Sequence[Topic]]
    gate: float | None
    unread: Language | None


class PassageSearch:
    """The passages of one generation: its vectors, its words, and its part of the catalogue."""

    def __init__(
        self,
        engine: Engine,
        generation: int,
        graph: KnowledgeGraph,
        dense: DenseIndex,
        words: LexicalIndex,
        embedding: Embedding | None,
    ) -> None:
        self._rows = PassageReader(engine, generation)
        self._graph = graph
        self._dense = dense
        self._words = words
        self._embedding = embedding
        self._vectors: dict[str, NDArray[np.float32]] = {}

    def find(
        self, question: ParsedQuery, top: int, filters: Filters, *, abstain: bool = True
    ) -> list[Hit]:
        """Return the best passages; without `abstain` also what is not about the question."""
        wanted = max(weights.CANDIDATES, weights.CANDIDATES_PER_HIT * top)
        while True:
            cosines = self._cosines(question, wanted)
            matches = self._matches(question, wanted)
            judged, live = self._best(question, cosines, matches, top, filters, abstain)
            exhausted = wanted >= max(self._dense.size, self._words.size)
            if exhausted or live >= min(top, weights.CANDIDATES):
                break
            wanted *= weights.WIDENING  # a filter, or removed documents, left too few
        return _shown(judged, top, filters.per_source)

    def of_document(self, id: str, *, retracted: bool = False) -> list[Hit]:
        """Return all passages of a document in order, without a rank or a score."""
        found = self._rows.read_document(id, Filters(retracted=retracted))
        why = HitScores(0.0, 0.0, 0.0)
        return [_hit(_Judged(0.0, why, (), frozenset(), each), ()) for each in found]

    def holds_retracted(self) -> bool:
        """Say whether any document was retracted."""
        return self._rows.holds_retracted()

    def _best(
        self,
        question: ParsedQuery,
        cosines: Mapping[str, float],
        matches: Mapping[str, float],
        top: int,
        filters: Filters,
        abstain: bool,
    ) -> tuple[list[_Judged], int]:
        """Judge candidates until enough are about the question, or none is left.

        Returns them best first, and how many candidates could be read.
        """
        merits = fuse_scores(cosines, matches)
        strange = self._is_strange(question)
        gate = weights.GATE_WITH_UNKNOWN_WORD if strange else weights.GATE
        about = _Asked(
            question,
            {
                language: query_topics(question, language, self._graph, self._words.rarity)
                for language in _LANGUAGES
            },
            gate if abstain else None,
            None if self._reads(question.language) else question.language,
        )
        judged: list[_Judged] = []
        live = 0
        waiting = iter(_in_order(cosines, matches, merits))
        enough = weights.JUDGED_PER_HIT * top
        at_once = max(weights.READ, weights.READ_PER_HIT * top)
        while len(judged) < enough and (ids := list(islice(waiting, at_once))):
            found = self._rows.read(ids, filters)
            live += len(found)
            for id, each in found.items():
                alone = each.passage.language == about.unread
                merit = matches.get(id, 0.0) if alone else merits[id]
                fit = _judged(about, each, cosines.get(id, 0.0), merit)
                if fit is not None:
                    judged.append(fit)
        judged.sort(key=lambda each: (-each.worth, each.found.passage.id))
        return judged, live

    def _cosines(self, question: ParsedQuery, wanted: int) -> dict[str, float]:
        if self._embedding is None or not self._dense.size:
            return {}
        # A model that does not read the question is asked in the words of the other language.
        reads = self._embedding.reads(question.language)
        text = question.text if reads else translate_query(question, self._graph)
        if not text:
            return {}
        vector = self._vectors.get(text)
        if vector is None:
            if len(self._vectors) >= _MOST_VECTORS:
                self._vectors.clear()
            vector = self._vectors[text] = self._embedding.encode([text])[0]
        return dict(self._dense.find(vector, wanted))

    def _matches(self, question: ParsedQuery, wanted: int) -> dict[str, float]:
        """Return passages that share terms, in either language, as shares of the best score."""
        best: dict[str, float] = {}
        other = lexical.query_terms(translate_query(question, self._graph))
        regional = map(lexical.query_terms, question.wordings)
        for spoken in (lexical.query_terms(question.text), other, *regional):
            matches = self._words.find(spoken, wanted, weights.TITLE_WEIGHT)
            for match in matches:
                share = match.score / matches[0].score
                best[match.id] = max(best.get(match.id, 0.0), share)
        return best

    def _reads(self, language: Language) -> bool:
        return self._embedding is not None and self._embedding.reads(language)

    def _is_strange(self, question: ParsedQuery) -> bool:
        """Say whether a question holds an English word that no passage and no name holds."""
        words = [term for term in question.rest if term.isascii() and term.isalpha()]
        return any(len(word) > 1 and not self._words.holds(word) for word in words)


_LANGUAGES: tuple[Language, ...] = ("en", "zh")

_MOST_VECTORS = 256
"""So many questions are remembered with their vectors: one turn looks several times."""


def _in_order(
    cosines: Mapping[str, float], matches: Mapping[str, float], merits: Mapping[str, float]
) -> dict[str, None]:
    """Return the candidates as they are read: the best of each ranking, then by merit.

    What only one ranking knows, such as a name that the model has never seen, has little merit
    beside much that is vaguely near, and may yet be the one passage that is meant.
    """
    words = sorted(matches, key=lambda id: (-matches[id], id))
    meaning = sorted(cosines, key=lambda id: (-cosines[id], id))
    best = weights.BEST_OF_EACH
    return dict.fromkeys([*words[:best], *meaning[:best], *merits])


def _judged(about: _Asked, each: StoredPassage, cosine: float, merit: float) -> _Judged | None:
    """Weigh a passage by what it speaks of; None where it is not about the question."""
    passage = each.passage
    terms = lexical.distinct_terms(f"{heading(each.title, passage.section)} {passage.text}")
    held = measure_coverage(terms, about.topics[passage.language])
    sure = cosine + weights.COVERAGE_WEIGHT * held.share
    alone = passage.language == about.unread
    all_names = alone and held.linked == 1.0
    enough = weights.COVERED_WITH_ALL_NAMES if all_names else weights.COVERED
    if about.gate is not None and sure < about.gate and held.share < enough:
        return None
    doubt = 1.0 - min(1.0, max(sure, held.share))
    worth = weights.PASSAGE * (1.0 - weights.DOUBT * doubt) * merit
    if passage.language != about.question.language:
        worth *= weights.OTHER_LANGUAGE
    why = HitScores(round(cosine, 4), round(held.share, 4), round(held.linked, 4))
    return _Judged(worth, why, held.matched, frozenset(terms), each)


def _shown(judged: Iterable[_Judged], top: int, per_source: int | None) -> list[Hit]:
    """Return the best passages, few of a document or source, and what says the same but once."""
    shown: list[tuple[_Judged, list[str]]] = []
    of_document: dict[str, int] = {}
    of_source: dict[str, int] = {}
    for each in judged:
        if len(shown) == top:
            break
        same = next((ids for other, ids in shown if _alike(each.terms, other.terms)), None)
        if same is not None:
            same.append(each.found.passage.id)
            continue
        document, source = each.found.passage.document, each.found.source
        full = of_document.get(document, 0) >= weights.PER_DOCUMENT or (
            per_source is not None and of_source.get(source, 0) >= per_source
        )
        if full:
            continue
        of_document[document] = of_document.get(document, 0) + 1
        of_source[source] = of_source.get(source, 0) + 1
        shown.append((each, []))
    return [_hit(each, tuple(alike)) for each, alike in shown]


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    """Say whether two sets of terms are nearly the same, by Jaccard's index."""
    if min(len(one), len(other)) < weights.ALIKE * max(len(one), len(other)):
        return False
    return len(one & other) >= weights.ALIKE * len(one | other)


def _hit(judged: _Judged, alike: tuple[str, ...]) -> Hit:
    each, passage = judged.found, judged.found.passage
    return Hit(
        0,
        passage.id,
        "passage",
        each.title,
        passage.text,
        each.year,
        each.type,
        round(judged.worth, 4),
        judged.why,
        HitOrigin(
            passage.document,
            each.title,
            each.journal,
            passage.section,
            passage.start,
            passage.end,
            (each.source,),
        ),
        (),
        passage.language,
        judged.matched,
        alike,
    )
