"""Encodings of text without a mark: the plausible one is taken and told, else none."""

import pytest

from knowledge.errors import KnowledgeError
from knowledge.ingest.sources import reading
from knowledge.records import ReadReport

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
