"""Screening: lessons stream through gates; each keeps, or drops with a reason that is counted.

    lessons -> clean, language, length, leakage, personal data, tone, new -> stages in order -> kept

A gate is a function from a lesson to a reason, empty where it keeps; a stage does the same for
batches in their order, and the proof is the first of them. This file knows nothing of how lessons
are made or proven; gates that need more room stand in `knowledge.datasets.gates`.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b

from knowledge.datasets.gates import pii, toxicity
from knowledge.records import Language, Lesson

Gate = Callable[[Lesson], str]
"""Returns why a lesson is dropped, or an empty text."""

Candidate = tuple[Lesson | None, str]
"""A lesson, or the reason why there is none; a lesson with a reason is dropped."""

Stage = Callable[[Iterable[list[Candidate]]], Iterator[list[Candidate]]]
"""Puts a reason beside each lesson of a batch that is dropped; batches stay in order."""

Judge = Callable[[Sequence[Lesson]], Sequence[str]]
"""Returns for each lesson why it is dropped, or an empty text; lessons come in their order."""

SHORTEST = {"en": (12, 15), "zh": (5, 6)}
LONGEST = {"en": (700, 1600), "zh": (350, 800)}
"""Characters of a question and of an answer."""

LONGEST_SHOWN = {"en": 2600, "zh": 1400}
"""Characters of a question that shows evidence, or of a question or answer from outside."""

_BATCH = 200
_EXAMPLES = 3

_DEBRIS = ("[详细]", "...", "…", "\\x", "['", "']", "\ufffd", "{", "}")
_BROKEN = ("[详细]", "\\x", "\ufffd", "{{", "}}")
"""Debris of a row from outside, whose authors may trail off and use brackets."""
_LEAKS: dict[Language, tuple[str, ...]] = {
    "en": (
        *("language model", "knowledge base", "knowledge graph", "chat doctor", "chatdoctor"),
        *("below is an instruction", "if you are a doctor, please", "system prompt"),
        *("(interview; ", "performed (ml)", "### ", "<|", "[inst]", "[/inst]", "<s>", "</s>"),
        *("<user>", "<bot>"),
    ),
    "zh": (
        *(
            "知识库",
            "知识图谱",
            "三元组",
            "语言模型",
            "系统提示",
            "以下是描述任务",
            "<user>",
            "<bot>",
            "###",
        ),
        *("<|", "[INST]"),
    ),
}
"""What no patient or doctor writes, in small letters: traces of prompts, graphs and templates."""

_LEAKING: dict[Language, tuple[tuple[str, re.Pattern[str]], ...]] = {
    "en": (
        ("an ai", re.compile(r"\b(?:as|i am|i'm|you are) an ai\b")),
        (
            "you are a",
            re.compile(r"\byou are an? (?:helpful|expert|experienced|medical ass|assist)"),
        ),
        (
            "according to the ",
            re.compile(r" the (?:knowledge|context|database|table|provided|given)"),
        ),
        ("based on the ", re.compile(r" the (?:knowledge|context|database|table|provided|given)")),
        ("the context ", re.compile(r"the context (?:above|says|states)")),
        ("the passage ", re.compile(r"the passage (?:above|says|states)")),
        ("the database ", re.compile(r"the database (?:above|says|states)")),
        (
            "ignore ",
            re.compile(r"\bignore (?:all|any|the|your|previous|above|prior) [a-z ]*instruct"),
        ),
        (
            "disregard ",
            re.compile(r"\bdisregard (?:all|any|the|your|previous|above) [a-z ]*instruct"),
        ),
        ("instruction:", re.compile(r"\binstruction:")),
        ("response:", re.compile(r"(?:^|\n)\W*response:")),
        ("undefined", re.compile(r"(?:^|[:：,，;；、(])\s*undefined\b")),
        ("nan", re.compile(r"(?:^|[:：,，;；、(])\s*nan\b")),
    ),
    "zh": (
        (
            "根据",
            re.compile(
                "根据(?:提供的|以上|上述|给定的|已有|所给的?)?(?:知识|资料|文本|信息|文档|内容)"
            ),
        ),
        ("描述", re.compile("请?根据(?:患者|病人)的?描述(?:回答|作答)")),
        ("人工智能", re.compile("(?:作为|我是|你是)(?:一个|一名|一款)?人工智能")),
        ("ai", re.compile("(?:作为|我是|你是)(?:一个|一名|一款)?ai")),
        ("你是", re.compile("你是(?:一个|一名|一位)(?:[^。，]{0,6})(?:助手|助理|的医生|专家)")),
        ("忽略", re.compile("忽略(?:以上|之前|前面|上面)的?(?:所有|全部)?(?:指令|提示|要求|内容)")),
        ("undefined", re.compile(r"(?:^|[:：,，;；、(])\s*undefined\b")),
        ("nan", re.compile(r"(?:^|[:：,，;；、(])\s*nan\b")),
    ),
}
"""The same where a trace (looked for first, since that is cheap) needs a closer look."""

_TRACE_ZH = re.compile(
    "|".join(re.escape(trace) for trace in (*_LEAKS["zh"], *(cue for cue, _ in _LEAKING["zh"])))
)
_PHRASE = re.compile("[a-z]{2} [a-z]{2}")
_CJK = re.compile("[\u3400-\u9fff]")
_LATIN = re.compile("[A-Za-z]{2,}")
_LETTERS = re.compile(r"[\W_\d]+")
_NO_LETTERS = bytes(code for code in range(128) if not chr(code).isalpha())


@dataclass(slots=True)
class Screened:
    """What the gates did: how many lessons they saw and kept, and why they dropped the others.

    `subjects` is how many entities a lesson could be about; `teacher` counts what became of a
    teacher's wording.
    """

    seen: int = 0
    kept: int = 0
    subjects: int = 0
    dropped: dict[str, int] = field(default_factory=dict)
    examples: dict[str, list[str]] = field(default_factory=dict)
    teacher: dict[str, int] = field(default_factory=dict)

    def drop(self, reason: str, lesson: Lesson | None) -> None:
        """Count a dropped lesson; keep the first few answers of each reason."""
        self.dropped[reason] = self.dropped.get(reason, 0) + 1
        kept = self.examples.setdefault(reason, [])
        if lesson is not None and len(kept) < _EXAMPLES:
            kept.append(_sample(lesson))


def screen(
    candidates: Iterable[Candidate], gates: Sequence[Gate], proof: Stage, report: Screened
) -> Iterator[Lesson]:
    """Yield the lessons that every gate keeps and the proof holds for, in their order.

    Counts follow what is taken out, not what is read ahead, so that they do not depend on the size
    of a batch or on the number of workers.
    """
    remembering = [gate for gate in gates if isinstance(gate, Unrepeated)]
    gated = (_gated(candidate, gates, remembering) for candidate in candidates)
    for batch in proof(batches(gated, _BATCH)):
        for lesson, reason in batch:
            report.seen += 1
            if lesson is None or reason:
                report.drop(_kind_of(reason), lesson)
            else:
                report.kept += 1
                yield lesson


def _sample(lesson: Lesson) -> str:
    """Return the last question and answer of a lesson, cut; a report repeats no personal data."""
    question, answer = (
        pii.masked(message.content, lesson.language) for message in lesson.messages[-2:]
    )
    return f"{question[:150]} → {answer[:200]}"


def stage(judge: Judge) -> Stage:
    """Return the stage that asks a judge about the candidates that have no reason yet."""

    def judged(batches: Iterable[list[Candidate]]) -> Iterator[list[Candidate]]:
        for batch in batches:
            reasons = iter(judge([lesson for lesson, reason in batch if lesson and not reason]))
            yield [
                (lesson, next(reasons)) if lesson and not reason else (lesson, reason)
                for lesson, reason in batch
            ]

    return judged


def chain(*stages: Stage) -> Stage:
    """Return the stage that is these stages in their order."""

    def chained(batches: Iterable[list[Candidate]]) -> Iterator[list[Candidate]]:
        passed: Iterable[list[Candidate]] = batches
        for each in stages:
            passed = each(passed)
        return iter(passed)

    return chained


def _gated(candidate: Candidate, gates: Sequence[Gate], remembering: Sequence[Gate]) -> Candidate:
    """Ask the gates about a row; of one that was worked out the others were asked there."""
    lesson, reason = candidate
    if lesson is None or reason:
        return candidate
    return lesson, asked(remembering if lesson.worked else gates, lesson)


def asked(gates: Sequence[Gate], lesson: Lesson) -> str:
    """Return why the first of some gates drops a lesson, or an empty text."""
    for gate in gates:
        if found := gate(lesson):
            return found
    return ""


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
    return [*plain_gates(), Unrepeated()]


def plain_gates() -> list[Gate]:
    """Return the gates that remember nothing, which a row that changed may pass again."""
    return [clean, in_language, of_length, without_leakage, pii.impersonal, toxicity.decent]


def clean(lesson: Lesson) -> str:
    """Drop what holds debris of a source."""
    text = "".join(message.content for message in lesson.messages)
    marks = _BROKEN if lesson.imported else _DEBRIS
    for mark in marks:
        if mark in text:
            return "debris of a source"
    return ""


def in_language(lesson: Lesson) -> str:
    """Drop what is not in its language; a Chinese row may hold acronyms and Latin names."""
    for message in lesson.messages:
        text = message.content
        if lesson.language == "en":
            if not text.isascii() and _CJK.search(text):
                return "in another language"
        elif not _is_chinese(text):
            return "in another language"
    return ""


def _is_chinese(text: str) -> bool:
    latin = len(_LATIN.findall(text))
    return latin <= len(_CJK.findall(text)) if latin else _CJK.search(text) is not None


def of_length(lesson: Lesson) -> str:
    """Drop what is too short to say anything or too long to be read."""
    question, answer = lesson.messages[-2].content, lesson.messages[-1].content
    shortest, longest = SHORTEST[lesson.language], LONGEST[lesson.language]
    if lesson.imported:
        longest = (LONGEST_SHOWN[lesson.language], LONGEST_SHOWN[lesson.language])
    elif "[1] " in question:
        longest = (LONGEST_SHOWN[lesson.language], longest[1])
    if len(question) < shortest[0] or len(answer) < shortest[1]:
        return "too short"
    return "too long" if len(question) > longest[0] or len(answer) > longest[1] else ""


def without_leakage(lesson: Lesson) -> str:
    """Drop what speaks of prompts, knowledge bases or models, which no patient or doctor does."""
    text = "\n".join([message.content for message in lesson.messages]).lower()
    # A Chinese row may speak of its prompt in English too.
    foreign = lesson.language == "zh" and _PHRASE.search(text)
    if _leaks(text, lesson.language) or (foreign and _leaks(text, "en")):
        return "leakage of a prompt or a source"
    return ""


def _leaks(text: str, language: Language) -> bool:
    if language == "zh" and not _TRACE_ZH.search(text):
        return False
    if [trace for trace in _LEAKS[language] if trace in text]:
        return True
    closer = [pattern for trace, pattern in _LEAKING[language] if trace in text]
    return any(pattern.search(text) for pattern in closer)


class Unrepeated:
    """Drops exact and near repetitions: the same letters, whatever the case, digits and signs.

    Of each row eight bytes are kept, those that begin alike in one string: a million rows take
    18 MiB, and 78 in a set.
    """

    def __init__(self) -> None:
        self._seen: dict[bytes, bytes] = {}

    def __call__(self, lesson: Lesson) -> str:
        """Return why a lesson is dropped; remember it otherwise."""
        key = lesson.worked.letters if lesson.worked else letters(lesson)
        head, rest = key[:2], key[2:]
        held = self._seen.get(head, b"")
        place = held.find(rest)
        while place % len(rest) and place > 0:  # it begins within one and ends in the next
            place = held.find(rest, place + 1)
        if place >= 0:
            return "repetition of an earlier row"
        self._seen[head] = held + rest
        return ""


def letters(lesson: Lesson) -> bytes:
    """Return what is equal for rows that repeat each other."""
    text = "|".join([_letters(message.content) for message in lesson.messages])
    return blake2b(f"{lesson.language}|{text}".encode(), digest_size=8).digest()


def _letters(text: str) -> str:
    """Return the letters of a text, small."""
    if text.isascii():
        return text.lower().encode().translate(None, _NO_LETTERS).decode()
    return _LETTERS.sub("", text.casefold())


def _kind_of(reason: str) -> str:
    """Return a reason without the names in it, so that like faults are counted together."""
    return re.sub(r"'[^']*'|\"[^\"]*\"|fact:\w+(?:~\d+)?|\b\d+(?:[.,]\d+)*\b", "…", reason)
