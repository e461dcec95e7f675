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
    DialogueWords,
    GroundedWords,
    HuatuoWords,
    KnowledgeCallWords,
    LiteratureWords,
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
    either,
    introduction,
    number_slots,
    person_slots,
)
from knowledge.records import Language

_ASKED = "\4"
"""Stands for a question within another text."""

_PLAIN = "attribute_questions.question"
"""The table of questions that ask for a relation and tell nothing else."""

_REPLIES = ("yes", "applies", "no")


def fits(style: str, language: Language, relation: str, text: str) -> bool:
    """Say whether a message asks for a relation in words of a style."""
    return _QUESTIONS[style](language, relation, text)


def has_patterns(style: str) -> bool:
    """Say whether the questions of a style are known by their words."""
    return style in _QUESTIONS


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


@lru_cache(maxsize=1 << 12)
def reply(text: str, language: Language, last: bool) -> tuple[str, ...]:
    """Return what a patient's reply may mean: `yes`, `applies` or `no`."""
    return tuple(kind for kind in _REPLIES if _fits(_reply(kind, language, last), text))


@lru_cache(maxsize=1 << 12)
def doctor_asks(kind: str, text: str, language: Language) -> bool:
    """Say whether a doctor asks for a `symptom` or `risk_factor`."""
    return _fits(_doctor(kind, language), text)


def is_complaint(text: str, language: Language) -> bool:
    """Say whether a message is what a patient says first in a consultation."""
    return _fits(_complaint(language), text)


def parts(language: Language) -> tuple[str, ...]:
    """Return the parts of a paper."""
    return tuple(load(LiteratureWords, language).question)


@lru_cache(maxsize=1 << 12)
def parts_asked(text: str, language: Language) -> tuple[str, ...]:
    """Return the parts of a paper that a message may ask for; several where any is meant."""
    found = _paper_lead(language).match(text)
    for rest in (text[found.end() :] if found else text, text):
        if _fits(_paper_any(language), rest):
            return tuple(load(LiteratureWords, language).question)
        if parts := tuple(
            part
            for part in load(LiteratureWords, language).question
            if _fits(_paper_question(part, language), rest)
        ):
            return parts
    return ()


@lru_cache(maxsize=1 << 12)
def is_quotation_of(part: str, text: str, language: Language) -> bool:
    """Say whether an answer introduces a quotation of a part of a paper."""
    return _fits(_paper_quotation(part, language), text)


def _chatdoctor(language: Language, relation: str, text: str) -> bool:
    return any(
        _leads(lead(language), _asking(questions, language, relation), text)
        for lead, questions in (
            (_complaint, "chatdoctor.case_question"),
            (_named, "chatdoctor.diagnosis_question"),
            (_taken, "chatdoctor.medicine_question"),
        )
    )


def _huatuo(language: Language, relation: str, text: str) -> bool:
    words, asked = load(HuatuoWords, language), load(AttributeQuestionsWords, language)
    if any(
        _leads(_opened(language), each, text)
        for each in (
            _asking(_PLAIN, language, relation),
            _asking("huatuo.yes_or_no_question", language, relation),
        )
    ):
        return True
    if _fits(_two(language), text):
        topic = asked.topic_name.get(relation, "\0").lower()
        theirs = re.sub(r"\bits\b", "their", re.sub(r"\bit\b", "them", topic))
        return topic in text or theirs in text
    if _fits(_some(language), text):
        return words.some_name.get(relation, "\0").lower() in text
    return _holds(_case(language), _asking("patients.case_question", language, relation), text)


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
    combined = ("safety.combination_question", "safety.review_question")
    return any(_fits(_asking(each, language, relation), text) for each in combined) or _holds(
        _harmless(language), _asking(_PLAIN, language, relation), text
    )


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
    told = _any((words.complaint, words.complaint_continued), language)
    return re.compile(
        rf"(?:{_any(words.greeting, language)}\s?)?(?:{introduction(language)}\s?)?"
        rf"{told}(?:\s?{_any(words.worry, language)})?"
    )


@cache
def _named(language: Language) -> re.Pattern[str]:
    words = load(ChatdoctorWords, language)
    told = _any(words.diagnosis, language)
    return re.compile(rf"(?:{_any(words.greeting, language)}\s?)?{told}")


@cache
def _taken(language: Language) -> re.Pattern[str]:
    words = load(ChatdoctorWords, language)
    given = (*words.medicine, *words.given, *words.vaccine)
    return re.compile(rf"(?:{_any(words.greeting, language)}\s?)?{_any(given, language)}")


