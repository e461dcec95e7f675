"""A folder with whatever people have in it: what can be read is read, all else is named."""

import os
import socket
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from knowledge.errors import KnowledgeError
from knowledge.graph.catalog import CatalogBase, connect
from knowledge.ingest import updates
from knowledge.ingest.sources import detect, folders, reading
from knowledge.records import ReadReport


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "病房 notes (final)"
    path.mkdir()
    (path / "dose.md").write_text("# Dose\n\nTake 5 mg daily.\n")
    return path


@pytest.fixture
def no_root() -> Iterator[None]:
    """Run as a user for whom permissions hold."""
    if os.name == "nt":
        pytest.skip("Windows keeps no such permissions")
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    yield
    if root:
        os.seteuid(0)


def find(folder: Path) -> tuple[list[str], dict[str, int]]:
    report = ReadReport()
    return [path.name for path in detect.find_files([folder], report)], report.left_out


def test_names_of_all_kinds_are_read(folder: Path) -> None:
    names = [
        "- rf.md",
        "-x.md",
        "💊 dose.md",
        "剂量 表.md",
        "a\nb.md",
        "x" * 240 + ".md",
        "a'b\".md",
    ]
    for name in names:
        (folder / name).write_text("Take 5 mg daily.\n")
    raw = os.fsencode(folder) + b"/\xff\xfe.md"
    with open(raw, "w") as stream:
        stream.write("Take 6 mg daily.\n")
    found, left_out = find(folder)
    assert left_out == {} and len(found) == len(names) + 2
    titles = [
        record.title
        for path in detect.find_files([folder])
        for record in reading.read(path, "markdown", ReadReport())
    ]
    assert "a\\nb" in titles and "💊 dose" in titles and "\\udcff\\udcfe" in titles
    assert "x" * 240 in titles


def test_a_name_of_no_text_is_stored_and_shown(tmp_path: Path, folder: Path) -> None:
    with open(os.fsencode(folder) + b"/\xff\xfe.md", "w") as stream:
        stream.write("Take 6 mg daily.\n")
    engine = connect(f"sqlite:///{tmp_path / 'medchat.db'}")
    CatalogBase.metadata.create_all(engine)
    assert updates.add(engine, tmp_path, [folder]).documents == 2


@pytest.mark.timeout(20)
@pytest.mark.skipif(os.name == "nt", reason="Windows has neither pipes nor sockets in folders")
def test_what_is_no_file_is_named_and_never_opened(folder: Path) -> None:
    os.mkfifo(folder / "pipe.md")
    os.symlink("/dev/zero", folder / "zero.md")
    os.symlink(folder / "pipe.md", folder / "to-pipe.txt")
    with socket.socket(socket.AF_UNIX) as held:
        here = os.getcwd()
        os.chdir(folder)  # the path of a socket may not be long
        try:
            held.bind("s.md")
        finally:
            os.chdir(here)
        found, left_out = find(folder)
    assert found == ["dose.md"]
    (reason,) = left_out
    assert left_out[reason] == 4
    assert reason == "pipe, socket or device (pipe.md, s.md, to-pipe.txt and 1 more)"


def test_links_in_a_circle_are_named_and_links_to_files_are_followed(folder: Path) -> None:
    os.symlink(folder, folder / "again")
    os.symlink(folder / "one", folder / "two")
    os.symlink(folder / "two", folder / "one")
    os.symlink(folder / "gone.md", folder / "broken.md")
    outside = folder.parent / "outside.md"
    outside.write_text("Take 7 mg daily.\n")
    os.symlink(outside, folder / "link.md")
    found, left_out = find(folder)
    assert found == ["dose.md", "link.md"]
    assert left_out == {
        "link to a folder (not followed) (again)": 1,
        "link that leads nowhere (broken.md, one, two)": 3,
    }
    with pytest.raises(KnowledgeError, match="cannot be looked up"):
        detect.find_files([folder / "one"])


def test_what_may_not_be_opened_is_named_and_the_rest_is_read(folder: Path, no_root: None) -> None:
    if os.geteuid() == 65534:
        os.seteuid(0)
    (folder / "secret.md").write_text("Take 8 mg daily.\n")
    (folder / "locked").mkdir()
    (folder / "locked" / "inside.md").write_text("Take 9 mg daily.\n")
    shared = Path(tempfile.gettempdir())
    for each in (folder, *(above for above in folder.parents if shared in above.parents)):
        os.chmod(each, 0o755)
    os.chmod(folder / "secret.md", 0)
    os.chmod(folder / "locked", 0)
    if os.geteuid() == 0:
        os.seteuid(65534)
    found, left_out = find(folder)
    assert found == ["dose.md"]
    assert left_out == {
        "folder that cannot be opened (locked)": 1,
        "file that cannot be opened (secret.md)": 1,
    }


