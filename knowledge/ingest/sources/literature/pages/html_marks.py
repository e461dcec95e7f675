"""Write raised signs, formulas and tables of an HTML page as text, within its tree.

sup, sub -> ⁹, ₂ | marks of notes -> [1] | math -> one line | table with heads -> statements
"""

import re
from typing import TYPE_CHECKING

from knowledge.ingest.sources.literature.markup import (
    linear_formulas,
    markup,
    raised_figures,
    tables,
)
from knowledge.ingest.sources.literature.markup.line_breaks import BREAK, part_cell
from knowledge.text.holes import HOLE

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_MARK = re.compile(r"[\da-z]{1,3}(?:\s*[,–-]\s*[\da-z]{1,3})*|[*†‡§]+", re.IGNORECASE)
_DISPLAYED = "{\\displaystyle"
_BREAKS = re.compile(f"[ \t\r\n]*{BREAK}[{BREAK}\\s]*")
_LONGEST_TERM = 100
_SPAN = re.compile(r"\d{1,4}")


def raise_signs(body: "HtmlElement") -> None:
    """Replace what `sup` and `sub` hold by raised and lowered signs, innermost first."""
    for part in reversed([*body.iter("sup", "sub")]):
        text = part.text_content()
        if not text.strip():
            continue
        if _is_linked(part):
            # A mark of a note or a reference: "5 mg¹" would be no better than "5 mg1".
            bare = part.tag == "sup" and _MARK.fullmatch(text.strip())
            shifted = f"[{text.strip()}]" if bare else text
        elif part.tag == "sup":
            shifted = raised_figures.raised(text)
        else:
            shifted = raised_figures.lowered(text, _text_before(part)[-1:])
        tail = part.tail
        for child in list(part):
            part.remove(child)
        part.text, part.tail = shifted, tail


def _is_linked(part: "HtmlElement") -> bool:
    parent = part.getparent()
    around = [*part.iter("a")] if len(part) else []
    if parent is not None and parent.tag == "a":
        around.append(parent)
    return any(each.get("href") for each in around)


def write_formulas(body: "HtmlElement") -> None:
    """Replace formulas in MathML, and pictures of signs and formulas, by text on one line."""
    # A page has many elements and few of these: XPath makes no objects of the others.
    for part in body.xpath(".//*[contains(name(), 'math')] | .//img"):
        if str(part.tag).rpartition(":")[2] == "math":
            _replace(part, linear_formulas.linear_mathml(part) or HOLE)
        elif part.tag == "img":
            alternative = (part.get("alt") or "").strip()
            if alternative.startswith(_DISPLAYED):
                _replace(part, linear_formulas.linear_tex(alternative) or HOLE)
            elif 0 < len(alternative) <= 2 and not alternative.isalnum():
                _replace(part, alternative)


def _replace(part: "HtmlElement", text: str) -> None:
    """Let an element hold a text alone; its tail stays."""
    for child in list(part):
        part.remove(child)
    part.tag, part.text = "span", text


def tell_tables(body: "HtmlElement") -> "dict[HtmlElement, tables.Table]":
    """Return what each table that has heads tells; innermost ones are told within their cells."""
    told: dict[HtmlElement, tables.Table] = {}
    for table in reversed([*body.iter("table")]):
        lines = [
            (row, [_cell(cell) for cell in row if cell.tag in ("td", "th")])
            for row in table.iter("tr")
            if next(row.iterancestors("table"), None) is table
        ]
        lines = [line for line in lines if line[1]]
        nested = next(table.iterdescendants("table"), None) is not None
        notes = [] if nested else _notes(lines)
        rows = [cells for _, cells in lines]
        grid = tables.spread(rows) if rows else []
        heads = _header_rows(table, lines)
        headed = any(cell.is_heading and cell.text for row in rows for cell in row)
        if not headed and not heads and (nested or not _reads_headed(grid)):
            continue  # a layout: what is in its cells is read as it comes
        heads = heads or int(not headed)
        if heads == 1 and next(table.iter("thead"), None) is None:
            grid, heads = tables.join_heads(grid)
        captions = [
            markup.join_lines(part.text_content())
            for part in table.iter("caption")
            if part.getparent() is table
        ]
        said = [row for row in tables.statements(grid, heads) if row]
        for child in list(table):
            table.remove(child)
        table.text = None
        for line in filter(None, (*captions, *said, *notes)):
            table.append(_paragraph(table, line))
        told[table] = tables.Table(said, " ".join(captions), notes)
    return told


