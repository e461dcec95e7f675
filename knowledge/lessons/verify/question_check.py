"""Check what the user says: questions of the row's style and relation, and what answers build on.

messages, names masked -> question of the style; calls, talks and consultations turn by turn
-> what the patient said against what is concluded
"""

import re
from collections.abc import Iterable, Sequence

from knowledge.datasets.lookup_calls import RESULT, attribute_name, read_call
from knowledge.lessons.facts import urgent_words
from knowledge.lessons.verify import question_patterns, stock_sentences, talk_patterns
from knowledge.lessons.verify.masked_messages import frames_of
from knowledge.lessons.verify.name_masks import has_any
from knowledge.lessons.verify.row_facts import RowFacts
from knowledge.lessons.verify.template_patterns import LINES, frame, marked
from knowledge.lessons.verify.wording_check import LOST, Worded
from knowledge.records import Language
from knowledge.text.citations import numbered_lines
from knowledge.vocabulary import INVERSE, RELATIONS

_BLOCK = re.compile(r"(?:^\[\d+\] .+$\n?)+", re.MULTILINE)
_ASKED = "the question is not one of its style and relation"
_OF_CASES = ("chatdoctor", "vignette", "dialogue", "huatuo")
"""Styles whose user tells of a patient."""
_FROM_WORDS = (
    "patients.likely", "vignette.supports", "vignette.both", "vignette.background",
    "vignette.third", "vignette.urgent_third", "dialogue.summary", "dialogue.both",
)  # fmt: skip
"""Tables whose sentences build on what the user said."""


