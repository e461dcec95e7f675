"""Compute ROUGE-L: how much of a reference an answer repeats in order, and how much else it says.

    answer, reference -> tokens -> longest common subsequence -> F1 of its shares

Lin, "ROUGE: A Package for Automatic Evaluation of Summaries", 2004, with beta 1. Chinese is
compared by characters, everything else by lower-case words and numbers; no stemming.
"""

import re
from collections.abc import Sequence

_TOKEN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]|[^\W\u3400-\u9fff\uf900-\ufaff]+")


def f1(answer: str, reference: str) -> float:
    """Return the F1 of an answer; 0 where either has no token."""
    said, wanted = tokens(answer), tokens(reference)
    common = longest_common(said, wanted)
    return 2 * common / (len(said) + len(wanted)) if common else 0.0


def tokens(text: str) -> list[str]:
    """Return the words and numbers of a text, and its Chinese characters one by one."""
    return _TOKEN.findall(text.casefold())


def longest_common(one: Sequence[str], other: Sequence[str]) -> int:
    """Return the length of the longest common subsequence."""
    row = [0] * (len(other) + 1)
    for token in one:
        before = 0
        for place, each in enumerate(other, 1):
            above = row[place]
            row[place] = before + 1 if token == each else max(above, row[place - 1])
            before = above
    return row[-1]
