"""Encodings of text without a mark: the plausible one is taken and told, else none."""

import json
from pathlib import Path

import pytest

from knowledge.errors import KnowledgeError
from knowledge.ingest.sources import detect, reading
from knowledge.records import DocumentRecord, EntityRecord, ReadReport

TRADITIONAL = "氣喘治療\n\n成人患者每日吸入一次，每次兩百微克。兒童劑量減半，並且定期檢查肺功能。\n"
SIMPLIFIED = "哮喘治疗\n\n成人患者每日吸入一次，每次二百微克。儿童剂量减半，并且定期检查肺功能。\n"
WESTERN = "Ménière guide\n\nGive 5 µg/kg – at most 10 µg – when it is above 38 °C ± 0.5.\n"
GREEK = "Οδηγός\n\nΔώστε πέντε χιλιοστόγραμμα κάθε ημέρα στους ενήλικες.\n"


@pytest.mark.parametrize(
    ("text", "encoding", "told"),
    [
        (TRADITIONAL, "big5", "Big5"),
        (SIMPLIFIED, "gb18030", "GB18030"),
        (WESTERN, "cp1252", "Windows-1252"),
        ("Dose of 5 µg daily.\n", "cp1252", "Windows-1252"),
        (WESTERN, "utf-16-le", "UTF-16 without a mark"),
        (TRADITIONAL, "utf-16-be", "UTF-16 without a mark"),
        (SIMPLIFIED, "utf-16-le", "UTF-16 without a mark"),
        (WESTERN, "utf-16", None),
        (TRADITIONAL, "utf-8", None),
        (WESTERN, "utf-8-sig", None),
    ],
)
def test_a_text_is_read_in_its_encoding_and_a_guess_is_told(tmp_path, text, encoding, told):
    path = tmp_path / "guide.txt"
    path.write_bytes(text.encode(encoding))
    report = ReadReport()
    (record,) = reading.read(path, "text", report)
    said = f"{record.title}\n\n{record.sections[0].text}\n"
    assert said == text or record.sections[0].text + "\n" == text
    assert report.left_out == ({f"encoding guessed: read as {told}": 1} if told else {})


@pytest.mark.parametrize(
    "data", [GREEK.encode("iso-8859-7"), GREEK.encode("cp1253"), b"a\0b\0\x01\x02\xff\xfe" * 9]
)
def test_what_is_no_plausible_text_is_refused(tmp_path, data):
    path = tmp_path / "guide.txt"
    path.write_bytes(data)
    with pytest.raises(KnowledgeError, match="neither UTF-8"):
        list(reading.read(path, "text", ReadReport()))


ZH = "成人患者每日吸入一次，每次二百微克。儿童剂量减半，并且定期检查肺功能。"
TW = "成人患者每日吸入一次，每次兩百微克。兒童劑量減半，並且定期檢查肺功能。"
MU = "Give 5 µg/kg – at most 10 µg – to Sjögren’s patients above 38 °C."


