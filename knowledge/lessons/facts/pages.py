"""Pages: what is stated of one entity in one language, and its facts as they are told.

    entity + groups of facts (+ neighbours) -> what styles write about

This file knows nothing of where a page comes from.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar, cast

from knowledge.records import Entity, Language, Passage

MOST = 8
"""A lesson names at most this many objects of a relation."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Item:
    """One fact as a page states it: `text` is the object's name, or the value itself.

    `said` is the name as it stands within a sentence: `heart failure`, but `Crohn's disease`.
    """

    fact: str
    text: str
    said: str
    object: str = ""
    kind: str = ""
    licence: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """What is stated of an entity in one language; `name` is what it is called there.

    `said` is the name as it stands within a sentence. `groups` maps a relation to its facts, those
    of curated and of several sources first; a relation seen from its object ends with `INVERSE`.
    A document is a page, too: it has `passages` in place of groups. `beside` are other pages of the
    same part of the split; `rivals` finds those that share findings.
    """

    entity: Entity
    language: Language
    name: str
    said: str
    groups: dict[str, tuple[Item, ...]]
    passages: tuple[Passage, ...] = ()
    licence: str = ""
    beside: tuple["Page", ...] = field(default=(), compare=False)
    rivals: Callable[["Page"], tuple["Page", ...]] = field(default=lambda page: (), compare=False)
    _sides: dict[str, tuple[tuple[Item, ...], tuple[Item, ...]]] = field(
        default_factory=dict, compare=False, repr=False
    )
    """Relations as they were asked for: those of entities and those of texts, told apart once."""
    _known: dict[str, object] = field(default_factory=dict, compare=False, repr=False)
    """What `once` worked out; shared with what `among` returns."""

    @property
    def id(self) -> str:
        """Return the entity's id."""
        return self.entity.id

    def named(self, relation: str) -> tuple[Item, ...]:
        """Return the facts of a relation whose objects are entities."""
        return (self._sides.get(relation) or self._parted(relation))[0]

    def texts(self, relation: str) -> tuple[Item, ...]:
        """Return the facts of a relation whose objects are texts."""
        return (self._sides.get(relation) or self._parted(relation))[1]

    def among(
        self, beside: tuple["Page", ...], rivals: Callable[["Page"], tuple["Page", ...]]
    ) -> "Page":
        """Return the page with its neighbours."""
        own = (self.entity, self.language, self.name, self.said, self.groups, self.passages)
        return Page(*own, self.licence, beside, rivals, self._sides, self._known)

    def once(self, name: str, work: Callable[["Page"], T]) -> T:
        """Return what a function of the page gives, worked out at the first asking.

        `name` tells the function from others; it must not look at the neighbours.
        """
        if name not in self._known:
            self._known[sys.intern(name)] = work(self)
        return cast(T, self._known[name])

    def _parted(self, relation: str) -> tuple[tuple[Item, ...], tuple[Item, ...]]:
        whole = self.groups.get(relation, ())
        named = tuple(item for item in whole if item.object)
        told = tuple(item for item in whole if not item.object)
        return self._sides.setdefault(relation, (named, told))
