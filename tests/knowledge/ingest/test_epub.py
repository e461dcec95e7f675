"""Books in EPUB: chapters in order, notes within them, no furniture, and no broken locks."""

import zipfile
from pathlib import Path

import pytest

from knowledge.errors import KnowledgeError
from knowledge.ingest.sources import detect, reading
from knowledge.ingest.sources.literature.pages import epub
from knowledge.records import DocumentRecord, ReadReport

CONTAINER = """<?xml version="1.0"?>
<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles><rootfile full-path="OEBPS/book.opf"/></rootfiles></container>"""
HEAD = '<?xml version="1.0" encoding="utf-8"?><html xmlns="http://www.w3.org/1999/xhtml" '
HEAD += 'xmlns:epub="http://www.idpf.org/2007/ops"><head><title>x</title></head><body>'
END = "</body></html>"
CHAPTERS = {
    "cover.xhtml": '<section epub:type="cover"><img src="cover.png" alt="Cover"/></section>',
    "nav.xhtml": '<nav epub:type="toc"><ol><li><a href="b.xhtml">Dosing</a></li>'
    '<li><a href="a.xhtml">What it is</a></li></ol></nav>',
    "b.xhtml": "<p>Give 5<sup>2</sup> µg per kg when eGFR is &lt;30 mL/min.</p>"
    '<p>Never more than 40 mg<a epub:type="noteref" href="notes.xhtml#n1">1</a> daily. '
    '<span epub:type="pagebreak" title="17">17</span>Take it at dusk.</p>',
    "a.xhtml": "<h1>What it is</h1><p>Vesper fever is a fever of the evening.</p>"
    "<h2>Causes</h2><p>Marsh air<sup><a href='notes.xhtml#n2'>2</a></sup> is one.</p>"
    "<p>Clearance is <math xmlns='http://www.w3.org/1998/Math/MathML'><mi>CL</mi><mo>=</mo>"
    "<mfrac><mn>140</mn><mi>x</mi></mfrac></math> litres.</p>"
    '<aside epub:type="footnote"><p>A note beside the text.</p></aside>'
    "<table><tr><th>eGFR</th><th>Dose</th></tr><tr><td>below 30</td><td>do not use</td>"
    "</tr></table>",
    "notes.xhtml": "<h1>Notes</h1><p>1. Half of it in children.</p>",
}
NOTES = {"notes": "no"}
ORDER = ("cover", "nav", "a", "b", "notes")


def book(
    folder: Path,
    *,
    language: str = "en",
    version: int = 3,
    more: dict[str, str] | None = None,
    chapters: dict[str, str] | None = None,
) -> Path:
    held = CHAPTERS if chapters is None else chapters
    items = "".join(
        f'<item id="{name.split(".")[0]}" href="text%20files/{name}" '
        f'media-type="application/xhtml+xml" properties="{name.split(".")[0]}"/>'
        for name in held
    )
    order = [name.split(".")[0] for name in held] if chapters else ORDER
    spine = "".join(f'<itemref idref="{id}" linear="{NOTES.get(id, "yes")}"/>' for id in order)
    opf = f"""<?xml version="1.0"?>
<package xmlns="http://www.idpf.org/2007/opf" version="{version}.0">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>The Vesper Book</dc:title>
<dc:language>{language}</dc:language><dc:identifier>urn:isbn:978-0-306-40615-7</dc:identifier>
<dc:date>2021-04-02T00:00:00Z</dc:date></metadata>
<manifest>{items}<item id="png" href="cover.png" media-type="image/png"/></manifest>
<spine>{spine}</spine></package>"""
    path = folder / "vesper.epub"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("mimetype", "application/epub+zip", zipfile.ZIP_STORED)
        package.writestr("META-INF/container.xml", CONTAINER)
        package.writestr("OEBPS/book.opf", opf)
        for name, body in held.items():
            package.writestr(f"OEBPS/text files/{name}", HEAD + body + END)
        for name, text in (more or {}).items():
            package.writestr(name, text)
    return path


def read(path: Path) -> tuple[DocumentRecord, ReadReport]:
    report = ReadReport()
    assert detect.detect_format(path) == "epub"
    (record,) = reading.read(path, "epub", report)
    assert isinstance(record, DocumentRecord)
    return record, report


def test_a_book_is_read_whole_in_the_order_of_its_spine(tmp_path: Path) -> None:
    record, report = read(book(tmp_path))
    assert (record.title, record.year, record.type) == ("The Vesper Book", 2021, "book")
    assert record.identifiers == ("isbn:9780306406157",) and record.language == "en"
    assert [section.title for section in record.sections] == [
        "What it is",
        "What it is: Causes",
        "Dosing",
        "Notes",
    ]
    causes, dosing, notes = (section.text for section in record.sections[1:])
    assert "Marsh air[2] is one." in causes and "Clearance is CL = 140/x litres." in causes
    assert "A note beside the text." in causes
    assert "eGFR below 30: Dose: do not use." in causes
    assert "Give 5² µg per kg when eGFR is <30 mL/min." in dosing
    assert "Never more than 40 mg[1] daily. Take it at dusk." in dosing and "17" not in dosing
    assert notes == "1. Half of it in children."
    assert report.left_out == {"picture or recording (not read)": 1}