@pytest.mark.parametrize(
    ("text", "encoding", "declared", "told"),
    [
        (ZH, "gb2312", "gb2312", None),
        (ZH + "镕", "gbk", "gb2312", None),
        (ZH, "gb18030", "GBK", None),
        (TW, "big5", "big5", None),
        (MU, "cp1252", "windows-1252", None),
        (MU, "cp1252", "iso-8859-1", None),
        (MU, "utf-16", "utf-8", None),
        (MU, "utf-8", "utf-16", None),
        (ZH, "utf-8-sig", "gb2312", None),
        (ZH, "utf-8", "utf-8", None),
        ("Dose: 5 mg.", "ascii", "big5", None),
        (GREEK.split("\n\n")[1].strip(), "iso-8859-7", "iso-8859-7", None),
        (MU, "utf-8", "iso-8859-1", "declares iso-8859-1, read as UTF-8"),
        (ZH, "utf-8", "gb2312", "declares gb2312, read as UTF-8"),
        (TW, "utf-8", "big5", "declares big5, read as UTF-8"),
        (ZH, "gb18030", "utf-8", "declares utf-8, read as GB18030"),
        (ZH, "gb18030", "iso-8859-1", "declares iso-8859-1, read as GB18030"),
        (TW, "big5", "windows-1252", "declares windows-1252, read as Big5"),
        (TW, "big5", "gb2312", "declares gb2312, read as Big5"),
        ("Give 5 µg per kg.", "cp1252", "gb2312", "declares gb2312, read as Windows-1252"),
        ("Give 5 µg per kg.", "cp1252", "gbk", "declares gbk, read as Windows-1252"),
        (MU, "cp1252", "utf-8", "declares utf-8, read as Windows-1252"),
        (ZH, "gb18030", "x-nonsense", "declares x-nonsense, read as GB18030"),
    ],
)
def test_a_page_is_read_in_what_it_is_and_a_false_declaration_is_told(
    tmp_path: Path, text: str, encoding: str, declared: str, told: str | None
) -> None:
    heads = (
        f"<html><head><meta charset='{declared}'></head>",
        f"<html><head><meta http-equiv=x content='text/html; charset={declared}'></head>",
        f'<?xml version="1.0" encoding="{declared}"?><html>',
    )
    for head in heads:
        path = tmp_path / "a.html"
        path.write_bytes(f"{head}<body><p>{text}</p></body></html>".encode(encoding))
        assert detect.detect_format(path) == "html"
        report = ReadReport()
        (record,) = reading.read(path, "html", report)
        assert isinstance(record, DocumentRecord) and record.sections[0].text == text
        assert report.left_out == ({f"encoding: {told}": 1} if told else {})


def test_a_page_that_declares_nothing_is_guessed_or_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_bytes(f"<html><body><p>{TW}</p></body></html>".encode("big5"))
    report = ReadReport()
    (record,) = reading.read(path, "html", report)
    assert isinstance(record, DocumentRecord) and record.sections[0].text == TW
    assert report.left_out == {"encoding guessed: read as Big5": 1}
    path.write_bytes(b"<html><body><p>" + GREEK.encode("cp1253") + b"</p></body></html>")
    with pytest.raises(KnowledgeError, match="neither UTF-8"):
        list(reading.read(path, "html", ReadReport()))


TRIPLES = [("维氏热", "症状", "夜间盗汗"), ("维氏热", "并发症", "昏迷")]
TRIPLES_TW = [
    ("維氏熱", "症狀", "夜間盜汗"),
    ("維氏熱", "症狀", "發熱"),
    ("維氏熱", "症狀", "頭痛"),
]


def _table(rows: list[tuple[str, str, str]], delimiter: str = ",", end: str = "\n") -> str:
    lines = [("head", "relation", "tail"), *rows]
    return "".join(delimiter.join(f'"{cell}"' for cell in row) + end for row in lines)


def _facts(path: Path, report: ReadReport) -> set[tuple[str, str]]:
    found = set()
    for record in reading.read(path, detect.detect_format(path), report):
        assert isinstance(record, EntityRecord)
        found |= {
            (record.names[0].text, (each.term.names if each.term else each.text)[0].text)
            for each in record.statements
        }
    return found


@pytest.mark.parametrize(
    ("encoding", "told"),
    [
        ("gb18030", "GB18030"),
        ("utf-16", None),
        ("utf-16-le", "UTF-16 without a mark"),
        ("utf-8-sig", None),
        ("utf-8", None),
    ],
)
@pytest.mark.parametrize("name", ["g.csv", "g.json", "g.jsonl"])
def test_a_graph_is_read_in_its_encoding_and_a_guess_is_told(
    tmp_path: Path, name: str, encoding: str, told: str | None
) -> None:
    rows = [dict(zip(("head", "relation", "tail"), row, strict=True)) for row in TRIPLES]
    texts = {
        "g.csv": _table(TRIPLES),
        "g.json": json.dumps(rows, ensure_ascii=False),
        "g.jsonl": "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows),
    }
    path = tmp_path / name
    path.write_bytes(texts[name].encode(encoding))
    report = ReadReport()
    assert _facts(path, report) == {("维氏热", tail) for _, _, tail in TRIPLES}
    assert report.left_out == ({f"encoding guessed: read as {told}": 1} if told else {})


