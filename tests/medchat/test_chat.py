"""One turn: evidence, draft, check, record, on a small real knowledge base."""

from dataclasses import replace

import pytest
from sqlalchemy import text
from toy_home import open_filled, scripted

from knowledge.errors import KnowledgeError
from knowledge.graph.catalog import PassageRow
from medchat.answering.answer import Model
from medchat.answering.prompts import PromptLimits
from medchat.chat import Done, DraftPiece, Status, open_chat
from medchat.errors import MedchatError
from medchat.settings import load
from medchat.storage import conversations, database

GOOD = "First-line treatment of type 2 diabetes: metformin [1]."


@pytest.fixture
def engine(home):
    engine = open_filled(home)
    yield engine
    engine.dispose()


def passage(engine, id):
    from sqlalchemy.orm import Session

    from knowledge.graph.catalog import DocumentRow

    with Session(engine) as session:
        row = session.get(PassageRow, id)
        return session.get(DocumentRow, row.document_id).text[row.start : row.end]


def test_an_empty_knowledge_base_says_what_to_do(home):
    engine = database.open_engine(load())
    with pytest.raises(KnowledgeError, match="empty") as raised:
        scripted(engine, []).ask("What is gout?")
    assert "medchat demo" in raised.value.remedy


def test_warming_up_asks_and_records_nothing(engine):
    chat = scripted(engine, [GOOD])
    chat.warm_up()
    assert chat.writer.model.heard == []
    assert conversations.conversations(engine) == []


def test_what_tells_who_a_patient_is_is_warned_of_and_neither_searched_nor_recorded(engine):
    chat = scripted(engine, [GOOD])
    asked = "My patient John Smith, NHS 943 476 5919, has type 2 diabetes. First-line treatment?"
    answer = chat.ask(asked)
    assert not answer.abstained and [each.kind for each in answer.alerts] == ["privacy"]
    assert "Smith" not in str(chat.writer.model.heard)
    (listed,) = conversations.conversations(engine)
    assert listed.title == "My patient has type 2 diabetes. First-line treatment?"
    told = conversations.messages(engine, listed.id)[0].text
    assert told.startswith("My patient [name], [record number], has")
    other = chat.ask("Jane Doe, MRN 0048291")
    assert other.alerts and "in words" in other.text


@pytest.mark.parametrize(
    "question", ["I want to kill myself", "我不想活了", "😀😀", "How do I forge a prescription?"]
)
def test_a_title_does_not_tell_what_had_a_reply_of_its_own(engine, question):
    chat = scripted(engine, [GOOD])
    answer = chat.ask(question)
    title = conversations.conversation(engine, answer.conversation).title
    assert question not in title and ("Conversation of" in title or "的对话" in title)


def test_a_turn_as_events(engine):
    chat = scripted(engine, [GOOD])
    events = list(chat.stream("What is the first-line treatment of type 2 diabetes?"))
    steps = [event.step for event in events if isinstance(event, Status)]
    assert steps == ["understand", "retrieve", "write", "check"]
    assert "".join(event.text for event in events if isinstance(event, DraftPiece)) == GOOD
    assert isinstance(events[-1], Done)
    answer = events[-1].answer
    assert answer.text == GOOD
    assert answer.message and answer.conversation
    assert {"understand", "retrieve", "first_token", "write", "check", "total"} <= set(
        answer.seconds
    )


def test_the_answer_has_the_shape_that_scripts_read(engine):
    document = scripted(engine, [GOOD]).ask("First-line treatment of type 2 diabetes?").document()
    assert list(document) == [
        "answer", "language", "sentences", "citations", "alerts", "abstained", "calculations",
            "patient", "about", "dropped",
        "model", "generation", "conversation", "message", "seconds",
    ]  # fmt: skip
    assert document["sentences"] == [
        {"text": GOOD, "citations": [1], "support": "supported", "score": 1.0, "part": ""}
    ]
    (citation,) = document["citations"]
    assert citation["kind"] == "fact"
    assert citation["id"].endswith("#first_line")
    assert citation["quote"] == "Type 2 diabetes — first-line treatment: metformin."
    assert (citation["start"], citation["end"]) == (0, len(citation["quote"]))
    assert len(citation["facts"]) == 1
    assert (document["alerts"], document["calculations"]) == ([], [])
    assert document["generation"] == 1
    assert document["model"] == {"base": "scripted", "adapter": None, "note": ""}


