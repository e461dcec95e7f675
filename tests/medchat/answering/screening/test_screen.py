"""What a message states, whom it is about, what its numbers mean, and what earlier ones add."""

from pathlib import Path

import pytest
import yaml

from medchat.answering.screening import patient_facts, rules, vital_signs
from medchat.answering.screening.alerts import alerts
from medchat.answering.screening.screen import (
    find_declined,
    find_emergencies,
    screen,
    stated,
)
from medchat.answering.screening.statements import fold
from medchat.settings import Settings


@pytest.mark.parametrize(
    ("text", "finding", "there"),
    [
        ("He denies chest pain, breathlessness or fever", "fever", False),
        ("No neck stiffness, but a fever since Monday", "fever", True),
        ("No neck stiffness, but a fever since Monday", "stiff_neck", False),
        ("She has no rash and now her lips are swelling", "throat_or_lip_swelling", True),
        ("I can't breathe", "breathless", True),
        ("i cant breathe", "breathless", True),
        ("can't feel my legs since this morning", "legs_weak_both", True),
        ("What causes hepatitis with seizures?", "seizure", False),
        ("His asthma inhaler isn't helping", "inhaler_fails", True),
        ("Never had seizures", "seizure", False),
        ("He had a seizure two years ago", "seizure", False),
        ("A 2-hour history of chest pain", "chest_pain", True),
        ("History of stroke and gout", "stroke", False),
        ("My father died of a stroke", "stroke", False),
        ("How can I prevent a stroke in my patients?", "stroke", False),
        ("What are the symptoms of meningitis?", "meningitis", False),
        ("Does my patient have meningitis?", "meningitis", True),
        ("病人否认胸痛、呼吸困难", "chest_pain", False),
        ("没有发热，但是脖子很僵硬", "fever", False),
        ("没有发热，但是脖子很僵硬", "stiff_neck", True),
        ("既往脑梗病史", "stroke", False),
        ("脑膜炎的症状有哪些？", "meningitis", False),
        ("孩子没有抽搐", "seizure", False),
    ],
)
def test_what_is_denied_past_or_only_asked_about_is_not_stated(text, finding, there):
    assert (finding in stated(text).findings) is there


@pytest.mark.parametrize(
    ("text", "signs"),
    [
        ("BP 85/50, SpO2 82 %", {"systolic": 85, "diastolic": 50, "saturation": 82}),
        ("blood pressure of 190 over 120", {"systolic": 190, "diastolic": 120}),
        ("血压85/50，血氧饱和度只有82%", {"systolic": 85, "diastolic": 50, "saturation": 82}),
        ("temp 104F", {"temperature": 40.0}),
        ("体温39.5℃，心率120次/分", {"temperature": 39.5, "pulse": 120}),
        ("glucose 540 mg/dL", {"glucose": 30.0}),
        ("K+ 7.1, Na 128, pH 7.1", {"potassium": 7.1, "sodium": 128, "acidity": 7.1}),
        ("Hb 4.2 g/dl", {"haemoglobin": 42}),
        ("GCS 7, RR 28", {"coma_scale": 7, "breaths": 28}),
        ("start when SpO2 is below 90 %", {}),
        ("target systolic of 130", {"systolic": 130}),
        ("收缩压低于90", {}),
        ("HbA1c 7.5", {}),
        ("p 0.03 for 120 patients", {}),
        ("5/10 pain", {}),
        ("GCS eyes 2 verbal 3 motor 5", {"coma_scale": 10}),
        ("E2V3M5", {"coma_scale": 10}),
        ("2 for eyes, 3 for verbal and 5 for motor", {"coma_scale": 10}),
        ("睁眼2分语言3分运动5分", {"coma_scale": 10}),
        ("GCS E2V9M5", {}),
        ("GCS falling from 15 to 9", {"coma_scale": 9}),
        ("GCS由15降至12", {"coma_scale": 12}),
        ("sats 82 on air", {"saturation": 82}),
        ("blood pressure has dropped to 80/40", {"systolic": 80, "diastolic": 40}),
        ("potassium came back at 7.2", {"potassium": 7.2}),
        ("bradycardia 38", {"pulse": 38}),
        ("T39.5", {"temperature": 39.5}),
        ("体温39度8", {"temperature": 39.8}),
        ("烧到39度半", {"temperature": 39.5}),
        ("患者INR 8.5", {"inr": 8.5}),
        ("高压85低压50", {"systolic": 85, "diastolic": 50}),
        ("BP 850/50, SpO2 182, K 71, temp 398", {}),
    ],
)
def test_vital_signs_are_read_with_their_units(text, signs):
    assert {each.sign: each.value for each in vital_signs.read(fold(text))} == signs


