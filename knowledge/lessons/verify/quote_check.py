"""Check that the quotes of a row are the lines of evidence that its facts make.

facts of a row by what they are about and relation -> line of each group -> the first fault
"""

from collections.abc import Sequence
from functools import lru_cache

from knowledge.graph import verbalize
from knowledge.lessons.verify.name_masks import STOPS, large
from knowledge.lessons.verify.row_facts import RowFacts
from knowledge.records import Language
from knowledge.vocabulary import INVERSE, base_relation


def fault(row: RowFacts) -> str:
    """Return what is wrong with the quotes of a row, or an empty text.

    Each group's line is written again and compared: a fact taken away or put in shows here.
    """
    groups: dict[tuple[str, str], list[int]] = {}
    for place, fact in enumerate(row.facts):
        if fact.relation:
            groups.setdefault((row.poles[place], row.relation(place)), []).append(place)
    sources = row.lesson.sources
    for (pole, relation), places in groups.items():
        quote = sources[places[0]].quote
        if any(sources[place].quote != quote for place in places):
            return f"the quotes of {base_relation(relation)} differ"
        if not _line_agrees(row, quote, pole, relation, places):
            return f"the quote of {base_relation(relation)} is not the line of its facts"
    return ""


def _line_agrees(
    row: RowFacts, quote: str, pole: str, relation: str, places: Sequence[int]
) -> bool:
    for name in row.names(pole):
        head, stop = _frame_of_line(name, relation, row.language)
        if quote.startswith(head) and quote.endswith(stop):
            listed = quote[len(head) : -1]
            break
    else:
        return False
    if said := large(listed):
        words = (word for place in places for text in row.said_of(place) for word in large(text))
        if not set(words).issuperset(said):
            return False
    apart = "；" if row.language == "zh" else "; "
    left = f"{apart}{listed}{apart}".casefold()
    for place in places:
        for text in row.said_of(place):
            found = f"{apart}{_folded(text)}{apart}"
            if found in left:
                left = left.replace(found, apart, 1)
                break
        else:
            return False
    return left in (apart, "")


@lru_cache(maxsize=1 << 14)
def _frame_of_line(name: str, relation: str, language: Language) -> tuple[str, str]:
    """Return how a line of evidence begins and ends, around what it lists."""
    bare, inverse = base_relation(relation), relation.endswith(INVERSE)
    empty = verbalize.evidence_line(name, bare, [""], language, inverse=inverse)
    return empty[:-1], empty[-1]


@lru_cache(maxsize=1 << 15)
def _folded(text: str) -> str:
    return text.strip(STOPS).casefold()
