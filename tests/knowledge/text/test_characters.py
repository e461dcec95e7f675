"""One way to cut Chinese text, whoever compares it; two stemmers, on purpose."""

import pytest

from knowledge.index import lexical
from knowledge.text import text_features
from knowledge.text.characters import character_pairs


@pytest.mark.parametrize("text", ["糖尿病肾病", "痛", "㐀龠"])
def test_search_and_answer_check_cut_chinese_alike(text):
    assert lexical.split_words(text) == character_pairs(text) == text_features.content_units(text)


def test_the_check_keeps_apart_what_search_may_take_for_one_word():
    assert lexical.terms("hepatitis") == lexical.terms("hepatic")
    assert text_features.content_stems("hepatitis") != text_features.content_stems("hepatic")
