"""Find by plain substrings which regular expressions can match a text, before any is run.

named expressions -> the substrings of which their matches have one -> those that a text allows
"""

import re
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any

_PARSER: Any = import_module("re._parser")
_WRAPPED = {"ATOMIC_GROUP", "SUBPATTERN"}


class LiteralIndex:
    """Which of some named expressions a text can match at all; what is in doubt is kept."""

    def __init__(self, named: Mapping[str, Sequence[re.Pattern[str]]]) -> None:
        self._always: list[tuple[str, re.Pattern[str]]] = []
        by_literal: dict[str, list[tuple[str, re.Pattern[str]]]] = {}
        for name, expressions in named.items():
            for expression in expressions:
                needed = _needed(_PARSER.parse(expression.pattern, expression.flags))
                if not needed:
                    self._always.append((name, expression))
                for literal in needed:
                    by_literal.setdefault(literal, []).append((name, expression))
        self._by_start: dict[str, list[tuple[str, list[tuple[str, re.Pattern[str]]]]]] = {}
        for literal, expressed in by_literal.items():
            self._by_start.setdefault(literal[:2], []).append((literal, expressed))

    def possible(self, text: str) -> dict[str, set[re.Pattern[str]]]:
        """Return by name the expressions that may match somewhere in a text."""
        found: dict[str, set[re.Pattern[str]]] = {}
        for name, expression in self._always:
            found.setdefault(name, set()).add(expression)
        starts = {text[place : place + 2] for place in range(len(text))}.union(text)
        for start in starts.intersection(self._by_start):
            for literal, expressed in self._by_start[start]:
                if literal in text:
                    for name, expression in expressed:
                        found.setdefault(name, set()).add(expression)
        return found


def _needed(parsed: Sequence[Any]) -> frozenset[str]:
    """Return substrings of which every match has one; none where there are no such."""
    options = [frozenset({run}) for run in _runs(parsed)]
    for code, given in parsed:
        name = str(code)
        if name in _WRAPPED:
            options.append(_needed(given[-1] if name == "SUBPATTERN" else given))
        elif name == "BRANCH":
            branches = [_needed(branch) for branch in given[1]]
            options.append(frozenset().union(*branches) if all(branches) else frozenset())
        elif name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT") and given[0] > 0:
            options.append(_needed(given[2]))
    # The longest of the shortest substrings tells texts apart best, then the fewest of them.
    return max(
        options, key=lambda each: (min(map(len, each), default=0), -len(each)), default=_NONE
    )


def _runs(parsed: Sequence[Any]) -> list[str]:
    """Return the runs of plain characters that follow one another."""
    runs, run = [], ""
    for code, given in parsed:
        if str(code) == "LITERAL":
            run += chr(given)
        elif str(code) not in ("AT", "ASSERT", "ASSERT_NOT"):
            runs.append(run)
            run = ""
    return [each for each in (*runs, run) if each]


_NONE: frozenset[str] = frozenset()
