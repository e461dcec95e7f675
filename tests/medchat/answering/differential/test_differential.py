"""Differentials: findings read as people say them, conditions ranked, and when there is none."""

from dataclasses import replace

import pytest
from toy_home import scripted

from knowledge.ingest import updates
from knowledge.lessons.realize.patient_profiles import fits_patient
from knowledge.search.query_parser import parse_query
from knowledge.search.searcher import open_search
from medchat.answering.differential import differential as step
from medchat.answering.differential.ranking import FindingsIndex, Fit, Known, rank
from medchat.answering.differential.reported import Finding, read_findings, read_risks, sayings
from medchat.answering.leads import Turn
from medchat.answering.patient_state import NamedThing, PatientState
from medchat.answering.understanding import Question, understand_question
from medchat.settings import load
from medchat.storage import database

RECORDS = """\
format: medchat-records
title: Conditions for differentials
licence: CC0-1.0
source: Written for the tests.
records:
- kind: condition
  en: [Hypothyroidism]
  zh: [甲状腺功能减退症]
  symptom:
  - "fatigue = 乏力"
  - "weight gain = 体重增加"
  - "cold intolerance = 怕冷"
  - "constipation = 便秘"
  test: ["TSH = 促甲状腺激素", "blood count = 血常规"]
  red_flag: ["Drowsiness may be myxoedema coma. = 嗜睡可能为黏液性水肿昏迷。"]
- kind: condition
  en: [Iron deficiency anaemia]
  zh: [缺铁性贫血]
  symptom: ["fatigue = 乏力", "shortness of breath = 呼吸困难", "pica = 异食癖"]
  sign: ["pallor = 面色苍白"]
  test: ["ferritin = 铁蛋白", "blood count = 血常规"]
- kind: condition
  en: [Pulmonary embolism]
  zh: [肺栓塞]
  symptom: ["pleuritic chest pain = 胸膜性胸痛", "shortness of breath = 呼吸困难"]
  test: ["CT pulmonary angiography = CT肺动脉造影"]
- kind: condition
  en: [Community-acquired pneumonia]
  zh: [社区获得性肺炎]
  symptom:
  - "cough = 咳嗽"
  - "fever = 发热"
  - "shortness of breath = 呼吸困难"
  - "pleuritic chest pain = 胸膜性胸痛"
  cause: ["smoking = 吸烟"]
  test: ["chest X-ray = 胸部X线检查"]
- kind: condition
  en: [Ovarian cyst]
  zh: [卵巢囊肿]
  symptom: ["pelvic pain = 盆腔痛", "bloating = 腹胀"]
- kind: medicine
  en: [levothyroxine]
  zh: [左甲状腺素]
  side_effect: ["palpitations = 心悸"]
"""


@pytest.fixture
def engine(home):
    engine = database.open_engine(load())
    path = home.parent / "records.yaml"
    path.write_text(RECORDS, encoding="utf-8")
    updates.add(engine, home, [path])
    yield engine
    engine.dispose()


@pytest.fixture
def search(engine, home):
    return open_search(engine, home)


def names(lead):
    return [citation.title for citation in lead.told.citations if not citation.id.endswith("#test")]


def turn(search, message, language="en", **known):
    return Turn(message, language, Question(message, language), PatientState(**known), search)


