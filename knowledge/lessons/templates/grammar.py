"""Draw one of the texts that a template with alternatives stands for.

    "{s} (can|may) (cause|bring on) {a}." -> "{s} may cause {a}."

A group in parentheses stands for one of its alternatives, each of which may be empty or hold groups
of its own. Other brackets stay as they are: `realizer.fill` resolves them. docs/templates.md
specifies the notation.
"""

import random
from collections.abc import Sequence
from functools import cache

_Parts = tuple["str | _Choice", ...]
_Choice = tuple["str | _Parts", ...]
"""Alternatives; one that holds no choice of its own is its text."""

_CLOSES = {"[": "]", "<": ">", "«": "»", "{": "}"}


def draw(templates: Sequence[str], pick: random.Random) -> str:
    """Return one of the texts of one of the templates.

    >>> draw(["(hot|hot) tea"], random.Random(0))
    'hot tea'
    """
    return vary(templates[int(pick.random() * len(templates))], pick)


def vary(template: str, pick: random.Random) -> str:
    """Return one of the texts that a template stands for.

    >>> sorted({vary("a (big|(very |)small) tree", random.Random(n)) for n in range(40)})
    ['a big tree', 'a small tree', 'a very small tree']
    """
    parts = _parsed(template)
    if len(parts) == 1 and isinstance(parts[0], str):
        return parts[0]
    said: list[str] = []
    _write(parts, pick, said)
    return "".join(said)


def count_texts(template: str) -> int:
    """Return how many texts a template stands for.

    >>> count_texts("a (big|(very |)small) tree")
    3
    """
    return _count(_parsed(template))


def _write(parts: _Parts, pick: random.Random, said: list[str]) -> None:
    for part in parts:
        option = part if isinstance(part, str) else part[int(pick.random() * len(part))]
        if isinstance(option, str):
            said.append(option)
        else:
            _write(option, pick, said)


def _count(parts: _Parts) -> int:
    product = 1
    for part in parts:
        if not isinstance(part, str):
            product *= sum(1 if isinstance(each, str) else _count(each) for each in part)
    return product


@cache
def _parsed(template: str) -> _Parts:
    parts, place = _sequence(template, 0, within=False)
    if place != len(template):
        raise ValueError(f"The template {template!r} closes what it did not open.")
    return parts


def _sequence(template: str, place: int, within: bool) -> tuple[_Parts, int]:
    """Read up to the end of an alternative; a bar counts only outside of other brackets."""
    parts: list[str | _Choice] = []
    text, closing = "", ""
    while place < len(template):
        sign = template[place]
        if not closing and (sign == ")" or (within and sign == "|")):
            break
        if sign == "(":
            choice, place = _choice(template, place + 1)
            parts += [text, choice] if text else [choice]
            text = ""
            continue
        closing = "" if sign == closing else closing or _CLOSES.get(sign, "")
        text += sign
        place += 1
    if closing:
        raise ValueError(f"The template {template!r} does not close what it opens.")
    return tuple([*parts, text] if text or not parts else parts), place


def _choice(template: str, place: int) -> tuple[_Choice, int]:
    options: list[str | _Parts] = []
    while place < len(template):
        option, place = _sequence(template, place, within=True)
        plain = len(option) == 1 and isinstance(option[0], str)
        options.append(option[0] if plain else option)
        if template[place : place + 1] == ")":
            return tuple(options), place + 1
        place += 1
    raise ValueError(f"The template {template!r} does not close what it opens.")
