"""Hostile files: bombs, loops and lines without end are refused in one sentence, soon and small."""

import gzip
import io
import json
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path

import docx
import pytest
from hostile_files import sparse
from test_literature_sources import drawn, pdf

SECONDS = 60
MEMORY = 300
"""What refusing a file may cost: seconds of the processor, and MiB at the peak of the process.

The seconds only tell an end from none: how soon it is, `benchmarks/hostile.py` measures.
"""

_CHILD = """
import json, sys, time
from pathlib import Path
from knowledge.ingest.sources import detect, reading
from knowledge.errors import KnowledgeError
from knowledge.records import ReadReport
path, wanted = Path(sys.argv[1]), sys.argv[2]
began, what, remedy, texts, report = time.process_time(), "", "", [], ReadReport()
try:
    found = detect.detect_format(path)
    for record in reading.read(path, wanted or found, report):
        texts.append(record.title if hasattr(record, "title") else "")
except KnowledgeError as error:
    what, remedy = error.what, error.remedy
# the resource module would count the peak of the process that started this one
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(json.dumps({
    "what": what, "remedy": remedy, "read": len(texts), "left_out": report.left_out,
    "seconds": time.process_time() - began,
    "memory": int(peak.split()[1]) / 1024,
}))
"""


def refuse(path: Path, format_name: str = "") -> dict[str, object]:
    """Read a file in a process of its own; return what it said, within the limits."""
    done = subprocess.run(
        [sys.executable, "-c", _CHILD, str(path), format_name],
        capture_output=True, text=True, timeout=120, cwd=Path(__file__).resolve().parents[3],
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    told = json.loads(done.stdout)
    assert told["seconds"] < SECONDS, told
    assert told["memory"] < MEMORY, told
    assert "\n" not in told["what"]
    assert bool(told["what"]) == bool(told["remedy"])
    return told


HUGE = 300 * 1024 * 1024
FULL = b"word " * 20_000
"""More than what is looked at to tell a format, so that the hole comes as a surprise."""


@pytest.mark.parametrize(
    ("name", "start", "what"),
    [
        ("line.ris", b"TY  - JOUR\nTI  - A title\nAB  - " + FULL, "that line has more than"),
        ("line.nbib", b"PMID- 1\nTI  - A title\nAB  - " + FULL, "that line has more than"),
        ("line.jsonl", b'{"id": "1", "content": "' + FULL, "that record has more than"),
        ("line.md", b"# Title\n\n" + FULL, "it has more than"),
        ("line.txt", b"Title\n\n" + FULL, "it has more than"),
        ("line.html", b"<html><body><p>" + FULL, "it is larger than"),
        ("line.csv", b"disease,Symptom,Medications\n" + FULL, "that line has more than"),
        ("line.pdf", b"%PDF-1.5\n" + FULL, "it is larger than"),
        ("line.docx", b"PK\x03\x04" + FULL, "no known format"),
    ],
)
def test_a_line_without_end_is_refused(tmp_path, name, start, what):
    told = refuse(sparse(tmp_path / name, start, HUGE))
    assert what in told["what"]


ARTICLE = (
    b"<PubmedArticle><MedlineCitation><PMID>%d</PMID><Article><ArticleTitle>A title"
    b"</ArticleTitle><Abstract><AbstractText>%s</AbstractText></Abstract></Article>"
    b"</MedlineCitation></PubmedArticle>"
)


@pytest.mark.parametrize(
    ("filling", "reason"),
    [
        (b"1" * 1024 * 1024, "one tag or text has more than"),
        ((b"1" * 1020 + b"<a/>") * 1024, "one element has more than"),
    ],
)
def test_an_element_without_end_is_refused_after_what_was_whole(tmp_path, filling, reason):
    start = (
        b"<PubmedArticleSet>" + ARTICLE % (1, b"Text.") + b"<PubmedArticle><MedlineCitation><PMID>"
    )
    path = tmp_path / "long.xml"
    with path.open("wb") as stream:
        stream.write(start)
        for _ in range(30):
            stream.write(filling)
    told = refuse(path)
    assert reason in told["what"] and told["read"] == 1


@pytest.mark.parametrize("format_name", ["pubmed", "jats"])
def test_elements_nested_without_end_are_refused(tmp_path, format_name):
    start = {
        "pubmed": b"<PubmedArticleSet><PubmedArticle><MedlineCitation><Article>",
        "jats": b"<article><front><article-meta></article-meta></front><body>",
    }[format_name]
    path = tmp_path / "deep.xml"
    path.write_bytes(start + b"<sec>" * 500_000)
    assert "nested more than" in refuse(path)["what"]


def test_xml_that_multiplies_itself_or_reaches_out_is_refused(tmp_path):
    names = "abcdefghij"
    bomb = "".join(
        f'<!ENTITY {name} "{10 * f"&{before};"}">'
        for before, name in zip(names, names[1:], strict=False)
    )
    for declared in (f'<!ENTITY a "ha">{bomb}', '<!ENTITY j SYSTEM "file:///etc/hostname">'):
        path = tmp_path / "bomb.xml"
        path.write_text(
            f"<?xml version='1.0'?><!DOCTYPE PubmedArticleSet [{declared}]>"
            "<PubmedArticleSet><PubmedArticle>&j;</PubmedArticle></PubmedArticleSet>"
        )
        assert "declares entities" in refuse(path)["what"]


def test_a_gzip_bomb_is_refused_and_a_true_file_is_not(tmp_path):
    for filling in ((b"<a/>" + b" " * 1020) * 1024, b"<PubmedArticle/>" * 65_536):
        bomb = tmp_path / "bomb.xml.gz"
        parts = (gzip.compress(b"<PubmedArticleSet>"), gzip.compress(filling) * 400)
        bomb.write_bytes(b"".join(parts))
        assert bomb.stat().st_size < 1024 * 1024
        assert "times its size" in refuse(bomb)["what"]
    true = tmp_path / "true.xml.gz"
    articles = b"".join(ARTICLE % (number, b"Words.") for number in range(1, 200))
    true.write_bytes(gzip.compress(b"<PubmedArticleSet>" + articles + b"</PubmedArticleSet>"))
    told = refuse(true)
    assert told["what"] == "" and told["read"] == 199


def packed(changes: dict[str, bytes]) -> bytes:
    """Return a Word document with parts replaced or added."""
    plain = io.BytesIO()
    docx.Document().save(plain)
    out = io.BytesIO()
    with (
        zipfile.ZipFile(plain) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            target.writestr(name, changes.pop(name, None) or source.read(name))
        for name, content in changes.items():
            target.writestr(name, content)
    return out.getvalue()


_W = b'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_OPEN = b"<w:document " + _W + b"><w:body>"
_CLOSE = b"</w:body></w:document>"
_LONG = b"<w:p><w:r><w:t>text</w:t></w:r></w:p>"
_BOMB = b'<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"word/document.xml": _OPEN + _LONG * 400_000 + _CLOSE}, "unpacks to more than 12 MiB"),
        ({"word/media/a.png": bytes(200 * 1024 * 1024)}, "unpacks to more than 64 MiB"),
        ({"word/document.xml": _BOMB + _OPEN + b"&b;" + _CLOSE}, "declares entities"),
        ({"word/styles.xml": _BOMB + b"<w:styles " + _W + b"/>"}, "declares entities"),
        ({"word/document.xml": _OPEN + b"<w:tbl>" * 100_000}, "damaged"),
        ({f"word/media/{n}.png": b"x" for n in range(6000)}, "no known format"),
    ],
    ids=["xml", "picture", "entities", "entities in styles", "deep", "many parts"],
)
def test_a_word_bomb_is_refused(tmp_path, changes, what):
    path = tmp_path / "bomb.docx"
    path.write_bytes(packed(dict(changes)))
    assert what in refuse(path)["what"]


