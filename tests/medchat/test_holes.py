"""A sentence that could not be read whole is never quoted, whoever writes the answer."""

import pytest
from toy_home import scripted

from knowledge.ingest import updates
from knowledge.text.holes import HOLE
from medchat.settings import load
from medchat.storage import database

NOTE = f"""\
# Colchicine in gout

Colchicine is given at 500 {HOLE}g twice daily in gout. Colchicine is stopped when diarrhoea starts.

| Medicine | Dose |
|---|---|
| Colchicine | 5 {HOLE}g |
| Naproxen | 250 mg |
"""
RECORDS = f"""\
format: medchat-records
title: Records
licence: CC0-1.0
source: Written for the tests.
records:
- kind: condition
  en: [Gout]
  first_line: ["colchicine"]
  prevention: ["Take 5 {HOLE}g of salt.", "Drink water."]
"""


@pytest.fixture
def engine(home, tmp_path):
    engine = database.open_engine(load())
    (tmp_path / "colchicine.md").write_text(NOTE, encoding="utf-8")
    (tmp_path / "records.yaml").write_text(RECORDS, encoding="utf-8")
    updates.add(engine, home, [tmp_path / "colchicine.md", tmp_path / "records.yaml"])
    yield engine
    engine.dispose()


@pytest.mark.parametrize(
    "draft",
    [[], [f"Colchicine is given at 500 {HOLE}g twice daily in gout [1]. Colchicine treats gout."]],
    ids=["quotation", "model"],
)
@pytest.mark.parametrize(
    "question",
    [
        "What dose of colchicine is given in gout?",
        "When is colchicine stopped in gout?",
        "Which doses of naproxen and colchicine are in the table on gout?",
        "How is gout prevented?",
    ],
)
def test_no_answer_holds_what_was_not_read(engine, question, draft):
    answer = scripted(engine, draft).ask(question, log=False)
    assert "⟦" not in answer.text
    assert all("⟦" not in citation.quote for citation in answer.citations)


def test_what_stands_beside_it_is_quoted(engine):
    answer = scripted(engine, []).ask("When is colchicine stopped in gout?", log=False)
    assert "Colchicine is stopped when diarrhoea starts" in answer.text
