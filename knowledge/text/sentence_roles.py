"""Tell what a sentence of a study tells: its aim, its method, a result, or a conclusion.

    sentence + section -> role

An aim repeats the words of a question and answers nothing; the result answers. What a section is
called decides, and where it is not called anything, the words of the sentence.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from typing import Literal

import yaml

Role = Literal["conclusion", "result", "background", "method", "aim"]

_SECTIONS: Mapping[Role, re.Pattern[str]] = {
    "conclusion": re.compile(
        "conclu|discussion|interpretation|implication|结论|讨论", re.IGNORECASE
    ),
    "result": re.compile("result|finding|结果", re.IGNORECASE),
    "aim": re.compile(
        "objective|aim|purpose|background|introduction|目的|背景|引言", re.IGNORECASE
    ),
    "method": re.compile(
        "method|design|setting|patients|participants|measure|intervention|material|方法|资料",
        re.IGNORECASE,
    ),
}
"""How the sections are called that hold nothing but one role; the first that fits counts."""

_COMPARED = re.compile(
    r"\d+(?:\.\d+)?\s?%[^.]*\b(?:vs\.?|versus|and|compared|than)\b|\b[pP]\s*[<=>≤≥]\s*\.?\d|P\s*[<＜]"
)
"""A figure set beside another, which is a result however the sentence begins."""

_MIXED = re.compile("method.*result|summary|abstract|摘要", re.IGNORECASE)


def role_of_section(section: str) -> Role | None:
    """Return what a section tells by its name, or None where that does not say.

    >>> role_of_section("RESULTS"), role_of_section("Treatment")
    ('result', None)
    """
    if _MIXED.search(section):
        return None
    return next((role for role, name in _SECTIONS.items() if name.search(section)), None)


@lru_cache(maxsize=8_000)
def role_of(sentence: str, section: str = "") -> Role:
    """Return what a sentence tells.

    >>> role_of("To assess whether aspirin prevents stroke.")
    'aim'
    >>> role_of("Stroke was less common with aspirin (3% vs 5%, P = 0.01).")
    'result'
    """
    known = role_of_section(section)
    if known is not None:
        return known
    patterns = _patterns()
    if patterns["aim"].search(sentence) and not _COMPARED.search(sentence):
        return "aim"
    for role in ("conclusion", "result", "method"):
        if patterns[role].search(sentence):
            if role == "result" and patterns["method"].search(sentence) and not _tells(sentence):
                return "method"
            return role
    return "background"


def _tells(sentence: str) -> bool:
    """Say whether a sentence that speaks like a result and like a method is a result."""
    return bool(_COMPARED.search(sentence) or _patterns()["outcome"].search(sentence))


@lru_cache(maxsize=1)
def _patterns() -> dict[str, re.Pattern[str]]:
    text = files("knowledge.text").joinpath("sentence_roles.yaml").read_text(encoding="utf-8")
    told: dict[str, dict[str, list[str]]] = yaml.safe_load(text)
    return {
        role: re.compile("|".join(p for each in of.values() for p in each), re.IGNORECASE)
        for role, of in told.items()
    }


def roles_in_order(sentences: Sequence[str], sections: Sequence[str]) -> list[Role]:
    """Return what each sentence of one abstract tells, each beside those before it.

    After the last method everything is a result, and what ends the abstract without a figure of
    its own is its conclusion.
    """
    roles = [role_of(one, section) for one, section in zip(sentences, sections, strict=True)]
    setup = [place for place, role in enumerate(roles) if role in ("method", "aim")]
    begun = (setup[-1] if setup else -1) + 1
    for place in range(begun, len(roles)):
        if roles[place] == "background" and setup:
            ends = place >= len(roles) - _CLOSING and not _FIGURE.search(sentences[place])
            roles[place] = "conclusion" if ends else "result"
    return roles


_CLOSING = 2
"""So many sentences at the end of an abstract are its conclusion where they hold no figures."""

_FIGURE = re.compile(r"\d")
