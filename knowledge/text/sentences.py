"""Split English and Chinese text into sentences with exact offsets, and join sentences again.

    text -> candidate stops -> is it an abbreviation, an initial, a decimal? -> spans

The only splitter of the repository: passages, lessons, both checkers and the training data cut
text alike, so that "which sentence rests on which source" means the same everywhere.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from knowledge.text.citations import TRAILING_MARKERS, cite_before_stop

_ABBREVIATIONS = {
    *("e.g", "i.e", "cf", "vs", "viz", "al", "approx", "ca", "resp", "incl", "esp", "max", "no"),
    *("dr", "mr", "mrs", "ms", "prof", "st", "jr", "sr", "ph.d", "m.d", "b.sc", "m.sc", "u.s"),
    *("fig", "figs", "tab", "eq", "eqs", "ref", "refs", "sect", "chap", "vol", "nos", "pp"),
    *("dept", "univ", "inc", "ltd", "co", "corp", "ed", "eds", "suppl", "spp", "sp", "subsp"),
    *("jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec"),
    *("i.v", "i.m", "s.c", "p.o", "staph", "strep"),
}
_ENDING_TOO = {
    *("u.s", "no", "tab", "max", "ca", "inc", "co", "ltd", "i.v", "i.m", "s.c", "p.o", "spp"),
}
"""Abbreviations that may also end a sentence; they do before a word that mostly begins one."""

_OFTEN_LAST = {"etc", "a.m", "p.m", "b.i.d", "t.i.d", "q.i.d", "q.d", "min", "wk", "hr", "sec"}
"""Abbreviations that do so before any word with a capital."""

_SHORT = _ABBREVIATIONS | _OFTEN_LAST
_NEVER_BEFORE_CHINESE = {
    short for short in _SHORT if "." in short or short in _ABBREVIATIONS - _ENDING_TOO
}
"""Abbreviations whose stop, right before a Chinese character, is their own: "口服p.o.每日3次"."""

_LETTERED = re.compile(
    r"(?:hepatitis|vitamin|type|group|class|factor|grade|stage|influenza|phase|protein|category|"
    r"score|arm|cohort|strain|subtype|panel|part|appendix|immunoglobulin|coenzyme)\s[A-Z]$|"
    r"\d\s?[LU]$",
    re.IGNORECASE,
)
"""A letter that is no one's initial: after "hepatitis C." and "1.9 L." a sentence may begin."""

_NO_NAMES = {
    *("the", "this", "these", "those", "there", "they", "however", "patients", "if", "when"),
    "although",
}
"""Words that mostly begin a sentence and are no surname as in "A. He": they end even an initial."""

_STARTERS = _NO_NAMES | {
    *("it", "we", "in", "a", "an", "our", "for", "after", "no", "all", "both", "he", "she"),
}

_STOP = re.compile(
    # Chinese stops need no space after them; English ones do, except before Chinese.
    r"(?P<chinese>[。！？]+)|(?P<english>[.!?]+)|(?P<line>\n)"
)
_CLOSING = re.compile(r"[\"'”’）)」』】\]]*")
_WORD_BEFORE = re.compile(r"(?:[A-Za-z]+\.)*[A-Za-z]+$")
_INITIAL = re.compile(r"(?:^|[\s(\"“.-])[A-Z]$")
"""A capital alone: the initial of a person, or of a genus ("S. Aureus")."""

_INITIAL_IN_CHINESE = re.compile(r"[\u4e00-\u9fff，、；：（][A-Z]$")
"""The same within Chinese ("检出E. Coli"); before Chinese it is a letter ("维生素C. 多休息")."""

