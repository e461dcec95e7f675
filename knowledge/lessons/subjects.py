"""Subjects: what the graph states of one entity, in one language, ready to be written about.

    ids in chunks -> facts, names, licences of a chunk -> one page per entity and language

A page holds only what can be said in its language, without debris. This file knows nothing of
styles or of questions.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b

from sqlalchemy import Connection, Engine, and_, bindparam, or_, select

from knowledge import names
from knowledge.catalog import EntityRow, FactRow, FactSource, NameRow, Source, holds
from knowledge.graph import Graph
from knowledge.lessons import nouns
from knowledge.merge import CURATED
from knowledge.records import Entity, Language, Passage

INVERSE = "~"
"""Marks a relation seen from its object: `medicine~` lists what a medicine is used for."""

MOST = 8
"""A lesson names at most this many objects of a relation."""

_REVIEWED = 2
"""Where so many curated facts tell a relation, those of scraped sources are left out."""

LONGEST_TEXT = {"en": 320, "zh": 160}
"""Longer texts make lessons that nobody reads and small models cannot hold."""

_CHUNK = 240
_ASKED_SINGLY = 500
"""So often the catalogue is asked for the relations of one entity; then those of all are read."""

_MOST_ENTITIES = 200_000
_SUBJECTS = ("condition:", "medicine:")
_SEEN_FROM_OBJECT = {"medicine": "medicine", "first_line": "medicine"}
"""Relations that a page also shows from the object's side, and the kind that object must have."""

_MIRRORED = ("interaction",)
"""Symmetric relations that a page also shows from the other side; statistics it does not."""

_DEBRIS = ("[详细]", "...", "…", "\\x", "['", "\n")
_ACRONYM = re.compile(r"[A-Z][A-Za-z]{0,2}[A-Z0-9αβγ+/-]*[A-Z0-9][A-Za-z0-9αβγ+/-]{0,3}")
_CLAUSE = re.compile(
    r"\b(?:is|are|was|were|looks?|feels|hurts|moves|burns or|become|becomes)\b|^symptoms of ",
    re.IGNORECASE,
)
_SPOKEN_AS = re.compile("[ɪəæʊɛɔɵɨˈˌθðʃʒ]")
"""Signs of a pronunciation: a text that explains how a name sounds reads badly in a talk."""
_REFERENCE = re.compile(r":\d+[)\]]|[.,]:\d+|\bcitation\b|\[\d+\]")
_NO_NAME = re.compile(
    r"^(?:等|其它?他?|无|正常|是|及|和|或|与|的|并|以|有|为)|(?:等|及|和|或|与|的|及其|为主)$"
)
_CJK = re.compile("[\u3400-\u9fff]")
_SMALL = re.compile(r"(?<![\w'’-])[a-z]{3,}(?![\w'’])")
_FIRST_WORD = re.compile(r"[A-Z][a-z]+(?=[\s,/-]|$)")
_FUNCTION_WORD = re.compile(r"(?:An?|The|In|On|At|If|Of|To|No|By|Do|It|As|Any|With|For) (?=[\w(])")
_SHOUTED = re.compile(r"\b[A-Z][A-Z-]*[A-Z]{4,}[A-Z0-9-]*\b(?!\))")
_LARGE_WORD = re.compile(r"(?<= )[A-Z][a-z]{3,}(?=[\s,]|$)")
_PREFIXED = re.compile(r"[A-Z][a-z]+-[a-z]{5}")
"""A first word that goes on small behind its hyphen is no person's name: Gastro-oesophageal."""
_TRADE = re.compile(r"(?:Athlete|Farmer|Golfer|Swimmer|Jumper|Runner|Miner|Hunter)['’]s (?!syn)")
"""Whose a condition is called after, and no person's name."""
_FINDING = re.compile(
    r"(?![A-Z][\w-]+(?:['’]s\b|.*\b(?:signs?|phenomenon|syndrome|triad|spots?|disease|nodes?)\b))"
    r"(?!(?:Clostridi|Candida|Staphylo|Strepto|Escherichia|Pneumocystis|Aspergillus)\w*)"
    r"(?!(?:Kernig|Brudzinski|Babinski|Murphy|Raynaud|Parkinson|Cushing|Koplik|Bitot|Janeway|Osler)\b)"
    r"[A-Z][a-z]+\b[^A-Z]*"
)
"""The name of a finding without a person's name in it: written small within a sentence."""

