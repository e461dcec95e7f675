"""Test the wording of Chinese rows: no synonyms in a list, verbs that fit, plausible patients."""

import json
import random
import re

import pytest
from toy_lessons import opened

from knowledge.lessons import build
from knowledge.lessons.build_options import BuildOptions
from knowledge.lessons.facts import expected_rivals, reportable_findings
from knowledge.lessons.facts.fact_page import FactPage, PageFact
from knowledge.lessons.facts.manner import Manner
from knowledge.lessons.realize import (
    chinese_sentences,
    chinese_texts,
    complaints,
    page_renderer,
    patient_profiles,
    realizer,
    usable_names,
)
from knowledge.lessons.styles import chatdoctor, huatuo, preference, safety, vignette
from knowledge.lessons.templates.loader import load
from knowledge.lessons.templates.tables import (
    ChatdoctorWords,
    ConsultationWords,
    HuatuoWords,
    RelationSentencesWords,
)
from knowledge.records import Entity, Name

SENTENCES = load(RelationSentencesWords, "zh")

FAULTS = re.compile(
    r"(检查|症状|表现|药物|并发症)(?:等|这[一项些])\1|医生，医生|请问医生，医生|，：|[|{}]|(?<!\d)[(（]\||"
    r"我(?:今年)?\d+岁(?:，[男女])?。[^。，]{0,8}我"
)
"""What must stand in no row: a word twice over, somebody addressed and spoken of, a torn form."""


def named(kind, *texts):
    """Return facts with these names."""
    return tuple(PageFact(f"f:{text}", text, text, f"{kind}:{text}", kind) for text in texts)


def page(name, **groups):
    """Return the page of a condition: names are facts, one text in a list is a value."""
    told = {
        relation: (
            tuple(PageFact(f"f:{text}", text, text) for text in texts)
            if isinstance(texts, list)
            else named("symptom" if relation == "symptom" else relation, *texts)
        )
        for relation, texts in groups.items()
    }
    entity = Entity(f"condition:{name}", "condition", (Name(name, "zh"),))
    return FactPage(entity, "zh", name, name, told)


@pytest.fixture(scope="module")
def rows(tmp_path_factory):
    """Give all Chinese rows of the toy graph, whole messages joined."""
    engine, generation = opened(tmp_path_factory.mktemp("graph"))
    folder = tmp_path_factory.mktemp("chinese") / "data"
    build.build(engine, generation, folder, BuildOptions(languages=("zh",), seed=3))
    engine.dispose()
    return [
        json.loads(line)
        for part in ("train.jsonl", "validation.jsonl")
        for line in (folder / part).read_text(encoding="utf-8").splitlines()
    ]


def test_no_row_repeats_a_word_or_holds_marks_of_templates(rows):
    assert len(rows) > 300
    found = [
        message["content"]
        for row in rows
        for message in row["messages"]
        if not message["content"].startswith("lookup(") and FAULTS.search(message["content"])
    ]
    assert found == []


@pytest.mark.parametrize("relation", ["complication", "test", "symptom", "medicine"])
@pytest.mark.parametrize("table", [SENTENCES.with_subject, SENTENCES.without_subject])
def test_a_single_item_is_not_followed_by_such_as(relation, table):
    for seed in range(150):
        text = realizer.fill_with_items(
            table[relation], "痛风", named(relation, "贫血"), "zh", random.Random(seed)
        )
        assert "贫血等" not in text


@pytest.mark.parametrize(
    ("names", "kept"),
    [
        (["脾显象", "脾显像"], ["脾显象"]),
        (["支持性治疗", "支持疗法", "手术治疗"], ["支持性治疗", "手术治疗"]),
        (["恶心", "恶心与呕吐"], ["恶心与呕吐"]),
        (["皮肤瘙痒", "瘙痒"], ["皮肤瘙痒"]),
        (["颅脑CT", "颅脑CT检查", "颅脑MRI"], ["颅脑CT", "颅脑MRI"]),
        (["咳嗽", "咳痰"], ["咳嗽", "咳痰"]),
    ],
)
def test_a_list_holds_no_synonyms(names, kept):
    assert chinese_sentences.drop_synonyms(names) == kept


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("皮损", "皮损检查"),
        ("裂隙灯", "裂隙灯检查"),
        ("心电图", "心电图"),
        ("肾功能", "肾功能"),
        ("免疫病理检查", "免疫病理检查"),
    ],
)
def test_a_finding_that_is_a_test_is_called_an_examination(name, said):
    assert chinese_sentences.name_test(name) == said


