"""Say what exam questions may ask, and of what it is fair to say that the graph does not hold it.

relation -> may be asked, may be denied; name -> too general to stand as a wrong option
"""

from functools import cache

from knowledge.lessons.templates.loader import LANGUAGES, load
from knowledge.lessons.templates.tables import ExamWords

LETTERS = "ABCD"
BLANK = "____"

DENIABLE = (
    *("symptom", "sign", "cause", "risk_factor", "test", "first_line", "treatment", "medicine"),
    *("complication", "department", "medicine~", "first_line~"),
)
"""Relations of which a question may offer what the graph does not hold.

Not of contraindications, interactions, side effects and warnings: that no source lists one is no
reason to teach that there is none.
"""

ASKED = (*DENIABLE, "side_effect", "contraindication", "drug_class")
"""Relations that statements to judge and blanks may be about."""

FILLED = {"drug_class": 3, "department": 2, "first_line": 3, "cause": 1}
"""Relations with few right answers, by how many of them a page may name where one is left out.

Which of many side effects or findings is missing nobody can tell.
"""

MOST_BESIDE = max(FILLED.values()) - 1
"""A blank in a list stands beside at most so many other names of it."""


def can_be_filled(relation: str, count: int) -> bool:
    """Say whether a blank among so many names of a relation has an answer that can be known.

    >>> can_be_filled("first_line", 2), can_be_filled("side_effect", 1)
    (True, False)
    """
    return count <= FILLED.get(relation, 0)


@cache
def _general() -> frozenset[str]:
    every = (text for language in LANGUAGES for text in load(ExamWords, language).too_general)
    return frozenset(text.casefold() for text in every)


def is_too_general(name: str) -> bool:
    """Say whether a name stands for so much that it may be right of nearly anything.

    >>> is_too_general("fever"), is_too_general("Koplik spots")
    (True, False)
    """
    return name.casefold() in _general()
