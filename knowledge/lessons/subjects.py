"""Subjects: what the graph states of one entity, in one language, ready to be written about.

    ids in chunks -> facts, names, licences of a chunk -> one page per entity and language

A page holds only what can be said in its language, without debris. This file knows nothing of
styles or of questions.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from sqlalchemy import Connection, Engine, and_, or_, select

from knowledge import names
from knowledge.catalog import EntityRow, FactRow, FactSource, NameRow, Source, holds
from knowledge.merge import CURATED, chunks
from knowledge.records import Entity, Language, Name
from knowledge.vocabulary import RELATIONS

INVERSE = "~"
"""Marks a relation seen from its object: `medicine~` lists what a medicine is used for."""

MOST = 8
"""A lesson names at most this many objects of a relation."""

LONGEST_TEXT = {"en": 320, "zh": 160}
"""Longer texts make lessons that nobody reads and small models cannot hold."""

_CHUNK = 100
_SEEN_FROM_OBJECT = {"medicine": "medicine", "first_line": "medicine"}
"""Relations that a page also shows from the object's side, and the kind that object must have."""

_SYMMETRIC = tuple(id for id, relation in RELATIONS.items() if relation.symmetric)
_DEBRIS = ("[详细]", "...", "…", "\\x", "['", "\n")
_ACRONYM = re.compile(r"[A-Z][A-Za-z]{0,2}[A-Z0-9αβγ+/-]*[A-Z0-9][A-Za-z0-9αβγ+/-]{0,3}")
_NO_NAME = re.compile(
    r"^(?:等|其它?他?|无|正常|是|及|和|或|与|的|并|以|有|为)|(?:等|及|和|或|与|的|及其|为主)$"
)
_CJK = re.compile("[\u3400-\u9fff]")
_SMALL = re.compile(r"(?<![\w'’-])[a-z]{3,}(?![\w'’])")
_FIRST_WORD = re.compile(r"[A-Z][a-z]+(?=[\s,/-]|$)")
_ALWAYS_SMALL = {"type", "acute", "chronic", "primary", "secondary", "severe", "common"}
_PEOPLE = {"Down", "Still", "Bell", "Baker", "Young", "Brown", "Graves"}


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

    `said` is the name as it stands within a sentence. `groups` maps a relation to its facts, those of curated and of several sources first; a relation
    seen from its object ends with `INVERSE`.
    """

    entity: Entity
    language: Language
    name: str
    said: str
    groups: dict[str, tuple[Item, ...]]

    @property
    def id(self) -> str:
        """Return the entity's id."""
        return self.entity.id

    def named(self, relation: str) -> tuple[Item, ...]:
        """Return the facts of a relation whose objects are entities."""
        return tuple(item for item in self.groups.get(relation, ()) if item.object)

    def texts(self, relation: str) -> tuple[Item, ...]:
        """Return the facts of a relation whose objects are texts."""
        return tuple(item for item in self.groups.get(relation, ()) if not item.object)


def is_validation(entity_id: str) -> bool:
    """Say whether an entity belongs to the validation part: about one in ten, by its id alone."""
    return blake2b(entity_id.encode(), digest_size=4).digest()[0] < 26


def subject_ids(engine: Engine, generation: int, language: Language) -> list[str]:
    """Return the entities with facts and a name in a language, in the order of their ids."""
    live = holds(FactRow, generation)
    stated = select(FactRow.subject_id).where(live)
    seen = (
        select(FactRow.object_id)
        .join(EntityRow, EntityRow.id == FactRow.object_id)
        .where(live, FactRow.relation.in_(_SEEN_FROM_OBJECT), EntityRow.kind == "medicine")
    )
    named = (
        select(NameRow.entity_id)
        .where(NameRow.language == language, holds(NameRow, generation))
        .where(or_(NameRow.entity_id.in_(stated), NameRow.entity_id.in_(seen)))
        .distinct()
        .order_by(NameRow.entity_id)
    )
    with engine.connect() as connection:
        return list(connection.scalars(named))


def common_words(engine: Engine, generation: int) -> frozenset[str]:
    """Return the words that English names of a generation write small.

    A name's first word is written small within a sentence only where it is one of them, so that
    no person's or place's name loses its capital.
    """
    query = select(NameRow.text).where(NameRow.language == "en", holds(NameRow, generation))
    with engine.connect() as connection:
        rows = connection.execution_options(yield_per=2000).scalars(query)
        found = {word for text in rows for word in _SMALL.findall(text)}
    return frozenset(found | _ALWAYS_SMALL)


