"""What is given to a patient for a condition: each medicine that is recorded, checked in them."""

from collections.abc import Iterator
from functools import partial

import pytest

from knowledge.ingest import starter, updates
from knowledge.search.query_parser import parse_query
from knowledge.search.searcher import Search, open_search
from knowledge.text.citations import uncited
from knowledge.text.names import language_of
from medchat.answering.leads import Lead, Turn
from medchat.answering.medication.treatment_choice import choose_treatment
from medchat.answering.patient.patient_reading import read_message
from medchat.answering.patient_state import PatientState
from medchat.answering.understanding import understand_question
from medchat.settings import Settings
from medchat.storage import database


@pytest.fixture(scope="module")
def search(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Search]:
    home = tmp_path_factory.mktemp("choice")
    engine = database.open_engine(Settings(home=home))
    updates.add(engine, home, [path for path in starter.files() if path.suffix == ".yaml"])
    yield open_search(engine, home)
    engine.dispose()


def ask(search: Search, question: str) -> Lead | None:
    patient = read_message(question, PatientState(), search.linker.find).state
    parse = partial(parse_query, linker=search.linker)
    asked = understand_question(question, [], parse, patient)
    return choose_treatment(Turn(question, language_of(question), asked, patient, search))


def verdicts(lead: Lead) -> tuple[str, str]:
    """Return what is said to be open, and what is said to be avoided or given with care."""
    assert lead.told is not None
    sentences = [uncited(each.text) for each in lead.told.sentences]
    opening = ("Of ", "Instead ", "在", "痛风", "社区")
    return (
        " ".join(each for each in sentences if each.startswith(opening)),
        " ".join(each for each in sentences if not each.startswith(opening)),
    )


@pytest.mark.parametrize(
    ("question", "given", "against"),
    [
        ("A man with an eGFR of 20 has gout. What can I give him?", "prednisolone", "naproxen"),
        ("My patient on warfarin needs something for osteoarthritis. Which drug?", "", "celecoxib"),
        ("Community-acquired pneumonia with penicillin allergy, which antibiotic?",
         "doxycycline", "amoxicillin"),
        ("She has asthma and hypertension. Which drug for her blood pressure?", "amlodipine", ""),
        ("heart failure in a patient with asthma, which drugs?", "ACE inhibitors", "beta-blockers"),
        ("He cannot tolerate ramipril. What should I use for hypertension in diabetes?",
         "amlodipine", "indapamide"),
        ("痛风患者eGFR 20，用什么药？", "泼尼松龙", "萘普生"),
        ("青霉素过敏的社区获得性肺炎患者用什么抗生素？", "多西环素", "阿莫西林"),
        ("哮喘患者合并高血压，用什么降压药？", "氨氯地平", ""),
        ("老年人失眠用什么药？", "褪黑素", "唑吡坦"),
    ],
)  # fmt: skip
def test_what_nothing_speaks_against_is_told_apart_from_what_needs_care(
    search: Search, question: str, given: str, against: str
) -> None:
    lead = ask(search, question)
    assert lead is not None and lead.complete
    open_, careful = verdicts(lead)
    assert given in open_
    assert against in careful
    assert not against or against not in open_


@pytest.mark.parametrize(
    "question",
    [
        "What are the treatments for gout?",
        "Which drugs cause gout in kidney disease?",
        "Is naproxen safe in kidney disease?",
        "Which drugs should I avoid in asthma with hypertension?",
        "What prevents migraine in asthma?",
        "Do trials show that febuxostat is effective for gout in kidney disease?",
        "痛风有哪些治疗？",
        "痛风患者肾功能不全，哪些药不能用？",
    ],
)
def test_what_asks_for_something_else_is_left_to_others(search: Search, question: str) -> None:
    assert ask(search, question) is None


@pytest.mark.parametrize(
    ("question", "name", "broader"),
    [
        ("小儿湿疹怎么治疗？", "小儿湿疹", "湿疹"),
        ("妊娠合并哮喘怎么治疗？", "妊娠合并哮喘", "哮喘"),
        ("How is gestational gout treated?", "gestational gout", "gout"),
        ("How is asthma of pregnancy treated?", "asthma of pregnancy", "asthma"),
        ("A child of 9 years has abdominal migraine: which medicine can I give?",
         "abdominal migraine", "migraine"),
    ],
)  # fmt: skip
def test_what_is_recorded_for_a_broader_disease_is_said_to_be(
    search: Search, question: str, name: str, broader: str
) -> None:
    lead = ask(search, question)
    assert lead is not None and lead.told is not None
    first = lead.told.sentences[0]
    assert f"“{name}”" in first.text and not first.citations
    assert broader in first.text.replace(name, "")


@pytest.mark.parametrize(
    "question",
    [
        "What is the treatment of fatigue due to chronic kidney disease?",
        "How is migraine bronchopathy treated in a child of 9 years?",
        "小儿流感嗜血杆菌脑膜炎怎么治疗？",
    ],
)
def test_what_another_disease_is_named_by_is_not_treated(search: Search, question: str) -> None:
    lead = ask(search, question)
    assert (
        lead is None
        or lead.told is None
        or not any(
            name in lead.told.text
            for name in ("SGLT2", "sodium bicarbonate", "ibuprofen", "奥司他韦")
        )
    )


@pytest.mark.parametrize(
    "question",
    [
        "AF with an eGFR of 20: which anticoagulant?",
        "My child of 9 has migraine: which medicine can I give?",
        "Stage 4 kidney disease and gout: what can I give?",
        "老年人，失眠用什么药？",
    ],
)
def test_a_patient_makes_no_other_disease(search: Search, question: str) -> None:
    lead = ask(search, question)
    assert lead is not None and lead.told is not None
    assert "as such" not in lead.told.text and "专门针对" not in lead.told.text


def test_without_a_record_for_a_child_a_medicine_is_not_told_to_be_open(
    search: Search,
) -> None:
    lead = ask(search, "A child of 7 years with asthma: which medicine can I give?")
    assert lead is not None
    open_, careful = verdicts(lead)
    assert "salbutamol" in open_
    assert "salmeterol" not in open_ and "salmeterol" in careful


def test_what_is_to_be_avoided_is_an_alert_in_short(search: Search) -> None:
    lead = ask(search, "Stage 4 kidney disease and gout: what can I give?")
    assert lead is not None
    assert any("naproxen" in each.text for each in lead.alerts)


def test_a_kind_with_most_treatments_stands_for_a_name_that_has_none(search: Search) -> None:
    lead = ask(search, "Pneumonia in a man who is allergic to penicillin: what should I use?")
    assert lead is not None and "Community-acquired pneumonia" in verdicts(lead)[0]
