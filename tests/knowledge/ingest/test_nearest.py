"""A file of no known format is told what it looks like, and which three formats are nearest."""

import re
from pathlib import Path

import pytest

from knowledge.errors import KnowledgeError
from knowledge.ingest.sources import detect, nearest, reading
from knowledge.ingest.sources.formats import FORMATS
from knowledge.records import ReadReport


def refusal(folder: Path, name: str, content: str | bytes) -> str:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(KnowledgeError) as caught:
        detect.detect_format(path)
    assert "\n" not in caught.value.what
    return caught.value.what


def named(what: str) -> list[str]:
    return re.findall(r"(?:Nearest: |; )([a-z-]+) \(", what)


def test_every_format_has_its_marks() -> None:
    assert set(nearest.MARKS) == set(FORMATS)


@pytest.mark.parametrize(
    ("name", "content", "looks", "first", "why"),
    [
        ("a.csv", "subject,object,weight\na,b,3\n", "columns subject, object, weight", "triples",
         "has subject for head, object for tail"),
        ("a.csv", "drug_a;drug_b;level\na;b;c\n", "columns drug_a, drug_b, level", "ddi-csv",
         "has the similar drug_a, drug_b, level"),
        ("a.tsv", "id\tname\tkinds\n1\ta\tb\n", "columns id, name, kinds", "hetionet-nodes",
         "has id, name and has the similar kinds"),
        ("a.csv", "disease,Symptom,age\na,b,c\n", "columns disease, Symptom, age", "chatdoctor",
         "has disease, Symptom"),
        ("a.json", '[{"pmid": 3, "title": "x", "abstract": "y"}]', "keys pmid, title, abstract",
         "csl-json", "has title"),
        ("a.jsonl", '{"key": 1, "content": "y"}\n{"key": 2}\n', "keys key, content", "medrag",
         "has content"),
        ("a.json", '{"passages": [{"text": "x"}]}', "keys passages, text", "bioc-json",
         "has passages"),
        ("a.json", '{"title": "x",\n "content": "y"', "cut off or broken at line 2", "medrag",
         "has content"),
        ("a.xml", "<PubmedArticles><b/></PubmedArticles>", "root element PubmedArticles", "pubmed",
         "has the similar PubmedArticles"),
        ("a.xml", "<articl><b/></articl>", "root element articl", "jats", "similar articl"),
        ("a.log", "TI  - x\nAU  - y\nJF  - z\n", "looks like text", "ris", "has 3 lines"),
        ("a.dat", "%A x\n%J y\n", "looks like text", "endnote-tagged", "has 2 lines"),
        ("a.bib", "title = {x},\nyear = {2020},\n", "looks like text", "bibtex", ".bib fits"),
        ("a.yaml", "records:\n- kind: condition\n", "looks like text", "medchat-records",
         "needs the line `format: medchat-records`"),
        ("a.obo", "id: X:1\nname: gout\n", "looks like text", "obo", "needs stanzas `[Term]`"),
        ("notes.log", "Some words. And more.\n", "looks like text", "markdown", "needs the ext"),
    ],
)  # fmt: skip
def test_the_nearest_format_is_named_first_and_why(
    tmp_path: Path, name: str, content: str, looks: str, first: str, why: str
) -> None:
    what = refusal(tmp_path, name, content)
    assert looks in what
    formats = named(what)
    assert formats[0] == first and 1 < len(formats) <= nearest.SHOWN
    assert why in what.split("Nearest: ")[1].split("; " + formats[1])[0]


@pytest.mark.parametrize("content", [bytes(range(256)), "Δόση και οδηγός".encode("cp1253")])
def test_nothing_is_near_to_what_is_no_text(tmp_path: Path, content: bytes) -> None:
    what = refusal(tmp_path, "a.dat", content)
    assert what.endswith("It is no text in an encoding that is known.")


@pytest.mark.parametrize(
    ("name", "content", "format", "line"),
    [
        ("a.bib", "@article{a,\n title = {A},\n}\n@book{b,\n title = {B\n}\n", "BibTeX", "line 4"),
        ("a.json", '[{"type": "book", "title": "x"},\n{"type": "bo', "JSON", "line 2"),
        ("a.json", '[{"id": "1", "content": "x"},\n\n{"id": "2", ', "JSON", "line 3"),
        ("a.json", '[{"infons": {}, "passages": []},\n{"pass', "JSON", "line 2"),
        ("a.xml", "<xml><records>\n<record><ref-type/></record>\n<rec", "XML", "line 3"),
        ("a.xml", "<collection>\n<document><id>3</id>", "XML", "line 2"),
        ("a.csv", 'head,relation,tail\na,symptom,"b\n', "CSV", "line 2"),
    ],
)
def test_a_damaged_file_of_a_known_format_is_told_with_its_line(
    tmp_path: Path, name: str, content: str, format: str, line: str
) -> None:
    path = tmp_path / name
    path.write_text(content)
    with pytest.raises(KnowledgeError) as caught:
        list(reading.read(path, detect.detect_format(path), ReadReport()))
    assert format in caught.value.what and line in caught.value.what


@pytest.mark.parametrize(
    ("name", "content", "told", "remedy"),
    [
        ("g.xml", b"<collection></collection>", "bioc-xml (has the root element collection, and",
         "Make it one of these, or name"),
        ("a.docx", b"PK\x03\x04junk", "cut short", "Else name its format"),
    ],
)  # fmt: skip
def test_what_a_file_has_is_not_asked_of_it(
    tmp_path: Path, name: str, content: bytes, told: str, remedy: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(KnowledgeError) as caught:
        detect.detect_format(tmp_path / name)
    assert told in caught.value.what and caught.value.remedy.startswith(remedy)


def test_a_folder_without_a_known_file_lists_no_formats(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError) as caught:
        detect.find_files([tmp_path], ReadReport())
    assert caught.value.remedy.count(",") == 0
