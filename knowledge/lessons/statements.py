"""Statements: what the answers of one row state, held against the facts that it names.

    row + its facts -> whom it may name -> quotes, names, numbers, senses -> the first fault

Every fact must be stated, every name, value and number of an answer must come from the row's facts,
every sentence must say its relation in the right sense. Facts of a second entity count where a
shared finding links it to the row's subject. This file knows nothing of how lessons are written.
"""

import re
from collections.abc import Sequence

from knowledge import wording
from knowledge.lessons import senses
from knowledge.lessons.claims import Held, is_call, uncited
from knowledge.linker import Linker, Mention
from knowledge.names import normalise
from knowledge.passages import sentences
from knowledge.records import Language, Lesson
from knowledge.vocabulary import RELATIONS

_STOPS = " \t\n.;,。；，、"
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_CJK = re.compile("[\u3400-\u9fff]")


class Statements:
    """What the answers of one row state, held against its facts, which hold."""

    def __init__(
        self,
        lesson: Lesson,
        facts: Sequence[Held],
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
        self._answer = uncited(lesson.messages[-1].content)
        self._declines = bool(lesson.meta.get("declined"))
        self._poles = [self._pole(fact) for fact in facts]
        self._allowed = {
            self._subject,
            *self._poles,
            *(self._other(fact) for fact in facts if fact.object),
        }
        self._spans = sentences(self._answer)
        self._masks = self._maskable()
        self._masked_answer = self._masked(self._answer)

    def fault(self) -> str:
        """Return the first thing that is wrong, or an empty text."""
        steps = (
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
        )
        return next((found for step in steps if (found := step())), "")

    def _pole(self, fact: Held) -> str:
        """Return from which entity the row sees a fact: its subject, where the fact is about it."""
        return self._subject if self._subject in (fact.subject, fact.object) else fact.subject

    def _other(self, fact: Held) -> str:
        return fact.object if fact.subject == self._pole(fact) else fact.subject

    def _inverse(self, fact: Held) -> bool:
        return fact.subject != self._pole(fact) and not RELATIONS[fact.relation].symmetric

    def _wrong_subjects(self) -> str:
        """A fact about another entity needs a finding that both share, or a row that declines."""
        own = {fact.object for fact in self._facts if self._pole(fact) == self._subject} - {""}
        linked = {self._subject} | {fact.subject for fact in self._facts if fact.object in own}
        if not self._declines and not set(self._poles) <= linked:
            return "a fact is not about the row's subject"
        if not self._declines and self._subject not in self._poles:
            return "no fact is about the row's subject"
        return ""

    def _names(self, id: str) -> tuple[str, ...]:
        return self._known.get(id, ())

    def _value(self, fact: Held) -> str:
        return fact.value[self._language].strip(_STOPS)

    def _maskable(self) -> list[str]:
        """Return the names and values that the row's facts allow, the longest first."""
        allowed = {self._subject} if self._declines else self._allowed
        names = {name.strip(_STOPS) for id in allowed for name in self._names(id) if len(name) > 1}
        told = () if self._declines else self._facts
        values = {self._value(fact) for fact in told if not fact.object}
        return sorted((names | values) - {""}, key=len, reverse=True)

    def _wrong_language(self) -> str:
        chinese = bool(_CJK.search(self._answer))
        return "" if chinese == (self._language == "zh") else "the answer is in another language"

    def _wrong_entities(self) -> str:
        documents = {fact.subject for fact in self._facts if not fact.relation}
        if set(self._lesson.entities) != self._allowed - documents:
            return "the row's entities are not those of its facts"
        return ""

    def _wrong_quotes(self) -> str:
        """Write each group's line again and compare: a fact taken away or put in shows here."""
        groups: dict[tuple[str, str, bool], list[tuple[str, Held]]] = {}
        for source, fact, pole in zip(self._lesson.sources, self._facts, self._poles, strict=True):
            if fact.relation:
                key = (pole, fact.relation, self._inverse(fact))
                groups.setdefault(key, []).append((source.quote, fact))
        for (pole, relation, inverse), members in groups.items():
            quotes = {quote for quote, _ in members}
            if len(quotes) > 1:
                return f"the quotes of {relation} differ"
            if not self._line_agrees(
                quotes.pop(), pole, relation, inverse, [each for _, each in members]
            ):
                return f"the quote of {relation} is not the line of its facts"
        return ""

    def _line_agrees(
        self, quote: str, pole: str, relation: str, inverse: bool, facts: Sequence[Held]
    ) -> bool:
        for name in self._names(pole):
            empty = wording.line(name, relation, [""], self._language, inverse=inverse)
            head, stop = empty[:-1], empty[-1]
            if quote.startswith(head) and quote.endswith(stop):
                listed = quote[len(head) : -1]
                break
        else:
            return False
        apart = "；" if self._language == "zh" else "; "
        left = f"{apart}{listed}{apart}".casefold()
        for fact in facts:
            said = self._names(self._other(fact)) if fact.object else (self._value(fact),)
            forms = (f"{apart}{text.strip(_STOPS).casefold()}{apart}" for text in said)
            found = next((form for form in forms if form in left), "")
            if not found:
                return False
            left = left.replace(found, apart, 1)
        return left in (apart, "")

    def _said_of(self, fact: Held) -> tuple[str, ...]:
        """Return the words of which one must stand where a fact is stated."""
        return self._names(self._other(fact)) if fact.object else (self._value(fact),)

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

    def _unstated(self) -> str:
        supported = {index for indices in self._indices("support") or [] for index in indices}
        asked = {index for indices in self._indices("turns") or [] for index in indices}
        for place, fact in enumerate(self._facts):
            # What an earlier turn says is looked for there.
            told = place in supported or place not in asked
            if self._declines or not told:
                continue
            if not any(_places(text, self._answer) for text in self._said_of(fact)):
                return f"the answer does not state the fact {fact.id}"
        whole = " ".join(message.content for message in self._lesson.messages)
        if not any(_places(name, whole) for name in self._names(self._subject)):
            return "the row does not name its subject"
        objects = self._lesson.meta.get("objects")
        named = sum(bool(self._facts[place].object) for place in supported)
        if isinstance(objects, list) and len(objects) != named:
            return "the row's objects are not those of its facts"
        for name in objects if isinstance(objects, list) else ():
            if not _places(str(name), self._answer):
                return "the answer does not name one of the row's objects"
        return ""

    def _wrong_support(self) -> str:
        support = self._indices("support")
        spans = self._spans
        if support is None:
            return "the support names a source that is not there"
        if not support or len(support) != len(spans):
            return "the support is not parallel to the sentences of the answer"
        used = {index for indices in self._indices("turns") or [] for index in indices}
        for (start, end), indices in zip(spans, support, strict=True):
            used.update(indices)
            if not indices and "\0" in self._masked_answer[start:end] and not self._declines:
                return "a sentence names something that no fact supports"
            if found := self._crossed(self._answer[start:end], indices):
                return found
        if used != set(range(len(self._facts))) and not self._declines:
            return "a fact supports no sentence"
        return ""

    def _crossed(self, sentence: str, indices: Sequence[int]) -> str:
        """Where a row compares entities, a sentence must say of which one it speaks."""
        poles = {self._poles[index] for index in indices}
        if len(set(self._poles)) == 1 or self._declines:
            return ""
        for pole in sorted(poles):
            if not any(_places(name, sentence) for name in self._names(pole)):
                return "a sentence does not name what it speaks of"
        ends = {self._facts[index].object for index in indices}
        if len(poles) > 1 and (len(ends) > 1 or len(poles) < len(indices)):
            return "a sentence mixes the facts of two entities"
        return ""

    def _wrong_earlier(self) -> str:
        """Hold earlier answers against the facts of their turn; without a quotation they ask."""
        earlier = [each.content for each in self._lesson.messages[:-1] if each.role == "assistant"]
        turns = self._indices("turns")
        if turns is None or len(turns) != len(earlier):
            return "the turns are not parallel to the earlier answers"
        for text, indices in zip(earlier, turns, strict=True):
            facts = [self._facts[index] for index in indices]
            if is_call(text):
                continue
            for fact in facts:
                if not any(_places(words, text) for words in self._said_of(fact)):
                    return f"an earlier answer does not name the fact {fact.id}"
            for index in indices:  # a line of evidence, told as it stands, proves itself
                if self._facts[index].relation:
                    text = text.replace(self._lesson.sources[index].quote, "")
            words = [word for fact in facts for word in self._said_of(fact)]
            words += [name for fact in facts for name in self._names(self._pole(fact))]
            masked = _blank(text, sorted(words, key=len, reverse=True))
            if found := self._stranger(text, masked):
                return f"an earlier answer names {found!r}, which its facts do not"
            if _NUMBER.search(masked):
                return "an earlier answer holds a number of its own"
            if any(fact.relation for fact in facts) and not all(
                text[start:end].rstrip().endswith(("?", "？"))
                for start, end in sentences(text)
                if "\0" in masked[start:end]
            ):
                return "an earlier answer states what it was to ask"
        return ""

    def _masked(self, text: str) -> str:
        """Blank out what the row's facts allow."""
        return _blank(text, self._masks)

    def _foreign(self) -> str:
        """Look for names of the catalogue that the row's facts do not allow."""
        found = self._stranger(self._answer, self._masked_answer)
        return f"the answer names {found!r}, which its facts do not" if found else ""

    def _stranger(self, text: str, masked: str) -> str:
        allowed = {self._subject} if self._declines else self._allowed
        for mention in self._linker.find(text, correct=False):
            if not allowed.isdisjoint(mention.entities):
                continue
            if not masked[mention.start : mention.end].strip("\0 ,'’-、"):
                continue
            if not self._is_frame(mention):
                return mention.text
        return ""

    def _is_frame(self, mention: Mention) -> bool:
        return normalise(mention.text) in self._common

    def _wrong_numbers(self) -> str:
        sources = () if self._declines else self._lesson.sources
        given = {number for source in sources for number in _NUMBER.findall(source.quote)}
        given |= {
            number
            for id in ({self._subject} if self._declines else self._allowed)
            for name in self._names(id)
            for number in _NUMBER.findall(name)
        }
        for number in _NUMBER.findall(self._answer):
            if number not in given:
                return f"the number {number} of the answer is in none of its facts"
        return ""

    def _wrong_sense(self) -> str:
        """Hold the words around the names of each sentence against the relations it states."""
        support = self._indices("support") or []
        for (start, end), indices in zip(self._spans, support, strict=True):
            frame = self._masked_answer[start:end].replace("\0", " ")
            facts = [self._facts[index] for index in indices if self._facts[index].relation]
            texts = {fact.relation for fact in facts if not fact.object}
            named = {fact.relation for fact in facts if fact.object}
            if found := senses.fault(frame, named, texts, self._language):
                return found
        return ""


def _blank(text: str, words: Sequence[str]) -> str:
    """Blank out words wherever they stand in a text."""
    lower = text.lower()
    for word in words:
        length = len(word.strip(_STOPS))
        for start in _places(word, text, lower):
            blank = "\0" * length
            text = text[:start] + blank + text[start + length :]
            lower = lower[:start] + blank + lower[start + length :]
    return text


def _places(text: str, whole: str, lowered: str | None = None) -> list[int]:
    """Return where a name or value stands in a text, as whole words where it is Latin.

    `lowered` is the text in small letters, where it is at hand.
    """
    wanted = text.strip(_STOPS)
    # A short acronym counts as it is written: "AS" is no "as".
    cased = len(wanted) <= 4 and wanted.isascii() and wanted.upper() == wanted
    lower = whole if cased else whole.lower() if lowered is None else lowered
    wanted = wanted if cased else wanted.lower()
    if not wanted or len(lower) != len(whole):
        return []
    found = []
    place = lower.find(wanted)
    while place >= 0:
        end = place + len(wanted)
        if not (
            _joins(lower[place - 1 : place], wanted[0]) or _joins(wanted[-1], lower[end : end + 1])
        ):
            found.append(place)
        place = lower.find(wanted, place + 1)
    return found


def _joins(left: str, right: str) -> bool:
    """Say whether two neighbouring signs belong to one Latin word or number."""
    return left.isascii() and left.isalnum() and right.isascii() and right.isalnum()
