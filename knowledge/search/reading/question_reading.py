"""Read a question as it is meant, and say what was read otherwise than it is written.

    question -> brand names, abbreviations -> misspellings -> the question to parse + readings

A known name is never read as another one. What is read otherwise is kept as a `Reading`, so that
whoever answers can say so: "Read “symtoms” as “symptoms”."
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from knowledge.graph.linker import Linker
from knowledge.index.lexical import LexicalIndex
from knowledge.records import Language
from knowledge.search.reading import chinese_names, coordinated_names, english_words
from knowledge.search.reading import reading_tables as tables
from knowledge.search.reading.reading_tables import Meaning, ShortForm, Sort
from knowledge.text.names import language_of

_ENDS_ZH = "症病炎征癌"
"""Characters that end the full form of a name and may stand behind its short form, too."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What stands in a question, and what it was read as; `meant` is the full form of a short one.

    `meant` is empty where it is what was read; else `read` is wider than what was meant.
    """

    written: str
    read: str
    sort: Sort
    meant: str = ""
    told: bool = True


@dataclass(frozen=True, slots=True)
class ReadQuestion:
    """A question as it is read, and how that differs from what is written."""

    text: str
    readings: tuple[Reading, ...] = ()


@dataclass(frozen=True, slots=True)
class _Change:
    start: int
    end: int
    reading: Reading


def read_question(text: str, linker: Linker, words: LexicalIndex | None = None) -> ReadQuestion:
    """Return a question with its words as they are meant.

    `words` are those of the passages: what they hold is no misspelling.
    """
    spelled = _applied(text, list(_known_misspellings(text, linker)))
    names = _corrected(spelled.text, chinese_names.corrections(spelled.text, linker, words))
    language = language_of(names.text)
    short = _applied(names.text, list(_short_forms(names.text, linker, language, words)))
    corrected = _corrected(short.text, english_words.corrections(short.text, linker, words))
    whole = _completed(corrected.text, linker)
    return _joined(text, (spelled, names, short, corrected, whole))


def _completed(text: str, linker: Linker) -> ReadQuestion:
    """Return a text with joined names whole; that is how they are meant, and is not told."""
    changes = [
        _Change(start, end, Reading(text[start:end], read, "spelling", told=False))
        for start, end, read in coordinated_names.completions(text, linker)
    ]
    return _applied(text, changes)


def _corrected(text: str, corrections: Iterable[tuple[int, int, str]]) -> ReadQuestion:
    changes = [
        _Change(start, end, Reading(text[start:end], read, "spelling"))
        for start, end, read in corrections
    ]
    return _applied(text, changes)


def _joined(text: str, steps: Sequence[ReadQuestion]) -> ReadQuestion:
    """Return the last of some steps with the readings of all, each told from what was written."""
    found: list[Reading] = []
    for step in steps:
        for reading in step.readings:
            # a misspelt brand name: what was read in the first step is what the second one read
            before = next((each for each in found if each.read == reading.written), None)
            if before is not None:
                found.remove(before)
                reading = replace(reading, written=before.written)
            found.append(reading)
    if not found:
        return ReadQuestion(text)
    return ReadQuestion(steps[-1].text, tuple(dict.fromkeys(found)))


def _applied(text: str, changes: Sequence[_Change]) -> ReadQuestion:
    """Return a text with some changes made, none of which overlaps another."""
    done: list[Reading] = []
    place, parts = 0, []
    for change in sorted(changes, key=lambda each: each.start):
        if change.start < place:
            continue
        parts += [text[place : change.start], change.reading.read]
        place = change.end
        done.append(change.reading)
    return ReadQuestion("".join(parts) + text[place:], tuple(done))


def _known_misspellings(text: str, linker: Linker) -> Iterator[_Change]:
    pattern, known = tables.misspelt()
    taken = [(each.start, each.end) for each in linker.find(text, correct=False)]
    for match in pattern.finditer(text):
        read = known[match[0].lower()]
        if not _touches(match.start(), match.end(), taken):
            written = match[0]
            read = read.capitalize() if written[:1].isupper() and not written.isupper() else read
            yield _Change(match.start(), match.end(), Reading(written, read, "spelling"))


def _short_forms(
    text: str, linker: Linker, language: Language, words: LexicalIndex | None
) -> Iterator[_Change]:
    taken = [(each.start, each.end) for each in linker.find(text, correct=False)]
    taken += _never_within(text)
    shouted = text.isupper()
    for match in tables.short_form_pattern().finditer(text):
        start, end = match.span()
        form = tables.short_forms()[match[0].lower()]
        if form.as_written and (shouted or match[0] != form.text):
            continue
        meaning = _meant(form, text)
        if meaning is None or _is_unit(text, start, match[0]):
            continue
        # where the words around it tell which of several is meant, the base's own is not
        told = meaning.when is not None and (start, end) in taken
        if _touches(start, end, taken) and not told:
            continue
        meant = meaning.names[language]
        if _stands_there(text, start, match[0], [*meaning.names.values()]):
            continue
        wide = meaning.wider.get(language, "")
        # "acute exacerbation of COPD" holds the wider name, and says more than it
        known = bool(linker.bearers(meant)) or _holds(meant, wide, linker)
        read = wide if wide and not known and linker.bearers(wide) else meant
        if form.sort == "abbreviation" and not known and read == meant and form.told:
            written = match[0].lower()
            if not form.names_illness or (words is not None and words.holds(written)):
                continue  # an exact name: what holds it answers
        if text[end : end + 1] == read[-1] and read[-1] in _ENDS_ZH:
            end += 1
        reading = Reading(
            text[start:end], read, form.sort, meant if read != meant else "", form.told
        )
        yield _Change(start, end, reading)


def _holds(meant: str, wide: str, linker: Linker) -> bool:
    """Say whether a full name holds the wider one as a part."""
    bearers = set(linker.bearers(wide)) if wide else set()
    return any(not bearers.isdisjoint(each.entities) for each in linker.find(meant, correct=False))


def _never_within(text: str) -> Iterator[tuple[int, int]]:
    for phrase in tables.never_within():
        for match in re.finditer(re.escape(phrase), text):
            yield match.span()


def _touches(start: int, end: int, taken: Sequence[tuple[int, int]]) -> bool:
    """Say whether a place overlaps one that is taken, other than by holding the whole of it."""
    return any(
        start < other_end and other < end and not (start <= other and other_end < end)
        and not (start < other and other_end <= end)
        for other, other_end in taken
    )  # fmt: skip


def _is_unit(text: str, start: int, written: str) -> bool:
    """Say whether a short form of two letters is the unit of a number: "500 MG"."""
    return len(written) == 2 and re.search(r"\d\s?$", text[:start]) is not None


def _meant(form: ShortForm, text: str) -> Meaning | None:
    """Return which of its meanings a short form has in a question, or None."""
    rest = text.replace(form.text, " ") if len(form.meanings) > 1 else text
    for meaning in form.meanings:
        if meaning.when is None or meaning.when.search(rest) or meaning.when.search(text):
            return meaning
    return None


def _stands_there(text: str, start: int, written: str, names: Sequence[str]) -> bool:
    """Say whether a short form is but a part of its own full form."""
    for name in names:
        place = name.find(written)
        while place >= 0:
            if text.startswith(name, start - place) and start >= place and name != written:
                return True
            place = name.find(written, place + 1)
    return False
