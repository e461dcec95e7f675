"""Whoever has what can turn dangerous is told what to do now, and a grave side effect is, too."""

import random
import re

import pytest

from knowledge.lessons.facts import acute_kinds
from knowledge.lessons.facts.fact_page import FactPage, PageFact
from knowledge.lessons.facts.manner import Manner
from knowledge.lessons.realize import stock_fitness, topic_answer
from knowledge.lessons.realize.answer_builder import AnswerBuilder
from knowledge.lessons.styles import chatdoctor, huatuo, safety
from knowledge.lessons.templates.loader import LANGUAGES, load
from knowledge.lessons.templates.tables import AcuteWords, ConsultationWords
from knowledge.lessons.verify.template_patterns import any_of
from knowledge.records import Entity, Name

SHORT = Manner("plain", "short")


def page(name, language, kind="condition", **groups):
    entity = Entity(f"{kind}:x", kind, (Name(name, language),))
    held = {relation: tuple(items) for relation, items in groups.items()}
    return FactPage(entity, language, name, name, held)


def text(words):
    return PageFact(f"f:{words}", words, words)


def effects(*names):
    return [PageFact(f"f:{each}", each, each, f"symptom:{each}", "symptom") for each in names]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_says_what_to_do_in_both_languages(language):
    words = load(AcuteWords, language)
    assert set(words.condition) == set(acute_kinds.kinds("conditions"))
    assert set(words.effect) == set(acute_kinds.kinds("effects"))


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Scald of the hand", "burn"),
        ("dog bite", "bite"),
        ("Haemoptysis", "bleeding"),
        ("atrial flutter", "rhythm"),
        ("腕部骨折", "break"),
        ("登革热", "tropical"),
        ("跟腱断裂后遗症", ""),
        ("膝关节内侧韧带断裂", "break"),
        ("强碱中毒", "poisoning"),
        ("应力性骨折", ""),
        ("细菌性食物中毒", "thirst"),
        ("新生儿淋菌性结膜炎", "eye"),
        ("新生儿脐炎", "newborn"),
        ("old fracture of the wrist", ""),
        ("慢性荨麻疹", ""),
        ("hay fever", ""),
    ],
)
def test_kinds_are_known_by_name(name, kind):
    assert acute_kinds.kind_of(name) == kind


@pytest.mark.parametrize(
    ("name", "about", "language"),
    [
        ("frostbite", "Frostbite is damage to skin and other tissue by freezing.", "en"),
        ("冻伤", "低温引起的皮肤和组织损伤。", "zh"),
    ],
)
def test_who_has_it_is_told_what_to_do_now(name, about, language):
    felt = effects("numbness", "pallor") if language == "en" else effects("麻木", "苍白")
    own = page(name, language, description=[text(about)], symptom=felt)
    lines = load(AcuteWords, language).condition["cold"]
    act = re.compile(any_of(lines, language, {}), re.IGNORECASE)
    for seed in range(10):
        row = chatdoctor.write(own, "description", "told", random.Random(seed), SHORT)
        assert act.match(row.messages[-1].content), row.messages[-1].content
        row = huatuo.write(own, "description", "all", random.Random(seed), SHORT)
        asked, said = (each.content for each in row.messages)
        told = act.search(said) is not None
        assert told is (stock_fitness.asker_of(asked, language) == "patient"), asked


def test_a_warning_of_its_own_is_enough():
    flag = text("A blister of the hand needs care the same day.")
    own = page(
        "burn", "en", description=[text("A burn is damage by heat.")], red_flag=[flag],
        symptom=effects("pain", "redness", "blisters"),
    )  # fmt: skip
    row = chatdoctor.write(own, "description", "told", random.Random(1), SHORT)
    said = row.messages[-1].content
    assert "same day" in said and "running water" not in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_grave_side_effect_is_told_with_what_to_do(language):
    names = ("nausea", "anaphylaxis") if language == "en" else ("恶心", "过敏性休克")
    own = page("remedy" if language == "en" else "甲药", language, "medicine",
               side_effect=effects(*names))  # fmt: skip
    act = re.compile(
        any_of(load(AcuteWords, language).effect["allergic"], language, {}), re.IGNORECASE
    )
    for asker, told in (("patient", True), ("reader", True), ("colleague", False)):
        answer = AnswerBuilder(own, random.Random(3), asker=asker)
        topic_answer.tell(own, "side_effect", SHORT, answer, random.Random(3))
        assert (act.search(answer.text) is not None) is told


def test_whoever_asks_for_warnings_hears_all_of_them():
    flags = [text(f"A {each} needs an ambulance at once.") for each in ("cold limb", "limp child")]
    own = page("gout", "en", red_flag=flags, symptom=effects("pain", "redness"))
    for seed in range(6):
        for row in (
            chatdoctor.write(own, "red_flag", "told", random.Random(seed), SHORT),
            huatuo.write(own, "red_flag", "all", random.Random(seed), SHORT),
            safety.write(own, "red_flag", "flag", random.Random(seed), SHORT),
        ):
            said = row.messages[-1].content
            assert "cold limb" in said and "limp child" in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_nobody_is_told_of_a_pregnancy_who_cannot_have_one(language):
    english = language == "en"
    harm = "It causes birth defects." if english else "妊娠期禁用：可致胎儿畸形。"
    felt = effects("rash" if english else "皮疹")
    name = "acitretin" if english else "阿维A"
    own = page(name, language, "medicine", pregnancy=[text(harm)], side_effect=felt)
    asked = {
        "en": ("My father takes it.", "My sister takes it."),
        "zh": ("我父亲在用。", "我姐姐在用。"),
    }[language]
    for question, told in zip(asked, (False, True), strict=True):
        answer = AnswerBuilder(own, random.Random(1), asked=question)
        topic_answer.tell(own, "side_effect", SHORT, answer, random.Random(1))
        assert (("birth defects" in answer.text) or ("畸形" in answer.text)) is told


def test_a_ward_is_not_told_what_a_prescriber_has_to_know():
    drug = page("valsartan", "en", "medicine")
    lines = load(ConsultationWords, "en").why["contraindication"]
    for asker in ("patient", "colleague"):
        occasion = stock_fitness.Occasion(asker, drug, "contraindication", (text("gout"),))
        assert bool(stock_fitness.fitting(lines, occasion)) is (asker == "patient")


def test_of_two_medicines_none_is_called_it():
    pair = [PageFact("f:zinc", "zinc", "zinc", "medicine:z", "medicine", level="major")]
    felt, checks = effects("nausea", "a rash"), [text("liver function")]
    own = page("remedy", "en", "medicine", interaction=pair, side_effect=felt, monitoring=checks)
    for seed in range(20):
        manner = Manner("plain", "long")
        for row in (
            safety.write(own, "interaction", "meets", random.Random(seed), manner),
            huatuo.write(own, "interaction", "is", random.Random(seed), manner),
        ):
            assert not re.search(r"\b[Ii]ts? (?:has|side|should|is to)", row.messages[-1].content)
