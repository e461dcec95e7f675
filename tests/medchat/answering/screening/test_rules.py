"""Every rule of the screen fires on its cases, is silent on its others, and says what it must."""

import re

import pytest

from medchat.answering.screening import rules
from medchat.answering.screening.screen import (
    find_declined,
    find_emergencies,
    find_opening,
    screen,
)
from medchat.errors import MedchatError

EMERGENCIES = rules.read_emergencies()
OPENINGS = rules.read_list("openings")
REFUSALS = rules.read_list("refusals")


def cases(entries, kind):
    return [
        pytest.param(entry["id"], language, text, id=f"{entry['id']}-{language}-{n}")
        for entry in entries
        for language in ("en", "zh")
        for n, text in enumerate(entry[kind][language])
    ]


@pytest.mark.parametrize(("id", "language", "text"), cases(EMERGENCIES, "fires"))
def test_an_emergency_is_named(id, language, text):
    assert id in [each.emergency.id for each in find_emergencies(text, [], language)]


@pytest.mark.parametrize(("id", "language", "text"), cases(EMERGENCIES, "silent"))
def test_a_question_without_an_emergency_is_not_alarmed(id, language, text):
    assert find_emergencies(text, [], language) == ()


@pytest.mark.parametrize(("id", "language", "text"), cases(OPENINGS, "fires"))
def test_an_opening_is_recognised(id, language, text):
    found = find_opening(text)
    assert found is not None and found.id == id


@pytest.mark.parametrize(("id", "language", "text"), cases(OPENINGS, "silent"))
def test_a_look_alike_is_no_opening(id, language, text):
    assert find_opening(text) is None


@pytest.mark.parametrize(("id", "language", "text"), cases(REFUSALS, "fires"))
def test_a_request_to_do_wrong_is_declined(id, language, text):
    found = screen(text, [], language).opening
    assert found is not None and found.kind == "refusal" and found.reply[language]


@pytest.mark.parametrize(("id", "language", "text"), cases(REFUSALS, "silent"))
def test_an_ordinary_question_on_the_same_subject_is_answered(id, language, text):
    assert screen(text, [], language).opening is None


def test_every_cue_of_requests_is_used_by_a_refusal():
    used = {
        name
        for each in rules.load().refusals
        for combination in each.when
        for group in (*combination.findings, combination.unless)
        for name in group
    }
    assert sorted({*rules.load().request_cues} - used) == []


def test_what_is_asked_in_one_sentence_is_not_joined_with_another():
    assert find_declined("My note was forged. How can I treat gout?") is None
    assert find_declined("I treat gout. How can I forge a prescription?").id == "false-records"


def test_there_are_forty_emergencies_at_least_each_whole():
    known = rules.load()
    assert len(known.emergencies) >= 40
    assert len({each.id for each in known.emergencies}) == len(known.emergencies)
    for each in known.emergencies:
        assert each.source and each.when
        for language in ("en", "zh"):
            assert each.name[language] and each.act[language]
        assert re.search("[一-鿿]", each.name["zh"] + each.act["zh"])
        assert not re.search("[一-鿿]", each.name["en"] + each.act["en"])


def test_every_finding_is_used_by_an_emergency():
    used = {
        name
        for each in rules.load().emergencies
        for combination in each.when
        for group in (*combination.findings, combination.unless)
        for name in group
    }
    assert sorted({*rules.load().findings} - used) == []


def test_a_rule_that_names_no_finding_is_refused():
    entry = {**EMERGENCIES[0], "when": ["chest_pain + nonsense"]}
    with pytest.raises(MedchatError, match="nonsense"):
        rules._emergency(entry, {"chest_pain"})


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("chest ~ pain", "a pain deep in his chest", True),
        ("chest ~ pain", "chest has no pain", False),
        ("chest ~ pain", "chest infection last week and since then knee pain", False),
        ("numb|arm ~ weak", "numb", True),
        ("胸 ~ 痛", "胸口有点痛", True),
        ("胸 ~ 痛", "胸口没有痛", False),
    ],
)
def test_the_notation_of_patterns(pattern, text, found):
    assert bool(rules.pattern(pattern).search(text)) is found


@pytest.mark.parametrize(
    "text",
    [
        "我在用眼氨肽滴眼液，眼睛有点干",
        "我母亲每天滴眼药水，今天眼睛有点痒",
        "孩子得了过敏性紫癜，今天恶心、发热",
        "我丈夫白天嗜睡，打呼噜，体重增加",
        "患者男，52岁，日间嗜睡、易激惹",
        "一名55岁女性，这一周出现骨痛、易出现瘀斑、发热",
        "我父亲是酒中毒性痴呆，目光呆滞",
        "患者有低热、盗汗等结核中毒症状",
        "我有药物过量性头痛，怎么治？",
        "My patient has immune thrombocytopenic purpura with nausea and a fever of 37.6",
        "A 47-year-old man with daytime sleepiness, snoring and irritability",
        "I think I have medication-overuse headache",
    ],
)
def test_a_name_that_holds_a_word_of_danger_states_none(text):
    language = "en" if text.isascii() else "zh"
    assert find_emergencies(text, [], language) == ()


@pytest.mark.parametrize(
    "text",
    [
        "我把消毒水当眼药水滴进眼睛了",
        "孩子发热，身上有紫癜，恶心、嗜睡",
        "我父亲今天突然嗜睡，叫不醒",
        "孩子误服了农药，中毒了，怎么办",
        "My son has a fever and a purpuric rash and a stiff neck",
        "My wife took an overdose of her headache tablets",
    ],
)
def test_the_word_itself_still_does(text):
    language = "en" if text.isascii() else "zh"
    assert find_emergencies(text, [], language)
