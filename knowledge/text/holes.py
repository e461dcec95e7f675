"""Mark places at which a reader could not read what a document shows.

    "give 5 [symbol not read]g" -> the sentence has a hole -> it is never quoted

A sentence without one of its signs may say another dose, so that it is neither evidence nor words
of an answer. All readers write these marks, and what chooses evidence looks for them.
"""

import re

from knowledge.text.sentences import sentence_spans

SYMBOL = "[symbol not read]"
"""Stands for a sign whose meaning is not known."""

FORMULA = "[formula not read]"
"""Stands for a formula that cannot be written as one line."""

_HOLE = re.compile(r"\[(?:symbol|formula|table|picture|text) not read\]", re.IGNORECASE)


def has_hole(text: str) -> bool:
    """Say whether a text has a place that was not read.

    >>> has_hole("Give 5 [symbol not read]g."), has_hole("Give 5 µg.")
    (True, False)
    """
    return "not read]" in text and _HOLE.search(text) is not None


def whole_parts(text: str) -> list[tuple[int, int]]:
    """Return the spans of a text that hold whole sentences only, each as long as can be.

    >>> text = "Rest. Give 5 [symbol not read]g. Drink."
    >>> [text[start:end] for start, end in whole_parts(text)]
    ['Rest.', 'Drink.']
    """
    if not has_hole(text):
        return [(0, len(text))] if text else []
    spans: list[tuple[int, int]] = []
    goes_on = False
    for start, end in sentence_spans(text):
        if has_hole(text[start:end]):
            goes_on = False
        elif goes_on:
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
            goes_on = True
    return spans
