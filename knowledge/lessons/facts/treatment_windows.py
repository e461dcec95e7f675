"""Tell which conditions are treated within the first days or too late.

name of a condition + findings -> whether whoever may have it is seen within a day or two
"""

import re
from collections.abc import Sequence
from functools import cache

from knowledge.lessons.facts import rule_files


def closes(name: str, felt: Sequence[str]) -> bool:
    """Say whether treatment of a condition comes too late for somebody who waits for days.

    >>> closes("Shingles", []), closes("带状疱疹后神经痛", [])
    (True, False)
    >>> closes("B12 deficiency", ["numbness"]), closes("B12 deficiency", ["fatigue"])
    (True, False)
    """
    told = "\n".join(felt)
    return any(of.search(name) and where.search(told) for of, where in _windows())


@cache
def _windows() -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
    return rule_files.pattern_pairs(rule_files.read("treatment_windows"), "of", "felt")
