"""Apart: the system ends a reader that takes too long or too much, and the file is refused."""

from pathlib import Path

import pytest

from knowledge import KnowledgeError
from knowledge.ingest.sources import sandbox
from knowledge.ingest.sources.literature import pdf
from knowledge.records import ReadReport

ENDLESS = "while True: pass"
GREEDY = "held = []\nwhile True: held.append(bytearray(10_000_000))"


@pytest.mark.parametrize("work", [ENDLESS, GREEDY], ids=["endless", "greedy"])
def test_work_without_end_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, work: str
) -> None:
    (tmp_path / "hostile_reader.py").write_text(
        "import sys\nfrom knowledge.ingest.sources.registry import apart\n"
        f"apart.limit(int(sys.argv[2]), int(sys.argv[3]))\n{work}\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(sandbox, "SECONDS", 1)
    path = tmp_path / "a.pdf"
    path.write_bytes(b"%PDF-1.5")
    with pytest.raises(sandbox.Refused):
        sandbox.run("hostile_reader", path)


def test_a_pdf_whose_reader_is_ended_is_refused_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sandbox, "MEMORY", 8 * 1024 * 1024)
    path = tmp_path / "a.pdf"
    path.write_bytes(b"%PDF-1.5\n")
    with pytest.raises(KnowledgeError, match="too much memory or time"):
        list(pdf.read(path, ReadReport()))