def test_an_injury_takes_another_verb_than_an_illness():
    assert realizer.fill("得了{s}该怎么办？", "zh", 1, s="锁骨骨折") == "发生锁骨骨折该怎么办？"
    assert realizer.fill("得了{s}该怎么办？", "zh", 1, s="痛风") == "得了痛风该怎么办？"
    injured = page("锁骨骨折", treatment=("手术治疗",))
    asked = {
        chatdoctor.write(injured, "treatment", "told", random.Random(seed)).messages[0].content
        for seed in range(80)
    }
    assert len(asked) > 20
    assert not any("得了" in each for each in asked)


def test_a_list_that_is_joined_already_is_not_joined_again():
    taken = named("medicine", "酮康唑", "利福平", "地高辛")
    for seed in range(60):
        text = realizer.fill_with_items(
            ("{s}和{a}一起用会发生相互作用。",), "利伐沙班", taken, "zh", random.Random(seed)
        )
        assert text.count("和") == 1


def test_names_with_commas_of_their_own_come_last_in_a_sentence():
    texts = ["脊柱、脊髓损伤", "颈肩痛", "产后风"]
    said = realizer.join_names(texts, "zh", random.Random(1))
    assert said == "颈肩痛、产后风，以及脊柱、脊髓损伤"


def test_pinyin_is_debris_and_an_illness_is_no_complication_of_itself():
    assert usable_names.is_damaged("治疗周期：30tian")
    assert not usable_names.is_damaged("治疗周期：30天")
    groups = page_renderer.drop_repeated_items(
        "外阴血管瘤",
        {
            "complication": named("condition", "血管瘤", "贫血"),
            "symptom": named("symptom", "血管瘤", "疼痛"),
        },
    )
    assert [item.text for item in groups["complication"]] == ["贫血"]
    assert [item.text for item in groups["symptom"]] == ["疼痛"]


@pytest.mark.parametrize(
    ("name", "pace"),
    [
        ("急性阑尾炎", "sudden"),
        ("阿片类药物过量", "sudden"),
        ("慢性酒中毒", "lasting"),
        ("小儿注意缺陷障碍", "lasting"),
        ("白癜风", "lasting"),
        ("流行性感冒", "days"),
        ("新生儿低血糖症", "sudden"),
        ("孔源性视网膜脱离", "sudden"),
    ],
)
def test_an_illness_has_the_pace_of_its_name(name, pace):
    assert patient_profiles.profile_of(page(name, symptom=("乏力",))).pace == pace


def test_an_unconscious_patient_is_urgent():
    ill = page("钩端螺旋体病", symptom=("昏迷", "乏力", "发热"))
    assert patient_profiles.profile_of(ill, ill.entity_facts("symptom")).pace == "sudden"
    assert patient_profiles.profile_of(ill, ill.entity_facts("symptom")[1:]).pace == "days"


@pytest.mark.parametrize("name", ["猝死", "自缢", "死胎", "心脏骤停与心肺脑复苏"])
def test_a_fatal_event_is_no_illness_to_ask_about(name):
    assert not patient_profiles.is_illness(page(name, symptom=("昏迷", "抽搐")))


def test_what_is_urgent_comes_before_advice(monkeypatch):
    monkeypatch.setattr(expected_rivals, "lacks", lambda *_: False)
    acute = page(
        "急性会厌炎",
        symptom=("咽痛", "呼吸困难", "发热"),
        medicine=("头孢曲松",),
        test=("喉镜",),
        red_flag=["流涎、喘鸣或不能平卧须立即急诊。"],
    )
    for seed in range(40):
        pick = random.Random(seed)
        for lesson in (
            chatdoctor.write(acute, "medicine", "case", pick),
            vignette.write(acute, "medicine", "alone", pick),
        ):
            answer = lesson.messages[-1].content
            assert 0 < answer.index("流涎") < answer.index("头孢曲松")


def test_the_patient_is_named_once():
    ill = page("痛风", symptom=("关节痛", "关节肿胀"))
    who = patient_profiles.profile_of(ill)
    heard = [
        complaints.describe_complaint(ill, who, ill.entity_facts("symptom"), random.Random(seed))
        for seed in range(200)
    ]
    told = [text for text in heard if re.search(r"\d+岁", text)]
    assert len(told) > 40
    for text in told:
        assert not re.search(r"岁(?:，[男女])?。我", text), text


