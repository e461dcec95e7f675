"""Extract the inputs of a formula from a user's words, to compare them with a call.

    words -> numbers with units, names before them, findings that are there or denied -> yes or no

A number counts for an input where its unit is that of the input, and where it stands behind the
input's name or behind no other's.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from knowledge.calculators.formulas.formula import Formula, Input
from knowledge.records import Language
from knowledge.text import units
from knowledge.text.denial import find_denials

_SEXES: dict[Language, dict[str, re.Pattern[str]]] = {
    "en": {
        "female": re.compile(
            r"\b(?:female|wom[ae]n|lady|girl|she|her|mother|grandmother|sister|aunt|wife)\b", re.I
        ),
        "male": re.compile(
            r"\b(?:male|m[ae]n|gentleman|boy|he|his|him|father|grandfather|brother|uncle|husband)\b",
            re.I,
        ),
    },
    "zh": {
        "female": re.compile("女|她|妈|奶奶|姐|姑|妻"),
        "male": re.compile("男|(?<!其)他|爸|爷|哥|叔|丈夫"),
    },
}
_DENIED_BEHIND = re.compile(r"\s?(?:: ?no\b|：[无否])")
_PRESSURE = re.compile(r"(?:\bBP\b|blood pressure|血压)\D{0,5}(\d+)/(\d+)", re.IGNORECASE)
_LINK = r"(?:: ?| = | is | |：|为)?"


class StatedInputs:
    """What the words of a user tell of the inputs of one formula."""

    def __init__(self, text: str, formula: Formula, language: Language) -> None:
        self._text = text
        self._language = language
        self._formula = formula
        self._numbers, self._loose = self._read()
        self._present, self._denied = self._read_findings()

    def number(self, one: Input, number: str, unit: str) -> bool:
        """Say whether a number in a unit is told for an input."""
        spelled = set(_spellings(unit, self._language))
        near = self._numbers.get(one.key, set())
        return any((number, each) in near or (number, each) in self._loose for each in spelled)

    def behind(self, key: str) -> set[tuple[str, str]]:
        """Return the numbers with their units that stand behind the names of an input."""
        return self._numbers.get(key, set())

    def choice(self, one: Input, key: str) -> bool:
        """Say whether a choice is told, and no other one."""
        if one.is_finding:
            return (one.key in self._present) == (key == "yes")
        if one.key == "sex":
            cues = _SEXES[self._language]
            told = {sex for sex, cue in cues.items() if cue.search(self._text)}
            return told == {key}
        names = "|".join(map(re.escape, one.names(self._language)))
        said = {
            each.key
            for each in one.choices
            for name in each.names(self._language)
            if re.search(rf"(?:{names}){_LINK}{re.escape(name)}(?![\w])", self._text, re.I)
            or (self._language == "zh" and re.search(f"(?:{names}){_LINK}{name}", self._text))
        }
        return key in said and not {each for each in said - {key} if self._longer(one, each, key)}

    def any_of(self, one: Input) -> bool:
        """Say whether anything is told of an input that is said to be missing."""
        if one.key == "sex":
            return any(cue.search(self._text) for cue in _SEXES[self._language].values())
        if one.choices:
            return any(self.choice(one, each.key) for each in one.choices)
        if one.key == "age":
            return any(
                unit in _spellings("years", self._language) and unit
                for _, _, unit in units.find_quantities(self._text)
            )
        return bool(self._numbers.get(one.key))

    def _longer(self, one: Input, other: str, key: str) -> bool:
        """Say whether the name of another choice is no part of this one's name."""
        by_key = {each.key: each.names(self._language)[0] for each in one.choices}
        return by_key[other] not in by_key[key]

    def _read(self) -> tuple[dict[str, set[tuple[str, str]]], set[tuple[str, str]]]:
        """Return the quantities behind the names of inputs, and those behind none."""
        quantities = list(units.find_quantities(self._text))
        near: dict[str, set[tuple[str, str]]] = {}
        taken: set[int] = set()
        if found := _PRESSURE.search(self._text):
            for key, group in (("sbp", 1), ("dbp", 2)):
                unit = next((u for p, n, u in quantities if p == found.start(group)), "")
                near.setdefault(key, set()).add((found[group], unit))
                taken.add(found.start(group))
        names = list(occurrences(self._text, self._numeric(), self._language))
        for place, (_, end, key) in enumerate(names):
            stop = names[place + 1][0] if place + 1 < len(names) else len(self._text)
            behind = [each for each in quantities if end <= each[0] < min(stop, end + 40)]
            for start, number, unit in behind[:1]:
                near.setdefault(key, set()).add((number, unit))
                taken.add(start)
        loose = {(number, unit) for start, number, unit in quantities if start not in taken}
        return near, loose

    def _numeric(self) -> list[Input]:
        return [each for each in self._formula.inputs if not each.choices]

    def _read_findings(self) -> tuple[set[str], set[str]]:
        """Return the findings that are told to be there, and those that are denied."""
        findings = [each for each in self._formula.inputs if each.is_finding]
        present: set[str] = set()
        denied: set[str] = set()
        for start, end, key in occurrences(self._text, findings, self._language):
            before, behind = self._text[max(0, start - 10) : start], self._text[end : end + 8]
            no = _ends_in_denial(before) or _DENIED_BEHIND.match(behind)
            (denied if no else present).add(key)
        return present - denied, denied


def _ends_in_denial(text: str) -> bool:
    found = find_denials(text)
    return bool(found) and not text[found[-1].end :].strip()


def masked(text: str, names: Iterable[str]) -> str:
    """Return a text with names replaced by blanks, whatever the case, the longest first."""
    return _any_of(tuple(names)).sub(lambda found: " " * len(found[0]), text)


def names_one(text: str, names: Iterable[str]) -> bool:
    """Say whether a text holds one of some names, whatever the case."""
    return _any_of(tuple(names)).search(text) is not None


def named(text: str, names: Iterable[str]) -> set[str]:
    """Return which of some names a text holds, in small letters, the longest at each place."""
    found = _any_of(tuple(sorted(names))).finditer(text)
    return {hit[0].casefold() for hit in found}


def occurrences(
    text: str, inputs: Iterable[Input], language: Language
) -> Iterator[tuple[int, int, str]]:
    """Yield where inputs are named, from left to right, the longest name at each place."""
    names = {name.casefold(): each.key for each in inputs for name in each.names(language)}
    for hit in _any_of(tuple(names)).finditer(text):
        yield hit.start(), hit.end(), names[hit[0].casefold()]


@lru_cache(maxsize=4096)
def _any_of(names: tuple[str, ...]) -> re.Pattern[str]:
    """Return the expression that finds names, those in Latin letters as whole words only."""
    longest = sorted(set(names), key=lambda name: (-len(name), name))
    whole = "|".join(
        (r"(?<![A-Za-z0-9])" if name[0].isascii() else "")
        + re.escape(name)
        + (r"(?![A-Za-z0-9])" if name[-1].isascii() else "")
        for name in longest
    )
    return re.compile(whole or r"(?!)", re.IGNORECASE)


def _spellings(unit: str, language: Language) -> tuple[str, ...]:
    return units.spellings(unit, language) or ("",)