def test_a_table_that_spans_a_billion_columns_is_read_as_it_stands(tmp_path):
    cell = b'<w:tc><w:tcPr><w:gridSpan w:val="1000000000"/></w:tcPr>' + _LONG + b"</w:tc>"
    path = tmp_path / "wide.docx"
    path.write_bytes(
        packed({"word/document.xml": _OPEN + b"<w:tbl><w:tr>" + cell + b"</w:tr></w:tbl>" + _CLOSE})
    )
    assert refuse(path)["read"] == 1


def test_a_package_that_lies_about_its_sizes_is_damaged(tmp_path):
    made = packed({"word/document.xml": _OPEN + _LONG * 200_000 + _CLOSE})
    size = len(_OPEN + _LONG * 200_000 + _CLOSE).to_bytes(4, "little")
    path = tmp_path / "lie.docx"
    path.write_bytes(made.replace(size, (1000).to_bytes(4, "little")))
    assert "damaged" in refuse(path)["what"]


def test_a_heavy_document_within_the_limits_is_read_within_them(tmp_path):
    body = _LONG.replace(
        b"text", b"A sentence of a usual length stands here, and says little. " * 3
    )
    count = 11 * 1024 * 1024 // len(body)
    path = tmp_path / "heavy.docx"
    path.write_bytes(packed({"word/document.xml": _OPEN + body * count + _CLOSE}))
    told = refuse(path)
    assert told["read"] == 1 and told["what"] == ""


def looped() -> bytes:
    return (
        b"%PDF-1.5\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n"
        b"<</Type/Pages/Count 1/Kids[2 0 R 2 0 R]>>\nendobj\ntrailer<</Size 3/Root 1 0 R>>\n%%EOF"
    )


