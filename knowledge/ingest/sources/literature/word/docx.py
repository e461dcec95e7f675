"""Read Word documents (.docx) by headings, without hidden or deleted text.

    package -> limits -> paragraphs and tables in order -> title, sections

A package is a ZIP of XML, and is looked at before anything of it is unpacked. The reader walks the
XML itself, since a paragraph's own text would lack insertions, symbols and formulas, and a table's
cells may claim to span a billion columns. A footnote is a paragraph after the one that refers to
it.
"""

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from knowledge.errors import KnowledgeError
from knowledge.ingest.sources.literature.markup import markup, tables
from knowledge.ingest.sources.literature.pages.plain_text import content_key
from knowledge.ingest.sources.literature.word import word_text
from knowledge.ingest.sources.literature.word.word_text import TextReader, W
from knowledge.ingest.sources.streams import zip_packages
from knowledge.records import DocumentRecord, ReadReport, Record

if TYPE_CHECKING:
    from docx.document import Document
    from lxml.etree import _Element as Element

_MAIN = re.compile(r"word/document\d*\.xml")
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_CONTAINERS = {
    f"{W}{name}" for name in ("sdt", "sdtContent", "customXml", "ins", "moveTo", "smartTag", "body")
}
"""Elements that hold paragraphs, rows or cells and are nothing themselves."""

_COUNTED = {
    "comments": "comment (not read)",
    "header": "header of pages (not read)",
    "footer": "footer of pages (not read)",
}
_NO_TITLES = {"word document", "microsoft word document", "document", "untitled", "powerpoint"}
_CONTENTS = -1
"""The level of what is no text of its own: an entry of a table of contents."""

_OFF = {"0", "false", "off", "none"}


def recognise(path: Path, start: bytes) -> bool:
    """Say whether a file is a ZIP that holds a Word document."""
    if not start.startswith(zip_packages.START):
        return False
    return any(_MAIN.fullmatch(name) for name in zip_packages.list_parts(path))


def read(path: Path, report: ReadReport) -> Iterator[Record]:
    """Yield one document whose sections are those under its headings.

    Raises KnowledgeError where the package is damaged, encrypted or unpacks to more than it may.
    """
    document = _open_document(path)
    parts = list(tables.frame_tables(_paragraphs(document, report)))
    styled = [text for level, text in parts if level == 1]
    property_title = markup.tidy(document.core_properties.title or "")
    known = "" if property_title.lower() in _NO_TITLES else property_title
    headings = [text for level, text in parts if level == 2]
    title = next(iter(styled), "") or known or next(iter(headings), "") or path.stem
    sections = tuple(markup.build_sections(parts, title, report))
    if not sections:
        report.skip("document without text", path.name)
        return
    text = "\n".join(section.text for section in sections)
    yield DocumentRecord(
        key=content_key("docx", text),
        title=title,
        language=markup.language_of(text),
        sections=sections,
        line=1,
    )


def _open_document(path: Path) -> "Document":
    import docx
    from docx.opc.exceptions import PackageNotFoundError
    from lxml import etree

    try:
        zip_packages.check_package(path)
        with path.open("rb") as stream:
            return docx.Document(stream)
    except (
        *zip_packages.DAMAGED,
        *(AttributeError, PackageNotFoundError, etree.XMLSyntaxError),
    ) as error:
        raise KnowledgeError(
            f"The Word document {path.name} is damaged, encrypted, or holds macros.",
            where=str(path),
            remedy="Save it as .docx without password and macros, and add that.",
        ) from error


def _paragraphs(document: "Document", report: ReadReport) -> Iterator[tables.Part]:
    """Yield paragraphs with level 0, the title with 1, headings with 2 and more, and tables."""
    levels = {style.style_id: _level(style.name or "") for style in document.styles}
    reader = TextReader(
        report, _notes(document, report), _shifted_styles(document), _hidden_styles(document)
    )
    yield from _blocks(document.element.body, reader, levels)
    yield from ((0, text) for text in reader.unused_notes())


