"""What tells who a patient is is taken out of the search and the record; nothing else is."""

import pytest

from knowledge.text.names import language_of
from medchat.answering.screening.private_details import find_private
from medchat.answering.screening.titles import title


@pytest.mark.parametrize(
    ("message", "searched", "kinds"),
    [
        (
            "Mrs. Helen O'Brien (DOB 3 May 1950, phone 07700 900123) takes warfarin; dose?",
            "takes warfarin; dose?",
            {"name", "birth", "phone"},
        ),
        ("patient mary jones, mrn 00482913, has asthma", "patient has asthma",
         {"name", "record-number"}),
        ("Jane Doe, DOB 01/02/1990, SSN 123-45-6789. What treats lupus?", "What treats lupus?",
         {"name", "birth", "identity-number"}),
        ("my patient Anna has asthma, dose?", "my patient has asthma, dose?", {"name"}),
        ("She lives at 12 Baker Street, London NW1 6XE and has COPD", "She and has COPD",
         {"address"}),
        ("Write to a.b@example.org on gout", "Write to on gout", {"e-mail"}),
        ("患者王小明，身份证110101196103121234，电话13812345678，患有痛风，怎么治？",
         "患者患有痛风，怎么治？", {"name", "identity-number", "phone"}),
        ("病人张三，男，65岁，住院号123456，高血压，首选什么药？",
         "病人男，65岁，高血压，首选什么药？", {"name", "record-number"}),
        ("李女士，住在北京市朝阳区建国路88号，哮喘怎么治？", "哮喘怎么治？", {"name", "address"}),
        ("John Smith, NHS 943 476 5919", "", {"name", "record-number"}),
    ],
)  # fmt: skip
def test_what_tells_who_somebody_is_is_taken_out(message, searched, kinds):
    found = find_private(message, language_of(message))
    assert found.searched == searched
    assert set(found.kinds) == kinds
    assert found.recorded.count("[") == len(found.kinds)
    for detail in (
        "Helen",
        "mary",
        "00482913",
        "6789",
        "Anna",
        "Baker",
        "王小明",
        "13812345678",
        "张三",
    ):
        assert detail not in found.recorded


@pytest.mark.parametrize(
    "message",
    [
        "What is the Patient Health Questionnaire?",
        "In a patient Crohn's disease is likely?",
        "The patient is Type 2 diabetic, HbA1c 9.1",
        "BP 120/80 HR 88 K 5.2 Na 140 creatinine 123",
        "HR 0.85 (95 % CI 0.75-0.95) in 2019-2020",
        "PMID 12345678 and NCT01234567",
        "500 mg 3 times a day for 7 days",
        "患者高血压，如何治疗？",
        "病人黄疸，怎么办？",
        "患者高热，体温39.5，怎么处理？",
        "患者金黄色葡萄球菌感染怎么治？",
    ],
)
def test_clinical_words_and_numbers_stay(message):
    found = find_private(message, language_of(message))
    assert found.searched == found.recorded == message and found.kinds == ()


@pytest.mark.parametrize(
    ("question", "language", "fixed", "neutral"),
    [
        ("gout: first-line treatment?", "en", False, False),
        ("痛风怎么治疗？", "zh", False, False),
        ("How do I assess suicide risk?", "en", False, True),
        ("如何评估自杀风险？", "zh", False, True),
        ("", "en", False, True),
        ("I feel low", "en", True, True),
    ],
)
def test_a_title_holds_no_word_that_nobody_else_should_read(question, language, fixed, neutral):
    named = title(question, language, fixed=fixed)
    assert (named != question) is neutral and named


@pytest.mark.parametrize(
    "text",
    [
        "张伟的血压高怎么办",
        "陈静怀孕20周能吃布洛芬吗",
        "王小明有糖尿病",
        "司马光，男，56岁，冠心病",
        "mrs patel has gout",
        "Please see Peter Jones aged 54 with angina",
    ],
)
def test_a_name_is_known_by_what_is_said_of_it(text):
    assert "name" in find_private(text, language_of(text)).kinds


@pytest.mark.parametrize(
    "text",
    [
        "高血压有什么药",
        "李子有糖吗",
        "丁香有毒吗",
        "石英的检查",
        "马上住院吗",
        "Bell Palsy aged 40",
        "Heart Failure 70F",
        "Treatment for Marfan Syndrome 30M",
    ],
)
def test_a_word_that_looks_like_a_name_is_none(text):
    assert find_private(text, language_of(text)).kinds == ()
