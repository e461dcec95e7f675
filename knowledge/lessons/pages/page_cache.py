"""Cache the pages of a generation, up to a number that bounds memory.

    ids -> those not kept are read together -> pages; the oldest are dropped when it is full

Every style asks for the same pages in an order of its own, many times over.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

from knowledge.lessons.facts.fact_page import FactPage
from knowledge.records import Language

MOST = 60_000
"""The number of pages kept: about 150 MiB of conditions and medicines."""

ReadPages = Callable[[Sequence[str], Language], Iterator[FactPage]]
"""Reads the pages of some ids, leaving out those that have none."""


class PageCache:
    """Keeps the pages that one reader reads."""

    def __init__(self, read: ReadPages, most: int = MOST) -> None:
        self._read = read
        self._most = most
        self._kept: dict[tuple[str, str], FactPage | None] = {}

    def fill(self, wanted: Iterable[tuple[str, Language]], pages: Iterable[FactPage]) -> None:
        """Put all pages that are wanted in the cache; the others have none."""
        self._kept.update(dict.fromkeys(wanted))
        for page in pages:
            self._kept[page.id, page.language] = page

    def has_room(self, count: int) -> bool:
        """Say whether so many pages can be kept."""
        return count <= self._most

    def pages(self, ids: Sequence[str], language: Language) -> list[FactPage]:
        """Return the pages of ids in their order, leaving out those that have none."""
        wanted = [(id, language) for id in ids]
        missing = [id for id, key in zip(ids, wanted, strict=True) if key not in self._kept]
        fresh: dict[tuple[str, str], FactPage | None] = {}
        if missing:
            fresh = dict.fromkeys(((id, language) for id in missing), None)
            fresh |= {(page.id, language): page for page in self._read(missing, language)}
        found = [self._kept[key] if key in self._kept else fresh[key] for key in wanted]
        self._keep(fresh)
        return [page for page in found if page is not None]

    def page(self, id: str, language: Language) -> FactPage | None:
        """Return the page of one id, or None."""
        key = (id, language)
        if key in self._kept:
            return self._kept[key]
        return next(iter(self.pages([id], language)), None)

    def _keep(self, fresh: dict[tuple[str, str], FactPage | None]) -> None:
        self._kept.update(fresh)
        while len(self._kept) > self._most:
            del self._kept[next(iter(self._kept))]
