"""What cannot wait is told with every topic of a condition, and nobody's burn is guessed."""

import random
import re
from pathlib import Path

import pytest
import yaml

from knowledge.ingest import starter
from knowledge.lessons.facts import urgent_flags
from knowledge.lessons.facts.fact_page import FactPage, PageFact
from knowledge.lessons.facts.manner import Manner
from knowledge.lessons.pages import case_rivals
from knowledge.lessons.realize import case_plan
from knowledge.lessons.styles import chatdoctor, dialogue, huatuo, safety, vignette
from knowledge.lessons.templates import grammar
from knowledge.lessons.templates.loader import load
from knowledge.lessons.templates.tables import ConsultationWords, HuatuoWords, SafetyWords
from knowledge.lessons.verify.template_patterns import any_of
from knowledge.records import Entity, Name

_NOW = {
    "en": "A cold blue limb must not be delayed by scans.",
    "zh": "肢体发冷发紫时，检查不应延误手术。",
}
_SOON = {"en": "Weight loss needs prompt assessment.", "zh": "体重下降须尽快就诊。"}
_WORDS = {
    "en": ["limb pain", "cold skin", "numbness", "angiography", "embolectomy", "vascular surgery"],
    "zh": ["肢体疼痛", "皮肤发冷", "麻木", "血管造影", "取栓术", "血管外科"],
}


def condition(name, language, *flags):
    """Return a page of a condition with findings, a test, a treatment, a department and flags."""
    named = [PageFact(f"f{at}", word, word, f"o{at}") for at, word in enumerate(_WORDS[language])]
    told = {"symptom": named[:3], "test": named[3:4], "treatment": named[4:5]}
    told |= {"department": named[5:]}
    told |= {"red_flag": [PageFact(f"r{at}", flag, flag) for at, flag in enumerate(flags)]}
    entity = Entity("condition:x", "condition", (Name(name, language),))
    groups = {relation: tuple(items) for relation, items in told.items() if items}
    return FactPage(entity, language, name, name, groups)


@pytest.mark.parametrize(("language", "name"), [("en", "limb ischaemia"), ("zh", "肢体缺血")])
@pytest.mark.parametrize("relation", ["test", "treatment", "department", "symptom"])
def test_a_flag_that_presses_is_told_before_any_topic(language, name, relation):
    page = condition(name, language, _SOON[language], _NOW[language])
    for seed in range(12):
        manner = Manner("plain", ("short", "medium", "long")[seed % 3])
        row = huatuo.write(page, relation, "all", random.Random(seed), manner)
        said = row.messages[-1].content.lower()
        flag = _NOW[language].rstrip(".。")[1:]
        assert 0 <= said.find(flag) < min(said.find(word) for word in _words_of(page, relation))
        assert "appointment" not in said


@pytest.mark.parametrize(
    ("language", "name", "sign"),
    [
        ("en", "limb ischaemia", "sudden loss of feeling in a foot"),
        ("zh", "肢体缺血", "突发足部麻木"),
    ],
)
def test_a_flag_that_only_names_a_sign_is_told_with_what_to_do(language, name, sign):
    page, at_once = condition(name, language, sign), re.compile("at once|要立即")
    told = 0
    for seed in range(30):
        pick, manner = random.Random(seed), Manner("plain", ("short", "medium", "long")[seed % 3])
        for row in (
            huatuo.write(page, "red_flag", "all", pick, manner),
            safety.write(page, "red_flag", "flag", pick, manner),
            chatdoctor.write(page, "department", "told", pick, manner),
        ):
            said = row.messages[-1].content
            told += sign in said
            assert sign not in said or at_once.search(said), said
            assert "is that" not in said and "that sudden" not in said
            assert sign not in said or "next visit" not in said
    assert told > 60


