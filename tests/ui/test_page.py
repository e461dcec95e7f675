"""The events of the page over a real database and a scripted chat; no browser, no Gradio."""

import json
import threading
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session as Connection
from toy_chat import QUOTE, ToyChat, seed

from medchat.service import ChatService
from medchat.storage import conversations
from ui.page import Page
from ui.session import MAX_QUESTION, Session, Signal


@pytest.fixture
def page(home: Path) -> Page:
    home.mkdir(parents=True, exist_ok=True)
    engine = seed(home)
    return Page(ChatService(engine, home, lambda: ToyChat(engine, pause=0.0)))


def _ask(page: Page, session: Session, question: str) -> list[dict[str, object]]:
    begun = page.begin(session, question)
    return [begun, *page.answer(session)]


def test_a_question_is_answered_recorded_and_listed(page: Page) -> None:
    session = Session()
    seen = _ask(page, session, "  What first?  ")
    assert seen[0]["box"] == ""
    assert any("Searching" in str(parts.get("live")) for parts in seen)
    answered = next(parts for parts in seen if parts.get("transcript"))
    assert QUOTE[:-1].rsplit(" ", 1)[0] in str(answered["transcript"])
    assert answered["live"] == ""
    assert answered["stop"] == {"visible": False}
    assert session.conversation is not None
    assert "What first?" in str(page.find(session, "")["history"])


def test_a_page_opens_the_conversation_and_language_of_its_address(page: Page) -> None:
    session = Session()
    _ask(page, session, "What first?")
    fresh = Session()
    parts = page.load(fresh, {"c": str(session.conversation), "lang": "zh"}, "en")
    assert fresh.conversation == session.conversation
    assert "What first?" in str(parts["transcript"])
    assert parts["box"]["label"] == "您的问题"


@pytest.mark.parametrize("c", ["", "nothing", "%", "' OR 1=1 --", "x" * 5000])
def test_an_unknown_conversation_is_a_new_one(page: Page, c: str) -> None:
    session = Session()
    parts = page.load(session, {"c": c, "lang": "tlh"}, "zh-CN")
    assert session.conversation is None
    assert session.language == "zh"
    assert "welcome" in str(parts["transcript"])


@pytest.mark.parametrize("question", ["", "   ", "\n"])
def test_an_empty_question_is_no_question(page: Page, question: str) -> None:
    assert page.begin(Session(), question) == {}


def test_a_question_is_cut_to_what_is_taken(page: Page) -> None:
    session = Session()
    page.begin(session, "x" * (MAX_QUESTION + 9))
    assert session.turn is not None
    assert len(session.turn.question) == MAX_QUESTION


def test_a_second_question_waits_for_the_first(page: Page) -> None:
    session = Session()
    page.begin(session, "What first?")
    running = page.answer(session)
    next(running)
    assert page.begin(session, "And then?") == {}
    list(running)
    assert page.begin(session, "And then?")["box"] == ""


def test_a_stopped_question_is_not_recorded_and_says_so(page: Page) -> None:
    session = Session()
    page.begin(session, "What first?")
    running = page.answer(session)
    next(running)
    told = page.stop(session)
    assert "Stopped" in str(told["live"])
    assert told["ask"] == {"visible": True}
    again = list(running)  # the draft's own stream says it last, whatever it had sent before
    assert [parts["live"] for parts in again] == [told["live"]]
    assert page.service.conversations() == []


def test_a_question_after_a_stopped_one_shows_only_itself(page: Page) -> None:
    session = Session()
    page.begin(session, "What first?")
    running = page.answer(session)
    next(running)
    page.stop(session)
    assert page.begin(session, "And then?")["box"] == ""
    assert list(running) == []


def test_a_fault_is_told_and_the_page_stays_usable(page: Page, caplog) -> None:
    session = Session()
    last = _ask(page, session, "explode")[-1]
    assert "Something went wrong" in str(last["live"])
    assert "ZeroDivisionError" in caplog.text
    assert any(parts.get("transcript") for parts in _ask(page, session, "What first?"))


def test_looking_elsewhere_does_not_bring_the_answer_here_but_records_it(page: Page) -> None:
    session = Session()
    page.begin(session, "What first?")
    running = page.answer(session)
    next(running)
    page.new(session)
    rest = list(running)
    assert not any("transcript" in parts or "live" in parts for parts in rest)
    assert session.conversation is None
    assert [one.title for one in page.service.conversations()] == ["What first?"]


def test_an_answer_is_finished_for_a_reader_who_has_gone(page: Page) -> None:
    session = Session()
    page.begin(session, "What first?")
    running = page.answer(session)
    next(running)
    running.close()
    for thread in threading.enumerate():
        if thread.name == "turn":
            thread.join(5)
    assert [one.title for one in page.service.conversations()] == ["What first?"]


def _answer_id(page: Page, session: Session) -> str:
    return page.service.messages(str(session.conversation))[-1].id


