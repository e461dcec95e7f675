"""Conversations are kept whole, found again, exported, and really gone when deleted."""

import json
from dataclasses import replace

import pytest

from medchat.answering.answer import Answer, Citation, Model, Sentence
from medchat.errors import MedchatError
from medchat.settings import load
from medchat.storage import conversations, database, feedback, transcript

QUOTE = "Metformin is first-line. 二甲双胍是一线药物。"
ANSWER = Answer(
    text="Metformin is first-line [1].",
    language="en",
    sentences=(Sentence("Metformin is first-line [1].", (1,), "supported", 1.0),),
    citations=(
        Citation(1, "passage", "note:t2d#1", "Type 2 diabetes", 2026, QUOTE[:24], 0, 24),
        Citation(2, "fact", "condition:t2d#first_line", "T2D", None, "a", 0, 1, ("fact:1",)),
    ),
    abstained=False,
    model=Model("mini", "mini/round-2", "It only copies."),
    generation=3,
    evidence=("note:t2d#1", "condition:t2d#first_line"),
    seconds={"total": 1.25},
)


@pytest.fixture
def engine(home):
    engine = database.open_engine(load())
    yield engine
    engine.dispose()


def test_what_is_recorded_comes_back_the_same(engine):
    conversation, message = conversations.add(engine, None, "What is first-line?", ANSWER)
    asked, answered = conversations.messages(engine, conversation)
    assert (asked.role, asked.text) == ("user", "What is first-line?")
    assert answered.answer == replace(ANSWER, conversation=conversation, message=message)
    assert answered.answer.document()["citations"][0]["quote"] == QUOTE[:24]


def test_a_conversation_grows_in_order_and_moves_to_the_front(engine):
    first, _ = conversations.add(engine, None, "One?", ANSWER)
    second, _ = conversations.add(engine, None, "Two?", ANSWER)
    assert [each.id for each in conversations.conversations(engine)] == [second, first]
    conversations.add(engine, first, "Three?", ANSWER)
    listed = conversations.conversations(engine)
    assert [(each.id, each.messages) for each in listed] == [(first, 4), (second, 2)]
    questions = [each.text for each in conversations.messages(engine, first) if each.role == "user"]
    assert questions == ["One?", "Three?"]
    assert [each.id for each in conversations.conversations(engine, limit=1, offset=1)] == [second]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("METFORMIN", 2), ("gout", 1), ("gout metformin", 1), ("痛风", 1), ("100%", 1), ("%", 1),
        ("_", 0), ("absent", 0),
    ],
)  # fmt: skip
def test_search_finds_every_word(engine, words, found):
    conversations.add(engine, None, "Does gout hurt? 痛风", ANSWER)
    conversations.add(engine, None, "Is it 100% sure?", ANSWER)
    assert len(conversations.search(engine, words)) == found


def test_an_id_may_be_shortened_while_it_is_the_only_one(engine):
    conversation, _ = conversations.add(engine, None, "One?", ANSWER)
    assert conversations.conversation(engine, conversation[:8]).id == conversation
    for wrong in ("", "zzz", "%"):
        with pytest.raises(MedchatError, match="no conversation"):
            conversations.conversation(engine, wrong)


def test_titles(engine):
    conversation, _ = conversations.add(engine, None, "  Why\n" + "so " * 60, ANSWER)
    title = conversations.conversation(engine, conversation).title
    assert title.startswith("Why so so") and title.endswith("…") and len(title) <= 80
    conversations.rename(engine, conversation, "  A better\ttitle ")
    assert conversations.conversation(engine, conversation).title == "A better title"
    with pytest.raises(MedchatError, match="empty"):
        conversations.rename(engine, conversation, "  ")
    with pytest.raises(MedchatError, match="no conversation"):
        conversations.rename(engine, "gone", "Title")


def test_what_is_deleted_is_gone_from_the_file(engine, home):
    marker = "zebra-crossing-7731"
    gone = replace(ANSWER, text=marker, citations=(replace(ANSWER.citations[0], quote=marker),))
    conversation, message = conversations.add(engine, None, marker, gone)
    kept, _ = conversations.add(engine, None, "Stays?", ANSWER)
    conversations.rate(engine, message, "down", marker)
    assert marker.encode() in b"".join(path.read_bytes() for path in home.glob("medchat.db*"))
    assert conversations.remove(engine, [conversation, "never-was"]) == 1
    assert [each.id for each in conversations.conversations(engine)] == [kept]
    assert feedback.list_feedback(engine) == []
    held = b"".join(path.read_bytes() for path in home.glob("medchat.db*"))
    assert marker.encode() not in held


def test_an_answer_for_an_unknown_conversation_is_refused(engine):
    with pytest.raises(MedchatError, match="no conversation"):
        conversations.add(engine, "gone", "One?", ANSWER)
    assert conversations.conversations(engine) == []


def test_a_verdict_replaces_the_one_before_until_it_is_judged(engine):
    _, message = conversations.add(engine, None, "One?", ANSWER)
    conversations.rate(engine, message, "up")
    judged = conversations.rate(engine, message, "down", "wrong dose", "Metformin 500 mg.")
    assert [each.verdict for each in feedback.list_feedback(engine)] == ["down"]
    assert conversations.approve(engine, [judged, "gone"]) == 1
    conversations.rate(engine, message, "up")
    assert len(feedback.list_feedback(engine)) == 2
    for wrong in (
        "gone",
        conversations.messages(engine, conversations.conversations(engine)[0].id)[0].id,
    ):
        with pytest.raises(MedchatError, match="no answer"):
            conversations.rate(engine, wrong, "up")
    with pytest.raises(MedchatError, match="no verdict"):
        conversations.rate(engine, message, "sideways")


def test_approved_corrections_become_preference_rows(engine, tmp_path):
    _, message = conversations.add(engine, None, "One?", ANSWER)
    id = conversations.rate(engine, message, "down", "wrong dose", "Metformin 500 mg.")
    assert list(feedback.preferences(engine)) == []
    conversations.approve(engine, [id])
    target = tmp_path / "made" / "preference.jsonl"
    assert feedback.export(engine, target) == 1
    assert json.loads(target.read_text(encoding="utf-8")) == {
        "prompt": "One?",
        "chosen": "Metformin 500 mg.",
        "rejected": ANSWER.text,
        "why": "wrong dose",
    }
    with pytest.raises(MedchatError, match="exists"):
        feedback.export(engine, target)
    conversations.approve(engine, [id], approved=False)
    assert list(feedback.preferences(engine)) == []


def test_a_conversation_is_written_with_its_bibliography(engine, tmp_path):
    conversation, _ = conversations.add(engine, None, "One?", ANSWER)
    conversations.add(engine, conversation, "Two?", ANSWER)
    held, messages = (
        conversations.conversation(engine, conversation),
        conversations.messages(engine, conversation),
    )
    transcript.write(held, messages, tmp_path / "a.md")
    text = (tmp_path / "a.md").read_text(encoding="utf-8")
    assert text.startswith("# One?\n") and text.count("**Two?**") == 1
    assert text.count("Type 2 diabetes (2026) (note:t2d#1)") == 1
    assert "_It only copies._" in text
    transcript.write(held, messages, tmp_path / "a.json")
    values = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))
    assert [each["id"] for each in values["bibliography"]] == [
        "note:t2d#1", "condition:t2d#first_line",
    ]  # fmt: skip
    assert values["messages"][1]["answer"]["answer"] == ANSWER.text
    with pytest.raises(MedchatError, match="exists"):
        transcript.write(held, messages, tmp_path / "a.md")