def within_sentence(name: str, common: Collection[str]) -> str:
    """Write a name as it stands within an English sentence.

    >>> within_sentence("Heart failure", {"heart"}), within_sentence("Lyme disease", {"heart"})
    ('heart failure', 'Lyme disease')
    """
    first = _FIRST_WORD.match(name)
    if first is None or first[0].lower() not in common or first[0] in _PEOPLE:
        return name
    return name[:1].lower() + name[1:]


def pages(
    engine: Engine,
    generation: int,
    ids: Sequence[str],
    language: Language,
    common: Collection[str] = (),
) -> Iterator[Page]:
    """Yield the pages of entities in the order of their ids; what has nothing to say is left out."""
    for start in range(0, len(ids), _CHUNK):
        chunk = ids[start : start + _CHUNK]
        with engine.connect() as connection:
            found = _Chunk(connection, generation, chunk, common)
        for id in chunk:
            page = found.page(id, language)
            if page is not None:
                yield page


@dataclass(frozen=True, slots=True)
class _Stated:
    """A fact as a row: `other` is the entity at the far end, or nothing."""

    id: str
    relation: str
    other: str
    value: dict[str, str]
    order: tuple[bool, int, int, str]
    licence: str


class _Chunk:
    """All that the catalogue holds of some entities, read with few queries."""

    def __init__(
        self,
        connection: Connection,
        generation: int,
        ids: Sequence[str],
        common: Collection[str],
    ) -> None:
        self._generation = generation
        self._common = common
        self._facts = self._read_facts(connection, ids)
        others = {fact.other for facts in self._facts.values() for fact in facts if fact.other}
        self._entities = _entities(connection, generation, [*ids, *sorted(others - set(ids))])

    def page(self, id: str, language: Language) -> Page | None:
        entity = self._entities.get(id)
        name = spoken(entity, language) if entity else ""
        if entity is None or not name:
            return None
        groups: dict[str, dict[str, Item]] = {}
        for fact in self._facts.get(id, ()):
            item = self._item(fact, language)
            if item is not None and names.normalise(item.text) != names.normalise(name):
                key = names.normalise(item.text)
                groups.setdefault(fact.relation, {}).setdefault(key, item)
        kept = {relation: tuple(items.values()) for relation, items in groups.items()}
        return Page(entity, language, name, self._said(name, language), kept) if kept else None

    def _said(self, name: str, language: Language) -> str:
        return within_sentence(name, self._common) if language == "en" else name

    def _item(self, fact: _Stated, language: Language) -> Item | None:
        if not fact.other:
            text = fact.value.get(language, "").strip()
            whole = text and len(text) <= LONGEST_TEXT[language] and not _damaged(text)
            native = whole and bool(_CJK.search(text)) == (language == "zh")
            return Item(fact.id, text, text, licence=fact.licence) if native else None
        other = self._entities.get(fact.other)
        name = spoken(other, language) if other else ""
        if other is None or not name:
            return None
        said = self._said(name, language)
        return Item(fact.id, name, said, other.id, other.kind, fact.licence)

    def _read_facts(self, connection: Connection, ids: Sequence[str]) -> dict[str, list[_Stated]]:
        rows = {}
        for chunk in chunks(ids):
            mirrored = and_(FactRow.object_id.in_(chunk), FactRow.relation.in_(_SYMMETRIC))
            seen = and_(FactRow.object_id.in_(chunk), FactRow.relation.in_(_SEEN_FROM_OBJECT))
            query = select(FactRow).where(
                or_(FactRow.subject_id.in_(chunk), mirrored, seen),
                holds(FactRow, self._generation),
            )
            rows.update({row.id: row for row in connection.execute(query)})
        sources = _sources(connection, self._generation, list(rows))
        asked = set(ids)
        found: dict[str, list[_Stated]] = {}
        for row in rows.values():
            for subject, relation, other in _sides(row, asked):
                said = sources.get(row.id)
                if said is None:
                    continue  # a fact whose sources are all gone proves nothing
                curated, count, licence = said
                value = {"en": row.value_en, "zh": row.value_zh}
                order = (not curated, -count, row.position, row.id)
                stated = _Stated(row.id, relation, other, value, order, licence)
                found.setdefault(subject, []).append(stated)
        for facts in found.values():
            facts.sort(key=lambda fact: fact.order)
        return found


