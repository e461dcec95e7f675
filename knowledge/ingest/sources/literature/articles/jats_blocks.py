"""Read what stands in a section of a JATS article: paragraphs, lists, boxes, tables, figures.

    section -> paragraphs in order | tables and figures with their titles | subsections

An element of no known name is read as text. What is not read is counted with its name.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from knowledge.ingest.sources.literature.markup import line_breaks, plain_lines
from knowledge.ingest.sources.literature.markup.markup import element_text
from knowledge.ingest.sources.literature.markup.tables import (
    Cell,
    Table,
    join_heads,
    looks_headed,
    split_parts,
    spread,
    statements,
)
from knowledge.records import ReadReport
from knowledge.text.holes import HOLE, has_hole
from knowledge.text.sentences import split_sentences

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_TABLES = {"table-wrap", "table-wrap-group"}
_FIGURES = {"fig", "fig-group"}
_COUNTED = {
    "supplementary-material": "supplementary file (not read)",
    "media": "media file (not read)",
    "graphic": "picture (not read)",
    "ref-list": "list of references (not read)",
    "object-id": "identifier of a part (not read)",
    "sec-meta": "details of a section (not read)",
    "permissions": "rights of a part (not read)",
    "alt-text": "description of a picture (not read)",
    "abstract": "summary of a part (not read)",
    "kwd-group": "keywords (not read)",
}
_LISTS = {"list", "def-list"}
_LINES = {"preformat", "code"}
_BOXES = {"boxed-text", "disp-quote", "statement", "speech", "verse-group", "question-wrap"}
BLOCKS = frozenset(
    _TABLES
    | _FIGURES
    | _LISTS
    | _BOXES
    | set(_COUNTED)
    | {"bibr", "fn", "table", "preformat", "array"}
)
"""Elements that are read or counted by themselves, and are no part of the text around them."""

_PARTING = _LISTS | _BOXES - {"boxed-text"} | {"preformat"}
"""Elements after which the text around them begins anew: "Do not give it to <list> Give 5 mg"."""

_HOLDERS = {"title", "label", "caption", "p", "sec", "table-wrap-foot"}
_LONGEST_TITLE = 150


@dataclass(slots=True)
class Blocks:
    """The text of a section; `floats` pairs titles of tables, figures and boxes with theirs."""

    paragraphs: list[str] = field(default_factory=list)
    floats: list[tuple[str, str]] = field(default_factory=list)
    sections: "list[Element]" = field(default_factory=list)


def read_blocks(element: "Element", report: ReadReport) -> Blocks:
    """Return the text of an element in order, subsections unread."""
    found = Blocks()
    _read_children(element, found, report, top=True)
    return found


def _read_children(element: "Element", found: Blocks, report: ReadReport, top: bool) -> None:
    _add(found, element_text_of(element.text))
    for child in element:
        if isinstance(child.tag, str):
            _read_block(child, found, report, top)
        _add(found, element_text_of(child.tail))


def element_text_of(text: str | None) -> str:
    """Return the text that stands between elements, tidied."""
    return " ".join(text.split()) if text else ""


def _add(found: Blocks, text: str) -> None:
    if text and (has_hole(text) or any(sign.isalnum() for sign in text)):
        found.paragraphs.append(text)


def _read_block(child: "Element", found: Blocks, report: ReadReport, top: bool) -> None:
    name = child.tag
    if name in ("title", "label", "subtitle") and top:
        if name == "subtitle":
            _add(found, element_text(child, BLOCKS))
    elif name == "sec" and top:
        found.sections.append(child)
    elif name in ("sec", "app"):
        found.sections.append(child) if top else _read_box(child, found, report)
    elif name in _COUNTED:
        report.skip(_COUNTED[name])
    elif name in _TABLES:
        _read_table_wrap(child, found, report)
    elif name == "table":
        found.floats.append(("", _join_parts(list(_rows_of(child)))))
    elif name == "array":
        _add(found, _ended(element_text(child.find("label"))))
        found.paragraphs += _rows_of(child)
    elif name in _LINES:
        for part in plain_lines.parts("".join(child.itertext())):
            found.paragraphs += part.rows if isinstance(part, Table) else [part[1]]
    elif name in _FIGURES:
        _read_figure(child, found, report)
    elif name == "boxed-text":
        _read_boxed_text(child, found, report)
    elif name == "list":
        _read_list(child, found, report)
    elif name == "def-list":
        _read_definitions(child, found, report)
    elif name == "fn" or name in _BOXES or _holds_blocks(child):
        _read_box(child, found, report)
    else:
        _read_paragraph(child, found, report)


def _holds_blocks(element: "Element") -> bool:
    return element.tag != "p" and any(child.tag in _HOLDERS for child in element)


def _read_paragraph(paragraph: "Element", found: Blocks, report: ReadReport) -> None:
    """Read a paragraph, in pieces around its lists and quotations; tables and figures follow it."""
    piece = paragraph
    while (parting := next((each for each in piece if each.tag in _PARTING), None)) is not None:
        piece, rest = _cut(piece, parting)
        _read_piece(piece, found, report)
        _read_block(parting, found, report, top=False)
        piece = rest
    _read_piece(piece, found, report)


def _cut(element: "Element", parting: "Element") -> "tuple[Element, Element]":
    """Return what stands before a child and what stands after it."""
    before, after = element.makeelement(element.tag, {}), element.makeelement(element.tag, {})
    before.text, after.text = element.text, parting.tail
    place = list(element).index(parting)
    before.extend(element[:place])
    after.extend(element[place + 1 :])
    return before, after


def _read_piece(piece: "Element", found: Blocks, report: ReadReport) -> None:
    for line in line_breaks.part_lines(element_text(piece, BLOCKS, line_breaks.BREAK)):
        _add(found, line)
    for block in _blocks_within(piece):
        _read_block(block, found, report, top=False)


def _blocks_within(element: "Element") -> "Iterator[Element]":
    for child in element:
        if child.tag in BLOCKS:
            yield child
        else:
            yield from _blocks_within(child)


def _read_box(box: "Element", found: Blocks, report: ReadReport) -> None:
    """Read a quotation, a statement or a note, its label and title before its text."""
    title = _title_of(box)
    _add(found, _ended(title))
    _add(found, element_text_of(box.text))
    for child in box:
        if isinstance(child.tag, str) and child.tag not in ("label", "title"):
            _read_block(child, found, report, top=False)
        _add(found, element_text_of(child.tail))


def _ended(title: str) -> str:
    return title if not title or title[-1] in ".:?!。：？！" else f"{title}."


def _title_of(element: "Element") -> str:
    label = element_text(element.find("label")).rstrip(" .:")
    title = element_text(element.find("title"), BLOCKS)
    if not title:
        title = element_text(element.find("caption/title"), BLOCKS)
    return f"{label}: {title}" if label and title else label or title


def _read_boxed_text(box: "Element", found: Blocks, report: ReadReport) -> None:
    inner = Blocks()
    title = _title_of(box)
    for child in box:
        if isinstance(child.tag, str) and child.tag not in ("label", "title"):
            _read_block(child, inner, report, top=False)
    if inner.paragraphs:
        found.floats.append((title or "Box", "\n\n".join(inner.paragraphs)))
    elif title:
        _add(found, _ended(title))
    found.floats += inner.floats


def _read_list(element: "Element", found: Blocks, report: ReadReport) -> None:
    _add(found, _ended(_title_of(element)))
    for item in element:
        if item.tag != "list-item":
            if isinstance(item.tag, str) and item.tag not in ("label", "title"):
                _read_block(item, found, report, top=False)
            continue
        before = len(found.paragraphs)
        label = element_text(item.find("label"))
        for child in item:
            if isinstance(child.tag, str) and child.tag != "label":
                _read_block(child, found, report, top=False)
        _add(found, element_text_of(item.text))
        if any(sign.isalnum() for sign in label) and len(found.paragraphs) > before:
            found.paragraphs[before] = f"{label} {found.paragraphs[before]}"


def _read_definitions(element: "Element", found: Blocks, report: ReadReport) -> None:
    _add(found, _ended(_title_of(element)))
    heads = [element_text(element.find(name), BLOCKS) for name in ("term-head", "def-head")]
    _add(found, _ended(": ".join(filter(None, heads))))
    for item in element:
        if item.tag == "def-list":
            _read_definitions(item, found, report)
        if item.tag != "def-item":
            continue
        inner = Blocks()
        label = element_text(item.find("label"))
        for part in item:
            if part.tag == "def":
                _read_children(part, inner, report, top=False)
            elif isinstance(part.tag, str) and part.tag not in ("label", "term"):
                _read_block(part, inner, report, top=False)
        terms = ", ".join(element_text(each, BLOCKS) for each in item.findall("term"))
        terms = f"{label} {terms}".strip() if any(map(str.isalnum, label)) else terms
        first = inner.paragraphs[0] if inner.paragraphs else ""
        _add(found, f"{terms}: {first}" if terms and first else terms or first)
        found.paragraphs += inner.paragraphs[1:]
        found.floats += inner.floats


def _caption(element: "Element", found: Blocks, report: ReadReport) -> tuple[str, str]:
    """Return the title of a table or figure, and the words of its caption."""
    label = element_text(element.find("label")).rstrip(" .:")
    inner = Blocks()
    for caption in element.findall("caption"):
        for child in caption:
            if isinstance(child.tag, str):
                _read_block(child, inner, report, top=False)
        _add(inner, element_text_of(caption.text))
    found.floats += inner.floats
    words = " ".join(map(_ended, inner.paragraphs))
    first = split_sentences(words)[0].rstrip(" .") if words else ""
    first = first if len(first) <= _LONGEST_TITLE else ""
    return (f"{label}: {first}" if label and first else label or first), words


def _read_figure(figure: "Element", found: Blocks, report: ReadReport) -> None:
    title, words = _caption(figure, found, report)
    if any(sign.isalnum() for sign in words):
        found.floats.append((title, words))
    pictures = [each for each in figure if each.tag in ("graphic", "media", "alternatives")]
    if pictures:
        report.skip("picture of a figure (its caption is read)", count=len(pictures))
    _read_rest(figure, found, report)


_READ_OF_FLOATS = {"label", "caption", "graphic", "media", "alternatives", "table"}
_READ_OF_FLOATS |= {"table-wrap-foot", *_TABLES}


def _read_rest(element: "Element", found: Blocks, report: ReadReport) -> None:
    """Read what a table or figure holds beside its caption and itself."""
    for child in element:
        if isinstance(child.tag, str) and child.tag not in _READ_OF_FLOATS:
            _read_block(child, found, report, top=False)


def _read_table_wrap(
    wrap: "Element", found: Blocks, report: ReadReport, group: tuple[str, str] = ("", "")
) -> None:
    """Read a table under its caption, and that of the group of tables to which it belongs."""
    title, words = _caption(wrap, found, report)
    title = ": ".join(dict.fromkeys(filter(None, (group[0], title))))
    words = " ".join(dict.fromkeys(filter(None, (group[1], words))))
    inner = [each for each in wrap if each.tag in _TABLES]
    for each in inner:
        _read_table_wrap(each, found, report, (title, words))
    tables = [*wrap.findall("table"), *wrap.findall("alternatives/table")]
    notes = [note for foot in wrap.findall("table-wrap-foot") for note in _notes_of(foot, report)]
    rows = [row for table in tables for row in _rows_of(table)]
    for part in (part for table in tables for part in table):
        if isinstance(part.tag, str) and part.tag not in _PARTS_OF_TABLES:
            _read_block(part, found, report, top=False)
    first = [words] if words and not inner else []
    for text in split_parts(rows, notes, first):
        found.floats.append((title, text))
    if not tables and wrap.tag == "table-wrap":
        report.skip("table given as a picture (not read)", title)
    _read_rest(wrap, found, report)


_PARTS_OF_TABLES = {"thead", "tbody", "tfoot", "tr", "col", "colgroup"}


def _notes_of(foot: "Element", report: ReadReport) -> Iterator[str]:
    inner = Blocks()
    for child in foot:
        if child.tag == "fn":
            note = Blocks()
            for part in child:
                if isinstance(part.tag, str) and part.tag != "label":
                    _read_block(part, note, report, top=False)
            label = element_text(child.find("label"))
            text = " ".join(note.paragraphs)
            if text:
                yield f"Note {label}: {text}" if label else text
        elif isinstance(child.tag, str):
            _read_block(child, inner, report, top=False)
    yield from inner.paragraphs


def _join_parts(rows: list[str]) -> str:
    return "\n\n".join(rows)


def _rows_of(table: "Element") -> Iterator[str]:
    head = [_cells_of(row, heads=True) for row in table.findall("thead/tr")]
    body = [
        _cells_of(row)
        for part in table
        if part.tag in ("tbody", "tfoot", "tr")
        for row in ([part] if part.tag == "tr" else part.findall("tr"))
    ]
    while not head and len(body) > 1 and body[0] and all(cell.is_heading for cell in body[0]):
        head.append(body.pop(0))
    grid = spread([*head, *filter(None, body)])
    # A table without heads of its own may have them in its first row, as in other formats.
    headed = any(cell.is_heading for row in body for cell in row)
    heads = len(head) or int(not headed and len({*map(len, grid)}) == 1 and looks_headed(grid))
    if heads == 1 and not table.findall("thead"):
        grid, heads = join_heads(grid)
    yield from statements(grid, heads)


def _cells_of(row: "Element", *, heads: bool = False) -> list[Cell]:
    return [_cell(each, heads) for each in row if each.tag in ("td", "th")]


_INDENT = re.compile(r"^[\s\u00a0\u2000-\u200a]*[\u00a0\u2000-\u200a]")


def _cell(element: "Element", is_head: bool) -> Cell:
    if is_head or element.tag == "th":
        text = element_text(element, BLOCKS)  # a head is one name, on however many lines
    else:
        text = line_breaks.part_cell(element_text(element, BLOCKS, line_breaks.BREAK))
    written = element.text or ""
    if len(element):
        text = _within_cell(element, text)
        written = "".join(element.itertext())
    return Cell(
        text,
        element.tag == "th",
        _span(element, "colspan"),
        _span(element, "rowspan"),
        written[:1].isspace() and _INDENT.match(written) is not None,
    )


def _within_cell(element: "Element", text: str) -> str:
    """Return the text of a cell with the lists, boxes and tables in it, and a hole for pictures."""
    inner = Blocks()
    for block in _blocks_within(element):
        if block.tag not in _COUNTED:
            _read_block(block, inner, ReadReport(), top=False)
    parts = [text, *inner.paragraphs]
    parts += [held.replace("\n\n", " ") for _, held in inner.floats]
    text = " ".join(filter(None, parts))
    if any(each.tag in ("graphic", "media") for each in element.iter()):
        text = f"{text} {HOLE}".strip()
    return text


def _span(element: "Element", name: str) -> int:
    value = element.get(name)
    if value is None:
        return 1
    value = value.strip()
    return int(value) if value.isdecimal() and len(value) < 6 else 1
