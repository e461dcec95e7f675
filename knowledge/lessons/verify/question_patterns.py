"""Recognise what the user of a row may say, by the templates of its style.

style + relation that is asked for + message, its names as marks -> whether templates word it so

A question that no template words, or that asks for another relation, is none of the style's. Long
patterns are the same for all relations; what differs is matched apart.
"""

import re
from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from typing import cast

from knowledge.lessons.templates.loader import load
from knowledge.lessons.templates.tables import (
    AttributeQuestionsWords,
    ChatdoctorWords,
    ComparisonWords,
    GroundedWords,
    HuatuoWords,
    KnowledgeCallWords,
    MultiHopWords,
    OverviewWords,
    PatientsWords,
    SafetyWords,
    VignetteWords,
)
from knowledge.lessons.verify import stock_sentences
from knowledge.lessons.verify.template_patterns import (
    LINES,
    any_of,
    any_told,
    either,
    introduction,
    number_slots,
)
from knowledge.records import Language

_ASKED = "\4"
"""Stands for a question within another text."""

_PLAIN = "attribute_questions.question"
"""The table of questions that ask for a relation and tell nothing else."""


def fits(style: str, language: Language, relation: str, text: str) -> bool:
    """Say whether a message asks for a relation in words of a style."""
    return _QUESTIONS[style](language, relation, text)


def has_patterns(style: str) -> bool:
    """Say whether the questions of a style are known by their words."""
    return style in _QUESTIONS


def inferring(style: str, language: Language, relation: str, text: str) -> tuple[bool, ...]:
    """Return whether a message asks for more than to recall one fact; both where it may be either.

    It does where it tells of a case, asks for two things, or whether two things go together.
    """
    if style == "chatdoctor":
        return (_tells_of_case(language, relation, text),)
    if style == "safety":
        return (_asks_of_two(language, relation, text),)
    recalls = _asks_plainly(language, relation, text) or _fits(_some(language), text)
    infers = _fits(_two(language), text) or _describes_case(language, relation, text)
    return tuple(way for way, fits in ((True, infers), (False, recalls)) if fits)


def is_refusable(text: str, language: Language) -> bool:
    """Say whether a message is one of the requests that rows refuse."""
    return _fits(_harmful(language), text)


def asks_whether(text: str, language: Language) -> bool:
    """Say whether a message asks what lines that disagree leave open."""
    return _holds(_layout(language), _whether(language), text)


def asks_for_two(text: str, language: Language) -> bool:
    """Say whether a message asks for two relations at once, so that one is but half an answer."""
    return _fits(_two(language), text)


@lru_cache(maxsize=1 << 12)
def number_asked(text: str, language: Language) -> int:
    """Return how many things of a kind a message asks for, or 0 where it asks for no number."""
    return next((number for number, each in _numbered(language) if _fits(each, text)), 0)


@lru_cache(maxsize=1 << 12)
def asks_next(text: str, language: Language, relation: str) -> bool:
    """Say whether a message asks for a further relation, after a call was answered."""
    return _holds(_next(language), _asking(_PLAIN, language, relation), text)


def is_complaint(text: str, language: Language) -> bool:
    """Say whether a message is what a patient says first in a consultation."""
    return _fits(_complaint(language), text)


def _chatdoctor(language: Language, relation: str, text: str) -> bool:
    return _tells_of_case(language, relation, text) or any(
        _leads(lead(language), _asking(questions, language, relation), text)
        for lead, questions in (
            (_named, "chatdoctor.diagnosis_question"),
            (_taken, "chatdoctor.medicine_question"),
        )
    )


def _tells_of_case(language: Language, relation: str, text: str) -> bool:
    """Say whether a patient tells of complaints, and asks what follows from them."""
    asked = _asking("chatdoctor.case_question", language, relation)
    return _leads(_complaint(language), asked, text)