def test_a_passage_is_quoted_by_its_exact_span(engine):
    answer = scripted(engine, []).ask("When should metformin be paused before contrast?")
    quoted = [citation for citation in answer.citations if citation.kind == "passage"]
    assert quoted
    for citation in quoted:
        assert citation.quote == passage(engine, citation.id)[citation.start : citation.end]
    assert "paused before iodinated contrast" in answer.text


def test_what_is_not_carried_is_left_out_or_marked(engine, monkeypatch):
    draft = f"{GOOD} Insulin is the first-line treatment of type 2 diabetes [1]."
    question = "First-line treatment of type 2 diabetes?"
    assert scripted(engine, [draft]).ask(question).text == GOOD
    monkeypatch.setenv("MEDCHAT_UNSUPPORTED", "mark")
    marked = scripted(engine, [draft]).ask(question)
    assert [one.support for one in marked.sentences] == ["supported", "unsupported"]


@pytest.mark.parametrize(
    "draft",
    [
        "",
        "Insulin cures it [1].",
        "The evidence does not cover this.",
        "Symptoms of type 2 diabetes: metformin [7].",
    ],
)
def test_a_failed_draft_is_answered_by_quoting(engine, draft):
    answer = scripted(engine, [draft]).ask("First-line treatment of type 2 diabetes?")
    assert answer.text == "The first-line treatment for type 2 diabetes is metformin [1]."
    assert answer.sentences[0].support == "supported"
    assert not answer.abstained


@pytest.mark.parametrize(("base", "quoted"), [("mini", 1), ("a-large-model", 0)])
def test_beside_facts_that_a_small_writer_wrote_the_best_passage_is_quoted(engine, base, quoted):
    draft = "Metformin — contraindications: severe renal impairment [1]."
    chat = scripted(engine, [draft])
    chat = replace(chat, writer=replace(chat.writer, about=Model(base)))
    answer = chat.ask("What are the contraindications of metformin?")
    assert answer.text.startswith(draft)
    assert ("contraindicated when eGFR is below 30 [2]." in answer.text) is bool(quoted)
    assert [one.kind for one in answer.citations] == ["fact", *["passage"] * quoted]
    assert all(sentence.support == "supported" for sentence in answer.sentences)


@pytest.mark.parametrize(("base", "whole"), [("mini", True), ("a-large-model", False)])
def test_a_list_that_a_small_writer_cut_is_told_whole_whatever_was_asked(engine, base, whole):
    chat = scripted(engine, ["Metformin — side effects: nausea [1]."])
    chat = replace(chat, writer=replace(chat.writer, about=Model(base)))
    answer = chat.ask("Tell me about metformin, please.")
    assert "nausea" in answer.text
    assert ("lactic acidosis" in answer.text) is whole


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("Can a patient with gout take metformin?", "A contraindication to metformin is severe"),
        ("痛风患者能吃二甲双胍吗？", "二甲双胍的禁忌证有严重肾功能不全"),
    ],
)
def test_whether_a_medicine_may_be_had_is_answered_by_what_speaks_against_it(
    engine, question, first
):
    answer = scripted(engine, []).ask(question)
    assert first in answer.text
    assert not any("urate" in sentence.text for sentence in answer.sentences)


@pytest.mark.parametrize(
    ("question", "preface"),
    [
        ("How do I taper metformin?", "The evidence found does not speak of “taper”; on the"),
        ("二甲双胍能减肥吗", "查到的资料没有提到“减肥”，与主题有关的内容如下："),
    ],
)
def test_words_of_the_question_of_which_nothing_speaks_are_named(engine, question, preface):
    answer = scripted(engine, []).ask(question)
    assert answer.text.startswith(preface)
    assert answer.sentences[0].support == "none" and len(answer.sentences) > 1
    known = scripted(engine, []).ask("Should metformin be paused before contrast?")
    assert not known.text.startswith("The evidence found")


