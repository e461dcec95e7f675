"""Find what a text spells out and then shortens: "international normalised ratio (INR)".

Of both only one need stand where the same is spoken of. The rule: the letters of the short form are
the first letters of the words before it, of which small words may be left out.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

_SHORT = re.compile(r"\s*\(([A-Za-z]{2,8})\)")
_WORD = re.compile(r"[A-Za-z]+")
_SMALL = frozenset(("of", "the", "and", "in", "for", "to", "with", "by", "a", "an"))


class Shortened(NamedTuple):
    """A long form, its short form, and where both stand in the text."""

    long: str
    short: str
    start: int
    end: int


def find_shortened(text: str) -> Iterator[Shortened]:
    """Yield each long form with the short form that follows it in brackets."""
    for match in _SHORT.finditer(text):
        wanted = [letter.casefold() for letter in match[1]]
        for word in reversed(list(_WORD.finditer(text, 0, match.start()))):
            if wanted and word[0][0].casefold() == wanted[-1]:
                wanted.pop()
            elif word[0].casefold() not in _SMALL:
                break
            if not wanted:
                yield Shortened(
                    text[word.start() : match.start()], match[1], word.start(), match.end()
                )
                break
