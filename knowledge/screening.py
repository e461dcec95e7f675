"""Screening: lessons stream through gates; each keeps, or drops with a reason that is counted.

    lessons -> clean -> language -> length -> leakage -> new -> proven -> kept

A gate is a function from a lesson to a reason, empty where it keeps. This file knows nothing of how
lessons are made or proven.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b

from knowledge.records import Lesson

Gate = Callable[[Lesson], str]
"""Returns why a lesson is dropped, or an empty text."""

Candidate = tuple[Lesson | None, str]
"""A lesson, or the reason why there is none; a lesson with a reason is dropped."""

Proof = Callable[[Iterable[list[Candidate]]], Iterator[list[Candidate]]]
"""Puts a reason beside each lesson of a batch that is not proven; batches stay in order."""

SHORTEST = {"en": (12, 15), "zh": (5, 6)}
LONGEST = {"en": (700, 1600), "zh": (350, 800)}
"""Characters of a question and of an answer."""

LONGEST_SHOWN = {"en": 2600, "zh": 1400}
"""Characters of a question that shows numbered evidence."""

_BATCH = 200
_EXAMPLES = 3

_DEBRIS = ("[详细]", "...", "…", "\\x", "['", "']", "\ufffd", "{", "}")
_LEAKAGE = re.compile(
    "根据(?:提供的|以上|上述|给定的|已有)?(?:知识|资料|文本|信息|文档|内容)|知识库|知识图谱|三元组|"
    "语言模型|作为(?:一个)?(?:AI|人工智能)|"
    r"as an ai\b|language model|knowledge (?:base|graph)|chat ?doctor|"
    r"(?:according to|based on) the (?:knowledge|context|database|table|provided|given)|"
    r"the (?:context|passage|database) (?:above|says|states)|\binstruction:|### |\bundefined\b|"
    r"\bnan\b|\(interview; |performed \(ml\)",
    re.IGNORECASE,
)
_CJK = re.compile("[\u3400-\u9fff]")
_LATIN = re.compile("[A-Za-z]{2,}")
_LETTERS = re.compile(r"[\W_\d]+")


@dataclass(slots=True)
class Screened:
    """What the gates did: how many lessons they saw and kept, and why they dropped the others."""

    seen: int = 0
    kept: int = 0
    dropped: dict[str, int] = field(default_factory=dict)
    examples: dict[str, list[str]] = field(default_factory=dict)

    def drop(self, reason: str, lesson: Lesson | None) -> None:
        """Count a dropped lesson; keep the first few answers of each reason."""
        self.dropped[reason] = self.dropped.get(reason, 0) + 1
        kept = self.examples.setdefault(reason, [])
        if lesson is not None and len(kept) < _EXAMPLES:
            kept.append(lesson.messages[-1].content[:200])


def screen(
    candidates: Iterable[Candidate], gates: Sequence[Gate], proof: Proof, report: Screened
) -> Iterator[Lesson]:
    """Yield the lessons that every gate keeps and the proof holds for, in their order.

    Counts follow what is taken out, not what is read ahead, so that they do not depend on the size
    of a batch or on the number of workers.
    """
    gated = (_gated(candidate, gates) for candidate in candidates)
    for batch in proof(batches(gated, _BATCH)):
        for lesson, reason in batch:
            report.seen += 1
            if lesson is None or reason:
                report.drop(_kind_of(reason), lesson)
            else:
                report.kept += 1
                yield lesson


def _gated(candidate: Candidate, gates: Sequence[Gate]) -> Candidate:
    lesson, reason = candidate
    if lesson is None or reason:
        return candidate
    return lesson, next((found for gate in gates if (found := gate(lesson))), "")


def batches(candidates: Iterable[Candidate], size: int) -> Iterator[list[Candidate]]:
    """Yield candidates in lists of a size, the last one shorter."""
    batch: list[Candidate] = []
    for candidate in candidates:
        batch.append(candidate)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


def gates() -> list[Gate]:
    """Return the gates for one run; the one against repetition remembers what it saw."""
    return [clean, in_language, of_length, without_leakage, Unrepeated()]


def clean(lesson: Lesson) -> str:
    """Drop what holds debris of a source."""
    text = "".join(message.content for message in lesson.messages)
    return "debris of a source" if any(mark in text for mark in _DEBRIS) else ""


def in_language(lesson: Lesson) -> str:
    """Drop what is not in its language; a Chinese row may hold acronyms and Latin names."""
    for message in lesson.messages:
        chinese, latin = len(_CJK.findall(message.content)), len(_LATIN.findall(message.content))
        if lesson.language == "en" and chinese:
            return "in another language"
        if lesson.language == "zh" and (not chinese or latin > chinese):
            return "in another language"
    return ""


def of_length(lesson: Lesson) -> str:
    """Drop what is too short to say anything or too long to be read."""
    question, answer = lesson.messages[-2].content, lesson.messages[-1].content
    shortest, longest = SHORTEST[lesson.language], LONGEST[lesson.language]
    most = LONGEST_SHOWN[lesson.language] if "[1] " in question else longest[0]
    if len(question) < shortest[0] or len(answer) < shortest[1]:
        return "too short"
    return "too long" if len(question) > most or len(answer) > longest[1] else ""


def without_leakage(lesson: Lesson) -> str:
    """Drop what speaks of prompts, knowledge bases or models, which no patient or doctor does."""
    for message in lesson.messages:
        if _LEAKAGE.search(message.content):
            return "leakage of a prompt or a source"
    return ""


class Unrepeated:
    """Drops exact and near repetitions: the same letters, whatever the case, digits and signs."""

    def __init__(self) -> None:
        self._seen: set[bytes] = set()

    def __call__(self, lesson: Lesson) -> str:
        """Return why a lesson is dropped; remember it otherwise."""
        text = "|".join(_LETTERS.sub("", message.content.casefold()) for message in lesson.messages)
        key = blake2b(f"{lesson.language}|{text}".encode(), digest_size=8).digest()
        if key in self._seen:
            return "repetition of an earlier row"
        self._seen.add(key)
        return ""


def _kind_of(reason: str) -> str:
    """Return a reason without the names in it, so that like faults are counted together."""
    return re.sub(r"'[^']*'|\"[^\"]*\"|fact:\w+(?:~\d+)?|\b\d+(?:[.,]\d+)*\b", "…", reason)
