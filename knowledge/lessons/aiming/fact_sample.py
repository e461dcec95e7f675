"""Choose the facts that a base is asked about, some of every relation.

    facts of a generation -> by relation, in an order of no meaning -> as many of each as fit

The choice follows from the ids of the facts alone.
"""

from collections.abc import Mapping
from hashlib import blake2b
from typing import NamedTuple

from sqlalchemy import Engine, or_, select

from knowledge.graph.catalog import FactRow, holds
from knowledge.graph.id_queries import raw_rows

ASKED_TEXTS = ("description", "drug_class")
"""Relations to texts that are asked about: what another's text says of advice may be true, too."""


class FactSample(NamedTuple):
    """The facts that were chosen, by the entity that they are about, and of how many."""

    facts: dict[str, set[str]]
    size: int
    of: int


def choose(engine: Engine, generation: int, most: int) -> FactSample:
    """Choose at most so many facts of a generation."""
    query = (
        select(FactRow.id, FactRow.subject_id, FactRow.relation)
        .where(holds(FactRow, generation))
        .where(or_(FactRow.object_id.is_not(None), FactRow.relation.in_(ASKED_TEXTS)))
    )
    found: dict[str, list[tuple[bytes, str, str]]] = {}
    with engine.connect() as connection:
        for id, subject, relation in raw_rows(connection, query):
            order = blake2b(id.encode(), digest_size=8).digest()
            found.setdefault(relation, []).append((order, id, subject))
    shares = share_out({relation: len(facts) for relation, facts in found.items()}, most)
    chosen: dict[str, set[str]] = {}
    for relation, facts in found.items():
        for _, id, subject in sorted(facts)[: shares[relation]]:
            chosen.setdefault(subject, set()).add(id)
    return FactSample(chosen, sum(shares.values()), sum(map(len, found.values())))


def share_out(sizes: Mapping[str, int], most: int) -> dict[str, int]:
    """Return how many of each group to take: equally many, and all of the small ones.

    >>> share_out({"symptom": 50, "cause": 50, "sign": 4}, 24)
    {'sign': 4, 'cause': 10, 'symptom': 10}
    """
    shares: dict[str, int] = {}
    left = most
    for place, name in enumerate(sorted(sizes, key=lambda each: (sizes[each], each))):
        shares[name] = min(sizes[name], left // (len(sizes) - place))
        left -= shares[name]
    return shares
