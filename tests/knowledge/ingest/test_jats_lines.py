"""Lines, lists, arrays and groups of tables in JATS: nothing is joined that the article parts."""

from pathlib import Path

import pytest

from knowledge.ingest.sources import reading
from knowledge.records import DocumentRecord, ReadReport, Section

TABLE = "<table><thead><tr><th>W</th><th>D</th></tr></thead><tbody><tr><td>{}</td><td>{}</td></tr>"
TABLE += "</tbody></table>"


def read(path: Path, body: str) -> list[Section]:
    meta = "<article-id pub-id-type='pmid'>7</article-id><title-group><article-title>Abazine"
    meta = f"<front><article-meta>{meta}</article-title></title-group></article-meta></front>"
    path.write_text(f"<article>{meta}<body><sec>{body}</sec></body></article>", encoding="utf-8")
    (record,) = reading.read(path, "jats", ReadReport())
    assert isinstance(record, DocumentRecord)
    return list(record.sections)


PIECES = {
    "break": (
        "<p>Adults 5 mg<break/>Children 2 mg<break/>and no more.</p>",
        ["Adults 5 mg", "Children 2 mg and no more."],
    ),
    "break that goes on": ("<p>Do not<break/>Give it again.</p>", ["Do not Give it again."]),
    "list in a paragraph": (
        "<p>Do not give it to <list><list-item><p>children</p></list-item></list> Give 5 mg "
        "to <italic>adults</italic>.</p>",
        ["Do not give it to", "children", "Give 5 mg to adults."],
    ),
    "two quotations": (
        "<p>A <disp-quote><p>b</p></disp-quote> c <disp-quote><p>d</p></disp-quote></p>",
        ["A", "b", "c", "d"],
    ),
    "preformatted": (
        "<preformat>Weight  Dose\n10 kg   5 mg\n20 kg   9 mg</preformat>",
        ["Weight 10 kg: Dose: 5 mg.", "Weight 20 kg: Dose: 9 mg."],
    ),
    "array": (
        "<p>As<array><tbody><tr><td>43</td><td>44 mg</td></tr></tbody></array>shows.</p>",
        ["As shows.", "43; 44 mg"],
    ),
    "formula between words": ("<p>So<disp-formula>y=10</disp-formula>here.</p>", ["So y=10 here."]),
}


@pytest.mark.parametrize(("body", "expected"), PIECES.values(), ids=PIECES)
def test_what_an_article_parts_stays_apart(tmp_path, body, expected):
    (section,) = read(tmp_path / "a.xml", body)
    assert section.text.split("\n\n") == expected


def test_tables_of_a_group_have_its_caption(tmp_path):
    first = f"<table-wrap><label>A</label>{TABLE.format('5 kg', '1 mg')}</table-wrap>"
    second = f"<table-wrap><label>B</label>{TABLE.format('9 kg', '2 mg')}</table-wrap>"
    caption = "<label>Table 5</label><caption><p>Doses of Abazine.</p></caption>"
    found = read(
        tmp_path / "a.xml", f"<table-wrap-group>{caption}{first}{second}</table-wrap-group>"
    )
    assert [(each.title, each.text) for each in found] == [
        ("Table 5: Doses of Abazine: A", "Doses of Abazine.\n\nW 5 kg: D: 1 mg."),
        ("Table 5: Doses of Abazine: B", "Doses of Abazine.\n\nW 9 kg: D: 2 mg."),
    ]


def test_a_table_without_marked_heads_has_them_in_its_first_row(tmp_path):
    rows = "".join(
        f"<tr><td>{one}</td><td>{other}</td></tr>"
        for one, other in (("eGFR", "Dose"), ("30–60", "5<break/>or 6 mg"), ("over 60", "9 mg"))
    )
    (section,) = read(tmp_path / "a.xml", f"<table-wrap><table>{rows}</table></table-wrap>")
    assert section.text == "eGFR 30–60: Dose: 5 or 6 mg.\n\neGFR over 60: Dose: 9 mg."


def test_a_head_on_two_lines_is_one_name_and_values_on_two_lines_are_two(tmp_path):
    head = "<thead><tr><td>Outcome</td><td>Mean<break/>Change</td></tr></thead>"
    body = "<tbody><tr><td>Pain</td><td>3.7<break/>2.8 to 4.6</td></tr></tbody>"
    (section,) = read(tmp_path / "a.xml", f"<table-wrap><table>{head}{body}</table></table-wrap>")
    assert section.text == "Outcome Pain: Mean Change: 3.7; 2.8 to 4.6."
