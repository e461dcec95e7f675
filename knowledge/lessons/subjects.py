"""Subjects: what the graph states of one entity, in one language, ready to be written about.

    ids in chunks -> facts, names, licences of a chunk -> one page per entity and language

A page holds only what can be said in its language, without debris. This file knows nothing of
styles or of questions.
"""

import re
import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple, TypeVar, cast

from sqlalchemy import Engine, bindparam, or_, select

from knowledge import names
from knowledge.catalog import EntityRow, FactRow, NameRow, holds
from knowledge.graph import Graph
from knowledge.lessons import chinese, nouns
from knowledge.lessons.stated import CHUNK, SEEN_FROM_OBJECT, Facts, Stated
from knowledge.lessons.stated import INVERSE as INVERSE
from knowledge.lessons.stated import is_validation as is_validation
from knowledge.prepared import plain
from knowledge.records import Entity, Language, Passage

MOST = 8
"""A lesson names at most this many objects of a relation."""

_REVIEWED = 2
"""Where so many curated facts tell a relation, those of scraped sources are left out."""

LONGEST_TEXT = {"en": 320, "zh": 160}
"""Longer texts make lessons that nobody reads and small models cannot hold."""

_ASKED_SINGLY = 500
"""So often the catalogue is asked for the relations of one entity; then those of all are read."""

_MOST_ENTITIES = 200_000
_SUBJECTS = ("condition:", "medicine:")
_DEBRIS = ("[详细]", "...", "…", "\\x", "['", "\n")
_ACRONYM = re.compile(r"[A-Z][A-Za-z]{0,2}[A-Z0-9αβγ+/-]*[A-Z0-9][A-Za-z0-9αβγ+/-]{0,3}")
_CLAUSE = re.compile(
    r"\b(?:is|are|was|were|looks?|feels|hurts|moves|burns or|become|becomes)\b|^symptoms of ",
    re.IGNORECASE,
)
_SPOKEN_AS = re.compile("[ɪəæʊɛɔɵɨˈˌθðʃʒ]")
"""Signs of a pronunciation: a text that explains how a name sounds reads badly in a talk."""
_REFERENCE = re.compile(r":\d+[)\]]|[.,]:\d+|\bcitation\b|\[\d+\]")
_ENCLOSED = re.compile(r"\([^()]*\)")
_NUMBERED = re.compile(r"(?<![\w(])\w{1,2}\)")
"""A place in a list, whose bracket opens nowhere: 1), b)."""
_PINYIN = re.compile(r"\d(?:tian|zhou|yue|nian)")
"""A word of time that was typed and not turned into its sign."""

_UNTREATABLE = {"猝死", "死亡", "死胎", "Sudden death", "Death"}
"""Of what no medicine can be said to be for."""

_ILLNESS_ZH = re.compile("(?:炎|症|病|征|梗死|增高|高压|癌|瘤|中毒|感染|结核|脓肿|骨折|脱位)$")
_ALIKE_ZH = ("symptom", "sign", "cause", "test", "treatment", "complication")
"""Relations of which Chinese sources list the same thing in two wordings."""

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
    """Return a word of a heading as running text has it."""
    small = word.lower()
    return small if small in common or _MEDICAL.search(word) and word not in _PROPER else word


class _Called(NamedTuple):
    """What an entity is called in a language: alone, within a sentence, and to be compared."""

    text: str
    said: str
    key: str
    kind: str


