"""Recognise what the user of a row may say, by the templates of its style.

style + relation that is asked for -> one pattern of the whole message, its names as marks

A question that another template words, or that asks for another relation, fits none of them.
"""

import re
from collections.abc import Mapping
from functools import cache

from knowledge.lessons.templates.loader import load
from knowledge.lessons.templates.tables import (
    AttributeQuestionsWords,
    ChatdoctorWords,
    DialogueWords,
    GroundedWords,
    HuatuoWords,
    KnowledgeCallWords,
    LiteratureWords,
    PatientsWords,
    SafetyWords,
    VignetteWords,
)
from knowledge.lessons.verify.template_patterns import (
    LINES,
    any_of,
    introduction,
    number_slots,
    person_slots,
)
from knowledge.records import Language

NEVER = "(?!)"

_KINDS = ("condition", "medicine")


@cache
def first_words(style: str, language: Language, relation: str) -> re.Pattern[str]:
    """Return the pattern of the question of a row in a style on a relation."""
    return _compiled(_QUESTIONS[style](language, relation))


@cache
def refused_request(language: Language) -> re.Pattern[str]:
    """Return the pattern of requests that a row refuses."""
    words = load(SafetyWords, language)
    return _compiled(_any(words.harm_question, language))


@cache
def contradicted_question(language: Language) -> re.Pattern[str]:
    """Return the pattern of questions over lines that disagree."""
    return _compiled(_laid(language, _any(load(GroundedWords, language).whether, language)))


@cache
def next_words(language: Language, relation: str) -> re.Pattern[str]:
    """Return the pattern of a further question on a relation, after a call was answered."""
    asked = _asked(language, relation)
    words = load(KnowledgeCallWords, language).next_question
    return _compiled(_any(words, language, {"q": asked, "Q": asked}))


@cache
def reply(kind: str, language: Language, *, last: bool) -> re.Pattern[str]:
    """Return the pattern of a patient's reply: `yes`, `applies` or `no`."""
    words = load(DialogueWords, language)
    told = {"yes": words.reply_yes, "applies": words.reply_applies, "no": words.reply_no}[kind]
    ending = rf"(?:\s?{_any(words.last_words, language)})?" if last else ""
    return _compiled(_any(told, language) + ending)


@cache
def doctor_asks(kind: str, language: Language) -> re.Pattern[str]:
    """Return the pattern of a doctor's question on a `symptom` or `risk_factor`."""
    words = load(DialogueWords, language).question
    return _compiled(_any(words.get(kind, ()), language))


@cache
def complaint(language: Language) -> re.Pattern[str]:
    """Return the pattern of a patient's first words in a consultation."""
    return _compiled(_complaint(language))


@cache
def literature_part(part: str, language: Language, *, asked: bool) -> re.Pattern[str]:
    """Return the pattern of questions on, or quotations of, a part of a paper."""
    words = load(LiteratureWords, language)
    slots = {"p": "[^“”]+"}
    if not asked:
        agreed = rf"(?:{_any(words.agreement, language)}\s?)?"
        told = _any((words.quotation.get(part, ()), words.named_part), language, slots)
        again = _any(words.another_quotation, language)
        return _compiled(f"{agreed}(?:{told}|{again})")
    lead = _any((words.opening, words.follow_up, words.ending), language)
    wanted = _any(words.quotation_wanted, language)
    question = _any(words.question.get(part, ()), language, slots)
    more = (
        f"(?:{question}|{_any(words.another_question, language)}"
        f"|{_any(words.whole_question, language)})"
    )
    return _compiled(rf"(?:{lead}\s?)?{more}(?:\s?{wanted})?")


def literature_parts(language: Language) -> tuple[str, ...]:
    """Return the parts of a paper that have words of their own."""
    return tuple(load(LiteratureWords, language).question)


def _chatdoctor(language: Language, relation: str) -> str:
    words, slots = load(ChatdoctorWords, language), person_slots(language)
    case = "symptom" if relation == "associated_with" else relation
    told = _any(words.diagnosis, language, slots)
    taken = _any(words.medicine, language, slots)
    greeting = _any(words.greeting, language)
    of_case, of_name, of_medicine = (
        _any(table.get(key, ()), language)
        for table, key in (
            (words.case_question, case),
            (words.diagnosis_question, relation),
            (words.medicine_question, relation),
        )
    )
    return (
        rf"(?:{_complaint(language)}\s?{of_case}|(?:{greeting}\s?)?"
        rf"(?:{told}\s?{of_name}|{taken}\s?{of_medicine}))"
    )


