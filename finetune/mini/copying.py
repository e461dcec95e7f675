"""Copying exercises over random tokens: what a small model learns before it can read.

a b c ... filler ... a b c ...      copy what followed, over a distance that grows
"""

import random
from collections.abc import Sequence

Exercise = tuple[list[int], list[bool]]
"""Token ids, and where a token is to be predicted."""

WIDTH = 24
"""Tokens of a repeated segment."""


def segment(pick: random.Random, distance: int, tokens: Sequence[int]) -> Exercise:
    """Return a random segment, a filler of up to twice the distance, and the segment again.

    The first token of the repetition cannot be known and is not learned.
    """
    first = pick.choices(tokens, k=WIDTH)
    filler = pick.choices(tokens, k=pick.randint(0, 2 * distance))
    learn = [False] * (WIDTH + len(filler) + 1) + [True] * (WIDTH - 1)
    return first + filler + first, learn
