"""Linker: finds the catalogue's entities in running text, in English and Chinese.

    names of a generation -> longest match over words and characters -> mentions with exact places

Plurals, spellings and numbering agree through `names.normalise`; a longer word with one letter
wrong is read as the known word that it can only be. Words of everyday speech that happen to be
names, and single Chinese characters, are left alone. This file knows nothing of what is asked.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import Engine, select

from knowledge.catalog import EntityRow, NameRow, holds
from knowledge.everyday import NAMES_EN, NAMES_ZH
from knowledge.names import normalise
from knowledge.vocabulary import KINDS

SHORTEST_CORRECTED = 6
"""Words of fewer letters are never corrected: too many words differ from them by one letter."""

_CJK = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_UNIT = re.compile(f"[{_CJK}]|[^\\W_{_CJK}]+(?:['’‘`´][^\\W_{_CJK}]+)*")
_PARTS = re.compile(f"[{_CJK}]|[^ {_CJK}]+")
_CJK_SIGN = re.compile(f"[{_CJK}]")
_NUMERAL = re.compile("[ivⅰ-ⅷⅠ-Ⅷ]+|[一二三四五]", re.IGNORECASE)
_TYPED = ("type", "stage", "grade", "class", "group", "factor")
_MEASURED = ("型", "期", "级", "度")
_KIND_ORDER = {kind: place for place, kind in enumerate(("condition", "medicine", *KINDS))}


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


@dataclass(frozen=True, slots=True)
class _Unit:
    """A word, or one Chinese character, in the form in which names are compared."""

    form: str
    start: int
    end: int
    latin: bool
    corrected: bool = False


class Linker:
    """Finds names of one generation; made once, then quick to ask."""

    def __init__(self, names: Iterable[Called]) -> None:
        self._names: dict[str, list[tuple[int, int, str]]] = {}
        self._reach: dict[str, int] = {}
        self._words: set[str] = set()
        self._exact: dict[str, set[str]] = {}
        self._deletes: dict[str, list[str]] | None = None
        for name in names:
            self._add(name)

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
        self._reach[first] = max(self._reach.get(first, 0), len(parts))
        self._words.update(part for part in parts if not _CJK_SIGN.match(part))

    def find(self, text: str) -> list[Mention]:
        """Return the mentions in a text from left to right, the longest at each place."""
        units = [self._corrected(unit) for unit in _units(text)]
        found: list[Mention] = []
        place = 0
        while place < len(units):
            length, key = self._longest(units, place, text)
            if not length:
                place += 1
                continue
            start, end = units[place].start, units[place + length - 1].end
            entities = tuple(dict.fromkeys(rank[2] for rank in sorted(self._names[key])))
            corrected = any(unit.corrected for unit in units[place : place + length])
            found.append(Mention(start, end, text[start:end], entities, corrected))
            place += length
        return found

    def _longest(self, units: list[_Unit], place: int, text: str) -> tuple[int, str]:
        reach = max(
            self._reach.get(units[place].form, 0),
            self._reach.get("".join(unit.form for unit in units[place : place + 2]), 0),
        )
        best, best_key, key = 0, "", ""
        for length, unit in enumerate(units[place : place + reach], 1):
            both_latin = length > 1 and unit.latin and units[place + length - 2].latin
            if length > 1 and not _adjacent(units[place + length - 2], unit, text):
                break
            key += (" " if both_latin else "") + unit.form
            if key in self._names and self._cased_alike(key, text[units[place].start : unit.end]):
                best, best_key = length, key
        return best, best_key

    def _cased_alike(self, key: str, written: str) -> bool:
        return key not in self._exact or written in self._exact[key]

    def _corrected(self, unit: _Unit) -> _Unit:
        if (
            not unit.latin
            or len(unit.form) < SHORTEST_CORRECTED
            or unit.form in self._words
            or not unit.form.isalpha()
            or not unit.form.isascii()
        ):
            return unit
        near = self._near(unit.form)
        if len(near) != 1:
            return unit
        return _Unit(near.pop(), unit.start, unit.end, True, True)

    def _near(self, word: str) -> set[str]:
        if self._deletes is None:
            self._deletes = {}
            for known in self._words:
                if len(known) >= SHORTEST_CORRECTED and known.isalpha():
                    for variant in _variants(known):
                        self._deletes.setdefault(variant, []).append(known)
        found = {known for variant in _variants(word) for known in self._deletes.get(variant, ())}
        return {known for known in found if known[0] == word[0] and _one_apart(known, word)}


def load(engine: Engine, generation: int) -> Linker:
    """Return the linker of a generation."""
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
        rows = connection.execute(query)
        return Linker(
            Called(id, kind, text, normalised, language, rank % 20 == 0)
            for id, kind, text, normalised, language, rank in rows
        )


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
        before = pieces[place - 1][0].lower() if place else ""
        after = pieces[place + 1][0] if place + 1 < len(pieces) else ""
        latin = _CJK_SIGN.match(piece) is None
        if _NUMERAL.fullmatch(piece) and after in _MEASURED:
            form = normalise(piece + after)[:-1]
        elif _NUMERAL.fullmatch(piece) and before in _TYPED:
            form = normalise(f"{before} {piece}").rsplit(" ", 1)[-1]
        else:
            form = normalise(piece) if latin else piece
        # NFKC may turn one written sign into several words; such a unit matches nothing.
        yield _Unit(form, start, end, latin or not _CJK_SIGN.match(form))


def _adjacent(left: _Unit, right: _Unit, text: str) -> bool:
    """Say whether nothing that ends a phrase stands between two units."""
    between = text[left.end : right.start]
    return not any(sign in between for sign in ".;:!?。；：！？，、\n|")


def _variants(word: str) -> set[str]:
    return {word, *(word[:place] + word[place + 1 :] for place in range(len(word)))}


def _one_apart(known: str, word: str) -> bool:
    """Say whether one letter was left out, added, changed, or swapped with its neighbour."""
    if abs(len(known) - len(word)) > 1:
        return False
    start = 0
    while start < min(len(known), len(word)) and known[start] == word[start]:
        start += 1
    rest, other = known[start:], word[start:]
    if len(rest) == len(other):
        swapped = rest[:2][::-1] == other[:2] and rest[2:] == other[2:]
        return rest[1:] == other[1:] or swapped
    return rest[1:] == other if len(rest) > len(other) else rest == other[1:]
