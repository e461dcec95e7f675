"""Passages: exact offsets whatever the text."""

from hypothesis import given, settings
from hypothesis import strategies as st
from mixed_texts import TEXTS

from knowledge.records import DocumentRecord, Section
from knowledge.text import chunking
from knowledge.text.holes import HOLE, count_holed_sentences


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.text(max_size=10), TEXTS), max_size=4),
    st.sampled_from(["en", "zh"]),
    st.integers(min_value=20, max_value=300),
)
def test_a_passage_is_exactly_its_characters(sections, language, longest):
    record = DocumentRecord(
        "k", "Title", language, tuple(Section(title, text) for title, text in sections)
    )
    text, spans = chunking.compose_text(record)
    found = chunking.split_passages("k", text, spans, language, longest)
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
    text, spans = chunking.compose_text(record)
    found = chunking.split_passages("d", text, spans, "en")
    assert [passage.section for passage in found] == ["Methods", "Methods", "R"]
    assert all(passage.text.endswith(".") for passage in found)
    # Two equal parts rather than a full one and a remainder.
    assert abs(len(found[0].text) - len(found[1].text)) < 40


def test_a_document_without_text_is_found_by_its_title():
    composed = chunking.compose_text(DocumentRecord("d", "Only a title", "en", ()))
    found = chunking.split_passages("d", composed.text, composed.spans, "en")
    assert [passage.text for passage in found] == ["Only a title"]


def test_what_a_note_says_of_itself_is_stored_but_no_passage():
    sections = (Section("Treatment", "Rest helps."), Section("Source", "Written for medchat."))
    composed = chunking.compose_text(DocumentRecord("d", "T", "en", sections))
    found = chunking.split_passages("d", composed.text, composed.spans, "en")
    assert "Written for medchat." in composed.text
    assert [passage.text for passage in found] == ["Rest helps."]


def test_a_sentence_with_a_hole_is_in_no_passage_and_its_neighbours_are():
    text = f"Rest for 2 days. Give 5 {HOLE}g daily. Then 停药。每日{HOLE}克。多饮水。"
    record = DocumentRecord("d", "T", "en", (Section("Doses", text),))
    stored = chunking.compose_text(record)
    found = chunking.split_passages("d", stored.text, stored.spans, "en")
    assert [each.text for each in found] == ["Rest for 2 days.", "Then 停药。", "多饮水。"]
    assert [each.id for each in found] == ["d#1", "d#2", "d#3"]
    assert HOLE in stored.text and count_holed_sentences(text) == 2