class QuestionCheck:
    """The questions of one row, whose answer is worded as it must be.

    `variants` are its messages with names masked in one or several ways, the answer last; `worded`
    says by what table each part of the answer is worded.
    """

    def __init__(
        self, row: RowFacts, variants: Sequence[Sequence[str]], worded: Sequence[Worded]
    ) -> None:
        self._row = row
        self._lesson, self._language, self._facts = row.lesson, row.language, row.facts
        self._variants = variants
        self._told = variants[0]
        self._worded = worded

    def fault(self) -> str:
        """Return the first thing that is wrong, or an empty text."""
        return self._wrong_roles() or self._wrong_question() or self._wrong_history()

    def _wrong_roles(self) -> str:
        roles = [message.role for message in self._lesson.messages]
        if roles != ["user", "assistant"] * (len(roles) // 2):
            return "the messages are not by user and assistant in turn"
        return ""

    def _frames(self, place: int) -> list[str]:
        return frames_of(self._variants, place, self._language)

    def _wrong_question(self) -> str:
        style, asked = self._lesson.style, str(self._lesson.meta.get("relation", ""))
        if style == "literature":
            return self._wrong_talk()
        if style == "dialogue":
            return self._wrong_consultation()
        if not question_patterns.has_patterns(style):
            return "the row has a style that nothing words"
        if style == "knowledge-call":
            return self._wrong_calls()
        if len(self._told) > 2:
            return "the row has turns that its style has not"
        if self._lesson.meta.get("refused"):
            relations = {self._row.relation(place) for place in range(len(self._facts))}
            if asked not in relations:
                return "the topic is not what the row states"
        return "" if any(self._asks(text, style, asked) for text in self._frames(0)) else _ASKED

    def _asks(self, text: str, style: str, asked: str) -> bool:
        if style == "grounded":
            text = _BLOCK.sub(_block, text)
        if self._lesson.meta.get("refused"):
            return question_patterns.is_refusable(text, self._language)
        if partly := str(self._lesson.meta.get("partly", "")):
            topics = (asked, partly)
            if not all(
                question_patterns.names_topic(text, each, self._language) for each in topics
            ):
                return False
        if self._lesson.meta.get("conflict"):
            return question_patterns.asks_whether(text, self._language)
        if style == "huatuo" and question_patterns.asks_for_two(text, self._language):
            told = {self._row.relation(place) for place in range(len(self._facts))}
            if len(told) < 2:
                return False
        if style == "huatuo" and (number := question_patterns.number_asked(text, self._language)):
            every = [self._row.relation(place) for place in range(len(self._facts))]
            if every.count(asked) != number:
                return False
        return question_patterns.fits(style, self._language, asked, text)

    def _wrong_calls(self) -> str:
        """Hold each question against the call that it leads to."""
        for place in range(0, len(self._told) - 1, 2):
            said = self._lesson.messages[place].content
            if said.startswith(RESULT[self._language]):
                continue
            call = read_call(self._lesson.messages[place + 1].content)
            if call is None:
                return "a question leads to no call"
            frames = self._frames(place)
            relations = _called(call[1], self._language)
            asks = question_patterns.asks_next
            if not any(
                question_patterns.fits("knowledge-call", self._language, each, shown)
                if place == 0
                else asks(shown, self._language, each)
                for each in relations
                for shown in frames
            ):
                return _ASKED
        turns = self._lesson.meta.get("turns")
        for turn, place in enumerate(range(1, len(self._told) - 1, 2)):
            if read_call(self._lesson.messages[place].content) is None:
                few = turns[turn] if isinstance(turns, list) else None
                if not isinstance(few, list) or not self._states(place, map(int, few)):
                    return LOST
        asked = str(self._lesson.meta.get("relation", ""))
        last = read_call(self._lesson.messages[-3].content) if len(self._told) > 3 else None
        return "" if last and asked in _called(last[1], self._language) else _ASKED

    def _states(self, place: int, few: Iterable[int]) -> bool:
        """Say whether an earlier answer is a sentence that states some facts."""
        facts = [(self._row.relation(each), self._facts[each].object) for each in few]
        relations = frozenset(relation for relation, object in facts if object)
        texts = frozenset(relation for relation, object in facts if not object)
        return bool(facts) and any(
            stock_sentences.key_of(marked(told[place]), relations, texts, self._language)
            for told in self._variants
        )

    def _wrong_talk(self) -> str:
        """Hold each question on a paper against the quotation that answers it."""
        asked = str(self._lesson.meta.get("relation", ""))
        language = self._language
        before: tuple[str, ...] = ()
        for place in range(0, len(self._told), 2):
            parts = next(
                filter(None, (talk_patterns.parts_asked(f, language) for f in self._frames(place))),
                (),
            )
            if before and len(parts) == len(talk_patterns.parts(language)):
                parts = before  # more is asked of the same part
            before = parts
            if place == len(self._told) - 2:
                return "" if asked in parts else _ASKED
            answer = frame(self._told[place + 1], language)
            if not parts:
                return _ASKED
            if not any(talk_patterns.is_quotation_of(part, answer, language) for part in parts):
                return LOST
        return _ASKED

    def _wrong_consultation(self) -> str:
        """Hold the doctor's questions and the patient's replies against the conclusion."""
        language = self._language
        if not any(question_patterns.is_complaint(each, language) for each in self._frames(0)):
            return _ASKED
        turns = self._lesson.meta.get("turns")
        if not isinstance(turns, list) or len(turns) != len(self._told) // 2 - 1:
            return "the turns are not parallel to the earlier answers"
        confirmed: list[tuple[int, int]] = []
        for turn, place in enumerate(range(1, len(self._told) - 1, 2)):
            few = turns[turn]
            if not isinstance(few, list) or len(few) != 1:
                return "a question of the doctor is not on one finding"
            index = int(few[0])
            risk = self._facts[index].relation == "risk_factor"
            kind = "risk_factor" if risk else "symptom"
            if not any(
                talk_patterns.doctor_asks(kind, each, language) for each in self._frames(place)
            ):
                return "the doctor does not ask as a template does"
            last = place + 2 == len(self._told) - 1
            kinds = ("applies",) if risk else ("yes", "no")
            text = frame(self._told[place + 1], language)
            found = talk_patterns.reply(text, language, last)
            said = [each for each in found if each in kinds]
            if not said:
                return "the patient replies as no template does"
            denied = any(
                worded.key == "dialogue.absent"
                for worded in self._worded
                if index in worded.unit.facts
            )
            if not any(index in worded.unit.facts for worded in self._worded):
                return "the answer passes over what the patient said"
            if denied != (said == ["no"]):
                return "the answer does not follow what the patient said"
            if not denied:
                confirmed.append((index, place))
        return self._wrong_confirmed(confirmed)

    def _wrong_confirmed(self, asked: Sequence[tuple[int, int]]) -> str:
        """Hold what the patient is said to confirm against the questions that got a yes."""
        told = urgent_words.confirmed(self._lesson)
        if len(told) != len(asked):
            return "the row does not say what the patient confirms"
        for name, (index, place) in zip(told, asked, strict=True):
            question = self._lesson.messages[place].content.lower()
            if name.lower() not in question or not has_any(
                self._row.said_of(index), name, name.lower()
            ):
                return "the row does not say what the patient confirms"
        return ""

    def _wrong_history(self) -> str:
        """Hold the findings that an answer builds on against what the user said."""
        if self._lesson.style not in _OF_CASES:
            return ""
        told = [message.content for message in self._lesson.messages if message.role == "user"]
        text = "\n".join(told)
        lower = text.lower()
        turns = self._lesson.meta.get("turns")
        if isinstance(turns, list):  # what is confirmed was held against the questions
            text = "\n".join([text, *urgent_words.confirmed(self._lesson)])
            lower = text.lower()
        asked = {
            place
            for turn in (turns if isinstance(turns, list) else ())
            for place in (turn if isinstance(turn, list) else ())
        }
        for worded in self._worded:
            if worded.key not in _FROM_WORDS:
                continue
            for place in worded.unit.facts - asked:
                if not has_any(self._row.said_of(place), text, lower):
                    return "the answer builds on what the patient did not say"
        return ""


def _block(found: re.Match[str]) -> str:
    """Return what stands for numbered lines, where they are numbered from 1 on."""
    numbers = list(numbered_lines(found[0]))
    return (LINES if numbers == list(range(1, len(numbers) + 1)) else found[0]) + (
        "\n" if found[0].endswith("\n") else ""
    )


def _called(attribute: str, language: Language) -> list[str]:
    """Return the relations that a call may mean by an attribute."""
    return [
        id + INVERSE * inverse
        for id, relation in RELATIONS.items()
        for inverse in (False, True)
        if (not inverse or relation.inverse_en)
        and attribute_name(id + INVERSE * inverse, language) == attribute
    ]
