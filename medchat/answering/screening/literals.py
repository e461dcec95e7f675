"""Find by plain substrings which regular expressions can match a text, before any is run.

named expressions -> the substrings of which their matches have one -> those that a text allows
"""

import re
from collections.abc import Collection, Mapping, Sequence
from importlib import import_module
from typing import Any

from knowledge.records import Language

_PARSER: Any = import_module("re._parser")
_WRAPPED = {"ATOMIC_GROUP", "SUBPATTERN"}


_Named = list[tuple[str, Language, re.Pattern[str]]]


class LiteralIndex:
    """Which of some named expressions a text can match at all; what is in doubt is kept."""

    def __init__(self, named: Mapping[str, Mapping[Language, Sequence[re.Pattern[str]]]]) -> None:
        self._always: _Named = []
        by_literal: dict[str, _Named] = {}
        for name, by_language in named.items():
            for language, expressions in by_language.items():
                for expression in expressions:
                    needed = _needed(_PARSER.parse(expression.pattern, expression.flags))
                    one = (name, language, expression)
                    if not needed:
                        self._always.append(one)
                    for literal in needed:
                        by_literal.setdefault(literal, []).append(one)
        self._by_start: dict[str, list[tuple[str, _Named]]] = {}
        for literal, expressed in by_literal.items():
            self._by_start.setdefault(literal[:2], []).append((literal, expressed))

    def possible(
        self, text: str, languages: Collection[Language]
    ) -> dict[str, set[re.Pattern[str]]]:
        """Return by name the expressions of some languages that may match somewhere in a text."""
        able = [*self._always]
        starts = {text[place : place + 2] for place in range(len(text))}.union(text)
        for start in starts.intersection(self._by_start):
            for literal, expressed in self._by_start[start]:
                if literal in text:
                    able += expressed
        found: dict[str, set[re.Pattern[str]]] = {}
        for name, language, expression in able:
            if language in languages:
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
