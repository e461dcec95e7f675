"""Citation markers in a text: `Rest helps [1].`

draft -> sentences, each with its markers before its stop -> bare text and numbers, and back
"""

import re
from collections.abc import Iterable, Sequence

from knowledge.text.sentences import sentence_spans

MARKER = re.compile(r"\s*\[(\d{1,3}(?:\s*[,，、]\s*\d{1,3})*)\]")
"""One marker with the blank before it; the group holds its numbers."""

_AFTER_STOP = re.compile(r"([.!?。！？；])((?:\s*\[\d{1,3}(?:\s*[,，、]\s*\d{1,3})*\])+)")


def split(draft: str) -> list[str]:
    """Return the sentences of a draft, each with its markers before its stop.

    >>> split("Use A.[1] Avoid B [2]. 首选甲。[3]次选乙[1]。")
    ['Use A[1].', 'Avoid B [2].', '首选甲[3]。', '次选乙[1]。']
    """
    moved = _AFTER_STOP.sub(lambda match: match[2].replace(" ", "") + match[1], draft)
    lines = (line.strip(" \t-*•") for line in moved.splitlines())
    return [line[start:end] for line in lines for start, end in sentence_spans(line)]


def markers(sentence: str) -> tuple[int, ...]:
    """Return the numbers that a sentence cites, in order.

    >>> markers("Metformin [2], then insulin [1, 2].")
    (2, 1)
    """
    found = (int(n) for match in MARKER.finditer(sentence) for n in re.findall(r"\d+", match[1]))
    return tuple(dict.fromkeys(found))


def bare(sentence: str) -> str:
    """Return a sentence without its markers."""
    return MARKER.sub("", sentence).strip()


def marked(sentence: str, numbers: Sequence[int]) -> str:
    """Put markers before the stop of a sentence.

    >>> marked("Rest helps.", (1, 3)), marked("休息有效。", (2,))
    ('Rest helps [1][3].', '休息有效[2]。')
    """
    signs = "".join(f"[{number}]" for number in numbers)
    if not signs:
        return sentence
    match = re.search(r"[.!?。！？；;]+$", sentence)
    body, stop = (sentence[: match.start()], match[0]) if match else (sentence, "")
    blank = "" if re.search(r"[\u3400-\u9fff）】”》]$", body) else " "
    return f"{body.rstrip()}{blank}{signs}{stop}"


def join(parts: Iterable[str]) -> str:
    """Join sentences, with a blank after those that end like English ones."""
    text = ""
    for sentence in parts:
        text += (" " if text and not re.search(r"[。！？；：]$", text) else "") + sentence
    return text