NCX = """<?xml version="1.0"?><!DOCTYPE ncx PUBLIC "-//NISO//DTD ncx 2005-1//EN"
"http://www.daisy.org/z3986/2005/ncx-2005-1.dtd"><ncx xmlns="http://www.daisy.org/z3986/2005/ncx/">
<navMap><navPoint><navLabel><text>Dosing</text></navLabel><content src="b.xhtml"/></navPoint>
</navMap></ncx>"""


def test_an_older_book_in_chinese_is_read_with_its_entities(tmp_path: Path) -> None:
    doctype = '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.1//EN" "http://www.w3.org/TR/x.dtd">'
    path = book(tmp_path, version=2, language="zh-CN", chapters={"b.xhtml": "<p>x</p>"})
    with zipfile.ZipFile(path) as old:
        held = {name: old.read(name) for name in old.namelist()}
    held["OEBPS/text files/b.xhtml"] = (
        '<?xml version="1.0" encoding="gb2312"?>' + doctype + "<html><body>"
        "<h1>用法</h1><p>每日五十毫克&nbsp;&mdash;&nbsp;分两次。</p></body></html>"
    ).encode("gb2312")
    held["OEBPS/text files/toc.ncx"] = NCX.encode()
    held["OEBPS/art.svg"] = b'<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY n "x">]><svg/>'
    with zipfile.ZipFile(path, "w") as new:
        for name, content in held.items():
            new.writestr(name, content)
    record, report = read(path)
    assert record.language == "zh" and record.sections[0].title == "用法"
    assert record.sections[0].text == "每日五十毫克 — 分两次。" and report.left_out == {}


LOCK = """<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container"
 xmlns:enc="http://www.w3.org/2001/04/xmlenc#"><enc:EncryptedData>
<enc:EncryptionMethod Algorithm="{0}"/><enc:CipherData>
<enc:CipherReference URI="OEBPS/text%20files/a.xhtml"/></enc:CipherData>
</enc:EncryptedData></encryption>"""


def test_a_book_with_a_lock_is_refused_and_one_with_hidden_fonts_is_read(tmp_path: Path) -> None:
    locked = LOCK.format("http://www.w3.org/2001/04/xmlenc#aes128-cbc")
    path = book(tmp_path, more={"META-INF/encryption.xml": locked})
    with pytest.raises(KnowledgeError, match=r"vesper\.epub is encrypted \(DRM\)") as caught:
        list(reading.read(path, "epub", ReadReport()))
    assert "without protection" in caught.value.remedy
    fonts = LOCK.format("http://www.idpf.org/2008/embedding")
    record, _ = read(book(tmp_path, more={"META-INF/encryption.xml": fonts}))
    assert len(record.sections) == 4


def test_a_damaged_or_hostile_book_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(path: Path) -> str:
        with pytest.raises(KnowledgeError) as caught:
            list(reading.read(path, "epub", ReadReport()))
        assert caught.value.remedy
        return caught.value.what

    path = book(tmp_path)
    path.write_bytes(path.read_bytes()[:-200])
    assert "damaged" in refused(path)
    bomb = '<!DOCTYPE p [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><p>&b;</p>'
    assert "declares entities" in refused(book(tmp_path, more={"OEBPS/x.xml": bomb}))
    monkeypatch.setattr(epub, "UNPACKED_XML", 1000)
    assert "unpacks to more than" in refused(book(tmp_path))


def test_a_chapter_that_is_missing_makes_the_book_damaged(tmp_path: Path) -> None:
    path = book(tmp_path)
    with zipfile.ZipFile(path) as old:
        held = {name: old.read(name) for name in old.namelist() if not name.endswith("b.xhtml")}
    with zipfile.ZipFile(path, "w") as new:
        for name, content in held.items():
            new.writestr(name, content)
    with pytest.raises(KnowledgeError, match="damaged"):
        list(reading.read(path, "epub", ReadReport()))


def test_a_book_in_another_language_is_counted(tmp_path: Path) -> None:
    report = ReadReport()
    assert list(reading.read(book(tmp_path, language="fr"), "epub", report)) == []
    assert report.left_out["book in language fr"] == 1


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("<p>CL is <math><mfrac><mn>1</mn><mi>x</mi></mfrac></math> L.</p>", "CL is 1/x L."),
        ("<p>Give 5<sup><a href='#r2'>2</a></sup> mg.</p>", "Give 5[2] mg."),
        ("<p>Give 5<a href='#r2'><sup>2,3</sup></a> mg.</p>", "Give 5[2,3] mg."),
        ("<p>Give 5 mg.<sup><a href='#r2'>[2]</a></sup></p>", "Give 5 mg.[2]"),
        ("<p>Stop at 10<sup>9</sup>/L.</p>", "Stop at 10⁹/L."),
        ("<p>eGFR <img src='le.gif' alt='≤'> 30 mL</p>", "eGFR ≤ 30 mL"),
        ("<p>So <img alt='{\\displaystyle x^{2}}'> is.</p>", "So x² is."),
        ("<p>Fever <img src='a.png' alt='A chart'>rises.</p>", "Fever rises."),
    ],
)
def test_formulas_and_marks_of_notes_keep_figures_apart(
    tmp_path: Path, body: str, said: str
) -> None:
    path = tmp_path / "a.html"
    path.write_text(f"<!doctype html><html><body>{body}</body></html>", encoding="utf-8")
    (record,) = reading.read(path, "html", ReadReport())
    assert isinstance(record, DocumentRecord) and record.sections[0].text == said
