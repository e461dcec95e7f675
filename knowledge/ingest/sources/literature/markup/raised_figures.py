"""Write raised and lowered signs in plain text.

    sup 9 -> ⁹; sup x+1 -> ^(x+1); sub 2 -> ₂

10⁹ must never become 109. Where Unicode has a raised sign for every character it is used, since
it is what readers see; else a circumflex says that the text is raised.
"""

import re

_RAISED = str.maketrans("0123456789+-−–=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻⁼⁽⁾ⁿ")
_LOWERED = str.maketrans("0123456789+-−–=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₋₌₍₎")
_CAN_RAISE = re.compile(r"[0-9+\-−–=()n]+")
_CAN_LOWER = re.compile(r"[0-9+\-−–=()]+")
_AS_IT_IS = re.compile(r"(?:st|nd|rd|th|e|er|ère|ème|®|™|©|\*+|†+|‡+|§+|¶+|[⁰¹²³⁴-⁹⁺⁻⁼⁽⁾ⁿ]+)", re.I)
"""What is raised in print without another meaning: ordinals and marks of notes."""

_ONE_WORD = re.compile(r"[^\W_]+")


def raised(text: str) -> str:
    """Return what is written for a superscript; a space at its end parts it from what follows.

    >>> raised("-3"), raised("th"), raised("a"), raised("x + 1")
    ('⁻³', 'th', '^a', '^(x + 1)')
    """
    core = text.strip()
    if not core:
        return text
    after = text[len(text.rstrip()) :]
    if _CAN_RAISE.fullmatch(core):
        return core.translate(_RAISED) + after
    if _AS_IT_IS.fullmatch(core):
        return text
    return (f"^{core}" if _ONE_WORD.fullmatch(core) else f"^({core})") + after


def lowered(text: str, before: str = "") -> str:
    """Return what is written for a subscript that follows the sign `before`.

    A word that begins with a letter goes on after a letter, as HbA1c and Tmax are written by
    everybody; 1c after A does so too.

    >>> lowered("2", "H"), lowered("1c", "A"), lowered("max", "T"), lowered("i", "5")
    ('₂', '1c', 'max', '_i')
    """
    core = text.strip()
    if not core:
        return text
    after = text[len(text.rstrip()) :]
    if _CAN_LOWER.fullmatch(core):
        return core.translate(_LOWERED) + after
    if _ONE_WORD.fullmatch(core):
        return (core if before.isalpha() else f"_{core}") + after
    return f"_({core})" + after


_POWER = re.compile(r"[0-9+\-−–n]+|[(][0-9+\-−–n]+[)]")


def power(text: str, grouped: str) -> str:
    """Return a power of a formula: raised figures, or what it says in brackets after ^.

    >>> power("-3", "-3"), power("k + 1", "(k + 1)")
    ('⁻³', '^(k + 1)')
    """
    core = text.replace(" ", "")
    return core.translate(_RAISED) if _POWER.fullmatch(core) else f"^{grouped}"


def index(text: str, grouped: str) -> str:
    """Return an index of a formula: lowered figures, or what it says in brackets after _.

    >>> index("2", "2"), index("max", "max")
    ('₂', '_max')
    """
    core = text.strip()
    return core.translate(_LOWERED) if core.isascii() and core.isdigit() else f"_{grouped}"