def test_a_flag_with_a_verb_of_its_own_is_no_mere_sign():
    assert urgent_flags.is_sign("a headache that quickly grew with a stiff neck", "en")
    assert urgent_flags.is_sign("呼吸急促伴反应迟钝", "zh")
    for text in ("Chills with a stone need drainage.", "Call for help where a child is limp."):
        assert not urgent_flags.is_sign(text, "en")
    assert not urgent_flags.is_sign("尿量减少提示脱水", "zh")


def _words_of(page, relation):
    return [item.text for item in page.entity_facts(relation)]


@pytest.mark.parametrize(("language", "name"), [("en", "limb ischaemia"), ("zh", "肢体缺血")])
def test_it_is_told_in_a_case_and_after_a_yes_too(language, name):
    page = condition(name, language, _NOW[language])
    flag = _NOW[language].rstrip(".。")[1:]
    for seed in range(8):
        for form in ("case", "is"):
            row = huatuo.write(page, "test", form, random.Random(seed), Manner("plain", "short"))
            assert flag in row.messages[-1].content
        plan = case_plan.plan_case(page, "test", Manner("plain", "medium"), random.Random(seed))
        assert plan.is_urgent
        assert plan.warning.text == _NOW[language]


@pytest.mark.parametrize(
    ("name", "language", "emergency"),
    [
        ("hypertensive emergency", "en", True),
        ("addisonian crisis", "en", True),
        ("acute compartment syndrome", "en", True),
        ("hay fever", "en", False),
        ("绞窄性疝", "zh", True),
        ("花粉症", "zh", False),
    ],
)
def test_a_name_or_a_flag_makes_an_emergency(name, language, emergency):
    assert case_plan.is_emergency(condition(name, language)) is emergency
    assert case_plan.is_emergency(condition(name, language, _NOW[language]))
    mild = condition(name, language, _SOON[language])
    assert (case_plan.urgent_warning(mild, "test") is not None) is emergency


@pytest.mark.parametrize(
    ("name", "language"),
    [("chemical burn", "en"), ("snake bite", "en"), ("烫伤", "zh"), ("蛇咬伤", "zh")],
)
def test_nobody_guesses_what_befell_somebody(name, language):
    page = condition(name, language)
    for style in (chatdoctor, vignette, huatuo):
        forms = [form for each in style.topics(page).values() for form in each]
        assert not {"case", "alone", "versus"} & set(forms)
    heartburn = condition("heartburn", "en")
    assert not urgent_flags.is_known_to_whom_it_befell(heartburn)
    assert "case" in chatdoctor.topics(heartburn)["test"]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("alarm", ["now", "soon"])
def test_every_listed_finding_alarms(language, alarm):
    listed = urgent_flags.alarm_findings()[alarm][language]
    assert len(set(listed)) == len(listed) > 20
    for each in listed:
        assert urgent_flags.alarm_of([each], language) in ("now", alarm)
    calm = {"en": ["a rash", "heartburn", "itching"], "zh": ["皮疹", "烧心", "瘙痒"]}[language]
    assert urgent_flags.alarm_of(calm, language) == ""


@pytest.mark.parametrize(
    ("language", "finding", "soon"),
    [
        ("en", "vomiting blood", "emergency number|ambulance"),
        ("en", "haematuria", "day or two"),
        ("zh", "呕血", "急救电话|救护车"),
        ("zh", "便血", "今明两天|一两天"),
    ],
)
def test_who_tells_of_a_finding_that_alarms_is_told_how_soon_to_be_seen(language, finding, soon):
    name = {"en": "blue lung", "zh": "蓝肺病"}[language]
    page = condition(name, language)
    told = PageFact("f9", finding, finding, "o9")
    page.groups["symptom"] = (told, *page.groups["symptom"])
    heard = 0
    for seed in range(20):
        row = chatdoctor.write(page, "test", "case", random.Random(seed), Manner("plain", "medium"))
        if finding in row.messages[0].content:
            heard += 1
            said = row.messages[-1].content
            assert re.search(f"{soon}|today or tomorrow", said)
            assert "抽空" not in said
    assert heard > 5


