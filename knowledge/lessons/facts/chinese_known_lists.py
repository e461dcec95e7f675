"""Know what belongs in some lists of scraped Chinese sources, by classes of conditions.

    relation + condition + names of its list -> those that may be told of it, or none

A scraped list holds odd names and lacks the one that matters: the test that settles it, the sign
that everybody looks for, the department that treats it. The classes stand in
`chinese_known_tests.yaml` and its like; of a condition of no class nothing is known.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple, cast

from knowledge.lessons.facts import rule_files

RULES = {
    "test": "chinese_known_tests",
    "symptom": "chinese_known_findings",
    "department": "chinese_known_departments",
    "population": "chinese_known_people",
}
"""The relations of which something is known, and the file that holds it."""


class _Class(NamedTuple):
    """Conditions that are alike: each of `needs` has to be among what is told."""

    of: re.Pattern[str]
    without: re.Pattern[str]
    needs: tuple[re.Pattern[str], ...]
    told: re.Pattern[str]


def known_of(relation: str, condition: str, names: Sequence[str]) -> frozenset[str]:
    """Return which names of a list may be told of a condition: none where one is lacking.

    >>> sorted(known_of("test", "甲亢", ["基础代谢", "血清促甲状腺激素", "血清FT4"]))
    ['血清FT4', '血清促甲状腺激素']
    >>> known_of("test", "甲亢", ["基础代谢", "甲状腺吸碘试验"])
    frozenset()
    >>> sorted(known_of("department", "肾盂肾炎", ["内科", "肾内科"]))
    ['肾内科']
    """
    if relation == "test":
        names = [test for test in names if not is_kept_from(condition, test)]
    for each in _classes(relation):
        if each.of.search(condition) and not each.without.search(condition):
            kept = [name for name in names if each.told.search(name)]
            whole = all(any(need.search(name) for name in kept) for need in each.needs)
            return frozenset(kept if whole else ())
    return frozenset()


def is_kept_from(condition: str, test: str) -> bool:
    """Say whether a test is not done where somebody has a condition: no X-rays in pregnancy."""
    return any(
        re.search(each["in"], condition) and re.search(each["test"], test)
        for each in _rules("test")["not_done"]
    )


@cache
def _classes(relation: str) -> tuple[_Class, ...]:
    return tuple(
        _Class(
            re.compile(each["of"]),
            re.compile(each.get("not", "(?!)")),
            tuple(re.compile(need) for need in each["needs"]),
            re.compile(each["told"]),
        )
        for each in _rules(relation)["classes"]
    )


@cache
def _rules(relation: str) -> Mapping[str, Any]:
    return cast(Mapping[str, Any], rule_files.read(RULES[relation]))
