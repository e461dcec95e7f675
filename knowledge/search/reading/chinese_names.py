"""Correct the Chinese names of a question that are written with a character like the right one.

    characters -> names that begin alike and have as many -> the nearest one by sound and shape

One character may be wrong, in a name of four or more two. A name of two characters is corrected
only where the question names nothing else: two characters sound like another word too often.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from weakref import WeakKeyDictionary

from knowledge.graph.linker import Linker
from knowledge.index.lexical import LexicalIndex
from knowledge.search.reading import reading_tables as tables
from knowledge.text.characters import CJK
from knowledge.text.chinese_spelling import NEAR_SOUND, AlikeCharacters
from knowledge.text.stop_words import EVERYDAY_ZH, QUESTION_PHRASES_ZH, TOPICLESS_ZH
from knowledge.vocabulary import RELATIONS

_RUN = re.compile(f"[0-9{CJK}]{{2,}}")
_SUBJECTS = ("condition:", "medicine:")
_LONG = 4
"""From so many characters on a name may have two wrong ones."""

_ALIKE: "WeakKeyDictionary[Linker, AlikeCharacters]" = WeakKeyDictionary()


def corrections(
    text: str, linker: Linker, words: LexicalIndex | None
) -> list[tuple[int, int, str]]:
    """Return where a misspelt name stands, and what it is read as."""
    if not re.search(f"[{CJK}]", text):
        return []
    mentions = linker.find(text, correct=False)
    taken = [(each.start, each.end) for each in mentions]
    taken += [
        match.span()
        for match in tables.short_form_pattern().finditer(text)
        if tables.short_forms()[match[0].lower()].sort != "abbreviation"
    ]
    named = any(each.entities[0].startswith(_SUBJECTS) for each in mentions)
    found = []
    for run in _RUN.finditer(text):
        found += [
            (cost, start, end, name)
            for cost, start, end, name in _near(run[0], run.start(), linker)
            if not _crosses(start, end, taken)
            and not (end - start == 2 and (named or not _is_condition(name, linker)))
            and _is_unheard_of(text, start, end, name, words)
        ]
    return list(_chosen(found, linker))


def _is_condition(name: str, linker: Linker) -> bool:
    return linker.bearers(name)[:1] != () and linker.bearers(name)[0].startswith("condition:")


def _chosen(
    found: list[tuple[float, int, int, str]], linker: Linker
) -> Iterator[tuple[int, int, str]]:
    """Yield the best of overlapping corrections, none where two names are as near."""
    # a longer name tells more; what is short must be near
    order = sorted(found, key=lambda each: (each[0] / (each[2] - each[1]), each[1] - each[2]))
    used: list[tuple[int, int]] = []
    for cost, start, end, name in order:
        if any(start < last and first < end for first, last in used):
            continue
        used.append((start, end))
        rivals = {
            linker.bearers(other)[:1]
            for other_cost, first, last, other in order
            if (first, last) == (start, end) and other_cost <= cost
        }
        if len(rivals) == 1:
            yield start, end, name


def _near(run: str, offset: int, linker: Linker) -> Iterator[tuple[float, int, int, str]]:
    """Yield the names that are near to a part of a run of characters."""
    alike = _alike(linker)
    for start in range(len(run) - 1):
        firsts = [(run[start], 0.0), *alike.like(run[start]).items()]
        seconds = [(run[start + 1], 0.0), *alike.like(run[start + 1]).items()]
        for first, cost in firsts:
            for second, other in seconds:
                beginning = first + second
                wrong = (cost > 0) + (other > 0)
                for length in linker.lengths(beginning):
                    rest = run[start + 2 : start + length]
                    most = 2 if length >= _LONG else 1
                    if len(rest) < length - 2 or wrong > most:
                        continue
                    for name, extra in _endings(beginning, rest, most - wrong, linker, alike):
                        total = cost + other + extra
                        if total and _is_near_enough(total, length):
                            yield total, offset + start, offset + start + length, name


def _endings(
    beginning: str, rest: str, most: int, linker: Linker, alike: AlikeCharacters
) -> Iterator[tuple[str, float]]:
    """Yield the names with a beginning whose other characters differ in at most so many places."""
    if beginning + rest in linker.names:
        yield beginning + rest, 0.0
    if most < 1:
        return
    for place, sign in enumerate(rest):
        for other, cost in alike.like(sign).items():
            changed = rest[:place] + other + rest[place + 1 :]
            if beginning + changed in linker.names:
                yield beginning + changed, cost
            elif most > 1:
                tail = changed[place + 1 :]
                for further, second in enumerate(tail):
                    for last, more in alike.like(second).items():
                        name = (
                            beginning + changed[: place + 1] + tail[:further] + last
                            + tail[further + 1 :]
                        )  # fmt: skip
                        if name in linker.names:
                            yield name, cost + more


def _is_near_enough(cost: float, length: int) -> bool:
    """Say whether a name of so many characters is near enough to be meant."""
    return cost < NEAR_SOUND if length < 3 else cost <= 2 * NEAR_SOUND


def _crosses(start: int, end: int, taken: list[tuple[int, int]]) -> bool:
    """Say whether a place overlaps a known name that it does not hold as a part."""
    for first, last in taken:
        holds = start <= first and last <= end and last - first < end - start
        if first < end and start < last and not holds:
            return True
    return False


def _is_unheard_of(text: str, start: int, end: int, name: str, words: LexicalIndex | None) -> bool:
    """Say whether what stands there is no word of its own, and the name one to be corrected to."""
    written = text[start:end]
    if name in EVERYDAY_ZH or written in EVERYDAY_ZH:
        return False
    wrong = [
        start + place
        for place, (one, other) in enumerate(zip(written, name, strict=True))
        if one != other
    ]
    if any(_asks_at(text, place) for place in wrong):
        return False
    if words is None or not words.size:
        return True
    pairs = [
        text[place : place + 2]
        for place in range(start, end - 1)
        if place in wrong or place + 1 in wrong
    ]
    return any(not words.holds(pair) for pair in pairs)


def _asks_at(text: str, place: int) -> bool:
    """Say whether a character is a part of a word that asks or says nothing of the topic."""
    return any(match.start() <= place < match.end() for match in _words_of(text))


@lru_cache(maxsize=256)
def _words_of(text: str) -> tuple[re.Match[str], ...]:
    return tuple(_ASKING.finditer(text))


def _asking() -> re.Pattern[str]:
    told = {cue for relation in RELATIONS.values() for cue in (*relation.cues_zh, relation.zh)}
    told |= {*QUESTION_PHRASES_ZH, *TOPICLESS_ZH, *EVERYDAY_ZH}
    longest = sorted(told - {""}, key=lambda word: (-len(word), word))
    return re.compile("|".join(map(re.escape, longest)))


_ASKING = _asking()


def _alike(linker: Linker) -> AlikeCharacters:
    """Return the characters of a linker's names, by what they are like."""
    found = _ALIKE.get(linker)
    if found is None:
        signs = {sign for name in linker.names if not name.isascii() for sign in name}
        chinese = {sign for sign in signs if re.match(f"[{CJK}]", sign)}
        found = _ALIKE[linker] = AlikeCharacters(chinese, tables.look_alikes())
    return found
