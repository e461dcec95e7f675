"""Write and read citations such as `Rest helps [1].`, and the numbered lines they refer to.

    sentence + numbers -> cited sentence -> markers -> numbers, bare sentence

The only writer and reader of the repository. Written are single numbers before the stop; read is
whatever a writer may make of them: `[1, 2]`, `[1-3]`, `［１］`, before or after the stop.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

# 【1】 is not read: Chinese texts number their headings so.
_BRACKETED = r"[\[［]\s*\d{1,3}(?:\s*[,，、;；–—~～-]\s*\d{1,3})*\s*[\]］]"
_MARKER = re.compile(rf"[^\S\n]*({_BRACKETED})")
TRAILING_MARKERS = re.compile(rf"[ \t]?(?:{_BRACKETED})+")
"""Markers that follow the stop of a sentence and belong to it."""

_AFTER_STOP = re.compile(rf"([.!?。！？；;]+)((?:[^\S\n]*{_BRACKETED})+)$")
_STOPS = re.compile(r"[.!?。！？；;]+$")
_NO_BLANK_AFTER = re.compile(r"[\u3400-\u9fff，。！？；：）】》][”’]?$")
_RANGE = re.compile(r"(\d+)\s*[–—~～-]\s*(\d+)")
_LINE = re.compile(r"^\[(\d+)\] (.+)$", re.MULTILINE)

_LONGEST_RANGE = 20
"""A range of more numbers than any prompt has lines is read as its two ends."""


@dataclass(frozen=True, slots=True)
class Marker:
    """One citation marker in a text: where its brackets are, and the numbers that it cites."""

    start: int
    end: int
    numbers: tuple[int, ...]


def cite(sentence: str, numbers: Sequence[int]) -> str:
    """Put citations before a sentence's final punctuation; Chinese takes no blank before them.

    >>> cite("Gout is painful.", [2]), cite("痛风会痛。", [1, 3]), cite("首选metformin。", [1])
    ('Gout is painful [2].', '痛风会痛[1][3]。', '首选metformin[1]。')
    """
    signs = "".join(f"[{number}]" for number in numbers)
    if not signs:
        return sentence
    body = sentence.rstrip()
    space = sentence[len(body) :]
    stops = _STOPS.search(body)
    stem, stop = (body[: stops.start()], stops[0]) if stops else (body, "")
    stem = stem.rstrip()
    blank = "" if stop[:1] in tuple("。！？；") or _NO_BLANK_AFTER.search(stem) else " "
    return f"{stem}{blank}{signs}{stop}{space}"


def markers(text: str) -> list[Marker]:
    """Return the citation markers of a text, in order."""
    if "[" not in text and "［" not in text:
        return []
    return [
        Marker(found.start(1), found.end(1), _numbers(found[1]))
        for found in _MARKER.finditer(text)
        if not _is_interval(found)
    ]


def cited_numbers(text: str) -> tuple[int, ...]:
    """Return the numbers that a text cites, each once, in order.

    >>> cited_numbers("Metformin ［2］, then insulin [1, 4-6]; a stay of 5 [3-7] days.")
    (2, 1, 4, 5, 6)
    """
    return tuple(dict.fromkeys(number for found in markers(text) for number in found.numbers))


def uncited(text: str) -> str:
    """Return a text without its citations.

    >>> uncited("Gout is painful [2]. 痛风会痛［1］。")
    'Gout is painful. 痛风会痛。'
    """
    return _MARKER.sub(lambda found: found[0] if _is_interval(found) else "", text)


def cite_before_stop(sentence: str) -> str:
    """Return a sentence with the markers that follow its stop moved before it.

    >>> cite_before_stop("Use A.[1] [2]")
    'Use A[1][2].'
    """
    return _AFTER_STOP.sub(lambda found: "".join(found[2].split()) + found[1], sentence)


def number_lines(lines: Sequence[str]) -> str:
    """Return evidence as numbered lines, counted from 1.

    >>> number_lines(["Gout — tests: serum urate."])
    '[1] Gout — tests: serum urate.'
    """
    return "\n".join(f"[{number}] {line}" for number, line in enumerate(lines, 1))


def numbered_lines(text: str) -> dict[int, str]:
    """Return the numbered lines of evidence in a text, by number.

    >>> numbered_lines("Evidence:\\n[1] Gout — tests: serum urate.\\nQuestion: Which tests?")
    {1: 'Gout — tests: serum urate.'}
    """
    if "[" not in text:
        return {}
    return {int(number): line for number, line in _LINE.findall(text)}


def _is_interval(found: re.Match[str]) -> bool:
    """Say whether brackets hold a range of values, as "5 [3-7] days" does, and cite nothing."""
    return bool(_RANGE.search(found[1])) and found.string[: found.start()][-1:].isdigit()


def _numbers(marker: str) -> tuple[int, ...]:
    numbers: list[int] = []
    for part in re.split(r"[,，、;；]", marker):
        ends = _RANGE.search(part)
        first, last = (int(ends[1]), int(ends[2])) if ends else (0, 0)
        if first < last <= first + _LONGEST_RANGE:
            numbers += range(first, last + 1)
        else:
            numbers += map(int, re.findall(r"\d+", part))
    return tuple(numbers)
