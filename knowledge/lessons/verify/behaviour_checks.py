"""Check how a row behaves: citations, calls, declining, refusing, disagreement.

    row + its sources -> one check after the other -> the first fault, or an empty text

A citation must number a line that holds the cited facts; a call and its result must be in the fixed
grammar and true; a row declines only where its lines do not cover what was asked, forbids
lines beside them that answer it too, and speaks of disagreement only where the graph holds one.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from knowledge.datasets import lookup_calls
from knowledge.graph import verbalize
from knowledge.graph.conflicts import exclude_each_other
from knowledge.lessons.facts import shared_lines
from knowledge.lessons.facts.manner import length_of
from knowledge.lessons.verify.source_content import SourceContent
from knowledge.records import Lesson
from knowledge.text.citations import cited_numbers, numbered_lines, uncited
from knowledge.text.sentences import sentence_spans
from knowledge.vocabulary import INVERSE, RELATIONS

_NOT_COVERED = {
    "en": re.compile(
        r"not cover|not covered|does not say|do not say|says nothing|say nothing|"
        r"not address|no answer|cannot be answered|not contain|not mention|is silent|nothing on",
        re.IGNORECASE,
    ),
    "zh": re.compile("没有涉及|未涉及|没有提到|未提及|没有说明|没有给出|没有回答|无法回答|找不到"),
}
_DISAGREES = {
    "en": re.compile(r"disagree|contradict|conflict|at odds", re.IGNORECASE),
    "zh": re.compile("不一致|矛盾|冲突|分歧|相反"),
}
_REFUSES = {
    "en": re.compile(
        r"cannot help|can't help|will not help|won't help|not able to help|not something I|"
        r"must decline|have to decline|cannot assist|will not assist|not going to help",
        re.IGNORECASE,
    ),
    "zh": re.compile(
        "不能帮|无法帮|不会帮|不能协助|无法协助|不能提供这|无法提供这|恕我?不能|不能答应|帮不了|没法帮|(?:不会|不能)(?:参与|出主意)"
    ),
}
_HARMS = {
    "en": re.compile(
        r"kill|poison|murder|hurt|harm|secretly|without (?:her|him|them|anyone|his|my|a|any|"
        r"their|permission)|overdose on purpose|suicide|end my life|forge|fake|faking|pretend|"
        r"infect|drug someone|behind (?:her|his|their)|sabotage|spike|sedate|get rid of|"
        r"punish|trick|weapon|on purpose|die\b",
        re.IGNORECASE,
    ),
    "zh": re.compile(
        "害|毒死|杀|偷偷|瞒着|悄悄|自杀|轻生|伪造|假装|装病|造假|传染给|下药|报复|迷晕|"
        "结束自己|去死|暗中|故意|骗|整一整|背着|造一张假|冒用|不声不响|蒙混"
    ),
}


@dataclass(frozen=True, slots=True)
class BehaviourChecks:
    """The claims of one row, whose sources hold."""

    lesson: Lesson
    held: Sequence[SourceContent]
    names: Callable[[str], tuple[str, ...]]

    def fault(self) -> str:
        """Return the first claim that does not hold, or an empty text."""
        for step in (
            self._citations,
            self._calls,
            self._declined,
            self._refused,
            self._disagreement,
            self._length,
            self._shared,
        ):
            if found := step():
                return found
        return ""

    @property
    def _answer(self) -> str:
        return self.lesson.messages[-1].content

    def _lines(self) -> dict[int, str]:
        return numbered_lines(self.lesson.messages[-2].content)

    def _citations(self) -> str:
        """Hold each sentence's marks against the lines that state what supports it."""
        lines = self._lines()
        earlier = (each for each in self.lesson.messages[:-1] if each.role == "assistant")
        if any(cited_numbers(each.content) for each in earlier):
            return "an earlier answer cites what it does not show"
        if not lines:
            return "the answer cites what it does not show" if cited_numbers(self._answer) else ""
        support = self.lesson.meta.get("support")
        spans = sentence_spans(self._answer)
        if not isinstance(support, list) or len(support) != len(spans):
            return "the support is not parallel to the sentences of the answer"
        for (start, end), indices in zip(spans, support, strict=True):
            marks = set(cited_numbers(self._answer[start:end]))
            assert isinstance(indices, list)
            quotes = {self.lesson.sources[index].quote for index in indices}
            if marks != {number for number, line in lines.items() if line in quotes}:
                return "a sentence cites a line that does not state it"
            if quotes - set(lines.values()):
                return "a sentence rests on a line that is not shown"
        return ""

    def _calls(self) -> str:
        """Hold each call and its result against the facts that it found."""
        messages = self.lesson.messages
        language = self.lesson.language
        for place, message in enumerate(messages[:-1]):
            if message.role != "assistant" or "lookup(" not in message.content:
                continue
            found = lookup_calls.read_call(message.content)
            if found is None:
                return "a call is not in its grammar"
            name, attribute = found
            if name not in self.names(self.lesson.split_key):
                return "a call names another entity"
            result = messages[place + 1].content
            quotes = {source.quote for source in self.lesson.sources}
            told = result.removeprefix(lookup_calls.RESULT[language])
            if told == result or told not in quotes:
                return "the result of a call is not what the graph holds"
            if not any(told.startswith(head) for head in self._heads(name, attribute)):
                return "the result of a call is about something else"
        return ""

    def _heads(self, name: str, attribute: str) -> list[str]:
        """Return how a line begins that tells an attribute of an entity."""
        language = self.lesson.language
        return [
            verbalize.evidence_line(name, id, [""], language, inverse=inverse)[:-1]
            for id, relation in RELATIONS.items()
            for inverse in (False, True)
            if attribute == lookup_calls.attribute_name(id + INVERSE * inverse, language)
            and (not inverse or relation.inverse_en)
        ]

    def _declined(self) -> str:
        """Hold a row that declines against the lines that it shows."""
        partly = self.lesson.meta.get("partly")
        asked = self.lesson.meta.get("declined") or partly
        if partly and (self.lesson.meta.get("declined") or not self._lines()):
            return "the row declines in part what it does not show"
        if not asked and not self._lines():
            return ""
        says = _NOT_COVERED[self.lesson.language].search(self._answer) is not None
        if not asked:
            return "the answer declines what it was to answer" if says else ""
        if not says:
            return "the answer does not say that the evidence does not cover it"
        lines = set(self._lines().values())
        if not partly and lines != {source.quote for source in self.lesson.sources}:
            return "the row shows other lines than it names"
        like = shared_lines.may_answer(str(asked))
        for name in self.names(self.lesson.split_key):
            heads = shared_lines.heads(name, like, self.lesson.language)
            if any(line.startswith(tuple(heads)) for line in lines):
                return "the row declines what a line of it answers"
        return ""

    def _shared(self) -> str:
        """Hold what must not stand beside the row's lines against what it asks for."""
        told = self.lesson.meta.get("not_beside")
        if told is None:
            return ""
        if self.lesson.style != "grounded" or self.lesson.meta.get("conflict"):
            return "the row says which lines must not stand beside its own, and shares none"
        silent = str(self.lesson.meta.get("declined") or self.lesson.meta.get("partly") or "")
        answered = () if self.lesson.meta.get("declined") else self.held
        asked = [each.relation_from(self.lesson.split_key) for each in answered]
        names = self.names(self.lesson.split_key)
        language = self.lesson.language
        if any(told == shared_lines.not_beside(name, asked, silent, language) for name in names):
            return ""
        return "the row allows lines beside its own that answer it too"

    def _refused(self) -> str:
        """A refusal needs a request that harms; everything else is to be answered."""
        language = self.lesson.language
        says = _REFUSES[language].search(self._answer) is not None
        if not self.lesson.meta.get("refused"):
            return "the answer refuses what it was to answer" if says else ""
        if not says:
            return "the answer does not refuse"
        asked = self.lesson.messages[-2].content
        return "" if _HARMS[language].search(asked) else "the refused request does no harm"

    def _length(self) -> str:
        told = self.lesson.meta.get("length")
        if not told or self.lesson.meta.get("teacher"):
            return ""
        right = told == length_of(self._answer, self.lesson.language)
        return "" if right else "the length is not that of the answer"

    def _disagreement(self) -> str:
        torn = self.lesson.meta.get("conflict")
        if not torn and not self._lines():
            return ""
        says = _DISAGREES[self.lesson.language].search(uncited(self._answer))
        if not torn:
            return "the answer tells of a disagreement" if says else ""
        if not says:
            return "the answer does not tell that the evidence disagrees"
        pairs = [(one, other) for one in self.held for other in self.held if one.id < other.id]
        return (
            ""
            if any(exclude_each_other(*pair) for pair in pairs)
            else "the evidence does not disagree"
        )
