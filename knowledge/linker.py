"""Linker: finds the catalogue's entities in running text, in English and Chinese.

    names of a generation -> longest match over words and characters -> which entity is meant
        -> mentions with exact places

Plurals, spellings and numbering agree through `names.normalise`; a longer word with one letter
wrong is read as the known word that it can only be, and the words of an English name may stand in
another order. Words of everyday speech that happen to be names, and single Chinese characters, are
left alone. This file knows nothing of what is asked.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from threading import Lock
from typing import NamedTuple

from sqlalchemy import Engine, func, select

from knowledge.catalog import EntityRow, FactRow, NameRow, holds
from knowledge.everyday import NAMES_EN, NAMES_ZH
from knowledge.names import normalise
from knowledge.spelling import Spelling
from knowledge.vocabulary import KINDS

REORDERED = 5
"""English names of two to so many words are also found with their words in another order."""

_CJK = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_UNIT = re.compile(f"[{_CJK}]|[^\\W_{_CJK}]+(?:['’‘`´][^\\W_{_CJK}]+)*")
_PARTS = re.compile(f"[{_CJK}]|[^ {_CJK}]+")
_CJK_SIGN = re.compile(f"[{_CJK}]")
_NUMERAL = re.compile("[ivⅰ-ⅷⅠ-Ⅷ]+|[一二三四五]", re.IGNORECASE)
_TYPED = ("type", "stage", "grade", "class", "group", "factor")
_MEASURED = ("型", "期", "级", "度")
_NUMBERS_ZH = "一二三四五"
_ENDING = frozenset(".;:!?。；：！？，、\n|")
_INTRODUCED = re.compile(r"\s*[(（]([A-Z][A-Za-z0-9-]{1,9})[)）]")
_KIND_ORDER = {kind: place for place, kind in enumerate(("condition", "medicine", *KINDS))}

Related = Callable[[Collection[str], Collection[str]], dict[str, int]]
"""Given ids of candidates and of what else a text names: how many of these each is related to."""


@dataclass(frozen=True, slots=True)
class Called:
    """A name as the catalogue holds it, of one entity."""

    entity: str
    kind: str
    text: str
    normalised: str
    language: str
    preferred: bool


@dataclass(frozen=True, slots=True)
class Mention:
    """Where a text names entities: `text` is its characters `start` to `end`, as written there.

    `entities` are the ids of all that bear the name, the likeliest first. `corrected` says that a
    letter was wrong.
    """

    start: int
    end: int
    text: str
    entities: tuple[str, ...]
    corrected: bool = False


class _Unit(NamedTuple):
    """A word, or one Chinese character, in the form in which names are compared."""

    form: str
    start: int
    end: int
    latin: bool
    corrected: bool = False


class Linker:
    """Finds names of one generation; made once, then quick to ask."""

    def __init__(self, names: Iterable[Called], related: Related | None = None) -> None:
        self._names: dict[str, list[tuple[int, int, str]]] = {}
        self._reach: dict[str, int] = {}
        self._orders: dict[str, str | None] = {}
        self._exact: dict[str, set[str]] = {}
        self._words: set[str] = set()
        self._spelling = Spelling(self._words)
        self._related = related
        for name in names:
            self._add(name)

    def related_by(self, related: Related) -> "Linker":
        """Return a linker of the same names that asks another generation what is related."""
        other = object.__new__(Linker)
        other.__dict__.update(self.__dict__)
        other._related = related
        return other

    def _add(self, name: Called) -> None:
        key = name.normalised
        parts = _PARTS.findall(key)
        if not parts or _everyday(parts, name):
            return
        if len(parts) == 1 and _cased(name.text):
            self._exact.setdefault(key, set()).add(name.text)
        rank = (0 if name.preferred else 1, _KIND_ORDER.get(name.kind, 9), name.entity)
        self._names.setdefault(key, []).append(rank)
        first = _prefix(parts)
        if self._reach.get(first, 0) < len(parts):
            self._reach[first] = len(parts)
        if key.isascii():
            self._words.update(parts)
            self._reorder(key, parts)
        else:
            self._words.update(part for part in parts if not _CJK_SIGN.match(part))

    def _reorder(self, key: str, words: list[str]) -> None:
        """Learn that a name may be told with its words in another order, unless two would be."""
        if 1 < len(words) <= REORDERED:
            order = " ".join(sorted(words))
            self._orders[order] = key if self._orders.get(order, key) == key else None

    def find(self, text: str, *, correct: bool = True) -> list[Mention]:
        """Return the mentions in a text from left to right, the longest at each place.

        Misspelt words are corrected unless that is not wanted.
        """
        units = [self._corrected(unit) if correct else unit for unit in _units(text)]
        found: list[Mention] = []
        introduced: dict[str, tuple[str, ...]] = {}
        place = 0
        while place < len(units):
            length, entities = self._longest(units, place, text)
            start = units[place].start
            if not length:
                written = text[start : units[place].end]
                if written in introduced:
                    found.append(Mention(start, start + len(written), written, introduced[written]))
                place += 1
                continue
            end = units[place + length - 1].end
            corrected = any(unit.corrected for unit in units[place : place + length])
            found.append(Mention(start, end, text[start:end], entities, corrected))
            short = _INTRODUCED.match(text, end)
            if short is not None and short[1] not in introduced:
                introduced[short[1]] = entities
            place += length
        return self._settled(found, introduced)

    def _settled(
        self, found: list[Mention], introduced: dict[str, tuple[str, ...]]
    ) -> list[Mention]:
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

    def _longest(self, units: list[_Unit], place: int, text: str) -> tuple[int, tuple[str, ...]]:
        """Return how many units the longest name from a place takes, and whose it is."""
        first = units[place]
        reach = self._reach.get(first.form, 0)
        if not first.latin and place + 1 < len(units):
            reach = max(reach, self._reach.get(first.form + units[place + 1].form, 0))
        if first.latin and first.form in self._words:
            reach = max(reach, REORDERED)
        best, best_key, key = 0, "", ""
        words: list[str] | None = []
        before = first
        for length, unit in enumerate(units[place : place + reach], 1):
            if length > 1:
                before = units[place + length - 2]
                if not _adjacent(before.end, unit.start, text):
                    break
                key += " " if unit.latin and before.latin else ""
            key += unit.form
            if key in self._names and self._cased_alike(key, text[first.start : unit.end]):
                best, best_key = length, key
            # In a list, what stands before a comma and after it are two things.
            apart = length > 1 and "," in text[before.end : unit.start]
            if words is None or apart or not unit.latin or length > REORDERED:
                words = None
                continue
            words.append(unit.form)
            other = self._orders.get(" ".join(sorted(words))) if length > 1 else None
            if other is not None:
                best, best_key = length, other
        entities = tuple(dict.fromkeys(rank[2] for rank in sorted(self._names.get(best_key, ()))))
        return best, entities

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
    return known[1].related_by(_relations(engine, generation))


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


def _called(engine: Engine, generation: int) -> Iterator[Called]:
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
            yield Called(id, kind, text, normalised, language, rank % 20 == 0)


def _relations(engine: Engine, generation: int) -> Related:
    """Return what counts, in the facts of a generation, how entities of a text hang together."""

    def related(candidates: Collection[str], others: Collection[str]) -> dict[str, int]:
        counts: dict[str, int] = {}
        # A long text names hundreds; what stands near the first of them is context enough.
        ones, rest = sorted(candidates)[:200], sorted(others)[:200]
        for own, other in (
            (FactRow.subject_id, FactRow.object_id),
            (FactRow.object_id, FactRow.subject_id),
        ):
            query = (
                select(own, func.count(func.distinct(other)))
                .where(own.in_(ones), other.in_(rest), holds(FactRow, generation))
                .group_by(own)
            )
            with engine.connect() as connection:
                for id, count in connection.execute(query):
                    if id is not None:
                        counts[id] = counts.get(id, 0) + count
        return counts

    return related


def _everyday(parts: list[str], name: Called) -> bool:
    """Say whether a name is too short or too common to mean the entity in running text."""
    whole = "".join(parts)
    if len(parts) == 1 and not _CJK_SIGN.match(whole):
        return len(whole) < 2 or whole.isdigit() or (whole in NAMES_EN and not _cased(name.text))
    return len(whole) < 2 or whole in NAMES_ZH


def _cased(text: str) -> bool:
    """Say whether a name counts only as written: a short acronym, or one that is also a word."""
    return (
        text.isascii()
        and text.upper() == text
        and text.isalnum()
        and (len(text) <= 2 or (len(text) <= 5 and text.lower() in NAMES_EN))
    )


def _prefix(parts: list[str]) -> str:
    """Return what a name is looked up by: its first word, or its first two characters."""
    return parts[0] if not _CJK_SIGN.match(parts[0]) else "".join(parts[:2])


def _units(text: str) -> Iterator[_Unit]:
    pieces = [(match.group(), match.start(), match.end()) for match in _UNIT.finditer(text)]
    for place, (piece, start, end) in enumerate(pieces):
        if _CJK_SIGN.match(piece) is not None and piece not in _NUMBERS_ZH:
            yield _Unit(piece, start, end, False)
            continue
        before = pieces[place - 1][0].lower() if place else ""
        after = pieces[place + 1][0] if place + 1 < len(pieces) else ""
        latin = _CJK_SIGN.match(piece) is None
        if after in _MEASURED and _NUMERAL.fullmatch(piece):
            form = normalise(piece + after)[:-1]
        elif before in _TYPED and _NUMERAL.fullmatch(piece):
            form = normalise(f"{before} {piece}").rsplit(" ", 1)[-1]
        else:
            form = normalise(piece) if latin else piece
        # NFKC may turn one written sign into several words; such a unit matches nothing.
        yield _Unit(form, start, end, latin or not _CJK_SIGN.match(form))


def _adjacent(end: int, start: int, text: str) -> bool:
    """Say whether nothing that ends a phrase stands between two units."""
    return end == start or _ENDING.isdisjoint(text[end:start])
