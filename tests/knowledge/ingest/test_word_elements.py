"""Every text-bearing element of a Word document is read, or counted and named."""

from pathlib import Path

import docx
import pytest
from docx.enum.style import WD_STYLE_TYPE
from hypothesis import example, given, settings
from hypothesis import strategies as st
from toy_word import build, field, mr, p, r, read, sym

from knowledge.text.holes import HOLE

_FRACTION = (
    f"<m:oMath><m:f><m:num>{mr('(140 − age) × weight')}</m:num><m:den>{mr('72 × Cr')}</m:den>"
    "</m:f></m:oMath>"
)
_BOX = (
    "<w:r><mc:AlternateContent><mc:Choice><w:drawing><wps:txbx><w:txbxContent>"
    f"{p(r('Boxed words.'))}</w:txbxContent></wps:txbx></w:drawing></mc:Choice><mc:Fallback>"
    f"<w:pict><w:txbxContent>{p(r('Boxed words.'))}</w:txbxContent></w:pict></mc:Fallback>"
    "</mc:AlternateContent></w:r>"
)


@pytest.mark.parametrize(
    ("runs", "text"),
    [
        (r("Give 7 ") + sym("Symbol", "F06D") + r("g."), "Give 7 µg."),
        (r("K ") + sym("Symbol", "F0A3") + r(" 5 ") + sym("Symbol", "F0B1") + r(" 1"), "K ≤ 5 ± 1"),
        (r("Give 7 ") + r("m", '<w:rFonts w:ascii="Symbol"/>') + r("g."), "Give 7 µg."),
        (r("Give 7 ") + sym("Webdings", "F06D") + r("g."), f"Give 7 {HOLE}g."),
        (r("Give 7 \uf06dg."), f"Give 7 {HOLE}g."),
        (sym("Wingdings", "F0FC") + r(" done"), "✓ done"),
        (r("10") + r("−", '<w:vertAlign w:val="superscript"/>')
         + r("3", '<w:vertAlign w:val="superscript"/>') + r(" g"), "10⁻³ g"),
        (r("H") + r("2", '<w:vertAlign w:val="subscript"/>') + r("O"), "H₂O"),
        (r("Rate ") + _FRACTION + r(" mL/min."),
         "Rate ((140 − age) × weight)/(72 × Cr) mL/min."),
        (f"<m:oMath>{mr('e')}<m:sSup><m:e>{mr('x')}</m:e><m:sup>{mr('a+1')}</m:sup></m:sSup>"
         f"<m:rad><m:deg/><m:e>{mr('y')}</m:e></m:rad></m:oMath>", "ex^(a+1)sqrt(y)"),
        (f'<m:oMath><m:nary><m:naryPr><m:chr m:val="∑"/></m:naryPr><m:sub>{mr("i=1")}</m:sub>'
         f"<m:sup>{mr('n')}</m:sup><m:e>{mr('x')}</m:e></m:nary></m:oMath>", "∑_(i=1)^n(x)"),
        (f"<m:oMath><m:d><m:e>{mr('a')}</m:e></m:d><m:new>{mr('b')}</m:new></m:oMath>",
         f"(a){HOLE}"),
        (r("Halve") + "<w:del>" + r(" never") + "</w:del><w:ins>" + r(" it") + "</w:ins>",
         "Halve it"),
        ("<w:moveFrom>" + r("Gone. ") + "</w:moveFrom><w:moveTo>" + r("Kept.") + "</w:moveTo>",
         "Kept."),
        (field("REF dose", "5 mg") + r(" daily"), "5 mg daily"),
        (r("Give ") + field(r'SYMBOL 109 \f "Symbol"') + r("g"), "Give µg"),
        (r("Take ") + field(r"EQ \f(1,2)") + r(" tablet"), f"Take {HOLE} tablet"),
        ('<w:fldSimple w:instr="DATE">' + r("May") + "</w:fldSimple>", "May"),
        ("<w:sdt><w:sdtPr/><w:sdtContent>" + r("held") + "</w:sdtContent></w:sdt>", "held"),
        ("<w:hyperlink>" + r("link") + "</w:hyperlink><w:smartTag>" + r(" tag") + "</w:smartTag>",
         "link tag"),
        (r("5") + "<w:r><w:noBreakHyphen/></w:r>" + r("FU") + "<w:r><w:tab/></w:r>" + r("x"),
         "5-FU x"),
        (r("para") + "<w:r><w:softHyphen/></w:r>" + r("cetamol"), "paracetamol"),
        (r("Before. ") + _BOX + r(" After."), "Before. Boxed words. After."),
        ('<w:r><w:object><o:OLEObject ProgID="Equation.3"/></w:object></w:r>' + r(" mg"),
         f"{HOLE} mg"),
    ],
)  # fmt: skip
def test_elements_of_a_paragraph_are_read(tmp_path: Path, runs: str, text: str) -> None:
    parts, _ = read(build(tmp_path / "a.docx", p(r("Doses of Abazine")) + p(runs)))
    assert parts[1:] == [text]


