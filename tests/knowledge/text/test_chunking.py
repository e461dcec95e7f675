"""Passages: exact offsets whatever the text."""

from hypothesis import given, settings
from hypothesis import strategies as st
from mixed_texts import TEXTS

from knowledge.records import DocumentRecord, Section
from knowledge.text import chunking


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
