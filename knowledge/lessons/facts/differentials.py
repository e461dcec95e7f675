"""Tell which conditions a case is weighed against, where that is written down.

names of a condition -> the conditions that convince beside it, the one that matters most first
"""

import re
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple, NotRequired, TypedDict, cast

from knowledge.lessons.facts import rule_files


class Differential(NamedTuple):
    """The conditions that a case is weighed against, each a pattern of names.

    `alone` says that the case may be followed without any of them, too.
    """

    against: tuple[re.Pattern[str], ...]
    alone: bool

    def place_of(self, names: Sequence[str]) -> int | None:
        """Return the place of a condition of these names, 0 for the one that matters most."""
        return next(
            (place for place, each in enumerate(self.against) if any(map(each.search, names))),
            None,
        )

    def convinces(self, named: Sequence[Sequence[str]]) -> bool:
        """Say whether a case that names conditions, each by all its names, weighs enough."""
        if not named:
            return self.alone
        return any(self.place_of(names) is not None for names in named)


class _Row(TypedDict):
    of: str
    against: NotRequired[str]
    alone: NotRequired[bool]


def find(names: Sequence[str]) -> Differential | None:
    """Return what a condition of some names is weighed against, or nothing where none is listed.

    >>> found = find(["Irritable bowel syndrome", "IBS"])
    >>> found and found.place_of(["Celiac disease"]), found and found.convinces([["Ileus"]])
    (0, False)
    """
    return next((each for of, each in _listed() if any(map(of.search, names))), None)


@cache
def _listed() -> tuple[tuple[re.Pattern[str], Differential], ...]:
    rows = cast(list[_Row], rule_files.read("differentials"))
    return tuple(
        (
            re.compile(row["of"], re.IGNORECASE),
            Differential(
                tuple(
                    re.compile(each, re.IGNORECASE)
                    for each in row.get("against", "").split(", ")
                    if each
                ),
                row.get("alone", False),
            ),
        )
        for row in rows
    )
