"""Passages: exact offsets whatever the text, and sentences that end where a reader would."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.records import DocumentRecord, Section
from knowledge.text import chunking

_PIECES = st.sampled_from(
    [
        "Give 2.5 mg. ",
        "e.g. ",
        "Smith et al. ",
        "高血压很常见。",
        "；",
        "，",
        "\n\n",
        "\n",
        " ",
        "…",
    ]
    + ["word ", "“真的吗？”", "[1]", "U.S. ", "x" * 40, "肺" * 50, "No. 5 ", "! ", "\u3000", "A. "]
)
_TEXTS = st.one_of(st.text(max_size=400), st.lists(_PIECES, max_size=80).map("".join))


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
    ],
)
def test_english_sentences(sentences):
    text = " ".join(sentences)
    assert [text[start:end] for start, end in chunking.sentences(text)] == sentences


@pytest.mark.parametrize(
    "sentences",
    [
        ["高血压很常见。", "患者应减盐！", "血压140/90 mmHg。"],
        ["可用ACEI（如依那普利）。[1]", "应监测血钾。"],
        ["他说：“我头痛。”", "体温38.5℃。"],
        ["症状：口渴；乏力。", "2.5 mg每日一次。"],
    ],
)
def test_chinese_sentences(sentences):
    text = "".join(sentences)
    assert [text[start:end] for start, end in chunking.sentences(text)] == sentences


def test_a_line_break_ends_a_sentence():
    text = "1. Give oxygen\n2. Call for help\n\n- Rest"
    found = [text[start:end] for start, end in chunking.sentences(text)]
    assert found == ["1. Give oxygen", "2. Call for help", "- Rest"]


@settings(deadline=None)
@given(_TEXTS)
def test_sentences_cover_all_but_space(text):
    spans = chunking.sentences(text)
    kept = "".join(text[start:end] for start, end in spans)
    assert "".join(kept.split()) == "".join(text.split())
    assert all(first[1] <= second[0] for first, second in zip(spans, spans[1:], strict=False))
    assert all(text[start:end] == text[start:end].strip() != "" for start, end in spans)


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.text(max_size=10), _TEXTS), max_size=4),
    st.sampled_from(["en", "zh"]),
    st.integers(min_value=20, max_value=300),
)
def test_a_passage_is_exactly_its_characters(sections, language, longest):
    record = DocumentRecord(
        "k", "Title", language, tuple(Section(title, text) for title, text in sections)
    )
    text, spans = chunking.compose(record)
    found = chunking.split("k", text, spans, language, longest)
    limit = longest if language == "en" else longest // 2
    for place, passage in enumerate(found, 1):
        assert passage.text == text[passage.start : passage.end]
        assert 0 < len(passage.text) <= limit
        assert passage.id == f"k#{place}"
        assert passage.text == passage.text.strip()
    for span in spans:
        inside = [each for each in found if span.start <= each.start < span.end]
        kept = "".join("".join(each.text.split()) for each in inside)
        assert kept == "".join(text[span.start : span.end].split())


def test_a_passage_keeps_whole_sentences_and_its_section():
    body = "One sentence here. " * 60
    record = DocumentRecord(
        "d", "T", "en", (Section("Methods", body.strip()), Section("R", "End."))
    )
    text, spans = chunking.compose(record)
    found = chunking.split("d", text, spans, "en")
    assert [passage.section for passage in found] == ["Methods", "Methods", "R"]
    assert all(passage.text.endswith(".") for passage in found)
    # Two equal parts rather than a full one and a remainder.
    assert abs(len(found[0].text) - len(found[1].text)) < 40


def test_a_document_without_text_is_found_by_its_title():
    composed = chunking.compose(DocumentRecord("d", "Only a title", "en", ()))
    found = chunking.split("d", composed.text, composed.spans, "en")
    assert [passage.text for passage in found] == ["Only a title"]


def test_what_a_note_says_of_itself_is_stored_but_no_passage():
    sections = (Section("Treatment", "Rest helps."), Section("Source", "Written for medchat."))
    composed = chunking.compose(DocumentRecord("d", "T", "en", sections))
    found = chunking.split("d", composed.text, composed.spans, "en")
    assert "Written for medchat." in composed.text
    assert [passage.text for passage in found] == ["Rest helps."]
