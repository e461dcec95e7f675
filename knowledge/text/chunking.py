"""Documents as stored text, and the text as passages with exact offsets.

    document record -> compose -> text + section spans -> split -> passages

A passage's text is `text[start:end]` and nothing else, so that a quotation can always be found
again. This file knows nothing of search.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from knowledge.records import DocumentRecord, Language, Passage

MAX_CHARS = 900
"""Characters of an English passage; a Chinese one has half of them, and says as much."""


@dataclass(frozen=True, slots=True)
class Span:
    """A section of a document: its title, and the characters that it takes of the text."""

    title: str
    start: int
    end: int


class Composed(NamedTuple):
    """The text of a document as it is stored, and the spans of its sections."""

    text: str
    spans: list[Span]


_ABOUT_ITSELF = {"source", "sources", "references", "来源", "参考文献", "资料来源"}
"""Sections that speak of the document and not of medicine: stored, but never a passage."""


def compose(record: DocumentRecord) -> Composed:
    """Lay out a document as one text, sections parted by empty lines.

    The title comes first; it is a span of its own only where there is nothing else.
    """
    text = record.title
    spans: list[Span] = []
    for section in record.sections:
        text += "\n\n"
        start = len(text)
        text += section.text
        if section.text.strip() and section.title.strip().lower() not in _ABOUT_ITSELF:
            spans.append(Span(section.title, start, len(text)))
    if not spans and record.title.strip():
        spans.append(Span("", 0, len(record.title)))
    return Composed(text, spans)


def split(
    document_id: str,
    text: str,
    spans: Sequence[Span],
    language: Language,
    max_chars: int = MAX_CHARS,
) -> list[Passage]:
    """Cut the sections of a document into passages of whole sentences.

    A passage never crosses a section; a sentence longer than a whole passage is cut at a space or
    comma. Passages are numbered from 1 within the document.
    """
    longest = max(1, max_chars if language == "en" else max_chars // 2)
    passages: list[Passage] = []
    for span in spans:
        for start, end in _packed(text, span, longest):
            id = f"{document_id}#{len(passages) + 1}"
            piece = Passage(id, document_id, text[start:end], start, end, span.title, language)
            passages.append(piece)
    return passages


def _packed(text: str, span: Span, longest: int) -> Iterator[tuple[int, int]]:
    """Yield runs of sentences of about equal length, none longer than allowed."""
    pieces = [
        piece
        for start, end in sentences(text[span.start : span.end])
        for piece in _pieces(text, span.start + start, span.start + end, longest)
    ]
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
        yield from _trimmed(text, start, cut)
        start = cut
    yield from _trimmed(text, start, end)


def _cut(text: str, start: int, limit: int) -> int:
    least = start + max(1, (limit - start) // 2)
    for signs in ("；;。", "，,：:", " "):
        place = max(text.rfind(sign, least, limit) for sign in signs)
        if place >= least:
            return place + 1
    return limit


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        yield start, end


_ABBREVIATIONS = {
    *("e.g", "i.e", "cf", "vs", "viz", "al", "approx", "ca", "resp", "incl", "esp", "max", "no"),
    *("dr", "mr", "mrs", "ms", "prof", "st", "jr", "sr", "ph.d", "m.d", "b.sc", "m.sc", "u.s"),
    *("fig", "figs", "tab", "eq", "eqs", "ref", "refs", "sect", "chap", "vol", "nos", "pp"),
    *("dept", "univ", "inc", "ltd", "co", "corp", "ed", "eds", "suppl", "spp", "sp", "subsp"),
    *("jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec"),
    *("i.v", "i.m", "s.c", "p.o"),
}
_ENDING_TOO = {"u.s", "no", "tab", "max", "ca", "inc", "co", "ltd", "i.v", "i.m", "s.c", "p.o"}
"""Abbreviations that may also end a sentence; they do before a word that mostly begins one."""

_OFTEN_LAST = {"etc", "a.m", "p.m", "b.i.d", "t.i.d", "q.i.d", "q.d", "min", "wk", "hr", "sec"}
"""Abbreviations that do so before any word with a capital."""

_SHORT = _ABBREVIATIONS | _OFTEN_LAST
_LETTERED = re.compile(
    r"(?:hepatitis|vitamin|type|group|class|factor|grade|stage|influenza|phase|protein|category|"
    r"score|arm|cohort|strain|subtype|panel|part|appendix|immunoglobulin|coenzyme)\s[A-Z]$",
    re.IGNORECASE,
)
"""A letter that is no one's initial: after "hepatitis C." a sentence may begin."""

