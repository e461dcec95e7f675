"""A PDF is read as people read its pages: columns, tables, raised signs, sentences over a page."""

import zlib
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_literature_sources import pdf

from knowledge.errors import KnowledgeError
from knowledge.ingest.sources import reading
from knowledge.ingest.sources.literature.pdf import pdf_lines, pdf_paragraphs
from knowledge.ingest.sources.literature.pdf.pdf_glyphs import Glyph
from knowledge.records import ReadReport
from knowledge.text.holes import HOLE

Shown = tuple[float, float, str]

LEFT = (
    "Kappazine lowers the pressure",
    "of the eye in adults. It must not",
    "be given to patients with asthma.",
    "One drop twice daily is enough.",
)
RIGHT = (
    "Lambdazine opens the airways and",
    "is safe in asthma of any grade. A",
    "dose of two puffs may be repeated",
    "after four hours where needed.",
)


def show(shown: Iterable[Shown], size: float = 10, font: str = "F1") -> bytes:
    """Return drawing operations that show each text at a place."""
    return b"".join(
        b"BT /%s %g Tf 1 0 0 1 %g %g Tm (%s) Tj ET\n"
        % (font.encode(), size, x, y, text.encode("cp1252"))
        for x, y, text in shown
    )


def column(x: float, lines: Iterable[str], top: float = 700, step: float = 12) -> list[Shown]:
    return [(x, top - step * place, line) for place, line in enumerate(lines)]


def read(path: Path, *pages: bytes) -> tuple[dict[str, str], ReadReport]:
    path.write_bytes(pdf(*pages))
    report = ReadReport()
    (record,) = reading.read(path, "pdf", report)
    return {section.title: section.text for section in record.sections}, report


def in_rows(*columns: list[Shown]) -> list[Shown]:
    return [shown for row in zip(*columns, strict=True) for shown in row]


@pytest.mark.parametrize("drawn_by_rows", [True, False])
@pytest.mark.parametrize("shift", [0, 5], ids=["level", "shifted"])
@pytest.mark.parametrize("gutter", [230, 160], ids=["wide", "narrow"])
def test_columns_are_read_one_after_another(tmp_path, drawn_by_rows, shift, gutter):
    left, right = column(60, LEFT), column(60 + gutter, RIGHT, 700 - shift)
    page = show(in_rows(left, right) if drawn_by_rows else [*left, *right])
    texts, _ = read(tmp_path / "a.pdf", page)
    assert texts["Page 1"] == f"{' '.join(LEFT)}\n\n{' '.join(RIGHT)}"


def test_a_title_over_three_columns_and_a_line_that_runs_over_join_nothing(tmp_path):
    third = ("Muzine eases pain after surgery", "and must not be taken for long.", "It can hurt.")
    columns = [column(40, LEFT[:3]), column(200, RIGHT[:3]), column(370, third)]
    title = "Three medicines for the eye, the airways and pain, compared in one short leaflet"
    page = show([(60, 740, title)], 14) + show(in_rows(*columns))
    texts, _ = read(tmp_path / "a.pdf", page)
    assert texts["Page 1"].split("\n\n") == [
        title,
        " ".join(LEFT[:3]),
        " ".join(RIGHT[:3]),
        " ".join(third),
    ]


def test_shifted_columns_below_a_line_that_crosses_the_gap(tmp_path):
    over = [(60.0, 712.0, "A first line that runs over the gap between both of the columns here")]
    page = show([*over, *in_rows(column(60, LEFT), column(230, RIGHT))])
    texts, _ = read(tmp_path / "a.pdf", page)
    assert "It must not be given to patients with asthma." in texts["Page 1"]
    assert "not is safe" not in texts["Page 1"]


ROWS = [("eGFR", "Dose", "Interval"), ("60 or more", "200 mg", "8 hours")]
ROWS += [("30 to 59", "100 mg", "12 hours"), ("below 30", "do not use", "")]
TOLD = (
    "eGFR 60 or more: Dose: 200 mg; Interval: 8 hours.\n\n"
    "eGFR 30 to 59: Dose: 100 mg; Interval: 12 hours.\n\neGFR below 30: Dose: do not use."
)


def cells(rows: list[tuple[str, ...]], step: float = 15) -> list[Shown]:
    return [
        (70 + 130 * across, 640 - step * down, text)
        for down, row in enumerate(rows)
        for across, text in enumerate(row)
        if text
    ]


