"""Turn XML elements into plain text, and clean the text of all readers.

    element -> text without marks

Words are never changed; only marks go, and what a reader asks to leave out.
"""

import html
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from knowledge.ingest.sources.literature.markup import raised_figures
from knowledge.records import Language, ReadReport, Section
from knowledge.text import names
from knowledge.text.holes import has_hole

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_GONE = "\ufdd0"
"""Stands where a citation was taken out: "HBsAg (–)" and "[–0.4, 0.2]" are no rest of one."""

_BROKEN = "\ufdd1"
"""Stands where a line is broken on purpose."""

_APART = {"array", "disp-formula", "DispFormula"}
"""Elements that are shown on lines of their own, and touch no word around them."""

_EMPTY_MARK = re.compile(rf"\s*[\[(（](?:[\s,;–—-]*{_GONE})+[\s,;–—-]*[\])）]")
_LEADING_MARK = re.compile(rf"([\[(（])(?:[\s,;–—]*{_GONE})+[\s,;]*(?=\S)")
_BEFORE_STOP = re.compile(r"(?:\s+|(?<=[,;\s])[,;\s]+)(?=[,.;:?!)\]](?:[\s)\]]|$))")
_MAY_STOP = re.compile(r"[\s,;][,.;:?!)\]]")
"""What the pattern above needs; this is found much sooner, as it begins with few signs."""

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
    """How many invisible characters were removed, and which texts that were struck out."""

    count: int = 0
    struck: list[str] = field(default_factory=list)


_COUNTER: ContextVar[InvisibleCount | None] = ContextVar("unseen", default=None)


@contextmanager
def count_invisible() -> Iterator[InvisibleCount]:
    """Count what `tidy` and `note_struck` are given as long as this lasts."""
    seen = InvisibleCount()
    token = _COUNTER.set(seen)
    try:
        yield seen
    finally:
        _COUNTER.reset(token)


def note_struck(text: str) -> None:
    """Count a text that its author struck out, and that is not read."""
    watch = _COUNTER.get()
    if watch is not None and text.strip():
        watch.struck.append(text)


def tidy(text: str) -> str:
    """Return a text of literature cleaned as names are, and without invisible characters.

    >>> with count_invisible() as seen:
    ...     tidy("give\u200b 5\u202e mg"), seen.count
    ('give 5 mg', 2)
    """
    if text.isascii():  # most texts are, and have nothing to clean but blanks
        line = " ".join(text.split())
        if line.isprintable():
            return line
    visible, count = _UNSEEN.subn("", text)
    watch = _COUNTER.get()
    if watch is not None:
        watch.count += count
    return names.tidy(visible)


def element_text(
    element: "Element | None", without: frozenset[str] = frozenset(), line_break: str = " "
) -> str:
    """Return the text of an element on one line, markup removed.

    Raised and lowered signs stay so (10<sup>-3</sup> becomes 10⁻³, since 10-3 is another number).
    Elements named in `without` go with their text; where it holds `bibr`, so do the numbers that
    cite a reference, but not "Smith, 2004". `line_break` is written for a forced break.
    """
    if element is None:
        return ""
    if len(element):
        pieces: list[str] = []
        _collect(element, without, pieces)
        joined = "".join(pieces)
        if line_break == " ":
            joined = joined.replace(_BROKEN, line_break)
    else:
        joined = element.text or ""
    text = tidy(_ENTITY.sub(_unescape_entity, joined) if "&" in joined else joined)
    if "bibr" not in without or not len(element):
        return text.replace(_BROKEN, line_break)
    if _GONE in text:
        text = _EMPTY_MARK.sub(_GONE, _EMPTY_MARK.sub(_GONE, text))  # twice, for "[[12]]"
        text = tidy(_LEADING_MARK.sub(r"\1", text).replace(_GONE, ""))
    text = (_BEFORE_STOP.sub("", text) if _MAY_STOP.search(text) else text).strip()
    return text.replace(_BROKEN, line_break)