def _sides(row: FactRow, asked: set[str]) -> Iterator[tuple[str, str, str]]:
    """Yield from which entities a fact is seen, as what, and what stands at its other end.

    Seen from its object it stays within the part of its subject, so that no fact is in both.
    """
    if row.subject_id in asked:
        yield row.subject_id, row.relation, row.object_id or ""
    if row.object_id is None or row.object_id not in asked:
        return
    if is_validation(row.object_id) != is_validation(row.subject_id):
        return
    if row.relation in _SYMMETRIC:
        yield row.object_id, row.relation, row.subject_id
    kind = _SEEN_FROM_OBJECT.get(row.relation)
    if kind and row.object_id.startswith(f"{kind}:"):
        yield row.object_id, row.relation + INVERSE, row.subject_id


def _sources(
    connection: Connection, generation: int, facts: Sequence[str]
) -> dict[str, tuple[bool, int, str]]:
    """Return for each fact whether a curated source states it, how many do, and the licence."""
    found: dict[str, list[tuple[bool, str]]] = {}
    for chunk in chunks(facts):
        query = (
            select(FactSource.fact_id, Source.format, Source.licence)
            .join(Source, Source.id == FactSource.source_id)
            .where(FactSource.fact_id.in_(chunk), holds(Source, generation))
        )
        for fact, format, licence in connection.execute(query):
            found.setdefault(fact, []).append((format in CURATED, licence))
    return {
        fact: (any(curated for curated, _ in said), len(said), freest(each for _, each in said))
        for fact, said in found.items()
    }


def freest(licences: Iterable[str]) -> str:
    """Return the least restrictive of the licences under which the same fact is had.

    >>> freest(["none stated", "CC0-1.0"])
    'CC0-1.0'
    """
    return min(licences, key=lambda licence: (_restriction(licence), licence))


def _restriction(licence: str) -> int:
    plain = licence.upper().replace(" ", "-")
    if "-NC" in plain or "-ND" in plain:
        return 4
    for place, marks in enumerate((("CC0", "PUBLIC-DOMAIN", "PD"), ("MIT", "APACHE", "CC-BY"))):
        if plain.startswith(marks):
            return place
    return 3


def _entities(
    connection: Connection, generation: int, ids: Sequence[str]
) -> dict[str, Entity]:
    kinds: dict[str, str] = {}
    found: dict[str, dict[tuple[str, str], Name]] = {}
    for chunk in chunks(ids):
        query = (
            select(
                NameRow.entity_id, EntityRow.kind, NameRow.text, NameRow.language, NameRow.normalised
            )
            .join(EntityRow, EntityRow.id == NameRow.entity_id)
            .where(NameRow.entity_id.in_(chunk), holds(NameRow, generation))
            .order_by(NameRow.rank, NameRow.id)
        )
        for id, kind, text, language, normalised in connection.execute(query):
            kinds[id] = kind
            said: Language = "zh" if language == "zh" else "en"
            found.setdefault(id, {}).setdefault((language, normalised), Name(text, said))
    return {id: Entity(id, kinds[id], tuple(own.values())) for id, own in found.items()}


def spoken(entity: Entity, language: Language) -> str:
    """Return what an entity is called in a language, or nothing where it has no fit name there.

    Chinese also uses acronyms such as MRI; an English word stays out of Chinese text.
    """
    own = (
        name.text
        for name in entity.names
        if name.language == language and bool(_CJK.search(name.text)) == (language == "zh")
    )
    acronyms = (name.text for name in entity.names if _ACRONYM.fullmatch(name.text))
    return next((text for text in (*own, *acronyms) if fit(text)), "")


def fit(name: str) -> bool:
    """Say whether a name may stand in a lesson: whole, balanced, and no fragment of a sentence."""
    return (
        1 < len(name) <= 60
        and not _damaged(name)
        and not names.is_debris(name)
        and names.balanced(name)
        and not _NO_NAME.search(name)
        and not any(sign in name for sign in "。？！?!；;：:")
    )


def _damaged(text: str) -> bool:
    return any(mark in text for mark in _DEBRIS)