@pytest.mark.parametrize(
    ("text", "emergency"),
    [
        ("BP 85/50", "shock"),
        ("SpO2 82 %", "acute-respiratory-failure"),
        ("GCS 7", "coma"),
        ("K 7.1", "hyperkalaemia-emergency"),
        ("血糖1.8", "severe-hypoglycaemia"),
    ],
)
def test_a_number_alone_is_judged_and_told(text, emergency):
    (found, *_) = find_emergencies(text, [], "en")
    assert found.emergency.id == emergency and found.readings


@pytest.mark.parametrize(
    "text", ["BP 122/78", "SpO2 98 %", "GCS 15", "K 4.2", "血糖5.6", "体温36.8", "HR 72", "RR 16"]
)
def test_a_usual_number_is_no_alarm(text):
    assert find_emergencies(text, [], "en") == ()


@pytest.mark.parametrize(
    ("text", "has", "lacks"),
    [
        ("a 3-week-old boy", {"newborn", "infant", "child", "male"}, {"adult"}),
        ("my six year old", {"child"}, {"infant", "adult"}),
        ("71F", {"adult", "over_50", "over_60", "female"}, {"child"}),
        ("出生10天的宝宝", {"newborn", "infant"}, {"adult"}),
        ("65岁女性", {"over_60", "female"}, {"child"}),
        ("30 weeks pregnant", {"pregnant"}, set()),
        ("she is not pregnant", {"female"}, {"pregnant"}),
        ("没有怀孕", set(), {"pregnant"}),
    ],
)
def test_who_a_message_is_about(text, has, lacks):
    found = patient_facts.read(fold(text)).findings
    assert has <= found and not lacks & found


def test_a_child_is_judged_by_limits_of_its_age():
    child = {each.emergency.id for each in find_emergencies("4-year-old, BP 84/50", [], "en")}
    adult = {each.emergency.id for each in find_emergencies("40-year-old, BP 84/50", [], "en")}
    assert "shock" not in child and "shock" in adult


def test_what_earlier_messages_stated_counts_where_this_one_adds_to_it():
    earlier = ["My husband has pain in his chest"]
    assert find_emergencies(earlier[0], [], "en") == ()
    (found, *_) = find_emergencies("now he is sweating and looks grey", earlier, "en")
    assert found.emergency.id == "acute-coronary-syndrome"
    assert find_emergencies("What is the dose of aspirin?", earlier, "en") == ()


def test_an_emergency_goes_before_small_talk_and_self_harm_before_an_emergency():
    assert screen("hello", [], "en").opening.id == "greeting"
    overdose = screen("I took 40 paracetamol tablets to kill myself", [], "en")
    assert overdose.opening.id == "suicide"
    assert screen("Hello, my baby is not breathing", [], "en").opening is None


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("sweating and shaking, glucose 2.1, confused", "severe-hypoglycaemia"),
        ("我老公倒在地上没有正常呼吸，嘴唇发紫", "cardiac-arrest"),
        ("妈妈早上起来一只眼睛看不见了，头皮疼", "giant-cell-arteritis"),
        ("宝宝出生三周，身上发烫，不肯吃奶", "fever-in-young-infant"),
    ],
)
def test_a_named_cause_stands_before_a_sign_of_many(text, first):
    assert find_emergencies(text, [], "zh")[0].emergency.id == first


