"""Scanned pages are read by tesseract where that is asked for, and say how they were read."""

import shutil
import zlib
from pathlib import Path

import pypdfium2
import pytest
from test_literature_sources import drawn, pdf

from knowledge.errors import KnowledgeError
from knowledge.ingest import ingest_plan, updates
from knowledge.ingest.sources import reading
from knowledge.ingest.sources.literature.pdf import pdf_ocr
from knowledge.records import ReadReport
from knowledge.text.holes import HOLE

LINES = ("Xizine must not be given to patients", "with asthma. Twenty drops are enough.")
needs_tesseract = pytest.mark.skipif(
    shutil.which("tesseract") is None, reason="tesseract is not installed"
)


def scan(path: Path, *before: bytes) -> Path:
    """Write a PDF whose last page is a picture of text."""
    path.write_bytes(pdf(drawn(*LINES)))
    with pypdfium2.PdfDocument(path) as document:
        bitmap = document[0].render(scale=200 / 72, grayscale=True)
        rows = bytes(bitmap.buffer)
        dots = b"".join(
            rows[row * bitmap.stride : row * bitmap.stride + bitmap.width]
            for row in range(bitmap.height)
        )
    head = b"q 612 0 0 792 0 0 cm BI /W %d /H %d /BPC 8 /CS /G /F /Fl ID "
    picture = head % (bitmap.width, bitmap.height) + zlib.compress(dots) + b" EI Q"
    path.write_bytes(pdf(*before, picture))
    return path


@needs_tesseract
def test_a_scan_is_read_where_that_is_asked_for_and_says_so(tmp_path):
    path = scan(tmp_path / "a.pdf", drawn("A page of text."))
    report = ReadReport()
    with pdf_ocr.ask():
        (record,) = reading.read(path, "pdf", report)
    told = {section.title: section.text for section in record.sections}
    title = "Page 2 (read by optical recognition: check figures against the page)"
    assert told == {"Page 1": "A page of text.", title: " ".join(LINES)}
    reason = "page that was read by optical recognition: check figures against the page"
    assert report.left_out == {reason: 1} and report.examples == {reason: "page 2"}


def test_a_scan_is_not_read_where_that_is_not_asked_for(tmp_path):
    path = scan(tmp_path / "a.pdf", drawn("A page of text."))
    report = ReadReport()
    (record,) = reading.read(path, "pdf", report)
    assert [section.title for section in record.sections] == ["Page 1"]
    assert report.left_out == {"page that is a scan and was not read": 1}


def test_a_file_of_scans_is_refused_with_the_flag_that_reads_it(tmp_path):
    with pytest.raises(KnowledgeError, match="its 1 pages are pictures") as caught:
        list(reading.read(scan(tmp_path / "a.pdf"), "pdf", ReadReport()))
    assert "--ocr" in caught.value.remedy


def test_without_the_program_it_is_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(KnowledgeError, match="tesseract is not installed") as caught, pdf_ocr.ask():
        pass
    assert caught.value.status == 2 and "tesseract-ocr" in caught.value.remedy
    assert not pdf_ocr.is_asked()


def row(line: int, place: int, sure: float, word: str) -> str:
    return "\t".join(
        ["5", "1", "1", "1", str(line), str(place), "0", "0", "9", "9", str(sure), word]
    )


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([(96, "Give"), (96, "5"), (95, "mg.")], "Give 5 mg."),
        ([(96, "Give"), (31, "5O"), (95, "mg.")], f"Give {HOLE} mg."),
        ([(96, "ALT"), (92, "<3"), (95, "times")], f"ALT {HOLE} times"),
        ([(96, "2"), (92, "+"), (95, "1")], f"2 {HOLE} 1"),
        ([(96, "below"), (92, "109/L")], f"below {HOLE}"),
        ([(96, "per"), (92, "m?")], f"per {HOLE}"),
        ([(96, "痛"), (92, "风")], "痛风"),
    ],
)
def test_what_may_be_another_sign_is_a_hole(words, told):
    table = "\n".join(row(1, place, *word) for place, word in enumerate(words))
    assert pdf_ocr.text_of(table) == told


def test_a_file_that_was_read_without_is_read_anew(tmp_path, monkeypatch):
    monkeypatch.setattr(pdf_ocr, "find_languages", lambda: "eng")
    path = tmp_path / "a.pdf"
    path.write_bytes(pdf(drawn("A page of text.")))
    ((_, plain, _),) = ingest_plan.find_formats([path], [], None, "")
    with pdf_ocr.ask():
        ((_, asked, _),) = ingest_plan.find_formats([path], [], None, "")
    assert plain.sha256 != asked.sha256


@needs_tesseract
def test_recognised_pages_stay_where_a_later_call_does_not_ask(tmp_path, home, engine):
    path = scan(tmp_path / "a.pdf", drawn("A page of text."))
    with pdf_ocr.ask():
        first = updates.add(engine, home, [path], title="A", licence="CC0-1.0")
    again = updates.add(engine, home, [path], title="A", licence="CC0-1.0")
    assert again.generation == first.generation and again.unchanged == (str(path),)
    path.write_bytes(pdf(drawn("Another page of text.")))
    assert updates.add(engine, home, [path], title="A", licence="CC0-1.0").replaced
