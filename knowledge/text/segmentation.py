"""Choose the words among the character pairs of Chinese text, without a dictionary.

    run of characters + how rare each pair is -> the commonest pairs that together cover the run

A pair across two words is rarer in a base than the words themselves. Where no text of the base
holds a pair it either crosses a border, or is of a word that the base does not know; the second
must stay, for nothing may be said of it.
"""

from collections.abc import Callable

Rarity = Callable[[str], float]
"""Says how telling a term is, high for one that few passages or none hold."""

_STRANGE = 2.0
"""A pair that nothing holds costs so many times what the rarest of the others can."""

_ALONE = 1.2
"""What a character costs by the same measure that is left over: a word of its own, as 做.

More than half of a strange pair, so that two strange characters stay together and are missed.
"""


def segment(run: str, rarity: Rarity, unknown: float) -> list[str]:
    """Return the pairs of a run that cover its characters at the least rarity in sum.

    `unknown` is the rarity of what nothing holds. Characters that are words of their own are left
    out; a run of one character is returned as it is.

    >>> known = {"纠正": 2.0, "速度": 2.5, "手术": 1.0}
    >>> rarity = lambda pair: known.get(pair, 9.0)
    >>> segment("纠正速度", rarity, 9.0), segment("做手术", rarity, 9.0)
    (['纠正', '速度'], ['手术'])
    >>> segment("霍乱", rarity, 9.0)
    ['霍乱']
    """
    if len(run) < 2:
        return [run]
    # Each entry is the cheapest cover of the characters before a place, the last two are enough.
    best: list[tuple[float, list[str]]] = [(0.0, []), (_ALONE * unknown, [])]
    for place in range(1, len(run)):
        pair = run[place - 1 : place + 1]
        rare = rarity(pair)
        cost = rare if rare < unknown else _STRANGE * unknown
        before = min(best, key=lambda cover: cover[0])
        alone = best[1][0] + _ALONE * unknown
        joined = (before[0] + cost, [*before[1], pair])
        best = [best[1], joined if joined[0] <= alone else (alone, best[1][1])]
    return best[1][1]
