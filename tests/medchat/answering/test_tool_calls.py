"""Calls in drafts: carried out here, checked against what was told, their results ours."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from toy_home import open_filled, scripted

from medchat.chat import open_chat
from medchat.settings import load

GOOD = "First-line treatment of type 2 diabetes: metformin [1]."
QUESTION = (
    "I weigh 80 kg and am 175 cm tall. What is the first-line treatment of type 2 diabetes for me?"
)
BMI = 'calculate("BMI", weight=80 kg, height=1.75 m)'


@pytest.fixture
def engine(home):
    engine = open_filled(home)
    yield engine
    engine.dispose()


def test_a_draft_that_is_a_call_gets_its_result_and_is_written_on(engine):
    chat = scripted(engine, [BMI, GOOD])
    answer = chat.ask(QUESTION)
    assert "26.1" in answer.text and answer.text.endswith(GOOD)
    assert [each.name for each in answer.calculations] == ["BMI"]
    assert answer.dropped == 0 and "calculate" not in answer.text
    said = [message.content for message in chat.writer.model.heard[1][-2:]]
    assert said == [BMI, "RESULT: 26.1 kg/m²"]


@pytest.mark.parametrize(
    "sentence",
    [
        f"The BMI is {BMI} = 99 kg/m².",
        f"The BMI is {BMI}, which is about 99.",
    ],
)
def test_a_result_is_never_the_models(engine, sentence):
    answer = scripted(engine, [f"{GOOD}\n{sentence}"]).ask(QUESTION)
    assert "26.1" in answer.text and "99" not in answer.text and GOOD[:-4] in answer.text


@pytest.mark.parametrize(
    "call",
    [
        'calculate("BMI", weight=95 kg, height=1.75 m)',  # nobody told this weight
        'calculate("BMI", weight=80 kg)',
        'calculate("Fortune index", weight=80 kg)',
        'equation("dose", "80 * 37", 0)',  # 37 stands nowhere
        'equation("dose", "80 / 0", 0)',
        'equation("dose", "__import__(1)", 0)',
        'lookup("Type 2 diabetes", "price")',
        'lookup("Gout", "symptoms")',  # nobody speaks of gout
        'transfer("all")',
        'calculate("BMI", weight=80 kg, height=1.75 m',
    ],
)
def test_a_call_that_may_not_be_carried_out_drops_its_sentence(engine, call):
    answer = scripted(engine, [f"{GOOD}\nSo it is {call}."]).ask(QUESTION)
    assert answer.text == GOOD
    assert answer.dropped == 1 and answer.calculations == ()


def test_arithmetic_with_numbers_that_were_told_is_worked_out(engine):
    answer = scripted(engine, [f'{GOOD}\nIt is equation("amount", "80 * 175", 0).']).ask(QUESTION)
    assert "14000" in answer.text and answer.dropped == 0


def test_facts_that_are_looked_up_are_evidence(engine):
    told = f"{GOOD}\nSymptoms of type 2 diabetes: thirst; fatigue."
    chat = scripted(engine, ['lookup("Type 2 diabetes", "symptoms")', told])
    answer = chat.ask(QUESTION)
    assert "thirst" in str(chat.writer.model.heard[1][-1].content)
    assert "thirst" in answer.text
    assert any(citation.id.endswith("#symptom") for citation in answer.citations)


def test_who_only_calls_is_asked_no_more_and_the_evidence_is_told(engine):
    chat = scripted(engine, [BMI])
    answer = chat.ask(QUESTION)
    assert len(chat.writer.model.heard) == 3
    assert "26.1" in answer.text and "metformin" in answer.text


def test_calls_in_chinese(engine):
    call = 'calculate("体重指数", 体重=80 kg, 身高=1.75 m)'
    good = "2型糖尿病的一线治疗：二甲双胍[1]。"
    asked = "我体重80公斤，身高175cm，2型糖尿病的一线治疗是什么？"
    answer = scripted(engine, [call, good]).ask(asked)
    assert "26.1" in answer.text and "二甲双胍" in answer.text


def test_a_server_is_told_how_to_call_and_gets_results(home, monkeypatch):
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            asked.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(200)
            self.send_header("content-type", "text/event-stream")
            self.end_headers()
            piece = BMI if len(asked) == 1 else GOOD
            delta = {"choices": [{"index": 0, "delta": {"content": piece}}], "id": "1"}
            self.wfile.write(f"data: {json.dumps(delta)}\n\ndata: [DONE]\n\n".encode())

        def log_message(self, *words):
            pass

    held = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=held.serve_forever, daemon=True).start()
    monkeypatch.setenv("MEDCHAT_WRITER", f"http://127.0.0.1:{held.server_port}")
    monkeypatch.setenv("MEDCHAT_WRITER_MODEL", "clinic-7b")
    settings = load()
    open_filled(home)
    answer = open_chat(settings).ask(QUESTION)
    held.shutdown()
    held.server_close()
    assert 'calculate("' in asked[0]["messages"][0]["content"]
    assert asked[1]["messages"][-1]["content"] == "RESULT: 26.1 kg/m²"
    assert "26.1" in answer.text and GOOD in answer.text
