"""Sentence roles: what a sentence of an abstract tells."""

import pytest

from knowledge.text.sentence_roles import role_of, role_of_section, roles_in_order


@pytest.mark.parametrize(
    ("sentence", "role"),
    [
        ("To evaluate whether zinc shortens colds in children.", "aim"),
        ("The aim of this study was to compare two stents.", "aim"),
        ("It remains controversial whether drains are needed.", "aim"),
        ("Sixty patients were randomized to zinc or placebo.", "method"),
        ("We retrospectively reviewed the records of 40 women.", "method"),
        ("Colds were shorter with zinc (4.1 vs 6.0 days, P < 0.01).", "result"),
        ("There was no difference in mortality between groups.", "result"),
        ("These results suggest that zinc shortens colds.", "conclusion"),
        ("Routine drainage should be avoided.", "conclusion"),
        ("探讨锌对感冒病程的影响。", "aim"),
        ("将60例患者随机分为两组。", "method"),
        ("治疗组病程明显短于对照组（P<0.05）。", "result"),
        ("结论：锌可缩短病程。", "conclusion"),
        ("Zinc is a metal.", "background"),
    ],
)
def test_words_say_what_a_sentence_tells(sentence, role):
    assert role_of(sentence) == role


def test_the_section_says_it_before_the_words():
    assert role_of("To evaluate zinc.", "Results") == "result"
    assert role_of_section("Methods and results") is None
    assert role_of_section("Red flags") is None


def test_what_follows_the_methods_is_a_result_and_the_end_a_conclusion():
    texts = [
        "Zinc is a metal.",
        "Sixty patients were randomized.",
        "Seven in the zinc group coughed.",
        "Colds ended sooner in all 30.",
        "Zinc works.",
    ]
    roles = roles_in_order(texts, [""] * len(texts))
    assert roles == ["background", "method", "result", "result", "conclusion"]
