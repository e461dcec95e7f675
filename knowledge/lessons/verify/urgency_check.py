"""Check that a row opens with what to do now exactly where its user's words suggest an emergency.

row + rules -> the row without its opening, and what is wrong, or nothing

Whoever tells of a finding that alarms is told to be seen soon, even where no rule takes the words
for an emergency. What tells of a condition that is an emergency says so, and what to do now is
told of the kind of illness or side effect that the row is about.
"""

import re
from dataclasses import replace
from functools import cache

from knowledge.lessons.facts import acute_kinds, urgent_flags
from knowledge.lessons.facts.urgent_words import (
    CLINICIANS,
    WEIGHING,
    Emergency,
    UrgencyRules,
    names_its_subject,
    users_words,
)
from knowledge.lessons.templates.loader import load
from knowledge.lessons.templates.tables import AcuteWords, ConsultationWords, UrgencyWords
from knowledge.lessons.verify.template_patterns import any_of
from knowledge.records import Language, Lesson, LessonMessage
from knowledge.text.sentences import sentence_spans


def take_opening(lesson: Lesson, rules: UrgencyRules | None) -> tuple[Lesson, str]:
    """Return a row without its opening, for the proof of the rest, and the first fault."""
    claimed = lesson.meta.get("urgent")
    if tells_other_advice(lesson):
        return lesson, "what is to be done now is what another illness or side effect calls for"
    if not claimed and is_silent(lesson):
        return lesson, "an emergency is told of without saying that it is one"
    if _is_alarmist(lesson):
        return lesson, "what is no emergency is called one"
    if rules is None:
        return lesson, "the rules for urgent words are not given" if claimed else ""
    found = rules(users_words(lesson), lesson.language)
    if not found:
        if claimed:
            return lesson, "the row opens with an emergency that no words suggest"
        return lesson, "" if _is_heeded(lesson) else "an alarming finding is passed over"
    known = {each.id: each for each in found}
    first = str(claimed[0]) if isinstance(claimed, list) and claimed else ""
    # A case opens with the emergency of what it follows, wherever that stands among them.
    wanted = list(known)
    if lesson.style in WEIGHING and first in known:
        wanted = [first, *(each for each in known if each != first)]
    if claimed != wanted:
        return lesson, "the row does not name the emergencies that its words suggest"
    opening = _opening(lesson, known[first])
    if not opening:
        return lesson, "the answer does not open with what to do now"
    support = lesson.meta.get("support")
    count = len(sentence_spans(opening))
    if not isinstance(support, list) or any(support[:count]) or len(support) <= count:
        return lesson, "the opening of an answer rests on facts"
    said = LessonMessage("assistant", lesson.messages[-1].content.removeprefix(opening).lstrip())
    left = {**lesson.meta, "support": support[count:]}
    return replace(lesson, messages=(*lesson.messages[:-1], said), meta=left), ""


def _opening(lesson: Lesson, emergency: Emergency) -> str:
    """Return the opening that an answer has, or an empty text."""
    words = load(UrgencyWords, lesson.language)
    clinician = lesson.style in CLINICIANS
    answer = lesson.messages[-1].content
    named = names_its_subject(lesson)
    for template in (
        words.to_clinician if clinician else words.to_named if named else words.to_patient
    ):
        text = template.format(name=emergency.name, act=emergency.act)
        if answer.startswith(text):
            return text
    return ""


def _is_heeded(lesson: Lesson) -> bool:
    """Say whether an answer tells how soon to be seen, where a finding that is told asks for it."""
    if lesson.style not in _OF_COMPLAINTS or names_its_subject(lesson):
        return True
    alarm = urgent_flags.alarm_of(users_words(lesson), lesson.language)
    answer = lesson.messages[-1].content
    return not alarm or any(
        _heeding(alarm, lesson.language).fullmatch(answer[start:end].strip().lower())
        for start, end in sentence_spans(answer)
    )