def _collect(element: "Element", without: frozenset[str], pieces: list[str]) -> None:
    """Add the pieces of an element's text, those that are raised or lowered as one."""
    if element.text:
        pieces.append(element.text)
    mark_went = False
    for child in element:
        tag, tail = child.tag, child.tail
        if mark_went:
            mark_went = False
            if _is_left_out(child, without) and _SEPARATOR.fullmatch(pieces[-1]):
                pieces[-1] = ""
        if tag in ("sup", "xref", "sub") or tag in without:
            if _is_left_out(child, without):
                pieces.append("" if tag in ("xref", "sup") else " ")
                pieces.append(_GONE if "bibr" in without else "")
                pieces.append(tail or "")
                mark_went = True
                continue
            if tag == "xref":
                _collect(child, without, pieces)
            else:
                pieces.append(_shifted(child, without, pieces))
        elif isinstance(tag, str):
            pieces.append(" " if tag in _APART else "")
            _collect(child, without, pieces)
            if tag in _APART or tag in ("title", "p"):
                pieces.append(" ")
            elif tag == "break":
                pieces.append(_BROKEN)
        if tail:
            pieces.append(tail)


def _shifted(element: "Element", without: frozenset[str], pieces: list[str]) -> str:
    """Return what is written for a `sup` or `sub` that follows these pieces."""
    inner: list[str] = []
    _collect(element, without, inner)
    text = "".join(inner)
    if element.tag == "sup":
        return raised_figures.raised(text)
    before = next((piece for piece in reversed(pieces) if piece), "")
    return raised_figures.lowered(text, before[-1:])


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


def _unescape_entity(match: re.Match[str]) -> str:
    return html.unescape(match[0])


def language_of(text: str) -> Language:
    """Return the language of a text, judged at its beginning, which is enough for a book."""
    return names.language_of(text[:_BEGINNING])


_BEGINNING = 50_000


def names_other_language(declared: str) -> bool:
    """Say whether a document declares a language other than English and Chinese.

    What is no language, such as the locale C that pandoc writes into books, declares nothing.

    >>> [names_other_language(each) for each in ("de", "fr-CA", "en-US", "zh", "C", "und", "")]
    [True, True, False, False, False, False, False]
    """
    tag = re.split("[-_.]", declared.strip().lower())[0]
    known = re.fullmatch("[a-z]{2,3}", tag) and tag not in _NO_LANGUAGE
    return bool(known) and not tag.startswith(("en", "zh"))


_NO_LANGUAGE = {"und", "mul", "mis", "zxx", "qaa"}


def plain_paragraphs(text: str) -> str:
    """Return a plain text as paragraphs, parted where it has empty lines."""
    blocks = _EMPTY_LINES.split(text)
    if "\u2028" in text:  # forced breaks
        from knowledge.ingest.sources.literature.markup.line_breaks import part_lines

        blocks = [line for block in blocks for line in part_lines(block)]
    parts = (join_lines(block) for block in blocks)
    return "\n\n".join(part for part in parts if part)


_EMPTY_LINES = re.compile(r"\n[ \t]*\n\s*")


@dataclass(slots=True)
class Heading:
    """A heading above the text that is being read; `used` where a section carries it."""

    level: int
    text: str
    used: bool = False


def go_under(path: list[Heading], level: int, text: str, empty: list[str]) -> list[Heading]:
    """Return the headings above what follows a heading; those that end unused go to `empty`."""
    ended = [each for each in path if each.level >= level]
    empty += [each.text for each in ended if not each.used and each.text]
    return [each for each in path if each.level < level] + [Heading(level, text)]


def count_empty(empty: list[str], title: str, report: ReadReport) -> None:
    """Count the headings that no section carries, the title of the document apart."""
    left = [text for text in empty if text != title]
    if left:
        report.skip("heading without text", left[0], len(left))


def build_sections(
    parts: Iterable[tuple[int, str]], title: str, report: ReadReport
) -> Iterator[Section]:
    """Yield the sections of a page, given its paragraphs with level 0 and headings with theirs.

    A section carries the headings above it, but not the title of the page. Headings without text
    are counted.
    """
    path: list[Heading] = []
    held: list[str] = []
    empty: list[str] = []
    for level, raw in (*parts, (1, "")):
        text = join_lines(raw)
        if not level:
            held += [text] if has_hole(text) or any(sign.isalnum() for sign in text) else []
            continue
        if held:
            titles = [each.text for each in path if each.text and each.text != title]
            for each in path:
                each.used = True
            yield Section(": ".join(titles), "\n\n".join(held))
            held = []
        path = go_under(path, level, text, empty)
    count_empty(empty, title, report)


_BETWEEN_CHINESE = re.compile(
    "(?<=[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef])\\s*\n\\s*"
    "(?=[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef])"
)


def join_lines(text: str) -> str:
    """Join the lines of one paragraph, without a space where both sides are Chinese."""
    return tidy(_BETWEEN_CHINESE.sub("", text) if "\n" in text else text)
