"""How soon a case is to be seen, by age, pace and what is weighed."""

import random
import re

import pytest

from knowledge.lessons.facts import urgent_flags
from knowledge.lessons.facts.fact_page import FactPage, PageFact
from knowledge.lessons.facts.manner import Manner
from knowledge.lessons.pages import case_rivals
from knowledge.lessons.realize import case_answer, case_plan, patient_profiles
from knowledge.lessons.realize.answer_builder import AnswerBuilder
from knowledge.lessons.realize.case_plan import Rival
from knowledge.records import Entity, Name

PLAIN, PROFESSIONAL = Manner("plain", "medium"), Manner("professional", "medium")
TWO_WEEKS = {"en": "within two weeks|next two weeks", "zh": "两周内"}


def facts(kind, *names):
    return tuple(PageFact(f"f:{each}", each, each, f"{kind}:{each}", kind) for each in names)


def ill(name, *felt, tests=("blood count",), **groups):
    language = "en" if name.isascii() else "zh"
    entity = Entity(f"condition:{name}", "condition", (Name(name, language),))
    groups = {"symptom": facts("symptom", *felt), "test": facts("test", *tests), **groups}
    return FactPage(entity, language, name, name, groups)


def told(page, *rivals, patient=False):
    """Return the words of a case of all that a condition is felt by."""
    felt = page.entity_facts("symptom")
    third = (rivals[1], felt[0]) if len(rivals) > 1 else None
    rival = Rival(rivals[0], (felt[0], felt[0]), third=third) if rivals else None
    pick = random.Random(3)
    manner = PLAIN if patient else PROFESSIONAL
    plan = case_plan.plan_case(
        page, "test", manner, pick, findings=felt, rival=rival, to_patient=patient
    )
    answer = AnswerBuilder(page, pick, asker="patient" if patient else "colleague")
    case_answer.tell(case_plan.fit_case(plan), "summary" if patient else "supports", answer, pick)
    return " ".join(answer.text.split())


@pytest.mark.parametrize("patient", [True, False])
@pytest.mark.parametrize(
    ("name", "felt", "late", "young"),
    [
        ("Slow bowel", "constipation", "Colorectal cancer", "Irritable bowel syndrome"),
        ("Lazy stomach", "early satiety", "Stomach cancer", "Migraine"),
        ("慢性胃病", "早饱", "胃癌", "偏头痛"),
        ("慢性肠病", "便秘", "结直肠癌", "肠易激综合征"),
    ],
)
def test_what_is_new_late_in_life_is_told_as_an_alarm(name, felt, late, young, patient):
    words = {"en": "cancer (?:is not missed|can be ruled out)|to rule out a cancer|ruled out by an"}
    words["zh"] = "排除肿瘤|漏掉肿瘤"
    for rival, alarms in ((late, True), (young, False)):
        page = ill(name, felt)
        text = told(page, ill(rival, felt), patient=patient)
        assert bool(re.search(words[page.language], text)) is alarms
        assert re.search(TWO_WEEKS[page.language], text) or not alarms


@pytest.mark.parametrize("patient", [True, False])
@pytest.mark.parametrize(
    ("name", "rival", "felt", "said"),
    [
        ("Chronic rash", "Scabies", "itch", TWO_WEEKS["en"]),
        ("Hay fever", "Cold", "sneezing", "few days|within days|this week|same day"),
        ("慢性皮炎", "疥疮", "瘙痒", TWO_WEEKS["zh"]),
        ("花粉症", "感冒", "喷嚏", "几天内|三五天内|一周内"),
    ],
)
def test_every_case_says_how_soon_it_is_seen(name, rival, felt, said, patient):
    assert re.search(said, told(ill(name, felt), ill(rival, felt), patient=patient))


@pytest.mark.parametrize(
    ("name", "rival", "felt", "called"),
    [
        ("Muscle strain", "Heart attack", "chest pain", True),
        ("Muscle strain", "Appendicitis", "sore side", False),
        ("肌肉拉伤", "急性心肌梗死", "胸痛", True),
    ],
)
def test_who_may_have_an_infarct_calls_for_help(name, rival, felt, called):
    text = told(ill(name, felt), ill(rival, felt, tests=("troponin",)), patient=True)
    assert bool(re.search("emergency number now|n ambulance|急救电话|叫救护车", text)) is called
    assert not called or not re.search("day or two|today or tomorrow|一两天|今明两天", text)


@pytest.mark.parametrize("flag", ["Fever needs same-day review.", "发热须当日就诊。"])
def test_who_is_sent_to_hospital_is_not_told_to_come_that_day_if_it_worsens(flag):
    name, felt = ("Appendicitis", "sore side") if flag.isascii() else ("急性阑尾炎", "侧腹痛")
    page = ill(name, felt, red_flag=(PageFact("r", flag, flag),))
    assert flag.rstrip(".。") not in told(page, patient=True)
    mild = ill("Hay fever" if flag.isascii() else "花粉症", felt, red_flag=page.groups["red_flag"])
    assert flag.rstrip(".。") in told(mild, patient=True)