@pytest.mark.parametrize(
    ("message", "present", "absent"),
    [
        ("She is worn out and has put on 8 kg", {"fatigue", "weight gain"}, set()),
        ("No fever or cough, but short of breath", {"shortness of breath"}, {"fever", "cough"}),
        ("I can't sleep and my heart is racing", {"sleep disturbance", "palpitations"}, set()),
        ("My son keeps throwing up and his tummy hurts", {"vomiting", "abdominal pain"}, set()),
        ("his face is yellow, urine dark, itchy", {"dark urine", "itching"}, set()),
        ("最近老是没力气，还掉头发", {"fatigue", "hair loss"}, set()),
        ("没有发烧，不咳嗽，就是喘不上气", {"shortness of breath"}, {"fever"}),
        ("拉肚子三天，肚子疼，便血", {"diarrhoea", "abdominal pain", "rectal bleeding"}, set()),
        ("早上关节僵硬，手指肿", {"morning stiffness", "joint swelling"}, set()),
    ],
)
def test_findings_are_read_as_people_say_them(search, message, present, absent):
    read = read_findings(message, search.linker)
    assert present <= {name for finding in read.present for name in finding.sayings}
    denied = {name for finding in read.absent for name in finding.sayings}
    assert absent <= denied
    assert not denied & present


def test_every_saying_is_found_by_its_own_names():
    lost = [
        (saying.name, name)
        for saying in sayings()
        for name in saying.names.values()
        if not any(each.search(name.casefold()) for each in saying.patterns)
    ]
    assert lost == []


@pytest.mark.parametrize(
    ("message", "language", "first"),
    [
        (
            "Woman of 45, always tired, feels cold, hard stools. What could this be?",
            "en",
            "Hypothyroidism",
        ),
        ("女，50岁，没力气、怕冷、大便干结，鉴别诊断？", "zh", "甲状腺功能减退症"),
        (
            "Pale and breathless, she craves ice. Differential diagnosis?",
            "en",
            "Iron deficiency anaemia",
        ),
    ],
)
def test_the_condition_with_the_most_telling_findings_comes_first(search, message, language, first):
    lead = step.differential(turn(search, message, language))
    assert lead.complete
    assert names(lead)[0] == first


def test_what_must_not_be_missed_comes_first_and_what_is_denied_speaks_against(search):
    message = "Sharp chest pain when breathing in, short of breath, no fever. Differential?"
    lead = step.differential(turn(search, message))
    texts = [sentence.text for sentence in lead.told.sentences]
    assert texts[0].startswith("Not to be missed: Pulmonary embolism — for it: ")
    assert "CT pulmonary angiography" in texts[0]
    assert "against it: no fever" in texts[1]
    assert texts[-1].endswith("it is not a diagnosis.")


def test_every_finding_named_for_a_condition_is_in_the_line_that_it_cites(search):
    lead = step.differential(turn(search, "Tired, breathless, constipated. What could it be?"))
    lines = {citation.n: citation.quote for citation in lead.told.citations}
    for sentence in lead.told.sentences[:-1]:
        quotes = " ".join(lines[n] for n in sentence.citations)
        found = sentence.text.partition("for it: ")[2].partition(" [")[0]
        for name in found.replace(" and ", ", ").split(", "):
            assert name.partition(" (")[0] in quotes


def test_a_narrower_finding_of_the_graph_is_said_as_such(search):
    lead = step.differential(turn(search, "Chest pain and shortness of breath: differential?"))
    assert "chest pain (described as pleuritic chest pain)" in lead.told.text


def test_findings_that_were_told_before_count(search):
    known = {"findings": (NamedThing("cold intolerance"), NamedThing("constipation"))}
    lead = step.differential(turn(search, "And now weight gain. What could it be?", **known))
    assert names(lead)[0] == "Hypothyroidism"


@pytest.mark.parametrize(
    "message",
    [
        "What are the symptoms of hypothyroidism?",
        "Does levothyroxine cause palpitations, fatigue and weight gain?",
        "Which test shows hypothyroidism?",
        "How is a headache treated?",
        "甲减会便秘、乏力、怕冷吗？",
        "Hello, what can you do?",
    ],
)
def test_other_questions_are_no_matter_of_a_differential(search, message):
    language = "zh" if "甲" in message else "en"
    asked = understand_question(message, [], lambda text: parse_query(text, search.linker))
    assert step.differential(Turn(message, language, asked, PatientState(), search)) is None


