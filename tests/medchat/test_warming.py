"""Warming: a server reads what a new generation needs before somebody asks it."""

import pytest
from toy_home import open_filled, scripted

from knowledge.ingest import updates
from medchat import warming


@pytest.fixture
def engine(home):
    engine = open_filled(home)
    yield engine
    engine.dispose()


def test_a_change_is_followed_and_the_thread_ends_with_its_chat(engine, home, tmp_path):
    chat = scripted(engine, [])
    first = chat.search().generation
    thread = warming.keep_warm(chat, pause=0.01)
    path = tmp_path / "more.jsonl"
    path.write_text('{"id": "PMID:5", "title": "Rest", "content": "Rest helps."}\n', "utf-8")
    updates.add(engine, home, [path], licence="CC0-1.0")
    assert chat.search().generation > first
    assert thread.is_alive()
    del chat
    thread.join(60)
    assert not thread.is_alive()
