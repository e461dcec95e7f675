"""Check the answers of one row against the facts that the row names.

    row + its facts -> whom it may name -> quotes, names, numbers, senses -> the first fault

Every fact must be stated, every name, value and number of an answer must come from the row's facts,
every sentence must say its relation in the right sense. Facts of a second entity count where a
shared finding links it to the row's subject.
"""

import re
from collections.abc import Collection, Sequence
from functools import lru_cache, partial

from knowledge.datasets.lookup_calls import read_call
from knowledge.graph import verbalize
from knowledge.graph.linker import Linker
from knowledge.lessons.verify import (
    comparison_check,
    path_check,
    sense_check,
    stock_sentences,
)
from knowledge.lessons.verify.behaviour_checks import SourceContent
from knowledge.lessons.verify.name_masks import (
    STOPS,
    NameForm,
    blank,
    form_of,
    has_any,
    large,
    where,
)
from knowledge.lessons.verify.wording_check import WordingCheck, units_of
from knowledge.records import Language, Lesson
from knowledge.text.citations import uncited
from knowledge.text.names import normalise
from knowledge.text.sentence_support import AnnotatedText, blank_spans, score_support
from knowledge.text.sentences import sentence_spans
from knowledge.vocabulary import RELATIONS

_SHOWING = ("grounded", "knowledge-call")
_STATING_EARLIER = ("knowledge-call",)
"""Styles whose earlier answers state facts, by a template of their relation (`wording_check`)."""
"""Styles whose answers may show a line of evidence."""
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_ARTICLE = re.compile(r"^(?:an?|the) ", re.IGNORECASE)
_CJK = re.compile("[\u3400-\u9fff]")