_ALWAYS_SMALL = {
    "type", "acute", "chronic", "primary", "secondary", "severe", "common", "stable",
    "heart", "lung", "kidney", "liver", "skin", "croup", "flu", "gout",
    "asthma", "scabies", "measles", "mumps", "rabies", "tetanus", "scrub", "sepsis",
    "stroke", "shock", "burns", "acne", "hives", "lice", "warts", "ringworm",
    "malaria", "scurvy", "rickets", "ankylosing", "whooping", "restless", "cluster", "scarlet",
    "rodenticide", "transplant", "marijuana", "overflow",
    "altitude", "postpartum", "beriberi", "multidrug",
    "migraine", "scleroderma", "hyperemesis", "mofetil", "gum", "flat", "pemphigus", "spina",
    "tricuspid", "bicuspid",
    "mitral", "folate", "pterygium", "intertrigo",
}  # fmt: skip
_MEDICAL = re.compile(
    r"(?:itis|osis|emia|oma|pathy|algia|lysis|rrhage|rrh(?:o?e)a|plegia|uria|cele|ectomy|otomy|scopy|"
    r"graphy|al|ia|ic|ous|us|ary|ory|ive|ed|tion|sion|ism|ness|ity|ency|ance|ence|ment|tomy|trophy|plasia|iasis|"
    r"resis|epsy|osy|acea|worm|oid|ile|lar|ign|ing)$"
)
_PROPER = {
    "Down", "Still", "Bell", "Baker", "Young", "Brown",
    "Lyme", "Norwegian", "Crohn", "Hodgkin", "Parkinson", "Alzheimer", "Huntington", "Addison",
    "Turner", "Marfan", "Wilson", "Paget", "Raynaud", "Barrett", "Kaposi", "Wilms", "Burkitt",
    "Hashimoto", "Chagas", "Lynch", "Tourette", "Guillain", "Gilbert", "Kawasaki", "Ebola", "Zika",
    "Ewing", "Cushing", "Graves", "Giardia", "Listeria", "Borrelia", "Neisseria",
}  # fmt: skip


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
        return Page(*own, self.licence, beside, rivals, self._sides)

    def _parted(self, relation: str) -> tuple[tuple[Item, ...], tuple[Item, ...]]:
        whole = self.groups.get(relation, ())
        named = tuple(item for item in whole if item.object)
        told = tuple(item for item in whole if not item.object)
        return self._sides.setdefault(relation, (named, told))


@lru_cache(maxsize=65536)
def is_validation(entity_id: str) -> bool:
    """Say whether an entity belongs to the validation part: about one in ten, by its id alone."""
    return blake2b(entity_id.encode(), digest_size=4).digest()[0] < 26


def _within_part(id: str, other: str) -> bool:
    """Say whether a page may name another entity: no training row names one of validation.

    Findings, tests and the like are no one's subject and stand in both parts.
    """
    return is_validation(id) or not (other.startswith(_SUBJECTS) and is_validation(other))


def within_sentence(text: str, common: Collection[str]) -> str:
    """Write a name or a sentence as it stands within an English sentence.

    A first word is written small only where it is a common word, so that no person's or place's
    name loses its capital.

    >>> within_sentence("Heart failure", {"heart"}), within_sentence("Lyme disease", {"heart"})
    ('heart failure', 'Lyme disease')
    """
    if _FUNCTION_WORD.match(text):
        return text[:1].lower() + text[1:]
    if _TRADE.match(text):
        return text[:1].lower() + text[1:]
    first = _FIRST_WORD.match(text)
    if first is None or first[0] in _PROPER:
        return text
    prefixed = _PREFIXED.match(text) is not None
    if not prefixed and first[0].lower() not in common and not _MEDICAL.search(first[0]):
        return text
    return text[:1].lower() + text[1:]