def frame(rows: int, columns: int) -> bytes:
    lines = [
        f"65 {650 - 15 * row} m {65 + 130 * columns} {650 - 15 * row} l S"
        for row in range(rows + 1)
    ]
    lines += [
        f"{65 + 130 * place} 650 m {65 + 130 * place} {650 - 15 * rows} l S"
        for place in range(columns + 1)
    ]
    return "\n".join(lines).encode() + b"\n"


@pytest.mark.parametrize("lines", [b"", frame(4, 3)], ids=["gaps", "lines"])
def test_a_table_is_told_row_by_row_under_its_caption_with_its_notes(tmp_path, lines):
    page = lines + show([(70, 665, "Table 2. Dose of Nuzine by function of the kidneys.")])
    page += show(cells(ROWS)) + show([(70, 575, "Note: eGFR in mL/min.")], 8)
    page += show(column(70, LEFT, 540))
    texts, _ = read(tmp_path / "a.pdf", page)
    assert texts.pop("Page 1").split() == " ".join(LEFT).split()
    assert texts == {
        "Page 1: Table 2. Dose of Nuzine by function of the kidneys.": (
            f"{TOLD}\n\nNote: eGFR in mL/min."
        ),
    }


PROSE = (
    "Chizine is safe in patients on dialysis and in",
    "pregnancy. Its dose is four hundred milligrams",
    "three times daily for five days; it needs no",
    "change with age. Headache is common at first",
    "and fades within days in nearly everybody who",
    "takes it, and nobody knows what causes it.",
)


@pytest.mark.parametrize("above", [0, 2], ids=["at the top", "below prose"])
def test_prose_beside_a_table_is_none_of_its_columns(tmp_path, above):
    rows = [("Medicine", "Dose"), ("Psizine", "5 mg"), ("Digizine", "2 mg"), ("Phizine", "9 mg")]
    left = [(60.0, 700.0 - 12 * place, line) for place, line in enumerate(LEFT[:above])]
    left += [
        (60.0 + 90 * across, 700.0 - 12 * (above + down), text)
        for down, row in enumerate(rows)
        for across, text in enumerate(row)
    ]
    texts, _ = read(tmp_path / "a.pdf", show(left) + show(column(300, PROSE)))
    told = "Medicine Psizine: Dose: 5 mg.\n\nMedicine Digizine: Dose: 2 mg."
    assert texts["Page 1: table"] == f"{told}\n\nMedicine Phizine: Dose: 9 mg."
    assert " ".join(PROSE) in texts["Page 1"]


def test_a_column_of_cells_in_small_letters_stays_in_its_table(tmp_path):
    rows = [("Medicine", "Level", "What to do"), ("Sizine", "9 mg/L", "halve the dose at once")]
    rows += [
        ("Dizine", "2 mg/L", "avoid the combination"),
        ("Rizine", "7 mg/L", "choose another one"),
    ]
    rows += [("Mizine", "5 mg/L", "measure it every week")]
    texts, _ = read(tmp_path / "a.pdf", show(cells(rows)))
    assert "Medicine Rizine: Level: 7 mg/L; What to do: choose another one." in (
        texts["Page 1: table"].split("\n\n")
    )


def test_wrapped_cells_stay_with_their_row(tmp_path):
    rows = [("Medicine", "Advice", "Dose"), ("Xizine", "take it with a full", "5 mg")]
    rows += [("", "glass of water", ""), ("Omizine", "take it at night", "7 mg")]
    texts, _ = read(tmp_path / "a.pdf", show(cells(rows)))
    assert texts["Page 1: table"] == (
        "Medicine Xizine: Advice: take it with a full glass of water; Dose: 5 mg.\n\n"
        "Medicine Omizine: Advice: take it at night; Dose: 7 mg."
    )


def test_a_row_whose_cells_end_in_a_sign_goes_on_in_the_next_line(tmp_path):
    rows = [("Measure", "Xizine", "Nuzine"), ("Thickness", "20.6 \u00b1", "20.4 \u00b1")]
    rows += [("(mm)", "1.8", "1.7"), ("Weight", "9 \u00b1 2", "8 \u00b1 1")]
    texts, _ = read(tmp_path / "a.pdf", show(cells(rows, 12)))
    assert texts["Page 1: table"].split("\n\n")[0] == (
        "Measure Thickness (mm): Xizine: 20.6 \u00b1 1.8; Nuzine: 20.4 \u00b1 1.7."
    )


