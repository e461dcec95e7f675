"""Tell apart what is said in a row, what is called and what calls bring.

    lookup("Gout", "tests")      -> call of `lookup` with its arguments
    RESULT: Gout — tests: …      -> result, without the mark
    RESULT: BMI = 22.9           -> the same of a calculation

Rows hold calls as texts of one grammar; other tools want them as messages of their own kinds.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from knowledge.calculators import calls
from knowledge.datasets import lookup_calls
from knowledge.records import Lesson

CALLING_STYLES = ("tools", "knowledge-call")
"""Styles all of whose rows declare tools, also those that answer without a call."""

Arguments = dict[str, str | int]

_BEGINNINGS = ("lookup(", "calculate(", "equation(")
_RESULTS = (*lookup_calls.RESULT.values(), *calls.RESULT.values())


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of a row; a call has the name of its tool and the arguments."""

    kind: Literal["system", "user", "assistant", "call", "result"]
    text: str
    tool: str = ""
    arguments: Arguments = field(default_factory=dict)


def calls_tools(lesson: Lesson) -> bool:
    """Say whether a row is to declare tools."""
    return lesson.style in CALLING_STYLES or any(
        message.role == "assistant" and message.content.startswith(_BEGINNINGS)
        for message in lesson.messages
    )


def turns_of(lesson: Lesson) -> list[Turn]:
    """Return the turns of a row; a call is always followed by its result."""
    turns: list[Turn] = []
    tool = ""
    for place, message in enumerate(lesson.messages):
        text = message.content
        if message.role == "user" and tool:
            turns.append(Turn("result", text[len(_mark(text)) :], tool))
            tool = ""
        elif message.role == "assistant":
            after = lesson.messages[place + 1].content if place + 1 < len(lesson.messages) else ""
            said = list(_assistant_turns(text, answered=bool(_mark(after))))
            tool = said[-1].tool
            turns += said
        else:
            turns.append(Turn(message.role, text))
    return turns


def read_call(text: str) -> tuple[str, Arguments] | None:
    """Return the tool and the arguments of a text that is a call and nothing else.

    >>> read_call('lookup("Gout", "tests")')
    ('lookup', {'entity': 'Gout', 'attribute': 'tests'})
    >>> read_call('calculate("BMI", weight=70 kg, height=1.75 m)')
    ('calculate', {'formula': 'BMI', 'values': 'weight=70 kg, height=1.75 m'})
    """
    if asked := lookup_calls.read_call(text):
        return "lookup", {"entity": asked[0], "attribute": asked[1]}
    return calls.split_call(text)


def _assistant_turns(text: str, answered: bool) -> Iterator[Turn]:
    if text.startswith(_BEGINNINGS):
        read = read_call(text) if answered else None
        if read:
            yield Turn("call", text, *read)
            return
    yield Turn("assistant", text)


def _mark(text: str) -> str:
    """Return the mark of a result that a text begins with, if any."""
    return next((each for each in _RESULTS if text.startswith(each)), "")
