"""Find the catalogue's entities in running text, in English and Chinese.

    names of a generation -> longest match over words and characters -> which entity is meant
        -> mentions with exact places

Plurals, spellings and numbering agree through `names.normalise`; a longer word with one letter
wrong is read as the known word that it can only be, the words of an English name may stand in
another order, and Chinese in either script and in the words of either region. Words of everyday
speech that happen to be names, and single Chinese characters, are left alone.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache, partial
from threading import Lock
from typing import NamedTuple

from sqlalchemy import BindParameter, ClauseElement, Engine, func, select
from sqlalchemy.orm import InstrumentedAttribute

from knowledge.graph import name_heads
from knowledge.graph.catalog import EntityRow, FactRow, NameRow, holds
from knowledge.graph.id_queries import PreparedQuery
from knowledge.text.characters import CJK
from knowledge.text.names import fold_characters, normalise
from knowledge.text.scripts import reword
from knowledge.text.spelling import SpellingCorrector
from knowledge.text.stop_words import EVERYDAY_EN, EVERYDAY_ZH
from knowledge.vocabulary import KINDS

REORDERED = 5
"""English names of two to so many words are also found with their words in another order."""

_UNIT = re.compile(f"[{CJK}]|[^\\W_{CJK}]+(?:['’‘`´][^\\W_{CJK}]+)*")
_PARTS = re.compile(f"[{CJK}]|[^ {CJK}]+")
_CJK_SIGN = re.compile(f"[{CJK}]")
_NUMERAL = re.compile("[ivⅰ-ⅷⅠ-Ⅷ]+|[一二三四五]", re.IGNORECASE)
_TYPED = ("type", "stage", "grade", "class", "group", "factor")
_MEASURED = ("型", "期", "级", "度")
_ENDING = ".;:!?。；：！？，、\n|"
_END = re.compile(f"[{_ENDING}]")
_PHRASE = re.compile(f"[^{_ENDING}]+")
_RELATED = 200  # candidates, and others, of a text that are asked how they hang together
_MOST_REMEMBERED, _LONGEST_REMEMBERED = 4_000, 4_000  # texts with what was found, and characters
_MOST_PHRASES = 20_000  # that are remembered with the names in them
_MIXED = re.compile(f"[^{CJK}{_ENDING}]|[一二三四五][型期级度]")
"""What makes a phrase more than Chinese characters, each of which stands for itself."""

_INTRODUCED = re.compile(r"\s*[(（]([A-Z][A-Za-z0-9-]{1,9})[)）]")
_KIND_ORDER = {kind: place for place, kind in enumerate(("condition", "medicine", *KINDS))}

DrugClasses = Callable[[], Sequence[tuple[str, str]]]
"""The medicines whose drug class is recorded, the best known first, each with it in English."""

Related = Callable[[Collection[str], Collection[str]], dict[str, int]]
"""Given ids of candidates and of what else a text names: how many of these each is related to."""


@dataclass(frozen=True, slots=True)
class KnownName:
    """A name as the catalogue holds it, of one entity."""

    entity: str
    kind: str
    text: str
    normalised: str
    language: str
    preferred: bool


@dataclass(frozen=True, slots=True)
class EntityMention:
    """Where a text names entities: `text` is its characters `start` to `end`, as written there.

    `entities` are the ids of all that bear the name, the likeliest first. `corrected` says that a
    letter was wrong.
    """

    start: int
    end: int
    text: str
    entities: tuple[str, ...]
    corrected: bool = False


_Span = tuple[int, int, tuple[str, ...], bool]
"""Where a name begins and ends, whose it is, and whether a letter of it was wrong."""


_Side = InstrumentedAttribute[str] | InstrumentedAttribute[str | None]
"""The column of a fact's subject, or of its object."""


class _Unit(NamedTuple):
    """A word, or one Chinese character, in the form in which names are compared."""

    form: str
    start: int
    end: int
    latin: bool
    corrected: bool = False


