"""Neighbours: the pages around a page, as distractors and as what else a patient may have.

    a chunk of pages -> each with others beside it; a condition -> conditions that share findings

What a page is given depends on the ids and the graph alone, so that any order of asking gives the
same. A training page never gets a neighbour of validation. This file knows nothing of styles.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from hashlib import blake2b

from sqlalchemy import Engine, select

from knowledge.catalog import FactRow, holds
from knowledge.lessons.subjects import Item, Page, Subjects, is_validation
from knowledge.records import Language

BESIDE = 6
"""So many other pages stand beside a page."""

FINDINGS = ("symptom", "associated_with")
"""The relations by which a case is told, the better one first."""

_BEARERS = 40
_FINDINGS_ASKED = 6
_RIVALS = 3
_MOST_ROWS = 1500


class Neighbours:
    """Gives pages their neighbours; one for a run."""

    def __init__(self, engine: Engine, generation: int, subjects: Subjects) -> None:
        self._engine = engine
        self._generation = generation
        self._subjects = subjects
        self._bearers = lru_cache(maxsize=20_000)(self._find_bearers)
        self._page = lru_cache(maxsize=2_000)(self._find_page)

    def pages(self, ids: Sequence[str], language: Language) -> Iterator[Page]:
        """Yield the pages of entities as their subjects do, each with its neighbours."""
        for chunk in self._subjects.chunks(ids, language):
            parts: dict[bool, list[Page]] = {False: [], True: []}
            for page in chunk:
                parts[is_validation(page.id)].append(page)
            for page in chunk:
                own = parts[is_validation(page.id)]
                place = own.index(page)
                turned = own[place + 1 :] + own[:place]
                yield replace(page, beside=tuple(turned[:BESIDE]), rivals=self.rivals)

    def ids(self, language: Language) -> list[str]:
        """Return the entities with facts and a name in a language."""
        return self._subjects.ids(language)

    def rivals(self, page: Page) -> tuple[Page, ...]:
        """Return the conditions that share most findings with one, the closest first."""
        relation = findings_of(page)
        if not relation:
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
            other = self._page(id, page.language)
            if other is not None and _differs(page, other, relation):
                found.append(other)
            if len(found) == _RIVALS:
                break
        return tuple(found)

    def _find_page(self, id: str, language: Language) -> Page | None:
        return next(iter(self._subjects.pages([id], language)), None)

    def _find_bearers(self, relation: str, finding: str) -> tuple[str, ...]:
        """Return some conditions that have a finding, chosen by their ids."""
        query = (
            select(FactRow.subject_id)
            .where(FactRow.object_id == finding, FactRow.relation == relation)
            .where(holds(FactRow, self._generation))
            .order_by(FactRow.subject_id)
            .limit(_MOST_ROWS)
        )
        with self._engine.connect() as connection:
            ids = {id for id in connection.scalars(query) if id.startswith("condition:")}
        return tuple(sorted(ids, key=lambda id: _digest(f"{finding}|{id}"))[:_BEARERS])


def findings_of(page: Page) -> str:
    """Return the relation by which a case of a condition can be told, or nothing."""
    if page.entity.kind != "condition":
        return ""
    return next((each for each in FINDINGS if len(findings(page, each)) >= 2), "")


def findings(page: Page, relation: str) -> tuple[Item, ...]:
    """Return the findings of a condition: what a patient can tell of."""
    return tuple(item for item in page.named(relation) if item.kind == "symptom")


def shared_findings(page: Page, other: Page, relation: str) -> list[tuple[Item, Item]]:
    """Pair the findings that two conditions share."""
    theirs = {item.object: item for item in findings(other, relation)}
    return [
        (item, theirs[item.object]) for item in findings(page, relation) if item.object in theirs
    ]


def _differs(page: Page, other: Page, relation: str) -> bool:
    """Say whether another condition is one of its own and shares a finding that is told alike."""
    one, two = page.name.casefold(), other.name.casefold()
    if one in two or two in one:
        return False
    return bool(shared_findings(page, other, relation))


def _digest(text: str) -> bytes:
    return blake2b(text.encode(), digest_size=8).digest()
