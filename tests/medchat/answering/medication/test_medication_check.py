"""The medication check: what is said first, of pairs, classes, allergies and patients."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
import yaml

from knowledge.ingest import starter, updates
from knowledge.search.query_parser import parse_query
from knowledge.search.searcher import Search, open_search
from knowledge.text.names import language_of
from medchat.answering.answer import Answer, Model, Sentence
from medchat.answering.leads import Lead, Turn
from medchat.answering.medication.step import check_answer, check_medication
from medchat.answering.patient_state import Measurement, NamedThing, PatientState
from medchat.answering.understanding import understand_question
from medchat.settings import Settings
from medchat.storage import database

CASES = yaml.safe_load(
    (Path(__file__).parents[3] / "cases" / "medication_checks.yaml").read_text(encoding="utf-8")
)
NOBODY = PatientState()
VERDICTS = (
    ("if_possible", "Avoid if possible: ", "尽量避免："),
    ("avoid", "Avoid: ", "避免"),
    ("caution", "Caution: ", "慎用："),
    ("note", "Recorded: ", "有记录："),
    ("nothing", "Nothing is recorded", "在这些资料"),
    ("unknown", "Cannot check: ", "无法核对：这些资料"),
    ("missing", "Cannot check ", "无法核对"),
)


@pytest.fixture(scope="module")
def search(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Search]:
    home = tmp_path_factory.mktemp("medication")
    engine = database.open_engine(Settings(home=home))
    records = [path for path in starter.files() if path.suffix == ".yaml"]
    updates.add(engine, home, records)
    yield open_search(engine, home)
    engine.dispose()


def ask(search: Search, question: str, patient: PatientState = NOBODY) -> Lead | None:
    parse = partial(parse_query, linker=search.linker)
    asked = understand_question(question, [], parse)
    return check_medication(Turn(question, language_of(question), asked, patient, search))


def verdict_of(lead: Lead | None) -> str:
    said = lead.told.text if lead is not None and lead.told is not None else ""
    return next((name for name, *begins in VERDICTS if said.startswith(tuple(begins))), "none")


def known(search: Search, *names: str) -> tuple[NamedThing, ...]:
    return tuple(
        NamedThing(each.text, tuple(each.entities))
        for name in names
        for each in search.linker.find(name)
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["ask"])
def test_the_verdict_comes_first_and_says_why(search: Search, case: dict[str, object]) -> None:
    lead = ask(search, str(case["ask"]))
    said = lead.told.text if lead and lead.told else ""
    assert verdict_of(lead) == case["verdict"], said
    for wanted in case.get("says", []):
        assert any(each in said for each in wanted.split("|")), said


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["ask"])
def test_every_verdict_cites_facts_of_the_graph(search: Search, case: dict[str, object]) -> None:
    lead = ask(search, str(case["ask"]))
    if lead is None or lead.told is None:
        return
    for sentence in lead.told.sentences:
        plain = verdict_of(lead) in ("nothing", "unknown") or "same medicine" in sentence.text
        assert sentence.citations or plain, sentence.text
    for citation in lead.told.citations:
        assert citation.facts and citation.quote
        assert (
            citation.quote
            == search.graph.evidence(
                *citation.id.split("#"), language_of(citation.quote), only=citation.facts
            ).text
        )


def test_what_was_told_before_counts(search: Search) -> None:
    patient = PatientState(medicines=known(search, "warfarin"))
    lead = ask(search, "Can I add fluconazole?", patient)
    assert lead and lead.told and lead.told.text.startswith("Avoid if possible: ")
    assert "warfarin" in lead.told.text

    patient = PatientState(measurements={"egfr": Measurement("22")})
    lead = ask(search, "能用二甲双胍吗？", patient)
    assert lead and lead.told and "eGFR为22" in lead.told.text

    patient = PatientState(allergies=known(search, "penicillin"))
    lead = ask(search, "Is amoxicillin ok?", patient)
    assert lead and [alert.kind for alert in lead.alerts] == ["allergy"]

    patient = PatientState(pregnant=True, pregnancy_week=34)
    lead = ask(search, "布洛芬可以吃吗？", patient)
    assert lead and lead.told and "妊娠晚期" in lead.told.text


def test_what_is_asked_comes_before_what_is_noticed_besides(search: Search) -> None:
    told = known(search, "metformin", "digoxin")
    patient = PatientState(medicines=told, measurements={"egfr": Measurement("22")})
    lead = ask(search, "Can I add clarithromycin?", patient)
    assert lead and lead.told
    said = [sentence.text for sentence in lead.told.sentences]
    assert "clarithromycin with digoxin" in said[0] or "digoxin with clarithromycin" in said[0]
    assert any(text.startswith("Also: Avoid: metformin") for text in said)
    assert "metformin with digoxin" not in lead.told.text


def test_all_that_is_taken_is_checked_where_the_treatment_is_asked_about(search: Search) -> None:
    patient = PatientState(pregnant=True, medicines=known(search, "lisinopril"))
    for question in (
        "What should be changed in her treatment?", "Anything to stop?", "她的用药需要调整吗？",
        "Would you switch something?", "Is that regimen appropriate?", "需要停什么药？",
        "用药有什么不妥？",
    ):  # fmt: skip
        lead = ask(search, question, patient)
        assert lead and lead.told and verdict_of(lead) == "avoid", question


def test_a_question_of_knowledge_is_not_preceded_by_a_verdict(search: Search) -> None:
    patient = PatientState(pregnant=True, medicines=known(search, "warfarin"))
    assert ask(search, "What is ibuprofen?", patient) is None
    assert ask(search, "布洛芬的副作用有哪些？", patient) is None
    assert ask(search, "What problems does asthma cause?", patient) is None
    assert ask(search, "痛风怎么调整饮食？", patient) is None


def test_what_is_dangerous_for_the_patient_is_told_as_an_alert(search: Search) -> None:
    patient = PatientState(medicines=known(search, "isosorbide mononitrate"))
    lead = ask(search, "Please write the dose of sildenafil on his chart", patient)
    assert lead and lead.told is None and not lead.complete
    assert [(alert.kind, alert.severity) for alert in lead.alerts] == [("interaction", "serious")]
    assert "isosorbide mononitrate" in lead.alerts[0].text


@pytest.mark.parametrize("text", ["not pregnant", "She is not pregnant.", "没有怀孕"])
def test_what_is_denied_does_not_count(search: Search, text: str) -> None:
    lead = ask(search, f"{text} Is losartan ok? 氯沙坦能用吗？")
    assert lead is None or lead.told is None or "Avoid" not in lead.told.text


def test_the_most_severe_comes_first(search: Search) -> None:
    lead = ask(search, "Can I give ibuprofen with amlodipine and warfarin in heart failure?")
    assert lead and lead.told
    kinds = [sentence.text.split(":")[0] for sentence in lead.told.sentences]
    order = ["Avoid", "Avoid if possible", "Caution", "Recorded"]
    shown = [kind for kind in kinds if kind in order]
    assert shown == sorted(shown, key=order.index) and shown[0] == "Avoid"


def answer(text: str) -> Answer:
    return Answer(
        text, language_of(text), (Sentence(text, (), "none", 0.0),), (), False, Model("quote"), 1
    )


def test_medicines_that_an_answer_names_are_checked_against_the_patient(search: Search) -> None:
    patient = PatientState(pregnant=True, pregnancy_week=30, medicines=known(search, "sildenafil"))
    said = answer("Medicines used for hypertension include enalapril, lisinopril and labetalol.")
    found = check_answer(said, patient, search, ())
    assert [alert.kind for alert in found] == ["pregnancy"]
    assert "enalapril and lisinopril" in found[0].text and "labetalol" not in found[0].text

    said = answer("心绞痛发作时舌下含服硝酸甘油。")
    found = check_answer(said, patient, search, ())
    assert [alert.kind for alert in found] == ["interaction"]
    assert "硝酸甘油" in found[0].text and "西地那非" in found[0].text


def test_an_answer_that_warns_or_is_of_nobody_needs_no_alert(search: Search) -> None:
    pregnant = PatientState(pregnant=True)
    warning = answer("Enalapril must not be used in pregnancy.")
    assert check_answer(warning, pregnant, search, ()) == ()
    assert check_answer(answer("Enalapril lowers blood pressure."), NOBODY, search, ()) == ()


def test_an_alert_names_its_source(search: Search) -> None:
    lead = ask(search, "Is warfarin ok with metronidazole?")
    assert lead and lead.alerts
    assert all("medchat starter interactions" in alert.source for alert in lead.alerts)


def test_one_severity_of_one_kind_is_said_once(search: Search) -> None:
    lead = ask(search, "Can a breastfeeding mother take codeine?")
    assert lead and lead.told and len(lead.told.sentences) == 1
    lead = ask(search, "孕20周能用多西环素吗？")
    assert lead and lead.told and len(lead.told.sentences) == 1


def test_an_alert_that_the_answer_says_is_not_shown_again(search: Search) -> None:
    lead = ask(search, "Can warfarin be given with clarithromycin?")
    assert lead and lead.told and lead.alerts
    said = replace(answer(lead.told.text), alerts=lead.alerts)
    assert said.unsaid_alerts() == ()
    assert replace(said, text="Warfarin is a tablet.").unsaid_alerts() == lead.alerts


def test_a_follow_up_is_asked_of_what_is_taken_and_not_of_what_was_asked(search: Search) -> None:
    parse = partial(parse_query, linker=search.linker)
    question = "克拉霉素能和阿奇霉素一起用吗？"  # as a follow-up may be completed
    asked = replace(understand_question(question, [], parse), follows=True)
    patient = PatientState(medicines=known(search, "地高辛"))
    lead = check_medication(Turn("那阿奇霉素呢？", "zh", asked, patient, search))
    assert lead and lead.told and "地高辛" in lead.told.text
    assert "克拉霉素" not in lead.told.text
