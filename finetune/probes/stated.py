"""Count in an answer the facts that it states, those of its evidence, and what it cites.

answer + example -> sentences -> quotations, listed items, known names -> looked for in the prompt
                              -> else whole sentences -> their words and numbers looked for there

Sentences by which lessons only lead on or take leave state nothing and do not count, nor those
that say of a part of the question that nothing covers it.
"""

import re
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from finetune.probes.declines import declines
from finetune.rows.examples import Example, listed_facts
from finetune.text_tools import TextTools

Count = tuple[float, float]
"""How many were found, of how many."""

_NUMBER = re.compile(r"\[(\d+)\]")
_QUOTED = re.compile(r"“([^”]{8,})”")
_FIGURE = re.compile(r"\d+(?:\.\d+)?")
_HAN = re.compile("[\u4e00-\u9fff]+")
_WORD = re.compile(r"[a-z][a-z-]{3,}")
_TURNS = re.compile(r"\b(?:but|however|yet|though|although)\b|但|不过|然而|虽", re.IGNORECASE)
_SHARE = 0.6
"""A sentence stands in the evidence where so many of its words do, and all of its figures."""


@dataclass(frozen=True)
class Wording:
    """What is known of a data set's words: facts by name, and sentences that rest on no source."""

    names: Iterable[str] = ()
    remarks: Container[str] = frozenset()

    @cached_property
    def longest_first(self) -> list[tuple[str, str]]:
        """Return each name with its plain form; a name within a longer one comes later."""
        return [
            (one, plain(one)) for one in sorted(dict.fromkeys(self.names), key=len, reverse=True)
        ]


@dataclass(frozen=True, slots=True)
class Fact:
    """A statement; where it is a whole `sentence`, its words are enough."""

    text: str
    sentence: bool = False

    def stands_in(self, shown: str) -> bool:
        """Say whether a text holds the statement."""
        sought = plain(self.text)
        if sought in shown or not self.sentence:
            return sought in shown
        words = _words(sought)
        found = sum(one in shown for one in words)
        return (
            bool(words)
            and found >= _SHARE * len(words)
            and not (set(_FIGURE.findall(sought)) - set(_FIGURE.findall(shown)))
        )


def present(example: Example, text: str, tools: TextTools) -> Count:
    """Count the asked facts that an answer states."""
    said = plain(tools.uncited(text))
    return sum(plain(fact) in said for fact in example.asked), len(example.asked)


def supported(example: Example, text: str, wording: Wording, tools: TextTools) -> Count:
    """Count the facts that an answer states and its evidence, or the user, told."""
    if declines(text, example.language):
        return 0, 0
    told = [one["content"] for one in example.prompt if one["role"] == "user"]
    shown = plain("\n".join([*example.evidence, *told]))
    facts = facts_of(text, wording, tools)
    return sum(fact.stands_in(shown) for fact in facts), len(facts)


def citations(text: str) -> frozenset[int]:
    """Return the numbers that an answer cites."""
    return frozenset(int(one) for one in _NUMBER.findall(text))


def declined(example: Example, text: str) -> bool:
    """Say whether an answer declines."""
    return declines(text, example.language)


def facts_of(text: str, wording: Wording, tools: TextTools) -> list[Fact]:
    """Return the facts that a text states: quoted or listed ones, known names, else sentences."""
    facts: list[Fact] = []
    for cited in tools.split_sentences(text):
        sentence = tools.uncited(cited)
        body = sentence.rstrip("。.!?！？ ")
        if not body or plain(sentence) in wording.remarks or _only_declines(cited):
            continue
        quoted = [one.rstrip("。. ") for one in _QUOTED.findall(sentence)]
        after = _after_colon(body)
        parts = [one.strip() for one in re.split(r"[;；]", after) if one.strip()]
        if quoted or (len(parts) > 1 and after != body):
            facts += map(Fact, quoted or parts)
            continue
        for clause in parts if len(parts) > 1 else [body]:
            named = _named(clause, wording)
            facts += map(Fact, named) if named else [Fact(_after_colon(clause), True)]
    return facts


def _only_declines(sentence: str) -> bool:
    """Say whether a sentence declines and neither turns to anything else nor gives a figure."""
    if _TURNS.search(sentence) or _FIGURE.search(sentence):
        return False
    return declines(sentence, "zh" if _HAN.search(sentence) else "en")


def remarks_of(answer: str, support: Sequence[Sequence[int]], tools: TextTools) -> set[str]:
    """Return the sentences of a lesson's answer that rest on none of its sources."""
    sentences = tools.split_sentences(answer.strip())
    if len(sentences) != len(support):
        return set()
    return {plain(one) for one, sources in zip(sentences, support, strict=True) if not sources}


def known_names(quotes: Iterable[str]) -> set[str]:
    """Return the facts that evidence lines list, two characters or longer."""
    return {item for quote in quotes for item in listed_facts(quote) if len(item) > 1}


def plain(text: str) -> str:
    """Return a text as it is compared: case, blanks and its last stop do not count."""
    return " ".join(text.casefold().split()).rstrip("。.")


def _words(text: str) -> list[str]:
    """Return the words that tell something: longer ones, and pairs of Chinese characters."""
    runs = _HAN.findall(text)
    pairs = [run[at : at + 2] for run in runs for at in range(len(run) - 1)]
    return [*pairs, *_WORD.findall(text)]


def _after_colon(body: str) -> str:
    return re.split(r":\s|：", body, maxsplit=1)[-1]


def _named(sentence: str, wording: Wording) -> list[str]:
    left = plain(sentence)
    found = []
    for name, sought in wording.longest_first:
        if sought not in left:
            continue
        edge = r"\b" if name[:1].isascii() else ""
        pattern = f"{edge}{re.escape(sought)}{edge}"
        if re.search(pattern, left):
            found.append(name)
            left = re.sub(pattern, "\0", left)
    return found
