"""Tell what a condition is weighed against first, as `expected_rivals.yaml` lists it.

names of a condition -> pattern of the names of its rivals, or none where nothing is listed
"""

import re
from collections.abc import Sequence
from functools import cache

from knowledge.lessons.facts import rule_files
from knowledge.lessons.facts.fact_page import FactPage


def lacks(page: FactPage, named: Sequence[FactPage]) -> bool:
    """Say whether a case of a condition names none of what it is to be weighed against."""
    wanted = pattern_of(page)
    return wanted is not None and not any(wanted.search(_names(each)) for each in named)


def is_expected(page: FactPage, other: FactPage) -> bool:
    """Say whether a condition is one that another is to be weighed against."""
    wanted = pattern_of(page)
    return wanted is not None and wanted.search(_names(other)) is not None


def pattern_of(page: FactPage) -> re.Pattern[str] | None:
    """Return a pattern of the rivals of a condition, or none where nothing is listed."""
    return page.cached("expected rivals", _find)


def _find(page: FactPage) -> re.Pattern[str] | None:
    names = _names(page)
    return next((rival for of, rival in _listed() if of.search(names)), None)


def _names(page: FactPage) -> str:
    return " ".join(each.text for each in page.entity.names)


@cache
def _listed() -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
    return rule_files.pattern_pairs(rule_files.read("expected_rivals"), "of", "rival")
