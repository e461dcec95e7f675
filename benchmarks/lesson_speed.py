"""Time the build of lessons and their proof, with processor seconds and peak memory.

python benchmarks/lesson_speed.py --home HOME [--rows 20000] [--workers 1 2]

Written, proven, screened and deduplicated rows per second of the whole command, from its start to
the manifest: loading the graph is in it. Processor seconds count all processes, so that other work
on the machine does not change them; the peak is that of the largest process.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path

from machine import table


def main() -> None:
    """Build once per number of workers, then prove the rows again, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, required=True, help="a home that holds knowledge")
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    chosen = parser.parse_args()
    rows: list[tuple[str, str]] = []
    with tempfile.TemporaryDirectory() as folder:
        for workers in chosen.workers:
            out = Path(folder) / f"with-{workers}"
            wanted = ("--limit", str(chosen.rows), "--seed", "11", "--workers", str(workers))
            figures = _run(chosen.home, "build-data", "--out", str(out), *wanted)
            made = json.loads((out / "report.json").read_text(encoding="utf-8"))["kept"]
            rows += _lines(f"build, {workers} worker{'s' * (workers > 1)}", made, *figures)
        proof = _run(chosen.home, "build-data", "--check", str(out))
        rows += _lines("prove again", made, *proof)
    table(rows)


def _lines(title: str, rows: int, wall: float, cpu: float, peak: float) -> list[tuple[str, str]]:
    return [
        (f"{title}: rows · seconds · processor seconds", f"{rows:,} · {wall:.1f} · {cpu:.1f}"),
        (
            f"{title}: rows per second · per processor second · peak MiB",
            f"{rows / wall:,.0f} · {rows / cpu:,.0f} · {peak:,.0f}",
        ),
    ]


def _run(home: Path, *arguments: str) -> tuple[float, float, float]:
    """Run a command; return its seconds, its processor seconds and its peak memory in MiB."""
    began = time.perf_counter()
    command = [sys.executable, "-m", "medchat.cli", *arguments]
    environment = {**os.environ, "MEDCHAT_HOME": str(home)}
    quiet = [(os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0)]
    quiet.append((os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0))
    process = os.posix_spawn(sys.executable, command, environment, file_actions=quiet)
    _, status, used = os.wait4(process, 0)
    if status:
        raise SystemExit(f"medchat {' '.join(arguments)} failed.")
    wall = time.perf_counter() - began
    return wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


if __name__ == "__main__":
    main()