def _complaint(language: Language) -> str:
    words, slots = load(ChatdoctorWords, language), person_slots(language)
    told = _any((words.complaint, words.complaint_continued), language, slots)
    return (
        rf"(?:{_any(words.greeting, language)}\s?)?(?:{introduction(language)}\s?)?"
        rf"{told}(?:\s?{_any(words.worry, language)})?"
    )


def _huatuo(language: Language, relation: str) -> str:
    words, asked = load(HuatuoWords, language), load(AttributeQuestionsWords, language)
    slots, people = number_slots(language), person_slots(language)
    lead = _any((asked.opening, asked.context), language, people)
    own = words.some_name.get(relation)
    some = _any(words.some_question, language, {**slots, "r": re.escape(own or "")})
    case = load(PatientsWords, language)
    ask = _any(case.case_question.get(relation, ()), language)
    cases = _any(case.case, language, {**people, "ask": ask})
    every = (
        _asked(language, relation),
        some if own is not None else NEVER,
        _any(words.yes_or_no_question.get(relation, ()), language),
        _paired(language, relation),
        cases,
    )
    return rf"(?:{lead}\s?)?(?:{'|'.join(every)})"


def _paired(language: Language, relation: str) -> str:
    """Return the pattern of questions on two relations, of which this is one."""
    asked, slots = load(AttributeQuestionsWords, language), number_slots(language)
    own = asked.topic_name.get(relation)
    if own is None:
        return NEVER
    named = re.escape(own)
    if language == "en":
        theirs = re.sub(r"\bits\b", "their", re.sub(r"\bit\b", "them", own))
        named = f"(?:{named}|{re.escape(theirs)})"
    return "|".join(
        _any(asked.two_topics, language, {**slots, one: named}) for one in ("a", "b")
    )


def _asked(language: Language, relation: str) -> str:
    asked = load(AttributeQuestionsWords, language).question.get(relation, ())
    return _any(asked, language, person_slots(language))


def _grounded(language: Language, relation: str) -> str:
    return _laid(language, f"(?:{_asked(language, relation)}|{_paired(language, relation)})")


def _laid(language: Language, question: str) -> str:
    words = load(GroundedWords, language)
    return _any(words.layout, language, {"e": LINES, "q": question})


def _vignette(language: Language, relation: str) -> str:
    words = load(VignetteWords, language)
    past = _any(words.history, language)
    tasks = (
        words.task_statistical if relation == "associated_with" else (words.task, words.task_alone)
    )
    task = _any(tasks, language)
    whole = rf"(?:{past}\s?)?{task}"
    slots = {
        **person_slots(language), "ask": whole, "Ask": whole, "Task": task,
        "past": rf"(?:\s?{past})?",
    }  # fmt: skip
    return _any(words.case, language, slots)


def _called(language: Language, relation: str) -> str:
    return _huatuo(language, relation)


def _safety(language: Language, relation: str) -> str:
    words, people = load(SafetyWords, language), person_slots(language)
    asked = _asked(language, relation)
    found = [
        _any(words.combination_question.get(relation, ()), language, people),
        _any(words.harmless_question, language, {**people, "q": asked, "Q": asked}),
    ]
    if relation == "red_flag":
        found.append(_any(words.red_flag_question, language, people))
    return f"(?:{'|'.join(found)})"


_QUESTIONS = {
    "chatdoctor": _chatdoctor,
    "huatuo": _huatuo,
    "grounded": _grounded,
    "vignette": _vignette,
    "knowledge-call": _called,
    "safety": _safety,
}


def has_patterns(style: str) -> bool:
    """Say whether the questions of a style are known by their words."""
    return style in _QUESTIONS


def _any(held: object, language: Language, slots: Mapping[str, str] | None = None) -> str:
    return any_of(held, language, person_slots(language) if slots is None else slots)


def _compiled(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE)


