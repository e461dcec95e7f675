"""The shapes that people script against, as the commands really print them."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from toy_home import fill

from medchat.cli import main
from medchat.settings import load
from medchat.storage import database

HIT = {"rank", "id", "kind", "title", "text", "year", "type", "score", "why", "document"}
ANSWER = {
    "answer", "language", "sentences", "citations", "alerts", "abstained", "calculations",
    "model", "generation", "conversation", "message", "seconds",
}  # fmt: skip
STATUS = {
    "generation", "entities", "facts", "documents", "passages", "languages", "sources", "embedding",
}  # fmt: skip
LESSON = {
    "id", "messages", "language", "style", "sources", "entities", "split_key", "licence", "meta",
}  # fmt: skip
FOLDER = {
    "train.jsonl", "validation.jsonl", "alpaca.json", "sharegpt.json", "chatglm.jsonl",
    "chat.jsonl", "preference.jsonl", "dataset_info.json", "report.json", "CARD.md",
    "MANIFEST.json", "distribution.svg",
}  # fmt: skip

Shell = Callable[..., object]


@pytest.fixture
def shell(home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    """Run a command on a filled home and return the one JSON document on its stdout."""
    monkeypatch.setenv("MEDCHAT_WRITER", "quote")
    engine = database.open_engine(load())
    fill(engine, home)
    engine.dispose()

    def run(*words: str) -> object:
        monkeypatch.setattr(sys, "argv", ["medchat", *words, "--json"])
        with pytest.raises(SystemExit) as ended:
            main.main()
        told = capsys.readouterr()
        assert ended.value.code == 0, told.err
        return json.loads(told.out)

    return run


def test_status(shell: Shell) -> None:
    status = shell("kb", "status")
    assert isinstance(status, dict) and set(status) == STATUS
    assert set(status["embedding"]) == {"model", "dimension"}
    for source in status["sources"]:
        assert {"id", "title", "format", "licence", "entities", "facts", "documents"} <= set(source)


def test_search_hits(shell: Shell) -> None:
    found = shell("kb", "search", "metformin in renal impairment")
    hits = found["hits"] if isinstance(found, dict) else found
    assert isinstance(hits, list) and hits
    for place, hit in enumerate(hits, 1):
        assert set(hit) >= HIT and hit["rank"] == place
        assert hit["kind"] in {"passage", "fact"}
        assert set(hit["why"]) == {"dense", "lexical", "graph"}


def test_entity(shell: Shell) -> None:
    shown = shell("kb", "entity", "T2DM")
    entity = shown[0] if isinstance(shown, list) else shown
    assert isinstance(entity, dict) and set(entity) >= {"id", "kind", "names", "facts"}
    assert "2型糖尿病" in entity["names"]["zh"]
    for fact in entity["facts"]:
        assert {"id", "relation", "sources", "conflicts"} <= set(fact)
        assert ("object" in fact) != ("value" in fact)


@pytest.mark.parametrize("question", ["What are the symptoms of gout?", "痛风有哪些症状？"])
def test_answer(shell: Shell, question: str) -> None:
    answer = shell("ask", question)
    assert isinstance(answer, dict) and set(answer) >= ANSWER
    assert set(answer["model"]) >= {"base", "adapter"}
    assert answer["sentences"] and answer["citations"] and not answer["abstained"]
    for sentence in answer["sentences"]:
        assert set(sentence) >= {"text", "citations", "support", "score"}
        assert sentence["support"] in {"supported", "unsupported", "none"}
    for citation in answer["citations"]:
        assert set(citation) >= {"n", "kind", "id", "title", "year", "quote", "start", "end"}
        assert len(citation["quote"]) == citation["end"] - citation["start"]


def test_abstention(shell: Shell) -> None:
    answer = shell("ask", "Who won the 1998 football world cup final and by what score?")
    assert isinstance(answer, dict)
    assert answer["abstained"] is True and answer["alerts"] == []


def test_adapters_of_an_empty_ledger(shell: Shell) -> None:
    assert shell("adapters", "list") == []


def test_lessons_and_their_folder(shell: Shell, tmp_path: Path) -> None:
    out = tmp_path / "data"
    shell("build-data", "--out", str(out), "--limit", "40")
    assert {path.name for path in out.iterdir()} == FOLDER
    rows = [json.loads(line) for line in (out / "train.jsonl").read_text().splitlines()]
    for row in rows:
        assert set(row) == LESSON
        assert {message["role"] for message in row["messages"]} <= {"system", "user", "assistant"}
        assert row["sources"] and all(one["kind"] in {"fact", "passage"} for one in row["sources"])
    alpaca = json.loads((out / "alpaca.json").read_text())
    assert set(alpaca[0]) >= {"instruction", "input", "output"}
    registry = json.loads((out / "dataset_info.json").read_text())
    assert {entry["file_name"] for entry in registry.values()} <= FOLDER