def _huatuo(language: Language, relation: str, text: str) -> bool:
    words = load(HuatuoWords, language)
    if _asks_plainly(language, relation, text):
        return True
    if _fits(_two(language), text):
        return names_topic(text, relation, language)
    if _fits(_some(language), text):
        return words.some_name.get(relation, "\0").lower() in text
    return _describes_case(language, relation, text)


def _asks_plainly(language: Language, relation: str, text: str) -> bool:
    """Say whether a message asks for a relation, or whether something is one of it."""
    return any(
        _leads(_opened(language), each, text)
        for each in (
            _asking(_PLAIN, language, relation),
            _asking("huatuo.yes_or_no_question", language, relation),
        )
    )


def _describes_case(language: Language, relation: str, text: str) -> bool:
    asked = _asking("patients.case_question", language, relation)
    return _holds(_case(language), asked, text)


def _grounded(language: Language, relation: str, text: str) -> bool:
    if _holds(_layout(language), _asking(_PLAIN, language, relation), text):
        return True
    return names_topic(text, relation, language) and _holds(_layout(language), _two(language), text)


def names_topic(text: str, relation: str, language: Language) -> bool:
    """Say whether a question on two things names one of them."""
    topic = load(AttributeQuestionsWords, language).topic_name.get(relation, "\0").lower()
    theirs = re.sub(r"\bits\b", "their", re.sub(r"\bit\b", "them", topic))
    return topic in text or theirs in text


def _vignette(language: Language, relation: str, text: str) -> bool:
    return _fits(_vignettes(language), text)


def _multi_hop(language: Language, relation: str, text: str) -> bool:
    return _fits(_path(language, relation), text)


def _safety(language: Language, relation: str, text: str) -> bool:
    if relation == "red_flag" and _fits(_warned(language), text):
        return True
    return _asks_of_two(language, relation, text) or _holds(
        _harmless(language), _asking(_PLAIN, language, relation), text
    )


def _asks_of_two(language: Language, relation: str, text: str) -> bool:
    """Say whether a message asks if a medicine goes with another, or with an illness."""
    combined = ("safety.combination_question", "safety.review_question")
    return any(_fits(_asking(each, language, relation), text) for each in combined)


def _overview(language: Language, relation: str, text: str) -> bool:
    return relation == "overview" and _fits(_told_about(language), text)


def _comparison(language: Language, relation: str, text: str) -> bool:
    return relation == "comparison" and _fits(_compared(language), text)


def _exam(language: Language, relation: str, text: str) -> bool:
    """Say that a question fits: `exam_check` holds it against the graph before."""
    return True


_QUESTIONS: dict[str, Callable[[Language, str, str], bool]] = {
    "chatdoctor": _chatdoctor,
    "huatuo": _huatuo,
    "grounded": _grounded,
    "vignette": _vignette,
    "multi-hop": _multi_hop,
    "knowledge-call": _huatuo,
    "safety": _safety,
    "overview": _overview,
    "comparison": _comparison,
    "exam": _exam,
}


def _fits(found: re.Pattern[str], text: str) -> bool:
    return found.fullmatch(text) is not None


def _leads(lead: re.Pattern[str], rest: re.Pattern[str], text: str) -> bool:
    """Say whether a text is a lead with the rest behind it."""
    found = lead.match(text)
    return found is not None and _fits(rest, text[found.end() :].lstrip(" "))


def _holds(outer: re.Pattern[str], inner: re.Pattern[str], text: str) -> bool:
    """Say whether a text is an outer one with a question in it that the inner pattern finds."""
    return any(
        _fits(outer, text[: found.start()] + _ASKED + text[found.end() :])
        for found in inner.finditer(text)
    )


@cache
def _complaint(language: Language) -> re.Pattern[str]:
    words = load(ChatdoctorWords, language)
    told = any_told((words.complaint, words.complaint_continued), language)
    return re.compile(
        rf"(?:{any_told(words.greeting, language)}\s?)?(?:{introduction(language)}\s?)?"
        rf"{told}(?:\s?{any_told(words.worry, language)})?"
    )


