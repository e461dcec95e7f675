"""Look up clinical formulas and scores by their ids and names.

    tables of `body`, `kidney`, `blood`, `heart`, `liver`, `scores`, `vessels`
    -> one registry

Written for medchat from what the cited publications and common textbooks state; a formula without a
source goes by its standard name only.
"""

from functools import cache

from knowledge.calculators.formulas import blood, body, heart, kidney, liver, scores, vessels
from knowledge.calculators.formulas.formula import Formula
from knowledge.records import Language

FORMULAS: dict[str, Formula] = {
    formula.id: formula
    for table in (body, kidney, blood, heart, liver, scores, vessels)
    for formula in table.FORMULAS
}

LICENCE = "CC0-1.0"
"""Facts of formulas bear no licence of their own; their wording here is given away."""


def named(name: str, language: Language) -> Formula | None:
    """Return the formula that a name means, whatever the case."""
    return _by_name(language).get(name.casefold())


@cache
def _by_name(language: Language) -> dict[str, Formula]:
    return {
        name.casefold(): formula
        for formula in FORMULAS.values()
        for name in formula.names(language)
    }
