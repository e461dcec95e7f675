"""What is told fits who asks: what is asked first, whom medicines are for, what warns of what."""

import random
import re
from types import SimpleNamespace

import pytest

from knowledge.lessons.facts import (
    chinese_closed_book,
    chinese_table_faults,
    treatment_claims,
    urgent_flags,
    youngest_ages,
)
from knowledge.lessons.facts.fact_page import FactPage, PageFact
from knowledge.lessons.facts.manner import Manner
from knowledge.lessons.pages import case_rivals
from knowledge.lessons.realize import (
    articles,
    case_answer,
    case_plan,
    children_medicines,
    chinese_sentences,
    chinese_texts,
    fitting_questions,
    patient_profiles,
    realizer,
    topic_answer,
)
from knowledge.lessons.realize.answer_builder import AnswerBuilder
from knowledge.lessons.styles import chatdoctor, huatuo, overview, safety
from knowledge.lessons.templates.loader import LANGUAGES, load
from knowledge.lessons.templates.tables import (
    AttributeQuestionsWords,
    ConsultationWords,
    DialogueWords,
    MultiHopWords,
    RelationSentencesWords,
)
from knowledge.lessons.verify.template_patterns import any_of
from knowledge.records import Entity, Name

PLAIN = Manner("plain", "medium")


def named(kind, *texts, scraped=False):
    return tuple(
        PageFact(f"f:{each}", each, each, f"{kind}:{each}", kind, names=(each,), scraped=scraped)
        for each in texts
    )


def told(*texts):
    return tuple(PageFact(f"t:{each}", each, each) for each in texts)


def page(name, kind="condition", language="zh", **groups):
    entity = Entity(f"{kind}:{name}", kind, (Name(name, language),))
    return FactPage(entity, language, name, name, groups)


def linked(subject, *others):
    """Return a page that leads to others."""
    pages = {each.id: each for each in others}
    links = SimpleNamespace(
        page=lambda id, language: pages.get(id), having=lambda ids: frozenset(), warnings=None
    )
    return subject.with_neighbours((), lambda page: tuple(others), links)


def draws(write, count=40):
    return [write(random.Random(seed)) for seed in range(count)]


ASKED = [
    ("荨麻疹", ("风团", "面部肿胀"), "呼吸困难"),
    ("cholangitis", ("fever", "chills", "dark urine"), "jaundice"),
]


@pytest.mark.parametrize(("name", "findings", "missing"), ASKED)
def test_nothing_is_concluded_before_the_danger_was_asked_for(name, findings, missing):
    language = "en" if name.isascii() else "zh"
    found, asked = named("symptom", *findings), named("symptom", missing)
    subject = page(name, language=language, symptom=found)
    assert not case_rivals.asks_enough(subject, found, ())
    assert case_rivals.asks_enough(subject, found, asked)


ALARMS = [
    ("溃疡性结肠炎", ("血便", "体重减轻"), "结直肠癌"),
    ("haemorrhoids", ("rectal bleeding", "weight loss"), "colorectal cancer"),
    ("反流性食管炎", ("吞咽困难", "消瘦"), "食管癌"),
    ("gastritis", ("difficulty swallowing", "weight loss"), "oesophageal cancer"),
]


@pytest.mark.parametrize(("name", "findings", "danger"), ALARMS)
def test_an_alarm_is_not_explained_away(name, findings, danger):
    language = "en" if name.isascii() else "zh"
    found = named("symptom", *findings)
    subject, grave = (page(each, language=language, symptom=found) for each in (name, danger))
    assert not case_rivals.meets_demands(subject, found, [grave])  # it is to come first
    assert case_rivals.meets_demands(grave, found)


@pytest.mark.parametrize("name", ["胃食管反流病", "gastro-oesophageal reflux disease"])
def test_chest_pain_of_months_calls_for_the_heart_too(name):
    language = "en" if name.isascii() else "zh"
    pain, heart = {"en": ("chest pain", "stable angina"), "zh": ("胸痛", "稳定型心绞痛")}[language]
    subject = page(name, language=language, symptom=named("symptom", pain))
    known = subject.entity_facts("symptom")
    assert patient_profiles.profile_of(subject, known).pace == "lasting"
    assert not case_rivals.meets_demands(subject, known)
    assert case_rivals.meets_demands(subject, known, [page(heart, language=language)])


