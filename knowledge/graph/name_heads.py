"""Tell which names are kinds of which other ones, by the words that they are made of.

bacterial pneumonia, hepatitis B -> kinds of pneumonia, hepatitis
heart failure with reduced ejection fraction -> heart failure
"""

import re
from collections.abc import Iterator, Mapping

from knowledge.text.characters import CJK

_CHINESE = re.compile(f"[{CJK}]")
_MOST_WORDS = 4
"""A kind has at most so many words more than its head, a Chinese one twice as many characters."""

_FURTHER = re.compile(" (?:with|without|due to|in|of|after|during|secondary to|caused by) ")


_FINDINGS = frozenset(
    {"fever", "发热", "热", "pain", "痛", "疼痛", "cough", "咳嗽", "headache", "头痛"}
)
"""Findings after which illnesses are called: whoever has a fever need not have dengue fever."""


def kinds_by_head(names: Mapping[str, str]) -> dict[str, list[str]]:
    """Return the entities whose names end with another name, by that one, the shortest first.

    `names` gives the entity of each normalised name; only conditions are kinds.
    """
    found: dict[str, list[str]] = {}
    for name in sorted(names, key=len):
        if not names[name].startswith("condition:"):
            continue
        for head in _ends(name):
            if (
                head in names
                and head not in _FINDINGS
                and names[name] not in found.setdefault(head, [])
            ):
                found[head].append(names[name])
    return {head: kinds for head, kinds in found.items() if kinds}


def heads(name: str) -> list[str]:
    """Return what a name is a kind of, as its words say.

    >>> heads("heart failure with reduced ejection fraction"), heads("射血分数降低的心力衰竭")
    (['heart failure'], ['心力衰竭'])
    """
    if _CHINESE.search(name):
        _, mark, head = name.rpartition("的")
        return [head] if mark and len(head) > 1 else []
    match = _FURTHER.search(name)
    return [name[: match.start()]] if match else []


def _ends(name: str) -> Iterator[str]:
    if _CHINESE.search(name):
        for place in range(1, min(2 * _MOST_WORDS, len(name) - 1)):
            yield name[place:]
        return
    words = name.split()
    for place in range(1, min(_MOST_WORDS + 1, len(words))):
        yield " ".join(words[place:])
    if len(words) > 1 and len(words[-1]) == 1:
        yield " ".join(words[:-1])