@cache
def _opened(language: Language) -> re.Pattern[str]:
    words = load(AttributeQuestionsWords, language)
    return re.compile(rf"(?:{_any((words.opening, words.context), language)})?")


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
    return re.compile(_any(words.case, language, ask=_ASKED))


@cache
def _layout(language: Language) -> re.Pattern[str]:
    words = load(GroundedWords, language)
    return re.compile(_any(words.layout, language, e=LINES, q=_ASKED))


@cache
def _whether(language: Language) -> re.Pattern[str]:
    return re.compile(_any(load(GroundedWords, language).whether, language))


@cache
def _next(language: Language) -> re.Pattern[str]:
    words = load(KnowledgeCallWords, language)
    return re.compile(_any(words.next_question, language, q=_ASKED, Q=_ASKED))


@cache
def _harmless(language: Language) -> re.Pattern[str]:
    words = load(SafetyWords, language)
    return re.compile(_any(words.harmless_question, language, q=_ASKED, Q=_ASKED))


@cache
def _compared(language: Language) -> re.Pattern[str]:
    return re.compile(_any(load(ComparisonWords, language).question, language))


@cache
def _told_about(language: Language) -> re.Pattern[str]:
    return re.compile(_any(load(OverviewWords, language).question, language))


@cache
def _harmful(language: Language) -> re.Pattern[str]:
    return re.compile(_any(load(SafetyWords, language).harm_question, language))


@cache
def _warned(language: Language) -> re.Pattern[str]:
    return re.compile(_any(load(SafetyWords, language).red_flag_question, language))


@cache
def _path(language: Language, relation: str) -> re.Pattern[str]:
    asked = load(MultiHopWords, language).question
    told = asked.get(relation, ())
    if relation == "contraindication":
        told = (*told, *asked["birth"])
    return re.compile(_any(told, language))


@cache
def _vignettes(language: Language) -> re.Pattern[str]:
    words = load(VignetteWords, language)
    past = _any(words.history, language)
    task = _any((words.task, words.task_alone), language)
    whole = rf"(?:{past}\s?)?{task}"
    slots = {"ask": whole, "Ask": whole, "Task": task, "past": rf"(?:\s?{past})?"}
    return re.compile(_any(words.case, language, **slots))


@cache
def _reply(kind: str, language: Language, last: bool) -> re.Pattern[str]:
    words = load(DialogueWords, language)
    told = {"yes": words.reply_yes, "applies": words.reply_applies, "no": words.reply_no}[kind]
    ending = rf"(?:\s?{_any(words.last_words, language)})?" if last else ""
    return re.compile(_any(told, language) + ending)


@cache
def _paper_lead(language: Language) -> re.Pattern[str]:
    words = load(LiteratureWords, language)
    told = (words.opening, words.text_opening, words.follow_up, words.ending)
    return re.compile(rf"{_any(told, language)}\s?")


@cache
def _paper_any(language: Language) -> re.Pattern[str]:
    words = load(LiteratureWords, language)
    told = _any((words.another_question, words.whole_question), language)
    return re.compile(rf"{told}(?:\s?{_any(words.quotation_wanted, language)})?")


@cache
def _paper_question(part: str, language: Language) -> re.Pattern[str]:
    words = load(LiteratureWords, language)
    told = _any(words.question[part], language, p="[^“”]+")
    return re.compile(rf"{told}(?:\s?{_any(words.quotation_wanted, language)})?")


@cache
def _paper_quotation(part: str, language: Language) -> re.Pattern[str]:
    words = load(LiteratureWords, language)
    told = (words.quotation.get(part, ()), words.named_part, words.another_quotation)
    agreed = _any(words.agreement, language)
    return re.compile(rf"(?:{agreed}\s?)?{_any(told, language, p='[^“”]+')}")


@cache
def _doctor(kind: str, language: Language) -> re.Pattern[str]:
    return re.compile(_any(load(DialogueWords, language).question.get(kind, ()), language))


@cache
def _asking(key: str, language: Language, relation: str) -> re.Pattern[str]:
    """Return the questions of a table that ask for a relation; nothing fits where it has none."""
    by_relation = cast(Mapping[str, tuple[str, ...]], stock_sentences.table(key, language))
    return re.compile(_any(by_relation.get(relation, ()), language))


def _any(held: object, language: Language, **slots: str) -> str:
    every: Mapping[str, str] = {**person_slots(language), **slots}
    return any_of(held, language, every)