@pytest.mark.parametrize(
    "name",
    [
        *("spinal epidural abscess", "Ludwig's angina", "Eczema herpeticum", "Gas gangrene"),
        *("Retropharyngeal abscess", "Acute kidney failure", "Fulminant hepatitis"),
        *("Septic arthritis", "Upper airway obstruction"),
        *("口底蜂窝织炎", "小儿硬脊膜下脓肿", "疱疹性湿疹", "咽后脓肿", "坏死性软组织感染"),
        *("急性左心衰竭", "喉水肿", "弥散性血管内凝血", "急性一氧化碳中毒", "化脓性关节炎"),
        *("脑挫裂伤", "小儿淹溺", "阴囊坏疽", "新生儿肺气漏", "枢椎齿状突骨折", "咽部灼伤", "内疝"),
        *(
            "重度体温过低",
            "心包积液",
            "缺血性视神经病变",
            "老年人肺栓塞",
            "右室心肌梗死",
            "肠伤寒穿孔",
        ),
        *("Anterior ischaemic optic neuropathy", "Neonatal hypothermia"),
        *("视网膜脱落", "急性化脓性腹膜炎", "不稳定型心绞痛", "有机氯杀虫剂中毒", "脑室炎"),
        *("网膜原发性节段性梗死", "脾梗死"),
        *("乙脑", "外伤性前房积血", "角膜软化症", "Traumatic hyphema"),
    ],
)
def test_conditions_that_kill_within_days_are_grave(name):
    page = condition(name, "en" if name.isascii() else "zh")
    assert urgent_flags.is_grave(page)


@pytest.mark.parametrize(
    "name",
    [
        *("Chronic kidney disease", "Skin abscess", "Stroke sequelae", "Atopic eczema"),
        *("皮肤脓肿", "慢性湿疹", "脑梗死后遗症", "牙周脓肿", "坏死性淋巴结炎", "腹主动脉瘤"),
        *("慢性酒精中毒", "代谢性碱中毒", "视神经脊髓炎", "坏疽性脓皮病", "铅中毒", "嗜睡症"),
        *("原发性硬化性胆管炎", "Primary sclerosing cholangitis"),
    ],
)
def test_others_are_not_grave(name):
    page = condition(name, "en" if name.isascii() else "zh")
    assert not urgent_flags.is_grave(page)


def test_the_names_of_a_condition_are_judged_alike_in_both_languages():
    records = [
        record
        for path in sorted(Path(starter.__file__).parent.glob("*.yaml"))
        for record in yaml.safe_load(path.read_text(encoding="utf-8"))["records"]
        if record["kind"] == "condition"
    ]
    assert len(records) > 200
    unlike = [
        names
        for record in records
        if len(set(map(urgent_flags.is_grave_name, names := [*record["en"], *record["zh"]]))) > 1
    ]
    assert unlike == [history for history in unlike if "history of" in history[0]]


@pytest.mark.parametrize(("language", "name"), [("en", "brain abscess"), ("zh", "脑脓肿")])
def test_nobody_is_said_to_have_a_grave_condition_where_no_urging_follows(language, name):
    page = condition(name, language)
    told = [
        huatuo.write(page, "test", "all", random.Random(seed), Manner("plain", "short"))
        for seed in range(60)
    ]
    told += [safety.write(page, "symptom", "alike", random.Random(seed)) for seed in range(60)]
    asked = "\n".join(row.messages[0].content for row in told if row)
    assert name in asked.lower()
    personal = r"\bMy \w+ (?:was|has)|A friend of mine has|我\w{1,4}被诊断|家里有人得了"
    assert not re.search(personal, asked)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_nobody_is_reassured_before_anything_is_known(language):
    words = load(ConsultationWords, language)
    heard = [*words.heard, *words.heard_named, *load(HuatuoWords, language).heard]
    assert not re.search("别担心|别着急|放心|do not worry|don't worry", "\n".join(heard).lower())


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_request_to_deceive_gets_an_alternative_of_its_kind(language):
    words = load(SafetyWords, language)
    requests = [
        text.format(s="", S="", kin="")
        for texts in words.harm_question.values()
        for text in texts
        if not safety._VIOLENT.search(text)
    ]
    varied = {grammar.vary(each, random.Random(seed)) for each in requests for seed in range(20)}
    for each in varied:
        assert safety.honest_ways(each, words), each
    court = next(each for each in varied if re.search("官司|court", each))
    assert safety.honest_ways(court, words) == words.honest_way["court"]


