"""Say which relations a comparison tells, and of which it says what only one of two has.

kind of entity -> relations in their order; relation -> may it be told of one alone
"""

from typing import Final

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

KINDS = tuple(ORDER)