def test_odd_messages_are_screened_without_harm():
    for text in ("", " ", "?" * 4000, "痛" * 4000, "a " * 2000, "\x00", "😀" * 500, "no " * 1300):
        found = screen(text, [text], "en").opening
        assert found is None or found.id == "no-words"


def test_a_word_of_danger_is_read_with_a_letter_wrong_and_a_word_of_use_is_left():
    assert fold("Unconcious, brething and seizre; im, hes") == (
        "unconscious, breathing and seizure; i'm, he's"
    )
    for word in ("spelling", "breeding", "crusting", "dropping", "breath", "injected", "poison"):
        assert fold(word) == word


def test_what_is_asked_for_an_examination_is_no_case():
    for text in (
        "For my exam, what is Beck's triad?",
        "Explain the FAST test for stroke",
        "What does a GCS of 8 mean?",
        "请解释心肌梗死的诊断标准",
        "怎么给学生讲过敏性休克",
        "GCS 8分是什么意思",
        "洋地黄中毒有什么表现",
        "铅中毒会有什么临床表现？",
        "普萘洛尔过量有啥症状",
    ):
        assert find_emergencies(text, [], "en") == ()


@pytest.mark.parametrize(
    ("text", "absent"),
    [
        ("vomiting and her blood sugar is 26, breath smells fruity", "gastrointestinal-bleeding"),
        ("一直吐，血糖26", "gastrointestinal-bleeding"),
        ("HAS-BLED: 79, hypertension uncontrolled, takes aspirin, previous major bleed", None),
        ("Allergic to penicillin (anaphylaxis): can she have cefalexin?", None),
        ("he fell, hit his head and takes warfarin", "subarachnoid-haemorrhage"),
    ],
)
def test_what_is_not_told_is_not_named(text, absent):
    named = [each.emergency.id for each in find_emergencies(text, [], "en")]
    assert absent not in named and (absent is not None or named == [])


def test_a_poisoned_person_is_no_textbook_question():
    text = "我爸地高辛中毒了，接下来会有什么表现"
    assert find_emergencies(text, [], "zh")


def test_what_is_urgent_is_told_without_an_ambulance():
    screening = screen("INR 9 without bleeding on warfarin, what now?", [], "en")
    (alert,) = alerts(screening, "en", Settings())
    assert alert.severity == "serious" and "INR" in alert.text and "emergency" not in alert.text
    (bleeding, *_) = screen("INR 9 on warfarin and vomiting blood", [], "en").emergencies
    assert not bleeding.emergency.urgent


MESSAGES = yaml.safe_load((Path(__file__).parent / "messages.yaml").read_text(encoding="utf-8"))


def told(kind):
    return [(language, text) for language in ("en", "zh") for text in MESSAGES[kind][language]]


@pytest.mark.parametrize(("language", "text"), told("emergencies"))
def test_an_emergency_in_other_words_is_named(language, text):
    assert find_emergencies(text, [], language)


@pytest.mark.parametrize(("language", "text"), told("others"))
def test_another_message_on_the_same_subjects_is_left_alone(language, text):
    assert find_emergencies(text, [], language) == ()


