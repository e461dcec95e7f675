"""Mask the names in the messages of a row, in each way in which its words may be read.

row + its facts -> messages with marks in place of names and lines, as templates are compared with
"""

from collections.abc import Collection, Iterator, Sequence

from knowledge.lessons.verify.name_masks import STOPS, NameForm, blank, form_of
from knowledge.lessons.verify.row_facts import RowFacts
from knowledge.lessons.verify.template_patterns import frame
from knowledge.records import Language
from knowledge.text.citations import uncited
from knowledge.text.names import normalise
from knowledge.text.sentence_support import blank_spans

_SHOWING = ("grounded", "knowledge-call")
"""Styles whose messages may show a line of evidence."""

Retold = Sequence[tuple[int, int]]
"""Places of the answer that tell a text in other words."""


def mask_messages(row: RowFacts, retold: Retold) -> list[str]:
    """Return the messages, the last without citations, with all names of the row's facts masked."""
    return _masked(row, retold, row.told_names(), _pole_names(row))


def other_masks(row: RowFacts, retold: Retold, common: Collection[str]) -> Iterator[list[str]]:
    """Yield the messages with fewer names masked; `common` are words that are no mere names.

    A longer name may run into the words of a template (溃疡病 in 溃疡病人), and what a row is about
    may be what another of its facts ends with.
    """
    names, poles = row.told_names(), _pole_names(row)
    lines = "\n".join([source.quote for source in row.lesson.sources]).casefold()
    ends = {form_of(name) for other in row.others for name in row.names(other)}
    for kept in (
        names,
        {name for name in names if name.casefold() in lines},
        {name for name in names if normalise(name) not in common},
    ):
        for left in (set[NameForm](), ends):
            yield _masked(row, retold, kept, poles - left)


def frames_of(variants: Sequence[Sequence[str]], place: int, language: Language) -> list[str]:
    """Return the frames of one of the masked messages, by each way of masking it."""
    return list(dict.fromkeys(frame(told[place], language) for told in variants))


def _pole_names(row: RowFacts) -> set[NameForm]:
    every = {row.subject, *row.poles}
    return {form_of(name) for id in every for name in row.names(id)}


def _masked(
    row: RowFacts, retold: Retold, names: Collection[str], poles: Collection[NameForm]
) -> list[str]:
    lesson = row.lesson
    texts = [
        *(message.content for message in lesson.messages[:-1]),
        uncited(lesson.messages[-1].content),
    ]
    rest = [name for name in names if form_of(name) not in poles]
    own = [name for name in names if form_of(name) in poles]
    told = [_without_lines(row, text, blank(text, rest, text.lower(), own)) for text in texts]
    return [*told[:-1], blank_spans(told[-1], retold, "\0")]


def _without_lines(row: RowFacts, text: str, masked: str) -> str:
    """Blank out the lines of evidence that the row's facts make, too."""
    if row.lesson.style not in _SHOWING:
        return masked
    for quote in {source.quote.strip(STOPS) for source in row.lesson.sources}:
        for line in (quote, quote.replace("；", "、")):
            place = text.find(line)
            while line and place >= 0:
                end = place + len(line)
                masked = blank_spans(masked, [(place, end)], "\0")
                place = text.find(line, end)
    return masked