def test_a_rival_shares_more_than_one_finding_and_the_pace():
    felt = named("symptom", "关节僵硬", "活动受限", "关节肿胀")
    subject = page("骨关节炎", symptom=felt)
    close = page("类风湿关节炎", symptom=felt[:2])
    loose, sudden = page("滑囊炎", symptom=felt[:1]), page("化脓性关节炎", symptom=felt)
    similar = case_rivals.alike(linked(subject, close, loose, sudden))
    assert [each.name for each in similar] == [close.name]


def test_a_doctor_asks_in_a_tense_that_fits():
    every = re.compile(any_of(load(DialogueWords, "zh").question["symptom"], "zh", {}))
    mark = "\1"
    assert every.fullmatch(f"这几天有没有出现过{mark}？")
    assert not every.fullmatch(f"平时可曾有过{mark}？")


def test_names_of_other_things_make_nobody_a_child_or_a_man():
    stages = {each: patient_profiles.profile_of(page(each)) for each in ("慢性荨麻疹", "麻疹")}
    assert [each.stage for each in stages.values()] == ["adult", "child"]
    assert patient_profiles.profile_of(page("精神分裂症")).sex == ""
    assert patient_profiles.profile_of(page("酒精使用障碍")).sex == ""
    assert patient_profiles.profile_of(page("精索静脉曲张")).sex == "m"


def test_a_child_is_not_given_what_is_licensed_for_older_patients():
    given = named("medicine", "多西环素", "阿莫西林", "孟鲁司特")
    record = page("孟鲁司特", "medicine", children=told("6岁以下禁用。"))
    child, grown = page("小儿鼻窦炎", medicine=given), page("鼻窦炎", medicine=given)
    left = children_medicines.fitting(linked(child, record), given)
    assert [item.text for item in left] == ["阿莫西林"]
    assert children_medicines.fitting(linked(grown, record), given) == given
    assert youngest_ages.of_text("Not for children under 12; breathing can stop.") == 12


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_no_source_tells_is_not_said_to_be_safe(language):
    words = load(MultiHopWords, language)
    excludes = {"en": "not exclude|no proof", "zh": "不能排除|不等于"}[language]
    for table in (words.no_contraindication, words.no_interaction):
        for each in (line for lines in table.values() for line in lines):
            assert re.search(excludes, each)


@pytest.mark.parametrize("form", ["whole", "part"])
def test_a_request_for_an_overview_names_no_aspect_that_is_untold(form):
    subject = page(
        "维普利姆", "medicine", description=told("强效肝药酶诱导剂。"),
        side_effect=named("symptom", "恶心"),
    )  # fmt: skip
    answer = AnswerBuilder(subject, random.Random(0), asker="reader")
    answer.state("description", subject.text_facts("description"))
    asked = draws(lambda pick: overview._asked(subject, form, answer, pick), 80)
    assert not any(re.search("用途|禁忌|风险|注意|留意", each) for each in asked)
    answer.state("side_effect", subject.entity_facts("side_effect"))
    asked = draws(lambda pick: overview._asked(subject, form, answer, pick), 80)
    assert any("注意" in each for each in asked) is (form == "whole")
    assert not any("用途" in each for each in asked)


def test_parts_of_a_combination_do_not_stand_beside_it():
    listed = named("medicine", "艾尔巴韦", "格拉瑞韦", "格拉瑞韦艾尔巴韦", "利巴韦林", "阿莫西林",
                   "阿莫西林克拉维酸")  # fmt: skip
    kept = treatment_claims.fit_to_tell("condition", {"medicine": listed}, ["medicine"], False)
    texts = [item.text for item in kept.groups["medicine"]]
    assert texts == ["格拉瑞韦艾尔巴韦", "利巴韦林", "阿莫西林", "阿莫西林克拉维酸"]


FLAGS = told("高热伴烦躁提示甲状腺危象，须立即就医。", "服药期间发热或咽痛须立即查血常规。")