class Linker:
    """Finds names of one generation; made once, then quick to ask."""

    def __init__(self, names: Iterable[KnownName], related: Related | None = None) -> None:
        self._names: dict[str, list[tuple[int, int, str]]] = {}
        self._lengths: dict[str, int] = {}
        self._owners: dict[str, tuple[str, ...]] = {}
        self._orders: dict[str, str | None] = {}
        self._turned: set[str] = set()
        self._exact: dict[str, set[str]] = {}
        self._words: set[str] = set()
        self._spelled: dict[str, str] = {}
        self._spelling = SpellingCorrector(self._words)
        self._related = related
        self._drug_classes: DrugClasses | None = None
        self._kinds: dict[str, list[str]] | None = None
        self._phrases: dict[str, list[_Span]] = {}
        self._found: dict[tuple[str, bool], tuple[EntityMention, ...]] = {}
        chinese = [name for name in names if self._add(name) and name.language == "zh"]
        self._add_regional(chinese)

    def related_by(self, related: Related, drug_classes: DrugClasses | None = None) -> "Linker":
        """Return a linker of the same names that asks another generation what is related."""
        other = object.__new__(Linker)
        other.__dict__.update(self.__dict__)
        other._related = related
        other._drug_classes = drug_classes
        other._found = {}
        return other

    @property
    def spelling(self) -> SpellingCorrector:
        """Return what corrects words to those of the names."""
        return self._spelling

    @property
    def words(self) -> Collection[str]:
        """Return the words of the names that are not Chinese, normalised."""
        return self._words

    def spelled(self, word: str) -> str:
        """Return a normalised word as a name spells it."""
        return self._spelled.get(word, word)

    @property
    def names(self) -> Collection[str]:
        """Return the names that are found, normalised."""
        return self._names.keys()

    def lengths(self, beginning: str) -> tuple[int, ...]:
        """Return how many characters the Chinese names with these first two have."""
        return _longest_first(self._lengths.get(beginning, 0))

    def drug_classes(self) -> Sequence[tuple[str, str]]:
        """Return the medicines whose drug class is recorded, each with it in English."""
        return self._drug_classes() if self._drug_classes else ()

    def relatives(self, name: str) -> tuple[str, ...]:
        """Return the conditions of which a name is the head, and those that are its own head.

        "Pneumonia" is the head of "bacterial pneumonia", "heart failure" that of "heart failure
        with reduced ejection fraction".
        """
        if self._kinds is None:
            self._kinds = name_heads.kinds_by_head(
                {key: self._bearers(key)[0] for key in self._names}
            )
        key = fold_characters(normalise(name))
        own = self.bearers(name)
        wider = [self._bearers(head)[0] for head in name_heads.heads(key) if head in self._names]
        found = dict.fromkeys([*self._kinds.get(key, ()), *wider])
        return tuple(id for id in found if id.startswith("condition:") and id not in own)

    def bearers(self, name: str) -> tuple[str, ...]:
        """Return the entities that bear a name, those that prefer it first."""
        key = fold_characters(normalise(name))
        return self._bearers(key) if key in self._names else ()

    def _add(self, name: KnownName) -> bool:
        """Let a name be found; False where it is none that running text may name."""
        key = fold_characters(name.normalised)
        parts = _PARTS.findall(key)
        if not parts or _everyday(parts, name):
            return False
        if len(parts) == 1 and _cased(name.text):
            self._exact.setdefault(key, set()).add(name.text)
        rank = (0 if name.preferred else 1, _KIND_ORDER.get(name.kind, 9), name.entity)
        self._names.setdefault(key, []).append(rank)
        first = _prefix(parts)
        self._lengths[first] = self._lengths.get(first, 0) | 1 << len(parts)
        if key.isascii():
            self._words.update(parts)
            self._spell(name.text, parts)
            self._reorder(key, parts)
        else:
            self._words.update(part for part in parts if not _CJK_SIGN.match(part))
        return True

    def _spell(self, text: str, parts: list[str]) -> None:
        """Keep how words are spelled that are normalised to something else."""
        written = text.lower().split()
        if len(written) == len(parts):
            for word, part in zip(written, parts, strict=True):
                if word != part and word.isalpha():
                    self._spelled.setdefault(part, word)

    def _add_regional(self, names: Sequence[KnownName]) -> None:
        """Let Chinese names be found in the words of the other region, where nothing has these."""
        told = reword([name.text.replace("\n", " ") for name in names])
        fresh: list[KnownName] = []
        for name, others in zip(names, told, strict=True):
            for other in others:
                key = normalise(other)
                if key not in self._names:
                    fresh.append(replace(name, text=other, normalised=key, preferred=False))
        for name in fresh:
            self._add(name)

    def _reorder(self, key: str, words: list[str]) -> None:
        """Let a name be found with its words in another order, unless two names would be."""
        if 1 < len(words) <= REORDERED:
            self._turned.update(words)
            order = " ".join(sorted(words))
            self._orders[order] = key if self._orders.get(order, key) == key else None

    def find(self, text: str, *, correct: bool = True) -> list[EntityMention]:
        """Return the mentions in a text from left to right, the longest at each place.

        Misspelt words are corrected unless that is not wanted. What was found last is remembered:
        one turn reads the same passages several times.
        """
        known = self._found.get((text, correct))
        if known is None:
            known = tuple(self._find(text, correct))
            if len(text) <= _LONGEST_REMEMBERED:
                if len(self._found) >= _MOST_REMEMBERED:
                    self._found.clear()
                self._found[text, correct] = known
        return list(known)

    def _find(self, text: str, correct: bool) -> list[EntityMention]:
        introduced: dict[str, tuple[str, ...]] = {}
        spans = self._spans(fold_characters(text), correct, introduced)
        found = [
            EntityMention(start, end, text[start:end], entities, corrected)
            for start, end, entities, corrected in spans
        ]
        return self._settled(found, introduced)

    def spans(self, text: str) -> list[_Span]:
        """Return where a text names entities, and all that bear the name, in no order of merit.

        Nothing is corrected, and no catalogue is asked: what a proof needs of every row. Where no
        bracket gives a short form, a phrase means the same wherever it stands, and is remembered.
        """
        text = fold_characters(text)
        if "(" in text or "（" in text:
            return self._spans(text, False, {})
        phrases = self._phrases
        found: list[_Span] = []
        for match in _PHRASE.finditer(text):
            phrase = match[0]
            known = phrases.get(phrase)
            if known is None:
                if len(phrases) >= _MOST_PHRASES:
                    phrases.clear()
                known = phrases[phrase] = self._spans(phrase, False, {})
            if known:
                start = match.start()
                found += [
                    (start + begin, start + end, entities, corrected)
                    for begin, end, entities, corrected in known
                ]
        return found

    def _spans(
        self, text: str, correct: bool, introduced: dict[str, tuple[str, ...]]
    ) -> list[_Span]:
        """Return the names of each phrase: none goes on over a sign that ends one."""
        found: list[_Span] = []
        place = 0
        while mixed := _MIXED.search(text, place):
            begin = mixed.start()
            while begin > place and text[begin - 1] not in _ENDING:
                begin -= 1
            stop = _END.search(text, mixed.end())
            end = stop.start() if stop else len(text)
            self._find_zh(text, place, begin, introduced, found)
            units = _units(text, begin, end)
            if correct:
                units = [self._corrected(unit) for unit in units]
            self._find_in(units, text, introduced, found)
            place = end
        self._find_zh(text, place, len(text), introduced, found)
        return found

    def _find_zh(
        self,
        text: str,
        place: int,
        end: int,
        introduced: dict[str, tuple[str, ...]],
        found: list[_Span],
    ) -> None:
        """Find the names of phrases of Chinese characters alone, each of which is a unit."""
        lengths, names = self._lengths, self._names
        for start in range(place, end - 1):
            if start < place or text[start : start + 2] not in lengths:
                continue
            for length in _longest_first(lengths[text[start : start + 2]]):
                stop = start + length
                if stop <= end and (key := text[start:stop]) in names:
                    place = stop
                    entities = self._bearers(key)
                    if text[stop : stop + 1] == "\n":
                        _introduce(text, stop, entities, introduced)
                    found.append((start, stop, entities, False))
                    break

    def _find_in(
        self,
        units: list[_Unit],
        text: str,
        introduced: dict[str, tuple[str, ...]],
        found: list[_Span],
    ) -> None:
        """Find the names of one phrase of words, and of characters among them."""
        lengths, turned = self._lengths, self._turned
        place = 0
        while place < len(units):
            form, start, end, latin, _ = units[place]
            mask, length, key = lengths.get(form, 0), 0, ""
            if not latin and place + 1 < len(units):
                mask |= lengths.get(form + units[place + 1].form, 0)
            if mask or (latin and form in turned):
                length, key = self._longest(units, place, text, mask.bit_length() - 1)
            if not length:
                if introduced and text[start:end] in introduced:
                    found.append((start, end, introduced[text[start:end]], False))
                place += 1
                continue
            taken = units[place : place + length]
            end, entities = taken[-1].end, self._bearers(key)
            _introduce(text, end, entities, introduced)
            found.append((start, end, entities, any(unit.corrected for unit in taken)))
            place += length

    def _bearers(self, key: str) -> tuple[str, ...]:
        """Return the entities that bear a name, those that prefer it first."""
        found = self._owners.get(key)
        if found is None:
            found = tuple(dict.fromkeys(rank[2] for rank in sorted(self._names[key])))
            self._owners[key] = found
        return found

    def _settled(
        self, found: list[EntityMention], introduced: dict[str, tuple[str, ...]]
    ) -> list[EntityMention]:
        """Put first, where a name is several entities', the one that the text speaks of.

        That is what the text gave a short form for, or else what most of its clear mentions are
        related to.
        """
        clear = {mention.entities[0] for mention in found if len(mention.entities) == 1}
        unclear = {id for mention in found if len(mention.entities) > 1 for id in mention.entities}
        links = self._related(unclear, clear) if self._related and clear and unclear else {}
        settled = []
        for mention in found:
            meant = introduced.get(mention.text, ())
            if len(mention.entities) > 1 or meant:
                several = dict.fromkeys((*meant, *mention.entities))
                order = sorted(several, key=lambda id: (id not in meant, -links.get(id, 0)))
                settled.append(replace(mention, entities=tuple(order)))
            else:
                settled.append(mention)
        return settled

    def _longest(self, units: list[_Unit], place: int, text: str, reach: int) -> tuple[int, str]:
        """Return how many units the longest name from a place takes, and its key."""
        first = units[place]
        turned = self._turned
        if first.latin and reach < REORDERED and first.form in turned:
            reach = REORDERED
        best, best_key, key = 0, "", ""
        words: list[str] | None = []
        before = first
        for length, unit in enumerate(units[place : place + reach], 1):
            if length > 1:
                before = units[place + length - 2]
                key += " " if unit.latin and before.latin else ""
            key += unit.form
            if key in self._names and self._cased_alike(key, text[first.start : unit.end]):
                best, best_key = length, key
            # In a list, what stands before a comma and after it are two things.
            apart = length > 1 and "," in text[before.end : unit.start]
            if words is None or apart or length > REORDERED or unit.form not in turned:
                words = None
                continue
            words.append(unit.form)
            other = self._orders.get(" ".join(sorted(words))) if length > 1 else None
            if other is not None:
                best, best_key = length, other
        return best, best_key

    def _cased_alike(self, key: str, written: str) -> bool:
        return key not in self._exact or written in self._exact[key]

    def _corrected(self, unit: _Unit) -> _Unit:
        if not unit.latin:
            return unit
        known = self._spelling.corrected(unit.form)
        return unit if known == unit.form else unit._replace(form=known, corrected=True)