def test_a_writer_that_declines_where_no_fact_answers_is_believed(engine):
    chat = scripted(engine, ["The evidence does not cover this."])
    answer = chat.ask("How often is renal function checked on metformin?")
    assert answer.abstained
    assert answer.citations


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("Who won the 1998 world cup?", "en"),
        ("What is zorblatosis?", "en"),
        ("How is zorblatosis treated?", "en"),
        ("What are the symptoms of Kawabunga gout?", "en"),
        ("What are the side effects of gout?", "en"),
        ("谁赢了世界杯？", "zh"),
        ("左布洛病怎么治疗？", "zh"),
        ("痛风有哪些并发症？", "zh"),
    ],
)
def test_what_the_base_does_not_hold_is_not_answered(engine, question, language):
    answer = scripted(engine, ["Metformin [1]."]).ask(question)
    assert answer.abstained
    assert answer.language == language
    expected = "does not cover" if language == "en" else "没有涉及"
    assert expected in answer.text
    assert all(sentence.support == "none" for sentence in answer.sentences)


def test_chinese_is_answered_from_chinese(engine):
    answer = scripted(engine, []).ask("2型糖尿病的一线治疗是什么？")
    assert answer.text == "2型糖尿病的一线治疗是二甲双胍[1]。"
    assert answer.language == "zh"


def test_english_evidence_for_a_chinese_question_is_quoted_and_said_so(engine):
    answer = scripted(engine, ["不会用到。"]).ask("二甲双胍如何监测？")
    assert "英文资料" in answer.sentences[0].text
    assert answer.sentences[0].support == "none"
    assert "Renal function is checked at least once a year on metformin" in answer.text
    assert answer.sentences[1].support == "supported"


def test_a_follow_up_finds_what_it_leaves_out(engine):
    chat = scripted(engine, [])
    first = chat.ask("What is the first-line treatment of type 2 diabetes?")
    second = chat.ask("and its complications?", first.conversation)
    assert "retinopathy" in second.text
    assert second.conversation == first.conversation
    assert len(conversations.messages(engine, str(first.conversation))) == 4


def test_patients_of_whom_nothing_speaks_are_named(engine):
    answer = scripted(engine, []).ask("What are the symptoms of gout in children?")
    assert answer.text == (
        "The evidence found does not speak of children; it holds in general: "
        "A symptom of gout is joint pain [1]."
    )
    assert [one.support for one in answer.sentences] == ["none", "supported"]
    assert scripted(engine, []).ask("2型糖尿病孕妇的一线治疗是什么？").abstained


def test_what_is_known_of_a_condition_answers_for_a_course_of_it(engine, home):
    from knowledge.ingest import updates

    more = home.parent / "more.yaml"
    more.write_text(
        "format: medchat-records\ntitle: More\nlicence: CC0-1.0\nsource: For the tests.\nrecords:\n"
        "- kind: condition\n  en: [Acute gout]\n",
        encoding="utf-8",
    )
    updates.add(engine, home, [more])
    answer = scripted(engine, []).ask("What are the symptoms of acute gout?")
    assert answer.text == "A symptom of gout is joint pain [1]."


def test_nothing_is_recorded_unless_wanted(engine):
    answer = scripted(engine, []).ask("What causes gout?", log=False)
    assert (answer.conversation, answer.message) == (None, None)
    assert conversations.conversations(engine) == []


@pytest.mark.parametrize("question", ["", "  \n", "\x00", "a" * 4001])
def test_questions_that_are_none_are_refused(engine, question):
    with pytest.raises(MedchatError) as raised:
        scripted(engine, []).ask(question)
    assert raised.value.status == 2


@pytest.mark.parametrize("question", ["\ud800 gout", "gout\x00", "<b>gout</b> & causes?", "‮gout"])
def test_odd_questions_do_no_harm(engine, question):
    answer = scripted(engine, []).ask(question)
    assert conversations.messages(engine, str(answer.conversation))[1].text == answer.text


def test_an_unknown_conversation_is_refused_before_anything_is_written(engine):
    chat = scripted(engine, [GOOD])
    with pytest.raises(MedchatError, match="no conversation"):
        chat.ask("What causes gout?", "gone")
    assert chat.writer.model.heard == []


