"""Know what a condition is found out by, for lists of tests of scraped Chinese sources.

    condition + names of tests -> those that may be told as its tests, or none

A scraped list holds odd tests and lacks the one that matters. The classes of conditions stand in
`chinese_known_tests.yaml`; of a condition of no class nothing is known.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple, cast

from knowledge.lessons.facts import rule_files


class _Class(NamedTuple):
    """Conditions that are found out alike: each of `needs` has to be among the tests told."""

    of: re.Pattern[str]
    without: re.Pattern[str]
    needs: tuple[re.Pattern[str], ...]
    told: re.Pattern[str]


def known_tests(condition: str, tests: Sequence[str]) -> frozenset[str]:
    """Return which of some tests may be told as those of a condition: none where one is lacking.

    >>> sorted(known_tests("甲亢", ["基础代谢", "血清促甲状腺激素", "血清FT4"]))
    ['血清FT4', '血清促甲状腺激素']
    >>> known_tests("甲亢", ["基础代谢", "甲状腺吸碘试验"]), known_tests("小儿便秘", ["直肠镜"])
    (frozenset(), frozenset())
    """
    tests = [test for test in tests if not is_kept_from(condition, test)]
    for each in _classes():
        if each.of.search(condition) and not each.without.search(condition):
            kept = [test for test in tests if each.told.search(test)]
            whole = all(any(need.search(test) for test in kept) for need in each.needs)
            return frozenset(kept if whole else ())
    return frozenset()


def is_kept_from(condition: str, test: str) -> bool:
    """Say whether a test is not done where somebody has a condition: no X-rays in pregnancy."""
    return any(
        re.search(each["in"], condition) and re.search(each["test"], test)
        for each in _rules()["not_done"]
    )


@cache
def _classes() -> tuple[_Class, ...]:
    return tuple(
        _Class(
            re.compile(each["of"]),
            re.compile(each.get("not", "(?!)")),
            tuple(re.compile(need) for need in each["needs"]),
            re.compile(each["told"]),
        )
        for each in _rules()["classes"]
    )


@cache
def _rules() -> Mapping[str, Any]:
    return cast(Mapping[str, Any], rule_files.read("chinese_known_tests"))
