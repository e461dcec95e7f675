"""Take from an English text on something what tells what it is, and say if that is a definition.

    encyclopaedia's text -> its first sentences without history, derivation, statistics of a place
    text + names -> is it a sentence whose subject is the thing itself, and does it tell anything

Lessons and their proof read the texts of facts through `told`, so that both hold the same words.
"""

import re
from collections.abc import Collection, Mapping
from functools import cache, lru_cache
from typing import cast

from knowledge.lessons.facts import rule_files
from knowledge.lessons.facts.fact_fitness import stems
from knowledge.text.sentences import split_sentences

LONGEST = 320
"""Longer texts make lessons that nobody reads and small models cannot hold."""

_FEWEST_NEW = 5
"""So many words beside the name's own a definition tells at least."""

_BRACKETS = re.compile(
    r"\s*\((?:[^()]*[Ͱ-Ͽἀ-῿ːˈɪəɛʊɑɔæˌ][^()]*|(?:from|Latin|Greek|pronounced|see|plural|abbreviated|"
    r"literally|lit\.|INN|ICD|MR has|German|French|British|American|also [^()]*AmE)\b[^()]*)\)"
)
"""What an encyclopaedia puts in brackets behind a name: how it sounds, where it comes from."""

_SOUND = re.compile(r"\s*(?:\bi)?/[^/ ][^/]{0,40}[ːˈɪəɛʊɑɔæˌ][^/]{0,40}/")
_MARK = re.compile(r"(?<=[.,)]):\d+")
_SPACED = re.compile(r"\s+([.,;])")
_VERB = re.compile(
    r"\b(?:is|are|was|refers?|means|describes?|occurs?|happens?|causes?|involves?|affects?|arises?|"
    r"develops?|results?|consists?)\b"
)
_NOUN_PHRASE = re.compile(
    r"(?:An?|Any) (?![^.]*?\b(?:is|are|was)\b)|(?:An?|Any) [^.,]*?\b(?:that|which|in which|where|"
    r"characteri[sz]ed|caused|marked|involving|affecting|due|resulting|of)\b"
)
_KIND = re.compile(
    r"\b(?:diseases?|disorders?|syndromes?|conditions?|problems?|dysfunction)\b", re.I
)
"""What tells an illness from the organ that it is of."""

_OTHER_SUBJECT = re.compile(r"(?:The|Your|Our|These|This|It|They|You|We|There|When|If|Do|Does)\b")
"""How a sentence on something else begins: "The jaw joint connects the jaw to the head"."""

_NOT_TOLD = ("crumbs", "classified", "misused")
"""Kinds of sentences that end what is told of a text."""

_EMPTY = re.compile(
    r"\b(?:which|medical|medicine|refers?|term|form of|type of|kind of|any|one|most|often|"
    r"usually|generally|commonly|people|patients|certain|various|different|several|group|class|body)\b",
    re.IGNORECASE,
)
"""Words that stand in any definition."""

_CALLED = re.compile(
    r"(?:also|commonly|sometimes|often|formerly|otherwise|better|or|is) "
    r"(?:known|called|referred to|termed)(?: as)? (?:an? )?([^.;)]+)"
)


@lru_cache(maxsize=1 << 14)
def told(text: str) -> str:
    """Return the sentences of a text that tell what something is, as many as one would read.

    >>> told("Gout is a form of arthritis. The name is from the Latin gutta. It hurts.")
    'Gout is a form of arthritis.'
    """
    plain = _SPACED.sub(r"\1", _MARK.sub("", _SOUND.sub("", _BRACKETS.sub("", text.strip()))))
    kept: list[str] = []
    for sentence in split_sentences(plain):
        crumb = any(_pattern(key).search(sentence) for key in _NOT_TOLD)
        if kept and (
            crumb or len(" ".join((*kept, sentence))) > LONGEST or sentence[-1] not in ".!"
        ):
            break
        kept.append(sentence)
    return " ".join(kept) if kept and len(plain) > len(kept[0]) else plain


@lru_cache(maxsize=1 << 14)
def is_told(text: str, names: tuple[str, ...]) -> bool:
    """Say whether a text may be told from memory as what something is.

    Its subject is the thing itself, all of its name; it is a sentence, in words that are spoken.

    >>> is_told("Miscarriage is the loss of a pregnancy before birth.", ("missed abortion",))
    False
    """
    first = split_sentences(text)[0]
    if any(
        _pattern(key).search(first)
        for key in ("crumbs", "jargon", "unspoken", "misused", "frightening")
    ):
        return False
    if any(_pattern("jargon").search(each) for each in (text, *names[:1])):
        return False
    if len(stems(_EMPTY.sub("", text)) - _all(names)) < _FEWEST_NEW:
        return False
    verb = _VERB.search(first)
    if _NOUN_PHRASE.match(first) and (verb is None or _within_clause(first, verb.start())):
        return text.rstrip().endswith((".", "!")) or verb is None
    if _pattern("substance").match(first) and (verb is None or _within_clause(first, verb.start())):
        return True
    if verb is None:
        return False
    return _has_as_subject(text, first[: verb.start()], names)


def _has_as_subject(text: str, begun: str, names: tuple[str, ...]) -> bool:
    """Say whether what stands before the verb, or what that is also called, is one of the names."""
    said = " ".join([begun, *(called[1] for called in _CALLED.finditer(text))])
    subject, kind = stems(said), _KIND.search(said) is not None
    return any(
        _own(name) and _own(name) <= subject and (kind or not _KIND.search(name)) for name in names
    )


def is_about(text: str, names: tuple[str, ...]) -> bool:
    """Say whether a text may be shown as what something is, in an ontology's wording too.

    It is a phrase without a subject of its own, or its subject is the thing, all of its name.
    """
    first = split_sentences(text)[0]
    if _pattern("crumbs").search(first):
        return False
    verb = _VERB.search(first)
    if verb is None or _within_clause(first, verb.start()):
        return _OTHER_SUBJECT.match(first) is None
    return _has_as_subject(text, first[: verb.start()], names)


def _within_clause(sentence: str, place: int) -> bool:
    """Say whether a verb stands in a clause of its own: "a disease that is caused by"."""
    return re.search(r"\b(?:that|which|who|where|when|in which)\b", sentence[:place]) is not None


def _all(names: Collection[str]) -> set[str]:
    return set().union(*map(stems, names))


@lru_cache(maxsize=1 << 14)
def _own(name: str) -> frozenset[str]:
    return frozenset(stems(name))


@cache
def _pattern(key: str) -> re.Pattern[str]:
    return re.compile("|".join(_rules()[key]), re.IGNORECASE if key != "jargon" else 0)


@cache
def _rules() -> Mapping[str, list[str]]:
    return cast(
        Mapping[str, list[str]],
        rule_files.read("definitions"),
    )


def as_told(relation: str, value: str) -> str:
    """Return the English value of a fact as lessons and their proof hold it."""
    return told(value) if relation == "description" and value else value
