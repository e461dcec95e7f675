"""Tell which Chinese characters are taken for one another, by their sound and by their shape.

    a character -> its syllables (pypinyin) and the look-alikes given -> characters like it, by cost

Chinese is typed by its sounds, so a wrong character mostly sounds like the right one.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Final

SAME_TONE: Final = 0.2
SAME_SOUND: Final = 0.3
LOOK_ALIKE: Final = 0.4
NEAR_SOUND: Final = 0.6
"""What it costs to read a character as another that is like it so."""

RARE_READING: Final = 0.1
"""What it costs more where the other sounds so only in a rarer reading."""

_NEAR = (
    (re.compile("^(z|c|s)h"), r"\1"),
    (re.compile("^[nr](?=[a-z])"), "l"),
    (re.compile("^hu(?=[a-z])"), "f"),
    (re.compile("(?<=[aei])ng$"), "n"),
)
"""Sounds that many speakers do not tell apart, each with the one that stands for both."""


class AlikeCharacters:
    """The characters of some names, each found by those that sound or look like it."""

    def __init__(self, characters: Iterable[str], look_alikes: Sequence[str] = ()) -> None:
        self._heard: dict[str, dict[str, float]] = {}
        self._shapes: dict[str, set[str]] = {}
        known = set(characters)
        for sign in known:
            for place, sounds in enumerate(_sounds(sign)):
                for key in sounds:
                    self._heard.setdefault(key, {}).setdefault(sign, RARE_READING * (place > 0))
        for group in look_alikes:
            for sign in group:
                self._shapes.setdefault(sign, set()).update(known.intersection(group) - {sign})
        self._found: dict[str, Mapping[str, float]] = {}

    def like(self, sign: str) -> Mapping[str, float]:
        """Return the characters that may be meant by one, with what each costs.

        >>> sorted(AlikeCharacters("炎眼肺胃", ["胃胄"]).like("燕"))
        ['炎', '眼']
        """
        if sign not in self._found:
            costs: dict[str, float] = {}
            for sounds in _sounds(sign):
                for key, cost in zip(sounds, (SAME_TONE, SAME_SOUND, NEAR_SOUND), strict=True):
                    for other, rare in self._heard.get(key, {}).items():
                        costs[other] = min(cost + rare, costs.get(other, 1.0))
            for other in self._shapes.get(sign, ()):
                costs[other] = min(LOOK_ALIKE, costs.get(other, 1.0))
            costs.pop(sign, None)
            self._found[sign] = costs
        return self._found[sign]


@cache
def _sounds(sign: str) -> tuple[tuple[str, str, str], ...]:
    """Return each reading of a character: with its tone, without it, and as it may be heard."""
    from pypinyin import Style, pinyin

    readings = pinyin(sign, style=Style.TONE3, heteronym=True, errors="ignore")
    found = []
    for tone in readings[0] if readings else ():
        sound = near = tone.rstrip("12345")
        for wider, narrow in _NEAR:
            near = wider.sub(narrow, near)
        found.append((tone, sound, f"{near}~"))
    return tuple(found)
