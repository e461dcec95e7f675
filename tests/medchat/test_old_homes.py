"""A home of the first release opens: what it holds is read, answered from, and trained on.

`tests/old_homes/first` was written by the program as it was when the schema had its revision 0001;
the database is kept as SQL, and of the adapter only its manifest.
"""

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from toy_home import scripted

from finetune import adapters, dataset, ledger, rounds
from finetune.ledger import Wanted
from finetune.recipes import recipe_reader
from knowledge.index import generations
from knowledge.ingest import updates
from knowledge.lessons.dataset_check import check
from medchat import doctor
from medchat.composition import TEXT_TOOLS
from medchat.settings import load
from medchat.storage import conversations, database, feedback, transcript

FIRST = Path(__file__).resolve().parents[1] / "old_homes" / "first"


@pytest.fixture
def old_home(home, monkeypatch):
    """Give a copy of the old home, its database at the first schema."""
    shutil.copytree(FIRST, home)
    with closing(sqlite3.connect(home / "medchat.db")) as connection:
        connection.executescript((home / "medchat.sql").read_text(encoding="utf-8"))
    monkeypatch.setenv("MEDCHAT_RECIPE", str(home / "ward.yaml"))
    monkeypatch.setenv("MEDCHAT_WRITER", "quote")
    return home


@pytest.fixture
def engine(old_home):
    engine = database.open_engine(load())
    yield engine
    engine.dispose()


def findings(settings):
    return {finding.name: finding for finding in doctor.examine(settings).findings}


def test_the_doctor_says_that_the_database_is_brought_up_to_date_when_it_opens(old_home):
    examined = doctor.examine(load())
    found = {finding.name: finding for finding in examined.findings}
    assert examined.usable
    assert found["database"].state == "empty"
    assert "0001" in found["database"].told and "db upgrade" in found["database"].remedy
    assert found["knowledge"].state == "good"
    database.open_engine(load()).dispose()
    assert findings(load())["database"].state == "good"
    assert findings(load(writer="local"))["writer"].told.startswith("ward/round-1 on mini")


def test_its_knowledge_answers(engine):
    answer = scripted(engine, []).ask("What causes gout?")
    assert answer.text == "Causes of gout include urate crystals [1]."
    assert scripted(engine, []).ask("痛风的病因是什么？").text == "痛风的病因有尿酸盐结晶[1]。"
    paused = scripted(engine, []).ask("When should metformin be paused before contrast?")
    assert [citation.id for citation in paused.citations if citation.kind == "passage"] == [
        "note:metformin:en#1"
    ]
    assert generations.verify(engine, load().home) == []


def test_its_conversation_and_feedback_are_read(engine):
    (held,) = conversations.conversations(engine)
    question, answer = conversations.messages(engine, held.id)
    assert question.text == held.title == "What is the first-line treatment of type 2 diabetes?"
    assert answer.answer is not None
    assert answer.answer.text == "First-line treatment of type 2 diabetes: metformin [1]."
    (citation,) = answer.answer.citations
    assert citation.quote == "Type 2 diabetes — first-line treatment: metformin."
    assert "## Sources" in transcript.markdown(held, [question, answer])
    (verdict,) = feedback.list_feedback(engine)
    assert (verdict.verdict, verdict.correction) == ("down", "Metformin, with advice on diet.")


def test_a_conversation_of_then_goes_on(engine):
    (held,) = conversations.conversations(engine)
    answer = scripted(engine, []).ask("and its complications?", held.id)
    assert "retinopathy" in answer.text
    assert conversations.conversation(engine, held.id).messages == 4


def test_knowledge_is_added_to_what_was_there(engine, old_home):
    more = old_home.parent / "cherries.md"
    more.write_text("# Gout and cherries\n\nCherries are eaten in gout.\n", encoding="utf-8")
    assert updates.add(engine, old_home, [more]).generation == 2
    assert generations.verify(engine, old_home) == []
    assert scripted(engine, []).ask("What causes gout?").generation == 2
    assert generations.diff(engine, 1, 2).documents_added != []


def test_its_rows_are_read_and_proven_by_the_wordings_of_today(engine, old_home):
    data = dataset.read(old_home / "data" / "ward")
    assert (len(data.train), len(data.validation)) == (32, 8)
    report = check(engine, 1, old_home / "data" / "ward")
    # words that the templates no longer have are not proven: such a folder is built again
    rows = {fault.reason for fault in report.faults if fault.id}
    assert rows == {
        "a sentence is worded as no template of what it states",
        "the question is not one of its style and relation",
    }
    assert report.proven == 40 - len({fault.id for fault in report.faults if fault.id}) > 20
    # of the folder's other forms of the same rows nothing is kept here
    assert "the file is missing" in {fault.reason for fault in report.faults if not fault.id}


def test_its_recipe_and_adapter_are_known(old_home):
    recipe = recipe_reader.load(str(old_home / "ward.yaml"))
    (adapter,) = adapters.list_adapters(old_home)
    assert adapter == adapters.promoted(old_home)
    assert (adapter.name, adapter.objective, adapter.base) == ("ward/round-1", "sft", "mini")
    then = adapters.manifest(adapter)["recipe"]["values"]
    now = json.loads(json.dumps(recipe.values()))
    assert {key: now[key] for key in then} == then
    assert ledger.missing(recipe, old_home) == [2]


def test_the_next_round_is_planned_on_its_rows(old_home):
    recipe = recipe_reader.load(str(old_home / "ward.yaml"))
    estimate = rounds.estimate(
        Wanted(recipe, 2, old_home, old_home / "data" / "ward"), tools=TEXT_TOOLS
    )
    assert (estimate.rows, estimate.kept, estimate.steps) == (32, 32, 1)
