"""Signs that a style alone makes, lists and tables that blanks alone make: read as they look."""

import zipfile
from pathlib import Path

import pytest
import toy_word
from toy_word import p, r

from knowledge.ingest.sources import reading
from knowledge.ingest.sources.literature.markup import plain_lines, tables
from knowledge.records import DocumentRecord, ReadReport


def read(path: Path, format: str, text: str | None = None) -> tuple[list[str], dict[str, int]]:
    if text is not None:
        path.write_text(text, encoding="utf-8")
    report = ReadReport()
    (record,) = reading.read(path, format, report)
    assert isinstance(record, DocumentRecord)
    return [line for each in record.sections for line in each.text.split("\n\n")], report.left_out


STYLED = {
    "Word's font": ("5 <span style='font-family:Symbol'>m</span>g a day", "5 µg a day"),
    "old font": ('age <font face="Symbol">&#179;</font> 18', "age ≥ 18"),
    "font of several": (
        "<i style='color:red;font-family: \"Symbol\", serif'>&#xF0A3;</i> 6",
        "≤ 6",
    ),
    "shorthand": ("a <span style='font:10pt Symbol'>b</span>-blocker", "a β-blocker"),
    "font within it": (
        "<span style='font-family:Symbol'>m<span style='font-family:Arial'>g per</span></span> kg",
        "µg per kg",
    ),
    "a sign of its own": ("5 <span style='font-family:Symbol'>×</span> 3", "5 × 3"),
    "raised": ("10<span style='vertical-align:super'>9</span>/L", "10⁹/L"),
    "lowered": ("H<span style='vertical-align: sub'>2</span>O", "H₂O"),
    "raised by a length": ("10<a style='vertical-align:4pt'>9</a>/L", "10⁹/L"),
    "moved": ("10<span style='position:relative;top:-6.0pt'>9</span>/L", "10⁹/L"),
    "set by eye": ("10<span style='vertical-align:1px'>9</span> mg", "109 mg"),
    "in the middle": ("10<span style='vertical-align:middle'>9</span> mg", "109 mg"),
    "long": (
        "It is <span style='vertical-align:super'>a sentence of many words and more</span>.",
        "It is a sentence of many words and more.",
    ),
}


@pytest.mark.parametrize(("written", "seen"), STYLED.values(), ids=STYLED)
def test_signs_that_a_style_makes_are_read_as_they_look(tmp_path, written, seen):
    lines, _ = read(tmp_path / "a.html", "html", f"<html><body><p>{written}</p></body></html>")
    assert lines == [seen]


RULES = """/* x */ .su { vertical-align: super } span.sym{font-family:Symbol} .gone{display:none}
.cut {text-decoration: line-through} @media print { .su { vertical-align: baseline } }"""
RULED = "<p>10<span class='su'>9</span>/L, 5 <span class='sym'>m</span>g, give "
RULED += "<b class='cut'>50</b> 5 mg.</p><p class='gone'>Not seen 7 mg.</p>"


def test_rules_of_a_page_raise_strike_and_hide(tmp_path):
    page = f"<html><head><style>{RULES}</style></head><body>{RULED}</body></html>"
    lines, left_out = read(tmp_path / "a.html", "html", page)
    assert lines == ["10⁹/L, 5 µg, give 5 mg."]
    assert left_out == {"hidden text removed": 1, "struck-out text (not read)": 1}


def test_rules_of_a_book_are_those_of_its_chapter(tmp_path):
    head = "<head><title>x</title><link rel='stylesheet' href='../css/a%20b.css'/></head>"
    package = "<package><metadata/><manifest><item id='a' href='text/a.xhtml' "
    package += "media-type='application/xhtml+xml'/></manifest><spine><itemref idref='a'/></spine>"
    with zipfile.ZipFile(tmp_path / "a.epub", "w") as book:
        book.writestr("mimetype", "application/epub+zip")
        place = "<container><rootfiles><rootfile full-path='O/b.opf'/></rootfiles></container>"
        book.writestr("META-INF/container.xml", place)
        book.writestr("O/b.opf", f"{package}</package>")
        book.writestr("O/css/a b.css", RULES)
        book.writestr("O/text/a.xhtml", f"<html>{head}<body>{RULED}</body></html>")
    lines, left_out = read(tmp_path / "a.epub", "epub")
    assert lines == ["10⁹/L, 5 µg, give 5 mg."]
    assert left_out == {"hidden text removed": 1, "struck-out text (not read)": 1}


def test_endnote_names_the_font_of_a_sign(tmp_path):
    record = "<record><ref-type name='Journal Article'>17</ref-type><titles><title>Gout</title>"
    record += "</titles><abstract><style>Give 5 </style><style font='Symbol'>m</style><style>g if "
    record += "eGFR </style><style font='Symbol'>&#xF0B3;</style><style> 30.</style></abstract>"
    path = tmp_path / "a.xml"
    lines, _ = read(path, "endnote-xml", f"<xml><records>{record}</record></records></xml>")
    assert lines == ["Give 5 µg if eGFR ≥ 30."]


def test_terms_of_a_list_stand_before_their_values(tmp_path):
    page = "<dl><dt>Dose<dd>4 mg<dt>Most:</dt><dt>Limit</dt><dd><p>8 mg</p><dd>16 mg in hospital"
    page += "<dt>May it be halved?<dd>Yes.</dl>"
    lines, _ = read(tmp_path / "a.html", "html", f"<html><body>{page}</body></html>")
    assert lines[:3] == ["Dose: 4 mg", "Most, Limit: 8 mg", "Most, Limit: 16 mg in hospital"]
    assert lines[3:] == ["May it be halved?", "Yes."]


