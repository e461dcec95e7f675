"""Lists of medicines: what a condition forbids, what interacts, and below which limit."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
import yaml

from knowledge.ingest import starter, updates
from knowledge.search.query_parser import parse_query
from knowledge.search.searcher import Search, open_search
from knowledge.text.citations import uncited
from knowledge.text.names import language_of
from medchat.answering.leads import Lead, Turn
from medchat.answering.medication.medicine_lists import list_medicines
from medchat.answering.patient_state import PatientState
from medchat.answering.understanding import understand_question
from medchat.settings import Settings
from medchat.storage import database

CASES = yaml.safe_load(
    (Path(__file__).parents[3] / "cases" / "medicine_lists.yaml").read_text(encoding="utf-8")
)


@pytest.fixture(scope="module")
def search(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Search]:
    home = tmp_path_factory.mktemp("lists")
    engine = database.open_engine(Settings(home=home))
    updates.add(engine, home, [path for path in starter.files() if path.suffix == ".yaml"])
    yield open_search(engine, home)
    engine.dispose()


def ask(search: Search, question: str) -> Lead | None:
    asked = understand_question(question, [], partial(parse_query, linker=search.linker))
    return list_medicines(Turn(question, language_of(question), asked, PatientState(), search))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["ask"])
def test_a_list_holds_what_is_recorded_and_nothing_else(
    search: Search, case: dict[str, object]
) -> None:
    lead = ask(search, str(case["ask"]))
    if case.get("lists") is False:
        assert lead is None
        return
    assert lead and lead.told and lead.complete
    said = uncited(lead.told.text)
    assert said.startswith(str(case["begins"])), said
    assert all(each in said for each in case["holds"]), said
    assert not any(each in said for each in case["lacks"]), said


def test_each_name_of_a_list_is_in_what_it_cites(search: Search) -> None:
    lead = ask(search, "Which drugs should be avoided in gout?")
    assert lead and lead.told
    quotes = {citation.n: citation for citation in lead.told.citations}
    for sentence in lead.told.sentences:
        assert sentence.citations
        for number in sentence.citations:
            assert quotes[number].title in sentence.text
            assert "out" in quotes[number].quote  # gout, or a kind of it