def test_notes_follow_their_paragraph_and_other_parts_are_counted(tmp_path: Path) -> None:
    def note(kind: str, text: str) -> str:
        return f'<w:{kind} w:id="2">{p(r(text))}</w:{kind}>'

    body = (
        p(r("Give 9 mg"), '<w:r><w:footnoteReference w:id="2"/></w:r>', r(" daily."))
        + p(r("Rest."))
        + "<w:p><w:r><w:drawing><a:blip/></w:drawing></w:r></w:p>"
        + '<w:altChunk/><w:p><w:r><w:object><o:OLEObject ProgID="Excel.8"/></w:object></w:r></w:p>'
    )
    parts, left_out = read(
        build(
            tmp_path / "a.docx",
            body,
            [
                ("footnotes", note("footnote", "Halve it in liver failure.")),
                ("endnotes", note("endnote", "Nobody refers to this.")),
                ("comments", note("comment", "Is this right?")),
                ("header", p(r("Ward 3"))),
            ],
        )
    )
    assert parts == [
        "Give 9 mg daily.",
        "Halve it in liver failure.",
        "Rest.",
        "Nobody refers to this.",
    ]
    assert left_out == {
        "comment (not read)": 1,
        "header of pages (not read)": 1,
        "picture or diagram (not read)": 1,
        "embedded document (not read)": 1,
        "embedded object (not read)": 1,
    }


_HOLDERS = {
    "run": r,
    "insertion": lambda text: f"<w:ins>{r(text)}</w:ins>",
    "move": lambda text: f"<w:moveTo>{r(text)}</w:moveTo>",
    "link": lambda text: f"<w:hyperlink>{r(text)}</w:hyperlink>",
    "tag": lambda text: f"<w:smartTag>{r(text)}</w:smartTag>",
    "control": lambda text: f"<w:sdt><w:sdtContent>{r(text)}</w:sdtContent></w:sdt>",
    "custom": lambda text: f"<w:customXml>{r(text)}</w:customXml>",
    "direction": lambda text: f"<w:dir>{r(text)}</w:dir>",
    "override": lambda text: f"<w:bdo>{r(text)}</w:bdo>",
    "simple field": lambda text: f"<w:fldSimple>{r(text)}</w:fldSimple>",
    "field": lambda text: field("REF x", text),
    "formula": lambda text: f"<m:oMath>{mr(text)}</m:oMath>",
    "fraction": lambda text: (
        f"<m:oMath><m:f><m:num>{mr(text)}</m:num><m:den>{mr('2')}</m:den></m:f></m:oMath>"
    ),
    "unknown formula": lambda text: f"<m:oMath><m:unknown>{mr(text)}</m:unknown></m:oMath>",
    "ruby": lambda text: f"<w:r><w:ruby><w:rubyBase>{r(text)}</w:rubyBase></w:ruby></w:r>",
    "box": lambda text: _BOX.replace("Boxed words.", text),
    "shape": lambda text: f"<w:r><w:drawing><a:t>{text}</a:t></w:drawing></w:r>",
    "hidden": lambda text: r(text, "<w:vanish/>"),
    "unknown": lambda text: f"<w:unknown>{r(text)}</w:unknown>",
}
"""Elements that hold text within a paragraph, each written around a word."""

_WORDS = st.lists(
    st.tuples(st.sampled_from(sorted(_HOLDERS)), st.integers(0, 10**6)), min_size=1, max_size=8
)


@settings(max_examples=200, deadline=None)
@given(_WORDS, st.booleans())
@example([("unknown formula", 0)], False)  # a paragraph that is one hole
def test_every_word_is_found_again_or_counted(
    tmp_path_factory: pytest.TempPathFactory, held: list[tuple[str, int]], in_table: bool
) -> None:
    words = [(holder, f"word{place}x{number}") for place, (holder, number) in enumerate(held)]
    runs = [r(" ") + _HOLDERS[holder](word) for holder, word in words]
    inside = f"<w:tbl>{tr(*(f'<w:tc>{p(run)}</w:tc>' for run in runs))}</w:tbl>"
    body = p(r("Start.")) + (inside if in_table else p(*runs))
    path = build(tmp_path_factory.getbasetemp() / "elements.docx", body)
    parts, left_out = read(path)
    text = " ".join(parts)
    for holder, word in words:
        assert text.count(word) == (holder not in ("hidden", "unknown formula")), holder
    holders = [holder for holder, _ in words]
    assert left_out.get("hidden text removed", 0) == holders.count("hidden")
    assert text.count(HOLE) == holders.count("unknown formula")


def tc(text: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{p(r(text))}</w:tc>"


def tr(*cells: str, properties: str = "") -> str:
    return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(cells)}</w:tr>"


