"""Read what the graph holds on medicines as rules: how severe, when they hold, what is said.

facts of a medicine and of its classes -> Rule (level, condition, words)
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from knowledge.graph.knowledge_graph import KnowledgeGraph
from knowledge.records import Entity, Fact, Language
from knowledge.text.names import normalise
from medchat.answering.answer import Severity

_LEVEL = re.compile(r"\blevel: ([^;,]+)")
_IF = re.compile(r"\bif: ([^;]+)")
_WITH = re.compile(r"\bwith: ([^;]+)")
_WORDS = re.compile(r"^[^:：]{1,200}?(?:: |：)")

LEVELS: Mapping[str, tuple[int, Severity]] = {
    "contraindicated": (0, "serious"),
    "contraindication": (0, "serious"),
    "avoid": (0, "serious"),
    "not recommended": (1, "serious"),
    "major": (2, "serious"),
    "precaution for use": (3, "caution"),
    "moderate": (3, "caution"),
    "caution": (3, "caution"),
    "": (4, "caution"),
    "not stated": (4, "caution"),
    "unknown": (4, "caution"),
    "take into account": (5, "info"),
    "minor": (5, "info"),
    "info": (6, "info"),
    "another time": (6, "info"),
}
"""Every level that a source gives: its place, the most severe first, and its severity."""


_ADVICE: Mapping[str, str] = {
    "interaction": "interaction_advice",
    "cross_allergy": "cross_allergy",
}
"""Which relation holds the words on a fact of another."""


@dataclass(frozen=True, slots=True)
class Medicine:
    """A medicine as it is asked about: its name, its id, and the classes that it belongs to."""

    name: str
    id: str
    classes: tuple[str, ...] = ()

    @property
    def ids(self) -> tuple[str, ...]:
        """Return the ids under which rules on it stand: its own, then those of its classes."""
        return (self.id, *self.classes)


@dataclass(frozen=True, slots=True)
class Rule:
    """One fact that speaks for or against a medicine, or None where it is plain by itself.

    `conditions` say when it holds ("egfr < 30"), any of them; `about` says with what or in what, as
    its source names it; `levels` are those of its sources, the most severe first.
    """

    fact: Fact | None
    levels: tuple[str, ...]
    conditions: tuple[str, ...] = ()
    about: str = ""

    @property
    def subject(self) -> str:
        """Return the medicine or class that the fact is about."""
        return self.fact.subject if self.fact else ""

    @property
    def object(self) -> str:
        """Return the entity that the fact names, or nothing."""
        return (self.fact.object or "") if self.fact else ""

    @property
    def level(self) -> str:
        """Return the most severe level that a source gives; nothing where none does."""
        return self.levels[0] if self.levels else ""

    @property
    def severity(self) -> Severity:
        """Return how severe it is."""
        return LEVELS.get(self.level, LEVELS[""])[1]

    @property
    def rank(self) -> int:
        """Return its place among rules: the most severe has the lowest."""
        return LEVELS.get(self.level, LEVELS[""])[0]

    def words(self, language: Language) -> str:
        """Return what the source says, without the name that it begins with."""
        said = {each.language: each.text for each in reversed(self.fact.value if self.fact else ())}
        text = said.get(language) or next(iter(said.values()), "")
        return _WORDS.sub("", text, count=1) if self.about else text


class Rules:
    """The rules of one graph."""

    def __init__(self, graph: KnowledgeGraph) -> None:
        self._graph = graph

    def medicine(self, id: str, language: Language, written: str = "") -> Medicine:
        """Return a medicine with its classes."""
        entity = self._graph.entity(id)
        classes = tuple(fact.subject for fact in self._graph.inverse(id, "member"))
        return Medicine(entity.name(language) if entity else written, id, classes)

    def named(self, name: str) -> str:
        """Return the medicine of a name, or nothing."""
        return next((each.id for each in self._graph.named(name) if each.kind == "medicine"), "")

    def members(self, medicine: Medicine, language: Language) -> list[Medicine]:
        """Return the members of a class as medicines; nothing where it is none."""
        members = [fact.object for fact in self._graph.facts(medicine.id, "member")]
        return [self.medicine(id, language) for id in members if id]

    def name(self, id: str, language: Language) -> str:
        """Return the name of an entity."""
        entity = self._graph.entity(id)
        return entity.name(language) if entity else id

    def of(self, ids: Iterable[str], relation: str) -> list[Rule]:
        """Return the rules of a relation on a medicine and its classes, the most severe first."""
        found = [_rule(fact) for id in ids for fact in self._graph.facts(id, relation)]
        return sorted(found, key=lambda rule: rule.rank)

    def between(self, one: Medicine, other: Medicine, relation: str) -> list[Rule]:
        """Return the rules on two medicines or their classes, the most severe first."""
        facts = {
            fact.id: fact
            for first in one.ids
            for second in other.ids
            if first != second
            for fact in self._graph.between(first, second)
            if fact.relation == relation
        }
        return sorted(map(_rule, facts.values()), key=lambda rule: rule.rank)

    def advice(self, rule: Rule) -> Rule | None:
        """Return the words on an interaction: what it does, and what to do."""
        ends = (rule.subject, rule.object)
        relation = rule.fact.relation if rule.fact else "interaction"
        for here, there in (ends, ends[::-1]):
            names = self.names(there)
            for fact in self._graph.facts(here, _ADVICE[relation]):
                said = _rule(fact)
                if fact.object is None and normalise(said.about) in names:
                    return said
            if relation != "interaction":
                continue
            for fact in self._graph.facts(here, "interaction"):
                if fact.object is None and _opening(fact) in names:
                    return Rule(fact, rule.levels, about=_opening(fact))
        return None

    def names(self, id: str) -> set[str]:
        """Return the names of an entity, in the form in which names are compared."""
        return names_of(self._graph.entity(id))

    def stating(self, relation: str) -> list[str]:
        """Return the titles of the sources that state a relation."""
        return self._graph.titles_stating(relation)


def names_of(entity: Entity | None) -> set[str]:
    """Return the names of an entity, in the form in which names are compared."""
    return {normalise(name.text) for name in entity.names} if entity else set()


def _rule(fact: Fact) -> Rule:
    notes = "; ".join(note for _, note in fact.notes)
    levels = sorted(dict.fromkeys(_stated(notes)), key=lambda each: LEVELS.get(each, (4,))[0])
    about = _WITH.search(notes)
    return Rule(
        fact,
        tuple(levels),
        tuple(dict.fromkeys(each.strip() for each in _IF.findall(notes))),
        about[1].strip() if about else "",
    )


def _stated(notes: str) -> Iterator[str]:
    for match in _LEVEL.finditer(notes):
        level = match[1].strip()
        if level not in ("not stated", "unknown"):
            yield level


def _opening(fact: Fact) -> str:
    """Return the name with which a described interaction begins: "Warfarin (major): …"."""
    text = fact.value[0].text if fact.value else ""
    return normalise(re.split(r"\s*[(:（：]", text, maxsplit=1)[0])
