"""Lay out documents as stored text and cut the text into passages with exact offsets.

    document record -> stored text + spans of its sections -> passages

A passage's text is `text[start:end]` and nothing else, so that a quotation can always be found
again.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from knowledge.records import DocumentRecord, Language, Passage
from knowledge.text.holes import has_hole
from knowledge.text.sentences import sentence_spans, trimmed

MAX_CHARS = 900
"""Characters of an English passage; a Chinese one has half of them, and says as much."""


@dataclass(frozen=True, slots=True)
class SectionSpan:
    """A section of a document: its title, and the characters that it takes of the text."""

    title: str
    start: int
    end: int


class StoredText(NamedTuple):
    """The text of a document as it is stored, and the spans of its sections."""

    text: str
    spans: list[SectionSpan]


_ABOUT_ITSELF = {"source", "sources", "references", "来源", "参考文献", "资料来源"}
"""Sections that speak of the document and not of medicine: stored, but never a passage."""


def compose_text(record: DocumentRecord) -> StoredText:
    """Lay out a document as one text, sections separated by empty lines.

    The title comes first; it is a span of its own only where there is nothing else.
    """
    text = record.title
    spans: list[SectionSpan] = []
    for section in record.sections:
        text += "\n\n"
        start = len(text)
        text += section.text
        if section.text.strip() and section.title.strip().lower() not in _ABOUT_ITSELF:
            spans.append(SectionSpan(section.title, start, len(text)))
    if not spans and record.title.strip():
        spans.append(SectionSpan("", 0, len(record.title)))
    return StoredText(text, spans)


def split_passages(
    document_id: str,
    text: str,
    spans: Sequence[SectionSpan],
    language: Language,
    max_chars: int = MAX_CHARS,
) -> list[Passage]:
    """Cut the sections of a document into passages of whole sentences.

    A passage never crosses a section; a sentence longer than a whole passage is cut at a space or
    comma. A sentence of which a part could not be read is in no passage. Passages are numbered
    from 1 within the document.
    """
    longest = max(1, max_chars if language == "en" else max_chars // 2)
    passages: list[Passage] = []
    for span in spans:
        for start, end in _packed(text, span, longest):
            id = f"{document_id}#{len(passages) + 1}"
            piece = Passage(id, document_id, text[start:end], start, end, span.title, language)
            passages.append(piece)
    return passages


def _packed(text: str, span: SectionSpan, longest: int) -> Iterator[tuple[int, int]]:
    """Yield runs of sentences of about equal length, none longer than allowed."""
    run: list[tuple[int, int]] = []
    for start, end in sentence_spans(text[span.start : span.end]):
        if has_hole(text[span.start + start : span.start + end]):
            yield from _packed_run(run, longest)
            run = []
        else:
            run += _pieces(text, span.start + start, span.start + end, longest)
    yield from _packed_run(run, longest)


def _packed_run(pieces: list[tuple[int, int]], longest: int) -> Iterator[tuple[int, int]]:
    """Yield pieces that follow each other, packed into passages."""
    if not pieces:
        return
    # Aiming at equal parts keeps the last passage of a section from being a single sentence.
    whole = pieces[-1][1] - pieces[0][0]
    aim = whole / (whole // longest + 1)
    begin, finish = pieces[0]
    for start, end in pieces[1:]:
        if end - begin > longest or finish - begin >= aim:
            yield begin, finish
            begin = start
        finish = end
    yield begin, finish


def _pieces(text: str, start: int, end: int, longest: int) -> Iterator[tuple[int, int]]:
    """Yield a sentence whole, or in parts where it is longer than a passage may be."""
    while end - start > longest:
        cut = _cut(text, start, start + longest)
        yield from trimmed(text, start, cut)
        start = cut
    yield from trimmed(text, start, end)


def _cut(text: str, start: int, limit: int) -> int:
    least = start + max(1, (limit - start) // 2)
    for signs in ("；;。", "，,：:", " "):
        place = max(text.rfind(sign, least, limit) for sign in signs)
        if place >= least:
            return place + 1
    return limit
