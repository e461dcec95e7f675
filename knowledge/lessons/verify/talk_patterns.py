"""Recognise what is said within consultations and talks on papers, by their templates.

message, names masked -> what a doctor asks and a patient replies, which part of a paper is meant
"""

import re
from functools import cache, lru_cache

from knowledge.lessons.templates.loader import load
from knowledge.lessons.templates.tables import DialogueWords, LiteratureWords
from knowledge.lessons.verify.template_patterns import any_told
from knowledge.records import Language

_REPLIES = ("yes", "applies", "no")


@lru_cache(maxsize=1 << 12)
def reply(text: str, language: Language, last: bool) -> tuple[str, ...]:
    """Return what a patient's reply may mean: `yes`, `applies` or `no`."""
    return tuple(kind for kind in _REPLIES if _reply(kind, language, last).fullmatch(text))


@lru_cache(maxsize=1 << 12)
def doctor_asks(kind: str, text: str, language: Language) -> bool:
    """Say whether a doctor asks for a `symptom` or `risk_factor`."""
    return _doctor(kind, language).fullmatch(text) is not None


def parts(language: Language) -> tuple[str, ...]:
    """Return the parts of a paper."""
    return tuple(load(LiteratureWords, language).question)


@lru_cache(maxsize=1 << 12)
def parts_asked(text: str, language: Language) -> tuple[str, ...]:
    """Return the parts of a paper that a message may ask for; several where any is meant."""
    found = _paper_lead(language).match(text)
    for rest in (text[found.end() :] if found else text, text):
        if _paper_any(language).fullmatch(rest):
            return tuple(load(LiteratureWords, language).question)
        if parts := tuple(
            part
            for part in load(LiteratureWords, language).question
            if _paper_question(part, language).fullmatch(rest)
        ):
            return parts
    return ()


@lru_cache(maxsize=1 << 12)
def is_quotation_of(part: str, text: str, language: Language) -> bool:
    """Say whether an answer introduces a quotation of a part of a paper."""
    return _paper_quotation(part, language).fullmatch(text) is not None


@cache
def _reply(kind: str, language: Language, last: bool) -> re.Pattern[str]:
    words = load(DialogueWords, language)
    told = {"yes": words.reply_yes, "applies": words.reply_applies, "no": words.reply_no}[kind]
    ending = rf"(?:\s?{any_told(words.last_words, language)})?" if last else ""
    return re.compile(any_told(told, language) + ending)


@cache
def _paper_lead(language: Language) -> re.Pattern[str]:
    words = load(LiteratureWords, language)
    told = (words.opening, words.text_opening, words.follow_up, words.ending)
    return re.compile(rf"{any_told(told, language)}\s?")


@cache
def _paper_any(language: Language) -> re.Pattern[str]:
    words = load(LiteratureWords, language)
    told = any_told((words.another_question, words.whole_question), language)
    return re.compile(rf"{told}(?:\s?{any_told(words.quotation_wanted, language)})?")


@cache
def _paper_question(part: str, language: Language) -> re.Pattern[str]:
    words = load(LiteratureWords, language)
    told = any_told(words.question[part], language, p="[^“”]+")
    return re.compile(rf"{told}(?:\s?{any_told(words.quotation_wanted, language)})?")


@cache
def _paper_quotation(part: str, language: Language) -> re.Pattern[str]:
    words = load(LiteratureWords, language)
    told = (words.quotation.get(part, ()), words.named_part, words.another_quotation)
    agreed = any_told(words.agreement, language)
    return re.compile(rf"(?:{agreed}\s?)?{any_told(told, language, p='[^“”]+')}")


@cache
def _doctor(kind: str, language: Language) -> re.Pattern[str]:
    return re.compile(any_told(load(DialogueWords, language).question.get(kind, ()), language))