class _Tongue:
    """Says in one language what facts state; what entities are called is settled once for each."""

    def __init__(self, language: Language, common: Collection[str]) -> None:
        self._language = language
        self._common = common
        self._known: dict[str, _Called] = {}

    def forget(self) -> None:
        """Forget what entities are called."""
        self._known.clear()

    def page(self, id: str, facts: Sequence[Stated], entities: Mapping[str, Entity]) -> Page | None:
        """Return the page of an entity, or None where nothing can be said of it."""
        own = self._called(id, entities)
        if not own.text:
            return None
        apart = is_validation(id)
        groups: dict[str, dict[str, Item]] = {}
        reviewed: dict[str, int] = {}
        for fact in facts:  # curated ones first
            relation, other = fact.relation, fact.other
            # No training row names a subject of validation; findings and tests are no one's.
            if not apart and other.startswith(_SUBJECTS) and is_validation(other):
                continue
            if not fact.curated and reviewed and reviewed.get(relation, 0) >= _REVIEWED:
                continue
            called = self._called(other, entities) if other else self._told(fact)
            if not called.text or called.key == own.key:
                continue
            if other and not _belongs(relation, called.kind, called.text):
                continue
            items = groups.setdefault(relation, {})
            if called.key not in items:
                text, said, key, kind = called
                if self._language == "zh" and relation == "test" and other:
                    said = chinese.test(text)
                items[key] = Item(fact.id, text, said, other, kind, fact.licence)
            if fact.curated:
                reviewed[relation] = reviewed.get(relation, 0) + 1
        kept = {relation: tuple(items.values()) for relation, items in groups.items()}
        if self._language == "zh":
            kept = _once(own.text, kept)
        return Page(entities[id], self._language, own.text, own.said, kept) if kept else None

    def _called(self, id: str, entities: Mapping[str, Entity]) -> _Called:
        known = self._known.get(id)
        if known is None:
            entity = entities.get(id)
            text = spoken(entity, self._language) if entity else ""
            kind = entity.kind if entity else ""
            known = self._known[id] = self._named(text, kind)
        return known

    def _told(self, fact: Stated) -> _Called:
        """Return the text of a fact that has no object, or nothing where it is not to be told."""
        text = (fact.en if self._language == "en" else fact.zh).strip()
        native = bool(_CJK.search(text)) == (self._language == "zh")
        if not native or len(text) > LONGEST_TEXT[self._language] or _damaged(text):
            return _NOT_CALLED
        if self._language == "en":
            if _is_cut(text):
                return _NOT_CALLED
            text = _SHOUTED.sub(lambda word: _small_if_common(word[0], self._common), text)
        said = within_sentence(text, self._common)
        return _Called(text, said, names.normalise(text), "")

    def _named(self, name: str, kind: str) -> _Called:
        """Return a name, and it within a sentence: in English with the article that it takes."""
        if kind == "symptom" and _FINDING.fullmatch(name):
            said = name[:1].lower() + name[1:]
        elif self._language == "zh" or kind == "department":
            said = within_sentence(name, self._common)
        else:
            said = name_within(name, self._common)
        counted = self._language == "en" and kind != "department"
        return _Called(name, nouns.counted(said) if counted else said, names.normalise(name), kind)


_NOT_CALLED = _Called("", "", "", "")


def _once(name: str, groups: dict[str, tuple[Item, ...]]) -> dict[str, tuple[Item, ...]]:
    """Leave out what a Chinese list says twice, and complications that the name itself holds."""
    kept = {}
    for relation, items in groups.items():
        if relation in ("complication", "symptom", "sign"):
            items = tuple(item for item in items if not _is_within(name, relation, item.text))
        if relation in _ALIKE_ZH and len(items) > 1:
            first = set(chinese.once(item.text for item in items if item.object))
            items = tuple(item for item in items if not item.object or item.text in first)
        if items:
            kept[relation] = items
    return kept


def _is_within(name: str, relation: str, text: str) -> bool:
    """Say whether a finding is but the illness itself, or a complication a part of its name."""
    return text in name and (relation == "complication" or _ILLNESS_ZH.search(text) is not None)


