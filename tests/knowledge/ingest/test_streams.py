"""Streams: bytes, encodings, lines, rows, objects and elements, each with its limits and errors."""

import gzip
import json
from pathlib import Path

import pytest

from knowledge.errors import KnowledgeError
from knowledge.ingest.sources.streams import (
    archives,
    csv_rows,
    encodings,
    json_lists,
    json_records,
    limits,
    plain_yaml,
    text_lines,
    xml_elements,
)

GOUT = "痛风患者应少饮酒。"


def write(path: Path, content: str | bytes, encoding: str = "utf-8") -> Path:
    path.write_bytes(content.encode(encoding) if isinstance(content, str) else content)
    return path


def refused(read: object) -> KnowledgeError:
    """Consume an iterator that has to raise, and return what it raised."""
    with pytest.raises(KnowledgeError) as caught:
        list(read)  # type: ignore[call-overload]
    return caught.value


# Bytes


def test_gzip_is_unpacked_whatever_its_name(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", gzip.compress(b"a,b\n1,2\n"))
    assert archives.read_head(path) == b"a,b\n1,2\n"
    with archives.open_bytes(path) as stream:
        assert stream.read(3) == b"a,b"


def test_a_head_is_64_kib(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt", b"x" * 70_000)
    assert archives.read_head(path) == b"x" * 65_536


@pytest.mark.parametrize(
    ("read", "body"),
    [
        (text_lines.read_lines, "line {}\n"),
        (lambda path: map(text_lines.read_text, [path]), "word {} "),
        (lambda path: csv_rows.read_rows(path, {"a"}, "a table"), "a,b{}\n"),
        (json_records.read_objects, '{{"id": {}}}\n'),
        (lambda path: json_lists.read_items(path, ("nodes",)), '{{"z{}": 1}}'),
        (lambda path: xml_elements.read_elements(path, {"a"}), "<a>{}</a>\n"),
    ],
    ids=["lines", "text", "rows", "objects", "items", "elements"],
)
def test_a_cut_gzip_file_is_refused_by_every_reader(tmp_path, read, body):
    text = "".join(body.format(number) for number in range(60_000))
    packed = gzip.compress(f"<root>{text}".encode() if body.startswith("<") else text.encode())
    if body.startswith('{{"z'):
        lists = ", ".join(f"[{number}]" for number in range(60_000))
        packed = gzip.compress(f'{{"nodes": [{lists}]}}'.encode())
    path = write(tmp_path / "a.gz", packed[: len(packed) * 2 // 3])
    assert refused(read(path)).what == "The gzip file a.gz is damaged or ends too early."


def test_what_cannot_be_opened_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match="cannot be opened: No such file"):
        archives.read_head(tmp_path / "gone.txt")


def test_a_size_is_checked_against_a_limit_in_mib(tmp_path: Path) -> None:
    path = write(tmp_path / "a.html", b"x" * (1024 * 1024 + 1))
    limits.check_size(path, 2 * 1024 * 1024)
    with pytest.raises(KnowledgeError, match="larger than 1 MiB"):
        limits.check_size(path, 1024 * 1024)
    error = limits.too_large_error(path, "that line has no end", 7)
    assert error.what == "The file a.html is refused at line 7 since that line has no end."
    assert error.where.endswith("a.html, line 7") and error.remedy


# Encodings


@pytest.mark.parametrize(
    ("content", "encoding", "found"),
    [
        (GOUT, "utf-8", "utf-8"),
        (GOUT, "utf-8-sig", "utf-8-sig"),
        (GOUT, "utf-16", "utf-16"),
        (GOUT, "gb18030", "gb18030"),
        ("plain", "ascii", "utf-8"),
        ("x" * 70_000 + GOUT, "gb18030", "gb18030"),
        ("x" * 70_000, "ascii", "utf-8"),
    ],
)
def test_an_encoding_is_found_by_its_mark_or_its_first_foreign_bytes(
    tmp_path, content, encoding, found
):
    path = write(tmp_path / "a.txt", content, encoding)
    start = archives.read_head(path)
    assert encodings.detect_encoding(path, start) == found
    assert content.startswith(encodings.decode_head(path, start).lstrip("\ufeff"))
    assert text_lines.read_text(path).lstrip("\ufeff") == content


@pytest.mark.parametrize("content", ["Δόση".encode("cp1253"), b"\x00\x01binary", b"\xff\xff"])
def test_what_is_plausible_in_no_encoding_is_refused(tmp_path: Path, content: bytes) -> None:
    path = write(tmp_path / "a.txt", content)
    with pytest.raises(KnowledgeError, match="neither UTF-8, UTF-16, GB18030, Big5"):
        encodings.detect_encoding(path, content)
    assert encodings.decode_head(path, content) == ""


def test_a_character_that_the_end_of_the_head_cuts_is_no_fault(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt", "x" + "痛" * 40_000)
    text = encodings.decode_head(path, archives.read_head(path))
    assert set(text) == {"x", "痛"} and len(text) == 21_846


def test_what_cannot_be_decoded_later_is_told_with_the_line_before(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt", "é\n".encode() + b"one\n" * 400_000 + b"\xff\n")
    error = refused(text_lines.read_lines(path))
    assert error.what.startswith("The text of a.txt is not valid UTF-8 after line ")


# Text


def test_lines_are_counted_and_line_ends_unified_in_a_whole_text(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt", "one\r\ntwo\rthree\n")
    assert list(text_lines.read_lines(path)) == [(1, "one\r\n"), (2, "two\r"), (3, "three\n")]
    assert text_lines.read_text(path) == "one\ntwo\nthree\n"


def test_a_line_and_a_text_without_end_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt", "short\n" + "x" * limits.LONGEST_LINE)
    assert "at line 2 since that line" in refused(text_lines.read_lines(path)).what
    path = write(tmp_path / "b.txt", "x" * (limits.LONGEST_TEXT + 1))
    with pytest.raises(KnowledgeError, match=f"more than {limits.LONGEST_TEXT} characters"):
        text_lines.read_text(path)


# CSV


def test_rows_have_the_line_on_which_they_start(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", 'a, b\n1,"two\nlines"\n\n , \n3,4,5,6\n7\n')
    assert list(csv_rows.read_rows(path, {"a"}, "a table")) == [
        (2, {"a": "1", "b": "two\nlines"}),
        (6, {"a": "3", "b": "4", "": "5 6"}),
        (7, {"a": "7", "b": ""}),
    ]


def test_a_quote_in_a_table_of_tabs_is_a_sign(tmp_path: Path) -> None:
    path = write(tmp_path / "a.tsv", 'a\tb\tc\n1\tan "odd\tone\n2\n')
    rows = list(csv_rows.read_rows(path, {"a"}, "a table", "\t"))
    assert rows[0] == (2, {"a": "1", "b": 'an "odd', "c": "one"})
    cells = list(csv_rows.read_cells(path, ("c", "a", "b"), "a table", "\t"))
    assert cells == [(2, ("one", "1", 'an "odd')), (3, ("", "2", ""))]


def test_of_two_columns_with_one_name_the_later_one_counts(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "a,b,a\n1,2,3\n")
    assert list(csv_rows.read_rows(path, {"a"}, "a table")) == [(2, {"a": "3", "b": "2"})]
    assert list(csv_rows.read_cells(path, ("a", "b", "b"), "a table")) == [(2, ("3", "2", "2"))]


def test_missing_columns_broken_quotes_and_long_rows_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "a,b\n")
    error = refused(csv_rows.read_rows(path, {"c", "d"}, "a table"))
    assert error.what == "a.csv lacks the columns c, d of a table; it has a, b."
    path = write(tmp_path / "b.csv", 'a\n"1"2\n')
    assert "broken at line 2" in refused(csv_rows.read_rows(path, {"a"}, "a table")).what
    path = write(tmp_path / "c.csv", 'a\n"' + "word\n" * (limits.LONGEST_RECORD // 5 + 1))
    refusal = refused(csv_rows.read_rows(path, {"a"}, "a table")).what
    assert "one row has more than" in refusal or "field larger than" in refusal


def test_a_header_is_the_first_line(tmp_path: Path) -> None:
    assert csv_rows.split_header(' a ,"b c"\n1,2') == ["a", "b c"]
    assert csv_rows.split_header("a\tb", "\t") == ["a", "b"]
    assert csv_rows.split_header("") == []


# JSON


@pytest.mark.parametrize(
    "text", ['{"a": 1}\n{"a": 2}\n', '[{"a": 1},\n{"a": 2}]', '\n{"a":\n 1}{"a": 2}']
)
def test_objects_come_from_lines_arrays_and_pretty_print(tmp_path: Path, text: str) -> None:
    found = list(json_records.read_objects(write(tmp_path / "a.json", text)))
    assert [value for _, value in found] == [{"a": 1}, {"a": 2}]
    starts = [
        number for number, line in enumerate(text.split("\n"), 1) for _ in range(line.count("{"))
    ]
    assert [line for line, _ in found] == starts


def test_an_object_may_cross_the_pieces_that_are_read(tmp_path: Path) -> None:
    values = [{"n": number, "text": "x" * 100_000} for number in range(9)]
    text = "\n".join(json.dumps(value) for value in values)
    found = list(json_records.read_objects(write(tmp_path / "a.jsonl", text)))
    assert [(line, value["n"]) for line, value in found] == [(n + 1, n) for n in range(9)]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ('{"a": 1}\n7\n', "Line 2 of a.json holds no JSON object"),
        ('{"a": 1}\n\n{"a": ', "broken in the record at line 3"),
        ('{"a": ' + "[" * 100_000, "nested too deep"),
        ('{"a": ' + "7" * 5_000 + "}", "a number is too long"),
        ('{"a": "' + "x" * (limits.LONGEST_OBJECT + 1), "that record has more than"),
        ('[{"a": 1},\n,{"a": 2}]', "at line 2: a comma without a value"),
        ('[{"a": 1},\n\n]', "at line 3: a comma without a value"),
        ('[\n,{"a": 1}]', "at line 2: a comma without a value"),
        ('{"a": 1}\n,,{"a": 2}', "at line 2: a comma without a value"),
        ('[{"a": 1}\n{"a": 2}]', "at line 2: no comma before it"),
        ('[{"a": 1},\n{"a": 2}', "array that begins at line 1 is not closed"),
        ('{"a": 1}\n]', "at line 2: ']' closes no array"),
        ('[{"a": 1}],\n', "a comma without a value"),
        ('[{"a": 1},\n[{"a": 2}]]', "at line 2: an array stands where an object must"),
    ],
    ids=[
        *("scalar", "cut", "deep", "digits", "long", "two commas", "comma at the end"),
        *("comma first", "lines", "no comma", "open", "closed", "comma after", "nested"),
    ],
)
def test_other_json_is_refused_with_its_line(tmp_path: Path, text: str, what: str) -> None:
    assert what in refused(json_records.read_objects(write(tmp_path / "a.json", text))).what


@pytest.mark.parametrize("read", ["records", "lists"])
def test_numbers_and_signs_keep_their_value(tmp_path: Path, read: str) -> None:
    value = '{"id": 123456789012345678901234567890, "x": 0.1, "y": "\\ud83d\\ude00 痛"}'
    expected = {"id": 123456789012345678901234567890, "x": 0.1, "y": "😀 痛"}
    if read == "records":
        path = write(tmp_path / "a.json", value)
        assert list(json_records.read_objects(path)) == [(1, expected)]
    else:
        path = write(tmp_path / "a.json", f'{{"nodes": [{value}]}}')
        assert list(json_lists.read_items(path, ("nodes",))) == [("nodes", 1, expected)]


# XML


def test_elements_lose_their_namespace_and_nested_ones_stay_inside(tmp_path: Path) -> None:
    text = '<r xmlns="urn:x"><a n="1"><b/><a n="2"/></a><c/><a n="3"/></r>'
    found = list(xml_elements.read_elements(write(tmp_path / "a.xml", text), {"a"}))
    assert [(number, each.tag, each.get("n")) for number, each in found] == [
        (1, "a", "1"),
        (2, "a", "3"),
    ]
    assert found[0][1].find("a") is not None


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("<r><a></r>", "broken at line 1, column 8: mismatched tag"),
        ('<!DOCTYPE r [<!ENTITY x "y">]><r>&x;</r>', "declares entities"),
        ('<?xml version="1.0" encoding="klingon"?><r/>', "names an encoding that cannot be read"),
        ("<a>" * (limits.DEEPEST + 1), f"nested more than {limits.DEEPEST} deep"),
    ],
)
def test_broken_xml_is_refused(tmp_path: Path, text: str, what: str) -> None:
    path = write(tmp_path / "a.xml", text)
    assert what in refused(xml_elements.read_elements(path, {"x"})).what


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ('\ufeff<?xml version="1.0"?>\n<!-- <x> -->\n<!DOCTYPE a [<!ELEMENT b ANY>]>\n<p:a>', "a"),
        ("<a b='c'>", "a"),
        ("no markup", ""),
        ("", ""),
    ],
)
def test_a_root_is_found_behind_its_prolog(text: str, name: str) -> None:
    assert xml_elements.root_name(text) == name


# YAML


def node_of(tmp_path: Path, text: str) -> plain_yaml.YamlNode:
    reader = plain_yaml.YamlReader(write(tmp_path / "a.yaml", text), text)
    with reader.one_sentence_errors():
        return reader.node(reader.begin())


def test_every_scalar_of_yaml_is_a_text(tmp_path: Path) -> None:
    text = "a: 1\nb: [yes, 2024-01-01, ~]\nc: {d: '~'}\n"
    assert node_of(tmp_path, text) == {"a": "1", "b": ["yes", "2024-01-01", ""], "c": {"d": "~"}}


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("a: &x 1\n", "anchor or alias"),
        ("a: *x\n", "anchor or alias"),
        ("a: !!int 1\n", "uses the tag"),
        ("a: 1\na: 2\n", "the key 'a' twice"),
        ("[1]: 2\n", "a key that is no text"),
        ("a: [\n", "broken at line"),
        ("a: " + "[" * 8 + "]" * 8, "nested too deep"),
        ("a: \x01\n", "characters that YAML does not allow"),
    ],
)
def test_what_yaml_can_do_beyond_that_is_refused(tmp_path: Path, text: str, what: str) -> None:
    with pytest.raises(KnowledgeError) as caught:
        node_of(tmp_path, text)
    assert what in caught.value.what and caught.value.remedy
