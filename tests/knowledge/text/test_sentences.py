"""Sentences end where a reader would end them, in English, Chinese and mixtures of both."""

import pytest
from hypothesis import given, settings
from mixed_texts import TEXTS

from knowledge.text.sentences import join_sentences, sentence_spans, split_sentences


@pytest.mark.parametrize(
    "sentences",
    [
        ["Give 2.5 mg daily.", "Stop at 10 mg."],
        ["Use it e.g. at night.", "It helps."],
        ["Smith et al. Found nothing of the kind."],
        ["Dr. Jones agreed, i.e. he signed.", "Fig. 3 shows it."],
        ["Aspirin vs. Placebo was compared."],
        ["He had hepatitis C. ".strip(), "Treatment was started."],
        ["A. B. Smith wrote this."],
        ["Is it safe?", "Yes!", "It is."],
        ["The answer is thirst [1].", "It is fatigue.[2][3]", "See 1.2.3."],
        ["(It was mild.)", "“It passed.”", "All recovered."],
        ["Take it at 8 p.m. ".strip(), "Patients slept."],
        ["P < 0.001.", "95% CI 1.2-3.4."],
        ["Give max. 2 g daily.", "Then approx. 5 mL.", "See No. 5."],
        ["S. Aureus grew, and E. Coli too.", "Staph. Aureus is the same."],
        ["500 mg b.i.d.", "Then stop."],
        ["The deficit is 1.9 L.", "Replace half of it."],
        ["Compare groups A and B.", "The rest is unclear."],
        ["Infection with Candida spp.", "The first choice is fluconazole."],
        ["Take it i.v. Meropenem is given so."],
        ["Smith J. Aspirin trials, 1990."],
    ],
)
def test_english_sentences(sentences):
    text = " ".join(sentences)
    assert split_sentences(text) == sentences


@pytest.mark.parametrize(
    "sentences",
    [
        ["高血压很常见。", "患者应减盐！", "血压140/90 mmHg。"],
        ["可用ACEI（如依那普利）。[1]", "应监测血钾。"],
        ["他说：“我头痛。”", "体温38.5℃。"],
        ["症状：口渴；乏力。", "2.5 mg每日一次。"],
        ["检出E. Coli，S. Aureus阴性。", "口服p.o.每日3次。", "Dr.王同意。"],
        ["很好!", "每日500 mg b.i.d. 服用。", "无需停药。"],
    ],
)
def test_chinese_sentences(sentences):
    text = "".join(sentences)
    assert split_sentences(text) == sentences


def test_a_line_break_ends_a_sentence():
    text = "1. Give oxygen\n2. Call for help\n\n- Rest"
    found = split_sentences(text)
    assert found == ["1. Give oxygen", "2. Call for help", "- Rest"]


@settings(deadline=None)
@given(TEXTS)
def test_sentences_cover_all_but_space(text):
    spans = sentence_spans(text)
    kept = "".join(text[start:end] for start, end in spans)
    assert "".join(kept.split()) == "".join(text.split())
    assert all(first[1] <= second[0] for first, second in zip(spans, spans[1:], strict=False))
    assert all(text[start:end] == text[start:end].strip() != "" for start, end in spans)


def test_a_letter_within_chinese_is_an_initial_only_before_latin():
    assert split_sentences("补充维生素C. 多休息。") == ["补充维生素C.", "多休息。"]


def test_joined_sentences_have_a_blank_only_after_english_ones():
    assert join_sentences(["Rest.", "多休息。", "多喝水。"]) == "Rest. 多休息。多喝水。"
    assert join_sentences([]) == ""
