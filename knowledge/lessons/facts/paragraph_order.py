"""Say in what order a paragraph tells the relations of an entity, and how long it may be.

kind of entity -> relations in their order; text -> fits, has room for more
"""

from typing import Final

from knowledge.records import Language

ORDER: Final[dict[str, tuple[str, ...]]] = {
    "condition": (
        *("description", "cause", "risk_factor", "symptom", "sign", "population", "transmission"),
        *("test", "first_line", "treatment", "medicine", "complication", "prevention"),
        *("department", "red_flag"),
    ),
    "medicine": (
        *("description", "drug_class", "first_line~", "medicine~", "dose_limit", "side_effect"),
        *("contraindication", "interaction", "precaution", "monitoring", "pregnancy"),
    ),
}
"""The relations of a paragraph, from what something is to what follows from it."""

KEPT = (
    *("description", "symptom", "medicine~", "first_line~", "side_effect"),
    *("contraindication", "red_flag"),
)
"""What no paragraph leaves out where it is known."""

FEWEST = 4
"""So many relations a paragraph tells at least."""

_LENGTH: dict[Language, tuple[int, int, int]] = {"en": (60, 130, 200), "zh": (90, 240, 400)}
"""The fewest words or Chinese characters, those after which no sentence follows, and the most."""


def length(text: str, language: Language) -> int:
    """Return the words of an English text, the characters of a Chinese one.

    >>> length("It hurts.", "en"), length("会痛。", "zh")
    (2, 3)
    """
    return len(text.split()) if language == "en" else len(text)


def fits(text: str, language: Language) -> bool:
    """Say whether a text has the length of a paragraph."""
    fewest, _, most = _LENGTH[language]
    return fewest <= length(text, language) <= most


def has_room(text: str, language: Language) -> bool:
    """Say whether another sentence may follow."""
    return length(text, language) < _LENGTH[language][1]


def is_in_order(relations: list[str], kind: str) -> bool:
    """Say whether relations stand in the order of paragraphs, each in one place.

    >>> is_in_order(["symptom", "test"], "condition"), is_in_order(["test", "symptom"], "condition")
    (True, False)
    """
    order = ORDER.get(kind, ())
    places = [order.index(each) if each in order else -1 for each in relations]
    return -1 not in places and places == sorted(places)
