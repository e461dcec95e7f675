"""Give hostile files to `medchat kb add`, one process each: what came of it, how soon, how big.

python benchmarks/hostile.py [--only WORD]

Seconds are those of the processor, of the whole tree of processes; the clock's stand beside. Memory
is the most that the tree held at one moment, added up process by process, so that what they share
counts twice. Everything counts from the start of Python on; what an unknown file and an ordinary
note cost is told first. Exit status 1 where a file was not refused, or not read as it must be.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from hostile_files import FILES, READ, Hostile
from machine import table

SECONDS = 5.0
MEMORY = 300.0
_PATIENCE = 120.0
_BROUGHT = ("entities", "facts", "documents")
_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Cost:
    """What a process came to; `status` is None where it was killed, `memory` are MiB."""

    status: int | None
    out: str
    err: str
    clock: float
    processor: float
    memory: float


def run(words: list[str], home: Path, cwd: Path) -> Cost:
    """Run `medchat` with these words and watch all that it starts."""
    environment = {**os.environ, "MEDCHAT_HOME": str(home)}
    began = time.perf_counter()
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        started = subprocess.Popen(
            [sys.executable, "-m", "medchat.cli", *words],
            stdout=out, stderr=err, env=environment, cwd=cwd, start_new_session=True,
        )  # fmt: skip
        before = os.times()
        peak, status = 0.0, None
        while time.perf_counter() - began < _PATIENCE:
            peak = max(peak, sum(map(_held, _tree(started.pid))))
            status = started.poll()
            if status is not None:
                break
            time.sleep(0.01)
        else:
            os.killpg(started.pid, signal.SIGKILL)
            started.wait()
        after = os.times()
        clock = time.perf_counter() - began
        used = sum(after[2:4]) - sum(before[2:4])
        told = []
        for stream in (out, err):
            stream.seek(0)
            told.append(stream.read().decode(errors="replace"))
    return Cost(status, told[0], told[1], clock, used, peak / 2**20)


def _tree(root: int) -> list[int]:
    """Return a process and all that descend from it."""
    found = [root]
    for process in found:
        try:
            tasks = list(Path(f"/proc/{process}/task").iterdir())
            for task in tasks:
                found += map(int, (task / "children").read_text().split())
        except OSError:
            continue  # it has ended meanwhile
    return found


def _held(process: int) -> int:
    """Return the bytes that a process has in memory."""
    try:
        return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * _PAGE
    except (OSError, IndexError):
        return 0


def fault(hostile: Hostile, cost: Cost) -> str:
    """Return what is wrong with what came of a file, or nothing."""
    lines = [line for line in cost.err.splitlines() if line.strip()]
    if cost.status is None:
        return "did not end"
    if "Traceback" in cost.err:
        return f"traceback: {lines[-1][:100]}"
    if hostile.outcome == READ:
        told = json.loads(cost.out) if cost.status == 0 else {}
        return "" if any(map(told.get, _BROUGHT)) else "not read"
    if cost.status == 0:
        told = json.loads(cost.out)
        brought = any(map(told.get, _BROUGHT))
        return "not refused" if brought else ("" if told["left_out"] else "nothing was told")
    try:
        complaint = json.loads(lines[-1])["error"]
    except (ValueError, KeyError, IndexError):
        return "no sentence"
    return "" if cost.status == 2 and complaint["remedy"] else f"status {cost.status}"


def main() -> None:
    """Make every file, give it to `medchat kb add`, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="only files whose name holds this")
    options = parser.parse_args()
    rows, wrong = [], 0
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        for name, content in (
            ("unknown.bin", b"\x00\x01\x02"),
            ("note.md", b"# Gout\n\nIt hurts.\n"),
        ):
            (Path(folder) / name).write_bytes(content)
            run(["doctor"], home, Path(folder))  # make the database first
            cost = run(["kb", "add", str(Path(folder) / name), "--json"], home, Path(folder))
            rows.append((f"not hostile: {name}", _told(cost, "")))
        for number, hostile in enumerate(each for each in FILES if options.only in each.name):
            place = Path(folder) / str(number)
            place.mkdir()
            path = hostile.make(place)
            cost = run(["kb", "add", str(path), "--json"], home, place)
            found = fault(hostile, cost)
            late = cost.processor > SECONDS or cost.memory > MEMORY
            wrong += bool(found) or late
            rows.append((hostile.name, _told(cost, found)))
            print(f"{hostile.name}: {rows[-1][1]}", file=sys.stderr, flush=True)
            subprocess.run(["rm", "-rf", str(place)], check=True)
    table(rows)
    sys.exit(1 if wrong else 0)


def _told(cost: Cost, found: str) -> str:
    said = cost.err.strip().splitlines()
    try:
        what = json.loads(said[-1])["error"]["what"] if cost.status else _left_out(cost)
    except (ValueError, KeyError, IndexError):
        what = said[-1] if said else ""
    verdict = f"**{found}**" if found else ("refused" if cost.status else "read")
    spent = f"{cost.processor:.1f} · {cost.clock:.1f} · {cost.memory:.0f}"
    shown = "".join(sign for sign in " ".join(what.split()) if sign.isprintable())
    return f"{spent} | {verdict} | {shown[:110]}"


def _left_out(cost: Cost) -> str:
    told = json.loads(cost.out)
    return "; ".join(f"{reason}: {count}" for reason, count in told["left_out"].items())


if __name__ == "__main__":
    main()