def test_a_name_that_sounds_harmful_makes_no_violent_request():
    page = condition("病毒性肠炎", "zh")
    rows = [safety.write(page, "department", "harm", random.Random(seed)) for seed in range(80)]
    deceiving = [row for row in rows if row and "伪造" in row.messages[0].content]
    assert deceiving
    assert not any(
        re.search("心里有气|矛盾|难处|有人此刻", row.messages[-1].content) for row in deceiving
    )


@pytest.mark.parametrize(
    ("findings", "language", "alarm"),
    [
        (["red eye", "blurred vision"], "en", "now"),
        (["red eye"], "en", ""),
        (["shortness of breath", "rusty sputum"], "en", "now"),
        (["fever", "right upper quadrant pain"], "en", "now"),
        (["眼睛发红", "视力视野改变"], "zh", "now"),
        (["眼睛发红"], "zh", ""),
        (["呼吸困难", "铁锈色痰"], "zh", "now"),
        (["发热", "右上腹痛"], "zh", "now"),
        (["发热", "咽痛"], "zh", ""),
        (["high fever", "petechiae"], "en", "now"),
        (["petechiae"], "en", ""),
        (["高热", "牙龈出血"], "zh", "now"),
    ],
)
def test_findings_alarm_together_that_alone_can_wait(findings, language, alarm):
    assert urgent_flags.alarm_of(findings, language) == alarm


@pytest.mark.parametrize(("gathered", "made"), [(True, False), (False, True)])
def test_no_case_is_made_of_what_a_program_gathered(gathered, made):
    names = ("barking cough", "hoarseness", "stridor at rest", "noisy breathing")
    felt = tuple(
        PageFact(f"f{place}", name, name, f"symptom:{place}", "symptom", scraped=gathered)
        for place, name in enumerate(names)
    )
    test = PageFact("t", "pulse oximetry", "pulse oximetry", "test:1", "test", scraped=gathered)
    groups = {"symptom": felt, "test": (test,)}
    entity = Entity(id="condition:c", kind="condition", names=(Name("en", "viral laryngitis"),))
    page = FactPage(entity, "en", "viral laryngitis", "viral laryngitis", groups)
    assert bool(dialogue.topics(page)) == made
    assert ("case" in chatdoctor.topics(page).get("test", ())) == made
    assert ("case" in huatuo.topics(page).get("test", ())) == made


@pytest.mark.parametrize(
    ("language", "name"), [("zh", "小儿肺栓塞"), ("zh", "急性脓胸"), ("en", "septic shock")]
)
def test_a_grave_condition_without_flags_is_told_as_one_by_name(language, name):
    page = condition(name, language)
    words = load(ConsultationWords, language)
    urging = any_of((*words.urgent_named, *words.ambulance_named), language, {})
    for seed in range(20):
        row = huatuo.write(page, "test", "all", random.Random(seed), Manner("plain", "medium"))
        assert re.match(urging, row.messages[-1].content.lower())
        assert not re.search("按约|检查前要做|appointment", row.messages[-1].content)


def test_nobody_waits_where_the_symptoms_of_a_condition_are_seen_at_once():
    page = condition("绿肺病", "zh")
    assert case_plan.may_be_routine(page)
    blue = PageFact("f9", "口唇发绀", "口唇发绀", "o9")
    page = condition("绿肺病", "zh")
    page.groups["symptom"] = (*page.groups["symptom"], blue)
    assert not case_plan.may_be_routine(page)
    assert urgent_flags.alarm_of(["胸痛", "气短"], "zh") == "now"