def test_a_greeting_leaves_out_the_doctor_if_the_complaint_begins_with_one():
    ill = page("痛风", medicine=("秋水仙碱",))
    for seed in range(120):
        text = complaints._greeted("医生怀疑我是痛风。", ill, random.Random(seed))
        assert text.count("医生") == 1
        assert "大夫" not in text
        assert huatuo._opened("医生为什么开秋水仙碱？", ill, random.Random(seed)).count("医生") == 1


def test_relatives_fit_the_condition():
    child, pregnant = page("小儿肺炎", symptom=("咳嗽",)), page("妊娠呕吐", symptom=("恶心",))
    for seed in range(60):
        assert not re.search("父|母亲|爱人|爷|奶|同事", safety._kin(child, random.Random(seed)))
        assert re.search("妻|姐|妹|嫂|媳|女", safety._kin(pregnant, random.Random(seed)))


@pytest.mark.parametrize(
    "finding", ["移动性浊音", "韦氏环", "强迫性体位", "肺间质纤维化", "去质状态"]
)
def test_what_only_a_clinician_finds_is_no_complaint(finding):
    found = named("symptom", finding, "咳嗽", "视力障碍", "咽部异物感")
    assert [item.text for item in reportable_findings.select_felt(found)] == [
        "咳嗽",
        "视力障碍",
        "咽部异物感",
    ]


def test_a_finding_in_other_words_is_not_another():
    assert not reportable_findings.is_new(named("symptom", "发烧")[0], named("symptom", "高热"))
    assert reportable_findings.is_new(named("symptom", "咳嗽")[0], named("symptom", "高热"))


@pytest.mark.parametrize(
    ("right", "unrelated", "worse"),
    [
        ("终止妊娠", "支持治疗", False),
        ("呼吸急促", "呼吸困难", False),
        ("胃镜", "血常规", False),
        ("肺炎", "骨折", True),
        ("秋水仙碱", "奥司他韦", True),
        ("Gout", "Asthma", True),
    ],
)
def test_a_swapped_name_makes_an_answer_worse(right, unrelated, worse):
    assert preference._is_worse(right, unrelated) is worse


def test_every_form_of_the_tables_can_be_written():
    tables = [*SENTENCES.with_subject.values(), *SENTENCES.without_subject.values()]
    tables += [load(ChatdoctorWords, "zh").complaint_continued]
    items = named("symptom", "咳嗽", "发热")
    for templates in tables:
        for seed in range(40):
            pick = random.Random(seed)
            parts = {"since": "这三天", "x": "咳嗽", "rest": "发热"}
            text = realizer.fill_with_items(templates, "肺炎", items, "zh", pick, **parts)
            assert not re.search(r"[\[\]{}|<>()«»]", text), text


@pytest.mark.parametrize(
    ("relation", "text", "said"),
    [
        ("monitoring", "治疗前筛查结核", "用甲药的人要注意，治疗前筛查结核"),
        ("monitoring", "眼科检查", "用甲药期间要做眼科检查"),
        ("description", "服药期间饮酒可引起潮红和心悸", "对于甲药，服药期间饮酒可引起潮红和心悸"),
        ("description", "对革兰阳性球菌有效，可致结肠炎", "甲药对革兰阳性球菌有效，可致结肠炎"),
        (
            "description",
            "可完全中和肝素，仅部分中和低分子肝素",
            "甲药可完全中和肝素，仅部分中和低分子肝素",
        ),
        (
            "description",
            "治疗窗窄的强心苷，低钾可加重毒性",
            "甲药是治疗窗窄的强心苷，低钾可加重毒性",
        ),
        ("description", "降低雌激素，用于绝经后乳腺癌", "甲药能降低雌激素，用于绝经后乳腺癌"),
        ("description", "气体进入胸膜腔，导致肺萎陷", "甲药是指气体进入胸膜腔，导致肺萎陷"),
        ("population", "大于45岁", "甲药多见于大于45岁的人"),
        ("population", "老年人群", "老年人群"),
        ("transmission", "通过飞沫传播", "甲药会传染，通过飞沫传播"),
        ("contraindication", "肝昏迷的病人", "肝昏迷的病人禁用甲药"),
        ("contraindication", "充血型心力衰竭患者慎用", "充血型心力衰竭患者慎用甲药"),
        ("precaution", "哮喘：可诱发发作", "使用甲药时要注意哮喘：可诱发发作"),
        ("pregnancy", "妊娠期禁用：可致畸形", "甲药妊娠期禁用：可致畸形"),
        ("dose_limit", "成人每日最大剂量为40 mg", "甲药成人每日最大剂量为40 mg"),
        ("cause", "遗传因素", "甲药的发病与遗传因素有关"),
    ],
)
def test_a_text_joins_its_subject_by_how_it_begins_and_ends(relation, text, said):
    told = chinese_texts.tell("甲药", relation, text, random.Random(3))
    assert told.endswith(said) and "{" not in told


