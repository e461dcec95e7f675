"""What a follow-up leaves out is taken from the conversation and from what is known."""

from functools import partial
from pathlib import Path

import pytest
import yaml
from answering_names import LINKER

from knowledge.search.query_parser import parse_query
from medchat.answering.patient.patient_reading import read_message
from medchat.answering.patient_state import NamedThing, PatientState
from medchat.answering.understanding import understand_question

CASES = Path(__file__).parents[2] / "cases"
FOLLOW_UPS = yaml.safe_load((CASES / "follow_ups.yaml").read_text("utf-8"))
parse = partial(parse_query, linker=LINKER)


def understood(*messages, state=None):
    state = state or PatientState()
    for message in messages:
        state = read_message(message, state, LINKER.find).state
    return understand_question(messages[-1], messages[:-1], parse, state)


@pytest.mark.parametrize("case", FOLLOW_UPS, ids=lambda case: " | ".join(case["say"]))
def test_a_follow_up_is_completed(case):
    asked = understood(*case["say"])
    if "becomes" not in case:
        assert (asked.question, asked.follows) == (case["say"][-1], False)
        return
    assert (asked.question, asked.follows) == (case["becomes"], True)


def test_a_card_alone_completes_a_question():
    card = PatientState(
        medicines=(NamedThing("warfarin", ("medicine:2",)),),
        conditions=(NamedThing("gout", ("condition:0",)),),
    )
    assert understood("What is the first-line treatment?", state=card).question == (
        "Gout: What is the first-line treatment?"
    )
    assert understood("Can I add ibuprofen?", state=card).question == (
        "Can ibuprofen be taken with warfarin?"
    )
