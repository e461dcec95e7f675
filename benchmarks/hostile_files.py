"""Hostile files, made here: bombs, loops, lies and lines without end, each with what must come of it.

    name -> folder -> path that is given to `medchat kb add`

`REFUSED` says that nothing of it may come in; `READ` that its sound part comes in and what was left
out is told. Sizes are what a file claims or unpacks to; on the disk most are small or sparse.
"""

# ruff: noqa: E501 - the table at the end has a line for each file
import gzip
import io
import os
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

MIB = 1024 * 1024
GIB = 1024 * MIB

Outcome = Literal["refused", "read"]
REFUSED: Outcome = "refused"
READ: Outcome = "read"


@dataclass(frozen=True, slots=True)
class Hostile:
    """One hostile file: how it is made in a folder, what must come of it, whether it is large."""

    name: str
    make: Callable[[Path], Path]
    outcome: Outcome
    large: bool = False


def _file(name: str, content: bytes | Callable[[], bytes]) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        path = folder / name
        path.write_bytes(content() if callable(content) else content)
        return path

    return make


def sparse(path: Path, start: bytes, size: int) -> Path:
    """Write a file that ends with a hole: bytes of zero that take no room on the disk."""
    with path.open("wb") as stream:
        stream.write(start)
        stream.truncate(size)
    return path


def _sparse(name: str, start: bytes, size: int) -> Callable[[Path], Path]:
    return lambda folder: sparse(folder / name, start, size)


