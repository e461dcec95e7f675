"""What is recorded of one pair, one list or one age goes before what is usual."""

import random
import re
from dataclasses import replace

import pytest

from knowledge.lessons.facts.fact_page import FactPage, PageFact
from knowledge.lessons.facts.manner import Manner
from knowledge.lessons.realize import case_answer, pair_advice, usable_names
from knowledge.lessons.realize.chinese_sentences import drop_synonyms
from knowledge.lessons.styles import chatdoctor, grounded, huatuo, safety
from knowledge.lessons.templates.loader import load
from knowledge.lessons.templates.tables import ConsultationWords
from knowledge.records import Entity, Name

_PLAIN = Manner("plain", "medium")


def page_of(kind, name, language, **groups):
    """Return a page with named objects, or texts where a value begins with "="."""
    told = {
        relation.replace("_of", "~"): tuple(
            PageFact(f"{relation}{at}", each.lstrip("="), each.lstrip("="))
            if each.startswith("=")
            else PageFact(f"{relation}{at}", each, each, f"o:{relation}{at}", scraped=scraped)
            for at, each in enumerate(values)
        )
        for relation, (scraped, values) in groups.items()
    }
    return FactPage(Entity(f"{kind}:x", kind, (Name(name, language),)), language, name, name, told)


def _pair(language, advised=True):
    words = {
        "zh": ("甲睡药", "乙睡药", "乙睡药：作用相同，只用一种。"),
        "en": ("sedativine", "drowsamine", "drowsamine: Both act alike; give only one."),
    }
    name, other, advice = words[language]
    item = PageFact("i", other, other, "medicine:y", "medicine", level="moderate")
    page = page_of("medicine", name, language, medicine_of=(False, ["失眠", "焦虑"]))
    page.groups["interaction"] = (item,)
    if advised:
        page.groups["interaction_advice"] = (PageFact("a", advice, advice),)
    return page, item


@pytest.mark.parametrize(("language", "own"), [("zh", "只用一种"), ("en", "give only one")])
def test_what_is_advised_on_a_pair_replaces_what_is_usual(language, own):
    usual = {"zh": ("有时会在", "并非绝对", "谨慎考虑"), "en": ("sometimes", "rule the pair out")}
    page, item = _pair(language)
    assert pair_advice.find(page, item).text.endswith(("一种。", "one."))
    for seed in range(25):
        rows = [
            safety.write(page, "interaction", "meets", random.Random(seed), _PLAIN),
            huatuo.write(page, "interaction", "is", random.Random(seed), _PLAIN),
        ]
        for row in rows:
            said = row.messages[-1].content
            asked = row.messages[0].content
            reviews = re.search("review|chart check|Would you|A patient on", asked)
            to_patient = language == "en" and row.style == "safety" and not reviews
            assert own in said
            warned = "pharmacist" in asked
            assert not to_patient or warned or re.search("prescriber|pharmacist", said)
            assert not any(each in said for each in usual[language])
    assert pair_advice.find(*_pair(language, advised=False)) is None


@pytest.mark.parametrize(
    ("language", "alcohol", "own"), [("zh", "酒精", "不要饮酒"), ("en", "alcohol", "do not drink")]
)
@pytest.mark.parametrize("level", ["major", "moderate"])
def test_who_is_told_of_alcohol_is_told_not_to_drink(language, alcohol, own, level):
    page, item = _pair(language)
    drink = PageFact("d", alcohol, alcohol, "medicine:z", "medicine", level=level)
    page.groups["interaction"] = (replace(item, level=level), drink)
    advice = {"zh": f"{alcohol}：可致昏睡，不要饮酒。", "en": f"{alcohol}: Sleep deepens; {own}."}
    page.groups["interaction_advice"] = (PageFact("o", advice[language], advice[language]),)
    for seed in range(10):
        row = huatuo.write(page, "interaction", "all", random.Random(seed), _PLAIN)
        assert row.messages[-1].content.count(own) == (level == "major")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_whom_the_pharmacist_warned_is_not_sent_back_to_ask(language):
    page, item = _pair(language)
    warned = 0
    for level in ("moderate", "major", "contraindicated"):
        page.groups["interaction"] = (replace(item, level=level),)
        for seed in range(60):
            row = safety.write(page, "interaction", "meets", random.Random(seed), _PLAIN)
            asked, said = (each.content for each in row.messages[:2])
            if re.search("pharmacist|药师", asked):
                warned += 1
                first = re.split("[.。]", said)[0]
                assert not re.search("pharmacist|药师|(?:ask|call)|先问", first), said
    assert warned


