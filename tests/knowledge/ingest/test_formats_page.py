"""The pages on formats say what the code does: their table, examples, and the dataset folder."""

import gzip
import json
import re
from pathlib import Path

import pytest

from knowledge.datasets import export, row_formats
from knowledge.errors import KnowledgeError
from knowledge.ingest.sources import detect, reading
from knowledge.ingest.sources.formats import FORMATS, Format
from knowledge.records import (
    DocumentRecord,
    Lesson,
    LessonMessage,
    LessonSource,
    ReadReport,
    Record,
)

CHECKOUT = Path(__file__).resolve().parents[3]
PAGES = {
    page.name: page.read_text(encoding="utf-8")
    for page in sorted((CHECKOUT / "docs").glob("formats*.md"))
}
PAGE = PAGES["formats.md"]
SECTION = re.compile(r"^### (\S+)\n(.*?)(?=^##|\Z)", re.MULTILINE | re.DOTALL)
SECTIONS = {name: said for page in PAGES.values() for name, said in SECTION.findall(page)}
PAGE_OF = {name: file for file, page in PAGES.items() for name, _ in SECTION.findall(page)}
EXAMPLE = re.compile(r"^Example, `([^`]+)`:\n\n```\w+\n(.*?)^```", re.MULTILINE | re.DOTALL)
GIVES = re.compile(r"^Gives (.+)$", re.MULTILINE)
PARTS = ["Recognised by", "Read:", "Left out and counted:", "Refused:"]
PART = re.compile(r"^\*\*([^*]+)\*\* (\S.*)$", re.MULTILINE)
BINARY = {"docx", "epub", "pdf"}
UNPACKED_ONLY = {"markdown", "text", "qamedicalkg-dict"}
every_example = pytest.mark.parametrize("name", [name for name in FORMATS if name not in BINARY])


def table_row(format: Format) -> str:
    module = format.read.__module__.removeprefix("knowledge.ingest.sources.").replace(".", "/")
    cells = (
        f"[`{format.name}`]({PAGE_OF[format.name]}#{format.name})",
        format.title,
        format.yields,
        ", ".join(format.languages),
        " ".join(format.extensions),
        f"`{module}.py`",
    )
    return f"| {' | '.join(cells)} |"


def example_of(folder: Path, name: str) -> Path:
    """Write the example files of a format; the last one is of that format."""
    files = EXAMPLE.findall(SECTIONS[name])
    for file, content in files:
        (folder / file).write_text(content, encoding="utf-8")
    return folder / str(files[-1][0])


def words_of(record: Record) -> set[str]:
    """Return every name, text, title, key and identifier of a record."""
    if isinstance(record, DocumentRecord):
        titles = {section.title for section in record.sections}
        return {record.title, record.key, str(record.year), *record.identifiers, *titles}
    found = {*(name.text for name in record.names), *record.identifiers}
    for each in record.statements:
        found |= {name.text for name in (each.term.names if each.term else each.text)}
        found |= {each.note, *(each.term.identifiers if each.term else ())}
    return found


def test_the_table_is_that_of_the_code() -> None:
    rows = re.findall(r"^\| \[`.*$", PAGE, re.MULTILINE)
    assert rows == [table_row(format) for format in FORMATS.values()]


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_says_what_is_read_what_is_counted_and_what_is_refused(name: str) -> None:
    assert name in SECTIONS, f"no page docs/formats*.md has a section ### {name}"
    said = PART.findall(SECTIONS[name])
    missing = [part for part in PARTS if part not in dict(said)]
    assert not missing, f"the section {name} of {PAGE_OF[name]} lacks {missing}"
    assert [part for part, _ in said if part in PARTS] == PARTS, "each once, in this order"
    assert all(text[-1] == "." and len(text.split()) > 1 for _, text in said), "whole sentences"
    assert bool(EXAMPLE.search(SECTIONS[name])) == (name not in BINARY)


@every_example
def test_an_example_is_recognised_and_gives_what_the_page_says(tmp_path: Path, name: str) -> None:
    path = example_of(tmp_path, name)
    assert detect.detect_format(path) == name
    assert path.suffix in FORMATS[name].extensions
    report = ReadReport()
    records = list(reading.read(path, name, report))
    assert records and report.read == len(records)
    assert not {key for key in report.left_out if "kept" not in key}, report.left_out
    words = set().union(*map(words_of, records))
    (gives,) = GIVES.findall(SECTIONS[name])
    said = re.findall(r"\*([^*]+)\*|`([^`]+)`|\b([A-Za-z]+:[^\s,.]+(?:\.\d+/\w+)?)", gives)
    missing = {part for each in said for part in each if part} - words
    assert said and not missing


@every_example
def test_what_a_format_yields_is_what_the_table_says(tmp_path: Path, name: str) -> None:
    format = FORMATS[name]
    records = list(reading.read(example_of(tmp_path, name), name, ReadReport()))
    documents = [each for each in records if isinstance(each, DocumentRecord)]
    facts = [each for each in records if not isinstance(each, DocumentRecord) and each.statements]
    assert len(documents) == (len(records) if format.is_literature else 0)
    if format.yields == "names":
        assert not facts
    languages = {"zh" if each.language == "zh" else "en" for each in documents} or {
        each.language
        for record in records
        if not isinstance(record, DocumentRecord)
        for each in record.names
    }
    assert languages <= set(format.languages)


@every_example
def test_an_example_that_is_packed_is_read_as_the_page_says(tmp_path: Path, name: str) -> None:
    path = example_of(tmp_path, name)
    packed = path.with_name(path.name + ".gz")
    packed.write_bytes(gzip.compress(path.read_bytes()))
    if name in UNPACKED_ONLY:
        with pytest.raises(KnowledgeError):
            detect.detect_format(packed)
        return
    assert detect.detect_format(packed) == name
    plain, unpacked = (list(reading.read(each, name, ReadReport())) for each in (path, packed))
    assert len(unpacked) == len(plain)


def test_the_dataset_folder_is_described() -> None:
    described = set(re.findall(r"`([\w.]+\.(?:jsonl?|md))`", PAGE.split("## Dataset folders")[1]))
    registered = {str(each["file_name"]) for each in export._INFO.values()}  # type: ignore[index]
    assert registered < described
    assert {"train.jsonl", "validation.jsonl", "chatglm.jsonl", export.MANIFEST} < described


def test_the_rows_of_the_page_are_one_lesson_in_each_format() -> None:
    blocks = re.findall(r"```json\n(.*?)```", PAGE.split("## Dataset folders")[1], re.DOTALL)
    row = json.loads(blocks[0])
    lesson = Lesson(
        id=row["id"],
        messages=tuple(LessonMessage(**each) for each in row["messages"]),
        language=row["language"],
        style=row["style"],
        sources=tuple(LessonSource(**each) for each in row["sources"]),
        entities=tuple(row["entities"]),
        split_key=row["split_key"],
        licence=row["licence"],
        meta=row["meta"],
    )
    lines = [line.decode().strip() for line in row_formats.encode_all(lesson, held_out=False)]
    assert lines == [block.strip() for block in blocks]
