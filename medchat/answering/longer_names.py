"""Find the longer names in a question of which the base knows but a part.

    question + its known names -> "bone cancer" beside cancer, 霉菌性阴道炎 beside 阴道炎

What is known of the part is not an answer: it is said first that it is of something broader, where
the part names the kind of disease, and not said at all where it does not ("diabetes insipidus").
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml

from knowledge.index import lexical
from knowledge.text.sentence_support import EntitySpan
from knowledge.text.stop_words import QUESTION_PHRASES_ZH
from knowledge.vocabulary import RELATIONS
from medchat.answering.understanding import Question

_OTHER_KINDS = ("medicine:", "test:", "treatment:", "department:")
"""Kinds of entities beside whose names a word makes no other disease."""

_MOST_WORDS = 4
"""A name has at most so many words more on one side of what is known."""

_MOST_CHARACTERS = 8
"""The same in Chinese characters."""

_SUFFIX_ZH = re.compile("[性型期样源状]")
"""What ends a word that says of what sort a disease is, and begins none."""

_WORD = re.compile(r"[A-Za-z0-9][\w'’]*")


@dataclass(frozen=True, slots=True)
class LongerName:
    """A name as the question writes it, what of it is known, and the terms that are not.

    `is_kind` says that what is known names the kind of disease: "bone cancer" is a cancer.
    """

    text: str
    mention: EntitySpan
    terms: frozenset[str]
    is_kind: bool

    def is_in(self, text: str) -> bool:
        """Say whether a text speaks of what the known part lacks."""
        return lexical.distinct_terms(text) >= self.terms


def words_that_matter(text: str, *, chinese: bool) -> list[str]:
    """Return the words of a part of a question that are no verbs and say neither who nor when.

    English ones stand as they follow each other; a single Chinese character is no word.
    """
    if chinese:
        return [part for part in _limits().stops_zh.split(text) if len(part) > 1]
    runs: list[list[str]] = [[]]
    for word in text.split():
        if word.lower() in _limits().words or word.lower().endswith("ly"):
            runs.append([])
        else:
            runs[-1].append(word)
    return [" ".join(run) for run in runs if run]


def find_longer_names(asked: Question) -> list[LongerName]:
    """Return the names of which a mention of the question is but a part."""
    found = []
    for mention in asked.mentions:
        if not mention.entities[0].startswith(_OTHER_KINDS):
            name = _chinese(asked, mention) if asked.language == "zh" else _english(asked, mention)
            if name is not None:
                found.append(name)
    return found


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    start: int
    end: int
    is_own: bool
    """A word of its own that no name of the base holds."""


def _english(asked: Question, mention: EntitySpan) -> LongerName | None:
    before, after = _tokens(asked, mention)
    left = _names_beside(list(reversed(before)), asked.question, mention.start, back=True)
    start = left[-1].start if left else mention.start
    prior = _before_connector(asked.question[:start], before)
    right = _names_beside(after, asked.question, mention.end, back=False)
    end = right[-1].end if right else mention.end
    narrowing = [] if right else _after_connector(asked.question, end, after)
    own = [*left, *right, *prior, *narrowing]
    terms = frozenset(term for token in own for term in lexical.distinct_terms(token.text))
    if not terms or not any(token.is_own for token in own):
        return None
    start = prior[0].start if prior else start
    end = narrowing[-1].end if narrowing else end
    is_kind = not right and not prior
    return LongerName(asked.question[start:end], mention, terms, is_kind)


def _tokens(asked: Question, mention: EntitySpan) -> tuple[list[_Token], list[_Token]]:
    """Return the words before and after a mention; those in other mentions are no own ones."""
    rest = frozenset(asked.rest)
    known = [(each.start, each.end) for each in asked.mentions]
    tokens = [
        _Token(
            match[0],
            match.start(),
            match.end(),
            not any(start <= match.start() < end for start, end in known)
            and not lexical.distinct_terms(match[0]).isdisjoint(rest),
        )
        for match in _WORD.finditer(asked.question)
    ]
    before = [token for token in tokens if token.end <= mention.start]
    return before, [token for token in tokens if token.start >= mention.end]


def _names_beside(tokens: Sequence[_Token], text: str, edge: int, *, back: bool) -> list[_Token]:
    """Return the own words that stand right beside a place, the nearest first."""
    found: list[_Token] = []
    for token in tokens:
        gap = text[token.end : edge] if back else text[edge : token.start]
        stops = token.text.lower() in _limits().words or token.text.lower().endswith("ly")
        if gap not in (" ", "-", "") or not token.is_own or stops or len(found) == _MOST_WORDS:
            break
        found.append(token)
        edge = token.start if back else token.end
    return found


def _before_connector(text: str, before: Sequence[_Token]) -> list[_Token]:
    """Return the own words that the words "of the" join to what follows."""
    joined = _limits().joins_after.search(text)
    if joined is None:
        return []
    earlier = [token for token in before if token.end <= joined.start()]
    edge = joined.start() + 1
    if earlier and earlier[-1].text.lower() in _limits().heads and not earlier[-1].is_own:
        edge = earlier[-1].start
        earlier = earlier[:-1]
    return list(reversed(_names_beside(list(reversed(earlier)), text, edge, back=True)))


def _after_connector(text: str, end: int, after: Sequence[_Token]) -> list[_Token]:
    """Return the own words that "of the" joins to a name that ends here."""
    joined = _limits().joins_before.match(text, end)
    if joined is None:
        return []
    later = [token for token in after if token.start >= joined.end()]
    return _names_beside(later, text, joined.end() - 1, back=False)


def _chinese(asked: Question, mention: EntitySpan) -> LongerName | None:
    text, known = asked.question, asked.mentions
    limits = _limits()
    first = max((m.end for m in known if m.end <= mention.start), default=0)
    last = min((m.start for m in known if m.start >= mention.end), default=len(text))
    left = limits.stops_zh.split(text[first : mention.start])[-1]
    if _SUFFIX_ZH.match(left):  # a stop within a word: 胆碱能性荨麻疹
        left = limits.long_stops_zh.split(text[first : mention.start])[-1]
    right = limits.stops_zh.split(text[mention.end : last])[0]
    if not limits.endings.search(right):
        right = ""
    extra = [part for part in (left, right) if part]
    if not extra or any(len(part) > _MOST_CHARACTERS for part in extra):
        return None
    terms = frozenset(term for part in extra for term in lexical.distinct_terms(part))
    start, end = mention.start - len(left), mention.end + len(right)
    written = asked.written or text
    return LongerName(written[start:end], mention, terms, not right) if terms else None


@dataclass(frozen=True, slots=True)
class _Limits:
    words: frozenset[str]
    heads: frozenset[str]
    joins_after: re.Pattern[str]
    joins_before: re.Pattern[str]
    stops_zh: re.Pattern[str]
    long_stops_zh: re.Pattern[str]
    endings: re.Pattern[str]


@lru_cache(maxsize=1)
def _limits() -> _Limits:
    text = files("medchat.answering").joinpath("longer_names.yaml").read_text(encoding="utf-8")
    read: dict[str, Any] = yaml.safe_load(text)
    joins = "|".join(re.escape(each) for each in read["connectors"])
    articles = "|".join(read["articles"])
    cues = {cue for relation in RELATIONS.values() for cue in relation.cues_zh}
    stops = {word for line in read["zh"] for word in line.split()}
    words = sorted(stops | cues | set(QUESTION_PHRASES_ZH), key=lambda word: (-len(word), word))
    return _Limits(
        frozenset(word for line in read["en"] for word in line.split()),
        frozenset(read["heads"]),
        re.compile(rf"\s(?:{joins})(?:\s(?:{articles}))?\s$", re.IGNORECASE),
        re.compile(rf"\s(?:{joins})(?:\s(?:{articles}))?\s", re.IGNORECASE),
        _any_of(words),
        _any_of([word for word in words if len(word) > 1]),
        re.compile(f"(?:{read['endings']})$"),
    )


def _any_of(words: Sequence[str]) -> re.Pattern[str]:
    """Return what finds one of some Chinese words, and whatever is not Chinese."""
    return re.compile("|".join(map(re.escape, words)) + "|[^\u4e00-\u9fff]")
