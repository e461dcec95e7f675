"""Correct a misspelt word to the one known word that differs by a single letter.

    words of all names -> their forms with one letter left out -> a word with one letter wrong

The forms are made when the first unknown word is met, since most processes never meet one.
"""

from collections.abc import Collection

SHORTEST = 6
"""Words of fewer letters are never corrected: too many words differ from them by one letter."""


class SpellingCorrector:
    """The words that are known, and those that they can be mistaken for."""

    def __init__(self, words: Collection[str]) -> None:
        self._words = words
        self._forms: dict[str, list[str]] | None = None
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

    def _near(self, word: str) -> set[str]:
        if self._forms is None:
            self._forms = {}
            for known in self._words:
                if len(known) >= SHORTEST and known.isalpha():
                    for form in _forms(known):
                        self._forms.setdefault(form, []).append(known)
        found = {known for form in _forms(word) for known in self._forms.get(form, ())}
        return {known for known in found if known[0] == word[0] and _one_apart(known, word)}


def _forms(word: str) -> set[str]:
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
