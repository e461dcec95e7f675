"""A correction changes the fact that it is of; what is told of somebody else is not kept."""

import pytest

from medchat.answering.patient.corrections import as_statement, whole_words
from medchat.answering.patient.patient_reading import read_message
from medchat.answering.patient_state import Measurement, PatientState

KNOWN = PatientState(age=67, measurements={"weight": Measurement("70", "kg")})


def nothing(text):
    return ()


@pytest.mark.parametrize(
    ("message", "statement"),
    [
        ("actually 76", "patient is 76 years old"),
        ("I meant 76 not 67", "patient is 76 years old"),
        ("sorry, 77 not 70", "weight 77 kg"),
        ("不对，是76", "patient is 76 years old"),
        ("不是70，是77", "weight 77 kg"),
        ("actually 500 not 67", "actually 500 not 67"),
        ("sorry, 12", "sorry, 12"),
        ("sorry, COPD not asthma", "patient has COPD, no asthma"),
        ("gout rather than arthritis", "patient has gout, no arthritis"),
        ("不是哮喘，是慢阻肺", "患者有慢阻肺，没有哮喘"),
        ("是慢阻肺，不是哮喘", "患者有慢阻肺，没有哮喘"),
        ("she is not pregnant", "she is not pregnant"),
        ("Is it COPD, not asthma?", "Is it COPD, not asthma?"),
    ],
)
def test_a_correction_is_told_in_full(message, statement):
    assert as_statement(message, KNOWN) == statement


def test_nothing_is_corrected_where_nothing_is_known():
    assert as_statement("actually 76", PatientState()) == "actually 76"


def test_a_word_that_an_aspect_sign_parts_is_whole():
    assert whole_words("他以前中过风，骨过折，得过肺炎") == "他以前中风，骨折，得过肺炎"


def after(*messages):
    state = PatientState()
    for each in messages:
        state = read_message(each, state, nothing).state
    return state


@pytest.mark.parametrize(
    ("messages", "allergies"),
    [
        (["He is allergic to penicillin", "his wife is allergic, not him"], []),
        (["患者对青霉素过敏", "是他老婆过敏，不是他"], []),
        (["his wife is allergic to penicillin, not him"], []),
        (["No allergies; mother allergic to penicillin"], []),
        (["无过敏史，母亲青霉素过敏"], []),
        (["what is he allergic to about"], []),
        (["adrenaline dose in anaphylaxis"], []),
        (["he is allergic to penicillin and eggs"], ["penicillin", "eggs"]),
        (["she has a nut allergy"], ["nut"]),
        (["她对头孢过敏"], ["头孢"]),
    ],
)
def test_an_allergy_is_of_the_one_who_has_it(messages, allergies):
    assert [each.text for each in after(*messages).allergies] == allergies


@pytest.mark.parametrize(
    ("message", "values"),
    [
        ("patient weighs 1e400 kg", {}),
        ("weight 9999 kg", {}),
        ("creatinine clearance: 82-year-old woman, 54 kg", {"weight": "54"}),
    ],
)
def test_an_impossible_number_is_not_known(message, values):
    known = after(message).measurements
    assert {name: each.value for name, each in known.items()} == values


@pytest.mark.parametrize(
    ("message", "wanted"),
    [
        ("BMI for 92 kg and 1.74 m", {"age": None, "sex": None}),
        ("Child-Pugh: bilirubin 30", {"age_group": None}),
        ("孩子1岁半", {"age": 1.5}),
        ("lorazepam while nursing my baby", {"breastfeeding": True, "age_group": None}),
        ("准备要孩子能吃甲氨蝶呤吗", {"age_group": None}),
        ("🤰 ibuprofen", {"pregnant": True}),
        ("🤱 codeine", {"breastfeeding": True}),
        ("nitrofurantoin at term?", {"pregnant": True}),
        ("她已经不怀孕了", {"pregnant": False}),
        ("安非他酮的副作用", {"sex": None}),
    ],
)
def test_who_is_spoken_of_is_read_from_whole_words(message, wanted):
    state = after(message)
    assert {name: getattr(state, name) for name in wanted} == wanted
