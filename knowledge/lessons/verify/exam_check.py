"""Check exam questions: what is right is in the graph, what is wrong is provably not.

row + all that the graph holds of its subject -> options, letters, statement, blank, judgement
-> the row with its reason alone, which is proven as any other answer, or what is wrong
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache

from knowledge.lessons.facts import exam_rules, likeness
from knowledge.lessons.facts.exam_rules import BLANK, LETTERS
from knowledge.lessons.templates.loader import load
from knowledge.lessons.templates.tables import ExamWords
from knowledge.lessons.verify.name_masks import STOPS, blank, has_any
from knowledge.lessons.verify.recorded_facts import Names, RecordedFacts, RecordedRow
from knowledge.lessons.verify.source_content import SourceContent
from knowledge.lessons.verify.template_patterns import NAME, any_of, frame, pattern
from knowledge.records import Language, Lesson, LessonMessage
from knowledge.text.names import normalise
from knowledge.text.sentences import sentence_spans

STYLE = "exam"

_OPTION = re.compile(r"([A-D])\. (.+)")
_LINKED = ("medicine", "condition", "treatment")
"""Kinds of which a wrong option may be related to what is right by no fact."""


def ids_needed(lesson: Lesson) -> set[str]:
    """Return the entities of which all facts must be known, beside those that are right."""
    return {lesson.split_key, *linked(_texts(lesson.meta.get("options")))}


def linked(ids: Iterable[str]) -> set[str]:
    """Return those of some entities whose own facts may relate them to what is right."""
    return {id for id in ids if id.partition(":")[0] in _LINKED}


class ExamCheck(RecordedRow):
    """One exam question, held against all that the graph relates to its subject."""

    def __init__(
        self,
        lesson: Lesson,
        held: Sequence[SourceContent],
        records: Mapping[str, RecordedFacts],
        names: Names,
    ) -> None:
        super().__init__(lesson, held, records, names)
        self._language: Language = lesson.language
        self._relation = str(lesson.meta.get("relation", ""))
        self._form = str(lesson.meta.get("form", ""))
        self._options = _texts(lesson.meta.get("options"))
        self._answer = str(lesson.meta.get("answer", ""))
        self._own = records.get(lesson.split_key) or RecordedFacts()
        self._right = self._own.objects.get(self._relation, set())
        self._head = self._rest = ""

    def take_reason(self) -> tuple[Lesson, str]:
        """Return the row with the reason as its only answer, and what is wrong with the rest."""
        lesson = self._lesson
        if len(lesson.messages) != 2 or lesson.messages[0].role != "user":
            return lesson, "an exam question has more turns than one"
        parts = self._parts(lesson.messages[1].content)
        if parts is None:
            return lesson, "the support is not parallel to the sentences of the answer"
        self._head, reason, self._rest, support = parts
        for step in (self._wrong_relation, self._wrong_form):
            if fault := step():
                return lesson, fault
        said = LessonMessage("assistant", reason)
        meta = {**lesson.meta, "support": support}
        return replace(lesson, messages=(lesson.messages[0], said), meta=meta), ""

    def _parts(self, answer: str) -> tuple[str, str, str, list[list[int]]] | None:
        """Return what stands before the reason, the reason, what follows it, and its support."""
        support = self._lesson.meta.get("support")
        spans = sentence_spans(answer)
        if not isinstance(support, list) or len(support) != len(spans):
            return None
        told = [place for place, each in enumerate(support) if each]
        if not told or not told[0] or not all(support[told[0] : told[-1] + 1]):
            return None
        first, last = spans[told[0]][0], spans[told[-1]][1]
        kept = [[int(fact) for fact in each] for each in support if isinstance(each, list) and each]
        return answer[:first], answer[first:last], answer[last:], kept

    def _wrong_relation(self) -> str:
        if self._relation not in (*exam_rules.ASKED, "dose_limit"):
            return "an exam asks for what it may not ask for"
        if any(fact.relation_from(self._lesson.split_key) != self._relation for fact in self._held):
            return "the reason tells another relation than was asked for"
        return ""

    def _told(self) -> set[str]:
        """Return the objects that the reason names."""
        own = self._lesson.split_key
        return {fact.subject if fact.object == own else fact.object for fact in self._held} - {""}

    def _wrong_form(self) -> str:
        checks = {
            "which": self._wrong_choice,
            "which-not": self._wrong_choice,
            "right": self._wrong_judgement,
            "wrong": self._wrong_judgement,
            "gap": self._wrong_gap,
        }
        check = checks.get(self._form)
        return check() if check else "an exam has a form that is none"

    # options

    def _wrong_choice(self) -> str:
        stem, *lines = self._lesson.messages[0].content.split("\n")
        found = [_OPTION.fullmatch(line) for line in lines]
        if [each and each[1] for each in found] != list(LETTERS):
            return "the options are not four with their letters"
        shown = [each[2] for each in found if each]
        if len(set(self._options)) != len(LETTERS) or len(self._options) != len(LETTERS):
            return "the options are not four different things"
        for name, id in zip(shown, self._options, strict=True):
            if not self._is_name(name, id):
                return "an option is not what the row records"
        if self._answer not in LETTERS or len(self._answer) != 1:
            return "the answer is no letter"
        place = LETTERS.index(self._answer)
        right = [id in self._right for id in self._options]
        wanted = self._form == "which"
        if any((found == wanted) != (at == place) for at, found in enumerate(right)):
            return "the letter is not that of the right option"
        needed = {id for id, is_right in zip(self._options, right, strict=True) if is_right}
        if not needed <= self._told():
            return "the reason does not tell what is right"
        for id, is_right in zip(self._options, right, strict=True):
            if not is_right and (fault := self._not_wrong(id)):
                return fault
        table = "which" if wanted else "which_not"
        if not self._fits(stem, table):
            return "the question is not one of its form and relation"
        return self._wrong_frame("chosen", shown[place], self._options[place], wanted=wanted)

    def _wrong_frame(self, table: str, name: str, id: str, *, wanted: bool) -> str:
        """Check the line before the reason, and the sentence behind it."""
        line = self._head.removesuffix("\n")
        slots = {"l": re.escape(self._answer.lower()), "o": re.escape(name.lower())}
        if line == self._head or not _fills(table, self._language, slots).fullmatch(line.lower()):
            return "the answer does not begin with what is right"
        if wanted:
            rest = self._rest.strip()
            fits = not rest or self._fits(rest, "others_wrong")
            return "" if fits else "the answer ends in words of its own"
        return self._wrong_denial(id)

    def _wrong_denial(self, id: str) -> str:
        fits = self._fits(self._rest.strip(), "not_recorded", id)
        return "" if fits else "the answer does not say what is not recorded"

    def _not_wrong(self, id: str) -> str:
        """Return why what is offered as wrong might be right."""
        if self._relation not in exam_rules.DENIABLE:
            return "what no source lists is told as wrong of a relation where that is not fair"
        own, names = self._lesson.split_key, self._names(id)
        if id == own or id in self._own.related:
            return "what is told as wrong is related to the subject"
        if not names or id.partition(":")[0] not in {
            each.partition(":")[0] for each in self._right
        }:
            return "what is told as wrong is of another kind"
        if self._relation == "cause" and not any(map(exam_rules.is_germ, names)):
            return "what no source lists is told as wrong of a relation where that is not fair"
        if any(map(exam_rules.is_too_general, names)):
            return "what is told as wrong may be right of anything"
        if any(likeness.are_alike(names, self._names(each)) for each in (own, *self._right)):
            return "what is told as wrong is like what is right by its name"
        record = self._records.get(id)
        if record and any(self._are_of_one_class(record, each) for each in self._right):
            return "what is told as wrong is of the class of what is right"
        if record and not record.related.isdisjoint(self._right):
            return "what is told as wrong is related to what is right"
        return ""

    def _are_of_one_class(self, record: RecordedFacts, right: str) -> bool:
        other = self._records.get(right)
        if other is None:
            return False
        texts, classes = (
            record.texts.get("drug_class", set()) & other.texts.get("drug_class", set()),
            record.objects.get("member~", set()) & other.objects.get("member~", set()),
        )
        return bool(texts or classes)

    # statements

    def _wrong_judgement(self) -> str:
        if len(self._options) != 1 or self._answer != self._form:
            return "the row does not record what it judges"
        id = self._options[0]
        holds = id in self._right
        if holds != (self._form == "right"):
            return "the judgement is not that of the graph"
        if not holds and (fault := self._not_wrong(id)):
            return fault
        if holds and id not in self._told():
            return "the reason does not tell what is right"
        if not self._fits(self._lesson.messages[0].content, "judge", id):
            return "the question is not one of its form and relation"
        if not _fills(self._form, self._language, {}).fullmatch(self._head.strip().lower()):
            return "the answer does not begin with the judgement"
        if holds:
            return "the answer ends in words of its own" if self._rest.strip() else ""
        return self._wrong_denial(id)

    # blanks

    def _wrong_gap(self) -> str:
        asked = self._lesson.messages[0].content
        accepted = _texts(self._lesson.meta.get("accepted"))
        if asked.count(BLANK) != 1:
            return "the question has not one blank"
        if self._rest.strip():
            return "the answer ends in words of its own"
        if self._options:
            fault = self._wrong_gap_of_name(asked, accepted)
        else:
            fault = self._wrong_gap_of_text(asked, accepted)
        return fault or self._wrong_frame("filled", self._answer, "", wanted=True)

    def _wrong_gap_of_name(self, asked: str, accepted: Sequence[str]) -> str:
        id = self._options[0]
        if self._relation not in exam_rules.FILLED:
            return "nobody can know which name of such a relation is left out"
        if len(self._options) != 1 or id not in self._right or id not in self._told():
            return "what fills the blank is not in the graph"
        if self._right != {id}:
            return "the blank has other answers"
        if has_any(self._names(id), asked, asked.lower()):
            return "the question holds its answer"
        told, every = ({normalise(name) for name in each} for each in (accepted, self._names(id)))
        if not self._is_name(self._answer, id) or told != every:
            return "the row accepts other names than those of the answer"
        fits = self._fits(asked, "gap")
        return "" if fits else "the question is not one of its form and relation"

    def _wrong_gap_of_text(self, asked: str, accepted: Sequence[str]) -> str:
        if len(self._held) != 1 or list(accepted) != [self._answer] or self._held[0].object:
            return "the row accepts other names than those of the answer"
        value = self._held[0].value[self._language].rstrip(STOPS)
        if self._relation == "drug_class":
            if self._answer != value or self._own.objects.get("drug_class"):
                return "what fills the blank is not in the graph"
            every = self._own.texts.get("drug_class", set())
            if len(every) > 2 or has_any([value], asked, asked.lower()):
                return "the blank has other answers"
            table = "gap"
        else:
            gaps = [
                value[: found.start()] + BLANK + value[found.end() :]
                for found in re.finditer(re.escape(self._answer), value)
            ]
            whole = next((gap for gap in gaps if gap in asked), "")
            if not whole or not re.fullmatch(r"\d+(?:\.\d+)?", self._answer):
                return "what fills the blank is not in the graph"
            asked, table = asked.replace(whole, "\0"), "gap_in_text"
        fits = self._fits(asked, table)
        return "" if fits else "the question is not one of its form and relation"

    # words

    def _is_name(self, text: str, id: str) -> bool:
        return text.casefold() in {name.strip(STOPS).casefold() for name in self._names(id)}

    def _fits(self, text: str, table: str, *named: str) -> bool:
        """Say whether a text is worded by a table, with some names in the place of its slots."""
        found = _worded(table, self._relation, self._language)
        return any(found.fullmatch(shown) for shown in self._frames(text, named))

    def _frames(self, text: str, named: Collection[str]) -> Iterator[str]:
        """Yield a text with the subject and some names masked, the shorter ones left out or not."""
        own = set(self._names(self._lesson.split_key))
        words = {name for id in named for name in self._names(id)} - own
        for least in (1, 2, 3):
            kept, ours = ({n for n in each if len(n) > least} for each in (words, own))
            shown = frame(blank(text, kept, text.lower(), ours), self._language)
            yield shown.replace(BLANK.lower(), BLANK)


def _texts(value: object) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else []


@cache
def _role(relation: str, language: Language) -> str:
    role = load(ExamWords, language).role.get(relation)
    role = exam_rules.TYPICAL.sub(r"(\g<0>|)", role) if role else ""
    return pattern(role, language, {}) if role else "(?!)"


@cache
def _worded(table: str, relation: str, language: Language) -> re.Pattern[str]:
    """Return the pattern of a table's texts about a relation."""
    words = load(ExamWords, language)
    slots = {"role": _role(relation, language), "v": NAME}
    if table == "judge":
        claim = any_of(words.claim, language, slots)
        slots = {"c": claim, "C": claim}
    return re.compile(any_of(getattr(words, table), language, slots))


def _fills(table: str, language: Language, slots: Mapping[str, str]) -> re.Pattern[str]:
    """Return the pattern of what begins an answer, with its own letter and name."""
    return re.compile(any_of(getattr(load(ExamWords, language), table), language, slots))