def test_graphs_in_big5_and_windows_1252_are_read_and_told(tmp_path: Path) -> None:
    path = tmp_path / "g.csv"
    (tmp_path / "g.mapping.yaml").write_text("relations:\n  症狀: symptom\n", encoding="utf-8")
    path.write_bytes(_table(TRIPLES_TW).encode("big5"))
    report = ReadReport()
    assert ("維氏熱", "夜間盜汗") in _facts(path, report)
    assert report.left_out == {"encoding guessed: read as Big5": 1}
    obo = "format-version: 1.2\n\n[Term]\nid: DOID:999\nname: Ménière-like fever\n"
    path = tmp_path / "g.obo"
    path.write_bytes((obo + 'def: "Above 38 °C." []\n').encode("cp1252"))
    report = ReadReport()
    assert _facts(path, report) == {("Ménière-like fever", "Above 38 °C.")}
    assert report.left_out == {"encoding guessed: read as Windows-1252": 1}


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_tables_are_read_whatever_separates_their_cells_and_rows(
    tmp_path: Path, delimiter: str, end: str, mark: str
) -> None:
    rows = [
        ("Vesper fever", "prevention", f"Warm;{delimiter} 38,5 to 39,5.{end}At dusk."),
        ("Vesper fever", "symptom", "pale, cold hands"),
    ]
    if delimiter == "\t":  # quotes are signs in a table cut by tabs
        table = mark + end.join("\t".join(r) for r in [("head", "relation", "tail"), rows[1]])
    else:
        table = mark + _table(rows, delimiter, end)
    path = tmp_path / "g.csv"
    path.write_bytes(table.encode())
    found = _facts(path, ReadReport())
    assert ("Vesper fever", "pale, cold hands") in found
    if delimiter != "\t":
        said = f"Warm;{delimiter} 38,5 to 39,5. At dusk.".replace("\t", " ")
        assert ("Vesper fever", said) in found


@pytest.mark.parametrize(
    ("delimiter", "first"), [(";", ""), (";", "sep=;\n"), ("|", ""), ("\t", "")]
)
def test_known_tables_saved_anew_by_a_spreadsheet_are_still_known(
    tmp_path: Path, delimiter: str, first: str
) -> None:
    rows = [("Drug_A", "Drug_B", "Level"), ("Warfarin", "Aspirin", "Major")]
    path = tmp_path / "ddi.csv"
    path.write_text(first + "".join(delimiter.join(row) + "\n" for row in rows), encoding="utf-8")
    assert detect.detect_format(path) == "ddi-csv"
    assert _facts(path, ReadReport()) == {("Warfarin", "Aspirin")}


OTHERS = {
    "Japanese": ("痛風の患者には、コルヒチンを一日に〇・五ミリグラム投与する。" * 3).encode(
        "euc_jp"
    ),
    "Korean": ("통풍 환자에게 콜히친을 하루 한 번 투여한다. " * 3).encode("cp949"),
    "half in UTF-8": "Give 5 µg a day\n".encode() + "and no more than 9 µg.\n".encode("cp1252"),
}


@pytest.mark.parametrize("data", OTHERS.values(), ids=OTHERS)
def test_a_text_in_another_encoding_is_not_taken_for_a_known_one(tmp_path: Path, data) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(data)
    with pytest.raises(KnowledgeError):
        detect.detect_format(path)


def test_names_between_blanks_are_chinese_all_the_same(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes("关节痛 发热 恶心 呕吐 头晕\n皮疹 瘙痒 红肿 腹泻 乏力\n".encode("gb18030"))
    (record,) = reading.read(path, "text", ReadReport())
    assert isinstance(record, DocumentRecord) and "发热 恶心" in record.sections[0].text
