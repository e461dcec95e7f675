"""Correct the English words of a question that no name, no passage and no dictionary holds.

word -> known? -> names that it can be, by letters or by sound -> the one that is meant, or none
"""

import re
from collections.abc import Iterator, Sequence

from knowledge.graph.linker import Linker
from knowledge.index import lexical
from knowledge.index.lexical import LexicalIndex
from knowledge.search.reading import reading_tables as tables
from knowledge.text.names import normalise
from knowledge.text.spelling import SHORTEST, SpellingCorrector

_WORD = re.compile(r"(?<![\w'’-])[A-Za-z]+(?![\w’-]|'[a-rt-z])")
_ENDINGS = ("ness", "ment", "ally", "able", "ing", "ers", "est", "es", "ed", "er", "ly", "al")
_MOST_ENDINGS = ("", "e", "y")
_MUCH_RARER = 3.0
"""A word that passages hold is a misspelling where it is so much rarer, in units of `rarity`."""

_questions = SpellingCorrector(tables.question_words())


def corrections(
    text: str, linker: Linker, words: LexicalIndex | None
) -> Iterator[tuple[int, int, str]]:
    """Yield where a misspelt word stands, and what it is read as.

    A word of names is corrected only where the question then names something by it.
    """
    taken = [(each.start, each.end) for each in linker.find(text, correct=False)]
    found: list[tuple[int, int, str]] = []
    for match in _WORD.finditer(text):
        start, end = match.span()
        inside = any(first < end and start < last for first, last in taken)
        if len(match[0]) < SHORTEST - 1 or inside or _is_name(text, match[0], start):
            continue
        read = _corrected(match[0].lower(), linker, words)
        if read:
            found.append((start, end, read.capitalize() if match[0][0].isupper() else read))
    named = _named_after(text, found, linker) if found else ()
    for place, (start, end, read) in enumerate(found):
        if read.lower() in tables.question_words() or place in named:
            yield start, end, read


def _named_after(
    text: str, changes: Sequence[tuple[int, int, str]], linker: Linker
) -> frozenset[int]:
    """Return which of some changes a name holds in the text that they make."""
    parts, place, length = [], 0, 0
    spans = []
    for start, end, read in changes:
        parts += [text[place:start], read]
        length += start - place
        spans.append((length, length + len(read)))
        length += len(read)
        place = end
    changed = "".join(parts) + text[place:]
    names = [(each.start, each.end) for each in linker.find(changed, correct=False)]
    return frozenset(
        number
        for number, (start, end) in enumerate(spans)
        if any(first <= start and end <= last for first, last in names)
    )


def _is_name(text: str, word: str, start: int) -> bool:
    """Say whether a word looks like a person's or a place's name, or a symbol."""
    inner = start > 0 and re.search(r"[.?!:]\s*$", text[:start]) is None
    return not word.isupper() and (not word[1:].islower() or (inner and word[0].isupper()))


def _corrected(word: str, linker: Linker, words: LexicalIndex | None) -> str:
    form = normalise(word)
    if _is_known(word, form, linker):
        return ""
    found = {**linker.spelling.candidates(form), **linker.spelling.candidates(word)}
    found |= _questions.candidates(word)
    fitting = {
        known: letters
        for known, letters in found.items()
        if not _set_apart(form, known) and not _held(word, known, words)
    }
    if not fitting:
        return ""
    least = min(fitting.values())
    best = {_stem(known): known for known, letters in fitting.items() if letters == least}
    if len(best) != 1:
        return ""
    return _with_ending(word, linker.spelled(next(iter(best.values()))))


def _with_ending(word: str, known: str) -> str:
    """Return a known word, which is a singular, as many as the written one."""
    return f"{known}s" if word.endswith("s") and not known.endswith("s") else known


def _stem(word: str) -> str:
    return next(iter(lexical.distinct_terms(word)), word)


def _is_known(word: str, form: str, linker: Linker) -> bool:
    if {word, form} & tables.known_words() or form in linker.words:
        return True
    for ending in _ENDINGS:
        rest = word.removesuffix(ending)
        if rest != word and len(rest) > 2:
            for back in _MOST_ENDINGS:
                if rest + back in tables.known_words():
                    return True
            if rest[-1] == rest[-2] and rest[:-1] in tables.known_words():
                return True
    return False


def _held(word: str, known: str, words: LexicalIndex | None) -> bool:
    """Say whether the passages hold a word too often for it to be a slip of the known one."""
    if words is None:
        return False
    term = _stem(word)
    if term == _stem(known) or not words.holds(term):
        return False
    return words.rarity(term) < words.rarity(_stem(known)) + _MUCH_RARER


def _set_apart(word: str, known: str) -> bool:
    """Say whether two words differ in what makes them opposites, or two medicines."""
    prefixes, stems = tables.apart()
    for group in prefixes:
        one = next((prefix for prefix in group if word.startswith(prefix)), "")
        other = next((prefix for prefix in group if known.startswith(prefix)), "")
        if one and other and one != other:
            return True
    one = next((stem for stem in stems if word.endswith(stem)), "")
    other = next((stem for stem in stems if known.endswith(stem)), "")
    return bool(one and other and one != other)
