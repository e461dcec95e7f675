"""Give pages their neighbours, as distractors, and the conditions that share their findings.

    a chunk of pages -> each with neighbours; a condition -> conditions that share findings

What a page is given depends on the ids and the graph alone, so that any order of asking gives the
same. A training page never gets a neighbour of validation.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from heapq import nsmallest
from itertools import groupby
from operator import itemgetter
from sys import intern

from sqlalchemy import Engine, select

from knowledge.graph.catalog import FactRow, holds
from knowledge.graph.id_queries import raw_rows
from knowledge.lessons.facts import likeness, reportable_findings
from knowledge.lessons.facts.fact_page import FactPage, PageFact
from knowledge.lessons.facts.validation_split import is_validation
from knowledge.lessons.pages.entity_pages import EntityPages
from knowledge.lessons.pages.page_cache import PageCache
from knowledge.lessons.realize import patient_profiles
from knowledge.records import Language

NEIGHBOURS = 6
"""So many neighbours a page has."""

FINDINGS = ("symptom",)
"""The relations that give the findings of a case: statistics make none."""

_USES = ("medicine~", "first_line~")
_CONDITIONS = 40
_FINDINGS_ASKED = 6
_SIMILAR = 3
_BLOCK = 480
_CHUNK = 60

NeighbourIds = tuple[str, ...]


class RelatedPages:
    """The pages of entities with their neighbours, and with the conditions similar to each."""

    def __init__(self, engine: Engine, generation: int, entity_pages: EntityPages) -> None:
        self._engine = engine
        self._generation = generation
        self._entity_pages = entity_pages
        self._cache = PageCache(self._read)
        self._similar = lru_cache(maxsize=40_000)(self._find_similar)
        self._similar_to = self.similar_pages
        self._medicines: dict[str, tuple[str, ...]] | None = None
        self._conditions: dict[tuple[str, str], tuple[str, ...]] | None = None

    def read_ahead(self, ids: Mapping[Language, Sequence[str]]) -> None:
        """Read all pages at once where they can be kept, which is quicker than when asked for."""
        if self._cache.has_room(sum(map(len, ids.values()))):
            wanted = ((id, language) for language, each in ids.items() for id in each)
            self._cache.fill(wanted, self._with_similar(self._entity_pages.pages_of_languages(ids)))
            self._conditions = self._conditions or self._read_conditions()

    def pages(
        self, ids: Sequence[str], language: Language
    ) -> Iterator[tuple[FactPage, NeighbourIds]]:
        """Yield the pages of those entities that have any, each with the ids of its neighbours."""
        for start in range(0, len(ids), _BLOCK):
            block = self._cache.pages(ids[start : start + _BLOCK], language)
            for first in range(0, len(block), _CHUNK):
                chunk = block[first : first + _CHUNK]
                parts: dict[bool, list[str]] = {False: [], True: []}
                for page in chunk:
                    parts[is_validation(page.id)].append(page.id)
                places = {id: place for own in parts.values() for place, id in enumerate(own)}
                for page in chunk:
                    own, place = parts[is_validation(page.id)], places[page.id]
                    yield page, tuple((own[place + 1 :] + own[:place])[:NEIGHBOURS])

    def again(
        self, known: Sequence[tuple[str, NeighbourIds]], language: Language
    ) -> Iterator[tuple[FactPage, NeighbourIds]]:
        """Yield pages that `pages` gave before, each with the ids of its neighbours."""
        for start in range(0, len(known), _BLOCK):
            block = known[start : start + _BLOCK]
            pages = self._cache.pages([id for id, _ in block], language)
            yield from zip(pages, [neighbours for _, neighbours in block], strict=True)

    def page(self, id: str, language: Language, neighbours: NeighbourIds) -> FactPage | None:
        """Return one page with its neighbours."""
        page = self._cache.page(id, language)
        if page is None or not neighbours:
            return page
        return page.with_neighbours(
            tuple(self._cache.pages(neighbours, language)), self._similar_to
        )

    def _read(self, ids: Sequence[str], language: Language) -> Iterator[FactPage]:
        return self._with_similar(self._entity_pages.pages(ids, language))

    def _with_similar(self, pages: Iterable[FactPage]) -> Iterator[FactPage]:
        for page in pages:
            yield page.with_neighbours((), self._similar_to)

    def ids(self, language: Language) -> list[str]:
        """Return the entities with facts and a name in a language."""
        return self._entity_pages.ids(language)

    def similar_pages(self, page: FactPage) -> tuple[FactPage, ...]:
        """Return the conditions that share most findings with one, the closest first."""
        return self._similar(page.id, page.language)

    def _find_similar(self, id: str, language: Language) -> tuple[FactPage, ...]:
        page = self._cache.page(id, language)
        if page and page.entity.kind == "medicine":
            return self._similar_medicines(page)
        relation = findings_of(page) if page else ""
        if page is None or not relation:
            return ()
        shared: Counter[str] = Counter()
        for item in findings(page, relation)[:_FINDINGS_ASKED]:
            shared.update(self._conditions_with(relation, item.object))
        shared.pop(page.id, None)
        order = sorted(shared, key=lambda id: (-shared[id], _digest(f"{page.id}|{id}")))
        found: list[FactPage] = []
        for id in order[: 4 * _SIMILAR]:
            if is_validation(id) and not is_validation(page.id):
                continue
            other = self._cache.page(id, page.language)
            if other is not None and _is_alternative(page, other, relation):
                found.append(other)
            if len(found) == _SIMILAR:
                break
        return tuple(found)

    def _similar_medicines(self, page: FactPage) -> tuple[FactPage, ...]:
        """Return medicines that are used for the same conditions, the closest first."""
        if self._medicines is None:
            self._medicines = self._read_medicines()
        uses = {item.object for each in _USES for item in page.entity_facts(each)}
        shared = Counter(id for use in sorted(uses) for id in self._medicines.get(use, ()))
        shared.pop(page.id, None)
        order = sorted(shared, key=lambda id: (-shared[id], _digest(f"{page.id}|{id}")))
        found: list[FactPage] = []
        for id in order[: 4 * _SIMILAR]:
            if is_validation(id) and not is_validation(page.id):
                continue
            other = self._cache.page(id, page.language)
            if other is not None and not likeness.are_alike((page.name,), (other.name,)):
                found.append(other)
            if len(found) == _SIMILAR:
                break
        return tuple(found)

    def _read_medicines(self) -> dict[str, tuple[str, ...]]:
        """Read the medicines that are used for each condition, and keep a few of each."""
        query = (
            select(FactRow.subject_id, FactRow.object_id)
            .where(FactRow.relation.in_(("medicine", "first_line")))
            .where(FactRow.object_id.like("medicine:%"), holds(FactRow, self._generation))
        )
        found: dict[str, set[str]] = {}
        with self._engine.connect() as connection:
            for condition, medicine in raw_rows(connection, query):
                found.setdefault(condition, set()).add(intern(medicine))
        return {
            use: tuple(nsmallest(_CONDITIONS, ids, key=lambda id: _digest(f"{use}|{id}")))
            for use, ids in found.items()
        }

    def _conditions_with(self, relation: str, finding: str) -> tuple[str, ...]:
        """Return some conditions that have a finding, chosen by their ids."""
        if self._conditions is None:
            self._conditions = self._read_conditions()
        return self._conditions.get((relation, finding), ())

    def _read_conditions(self) -> dict[tuple[str, str], tuple[str, ...]]:
        """Read the conditions that have each finding, and keep a few of each."""
        query = (
            select(FactRow.relation, FactRow.object_id, FactRow.subject_id)
            .where(FactRow.relation.in_(FINDINGS), FactRow.subject_id.like("condition:%"))
            .where(FactRow.object_id.is_not(None), holds(FactRow, self._generation))
            .order_by(FactRow.relation, FactRow.object_id)
        )
        found = {}
        with self._engine.connect() as connection:
            rows = raw_rows(connection, query)
            for (relation, finding), group in groupby(rows, key=itemgetter(0, 1)):
                ids = {intern(subject) for _, _, subject in group}
                few = nsmallest(_CONDITIONS, ids, key=lambda id: _digest(f"{finding}|{id}"))
                found[relation, finding] = tuple(few)
        return found


def findings_of(page: FactPage) -> str:
    """Return the relation that gives enough findings for a case of a condition, or nothing."""
    if page.entity.kind != "condition":
        return ""
    return next((each for each in FINDINGS if len(findings(page, each)) >= 2), "")


def findings(page: FactPage, relation: str) -> tuple[PageFact, ...]:
    """Return the findings of a condition: what a patient can tell of."""
    return page.cached(
        f"findings {relation}",
        lambda page: tuple(
            reportable_findings.select_reportable(
                [i for i in page.entity_facts(relation) if i.kind == "symptom"]
            )
        ),
    )


def shared_findings(
    page: FactPage, other: FactPage, relation: str
) -> list[tuple[PageFact, PageFact]]:
    """Pair the findings that two conditions share."""
    theirs = {item.object: item for item in findings(other, relation)}
    return [
        (item, theirs[item.object]) for item in findings(page, relation) if item.object in theirs
    ]


def _is_alternative(page: FactPage, other: FactPage, relation: str) -> bool:
    """Say whether another condition is a different one that shares findings with this one."""
    one, two = page.name.casefold(), other.name.casefold()
    if one in two or two in one or not patient_profiles.can_be_compared(page, other):
        return False
    shared = shared_findings(page, other, relation)
    return len(shared) > 1 or (bool(shared) and _shares_department(page, other))


def _shares_department(page: FactPage, other: FactPage) -> bool:
    """Say whether two conditions with one finding in common are weighed by the same people.

    A fever alone sets no tonsillitis against a pelvic infection; where a graph names no
    departments, nothing is known against it.
    """
    mine, theirs = (
        {item.object for item in each.entity_facts("department")} for each in (page, other)
    )
    return not mine or not theirs or bool(mine & theirs)


def _digest(text: str) -> bytes:
    return blake2b(text.encode(), digest_size=8).digest()
