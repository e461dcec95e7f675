"""Give the formulas as pages, so that they are planned and split as entities are.

    registry -> ids with a prefix -> a page with a name and nothing else

The formulas are the same in every home: no catalogue is read.
"""

from collections.abc import Iterator, Sequence

from knowledge.calculators.formulas import formula_registry
from knowledge.lessons.facts.fact_page import FactPage
from knowledge.lessons.pages.related_pages import NeighbourIds
from knowledge.records import FORMULA, Entity, Language, Name


class FormulaPages:
    """The formulas that lessons can be about."""

    def ids(self, language: Language) -> list[str]:
        """Return the formulas, in the order of their ids."""
        return sorted(f"{FORMULA}{id}" for id in formula_registry.FORMULAS)

    def pages(
        self, ids: Sequence[str], language: Language
    ) -> Iterator[tuple[FactPage, NeighbourIds]]:
        """Yield the pages of formulas; they have no neighbours."""
        for id in ids:
            yield _page(id, language), ()

    def page(self, id: str, language: Language, neighbours: NeighbourIds = ()) -> FactPage | None:
        """Return the page of one formula."""
        return (
            _page(id, language) if id.removeprefix(FORMULA) in formula_registry.FORMULAS else None
        )


def _page(id: str, language: Language) -> FactPage:
    formula = formula_registry.FORMULAS[id.removeprefix(FORMULA)]
    names = tuple(
        Name(text, each)
        for each in ("en", "zh")
        for text in formula.names(each)
    )  # fmt: skip
    name = formula.names(language)[0]
    return FactPage(
        Entity(id, "formula", names), language, name, name, {}, (), formula_registry.LICENCE
    )