LINES = {
    "table": (
        "Weight   Dose\n10 kg    5 mg\n20 kg    9 mg",
        ["Weight 10 kg: Dose: 5 mg.", "Weight 20 kg: Dose: 9 mg."],
    ),
    "table in Chinese": (
        "体重       剂量\n10 kg以下  5 mg\n20 kg      9 mg",
        ["体重 10 kg以下: 剂量: 5 mg.", "体重 20 kg: 剂量: 9 mg."],
    ),
    "tabs": ("Drug\tDose\nA\t5 mg", ["Drug A: Dose: 5 mg."]),
    "text around": (
        "Doses follow:\nA    5 mg\nB    9 mg\nC    1 mg\nNever give more at one time.",
        ["Doses follow:", "A; 5 mg", "B; 9 mg", "C; 1 mg", "Never give more at one time."],
    ),
    "list": (
        "Take:\n- 5 mg at noon\n- 9 mg at night",
        ["Take:", "- 5 mg at noon", "- 9 mg at night"],
    ),
    "range over a line": (
        "In severe disease of the kidney it is enough to give 2\n- 3 mg once a day.",
        ["In severe disease of the kidney it is enough to give 2 - 3 mg once a day."],
    ),
    "broken to a width": (
        "It eases gout in adults, and must be stopped with\nParkinson disease or back pain.",
        ["It eases gout in adults, and must be stopped with Parkinson disease or back pain."],
    ),
    "even right edge": (
        "Give  5 mg  at night  if  the  pain  is  severe\n"
        "and  10 mg  at noon   if  it   is  not,   never\n"
        "more  than   15  mg.  Call  the  ward  if  any\n",
        ["Give 5 mg at night if the pain is severe and 10 mg at noon if it is not, never more than "
         "15 mg. Call the ward if any"],
    ),
    "values under names": ("Most:\n10 mg\nDaily dose:\n5 mg", ["Most: 10 mg", "Daily dose: 5 mg"]),
    "page break": ("Give 5 mg\fdaily", ["Give 5 mg daily"]),
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), LINES.values(), ids=LINES)
def test_lines_are_read_as_paragraphs_lists_and_tables(text, expected):
    found: list[str] = []
    for part in plain_lines.parts(text):
        found += part.rows if isinstance(part, tables.Table) else [part[1]]
    assert found == expected


@pytest.mark.parametrize("format", ["text", "html", "markdown"])
def test_a_table_made_by_blanks_keeps_its_heads(tmp_path, format):
    block = "eGFR      Dose of Abazine\nover 60   5 mg\nunder 30  1 mg"
    written = {
        "text": ("a.txt", f"Abazine\n\n{block}\n\nTake it at night."),
        "html": ("a.html", f"<html><body><pre>{block}</pre><p>Take it at night.</p></body></html>"),
        "markdown": ("a.md", f"```\n{block}\n```\nTake it at night."),
    }
    name, text = written[format]
    lines, _ = read(tmp_path / name, format, text)
    assert lines == [
        "eGFR over 60: Dose of Abazine: 5 mg.",
        "eGFR under 30: Dose of Abazine: 1 mg.",
        "Take it at night.",
    ]


def test_word_raises_by_height_joins_deleted_ends_and_keeps_empty_places(tmp_path):
    cell = "<w:tc><w:tcPr/>{}</w:tc>"
    head = f"<w:tr><w:trPr><w:tblHeader/></w:trPr>{cell.format(p(r('Age')))}"
    head += f"{cell.format(p(r('Dose')))}</w:tr>"
    row = "<w:tr>{}" + cell.format(p(r("2 years"))) + cell.format(p(r("5 mg"))) + "</w:tr>"
    late = (
        '<w:tr><w:trPr><w:gridBefore w:val="1"/></w:trPr>' + cell.format(p(r("9 mg"))) + "</w:tr>"
    )
    body = p(
        r("10"), r("9", '<w:position w:val="6"/>'), r("/L in "), r("all", '<w:position w:val="2"/>')
    )
    body += "<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr>" + r("Give it only") + "</w:p>"
    body += p(r("in gout.")) + f"<w:tbl>{head}{row.format('')}{late}</w:tbl>"
    lines, _ = toy_word.read(toy_word.build(tmp_path / "a.docx", body))
    assert lines == [
        "10⁹/L in all",
        "Give it only in gout.",
        "Age 2 years: Dose: 5 mg.",
        "Age 2 years: Dose: 9 mg.",
    ]


MARKDOWN = """---
title: Doses
---
# Abazine

Before.
<table><tr><th>Age</th><th>Dose</th></tr>
<tr><td>&lt;2 y</td><td>1 mg</td></tr></table>
After <b hidden>9 mg</b>5 mg.[^1] ![Chart of doses](a.png)
<div style="display: none"><div>Not</div> seen</div>

[^1]: Adults only.
[^2]: With food.
"""


def test_markdown_reads_tables_of_html_and_counts_what_is_not_seen(tmp_path):
    lines, left_out = read(tmp_path / "a.md", "markdown", MARKDOWN)
    assert lines == [
        "Before.",
        "Age <2 y: Dose: 1 mg.",
        "After 5 mg.",
        "Adults only.",
        "With food.",
    ]
    assert left_out == {"hidden text removed": 2, "picture (not read)": 1}


def test_a_heading_beside_another_title_is_a_section(tmp_path):
    (tmp_path / "a.md").write_text(MARKDOWN, encoding="utf-8")
    (record,) = reading.read(tmp_path / "a.md", "markdown", ReadReport())
    assert isinstance(record, DocumentRecord)
    assert [each.title for each in record.sections] == ["Abazine"]