def load(engine: Engine, generation: int) -> Linker:
    """Return the linker of a generation; names are read again only where they changed.

    Most changes add or remove documents and no name, and a server that follows them must not read
    half a million names each time.
    """
    key = (str(engine.url), *_fingerprint(engine, generation))
    with _LOADING:
        known = _LOADED.get(str(engine.url))
        if known is None or known[0] != key:
            known = (key, Linker(_called(engine, generation)))
            _LOADED[str(engine.url)] = known
    classes = cache(partial(_read_drug_classes, engine, generation))
    return known[1].related_by(_relations(engine, generation), classes)


_LOADING = Lock()
_LOADED: dict[str, tuple[tuple[object, ...], Linker]] = {}
"""The linker last loaded of each database, with what tells its names from others."""


def _fingerprint(engine: Engine, generation: int) -> tuple[object, ...]:
    """Return what differs where two generations hold different names; rows never change."""
    query = select(
        func.count(NameRow.id),
        func.max(NameRow.id),
        func.sum(NameRow.id),
        func.sum(NameRow.id * 7919 % 1_000_003),
    ).where(holds(NameRow, generation))
    with engine.connect() as connection:
        return tuple(connection.execute(query).one())


def _called(engine: Engine, generation: int) -> Iterator[KnownName]:
    query = (
        select(
            NameRow.entity_id,
            EntityRow.kind,
            NameRow.text,
            NameRow.normalised,
            NameRow.language,
            NameRow.rank,
        )
        .join(EntityRow, EntityRow.id == NameRow.entity_id)
        .where(holds(NameRow, generation))
    )
    with engine.connect() as connection:
        for id, kind, text, normalised, language, rank in connection.execute(query):
            yield KnownName(id, kind, text, normalised, language, rank % 20 == 0)