@pytest.mark.parametrize(
    "broken",
    [("42.5 27.5", "31.0"), ("18 [15\u2013", "31.0"), ("5 \u00b1", "31.0"), ("] 12", "31.0")],
    ids=["two figures", "half a bracket", "a sign at the end", "the end of another"],
)
def test_a_table_whose_cells_do_not_read_as_cells_is_counted_and_not_told(tmp_path, broken):
    rows = [("Measure", "Xizine", "Nuzine"), ("Weight (kg)", *broken), ("Age", "41", "43")]
    page = frame(3, 3) + show(cells(rows)) + show(column(70, LEFT, 540))
    texts, report = read(tmp_path / "a.pdf", page)
    assert list(texts) == ["Page 1"]
    assert report.left_out == {"table whose cells could not be told apart": 1}


@pytest.mark.parametrize("cell", ["12 (5)", "1 200", "5\u201310 mg", "20.6 \u00b1 1.8", "<0.001"])
def test_a_usual_cell_of_figures_is_told(tmp_path, cell):
    rows = [("Measure", "Xizine", "Nuzine"), ("Weight", cell, "31.0"), ("Age", "41", "43")]
    texts, _ = read(tmp_path / "a.pdf", frame(3, 3) + show(cells(rows)))
    assert f"Xizine: {cell}" in texts["Page 1: table"]


def test_a_head_over_two_columns_is_told_with_both(tmp_path):
    rows = [("Medicine", "Dose", ""), ("", "adults", "children")]
    rows += [("Pizine", "20 mg", "5 mg"), ("Rhozine", "40 mg", "10 mg")]
    page = frame(4, 3).replace(b"325 650 m 325 590 l", b"325 635 m 325 590 l")
    page = page.replace(b"65 635 m 455 635 l", b"195 635 m 455 635 l")
    texts, _ = read(tmp_path / "a.pdf", page + show(cells(rows)))
    assert texts["Page 1: table"].split("\n\n") == [
        "Medicine Pizine: Dose, adults: 20 mg; Dose, children: 5 mg.",
        "Medicine Rhozine: Dose, adults: 40 mg; Dose, children: 10 mg.",
    ]


def test_two_lists_side_by_side_are_no_table(tmp_path):
    left = ["\u2022 Take it at night", "\u2022 Store it cold", "\u2022 Shake it well"]
    right = ["\u2022 Never with alcohol", "\u2022 Not in pregnancy", "\u2022 Not for children"]
    page = show(in_rows(column(60, left), column(300, right)))
    texts, _ = read(tmp_path / "a.pdf", page)
    assert list(texts) == ["Page 1"]
    assert texts["Page 1"].index("Shake") < texts["Page 1"].index("Never")


def test_raised_and_lowered_signs_are_written_so(tmp_path):
    page = show(
        [(60, 700, "Stop below 1.5 \u00d7 10"), (180, 700, "/L and per m"), (260, 700, "of H")]
    )
    page += show([(157, 704, "9"), (236, 704, "2")], 6.5)
    page = show([(60, 700, "10"), (74.5, 700, "/L")]) + show([(71.2, 704, "9")], 6)
    page += show([(60, 680, "H"), (70.8, 680, "O")]) + show([(67.4, 678, "2")], 6)
    texts, _ = read(tmp_path / "a.pdf", page)
    assert texts["Page 1"].split() == ["10\u2079/L", "H\u2082O"]


def test_hyphens_at_line_ends_go_unless_they_belong(tmp_path):
    lines = ["Angina is treated with beta-", "blockers; renal impair-", "ment calls for 5-"]
    lines += ["10 mg of it, and an X-", "ray. A double-blind study of double-", "blind design."]
    texts, _ = read(tmp_path / "a.pdf", show(column(60, lines)))
    assert texts["Page 1"] == (
        "Angina is treated with beta-blockers; renal impairment calls for 5-10 mg of it, and an "
        "X-ray. A double-blind study of double-blind design."
    )


def test_a_sentence_over_a_page_is_whole_and_on_its_first_page(tmp_path):
    pages = [
        show([(60, 760, "Handbook of pain")], 8)
        + show(column(60, lines))
        + show([(300, 40, str(number))], 8)
        for number, lines in enumerate(
            [
                ("It helps. Sigmazine must not be", "taken together with medicines that"),
                ("thin the blood. It may be taken", "with food. A rash means that it"),
                ("has to be stopped. Nothing else", "is known of it in these years."),
            ],
            7,
        )
    ]
    texts, report = read(tmp_path / "a.pdf", *pages)
    assert texts == {
        "Page 1": "It helps. Sigmazine must not be taken together with medicines that thin the "
        "blood.",
        "Page 2": "It may be taken with food. A rash means that it has to be stopped.",
        "Page 3": "Nothing else is known of it in these years.",
    }
    assert report.left_out == {"running header or footer": 6}


