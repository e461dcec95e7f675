"""Run a reader in a process of its own, with limits that the system enforces.

    module + path -> python -m module PATH -> JSON on its standard output | limit hit | crash

Limits inside a library hold as far as its author thought; processor time and memory of a process
hold whatever a file does. Windows has no such limits: there the time on the clock is bounded.
A process that was ended by a limit and one that crashed are told apart: the first says something
of the file, the second of its reader.
"""

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import IO, Literal

from knowledge.errors import KnowledgeError

SECONDS = 4
"""Processor seconds that any file may take."""

BYTES_PER_SECOND = 50_000
"""A file of so many bytes may take one second more; pages of text take a tenth of that."""

MEMORY = 256 * 1024 * 1024
"""Bytes that a reader may hold beyond some copies of its file."""

WAIT = 60
"""Seconds on the clock that a process may take beside ten times those of a processor."""

_COPIES = 4
_OUT_OF_MEMORY = 77
"""The exit status of a process in which Python found no memory."""

_SAYS_NO_MEMORY = (
    *(b"MemoryError", b"bad_alloc", b"memory allocation", b"out of memory"),
    *(b"failed to map segment", b"Cannot allocate memory"),
)
_TAIL = 4096


class LimitExceeded(Exception):
    """The system ended the work: it asked for too much time or memory, which `limit` names."""

    def __init__(self, limit: Literal["time", "memory"]) -> None:
        super().__init__(f"too much {limit}")
        self.limit = limit


class ReaderCrashed(KnowledgeError):
    """The process of a reader ended by a fault of its own, and not by a limit."""


def run(module: str, path: Path, *more: str) -> dict[str, object]:
    """Return what `python -m module PATH SECONDS MEMORY [MORE]` prints.

    Raises LimitExceeded where it took more time or memory than it may, and ReaderCrashed where it
    ended otherwise without a result.
    """
    size = path.stat().st_size
    seconds = SECONDS + size // BYTES_PER_SECOND
    memory = str(MEMORY + _COPIES * size)
    roots = [str(Path(__file__).parents[3]), os.environ.get("PYTHONPATH", "")]
    with subprocess.Popen(
        [sys.executable, "-m", module, str(path), str(seconds), memory, *more],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, roots))},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as child:
        complaint = _Tail(child.stderr)
        late = threading.Event()

        def give_up() -> None:
            late.set()
            child.kill()

        clock = threading.Timer(WAIT + 10 * seconds, give_up)
        clock.start()
        try:
            printed = child.stdout.read() if child.stdout else b""
            status = child.wait()
        finally:
            clock.cancel()
            child.kill()
        if late.is_set():
            raise LimitExceeded("time")
        return _result(path, printed, status, complaint.read())


def _result(path: Path, printed: bytes, status: int, complaint: bytes) -> dict[str, object]:
    """Return what a process printed; where that is no result, raise what its end means."""
    limit = _limit_hit(status, complaint)
    if limit:
        raise LimitExceeded(limit)
    if status == 0:
        try:
            result: dict[str, object] = json.loads(printed)
        except ValueError:
            how = "it gave no result"
        else:
            return result
    elif status < 0:
        how = f"it was ended by {_signal_name(-status)}"
    else:
        last = complaint.decode(errors="replace").strip().rpartition("\n")[2]
        how = last[:200] or f"it ended with status {status}"
    raise ReaderCrashed(
        f"The reader of {path.name} crashed: {how.rstrip('.')}.",
        where=str(path),
        remedy="Save the file anew with another program; if that does not help, report the fault.",
        status=1,
    )


def _limit_hit(status: int, complaint: bytes) -> Literal["time", "memory", ""]:
    if status == 0:
        return ""
    if sys.platform != "win32" and status == -signal.SIGXCPU:
        return "time"
    # The system kills with SIGKILL what takes the memory of others.
    killed = sys.platform != "win32" and status == -signal.SIGKILL
    said = any(mark in complaint for mark in _SAYS_NO_MEMORY)
    return "memory" if status == _OUT_OF_MEMORY or killed or said else ""


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


class _Tail:
    """The last bytes of a stream, read beside other work and held in little memory."""

    def __init__(self, stream: IO[bytes] | None) -> None:
        self._kept = b""
        self._stream = stream
        self._thread = threading.Thread(target=self._drain, daemon=True)
        self._thread.start()

    def _drain(self) -> None:
        while self._stream is not None and (more := self._stream.read(_TAIL)):
            self._kept = (self._kept + more)[-_TAIL:]

    def read(self) -> bytes:
        """Return what was kept, once the stream has ended."""
        self._thread.join()
        return self._kept


def set_limits(seconds: int, memory: int) -> None:
    """Bound this process: so many seconds of a processor, so many bytes.

    Where Python finds no memory, the process ends with a status that `run` knows.
    """
    sys.excepthook = _end_without_memory
    if sys.platform == "win32":
        return
    import resource

    # Between the two limits the process gets SIGXCPU, beyond the second SIGKILL.
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 2))
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _end_without_memory(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    if issubclass(kind, MemoryError):
        os._exit(_OUT_OF_MEMORY)
    sys.__excepthook__(kind, error, trace)
