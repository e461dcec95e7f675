"""Read where a name ends in a question: the words of `longer_names.yaml` as patterns."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml

from knowledge.index import lexical
from knowledge.text.stop_words import QUESTION_PHRASES_ZH, QUESTION_WORDS_EN
from knowledge.vocabulary import RELATIONS
from medchat.answering.answer import Language


@dataclass(frozen=True, slots=True)
class Limits:
    """What begins, ends and joins the names of diseases, and what stands beside them."""

    words: frozenset[str]
    plain: frozenset[str]
    """Words that are no part of a name beside a part of the body."""
    heads: frozenset[str]
    general: frozenset[str]
    joins_after: re.Pattern[str]
    joins_before: re.Pattern[str]
    joins_part: re.Pattern[str]
    stops_zh: re.Pattern[str]
    long_stops_zh: re.Pattern[str]
    endings: re.Pattern[str]
    joins_zh: re.Pattern[str]
    courses: frozenset[str]
    episodes: frozenset[str]
    causes: Mapping[Language, re.Pattern[str]]
    unknown: Mapping[Language, re.Pattern[str]]
    substances: tuple["Substance", ...]


@lru_cache(maxsize=1)
def limits() -> Limits:
    """Return the words of both languages, read once."""
    text = files("medchat.answering").joinpath("longer_names.yaml").read_text(encoding="utf-8")
    read: dict[str, Any] = yaml.safe_load(text)
    joins = "|".join(re.escape(each) for each in read["connectors"])
    articles = "|".join(read["articles"])
    cues = {cue for relation in RELATIONS.values() for cue in relation.cues_zh}
    cues_en = {w for each in RELATIONS.values() for cue in each.cues_en for w in cue.split()}
    beside = frozenset(word for line in read["en"] for word in line.split())
    stops = {word for line in read["zh"] for word in line.split()}
    words = sorted(stops | cues | set(QUESTION_PHRASES_ZH), key=lambda word: (-len(word), word))
    return Limits(
        beside,
        beside.union(QUESTION_WORDS_EN, cues_en).difference(read["heads"]),
        frozenset(read["heads"]),
        frozenset(read["general"]),
        re.compile(rf"\s(?:{joins})(?:\s(?:{articles}))?\s$", re.IGNORECASE),
        re.compile(rf"\s(?:{joins}|to)(?:\s(?:{articles}))?\s", re.IGNORECASE),
        re.compile(rf"\s(?:{joins}|to|in)(?:\s(?:{articles}))?\s$", re.IGNORECASE),
        _any_of(words),
        _any_of([word for word in words if len(word) > 1]),
        re.compile(f"(?:{read['endings']})$"),
        re.compile(read["joins_zh"]),
        frozenset(read["courses"]),
        frozenset(lexical.distinct_terms(" ".join((*read["courses"], *read["episodes"])))),
        {language: re.compile(text) for language, text in read["causes"].items()},
        {language: re.compile(text) for language, text in read["unknown"].items()},
        tuple(_substance(row["en"], row["zh"]) for row in read["substances"]),
    )


Substance = tuple[frozenset[str], re.Pattern[str], Mapping[Language, re.Pattern[str]]]


def _substance(en: Sequence[str], zh: Sequence[str]) -> Substance:
    """Return the terms of one sort of illness by a substance, and what finds it beside a name."""
    words = "|".join(en)
    terms = frozenset(term for word in (*en, *zh) for term in lexical.distinct_terms(word))
    before = rf"\b(?:{words}) (?:due to|by|with|from|caused by|of|to) (?:an? |the )?$"
    after: dict[Language, re.Pattern[str]] = {
        "en": re.compile(rf"[\s-](?:{words})\b", re.IGNORECASE),
        "zh": re.compile(f"[\u4e00-\u9fff]{{0,4}}?(?:{'|'.join(zh)})"),
    }
    return terms, re.compile(before, re.IGNORECASE), after


def _any_of(words: Sequence[str]) -> re.Pattern[str]:
    """Return what finds one of some Chinese words, and whatever is not Chinese."""
    return re.compile("|".join(map(re.escape, words)) + "|[^\u4e00-\u9fff]")