def test_the_first_tests_are_those_of_the_graver_of_two():
    lead = ill("Ruptured aneurysm", "back pain", tests=("aorta scan",))
    grave, mild = ill("Aortic dissection", "back pain", tests=("gullet echo",)), "Low back strain"
    assert "gullet echo" not in told(lead, grave)
    assert "gullet echo" in told(ill(mild, "back pain"), grave)


def test_a_rival_is_told_apart_by_its_own_test():
    lead = ill("Slow kidney", "nocturia", tests=("filtration rate",))
    rival = ill("Type 2 diabetes", "nocturia", tests=("fasting glucose",))
    assert "fasting glucose" in told(lead, rival)
    same = ill("Type 2 diabetes", "nocturia", tests=("filtration rate", "fasting glucose"))
    assert "fasting glucose" not in told(lead, same)


@pytest.mark.parametrize("patient", [True, False])
def test_where_mood_is_low_thoughts_of_suicide_are_spoken_of(patient):
    for name, felt, said in (
        ("Poor sleep", "early morning waking", True),
        ("睡不好", "情绪低落", True),
        ("Poor sleep", "snoring", False),
    ):
        text = told(ill(name, felt), patient=patient)
        found = re.search("suicide|not wanting to live|自杀念头|不想活|轻生", text)
        assert bool(found) is said


def test_nobody_who_cannot_speak_is_asked_what_only_words_tell():
    baby = ill("Bronchiolitis", "wheezing")
    grown = ill("Bronchitis", "wheezing")
    asked, test = facts("symptom", "chest tightness")[0], facts("test", "peak expiratory flow")[0]
    assert not patient_profiles.can_be_asked(baby, asked)
    assert patient_profiles.can_be_asked(grown, asked)
    assert not patient_profiles.fits_age(baby, test)
    assert patient_profiles.fits_age(grown, test)


def test_a_suspicion_is_told_no_later_choice_of_medicines():
    page = ill("Hay fever", "sneezing", medicine=facts("medicine", "montelukast"))
    page.groups["first_line"] = facts("medicine", "cetirizine")
    plan = case_plan.plan_case(
        page, "medicine", PROFESSIONAL, random.Random(1), findings=page.entity_facts("symptom")
    )
    assert "medicine" in dict(plan.steps)
    assert set(dict(case_plan.fit_case(plan).steps)) == {"test", "first_line"}


@pytest.mark.parametrize(
    ("name", "felt", "rival", "named", "missing"),
    [
        ("Osteoarthritis", "joint stiffness", "joint stiffness", "Polymyalgia rheumatica", "Gout"),
        ("骨关节炎", "关节僵硬", "关节僵硬", "风湿性多肌痛", "痛风"),
        ("Angina", "constipation", "constipation", "Colorectal cancer", "Irritable bowel"),
        ("心绞痛", "早饱", "早饱", "胃癌", "功能性腹痛"),
        ("Glaucoma", "abdominal pain", "abdominal pain", "Mesenteric ischaemia", "Appendicitis"),
    ],
)
def test_what_must_not_be_missed_late_in_life_is_weighed(name, felt, rival, named, missing):
    page = ill(name, felt)
    assert patient_profiles.profile_of(page).stage == "mature"
    findings = page.entity_facts("symptom")
    assert case_rivals.meets_demands(page, findings, [ill(named, rival)])
    assert not case_rivals.meets_demands(page, findings, [ill(missing, rival)])


def test_nothing_sudden_is_weighed_against_what_has_lasted_for_months():
    for lead, rival, weighed in (
        ("Multiple sclerosis", "Guillain-Barré syndrome", False),
        ("Multiple sclerosis", "Vitamin B12 deficiency", True),
        ("多发性硬化", "吉兰-巴雷综合征", False),
    ):
        page, other = ill(lead, "numbness"), ill(rival, "numbness")
        assert case_rivals._begins_otherwise(page, other) is not weighed


def test_a_patient_with_an_untested_danger_is_seen_within_a_day_or_two():
    lead = ill("Skin infection", "sore skin")
    near = ill("Necrotising fasciitis", "sore skin", tests=())
    assert re.search("day or two|today or tomorrow", told(lead, near, patient=True))
    assert not re.search("day or two|today", told(lead, ill("Eczema", "sore skin"), patient=True))


@pytest.mark.parametrize("flag", ["关节发热须当天就诊。", "A hot joint needs same-day review."])
def test_a_warning_for_later_does_not_replace_when_to_be_seen(flag):
    name, felt = ("Chronic ache", "sore toe") if flag.isascii() else ("慢性足病", "趾痛")
    page = ill(name, felt, red_flag=(PageFact("r", flag, flag),))
    text = told(page, patient=True)
    assert flag.rstrip(".。") in text or "same-day" in text
    assert re.search(TWO_WEEKS[page.language], text)


