"""Show the passages that a row quotes, so that nobody quotes from a title alone.

passages of a paper + those quoted -> numbered lines, to stand before a question
"""

import re
from collections.abc import Collection, Sequence

_LONGEST = 3_000
"""Characters of a paper that is shown as a whole."""

_ADDRESS = re.compile(r"https?:|www\.|@|\b\d+\.\d+\.\d+\.\d+\b")
"""Where to find somebody or something: a passage with it is shown only if it is quoted."""


def show(passages: Sequence[tuple[str, str, str]], quoted: Collection[str]) -> str:
    """Return the passages of a paper under numbers, a line each; of a long one those quoted."""
    lines = {
        id: " ".join(f"{section.rstrip(' :：')}: {text}".split() if section else text.split())
        for id, section, text in passages
    }
    whole = sum(map(len, lines.values())) <= _LONGEST
    lines = {
        id: line
        for id, line in lines.items()
        if id in quoted or (whole and not _ADDRESS.search(line))
    }
    told = dict.fromkeys(lines.values())
    return "".join(f"[{number}] {line}\n" for number, line in enumerate(told, 1)) + "\n"
