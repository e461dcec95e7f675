"""Find which relation a question asks for, where patterns of whole questions say it.

    question, its names masked by what they are -> patterns of asked.yaml -> relation + side

A pattern says more than a cue: "when should I not give ◆" asks for contraindications.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from knowledge.graph.linker import EntityMention
from knowledge.search.reading import reading_tables as tables

DRUG, OTHER = "◆", "◇"
"""What stands for a name of a medicine, and of anything else, in a masked question."""

_SLOTS = {
    "{drug}": f"(?:the |an? )?{DRUG}+",
    "{illness}": f"(?:the |an? |(?:someone|people|patients?) with |acute |severe )?{OTHER}+",
    "{x}": f"(?:the |an? )?[{DRUG}{OTHER}]+",
}
_GAP_EN = rf"[^.?!;{DRUG}{OTHER}]{{0,60}}?"
_GAP_ZH = rf"[^。？！；{DRUG}{OTHER}]{{0,12}}?"


@dataclass(frozen=True, slots=True)
class AskedPart:
    """A part of a question that asks for a relation, `inverse` where it looks from its object."""

    start: int
    end: int
    relation: str
    inverse: bool


@dataclass(frozen=True, slots=True)
class _Pattern:
    relation: str
    inverse: bool
    words: re.Pattern[str]


def asked_parts(text: str, mentions: Sequence[EntityMention]) -> list[AskedPart]:
    """Return the parts of a question that ask for a relation, none of which overlaps another."""
    masked = _masked(text, mentions)
    found: list[AskedPart] = []
    for pattern in _patterns():
        for match in pattern.words.finditer(masked):
            start, end = match.span()
            if not any(start < part.end and part.start < end for part in found):
                found.append(AskedPart(start, end, pattern.relation, pattern.inverse))
    return sorted(found, key=lambda part: part.start)


def _masked(text: str, mentions: Sequence[EntityMention]) -> str:
    signs = list(text)
    for mention in mentions:
        drug = mention.entities[0].startswith("medicine:")
        signs[mention.start : mention.end] = (DRUG if drug else OTHER) * (
            mention.end - mention.start
        )
    return "".join(signs)


@cache
def _patterns() -> tuple[_Pattern, ...]:
    return tuple(_read())


def _space(match: re.Match[str]) -> str:
    return r"[\s,]*" if match[1] else r"[\s,]+"


def _read() -> Iterator[_Pattern]:
    for row in tables.asked():
        for language, gap in (("en", _GAP_EN), ("zh", _GAP_ZH)):
            for written in row.get(language, ()):
                pattern = written.replace("{..}", gap)
                for slot, meant in _SLOTS.items():
                    pattern = pattern.replace(slot, meant)
                if language == "en":
                    spaced = re.sub(r" (\?)?", _space, pattern)
                    pattern = f"(?<![a-z]){spaced}"
                yield _Pattern(
                    row["relation"], bool(row.get("inverse")), re.compile(pattern, re.IGNORECASE)
                )
