"""Give papers in pairs whose results speak of the same two entities, or on the same subject.

    some abstracts -> what their sentences state of two entities -> papers that share two, in pairs

What is stated is read with the names of the catalogue, so it is kept with the page of a paper.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from hashlib import blake2b

from sqlalchemy import Engine

from knowledge.graph import linker
from knowledge.lessons.facts import study_parts
from knowledge.lessons.facts.fact_page import FactPage
from knowledge.lessons.facts.paper_findings import (
    Finding,
    read_findings,
    read_subjects,
    verdict,
)
from knowledge.lessons.facts.validation_split import is_validation
from knowledge.lessons.pages.document_pages import DocumentPages
from knowledge.lessons.pages.related_pages import NeighbourIds
from knowledge.records import Language

MOST_READ = 1_500
"""So many papers of a language are read for pairs: each sentence is searched for names."""

_PAIRS_OF_ENTITIES = 2
"""So many pairs of papers are on the same two entities, of each verdict."""

_ORDER = ("differ", "agree", "open")
"""The rarest first."""

_KEY = "paper findings"


class PaperPairPages:
    """The papers of one generation that have another to be set beside."""

    def __init__(self, engine: Engine, generation: int, documents: DocumentPages) -> None:
        self._engine = engine
        self._generation = generation
        self._documents = documents
        self._pairs: dict[Language, dict[str, str]] = {}

    def ids(self, language: Language) -> list[str]:
        """Return the papers that have another to be set beside, in the order of their ids."""
        if language not in self._pairs:
            self._pairs[language] = self._find_pairs(language)
        return sorted(self._pairs[language])

    def pages(
        self, ids: Sequence[str], language: Language
    ) -> Iterator[tuple[FactPage, NeighbourIds]]:
        """Yield the pages of papers, each with the other as its neighbour."""
        for id in ids:
            other = (self._pairs[language][id],)
            page = self.page(id, language, other)
            if page is not None:
                yield page, other

    def page(self, id: str, language: Language, neighbours: NeighbourIds = ()) -> FactPage | None:
        """Return the page of a paper with that of the other."""
        found = [self._page(each, language) for each in (id, *neighbours)]
        own, *others = found
        if own is None or None in others:
            return None
        return own.with_neighbours(tuple(filter(None, others)), lambda page: ())

    def _page(self, id: str, language: Language) -> FactPage | None:
        page = self._documents.page(id, language)
        if page is not None:
            page.cached(_KEY, self._read)
        return page

    def _read(self, page: FactPage) -> tuple[Finding, ...]:
        abstract = study_parts.read(page.passages)
        names = linker.load(self._engine, self._generation)
        if abstract is None:
            return ()
        return (*read_findings(abstract, names), *read_subjects(abstract, page.name, names))

    def _find_pairs(self, language: Language) -> dict[str, str]:
        ids = sorted(self._documents.ids(language), key=_digest)[:MOST_READ]
        sharing: dict[frozenset[str], dict[str, Finding]] = {}
        for page, _ in self._documents.pages(ids, language):
            for finding in page.cached(_KEY, self._read):
                of = sharing.setdefault(frozenset(finding.entities), {})
                if page.id not in of or (finding.reading and not of[page.id].reading):
                    of[page.id] = finding
        pairs: dict[str, str] = {}
        for of in sharing.values():
            wanted = [
                (_ORDER.index(verdict(of[one], of[other])), one, other)
                for one in of
                for other in of
                if one < other and is_validation(one) == is_validation(other)
                if is_told(of[one], of[other])
            ]
            chosen = Counter[int]()
            for order, one, other in sorted(wanted):
                if one not in pairs and chosen[order] < _PAIRS_OF_ENTITIES:
                    pairs[one] = other
                    chosen[order] += 1
        return pairs


def is_told(one: Finding, other: Finding) -> bool:
    """Say whether a row can be written on two findings: both are read, or on one subject."""
    return one.is_on_subject or verdict(one, other) != "open"


def findings_of(page: FactPage) -> tuple[Finding, ...]:
    """Return what a paper that is one of a pair states of any two entities."""
    return page.cached(_KEY, lambda _: ())


def _digest(text: str) -> bytes:
    return blake2b(text.encode(), digest_size=8).digest()
