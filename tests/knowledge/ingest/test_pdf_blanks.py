"""PDF pages whose blanks are wide without meaning: even right edges, fonts of one width, tables."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from test_literature_sources import pdf

from knowledge.ingest.sources import reading
from knowledge.records import DocumentRecord, ReadReport

Line = tuple[float, float, str]


def show(lines: Sequence[Line], size: float = 10) -> bytes:
    shown = (
        b"BT /F1 %g Tf 1 0 0 1 %g %g Tm (%s) Tj ET\n" % (size, x, y, text.encode("cp1252"))
        for x, y, text in lines
    )
    return b"".join(shown)


def read(
    path: Path, *pages: bytes, font: bytes = b"Helvetica"
) -> tuple[dict[str, str], ReadReport]:
    path.write_bytes(pdf(*pages).replace(b"Helvetica", font.ljust(9)))
    report = ReadReport()
    (record,) = reading.read(path, "pdf", report)
    assert isinstance(record, DocumentRecord)
    return {section.title: section.text for section in record.sections}, report


WIDTHS = {
    **dict.fromkeys("abdeghnopqu", 556),
    **dict.fromkeys("cksvxyz", 500),
    **{"f": 278, "i": 222, "j": 222, "l": 222, "m": 833, "r": 333, "t": 278, "w": 722},
}
"""Widths of letters in Helvetica, in thousandths of its size."""


def width(word: str, size: float = 10) -> float:
    return sum(WIDTHS[sign] for sign in word) * size / 1000


def justified(words: str, left: float, right: float, height: float) -> list[Line]:
    """Return the words of a line with equal spaces between them, up to its right edge."""
    parts = words.split()
    blank = (right - left - sum(map(width, parts))) / max(1, len(parts) - 1)
    found, place = [], left
    for part in parts:
        found.append((place, height, part))
        place += width(part) + blank
    return found


LEFT = [
    "the oil was given to adults with gout who had pain",
    "in one or more joints and were seen within a week",
    "of its start unless they had been given it before",
    "hyperthyroid haemorrhage gastric disease",
    "patients were left out and so were those who had",
    "taken any other medicine for pain on that day or",
    "on the day before and who could not be asked how",
    "they felt after one or two days of taking it",
]
RIGHT = [
    "none of the children was given more than a third",
    "of what adults were given and all were seen again",
    "after a week by a nurse who did not know what any",
    "immunocompromised children thrombosed",
    "of them had been given before the trial began nor",
    "what they had said when they were asked how they",
    "felt and whether they would take it again if they",
    "had pain of the same kind in the months to come",
]


def test_a_line_with_wide_spaces_does_not_join_two_columns(tmp_path):
    page: list[Line] = []
    for place, (one, other) in enumerate(zip(LEFT, RIGHT, strict=True)):
        page += justified(one, 57, 291, 700 - 12 * place)
        page += justified(other, 304, 538, 700 - 12 * place)
    texts, _ = read(tmp_path / "a.pdf", show(page))
    assert texts["Page 1"].split() == [*" ".join(LEFT).split(), *" ".join(RIGHT).split()]


def test_a_few_lines_with_wide_spaces_are_no_table(tmp_path):
    lines = ["it must not be given to children who have been", "contraindicated recommended mild"]
    lines += ["unquestioned hospitalised nine", "times or more within the month before they came"]
    page = [each for n, line in enumerate(lines) for each in justified(line, 60, 290, 700 - 12 * n)]
    texts, _ = read(tmp_path / "a.pdf", show(page))
    assert {name: text.split() for name, text in texts.items()} == {
        "Page 1": " ".join(lines).split()
    }


COURIER = {
    "wide blanks": """The dose of Abazine is 5 mg  daily in adults.
Give no more than 9 mg    in one day. It is to
be stopped if nausea lasts for more than 3 or 4
days.  Renal patients need half of it.""",
    "even right edge": """Give  5 mg  at night  if  the  pain  is  severe
