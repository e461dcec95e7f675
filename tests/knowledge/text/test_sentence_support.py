"""Support of one sentence by another: sound claims pass, and each rule refuses its kind."""

import pytest
from adversarial_pairs import linker
from hypothesis import given
from hypothesis import strategies as st

from knowledge.text.denial import find_denials
from knowledge.text.sentence_support import AnnotatedText, coverage, same_denials, support

NOTHING = AnnotatedText.of("", linker().find)


def supported(claim, held, context=""):
    return support(*(AnnotatedText.of(text, linker().find) for text in (claim, held, context)))


def test_a_text_is_set_apart():
    text = AnnotatedText.of("Metformin 500 mg is not given in gout.", linker().find)
    assert text.ids == {"medicine:metformin", "condition:gout"}
    assert [found.canonical for found in text.quantities] == ["500mg"]
    assert [found.cue for found in text.denials] == ["not"]
    assert len(text.text) == len(text.rest) == len(text.words)
    assert "Metformin" not in text.rest and "500" not in text.words


@pytest.mark.parametrize(
    ("claim", "held"),
    [
        ("Colchicine treats gout.", "Colchicine treats gout."),
        ("Gout is treated with colchicine.", "In adults, gout is treated with colchicine."),
    ],
)
def test_the_population_at_the_beginning_must_stay(claim, held):
    assert (supported(claim, held) == 1.0) == (claim == held)


def test_the_context_names_what_a_sentence_is_about():
    assert supported("Metformin is given at 500 mg.", "It is given at 500 mg.", "Metformin") == 1.0
    assert supported("Insulin is given at 500 mg.", "It is given at 500 mg.", "Metformin") < 1.0


def test_a_share_below_one_tells_how_much_is_there():
    share = supported("Metformin causes headache and fever.", "Metformin causes headache.")
    assert 0.0 < share < 1.0
    claim, held = (AnnotatedText.of(text, linker().find) for text in ("", "Gout."))
    assert coverage(claim, held, NOTHING) == 0.0


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("should not be used", "contraindicated", True),
        ("without fever", "no fever", True),
        ("not contraindicated", "contraindicated", False),
        ("rarely", "never", False),
        ("unnecessary", "contraindicated", False),
        ("", "", True),
        ("禁用", "不应使用", True),
        ("不必使用", "禁用", False),
    ],
)
def test_denials_are_the_same_by_kind_and_number(one, other, is_same):
    assert same_denials(find_denials(one), find_denials(other)) == is_same
    assert same_denials(find_denials(other), find_denials(one)) == is_same


@pytest.mark.parametrize(
    ("claim", "held", "is_supported"),
    [
        ("Colchicine must be given.", "Colchicine may be given.", False),
        ("Colchicine may be given.", "Colchicine must be given.", True),
        ("Gout is caused by alcohol.", "Alcohol causes gout.", True),
        ("Alcohol is caused by gout.", "Alcohol causes gout.", False),
        ("痛风由饮酒引起。", "饮酒引起痛风。", True),
        ("饮酒由痛风引起。", "饮酒引起痛风。", False),
        ("Asthma is treated.", "Asthma with wheeze is treated.", False),
        ("Reduce it from 5 mg to 2 mg.", "Reduce it from 2 mg to 5 mg.", False),
        ("No wheeze is heard.", "No cough, fever or wheeze is heard.", True),
        ("Wheeze is heard.", "No cough, fever or wheeze is heard.", False),
    ],
)
def test_voice_duty_modifiers_lists_and_sequence_are_read(claim, held, is_supported):
    assert (supported(claim, held) == 1.0) == is_supported


@pytest.mark.parametrize(
    "text",
    [
        "Aspirin is avoided in fever, unless warfarin is stopped before 20 weeks.",
        "除机械瓣膜患者外，妊娠期应避免使用华法林，每日不超过5毫克。",
    ],
)
def test_a_sentence_supports_itself(text):
    assert supported(text, text) == 1.0


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_texts_are_compared(claim, held):
    assert 0.0 <= supported(claim, held) <= 1.0
