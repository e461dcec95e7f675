"""The system ends a reader that takes too much time or memory, and the file is refused."""

from pathlib import Path

import pytest

from knowledge import KnowledgeError
from knowledge.ingest.sources import sandbox
from knowledge.ingest.sources.literature import pdf
from knowledge.records import ReadReport

ENDLESS = "while True: pass"
GREEDY = "held = []\nwhile True: held.append(bytearray(10_000_000))"
SOUND = 'print(\'{"title": "A"}\')'


@pytest.fixture
def hostile_reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return where the code of a reader goes that may take one second of a processor."""
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(sandbox, "SECONDS", 1)
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.5")
    return tmp_path / "hostile_reader.py"


def write(path: Path, work: str) -> Path:
    limits = "int(sys.argv[2]), int(sys.argv[3])"
    path.write_text(
        "import sys\nfrom knowledge.ingest.sources import sandbox\n"
        f"sandbox.set_limits({limits})\n{work}\n"
    )
    return path.with_name("a.pdf")


@pytest.mark.parametrize("work", [ENDLESS, GREEDY], ids=["endless", "greedy"])
def test_work_without_end_is_ended(hostile_reader: Path, work: str) -> None:
    path = write(hostile_reader, work)
    with pytest.raises(sandbox.LimitExceeded):
        sandbox.run("hostile_reader", path)


def test_work_within_the_limits_gives_what_it_prints(hostile_reader: Path) -> None:
    assert sandbox.run("hostile_reader", write(hostile_reader, SOUND)) == {"title": "A"}


def test_a_pdf_whose_reader_is_ended_is_refused_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sandbox, "MEMORY", 8 * 1024 * 1024)
    path = tmp_path / "a.pdf"
    path.write_bytes(b"%PDF-1.5\n")
    with pytest.raises(KnowledgeError, match="too much memory or time"):
        list(pdf.read(path, ReadReport()))
