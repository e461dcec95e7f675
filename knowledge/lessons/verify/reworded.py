"""Hold the words of a reworded sentence against those that its relations are stated with.

sentence, its names as marks + relations -> every word is one of their templates, or a plain one

A model's wording need fit no template, yet may say no more than they do: a word that none of them
has could be an order, a dose or a doubt.
"""

import re
from functools import cache

from knowledge.lessons.verify import stock_sentences
from knowledge.lessons.verify.template_patterns import NAME
from knowledge.records import Language

_WORD = re.compile(r"[a-z]+(?:['’][a-z]+)?")
_PART = re.compile(r"\{\w+\}")
_RUN = re.compile("[\u3400-\u9fff]+")
_ALTERNATIVES = re.compile(r"[()\[\]<>«»|]")


def fits(shown: str, relations: frozenset[str], language: Language) -> bool:
    """Say whether a sentence has only words that state its relations, and plain ones."""
    if any(sign.isdigit() for sign in shown):
        return False
    if language == "en":
        known = _words(relations)
        return all(word in known for word in _WORD.findall(shown.replace(NAME, " ")))
    pairs = _pairs(relations)
    return all(
        run[place : place + 2] in pairs
        for run in _RUN.findall(shown)
        for place in range(max(1, len(run) - 1))
    )


@cache
def _words(relations: frozenset[str]) -> frozenset[str]:
    texts = [*stock_sentences.plain_words("en")]
    for one in relations:
        texts += stock_sentences.stating_templates(one, "en")
    return frozenset(word for text in texts for word in _WORD.findall(_PART.sub(" ", text).lower()))


@cache
def _pairs(relations: frozenset[str]) -> frozenset[str]:
    """Return the pairs of signs that stand side by side in templates, and single signs."""
    found: set[str] = set()
    every = [*stock_sentences.plain_words("zh")]
    for one in relations:
        for text in stock_sentences.stating_templates(one, "zh"):
            every += _RUN.findall(_ALTERNATIVES.sub(" ", _PART.sub(" ", text)))
    for run in every:
        found.update(run)
        found.update(run[place : place + 2] for place in range(len(run) - 1))
    return frozenset(found)
