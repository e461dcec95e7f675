"""Rate how fit rows are to be trained on: a score from 0 to 100 by their words and size.

    row -> rules that it breaks -> 100 less their costs    -> the mean of both -> `meta.quality`
        -> these, and its size  -> share of trainable rows

The proof says whether a row is true; this says whether it reads as somebody would speak. `RULES`
are judged by eye; the share is that of a logistic regression on rows that were read and labelled
(`benchmarks/quality_score.py`). Words and weights stand in `quality.yaml`.
"""

import math
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any, cast

import yaml

from knowledge.records import Language, Lesson
from knowledge.text.sentences import sentence_spans
from knowledge.vocabulary import RELATIONS, base_relation

_SHORTEST = {"en": 45, "zh": 14}
_LONGEST = {"en": 1100, "zh": 420}
"""Characters of an answer: less tells next to nothing, more is not read."""

_CALLS = ("tools", "knowledge-call")
_CONSULTING = ("chatdoctor", "dialogue", "vignette")
"""Styles in which somebody tells of complaints or of a diagnosis and wants to understand it."""

_SHOWN = ("grounded", "knowledge-call")
_RECORD = re.compile(r"\S — [a-z][a-z -]+: |\S——\S{1,12}[：:]")
_LABELLED = re.compile(r"[^。；，“”\s]{1,30}的[^。；，：“”]{2,8}：|(?:^|[.] )[A-Z][^.:]{3,60}: ")
_UNSPOKEN = re.compile(
    r"[(（\[{][^)）\]}]*[)）\]}]|[A-Za-z]+, (?:acute|chronic|other|unspecified|primary)\b|[/_;；|]"
)
"""Brackets, inversions and joints of tables: no patient says them."""

_LONG_NAME = {"en": 48, "zh": 14}
_WORD = re.compile(r"[A-Za-z]+|[\u3400-\u9fff]")
_MANY = 5


@dataclass(frozen=True, slots=True)
class _Read:
    """What the rules look at: the last answer, its sentences, what the user says."""

    lesson: Lesson
    answer: str
    sentences: tuple[str, ...]
    asked: str

    @property
    def language(self) -> Language:
        return self.lesson.language


def _read(lesson: Lesson) -> _Read:
    answer = lesson.messages[-1].content if lesson.messages else ""
    spans = sentence_spans(answer)
    asked = "\n".join(message.content for message in lesson.messages if message.role == "user")
    return _Read(lesson, answer, tuple(answer[start:end] for start, end in spans), asked)


@cache
def _table() -> dict[str, Any]:
    text = files("knowledge.datasets").joinpath("quality.yaml").read_text(encoding="utf-8")
    return cast(dict[str, Any], yaml.safe_load(text))


@cache
def _words(table: str, language: Language) -> re.Pattern[str]:
    return re.compile(_table()[table][language].replace("| ", "|"), re.IGNORECASE)


def _is_short(row: _Read) -> bool:
    return row.lesson.style not in _CALLS and len(row.answer) < _SHORTEST[row.language]


def _is_long(row: _Read) -> bool:
    return len(row.answer) > _LONGEST[row.language]


def _shows_record(row: _Read) -> bool:
    said = [message.content for message in row.lesson.messages if message.role == "assistant"]
    return any("—" in text and _RECORD.search(text) for text in said)


def _is_labelled(row: _Read) -> bool:
    """An answer of a doctor is told, not filled into a form."""
    signs = row.answer.count("：" if row.language == "zh" else ": ")
    return signs > 1 and row.lesson.style not in _CALLS and len(_LABELLED.findall(row.answer)) > 1


def _says_unspeakable(row: _Read) -> bool:
    """A patient says what no patient says: brackets, inversions, names as long as a sentence."""
    if row.lesson.style not in _CONSULTING:
        return False
    objects = row.lesson.meta.get("objects")
    names = [str(name) for name in objects] if isinstance(objects, list) else []
    long = _LONG_NAME[row.language]
    return _UNSPOKEN.search(row.asked) is not None or any(
        len(name) > long and name.casefold() in row.asked.casefold() for name in names
    )


def _repeats(row: _Read) -> bool:
    """A run of three words, or of six Chinese signs, comes back again and again."""
    size = 3 if row.language == "en" else 6
    words = _WORD.findall(row.answer.casefold())
    if len(words) - len(set(words)) < size * (_MANY - 1):
        return False
    runs = Counter(tuple(words[place : place + size]) for place in range(len(words) - size + 1))
    return bool(runs) and max(runs.values()) >= _MANY