def test_a_citation_opens_its_sources(page: Page) -> None:
    session = Session()
    _ask(page, session, "What first?")
    told = f'{{"do": "cite", "id": "{_answer_id(page, session)}", "n": 1}}'
    panel = str(page.signal(session, told)["panel"])
    assert f'<mark id="quote-1">{QUOTE}</mark>' in panel
    assert 'id="source-1" open' in panel
    assert "Initial treatment" in panel
    assert "sources idle" in str(page.signal(session, '{"do": "close"}')["panel"])


def test_the_panel_speaks_the_language_of_the_page(page: Page) -> None:
    session = Session()
    _ask(page, session, "What first?")
    page.signal(session, f'{{"do": "cite", "id": "{_answer_id(page, session)}", "n": 2}}')
    parts = page.set_language(session, "zh")
    assert "知识图谱" in str(parts["panel"])
    assert parts["language"]["value"] == "zh"


@pytest.mark.parametrize(
    ("told", "stored"),
    [
        ('"text": "up"', ("up", "")),
        ('"text": "down", "reason": "unsafe:too much"', ("down", "unsafe: too much")),
        ('"text": "down", "reason": "nonsense:"', ("down", "")),
        ('"text": "down", "reason": ":only words"', ("down", "only words")),
        (
            '"text": "down", "reason": "override:seen by nephrology"',
            ("down", "override: seen by nephrology"),
        ),
    ],
)
def test_a_verdict_is_stored(page: Page, told: str, stored: tuple[str, str]) -> None:
    session = Session()
    _ask(page, session, "What first?")
    id = _answer_id(page, session)
    parts = page.signal(session, f'{{"do": "rate", "id": "{id}", {told}}}')
    assert "chosen" in str(parts["transcript"])
    with Connection(page.service._engine) as connection:
        row = connection.scalars(select(conversations.FeedbackRow)).one()
    assert (row.verdict, row.reason) == stored


def test_an_alert_is_set_aside_for_a_reason_only(page: Page) -> None:
    session = Session()
    _ask(page, session, "What first?")
    id = _answer_id(page, session)
    told = f'{{"do": "rate", "id": "{id}", "text": "down", "reason": "override: "}}'
    assert "chosen" not in str(page.signal(session, told)["transcript"])
    with Connection(page.service._engine) as connection:
        assert connection.scalars(select(conversations.FeedbackRow)).all() == []


def test_a_conversation_is_renamed_and_deleted(page: Page) -> None:
    session = Session()
    _ask(page, session, "What first?")
    id = session.conversation
    parts = page.signal(session, f'{{"do": "rename", "id": "{id}", "text": "Diabetes"}}')
    assert "Diabetes" in str(parts["history"])
    assert "Diabetes" in str(parts["place"])
    parts = page.signal(session, f'{{"do": "delete", "id": "{id}"}}')
    assert session.conversation is None
    assert "welcome" in str(parts["transcript"])
    assert page.service.conversations() == []


@pytest.mark.parametrize(
    "told",
    [
        "",
        "no json",
        "[1]",
        '{"do": "format"}',
        '{"do": 7}',
        '{"do": "open", "id": {"a": 1}}',
        '{"do": "rename", "id": "gone", "text": "x"}',
        '{"do": "rename", "id": "gone", "text": ""}',
        '{"do": "rate", "id": "gone", "text": "up"}',
        '{"do": "cite", "id": "gone", "n": "1"}',
        '{"do": "delete", "id": "gone"}',
    ],
)
def test_a_signal_that_makes_no_sense_harms_nothing(page: Page, told: str) -> None:
    session = Session()
    _ask(page, session, "What first?")
    page.signal(session, told)
    assert len(page.service.conversations()) == 1


def test_a_signal_is_read_with_its_types() -> None:
    assert Signal.of('{"do": "cite", "id": "m", "n": 3}') == Signal("cite", "m", n=3)
    assert Signal.of('{"do": "cite", "n": "3"}') == Signal("cite")


def test_searching_finds_by_word(page: Page) -> None:
    session = Session()
    _ask(page, session, "What first?")
    assert "What first?" in str(page.find(session, "metformin")["history"])
    assert "No conversation" in str(page.find(session, "zebra")["history"])


def test_a_patient_card_is_used_for_the_next_question_and_then_held_by_its_answer(
    page: Page,
) -> None:
    session = Session()
    told = {"do": "card", "text": '{"age": "67", "egfr": "25", "medicines": "warfarin, digoxin"}'}
    shown = str(page.signal(session, json.dumps(told))["card"])
    assert "4 of 4 entries" in shown
    assert session.card is not None
    seen = _ask(page, session, "What first?")
    answered = next(parts for parts in seen if parts.get("transcript"))
    assert "67 years" in str(answered["transcript"]) and "remove digoxin" in str(
        answered["transcript"]
    )
    assert session.card is None


@pytest.mark.parametrize(
    ("told", "says"),
    [
        ({"text": "["}, "neither JSON nor YAML"),
        ({"text": "{}"}, "Nothing of the patient card"),
        ({"n": 2_000_000}, "too large"),
    ],
)
def test_a_card_that_cannot_be_read_is_told_and_not_used(
    page: Page, told: dict[str, object], says: str
) -> None:
    session = Session()
    assert says in str(page.signal(session, json.dumps({"do": "card", **told}))["card"])
    assert session.card is None
