"""Say how rows may be told: register, length of the answer, and how much must be reasoned.

    options of a build + seed of a row -> register and length to write in -> what the row came to

Register and length are wishes of the writer; recorded is the length that the answer has.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from knowledge.records import Language

REGISTERS = ("plain", "professional")
"""Said to a patient, with what it means and why; or said among clinicians, brief."""

LENGTHS = ("short", "medium", "long")
DIFFICULTIES = ("easy", "medium", "hard")
"""A fact is recalled; a condition is inferred; conditions are weighed against each other."""

_SHARES = {"short": 0.2, "medium": 0.4, "long": 0.4}
_PLAIN = 0.75
_LONGER_THAN = {"en": (45, 90), "zh": (80, 160)}
"""From how many words, in Chinese signs, an answer counts as medium, and as long."""


class Manner(NamedTuple):
    """How one row is told."""

    register: str
    length: str

    @property
    def is_plain(self) -> bool:
        """Say whether the answer speaks to a patient."""
        return self.register == "plain"


@dataclass(frozen=True, slots=True)
class WantedManners:
    """What rows are wanted; no names mean that all are."""

    registers: tuple[str, ...] = ()
    lengths: tuple[str, ...] = ()
    difficulties: tuple[str, ...] = ()

    def allows(self, difficulty: str) -> bool:
        """Say whether rows of a difficulty are wanted."""
        return not self.difficulties or difficulty in self.difficulties

    def draw(self, possible: Sequence[str], pick: random.Random) -> Manner | None:
        """Return how to tell a row of a style that knows some registers, or none if it cannot."""
        registers = [each for each in possible if not self.registers or each in self.registers]
        if not registers:
            return None
        plain = len(registers) > 1 and pick.random() < _PLAIN
        register = "plain" if plain else registers[-1]
        lengths = self.lengths or LENGTHS
        shares = [_SHARES[each] for each in lengths]
        return Manner(register, pick.choices(lengths, shares)[0])


ANY = WantedManners()


def length_of(answer: str, language: Language) -> str:
    """Return how long an answer is.

    >>> length_of("Rest.", "en"), length_of("多休息。" * 30, "zh")
    ('short', 'medium')
    """
    size = len(answer.split()) if language == "en" else len(answer)
    return LENGTHS[sum(size > limit for limit in _LONGER_THAN[language])]
