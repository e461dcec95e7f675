"""Check a comparison of two entities: what both have, and what only one has.

row + all that the graph holds of the two -> sentence by sentence -> what is wrong, or nothing
"""

from collections.abc import Mapping, Sequence

from knowledge.lessons.facts import compared_relations, likeness
from knowledge.lessons.facts.compared_relations import CONTRASTED
from knowledge.lessons.verify.name_masks import form_of, has_any, where
from knowledge.lessons.verify.recorded_facts import Names, RecordedFacts, RecordedRow
from knowledge.lessons.verify.source_content import SourceContent
from knowledge.records import Lesson
from knowledge.text.sentences import sentence_spans

STYLE = "comparison"


def versus(lesson: Lesson) -> str:
    """Return the second entity of a comparison; no other row has one."""
    return str(lesson.meta.get("versus", "")) if lesson.style == STYLE else ""


class ComparisonCheck(RecordedRow):
    """One comparison, whose facts and sentences hold one by one."""

    def __init__(
        self,
        lesson: Lesson,
        held: Sequence[SourceContent],
        records: Mapping[str, RecordedFacts],
        names: Names,
    ) -> None:
        super().__init__(lesson, held, records, names)
        self._ends = (lesson.split_key, versus(lesson))

    def fault(self) -> str:
        """Return the first thing that is wrong, or an empty text."""
        kinds = {id.partition(":")[0] for id in self._ends}
        if len(set(self._ends)) < 2 or len(kinds) > 1 or not kinds <= {*compared_relations.KINDS}:
            return "a comparison is not of two things of one kind"
        asked = self._lesson.messages[0].content
        if not all(has_any(self._names(id), asked, asked.lower()) for id in self._ends):
            return "the question does not name both that are compared"
        answer, support = self._lesson.messages[-1].content, self._lesson.meta["support"]
        assert isinstance(support, list)
        shared = False
        told: set[str] = set()
        for (start, end), places in zip(sentence_spans(answer), support, strict=True):
            assert isinstance(places, list)
            facts = [self._held[int(place)] for place in places]
            ends = {self._end(fact) for fact in facts}
            shared = shared or len(ends) == 2
            if len(ends) != 1:
                continue
            own = ends.pop()
            if self._names_other_first(answer[start:end], own):
                return "a sentence tells of one what is told of the other"
            if not all(fact.object for fact in facts):
                continue
            told.add(own)
            if fault := self._not_apart(answer[start:end], facts, own):
                return fault
        return (
            "" if shared and len(told) == 2 else "a comparison shows no likeness or no difference"
        )

    def _end(self, fact: SourceContent) -> str:
        """Return of which of the two a fact tells."""
        return next((id for id in self._ends if id in (fact.subject, fact.object)), "")

    def _not_apart(self, sentence: str, facts: Sequence[SourceContent], own: str) -> str:
        """Return why what is told of one alone may hold of the other, or is told of the other."""
        other = self._other(own)
        names_other = self._first(sentence, other) >= 0
        record = self._records.get(other) or RecordedFacts()
        for fact in facts:
            relation = fact.relation_from(own)
            if relation not in CONTRASTED:
                if names_other:
                    return "a comparison denies what it is not fair to deny"
                continue
            id = fact.subject if fact.is_turned_from(own) else fact.object
            theirs = record.objects.get(relation, set())
            names = self._names(id)
            if not theirs:
                return "nothing is known of the other in what is compared"
            if id in record.related or any(
                likeness.are_alike(names, self._names(each)) for each in (other, *theirs)
            ):
                return "what is told of one alone holds of the other too"
            if compared_relations.is_too_general(names):
                return "what is told of one alone may hold of anything"
        return ""

    def _other(self, own: str) -> str:
        return next(id for id in self._ends if id != own)

    def _names_other_first(self, sentence: str, own: str) -> bool:
        mine, other = (self._first(sentence, id) for id in (own, self._other(own)))
        return other >= 0 and not 0 <= mine < other

    def _first(self, sentence: str, id: str) -> int:
        """Return where a sentence names one of the two first, or -1.

        A name within a longer one of the other does not count: type 2 diabetes names no diabetes.
        """
        lower = sentence.lower()
        others = [
            (start, start + len(form_of(name).wanted))
            for each in self._ends
            if each != id
            for name in self._names(each)
            for start in where(form_of(name), sentence, lower)
        ]
        found = [
            start
            for name in self._names(id)
            for start in where(form_of(name), sentence, lower)
            if not any(
                a <= start
                and start + len(form_of(name).wanted) <= b
                and b - a > len(form_of(name).wanted)
                for a, b in others
            )
        ]
        return min(found, default=-1)