def test_who_asks_when_to_seek_help_is_told_of_every_warning():
    subject = page("桥本甲亢", red_flag=FLAGS, symptom=named("symptom", "心悸", "怕热"))
    rows = draws(lambda pick: chatdoctor.write(subject, "red_flag", "told", pick, PLAIN))
    rows += draws(lambda pick: safety.write(subject, "red_flag", "flag", pick, PLAIN))
    rows += draws(lambda pick: huatuo.write(subject, "red_flag", "all", pick, PLAIN))
    for row in rows:
        assert all(each.text.rstrip("。") in row.messages[-1].content for each in FLAGS)


def test_a_suspicion_is_not_warned_of_what_treatment_may_bring():
    flags = told("Fever during chemotherapy is an emergency.", "A swollen face needs help at once.")
    found = named("symptom", "neck lump")
    subject = page("lymphoma", language="en", red_flag=flags, symptom=found)
    plans = draws(
        lambda pick: case_plan.plan_case(subject, "test", PLAIN, pick, findings=found), 10
    )
    assert {plan.warning for plan in plans} == {flags[1]}
    assert [urgent_flags.is_of_treatment(each) for each in FLAGS] == [False, True]


SPREAD = [
    ("口传染", True), ("病原菌传播", True), ("性传播 血液传播", True), ("飞沫传播", False),
    ("粪-口传播", False), ("接触传染", False), ("有传染性", False), ("虫媒传播", False),
]  # fmt: skip


@pytest.mark.parametrize(("text", "torn"), SPREAD)
def test_texts_on_spread_that_nobody_says_are_left_out(text, torn):
    assert chinese_table_faults.is_at_fault("某某病", "transmission", text) is torn


def test_how_it_spreads_answers_whether_it_does():
    say = chinese_texts._tell_spread
    assert say("沼泽热", "接触传染") == "沼泽热会传染，传播方式是接触传染"
    assert say("沼泽热", "虫媒传播") == "沼泽热可以传播，传播方式是虫媒传播"


def test_what_a_doctor_finds_is_no_symptom_to_watch_for():
    templates = load(RelationSentencesWords, "zh").with_subject["symptom"]
    found = named("symptom", "收缩期杂音", "杵状指")
    texts = draws(lambda pick: realizer.state_facts("单心室", "symptom", found, "zh", pick), 80)
    assert not any(re.search("症状|留意|观察|关注|请注意", each) for each in texts)
    felt = chinese_sentences.call_findings(templates, ["咳嗽"])
    assert list(felt) == list(templates)


@pytest.mark.parametrize("name", ["小儿心房扑动", "肠套叠", "中毒性肾病", "toxic nephropathy"])
def test_an_emergency_is_sent_to_no_ordinary_clinic(name):
    subject = page(name, language="en" if name.isascii() else "zh",
                   department=named("department", "普通外科", "儿科"),
                   first_line=named("treatment", "空气灌肠复位"),
                   symptom=named("symptom", "呕吐", "腹痛"))  # fmt: skip
    assert urgent_flags.is_grave(subject)
    assert "department" not in huatuo.topics(subject)
    assert "department" not in huatuo._second(subject, "first_line")
    assert "department" not in chatdoctor.topics(subject)


def test_a_cause_or_complication_is_not_put_down_to_delay():
    for language in LANGUAGES:
        words = load(RelationSentencesWords, language)
        every = (*words.with_subject["complication"], *words.without_subject["complication"])
        assert not any(re.search("不治|延误|耽误|untreated", each) for each in every)


def test_a_rate_of_cure_is_asked_only_where_one_is_told():
    asked = load(AttributeQuestionsWords, "zh").question["prognosis"]
    without = page("低体温", prognosis=told("轻者可完全恢复。"))
    rated = page("胆囊炎", prognosis=told("治愈率：95%。"))
    kept = fitting_questions.fitting(asked, without, "prognosis")
    assert kept and not any("治愈率" in each for each in kept)
    assert any("治愈率" in each for each in fitting_questions.fitting(asked, rated, "prognosis"))


def test_who_has_a_condition_is_not_asked_of_suspecting_or_preventing_it():
    subject = page("法洛四联症", test=named("test", "超声心动图", "心电图"),
                   prevention=told("孕前补充叶酸可降低风险。"))  # fmt: skip
    asked = draws(lambda pick: huatuo.ask(subject, "test", pick), 150)
    asked += draws(lambda pick: huatuo.ask(subject, "prevention", pick), 150)
    had = [each for each in asked if re.match("我.{1,4}被诊断|.{2,6}得了|家里有人得了", each)]
    assert had and not any(re.search("怀疑|排除|预防|确诊", each) for each in had)
    assert "told" not in chatdoctor.topics(subject).get("prevention", ())


