"""Read the doses that a message gives of its medicines, as milligrams a day.

"paracetamol 1 g four times a day" -> Dose(4000 mg a day)
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from knowledge.text.sentence_support import EntitySpan
from medchat.answering.medication.medicine_wording import cue, number_words
from medchat.answering.medication.patient import medicine_id

_MILLIGRAMS = {"g": 1000.0, "克": 1000.0, "mg": 1.0, "毫克": 1.0}
_TINY = 0.001
_DAYS = 7.0
_HOURS = 24.0
_NEAR = 60
"""A dose stands at most so many characters from its medicine."""


@dataclass(frozen=True, slots=True)
class Dose:
    """A dose of a medicine: its amount in milligrams over a day or a week, as it was written.

    `per_kg` says that the amount is for each kilogram.
    """

    medicine: str
    written: str
    a_day: float
    per_kg: bool = False


def read_doses(text: str, mentions: Sequence[EntitySpan]) -> list[Dose]:
    """Return the doses in a message, each with the medicine that stands nearest."""
    medicines = [each for each in mentions if medicine_id(each)]
    return list(_doses(text, medicines)) if medicines else []


def _doses(text: str, medicines: Sequence[EntitySpan]) -> Iterator[Dose]:
    for match in cue("dose").finditer(text):
        near = min(medicines, key=lambda each: _distance(match, each))
        if _distance(match, near) > _NEAR:
            continue
        count = _number(match["count"] or "1")
        amount = count * float(match["amount"].replace(",", "")) * _unit(match["unit"])
        times = _times(text[match.end() : match.end() + _NEAR]) or _times(
            text[max(0, match.start() - 12) : match.start()]
        )
        yield Dose(medicine_id(near), match[0].strip(), amount * (times or 1.0), bool(match["kg"]))


def _distance(match: re.Match[str], mention: EntitySpan) -> int:
    if mention.end <= match.start():
        return match.start() - mention.end
    return max(0, mention.start - match.end()) + 1


def _unit(written: str) -> float:
    return _MILLIGRAMS.get(written.lower(), _TINY)


def _times(text: str) -> float | None:
    """Return how often a day a dose is given by the words behind it; None where they do not say."""
    stop = re.search(r"[;；。?？!！]|\.(?!\d)", text)
    text = text[: stop.start()] if stop else text
    if match := cue("hours_apart").search(text):
        return _HOURS / float(match[1] or match[2])
    if match := cue("times_a_day").search(text):
        return _number(next(each for each in match.groups() if each))
    if match := cue("short_times").search(text):
        short = next(name for name, each in match.groupdict().items() if each)
        return {"one": 1.0, "two": 2.0, "three": 3.0, "four": 4.0}[short]
    if cue("weekly").search(text):
        return 1 / _DAYS
    return 1.0 if cue("daily").search(text) else None


def _number(written: str) -> float:
    known = number_words().get(written.lower())
    if known:
        return float(known)
    return {"两": 2.0, "once": 1.0, "twice": 2.0, "thrice": 3.0}.get(written.lower()) or float(
        written
    )