def _blocks(parent: "Element", reader: TextReader, levels: dict[str, int]) -> Iterator[tables.Part]:
    """Yield the paragraphs of a part of the document; the notes of each come after it."""
    held = ""
    for block in parent:
        if held and block.tag != f"{W}p":
            yield 0, held
            held = ""
        if block.tag == f"{W}p":
            style = block.find(f"{W}pPr/{W}pStyle")
            level = levels.get(style.get(f"{W}val", ""), 0) if style is not None else 0
            if level == _CONTENTS:
                continue
            held = markup.join_lines(f"{held}\n{reader.text(block)}")
            if _goes_on(block):
                continue
            yield level, held
            held = ""
        elif block.tag == f"{W}tbl":
            for name in ("tblCaption", "tblDescription"):
                said = block.find(f"{W}tblPr/{W}{name}")
                if said is not None and said.get(f"{W}val", "").strip():
                    reader.report.skip("description of a table (not read)", said.get(f"{W}val"))
            rows = list(_table(block, reader))
            yield tables.Table(rows, notes=reader.take_notes())
        elif block.tag == f"{_MC}AlternateContent":
            yield from _blocks(word_text.chosen(block), reader, levels)
        elif block.tag in _CONTAINERS and not word_text.is_placeholder(block):
            yield from _blocks(block, reader, levels)
        elif isinstance(block.tag, str) and block.tag not in word_text.SKIPPED:
            yield 0, reader.part_text(block)
        yield from ((0, text) for text in reader.take_notes())
    if held:
        yield 0, held


def _goes_on(paragraph: "Element") -> bool:
    """Say whether the end of a paragraph is deleted, so that the next one goes on with it."""
    marks = paragraph.find(f"{W}pPr/{W}rPr")
    return marks is not None and any(
        marks.find(f"{W}{name}") is not None for name in ("del", "moveFrom")
    )


def _notes(document: "Document", report: ReadReport) -> dict[tuple[str, str], "Element"]:
    """Return the footnotes and endnotes of a document; its other parts with text are counted."""
    from lxml import etree

    found: dict[tuple[str, str], Element] = {}
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    for relation in document.part.rels.values():
        kind = relation.reltype.rpartition("/")[2]
        if relation.is_external or kind not in ("footnotes", "endnotes", *_COUNTED):
            continue
        root = etree.fromstring(relation.target_part.blob, parser)
        if kind in _COUNTED:
            texts = ["".join(_words(each)).strip() for each in _entries(root, kind)]
            for text in filter(None, texts):
                report.skip(_COUNTED[kind], text)
            continue
        for note in root.iter(f"{W}{kind.removesuffix('s')}"):
            if note.get(f"{W}type", "normal") == "normal":
                found[kind.removesuffix("s"), note.get(f"{W}id", "")] = note
    return found


def _entries(root: "Element", kind: str) -> list["Element"]:
    return [*root.iter(f"{W}comment")] if kind == "comments" else [root]


def _words(part: "Element") -> Iterator[str]:
    """Yield the texts of a part that is counted, those of formulas and drawings too."""
    for each in part.iter(f"{W}t", f"{word_text.M}t", f"{word_text.A}t", f"{word_text.V}textpath"):
        yield each.text or each.get("string") or ""


def _shifted_styles(document: "Document") -> dict[str, str]:
    """Return the styles of characters that raise or lower them."""
    styles: dict[str, str] = {}
    for style in document.styles.element.iter(f"{W}style"):
        mark = style.find(f"{W}rPr/{W}vertAlign")
        if mark is not None and mark.get(f"{W}val") in ("superscript", "subscript"):
            styles[style.get(f"{W}styleId", "")] = mark.get(f"{W}val", "")
    return styles


def _hidden_styles(document: "Document") -> frozenset[str]:
    """Return the styles that hide text, and those that are based on them and do not show it."""
    based: dict[str, str] = {}
    hidden: dict[str, bool] = {}
    for style in document.styles.element.iter(f"{W}style"):
        id = style.get(f"{W}styleId", "")
        parent = style.find(f"{W}basedOn")
        based[id] = parent.get(f"{W}val", "") if parent is not None else ""
        if style.find(f"{W}rPr/{W}vanish") is not None:
            hidden[id] = _says(style, f"{W}rPr/{W}vanish")
    found: set[str] = set()
    for style_id in based:
        line = [style_id]
        while line[-1] not in hidden and based.get(line[-1], "") not in ("", *line):
            line.append(based[line[-1]])
        if hidden.get(line[-1], False):
            found.add(style_id)
    return frozenset(found)


