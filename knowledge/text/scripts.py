"""Fold traditional and simplified Chinese into one script for comparing, and change wordings.

    text in either script -> fold_script (character by character, so places stay) -> compared
    name or question -> regional_wordings -> the same in the words of the other region

The tables are OpenCC's. What is folded is compared and never shown: quotations, names and titles
stay as their sources have them.
"""

import re
from functools import cache, lru_cache
from itertools import product
from typing import TYPE_CHECKING

from knowledge.text.characters import CJK

if TYPE_CHECKING:
    from opencc import OpenCC

_HAN = re.compile(f"[{CJK}]")


def fold_script(text: str) -> str:
    """Return a text with each traditional character as its simplified one; the length stays.

    >>> fold_script("高血壓有哪些症狀？"), fold_script("髮癬、復發、內臟")
    ('高血压有哪些症状？', '发癣、复发、内脏')
    """
    if text.isascii():
        return text
    traditional, table, _ = _tables()
    return text.translate(table) if traditional.search(text) else text


def is_traditional(text: str) -> bool:
    """Say whether a text is in traditional characters: it has more of them than simplified ones.

    >>> is_traditional("兒童可以用二甲雙胍嗎？"), is_traditional("儿童"), is_traditional("痛")
    (True, False, False)
    """
    if text.isascii():
        return False
    _, table, variants = _tables()
    traditional = sum(ord(sign) in table for sign in text)
    return traditional > sum(sign in variants for sign in text)


def traditional_forms(term: str) -> list[str]:
    """Return the spellings in traditional characters that are folded to a short term.

    >>> traditional_forms("发热"), traditional_forms("fever")
    (['发熱', '發热', '發熱', '髮热', '髮熱'], [])
    """
    if term.isascii():
        return []
    variants = _tables()[2]
    spelled = product(*((sign, *variants.get(sign, ())) for sign in term))
    return ["".join(signs) for signs in spelled][1:]


def in_traditional(text: str) -> str:
    """Return a text of simplified characters in traditional ones, as Taiwan writes them.

    >>> in_traditional("知识库没有涉及这个问题的内容。")
    '知識庫沒有涉及這個問題的內容。'
    """
    return text if text.isascii() else _converter("s2tw").convert(text)


@lru_cache(maxsize=65536)
def regional_wordings(text: str) -> tuple[str, ...]:
    """Return a text in the mainland's and in Taiwan's words, folded, where these differ.

    >>> regional_wordings("急性心肌梗塞"), regional_wordings("艾滋病"), regional_wordings("哮喘")
    (('急性心肌梗死',), ('爱滋病',), ())
    """
    return reword([text.replace("\n", " ")])[0]


def reword(texts: list[str]) -> list[tuple[str, ...]]:
    """Return the `regional_wordings` of many texts at once; none of them holds a line break.

    Names are many, and each call of the converter costs more than what it converts.
    """
    if not any(map(_HAN.search, texts)):
        return [()] * len(texts)
    joined = "\n".join(texts)
    told = [
        fold_script(_converter(name).convert(joined)).split("\n") for name in ("tw2sp", "s2twp")
    ]
    return [
        tuple(dict.fromkeys(each for each in others if each != fold_script(own)))
        for own, *others in zip(texts, *told, strict=True)
    ]


@cache
def _converter(name: str) -> "OpenCC":
    from opencc import OpenCC

    return OpenCC(name)


_Tables = tuple[re.Pattern[str], dict[int, str], dict[str, tuple[str, ...]]]


@cache
def _tables() -> _Tables:
    """Return what finds traditional characters, what folds them, and what is folded to each."""
    signs = [chr(code) for first, last in _BLOCKS for code in range(first, last)]
    folded = _converter("t2s").convert("\n".join(signs)).split("\n")
    pairs = [
        (sign, plain)
        for sign, plain in zip(signs, folded, strict=True)
        if sign != plain and len(plain) == 1
    ]
    variants: dict[str, tuple[str, ...]] = {}
    for sign, plain in pairs:
        variants[plain] = (*variants.get(plain, ()), sign)
    found = re.compile("[" + "".join(sign for sign, _ in pairs) + "]")
    return found, {ord(sign): plain for sign, plain in pairs}, variants


_BLOCKS = ((0x3400, 0x4DC0), (0x4E00, 0xA000))
"""The characters that may have a simplified form, without those for compatibility."""
