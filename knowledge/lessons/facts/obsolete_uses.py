"""Know which uses of medicines are given up, though lists still hold them.

    medicine + condition -> is it a use that nobody recommends any more

A short list from textbooks, each with its reason, in `obsolete_uses.yaml`.
"""

import re
from functools import cache, lru_cache

from knowledge.lessons.facts import rule_files


@lru_cache(maxsize=1 << 16)
def is_obsolete(medicine: str, condition: str) -> bool:
    """Say whether a medicine was given for a condition and is not any more.

    >>> is_obsolete("Amantadine", "Influenza, Human"), is_obsolete("Amantadine", "Parkinsonism")
    (True, False)
    >>> is_obsolete("盐酸金刚烷胺片", "流行性感冒")
    True
    """
    return any(one.search(medicine) and other.search(condition) for one, other in _pairs())


@cache
def _pairs() -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
    return rule_files.pattern_pairs(rule_files.read("obsolete_uses"), "medicine", "for")