def test_a_question_on_knowledge_is_not_answered_as_to_a_patient():
    closers = load(HuatuoWords, "zh").closing
    told = page("甲状腺瘤", population=["女性，多在40岁以下"], test=("甲状腺B超", "穿刺活检"))
    for seed in range(120):
        row = huatuo.write(told, "population", "all", random.Random(seed))
        answer = row.messages[-1].content
        assert "下次预约" not in answer and "按约复诊" not in answer and "主治医生" not in answer
    assert set(closers) <= set(SENTENCES.with_subject) | set(SENTENCES.before_text)


def test_nobody_has_an_allergy_that_is_worded_as_a_verb():
    items = named("contraindication", "对该药过敏")
    for seed in range(150):
        text = realizer.state_facts("甲药", "contraindication", items, "zh", random.Random(seed))
        assert not re.search("(?:存在|^有|出现|遇到)对该药过敏", text)


def test_what_comes_first_is_not_named_again_among_the_medicines():
    told = page("中耳炎", test=("耳镜检查", "听力检查"))
    told.groups["first_line"] = named("medicine", "阿莫西林")
    told.groups["medicine"] = named("medicine", "阿莫西林", "布洛芬")
    for seed in range(60):
        row = huatuo.write(told, "test", "all", random.Random(seed), Manner("plain", "long"))
        assert row.messages[-1].content.count("阿莫西林") <= 1


@pytest.mark.parametrize(("name", "urgent"), [("肱骨骨折", True), ("陈旧性肱骨骨折", False)])
def test_whoever_asks_where_to_go_with_a_fresh_injury_hears_how_soon(name, urgent):
    injury = page(name, department=("骨科",))
    for seed in range(12):
        row = huatuo.write(injury, "department", "all", random.Random(seed))
        assert ("急诊" in row.messages[-1].content) is urgent


def test_whoever_asks_where_to_go_hears_more_than_a_name():
    for seed in range(12):
        row = huatuo.write(
            page("白癜风", department=("皮肤科",)), "department", "all", random.Random(seed)
        )
        assert row.messages[-1].content.count("。") >= 2


def test_an_opening_promises_nothing_that_may_not_follow():
    opened_ = load(ConsultationWords, "zh").heard_named
    assert any(opened_)
    assert not [each for each in opened_ if re.search("分几句|先|再|补充", each)]


def test_symptoms_are_warned_of_as_a_whole_and_not_as_some_unnamed_ones():
    assert all(each.startswith("这些表现") for each in load(ConsultationWords, "zh").heeded)


@pytest.mark.parametrize(
    ("name", "sex", "stage"),
    [("血友病甲", "m", "adult"), ("血管性血友病", "", "adult"), ("毛细支气管炎", "", "baby")],
)
def test_who_has_a_condition_fits_it(name, sex, stage):
    who = patient_profiles.profile_of(page(name, symptom=("乏力",)))
    assert (who.sex, who.stage) == (sex, stage)


def test_a_few_names_are_not_drawn_from_a_list_that_nobody_read():
    scraped = tuple(
        PageFact(f"f:{text}", text, text, f"symptom:{text}", "symptom", scraped=True)
        for text in ("头痛", "鼻塞", "流鼻涕")
    )
    bare = page("慢性筛窦炎")
    entity, groups = bare.entity, {"symptom": scraped}
    listed = FactPage(entity, "zh", bare.name, bare.said, groups)
    assert "some" not in huatuo.topics(listed)["symptom"]
    assert (
        "some" in huatuo.topics(page("慢性筛窦炎", symptom=("头痛", "鼻塞", "流鼻涕")))["symptom"]
    )
