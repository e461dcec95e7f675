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


def users_words(lesson: Lesson) -> tuple[str, ...]:
    """Return what the user says in a row: no results of calls, no lines of evidence."""
    said = [
        _SHOWN.sub("", message.content).strip()
        for message in lesson.messages
        if message.role == "user" and not message.content.startswith(_RESULTS)
    ]
    return tuple(each for each in said if each)