def name_within(name: str, common: Collection[str]) -> str:
    """Write a name as it stands within an English sentence, a heading's later words small, too.

    >>> name_within("Cystic Fibrosis", {"cystic"}), name_within("Acute Lyme disease", {"acute"})
    ('cystic fibrosis', 'acute Lyme disease')
    """
    said = within_sentence(name, common)
    if said == name:
        return name
    return said[:1] + _LARGE_WORD.sub(lambda word: _small_word(word[0], common), said[1:])


def _small_if_common(word: str, common: Collection[str]) -> str:
    """Return a word in capitals small where it is no acronym: a thesaurus marks its terms so."""
    small = word.lower()
    known = any(part in common or _MEDICAL.search(part) for part in small.split("-"))
    return small if known else word


def _small_word(word: str, common: Collection[str]) -> str:
    """Return a word of a heading as running text has it: Cystic Fibrosis, but acute Lyme "
    "disease."""
    small = word.lower()
    return small if small in common or _MEDICAL.search(word) and word not in _PROPER else word


@dataclass(frozen=True, slots=True)
class _Stated:
    """A fact as a row: `other` is the entity at the far end, or nothing."""

    id: str
    relation: str
    other: str
    value: dict[str, str]
    order: tuple[bool, int, int, str]
    licence: str

    @property
    def curated(self) -> bool:
        """Say whether a source that somebody wrote and read states it, not one that was scraped."""
        return not self.order[0]


