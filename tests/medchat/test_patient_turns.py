"""What a conversation tells of its patient: noted, shown, recorded, corrected."""

import pytest
from toy_home import open_filled, scripted

from medchat.answering.patient_state import NamedThing, PatientState
from medchat.storage import conversations, transcript

TREATMENT = "What is the first-line treatment of type 2 diabetes?"


@pytest.fixture
def chat(home):
    engine = open_filled(home)
    yield scripted(engine, ["First-line treatment of type 2 diabetes: metformin [1]."] * 9)
    engine.dispose()


def said(chat, *messages):
    answer = chat.ask(messages[0])
    for message in messages[1:]:
        answer = chat.ask(message, answer.conversation)
    return answer


def test_a_message_that_only_tells_is_noted_and_nothing_is_looked_up(chat):
    answer = said(chat, "I have a patient with type 2 diabetes on metformin, eGFR 25")
    assert "Noted: type 2 diabetes, eGFR 25, metformin." in answer.text
    assert answer.about == "type 2 diabetes · eGFR 25 · metformin"
    assert (answer.model.base, answer.abstained, answer.citations) == ("rules", False, ())
    assert chat.writer.model.heard == []


def test_what_is_known_stays_through_questions_and_small_talk(chat):
    answer = said(chat, "Patient on metformin, eGFR 25", "Thank you", TREATMENT)
    assert answer.about == "eGFR 25 · metformin"
    assert "metformin [1]" in answer.text


def test_it_is_recorded_with_the_answer(chat):
    answer = said(chat, "Patient on metformin, eGFR 25")
    (_, stored) = conversations.messages(chat.engine, answer.conversation)
    assert (stored.answer.patient, stored.answer.about) == (answer.patient, answer.about)
    held = conversations.conversation(chat.engine, answer.conversation)
    messages = conversations.messages(chat.engine, answer.conversation)
    assert "_eGFR 25 · metformin_" in transcript.markdown(held, messages)


def test_it_is_said_in_the_language_of_the_question(chat):
    assert said(chat, "Patient on metformin, eGFR 25", "2型糖尿病的一线治疗是什么？").about == (
        "eGFR 25 · 二甲双胍"
    )


def test_a_contradiction_is_said_before_the_answer(chat):
    answer = said(chat, "She is pregnant.", f"She is not pregnant. {TREATMENT}")
    assert answer.text.startswith("Now taken as: not pregnant (before: pregnant).")
    assert answer.patient.pregnant is False


@pytest.mark.parametrize(
    ("message", "begins", "about"),
    [
        ("remove metformin", "Removed: metformin.", "eGFR 25"),
        ("forget the patient", "What was known of the patient is forgotten", ""),
        ("eGFR is 40 now", "Now taken as: eGFR 40 (before: eGFR 25).", "eGFR 40 · metformin"),
        ("去掉metformin", "已去除：metformin。", "eGFR 25"),
        ("清除患者信息", "已清除患者信息", ""),
    ],
)
def test_it_can_be_corrected(chat, message, begins, about):
    answer = said(chat, "Patient on metformin, eGFR 25", message)
    assert answer.text.startswith(begins)
    assert answer.about == about


def test_a_question_at_large_holds_for_that_question_only(chat):
    assert said(chat, "Is metformin safe in pregnancy?").about == "pregnant"
    assert said(chat, "Is metformin safe in pregnancy?", TREATMENT).about == ""


def test_a_card_takes_the_place_of_what_was_told(chat):
    card = PatientState(medicines=(NamedThing("warfarin"),))
    first = chat.ask("Patient on metformin")
    answer = chat.ask(TREATMENT, first.conversation, card=card)
    assert answer.about == "warfarin"
    assert chat.ask(TREATMENT, answer.conversation).about == "warfarin"
