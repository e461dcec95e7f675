"""Size limits that all readers share, and the error that names the one exceeded.

They bound what one file may cost in memory and time; formats with limits of their own (PDF, Word,
HTML) state them in their readers.
"""

from pathlib import Path

from knowledge.errors import KnowledgeError

LONGEST_LINE = 1024 * 1024
"""Characters of a line; the longest abstract that PubMed holds has a fiftieth of them."""

LONGEST_CELL = 1024 * 1024
"""Characters of one cell of a CSV file."""

LONGEST_RECORD = 16 * 1024 * 1024
"""Bytes of one XML article, or characters of one row: the fullest full texts have 5 MiB."""

LONGEST_OBJECT = 4 * 1024 * 1024
"""Characters of one JSON object, which Python holds in some twenty times as many bytes."""

LONGEST_TAG = 1024 * 1024
"""Bytes of XML without a tag; expat begins a tag that is cut again with every piece it gets."""

LONGEST_TEXT = 8 * 1024 * 1024
"""Characters of a note, which is held whole several times over: twice the Bible."""

DEEPEST = 200
"""Elements within elements; JATS of real articles stays under 30, and readers recurse."""

UNPACKED = 4 * 1024 * 1024
"""Bytes that a gzip file may unpack to whatever its ratio; more of empty elements takes long."""

RATIO = 150
"""Beyond that, how much more than its packed bytes; PubMed's own files reach 12, gzip 1032."""


def too_large_error(path: Path, why: str, line: int = 0) -> KnowledgeError:
    """Return the error of a file that would take too much memory or time, and why it would."""
    place = f"at line {line} " if line else ""
    return KnowledgeError(
        f"The file {path.name} is refused {place}since {why}.",
        where=f"{path}, line {line}" if line else str(path),
        remedy="If it is what it should be, split it into smaller files.",
    )


def check_size(path: Path, limit: int) -> None:
    """Raise KnowledgeError where a file that is held whole has more bytes than that."""
    if path.stat().st_size > limit:
        raise too_large_error(path, f"it is larger than {limit // 1024**2} MiB")
