"""Read what a message states of somebody: which words are denied, past, feared or only asked about.

    message -> statements (clauses with their place) -> is this mention asserted, now, of a person?

Deterministic and bilingual, after the structure of NegEx and ConText: a cue governs what follows it
until the clause ends or a word takes the scope back.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from knowledge.text.scripts import fold_script
from knowledge.text.spelling import SpellingCorrector
from medchat.answering.screening.rules import cue

_MAN = re.compile(r"(?<![\d.,])(1[3-9]|[2-9]\d)(\s?)M(?=[ ,]|$)")
"""A man of notes: "25M with chest pain"; in small letters it may be months."""

_WORD = re.compile("(?<![a-z])[a-z]{6,}(?![a-z])")
"""Words that are long enough to be corrected."""


def _spelt(word: str) -> str:
    """Return a word of danger where a word is one with a letter wrong, else the word."""
    corrector, others = _corrector()
    corrected = corrector.corrected(word)
    return word if corrected in others else corrected


@cache
def _corrector() -> tuple[SpellingCorrector, frozenset[str]]:
    others = frozenset(cue("spelt_otherwise").pattern.split())
    return SpellingCorrector(others | {*cue("spelt").pattern.split()}), others


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause of a message, folded, with whether its sentence only asks, and speaks of someone."""

    text: str
    asks: bool
    someone: bool


def fold(text: str) -> str:
    """Return a message in small letters and simplified characters, with plain apostrophes."""
    plain = unicodedata.normalize("NFKC", text.replace("℃", "°C").replace("℉", "°F"))
    plain = re.sub("[’‘`´]", "'", mark_men(plain)).casefold()
    plain = cue("unmarked").sub(r"\1'\2", plain)
    plain = cue("run_together").sub(r"\1'", plain)
    plain = _WORD.sub(lambda word: _spelt(word[0]), plain)
    return re.sub(r"[ \t\r\f\v\u00a0]+", " ", fold_script(plain))


def mark_men(text: str) -> str:
    """Return a message with men of notes marked by a sign, each of its signs in its place.

    >>> mark_men("25M with chest pain")
    '25♂ with chest pain'
    """
    return _MAN.sub(r"\1\2♂", text)


def clauses(text: str) -> list[Clause]:
    """Return the clauses of a folded message, in order.

    >>> [each.text for each in clauses("no fever. chest pain, but no sweating")]
    ['no fever', ' chest pain', ' no sweating']
    """
    told = _speaks_of_someone(text)
    found = []
    for sentence in _sentences(text):
        asks = _only_asks(sentence)
        if asks:
            own = cue("own_person_en").search(cue("asker_en").sub(" ", sentence))
            someone = bool(own or cue("own_person_zh").search(sentence))
        else:
            someone = told or not cue("topic").search(sentence)
        found += [Clause(part, asks, someone) for part in _parts(sentence)]
    return found


def is_asserted(clause: Clause, start: int, end: int) -> bool:
    """Say whether the words from `start` to `end` are stated as so, and as so now."""
    before, after = clause.text[:start], clause.text[end:]
    if _is_denied(before) or cue("denied_after").match(after) or _is_past(before, after):
        return False
    return not (
        cue("relative_en").search(before)
        or cue("relative_zh").search(before)
        or (clause.asks and not clause.someone)
        or (clause.asks and cue("after_topic_zh").match(after))
    )


def tells_a_case(text: str) -> bool:
    """Say whether a folded message tells of somebody, or notes a case as a report in short does."""
    return _names_someone(text) or cue("case").search(text) is not None


def is_denied(clause: Clause, start: int, end: int) -> bool:
    """Say whether the words from `start` to `end` are denied."""
    after = clause.text[end:]
    return _is_denied(clause.text[:start]) or cue("denied_after").match(after) is not None


def _is_denied(before: str) -> bool:
    for denial in cue("denial_en").finditer(before):
        between = before[denial.end() :]
        if cue("scope_end_en").search(between):
            continue
        if "," not in between or cue("listed").search(between) or cue("listed").search(denial[0]):
            return True
    for denial in cue("denial_zh").finditer(before):
        between = before[denial.end() :]
        if not cue("scope_end_zh").search(between) and len(between) <= 16:
            return True
    return False


def _is_past(before: str, after: str) -> bool:
    return bool(
        cue("past_before_en").search(before)
        or cue("past_after_en").search(after)
        or cue("past_before_zh").search(before)
        or cue("past_after_zh").search(after)
    )


def _sentences(text: str) -> Iterator[str]:
    start = 0
    for stop in re.finditer(r"(?<!\d)[.](?=\s|$)|(?<=\d)[.](?=\s+[a-z])|[!?\n。！？]+", text):
        yield text[start : stop.end()]
        start = stop.end()
    if text[start:].strip():
        yield text[start:]


def _parts(sentence: str) -> Iterator[str]:
    start = 0
    for stop in cue("clause_end").finditer(sentence):
        if sentence[start : stop.start()].strip():
            yield sentence[start : stop.start()]
        start = stop.end()
    if sentence[start:].strip():
        yield sentence[start:]


def _only_asks(sentence: str) -> bool:
    if cue("asked_en").search(sentence) or cue("teaching").search(sentence):
        return True
    chinese = bool(re.search("[\u4e00-\u9fff]", sentence))
    return chinese and bool(cue("asked_zh").search(sentence)) and not cue("now_zh").search(sentence)


def _speaks_of_someone(text: str) -> bool:
    return _names_someone(text) or _is_report(text)


def _names_someone(text: str) -> bool:
    bare = cue("asker_en").sub(" ", text)
    english = cue("person_en").search(bare) or cue("now_en").search(text)
    chinese = cue("person_zh").search(text) or cue("now_zh").search(text)
    return bool(english or chinese)


def _is_report(text: str) -> bool:
    """Say whether a message reports in short, without naming anybody: "choking, going blue"."""
    asks = "?" in text or "？" in text or cue("topic").search(text) or _only_asks(text)
    return not asks and cue("report").search(text) is not None
