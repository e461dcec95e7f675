"""Tell which dangers the findings of a case demand, and which findings a conclusion demands.

findings + who is ill -> dangers, each by a pattern of its names and the findings that demand it
names of a condition + findings -> whether one of them tells it from what is common
"""

import re
from collections.abc import Sequence
from functools import cache
from typing import Literal, NamedTuple, NotRequired, TypedDict, cast

from knowledge.lessons.facts import rule_files

Who = Literal["anybody", "adult", "mature", "may be pregnant", "pregnant"]
"""Of whom findings demand a danger."""


class Demand(NamedTuple):
    """Findings that demand a danger, as patterns of which all must be told.

    With `leads` the danger must be the condition that a case puts first; `lasts` says that it is
    demanded of findings of weeks and months, too. `asked` is what a doctor asks for before anything
    is concluded: a consultation in which nobody was asked for it is not told.
    """

    who: Who
    findings: tuple[re.Pattern[str], ...]
    danger: re.Pattern[str]
    leads: bool = False
    lasts: bool = False
    asked: re.Pattern[str] | None = None

    def demanding(self, told: Sequence[str]) -> list[int]:
        """Return the places of the findings that demand it, or none where one is missing."""
        found = [
            [place for place, each in enumerate(told) if one.search(each)] for one in self.findings
        ]
        return sorted({place for each in found for place in each}) if all(found) else []


class _Row(TypedDict):
    who: Who
    findings: list[str]
    danger: NotRequired[str]
    leads: NotRequired[bool]
    lasts: NotRequired[bool]
    asked: NotRequired[str]


def lacks_telling(names: str, told: Sequence[str]) -> bool:
    """Say whether findings are too common for a condition of these names to be concluded.

    >>> lacks_telling("Pheochromocytoma", ["headache", "sweating"])
    True
    >>> lacks_telling("嗜铬细胞瘤", ["头痛", "阵发性高血压"]), lacks_telling("gout", ["toe pain"])
    (False, False)
    """
    return any(
        of.search(names) and not any(map(telling.search, told)) for of, telling in _telling()
    )


@cache
def _telling() -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
    return rule_files.pattern_pairs(rule_files.read("telling_findings"), "of", "telling")


@cache
def demands() -> tuple[Demand, ...]:
    """Return what findings demand, as `demanded_dangers.yaml` lists it."""
    return tuple(
        Demand(
            row["who"],
            tuple(re.compile(each, re.IGNORECASE) for each in row["findings"]),
            re.compile(row.get("danger", ""), re.IGNORECASE),
            row.get("leads", False),
            row.get("lasts", False),
            re.compile(row["asked"], re.IGNORECASE) if "asked" in row else None,
        )
        for row in cast(list[_Row], rule_files.read("demanded_dangers"))
    )
