"""Writers: the local model, a server that speaks OpenAI's language, and none."""

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage
from toy_finetune import base
from toy_home import fill

from finetune.errors import FinetuneError
from finetune.inference.shared_batch import SharedBatch
from finetune.templates import rendering
from medchat.answering.answer import Model
from medchat.answering.writer import LocalWriter, open_writer, write
from medchat.chat import open_chat
from medchat.errors import MedchatError
from medchat.settings import load
from medchat.storage import database

PROMPT = rendering.grounded("What are the symptoms?", ["Gout — symptoms: pain."], "en")


@pytest.fixture
def server():
    """Answer chat completions as a stream of words on the loopback; keep what was asked."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        answer = ["First-line treatment of ", "type 2 diabetes: ", "metformin [1]."]

        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            asked.append((self.path, self.headers["authorization"], body))
            if body["model"] == "missing":
                self.send_error(404)
                return
            self.send_response(200)
            self.send_header("content-type", "text/event-stream")
            self.end_headers()
            for piece in self.answer:
                delta = {"choices": [{"index": 0, "delta": {"content": piece}}], "id": "1"}
                self.wfile.write(f"data: {json.dumps(delta)}\n\n".encode())
            self.wfile.write(b"data: [DONE]\n\n")

        def log_message(self, *words):
            asked.append(words) if words[1:2] == ("500",) else None

    held = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=held.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{held.server_port}", asked
    held.shutdown()
    held.server_close()


def test_a_server_writes(server, home, monkeypatch):
    url, asked = server
    monkeypatch.setenv("MEDCHAT_WRITER", url)
    monkeypatch.setenv("MEDCHAT_WRITER_MODEL", "clinic-7b")
    monkeypatch.setenv("MEDCHAT_WRITER_KEY", "s3cret-key")
    settings = load()
    fill(database.open_engine(settings), home)
    chat = open_chat(settings)
    first = chat.ask("What is the first-line treatment of type 2 diabetes?")
    assert first.text == "First-line treatment of type 2 diabetes: metformin [1]."
    assert first.model == Model(f"clinic-7b at {url}/v1")
    path, key, body = asked[0]
    assert (path, key, body["model"]) == ("/v1/chat/completions", "Bearer s3cret-key", "clinic-7b")
    assert (
        "[1] Type 2 diabetes — first-line treatment: metformin." in body["messages"][-1]["content"]
    )
    chat.ask("and its symptoms?", first.conversation)
    assert [one["role"] for one in asked[1][2]["messages"]] == [
        "system", "user", "assistant", "user",
    ]  # fmt: skip


def test_a_server_that_refuses_or_is_not_there_is_one_sentence(server, monkeypatch):
    url, _ = server
    monkeypatch.setenv("MEDCHAT_WRITER_KEY", "s3cret-key")
    for where, model in ((url, "missing"), ("http://127.0.0.1:9", "any")):
        monkeypatch.setenv("MEDCHAT_WRITER_MODEL", model)
        with pytest.raises(MedchatError) as raised:
            list(write(open_writer(load(), where), PROMPT))
        told = f"{raised.value.what} {raised.value.where} {raised.value.remedy}"
        assert "does not answer" in told and where in told
        assert "s3cret" not in told
        assert raised.value.status == 1


@pytest.fixture
def stalling():
    """Serve a first piece, then comments, nothing, or piece after piece, for ever."""
    ended = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            piece = {"choices": [{"index": 0, "delta": {"content": "Metformin "}}], "id": "1"}
            told = f"data: {json.dumps(piece)}\n\n".encode()
            if body["model"] == "mute":
                ended.wait(60)
                return
            self.send_response(200)
            self.send_header("content-type", "text/event-stream")
            self.end_headers()
            self.wfile.write(told)
            while not ended.wait(0.05):
                if body["model"] == "silent":
                    continue
                self.wfile.write(told if body["model"] == "endless" else b": alive\n\n")

        def log_message(self, *words):
            """Say nothing."""

    held = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=held.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{held.server_port}"
    ended.set()
    held.shutdown()
    held.server_close()


@pytest.mark.parametrize("way", ["comments", "silent", "endless", "mute"])
def test_a_server_that_stalls_is_cut_and_the_evidence_quoted(stalling, home, monkeypatch, way):
    monkeypatch.setenv("MEDCHAT_WRITER", stalling)
    monkeypatch.setenv("MEDCHAT_WRITER_MODEL", way)
    monkeypatch.setenv("MEDCHAT_WRITER_SECONDS", "2")
    monkeypatch.setenv("MEDCHAT_WRITER_PAUSE", "1")
    settings = load()
    fill(database.open_engine(settings), home)
    chat = open_chat(settings)
    chat.warm_up()
    begun = time.monotonic()
    answer = chat.ask("What is the first-line treatment of type 2 diabetes?")
    assert time.monotonic() - begun < 60
    assert answer.text == "The first-line treatment for type 2 diabetes is metformin [1]."
    assert answer.model.base == "quote" and "quoted" in answer.model.note
    assert answer.conversation
    if way in ("comments", "endless"):  # the thread ends as well, for all that still comes
        until = time.monotonic() + 60
        while chat.writer.state().stuck and time.monotonic() < until:
            time.sleep(0.05)
        assert chat.writer.state().stuck == 0


def test_the_local_writer_streams_what_it_generates():
    writer = LocalWriter(base=str(base()), max_new_tokens=12)
    messages = [SystemMessage("s"), HumanMessage("gout"), AIMessage("pain"), HumanMessage("cough")]
    pieces = [str(chunk.content) for chunk in writer.stream(messages)]
    assert len(pieces) > 2
    assert "".join(pieces).rstrip() == writer.invoke(messages).content


def test_the_local_writer_writes_one_answer_at_a_time():
    writer = LocalWriter(base=str(base()), max_new_tokens=8)
    alone = writer.invoke([HumanMessage("gout")]).content
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda _: writer.invoke([HumanMessage("gout")]).content, range(8)))
    assert together == [alone] * 8


def test_several_answers_are_written_together_each_as_it_would_be_alone(monkeypatch):
    # in bfloat16 sums of another order part two tokens that are as likely
    monkeypatch.setattr("finetune.model.uses_bfloat16", lambda device, precision: False)
    writer = LocalWriter(base=str(base()), max_new_tokens=24, at_once=3)
    asked = [HumanMessage(text) for text in ("gout", "cough, fever and thirst", "麻疹", "pain")]
    alone = [writer.invoke([one]).content for one in asked]
    step, together, asked_all = SharedBatch.step, [], threading.Event()

    def counted(batch):
        asked_all.wait(60)  # the first step waits until the others have asked
        together.append(batch.writing)
        step(batch)

    monkeypatch.setattr(SharedBatch, "step", counted)
    with ThreadPoolExecutor(4) as pool:
        told = [pool.submit(lambda one=one: writer.invoke([one]).content) for one in asked]
        while sum((writer.threads.state().waiting, writer.threads.state().writing)) < len(asked):
            time.sleep(0.01)
        asked_all.set()
        assert [one.result(60) for one in told] == alone
    assert max(together) == 3


def test_a_stream_that_is_left_frees_the_writer():
    writer = LocalWriter(base=str(base()), max_new_tokens=8)
    stream = writer.stream([HumanMessage("gout")])
    next(stream)
    stream.close()
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(writer.invoke, [HumanMessage("gout")]).result(timeout=60)
    assert isinstance(answer.content, str)


def test_the_local_writer_knows_what_fits():
    writer = LocalWriter(base=str(base()), max_new_tokens=40)
    assert writer.fits(PROMPT)
    assert not writer.fits(rendering.grounded("pain " * 600, ["x"], "en"))


def test_the_writer_of_the_settings(home, monkeypatch):
    assert open_writer(load(), "quote").model is None
    local = open_writer(load(writer="local", base=str(base())))
    assert isinstance(local.model, LocalWriter)
    assert (local.about.base, local.about.adapter, local.limits.pieces) == (str(base()), None, 5)
    assert local.note("en") == ""


@pytest.mark.parametrize(
    ("writer", "adapter", "error", "where"),
    [
        ("gpt", None, MedchatError, "--writer"),
        ("http://127.0.0.1:9", "mini/round-1", MedchatError, "--adapter"),
        ("local", "mini/round-9", FinetuneError, "--adapter"),
    ],
)
def test_a_writer_that_is_not_there(writer, adapter, error, where):
    with pytest.raises(error) as raised:
        open_writer(load(), writer, adapter)
    assert raised.value.where == where
    assert raised.value.remedy


def test_a_base_that_is_not_there_is_told_before_anything_is_asked():
    with pytest.raises(FinetuneError, match="no base model"):
        open_writer(load(base="/no/such/base"), writer="local")


def test_settings_decide_how_the_local_writer_chooses(monkeypatch):
    monkeypatch.setenv("MEDCHAT_WRITER_TEMPERATURE", "0.7")
    monkeypatch.setenv("MEDCHAT_WRITER_TOP_P", "0.9")
    monkeypatch.setenv("MEDCHAT_WRITER_TOKENS", "64")
    model = open_writer(load(), "local").model
    assert (model.decoding.temperature, model.decoding.top_p) == (0.7, 0.9)
    assert model.max_new_tokens == 64
    monkeypatch.setenv("MEDCHAT_WRITER_BEAMS", "4")
    with pytest.raises(FinetuneError, match="beams"):
        open_writer(load(), "local")
