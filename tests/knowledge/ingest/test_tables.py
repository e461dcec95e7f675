"""Tables keep their heads, captions and notes in every format, and in every passage."""

from pathlib import Path

import docx
import pytest

from knowledge.errors import KnowledgeError
from knowledge.ingest.sources import detect, reading
from knowledge.ingest.sources.literature.markup import tables
from knowledge.ingest.sources.literature.markup.tables import Cell
from knowledge.records import DocumentRecord, ReadReport
from knowledge.text import chunking

ROWS = [(f"Drug{n}", f"{n} mg", f"every {n} hours, by mouth, with food") for n in range(2, 42)]
HEADS = ("Name", "Dose", "Rule")
CAPTION = "Table 3. Doses of sleeping medicines in adults"
NOTE = "* Halve in renal failure."


def _page(path: Path) -> None:
    head = "".join(f"<th>{head}</th>" for head in HEADS)
    rows = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in ROWS)
    path.write_text(
        "<!DOCTYPE html><html><body><h1>Sleep</h1><p>Before.</p>"
        f"<table><caption>{CAPTION}</caption><thead><tr>{head}</tr></thead><tbody>{rows}</tbody>"
        f"<tfoot><tr><td colspan=3>{NOTE}</td></tr></tfoot></table><p>After.</p></body></html>",
        encoding="utf-8",
    )


def _note(path: Path) -> None:
    lines = [f"| {' | '.join(cells)} |" for cells in (HEADS, ("---",) * 3, *ROWS)]
    table = "\n".join(lines)
    path.write_text(f"# Sleep\n\nBefore.\n\n{CAPTION}\n\n{table}\n\n\\{NOTE}\n\nAfter.\n", "utf-8")


def _word(path: Path) -> None:
    document = docx.Document()
    document.add_heading("Sleep", 1)
    document.add_paragraph("Before.")
    document.add_paragraph(CAPTION)
    table = document.add_table(len(ROWS) + 1, 3)
    for row, cells in zip(table.rows, (HEADS, *ROWS), strict=True):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    document.add_paragraph(NOTE)
    document.add_paragraph("After.")
    document.save(str(path))


def _article(path: Path) -> None:
    head = "".join(f"<th>{head}</th>" for head in HEADS)
    rows = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in ROWS)
    path.write_text(
        "<article><front><article-meta><title-group><article-title>Sleep</article-title>"
        "</title-group></article-meta></front><body><p>Before.</p><table-wrap>"
        "<label>Table 3</label><caption><p>Doses of sleeping medicines in adults</p></caption>"
        f"<table><thead><tr>{head}</tr>"
        f"</thead><tbody>{rows}</tbody></table><table-wrap-foot><p>{NOTE}</p></table-wrap-foot>"
        "</table-wrap><p>After.</p></body></article>",
        encoding="utf-8",
    )


WRITERS = {
    "html": ("a.html", _page),
    "markdown": ("a.md", _note),
    "docx": ("a.docx", _word),
    "jats": ("a.xml", _article),
}


def read(path: Path, format: str) -> DocumentRecord:
    (record,) = reading.read(path, format, ReadReport())
    assert isinstance(record, DocumentRecord)
    return record


@pytest.mark.parametrize("format", WRITERS)
def test_every_passage_of_a_long_table_has_caption_heads_and_notes(
    tmp_path: Path, format: str
) -> None:
    name, write = WRITERS[format]
    write(tmp_path / name)
    record = read(tmp_path / name, format)
    stored = chunking.compose_text(record)
    passages = chunking.split_passages("a", stored.text, stored.spans, "en")
    of_table = [each for each in passages if "Drug" in each.text]
    assert len(of_table) > 3
    for each in of_table:
        assert "Doses of sleeping medicines in adults" in f"{each.section} {each.text}"
        assert NOTE in each.text
    for drug, dose, rule in ROWS:
        told = f"Name {drug}: Dose: {dose}; Rule: {rule}."
        assert sum(told in each.text for each in passages) == 1
    around = [each.text for each in passages if "Drug" not in each.text]
    assert {"Before.", "After."} <= set(" ".join(around).split())