def is_silent(lesson: Lesson) -> bool:
    """Say whether a row tells of a condition that is an emergency, and not that it is one."""
    if lesson.style not in _TELLING or not lesson.sources:
        return False
    if lesson.meta.get("refused") and not any(_PLACE.search(one.quote) for one in lesson.sources):
        return False
    subject = _SUBJECT.match(lesson.sources[0].quote)
    named = lesson.split_key.startswith("condition:") and subject is not None
    if not named or subject is None or not urgent_flags.is_grave_name(subject[1]):
        return False
    flags = (each.quote for each in lesson.sources if _FLAG.search(each.quote))
    if any(map(urgent_flags.tells_emergency, flags)):
        return False
    answer = lesson.messages[-1].content
    return not any(
        _pressing(lesson.language).fullmatch(answer[start:end].strip().lower())
        for start, end in sentence_spans(answer)
    )


def _is_alarmist(lesson: Lesson) -> bool:
    """Say whether a row calls something an emergency that is no condition, or not a grave one."""
    answer = lesson.messages[-1].content
    if not _ALARM.search(answer) or not any(
        _pressing(lesson.language).fullmatch(answer[start:end].strip().lower())
        for start, end in sentence_spans(answer)
    ):
        return False
    if not lesson.split_key.startswith("condition:"):
        return True
    subject = _SUBJECT.match(lesson.sources[0].quote) if lesson.sources else None
    called = lesson.style == "knowledge-call" and subject is not None
    return called and subject is not None and not urgent_flags.is_grave_name(subject[1])


def tells_other_advice(lesson: Lesson) -> bool:
    """Say whether an answer tells what to do now with something else than what it is about."""
    answer = lesson.messages[-1].content.lower()
    told = {kind for kind, says in _acts(lesson.language) if says.search(answer)}
    if not told:
        return False
    quotes = [each.quote for each in lesson.sources]
    subjects = list(filter(None, map(_SUBJECT.match, quotes)))
    effects = "\n".join(each for each in quotes if _EFFECTS.search(each))
    fitting = {("condition", acute_kinds.kind_of(each[1])) for each in subjects}
    fitting |= {("effect", kind) for kind in acute_kinds.effects_in(effects)}
    fitting |= {("stopping", acute_kinds.kind_of_stopping(each[1])) for each in subjects}
    return not told & fitting


@cache
def _acts(language: Language) -> tuple[tuple[tuple[str, str], re.Pattern[str]], ...]:
    """Return what is said of what to do now, by what it is said of and the kind of danger."""
    words = load(AcuteWords, language)
    return tuple(
        ((of, kind), re.compile(any_of(lines, language, {})))
        for of, table in (
            ("condition", words.condition),
            ("effect", words.effect),
            ("stopping", words.stopping),
        )
        for kind, lines in table.items()
    )


_TELLING = ("huatuo", "knowledge-call", "safety")
"""Styles that tell of a condition to whoever asks."""

_SUBJECT = re.compile("(.+?)(?: — |——)")
_ALARM = re.compile("emergenc|hospital|treated|急|等", re.IGNORECASE)
"""What every sentence has that calls something an emergency."""

_EFFECTS = re.compile("— side effects?:|——(?:不良反应|副作用)：")
_PLACE = re.compile("— departments?:|——就诊科室：")
_FLAG = re.compile("— red flags:|——警示征象：")


@cache
def _pressing(language: Language) -> re.Pattern[str]:
    """Return what a sentence says that calls a condition an emergency."""
    words = load(ConsultationWords, language)
    return re.compile(
        any_of((*words.emergency, *words.urgent_named, *words.ambulance_named), language, {})
    )


_OF_COMPLAINTS = ("chatdoctor", "dialogue")
"""Styles in which somebody tells a doctor of complaints."""


@cache
def _heeding(alarm: str, language: Language) -> re.Pattern[str]:
    """Return what a sentence says that heeds a finding."""
    words = load(ConsultationWords, language)
    told = (*words.urgent_first, *words.ambulance_first, *words.same_day_step)
    told = told if alarm == "now" else (*told, *words.prompt_step)
    return re.compile(any_of(told, language, {}))
