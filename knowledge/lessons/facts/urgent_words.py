"""Tell what the user of a row says, and what emergencies are that such words suggest.

    row -> words of its user -> rules of the caller -> emergencies

Which words suggest an emergency is decided outside of `knowledge`: whoever builds or checks rows
passes the rules in.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from knowledge.calculators import calls
from knowledge.datasets import lookup_calls
from knowledge.records import Language, Lesson

CLINICIANS = ("vignette", "huatuo", "multi-hop")
"""Styles whose patients are told of by a clinician."""

WEIGHING = ("dialogue", "vignette")
"""Styles whose rows weigh conditions, and follow one of them."""

_OF_PAPERS = "two-papers"
_SHOWN = re.compile(r"^\s*\[\d+\].*$", re.MULTILINE)
_RESULTS = (*lookup_calls.RESULT.values(), *calls.RESULT.values())


@dataclass(frozen=True, slots=True)
class Emergency:
    """An emergency that words suggest: its id, its name, and what a clinician does at once."""

    id: str
    name: str
    act: str


UrgencyRules = Callable[[tuple[str, ...], Language], tuple[Emergency, ...]]
"""Returns the emergencies that the messages of a user suggest, the best founded first."""


_ENTITY = re.compile("(.+?)(?: — |——)")
"""What a line of evidence is about."""

_HAS: dict[Language, str] = {"en": "I have {}.", "zh": "我有{}。"}
"""What a patient says who confirms what the doctor asked about."""


def confirmed(lesson: Lesson) -> list[str]:
    """Return the findings that the user of a row confirms when asked about them."""
    held = lesson.meta.get("confirmed")
    return [str(each) for each in held] if isinstance(held, list) else []


def users_words(lesson: Lesson) -> tuple[str, ...]:
    """Return what the user says in a row or confirms when asked.

    Results of calls and lines of evidence are not the user's, nor is what the user denies. Who sets
    two papers side by side tells of nobody who is ill, whatever their titles name.
    """
    if lesson.style == _OF_PAPERS:
        return ()
    said = [
        _SHOWN.sub("", message.content).strip()
        for message in lesson.messages
        if message.role == "user" and not message.content.startswith(_RESULTS)
    ]
    said += [_HAS[lesson.language].format(each) for each in confirmed(lesson)]
    return tuple(each for each in said if each)


def names_its_subject(lesson: Lesson) -> bool:
    """Say whether the user of a row names what the first fact of the row is about."""
    found = _ENTITY.match(lesson.sources[0].quote)
    told = " ".join(users_words(lesson)).casefold()
    return found is not None and found[1].casefold() in told
