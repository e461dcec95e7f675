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

MOST_BESIDE = 5
"""A blank in a list stands beside at most so many other names of it."""


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