def told_of(name, *findings):
    """Return a page of a condition with some findings, alike ones being the same everywhere."""
    held = tuple(
        PageFact(f"{name}:{each}", each, each, f"symptom:{each}", "symptom") for each in findings
    )
    entity = Entity(f"condition:{name}", "condition", (Name(name, "en"),))
    return FactPage(entity, "en", name, name, {"symptom": held})


def test_a_finding_that_may_be_dangerous_needs_a_dangerous_possibility():
    ill = told_of("costochondritis", "chest pain", "rib tenderness")
    harmless = told_of("shingles", "chest pain", "blisters")
    grave = told_of("pulmonary embolism", "chest pain", "leg swelling")
    other = told_of("appendicitis", "rib tenderness", "fever")
    told = ill.entity_facts("symptom")
    assert not case_rivals.names_danger(ill, told, [harmless, other])
    assert case_rivals.names_danger(ill, told, [harmless, grave])
    assert case_rivals.names_danger(ill, told[1:], [harmless])
    other = told_of("pneumonia", "chest pain", "cough")
    assert case_rivals.names_danger(grave, grave.entity_facts("symptom"), [other])
    rivals = [(each, case_rivals.shared(ill, each, "symptom")) for each in (other, harmless, grave)]
    assert case_rivals.weighed_against(ill, told, rivals, other)[0].name == grave.name


def test_what_is_excluded_first_shares_more_than_one_common_finding():
    ill = told_of("erysipelas", "skin pain", "chills")
    grave = told_of("toxic shock", "skin pain", "low blood pressure")
    rivals = [(grave, case_rivals.shared(ill, grave, "symptom"))]
    assert case_rivals.weighed_against(ill, ill.entity_facts("symptom"), rivals) is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Agitation and a fast pulse suggest thyroid storm.", False),
        ("Sudden pain in the back may be a fracture.", False),
        ("A rigid belly needs surgery.", True),
        ("Go to an emergency department if the lips turn blue.", True),
    ],
)
def test_a_red_flag_without_an_action_is_known(text, told):
    assert urgent_flags.leaves_open_what_to_do(text, "en") != told


@pytest.mark.parametrize(
    ("text", "felt"),
    [
        ("Electrocardiogram changes need emergency care.", False),
        ("A sodium of 115 mmol/L needs hospital care.", False),
        ("A prolonged QT interval needs a specialist.", False),
        ("Chest pain needs an ambulance.", True),
    ],
)
def test_what_only_a_clinic_finds_is_no_warning_to_a_patient(text, felt):
    assert urgent_flags.is_for_patients(PageFact("fact:1", text, text), "en") == felt


@pytest.mark.parametrize("name", ["Malaria", "Dengue fever", "Typhoid fever"])
def test_what_is_caught_abroad_is_not_guessed_from_complaints(name):
    assert urgent_flags.is_told_by_history(condition(name, "en"))
    assert urgent_flags.is_known_to_whom_it_befell(condition(name, "en"))


@pytest.mark.parametrize(
    ("name", "grave"),
    [
        ("小儿肝外伤", True),
        ("重型乙肝", True),
        ("急进性肾炎", True),
        ("十二指肠损伤", True),
        ("药物性肝损伤", False),
        ("心室静止", True),
    ],
)
def test_a_torn_organ_is_an_emergency_and_one_that_a_medicine_harms_is_none(name, grave):
    assert urgent_flags.is_grave_name(name) is grave


def test_a_named_condition_that_is_seen_soon_is_an_emergency_by_its_signs_alone():
    plain = Manner("plain", "medium")
    flag = "Shock or a rigid abdomen suggests perforation and needs emergency care at once."
    page = condition("acute diverticulitis", "en", flag)
    urging = any_of(load(ConsultationWords, "en").urgent_named, "en", {})
    for seed in range(12):
        row = chatdoctor.write(page, "test", "told", random.Random(seed), plain)
        said = row.messages[-1].content
        assert "rigid abdomen" in said and not re.search(urging, said, re.IGNORECASE)
