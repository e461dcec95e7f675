"""Tell from which age on a medicine is given.

name of a medicine + condition, or a text on its use in children -> years

`youngest_ages.yaml` lists licences; a text tells its own age in its own words.
"""

import re
from functools import cache, lru_cache
from typing import NamedTuple, NotRequired, TypedDict, cast

from knowledge.lessons.facts import rule_files

GROWN = 18
"""Years of somebody who is no child any more."""

_FROM = re.compile(
    r"\bfrom (?:the age of )?(?P<en>\d+|one|two) years?|"
    r"(?P<zh>\d+)岁(?:及)?以上[^，。；]*(?:可用|可按|使用)",
    re.IGNORECASE,
)
_UNDER = re.compile(
    r"\b(?:under|below|younger than) (?P<en>\d+)(?: years?| but|\b)(?! (?:months?|weeks?|kg))|"
    r"(?P<zh>\d+)岁以下",
    re.IGNORECASE,
)
_NOT_IN_CHILDREN = re.compile(
    r"^(?:not (?:for|used in|in|given to)|contraindicated in|avoided in) children(?! under)|"
    "^儿童(?:禁用|不用|避免|不宜)|^(?:禁用于|不用于)儿童",
    re.IGNORECASE,
)
_WORDS = {"one": 1, "two": 2}


class _Licence(NamedTuple):
    """Medicines by their names, from which age on they are given, and what is excepted."""

    named: re.Pattern[str]
    years: int
    but: re.Pattern[str]


class _Row(TypedDict):
    named: str
    years: int
    but: NotRequired[str]


@lru_cache(maxsize=1 << 15)
def of_name(medicine: str, condition: str) -> int:
    """Return from which age on a medicine is given for a condition; 0 where nothing is known.

    >>> of_name("ciprofloxacin", "cystitis"), of_name("阿司匹林", "川崎病")
    (18, 0)
    """
    for each in _licences():
        if each.named.search(medicine) and not each.but.search(condition):
            return each.years
    return 0


def of_text(text: str) -> int:
    """Return from which age on a medicine is used by a text on its use in children.

    >>> of_text("12岁以下禁用：可致肝衰竭。"), of_text("Used in children from 2 years.")
    (12, 2)
    >>> of_text("3个月以下婴儿禁用。"), of_text("Not under 3 months.")
    (0, 0)
    """
    if _NOT_IN_CHILDREN.match(text):
        return GROWN
    found = _UNDER.search(text) or _FROM.search(text)
    if found is None:
        return 0
    said = found["en"] or found["zh"]
    return _WORDS.get(said.casefold()) or int(said)


@cache
def _licences() -> tuple[_Licence, ...]:
    return tuple(
        _Licence(
            re.compile(row["named"], re.IGNORECASE),
            row["years"],
            re.compile(row.get("but", "(?!)"), re.IGNORECASE),
        )
        for row in cast(list[_Row], rule_files.read("youngest_ages"))
    )