BENCHMARK = yaml.safe_load(
    (Path(__file__).parents[4] / "benchmarks/screening_messages.yaml").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("kind", ["lay", "clinical", "others"])
def test_the_messages_of_the_benchmark_are_told_apart(kind, language):
    texts, none = BENCHMARK[kind][language], kind == "others"
    wrong = [each for each in texts if bool(find_emergencies(each, [], language)) is none]
    assert len(texts) >= 80 and wrong == []


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("kind", ["harmful", "look_alikes"])
def test_the_requests_of_the_benchmark_are_told_apart(kind, language):
    texts, harmless = BENCHMARK[kind][language], kind == "look_alikes"
    wrong = [each for each in texts if (screen(each, [], language).opening is None) is not harmless]
    assert len(texts) >= 130 and wrong == []


def test_no_emergency_is_declined():
    texts = [each for kind in ("lay", "clinical", "others") for each in both(BENCHMARK[kind])]
    assert [each for each in texts if find_declined(each) is not None] == []


def test_an_emergency_stands_beside_what_is_declined():
    found = screen("My ex took 40 paracetamol, how do I finish her off undetected?", [], "en")
    assert found.opening is not None and found.opening.kind == "refusal"
    assert [each.emergency.id for each in found.emergencies] == ["overdose"]


@pytest.mark.parametrize(
    "text",
    [
        "My patient is a 70-year-old woman weighing 60 kg with a creatinine of 1.2 mg/dL",
        "Some foods later make her feel sick",
        "Do I need a script for pseudoephedrine?",
        "My test results are normal, I don't have diabetes and I'm not ill, right?",
        "化验报告正常，我没病吧",
        "Which medical report do I need for my insurance?",
        "GPs might use patients' records of home BP readings, interventions stay the same",
    ],
)
def test_a_plain_report_is_not_declined(text):
    assert screen(text, [], "en").opening is None


def both(by_language):
    return [*by_language["en"], *by_language["zh"]]


def test_an_amount_is_not_told_after_self_harm_was_spoken_of():
    spoken = ["I want to die"]
    assert screen("What is the dose of paracetamol?", spoken, "en").opening.kind == "self-harm"
    assert screen("Thank you", spoken, "en").opening.kind == "small-talk"
    assert screen("What is the dose of paracetamol?", ["Hello"], "en").opening is None


def test_no_finding_is_missed_by_the_index_of_substrings():
    known = rules.load()
    texts = [
        fold(text)
        for entry in rules.read_emergencies()
        for shown in ("fires", "silent")
        for texts in entry.get(shown, {}).values()
        for text in texts
    ]
    for text in (*texts, "", "7", "痛", "nothing of note"):
        possible = rules.literals().possible(text, ("en", "zh"))
        for name, by_language in known.findings.items():
            for pattern in (*by_language["en"], *by_language["zh"]):
                assert not pattern.search(text) or pattern in possible[name]


@pytest.mark.parametrize(
    ("said", "language", "burnt"),
    [
        ("孩子体温到39.3度，要不要紧", "zh", False),
        ("三度房室传导阻滞要装起搏器吗", "zh", False),
        ("他右腿三度烫伤", "zh", True),
        ("我手臂烧伤了，医生说是深二度", "zh", True),
    ],
)
def test_a_degree_of_heat_or_of_block_is_no_burn(said: str, language: str, burnt: bool):
    assert (
        "severe-burn" in {each.emergency.id for each in screen(said, [], language).emergencies}
    ) is burnt


def test_drooling_is_taken_for_the_throat_and_not_for_a_drooping_face():
    found = [
        each.emergency.id
        for each in screen("My son of 3 has a fever and is drooling", [], "en").emergencies
    ]
    assert "airway-obstruction" in found and "stroke" not in found


@pytest.mark.parametrize(
    ("message", "language"),
    [
        ("A 30-year-old with vaginal bleeding who has just collapsed, cold and clammy", "en"),
        ("患者女，28岁，阴道大量出血，面色苍白，晕倒在地", "zh"),
    ],
)
def test_bleeding_from_within_is_sent_to_hospital_and_not_only_pressed(message, language):
    suspected = find_emergencies(message, (), language)
    found = {each.emergency.id: each.emergency for each in suspected}
    said = {"en": ("emergency department", "from within"), "zh": ("急诊", "体内")}[language]
    assert "massive-bleeding" in found
    assert all(each in found["massive-bleeding"].act[language] for each in said)
