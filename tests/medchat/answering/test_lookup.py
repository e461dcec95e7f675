"""Look-up: what is said first where the very thing asked for is not there."""

import pytest
from toy_home import open_filled, scripted

from knowledge.ingest import updates
from medchat.answering.retriever import embedding_of
from medchat.settings import load


@pytest.fixture
def engine(home):
    engine = open_filled(home)
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


KINDS = """\
format: medchat-records
title: Records with findings and longer names
licence: CC0-1.0
source: Written for the tests.
records:
- kind: condition
  en: [Sailor's sweat]
  zh: [水手热]
  description: "A mild illness of harbours. = 一种见于港口的轻病。"
  symptom: ["green tongue = 绿舌", "fatigue = 乏力"]
  first_line: ["limewater = 石灰水"]
- kind: condition
  en: [Sailor's cough]
  zh: [水手咳]
  description: "A loud illness of decks. = 一种见于甲板的咳嗽病。"
  symptom: ["green tongue = 绿舌", "thirst = 口渴"]
- kind: medicine
  en: [limewater]
  zh: [石灰水]
  side_effect: ["green tongue = 绿舌"]
"""
HARBOUR = """\
---
key: note:harbour-gout:en
title: Harbours
language: en
year: 2026
type: note
---
## Treatment
Harbour gout is treated with rest on land.
"""


@pytest.fixture
def harbours(engine, home, tmp_path):
    (tmp_path / "kinds.yaml").write_text(KINDS, encoding="utf-8")
    (tmp_path / "harbour.md").write_text(HARBOUR, encoding="utf-8")
    updates.add(engine, home, [tmp_path / "kinds.yaml", tmp_path / "harbour.md"])
    return scripted(engine, [])


def test_of_a_longer_name_only_what_speaks_of_all_of_it_answers(harbours):
    answer = harbours.ask("What is the treatment of harbour gout?")
    assert "rest on land" in answer.text and "joint pain" not in answer.text
    assert {citation.id.partition("#")[0] for citation in answer.citations} == {
        "note:harbour-gout:en"
    }


@pytest.mark.parametrize("question", ["What can cause a green tongue?", "绿舌是什么原因？"])
def test_a_finding_is_caused_by_what_has_it(harbours, question):
    cited = [citation.id.rpartition("#")[2] for citation in harbours.ask(question).citations]
    assert cited == ["symptom~", "side_effect~"]


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("How do sailor's sweat and sailor's cough differ?", ("harbours", "decks", "thirst")),
        ("Compare sailor's sweat with sailor's cough", ("harbours", "decks", "fatigue")),
        ("水手热和水手咳有什么区别？", ("港口", "甲板", "口渴")),
    ],
)
def test_both_sides_of_a_comparison_are_told_each_from_its_own_facts(harbours, question, said):
    answer = harbours.ask(question)
    assert all(each in answer.text for each in said) and not answer.abstained
    assert all(sentence.citations for sentence in answer.sentences)
    assert "limewater" not in answer.text  # only one side has a treatment


def test_which_is_better_is_not_decided(harbours):
    first = harbours.ask("Which is better, sailor's sweat or sailor's cough?").sentences[0]
    assert first.text.startswith("The sources do not say which") and not first.citations


NOTES = """\
{"id": "PMID:81", "title": "Attacks of gout", "content": "A sudden attack of gout is treated with \
colchicine within twelve hours."}
{"id": "PMID:82", "title": "Attacks of migraine", "content": "A sudden attack of migraine is \
treated with sumatriptan within one hour."}
"""


def test_what_names_nothing_is_looked_up_for_what_the_patient_has(engine, home, tmp_path):
    path = tmp_path / "notes.jsonl"
    path.write_text(NOTES, encoding="utf-8")
    updates.add(engine, home, [path], licence="CC0-1.0", embedding=embedding_of(load()))
    chat, asked = scripted(engine, []), "How is a sudden attack treated within hours?"
    assert {citation.id for citation in chat.ask(asked).citations} >= {"pmid:82#1"}
    first = chat.ask("The patient has gout.")
    answer = chat.ask(asked, first.conversation)
    assert [citation.id for citation in answer.citations] == ["pmid:81#1"]


PARTS = """\
format: medchat-records
title: Records with a part of the body and an illness of another
licence: CC0-1.0
source: Written for the tests.
records:
- kind: body_part
  en: [gizzard]
  zh: [砂囊]
- kind: condition
  en: [Sailor's sweat]
  zh: [水手热]
  symptom: ["fatigue = 乏力"]
  first_line: ["limewater = 石灰水"]
"""
GIZZARD = """\
---
key: note:gizzard:en
title: Gizzards
language: en
year: 2026
type: note
---
## Treatment
Any pain in the gizzard is treated with rest. Gizzard torsion is treated by surgery.
Fatigue due to sailor's sweat is treated with naps.
"""


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("What is the treatment of gizzard torsion?", "by surgery"),
        ("How is fracture of the gizzard treated?", ""),
        ("What is the treatment of familial gizzard failure?", ""),
        ("What is the treatment of fatigue due to sailor's sweat?", "naps"),
    ],
)
def test_what_is_said_of_a_place_or_of_a_cause_is_no_answer(engine, home, tmp_path, question, told):
    (tmp_path / "parts.yaml").write_text(PARTS, encoding="utf-8")
    (tmp_path / "gizzard.md").write_text(GIZZARD, encoding="utf-8")
    updates.add(engine, home, [tmp_path / "parts.yaml", tmp_path / "gizzard.md"])
    answer = scripted(engine, []).ask(question)
    assert answer.abstained == (not told) and told in answer.text
    assert "limewater" not in answer.text