and  10 mg  at noon   if  it   is  not,   never
more  than   15  mg.  Call  the  ward  if  any
patient   vomits  more  than  3  times a  day.""",
}


def courier(path: Path, text: str) -> list[str]:
    page = show([(72, 700 - 12 * place, line) for place, line in enumerate(text.split("\n"))])
    texts, _ = read(path, page, font=b"Courier")
    return [line for text in texts.values() for line in text.split("\n\n")]


@pytest.mark.parametrize("text", COURIER.values(), ids=COURIER)
def test_blanks_of_a_font_of_one_width_mean_little(tmp_path, text):
    assert courier(tmp_path / "a.pdf", text) == [" ".join(text.split())]


def test_a_table_in_a_font_of_one_width_keeps_its_heads(tmp_path):
    text = "Weight      Dose       Most\n10 kg       5 mg       9 mg\n20 kg       9 mg       18 mg"
    assert courier(tmp_path / "a.pdf", text) == [
        "Weight 10 kg: Dose: 5 mg; Most: 9 mg.",
        "Weight 20 kg: Dose: 9 mg; Most: 18 mg.",
    ]


def test_heads_close_together_stand_over_their_columns(tmp_path):
    rows = [
        ("Weight", "Dose each", 187, "Volume"),
        ("5-9 kg", "2.5 mg", 190, "1.5 mL"),
        ("9-19 kg", "5 mg", 190, "3 mL"),
        ("20-39 kg", "9 mg", 190, "6 mL"),
    ]
    page: list[Line] = [(60, 740, "Doses follow for children."), (60, 718, "Table 2. Doses")]
    for place, (one, other, x, third) in enumerate(rows):
        height = 700 - 14 * place
        page += [(60, height, one), (130, height, other), (x, height, third)]
    texts, _ = read(tmp_path / "a.pdf", show(page))
    assert texts["Page 1"] == "Doses follow for children."
    assert texts["Page 1: Table 2. Doses"].split("\n\n")[0] == (
        "Weight 5-9 kg: Dose each: 2.5 mg; Volume: 1.5 mL."
    )


def test_last_rows_of_a_table_over_pages_are_no_running_foot(tmp_path):
    pages = []
    for page in range(5):
        lines: list[Line] = [(60, 760, "Doses of Abazine"), (300, 30, f"Page {page + 1} of 5")]
        for place in range(20):
            weight = 20 * page + place + 1
            height = 700 - 20 * place
            lines += [(60, height, f"{weight} kg"), (200, height, f"{weight}.5 mg twice daily")]
        pages.append(show(lines))
    texts, report = read(tmp_path / "a.pdf", *pages)
    said = " ".join(texts.values())
    assert all(f"{weight}.5 mg" in said for weight in range(1, 101))
    assert report.left_out == {"running header or footer": 10}


def line(left: float, right: float, height: float) -> bytes:
    return b"%g %g m %g %g l S\n" % (left, height, right, height)


def test_words_that_a_line_strikes_out_are_counted_and_not_read(tmp_path):
    shown = [(72.0, 700.0, "Give "), (95.0, 700.0, "50 mg"), (126.0, 700.0, "5 mg daily.")]
    page = show(shown) + line(95, 95 + 27.8, 703) + line(126, 160, 698.5)
    page += show([(200, 650, "Dosing")]) + line(72, 400, 653)  # a line behind a heading
    texts, report = read(tmp_path / "a.pdf", page)
    assert texts["Page 1"].split("\n\n") == ["Give 5 mg daily.", "Dosing"]
    assert report.examples == {"struck-out text (not read)": "50 mg"}


def test_letters_that_are_spaced_out_are_words(tmp_path):
    spaced, place = [], 72.0
    for sign in "doses of 10 mg daily":
        if sign != " ":
            spaced.append((place, 700.0, sign))
        place += (2.8 if sign == " " else width(sign) if sign.isalpha() else 5.56) + 3
    texts, _ = read(tmp_path / "a.pdf", show([*spaced, (72, 680, "It is a line of other words.")]))
    assert texts["Page 1"].split("\n\n")[0].startswith("doses of 10 mg daily")


def test_a_compound_of_three_parts_keeps_its_hyphen_at_a_line_end(tmp_path):
    lines = ["Give no potassium with angiotensin-", "converting-enzyme inhibitors or hydro-"]
    lines += ["chlorothiazide, since gluco-", "corticoids-only rules are of no help."]
    page = show([(72, 700 - 12 * place, line) for place, line in enumerate(lines)])
    texts, _ = read(tmp_path / "a.pdf", page)
    said = texts["Page 1"]
    assert "angiotensin-converting-enzyme inhibitors or hydrochlorothiazide" in said
    assert "glucocorticoids-only" in said
