"""Check the answers of one row against the facts that the row names.

    row + its facts -> whom it may name -> quotes, names, numbers, senses -> the first fault

Every fact must be stated, every name, value and number of an answer must come from the row's facts,
every sentence must say its relation in the right sense. Facts of a second entity count where a
shared finding links it to the row's subject.
"""

import re
from collections.abc import Mapping, Sequence

from knowledge.datasets.lookup_calls import read_call
from knowledge.graph.linker import Linker
from knowledge.lessons.verify import (
    manner_check,
    offer_check,
    path_check,
    quote_check,
    sense_check,
    stock_place_check,
    stock_sentences,
)
from knowledge.lessons.verify.masked_messages import frames_of, mask_messages, other_masks
from knowledge.lessons.verify.name_masks import blank, has_any
from knowledge.lessons.verify.question_check import QuestionCheck
from knowledge.lessons.verify.retelling_check import find_retellings
from knowledge.lessons.verify.row_facts import RowFacts
from knowledge.lessons.verify.source_content import SourceContent
from knowledge.lessons.verify.stock_sentences import Origins
from knowledge.lessons.verify.wording_check import STOCK, Unit, WordingCheck, units_of
from knowledge.records import Lesson
from knowledge.text.citations import uncited
from knowledge.text.names import normalise
from knowledge.text.sentence_support import blank_spans
from knowledge.text.sentences import sentence_spans

_STATING_EARLIER = ("knowledge-call",)
"""Styles whose earlier answers state facts, by a template of their relation (`wording_check`)."""
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_ARTICLE = re.compile(r"^(?:an?|the) ", re.IGNORECASE)
_CJK = re.compile("[\u3400-\u9fff]")


