"""Write raised signs, formulas and tables of an HTML page as text, within its tree.

sup, sub -> ⁹, ₂ | marks of notes -> [1] | math -> one line | table with heads -> statements
"""

import re
from typing import TYPE_CHECKING

from knowledge.ingest.sources.literature import (
    linear_formulas,
    markup,
    raised_figures,
    tables,
)
from knowledge.text.holes import HOLE

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_MARK = re.compile(r"[\da-z]{1,3}(?:\s*[,–-]\s*[\da-z]{1,3})*|[*†‡§]+", re.IGNORECASE)
_DISPLAYED = "{\\displaystyle"
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


def tell_tables(body: "HtmlElement") -> None:
    """Replace each table that has heads by its caption and one paragraph for each row."""
    for table in reversed([*body.iter("table")]):
        if next(table.iterdescendants("table"), None) is not None:
            continue  # a layout: what is in its cells is read as it comes
        rows = [
            [_cell(cell) for cell in row if cell.tag in ("td", "th")] for row in table.iter("tr")
        ]
        rows = [row for row in rows if row]
        heads = _header_rows(table, rows)
        if not any(cell.is_heading for row in rows for cell in row) and not heads:
            continue
        captions = [markup.join_lines(part.text_content()) for part in table.iter("caption")]
        lines = [*captions, *tables.statements(tables.spread(rows), heads)]
        for child in list(table):
            table.remove(child)
        table.text = None
        for line in filter(None, lines):
            table.append(_paragraph(table, line))


def _header_rows(table: "HtmlElement", rows: list[list[tables.Cell]]) -> int:
    """Return how many rows at the top are heads: those of `thead`, else those of `th` alone."""
    in_head = sum(
        1
        for row in table.iter("tr")
        if len(row) and next(row.iterancestors("thead"), None) is not None
    )
    if in_head:
        return min(in_head, len(rows))
    count = 0
    for row in rows:
        if not all(cell.is_heading for cell in row):
            break
        count += 1
    return count if count < len(rows) else min(count, 1)


def _cell(element: "HtmlElement") -> tables.Cell:
    return tables.Cell(
        _in_order(element),
        element.tag == "th",
        _span(element.get("colspan")),
        _span(element.get("rowspan")),
    )


def _in_order(element: "HtmlElement") -> str:
    for part in element.iter("br", "p", "li", "div"):
        part.text = f" {part.text or ''}" if part.tag != "br" else part.text
        part.tail = f" {part.tail or ''}"
    return markup.join_lines(element.text_content())


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
