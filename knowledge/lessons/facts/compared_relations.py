"""Say which relations a comparison tells, and of which it says what only one of two has.

kind of entity -> relations in their order; relation -> may it be told of one alone
names of two -> whether anybody would compare them
"""

import re
from collections.abc import Sequence
from typing import Final

from knowledge.lessons.facts import exam_rules

ORDER: Final[dict[str, tuple[str, ...]]] = {
    "condition": (
        *("symptom", "sign", "cause", "risk_factor", "test", "first_line", "treatment", "medicine"),
        *("complication", "department"),
    ),
    "medicine": ("first_line~", "medicine~", "side_effect", "contraindication"),
}
"""The relations that are compared, in the order in which they are told."""

CONTRASTED = frozenset(
    (
        *("symptom", "sign", "cause", "risk_factor", "test", "first_line", "treatment"),
        *("medicine", "complication", "medicine~", "first_line~"),
    )
)
"""Of these it is told what only one of the two has; the rest are told of each, plainly."""

LISTED = ("medicine", "medicine~", "first_line~")
"""Of these it is said that what is listed for one alone may hold of the other as well."""

KINDS = tuple(ORDER)

FINDINGS = ("symptom", "sign")
DECIDING = (FINDINGS, ("test", "cause"), ("first_line", "medicine"))
"""What sets two conditions apart: one of each line is told where both have something of it."""

_FEVER = re.compile("fever|fieber|发热|发烧", re.IGNORECASE)
"""A finding of many illnesses that sets apart those which have it from those which do not."""

_SAYS_NOTHING = re.compile(
    "hypersensitivity to the medicine|对[该本]?(?:品|药物?)(?:成分)?过敏", re.IGNORECASE
)
"""What rules any medicine out."""

_APART = tuple(
    (re.compile(one, re.IGNORECASE), re.compile(other, re.IGNORECASE))
    for one, other in (
        ("HIV|艾滋", "tubercul|结核"),
        ("heart failure|angina|心力?衰竭?|心绞痛", "atrial fibrillation|心房颤动|房颤"),
        ("contusion|fracture|injury|挫伤|骨折|外伤", "cancer|tumou?r|癌|瘤"),
        ("endocarditis|心内膜炎", "tubercul|结核"),
        ("^(?:a )?urinary tract infection|^尿路感染", "pyeloneph|cystitis|肾盂|膀胱炎"),
        ("alcohol withdrawal|酒精戒断", "alcohol|酒精"),
        ("empyema|脓胸", "pneumonia|obstructive|COPD|肺炎|慢性阻塞"),
        ("hypercalc|高钙", "diabet|糖尿病"),
        ("alcohol use|酒精使用", "depress|anxi|抑郁|焦虑"),
    )
)
"""Pairs of which one comes with the other or holds it, or that nobody takes for each other."""


def are_compared(one: str, other: str) -> bool:
    """Say whether two conditions are such that somebody asks what sets them apart.

    >>> are_compared("HIV infection", "tuberculosis"), are_compared("gout", "septic arthritis")
    (False, True)
    """
    return not any(
        a.search(x) and b.search(y) for a, b in _APART for x, y in ((one, other), (other, one))
    )


def is_too_general(names: Sequence[str]) -> bool:
    """Say whether what names mean may hold of nearly anything, fever aside.

    >>> is_too_general(["fatigue"]), is_too_general(["fever"])
    (True, False)
    """
    return any(exam_rules.is_too_general(each) and not _FEVER.fullmatch(each) for each in names)


def says_something(name: str) -> bool:
    """Say whether a name sets a medicine apart from any other.

    >>> says_something("hypersensitivity to the medicine"), says_something("gout")
    (False, True)
    """
    return _SAYS_NOTHING.search(name) is None