def test_text_along_the_side_is_read_by_itself_and_aslant_is_counted(tmp_path):
    page = show(column(60, LEFT))
    page += b"BT /F1 10 Tf 0 1 -1 0 560 300 Tm (Printed along the side) Tj ET\n"
    page += b"BT /F1 40 Tf .7 .7 -.7 .7 200 300 Tm (DRAFT) Tj ET\n"
    texts, report = read(tmp_path / "a.pdf", page)
    assert texts["Page 1"] == f"{' '.join(LEFT)}\n\nPrinted along the side"
    assert report.left_out == {"sign that is written aslant": 5}


FONTS = (
    b"/F2 <</Type/Font/Subtype/Type1/BaseFont/Symbol>>"
    b"/F3 <</Type/Font/Subtype/Type3/FontBBox[0 0 700 700]/FontMatrix[.001 0 0 .001 0 0]"
    b"/CharProcs<</g1 9 0 R>>/Encoding<</Type/Encoding/Differences[1/g1]>>"
    b"/FirstChar 1/LastChar 1/Widths[600]>>"
)
BOX = b"600 0 0 0 600 700 d1 0 0 600 700 re f"
GLYPH = b"9 0 obj\n<</Length %d>>stream\n%s\nendstream\nendobj\n" % (len(BOX), BOX)


def with_fonts(path: Path, page: bytes) -> tuple[dict[str, str], ReadReport]:
    made = pdf(page).replace(b"/Font<</F1 3 0 R>>", b"/Font<</F1 3 0 R" + FONTS + b">>")
    path.write_bytes(made.partition(b"xref")[0] + GLYPH + b"trailer<</Size 10/Root 1 0 R>>\n%%EOF")
    report = ReadReport()
    (record,) = reading.read(path, "pdf", report)
    return {section.title: section.text for section in record.sections}, report


def test_signs_of_the_font_symbol_are_read(tmp_path):
    page = show([(60, 700, "Give 5 "), (100, 700, "g if GFR")]) + show([(93, 700, "m")], 10, "F2")
    page += show([(143, 700, "\u00a3")], 10, "F2") + show([(152, 700, "30 and never more.")])
    texts, _ = with_fonts(tmp_path / "a.pdf", page)
    assert (
        texts["Page 1"].replace("\u03bc", "\u00b5")
        == "Give 5 \u00b5g if GFR \u2264 30 and never more."
    )


def test_a_sign_without_a_meaning_is_a_hole(tmp_path):
    page = show([(60, 700, "Give 5 "), (100, 700, "g daily. Rest helps.")])
    page += b"BT /F3 10 Tf 1 0 0 1 93 700 Tm <01> Tj ET\n"
    texts, report = with_fonts(tmp_path / "a.pdf", page)
    assert texts["Page 1"] == f"Give 5 {HOLE}g daily. Rest helps."
    assert report.left_out[reading.HOLED] == 1


def test_a_page_of_signs_without_meaning_is_refused(tmp_path):
    with pytest.raises(KnowledgeError, match="say nothing outside its fonts") as caught:
        with_fonts(tmp_path / "a.pdf", b"BT /F3 10 Tf 1 0 0 1 93 700 Tm <010101> Tj ET\n")
    assert caught.value.remedy


def test_a_scan_is_told_among_pages_of_text(tmp_path):
    pixels = zlib.compress(bytes(100))
    picture = b"q 612 0 0 792 0 0 cm BI /W 10 /H 10 /BPC 8 /CS /G /F /Fl ID " + pixels + b" EI Q"
    texts, report = read(tmp_path / "a.pdf", show(column(60, LEFT)), picture)
    assert list(texts) == ["Page 1"]
    assert report.left_out == {"page that is a scan and was not read": 1}
    assert report.examples == {"page that is a scan and was not read": "page 2"}


WORDS = st.lists(
    st.text("abcdefghijklmnopqrstuvwxyz<>0123456789/%", min_size=2, max_size=9),
    min_size=6,
    max_size=60,
)


