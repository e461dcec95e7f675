"""Say what exam questions may ask, and of what it is fair to say that the graph does not hold it.

relation -> may be asked, may be denied; name -> too general to stand as a wrong option
"""

import re
from functools import cache

from knowledge.lessons.templates.loader import LANGUAGES, load
from knowledge.lessons.templates.tables import ExamWords

LETTERS = "ABCD"
BLANK = "____"

DENIABLE = ("symptom", "sign", "cause", "first_line")
"""Relations of which a question may offer what the graph does not hold.

Not of contraindications, interactions, side effects and warnings: that no source lists one is no
reason to teach that there is none. Nor of tests, uses and complications, of which no list is whole.
"""

ASKED = (*DENIABLE, "department", "drug_class")
"""Relations that statements to judge and blanks may be about."""

FILLED = ("drug_class", "department", "cause")
"""Relations of which a name may be left out, where a page has no other of them.

Which of several first choices, or of many findings, is missing nobody can tell.
"""

TYPICAL = re.compile("typical |典型")
"""What is said of a finding that somebody chose, and not of one in a gathered list."""

_GERM = re.compile(
    r"\b(?:virus|(?:strepto|staphylo|pneumo|meningo|gono|entero)cocc|[a-z]*bacteri(?:um|a)\b)|"
    r"^[A-Z][a-z]+ [a-z]{4,}(?:ae|i|is|us|um|a|ii|es|ans|tum)$|"
    "病毒|[杆球弧]菌|螺旋体|衣原体|支原体|立克次体|疏螺旋体|原虫|念珠菌|真菌|霉菌|吸虫|线虫|绦虫|疥螨"
)
_NO_GERM = re.compile("infection|disease|感染|病$", re.IGNORECASE)


def is_germ(name: str) -> bool:
    """Say whether a cause is a germ: an illness has one such cause, and an exam may ask for it.

    >>> is_germ("dengue virus"), is_germ("obesity"), is_germ("Epstein-Barr virus infection")
    (True, False, False)
    """
    return bool(_GERM.search(name)) and not _NO_GERM.search(name)


def can_be_filled(relation: str, count: int) -> bool:
    """Say whether a blank among so many names of a relation has an answer that can be known.

    >>> can_be_filled("cause", 1), can_be_filled("side_effect", 1)
    (True, False)
    """
    return count == 1 and relation in FILLED


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
