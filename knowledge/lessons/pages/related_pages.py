"""Neighbours: the pages around a page, as distractors and as what else a patient may have.

    a chunk of pages -> each with others beside it; a condition -> conditions that share findings

What a page is given depends on the ids and the graph alone, so that any order of asking gives the
same. A training page never gets a neighbour of validation. This file knows nothing of styles.
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
from knowledge.lessons.facts import reportable_findings
from knowledge.lessons.facts.fact_store import is_validation
from knowledge.lessons.facts.pages import Item, Page
from knowledge.lessons.pages.entity_pages import Subjects
from knowledge.lessons.pages.page_cache import Shelf
from knowledge.lessons.realize import patient_profiles
from knowledge.records import Language

BESIDE = 6
"""So many other pages stand beside a page."""

FINDINGS = ("symptom", "associated_with")
"""The relations by which a case is told, the better one first."""

_BEARERS = 40
_FINDINGS_ASKED = 6
_RIVALS = 3
_BLOCK = 480
_CHUNK = 60

Beside = tuple[str, ...]


class Neighbours:
    """Gives pages their neighbours; one for a run."""

    def __init__(self, engine: Engine, generation: int, subjects: Subjects) -> None:
        self._engine = engine
        self._generation = generation
        self._subjects = subjects
        self._shelf = Shelf(self._read)
        self._rivals = lru_cache(maxsize=40_000)(self._find_rivals)
        self._of = self.rivals
        self._bearing: dict[tuple[str, str], tuple[str, ...]] | None = None

    def read_ahead(self, ids: Mapping[Language, Sequence[str]]) -> None:
        """Read all pages at once where they can be kept, which is quicker than when asked for."""
        if self._shelf.has_room(sum(map(len, ids.values()))):
            wanted = ((id, language) for language, each in ids.items() for id in each)
            self._shelf.fill(wanted, self._with_rivals(self._subjects.every(ids)))
            self._bearing = self._bearing or self._read_bearers()

    def pages(self, ids: Sequence[str], language: Language) -> Iterator[tuple[Page, Beside]]:
        """Yield the pages of entities as their subjects do, and the ids of those beside each."""
        for start in range(0, len(ids), _BLOCK):
            block = self._shelf.pages(ids[start : start + _BLOCK], language)
            for first in range(0, len(block), _CHUNK):
                chunk = block[first : first + _CHUNK]
                parts: dict[bool, list[str]] = {False: [], True: []}
                for page in chunk:
                    parts[is_validation(page.id)].append(page.id)
                places = {id: place for own in parts.values() for place, id in enumerate(own)}
                for page in chunk:
                    own, place = parts[is_validation(page.id)], places[page.id]
                    yield page, tuple((own[place + 1 :] + own[:place])[:BESIDE])

    def again(
        self, known: Sequence[tuple[str, Beside]], language: Language
    ) -> Iterator[tuple[Page, Beside]]:
        """Yield pages that `pages` gave before, with the ids of those beside each."""
        for start in range(0, len(known), _BLOCK):
            block = known[start : start + _BLOCK]
            pages = self._shelf.pages([id for id, _ in block], language)
            yield from zip(pages, [beside for _, beside in block], strict=True)

    def page(self, id: str, language: Language, beside: Beside) -> Page | None:
        """Return one page with its neighbours."""
        page = self._shelf.page(id, language)
        if page is None or not beside:
            return page
        return page.among(tuple(self._shelf.pages(beside, language)), self._of)

    def _read(self, ids: Sequence[str], language: Language) -> Iterator[Page]:
        return self._with_rivals(self._subjects.pages(ids, language))

    def _with_rivals(self, pages: Iterable[Page]) -> Iterator[Page]:
        for page in pages:
            yield page.among((), self._of)

    def ids(self, language: Language) -> list[str]:
        """Return the entities with facts and a name in a language."""
        return self._subjects.ids(language)

    def rivals(self, page: Page) -> tuple[Page, ...]:
        """Return the conditions that share most findings with one, the closest first."""
        return self._rivals(page.id, page.language)

    def _find_rivals(self, id: str, language: Language) -> tuple[Page, ...]:
        page = self._shelf.page(id, language)
        relation = findings_of(page) if page else ""
        if page is None or not relation:
            return ()
        shared: Counter[str] = Counter()
        for item in findings(page, relation)[:_FINDINGS_ASKED]:
            shared.update(self._bearers(relation, item.object))
        shared.pop(page.id, None)
        order = sorted(shared, key=lambda id: (-shared[id], _digest(f"{page.id}|{id}")))
        found: list[Page] = []
        for id in order[: 4 * _RIVALS]:
            if is_validation(id) and not is_validation(page.id):
                continue
            other = self._shelf.page(id, page.language)
            if other is not None and _differs(page, other, relation):
                found.append(other)
            if len(found) == _RIVALS:
                break
        return tuple(found)

    def _bearers(self, relation: str, finding: str) -> tuple[str, ...]:
        """Return some conditions that have a finding, chosen by their ids."""
        if self._bearing is None:
            self._bearing = self._read_bearers()
        return self._bearing.get((relation, finding), ())

    def _read_bearers(self) -> dict[tuple[str, str], tuple[str, ...]]:
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
                few = nsmallest(_BEARERS, ids, key=lambda id: _digest(f"{finding}|{id}"))
                found[relation, finding] = tuple(few)
        return found


def findings_of(page: Page) -> str:
    """Return the relation by which a case of a condition can be told, or nothing."""
    if page.entity.kind != "condition":
        return ""
    return next((each for each in FINDINGS if len(findings(page, each)) >= 2), "")


def findings(page: Page, relation: str) -> tuple[Item, ...]:
    """Return the findings of a condition: what a patient can tell of."""
    return page.once(
        f"findings {relation}",
        lambda page: tuple(
            reportable_findings.told([i for i in page.named(relation) if i.kind == "symptom"])
        ),
    )


def shared_findings(page: Page, other: Page, relation: str) -> list[tuple[Item, Item]]:
    """Pair the findings that two conditions share."""
    theirs = {item.object: item for item in findings(other, relation)}
    return [
        (item, theirs[item.object]) for item in findings(page, relation) if item.object in theirs
    ]


def _differs(page: Page, other: Page, relation: str) -> bool:
    """Say whether another condition is one of its own and shares a finding that is told alike."""
    one, two = page.name.casefold(), other.name.casefold()
    if one in two or two in one or not patient_profiles.beside(page, other):
        return False
    shared = shared_findings(page, other, relation)
    return len(shared) > 1 or (bool(shared) and _one_field(page, other))


def _one_field(page: Page, other: Page) -> bool:
    """Say whether two conditions with one finding in common are weighed by the same people.

    A fever alone sets no tonsillitis against a pelvic infection; where a graph names no
    departments, nothing is known against it.
    """
    mine, theirs = ({item.object for item in each.named("department")} for each in (page, other))
    return not mine or not theirs or bool(mine & theirs)


def _digest(text: str) -> bytes:
    return blake2b(text.encode(), digest_size=8).digest()