class Subjects:
    """The entities of one generation that lessons can be about."""

    def __init__(self, engine: Engine, generation: int) -> None:
        self._engine = engine
        self._generation = generation
        self._graph = Graph(engine, generation)
        self._entities: dict[str, Entity] = {}
        either = or_(FactRow.subject_id == bindparam("id"), FactRow.object_id == bindparam("id"))
        self._related = select(FactRow.subject_id, FactRow.object_id).where(
            either, holds(FactRow, generation)
        )
        self._asked = 0
        self._kin: dict[str, set[str]] = {}
        self._common: frozenset[str] | None = None
        query = select(Source.id, Source.format, Source.licence).where(holds(Source, generation))
        with engine.connect() as connection:
            self._sources = {
                id: (format in CURATED, licence)
                for id, format, licence in connection.execute(query)
            }

    def ids(self, language: Language) -> list[str]:
        """Return the entities with facts and a name in a language, in the order of their ids."""
        live = holds(FactRow, self._generation)
        stated = select(FactRow.subject_id).where(live)
        seen = (
            select(FactRow.object_id)
            .join(EntityRow, EntityRow.id == FactRow.object_id)
            .where(live, FactRow.relation.in_(_SEEN_FROM_OBJECT), EntityRow.kind == "medicine")
        )
        named = (
            select(NameRow.entity_id)
            .where(NameRow.language == language, holds(NameRow, self._generation))
            .where(or_(NameRow.entity_id.in_(stated), NameRow.entity_id.in_(seen)))
            .distinct()
            .order_by(NameRow.entity_id)
        )
        with self._engine.connect() as connection:
            return list(connection.scalars(named))

    def pages(self, ids: Sequence[str], language: Language) -> Iterator[Page]:
        """Yield the pages of those entities that have any facts, in the order of their ids."""
        common = self._common_words() if language == "en" else frozenset()
        for start in range(0, len(ids), _CHUNK):
            chunk = ids[start : start + _CHUNK]
            with self._engine.connect() as connection:
                facts = self._facts(connection, chunk)
            others = {fact.other for each in facts.values() for fact in each} - {""}
            entities = self._known({*chunk, *others})
            for id in chunk:
                page = _page(id, facts.get(id, ()), entities, language, common)
                if page is not None:
                    yield page

    def _known(self, ids: Collection[str]) -> dict[str, Entity]:
        """Return entities by id; tests and findings stand on many pages, so they are kept."""
        if len(self._entities) > _MOST_ENTITIES:
            self._entities.clear()
        missing = sorted(id for id in ids if id not in self._entities)
        self._entities |= self._graph.entities(missing)
        return self._entities

    def related(self, id: str) -> set[str]:
        """Return the entities that any fact relates to one, in either direction."""
        self._asked += 1
        if self._asked > _ASKED_SINGLY:
            self._kin = self._kin or self._read_kin()
            return self._kin.get(id, set())
        with self._engine.connect() as connection:
            ends = connection.execute(self._related, {"id": id})
            return {end for pair in ends for end in pair if end}

    def _read_kin(self) -> dict[str, set[str]]:
        """Read what every entity is related to, each id kept as one text."""
        query = select(FactRow.subject_id, FactRow.object_id).where(
            holds(FactRow, self._generation)
        )
        one: dict[str, str] = {}
        kin: dict[str, set[str]] = {}
        with self._engine.connect() as connection:
            rows = connection.execution_options(yield_per=10_000).execute(query)
            for subject, object in rows.tuples():
                ends = {one.setdefault(end, end) for end in (subject, object) if end}
                for end in ends:
                    kin.setdefault(end, set()).update(ends)
        return kin

    def _common_words(self) -> frozenset[str]:
        """Return the words that English names and texts write small."""
        if self._common is None:
            found = set(_ALWAYS_SMALL)
            texts = (
                select(NameRow.text).where(
                    NameRow.language == "en", holds(NameRow, self._generation)
                ),
                select(FactRow.value_en).where(
                    FactRow.value_en != "", holds(FactRow, self._generation)
                ),
            )
            with self._engine.connect() as connection:
                for query in texts:
                    for text in connection.execution_options(yield_per=2000).scalars(query):
                        found.update(_SMALL.findall(text))
            self._common = frozenset(found)
        return self._common

    def _facts(self, connection: Connection, ids: Sequence[str]) -> dict[str, list[_Stated]]:
        asked = set(ids)
        mirrored = and_(FactRow.object_id.in_(ids), FactRow.relation.in_(_MIRRORED))
        seen = and_(FactRow.object_id.in_(ids), FactRow.relation.in_(_SEEN_FROM_OBJECT))
        query = (
            select(
                FactRow.id,
                FactRow.subject_id,
                FactRow.relation,
                FactRow.object_id,
                FactRow.value_en,
                FactRow.value_zh,
                FactRow.position,
                FactSource.source_id,
            )
            .join(FactSource, FactSource.fact_id == FactRow.id)
            .where(or_(FactRow.subject_id.in_(ids), mirrored, seen))
            .where(holds(FactRow, self._generation))
        )
        # A fact whose sources are all gone proves nothing: only live sources are kept.
        rows = [row for row in connection.execute(query) if row.source_id in self._sources]
        stated = {row.id: row for row in rows}
        sources: dict[str, list[tuple[bool, str]]] = {}
        for row in rows:
            sources.setdefault(row.id, []).append(self._sources[row.source_id])
        found: dict[str, list[_Stated]] = {}
        for row in stated.values():
            said = sources[row.id]
            curated = any(each for each, _ in said)
            order = (not curated, -len(said), row.position, row.id)
            licence = freest(each for _, each in said)
            value = {"en": row.value_en, "zh": row.value_zh}
            for subject, relation, other in _sides(
                row.subject_id, row.relation, row.object_id or "", asked
            ):
                fact = _Stated(row.id, relation, other, value, order, licence)
                found.setdefault(subject, []).append(fact)
        for facts in found.values():
            facts.sort(key=lambda fact: fact.order)
        return found


