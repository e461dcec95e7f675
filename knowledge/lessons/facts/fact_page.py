"""Hold what a row can be written about: one entity or document in one language, with its facts.

entity + groups of facts (+ neighbours) -> topics and rows of styles
"""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, Protocol, TypeVar, cast

from knowledge.lessons.facts import taught_uses
from knowledge.lessons.facts.recorded_warnings import RecordedWarnings
from knowledge.records import Entity, Language, Passage

MOST = 8
"""A lesson names at most this many objects of a relation."""

UNCUT = ("contraindication",)
"""Relations whose lists are told whole or not at all: what is left out would read as safe."""

PageKind = Literal["entities", "documents", "paper pairs", "formulas"]
"""What a page is about."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class PageFact:
    """One fact as a page states it: `text` is the object's name, or the value itself.

    `said` is the name as it stands within a sentence: `heart failure`, but `Crohn's disease`.
    `level` is how severe an interaction is, where that is known; `names` are all of the object.
    """

    fact: str
    text: str
    said: str
    object: str = ""
    kind: str = ""
    licence: str = ""
    level: str = ""
    names: tuple[str, ...] = field(default=(), compare=False, repr=False)
    scraped: bool = field(default=False, compare=False, repr=False)
    """Whether only sources state it that a program gathered: such a list may lack or add much."""


_ByObject = dict[str, tuple[tuple[PageFact, ...], tuple[PageFact, ...]]]


class PageLinks(Protocol):
    """The way from a page to those of other entities, and to what speaks against medicines."""

    warnings: RecordedWarnings

    having: Callable[[Sequence[str]], frozenset[str]]
    """Gives the conditions that have all of some findings."""

    def page(self, id: str, language: Language) -> "FactPage | None":
        """Return the page of an entity, where it has one."""


_SEVERAL = ("symptom", "test", "treatment", "medicine", "complication", "cause", "risk_factor")
"""Relations of a condition of which one fact alone is seldom all."""

_ENOUGH_WARNINGS = {"interaction": 3, "contraindication": 2, "monitoring": 2}
"""Open lists of a medicine, and how many of each answer a question for all of them."""

_USES, _ENOUGH_USES = ("medicine~", "first_line~"), 3
_SAYS_WHAT = ("description", "drug_class")
_ENOUGH_FINDINGS = 3
_ENOUGH_MEDICINES = 3


@dataclass(frozen=True, slots=True)
class FactPage:
    """What is known of an entity in one language; `name` is what it is called there.

    `said` is the name as it stands within a sentence. `groups` maps a relation to its facts, those
    of curated and of several sources first; a relation seen from its object ends with `INVERSE`.
    A document is a page, too: it has `passages` in place of groups. `neighbours` are other pages of
    the same part of the split; `find_similar` finds conditions that share findings, `find_telling`
    those of its findings that few conditions have; `links` leads from a page to those of the
    entities that it names. `shown` holds all facts where some are not fit to be told unless their
    line is shown: `groups` lacks those. `is_familiar` says whether findings alone may lead to a
    condition; `left_out` names relations whose facts were not all kept, with the reason.
    """

    entity: Entity
    language: Language
    name: str
    said: str
    groups: dict[str, tuple[PageFact, ...]]
    passages: tuple[Passage, ...] = ()
    licence: str = ""
    neighbours: tuple["FactPage", ...] = field(default=(), compare=False)
    find_similar: Callable[["FactPage"], tuple["FactPage", ...]] = field(
        default=lambda page: (), compare=False
    )
    find_telling: Callable[["FactPage"], frozenset[str]] = field(
        default=lambda page: frozenset(item.object for item in page.entity_facts("symptom")),
        compare=False,
    )
    links: "PageLinks | None" = field(default=None, compare=False, repr=False)
    shown: dict[str, tuple[PageFact, ...]] = field(default_factory=dict, repr=False)
    is_familiar: bool = True
    left_out: dict[str, str] = field(default_factory=dict, compare=False, repr=False)
    _by_object: _ByObject = field(default_factory=dict, compare=False, repr=False)
    """The facts of each relation that was asked for: those of entities, and those of texts."""
    _cached: dict[str, object] = field(default_factory=dict, compare=False, repr=False)
    """What `cached` worked out; shared with what `with_neighbours` returns."""

    @property
    def id(self) -> str:
        """Return the entity's id."""
        return self.entity.id

    def entity_facts(self, relation: str) -> tuple[PageFact, ...]:
        """Return the facts of a relation whose objects are entities."""
        return (self._by_object.get(relation) or self._split(relation))[0]

    def few_facts(self, relation: str, most: int) -> tuple[PageFact, ...]:
        """Return the first of the facts whose objects are entities; all where none may be cut."""
        return first_of(relation, self.entity_facts(relation), most)

    def text_facts(self, relation: str) -> tuple[PageFact, ...]:
        """Return the facts of a relation whose objects are texts."""
        return (self._by_object.get(relation) or self._split(relation))[1]

    def written_facts(self, relation: str) -> tuple[PageFact, ...]:
        """Return the facts of a relation that name entities and that somebody wrote and read."""
        return tuple(item for item in self.entity_facts(relation) if not item.scraped)

    def is_lone(self, relation: str) -> bool:
        """Say whether a program gathered but one thing of what a condition has several of.

        Two findings in English are as few: what is typical may be missing. So are two medicines of
        a Chinese table, a single use of a medicine there, and one or two uses or interactions of a
        medicine of which nobody says in Chinese what it is.

        Nor do one or two uses in English tables stand for all uses of a medicine that the starter
        records do not know. A single warning of a medicine, or a list that lacks what its class
        warns of, answers no question for all of them, whoever wrote it.
        """
        known = self.groups.get(relation, ())
        if self.entity.kind == "medicine" and relation in _ENOUGH_WARNINGS and known:
            return self._is_short(relation, known)
        if relation in _USES and self.language == "en" and not taught_uses.knows(self.name):
            return len(known) < _ENOUGH_USES and all(each.scraped for each in known)
        if relation in (*_USES, "interaction") and self.language == "zh":
            least = 2 if any(each in self.groups for each in _SAYS_WHAT) else _ENOUGH_USES
            scraped = all(each.scraped for each in known)
            return 0 < len(known) < least and (scraped or least == _ENOUGH_USES)
        fewest = _ENOUGH_FINDINGS if relation == "symptom" and self.language == "en" else 2
        if relation == "medicine" and self.language == "zh":
            fewest = _ENOUGH_MEDICINES
        few = 0 < len(known) < fewest
        return relation in _SEVERAL and few and all(each.scraped for each in known)

    def _is_short(self, relation: str, known: Sequence[PageFact]) -> bool:
        """Say whether a list of warnings of a medicine holds too few to be asked for whole."""
        named = [item.object for item in known if item.object]
        if not named and relation != "monitoring":
            return False  # a text tells what it tells
        if len(known) < _ENOUGH_WARNINGS[relation]:
            return True
        return bool(self.links and self.links.warnings.class_adds(self.id, relation, named))

    def with_neighbours(
        self,
        neighbours: tuple["FactPage", ...],
        find_similar: Callable[["FactPage"], tuple["FactPage", ...]],
        links: "PageLinks | None" = None,
        find_telling: Callable[["FactPage"], frozenset[str]] | None = None,
    ) -> "FactPage":
        """Return the page with its neighbours, and with the way to other pages."""
        own = (self.entity, self.language, self.name, self.said, self.groups, self.passages)
        finds = (find_similar, find_telling or self.find_telling, links or self.links)
        known = (self._by_object, self._cached)
        held = (self.shown, self.is_familiar)
        return FactPage(*own, self.licence, neighbours, *finds, *held, self.left_out, *known)

    def as_evidence(self) -> "FactPage":
        """Return the page with every fact that a line of evidence may show."""
        if not self.shown:
            return self
        by_object, cached = self.cached("as evidence", _new_caches)
        own = (self.entity, self.language, self.name, self.said, self.shown, self.passages)
        finds = (self.find_similar, self.find_telling, self.links)
        last = (self.left_out, by_object, cached)
        return FactPage(*own, self.licence, self.neighbours, *finds, {}, self.is_familiar, *last)

    def as_written(self) -> "FactPage":
        """Return the page with those facts only that somebody wrote and read."""
        if not self.has_scraped:
            return self
        by_object, cached = self.cached("as written", _new_caches)
        groups = {
            relation: kept
            for relation, items in self.groups.items()
            if (kept := tuple(item for item in items if not item.scraped))
        }
        own = (self.entity, self.language, self.name, self.said, groups, self.passages)
        finds = (self.find_similar, self.find_telling, self.links)
        last = (self.left_out, by_object, cached)
        return FactPage(
            *own, self.licence, self.neighbours, *finds, self.shown, self.is_familiar, *last
        )

    def with_groups(self, groups: dict[str, tuple[PageFact, ...]]) -> "FactPage":
        """Return the page with other facts in the place of its own."""
        return replace(self, groups=groups, _by_object={}, _cached={})

    @property
    def has_scraped(self) -> bool:
        """Say whether some fact of the page is one that a program gathered."""
        return any(item.scraped for items in self.groups.values() for item in items)

    def cached(self, name: str, work: Callable[["FactPage"], T]) -> T:
        """Return what a function of the page gives, worked out at the first asking.

        `name` tells the function from others; it must not look at the neighbours.
        """
        if name not in self._cached:
            self._cached[sys.intern(name)] = work(self)
        return cast(T, self._cached[name])

    def _split(self, relation: str) -> tuple[tuple[PageFact, ...], tuple[PageFact, ...]]:
        whole = self.groups.get(relation, ())
        named = tuple(item for item in whole if item.object)
        texts = tuple(item for item in whole if not item.object)
        return self._by_object.setdefault(relation, (named, texts))


def first_of(relation: str, items: Sequence[T], most: int) -> tuple[T, ...]:
    """Return at most so many facts of a relation; all where none may be cut."""
    return tuple(items if relation in UNCUT else items[:most])


def _new_caches(page: FactPage) -> tuple[_ByObject, dict[str, object]]:
    """Return the places for what the facts that are shown give, empty."""
    return {}, {}
