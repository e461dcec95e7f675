"""Read what sentences of abstracts state about entities, and whether two papers agree on it.

    results and conclusions of an abstract -> those that name two entities -> what one does to the
    other, where the words leave no doubt
    conclusions that name what the title names -> what the paper concludes on its own subject

Two readings that are equal agree, two that exclude each other do not. Of two conclusions on one
subject it is left open, as papers on one subject mostly ask different things.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from typing import Any, Literal

from knowledge.graph.linker import Linker
from knowledge.lessons.facts import rule_files
from knowledge.lessons.facts.quotable_sentences import DANGLING
from knowledge.lessons.facts.study_parts import Abstract, Told
from knowledge.records import Language

Verdict = Literal["agree", "differ", "open"]

_FEWEST_SIGNS = {"en": 4, "zh": 2}
_MOST_ENTITIES = 4
"""A sentence that names more of them is a list."""

_SUBJECTS = ("condition:", "medicine:")
"""Of what kinds the subject of a paper is."""

_SIGNS = ("\x01", "\x02")


@dataclass(frozen=True, slots=True)
class Finding:
    """What a sentence of a paper states about two entities, the one that it names first first.

    `names` are their names as the sentence has them. `reading` is empty where nothing can be read.
    """

    sentence: Told
    entities: tuple[str, str]
    names: tuple[str, str]
    reading: str
    is_mutual: bool

    @property
    def is_on_subject(self) -> bool:
        """Say whether it is a conclusion on one thing, which the title names."""
        return self.entities[0] == self.entities[1]


def read_subjects(abstract: Abstract, title: str, linker: Linker) -> Iterator[Finding]:
    """Yield the first conclusion of an abstract on each condition or medicine of its title."""
    concluded = [
        one
        for one in abstract.sentences
        if one.role == "conclusion" and one.is_quotable and not DANGLING.match(one.text)
    ]
    if not concluded:
        return
    in_title = {ids[0] for _, ids in _named(title, abstract.language, linker)}
    seen: set[str] = set()
    for one in concluded:
        for name, ids in _named(one.text, abstract.language, linker):
            if ids[0] in in_title and ids[0] not in seen:
                seen.add(ids[0])
                yield Finding(one, (ids[0], ids[0]), (name, name), "", is_mutual=False)


def _named(text: str, language: Language, linker: Linker) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the conditions and medicines that a text names, but not such as pain or infection."""
    for start, end, ids, corrected in sorted(linker.spans(text)):
        name = text[start:end]
        long = end - start >= _FEWEST_SIGNS[language]
        if long and not corrected and ids[0].startswith(_SUBJECTS) and not _is_general(name):
            yield name, tuple(ids)


def _is_general(name: str) -> bool:
    return name.casefold() in _general()


def read_findings(abstract: Abstract, linker: Linker) -> Iterator[Finding]:
    """Yield what the results and conclusions of an abstract state about any two entities."""
    for one in abstract.sentences:
        if one.role not in ("result", "conclusion") or not one.is_quotable:
            continue
        if not _stating(abstract.language).search(one.text):
            continue
        named: dict[str, tuple[int, int]] = {}
        for start, end, ids, corrected in linker.spans(one.text):
            if not corrected and end - start >= _FEWEST_SIGNS[abstract.language]:
                named.setdefault(ids[0], (start, end))
        if not 2 <= len(named) <= _MOST_ENTITIES:
            continue
        ordered = sorted(named.items(), key=lambda each: each[1])
        for (first, place), (second, other) in combinations(ordered, 2):
            reading, mutual = _reading(one.text, place, other, abstract.language)
            names = one.text[slice(*place)], one.text[slice(*other)]
            yield Finding(one, (first, second), names, reading, mutual)


def verdict(one: Finding, other: Finding) -> Verdict:
    """Say whether two findings on the same two entities agree."""
    turned = one.entities != other.entities
    if not one.reading or not other.reading:
        return "open"
    if turned and not (one.is_mutual and other.is_mutual):
        return "open"
    if one.reading == other.reading:
        return "agree"
    return "differ" if {one.reading, other.reading} in _against() else "open"


def spoken_names(one: Finding, other: Finding) -> tuple[str, str]:
    """Return what the two entities are called: as within a sentence, not at its beginning."""
    theirs = dict(zip(other.entities, other.names, strict=True))
    first, second = (
        theirs[id]
        if one.sentence.text.startswith(name) and not other.sentence.text.startswith(theirs[id])
        else name
        for id, name in zip(one.entities, one.names, strict=True)
    )
    return first, second


def _reading(
    text: str, first: tuple[int, int], second: tuple[int, int], language: Language
) -> tuple[str, bool]:
    """Return what a sentence states of two names in it, and whether of both alike."""
    masked = (
        text[: first[0]] + _SIGNS[0] + text[first[1] : second[0]] + _SIGNS[1] + text[second[1] :]
    )
    patterns, unsure = _patterns(language)
    for reading, mutual, pattern in patterns:
        if found := pattern.search(masked):
            rest = f"{masked[: found.start()]} {masked[found.end() :]}"
            return ("", False) if unsure.search(rest) else (reading, mutual)
    return "", False


@cache
def _patterns(
    language: Language,
) -> tuple[list[tuple[str, bool, re.Pattern[str]]], re.Pattern[str]]:
    raw = _raw()
    parts: Mapping[str, str] = raw["parts"][language]
    found = [
        (reading, kind == "mutual", re.compile(_whole(raw, _filled(of[language], parts), language)))
        for kind in ("directed", "mutual")
        for reading, of in raw[kind].items()
    ]
    return found, re.compile(raw["unsure"][language], re.IGNORECASE)


def _whole(raw: Any, patterns: Iterable[str], language: Language) -> str:  # noqa: ANN401
    lead, tail = raw["lead"][language], raw["tail"][language]
    return f"(?i){lead}(?:{'|'.join(patterns)}){tail}"


@cache
def _stating(language: Language) -> re.Pattern[str]:
    return re.compile(_raw()["states"][language], re.IGNORECASE)


def _filled(patterns: Iterable[str], parts: Mapping[str, str]) -> Iterator[str]:
    for pattern in patterns:
        text = pattern.replace("X", _SIGNS[0]).replace("Y", _SIGNS[1])
        for name, part in parts.items():
            text = text.replace(f"«{name}»", part)
        yield text


@cache
def _general() -> frozenset[str]:
    return frozenset(name for of in _raw()["general"].values() for name in of)


@cache
def _against() -> tuple[frozenset[str], ...]:
    return tuple(map(frozenset, _raw()["against"]))


@cache
def _raw() -> Any:  # noqa: ANN401 - as the file holds it
    return rule_files.read("paper_findings")