def _relations(engine: Engine, generation: int) -> Related:
    """Return what counts, in the facts of a generation, how entities of a text hang together."""

    sides = (FactRow.subject_id, FactRow.object_id), (FactRow.object_id, FactRow.subject_id)

    def beside(own: _Side, other: _Side) -> PreparedQuery:
        def worded(places: Sequence[BindParameter[str]]) -> ClauseElement:
            wanted = own.in_(places[:_RELATED]), other.in_(places[_RELATED:])
            counted = select(own, func.count(func.distinct(other)))
            return counted.where(*wanted, holds(FactRow, generation)).group_by(own)

        return PreparedQuery(engine, worded, 2 * _RELATED)

    prepared = cache(lambda: [beside(*each) for each in sides])

    def related(candidates: Collection[str], others: Collection[str]) -> dict[str, int]:
        counts: dict[str, int] = {}
        # A long text names hundreds; what stands near the first of them is context enough.
        ones, rest = sorted(candidates)[:_RELATED], sorted(others)[:_RELATED]
        ids = [*ones, *ones[-1:] * (_RELATED - len(ones)), *rest]
        with engine.connect() as connection:
            for query in prepared():
                for id, count in query.rows(connection, ids):
                    if id is not None:
                        counts[id] = counts.get(id, 0) + count
        return counts

    return related