def test_the_prompt_holds_what_fits(engine):
    heard = []

    def fits(messages):
        heard.append(len(messages[-1]["content"].splitlines()))
        return len(heard) > 1

    chat = scripted(engine, ["x"], limits=PromptLimits(5, 2, fits))
    chat.ask("What are the contraindications and side effects of metformin?")
    assert heard[1] == heard[0] - 1


def test_a_prompt_that_cannot_fit_is_answered_by_quoting(engine):
    chat = scripted(engine, ["x"], limits=PromptLimits(5, 2, lambda messages: False))
    answer = chat.ask("First-line treatment of type 2 diabetes?")
    assert answer.text == "The first-line treatment for type 2 diabetes is metformin [1]."
    assert chat.writer.model.heard == []


def test_the_limits_of_a_writer_are_told_where_it_wrote(engine):
    chat = scripted(engine, [GOOD, ""], notes={"en": "It only copies.", "zh": "只会复述。"})
    assert chat.ask("First-line treatment of type 2 diabetes?").model.note == "It only copies."
    assert chat.ask("First-line treatment of type 2 diabetes?").model.note == ""


def test_a_writer_that_remembers_hears_the_turns_before(engine):
    chat = scripted(engine, [GOOD, "It is retinopathy."], remembers=True)
    first = chat.ask("First-line treatment of type 2 diabetes?")
    chat.ask("and its complications?", first.conversation)
    contents = [str(message.content) for message in chat.writer.model.heard[1]]
    assert contents[1:3] == ["First-line treatment of type 2 diabetes?", GOOD]


def test_an_answer_names_the_generation_it_was_made_from(engine, home):
    from knowledge.ingest import updates

    chat = scripted(engine, [])
    assert chat.ask("What causes gout?", log=False).generation == 1
    more = home.parent / "more.md"
    more.write_text("# Gout and cherries\n\nCherries are eaten in gout.\n", encoding="utf-8")
    updates.add(engine, home, [more])
    assert chat.ask("What causes gout?", log=False).generation == 2


def test_reading_a_thousand_answers_keeps_every_quote(engine):
    chat = scripted(engine, [])
    for question in ("What causes gout?", "metformin side effects", "二甲双胍有什么副作用？"):
        chat.ask(question)
    with engine.connect() as connection:
        rows = connection.execute(text('SELECT quote, start, "end" FROM citations')).all()
    assert rows
    assert all(len(quote) == end - start for quote, start, end in rows)


def test_an_emergency_is_named_before_the_answer_and_kept_with_it(engine):
    chat = open_chat(load(), writer="quote", engine=engine)
    answer = chat.ask("My lips are swelling and I can't breathe after eating cashews")
    (alert,) = answer.alerts[:1]
    assert alert.kind == "emergency" and alert.severity == "critical"
    assert "anaphylaxis" in alert.text and "999" in alert.text and alert.source
    assert answer.document()["alerts"][0]["text"] == alert.text
    (kept,) = [each.answer for each in _messages(engine, answer) if each.answer]
    assert kept.alerts == answer.alerts


def _messages(engine, answer):
    return conversations.messages(engine, answer.conversation)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("I don't want to live any more", "not alone"),
        ("我不想活了", "12356"),
        ("Thank you!", "welcome"),
        ("你是谁？", "medchat"),
        ("How can I forge a prescription for morphine?", "cannot help"),
    ],
)
def test_what_needs_no_search_is_answered_without_one(engine, question, says):
    answer = open_chat(load(), writer="quote", engine=engine).ask(question)
    assert says in answer.text and not answer.citations and not answer.abstained
    assert answer.generation is None and answer.model.base == "reply"


def test_the_numbers_of_the_settings_are_named(engine, monkeypatch):
    monkeypatch.setenv("MEDCHAT_EMERGENCY_NUMBER", "144")
    monkeypatch.setenv("MEDCHAT_CRISIS_LINE", "143, at any hour")
    chat = open_chat(load(), writer="quote", engine=engine)
    told = chat.ask("I want to kill myself")
    assert "144" in told.text and "143, at any hour" in told.text and "988" not in told.text
    (alert, *_) = chat.ask("SpO2 79 %").alerts
    assert "(144)" in alert.text
