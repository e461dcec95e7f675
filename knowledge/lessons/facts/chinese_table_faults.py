"""Find what scraped Chinese tables of conditions state that cannot be so.

    condition + relation + value + departments -> may a line of evidence show it

Tables say of haemorrhagic fevers that they spread to nobody, send inflamed eyes to dermatologists
and put half sentences among the findings. A false line misleads whether or not it is cited. The
patterns stand in `chinese_table_faults.yaml`.
"""

import re
from collections.abc import Collection, Mapping
from functools import cache, lru_cache
from typing import Any, NamedTuple, cast

from knowledge.lessons.facts import rule_files

_PLACES = {"department": "department", "body_part": "part"}
_NONE = re.compile("^(?:无|非|不|没有)")
_NEVER_SHOWN = ("course", "prognosis")
"""A number of days or a rate that a table gives to every condition alike."""

_HEALS_ALONE = re.compile("自愈|自行(?:缓解|消退|恢复)")


class _Organ(NamedTuple):
    """Names that speak of a part of the body, and what a table may give to them."""

    name: re.Pattern[str]
    without: re.Pattern[str]
    department: re.Pattern[str]
    part: re.Pattern[str]


class _Unlike(NamedTuple):
    """Conditions, and people of whom a table is not believed that those befall them most."""

    condition: re.Pattern[str]
    people: re.Pattern[str]


def is_unsaid(name: str) -> bool:
    """Say whether a condition has a name that nobody should say, or that names no one illness."""
    return _holds("unsaid_name", name)


@lru_cache(maxsize=1 << 16)
def is_at_fault(condition: str, relation: str, text: str) -> bool:
    """Say whether a table states of a condition what cannot be so, by the names alone.

    >>> is_at_fault("巩膜炎", "department", "皮肤科"), is_at_fault("巩膜炎", "department", "眼科")
    (True, False)
    >>> is_at_fault("肺癌", "course", "治疗周期：1-3个月")
    True
    """
    if relation in _PLACES:
        return not _is_place_of(condition, relation, text)
    if relation == "symptom":
        return _holds("torn_finding", text)
    if relation == "population":
        return any(
            each.condition.search(condition) and each.people.search(text) for each in _unlike()
        )
    if relation == "transmission":
        return _holds("torn_spread", text)
    if relation in _NEVER_SHOWN:
        return _HEALS_ALONE.search(text) is None
    return False


def is_spread_at_fault(condition: str, text: str, departments: Collection[str]) -> bool:
    """Say whether a table is not believed on whether a condition spreads.

    >>> is_spread_at_fault("疫斑热", "无传染性", ()), is_spread_at_fault("痛风", "无传染性", ())
    (True, False)
    >>> is_spread_at_fault("老年人厌氧菌性肺炎", "有传染性", ["呼吸内科"])
    True
    """
    if not _NONE.match(text):
        return not _holds("catching", condition)
    named = _holds("spreads", condition) and not _holds("spreads_not", condition)
    treated = any(_holds("spreads_department", each) for each in departments)
    return named or treated or _holds("asked_of_no_spread", condition)


def _is_place_of(condition: str, relation: str, text: str) -> bool:
    """Say whether a department or part of the body goes with the part that a name speaks of."""
    if relation == "department" and _holds("any_department", text):
        return True
    spoken = [
        each
        for each in _organs()
        if each.name.search(condition)
        and not (each.without.pattern and each.without.search(condition))
    ]
    if len(spoken) != 1:  # which part it befalls is not known: a table says the nearest heading
        return relation == "department"
    known = spoken[0].department if relation == "department" else spoken[0].part
    return known.search(text) is not None


@lru_cache(maxsize=1 << 16)
def _holds(key: str, text: str) -> bool:
    return _pattern(key).search(text) is not None


@cache
def _pattern(key: str) -> re.Pattern[str]:
    return re.compile(cast(str, _rules()[key]).replace(" ", ""))


@cache
def _organs() -> tuple[_Organ, ...]:
    given = cast(Collection[Mapping[str, str]], _rules()["organs"])
    keys = ("name", "not", "department", "part")
    return tuple(_Organ(*(re.compile(each[key]) for key in keys)) for each in given)


@cache
def _unlike() -> tuple[_Unlike, ...]:
    given = cast(Collection[Mapping[str, str]], _rules()["unlike_people"])
    return tuple(_Unlike(re.compile(each["in"]), re.compile(each["people"])) for each in given)


@cache
def _rules() -> Mapping[str, Any]:
    return cast(Mapping[str, Any], rule_files.read("chinese_table_faults"))
