"""Read the findings that a message reports or denies, by the names of a graph and what people say.

message -> clauses -> graph names and findings.yaml -> Reported(present, absent)
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, cast

import yaml

from knowledge.graph.linker import EntityMention, Linker
from knowledge.records import Language
from medchat.answering.screening.rules import pattern
from medchat.answering.screening.statements import clauses, fold, is_asserted, is_denied

_KINDS = ("symptom:",)
_SMOKES = re.compile(
    r"(?<!non-)(?<!non )(?<!never )(?<!ex-)\bsmok(?:er|es|ing)\b(?! cessation)|\bpack[- ]years?\b|"
    "(?<!不)(?<!无)(?<!戒)(?:吸烟|抽烟)(?!史?无)|烟民"
)
_SMOKING = ("smoking", "吸烟")


@dataclass(frozen=True, slots=True)
class Saying:
    """What people say of one finding: its names, and the patterns that mean it."""

    name: str
    names: Mapping[Language, str]
    patterns: tuple[re.Pattern[str], ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding as it was reported: the words, the graph's entities, the sayings it belongs to."""

    text: str
    entities: frozenset[str] = frozenset()
    sayings: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Reported:
    """The findings of a message: what is there, and what is said not to be."""

    present: tuple[Finding, ...] = ()
    absent: tuple[Finding, ...] = ()


@cache
def sayings() -> tuple[Saying, ...]:
    """Return what people say of findings, read once in a process."""
    path = files("medchat.answering.differential").joinpath("findings.yaml")
    read = cast(Any, yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader))
    return tuple(
        Saying(name, {"en": name, "zh": chinese}, (pattern(english), pattern(said)))
        for name, (chinese, english, said) in read.items()
    )


def sayings_of(names: Collection[str]) -> frozenset[str]:
    """Return the sayings that the names of an entity belong to."""
    folded = [fold(name) for name in names]
    return frozenset(
        saying.name
        for saying in sayings()
        if any(each.search(name) for each in saying.patterns for name in folded)
    )


def saying_name(finding: Finding, language: Language) -> str:
    """Return the first of a finding's sayings by its name in a language, or nothing."""
    names = (each.names[language] for each in sayings() if each.name in finding.sayings)
    return next(names, "")


def read_findings(message: str, linker: Linker, *, asked: bool = True) -> Reported:
    """Return what a message reports of a patient, each finding once, in the order of the words.

    With `asked` what stands in a question counts as reported: "What causes fever and cough?".
    """
    present: dict[frozenset[str], Finding] = {}
    absent: dict[frozenset[str], Finding] = {}
    for clause in clauses(fold(message)):
        for start, end, finding in _found(clause.text, linker):
            key = finding.sayings or finding.entities
            if is_denied(clause, start, end):
                absent.setdefault(key, finding)
            elif is_asserted(clause, start, end) or (asked and clause.asks):
                present.setdefault(key, finding)
    kept = {key: finding for key, finding in absent.items() if key not in present}
    return Reported(tuple(present.values()), tuple(kept.values()))


def read_risks(message: str, linker: Linker) -> tuple[Finding, ...]:
    """Return the risk factors that a message states of a patient: "a smoker of 60"."""
    found: dict[frozenset[str], Finding] = {}
    for clause in clauses(fold(message)):
        for match in _SMOKES.finditer(clause.text):
            if is_asserted(clause, match.start(), match.end()):
                ids = {
                    id for name in _SMOKING for each in linker.find(name) for id in each.entities
                }
                found.setdefault(frozenset(ids), Finding(match[0], frozenset(ids)))
    return tuple(found.values())


def _found(text: str, linker: Linker) -> Iterator[tuple[int, int, Finding]]:
    """Yield the findings of a clause with their places: named by the graph, or said otherwise."""
    spans: list[tuple[int, int, Finding]] = []
    for mention in linker.find(text, correct=False):
        entities = frozenset(id for id in mention.entities if id.startswith(_KINDS))
        if entities:
            finding = Finding(mention.text, entities, sayings_of([mention.text]))
            spans.append((mention.start, mention.end, finding))
    for saying in sayings():
        match = next((m for each in saying.patterns for m in each.finditer(text)), None)
        if match is None:
            continue
        if any(saying.name in finding.sayings for _, _, finding in spans):
            continue
        entities = _entities(saying, linker)
        spans.append(
            (match.start(), match.end(), Finding(match[0], entities, frozenset({saying.name})))
        )
    yield from sorted(spans, key=lambda each: each[:2])


def _entities(saying: Saying, linker: Linker) -> frozenset[str]:
    """Return the graph's entities that bear a saying's own names."""
    found: list[EntityMention] = [
        mention
        for name in saying.names.values()
        for mention in linker.find(name, correct=False)
        if len(mention.text) == len(name)
    ]
    return frozenset(id for mention in found for id in mention.entities if id.startswith(_KINDS))
