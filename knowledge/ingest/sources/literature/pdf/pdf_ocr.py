"""Read scanned pages of a PDF by optical recognition, where that is asked for.

    page -> picture, drawn by a process with limits -> tesseract -> words -> text

Words of which the program is not sure are holes: their sentences are never quoted. What it is sure
of may still be wrong, so the section of such a page says how it was read.
"""

import base64
import json
import re
import shutil
import subprocess
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import cast

from knowledge.errors import KnowledgeError
from knowledge.ingest.sources import sandbox
from knowledge.ingest.sources.literature.markup import markup
from knowledge.text.holes import HOLE

NOTICE = "read by optical recognition: check figures against the page"
"""What the title of a section says whose text was recognised."""

DOTS_PER_INCH = 300
LARGEST = 24_000_000
"""Dots of a page; a larger one is drawn smaller."""

SECONDS = 180
"""How long the recognition of one page may take on the clock."""

SUREST = 60
"""Per cent of confidence below which a word is a hole."""

_TAKEN_FOR_ANOTHER = re.compile(r"[<>«»°]|^[+=~]+$|10\d{1,2}/|^[a-zA-Z\d]{1,2}[?]$")
"""What often stands for another sign: < for ≤, + for ±, 109/L and 10°/L for 10⁹/L, m? for m²."""

_LANGUAGES = ("eng", "chi_sim", "chi_tra")
_CHINESE_JOIN = re.compile("(?<=[\u3000-\u9fff\uff00-\uffef]) (?=[\u3000-\u9fff\uff00-\uffef])")
_HYPHEN = re.compile(r"(?<=[a-z])-\n(?=[a-z])")
_ASKED: ContextVar[bool] = ContextVar("ocr", default=False)


@contextmanager
def ask(wanted: bool = True) -> Iterator[None]:
    """Let scanned pages be read as long as this lasts; raise where no program can do it."""
    if wanted:
        find_languages()
    token = _ASKED.set(wanted)
    try:
        yield
    finally:
        _ASKED.reset(token)


def is_asked() -> bool:
    """Say whether scanned pages are to be read."""
    return _ASKED.get()


def find_languages() -> str:
    """Return the languages that tesseract has of ours, as it wants them to be written."""
    program = shutil.which("tesseract")
    found: list[str] = []
    if program:
        try:
            told = subprocess.run(
                [program, "--list-langs"], capture_output=True, timeout=30, check=False
            )
        except (OSError, subprocess.TimeoutExpired):
            told = None
        lines = told.stdout.decode(errors="replace").split() if told else []
        found = [language for language in _LANGUAGES if language in lines]
    if not found:
        what = "has neither English nor Chinese" if program else "is not installed"
        raise KnowledgeError(
            f"Scanned pages cannot be read: the program tesseract {what}.",
            remedy="Install tesseract with its languages (Debian: tesseract-ocr, "
            "tesseract-ocr-chi-sim), or add the file without --ocr.",
        )
    return "+".join(found)


def read_page(path: Path, number: int) -> str:
    """Return the text of a page, or an empty text where it takes too long or holds none.

    Raises ReaderCrashed where the page cannot be drawn.
    """
    try:
        drawn = sandbox.run(__name__, path, str(number))
    except sandbox.LimitExceeded:
        return ""
    size = cast("list[int]", drawn["size"])
    packed = base64.b64decode(cast("str", drawn["dots"]))
    dots = zlib.decompressobj().decompress(packed, size[0] * size[1])
    picture = b"P5 %d %d 255\n" % (size[0], size[1]) + dots
    program = shutil.which("tesseract") or "tesseract"
    command = [program, "stdin", "stdout", "-l", find_languages(), "tsv"]
    try:
        done = subprocess.run(
            command,
            input=picture,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return text_of(done.stdout.decode(errors="replace")) if done.returncode == 0 else ""


def text_of(table: str) -> str:
    """Return the text of the words in a table that tesseract printed.

    >>> row = "5\\t1\\t1\\t1\\t1\\t{}\\t0\\t0\\t9\\t9\\t{}\\t{}"
    >>> text_of("\\n".join([row.format(1, 96, "Give"), row.format(2, 31, "5O")]))
    'Give ⟦?⟧'
    """
    paragraphs: dict[tuple[str, str], dict[str, list[str]]] = {}
    for row in table.splitlines():
        cells = row.split("\t")
        if len(cells) != 12 or cells[0] != "5" or not cells[11].strip():
            continue
        word = cells[11]
        unsure = float(cells[10]) < SUREST and any(map(str.isalnum, word))
        if unsure or _TAKEN_FOR_ANOTHER.search(word):
            word = HOLE
        lines = paragraphs.setdefault((cells[2], cells[3]), {})
        lines.setdefault(cells[4], []).append(word)
    found = []
    for lines in paragraphs.values():
        text = "\n".join(" ".join(words) for words in lines.values())
        found.append(markup.join_lines(_CHINESE_JOIN.sub("", _HYPHEN.sub("", text))))
    return "\n\n".join(text for text in found if any(map(str.isalnum, text)))


def main() -> None:
    """Print a page as grey dots in JSON, in the process that draws it."""
    path, seconds, memory, number = sys.argv[1:]
    sandbox.set_limits(int(seconds), int(memory))
    import pypdfium2

    with pypdfium2.PdfDocument(Path(path)) as document:
        page = document[int(number)]
        width, height = page.get_size()
        area = max(1.0, width * height)
        scale = min(DOTS_PER_INCH / 72, (LARGEST / area) ** 0.5)
        bitmap = page.render(scale=scale, grayscale=True)
        held = bytes(bitmap.buffer)
        rows = (
            held[row * bitmap.stride : row * bitmap.stride + bitmap.width]
            for row in range(bitmap.height)
        )
        packed = zlib.compress(b"".join(rows), 1)
    dots = base64.b64encode(packed).decode()
    sys.stdout.write(json.dumps({"size": [bitmap.width, bitmap.height], "dots": dots}))


if __name__ == "__main__":
    main()