@cache
def _named(language: Language) -> re.Pattern[str]:
    words = load(ChatdoctorWords, language)
    told = any_told(words.diagnosis, language)
    return re.compile(rf"(?:{any_told(words.greeting, language)}\s?)?{told}")


@cache
def _taken(language: Language) -> re.Pattern[str]:
    words = load(ChatdoctorWords, language)
    given = (*words.medicine, *words.given, *words.vaccine)
    return re.compile(rf"(?:{any_told(words.greeting, language)}\s?)?{any_told(given, language)}")


@cache
def _opened(language: Language) -> re.Pattern[str]:
    words = load(AttributeQuestionsWords, language)
    return re.compile(rf"(?:{any_told((words.opening, words.context), language)})?")


@cache
def _two(language: Language) -> re.Pattern[str]:
    words = load(AttributeQuestionsWords, language)
    return re.compile(any_of(words.two_topics, language, number_slots(language)))


@cache
def _some(language: Language) -> re.Pattern[str]:
    words = load(HuatuoWords, language)
    return re.compile(any_of(words.some_question, language, number_slots(language)))


@cache
def _numbered(language: Language) -> tuple[tuple[int, re.Pattern[str]], ...]:
    """Return the questions for each number of things."""
    words = load(HuatuoWords, language)
    slots = dict(number_slots(language))
    return tuple(
        (number, re.compile(any_of(words.some_question, language, {**slots, "n": either((word,))})))
        for number, word in words.number.items()
    )


@cache
def _case(language: Language) -> re.Pattern[str]:
    words = load(PatientsWords, language)
    return re.compile(any_told(words.case, language, ask=_ASKED))


@cache
def _layout(language: Language) -> re.Pattern[str]:
    words = load(GroundedWords, language)
    return re.compile(any_told(words.layout, language, e=LINES, q=_ASKED))


@cache
def _whether(language: Language) -> re.Pattern[str]:
    return re.compile(any_told(load(GroundedWords, language).whether, language))


@cache
def _next(language: Language) -> re.Pattern[str]:
    words = load(KnowledgeCallWords, language)
    return re.compile(any_told(words.next_question, language, q=_ASKED, Q=_ASKED))


@cache
def _harmless(language: Language) -> re.Pattern[str]:
    words = load(SafetyWords, language)
    return re.compile(any_told(words.harmless_question, language, q=_ASKED, Q=_ASKED))


@cache
def _compared(language: Language) -> re.Pattern[str]:
    return re.compile(any_told(load(ComparisonWords, language).question, language))


@cache
def _told_about(language: Language) -> re.Pattern[str]:
    return re.compile(any_told(load(OverviewWords, language).question, language))


@cache
def _harmful(language: Language) -> re.Pattern[str]:
    return re.compile(any_told(load(SafetyWords, language).harm_question, language))


@cache
def _warned(language: Language) -> re.Pattern[str]:
    return re.compile(any_told(load(SafetyWords, language).red_flag_question, language))


@cache
def _path(language: Language, relation: str) -> re.Pattern[str]:
    asked = load(MultiHopWords, language).question
    told = asked.get(relation, ())
    if relation == "contraindication":
        told = (*told, *asked["birth"])
    return re.compile(any_told(told, language))


@cache
def _vignettes(language: Language) -> re.Pattern[str]:
    words = load(VignetteWords, language)
    past = any_told(words.history, language)
    task = any_told((words.task, words.task_alone), language)
    whole = rf"(?:{past}\s?)?{task}"
    slots = {"ask": whole, "Ask": whole, "Task": task, "past": rf"(?:\s?{past})?"}
    return re.compile(any_told(words.case, language, **slots))


@cache
def _asking(key: str, language: Language, relation: str) -> re.Pattern[str]:
    """Return the questions of a table that ask for a relation; nothing fits where it has none."""
    by_relation = cast(Mapping[str, tuple[str, ...]], stock_sentences.table(key, language))
    return re.compile(any_told(by_relation.get(relation, ()), language))