def test_a_table_without_caption_stays_in_its_section(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    table = "| Age | Dose |\n|---|---|\n| 5 | 1 mg |"
    path.write_text(f"# N\n\nDose:\n\n{table}\n\nThen rest.\n", "utf-8")
    (section,) = read(path, "markdown").sections
    assert section.text == "Dose:\n\nAge 5: Dose: 1 mg.\n\nThen rest."


def _grid(*rows: str) -> tables.Grid:
    return tables.plain_grid(row.split("|") for row in rows)


@pytest.mark.parametrize(
    ("grid", "headed"),
    [
        (_grid("|5 mg|10 mg", "child|yes|no", "adult|no|yes"), True),
        (_grid("Weight|Dose", "10 kg|1 mg", "20 kg|2 mg"), True),
        (_grid("Name|Abazine", "Dose|5 mg", "Route|oral"), False),
        (_grid("1|2", "3|4"), False),
        (_grid("Weight|Dose"), False),
    ],
)
def test_a_first_row_without_marks_is_a_header_where_it_reads_so(
    grid: tables.Grid, headed: bool
) -> None:
    assert tables.looks_headed(grid) is headed


def test_figures_in_the_heads_name_their_columns() -> None:
    grid = _grid("|5 mg|10 mg", "child|yes|no")
    assert list(tables.statements(grid, 1)) == ["child: 5 mg: yes; 10 mg: no."]


def test_heads_in_the_first_column_only_are_told_by_column() -> None:
    rows = [
        [Cell("Drug", True), Cell("Abazine"), Cell("Obizine")],
        [Cell("Dose", True), Cell("5 mg"), Cell("7 mg")],
        [Cell("Route", True), Cell("oral"), Cell("")],
    ]
    assert list(tables.statements(tables.spread(rows), 0)) == [
        "Drug Abazine: Dose: 5 mg; Route: oral.",
        "Drug Obizine: Dose: 7 mg.",
    ]


def test_a_repeated_header_is_no_row_and_empty_cells_say_nothing() -> None:
    grid = _grid("Age|Dose|Note", "5|1 mg|", "Age|Dose|Note", "6|2 mg|slow")
    assert list(tables.statements(grid, 1)) == [
        "Age 5: Dose: 1 mg.",
        "Age 6: Dose: 2 mg; Note: slow.",
    ]


@pytest.mark.parametrize(
    ("table", "lines"),
    [
        ("<tr><td><b>Age</b></td><td><b>Dose 2</b></td></tr><tr><td>child</td><td>low</td></tr>",
         ["Age child: Dose 2: low."]),
        ("<tr><th>Age</th><th>Dose</th></tr><tr><td>child</td><td><table><tr><th>day</th>"
         "<th>mg</th></tr><tr><td>1</td><td>7</td></tr></table></td></tr>",
         ["Age child: Dose: day 1: mg: 7."]),
        ("<tr><td>Left words</td><td>Right words</td></tr>", ["Left words; Right words"]),
        ("<tr><th>Sex</th><td>female</td></tr><tr><th>Age</th><td>40</td></tr>",
         ["Sex: female.", "Age: 40."]),
    ],
)  # fmt: skip
def test_tables_of_pages(tmp_path: Path, table: str, lines: list[str]) -> None:
    path = tmp_path / "a.html"
    path.write_text(f"<!DOCTYPE html><html><body><table>{table}</table></body></html>", "utf-8")
    (section,) = read(path, "html").sections
    assert section.text.split("\n\n") == lines


def test_long_notes_stand_with_the_rows_that_name_them() -> None:
    notes = [f"Note {mark}: {'words ' * 40}{mark}." for mark in "ab"]
    rows = [f"Row{n}: {'dose ' * 20}{'(note a)' if n < 9 else '(note b)'}." for n in range(18)]
    parts = list(tables.split_parts(rows, notes, []))
    assert len(parts) > 3
    for part in parts:
        for mark in "ab":
            assert (f"(note {mark})" in part) == (f"Note {mark}:" in part)


def test_a_caption_is_cut_to_a_title_at_a_word() -> None:
    assert tables.caption_title("Table 2. Dose. " + "More words. " * 20) == "Table 2. Dose"
    long = tables.caption_title("Table 2. " + "dose " * 60)
    assert len(long) < 155 and long.endswith("dose …")


def test_a_table_of_an_appendix_is_a_document_of_statements(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("Weight;Dose 1;Dose 2\n<10 kg;5 mg;\n>10 kg;9 mg;2*10^9\n* daily\n", "utf-8")
    (section,) = read(path, "table").sections
    assert section.text.split("\n\n") == [
        "Weight <10 kg: Dose 1: 5 mg.",
        "Weight >10 kg: Dose 1: 9 mg; Dose 2: 2*10^9.",
        "* daily",
    ]


def test_only_a_numbered_caption_makes_a_csv_file_a_table_by_itself(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("Table 1. Doses\nWeight,Dose\n5 kg,1 mg\n", "utf-8")
    assert detect.detect_format(path) == "table"
    assert read(path, "table").title == "Table 1. Doses"
    path.write_text("Weight,Dose\n5 kg,1 mg\n", "utf-8")
    with pytest.raises(KnowledgeError, match="--format table"):
        detect.detect_format(path)


def test_a_row_of_a_csv_table_without_its_head_is_counted(tmp_path):
    path = tmp_path / "doses.csv"
    path.write_text(
        "Table 1. Doses\nDrug,Use,Dose\n,fever,1 mg\nTauzine,itch,5 mg\n,pain,9 mg\n,pain,7 mg\n"
        ",,3 mg\n\n,cough,2 mg\n",
        encoding="utf-8",
    )
    report = ReadReport()
    (record,) = reading.read(path, "table", report)
    lines = [line for each in record.sections for line in each.text.split("\n\n")]
    assert lines == [
        "Table 1. Doses",
        "Drug Tauzine: Use: itch; Dose: 5 mg.",
        "Drug Tauzine: Use: pain; Dose: 9 mg.",
    ]
    assert report.left_out == {"row of a table without its head (not read)": 4}


def test_a_csv_table_of_two_columns_says_nothing_of_a_row_without_head(tmp_path):
    path = tmp_path / "doses.csv"
    path.write_text("Table 1. Doses\nDrug,Dose\nTauzine,5 mg\n,9 mg\n", encoding="utf-8")
    report = ReadReport()
    (record,) = reading.read(path, "table", report)
    assert "9 mg" not in "".join(each.text for each in record.sections)
    assert report.examples == {"row of a table without its head (not read)": "; 9 mg"}


TWO_HEADS = (
    "eGFR,Dose,,Note",
    ",Adults,Children,",
    "over 30,5 mg,1 mg,daily",
    "under 30,none,none,",
)


@pytest.mark.parametrize("format", ["table", "markdown", "html", "docx"])
def test_a_second_row_of_heads_is_told_with_the_first(tmp_path, format):
    rows = [row.split(",") for row in TWO_HEADS]
    if format == "table":
        path = tmp_path / "a.csv"
        path.write_text("Table 1. Doses\n" + "\n".join(TWO_HEADS), encoding="utf-8")
    elif format == "markdown":
        path = tmp_path / "a.md"
        lines = [f"| {' | '.join(row)} |" for row in rows]
        path.write_text("\n".join([lines[0], "|---|---|---|---|", *lines[1:]]), encoding="utf-8")
    elif format == "html":
        path = tmp_path / "a.html"
        cells = ["<tr><td>" + "<td>".join(row) for row in rows]
        cells[0] = "<tr><td>eGFR<td colspan=2>Dose<td>Note"
        path.write_text(f"<html><body><table>{''.join(cells)}</table></body></html>", "utf-8")
    else:
        document = docx.Document()
        table = document.add_table(4, 4)
        for line, row in zip(table.rows, rows, strict=True):
            for cell, text in zip(line.cells, row, strict=True):
                cell.text = text
        table.cell(0, 1).merge(table.cell(0, 2))
        document.save(str(path := tmp_path / "a.docx"))
    (record,) = reading.read(path, format, ReadReport())
    assert [line for each in record.sections for line in each.text.split("\n\n")][-2:] == [
        "eGFR over 30: Dose, Adults: 5 mg; Dose, Children: 1 mg; Note: daily.",
        "eGFR under 30: Dose, Adults: none; Dose, Children: none.",
    ]


@pytest.mark.parametrize("second", [",5 mg,9 mg", "60,Adults,Children", ",,"])
def test_a_row_of_values_is_no_second_row_of_heads(second):
    rows = [each.split(",") for each in ("Weight,Dose,Most", second, "9 kg,1 mg,2 mg")]
    assert tables.join_heads(tables.plain_grid(rows))[1] == 1
