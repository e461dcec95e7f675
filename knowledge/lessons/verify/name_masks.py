"""Find the names and values of a row's facts in its texts, and blank them out.

names + text -> places, whole words where they are Latin -> the text with marks in their place
"""

import re
from collections.abc import Collection, Iterable
from functools import lru_cache
from typing import NamedTuple

_LARGE = re.compile(r"[A-Za-z]*[A-Z][a-z]*[A-Z][A-Za-z]*|[Α-Ω]|[Ⅰ-Ⅻ][A-Z]")

STOPS = " \t\n.;,。；，、"
"""Signs at the end of a name or value that do not belong to it."""


def blank(text: str, words: Collection[str], lower: str, subjects: Collection[str] = ()) -> str:
    """Blank out words wherever they stand in a text, the longest first; `lower` is it small.

    Those that are `subjects` leave a mark of their own.
    """
    found = {}
    for marked, sign in ((words, "\0"), (subjects, "\5")):
        for word in marked:
            form = form_of(word)
            if form.wanted in (text if form.cased else lower):
                found[form] = sign
    # Equal lengths are taken in the order of the letters, so that no set decides.
    for form in sorted(found, key=lambda form: (-len(form.wanted), form.wanted)):
        blank = found[form] * len(form.wanted)
        for start in where(form, text, lower):
            end = start + len(blank)
            text = text[:start] + blank + text[end:]
            lower = lower[:start] + blank + lower[end:]
    return text


class NameForm(NamedTuple):
    """How a name or value is looked for; `cased` where small and large letters count."""

    wanted: str
    cased: bool
    begins_latin: bool
    ends_latin: bool


@lru_cache(maxsize=1 << 17)
def form_of(text: str) -> NameForm:
    """Return how a name is looked for."""
    wanted = text.strip(STOPS)
    # A short acronym counts as it is written: "AS" is no "as".
    cased = len(wanted) <= 4 and wanted.isascii() and wanted.upper() == wanted
    wanted = wanted if cased else wanted.lower()
    return NameForm(wanted, cased, _is_latin(wanted[:1]), _is_latin(wanted[-1:]))


def large(text: str) -> list[str]:
    """Return the words of a text with several large letters, and large Greek letters.

    >>> large("An MRI of the brain, or mRNA in HDL cholesterol")
    ['MRI', 'mRNA', 'HDL']
    """
    return _LARGE.findall(text)


def _is_latin(sign: str) -> bool:
    return sign.isascii() and sign.isalnum()


def has_any(texts: Iterable[str], whole: str, lower: str) -> bool:
    """Say whether a text has any of some names or values, as whole words where they are Latin.

    `lower` is the text in small letters.
    """
    for text in texts:
        form = form_of(text)
        wanted, cased, begins_latin, ends_latin = form
        # Most of what is looked for is not there: that is told at once.
        if wanted not in (whole if cased else lower):
            continue
        if not (begins_latin or ends_latin) and wanted and len(lower) == len(whole):
            return True
        if where(form, whole, lower):
            return True
    return False


def where(form: NameForm, whole: str, lower: str) -> list[int]:
    """Return where a name begins in a text; `lower` is the text in small letters."""
    wanted, cased, begins_latin, ends_latin = form
    within = whole if cased else lower
    if not wanted or len(within) != len(whole):
        return []
    found = []
    place = within.find(wanted)
    while place >= 0:
        end = place + len(wanted)
        if not (
            (begins_latin and place and _is_latin(within[place - 1]))
            or (ends_latin and _is_latin(within[end : end + 1]))
        ):
            found.append(place)
        place = within.find(wanted, place + 1)
    return found
