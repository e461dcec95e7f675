"""What a user interface may ask of medchat: answers, history, verdicts, sources, the state."""

import logging
import threading
from dataclasses import replace

import pytest
from toy_home import open_filled, scripted

from finetune import FinetuneError, adapters
from knowledge.errors import KnowledgeError
from knowledge.ingest import updates
from medchat import service
from medchat.answering.answer import Citation
from medchat.chat import Done, DraftPiece, Status
from medchat.errors import MedchatError
from medchat.service import ChatService
from medchat.settings import load
from medchat.storage import conversations, database, feedback

GOOD = "First-line treatment of type 2 diabetes: metformin [1]."
QUESTION = "What is the first-line treatment of type 2 diabetes?"


@pytest.fixture
def engine(home):
    engine = open_filled(home)
    yield engine
    engine.dispose()


@pytest.fixture
def opened():
    return []


@pytest.fixture
def made(engine, home, opened):
    """Give a service over the small home; `opened` counts how often its chat was opened."""

    def open_chat():
        opened.append(threading.current_thread().name)
        return scripted(engine, [GOOD])

    return ChatService(engine, home, open_chat)


def failing(error):
    def open_chat():
        raise error

    return open_chat


def ask(made, question=QUESTION, conversation=None):
    return list(made.ask(question, conversation))[-1].answer


def test_a_question_comes_back_as_the_events_of_its_turn(made):
    events = list(made.ask(QUESTION))
    assert [event.step for event in events if isinstance(event, Status)] == [
        "understand", "retrieve", "write", "check",
    ]  # fmt: skip
    assert "".join(event.text for event in events if isinstance(event, DraftPiece)) == GOOD
    assert isinstance(events[-1], Done) and events[-1].answer.text == GOOD


def test_the_chat_is_opened_at_the_first_question_and_once(made, opened):
    assert opened == []
    first = ask(made)
    assert ask(made, "and its complications?", first.conversation).conversation == (
        first.conversation
    )
    assert len(opened) == 1


@pytest.mark.parametrize("error", [KnowledgeError, FinetuneError])
def test_errors_of_the_packages_below_become_the_one_that_a_page_knows(engine, home, error):
    broken = ChatService(engine, home, failing(error("It broke.", where="here", remedy="Mend.")))
    with pytest.raises(MedchatError) as raised:
        list(broken.ask(QUESTION))
    assert (raised.value.what, raised.value.where, raised.value.remedy) == (
        "It broke.", "here", "Mend.",
    )  # fmt: skip


def test_faults_of_the_program_stay_what_they_are(engine, home):
    with pytest.raises(ZeroDivisionError):
        list(ChatService(engine, home, failing(ZeroDivisionError())).ask(QUESTION))


def wait_for_warm_up():
    for thread in threading.enumerate():
        if thread.name == "warm-up":
            thread.join(30)


def test_warming_up_opens_the_chat_in_the_background_before_anybody_asks(made, opened):
    assert made.state().ready is False
    made.warm_up()
    wait_for_warm_up()
    assert opened == ["warm-up"]
    assert made.state().ready is True
    ask(made)
    assert opened == ["warm-up"]


