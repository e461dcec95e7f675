"""Find and remove text that a PDF page draws invisibly, or in white.

    operations of a page -> text drawn invisibly, or white on nothing -> removed and returned

A page whose text is all invisible is a scan with recognised text under its picture, and stays as
it is. White text stays where another colour was filled before, since it may stand on that.
"""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pypdf import PageObject

_SHOWN = (b"Tj", b"TJ", b"'", b'"')
_FILLS = (b"f", b"F", b"f*", b"B", b"B*", b"b", b"b*")
_COLOURS = {b"g": "1", b"rg": "111", b"k": "0000"}
"""Operators that set the colour of what is filled, with what white is to each."""

_SUSPECT = re.compile(
    rb"\b[37] Tr\b|\b1(?:\.0*)? g\b|(?:\b1(?:\.0*)? ){3}(?:rg|scn?)\b|(?:\b0 ){4}k\b"
)
_INVISIBLE = (3, 7)


def remove(page: "PageObject") -> list[str]:
    """Remove invisible text from a page; return each run of it."""
    contents = page.get_contents()
    if contents is None or not _SUSPECT.search(contents.get_data()):
        return []
    from pypdf.generic import NameObject

    visible, hidden = _separate_hidden(contents.operations)
    if not hidden or not any(operator in _SHOWN for _, operator in visible):
        return []
    contents.operations = visible
    page[NameObject("/Contents")] = contents
    return hidden


def _separate_hidden(
    operations: Iterable[tuple[object, bytes]],
) -> tuple[list[tuple[object, bytes]], list[str]]:
    """Separate the operations that stay from the texts that are hidden."""
    kept: list[tuple[object, bytes]] = []
    hidden: list[str] = []
    white, mode, coloured = False, 0, False
    saved: list[tuple[bool, int]] = []
    for operands, operator in operations:
        values = operands if isinstance(operands, list) else []
        if operator == b"q":
            saved.append((white, mode))
        elif operator == b"Q" and saved:
            white, mode = saved.pop()
        elif operator == b"Tr" and values:
            mode = int(values[0])
        elif operator in _COLOURS:
            white = "".join(f"{float(value):g}" for value in values) == _COLOURS[operator]
        elif operator in (b"sc", b"scn"):
            white = len(values) == 3 and all(value == 1 for value in values)
        elif operator in _FILLS:
            coloured = coloured or not white
        elif operator in _SHOWN and (mode in _INVISIBLE or (white and not coloured)):
            hidden.append(_shown_text(values))
            continue
        kept.append((operands, operator))
    return kept, [text for text in hidden if text.strip()]


def _shown_text(values: list[object]) -> str:
    parts = [part for value in values for part in (value if isinstance(value, list) else [value])]
    return "".join(part for part in parts if isinstance(part, str))
