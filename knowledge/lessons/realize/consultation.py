"""Say what stands around the facts of a doctor's answer: heard, why it is done, what comes next.

answer in the making -> sentences that rest on no fact, one for each step of a consultation
"""

import random

from knowledge.lessons.realize.answer_builder import AnswerBuilder
from knowledge.lessons.templates import grammar
from knowledge.lessons.templates.loader import load
from knowledge.lessons.templates.tables import ConsultationWords
from knowledge.records import Language

_HEARD = 0.75
_WHY = 0.7
_NEXT = 0.8
"""How often each of the three is said."""


def acknowledge(answer: AnswerBuilder, language: Language, pick: random.Random) -> None:
    """Begin an answer by saying that the complaint was heard, most of the time."""
    if pick.random() < _HEARD:
        answer.add(grammar.draw(load(ConsultationWords, language).heard, pick))


def explain(answer: AnswerBuilder, relation: str, language: Language, pick: random.Random) -> None:
    """Say why what was just stated matters, where there is something to say."""
    why = load(ConsultationWords, language).why.get(relation, ())
    if why and pick.random() < _WHY:
        answer.add(grammar.draw(why, pick))


def say_what_is_next(answer: AnswerBuilder, language: Language, pick: random.Random) -> bool:
    """End an answer with what comes next, most of the time; return whether it was said."""
    said = pick.random() < _NEXT
    if said:
        answer.add(grammar.draw(load(ConsultationWords, language).next_step, pick))
    return said
