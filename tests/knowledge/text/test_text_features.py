"""Content words, cues of relations: what a text says, in pieces that can be compared."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.text import text_features
from knowledge.vocabulary import RELATIONS


@pytest.mark.parametrize(
    ("text", "stems"),
    [
        ("Treated patients with oedema should not stop diuretics",
         ["treat", "edema", "not", "stop", "diuretic"]),
        ("The treatment and the therapy", ["treat", "treat"]),
        ("stopped, stopping", ["stop", "stop"]),
        ("您好", []),
        ("", []),
    ],
)  # fmt: skip
def test_english_words_lose_endings_and_framing(text, stems):
    assert text_features.stems(text) == stems


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        ("2型糖尿病的症状包括口渴和乏力。", ["型糖尿病", "症状", "口渴", "乏力"]),
        ("可用二甲双胍", ["用二甲双胍"]),
        ("餐前服用", ["餐前"]),
        ("前", ["前"]),
        ("aspirin", []),
    ],
)
def test_chinese_runs_lose_framing_but_not_before_and_after(text, runs):
    assert text_features.chinese(text) == runs


def test_units_mix_both_languages():
    assert text_features.units("MRI检查头部") == ["mri", "检查", "查头", "头部"]


def test_letters_compare_what_is_written():
    assert text_features.letters("Type-2 Diabetes.") == "type2diabetes"


@pytest.mark.parametrize(
    ("relation", "text", "is_cued"),
    [
        ("treatment", "How is it treated?", True),
        ("treatment", "retreated", False),
        ("contraindication", "Who should not take it?", True),
        ("symptom", "有哪些表现", True),
        ("dose_limit", "哪些表现", False),
    ],
)
def test_cues_are_whole_words(relation, text, is_cued):
    assert text_features.cued(RELATIONS[relation], text) == is_cued


def test_relations_are_spoken_of_by_cues_and_names():
    assert "symptom" in text_features.spoken_relations("It presents with fever.")
    assert "complication" in text_features.spoken_relations("可并发肺炎")
    assert text_features.spoken_relations("zzz") == frozenset()


@pytest.mark.parametrize(
    ("word", "relation", "is_name"),
    [
        ("treat", "treatment", True),
        ("lead", "complication", False),
        ("breastfeed", "pregnancy", False),
        ("maximum", "dose_limit", False),
        ("fever", "symptom", False),
    ],
)
def test_a_word_that_says_more_than_a_relation_is_no_name_of_it(word, relation, is_name):
    assert text_features.names_relation(word, frozenset({relation})) == is_name
    assert "哺乳" not in text_features.relation_words(frozenset({"pregnancy"}))


def test_a_fact_may_be_stated_by_words_that_are_no_cues():
    relations = frozenset({"complication"})
    assert text_features.names_relation("lead", relations, of_fact=True)
    assert not text_features.names_relation("rais", relations, of_fact=True)
    assert "风险" in text_features.relation_words(frozenset({"risk_factor"}), of_fact=True)


def test_overlap_is_a_share_of_what_is_wanted():
    assert text_features.overlap(["a", "b"], ["b", "c"]) == 0.5
    assert text_features.overlap([], ["b"]) == 0.0


@given(st.text(max_size=100))
def test_any_text_is_taken_apart(text):
    assert all(isinstance(unit, str) for unit in text_features.units(text))
    assert {unit for unit, _ in text_features.placed(text)} == set(text_features.units(text))
