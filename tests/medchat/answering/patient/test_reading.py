"""What messages tell of a patient, in both languages; what is denied is never held as so."""

from functools import cache
from pathlib import Path

import pytest
import yaml
from answering_names import LINKER

from knowledge.text.names import language_of
from medchat.answering.patient.patient_reading import Reading, read_message
from medchat.answering.patient_state import NamedThing, PatientState

TABLE = yaml.safe_load(
    (Path(__file__).parents[3] / "cases" / "patient_messages.yaml").read_text("utf-8")
)
_NAMED = ("medicines", "conditions", "findings", "absent", "allergies")
_PLAIN = ("age", "age_group", "sex", "pregnant", "pregnancy_week", "trimester", "breastfeeding")


def heard(*messages: str, state: PatientState | None = None) -> Reading:
    state = state or PatientState()
    for message in messages:
        reading = read_message(message, state, LINKER.find)
        state = reading.state
    return reading


def shown(state: PatientState) -> dict[str, object]:
    known: dict[str, object] = {
        name: getattr(state, name) for name in _PLAIN if getattr(state, name) is not None
    }
    for name in _NAMED:
        if getattr(state, name):
            known[name] = sorted(each.text for each in getattr(state, name))
    if state.measurements:
        known["measurements"] = {
            name: f"{each.value} {each.unit}".strip() for name, each in state.measurements.items()
        }
    return known


@pytest.mark.parametrize("case", TABLE["cases"], ids=lambda case: " | ".join(case["say"]))
def test_a_message_is_read(case):
    reading = heard(*case["say"])
    wanted = {name: case[name] for name in case if name not in ("say", "tells", "passing")}
    wanted |= {name: sorted(case[name]) for name in _NAMED if name in case}
    assert shown(reading.state) == wanted
    assert reading.only_tells == case.get("tells", False)
    assert bool(reading.state.passing) == case.get("passing", False)


@cache
def _names() -> list[tuple[str, str]]:
    return [
        (name, kind)
        for kind, pairs in TABLE["names"].items()
        for pair in pairs
        for name in pair.split("/")
    ]


_DENIALS = {
    "en": ("He has no {}.", "She denies {} today.", "My patient is without {}, he feels well."),
    "zh": ("患者没有{}。", "他否认{}。", "患者无{}，精神可。"),
}


@pytest.mark.parametrize("n", range(3))
def test_what_is_denied_is_never_held(n):
    before = PatientState(
        conditions=(NamedThing("gout", ("condition:0",)),),
        findings=(NamedThing("fever", ("symptom:0",)),),
        medicines=(NamedThing("amiodarone", ("medicine:0",)),),
    )
    for name, _ in _names():
        said = _DENIALS[language_of(name)][n].format(name)
        for state in (before, PatientState()):
            after = heard(said, state=state).state
            held = {
                id
                for each in (*after.medicines, *after.conditions, *after.findings, *after.allergies)
                for id in each.entities
            }
            (mention,) = LINKER.find(name)
            assert not held & set(mention.entities), said


def test_questions_on_names_at_large_tell_of_nobody():
    for name, kind in _names():
        asks = {
            "en": ("What is {}?", "How is {} monitored?", "Which drugs interact with {}?"),
            "zh": ("什么是{}？", "{}有哪些禁忌？", "{}怎么监测？"),
        }[language_of(name)]
        for ask in asks:
            assert heard(ask.format(name)).state.is_empty, (ask, name, kind)