class Subjects:
    """The entities of one generation that lessons can be about."""

    def __init__(self, engine: Engine, generation: int) -> None:
        self._engine = engine
        self._generation = generation
        self._graph = Graph(engine, generation)
        self._facts = Facts(engine, generation)
        self._entities: dict[str, Entity] = {}
        self._tongues: dict[Language, _Tongue] = {}
        either = or_(FactRow.subject_id == bindparam("id"), FactRow.object_id == bindparam("id"))
        self._related = select(FactRow.subject_id, FactRow.object_id).where(
            either, holds(FactRow, generation)
        )
        self._asked = 0
        self._kin: dict[str, set[str]] = {}

    def ids(self, language: Language) -> list[str]:
        """Return the entities with a name in a language and facts within their part of the split.

        In the order of their ids. A medicine all of whose conditions are in the other part has no
        fact that a row could tell: that row would name an entity of both parts.
        """
        live = holds(FactRow, self._generation)
        named = (
            select(NameRow.entity_id)
            .where(NameRow.language == language, holds(NameRow, self._generation))
            .distinct()
            .order_by(NameRow.entity_id)
        )
        seen = (
            select(FactRow.object_id, FactRow.subject_id)
            .join(EntityRow, EntityRow.id == FactRow.object_id)
            .where(live, FactRow.relation.in_(SEEN_FROM_OBJECT), EntityRow.kind == "medicine")
        )
        with self._engine.connect() as connection:
            told = set(connection.scalars(select(FactRow.subject_id).where(live).distinct()))
            for object, subject in connection.execute(seen):
                if object and is_validation(object) == is_validation(subject):
                    told.add(object)
            return [id for id in connection.scalars(named) if id in told]

    def pages(self, ids: Sequence[str], language: Language) -> Iterator[Page]:
        """Yield the pages of those entities that have any facts, in the order of their ids."""
        return self.every({language: ids})

    def every(self, ids: Mapping[Language, Collection[str]]) -> Iterator[Page]:
        """Yield pages in several languages; the facts of an entity are read once for all."""
        whole = list(dict.fromkeys(id for each in ids.values() for id in each))
        asked = {language: frozenset(each) for language, each in ids.items()}
        for start in range(0, len(whole), CHUNK):
            chunk = whole[start : start + CHUNK]
            with self._engine.connect() as connection:
                facts = self._facts.read(connection, chunk)
            others = {fact.other for each in facts.values() for fact in each} - {""}
            entities = self._known({*chunk, *others})
            for language, wanted in asked.items():
                tongue = self._tongue(language)
                for id in chunk:
                    if id in wanted and (page := tongue.page(id, facts.get(id, ()), entities)):
                        yield page

    def _tongue(self, language: Language) -> _Tongue:
        if language not in self._tongues:
            common = self._common_words() if language == "en" else frozenset()
            self._tongues[language] = _Tongue(language, common)
        return self._tongues[language]

    def _known(self, ids: Collection[str]) -> dict[str, Entity]:
        """Return entities by id; tests and findings stand on many pages, so they are kept."""
        if len(self._entities) > _MOST_ENTITIES:
            self._entities.clear()
            for tongue in self._tongues.values():
                tongue.forget()
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
            for subject, object in plain(connection, query):
                ends = {one.setdefault(end, end) for end in (subject, object) if end}
                for end in ends:
                    kin.setdefault(end, set()).update(ends)
        return kin

    def _common_words(self) -> frozenset[str]:
        """Return the words that English names and texts write small."""
        found = set(_ALWAYS_SMALL)
        texts = (
            select(NameRow.text).where(NameRow.language == "en", holds(NameRow, self._generation)),
            select(FactRow.value_en).where(
                FactRow.value_en != "", holds(FactRow, self._generation)
            ),
        )
        with self._engine.connect() as connection:
            for query in texts:
                for (text,) in plain(connection, query):
                    found.update(_SMALL.findall(text))
        return frozenset(found)


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
    if relation.endswith(INVERSE) and name in _UNTREATABLE:
        return False
    if relation == "department" and _CJK.search(name):
        return name.endswith(("科", "室", "部", "中心", "门诊", "急诊"))
    return True


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


def _is_cut(text: str) -> bool:
    """Say whether an English text lost the bracket that one of its brackets belongs to.

    >>> _is_cut('It is known as "Valley fever") and is fungal.'), _is_cut("Either a) or b) (rare).")
    (True, False)
    """
    open_ended = _ENCLOSED.sub("", _ENCLOSED.sub("", text))
    return any(bracket in _NUMBERED.sub("", open_ended) for bracket in "()")


def _damaged(text: str) -> bool:
    """Say whether a text holds debris, or breaks off before a list that the source did not keep."""
    return (
        any(mark in text for mark in _DEBRIS)
        or _REFERENCE.search(text) is not None
        or _PINYIN.search(text) is not None
        or _SPOKEN_AS.search(text) is not None
        or text.rstrip(" .。").endswith((":", "：", ","))
    )