@pytest.mark.parametrize("flag", ["Do not give folic acid alone.", "不要单用叶酸。"])
def test_how_something_is_treated_is_no_sign_to_watch_for(flag):
    assert urgent_flags.names_no_sign(PageFact("r", flag, flag))


@pytest.mark.parametrize("name", ["Acute mastoiditis", "乳突炎", "急性乳突炎"])
def test_pus_behind_the_ear_cannot_wait(name):
    assert urgent_flags.is_grave_name(name)
    assert not urgent_flags.is_grave_name("慢性乳突炎")


def test_children_hear_of_suicide_only_where_their_mood_is_low():
    for felt, said in (("restlessness", False), ("low mood", True)):
        page = ill("Attention deficit disorder of childhood", felt)
        text = told(page, ill("Depression", felt), patient=True)
        assert bool(re.search("suicide|not wanting to live", text)) is said


@pytest.mark.parametrize(
    ("name", "felt", "rival", "test"),
    [
        ("Reflux disease", "chest pain", "Stable angina", "exercise electrocardiogram"),
        ("反流病", "胸痛", "稳定型心绞痛", "心电图"),
    ],
)
def test_chest_pain_that_may_come_from_the_heart_is_not_left_for_two_days(name, felt, rival, test):
    text = told(ill(name, felt), ill(rival, felt, tests=(test,)), patient=True)
    assert test in text
    assert not re.search("day or two|today or tomorrow|一两天|今明两天", text)
    assert re.search("emergency department|急诊", text)


def test_beside_what_itself_presses_no_slow_test_comes_first():
    for lead, first in (("Pyelonephritis", False), ("Muscle strain", True)):
        page = ill(lead, "sore side", tests=("urine dipstick",))
        near = ill("Appendicitis", "sore side", tests=("belly scan",))
        assert ("belly scan" in told(page, near)) is first
    page = ill("Pelvic inflammatory disease", "sore side", tests=("swab",))
    near = ill("Ectopic pregnancy", "sore side", tests=("pregnancy test",))
    assert "pregnancy test" in told(page, near)


def test_what_other_findings_explain_is_no_alarm_of_age():
    for lead, alarms in (("Parkinson's disease", False), ("Diverticular disease of old age", True)):
        page = ill(lead, "constipation")
        text = told(page, ill("Colorectal cancer", "constipation"))
        assert ("cancer has to be ruled out" in text or "rule out a cancer" in text) is alarms


def test_who_is_past_fifty_is_not_drawn_for_what_is_told_of_the_young():
    ages = [
        patient_profiles.choose_age(
            patient_profiles.profile_of(ill("Anal fissure", "sore skin")), random.Random(seed)
        )
        for seed in range(60)
    ]
    assert min(ages) > 20 and max(ages) < 50


@pytest.mark.parametrize("finding", ["reckless behaviour", "elevated mood", "情绪高涨"])
def test_mania_is_seen_within_a_day_or_two(finding):
    assert urgent_flags.alarm_of([finding], "en" if finding.isascii() else "zh") == "soon"


@pytest.mark.parametrize(("belly", "back"), [("flank pain", "back pain"), ("腰痛", "背痛")])
def test_belly_and_back_pain_late_in_life_may_be_the_aorta(belly, back):
    english = belly.isascii()
    page = ill("Angina" if english else "心绞痛", belly, back)
    findings = page.entity_facts("symptom")
    heart = ill("Aortic dissection" if english else "主动脉夹层", back)
    stone = ill("Kidney stones" if english else "肾结石", belly)
    assert case_rivals.meets_demands(page, findings, [stone, heart])
    assert not case_rivals.meets_demands(page, findings, [stone])


@pytest.mark.parametrize(("name", "near"), [("Cervicitis", False), ("Pelvic inflammatory", True)])
def test_what_presses_beside_an_emergency_goes_to_hospital(name, near):
    page = ill(name + " disease", "sore side", tests=("pregnancy test",))
    rival = ill("Ectopic pregnancy", "sore side", tests=("pregnancy test",))
    text = told(page, rival, patient=True)
    assert ("what is dangerous is ruled out" in text or "is dangerous is ruled" in text) is near
    assert near or re.search("day or two|today or tomorrow", text)


def test_no_scan_of_the_skull_for_every_ear_that_hurts():
    page = ill("Otitis externa", "ear pain", tests=("otoscopy",))
    for rival, said in (("Acute mastoiditis", False), ("Malaria", True)):
        text = told(page, ill(rival, "ear pain", tests=("bone scan",)), patient=True)
        assert ("bone scan" in text) is said
