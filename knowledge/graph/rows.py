"""Define new rows of the graph's tables as tuples, and make ids of entities and facts.

    kind + name -> entity id        subject + relation + object -> fact id

Tuples, since an import plans them by the hundred thousand: they are made, sorted and written in
less time than dicts. `until` is left out everywhere: a new row has not ended.
"""

from hashlib import blake2b
from typing import NamedTuple

from knowledge.text.names import normalise_as_written
from knowledge.vocabulary import RELATIONS


class NewEntity(NamedTuple):
    """A new row of `entities`."""

    id: str
    kind: str
    since: int


class NewName(NamedTuple):
    """A new row of `names`."""

    entity_id: str
    text: str
    normalised: str
    language: str
    rank: int
    source_id: str
    since: int


class NewIdentifier(NamedTuple):
    """A new row of `identifiers`."""

    entity_id: str
    code: str
    own: bool
    joined: str
    source_id: str
    since: int


class NewJoin(NamedTuple):
    """A new row of `joins`."""

    entity_id: str
    source_id: str
    how: str
    term: str


class NewFact(NamedTuple):
    """A new row of `facts`."""

    id: str
    subject_id: str
    relation: str
    object_id: str | None
    value_en: str
    value_zh: str
    position: int
    since: int


class NewFactSource(NamedTuple):
    """A new row of `fact_sources`."""

    fact_id: str
    source_id: str
    line: int
    note: str


NewRow = NewEntity | NewName | NewIdentifier | NewJoin | NewFact | NewFactSource


def entity_id(kind: str, name: str, code: str = "") -> str:
    """Return the id of an entity that is first met under this name.

    `code` is given where another entity, which the code's register tells apart, has that id.
    """
    return f"{kind}:{_digest(kind, normalise_as_written(name), *filter(None, [code]))}"


def fact_id(subject: str, relation: str, object: str) -> str:
    """Return the id of a fact; the sides of a symmetric relation are in no order."""
    sides = [subject, object]
    if RELATIONS[relation].symmetric:
        sides.sort()
    return f"fact:{_digest(sides[0], relation, sides[1])}"


def version_of(id: str, version: int) -> str:
    """Return the id of a later row of the same thing: the first has the bare id.

    >>> version_of("pmid:1", 1), version_of("pmid:1", 2)
    ('pmid:1', 'pmid:1~2')
    """
    return id if version == 1 else f"{id}~{version}"


def bare_id(id: str) -> str:
    """Return the id that all versions of a row share.

    >>> bare_id("pmid:1~2")
    'pmid:1'
    """
    return id.partition("~")[0]


def _digest(*parts: str) -> str:
    return blake2b("|".join(parts).encode(), digest_size=10).hexdigest()
