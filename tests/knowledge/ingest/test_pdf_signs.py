"""Signs of sentences come through PDF pages, and through values of CSV graphs."""

import csv

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from test_literature_sources import pdf
from test_signs_survive import SENTENCES

from knowledge.ingest.sources import reading
from knowledge.records import DocumentRecord, EntityRecord, ReadReport

SYMBOLS = {"≤": 0xA3, "≥": 0xB3, "≈": 0xBB, "α": 0x61, "−": 0x2D}
"""Signs of the sentences that Western fonts lack, with their places in the font Symbol."""

RAISED = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789", strict=True))
LOWERED = dict(zip("₀₁₂₃₄₅₆₇₈₉", "0123456789", strict=True))
SIZE, WIDTH, LINES = 4.0, 0.6, 50
DRAWN = SENTENCES.filter(lambda text: len(text) < 190 and "女" not in text)  # as wide as a page


def line(text: str, y: float) -> bytes:
    """Return the drawing operations of a line in signs of one width."""
    shown, x = b"", 36.0
    for sign in text:
        font, size, base, code = "F1", SIZE, y, sign.encode("cp1252", "replace")
        if sign in SYMBOLS:
            font, code = "F2", bytes([SYMBOLS[sign]])
        elif sign in RAISED:
            size, base, code = SIZE * 0.6, y + SIZE * 0.4, RAISED[sign].encode()
        elif sign in LOWERED:
            size, base, code = SIZE * 0.6, y - SIZE * 0.2, LOWERED[sign].encode()
        at = (font.encode(), size, x, base, code.hex().encode())
        x += (WIDTH if sign != " " else WIDTH / 2) * size  # blanks as in most fonts
        shown += b"BT /%s %g Tf 1 0 0 1 %g %g Tm <%s> Tj ET\n" % at if sign != " " else b""
    return shown


def written(sentences: list[str]) -> bytes:
    pages = []
    for start in range(0, len(sentences), LINES):
        lines = sentences[start : start + LINES]
        framed = ["Head of all", "pages.", *lines, "Foot of all", "pages."]
        pages.append(b"".join(line(text, 760 - 12 * row) for row, text in enumerate(framed)))
    symbol = b"/Font<</F1 3 0 R/F2<</Type/Font/Subtype/Type1/BaseFont/Symbol>>>>"
    raw = pdf(*pages).replace(b"/BaseFont/Helvetica", b"/BaseFont/Courier  ")
    return raw.replace(b"/Font<</F1 3 0 R>>", symbol)


GENERATE = (Phase.explicit, Phase.reuse, Phase.generate)  # smaller examples take minutes each


@settings(max_examples=7, deadline=None, phases=GENERATE, suppress_health_check=list(HealthCheck))
@given(st.lists(DRAWN, min_size=150, max_size=150))
def test_pages_of_many_sentences_give_each_back(
    tmp_path_factory: pytest.TempPathFactory, sentences: list[str]
) -> None:
    path = tmp_path_factory.getbasetemp() / "signs.pdf"
    path.write_bytes(written(sentences))
    (record,) = reading.read(path, "pdf", ReadReport())
    assert isinstance(record, DocumentRecord)
    # Where a line is as wide as its column the next one goes on in the same paragraph.
    assert " ".join(each.text.replace("\n\n", " ") for each in record.sections) == " ".join(
        sentences
    )


@settings(max_examples=10, deadline=None, phases=GENERATE, suppress_health_check=list(HealthCheck))
@given(st.lists(SENTENCES, min_size=100, max_size=100), st.sampled_from([",", ";", "\t"]))
def test_values_of_a_table_of_triples_are_given_back(
    tmp_path_factory: pytest.TempPathFactory, sentences: list[str], delimiter: str
) -> None:
    path = tmp_path_factory.getbasetemp() / ("signs.tsv" if delimiter == "\t" else "signs.csv")
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, delimiter=delimiter)
        table.writerow(["head", "relation", "tail", "head_kind"])
        for relation in ("description", "dose limit"):
            table.writerows([["Abazine", relation, text, "medicine"] for text in sentences])
    found: dict[str, set[str]] = {}
    for record in reading.read(path, "triples", ReadReport()):
        assert isinstance(record, EntityRecord)
        for each in record.statements:
            found.setdefault(each.relation, set()).update(name.text for name in each.text)
    assert found == {"description": set(sentences), "dose_limit": set(sentences)}
