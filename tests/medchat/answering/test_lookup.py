"""Look-up: what is said first where the very thing asked for is not there."""

import pytest
from toy_home import fill, scripted

from knowledge.ingest import updates
from medchat.answering.retriever import embedding_of
from medchat.settings import load
from medchat.storage import database


@pytest.fixture
def engine(home):
    engine = database.open_engine(load())
    fill(engine, home)
    yield engine
    engine.dispose()


@pytest.mark.parametrize(
    ("question", "first"),
    [
        (
            "What is the first-line treatment of tropical type 2 diabetes?",
            "The sources hold nothing on",
        ),
        ("胰岛性2型糖尿病的一线治疗是什么？", "资料中没有“胰岛性2型糖尿病”的内容"),
    ],
)
def test_what_is_known_of_the_kind_is_said_to_be_of_it(engine, question, first):
    answer = scripted(engine, []).ask(question)
    assert answer.sentences[0].text.startswith(first)
    assert answer.sentences[0].support == "none" and answer.citations


@pytest.mark.parametrize(
    "question",
    ["What is the treatment of type 2 diabetes insipidus?", "2型糖尿病足骨炎怎么治疗？"],
)
def test_what_is_known_of_a_part_of_a_name_is_no_answer(engine, question):
    assert scripted(engine, []).ask(question).abstained


def test_evidence_in_the_other_language_needs_all_names_of_a_question(engine):
    answer = scripted(engine, []).ask("Does yoga ease gout in astronauts on the moon?")
    assert "only Chinese" not in answer.text


STUDY = """\
{"id": "PMID:77", "title": "", "content": "To assess whether cherry juice reduces nightly attacks \
in sailors. Eighty sailors were randomized. Attacks were less common with juice (12% vs 31%)."}
"""
QUESTION = "Does cherry juice reduce nightly attacks in sailors?"


def test_a_study_tells_its_result_and_once_retracted_is_named_first(engine, home, tmp_path):
    path = tmp_path / "study.jsonl"
    path.write_text(STUDY, encoding="utf-8")
    updates.add(engine, home, [path], licence="CC0-1.0", embedding=embedding_of(load()))
    answer = scripted(engine, []).ask(QUESTION)
    assert "12% vs 31%" in answer.text and "To assess" not in answer.text
    updates.retract(engine, home, ["pmid:77"])
    answer = scripted(engine, []).ask(QUESTION)
    assert answer.abstained or "retracted" in answer.sentences[0].text
    assert "pmid:77" in answer.text and "31%" not in answer.text