def _page(
    id: str,
    facts: Sequence[_Stated],
    entities: dict[str, Entity],
    language: Language,
    common: Collection[str],
) -> Page | None:
    entity = entities.get(id)
    name = spoken(entity, language) if entity else ""
    if entity is None or not name:
        return None
    groups: dict[str, dict[str, Item]] = {}
    reviewed: dict[str, int] = {}
    for fact in facts:  # curated ones first
        if not _within_part(id, fact.other):
            continue
        if not fact.curated and reviewed.get(fact.relation, 0) >= _REVIEWED:
            continue
        item = _item(fact, entities, language, common)
        if item is not None and (key := names.normalise(item.text)) != names.normalise(name):
            groups.setdefault(fact.relation, {}).setdefault(key, item)
            reviewed[fact.relation] = reviewed.get(fact.relation, 0) + fact.curated
    kept = {relation: tuple(items.values()) for relation, items in groups.items()}
    return Page(entity, language, name, _said(name, language, common), kept) if kept else None


def _item(
    fact: _Stated, entities: dict[str, Entity], language: Language, common: Collection[str]
) -> Item | None:
    if fact.other:
        other = entities.get(fact.other)
        text = spoken(other, language) if other else ""
        kind = other.kind if other else ""
        if not _belongs(fact.relation, kind, text):
            return None
    else:
        text, kind = fact.value[language].strip(), ""
        native = bool(_CJK.search(text)) == (language == "zh")
        if not native or len(text) > LONGEST_TEXT[language] or _damaged(text):
            return None
        text = _SHOUTED.sub(lambda word: _small_if_common(word[0], common), text)
    if not text:
        return None
    counted = fact.other and kind != "department"
    said = _said(text, language, common) if counted else within_sentence(text, common)
    if kind == "symptom" and _FINDING.fullmatch(text):
        said = nouns.counted(text[:1].lower() + text[1:])
    return Item(fact.id, text, said, fact.other, kind, fact.licence)


def _said(name: str, language: Language, common: Collection[str]) -> str:
    """Return a name as it stands within a sentence, in English with the article that it takes."""
    said = name_within(name, common)
    return nouns.counted(said) if language == "en" else said


def _belongs(relation: str, kind: str, name: str) -> bool:
    """Say whether an object can stand for its relation in a lesson.

    Statistics on tests and medicines would read like advice; some tables give a disease's name in
    place of a department's. A finding that is a clause ("throat feels tight") fits in no list, and
    one that names no more than an organ ("symptoms of eye") tells nothing.
    """
    if kind == "symptom" and _CLAUSE.search(name):
        return False
    if relation == "associated_with":
        return kind in ("condition", "symptom")
    if relation == "department" and _CJK.search(name):
        return name.endswith(("科", "室", "部", "中心", "门诊", "急诊"))
    return True


def _sides(
    subject: str, relation: str, object: str, asked: Collection[str]
) -> Iterator[tuple[str, str, str]]:
    """Yield from which entities a fact is seen, as what, and what stands at its other end.

    Seen from its object it stays within the part of its subject, so that no fact is in both.
    """
    if subject in asked:
        yield subject, relation, object
    if object not in asked or is_validation(object) != is_validation(subject):
        return
    if relation in _MIRRORED:
        yield object, relation, subject
    elif object.startswith(f"{_SEEN_FROM_OBJECT.get(relation)}:"):
        yield object, relation + INVERSE, subject


def freest(licences: Iterable[str]) -> str:
    """Return the least restrictive of the licences under which the same fact is had.

    >>> freest(["none stated", "CC0-1.0"])
    'CC0-1.0'
    """
    return min(licences, key=lambda licence: (_restriction(licence), licence))


@lru_cache(maxsize=1024)
def _restriction(licence: str) -> int:
    plain = licence.upper().replace(" ", "-")
    if "-NC" in plain or "-ND" in plain:
        return 4
    for place, marks in enumerate((("CC0", "PUBLIC-DOMAIN", "PD"), ("MIT", "APACHE", "CC-BY"))):
        if plain.startswith(marks):
            return place
    return 3


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


@lru_cache(maxsize=65536)
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
    """Say whether a text holds debris, or breaks off before a list that the source did not keep."""
    return (
        any(mark in text for mark in _DEBRIS)
        or _REFERENCE.search(text) is not None
        or _SPOKEN_AS.search(text) is not None
        or text.rstrip(" .。").endswith((":", "：", ","))
    )