def _read_drug_classes(engine: Engine, generation: int) -> tuple[tuple[str, str], ...]:
    """Return the medicines with a drug class, those with the most facts first."""
    in_force = holds(FactRow, generation)
    counted = (
        select(FactRow.subject_id, func.count(FactRow.id).label("facts"))
        .where(in_force)
        .group_by(FactRow.subject_id)
        .subquery()
    )
    query = (
        select(FactRow.subject_id, FactRow.value_en)
        .join(counted, counted.c.subject_id == FactRow.subject_id)
        .where(FactRow.relation == "drug_class", FactRow.value_en != "", in_force)
        .order_by(counted.c.facts.desc(), FactRow.subject_id)
    )
    with engine.connect() as connection:
        return tuple((id, value) for id, value in connection.execute(query))


def _everyday(parts: list[str], name: KnownName) -> bool:
    """Say whether a name is too short or too common to mean the entity in running text."""
    whole = "".join(parts)
    if len(parts) == 1 and not _CJK_SIGN.match(whole):
        return len(whole) < 2 or whole.isdigit() or (whole in EVERYDAY_EN and not _cased(name.text))
    return len(whole) < 2 or whole in EVERYDAY_ZH


def _cased(text: str) -> bool:
    """Say whether a name counts only as written: a short acronym, or one that is also a word."""
    return (
        text.isascii()
        and text.upper() == text
        and text.isalnum()
        and (len(text) <= 2 or (len(text) <= 5 and text.lower() in EVERYDAY_EN))
    )


def _prefix(parts: list[str]) -> str:
    """Return what a name is looked up by: its first word, or its first two characters."""
    return parts[0] if not _CJK_SIGN.match(parts[0]) else "".join(parts[:2])


def _units(text: str, begin: int, stop: int) -> list[_Unit]:
    """Return the units of one phrase of a text."""
    found = list(_UNIT.finditer(text, begin, stop))
    units = []
    before = ""
    for place, match in enumerate(found):
        piece = match[0]
        form, latin, counts = _compared(piece)
        if counts:
            after = found[place + 1][0] if place + 1 < len(found) else ""
            if after in _MEASURED:
                form = normalise(piece + after)[:-1]
            elif before.lower() in _TYPED:
                form = normalise(f"{before} {piece}").rsplit(" ", 1)[-1]
            latin = latin or not _CJK_SIGN.match(form)
        before = piece
        units.append(_Unit(form, *match.span(), latin))
    return units


@lru_cache(maxsize=65536)
def _compared(piece: str) -> tuple[str, bool, bool]:
    """Return how a word or character is compared, whether it is none of Chinese, or a number."""
    latin = _CJK_SIGN.match(piece) is None
    counts = _NUMERAL.fullmatch(piece) is not None
    # NFKC may turn one written sign into several words; such a unit matches nothing.
    form = normalise(piece) if latin else piece
    return form, latin or not _CJK_SIGN.match(form), counts


@lru_cache(maxsize=4096)
def _longest_first(mask: int) -> tuple[int, ...]:
    """Return the numbers of the bits that are set, the largest first."""
    return tuple(bit for bit in range(mask.bit_length() - 1, -1, -1) if mask >> bit & 1)


def _introduce(
    text: str, end: int, entities: tuple[str, ...], introduced: dict[str, tuple[str, ...]]
) -> None:
    """Learn the short form that a text gives for a name in brackets behind it."""
    short = _INTRODUCED.match(text, end)
    if short is not None:
        introduced.setdefault(short[1], entities)
