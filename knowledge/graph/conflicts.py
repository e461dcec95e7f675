"""Conflicts: facts that cannot be right together, kept side by side with the sources of each.

    facts about one pair, or of one relation that has one answer -> which contradict each other
    notes of one fact -> levels that its sources disagree on

Nothing is decided here and nothing is dropped: a curator sees both sides, and so does an answer.
"""

import re
from collections.abc import Iterator, Sequence

from sqlalchemy import Engine, Select, and_, func, or_, select
from sqlalchemy.orm import aliased

from knowledge.graph.catalog import FactRow, FactSourceRow, SourceRow, holds
from knowledge.graph.knowledge_graph import KnowledgeGraph
from knowledge.records import Entity, Fact

OPPOSED = (
    (frozenset({"first_line", "medicine", "treatment"}), frozenset({"contraindication"})),
    (frozenset({"diet_recommended"}), frozenset({"diet_avoided"})),
)
"""Relations of which two sources cannot both be right about the same pair."""

SINGLE = ("dose_limit", "pregnancy", "transmission", "drug_class")
"""Relations to a text of which an entity has one: another source's other text is a conflict."""

View = dict[str, object]

_LEVEL = re.compile(r"\blevel: ([^;,]+)")
_UNSTATED = ("not stated", "unknown")


def against(fact: Fact, others: Sequence[Fact]) -> list[str]:
    """Return the ids of the facts that cannot be right together with this one."""
    return [other.id for other in others if other.id != fact.id and clash(fact, other)]


def clash(fact: Fact, other: Fact) -> bool:
    """Say whether two facts contradict each other."""
    if fact.object is None or other.object is None:
        return (
            fact.relation == other.relation
            and fact.relation in SINGLE
            and fact.subject == other.subject
            and not set(fact.sources) & set(other.sources)
            and {name.language for name in fact.value} & {name.language for name in other.value}
            != set()
        )
    if {fact.subject, fact.object} != {other.subject, other.object}:
        return False
    return any(
        (fact.relation in one and other.relation in two)
        or (fact.relation in two and other.relation in one)
        for one, two in OPPOSED
    )


def levels(fact: Fact) -> dict[str, list[str]]:
    """Return each level that a fact is given, with the sources that give it."""
    found: dict[str, list[str]] = {}
    for source, note in fact.notes:
        for level in dict.fromkeys(each.strip() for each in _LEVEL.findall(note)):
            if level not in _UNSTATED:
                found.setdefault(level, []).append(source)
    return found


def listed(engine: Engine, generation: int, limit: int) -> list[View]:
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
            if len(levels(fact)) > 1 and frozenset((fact.id,)) not in told:
                told.add(frozenset((fact.id,)))
                yield "its sources give different levels", [fact]
            for other in others:
                pair = frozenset((fact.id, other.id))
                if len(pair) == 2 and pair not in told and clash(fact, other):
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
    for one, two in OPPOSED:
        for pair in (same, turned):  # one condition each, so that each can use its index
            yield (
                select(FactRow.subject_id)
                .join(other, pair)
                .where(
                    FactRow.relation.in_(two),
                    other.relation.in_(one),
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