def test_who_is_diagnosed_is_told_of_no_if():
    subject = page("小儿肺炎链球菌病", department=named("department", "儿科", "呼吸内科"),
                   test=named("test", "胸部X线", "血常规"))  # fmt: skip
    for relation in ("department", "test"):
        rows = draws(lambda pick, r=relation: chatdoctor.write(subject, r, "told", pick, PLAIN))
        said = [row.messages[-1].content for row in rows]
        assert not any(re.search("如果是|怀疑|疑似|排查", each) for each in said)


def test_whoever_wants_to_stay_well_hears_nothing_of_what_it_may_bring():
    subject = page("流行性出血热", prevention=told("接种疫苗可降低风险。"),
                   complication=named("condition", "肾衰竭"), test=named("test", "血常规"),
                   risk_factor=named("risk_factor", "接触鼠类"))  # fmt: skip
    well = page("丙型肝炎", **{**subject.groups, "red_flag": told("黄疸须尽快就医。")})
    for pick in map(random.Random, range(30)):
        answer = AnswerBuilder(well, pick)
        answer.state("prevention", well.text_facts("prevention"))
        topic_answer.end(well, "prevention", Manner("plain", "long"), answer, pick)
        assert not answer.states("red_flag") and not answer.states("complication")


def test_a_medicine_that_makes_stools_black_is_named_beside_the_warning():
    iron = page("富马酸亚铁", "medicine", side_effect=named("symptom", "黑便", "便秘"))
    subject = page("缺铁性贫血", first_line=named("medicine", "富马酸亚铁"),
                   red_flag=told("胸痛、晕厥或黑便须立即急诊就医。"))  # fmt: skip
    subject = linked(subject, iron)
    for pick in map(random.Random, range(20)):
        answer = AnswerBuilder(subject, pick)
        answer.state("first_line", subject.entity_facts("first_line"))
        case_answer.explain_signs(subject, answer, pick)
        assert not answer.states("side_effect")  # no warning was told
        answer.state("red_flag", subject.text_facts("red_flag"))
        before = answer.text
        case_answer.explain_signs(subject, answer, pick)
        added = answer.text.removeprefix(before)
        words = any_of(load(ConsultationWords, "zh").either_cause, "zh", {})
        assert "富马酸亚铁" in added and "黑便" in added and re.search(words, added)


def test_symptoms_that_alarm_are_told_with_how_soon():
    subject = page("梅毒性心血管病", symptom=named("symptom", "胸痛", "头晕"))
    mild = page("过敏性结膜病", symptom=named("symptom", "眼痒", "流泪"))
    words = re.compile(any_of(load(ConsultationWords, "zh").heeded, "zh", {}))
    rows = draws(lambda pick: huatuo.write(subject, "symptom", "all", pick, PLAIN))
    assert all(words.search(row.messages[-1].content) for row in rows)
    rows = draws(lambda pick: huatuo.write(mild, "symptom", "all", pick, PLAIN))
    assert not any(words.search(row.messages[-1].content) for row in rows)


def test_one_use_or_interaction_of_an_unknown_medicine_does_not_stand_for_all():
    use = named("condition", "中耳炎", scraped=True)
    bare = page("阿莫西林片", "medicine", **{"medicine~": use, "interaction": use})
    known = page("阿莫西林片", "medicine", description=told("青霉素类抗生素。"),
                 **{"medicine~": (*use, *named("condition", "鼻窦炎"))})  # fmt: skip
    assert bare.is_lone("medicine~") and bare.is_lone("interaction")
    assert not known.is_lone("medicine~")
    assert "medicine~" not in chatdoctor.topics(bare)


def test_dialysis_is_told_only_of_kidneys_that_fail():
    fits = chinese_closed_book._treats_only()
    (treatment, of), *_ = fits
    assert treatment.search("腹膜透析治疗") and of.search("慢性肾功能衰竭")
    assert not of.search("隐匿性肾炎")


