"""Find facts that cannot be right together, and show both sides with their sources.

    facts about one pair, or of one relation that has one answer -> which contradict each other
    notes of one fact -> levels that its sources disagree on

Nothing is decided here and nothing is dropped: a curator sees both sides, and so does an answer.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Protocol

from sqlalchemy import Engine, Select, and_, func, or_, select
from sqlalchemy.orm import aliased

from knowledge.graph.catalog import FactRow, FactSourceRow, SourceRow, holds
from knowledge.graph.knowledge_graph import KnowledgeGraph
from knowledge.records import Entity, Fact
from knowledge.vocabulary import RELATIONS, SINGLE, are_opposed

View = dict[str, object]

_LEVEL = re.compile(r"\blevel: ([^;,]+)")
_UNSTATED = ("not stated", "unknown")


def find_conflicting(fact: Fact, others: Sequence[Fact]) -> list[str]:
    """Return the ids of the facts that cannot be right together with this one."""
    return [other.id for other in others if other.id != fact.id and conflict(fact, other)]


def conflict(fact: Fact, other: Fact) -> bool:
    """Say whether two facts contradict each other."""
    return exclude_each_other(fact, other) or _rival(fact, other)


class RelatedPair(Protocol):
    """A statement that relates two entities; `object` is empty where it relates one to a text."""

    @property
    def subject(self) -> str:
        """The id of the entity that the statement is about."""

    @property
    def relation(self) -> str:
        """The id of the relation."""

    @property
    def object(self) -> str | None:
        """The id of the other entity."""


def exclude_each_other(one: RelatedPair, other: RelatedPair) -> bool:
    """Say whether two statements relate the same two entities in ways that exclude each other."""
    return (
        bool(one.object and other.object)
        and {one.subject, one.object} == {other.subject, other.object}
        and are_opposed(one.relation, other.relation)
    )


def _rival(fact: Fact, other: Fact) -> bool:
    """Say whether two sources give different texts, in one language, where one answer is expected.

    A source that gives two itself tells parts of one answer, such as the limit for the elderly.
    """
    return (
        fact.object is None
        and other.object is None
        and fact.relation == other.relation
        and RELATIONS[fact.relation].single
        and fact.subject == other.subject
        and not set(fact.sources) & set(other.sources)
        and not {name.language for name in fact.value}.isdisjoint(
            name.language for name in other.value
        )
    )


def stated_levels(fact: Fact) -> dict[str, list[str]]:
    """Return each level that a fact is given, with the sources that give it."""
    found: dict[str, list[str]] = {}
    for source, note in fact.notes:
        for level in dict.fromkeys(each.strip() for each in _LEVEL.findall(note)):
            if level not in _UNSTATED:
                found.setdefault(level, []).append(source)
    return found


def list_conflicts(engine: Engine, generation: int, limit: int) -> list[View]:
    """Return the conflicts of a generation, each with its sides and their sources."""
    graph = KnowledgeGraph(engine, generation)
    with engine.connect() as connection:
        ids = [
            id
            for query in (*_opposed(generation), _single(generation), _levelled(generation))
            for id in connection.scalars(query.order_by(FactRow.subject_id))
        ]
        live = select(SourceRow.id, SourceRow.title).where(holds(SourceRow, generation))
        titles = {id: title for id, title in connection.execute(live)}
    found = _conflicts(graph, list(dict.fromkeys(ids)))
    views: list[View] = []
    for why, sides in found:
        if len(views) == limit:
            break
        known = graph.entities([id for fact in sides for id in (fact.subject, fact.object) if id])
        views.append({"why": why, "sides": [_side(fact, known, titles) for fact in sides]})
    return views


def _conflicts(graph: KnowledgeGraph, subjects: Sequence[str]) -> Iterator[tuple[str, list[Fact]]]:
    told: set[frozenset[str]] = set()
    for subject in subjects:
        own = graph.facts(subject)
        others = [*own, *graph.inverse(subject)]
        for fact in own:
            if len(stated_levels(fact)) > 1 and frozenset((fact.id,)) not in told:
                told.add(frozenset((fact.id,)))
                yield "its sources give different levels", [fact]
            for other in others:
                pair = frozenset((fact.id, other.id))
                if len(pair) == 2 and pair not in told and conflict(fact, other):
                    told.add(pair)
                    single = fact.object is None
                    yield "one answer is expected" if single else "opposed relations", [fact, other]


def _side(fact: Fact, known: dict[str, Entity], titles: dict[str, str]) -> View:
    return {
        "fact": fact.id,
        "subject": _named(fact.subject, known),
        "relation": fact.relation,
        "object": _named(fact.object, known)
        if fact.object
        else {"value": {name.language: name.text for name in fact.value}},
        "sources": [
            {"id": id, "title": titles.get(id, id), "note": dict(fact.notes).get(id, "")}
            for id in fact.sources
        ],
    }


def _named(id: str, known: dict[str, Entity]) -> View:
    names = known[id].names if id in known else ()
    return {"id": id, "name": names[0].text if names else id}


def _opposed(generation: int) -> Iterator[Select[str]]:
    """Select subjects of facts that another fact about the same pair opposes."""
    other = aliased(FactRow)
    same = and_(other.subject_id == FactRow.subject_id, other.object_id == FactRow.object_id)
    turned = and_(other.subject_id == FactRow.object_id, other.object_id == FactRow.subject_id)
    for relation in (each for each in RELATIONS.values() if each.opposes):
        for pair in (same, turned):  # one condition each, so that each can use its index
            yield (
                select(FactRow.subject_id)
                .join(other, pair)
                .where(
                    FactRow.relation == relation.id,
                    other.relation.in_(relation.opposes),
                    holds(FactRow, generation),
                )
                .distinct()
            )


def _single(generation: int) -> Select[str]:
    """Select entities that have several answers where one is expected."""
    return (
        select(FactRow.subject_id)
        .where(FactRow.relation.in_(SINGLE), holds(FactRow, generation))
        .group_by(FactRow.subject_id, FactRow.relation)
        .having(func.count(FactRow.id) > 1)
    )


def _levelled(generation: int) -> Select[str]:
    """Select subjects of facts that may be given several levels."""
    stated = FactSourceRow.note.contains("level: ")
    return (
        select(FactRow.subject_id)
        .join(FactSourceRow, FactSourceRow.fact_id == FactRow.id)
        .where(stated, holds(FactRow, generation))
        .group_by(FactRow.subject_id, FactRow.id)
        .having(
            or_(
                func.count(func.distinct(FactSourceRow.note)) > 1,
                func.max(FactSourceRow.note).contains("; level: "),
            )
        )
        .distinct()
    )