def test_contraindications_are_told_with_what_other_records_forbid():
    page = page_of(
        "medicine",
        "甲药",
        "zh",
        contraindication=(False, ["肾结石", "痛风发作"]),
        liver=(False, ["=可损害肝脏；肝病患者避免使用。"]),
        renal=(False, ["=减量。"]),
    )
    for seed in range(10):
        row = huatuo.write(page, "contraindication", "all", random.Random(seed), _PLAIN)
        assert "肝病患者避免使用" in row.messages[-1].content
        assert "减量" not in row.messages[-1].content


@pytest.mark.parametrize(
    ("name", "usable"),
    [
        *(("无菌性心包炎", True), ("无汗症", True), ("无痛性包块", True), ("有机磷中毒", True)),
        *(("正常颅压脑积水", True), ("并指畸形", True), ("并殖吸虫病", True)),
        *(("无特殊检查", False), ("无明显症状", False), ("无需治疗", False), ("正常体温", False)),
        *(("并有腹泻", False), ("有发热", False)),
    ],
)
def test_a_name_may_begin_with_what_also_says_none(name, usable):
    assert usable_names.is_usable_name(name) is usable


def test_one_department_and_one_finding_are_named_once():
    assert drop_synonyms(["心内科", "心血管内科", "骨科", "骨外科"]) == ["心内科", "骨科"]
    assert drop_synonyms(["小儿干咳", "干性咳嗽", "发热"]) == ["小儿干咳", "发热"]


def test_a_purpose_that_is_no_illness_is_not_healed():
    page = page_of("medicine", "丙素", "zh", medicine_of=(False, ["药物流产"]))
    for seed in range(40):
        row = huatuo.write(page, "medicine~", "is", random.Random(seed), _PLAIN)
        said = row.messages[-1].content
        assert "治疗药物流产" not in said


@pytest.mark.parametrize("language", ["en", "zh"])
def test_of_a_single_cause_nobody_asks_which_it_was(language):
    lines = load(ConsultationWords, language).why["cause"]
    one = PageFact("c", "x", "x", "o:c")
    assert len(case_answer.fit_reasons(lines, "cause", [one])) < len(lines)
    assert case_answer.fit_reasons(lines, "cause", [one, one]) == lines


def test_what_it_is_is_asked_only_where_that_is_told():
    text = "=对震颤有效，但老年人易出现意识混乱。"
    page = page_of("medicine", "丁索", "zh", description=(False, [text]))
    for seed in range(20):
        row = chatdoctor.write(page, "description", "taking", random.Random(seed), _PLAIN)
        assert "什么药" not in row.messages[0].content


@pytest.mark.parametrize(
    ("name", "scraped", "shown"),
    [
        *(("新生儿低镁血症", True, False), ("小儿肝病", True, False), ("肺栓塞", True, False)),
        *(("新生儿低镁血症", False, True), ("痛风", True, True)),
    ],
)
def test_no_scraped_treatment_of_newborns_and_grave_conditions_is_shown(name, scraped, shown):
    page = page_of("condition", name, "zh", medicine=(scraped, ["甲药", "乙药"]))
    assert ("medicine" in grounded.topics(page)) is shown


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("lithium: Levels rise; halve the dose and check weekly.", True),
        ("amiodarone: Torsade can follow; choose another, or check the ECG.", True),
        ("nitrates: Blood pressure can fall dangerously.", False),
    ],
)
def test_what_a_prescriber_does_is_told_from_what_happens(text, order):
    assert pair_advice.is_order(PageFact("fact:1", text, text), "en") == order