def _table(table: "Element", reader: TextReader) -> Iterator[str]:
    """Yield the rows of a table as statements, or its cells in a line where it has no heads."""
    rows = [row for row in _own(table, f"{W}tr") if row.find(f"{W}trPr/{W}del") is None]
    for row in [row for row in rows if _says(row, f"{W}trPr/{W}hidden")]:
        rows.remove(row)
        reader.report.skip("hidden text removed", reader.text(row))
    read = [_cells(row, reader) for row in rows]
    grid = _merged(tables.spread([[cell for cell, _ in row] for row in read]), read)
    heads = 0
    while heads < len(rows) and _says(rows[heads], f"{W}trPr/{W}tblHeader"):
        heads += 1
    if heads in (0, len(rows)):
        heads = int(_looks_headed(rows, grid))
    if heads == 1:
        grid, heads = tables.join_heads(grid)
    yield from tables.statements(grid, heads)


def _own(table: "Element", tag: str) -> Iterator["Element"]:
    """Yield the rows of a table or the cells of a row, in content controls and changes too."""
    for child in table:
        if child.tag == tag:
            yield child
        elif child.tag == f"{_MC}AlternateContent":
            yield from _own(word_text.chosen(child), tag)
        elif child.tag not in word_text.SKIPPED:
            yield from _own(child, tag)


def _cells(row: "Element", reader: TextReader) -> list[tuple[tables.Cell, bool]]:
    """Return the cells of a row, and for each whether it goes on from the row above."""
    before = row.find(f"{W}trPr/{W}gridBefore")
    passed = before.get(f"{W}val", "") if before is not None else ""
    places = min(int(passed), tables.COLUMNS) if re.fullmatch(r"\d{1,9}", passed) else 0
    found = [(tables.Cell(""), False) for _ in range(places)]
    for cell in _own(row, f"{W}tc"):
        if cell.find(f"{W}tcPr/{W}cellDel") is not None:
            continue  # deleted with its changes kept, as deleted words are
        span = cell.find(f"{W}tcPr/{W}gridSpan")
        wide = span.get(f"{W}val", "") if span is not None else ""
        columns = min(int(wide), tables.COLUMNS) if re.fullmatch(r"\d{1,9}", wide) else 1
        merge = cell.find(f"{W}tcPr/{W}vMerge")
        goes_on = merge is not None and merge.get(f"{W}val", "continue") == "continue"
        found.append((tables.Cell(reader.text(cell), columns=columns), goes_on))
    return found


def _merged(grid: tables.Grid, read: list[list[tuple[tables.Cell, bool]]]) -> tables.Grid:
    """Return a grid in which a cell that goes on from above is the cell above."""
    going = {cell for row in read for cell, goes_on in row if goes_on and not cell.text}
    for above, row in pairwise(grid):
        for place, cell in enumerate(row):
            if cell in going and place < len(above):
                row[place] = above[place]
    return grid


def _says(element: "Element", path: str) -> bool:
    mark = element.find(path)
    return mark is not None and mark.get(f"{W}val", "1") not in _OFF


def _looks_headed(rows: list["Element"], grid: tables.Grid) -> bool:
    """Say whether the first row heads the columns: it alone is bold or shaded, or reads so."""
    if len(rows) < 2 or max(map(len, grid)) < 2:
        return False
    for marked in (_all_bold, _all_shaded):
        if [marked(row) for row in rows[:2]] == [True, False]:
            return True
    return tables.looks_headed(grid)


def _all_bold(row: "Element") -> bool:
    return all(_is_bold(run) for run in _written(row))


def _all_shaded(row: "Element") -> bool:
    cells = [*_own(row, f"{W}tc")]
    return bool(cells) and all(cell.find(f"{W}tcPr/{W}shd") is not None for cell in cells)


def _written(row: "Element") -> list["Element"]:
    return [
        run for run in row.iter(f"{W}r") if any((t.text or "").strip() for t in run.iter(f"{W}t"))
    ]


def _is_bold(run: "Element") -> bool:
    return _says(run, f"{W}rPr/{W}b")


def _level(style: str) -> int:
    name, _, number = style.lower().rpartition(" ")
    if name == "toc" or style.lower() == "table of figures":
        return _CONTENTS
    if style.lower() == "title":
        return 1
    return int(number) + 1 if name == "heading" and re.fullmatch("[1-9]", number) else 0
