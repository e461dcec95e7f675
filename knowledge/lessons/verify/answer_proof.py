"""Prove an answer that a model wrote to the question of a row, whole and sentence by sentence.

row + lines shown by number + answer -> facts of the row that each sentence states -> its citations
-> each sentence as a row of its own, the answer as a row -> `prover` -> AnswerProof

The row says which facts are asked for. Facts of the row beyond these may be told or left out.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Engine

from knowledge.lessons.facts.urgent_words import UrgencyRules
from knowledge.lessons.verify import exam_check, stock_sentences
from knowledge.lessons.verify.catalog_checks import CatalogChecks
from knowledge.lessons.verify.name_masks import blank, has_any
from knowledge.lessons.verify.prover import Prover
from knowledge.lessons.verify.source_content import SourceContent
from knowledge.lessons.verify.template_patterns import frame
from knowledge.records import Lesson, LessonMessage, LessonSource
from knowledge.text.citations import cited_numbers, numbered_lines, uncited
from knowledge.text.sentences import sentence_spans

STYLES = ("chatdoctor", "huatuo", "safety", "grounded", exam_check.STYLE)
"""Styles whose questions stand alone and are answered by facts."""

GAP = "gap"
"""The form of an exam question in which one name is missing: a cloze."""

_EMPTY = "the answer states none of the row's facts"
_MODEL = "model"
_UNSAID = ("conflict", "refused", "urgent")
"""What an answer must do besides telling facts; such rows are no questions here."""


@dataclass(frozen=True, slots=True)
class SentenceProof:
    """One sentence: whether it holds, whether it cites just the lines that it rests on."""

    text: str
    holds: bool
    cited: bool
    fault: str = ""


@dataclass(frozen=True, slots=True)
class AnswerProof:
    """What an answer comes to: `stated` of the `asked` facts in sentences that hold.

    `fault` is the first thing that is wrong with the whole, and empty where it is proven.
    """

    sentences: tuple[SentenceProof, ...]
    asked: int
    stated: int
    fault: str

    @property
    def proven(self) -> bool:
        """Say whether the whole answer is proven."""
        return not self.fault


@dataclass(frozen=True, slots=True)
class Question:
    """A row whose question can be answered freely, and the numbered lines that a prompt shows."""

    lesson: Lesson
    shown: Mapping[int, str]


class AnswerProver:
    """Proves answers against one generation of the graph."""

    def __init__(self, engine: Engine, generation: int, rules: UrgencyRules | None = None) -> None:
        self._prover = Prover(engine, generation, rules)
        self._catalog = CatalogChecks(engine, generation)

    def why_not(self, lessons: Sequence[Lesson]) -> list[str]:
        """Return for each row why it is no question that can be proven, or an empty text."""
        held = self._prover.contents(lessons)
        return [
            _why_not(lesson) or ("" if facts is not None else "a fact of it is not in the graph")
            for lesson, facts in zip(lessons, held, strict=True)
        ]

    def declines(self, lesson: Lesson, answer: str) -> bool:
        """Say whether an answer only says, in the words of lessons, that it cannot be told."""
        text = answer.strip()
        masked = blank(text, self._prover.names(lesson.split_key), text.lower())
        return stock_sentences.declines(frame(masked, lesson.language), lesson.language)

    def prove(self, questions: Sequence[Question], answers: Sequence[str]) -> list[AnswerProof]:
        """Return the proof of each answer to a question of which `why_not` has nothing to say."""
        facts = self._prover.contents([each.lesson for each in questions])
        read = [
            _Reading(question, answer.strip(), held or [], self._prover.names)
            for question, answer, held in zip(questions, answers, facts, strict=True)
        ]
        sentences = [row for each in read for row in each.sentences]
        whole = [each.whole for each in read if each.whole]
        licences = self._catalog.licences({s.id for row in whole for s in row.sources}, ())
        alone = iter(self._prover.sentence_faults(sentences))
        faults = iter(self._prover.faults([_licensed(row, licences) for row in whole]))
        return [
            each.proof(
                [next(alone) for _ in each.sentences], next(faults) if each.whole else _EMPTY
            )
            for each in read
        ]


def _why_not(lesson: Lesson) -> str:
    if lesson.style not in STYLES:
        return "its style is answered in a fixed form"
    if lesson.style == exam_check.STYLE and lesson.meta.get("form") != GAP:
        return "its style is answered in a fixed form"
    if [each.role for each in lesson.messages] != ["user", "assistant"]:
        return "it has more turns than one"
    if any(each.kind != "fact" or each.calculated for each in lesson.sources):
        return "it rests on more than facts of the graph"
    if any(lesson.meta.get(each) for each in _UNSAID):
        return "its answer does more than tell facts"
    return ""


class _Reading:
    """An answer by its sentences, with the facts of its row that each of them states."""

    def __init__(
        self,
        question: Question,
        answer: str,
        facts: Sequence[SourceContent],
        names: Callable[[str], tuple[str, ...]],
    ) -> None:
        self._lesson, self._answer = question.lesson, answer
        self._facts, self._names = facts, names
        self._own = numbered_lines(question.lesson.messages[0].content)
        self._shown = question.shown
        self._declines = bool(question.lesson.meta.get("declined"))
        spans = sentence_spans(answer)
        self._texts = [answer[start:end] for start, end in spans]
        self._support = [self._states(one) for one in self._texts]
        self._asked = self._asked_facts()
        self.sentences = [self._alone(place) for place, few in enumerate(self._support) if few]
        says = self.sentences or (self._declines and self._texts)
        self.whole = self._whole() if says else None

    def proof(self, alone: Sequence[str], fault: str) -> AnswerProof:
        """Return the proof, given what is wrong with each sentence and with the whole."""
        left = iter(alone)
        if self._declines:
            whole = [SentenceProof(one, not fault, True, fault) for one in self._texts]
            return AnswerProof(tuple(whole), 0, 0, fault)
        sentences = tuple(
            self._sentence_proof(place, next(left) if few else None)
            for place, few in enumerate(self._support)
        )
        if not fault and not all(one.cited for one in sentences):
            fault = "a sentence does not cite just the lines that it rests on"
        stated = {
            place
            for few, one in zip(self._support, sentences, strict=True)
            if one.holds
            for place in few
        }
        return AnswerProof(sentences, len(self._asked), len(stated & self._asked), fault)

    def _sentence_proof(self, place: int, fault: str | None) -> SentenceProof:
        text = self._texts[place]
        if fault is None:
            fault = "" if self._needs_no_fact(text) else "a sentence states nothing of the row"
        quotes = {self._lesson.sources[each].quote for each in self._support[place]}
        wanted = {number for number, line in self._shown.items() if line in quotes}
        return SentenceProof(text, not fault, set(cited_numbers(text)) == wanted, fault)

    def _needs_no_fact(self, text: str) -> bool:
        """Say whether a sentence may stand without a fact: a stock one, a name that fills a gap."""
        plain, lesson = uncited(text).strip(), self._lesson
        if self._fills_gap(plain):
            return True
        partly = str(lesson.meta.get("partly", ""))
        if partly and stock_sentences.leaves_open(plain, partly, lesson.language):
            return True
        return stock_sentences.is_stock(plain.lower(), lesson.style, lesson.language)

    def _fills_gap(self, plain: str) -> bool:
        """Say whether a line is the name that a cloze lacks, as it is or as the row gives it."""
        lesson = self._lesson
        if lesson.style != exam_check.STYLE:
            return False
        own = uncited(lesson.messages[-1].content).split("\n")[0]
        right = {own, *map(str, _texts(lesson.meta.get("accepted")))}
        return plain.strip().casefold() in {one.casefold() for one in right}

    def _states(self, sentence: str) -> list[int]:
        """Return the facts that a sentence names; those of lines that it cites come first."""
        plain = uncited(sentence)
        if self._declines or self._fills_gap(plain):
            return []
        found = self._named_in(plain)
        cited = {self._shown.get(number) for number in cited_numbers(sentence)}
        own = [place for place in found if self._lesson.sources[place].quote in cited]
        objects = {self._other(place) for place in own}
        return [place for place in found if place in own or self._other(place) not in objects]

    def _named_in(self, text: str) -> list[int]:
        """Return the facts that a text names; a name within a longer one of them does not count."""
        every = {name for place in range(len(self._facts)) for name in self._said_of(place)}
        said = set()
        for name in sorted(every, key=lambda name: (-len(name), name)):
            lower = text.lower()
            if has_any((name,), text, lower):
                said.add(name)
                text = blank(text, (name,), lower)
        return [
            place for place in range(len(self._facts)) if not said.isdisjoint(self._said_of(place))
        ]

    def _asked_facts(self) -> set[int]:
        """Return the facts on the relation that is asked for, or all where none is."""
        asked = str(self._lesson.meta.get("relation", ""))
        found = {place for place in range(len(self._facts)) if self._relation(place) == asked}
        return found or set(range(len(self._facts)))

    def _relation(self, place: int) -> str:
        return self._facts[place].relation_from(self._lesson.split_key)

    def _other(self, place: int) -> str:
        fact = self._facts[place]
        if not fact.object:
            return fact.id
        return fact.subject if fact.object == self._lesson.split_key else fact.object

    def _said_of(self, place: int) -> tuple[str, ...]:
        fact = self._facts[place]
        if fact.object:
            return self._names(self._other(place))
        return (fact.value[self._lesson.language],)

    def _whole(self) -> Lesson:
        """Return the answer as a row on the facts asked for, and on all that it tells besides."""
        if self._declines:
            return self._row(self._answer, list(range(len(self._facts))), self._support)
        told = self._asked | {place for few in self._support for place in few}
        quotes = {self._lesson.sources[place].quote for place in told}
        kept = [
            place for place, source in enumerate(self._lesson.sources) if source.quote in quotes
        ]
        return self._row(self._answer, kept, self._support)

    def _alone(self, place: int) -> Lesson:
        """Return one sentence as a row on just the facts that it states."""
        row = self._row(self._texts[place].strip(), self._support[place], [self._support[place]])
        subject = next(iter(self._names(row.split_key)), "")
        kept = ("relation", "support", "teacher")
        return replace(
            row,
            style=STYLES[0],
            messages=(
                LessonMessage("user", subject),
                LessonMessage("assistant", uncited(row.messages[-1].content)),
            ),
            meta={key: row.meta[key] for key in kept if key in row.meta},
        )

    def _row(self, text: str, kept: Sequence[int], support: Sequence[Sequence[int]]) -> Lesson:
        """Return the row with another answer and only some of its facts."""
        lesson = self._lesson
        number = {place: at for at, place in enumerate(kept)}
        asked = lesson.messages[0].content
        sources = []
        for place in kept:
            source = lesson.sources[place]
            few = [each for each in kept if lesson.sources[each].quote == source.quote]
            line = source.quote if self._declines else self._line_of(source, few)
            asked = asked.replace(source.quote, line)
            sources.append(LessonSource(source.kind, source.id, line))
        subject = lesson.split_key
        ends = dict.fromkeys(
            end
            for place in kept
            for end in (self._facts[place].subject, self._facts[place].object)
            if end and end != subject
        )
        answer = text if self._own else uncited(text)
        left_out = ("objects", "length", "trace", "quality")
        meta = {key: one for key, one in lesson.meta.items() if key not in left_out}
        meta |= {
            "teacher": _MODEL,
            "support": [[number[each] for each in few if each in number] for few in support],
        }
        return replace(
            lesson,
            messages=(LessonMessage("user", asked), LessonMessage("assistant", answer)),
            sources=tuple(sources),
            entities=lesson.entities if self._declines else (subject, *ends),
            meta=meta,
        )

    def _line_of(self, source: LessonSource, few: Sequence[int]) -> str:
        """Return a line of facts with only some of those that it lists."""
        quote = source.quote
        if len(few) == sum(one.quote == quote for one in self._lesson.sources):
            return quote
        colon, apart = ("：", "；") if self._lesson.language == "zh" else (": ", "; ")
        head, sign, listed = quote.partition(colon)
        said = [{name.casefold() for name in self._said_of(place)} for place in few]
        items = [
            item
            for item in listed[:-1].split(apart)
            if any(item.strip(" .。").casefold() in names for names in said)
        ]
        return f"{head}{sign}{apart.join(items)}{listed[-1:]}"


def _licensed(row: Lesson, licences: Mapping[str, str]) -> Lesson:
    told = sorted({licences.get(source.id, "") for source in row.sources})
    return replace(row, licence=" AND ".join(told))


def _texts(value: object) -> list[object]:
    return value if isinstance(value, list) else []
