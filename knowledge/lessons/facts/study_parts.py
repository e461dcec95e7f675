"""Read in the abstract of a study which sentence tells whom it studied, how, and its limits.

    passages of a document -> sentences with their roles -> for each part: the sentence that tells
    it, or that the abstract is silent on it, or neither

Words decide (`study_parts.yaml`): narrow ones for what is told, broad ones for silence. Between the
two nothing is said of a part.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from knowledge.lessons.facts import rule_files
from knowledge.records import Language, Passage
from knowledge.text.sentence_roles import Role, roles_in_order
from knowledge.text.sentences import sentence_spans

PARTS = ("population", "intervention", "comparison", "outcome", "design", "size", "limits")
"""What can be asked of a study, in the order in which it is told."""

TOPICS: dict[str, tuple[str, ...]] = {
    "pico": ("population", "intervention", "comparison", "outcome"),
    "groups": ("population", "intervention", "comparison"),
    "appraisal": ("design", "size", "limits"),
    **{part: (part,) for part in PARTS if part not in ("size", "design")},
}
"""The parts that a question asks for."""

WHOLE = ("pico", "groups", "appraisal", "limits")
"""Topics for which the whole abstract is shown: silence is told of whole abstracts alone. For the
others a few lines around the one that tells the part are."""

_AROUND = 2

_LONGEST = {"en": 2300, "zh": 1250}
"""Characters of an abstract that is shown whole."""

_FEWEST, _MOST = 4, 22
_UNFIT = re.compile(r"[{}\n]|\[\d|\\x|https?:|\ufffd")
_STOPS = ".。"

_LONGEST_GAP = 2
_ABSTRACT = re.compile(r"^(?:abstract|summary|摘要)(?:\s*:\s*|$)", re.IGNORECASE)
"""How the sections of a full text are called that are its abstract."""

_MIXED = re.compile("method.*(?:result|finding)", re.IGNORECASE)
HEADING = re.compile(
    r"^(?:(?:材料|资料|对象)[与和])?(目的|方法|结果|结论)(?![的学论上表显])[:：]?\s*"
)
HEADED: dict[str, Role] = {
    "目的": "aim",
    "方法": "method",
    "结果": "result",
    "结论": "conclusion",
}


@dataclass(frozen=True, slots=True)
class Told:
    """One sentence of an abstract, the passage that it stands in, and what it tells."""

    text: str
    passage: Passage
    role: Role

    @property
    def is_quotable(self) -> bool:
        """Say whether it is a whole sentence without quotation marks of its own."""
        return self.text[-1] in _STOPS and not set("“”") & set(self.text)


@dataclass(frozen=True, slots=True)
class Abstract:
    """The sentences of an abstract in their order."""

    language: Language
    sentences: tuple[Told, ...]
    places: Mapping[str, int | None]
    """The place of the sentence that tells each part, or None."""

    def is_silent(self, part: str) -> bool:
        """Say whether no sentence has a word that could tell a part."""
        hint = _rules()[part].hints[self.language]
        return not any(hint.search(one.text) for one in self.sentences)


@lru_cache(maxsize=2_000)
def read(passages: tuple[Passage, ...]) -> Abstract | None:
    """Return the abstract that a document is or begins with, where it can be shown whole."""
    passages = tuple([each for each in passages if _ABSTRACT.match(each.section)]) or passages
    if not passages or not _follow_each_other(passages):
        return None
    language = passages[0].language
    if passages[-1].end - passages[0].start > _LONGEST[language]:
        return None
    told = [
        (each.text[start:end].strip(), each)
        for each in passages
        for start, end in sentence_spans(each.text)
    ]
    texts = [text for text, _ in told]
    if not _FEWEST <= len(told) <= _MOST or len(set(texts)) < len(texts):
        return None
    if any(_UNFIT.search(text) for text in texts):
        return None
    sections = [_ABSTRACT.sub("", passage.section) for _, passage in told]
    roles = _roles(texts, ["" if _MIXED.search(each) else each for each in sections])
    if not {"result", "conclusion"} & set(roles):
        return None
    sentences = tuple(Told(*each, role) for each, role in zip(told, roles, strict=True))
    places = {part: _telling(sentences, rules.tells[language]) for part, rules in _rules().items()}
    return Abstract(language, sentences, places)


def _roles(texts: Sequence[str], sections: Sequence[str]) -> list[Role]:
    """Return what each sentence tells: a heading before one holds until the next."""
    roles, current = roles_in_order(texts, sections), None
    for place, text in enumerate(texts):
        heading = HEADING.match(text)
        current = HEADED[heading[1]] if heading else current
        roles[place] = current or roles[place]
    return roles


def _telling(sentences: Sequence[Told], tiers: Sequence["_Tier"]) -> int | None:
    """Return the place of the first sentence that fits the earliest tier, or None."""
    for tier in tiers:
        if tier.abstract and not any(tier.abstract.search(one.text) for one in sentences):
            continue
        for place, one in enumerate(sentences):
            if tier.fits(one):
                return place
    return None


def answerable(abstract: Abstract, topic: str) -> bool:
    """Say whether each part that a topic asks for is told or passed over, and enough is told."""
    told = [abstract.places[part] is not None for part in TOPICS[topic]]
    if topic in ("pico", "groups") and not all(told[:2]):
        return False
    if topic != "appraisal" and abstract.places["population"] is None:
        return False
    return any(told) and all(
        done or abstract.is_silent(part) for part, done in zip(TOPICS[topic], told, strict=True)
    )


def shown(abstract: Abstract, topic: str) -> tuple[Told, ...]:
    """Return the sentences that are shown for a topic: all, or those around what tells it."""
    place = None if topic in WHOLE else abstract.places[topic]
    if place is None:
        return abstract.sentences
    return _around(abstract, place, _AROUND)


def around(sentence: Told, abstract: Abstract) -> tuple[Told, ...]:
    """Return a sentence of an abstract with the one before and the one after."""
    return _around(abstract, abstract.sentences.index(sentence), 1)


def _around(abstract: Abstract, place: int, many: int) -> tuple[Told, ...]:
    return abstract.sentences[max(0, place - many) : place + many + 1]


def quotation(sentence: str) -> str:
    """Return the words of a sentence that are quoted: without a heading and the last stop.

    >>> quotation("方法 将60例患者随机分为两组."), quotation("We enrolled 60 men.")
    ('将60例患者随机分为两组', 'We enrolled 60 men')
    """
    return HEADING.sub("", sentence).rstrip(_STOPS)


def told_together(abstract: Abstract, parts: Sequence[str]) -> list[tuple[list[str], int]]:
    """Return the parts that are told, with their sentence; those of one sentence are together."""
    found: dict[int, list[str]] = {}
    for part in parts:
        place = abstract.places[part]
        if place is not None:
            found.setdefault(place, []).append(part)
    return [(together, place) for place, together in found.items()]


def _follow_each_other(passages: Sequence[Passage]) -> bool:
    """Say whether nothing is left out between passages: only then can an abstract be silent."""
    return all(
        one.language == other.language and 0 <= other.start - one.end <= _LONGEST_GAP
        for one, other in zip(passages, passages[1:], strict=False)
    )


@dataclass(frozen=True, slots=True)
class _Tier:
    words: re.Pattern[str]
    unless: re.Pattern[str] | None
    abstract: re.Pattern[str] | None
    roles: frozenset[str]

    def fits(self, one: Told) -> bool:
        return (
            one.is_quotable
            and (not self.roles or one.role in self.roles)
            and self.words.search(one.text) is not None
            and not (self.unless and self.unless.search(one.text))
        )


@dataclass(frozen=True, slots=True)
class _Rules:
    """How a part is told, and the words that forbid to call an abstract silent on it."""

    tells: Mapping[str, tuple[_Tier, ...]]
    hints: Mapping[str, re.Pattern[str]]


@cache
def _rules() -> dict[str, _Rules]:
    raw: dict[str, Any] = rule_files.read("study_parts")
    return {
        part: _Rules(
            {key: tuple(map(_tier, tiers)) for key, tiers in of["tells"].items()},
            {key: _either(words) for key, words in of["hints"].items()},
        )
        for part, of in raw.items()
    }


def _tier(raw: Mapping[str, Sequence[str]]) -> _Tier:
    unless, abstract = raw.get("unless"), raw.get("abstract")
    return _Tier(
        _either(raw["words"]),
        _either(unless) if unless else None,
        _either(abstract) if abstract else None,
        frozenset(raw.get("roles", ())),
    )


def _either(words: Sequence[str]) -> re.Pattern[str]:
    return re.compile("|".join(words), re.IGNORECASE)