def _repeated(
    name: str, start: bytes, part: bytes, size: int, end: bytes = b""
) -> Callable[[Path], Path]:
    """Make a file of `size` bytes in which one part comes again and again."""

    def make(folder: Path) -> Path:
        path = folder / name
        block = part * max(1, MIB // len(part))
        with path.open("wb") as stream:
            stream.write(start)
            for _ in range(max(1, size // len(block))):
                stream.write(block)
            stream.write(end)
        return path

    return make


# Word documents

_W = b'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_OPEN = b"<w:document " + _W + b"><w:body>"
_CLOSE = b"</w:body></w:document>"
_LONG = b"<w:p><w:r><w:t>text</w:t></w:r></w:p>"
_ENTITIES = b'<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
_TYPES = (
    b'<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/'
    b'content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-'
    b'package.relationships+xml"/><Default Extension="png" ContentType="image/png"/>'
    b'<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-'
    b'officedocument.wordprocessingml.document.main+xml"/><Override PartName="/word/styles.xml" '
    b'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/>'
    b"</Types>"
)
_RELATIONS = (
    b'<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
    b'relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/'
    b'officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/>'
    b"</Relationships>"
)


def _docx(body: bytes, **more: bytes) -> bytes:
    """Return a Word package with this main part, and further parts (`__` in a name is `/`)."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", _TYPES)
        package.writestr("_rels/.rels", _RELATIONS)
        package.writestr("word/document.xml", body)
        for name, content in more.items():
            package.writestr(name.replace("__", "/"), content)
    return out.getvalue()


_SOUND = _OPEN + b"<w:p><w:r><w:t>Gout is treated with colchicine.</w:t></w:r></w:p>" + _CLOSE


def _picture_bomb() -> bytes:
    out = io.BytesIO(_docx(_SOUND))
    with (
        zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as package,
        package.open("word/media/a.png", "w", force_zip64=True) as part,
    ):
        for _ in range(1024):
            part.write(bytes(MIB))
    return out.getvalue()


def _many_parts() -> bytes:
    return _docx(_SOUND, **{f"word__media__{n}.png": b"x" for n in range(20_000)})


def _climbing() -> bytes:
    """Return a package whose parts are named as files above and beside it."""
    names = ("../../../../tmp/medchat-hostile", "/tmp/medchat-hostile", "..\\..\\medchat-hostile")
    out = io.BytesIO(_docx(_SOUND))
    with zipfile.ZipFile(out, "a") as package:
        for name in names:
            package.writestr(name, b"<x/>")
    return out.getvalue()


def _lying_sizes() -> bytes:
    body = _OPEN + _LONG * 200_000 + _CLOSE
    return _docx(body).replace(len(body).to_bytes(4, "little"), (1000).to_bytes(4, "little"))


def _overlapping() -> bytes:
    """Return a package in which 2,000 entries of the directory point at one packed part."""
    packed = zlib.compress(bytes(64 * MIB), 9)[2:-4]
    name = b"word/document.xml"
    crc = zlib.crc32(bytes(64 * MIB))
    sizes = struct.pack("<LLL", crc, len(packed), 64 * MIB)
    local = b"PK\x03\x04" + struct.pack("<5H", 20, 0, 8, 0, 33) + sizes
    body = local + struct.pack("<2H", len(name), 0) + name + packed
    entries = b""
    for number in range(2000):
        own = name if not number else b"word/%d.xml" % number
        entries += b"PK\x01\x02" + struct.pack("<6H", 20, 20, 0, 8, 0, 33) + sizes
        entries += struct.pack("<5H2L", len(own), 0, 0, 0, 0, 0, 0) + own
    end = struct.pack("<4H2LH", 0, 0, 2000, 2000, len(entries), len(body), 0)
    return body + entries + b"PK\x05\x06" + end


# XML

_SET = b"<PubmedArticleSet>"
_ARTICLE = (
    b"<PubmedArticle><MedlineCitation><PMID>1</PMID><Article><ArticleTitle>A title</ArticleTitle>"
    b"<Abstract><AbstractText>%s</AbstractText></Abstract></Article></MedlineCitation>"
    b"</PubmedArticle>"
)


def _declared(declarations: str, said: str) -> bytes:
    return (
        (f"<?xml version='1.0'?><!DOCTYPE PubmedArticleSet [{declarations}]>\n").encode()
        + _SET
        + _ARTICLE % said.encode()
        + b"</PubmedArticleSet>"
    )


def _laughs() -> bytes:
    names = "abcdefghij"
    pairs = zip(names, names[1:], strict=False)
    levels = "".join(f'<!ENTITY {name} "{10 * f"&{before};"}">' for before, name in pairs)
    return _declared(f'<!ENTITY a "ha">{levels}', "&j;")


def _quadratic() -> bytes:
    return _declared(f'<!ENTITY a "{"x" * 100_000}">', "&a;" * 100_000)


def _gzip_bomb(layers: int) -> bytes:
    bomb = gzip.compress(_SET) + gzip.compress(b"<PubmedArticle/>" * 65_536) * 4000
    for _ in range(layers - 1):
        bomb = gzip.compress(bomb)
    return bomb


# PDF


def _pdf(objects: list[bytes], trailer: bytes = b"") -> bytes:
    """Return a PDF of these objects; the first is the catalogue."""
    out = b"%PDF-1.5\n"
    places = []
    for number, value in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, value)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer<</Size %d/Root 1 0 R%s>>" % (len(objects) + 1, trailer)
    return out + b"\nstartxref\n%d\n%%%%EOF" % start


def _packed(content: bytes, about: bytes = b"", times: int = 1) -> bytes:
    for _ in range(times):
        content = zlib.compress(content, 9)
    filters = b"/FlateDecode" * times
    head = b"<</Length %d/Filter[%s]%s>>" % (len(content), filters, about)
    return head + b"stream\n" + content + b"\nendstream"


_CATALOGUE = b"<</Type/Catalog/Pages 2 0 R>>"
_FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>"


def _one_page(content: bytes, resources: bytes = b"", *more: bytes) -> bytes:
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F1 5"
    page += b" 0 R>>%s>>>>" % resources
    return _pdf([_CATALOGUE, b"<</Type/Pages/Count 1/Kids[3 0 R]>>", page, content, _FONT, *more])


def _object_stream() -> bytes:
    """Return a PDF whose object stream unpacks to a gibibyte of objects."""
    pages = b"<</Type/Pages/Count 1/Kids[9 0 R]>>"
    unpacked = b"9 0 " + b" " * (256 * MIB)
    bomb = _packed(unpacked, b"/Type/ObjStm/N 1000000/First 8")
    rows = b"".join(
        struct.pack(">BLB", *row)
        for row in ((0, 0, 0), (1, 9, 0), (1, 60, 0), (1, 120, 0), *((2, 3, n) for n in range(6)))
    )
    start = b"%PDF-1.5\n1 0 obj\n" + _CATALOGUE + b"\nendobj\n2 0 obj\n" + pages + b"\nendobj\n"
    start += b"3 0 obj\n" + bomb + b"\nendobj\n"
    index = _packed(rows, b"/Type/XRef/W[1 4 1]/Size 10/Root 1 0 R")
    return start + b"10 0 obj\n" + index + b"\nendobj\nstartxref\n%d\n%%%%EOF" % len(start)


def _page_loop() -> bytes:
    return _pdf([_CATALOGUE, b"<</Type/Pages/Count 9/Kids[2 0 R 2 0 R 3 0 R]>>",
                 b"<</Type/Pages/Count 9/Kids[2 0 R 3 0 R]>>"])  # fmt: skip


def _huge_picture() -> bytes:
    picture = _packed(
        bytes(256 * MIB),
        b"/Type/XObject/Subtype/Image/Width 100000/Height 100000/BitsPerComponent 8/ColorSpace"
        b"/DeviceRGB",
    )
    drawn = _packed(b"q 600 0 0 700 0 0 cm /I Do Q BT /F1 11 Tf 72 720 Td (Gout) Tj ET")
    return _one_page(drawn, b"/XObject<</I 6 0 R>>", picture)


def _form_loop() -> bytes:
    """Return a PDF whose form draws itself, eight times each time."""
    form = _packed(b"/F Do " * 8, b"/Type/XObject/Subtype/Form/Resources<</XObject<</F 6 0 R>>>>")
    return _one_page(_packed(b"/F Do"), b"/XObject<</F 6 0 R>>", form)


def _index_loop() -> bytes:
    made = _pdf([_CATALOGUE, b"<</Type/Pages/Count 0/Kids[]>>"])
    start = made.rindex(b"xref\n0")
    return made.replace(b"/Root", b"/Prev %d/Root" % start)


def _million_pages() -> bytes:
    kids = b"3 0 R " * 1_000_000
    tree = b"<</Type/Pages/Count 1000000/Kids[%s]>>" % kids
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R>>"
    return _pdf([_CATALOGUE, tree, page, _packed(b"BT ET")])


# Text

_HIDDEN = "\u200b\u200c\u2060\ufeff"


def _links(folder: Path) -> Path:
    """Make a folder of links: round in circles, to a device, to nothing, to the folder itself."""
    inside = folder / "links"
    inside.mkdir()
    (inside / "a.md").symlink_to("b.md")
    (inside / "b.md").symlink_to("a.md")
    (inside / "zero.md").symlink_to("/dev/zero")
    (inside / "nothing.md").symlink_to("/no/such/file")
    (inside / "self").symlink_to(inside)
    os.mkfifo(inside / "pipe.md")
    return inside


def _pipe(folder: Path) -> Path:
    os.mkfifo(folder / "pipe.md")
    return folder / "pipe.md"


def _circle(folder: Path) -> Path:
    (folder / "circle.md").symlink_to("circle.md")
    return folder / "circle.md"


def _to_device(folder: Path) -> Path:
    (folder / "zero.csv").symlink_to("/dev/zero")
    return folder / "zero.csv"


def _deep_folders(folder: Path) -> Path:
    top = folder / "deep"
    top.mkdir()
    place = os.open(top, os.O_RDONLY)
    for _ in range(1500):  # deeper than a path may be long, so that each is made from the last
        os.mkdir("dddd", dir_fd=place)
        inner = os.open("dddd", os.O_RDONLY, dir_fd=place)
        os.close(place)
        place = inner
    os.close(place)
    return top


def _mapped(folder: Path) -> Path:
    """Make a table of triples with a mapping beside it that multiplies itself."""
    path = folder / "graph.csv"
    path.write_text("drug,what,disease\naspirin,treats,pain\n", encoding="utf-8")
    levels = "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 9))
    bomb = f"a0: &a0 [x, x]\n{levels}columns: *a8\n"
    (folder / "graph.mapping.yaml").write_text(bomb, encoding="utf-8")
    return path


def _yaml_bomb() -> bytes:
    levels = "".join(f"- &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 9))
    return f"format: medchat-records\ntitle: T\nrecords:\n- &a0 [x]\n{levels}".encode()


_RECORDS = b"format: medchat-records\ntitle: T\nlicence: CC0-1.0\nrecords:\n"
_OBO = b"format-version: 1.2\n\n[Term]\nid: DOID:1\nname: gout\n"
_FULL = b"word " * 20_000
"""More than what is looked at to tell a format, so that what follows comes as a surprise."""

_CSV = b"disease,Symptom,Medications\n"


def _long_record() -> bytes:
    start = '{"name": "痛风", "cure_way": [], "acompany": [], "get_way": "x", "symptom": ['
    return start.encode() + b'"ab",' * 3_000_000 + b'"c"]}'


def _worded() -> bytes:
    columns = b"name,alias,part,age,infection,department,checklist,symptom\n"
    return columns + "痛风,,,,,内科,,".encode() + b"ab " * 320_000 + b"\n"


def _raised_numbers() -> bytes:
    """Return a package whose numbers are digits to Unicode and none to `int`."""
    kind = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles"
    relation = b'<Relationship Id="r1" Type="' + kind + b'" Target="styles.xml"/>'
    start = b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    body = b'<w:p><w:pPr><w:pStyle w:val="H"/></w:pPr><w:r><w:rPr><w:sz w:val="\xc2\xb2"/></w:rPr>'
    body += b"<w:t>Gout</w:t></w:r></w:p><w:p><w:r><w:t>It hurts.</w:t></w:r></w:p>"
    style = (
        b'<w:style w:type="paragraph" w:styleId="H"><w:name w:val="heading \xc2\xb2"/></w:style>'
    )
    return _docx(
        _OPEN + body + _CLOSE,
        **{
            "word___rels__document.xml.rels": start + relation + b"</Relationships>",
            "word__styles.xml": b"<w:styles " + _W + b">" + style + b"</w:styles>",
        },
    )


_JATS = (
    b"<article><front><article-meta><title-group><article-title>Gout</article-title></title-group>"
    b"<pub-date><year>100000000000000000000</year></pub-date><pub-date><year>\xc2\xb2</year>"
    b"</pub-date></article-meta></front><body><p>Gout hurts.</p></body></article>"
)

FILES: tuple[Hostile, ...] = (
    Hostile("Word: XML that unpacks to 200 MiB", _file("a.docx", lambda: _docx(_OPEN + _LONG * 5_400_000 + _CLOSE)), REFUSED),
    Hostile("Word: a picture that unpacks to 1 GiB", _file("a.docx", _picture_bomb), REFUSED),
    Hostile("Word: 20,000 parts", _file("a.docx", _many_parts), REFUSED),
    Hostile("Word: 2,000 parts that share 64 MiB", _file("a.docx", _overlapping), REFUSED),
    Hostile("Word: sizes that lie", _file("a.docx", _lying_sizes), REFUSED),
    Hostile("Word: entities that multiply", _file("a.docx", lambda: _docx(_ENTITIES + _OPEN + b"&b;" + _CLOSE)), REFUSED),
    Hostile("Word: tables nested 100,000 deep", _file("a.docx", lambda: _docx(_OPEN + b"<w:tbl><w:tr><w:tc>" * 100_000)), REFUSED),
    Hostile("Word: parts named as files above it", _file("a.docx", _climbing), READ),
    Hostile("Word: cut in half", _file("a.docx", lambda: _docx(_SOUND)[:700]), REFUSED),
    Hostile("XML: a billion laughs", _file("a.xml", _laughs), REFUSED),
    Hostile("XML: one long entity 100,000 times", _file("a.xml", _quadratic), REFUSED),
    Hostile("XML: an entity that is a file", _file("a.xml", _declared('<!ENTITY a SYSTEM "file:///etc/passwd">', "&a;")), REFUSED),
    Hostile("XML: parameter entities from the net", _file("a.xml", _declared('<!ENTITY % a SYSTEM "http://127.0.0.1:9/a.dtd"> %a;', "x")), REFUSED),
    Hostile("XML: 1,000,000 elements deep", _file("a.xml", _SET + b"<PubmedArticle>" + b"<b>" * 1_000_000), REFUSED),
    Hostile("XML: 1,000,000 attributes", _file("a.xml", lambda: _SET + b"<PubmedArticle " + b" ".join(b'a%d=""' % n for n in range(1_000_000)) + b"/></PubmedArticleSet>"), REFUSED),
    Hostile("XML: an article of 200 MiB", _repeated("a.xml", _SET + b"<PubmedArticle><MedlineCitation><PMID>", b"1", 200 * MIB), REFUSED),
    Hostile("XML: 2 GiB of zeros after its start", _sparse("a.xml", _SET + b"<PubmedArticle>", 2 * GIB), REFUSED, large=True),
    Hostile("gzip: 4 GB of XML in 25 MB", _file("a.xml.gz", lambda: _gzip_bomb(1)), REFUSED),
    Hostile("gzip: the same packed three times", _file("a.xml.gz", lambda: _gzip_bomb(3)), REFUSED),
    Hostile("gzip: cut in half", _file("a.xml.gz", lambda: gzip.compress(_SET + b"".join(_ARTICLE % os.urandom(900).hex().encode() for _ in range(900)))[:100_000]), REFUSED),
    Hostile("PDF: an object stream of 256 MiB", _file("a.pdf", _object_stream), REFUSED),
    Hostile("PDF: pages that hold themselves", _file("a.pdf", _page_loop), REFUSED),
    Hostile("PDF: an index that goes on with itself", _file("a.pdf", _index_loop), REFUSED),
    Hostile("PDF: a drawing that draws itself", _file("a.pdf", _form_loop), REFUSED),
    Hostile("PDF: a picture of 100,000 × 100,000", _file("a.pdf", _huge_picture), READ),
    Hostile("PDF: packed four times over", _file("a.pdf", lambda: _one_page(_packed(b"q Q " * (64 * MIB), times=4))), REFUSED),
    Hostile("PDF: a million pages", _file("a.pdf", _million_pages), REFUSED),
    Hostile("PDF: 2,000,000 brackets", _file("a.pdf", b"%PDF-1.5\n" + b"[" * 2_000_000), REFUSED),
    Hostile("text: one line of 2 GiB", _sparse("a.txt", b"Title\n\n" + _FULL, 2 * GIB), REFUSED, large=True),
    Hostile("text: zeros only, 2 GiB", _sparse("a.md", b"", 2 * GIB), REFUSED, large=True),
    Hostile("text: 20 MB of characters that nobody sees", _file("a.txt", lambda: ("Gout hurts.\n\n" + _HIDDEN * 1_700_000).encode()), READ),
    Hostile("text: a letter with 1,000,000 accents", _file("a.txt", lambda: ("Title\n\nGout" + "\u0301" * 1_000_000 + " hurts.").encode()), READ),
    Hostile("text: GB18030 that breaks", _file("a.txt", lambda: "痛风患者应多饮水。".encode("gb18030") * 9000 + b"\xff\xfe\x80" * 9), REFUSED),
    Hostile("text: UTF-16 of half characters", _file("a.txt", b"\xff\xfe" + b"\x00\xd8" * 500_000), REFUSED),
    Hostile("HTML: 1,000,000 elements deep, hidden", _file("a.html", b"<html><body>" + b"<div style='display:none'>" * 200_000 + b"<b>" * 800_000 + b"x"), REFUSED),
    Hostile("HTML: 300 MiB", _sparse("a.html", b"<html><body><p>" + _FULL, 300 * MIB), REFUSED),
    Hostile("RIS: a reference without end, 500 MB", _repeated("a.ris", b"TY  - JOUR\nTI  - A title\n", b"AU  - Somebody, A.\n", 500 * MIB), REFUSED, large=True),
    Hostile("RIS: a line of 2 GiB", _sparse("a.ris", b"TY  - JOUR\nTI  - A title\nAB  - " + _FULL, 2 * GIB), REFUSED, large=True),
    Hostile("MEDLINE: a line of 2 GiB", _sparse("a.nbib", b"PMID- 1\nTI  - A title\nAB  - " + _FULL, 2 * GIB), REFUSED, large=True),
    Hostile("JSON Lines: one line of 500 MB", _repeated("a.jsonl", b'{"id": "1", "content": "', b"word ", 500 * MIB, b'"}\n'), REFUSED, large=True),
    Hostile("JSON: 5,000,000 brackets deep", _file("a.jsonl", b'{"id": "1", "content": ' + b"[" * 5_000_000), REFUSED),
    Hostile("JSON: a number of 1,000,000 digits", _file("a.jsonl", b'{"id": "1", "content": "x", "n": ' + b"7" * 1_000_000 + b"}\n"), REFUSED),
    Hostile("JSON: a list of 500 MB before the first object", _repeated("a.json", b'{"metanode_kinds": [], "nodes": [], "identifier": [', b"[1,2],", 500 * MIB, b'0], "edges": []}'), REFUSED, large=True),
    Hostile("CSV: 1,000,000 columns", _file("a.csv", lambda: _CSV[:-1] + b"," + b",".join(b"c%d" % n for n in range(1_000_000)) + b"\n" + b"x," * 1_000_001 + b"x\n"), REFUSED),
    Hostile("CSV: a quote that is never closed, 300 MiB", _repeated("a.csv", _CSV + b'"', b"a word, and a line\n", 300 * MIB), REFUSED),
    Hostile("CSV: a line of 2 GiB", _sparse("a.csv", _CSV + _FULL, 2 * GIB), REFUSED, large=True),
    Hostile("YAML: aliases that multiply", _file("a.yaml", _yaml_bomb), REFUSED),
    Hostile("YAML: 1,000,000 lists deep", _file("a.yaml", _RECORDS + b"- " * 1_000_000 + b"x\n"), REFUSED),
    Hostile("YAML: a tag that names a program", _file("a.yaml", _RECORDS + b"- kind: !!python/object/apply:os.system [id]\n"), REFUSED),
    Hostile("YAML: a mapping beside a table that multiplies itself", _mapped, REFUSED),
    Hostile("OBO: a term with 3,000,000 synonyms", _file("a.obo", lambda: _OBO + b"".join(b'synonym: "s%d" EXACT []\n' % n for n in range(3_000_000))), REFUSED),
    Hostile("JSON: a record with 3,000,000 symptoms", _file("a.json", _long_record), REFUSED),
    Hostile("JSON: an id of 1 MB", _file("a.jsonl", b'{"content": "x", "id": "' + b"i" * 1_000_000 + b'"}'), REFUSED),
    Hostile("CSV: a cell of 320,000 words", _file("a.csv", _worded), READ),
    Hostile("CSV: a row of 600 quoted cells of 1 MB", _file("a.csv", lambda: _CSV + b"x," + (b'"' + b"word\n" * 200_000 + b'",') * 600 + b"x\n"), REFUSED),
    Hostile("CSV: a printed list of 250,000 items", _file("a.csv", lambda: _CSV + b'gout,"[' + b"'a'," * 250_000 + b"]\",['aspirin']\n"), READ),
    Hostile("YAML: a record with 2,000,000 symptoms", _file("a.yaml", lambda: _RECORDS + b"- kind: condition\n  en: [gout]\n  symptom: [" + b"pain, " * 2_000_000 + b"x]\n"), REFUSED),
    Hostile("Word: a heading of level ², a size of ²", _file("a.docx", _raised_numbers), READ),
    Hostile("JATS: the years 10²⁰ and ²", _file("a.xml", _JATS), READ),
    Hostile("HTML: colours with too many digits", _file("a.html", b"<html><body><p>Gout hurts.</p><p style='color:rgba(1,2,3,4.5.6)'>a</p><p style='color:rgb(" + b"9" * 9000 + b"%,1%,1%)'>b</p>"), READ),
    Hostile("a PDF called .csv", _file("a.csv", _page_loop), REFUSED),
    Hostile("a program called .xml", _file("a.xml", b"\x7fELF\x02\x01\x01" + os.urandom(200_000)), REFUSED),
    Hostile("a Word package called .pdf, of which only the directory is left", _file("a.pdf", lambda: _docx(_SOUND)[-300:]), REFUSED),
    Hostile("a name with lines and colours in it", _file("a\nb\x1b[31m\u202e.bin", os.urandom(2000)), REFUSED),
    Hostile("a pipe into which nobody writes", _pipe, REFUSED),
    Hostile("a link to itself", _circle, REFUSED),
    Hostile("a link to a device without end", _to_device, REFUSED),
    Hostile("a folder of such links and a pipe", _links, REFUSED),
    Hostile("folders nested 1,500 deep", _deep_folders, REFUSED),
)  # fmt: skip