class FactCheck:
    """What the answers of one row state, held against its facts, which hold."""

    def __init__(
        self,
        lesson: Lesson,
        facts: Sequence[SourceContent],
        known: Mapping[str, tuple[str, ...]],
        linker: Linker,
        common: frozenset[str],
    ) -> None:
        self._row = row = RowFacts(lesson, facts, known)
        self._lesson, self._language, self._facts = lesson, row.language, facts
        self._linker = linker
        self._common = common
        self._answer = answer = uncited(lesson.messages[-1].content)
        self._lower = answer.lower()
        self._spans = sentence_spans(answer)
        masked = blank(answer, row.told_names(), self._lower)
        self._retellings = find_retellings(row, answer, self._spans, masked, linker)
        self._masked_answer = blank_spans(masked, self._retellings.spans, "\0")

    def fault(self) -> str:
        """Return the first thing that is wrong, or an empty text."""
        for step in (
            self._wrong_language,
            self._wrong_subjects,
            self._wrong_entities,
            self._wrong_quotes,
            self._wrong_support,
            self._unstated,
            self._wrong_earlier,
            self._foreign,
            self._wrong_numbers,
            self._wrong_sense,
            self._wrong_retelling,
            self._unfit_offer,
        ):
            if found := step():
                return found
        return ""

    def _wrong_subjects(self) -> str:
        """A fact about another entity needs a finding that both share, or a row that declines."""
        if self._row.versus:
            two = {self._row.subject, self._row.versus}
            return "" if set(self._row.poles) == two else "the facts are not of the two compared"
        if self._lesson.style == path_check.STYLE:
            return path_check.unconnected(self._row.subject, self._facts)
        own = {
            fact.object for fact in self._facts if self._row.pole_of(fact) == self._row.subject
        } - {""}
        linked = {self._row.subject} | {fact.subject for fact in self._facts if fact.object in own}
        if not self._row.declines and not set(self._row.poles) <= linked:
            return "a fact is not about the row's subject"
        if not self._row.declines and self._row.subject not in self._row.poles:
            return "no fact is about the row's subject"
        return ""

    def _unfit_offer(self) -> str:
        return offer_check.fault(self._row)

    def _wrong_quotes(self) -> str:
        return quote_check.fault(self._row)

    def _wrong_language(self) -> str:
        chinese = bool(_CJK.search(self._answer))
        return "" if chinese == (self._language == "zh") else "the answer is in another language"

    def _wrong_entities(self) -> str:
        documents = {fact.subject for fact in self._facts if not fact.relation}
        if set(self._lesson.entities) != self._row.allowed - documents:
            return "the row's entities are not those of its facts"
        if self._row.subject not in documents and self._lesson.entities[:1] != (self._row.subject,):
            return "the row's subject is not the first of its entities"
        return ""

    def _wrong_retelling(self) -> str:
        return "a sentence says what its text does not" if self._retellings.unfaithful else ""

    def wording_fault(self, *, answer_alone: bool = False) -> str:
        """Hold the words around the names of messages, or of the answer, against the templates."""
        told = mask_messages(self._row, self._retellings.spans)
        if not self._misworded([told], answer_alone):
            return ""
        others = other_masks(self._row, self._retellings.spans, self._common)
        return self._misworded([told, *others], answer_alone)

    def _misworded(self, variants: Sequence[Sequence[str]], answer_alone: bool) -> str:
        """Return what is wrong with the words of messages, masked in one or several ways."""
        units = units_of(self._spans, self._row.support or (), self._masked_answer)
        wording = WordingCheck(self._row, units, variants)
        fault = wording.fault()
        if fault or answer_alone:
            return fault
        worded = wording.worded
        stock = [self._origins(each.unit) for each in worded if each.key == STOCK]
        asked = frames_of(variants, 0, self._language)
        return (
            QuestionCheck(self._row, variants, worded).fault()
            or stock_place_check.fault(self._row, stock)
            or manner_check.fault(self._row, {each.key for each in worded}, stock, asked)
        )

    def _origins(self, unit: Unit) -> Origins:
        """Return the tables of a stock sentence; none where a name within it hides them."""
        told = self._answer[unit.start : unit.end].strip().lower()
        return stock_sentences.origins(told, self._lesson.style, self._language)

    def _unstated(self) -> str:
        supported = {index for indices in self._row.support or () for index in indices}
        asked = {index for indices in self._row.turns or () for index in indices}
        answer, lower = self._answer, self._lower
        for place, fact in enumerate(self._facts):
            # What an earlier turn says is looked for there.
            if self._row.declines or (place not in supported and place in asked):
                continue
            if not has_any(self._row.said_of(place), answer, lower):
                return f"the answer does not state the fact {fact.id}"
        names = self._row.names(self._row.subject)
        if not has_any(names, answer, lower):
            whole = " ".join([message.content for message in self._lesson.messages])
            if not has_any(names, whole, whole.lower()):
                return "the row does not name its subject"
        objects = self._lesson.meta.get("objects")
        if not isinstance(objects, list):
            return ""
        told = [place for place in sorted(supported) if self._facts[place].object]
        if len(objects) != len(told):
            return "the row's objects are not those of its facts"
        for place, name in zip(told, objects, strict=True):
            if not has_any((str(name),), answer, lower):
                return "the answer does not name one of the row's objects"
            if not self._is_called(place, str(name)):
                return "the row's objects are not those of its facts"
        return ""

    def _is_called(self, place: int, name: str) -> bool:
        """Say whether a name, whatever its article, is that of what a fact ends in."""
        bare = _ARTICLE.sub("", name).casefold()
        return any(_ARTICLE.sub("", each).casefold() == bare for each in self._row.said_of(place))

    def _wrong_support(self) -> str:
        support = self._row.support
        spans = self._spans
        if support is None:
            return "the support names a source that is not there"
        if not support or len(support) != len(spans):
            return "the support is not parallel to the sentences of the answer"
        used = {index for indices in self._row.turns or () for index in indices}
        for (start, end), indices in zip(spans, support, strict=True):
            used.update(indices)
            named = not indices and "\0" in self._masked_answer[start:end]
            if named and not self._row.declines and not self._is_stock(self._answer, start):
                return "a sentence names something that no fact supports"
            if found := self._crossed(self._answer[start:end], indices):
                return found
        if used != set(range(len(self._facts))) and not self._row.declines:
            return "a fact supports no sentence"
        return ""

    def _crossed(self, sentence: str, indices: Sequence[int]) -> str:
        """Where a row compares entities, a sentence must say of which one it speaks."""
        if self._row.declines or len(set(self._row.poles)) == 1:
            return ""
        poles = {self._row.poles[index] for index in indices}
        lower = sentence.lower()
        for pole in sorted(poles):
            if not has_any(self._row.names(pole), sentence, lower):
                return "a sentence does not name what it speaks of"
        ends: dict[str, list[str]] = {}
        for index in indices:
            ends.setdefault(self._row.poles[index], []).append(self._row.others[index])
        first, *others = [sorted(each) for each in ends.values()] or [[]]
        if any(each != first or "" in each for each in others):
            return "a sentence mixes the facts of two entities"
        return ""

    def _wrong_earlier(self) -> str:
        """Hold earlier answers against the facts of their turn; without a quotation they ask."""
        earlier = [each.content for each in self._lesson.messages[:-1] if each.role == "assistant"]
        turns = self._row.turns
        if turns is None or len(turns) != len(earlier):
            return "the turns are not parallel to the earlier answers"
        for text, indices in zip(earlier, turns, strict=True):
            if read_call(text):
                continue
            lower = text.lower()
            for index in indices:
                if not has_any(self._row.said_of(index), text, lower):
                    id = self._facts[index].id
                    return f"an earlier answer does not name the fact {id}"
            for index in indices:  # a line of evidence, told as it stands, proves itself
                if self._facts[index].relation:
                    text = text.replace(self._lesson.sources[index].quote, "")
            words = {word for index in indices for word in self._row.said_of(index)}
            words.update(
                name for index in indices for name in self._row.names(self._row.poles[index])
            )
            masked = blank(text, words, text.lower())
            if found := self._stranger(text, masked):
                return f"an earlier answer names {found!r}, which its facts do not"
            if _NUMBER.search(masked):
                return "an earlier answer holds a number of its own"
            if self._lesson.style in _STATING_EARLIER:
                continue
            if any(self._facts[index].relation for index in indices) and not all(
                text[start:end].rstrip().endswith(("?", "？"))
                for start, end in sentence_spans(text)
                if "\0" in masked[start:end]
            ):
                return "an earlier answer states what it was to ask"
        return ""

    def _foreign(self) -> str:
        """Look for names of the catalogue that the row's facts do not allow."""
        found = self._stranger(self._answer, self._masked_answer)
        if not found or self._is_all_templates():
            return ""
        return f"the answer names {found!r}, which its facts do not"

    def _is_all_templates(self) -> bool:
        """Say whether the answer is templates around names of its facts: all else was reviewed.

        The words of some are names as well: "use in kidney disease".
        """
        if self._lesson.meta.get("teacher") or not all(fact.relation for fact in self._facts):
            return False
        return not self.wording_fault(answer_alone=True)

    def _stranger(self, text: str, masked: str) -> str:
        allowed = self._row.named()
        for start, end, entities, _ in self._linker.spans(text):
            if not allowed.isdisjoint(entities):
                continue
            if not masked[start:end].strip("\0 ,'’-、"):
                continue
            if normalise(text[start:end]) not in self._common and not self._is_stock(text, start):
                return text[start:end]
        return ""

    def _is_stock(self, text: str, place: int) -> bool:
        """Say whether a place of the answer is within a stock sentence, which was reviewed."""
        if text != self._answer:
            return False
        for (start, end), indices in zip(self._spans, self._row.support or (), strict=False):
            if start <= place < end and not indices:
                told = text[start:end].strip().lower()
                return stock_sentences.is_stock(told, self._lesson.style, self._language)
        return False

    def _wrong_numbers(self) -> str:
        stated = _NUMBER.findall(blank_spans(self._answer, self._retellings.spans))
        if not stated:
            return ""
        sources = () if self._row.declines else self._lesson.sources
        given = [source.quote for source in sources]
        for id in self._row.named():
            given += self._row.names(id)
        known = {number for text in given for number in _NUMBER.findall(text)}
        for number in stated:
            if number not in known:
                return f"the number {number} of the answer is in none of its facts"
        return ""

    def _wrong_sense(self) -> str:
        """Hold the words around the names of each sentence against the relations it states."""
        for (start, end), indices in zip(self._spans, self._row.support or (), strict=True):
            sentence, masked = self._answer[start:end], self._masked_answer[start:end]
            facts = [self._facts[index] for index in indices if self._facts[index].relation]
            if found := sense_check.fault(sentence, masked, facts, self._lesson, self._row.names):
                return found
        return ""