_STARTERS = {
    *("the", "this", "these", "those", "there", "it", "they", "we", "in", "a", "an", "however"),
    *(
        "patients",
        "our",
        "for",
        "if",
        "when",
        "after",
        "although",
        "no",
        "all",
        "both",
        "he",
        "she",
    ),
}
_STOP = re.compile(
    # Chinese stops need no space after them; English ones do, except before Chinese.
    r"(?P<chinese>[。！？]+)|(?P<english>[.!?]+)|(?P<line>\n)"
)
_CLOSING = re.compile(r"[\"'”’）)」』】\]]*")
_CITED = re.compile(r"[ \t]?(?:\[\d+(?:\s*[,，、–-]\s*\d+)*\])+")
_WORD_BEFORE = re.compile(r"(?:[A-Za-z]+\.)*[A-Za-z]+$")
_INITIAL = re.compile(r"(?:^|[\s(\"“.-])[A-Z]$")
_LIST_NUMBER = re.compile(r"(?:^|\n)\s*\(?\d{1,3}$")
_BEGINS = re.compile(r"\s+[\"'“‘(\[「『【（]*(?P<sign>\S)")
_FULL_WORD = re.compile(r"[A-Za-z]+")


def sentences(text: str) -> list[tuple[int, int]]:
    """Return the spans of a text's sentences, English and Chinese, without the space around them.

    Abbreviations, initials and decimals do not end a sentence; closing quotes and brackets and a
    citation such as [1] belong to the sentence before. A line break always ends one.

    >>> text = "Give 2.5 mg daily, e.g. at night. [1] 见表1。Smith et al. agree."
    >>> [text[start:end] for start, end in sentences(text)]
    ['Give 2.5 mg daily, e.g. at night. [1]', '见表1。', 'Smith et al. agree.']
    """
    return list(_remembered(text) if len(text) <= _REMEMBERED else _sentences(text))


def _sentences(text: str) -> tuple[tuple[int, int], ...]:
    spans: list[tuple[int, int]] = []
    begin = 0
    place = 0
    while stop := _STOP.search(text, place):
        place = stop.end()
        if stop["english"] and not _ends(text, begin, stop):
            continue
        if not stop["line"]:
            place = _after(text, place)
        spans.extend(_trimmed(text, begin, place))
        begin = place
    spans.extend(_trimmed(text, begin, len(text)))
    return tuple(spans)


_REMEMBERED = 2000  # characters: answers are asked for when they are written, proven and shown
_remembered = lru_cache(maxsize=1024)(_sentences)


def _after(text: str, place: int) -> int:
    """Return where a sentence ends, given the end of its stop: after quotes and citations."""
    for pattern in (_CLOSING, _CITED, _CLOSING):
        found = pattern.match(text, place)
        place = found.end() if found else place
    return place


def _ends(text: str, begin: int, stop: re.Match[str]) -> bool:
    """Say whether an English stop ends its sentence."""
    end = _after(text, stop.end())
    if end >= len(text):
        return True
    begins = _BEGINS.match(text, end)
    if begins is None:
        # No space follows: "2.5", "e.g.,", or Chinese after an English stop.
        return (
            "\u4e00" <= text[end] <= "\u9fff"
            and not text[stop.start() - 1 : stop.start()].isdigit()
        )
    if stop[0] != ".":
        return not begins["sign"].islower()
    before = text[begin : stop.start()]
    if _LIST_NUMBER.search(before):
        return False
    if _LETTERED.search(before[-24:]):
        return not begins["sign"].islower()
    word = _WORD_BEFORE.search(before[-24:])
    short = word[0].lower() if word else ""
    if short in _SHORT or _INITIAL.search(before[-3:]):
        return _clearly_begins(text, begins.start("sign"), short)
    return not begins["sign"].islower()


def _clearly_begins(text: str, place: int, short: str) -> bool:
    """Say whether after an abbreviation that may end a sentence a new one begins."""
    word = _FULL_WORD.match(text, place)
    if word is None or not word[0].istitle():
        return False
    return short in _OFTEN_LAST or (short in _ENDING_TOO and word[0].lower() in _STARTERS)