def shared() -> bytes:
    """Return a small PDF of 2,000 pages that all show one heavy drawing."""
    made = pdf(b"BT /F1 1 Tf " + b"(aaaa) Tj T* " * 15_000 + b" ET")
    head, _, _ = made.partition(b"xref")
    kids = b" ".join([b"5 0 R"] * 2000)
    pages = head.replace(b"/Count 1/Kids[5 0 R]", b"/Count 2000/Kids[%s]" % kids)
    return pages + b"trailer<</Size 7/Root 1 0 R>>\nstartxref\n0\n%%EOF"


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (pdf(b"q Q " * (64 * 1024 * 1024 // 4)), "holds no text"),
        (pdf(b"0 0 1 1 re f " * 200_000), "objects or signs each"),
        (pdf(b"0 0 1 1 re f " * 2_000_000), "too much memory"),
        (pdf(*[b"q Q " * 200_000] * 40), "holds no text"),
        (looped(), "damaged"),
        (b"%PDF-1.5\n" + b"1 0 obj <<>> endobj\n" * 200_000, "more than 100000 objects"),
        (b"%PDF-1.5\n" + b"[" * 2_000_000, "damaged"),
    ],
    ids=["unpacked", "objects of a page", "memory", "many pages", "loop", "objects", "brackets"],
)
def test_a_pdf_bomb_is_refused(tmp_path, content, what):
    path = tmp_path / "bomb.pdf"
    path.write_bytes(content)
    assert what in refuse(path)["what"]


def test_pages_that_repeat_one_heavy_drawing_are_refused(tmp_path):
    path = tmp_path / "shared.pdf"
    path.write_bytes(shared())
    told = refuse(path)
    assert "more memory or time" in told["what"] or "too much" in told["what"]


def test_one_dense_page_costs_no_other(tmp_path):
    path = tmp_path / "dense.pdf"
    path.write_bytes(pdf(b"0 0 1 1 re f " * 60_000, drawn("Hello world.")))
    told = refuse(path)
    assert told["read"] == 1
    assert told["left_out"] == {"page that is drawn too densely to read": 1}


@pytest.mark.parametrize(
    "page",
    [
        b"<html><body>" + b"<div>" * 800_000 + b"deep words",
        b"<html><body>" + b"<b>x</b>" * 500_000,
        b"<html><body><p " + b"a" * 4_000_000 + b">words",
        b"<html><body><p style='" + b"color:red;" * 400_000 + b"'>words",
        b"<html><!--" + b"-" * 4_000_000,
        b"<!DOCTYPE html " + b"[" * 60_000 + b"<html><body>words",
    ],
    ids=["deep", "many", "attribute", "style", "comment", "doctype"],
)
def test_a_heavy_page_is_read_or_refused_within_the_limits(tmp_path, page):
    path = tmp_path / "page.html"
    path.write_bytes(page)
    told = refuse(path, "html")
    assert told["read"] == 1 or told["left_out"] or told["what"]


def test_heavy_notes_are_read_within_the_limits(tmp_path):
    path = tmp_path / "page.txt"
    path.write_text("标题\n\n" + "痛风患者应多饮水，少饮酒。" * 600_000, encoding="utf-8")
    assert refuse(path)["read"] == 1


def test_json_of_brackets_is_refused(tmp_path):
    path = tmp_path / "deep.jsonl"
    path.write_bytes(b'{"id": "1", "content": ' + b"[" * 5_000_000)
    assert "nested too deep" in refuse(path)["what"]


def test_a_zlib_stream_is_no_text(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes(zlib.compress(b"x" * 1_000_000))
    assert "no known format" in refuse(path)["what"]


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("open.bib", b"@article{a, abstract = {" + b"a b c d e f\n" * 1_500_000,
         "entry takes more"),
        ("deep.bib", b"@article{a, title = {T" + (b"{" * 99 + b"\n") * 9_000
         + (b"}" * 99 + b"\n") * 9_000
         + b"}}", ""),
        ("blank.bib", b"@" + b"\n" * 65_000 + b"@article{a, title = {T}}", ""),
        ("money.bib", b"@article{a, title = {" + (b"$$ $ \\( " * 20 + b"\n") * 8_000 + b"}}", ""),
        ("bold.bib", b"@article{a, title = {" + b"\\textbf{" * 50_000 + b"}" * 50_000 + b"}}", ""),
        ("names.bib", b"@article{a,title={T}" + b"".join(b",x%d={}\n" % n for n in range(30_000))
         + b"}", ""),
        ("titles.json", b'[{"type":"book","title":"T","abstract":"' + b"<title>" * 400_000
         + b'"}]', ""),
        ("list.json", b'{"message":{"items":[' + b'{"type":"book","title":""},' * 50_000,
         "end too early"),
        ("deep.xml", b"<xml><records><record><ref-type/>" + b"<style>" * 900_000,
         "nested more than"),
        ("bomb.xml", b'<!DOCTYPE collection [<!ENTITY a "b">]><collection><document><id>&a;</id>'
         b"</document></collection>", "declares entities"),
        ("deep.json", b'{"documents":[{"infons":{},"passages":[' + b"[" * 900_000,
         "nested too deep"),
        ("open.enw", b"%0 Journal Article\n%T T\n%X " + b"a b c\n" * 3_000_000, "more than"),
    ],
    ids=lambda value: value if isinstance(value, str) and "." in value else "",
)  # fmt: skip
def test_hostile_libraries_are_refused_or_read_soon(
    tmp_path: Path, name: str, content: bytes, what: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    told = refuse(path)
    assert what in told["what"] if what else told["read"], told