_LIST_NUMBER = re.compile(r"(?:^|\n)\s*\(?\d{1,3}$")
_BEGINS = re.compile(r"\s+[\"'“‘(\[「『【（]*(?P<sign>\S)")
_FULL_WORD = re.compile(r"[A-Za-z]+")


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Return the spans of a text's sentences, English and Chinese, without the space around them.

    Abbreviations, initials and decimals do not end a sentence; closing quotes and brackets and a
    citation such as [1] belong to the sentence before. A line break always ends one.

    >>> text = "Give 2.5 mg daily, e.g. at night. [1] 见表1。Smith et al. agree."
    >>> [text[start:end] for start, end in sentence_spans(text)]
    ['Give 2.5 mg daily, e.g. at night. [1]', '见表1。', 'Smith et al. agree.']
    """
    return list(_remembered(text) if len(text) <= _REMEMBERED else _spans(text))


def split_sentences(text: str) -> list[str]:
    """Return a text's sentences, without the space between them.

    >>> split_sentences("S. Aureus grew. Max. 2 g daily.")
    ['S. Aureus grew.', 'Max. 2 g daily.']
    """
    return [text[start:end] for start, end in sentence_spans(text)]


def split_draft(draft: str) -> list[str]:
    """Return the sentences of a draft, each with its citations before its stop.

    >>> split_draft("- Use A.[1] Avoid B [2].\\n首选甲。[3]次选乙[1]。")
    ['Use A[1].', 'Avoid B [2].', '首选甲[3]。', '次选乙[1]。']
    """
    lines = (line.strip(" \t-*•") for line in draft.splitlines())
    return [cite_before_stop(sentence) for line in lines for sentence in split_sentences(line)]


def join_sentences(parts: Iterable[str]) -> str:
    """Join sentences, with a blank after those that end like English ones.

    >>> join_sentences(["Rest.", "Drink.", "多休息。", "多喝水。"])
    'Rest. Drink. 多休息。多喝水。'
    """
    text = ""
    for sentence in parts:
        text += (" " if text and not re.search(r"[。！？；：]$", text) else "") + sentence
    return text


def trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield a span without the space at its ends; nothing where only space is left."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        yield start, end


def _spans(text: str) -> tuple[tuple[int, int], ...]:
    spans: list[tuple[int, int]] = []
    begin = 0
    place = 0
    while stop := _STOP.search(text, place):
        place = stop.end()
        if stop["english"] and not _ends(text, begin, stop):
            continue
        if not stop["line"]:
            place = _after(text, place)
        spans.extend(trimmed(text, begin, place))
        begin = place
    spans.extend(trimmed(text, begin, len(text)))
    return tuple(spans)


_REMEMBERED = 2000  # characters: answers are split when they are written, proven and shown
_remembered = lru_cache(maxsize=1024)(_spans)


def _after(text: str, place: int) -> int:
    """Return where a sentence ends, given the end of its stop: after quotes and citations."""
    for pattern in (_CLOSING, TRAILING_MARKERS, _CLOSING):
        found = pattern.match(text, place)
        place = found.end() if found else place
    return place


def _ends(text: str, begin: int, stop: re.Match[str]) -> bool:
    """Say whether an English stop ends its sentence."""
    end = _after(text, stop.end())
    if end >= len(text):
        return True
    before = text[max(begin, stop.start() - 24) : stop.start()]
    word = _WORD_BEFORE.search(before)
    short = word[0].lower() if word else ""
    begins = _BEGINS.match(text, end)
    if begins is None:
        # No space follows: "2.5", "e.g.,", or Chinese after an English stop ("口服p.o.每日3次").
        return (
            "\u4e00" <= text[end] <= "\u9fff"
            and not text[stop.start() - 1 : stop.start()].isdigit()
            and not (stop[0] == "." and short in _NEVER_BEFORE_CHINESE)
        )
    cited = text[stop.end() : end].rstrip("\"'”’）)」』】").endswith(("]", "］"))
    if stop[0] != "." or cited:  # what is cited after its stop has ended: "Use drug A.[1]"
        return not begins["sign"].islower()
    if _LIST_NUMBER.search(text[begin : stop.start()]):
        return False
    if _LETTERED.search(before):
        return not begins["sign"].islower()
    sign = begins["sign"]
    initial = _INITIAL.search(before[-3:]) or (
        sign.isascii() and _INITIAL_IN_CHINESE.search(before[-2:])
    )
    if short in _SHORT or initial:
        return _clearly_begins(text, begins.start("sign"), short)
    return not begins["sign"].islower()


def _clearly_begins(text: str, place: int, short: str) -> bool:
    """Say whether after an abbreviation that may end a sentence a new one begins."""
    word = _FULL_WORD.match(text, place)
    if word is None or not word[0].istitle():
        return False
    following = word[0].lower()
    return (
        short in _OFTEN_LAST
        or (short in _ENDING_TOO and following in _STARTERS)
        or (len(short) == 1 and following in _NO_NAMES)
    )
