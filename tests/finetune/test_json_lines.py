"""JSON lines of people: read whole, or refused by the line that is none."""

import pytest

from finetune import FinetuneError
from finetune.files import json_lines


def test_values_come_with_their_lines(tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_bytes('\ufeff{"text": "a\\ud83d\\udc8a"}\r\n\n["痛风"]\n'.encode())
    assert list(json_lines.read(path, "")) == [(1, {"text": "a💊"}), (3, ["痛风"])]


@pytest.mark.parametrize(
    "line",
    [
        b"nothing",
        b'{"text": "na\xefve"}',
        b'{"text": "half \\uD83D of one"}',
        b'{"\\udc8a": 1}',
        b"[" * 100_000,
        b"7" * 5000,
        b"\x00",
    ],
)
def test_a_line_that_is_no_json_is_named(tmp_path, line):
    path = tmp_path / "rows.jsonl"
    path.write_bytes(b'{"text": "good"}\n' + line + b"\n")
    with pytest.raises(FinetuneError, match="Line 2 of .* is not JSON in UTF-8") as raised:
        list(json_lines.read(path, "Mend it."))
    assert raised.value.where == f"{path}:2"
    assert raised.value.remedy == "Mend it."
