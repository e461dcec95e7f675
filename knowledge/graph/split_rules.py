"""Splits: curators' decisions that undo a merge, and what they mean for records that come later.

    decisions in force + what a record was found to mean -> which side of a split it means

A merge is a source whose records came to an entity that another source had brought. A split parts
them and stays decided: later records are held against it, also where one side is gone by then.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from knowledge.graph.catalog import SourceRow, SplitRow, holds
from knowledge.graph.entity_resolution import EntityResolver, Resolution

Edition = tuple[str, str]
"""Title and format of a source: a later source with the same is taken for its new edition."""


@dataclass(frozen=True, slots=True)
class _Part:
    """What was parted from an entity, and by what a record that means it can be told."""

    id: str
    edition: Edition
    codes: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Family:
    """An entity with all that was parted from it; `shared` are the terms of more than one."""

    root: str
    parts: list[_Part]
    shared: set[str]


class SplitDecisions:
    """The decisions in force in one generation."""

    def __init__(self, connection: Connection, generation: int) -> None:
        self._of_entity: dict[str, _Family] = {}
        self._of_term: dict[tuple[str, str], _Family] = {}
        query = (
            select(SplitRow, SourceRow.title, SourceRow.format)
            .join(SourceRow, SourceRow.id == SplitRow.source_id)
            .where(holds(SplitRow, generation))
            .order_by(SplitRow.id)
        )
        for row in connection.execute(query):
            family = self._of_entity.setdefault(row.entity_id, _Family(row.entity_id, [], set()))
            self._of_entity[row.part_id] = family
            family.parts.append(_Part(row.part_id, (row.title, row.format), frozenset(row.codes)))
            family.shared.update(row.shared)
            kind = row.entity_id.partition(":")[0]
            self._of_term.update({(kind, term): family for term in row.shared})

    def __bool__(self) -> bool:
        """Say whether any decision is in force."""
        return bool(self._of_entity)

    def settle(
        self,
        kind: str,
        names: Sequence[str],
        own: Sequence[str],
        edition: Edition,
        found: Resolution,
        identity: EntityResolver,
    ) -> Resolution:
        """Return which side of a split is meant where a record was found to mean either.

        A new edition of the source that was parted means the part. Identifiers of one side, and
        names that only one has, mean that side. What both have means the entity, not the part.
        """
        family = self._family(kind, (*names, *own), found)
        if family is None:
            return found
        for part in family.parts:
            if part.edition == edition and not identity.apart(part.id, own):
                return Resolution(part.id, "split", found.term)
        telling = set(own) - family.shared
        for part in family.parts:
            codes = telling & (part.codes | identity.borne(part.id))
            if codes:
                return Resolution(part.id, "identifier", min(codes))
        if found.id and found.term not in family.shared:
            return found
        if identity.apart(family.root, own):
            return Resolution("", "created", apart=family.root)
        return Resolution(family.root, "name", found.term)

    def _family(self, kind: str, terms: Sequence[str], found: Resolution) -> _Family | None:
        """Return the family of what was found; of a shared term where nothing is left to find."""
        if found.id or not self._of_term:
            return self._of_entity.get(found.id)
        families = (self._of_term.get((kind, term)) for term in terms)
        return next(filter(None, families), None)