def test_two_who_ask_at_once_open_one_chat(made, opened):
    askers = [threading.Thread(target=ask, args=(made,)) for _ in range(4)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join(60)
    assert len(opened) == 1
    assert len(made.conversations()) == 4


def test_a_chat_that_does_not_open_is_logged_and_told_to_whoever_asks(engine, home, caplog):
    broken = ChatService(engine, home, failing(MedchatError("No model.", remedy="Fetch it.")))
    with caplog.at_level(logging.WARNING):
        broken.warm_up()
        wait_for_warm_up()
    assert "No model. Fetch it." in caplog.text
    assert broken.state().ready is False
    with pytest.raises(MedchatError, match="No model"):
        list(broken.ask(QUESTION))


def test_conversations_are_listed_searched_renamed_and_removed(made):
    first, second = ask(made), ask(made, "What causes gout?")
    assert [one.id for one in made.conversations()] == [second.conversation, first.conversation]
    assert [one.id for one in made.conversations("  ")] == [
        second.conversation, first.conversation,
    ]  # fmt: skip
    assert [one.id for one in made.conversations("gout causes")] == [second.conversation]
    made.rename(second.conversation, "Crystals")
    assert made.conversation(second.conversation).title == "Crystals"
    made.remove(second.conversation)
    assert [one.id for one in made.conversations()] == [first.conversation]
    with pytest.raises(MedchatError, match="no conversation"):
        made.conversation(second.conversation)


def test_messages_come_in_order_with_their_answers(made):
    answer = ask(made)
    question, reply = made.messages(answer.conversation)
    assert (question.role, question.text) == ("user", QUESTION)
    assert reply.answer is not None and reply.answer.citations == answer.citations


@pytest.mark.parametrize(
    ("reason", "comment", "kept"),
    [("wrong", "The dose.", "wrong: The dose."), ("wrong", "  ", "wrong"), ("", "Why?", "Why?")],
)
def test_a_verdict_keeps_its_reason_and_the_readers_words(made, engine, reason, comment, kept):
    made.rate(ask(made).message, "down", reason, comment)
    assert [one.reason for one in feedback.list_feedback(engine)] == [kept]


def test_the_last_verdict_on_an_answer_counts(made, engine):
    answer = ask(made)
    other = ask(made, "What causes gout?")
    assert made.verdicts(answer.conversation) == {}
    made.rate(answer.message, "up")
    made.rate(answer.message, "down", "wrong")
    assert made.verdicts(answer.conversation) == {answer.message: "down"}
    assert made.verdicts(other.conversation) == {}
    (given,) = feedback.list_feedback(engine)
    conversations.approve(engine, [given.id])
    made.rate(answer.message, "up")  # what a curator approved stays; the newest is shown
    assert made.verdicts(answer.conversation) == {answer.message: "up"}
    assert len(feedback.list_feedback(engine)) == 2


PASSAGE = (
    "Metformin is contraindicated when eGFR is below 30. Metformin should be paused before "
    "iodinated contrast when eGFR is below 60. Nobody should stop metformin for a mild cold."
)
QUOTE = "Metformin should be paused before iodinated contrast when eGFR is below 60."


def passage(made, quote=QUOTE, **changed):
    """Cite a quotation of the note on metformin, by its place in the stored passage."""
    start = PASSAGE.index(QUOTE)
    values = {
        "n": 1, "kind": "passage", "id": "note:metformin:en#1", "title": "Metformin and the kidney",
        "year": 2026, "quote": quote, "start": start, "end": start + len(quote), **changed,
    }  # fmt: skip
    return made.source(Citation(**values))


def test_a_passage_is_shown_with_the_text_around_its_quotation(made):
    source = passage(made)
    assert source.present and not source.retracted
    assert source.before + QUOTE + source.after == PASSAGE
    assert (source.type, source.section, source.origins) == (
        "note", "Safety", ("note",),
    )  # fmt: skip


def test_long_text_around_a_quotation_is_cut_on_both_sides(made, monkeypatch):
    monkeypatch.setattr(service, "CONTEXT", 10)
    source = passage(made)
    assert source.before == "…" + PASSAGE[: PASSAGE.index(QUOTE)][-10:]
    assert source.after == PASSAGE[PASSAGE.index(QUOTE) + len(QUOTE) :][:10] + "…"


def test_words_that_the_base_does_not_hold_any_more_have_nothing_around_them(made):
    changed = passage(made, QUOTE.replace("60", "45"))
    assert (changed.present, changed.before, changed.after) == (False, "", "")
    assert changed.origins == ("note",)
    gone = passage(made, id="note:metformin:en#99")
    assert (gone.present, gone.origins) == (False, ())


def test_a_document_that_was_removed_or_retracted_is_told(made, engine, home):
    updates.retract(engine, home, ["note:metformin:en"])
    assert passage(made).retracted
    updates.remove(engine, home, ["note:metformin:en"])
    assert not passage(made).present


def test_a_fact_names_the_sources_that_state_it(made):
    (citation,) = ask(made).citations
    source = made.source(citation)
    assert source.citation is citation
    assert (source.present, source.origins) == (True, ("A handful of records",))
    unknown = made.source(Citation(1, "fact", "x", "X", None, "q", 0, 1, ("fact:none",)))
    assert (unknown.present, unknown.origins) == (False, ())


def test_the_state_of_a_home_before_and_after_a_question(made):
    before = made.state()
    assert (before.generation, before.ready, before.base) == (1, False, "")
    assert before.counts["documents"] == 1 and before.counts["facts"] == 10
    ask(made)
    after = made.state()
    assert (after.ready, after.base, after.adapter) == (True, "scripted", None)


def test_an_empty_home_is_never_ready(home):
    engine = database.open_engine(load())
    empty = ChatService(engine, home, lambda: scripted(engine, []))
    with pytest.raises(MedchatError, match="empty"):
        list(empty.ask(QUESTION))
    state = empty.state()
    assert (state.generation, state.counts, state.ready) == (None, {}, False)
    engine.dispose()


def test_another_adapter_answers_the_next_question_while_one_is_in_flight(engine, home):
    """Promotion and rollback take effect without a restart, and end no answer."""
    opened = []

    def open_chat():
        chat = scripted(engine, [GOOD])
        opened.append(chat)
        return chat

    made = ChatService(engine, home, open_chat)
    flying = iter(made.ask(QUESTION))
    first = next(flying)
    adapters._record(home, ["toy/round-1"])
    assert ask(made).sentences
    assert len(opened) == 2
    adapters._record(home, [])
    assert ask(made).sentences
    assert ask(made).sentences
    assert len(opened) == 3
    events = [first, *flying]
    assert isinstance(events[-1], Done)
    assert events[-1].answer.sentences[0].text == ask(made).sentences[0].text


def test_whoever_looks_at_the_state_begins_to_open_what_was_promoted(made, opened, home):
    ask(made)
    adapters._record(home, ["toy/round-1"])
    assert made.state().ready is False
    wait_for_warm_up()
    assert made.state().ready is True
    assert opened[1:] == ["warm-up"]
    ask(made)
    assert len(opened) == 2


def test_what_was_promoted_and_cannot_be_opened_is_tried_once_by_those_who_look(engine, home):
    tries = []

    def open_chat():
        tries.append(1)
        if len(tries) > 1:
            raise MedchatError("It is damaged.", remedy="Promote another.")
        return scripted(engine, [GOOD])

    made = ChatService(engine, home, open_chat)
    ask(made)
    adapters._record(home, ["toy/round-1"])
    for _ in range(3):
        assert made.state().ready is False
        wait_for_warm_up()
    assert len(tries) == 2
    with pytest.raises(MedchatError, match="damaged"):
        ask(made)


def test_who_answers_is_said_of_the_adapter_in_force(engine, home):
    names = iter(["one", "two"])

    def open_chat():
        chat = scripted(engine, [GOOD])
        about = replace(chat.writer.about, adapter=next(names))
        return replace(chat, writer=replace(chat.writer, about=about))

    made = ChatService(engine, home, open_chat)
    assert ask(made).model.adapter == "one"
    adapters._record(home, ["toy/round-2"])
    assert ask(made).model.adapter == "two"
    assert made.state().adapter == "two"
