"""Give pages their neighbours, as distractors, and the conditions that share their findings.

    a chunk of pages -> each with neighbours; a condition -> conditions that share findings

What a page is given depends on the ids and the graph alone, so that any order of asking gives the
same. A training page never gets a neighbour of validation.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from heapq import nsmallest
from itertools import groupby
from math import log, log1p
from operator import itemgetter
from sys import intern

from sqlalchemy import Engine, select

from knowledge.graph.catalog import FactRow, holds
from knowledge.graph.id_queries import raw_rows
from knowledge.lessons.facts import likeness, reportable_findings
from knowledge.lessons.facts.fact_page import FactPage, PageFact
from knowledge.lessons.facts.recorded_warnings import RecordedWarnings
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
_MENTIONED = ("complication", "risk_factor", "contraindication", "cause")
"""Relations in which a common condition is named by others."""

_SHARED_BY_RIVALS = ("department", "body_part")
_FEW = 12
_SHARE = 0.012
_SHARE_OF_FEW = 0.15
"""A finding is telling that so many conditions have, or such a share of all where those are many;
where they are few, that larger share of them."""

_KNOWN = 0.35
"""What it counts that others name a condition, beside what it shares."""

_CONDITIONS = 40
_LISTED = 400
"""So many conditions that have a finding are all kept, to tell which have several of them."""

_FINDINGS_ASKED = 6
_SIMILAR = 3
_BLOCK = 480
_CHUNK = 60

NeighbourIds = tuple[str, ...]


class Links:
    """The way from one page to those of other entities."""

    def __init__(
        self,
        cache: PageCache,
        warnings: RecordedWarnings,
        having: Callable[[Sequence[str]], frozenset[str]],
    ) -> None:
        self._cache = cache
        self.warnings = warnings
        self.having = having

    def page(self, id: str, language: Language) -> FactPage | None:
        """Return the page of an entity, where it has one."""
        return self._cache.page(id, language)


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
        self._telling_of = self.telling_findings
        self._links = Links(self._cache, RecordedWarnings(engine, generation), self.having)
        self._conditions: dict[tuple[str, str], tuple[str, ...]] | None = None
        self._having: dict[str, int] = {}
        self._bearers: dict[str, frozenset[str]] = {}
        self._most_telling = 0
        self._mentions: dict[str, int] = {}

    def read_ahead(self, ids: Mapping[Language, Sequence[str]]) -> None:
        """Read all pages at once where they can be kept, which is quicker than when asked for."""
        if self._cache.has_room(sum(map(len, ids.values()))):
            wanted = ((id, language) for language, each in ids.items() for id in each)
            self._cache.fill(wanted, self._with_similar(self._entity_pages.pages_of_languages(ids)))
            self._read_once()

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
        neighbouring = tuple(self._cache.pages(neighbours, language))
        return page.with_neighbours(neighbouring, self._similar_to, self._links, self._telling_of)

    def _read(self, ids: Sequence[str], language: Language) -> Iterator[FactPage]:
        return self._with_similar(self._entity_pages.pages(ids, language))

    def _with_similar(self, pages: Iterable[FactPage]) -> Iterator[FactPage]:
        for page in pages:
            yield page.with_neighbours((), self._similar_to, self._links, self._telling_of)

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
        self._read_once()
        known = sorted(
            (item.object for item in findings(page, relation)),
            key=lambda finding: self._having.get(finding, 0),
        )
        shared: dict[str, float] = defaultdict(float)
        for finding in known[:_FINDINGS_ASKED]:
            for other_id in self._conditions_with(relation, finding):
                shared[other_id] += self._weight(finding)
        shared.pop(page.id, None)
        for other_id in shared:
            shared[other_id] += _KNOWN * log1p(self._mentions.get(other_id, 0))
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

    def telling_findings(self, page: FactPage) -> frozenset[str]:
        """Return the findings of a condition that few others have."""
        return page.cached("telling findings", self._find_telling)

    def _find_telling(self, page: FactPage) -> frozenset[str]:
        self._read_once()
        return frozenset(
            item.object
            for relation in FINDINGS
            for item in page.entity_facts(relation)
            if self._having.get(item.object, 0) <= self._most_telling
        )

    def having(self, findings: Sequence[str]) -> frozenset[str]:
        """Return the conditions that have all of some findings, one of which few have."""
        self._read_once()
        known = [self._bearers[each] for each in findings if each in self._bearers]
        return frozenset.intersection(*known) if known else frozenset()

    def _weight(self, finding: str) -> float:
        """Return how much it says that two conditions share a finding."""
        return log((1 + len(self._having)) / (1 + self._having.get(finding, 0)))

    def _conditions_with(self, relation: str, finding: str) -> tuple[str, ...]:
        """Return some conditions that have a finding, chosen by their ids."""
        self._read_once()
        return (self._conditions or {}).get((relation, finding), ())

    def _read_once(self) -> None:
        if self._conditions is None:
            self._conditions = self._read_conditions()

    def _read_conditions(self) -> dict[tuple[str, str], tuple[str, ...]]:
        """Read the conditions that have each finding, and keep a few of each."""
        query = (
            select(FactRow.relation, FactRow.object_id, FactRow.subject_id)
            .where(FactRow.relation.in_(FINDINGS), FactRow.subject_id.like("condition:%"))
            .where(FactRow.object_id.is_not(None), holds(FactRow, self._generation))
            .order_by(FactRow.relation, FactRow.object_id)
        )
        named = (
            select(FactRow.object_id)
            .where(FactRow.object_id.like("condition:%"), holds(FactRow, self._generation))
            .where(FactRow.relation.in_(_MENTIONED))
        )
        found = {}
        with self._engine.connect() as connection:
            rows = raw_rows(connection, query)
            for (relation, finding), group in groupby(rows, key=itemgetter(0, 1)):
                ids = {intern(subject) for _, _, subject in group}
                self._having[finding] = len(ids)
                if len(ids) <= _LISTED:
                    self._bearers[finding] = frozenset(ids)
                few = nsmallest(_CONDITIONS, ids, key=lambda id: _digest(f"{finding}|{id}"))
                found[relation, finding] = tuple(few)
            for (id,) in raw_rows(connection, named):
                self._mentions[id] = self._mentions.get(id, 0) + 1
        ill = len({id for ids in found.values() for id in ids})
        self._most_telling = max(min(_FEW, round(_SHARE_OF_FEW * ill)), round(_SHARE * ill), 2)
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
    """Say whether another condition is a different one that would be weighed against this one.

    What most illnesses have sets no two of them against each other: one finding must be had by
    few, or two be shared; and the same people must treat both.
    """
    one, two = page.name.casefold(), other.name.casefold()
    if one in two or two in one or not patient_profiles.can_be_compared(page, other):
        return False
    shared = shared_findings(page, other, relation)
    telling = page.find_telling(page)
    if len(shared) < 2 and not (
        any(mine.object in telling for mine, _ in shared) and page.entity_facts("department")
    ):
        return False
    return bool(shared) and all(_shares(page, other, each) for each in _SHARED_BY_RIVALS)


def shares_department(page: FactPage, other: FactPage) -> bool:
    """Say whether two conditions are weighed by the same people, as far as a graph names any."""
    return _shares(page, other, "department")


def _shares(page: FactPage, other: FactPage, relation: str) -> bool:
    """Say whether two conditions have an object of a relation in common, where both name any."""
    mine, theirs = ({item.object for item in each.entity_facts(relation)} for each in (page, other))
    return not mine or not theirs or bool(mine & theirs)


def _digest(text: str) -> bytes:
    return blake2b(text.encode(), digest_size=8).digest()
