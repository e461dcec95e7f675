"""Read a table in CSV or TSV as a document whose sentences are its rows.

    caption, heads, rows, notes -> "Weight below 10 kg: Dose: 5 mg."

For tables of appendices (doses, cut-offs) that hold no triples. One whose first line is a numbered
caption is recognised; any other is read where `--format table` asks for it.
"""

from collections.abc import Iterator
from pathlib import Path

from knowledge.ingest.sources.literature.markup import markup, tables
from knowledge.ingest.sources.literature.pages.plain_text import content_key
from knowledge.ingest.sources.streams import archives, csv_rows, encodings, limits
from knowledge.records import DocumentRecord, ReadReport, Record

ROWS = 50_000
"""Rows of a table that is read as a document; one that has more is data."""

_SUFFIXES = (".csv", ".tsv")
_DELIMITERS = "\t;,|"


def recognise(path: Path, start: bytes) -> bool:
    """Say whether a file is a table below a numbered caption such as "Table 3. Doses"."""
    if not path.name.lower().removesuffix(".gz").endswith(_SUFFIXES):
        return False
    lines = encodings.decode_head(path, start).lstrip('\ufeff" ').splitlines()
    return len(lines) > 1 and tables.is_numbered_caption(lines[0])


def read(path: Path, report: ReadReport) -> Iterator[Record]:
    """Yield one document; lines of one cell above the heads are its caption, below its notes."""
    delimiter = _delimiter_of(encodings.decode_head(path, archives.read_head(path)))
    rows: list[list[str]] = []
    for line, cells in csv_rows.read_lists(path, delimiter):
        rows.append([markup.join_lines(cell) for cell in cells])
        if len(rows) > ROWS:
            raise limits.too_large_error(path, f"it has more than {ROWS} rows", line)
    above, below = _take_lines(rows, first=True), _take_lines(rows, first=False)
    caption = " ".join(above)
    grid, heads = tables.join_heads(tables.plain_grid(rows))
    rows = list(_with_heads(rows, heads, report))
    grid = [*grid[:heads], *tables.plain_grid(rows[heads:])]
    table = tables.Table([*tables.statements(grid, heads)], caption, below)
    title = tables.caption_title(caption) or path.name.partition(".")[0]
    sections = tuple(markup.build_sections(tables.frame_tables([table]), title, report))
    if len(rows) < 2 or not sections:
        report.skip("document without text", path.name)
        return
    text = "\n".join(section.text for section in sections)
    yield DocumentRecord(
        key=content_key("table", text),
        title=title,
        language=markup.language_of(text),
        sections=sections,
        line=1,
    )


def _with_heads(rows: list[list[str]], heads: int, report: ReadReport) -> Iterator[list[str]]:
    """Yield the rows of a table, and count those of which nobody knows what they are about.

    An empty first cell belongs to the row above where the second cell goes on with its groups
    ("Tauzine, itch, 5 mg", then ", pain, 9 mg"); of one value without that nothing is known.
    """
    above: list[str] = []
    for number, row in enumerate(rows):
        filled = sum(map(bool, row))
        if number >= heads and filled and not row[0]:
            groups = len(above) > 2 and bool(above[1]) and filled > 1 and bool(row[1])
            if not groups or above[1] == row[1]:
                report.skip("row of a table without its head (not read)", "; ".join(row))
                above = []
                continue
        above = row if number >= heads and filled else []
        yield row


def _take_lines(rows: list[list[str]], *, first: bool) -> list[str]:
    """Take the rows of one cell off one end of a table, and return their text in order."""
    if max((sum(map(bool, row)) for row in rows), default=0) < 2:
        return []
    taken: list[str] = []
    place = 0 if first else -1
    while rows and sum(map(bool, rows[place])) == 1 and rows[place][0]:
        taken.append(rows.pop(place)[0])
    return taken if first else taken[::-1]


def _delimiter_of(head: str) -> str:
    lines = [line for line in head.splitlines() if line.strip()]
    if lines and tables.is_numbered_caption(lines[0].lstrip('\ufeff" ')):
        lines = lines[1:]
    first = lines[0] if lines else ""
    return max(_DELIMITERS, key=first.count) if any(map(first.count, _DELIMITERS)) else ","
