"""What no answer may lack: the treatment that matters, help now, the test that comes first."""

import random
import re
from pathlib import Path

import pytest
import yaml

import knowledge.ingest.starter
from knowledge.lessons.facts import harmful_medicines
from knowledge.lessons.facts.fact_page import FactPage, PageFact
from knowledge.lessons.facts.manner import Manner
from knowledge.lessons.realize import case_plan, fitting_questions, open_lists
from knowledge.lessons.realize.answer_builder import AnswerBuilder
from knowledge.lessons.realize.case_answer import tell
from knowledge.lessons.realize.patient_profiles import PatientProfile
from knowledge.lessons.styles import chatdoctor, grounded, huatuo, knowledge_call, safety
from knowledge.records import Entity, Name

LANGUAGES = ("en", "zh")
PLAIN = Manner("plain", "medium")


def named(kind, *texts):
    return tuple(PageFact(f"f:{kind}:{text}", text, text, f"{kind}:{text}", kind) for text in texts)


def valued(*texts):
    return tuple(PageFact(f"f:{text}", text, text) for text in texts)


def page(name, language, **groups):
    entity = Entity(f"condition:{name}", "condition", (Name(name, language),))
    return FactPage(entity, language, name, name, groups)


def _gout(language, first="first_line"):
    english = language == "en"
    groups = {
        "treatment": named("treatment", *(("rest", "ice packs") if english else ("休息", "冷敷"))),
        first: named("medicine", "colchicine" if english else "秋水仙碱"),
        "symptom": named("symptom", *(("a b", "c d", "e f") if english else ("肿胀", "发红"))),
    }
    return page("gout" if english else "痛风", language, **groups)