def _is_monotonous(row: _Read) -> bool:
    """Several sentences in a row begin alike."""
    size = 12 if row.language == "en" else 5
    opened = [sentence.strip()[:size] for sentence in row.sentences]
    return any(one == other for one, other in zip(opened, opened[1:], strict=False))


def _explains_nothing(row: _Read) -> bool:
    if row.lesson.style not in _CONSULTING or row.lesson.meta.get("refused"):
        return False
    return _words("explains", row.language).search(row.answer) is None


def _is_urgent_late(row: _Read) -> bool:
    """What cannot wait stands behind the third sentence, and nothing opens with it."""
    if row.lesson.style not in _CONSULTING or row.lesson.meta.get("urgent"):
        return False
    urgent = _words("urgent", row.language)
    places = [place for place, said in enumerate(row.sentences) if urgent.search(said)]
    return bool(places) and places[0] > 2


def _passes_over(row: _Read) -> bool:
    """No sentence rests on a fact of the relation that is asked for."""
    meta = row.lesson.meta
    relation, support = str(meta.get("relation", "")), meta.get("support")
    known = RELATIONS.get(base_relation(relation))
    if (
        known is None
        or meta.get("declined")
        or meta.get("refused")
        or not isinstance(support, list)
    ):
        return False
    quotes = [source.quote for source in row.lesson.sources]
    lists = (each for each in support if isinstance(each, list))
    used = {index for each in lists for index in each if isinstance(index, int)}
    label = known.label(row.language) if relation == base_relation(relation) else ""
    return not any(label in quotes[index] for index in used if index < len(quotes))


def _does_not_follow(row: _Read) -> bool:
    """A set phrase that does not follow from what was said before it."""
    return _words("not_following", row.language).search(f"{row.asked}\n{row.answer}") is not None


Rule = Callable[[_Read], bool]

RULES: dict[str, tuple[int, Rule]] = {
    "shows a record as it stands": (35, _shows_record),
    "does not answer what is asked": (30, _passes_over),
    "too short to tell anything": (25, _is_short),
    "a set phrase does not follow": (20, _does_not_follow),
    "a name that nobody would say": (15, _says_unspeakable),
    "what is urgent comes late": (10, _is_urgent_late),
    "explains nothing": (5, _explains_nothing),
    "repeats itself": (10, _repeats),
    "labels in place of sentences": (5, _is_labelled),
    "sentences begin alike": (5, _is_monotonous),
    "too long to be read": (10, _is_long),
}
"""What each rule is called, what it costs, and how it is asked."""


def broken(lesson: Lesson) -> list[str]:
    """Return the rules that a row breaks."""
    row = _read(lesson)
    return [name for name, (_, rule) in RULES.items() if rule(row)]


def features(lesson: Lesson, faults: Sequence[str]) -> list[float]:
    """Return what the regression looks at: the rules that are broken, and how large a row is."""
    objects = lesson.meta.get("objects")
    signs = sum(len(message.content) for message in lesson.messages[-1:]) * (
        3 if lesson.language == "zh" else 1
    )
    return [
        *(float(name in faults) for name in RULES),
        math.log(max(signs, 1)),
        len(lesson.messages) / 4,
        (len(objects) if isinstance(objects, list) else 0) / 8,
        len(lesson.sources) / 8,
    ]


def by_rules(faults: Sequence[str]) -> int:
    """Return 100 less the costs of the rules that a row breaks."""
    return max(0, 100 - sum(RULES[name][0] for name in faults))


def score(lesson: Lesson) -> int:
    """Return how fit a row is to be trained on, from 0 to 100."""
    faults = broken(lesson)
    weights: list[float] = _table()["weights"]
    bias: float = _table()["bias"]
    pairs = zip(weights, features(lesson, faults), strict=True)
    share = 1 / (1 + math.exp(-bias - sum(weight * value for weight, value in pairs)))
    return round((by_rules(faults) + 100 * share) / 2)


def rated(lesson: Lesson) -> Lesson:
    """Return a row that records its score."""
    return replace(lesson, meta={**lesson.meta, "quality": score(lesson)})


def is_misrated(lesson: Lesson) -> bool:
    """Say whether a row records another score than it has; one that records none is not."""
    return lesson.meta.get("quality", None) not in (None, score(lesson))


class LeastQuality:
    """Drops rows whose score is lower than asked for."""

    def __init__(self, least: int) -> None:
        self._least = least

    def __call__(self, lesson: Lesson) -> str:
        """Return why a row is dropped, or an empty text."""
        known = lesson.meta.get("quality")
        found = known if isinstance(known, int) else score(lesson)
        return "of less quality than asked for" if found < self._least else ""
