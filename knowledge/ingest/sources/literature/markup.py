"""Turn XML elements into plain text, and clean the text of all readers.

    element -> text without marks

Words are never changed; only marks go, and what a reader asks to leave out.
"""

import html
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING

from knowledge.records import Language, Section
from knowledge.text import names
from knowledge.text.holes import has_hole

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_SUPERSCRIPT = str.maketrans("0123456789+-−–()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻⁽⁾ⁿ")
_RAISED = re.compile(r"[0-9+\-−–()n]{1,4}")
_GONE = "\ufdd0"
"""Stands where a citation was taken out: "HBsAg (–)" and "[–0.4, 0.2]" are no rest of one."""

_EMPTY_MARK = re.compile(rf"\s*[\[(（](?:[\s,;–—-]*{_GONE})+[\s,;–—-]*[\])）]")
_LEADING_MARK = re.compile(rf"([\[(（])(?:[\s,;–—]*{_GONE})+[\s,;]*(?=\S)")
_BEFORE_STOP = re.compile(r"(?:\s+|(?<=[,;\s])[,;\s]+)(?=[,.;:?!)\]](?:[\s)\]]|$))")
_CITING = ("bibr", "fn", "table-fn")
_SEPARATOR = re.compile(r"[\s,;–—-]*")
_YEAR = re.compile(r"\b(?:1[89]|20)\d\d[a-z]?\b")
_ENTITY = re.compile(r"&(?:[A-Za-z]{2,8}|#\d{2,5});")
"""An entity that was escaped twice, and so is left as text when the XML has been read."""

_UNSEEN = re.compile(
    "[\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e01ef]"
)
"""Zero-width and bidirectional controls, and tags: they hide words, or turn round their order."""


@dataclass(slots=True)
class InvisibleCount:
    """How many invisible characters were removed."""

    count: int = 0


_COUNTER: ContextVar[InvisibleCount | None] = ContextVar("unseen", default=None)


@contextmanager
def count_invisible() -> Iterator[InvisibleCount]:
    """Count what `tidy` removes as long as this lasts."""
    seen = InvisibleCount()
    token = _COUNTER.set(seen)
    try:
        yield seen
    finally:
        _COUNTER.reset(token)


def tidy(text: str) -> str:
    """Return a text of literature cleaned as names are, and without invisible characters.

    >>> with count_invisible() as seen:
    ...     tidy("give\u200b 5\u202e mg"), seen.count
    ('give 5 mg', 2)
    """
    visible, count = _UNSEEN.subn("", text)
    watch = _COUNTER.get()
    if watch is not None:
        watch.count += count
    return names.tidy(visible)


def element_text(element: "Element | None", without: frozenset[str] = frozenset()) -> str:
    """Return the text of an element on one line, markup removed.

    Raised figures stay raised (10<sup>-3</sup> becomes 10⁻³, since 10-3 is another number).
    Elements named in `without` go with their text; where it holds `bibr`, so do the numbers that
    cite a reference, but not "Smith, 2004".
    """
    if element is None:
        return ""
    text = tidy(_ENTITY.sub(_unescape_entity, "".join(_pieces(element, without))))
    if "bibr" not in without:
        return text
    if _GONE in text:
        text = _EMPTY_MARK.sub(_GONE, _EMPTY_MARK.sub(_GONE, text))  # twice, for "[[12]]"
        text = tidy(_LEADING_MARK.sub(r"\1", text).replace(_GONE, ""))
    return _BEFORE_STOP.sub("", text).strip()


def _pieces(element: "Element", without: frozenset[str]) -> Iterator[str]:
    if element.tag == "sup":
        yield raise_figures("".join(element.itertext()))
        return
    yield element.text or ""
    children = list(element)
    gone = _GONE if "bibr" in without else ""
    for place, child in enumerate(children):
        left_out = _is_left_out(child, without)
        if left_out:
            yield gone if child.tag in ("xref", "sup") else f" {gone}"
        elif isinstance(child.tag, str):
            yield from _pieces(child, without)
            yield " " if child.tag in ("break", "title", "p") else ""
        tail = child.tail or ""
        after = children[place + 1 : place + 2]
        between = left_out and bool(after) and _is_left_out(after[0], without)
        yield "" if between and _SEPARATOR.fullmatch(tail) else tail


def _is_left_out(element: "Element", without: frozenset[str]) -> bool:
    if element.tag == "sup":
        inside = element.findall(".//xref")
        return any(_is_left_out(mark, without) for mark in inside)
    if element.tag == "xref":
        if "bibr" not in without or element.get("ref-type") not in _CITING:
            return False
        text = "".join(element.itertext())
        return not any(sign.isalpha() for sign in text) and not _YEAR.search(text)
    return element.tag in without


def raise_figures(text: str) -> str:
    """Return the text of a superscript with raised figures, or as it is where it is no number.

    >>> raise_figures("-3"), raise_figures("th")
    ('⁻³', 'th')
    """
    return text.translate(_SUPERSCRIPT) if _RAISED.fullmatch(text) else text


def _unescape_entity(match: re.Match[str]) -> str:
    return html.unescape(match[0])


def language_of(text: str) -> Language:
    """Return the language of a text, judged at its beginning, which is enough for a book."""
    return names.language_of(text[:_BEGINNING])


_BEGINNING = 50_000


def plain_paragraphs(text: str) -> str:
    """Return a plain text as paragraphs, parted where it has empty lines."""
    parts = (join_lines(block) for block in _EMPTY_LINES.split(text))
    return "\n\n".join(part for part in parts if part)


_EMPTY_LINES = re.compile(r"\n[ \t]*\n\s*")


def build_sections(parts: Iterable[tuple[int, str]], title: str) -> Iterator[Section]:
    """Yield the sections of a page, given its paragraphs with level 0 and headings with theirs.

    A section carries the headings above it, but not the title of the page.
    """
    path: list[tuple[int, str]] = []
    held: list[str] = []
    for level, raw in (*parts, (1, "")):
        text = join_lines(raw)
        if not level:
            held += [text] if has_hole(text) or any(sign.isalnum() for sign in text) else []
            continue
        if held:
            titles = [each for _, each in path if each and each != title]
            yield Section(": ".join(titles), "\n\n".join(held))
            held = []
        path = [part for part in path if part[0] < level] + [(level, text)]


_BETWEEN_CHINESE = re.compile(
    "(?<=[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef])\\s*\n\\s*"
    "(?=[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef])"
)


def join_lines(text: str) -> str:
    """Join the lines of one paragraph, without a space where both sides are Chinese."""
    return tidy(_BETWEEN_CHINESE.sub("", text))
