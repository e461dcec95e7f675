"""Turn tables of the OASIS exchange model, which some articles hold, into those of HTML.

tgroup, row, entry with names of columns -> thead and tbody, tr, td with spans
"""

from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element as NewElement

from knowledge.ingest.sources.literature.markup.tables import COLUMNS

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_PARTS = ("thead", "tbody", "tfoot")


def rewrite(table: "Element") -> None:
    """Rewrite a table in place where it is one of groups; others stay as they are."""
    for group in table.findall("tgroup"):
        specs = group.findall("colspec")
        names = {spec.get("colname", ""): place for place, spec in enumerate(specs)}
        for part in group:
            if part.tag in _PARTS:
                _rewrite_part(part, names)
                table.append(part)
        table.remove(group)


def _rewrite_part(part: "Element", names: dict[str, int]) -> None:
    taken: dict[int, int] = {}  # column -> rows below that a cell above still covers
    for row in part.findall("row"):
        row.tag = "tr"
        place = 0
        covered = {column for column, rows in taken.items() if rows}
        taken = {column: rows - 1 for column, rows in taken.items() if rows}
        for entry in list(row):
            if entry.tag not in ("entry", "entrytbl"):
                continue
            entry.tag = "td"
            first = names.get(entry.get("namest") or entry.get("colname") or "", -1)
            while place in covered or place < first:
                if place not in covered:
                    row.insert(list(row).index(entry), NewElement("td"))
                place += 1
            last = names.get(entry.get("nameend") or "", place)
            columns, rows = max(1, last - place + 1), _number(entry.get("morerows"))
            entry.set("colspan", str(columns))
            entry.set("rowspan", str(rows + 1))
            taken |= {column: rows for column in range(place, place + columns) if rows}
            place += columns


def _number(written: str | None) -> int:
    text = (written or "").strip()
    return min(int(text), COLUMNS) if text.isdecimal() and len(text) < 6 else 0
