"""Correct a misspelt word to the one known word that it can be, by its letters or by its sound.

    words of all names -> their forms with one letter left out -> a word with one letter wrong
                       -> how they sound                       -> a word written as it sounds

The forms are made when the first unknown word is met, since most processes never meet one.
"""

import re
from collections.abc import Collection

SHORTEST = 6
"""Words of fewer letters are never corrected: too many words differ from them by one letter."""

_SHORTEST_HEARD = 5
"""A word of so many letters may yet be one that sounds the same, one letter of which is missing."""

_SHORTEST_SOUND = 3
"""A word with fewer consonants sounds like too many others."""

_SOUNDS = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        ("^(?:pn|kn|gn)", "n"),
        ("^(?:ps|pt)(?=[aeiouy])", "s"),
        ("^wr", "r"),
        ("^x", "s"),
        ("ph|gh(?=t|$)", "f"),
        ("sch|sk|sc(?![eiy])", "sk"),
        ("sc(?=[eiy])|c(?=[eiy])|z", "s"),
        ("tion|sion|cion", "shn"),
        ("ch|ck|qu?|c|kh", "k"),
        ("dg|j|g(?=[eiy])", "g"),
        ("x", "ks"),
        ("[aeiouyhw]", ""),
        (r"(.)\1+", r"\1"),
    )
)


class SpellingCorrector:
    """The words that are known, and those that they can be mistaken for."""

    def __init__(self, words: Collection[str]) -> None:
        self._words = words
        self._forms: dict[str, list[str]] | None = None
        self._sounds: dict[str, list[str]] | None = None
        self._answers: dict[str, str] = {}

    def corrected(self, word: str) -> str:
        """Return the one known word that this one is a letter away from, or the word itself."""
        if len(word) < SHORTEST or word in self._words or not word.isascii() or not word.isalpha():
            return word
        if word not in self._answers:
            if len(self._answers) > 100_000:
                self._answers.clear()
            near = self._near(word)
            self._answers[word] = near.pop() if len(near) == 1 else word
        return self._answers[word]

    def candidates(self, word: str) -> dict[str, int]:
        """Return the known words that an unknown one can be, with how many letters are wrong.

        One letter may be wrong, or up to three (a third of them at most) where both sound alike.
        """
        heard = len(word) >= _SHORTEST_HEARD and word.isascii() and word.isalpha()
        if not heard or word in self._words:
            return {}
        if len(word) < SHORTEST:
            sounding = self._sounding(sound_of(word))
            return {known: 1 for known in sounding if count_wrong_letters(known, word, 1) == 1}
        found = dict.fromkeys(self._near(word), 1)
        sound = sound_of(word)
        if len(sound) >= _SHORTEST_SOUND:
            most = min(3, len(word) // 3)
            for known in self._sounding(sound):
                letters = count_wrong_letters(known, word, most)
                if letters <= most:
                    found.setdefault(known, letters)
        return found

    def _sounding(self, sound: str) -> list[str]:
        if self._sounds is None:
            self._sounds = {}
            for known in self._words:
                if len(known) >= SHORTEST and known.isascii() and known.isalpha():
                    self._sounds.setdefault(sound_of(known), []).append(known)
        return self._sounds.get(sound, [])

    def _near(self, word: str) -> set[str]:
        if self._forms is None:
            self._forms = {}
            for known in self._words:
                if len(known) >= SHORTEST and known.isalpha():
                    for form in _forms(known):
                        self._forms.setdefault(form, []).append(known)
        found = {known for form in _forms(word) for known in self._forms.get(form, ())}
        return {known for known in found if known[0] == word[0] and _one_apart(known, word)}


def sound_of(word: str) -> str:
    """Return how a word sounds: its consonants, those that sound alike written alike.

    >>> sound_of("pneumonia") == sound_of("newmonia"), sound_of("psoriasis")
    (True, 'srs')
    """
    for pattern, sound in _SOUNDS:
        word = pattern.sub(sound, word)
    return word


def count_wrong_letters(known: str, word: str, most: int) -> int:
    """Return how many letters are left out, added, changed or swapped; `most` + 1 where more are.

    >>> count_wrong_letters("asthma", "athsma", 3), count_wrong_letters("gout", "migraine", 2)
    (2, 3)
    """
    if abs(len(known) - len(word)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(word) + 1))
    for place, letter in enumerate(known, 1):
        older, before, row = before, row, [place]
        for other, written in enumerate(word, 1):
            cost = min(
                before[other] + 1,
                row[other - 1] + 1,
                before[other - 1] + (letter != written),
            )
            swapped = place > 1 and other > 1 and letter == word[other - 2]
            if swapped and known[place - 2] == written:
                cost = min(cost, older[other - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)


def _forms(word: str) -> set[str]:
    return {word, *(word[:place] + word[place + 1 :] for place in range(len(word)))}


def _one_apart(known: str, word: str) -> bool:
    """Say whether one letter was left out, added, changed, or swapped with its neighbour."""
    return count_wrong_letters(known, word, 1) == 1
