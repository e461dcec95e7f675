"""Tell which dangers the findings of a case demand among its possibilities.

findings + who is ill -> dangers, each by a pattern of its names and the findings that demand it
"""

import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Literal, NamedTuple, NotRequired, TypedDict, cast

import yaml

Who = Literal["anybody", "adult", "may be pregnant", "pregnant"]
"""Of whom findings demand a danger."""


class Demand(NamedTuple):
    """Findings that demand a danger, as patterns of which all must be told.

    With `leads` the danger must be the condition that a case puts first.
    """

    who: Who
    findings: tuple[re.Pattern[str], ...]
    danger: re.Pattern[str]
    leads: bool = False

    def demanding(self, told: Sequence[str]) -> list[int]:
        """Return the places of the findings that demand it, or none where one is missing."""
        found = [
            [place for place, each in enumerate(told) if one.search(each)] for one in self.findings
        ]
        return sorted({place for each in found for place in each}) if all(found) else []


class _Row(TypedDict):
    who: Who
    findings: list[str]
    danger: str
    leads: NotRequired[bool]


@cache
def demands() -> tuple[Demand, ...]:
    """Return what findings demand, as `demanded_dangers.yaml` lists it."""
    text = files("knowledge.lessons.facts").joinpath("demanded_dangers.yaml").read_text("utf-8")
    return tuple(
        Demand(
            row["who"],
            tuple(re.compile(each, re.IGNORECASE) for each in row["findings"]),
            re.compile(row["danger"], re.IGNORECASE),
            row.get("leads", False),
        )
        for row in cast(list[_Row], yaml.safe_load(text))
    )
