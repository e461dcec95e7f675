"""The system ends a reader that takes too much time or memory, and the file is refused."""

from pathlib import Path

import pytest

from knowledge import KnowledgeError
from knowledge.ingest.sources import sandbox
from knowledge.ingest.sources.literature.pdf import pdf
from knowledge.records import ReadReport

ENDLESS = "while True: pass"
GREEDY = "held = []\nwhile True: held.append(bytearray(10_000_000))"
NO_ROOM = "sys.stderr.write(\"terminate called: 'std::bad_alloc'\\n\")\nimport os; os.abort()"
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


@pytest.mark.parametrize(
    ("work", "limit"), [(ENDLESS, "time"), (GREEDY, "memory"), (NO_ROOM, "memory")]
)
def test_work_without_end_is_ended(hostile_reader: Path, work: str, limit: str) -> None:
    path = write(hostile_reader, work)
    with pytest.raises(sandbox.LimitExceeded) as caught:
        sandbox.run("hostile_reader", path)
    assert caught.value.limit == limit


def test_a_reader_that_waits_for_ever_is_ended(
    hostile_reader: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sandbox, "WAIT", -9)
    path = write(hostile_reader, "import time\ntime.sleep(3600)")
    with pytest.raises(sandbox.LimitExceeded) as caught:
        sandbox.run("hostile_reader", path)
    assert caught.value.limit == "time"


@pytest.mark.parametrize(
    ("work", "told"),
    [
        ("import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)", "ended by SIGSEGV"),
        ("import os\nos.abort()", "ended by SIGABRT"),
        ("raise ValueError('no such page')", "ValueError: no such page"),
        ("sys.stderr.write('x' * 3_000_000)\nsys.exit(3)", "crashed: xxx"),
        ("sys.exit(3)", "ended with status 3"),
        ("print('no JSON')", "gave no result"),
    ],
)
def test_a_crash_is_no_limit_and_says_how(hostile_reader: Path, work: str, told: str) -> None:
    path = write(hostile_reader, work)
    with pytest.raises(sandbox.ReaderCrashed) as caught:
        sandbox.run("hostile_reader", path)
    assert told in caught.value.what and "a.pdf" in caught.value.what
    assert caught.value.remedy and caught.value.status == 1


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