DESCRIBED = [
    ("孟鲁司特", "预防性口服药，罕见情况下可引起精神不良反应", "孟鲁司特是预防性口服药"),
    ("文拉法辛", "可用于抑郁症和焦虑障碍的SNRI", "文拉法辛是可用于抑郁症和焦虑障碍的SNRI"),
    ("林旦乳膏", "治疗疥疮时涂抹全身，1周后重复1次", "用林旦乳膏治疗疥疮时涂抹全身"),
    ("纳曲酮", "阻断阿片作用", "纳曲酮能阻断阿片作用"),
    ("枸橼酸钾", "用于纠正低钾血症的钾盐", "枸橼酸钾是用于纠正低钾血症的钾盐"),
    ("二氮嗪", "用于药物所致的严重低血糖", "二氮嗪用于药物所致的严重低血糖"),
]


@pytest.mark.parametrize(("name", "text", "said"), DESCRIBED)
def test_texts_are_joined_to_names_as_people_say_them(name, text, said):
    assert chinese_texts.describe(name, text).startswith(said)


def test_a_warning_that_is_an_order_is_introduced_as_one():
    order = "立即于大腿外侧肌内注射肾上腺素并呼叫急救"
    texts = draws(lambda pick: chinese_texts.tell("过敏反应", "red_flag", order, pick))
    assert all(re.match(f"(?:一旦|如果|遇到|碰到)[^，]*，{order}", each) for each in texts)


def test_nobody_is_asked_whether_a_pregnancy_can_take_a_medicine():
    barred = named("contraindication", "妊娠", "对该药过敏")
    subject = page("阿维司他", "medicine", contraindication=barred, description=told("降脂药。"))
    assert not any(draws(lambda pick: huatuo.write(subject, "contraindication", "is", pick, PLAIN)))
    fit = page(
        "阿维司他", "medicine", contraindication=(*barred, *named("condition", "活动性肝病"))
    )
    rows = draws(lambda pick: huatuo.write(fit, "contraindication", "is", pick, PLAIN))
    assert all("活动性肝病" in row.messages[0].content for row in rows)


def test_findings_before_and_after_the_menopause_make_no_case():
    assert patient_profiles.contradict(named("symptom", "经间期出血", "绝经后出血"))
    assert not patient_profiles.contradict(named("symptom", "经间期出血", "接触性出血"))
    felt = named("symptom", "经间期出血")
    who = patient_profiles.profile_of(page("宫颈癌", symptom=felt), felt)
    assert who.childbearing and patient_profiles.choose_age(who, random.Random(1)) < 40


def test_a_food_is_nothing_that_somebody_uses():
    beans = page("蚕豆", "medicine", precaution=told("G6PD缺乏症：可引起溶血。"),
                 interaction=named("medicine", "苯乙肼"))  # fmt: skip
    assert set(huatuo.topics(beans)) <= {"interaction"}


@pytest.mark.parametrize(
    ("flag", "told_"),
    [
        ("儿童瞳孔发白须尽快看眼科。", False),
        ("视力骤降、眼痛，或婴儿瞳孔发白，须立即就医。", True),
    ],
)
def test_a_grown_patient_is_not_warned_of_what_children_have(flag, told_):
    found = named("symptom", "视物模糊", "眩光")
    subject = page("白内障", symptom=found, red_flag=told(flag))
    plans = draws(
        lambda pick: case_plan.plan_case(subject, "test", PLAIN, pick, findings=found), 10
    )
    assert all(bool(plan.warning) is told_ for plan in plans)


def test_a_case_holds_what_a_source_names_first():
    felt = named("symptom", "全身广泛疼痛", "乏力", "睡眠不解乏", "注意力不集中", "头痛")
    subject = page("纤维肌痛综合征", symptom=felt)
    for count in (1, 2, 3, 4):
        taken = draws(lambda pick, n=count: case_plan.choose_findings(subject, felt, n, pick))
        assert all(felt[0] in each and len(each) == count for each in taken)


def test_who_asks_for_warnings_is_told_of_signs_and_not_how_it_is_treated():
    order = told("长期使用的糖皮质激素不可突然停用，以免发生肾上腺危象。")
    subject = page("库欣病", red_flag=order, symptom=named("symptom", "体重增加"))
    assert "red_flag" not in safety.topics(subject) | chatdoctor.topics(subject)
    both = page("库欣病", red_flag=(*order, *FLAGS), symptom=named("symptom", "体重增加"))
    assert "red_flag" in safety.topics(both)
    assert list(case_plan.flags_for(both, to_patient=True)) == list(FLAGS)