def told(row):
    return row.messages[-1].content


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("first", ["first_line", "medicine"])
@pytest.mark.parametrize(
    ("style", "form"), [(chatdoctor, "told"), (huatuo, "all"), (safety, "alike")]
)
def test_treatment_is_told_with_the_medicine_that_matters(language, first, style, form):
    own = _gout(language, first)
    medicine = own.groups[first][0].text
    for seed in range(20):
        row = style.write(own, "treatment", form, random.Random(seed), PLAIN)
        said = told(row).casefold()
        assert -1 < said.find(medicine) < re.search("ice packs|冷敷", said).start()


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_lookup_and_no_refusal_tells_treatment_without_it(language):
    own = _gout(language)
    assert "treatment" not in knowledge_call.topics(own)
    assert "harm" not in safety.topics(own)["treatment"]
    groups = {**own.groups, "treatment": own.groups["first_line"] + own.groups["treatment"]}
    whole = page(own.name, language, **groups)
    assert "treatment" in knowledge_call.topics(whole)
    assert "harm" in safety.topics(whole)["treatment"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_lookup_tells_what_may_be_told_and_no_more(language):
    own = _gout(language, "medicine")
    shown = own.groups
    kept = {"medicine": own.groups["medicine"]}
    held = FactPage(own.entity, language, own.name, own.said, kept, shown=shown)
    assert held.as_evidence().groups == shown
    assert list(knowledge_call.topics(held)) == ["medicine"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_lookup_names_all_that_is_checked(language):
    checks = ("血常规", "血钾") if language == "zh" else ("full blood count", "potassium")
    entity = Entity("medicine:x", "medicine", (Name("x", language),))
    own = FactPage(entity, language, "metolol", "metolol", {"monitoring": valued(*checks)})
    for seed in range(5):
        row = knowledge_call.write(own, "monitoring", "plain", random.Random(seed))
        assert all(each in row.messages[2].content and each in told(row) for each in checks)


@pytest.mark.parametrize(
    ("name", "language", "sent"),
    [
        ("阑尾炎", "zh", True),
        ("appendicitis", "en", True),
        ("湿疹", "zh", False),
        ("eczema", "en", False),
    ],
)
def test_a_refusal_sends_whom_somebody_would_let_suffer_to_hospital(name, language, sent):
    own = page(name, language, treatment=named("treatment", "手术" if sent else "保湿"))
    found = 0
    for seed in range(30):
        row = safety.write(own, "treatment", "harm", random.Random(seed), PLAIN)
        if safety._VIOLENT.search(row.messages[0].content.replace(name, "")):
            found += 1
            urgent = re.search("an? emergency:|emergency department|急诊", told(row))
            assert (urgent is not None) == sent
    assert found


def test_places_that_are_left_of_a_list_do_not_say_what_something_is():
    both = page("腰椎肿瘤", "zh", body_part=named("part", "脊椎", "皮肤"))
    one = page("腰椎肿瘤", "zh", body_part=named("part", "皮肤"))
    means = [
        case_plan.plan_meaning(each, "prognosis", PLAIN, random.Random(1)) for each in (both, one)
    ]
    assert means[0] == () and means[1][0][0] == "body_part"


@pytest.mark.parametrize(
    ("course", "asked"),
    [
        ("不治疗者数年内失明。", False),
        ("未经治疗可持续数月。", False),
        ("需终身治疗。", True),
        ("疗程两周。", True),
    ],
)
def test_how_long_it_is_treated_is_asked_where_the_text_says_so(course, asked):
    own = page("青光眼", "zh", course=valued(course))
    lines = fitting_questions.fitting(["{s}要治多久？", "{s}会持续多久？"], own, "course")
    assert ("{s}要治多久？" in lines) == asked


def test_over_evidence_nobody_asks_for_an_introduction_that_one_line_gives():
    own = page("痛风", "zh", description=valued("一种关节炎。"))
    asked = {grounded._ask(own, "description", random.Random(seed)) for seed in range(40)}
    assert len(asked) > 3 and not [each for each in asked if "介绍" in each]


def test_nobody_falls_ill_with_a_time_of_life():
    for name, ill in (("更年期", False), ("肺炎", True)):
        own = page(name, "zh", department=named("department", "妇科"))
        said = ""
        for seed in range(60):
            answer = AnswerBuilder(own, random.Random(seed), levels=False)
            answer.state("department", own.groups["department"])
            said += answer.text
        assert (re.search("确诊|得了|患上|怀疑", said) is not None) == ill


def test_a_colleague_is_not_told_how_a_medicine_is_stopped_that_nobody_takes():
    own = page("结核病", "zh", first_line=named("medicine", "利福平", "异烟肼"))
    for asker, warned in (("colleague", False), ("patient", True)):
        answer = AnswerBuilder(own, random.Random(1), asker=asker)
        answer.state("first_line", own.groups["first_line"])
        answer.leave_open("first_line", own.groups["first_line"])
        assert (open_lists.NOT_STOPPED in answer._open) == warned


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_is_to_call_for_help_is_not_sent_to_be_seen_that_day(language):
    english = language == "en"
    felt = named("symptom", "chest pain" if english else "胸痛", "fainting" if english else "晕厥")
    day = "Swelling needs assessment the same day." if english else "肿胀须当日就诊。"
    now = "Fainting needs an ambulance at once." if english else "晕厥须立即呼叫急救。"
    plans = [
        case_plan.plan_case(
            page("aortitis" if english else "大动脉炎", language, symptom=felt, red_flag=flags),
            "symptom", PLAIN, random.Random(1), findings=found, to_patient=True,
        )
        for flags, found in (
            (valued(day), felt), (valued(day, now), felt), (valued(day), ()),
        )
    ]  # fmt: skip
    assert [plan.alarm for plan in plans] == ["now", "now", ""]
    warned = [plan.warning.text if plan.warning else "" for plan in plans]
    assert warned == ["", now, day]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("finding", "tests", "asked"),
    [
        (("月经过多", "heavy menstrual bleeding"), ("盆腔超声", "pelvic ultrasound"), True),
        (("月经过多", "heavy menstrual bleeding"), ("妊娠试验", "pregnancy test"), False),
        (("痤疮", "acne"), ("盆腔超声", "pelvic ultrasound"), False),
    ],
)
def test_a_pregnancy_is_ruled_out_where_it_has_the_same_findings(language, finding, tests, asked):
    which = LANGUAGES.index(language) == 0
    found, done = named("symptom", finding[which]), named("test", tests[which])
    own = page("uterine fibroids" if which else "子宫肌瘤", language, symptom=found, test=done)
    who = PatientProfile("f", "adult", True, "lasting")
    plan = case_plan.CasePlan(
        own, "test", Manner("professional", "medium"), who, found, steps=(("test", done),)
    )
    answer = AnswerBuilder(own, random.Random(1), asker="colleague")
    tell(plan, "supports", answer, random.Random(1))
    said = answer.text.replace(tests[which], "")
    assert (re.search("pregnancy|妊娠|怀孕", said) is not None) == asked


def test_checks_are_named_as_things_and_not_as_clauses():
    folder = Path(knowledge.ingest.starter.__file__).parent
    checks = [
        text.split(" = ")[-1]
        for path in sorted(folder.glob("medicine*.yaml"))
        for record in yaml.safe_load(path.read_text(encoding="utf-8"))["records"]
        for text in record.get("monitoring", ())
    ]
    assert len(checks) > 200
    assert not [each for each in checks if re.search("时监测|者监测|初期监测|使用时[^的间]", each)]


@pytest.mark.parametrize(
    ("condition", "medicine", "language", "harms"),
    [
        ("路易体痴呆", "盐酸苯海索片", "zh", True),
        ("帕金森病", "盐酸苯海索片", "zh", False),
        ("小儿尿路感染", "呋喃妥因肠溶片", "zh", True),
        ("膀胱炎", "呋喃妥因肠溶片", "zh", False),
        ("Lewy body dementia", "Trihexyphenidyl", "en", True),
        ("Parkinson disease", "Trihexyphenidyl", "en", False),
        ("Parkinson disease", "Metoclopramide", "en", True),
    ],
)
def test_a_medicine_that_harms_whoever_has_the_condition_is_known(
    condition, medicine, language, harms
):
    assert harmful_medicines.is_harmful(condition, medicine, language) == harms


@pytest.mark.parametrize(
    ("condition", "medicine", "language"),
    [
        ("obesity", "sibutramine hydrochloride", "en"),
        ("allergic rhinitis", "terfenadine", "en"),
        ("单纯性肥胖", "盐酸西布曲明胶囊", "zh"),
        ("过敏性鼻炎", "特非那定片", "zh"),
    ],
)
def test_what_was_taken_off_the_market_is_told_for_nothing(condition, medicine, language):
    assert harmful_medicines.is_harmful(condition, medicine, language)
    assert not harmful_medicines.is_harmful(
        condition, {"en": "loratadine", "zh": "氯雷他定片"}[language], language
    )
