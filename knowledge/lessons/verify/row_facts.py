"""Hold the facts of one row as the row sees them: from which end, by what names, in what places.

row + its facts + names -> what each fact is about, what it leads to, what may be named
"""

from collections.abc import Mapping, Sequence

from knowledge.lessons.verify import comparison_check
from knowledge.lessons.verify.source_content import SourceContent
from knowledge.records import Language, Lesson


class RowFacts:
    """The facts of a row; a place is an index into them, and into the row's sources.

    `poles` are what they are about as the row sees them, `others` what stands at their other ends,
    `support` and `turns` the places for each sentence of the answer and for each earlier answer, or
    None where the row records no such places.
    """

    def __init__(
        self,
        lesson: Lesson,
        facts: Sequence[SourceContent],
        known: Mapping[str, tuple[str, ...]],
    ) -> None:
        self.lesson = lesson
        self.facts = facts
        self._known = known
        self.language: Language = lesson.language
        self.subject = lesson.split_key
        self.versus = comparison_check.versus(lesson)
        self.declines = bool(lesson.meta.get("declined"))
        self.poles = [self.pole_of(fact) for fact in facts]
        self.others = [
            fact.object if fact.subject == pole else fact.subject
            for fact, pole in zip(facts, self.poles, strict=True)
        ]
        self.allowed = {
            self.subject,
            *self.poles,
            *(other for other, fact in zip(self.others, facts, strict=True) if fact.object),
        }
        self.support = self._places("support")
        self.turns = self._places("turns")

    def pole_of(self, fact: SourceContent) -> str:
        """Return from which entity the row sees a fact: its subject, where the fact is about it."""
        ends = (fact.subject, fact.object)
        if self.subject in ends:
            return self.subject
        versus = self.versus and self.versus in ends
        return self.versus if versus else fact.subject

    def relation(self, place: int) -> str:
        """Return the relation of a fact as the row sees it."""
        return self.facts[place].relation_from(self.poles[place])

    def names(self, id: str) -> tuple[str, ...]:
        """Return the names of an entity or document that the row may be about."""
        return self._known.get(id, ())

    def said_of(self, place: int) -> tuple[str, ...]:
        """Return the words of which one must stand where a fact is stated."""
        fact = self.facts[place]
        return self.names(self.others[place]) if fact.object else (fact.value[self.language],)

    def told_names(self) -> set[str]:
        """Return the names and values that the answer may tell."""
        names: set[str] = set()
        for id in self.named():
            names.update(self.names(id))
        names = {name for name in names if len(name) > 1}
        if self.declines:
            return names
        names.update(fact.value[self.language] for fact in self.facts if not fact.object)
        return names

    def named(self) -> set[str]:
        """Return the entities that the answer may name; one that declines names its subject."""
        return {self.subject} if self.declines else self.allowed

    def _places(self, key: str) -> list[list[int]] | None:
        """Return lists of places that the row records, or None where they are not that."""
        lists = self.lesson.meta.get(key, [])
        if not isinstance(lists, list):
            return None
        found = []
        for each in lists:
            if not isinstance(each, list) or not all(
                isinstance(index, int) and 0 <= index < len(self.facts) for index in each
            ):
                return None
            found.append([int(index) for index in each])
        return found
