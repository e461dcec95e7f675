"""Time the build of lessons and their proof, with processor seconds and peak memory.

python benchmarks/lesson_speed.py --home HOME [--rows 20000] [--workers 1 2]
python benchmarks/lesson_speed.py --made 8000 --rows 1000000 --workers 2

Written, proven, screened and deduplicated rows per second of the whole command, from its start to
the manifest: loading the graph is in it. Processor seconds count all processes, so that other work
on the machine changes them little. Two peaks are told: that of the largest process, and on Linux of
all processes together, where what they share counts once (sampled every half second). `--made` is a
graph of so many made-up conditions, for more rows than a real one has.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path

from machine import table
from made_graph import fill_graph


def main() -> None:
    """Build once per number of workers, then prove the rows again, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    home = parser.add_mutually_exclusive_group(required=True)
    home.add_argument("--home", type=Path, help="a home that holds knowledge")
    home.add_argument("--made", type=int, help="conditions of a made-up graph instead")
    parser.add_argument("--no-check", action="store_true", help="do not prove the rows again")
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    chosen = parser.parse_args()
    rows: list[tuple[str, str]] = []
    with tempfile.TemporaryDirectory() as folder:
        home = chosen.home or _made(Path(folder) / "home", chosen.made)
        for workers in chosen.workers:
            out = Path(folder) / f"with-{workers}"
            wanted = ("--limit", str(chosen.rows), "--seed", "11", "--workers", str(workers))
            figures = _run(home, "build-data", "--out", str(out), *wanted)
            made = json.loads((out / "report.json").read_text(encoding="utf-8"))["kept"]
            rows += _lines(f"build, {workers} worker{'s' * (workers > 1)}", made, figures)
        if not chosen.no_check:
            rows += _lines("prove again", made, _run(home, "build-data", "--check", str(out)))
    table(rows)


def _made(home: Path, conditions: int) -> Path:
    """Make a home with a made-up graph; its tables are those of the command line."""
    home.mkdir()
    _run(home, "db", "upgrade")
    fill_graph(home, conditions).dispose()
    return home


def _lines(
    title: str, rows: int, figures: tuple[float, float, float, float]
) -> list[tuple[str, str]]:
    wall, cpu, largest, whole = figures
    return [
        (f"{title}: rows · seconds · processor seconds", f"{rows:,} · {wall:.1f} · {cpu:.1f}"),
        (
            f"{title}: rows per second · per processor second",
            f"{rows / wall:,.0f} · {rows / cpu:,.0f}",
        ),
        (
            f"{title}: peak MiB of the largest process · of all together",
            f"{largest:,.0f} · {whole:,.0f}",
        ),
    ]


def _run(home: Path, *arguments: str) -> tuple[float, float, float, float]:
    """Run a command; return its seconds, its processor seconds and its two peaks in MiB."""
    began = time.perf_counter()
    command = [sys.executable, "-m", "medchat.cli", *arguments]
    environment = {**os.environ, "MEDCHAT_HOME": str(home)}
    quiet = [(os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0)]
    quiet.append((os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0))
    process = os.posix_spawn(sys.executable, command, environment, file_actions=quiet)
    whole = 0.0
    while not (ended := os.wait4(process, os.WNOHANG))[0]:
        whole = max(whole, _held(process))
        time.sleep(0.5)
    _, status, used = ended
    if status:
        raise SystemExit(f"medchat {' '.join(arguments)} failed.")
    wall = time.perf_counter() - began
    return wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, whole


def _held(process: int) -> float:
    """Return the MiB that a process and those that it started hold, shared pages in their parts."""
    folder = Path("/proc") / str(process)
    try:
        rollup = (folder / "smaps_rollup").read_text(encoding="ascii")
        children = (folder / "task" / str(process) / "children").read_text(encoding="ascii")
    except OSError:  # it has ended, or this is not Linux
        return 0.0
    held = next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
    return held / 1024 + sum(_held(int(child)) for child in children.split())


if __name__ == "__main__":
    main()