@pytest.mark.parametrize("name", ["偏头痛", "紧张性头痛", "肠易激综合征"])
def test_what_begins_late_is_not_put_down_to_a_harmless_condition_of_the_young(name):
    who = patient_profiles.profile_of(page(name, symptom=("头痛", "腹痛", "恶心")))
    ages = [patient_profiles.choose_age(who, random.Random(seed)) for seed in range(60)]
    assert max(ages) < 50


@pytest.mark.parametrize(
    ("name", "language", "stage"),
    [
        ("Coarctation of the aorta", "en", "child"),
        ("ventricular septal defect", "en", "child"),
        ("biliary atresia", "en", "baby"),
        ("肾母细胞瘤", "zh", "child"),
        ("toxic megacolon", "en", "adult"),
    ],
)
def test_what_befalls_children_is_told_of_a_child(name, language, stage):
    who = patient_profiles.profile_of(page(name, language=language))
    assert who.stage == stage
    oldest = {"baby": 1, "child": 12, "adult": 120}[stage]
    ages = {patient_profiles.choose_age(who, random.Random(seed)) for seed in range(30)}
    assert max(ages) <= oldest and (stage != "adult" or min(ages) >= 18)


def test_nobody_is_told_unasked_whether_an_illness_spreads():
    calm = page(
        "gastric ulcer", language="en",
        transmission=told("it cannot be caught from others"), test=named("test", "endoscopy"),
    )  # fmt: skip
    catching = page(
        "scabies", language="en", transmission=told("it spreads by long skin contact"),
        test=named("test", "microscopy"),
    )  # fmt: skip
    long = Manner("plain", "long")
    said = {
        each.name: {
            relation
            for seed in range(20)
            for relation, _ in case_plan.plan_meaning(each, "test", long, random.Random(seed))
        }
        for each in (calm, catching)
    }
    assert said == {"gastric ulcer": set(), "scabies": set()}


@pytest.mark.parametrize(
    ("warning", "is_order"),
    [("Do not give aspirin to a child with dengue.", True), ("Black stools need care now.", False)],
)
def test_an_order_is_not_announced_as_a_sign(warning, is_order):
    ill = page("dengue", language="en", red_flag=told(warning))
    announced = set()
    for seed in range(60):
        answer = AnswerBuilder(ill, random.Random(seed))
        case_answer.tell_warning(ill, told(warning)[0], answer, random.Random(seed))
        announced.add(bool(re.search("sign|wait", answer.text.removesuffix(warning))))
    assert announced == ({False} if is_order else {True, False})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("flea bites", "Plague spreads through flea bites."),
        ("it spreads by fleas", "it spreads by fleas."),
    ],
)
def test_a_mere_way_of_spreading_is_told_in_a_sentence(text, said):
    for seed in range(20):
        sentence = realizer.state_facts(
            "plague", "transmission", told(text), "en", random.Random(seed)
        )
        assert sentence.endswith(said) and "through it" not in sentence


def test_what_was_told_is_not_told_again_as_the_second_topic():
    ill = page(
        "plague", language="en", transmission=told("it spreads by flea bites"),
        symptom=named("symptom", "fever", "chills"),
    )  # fmt: skip
    answers = [
        lesson.messages[-1].content
        for seed in range(60)
        if (lesson := huatuo.write(ill, "symptom", "pair", random.Random(seed)))
    ]
    assert answers and all(each.count("flea bites") == 1 for each in answers)


@pytest.mark.parametrize("name", ["echocardiogram", "72 hour fast", "urine dipstick"])
def test_a_test_that_is_counted_takes_its_article(name):
    article = "an" if name.startswith("e") else "a"
    assert articles.with_article(name) == f"{article} {name}"


def test_all_ways_of_spreading_are_told_where_each_is_a_mere_word():
    ill = page("hepatitis", language="en", transmission=told("infected blood", "sharing needles"))
    kept = case_plan.texts_told(ill, "transmission", random.Random(1))
    said = realizer.state_facts("hepatitis", "transmission", kept, "en", random.Random(1))
    assert said == "Hepatitis spreads through infected blood and sharing needles."