@settings(max_examples=60, deadline=None)
@given(left=WORDS, right=WORDS, shift=st.integers(0, 11), by_rows=st.booleans())
def test_no_line_holds_words_of_two_columns(left, right, shift, by_rows):
    glyphs, lines = [], []
    for x, words, down in ((60.0, left, 0), (330.0, right, shift)):
        for place in range(0, len(words), 5):
            lines.append((x, 700.0 - 12 * (place // 5) - down, words[place : place + 5]))
    for x, y, words in sorted(lines, key=lambda line: (-line[1], line[0])) if by_rows else lines:
        for word in words:
            for place, sign in enumerate(word):
                glyphs.append(Glyph(sign, x, x + 5, y, 10.0, False, place == 0))
                x += 5
            x += 3
    rows = pdf_lines.build_rows(glyphs)
    found = [piece.text.split() for row in rows for piece in row.pieces]
    told = sorted(word for line in found for word in line)
    assert told == sorted([*left, *right])
    sides = [{word.left < 330 for word in piece.words} for row in rows for piece in row.pieces]
    assert all(len(side) == 1 for side in sides)


@pytest.mark.parametrize(
    ("before", "after", "same"),
    [
        ("It must not be given", "to patients", True),
        ("It must not be given.", "to patients", False),
        ("Methods", "We searched", False),
        ("in adults,", "Smith found", True),
        ("痛风急性发作时应当尽早使用秋水", "仙碱治疗。", True),
    ],
)
def test_a_text_goes_on_where_its_sentence_has_not_ended(before, after, same):
    assert pdf_paragraphs.goes_on(before, after) is same


def page_of(head: str, lines: Iterable[str], foot: str, top: float = 760) -> bytes:
    shown = [(72.0, top, head), (72.0, 40.0, foot)]
    return show([shown[0], *column(72, lines, top=720), shown[1]])


def test_running_heads_of_two_pages_are_no_text(tmp_path):
    pages = [
        page_of("Ward guide, gout", LEFT, "Hospital of X, page 1 of 2"),
        page_of("Ward guide, gout", RIGHT, "Hospital of X, page 2 of 2"),
    ]
    said, report = read(tmp_path / "a.pdf", *pages)
    assert said == {"Page 1": " ".join(LEFT), "Page 2": " ".join(RIGHT)}
    assert report.left_out == {"running header or footer": 4}


def test_what_two_pages_say_alike_within_their_text_stays(tmp_path):
    pages = [
        show(column(72, ["Not in asthma.", *LEFT])),
        show(column(72, ["Not in asthma.", *RIGHT])),
        page_of("Other head", LEFT, "a", top=740),
        page_of("Other head", RIGHT, "b", top=755),
    ]
    said, report = read(tmp_path / "a.pdf", *pages)
    assert all("Not in asthma." in said[f"Page {number}"] for number in (1, 2))
    assert all("Other head" in said[f"Page {number}"] for number in (3, 4))
    assert report.left_out == {}


@pytest.mark.parametrize(
    "font",
    [
        b"<</Type/Font/Subtype/Type3/FontBBox[0 0 9 9]/FontMatrix[.1 0 0 .1 0 0]/CharProcs<<>>"
        b"/Encoding<</Differences[%d/g1/g2]>>/FirstChar %d/LastChar %d/Widths[5 5]>>",
        b"<</Type/Font/Subtype/Type1/BaseFont/ABCDEF+X/Encoding<</Differences[%d/g1/g2]>>"
        b"/FirstChar %d/LastChar %d/Widths[500 500]>>",
    ],
    ids=["drawn signs", "names that say nothing"],
)
@pytest.mark.parametrize("code", [0, 1, 10, 32, 65, 160])
def test_signs_of_a_font_without_meaning_are_holes(tmp_path, font, code):
    shown = b"BT /F2 10 Tf 150 720 Td <%02x%02x> Tj ET\n" % (code, code + 1)
    page = show([(72, 720, "Give daily")]) + shown + show([(220, 720, "mg of it.")])
    named = b"/Font<</F1 3 0 R/F2 " + font % (code, code, code + 1) + b">>"
    raw = pdf(page).replace(b"/Font<</F1 3 0 R>>", named)
    (tmp_path / "a.pdf").write_bytes(raw)  # its table of places is off, and is made anew
    (record,) = reading.read(tmp_path / "a.pdf", "pdf", ReadReport())
    assert HOLE in record.sections[0].text
