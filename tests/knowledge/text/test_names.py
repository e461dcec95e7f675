"""Names: what is cleaned, what is refused, what is equal, and the sentences made of them."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from knowledge.graph import verbalize
from knowledge.records import Entity, Language, Name
from knowledge.text import names
from knowledge.vocabulary import RELATIONS


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        (" 肺炎 [详细]", "肺炎"),
        ("“肺炎”", "肺炎"),
        ("“鸭步”步态", "“鸭步”步态"),  # quotes inside a name stay
        ("*正骨水", "正骨水"),
        ("血清γ-谷氨酰转肽酶）", "血清γ-谷氨酰转肽酶"),
        ("手术治疗（洗胃、导泻）", "手术治疗（洗胃、导泻）"),
        ("Rho(D) Immune Globulin", "Rho(D) Immune Globulin"),
        ("['Type 2 diabetes']", "Type 2 diabetes"),
        (r"Devil\'s Claw", "Devil's Claw"),
        (r"Ullrich\xe2\x80\x93Turner syndrome", "Ullrich–Turner syndrome"),
        ("ＭＲＩ\u200b  ｓｃａｎ", "MRI scan"),
        ("\u202eabc\u202c", "abc"),
        ("Fever.", "Fever"),
        ("2型糖尿病，", "2型糖尿病"),
        ("Ⅱ型糖尿病", "Ⅱ型糖尿病"),
        ("10⁻³", "10⁻³"),
        (">>", ""),
        ("", ""),
    ],
)
def test_a_name_is_cleaned_for_people(raw, shown):
    assert names.clean(raw) == shown


@settings(deadline=None)
@given(st.text(max_size=60))
@example('\\\x1f"0')  # an escape that an invisible character hides
def test_cleaning_twice_changes_nothing_more(text):
    once = names.clean(text)
    assert names.clean(once) == once
    assert once == once.strip()


@pytest.mark.parametrize(
    "name",
    [
        "枸橼酸西地那非...",
        "肺炎…",
        "[详细]",
        r"Turner \xe2",
        "['Fever'",
        "x" * 81,
        "80%",
        "——",
        "目?病",
        "盐酸地尔硫\ue006片",
        "b\ufffdd",
    ],
)
def test_debris_is_no_name(name):
    assert names.is_debris(name)


@pytest.mark.parametrize(
    "name", ["疝", "MRI", "α-酮酸片", "HbA1c", "Rho(D) Immune Globulin", "x" * 80]
)
def test_a_short_or_odd_name_is_a_name(name):
    assert not names.is_debris(name)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Type 2 Diabetes", "type 2 diabetes"),
        ("coeliac disease", "Celiac diseases"),
        ("haemorrhage", "hemorrhages"),
        ("oedema", "edema"),
        ("diarrhoea", "diarrhea"),
        ("leukaemia", "leukemias"),
        ("oesophageal tumours", "esophageal tumor"),
        ("allergies", "allergy"),
        ("metastases", "metastasis"),
        ("Crohn's disease", "Crohn disease"),
        ("Crohn’s disease", "Crohns disease"),
        ("Sjögren syndrome", "Sjogren's syndrome"),
        ("X-ray", "x rays"),
        ("β-blockers", "beta blocker"),
        ("type II diabetes", "type 2 diabetes"),
        ("Ⅱ型糖尿病", "2型糖尿病"),
        ("二型糖尿病", "2 型糖尿病"),
        ("ＣＴ检查", "CT 检查"),
        ("手术治疗（洗胃）", "手术治疗(洗胃)"),
        ("肾病综合症", "肾病综合征"),
        ("paralysed", "paralyzed"),
        ("immunisation", "immunization"),
        ("anaesthesia", "anesthesia"),
    ],
)
def test_spellings_of_one_name_are_equal(one, other):
    assert names.normalise(one) == names.normalise(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("AIDS", "aid"),
        ("four", "for"),
        ("type 1 diabetes", "type 2 diabetes"),
        ("hepatitis B", "hepatitis C"),
        ("1型糖尿病", "2型糖尿病"),
        ("vitamin B12", "vitamin B1"),
        ("高血压", "低血压"),
        ("hyperkalaemia", "hypokalaemia"),
    ],
)
def test_different_names_stay_different(one, other):
    assert names.normalise(one) != names.normalise(other)


@settings(deadline=None)
@given(st.text(max_size=60))
def test_normalising_has_no_space_around_and_no_capitals(text):
    found = names.normalise(text)
    assert found == found.strip()
    assert "  " not in found


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("MRI检查", "zh"),
        ("C-reactive protein", "en"),
        ("", "en"),
        ("HbA1c", "en"),
        ("患者的HbA1c应低于7%，目标因人而异。", "zh"),
        ("The Chinese word 肺炎 means pneumonia in this English sentence.", "en"),
    ],
)
def test_language_is_told_by_its_share(text, language):
    assert names.language_of(text) == language


@pytest.mark.parametrize("relation", list(RELATIONS))
@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("inverse", [False, True])
def test_every_relation_has_a_line_and_a_sentence(relation, language: Language, inverse):
    known = RELATIONS[relation]
    if inverse and known.object is None:
        return
    subject, objects = ("Aa", ["bb", "cc"]) if language == "en" else ("甲", ["乙", "丙"])
    line = verbalize.evidence_line(subject, relation, objects, language, inverse=inverse)
    one = verbalize.fact_sentence(subject, relation, objects[:1], language, inverse=inverse)
    many = verbalize.fact_sentence(subject, relation, objects, language, inverse=inverse)
    stop = "." if language == "en" else "。"
    for text, said in ((line, objects), (one, objects[:1]), (many, objects)):
        assert subject in text
        assert all(each in text for each in said)
        assert text.endswith(stop)
        assert "{" not in text and ".." not in text and "。。" not in text


def test_a_line_has_the_agreed_form():
    entity = Entity(
        "condition:1", "condition", (Name("Type 2 diabetes", "en"), Name("2型糖尿病", "zh"))
    )
    english = verbalize.evidence_line("Type 2 diabetes", "symptom", ["thirst", "fatigue."], "en")
    assert english == "Type 2 diabetes — symptoms: thirst; fatigue."
    assert (
        verbalize.evidence_line(entity, "symptom", ["口渴", "乏力"], "zh")
        == "2型糖尿病——症状：口渴；乏力。"
    )


@pytest.mark.parametrize(
    ("relation", "objects", "language", "sentence"),
    [
        ("symptom", ["thirst"], "en", "A symptom of asthma is thirst."),
        ("symptom", ["a", "b", "c"], "en", "Symptoms of asthma include a, b and c."),
        ("associated_with", "Air", "en", "Asthma is statistically associated with Air."),
        ("associated_with", "咳嗽", "zh", "asthma与咳嗽在统计上相关。"),
        ("prevention", "Stop smoking.", "en", "Prevention of asthma: Stop smoking."),
        ("red_flag", ["不能说话。", "发绀。"], "zh", "asthma的警示征象：不能说话；发绀。"),
    ],
)
def test_a_fact_is_said_naturally(relation, objects, language, sentence):
    assert verbalize.fact_sentence("asthma", relation, objects, language) == sentence


@pytest.mark.parametrize(
    "plain",
    ["Type II diabetes", "leucocyte-count 3", "Stage IV tumours", "AIDS", "x-linked iv", "2"],
)
def test_a_plain_name_compares_as_it_does_among_signs_that_do_not_count(plain: str) -> None:
    assert names.clean(plain) == plain
    # a comma before it keeps it from the short way, and says nothing
    assert names.normalise(plain) == names.normalise(f",{plain}")