def test_an_emergency_that_is_told_is_not_turned_into_a_list(search):
    message = "She is tired, pale, short of breath and feels cold."
    told = turn(search, message)
    assert step.differential(told) is not None
    assert step.differential(replace(told, urgent=True)) is None


def test_two_findings_and_one_denied_are_enough(search):
    assert step.differential(turn(search, "She is tired and constipated, no fever")) is not None
    assert step.differential(turn(search, "She is tired and constipated")) is None


@pytest.mark.parametrize(
    "message",
    [
        "Tired and always cold: what must I not miss?",
        "What explains fatigue and weight gain?",
        "乏力、怕冷，不能漏诊什么？",
    ],
)
def test_what_must_not_be_missed_is_asked_of_a_differential(search, message):
    language = "zh" if "冷" in message else "en"
    assert names(step.differential(turn(search, message, language)))


def test_an_urgent_condition_that_fits_worse_stands_behind_the_first(search):
    finding = Finding("fever")
    known = Known("symptom:fever", frozenset(), "fact:1", "symptom")
    first, worse, near = (
        Fit(f"condition:{score}", score, ((finding, known),) * 2, ()) for score in (4.0, 2.0, 3.0)
    )
    urgent = frozenset({worse.condition, near.condition})
    shown, named = step._chosen([first, near, worse], urgent)
    assert shown == [near, first, worse]
    assert named == urgent


def test_the_red_flags_of_the_best_fit_are_told(search):
    lead = step.differential(turn(search, "Tired, always cold, constipated. What could it be?"))
    flags = [one for one in lead.told.sentences if one.part == "escalation"]
    assert [one.text for one in flags] == [
        "A red flag in hypothyroidism: drowsiness may be myxoedema coma "
        f"[{len(lead.told.citations)}]."
    ]


@pytest.mark.parametrize(
    ("message", "risks"),
    [
        ("60-year-old smoker with haemoptysis", ["smoker"]),
        ("He smokes and coughs", ["smokes"]),
        ("A non-smoker who coughs", []),
        ("She never smoked", []),
        ("60岁吸烟者，咯血", ["吸烟"]),
        ("不吸烟，咳嗽", []),
    ],
)
def test_a_risk_factor_is_read_where_the_patient_has_it(search, message, risks):
    assert [finding.text for finding in read_risks(message, search.linker)] == risks


def test_a_cause_that_the_patient_has_speaks_for_a_condition(search):
    smokes = "A smoker with a cough and pleuritic chest pain. What could it be?"
    lead = step.differential(turn(search, smokes))
    assert names(lead)[0] == "Community-acquired pneumonia"
    assert "for it: cough, pleuritic chest pain and smoking" in lead.told.text


def test_sex_and_age_rule_out(search):
    index = FindingsIndex.of(search.graph)
    read = read_findings("pelvic pain and bloating", search.linker)
    cyst = rank(read, index)[0].condition
    assert search.graph.entity(cyst).names[0].text == "Ovarian cyst"
    assert rank(read, index, "m", 40.0) == []
    assert fits_patient(["Alzheimer's disease"], "", 25) < 1.0
    assert fits_patient(["Ectopic pregnancy"], "f", 70) == 0.0
    assert fits_patient(["Gout"], "m", 70) == 1.0


def test_a_turn_tells_the_differential_and_records_it(engine):
    chat = scripted(engine, [])
    answer = chat.ask("45-year-old woman: fatigue, weight gain, constipation. Differential?")
    assert "Hypothyroidism" in answer.text
    assert not answer.abstained
    assert answer.model.base == "rules"
    parts = [part for part, _ in answer.paragraphs()]
    assert parts[-1] == "note"
    assert parts[-2] == "escalation"
    assert set(parts[:-2]) == {"candidate"}
    assert all(len(sentences) == 1 for _, sentences in answer.paragraphs())
    assert all(citation.quote for citation in answer.citations)