class FactCheck:
    """What the answers of one row state, held against its facts, which hold."""

    def __init__(
        self,
        lesson: Lesson,
        facts: Sequence[SourceContent],
        known: dict[str, tuple[str, ...]],
        linker: Linker,
        common: frozenset[str],
    ) -> None:
        self._lesson = lesson
        self._language: Language = lesson.language
        self._facts = facts
        self._known = known
        self._linker = linker
        self._common = common
        self._subject = lesson.split_key
        self._versus = comparison_check.versus(lesson)
        self._answer = uncited(lesson.messages[-1].content)
        self._lower = self._answer.lower()
        self._declines = bool(lesson.meta.get("declined"))
        self._poles = [self._pole(fact) for fact in facts]
        self._others = [
            fact.object if fact.subject == pole else fact.subject
            for fact, pole in zip(facts, self._poles, strict=True)
        ]
        self._allowed = {
            self._subject,
            *self._poles,
            *(other for other, fact in zip(self._others, facts, strict=True) if fact.object),
        }
        self._support = self._indices("support")
        self._turns = self._indices("turns")
        self._spans = sentence_spans(self._answer)
        self._masked_answer = blank(self._answer, self._maskable(), self._lower)
        self._retold: list[tuple[int, int]] = []
        self._unfaithful = self._tell_apart_retellings()

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
        ):
            if found := step():
                return found
        return ""

    def _pole(self, fact: SourceContent) -> str:
        """Return from which entity the row sees a fact: its subject, where the fact is about it."""
        ends = (fact.subject, fact.object)
        if self._subject in ends:
            return self._subject
        versus = self._versus and self._versus in ends
        return self._versus if versus else fact.subject

    def _wrong_subjects(self) -> str:
        """A fact about another entity needs a finding that both share, or a row that declines."""
        if self._versus:
            two = {self._subject, self._versus}
            return "" if set(self._poles) == two else "the facts are not of the two compared"
        if self._lesson.style == path_check.STYLE:
            return path_check.unconnected(self._subject, self._facts)
        own = {fact.object for fact in self._facts if self._pole(fact) == self._subject} - {""}
        linked = {self._subject} | {fact.subject for fact in self._facts if fact.object in own}
        if not self._declines and not set(self._poles) <= linked:
            return "a fact is not about the row's subject"
        if not self._declines and self._subject not in self._poles:
            return "no fact is about the row's subject"
        return ""

    def _names(self, id: str) -> tuple[str, ...]:
        return self._known.get(id, ())

    def _maskable(self) -> set[str]:
        """Return the names and values that the row's facts allow."""
        names: set[str] = set()
        for id in (self._subject,) if self._declines else self._allowed:
            names.update(self._known.get(id, ()))
        names = {name for name in names if len(name) > 1}
        if self._declines:
            return names
        names.update(fact.value[self._language] for fact in self._facts if not fact.object)
        return names

    def _wrong_language(self) -> str:
        chinese = bool(_CJK.search(self._answer))
        return "" if chinese == (self._language == "zh") else "the answer is in another language"

    def _wrong_entities(self) -> str:
        documents = {fact.subject for fact in self._facts if not fact.relation}
        if set(self._lesson.entities) != self._allowed - documents:
            return "the row's entities are not those of its facts"
        if self._subject not in documents and self._lesson.entities[:1] != (self._subject,):
            return "the row's subject is not the first of its entities"
        return ""

    def _wrong_quotes(self) -> str:
        """Write each group's line again and compare: a fact taken away or put in shows here."""
        groups: dict[tuple[str, str, bool], list[int]] = {}
        for place, (fact, pole) in enumerate(zip(self._facts, self._poles, strict=True)):
            if fact.relation:
                inverse = fact.subject != pole and not RELATIONS[fact.relation].symmetric
                groups.setdefault((pole, fact.relation, inverse), []).append(place)
        sources = self._lesson.sources
        for (pole, relation, inverse), places in groups.items():
            quote = sources[places[0]].quote
            if any(sources[place].quote != quote for place in places):
                return f"the quotes of {relation} differ"
            if not self._line_agrees(quote, pole, relation, inverse, places):
                return f"the quote of {relation} is not the line of its facts"
        return ""

    def _line_agrees(
        self, quote: str, pole: str, relation: str, inverse: bool, places: Sequence[int]
    ) -> bool:
        for name in self._names(pole):
            head, stop = _frame_of_line(name, relation, self._language, inverse)
            if quote.startswith(head) and quote.endswith(stop):
                listed = quote[len(head) : -1]
                break
        else:
            return False
        if said := large(listed):
            words = (
                word for place in places for text in self._said_of(place) for word in large(text)
            )
            if not set(words).issuperset(said):
                return False
        apart = "；" if self._language == "zh" else "; "
        left = f"{apart}{listed}{apart}".casefold()
        for place in places:
            for text in self._said_of(place):
                found = f"{apart}{_folded(text)}{apart}"
                if found in left:
                    left = left.replace(found, apart, 1)
                    break
            else:
                return False
        return left in (apart, "")

    def _said_of(self, place: int) -> tuple[str, ...]:
        """Return the words of which one must stand where a fact is stated."""
        fact = self._facts[place]
        return self._names(self._others[place]) if fact.object else (fact.value[self._language],)

    def _indices(self, key: str) -> list[list[int]] | None:
        """Return lists of indices into the row's facts, or None where they are not that."""
        lists = self._lesson.meta.get(key, [])
        if not isinstance(lists, list):
            return None
        found = []
        for each in lists:
            if not isinstance(each, list) or not all(
                isinstance(index, int) and 0 <= index < len(self._facts) for index in each
            ):
                return None
            found.append([int(index) for index in each])
        return found

    def _tell_apart_retellings(self) -> bool:
        """Mask the sentences that tell a text faithfully in other words; say if one is not.

        Such a sentence rests on texts alone and quotes none of them: the text that supports it
        answers for its names, numbers and denials.
        """
        for (start, end), indices in zip(self._spans, self._support or (), strict=False):
            facts = [self._facts[index] for index in indices]
            sentence = self._answer[start:end]
            if not facts or any(fact.object for fact in facts):
                continue
            texts = [fact.value[self._language] for fact in facts]
            if has_any(texts, sentence, sentence.lower()):
                continue
            if not _says_anything(self._masked_answer[start:end]):
                # One of several sentences of a text is all mark, and must be of the text it names.
                if _says_anything(sentence) and not self._is_part_of(start, end, texts):
                    return True
                continue
            if not any(self._is_supported(sentence, text) for text in texts):
                return True
            masked = self._masked_answer
            self._masked_answer = masked[:start] + "\0" * (end - start) + masked[end:]
            self._retold.append((start, end))
        return False

    def _is_part_of(self, start: int, end: int, texts: Sequence[str]) -> bool:
        """Say whether a sentence stands where the answer tells one of some texts."""
        return any(
            begin < end and start < begin + len(text.strip(STOPS))
            for text in texts
            for begin in where(form_of(text), self._answer, self._lower)
        )

    def _is_supported(self, sentence: str, text: str) -> bool:
        """Say whether a sentence of a text supports what an answer says in other words."""
        name = next(iter(self._names(self._subject)), "")
        claim, *held = (
            AnnotatedText.of(each, self._linker.find)
            for each in (sentence, *(text[start:end] for start, end in sentence_spans(text)))
        )
        context = AnnotatedText.of(name, self._linker.find)
        return any(score_support(claim, each, context) >= 1.0 for each in held)

    def _wrong_retelling(self) -> str:
        return "a sentence says what its text does not" if self._unfaithful else ""

    def wording_fault(self, *, answer_alone: bool = False) -> str:
        """Hold the words around the names of messages, or of the answer, against the templates."""
        seen = [
            fact.object == pole and not (fact.relation and RELATIONS[fact.relation].symmetric)
            for fact, pole in zip(self._facts, self._poles, strict=True)
        ]
        units = units_of(self._spans, self._support or (), self._masked_answer)
        check = partial(WordingCheck, self._lesson, self._facts, seen, units, self._said_of)
        read = WordingCheck.answer_fault if answer_alone else WordingCheck.fault
        names, poles = self._maskable(), self._pole_names()
        told = self._told(names, poles)
        fault = read(check([told]))
        if not fault:
            return ""
        # A longer name may run into the words of a template (溃疡病 in 溃疡病人), and what a row
        # is about may be what another of its facts ends with.
        lines = "\n".join([source.quote for source in self._lesson.sources]).casefold()
        ends = {form_of(name) for other in self._others for name in self._names(other)}
        others = [
            self._told(kept, poles - left)
            for kept in (
                names,
                {name for name in names if name.casefold() in lines},
                {name for name in names if normalise(name) not in self._common},
            )
            for left in (set[NameForm](), ends)
        ]
        return read(check([told, *others]))

    def _pole_names(self) -> set[NameForm]:
        every = {self._subject, *self._poles}
        return {form_of(name) for id in every for name in self._names(id)}

    def _told(self, names: Collection[str], poles: Collection[NameForm]) -> list[str]:
        """Return the messages, the last without citations, with some names masked."""
        texts = [*(message.content for message in self._lesson.messages[:-1]), self._answer]
        rest = [name for name in names if form_of(name) not in poles]
        own = [name for name in names if form_of(name) in poles]
        told = [self._without_lines(text, blank(text, rest, text.lower(), own)) for text in texts]
        for start, end in self._retold:
            told[-1] = told[-1][:start] + "\0" * (end - start) + told[-1][end:]
        return told

    def _without_lines(self, text: str, masked: str) -> str:
        """Blank out the lines of evidence that the row's facts make, too."""
        if self._lesson.style not in _SHOWING:
            return masked
        for quote in {source.quote.strip(STOPS) for source in self._lesson.sources}:
            for line in (quote, quote.replace("；", "、")):
                place = text.find(line)
                while line and place >= 0:
                    end = place + len(line)
                    masked = masked[:place] + "\0" * len(line) + masked[end:]
                    place = text.find(line, end)
        return masked

    def _unstated(self) -> str:
        supported = {index for indices in self._support or () for index in indices}
        asked = {index for indices in self._turns or () for index in indices}
        answer, lower = self._answer, self._lower
        for place, fact in enumerate(self._facts):
            # What an earlier turn says is looked for there.
            if self._declines or (place not in supported and place in asked):
                continue
            if not has_any(self._said_of(place), answer, lower):
                return f"the answer does not state the fact {fact.id}"
        names = self._names(self._subject)
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
        return any(_ARTICLE.sub("", each).casefold() == bare for each in self._said_of(place))

    def _wrong_support(self) -> str:
        support = self._support
        spans = self._spans
        if support is None:
            return "the support names a source that is not there"
        if not support or len(support) != len(spans):
            return "the support is not parallel to the sentences of the answer"
        used = {index for indices in self._turns or () for index in indices}
        for (start, end), indices in zip(spans, support, strict=True):
            used.update(indices)
            named = not indices and "\0" in self._masked_answer[start:end]
            if named and not self._declines and not self._is_stock(self._answer, start):
                return "a sentence names something that no fact supports"
            if found := self._crossed(self._answer[start:end], indices):
                return found
        if used != set(range(len(self._facts))) and not self._declines:
            return "a fact supports no sentence"
        return ""

    def _crossed(self, sentence: str, indices: Sequence[int]) -> str:
        """Where a row compares entities, a sentence must say of which one it speaks."""
        if self._declines or len(set(self._poles)) == 1:
            return ""
        poles = {self._poles[index] for index in indices}
        lower = sentence.lower()
        for pole in sorted(poles):
            if not has_any(self._names(pole), sentence, lower):
                return "a sentence does not name what it speaks of"
        ends: dict[str, list[str]] = {}
        for index in indices:
            ends.setdefault(self._poles[index], []).append(self._others[index])
        first, *others = [sorted(each) for each in ends.values()] or [[]]
        if any(each != first or "" in each for each in others):
            return "a sentence mixes the facts of two entities"
        return ""

    def _wrong_earlier(self) -> str:
        """Hold earlier answers against the facts of their turn; without a quotation they ask."""
        earlier = [each.content for each in self._lesson.messages[:-1] if each.role == "assistant"]
        turns = self._turns
        if turns is None or len(turns) != len(earlier):
            return "the turns are not parallel to the earlier answers"
        for text, indices in zip(earlier, turns, strict=True):
            if read_call(text):
                continue
            lower = text.lower()
            for index in indices:
                if not has_any(self._said_of(index), text, lower):
                    id = self._facts[index].id
                    return f"an earlier answer does not name the fact {id}"
            for index in indices:  # a line of evidence, told as it stands, proves itself
                if self._facts[index].relation:
                    text = text.replace(self._lesson.sources[index].quote, "")
            words = {word for index in indices for word in self._said_of(index)}
            words.update(name for index in indices for name in self._names(self._poles[index]))
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
        allowed = {self._subject} if self._declines else self._allowed
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
        for (start, end), indices in zip(self._spans, self._support or (), strict=False):
            if start <= place < end and not indices:
                told = text[start:end].strip().lower()
                return stock_sentences.is_stock(told, self._lesson.style, self._language)
        return False

    def _wrong_numbers(self) -> str:
        stated = _NUMBER.findall(blank_spans(self._answer, self._retold))
        if not stated:
            return ""
        sources = () if self._declines else self._lesson.sources
        given = [source.quote for source in sources]
        for id in (self._subject,) if self._declines else self._allowed:
            given += self._names(id)
        known = {number for text in given for number in _NUMBER.findall(text)}
        for number in stated:
            if number not in known:
                return f"the number {number} of the answer is in none of its facts"
        return ""

    def _wrong_sense(self) -> str:
        """Hold the words around the names of each sentence against the relations it states."""
        for (start, end), indices in zip(self._spans, self._support or (), strict=True):
            sentence, masked = self._answer[start:end], self._masked_answer[start:end]
            facts = [self._facts[index] for index in indices if self._facts[index].relation]
            if found := sense_check.fault(sentence, masked, facts, self._lesson, self._names):
                return found
        return ""


@lru_cache(maxsize=1 << 14)
def _frame_of_line(name: str, relation: str, language: Language, inverse: bool) -> tuple[str, str]:
    """Return how a line of evidence begins and ends, around what it lists."""
    empty = verbalize.evidence_line(name, relation, [""], language, inverse=inverse)
    return empty[:-1], empty[-1]


def _says_anything(masked: str) -> bool:
    return any(sign.isalnum() for sign in masked)


@lru_cache(maxsize=1 << 15)
def _folded(text: str) -> str:
    return text.strip(STOPS).casefold()
