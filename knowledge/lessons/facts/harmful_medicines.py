"""Know which medicines harm whoever has a condition, whatever a scraped list says.

    condition + medicine -> is it a medicine that somebody with it is not given

A short list from textbooks, each with its reason, in `harmful_medicines.yaml`.
"""

import re
from functools import cache, lru_cache

from knowledge.lessons.facts import rule_files
from knowledge.records import Language


@lru_cache(maxsize=1 << 16)
def is_harmful(condition: str, medicine: str, language: Language) -> bool:
    """Say whether a medicine harms whoever has a condition.

    >>> is_harmful("血管性痴呆", "盐酸苯海索片", "zh"), is_harmful("帕金森病", "盐酸苯海索片", "zh")
    (True, False)
    >>> is_harmful("vascular dementia", "trihexyphenidyl", "en")
    True
    """
    return any(one.search(condition) and other.search(medicine) for one, other in _pairs(language))


@cache
def _pairs(language: Language) -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
    rows = rule_files.read("harmful_medicines")[language]
    return rule_files.pattern_pairs(rows, "in", "medicine")