def test_empty_and_unknown_and_damaged_files_are_named(folder: Path) -> None:
    (folder / "empty.md").write_text(" \n")
    for number in range(5):
        (folder / f"scan {number}.png").write_bytes(b"\x89PNG\r\n\x1a\n\0\0")
    (folder / "cut.xml.gz").write_bytes(b"\x1f\x8b\x08\x00\x00\x00")
    found, left_out = find(folder)
    assert found == ["dose.md"]
    assert left_out == {
        "file that cannot be opened (cut.xml.gz)": 1,
        "empty file (empty.md)": 1,
        "file of no known format (scan 0.png, scan 1.png, scan 2.png and 2 more)": 5,
    }


def test_a_folder_of_unknown_files_says_what_it_holds(tmp_path: Path) -> None:
    (tmp_path / "scan.png").write_bytes(b"\x89PNG\r\n\x1a\n\0\0")
    with pytest.raises(KnowledgeError, match=r"known format: 1 × file of no .*scan\.png"):
        detect.find_files([tmp_path])


@pytest.mark.parametrize("name", ["x" * 5000, "a/" * 3000 + "b.md"])
def test_a_name_that_no_system_takes_is_one_sentence(tmp_path: Path, name: str) -> None:
    with pytest.raises(KnowledgeError, match="cannot be looked up") as caught:
        detect.find_files([tmp_path / name])
    assert len(caught.value.what) < 300


def office(*parts: str) -> dict[str, bytes]:
    return {"[Content_Types].xml": b"<Types/>", **dict.fromkeys(parts, b"<a/>")}


def old_office(stream: str) -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(900) + stream.encode("utf-16-le")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.zip", {"notes/a.md": b"Take 5 mg."}, "ZIP archive; unpack it first"),
        ("a.xlsx", office("xl/workbook.xml"), "Excel workbook; save each sheet as CSV"),
        ("a.pptx", office("ppt/presentation.xml"), "PowerPoint presentation; save it as PDF"),
        ("a.odt", {"mimetype": b"application/vnd.oasis.opendocument.text"}, "as .docx"),
        ("a.ods", {"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}, "as CSV"),
        ("a.doc", old_office("WordDocument"), "old Word document"),
        ("a.xls", old_office("Workbook"), "old Excel workbook"),
        ("a.ppt", old_office("PowerPoint Document"), "old presentation"),
        ("locked.docx", old_office("EncryptedPackage"), "with a password"),
        ("a.rtf", b"{\\rtf1\\ansi Take 5 mg.}", "RTF; save it as .docx"),
        ("a.7z", b"7z\xbc\xaf\x27\x1c\0\4", "7z archive; unpack it first"),
        ("a.rar", b"Rar!\x1a\x07\x01\0", "RAR archive; unpack it first"),
        ("a.tar", b"a.md" + bytes(253) + b"ustar\x0000" + bytes(512), "tar archive; unpack"),
        ("a.mobi", b"Book" + bytes(56) + b"BOOKMOBI", "Kindle book; convert it to EPUB"),
        ("a.eml", b"From: a@example.org\r\nMIME-Version: 1.0\r\n\r\nTake 5 mg.", "a mail"),
        ("a.jpg", b"\xff\xd8\xff\xe0\0\x10JFIF", "a picture"),
        ("a.sqlite", b"SQLite format 3\0" + bytes(80), "SQLite database"),
    ],
)
def test_a_foreign_file_is_named_with_what_to_do(
    tmp_path: Path, name: str, content: bytes | dict[str, bytes], said: str
) -> None:
    path = tmp_path / name
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        with zipfile.ZipFile(path, "w") as package:
            for part, data in content.items():
                package.writestr(part, data)
    with pytest.raises(KnowledgeError) as caught:
        detect.detect_format(path)
    assert said in caught.value.what and name in caught.value.what


def test_a_name_with_marks_of_direction_is_shown_plainly() -> None:
    assert folders.show("dose\u202egpj.md\x1b[31m") == "dose\\u202egpj.md\\x1b[31m"
