"""Run a reader in a process of its own, with limits that the system enforces.

    module + path -> python -m module PATH -> JSON on its standard output

Limits inside a library hold as far as its author thought; processor time and memory of a process
hold whatever a file does. Windows has no such limits: there the time on the clock is bounded.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

SECONDS = 4
"""Processor seconds that any file may take."""

BYTES_PER_SECOND = 50_000
"""A file of so many bytes may take one second more; pages of text take a tenth of that."""

MEMORY = 256 * 1024 * 1024
"""Bytes that a reader may hold beyond some copies of its file."""

_COPIES = 4


class LimitExceeded(Exception):
    """The system ended the work: it asked for too much time or memory."""


def run(module: str, path: Path) -> dict[str, object]:
    """Return what `python -m module PATH` prints; raise Refused where it was ended."""
    size = path.stat().st_size
    seconds = SECONDS + size // BYTES_PER_SECOND
    roots = [str(Path(__file__).parents[3]), os.environ.get("PYTHONPATH", "")]
    done = subprocess.run(
        [sys.executable, "-m", module, str(path), str(seconds), str(MEMORY + _COPIES * size)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, roots))},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        timeout=None if sys.platform != "win32" else 10 * seconds,
        check=False,
    )
    if done.returncode != 0:
        raise LimitExceeded
    result: dict[str, object] = json.loads(done.stdout)
    return result


def set_limits(seconds: int, memory: int) -> None:
    """Bound this process: so many seconds of a processor, so many bytes."""
    if sys.platform == "win32":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
