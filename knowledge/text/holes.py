"""Mark what a reader could not read within a sentence, so that the sentence is never quoted.

    symbol, formula or entity without a reading -> HOLE in the text -> no passage has the sentence

The text of the document keeps the sentence with its mark; passages, and so search, answers and
lessons, leave it out.
"""

from knowledge.text.sentences import split_sentences

HOLE = "⟦?⟧"
"""Stands where something of a sentence could not be read."""


def has_hole(text: str) -> bool:
    """Say whether a part of a text could not be read.

    >>> has_hole(f"Give 5 {HOLE}g."), has_hole("Give 5 µg.")
    (True, False)
    """
    return HOLE in text


def count_holed_sentences(text: str) -> int:
    """Return how many sentences of a text have a part that could not be read.

    >>> count_holed_sentences(f"Give 5 {HOLE}g. Then rest.")
    1
    """
    return sum(map(has_hole, split_sentences(text))) if HOLE in text else 0
