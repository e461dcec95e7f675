"""Let one process at a time change the knowledge base; a second one learns which it is.

    hold(home) -> lock file, locked by the operating system -> pid and start time inside

The operating system releases the lock when its holder dies, however it dies. Readers take none.
"""

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from knowledge.errors import KnowledgeError

_FILE = "writer.lock"


@contextmanager
def hold(home: Path) -> Iterator[None]:
    """Hold the writer's lock of a home; raise KnowledgeError where another process holds it."""
    folder = home / "knowledge"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / _FILE).open("a+", encoding="utf-8") as file:
        if not _take(file):
            raise _held(folder / _FILE)
        try:
            _sign(file)
            yield
        finally:
            _release(file)


def _sign(file: IO[str]) -> None:
    file.truncate(0)
    file.write(json.dumps({"pid": os.getpid(), "since": time.strftime("%Y-%m-%d %H:%M:%S")}))
    file.flush()


def _held(path: Path) -> KnowledgeError:
    try:
        holder = json.loads(path.read_text(encoding="utf-8"))
        who = f"process {holder['pid']} since {holder['since']}"
    except (OSError, ValueError, KeyError, TypeError):
        who = "another process"
    return KnowledgeError(
        f"The knowledge base is being changed by {who}.",
        where=str(path),
        remedy="Wait until it is done, or end that process, then run this again.",
        status=1,
    )


if os.name == "nt":  # pragma: no cover
    import msvcrt

    # Windows locks a range of bytes and refuses others to read it: a byte far behind the text.
    _BYTE = 1 << 20

    def _take(file: IO[str]) -> bool:
        file.seek(_BYTE)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        except OSError:
            return False
        return True

    def _release(file: IO[str]) -> None:
        file.seek(_BYTE)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)  # type: ignore[attr-defined,unused-ignore]

else:
    import fcntl

    def _take(file: IO[str]) -> bool:
        try:
            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    def _release(file: IO[str]) -> None:
        fcntl.flock(file.fileno(), fcntl.LOCK_UN)
