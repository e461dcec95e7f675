"""Say first what is worked out and not looked up: calculations, differentials, medication checks.

    Turn (question, patient, graph) -> each step -> Lead -> what stands before the evidence

A step is a function from a `Turn` to a `Lead`, or to None where the turn is not its matter. No
model takes part.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from knowledge.search.searcher import Search
from medchat.answering.answer import Alert, CalculationResult, Language
from medchat.answering.answer_check import CheckedAnswer
from medchat.answering.answer_parts import join_parts
from medchat.answering.patient.patient_reading import Reading
from medchat.answering.patient_state import PatientState
from medchat.answering.understanding import Question


@dataclass(frozen=True, slots=True)
class Turn:
    """What a step reads: the message as written, as understood, and what is known with it.

    `urgent` says that the message tells of an emergency and asks for nothing else; `reading` is
    what the message itself told of the patient. `earlier` are the questions before it,
    `calculations` those of the answer before it.
    """

    message: str
    language: Language
    asked: Question
    patient: PatientState
    search: Search
    urgent: bool = False
    reading: Reading | None = None
    earlier: tuple[str, ...] = ()
    calculations: tuple[CalculationResult, ...] = ()


@dataclass(frozen=True, slots=True)
class Lead:
    """What a step says: sentences with their citations, alerts, calculations.

    `complete` says that the question is answered by it, so that nothing is looked up; with
    `beside_papers` a paper on the very question is told as well, where there is one. `told_of`
    are the conditions whose treatment it tells: besides it, only passages on them are told.
    """

    told: CheckedAnswer | None = None
    alerts: tuple[Alert, ...] = ()
    calculations: tuple[CalculationResult, ...] = ()
    complete: bool = False
    beside_papers: bool = False
    told_of: frozenset[str] = frozenset()


Step = Callable[[Turn], Lead | None]


def lead(turn: Turn, steps: Sequence[Step]) -> Lead:
    """Return what the steps say together; those after a complete one are not asked."""
    said: list[Lead] = []
    for step in steps:
        one = step(turn)
        if one is not None:
            said.append(one)
            if one.complete:
                break
    told = [one.told for one in said if one.told is not None]
    return Lead(
        told=join_parts(told) if told else None,
        alerts=tuple(alert for one in said for alert in one.alerts),
        calculations=tuple(each for one in said for each in one.calculations),
        complete=any(one.complete for one in said),
        beside_papers=any(one.beside_papers for one in said),
        told_of=frozenset(id for one in said for id in one.told_of),
    )