def test_rows_of_a_table_keep_their_heads_and_merged_cells_are_spread(tmp_path: Path) -> None:
    head, down = "<w:tblHeader/>", "<w:vMerge/>"
    table = "<w:tbl>" + "".join(
        (
            tr(tc("Age"), tc("Dose", '<w:gridSpan w:val="2"/>'), properties=head),
            tr(tc(""), tc("day"), tc("night"), properties=head),
            tr(tc("child", '<w:vMerge w:val="restart"/>'), tc("1 mg"), tc("2 mg")),
            tr(tc("", down), tc("none", '<w:gridSpan w:val="2"/>')),
            tr(tc("Renal failure", '<w:gridSpan w:val="3"/>')),
            tr(tc("adult"), tc("3 mg"), tc("")),
            tr(tc("gone"), tc("9 mg"), tc(""), properties="<w:del/>"),
        )
    )
    parts, _ = read(build(tmp_path / "a.docx", p(r("Table 1. Doses")) + table + "</w:tbl>"))
    assert parts == [
        "Table 1. Doses",
        "Age child: Dose, day: 1 mg; Dose, night: 2 mg.",
        "Age child: Dose, day and Dose, night: none.",
        "Renal failure, Age adult: Dose, day: 3 mg.",
    ]


@pytest.mark.parametrize(
    ("rows", "lines"),
    [
        ([("eGFR", "Dose"), ("60 or more", "200 mg"), ("below 30", "do not use")],
         ["eGFR 60 or more: Dose: 200 mg.", "eGFR below 30: Dose: do not use."]),
        ([("Name", "Abazine"), ("Dose", "5 mg"), ("Route", "oral")],
         ["Name; Abazine", "Dose; 5 mg", "Route; oral"]),
    ],
)  # fmt: skip
def test_a_first_row_heads_a_table_where_it_looks_so(
    tmp_path: Path, rows: list[tuple[str, str]], lines: list[str]
) -> None:
    table = "".join(tr(*(tc(text) for text in row)) for row in rows)
    parts, _ = read(build(tmp_path / "a.docx", p(r("Doses")) + f"<w:tbl>{table}</w:tbl>"))
    assert parts[1:] == lines


def test_nested_tables_are_read_once(tmp_path: Path) -> None:
    inner = f"<w:tbl>{tr(tc('inner'), tc('words'))}</w:tbl>"
    cell = f"<w:tc>{p(r('outer'))}{inner}{p()}</w:tc>"
    parts, _ = read(build(tmp_path / "a.docx", p(r("T")) + f"<w:tbl>{tr(cell, tc('x'))}</w:tbl>"))
    assert parts[1:] == ["outer inner words; x"]


@pytest.mark.parametrize(
    ("body", "text", "reason"),
    [
        (p(r("Give "), r("5 ", "<w:strike/>"), r("7 mg.")), "Give 7 mg.",
         "struck-out text (not read)"),
        (p("<w:r><w:ruby><w:rt><w:r><w:t>tong</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>痛</w:t></w:r>"
           "</w:rubyBase></w:ruby></w:r>", r("风")), "痛风", "reading above characters (not read)"),
        (f"<w:tbl>{tr(tc('seen'), tc('x'))}{tr(tc('not'), tc('y'), properties='<w:hidden/>')}"
         "</w:tbl>", "seen; x", "hidden text removed"),
    ],
)  # fmt: skip
def test_struck_out_and_hidden_parts_are_counted(
    tmp_path: Path, body: str, text: str, reason: str
) -> None:
    parts, left_out = read(build(tmp_path / "a.docx", p(r("First.")) + body))
    assert parts[1:] == [text]
    assert left_out == {reason: 1} or reason == "hidden text removed" and reason in left_out


def test_text_hidden_by_a_style_alone_is_counted(tmp_path: Path) -> None:
    document = docx.Document()
    style = document.styles.add_style("Machine", WD_STYLE_TYPE.PARAGRAPH)
    style.font.hidden = True
    heir = document.styles.add_style("Heir", WD_STYLE_TYPE.PARAGRAPH)
    heir.base_style = style
    document.add_paragraph("Seen.")
    document.add_paragraph("Not seen.", style="Machine")
    document.add_paragraph("Nor this.", style="Heir")
    document.save(str(tmp_path / "a.docx"))
    parts, left_out = read(tmp_path / "a.docx")
    assert parts == ["Seen."]
    assert left_out == {"hidden text removed": 2}


def test_a_cell_that_was_deleted_is_not_there(tmp_path: Path) -> None:
    row = tr(tc("kept"), tc("gone", '<w:cellDel w:id="1" w:author="a"/>'), tc("last"))
    parts, _ = read(build(tmp_path / "a.docx", p(r("T")) + f"<w:tbl>{row}</w:tbl>"))
    assert parts[1:] == ["kept; last"]
