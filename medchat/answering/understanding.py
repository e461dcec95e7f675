"""Understand a question: its entities and relations, and what a follow-up leaves out.

    question + earlier questions -> Question (one that stands alone)

"And its side effects?" after a question on metformin asks for the side effects of metformin.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from knowledge.search.query_parser import AskedRelation, ParsedQuery
from knowledge.search.reading.question_reading import Reading
from knowledge.text import text_features
from knowledge.text.exact_names import ExactName, find_exact_names, name_of_words
from knowledge.text.scripts import is_traditional
from knowledge.text.sentence_support import EntitySpan
from knowledge.vocabulary import RELATIONS
from medchat.answering.answer import Language
from medchat.answering.follow_up import QueryParser, complete
from medchat.answering.patient.abnormal_values import find_abnormal
from medchat.answering.patient_state import PatientState

_COURSE_EN = re.compile(
    r"(?:(?:sub)?acute|chronic|recurrent|mild|moderate|severe|early|advanced|uncomplicated)[\s-]+",
    re.IGNORECASE,
)
_COURSE_ZH = re.compile("亚?急性|慢性|复发性|反复|轻度|中度|重度|重症|早期|晚期")

_CAUSED = re.compile(
    r"\b(?:due to|caused by|secondary to|induced by|of unknown (?:cause|origin|a?etiology))\b"
    "|所致的?|引起的|导致的|病因不明的?|原因不明的?|不明原因的?",
    re.IGNORECASE,
)
"""What names an illness by its cause, and does not ask for it."""

_TREATED = re.compile(
    r"\b(?:treat\w*|tak(?:e|en|ing)|continu\w*|given|us(?:e|ed|ing)|medic\w*|anti\w*|tablets?|pills?)\b"
    "|药|服|吃|用|治|疗",
    re.IGNORECASE,
)
"""What makes "how long" ask for how long a treatment lasts."""

_NOTHING_KNOWN = PatientState()


@dataclass(frozen=True, slots=True)
class Question:
    """A question that stands alone, and what it asks for.

    `entities` are the ids of what it mentions, `relations` those it clearly asks for, the clearest
    first; `rest` holds words that are neither. `follows` says that something was carried over
    from the questions before, `permission` that it is whether somebody may have a medicine.

    `question` is in simplified characters; `written` is as it was asked, each of its characters in
    the same place, and empty where nothing differs. `exact` are words that name one thing, such
    as an allele or a medicine that the base does not know: only what holds them is the answer.
    `readings` are words that were read otherwise than they are written, `members` what may
    answer for a name of which nothing is recorded: medicines of a class, kinds of a condition.
    """

    question: str
    language: Language
    mentions: tuple[EntitySpan, ...] = ()
    relations: tuple[str, ...] = ()
    rest: tuple[str, ...] = ()
    follows: bool = False
    permission: bool = False
    written: str = ""
    traditional: bool = False
    exact: tuple[ExactName, ...] = ()
    readings: tuple[Reading, ...] = ()
    members: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()

    @property
    def entities(self) -> frozenset[str]:
        """Return the ids of what the question mentions."""
        return frozenset(id for mention in self.mentions for id in mention.entities)

    def reading_as(self, written: str, read: str) -> "Question":
        """Return this with one more reading, which is told: "the first one" is sertraline."""
        return replace(self, readings=(*self.readings, Reading(written, read, "spelling")))

    @property
    def subjects(self) -> frozenset[str]:
        """Return the ids of what the question mentions, and of the members of its classes."""
        return self.entities.union(self.members)


def understand_question(
    question: str,
    earlier: Sequence[str],
    parse: QueryParser,
    patient: PatientState = _NOTHING_KNOWN,
) -> Question:
    """Return what a question asks, completed by the questions before it, the last one last.

    What is known of the patient completes it as well.
    """
    text = " ".join(question.split())
    parts = parse(text)
    completed = complete(text, parts, earlier, parse, patient)
    traditional = is_traditional(text)
    if completed is None and (named := _with_value_named(text, parts, parse)):
        return named
    if completed is None:
        written = text if len(text) == len(parts.text) and not parts.readings else ""
        written = written if text != parts.text else ""
        return replace(_asked(parts), written=written, traditional=traditional)
    return replace(_asked(parse(completed), follows=True), traditional=traditional)


def _with_value_named(text: str, parts: ParsedQuery, parse: QueryParser) -> Question | None:
    """Return a question with the condition that its only value is: "a potassium of 6.3"."""
    value = find_abnormal(text.casefold(), parts.language)
    if value is None or len(text.casefold()) != len(text) or parts.permission:
        return None
    others = [each for each in parts.mentions if not value.start <= each.start < value.end]
    if any(id.startswith(("condition:", "medicine:")) for each in others for id in each.entities):
        return None
    named = parse(text[: value.start] + value.name + text[value.end :])
    if not any(each.text == value.name for each in named.mentions):
        return None
    reading = Reading(text[value.start : value.end], value.name, "abbreviation")
    asked = _asked(named)
    return replace(asked, readings=(*asked.readings, reading))


def widen(asked: Question, parse: QueryParser) -> Question | None:
    """Return the question about gout where it asks about acute gout, or None.

    Only what says how a condition runs is left out, and only where the name of one remains.
    """
    text = asked.question
    for mention in sorted(asked.mentions, key=lambda each: -each.start):
        course = (_COURSE_ZH if asked.language == "zh" else _COURSE_EN).match(mention.text)
        rest = mention.text[course.end() :] if course else ""
        if rest and any(
            each.text == rest and each.entities[0].startswith("condition:")
            for each in parse(rest).mentions
        ):
            text = text[: mention.start] + rest + text[mention.end :]
    if text == asked.question:
        return None
    return replace(
        _asked(parse(text)),
        follows=asked.follows,
        traditional=asked.traditional,
        readings=asked.readings,
    )


def _asked(parts: ParsedQuery, *, follows: bool = False) -> Question:
    # "What is sepsis?" asks for nothing clearer
    bare = len(parts.mentions) == 1 and not parts.rest and not _clear(parts.asks)
    asks = [ask.relation for ask in parts.asks if bare or ask.is_clear]
    # "what is" opens questions of every kind
    clearer = [relation for relation in asks if relation != "description"]
    relations = tuple(dict.fromkeys(clearer if bare and clearer else asks))
    if _CAUSED.search(parts.text) and not text_features.is_cued(
        RELATIONS["cause"], _CAUSED.sub(" ", parts.text).casefold()
    ):
        others = [
            ask.relation for ask in parts.asks if ask.relation not in ("cause", "description")
        ]
        relations = tuple(each for each in relations if each != "cause") or tuple(others)
    if "course" in relations and _TREATED.search(parts.text):
        relations = tuple("treatment" if each == "course" else each for each in relations)
    exact = find_exact_names(parts.text, ((each.start, each.end) for each in parts.mentions))
    exact += tuple(name_of_words(name) for name in parts.unknown)
    return Question(
        parts.text,
        parts.language,
        parts.mentions,
        relations,
        parts.rest,
        follows,
        parts.permission,
        exact=exact,
        readings=parts.readings,
        members=parts.members,
        classes=parts.classes,
    )


def _clear(asks: Sequence[AskedRelation]) -> list[str]:
    return [ask.relation for ask in asks if ask.is_clear]
