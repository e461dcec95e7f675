"""Say in what order a paragraph tells the relations of an entity, how long, and what none lacks.

kind of entity -> relations in their order; text -> fits, has room for more
relations told + text -> what its reader needs most and does not find, or nothing
"""

import re
from collections.abc import Collection, Iterable
from typing import Final

from knowledge.records import Language
from knowledge.vocabulary import TREATING

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
    *("description", "symptom", "test", *TREATING, "medicine~", "first_line~", "side_effect"),
    *("contraindication", "red_flag"),
)
"""What no paragraph leaves out where it is known."""

SPARED: Final = (
    *("department", "transmission", "population", "risk_factor", "cause", "complication"),
    *("drug_class", "monitoring", "dose_limit", "pregnancy", "sign", "prevention"),
)
"""What a paragraph that grows too long leaves out, what is missed least first."""

_USED = re.compile(
    r"用于|治疗|首选|用作|缓解|预防|降低|减轻|减少出血|逆转|镇痛|止痛|解热|麻醉|解毒|避孕|泻药|止吐|镇咳|"
    r"抗酸|祛痰|催眠|驱虫|支气管扩张|退热|降压|降糖|抗[^，。；]{1,8}[药素]|抗凝|"
    r"(?<!not )\bfor\b|\bused\b|\btreat|\bprevent|\breliev|\brevers|\blowers?\b|\breduces?\b|"
    r"\bantidote|\bcontracepti|\banaesthe|\banalges|\bpainkill|\blaxative|\bhypnotic|"
    r"\bbronchodilat|\banti(?!muscarinic|cholinergic)\w+|\bfirst[- ]choice in\b|"
    r"\bagainst\b|\binduces? ovulation|\bvaccine",
    re.IGNORECASE,
)
"""How a text that says what a medicine is tells what it is for."""

_CARED_FOR = (*TREATING, "prevention")
_USES = ("medicine~", "first_line~")
_PICTURE = ("symptom", "sign", "red_flag")

FEWEST = 4
"""So many relations a paragraph tells at least."""

_LENGTH: dict[Language, tuple[int, int, int]] = {"en": (60, 130, 200), "zh": (90, 240, 400)}
"""The fewest words or Chinese characters, those after which no sentence follows, and the most."""


def lack(kind: str, relations: Collection[str], described: Iterable[str]) -> str:
    """Return what a paragraph on a medicine or condition does not tell, or an empty text.

    `described` are the texts in it that say what the thing is.

    >>> lack("medicine", ["description"], ["A tricyclic with a long half-life."])
    'what it is for'
    >>> lack("medicine", ["description"], ["A tricyclic for nerve pain."])
    ''
    >>> lack("condition", ["symptom", "complication"], [])
    'what is done about it'
    """
    told = set(relations)
    if kind == "medicine":
        used = told & {*_USES} or any(map(_USED.search, described))
        return "" if used else "what it is for"
    if not told & {*_CARED_FOR}:
        return "what is done about it"
    return "" if told & {*_PICTURE} else "how it shows"


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


def is_too_long(text: str, language: Language) -> bool:
    """Say whether a text has more than a paragraph."""
    return length(text, language) > _LENGTH[language][2]


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