def text_of_lines(element: "HtmlElement") -> str:
    """Return the text of a preformatted element with its lines, those broken by `br` too."""
    for part in element.iter("br"):
        part.tail = f"\n{part.tail or ''}"
    return str(element.text_content())


def name_values(body: "HtmlElement") -> None:
    """Write each term of a list of terms before what is said of it: "Most: 8 mg".

    A term of several values names each of them. Questions and whole sentences stay apart.
    """
    for terms in [*body.iter("dl")]:
        name, said = "", False
        for part in [each for each in terms.iter("dt", "dd") if _list_of(each) is terms]:
            if part.tag == "dt":
                text = markup.join_lines(part.text_content()).rstrip(" :：")
                name = f"{name}, {text}" if name and not said else text
                said = False
                if len(name) > _LONGEST_TERM or name.endswith((".", "?", "!", "。", "？", "！")):
                    name = ""
                else:
                    part.text = None
                    for child in list(part):
                        part.remove(child)
            elif name:
                said = True
                start = f"{name}: "
                first = part[0] if len(part) and not (part.text or "").strip() else part
                inside = first if first.tag in ("p", "div") and not len(first) else part
                inside.text = f"{start}{(inside.text or '').lstrip()}"


def _list_of(part: "HtmlElement") -> "HtmlElement | None":
    return next(part.iterancestors("dl"), None)


def _notes(lines: "list[tuple[HtmlElement, list[tables.Cell]]]") -> list[str]:
    """Take the rows of the foot that are one cell of words, which are notes, off a table."""
    notes: list[str] = []
    while len(lines) > 1 and len(lines[-1][1]) == 1 and _is_within(lines[-1][0], "tfoot"):
        notes.insert(0, lines.pop()[1][0].text)
    return [note for note in notes if note]


def _is_within(row: "HtmlElement", name: str) -> bool:
    parent = row.getparent()
    return parent is not None and parent.tag == name


def _reads_headed(grid: tables.Grid) -> bool:
    return len({len(row) for row in grid}) == 1 and tables.looks_headed(grid)


def _header_rows(table: "HtmlElement", lines: "list[tuple[HtmlElement, list[tables.Cell]]]") -> int:
    """Return how many rows at the top are heads: those of `thead`, else those of `th` alone."""
    rows = [cells for _, cells in lines]
    in_head = sum(1 for row, _ in lines if _is_within(row, "thead"))
    if in_head:
        return min(in_head, len(rows))
    count = 0
    for row in rows:
        if not all(cell.is_heading for cell in row):
            break
        count += 1
    if not count and len(rows) > 1 and _is_bold(lines[0][0]) and not _is_bold(lines[1][0]):
        return int(len(rows[0]) > 1)
    return count if count < len(rows) else min(count, 1)


def _is_bold(row: "HtmlElement") -> bool:
    """Say whether all words of a row stand in bold type."""
    words = [cell for cell in row if cell.text_content().strip()]
    return bool(words) and all(
        len(cell) == 1
        and cell[0].tag in ("b", "strong")
        and not (cell.text or "").strip()
        and not (cell[0].tail or "").strip()
        for cell in words
    )


def _cell(element: "HtmlElement") -> tables.Cell:
    return tables.Cell(
        _in_order(element),
        element.tag == "th",
        _span(element.get("colspan")),
        _span(element.get("rowspan")),
    )


def _in_order(element: "HtmlElement") -> str:
    for part in element.iter("br", "p", "li", "div"):
        sign = " " if element.tag == "th" else BREAK
        part.text = f"{sign}{part.text or ''}" if part.tag != "br" else part.text
        part.tail = f"{sign}{part.tail or ''}"
    text = _BREAKS.sub(BREAK, element.text_content())
    return markup.join_lines(part_cell(text))


def _span(value: str | None) -> int:
    found = _SPAN.fullmatch((value or "").strip())
    return max(1, min(int(found[0]), 1000)) if found else 1


def _paragraph(table: "HtmlElement", line: str) -> "HtmlElement":
    paragraph = table.makeelement("p", {})
    paragraph.text = line
    return paragraph


def _text_before(part: "HtmlElement") -> str:
    before = part.getprevious()
    if before is not None:
        return (before.tail or "") or str(before.text_content())
    parent = part.getparent()
    return (parent.text or "") if parent is not None else ""
