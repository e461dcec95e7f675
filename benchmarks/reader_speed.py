"""Megabytes per second of each literature reader, beside an earlier revision and other libraries.

python benchmarks/reader_speed.py --data DIR --before REVISION [--made DIR] [--files 40]

Every reader has a process of its own, which reads the same files again and again; they take turns,
and the least of the rounds counts. Seconds are the processor's, child processes included. Passages
are not cut. What one of the readers refuses is left out for all.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from machine import describe
from made_files import Sample, gather
from word_peers import PEERS, installed

CHECKOUT = Path(__file__).resolve().parent.parent
OURS = "medchat"


def used() -> float:
    """Return the processor seconds of this process and of the ended ones that it began."""
    parts = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(part.ru_utime + part.ru_stime for part in parts)


def work(reader: str, name: str) -> None:
    """Read the files of each line that comes in, and answer with seconds and what is refused."""
    for line in sys.stdin:
        refused = []
        began = used()
        for path in json.loads(line):
            try:
                _read(reader, name, Path(path))
            except Exception:  # whatever a reader has against a file
                refused.append(path)
        print(json.dumps((used() - began, refused)), flush=True)


def _read(reader: str, name: str, path: Path) -> None:
    if reader != OURS:
        dict(PEERS[name])[reader](path)
        return
    from knowledge.ingest.sources import reading
    from knowledge.records import ReadReport

    for _ in reading.read(path, name, ReadReport()):
        pass


@contextmanager
def worker(tree: Path, reader: str, name: str) -> Iterator[subprocess.Popen[str]]:
    """Start a process that reads with the code of a tree, and end it."""
    process = subprocess.Popen(
        [sys.executable, __file__, "--work", reader, "--format", name],
        env={**os.environ, "PYTHONPATH": str(tree)},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    try:
        yield process
    finally:
        assert process.stdin is not None
        process.stdin.close()
        process.wait()


def ask(process: subprocess.Popen[str], paths: list[str]) -> tuple[float, list[str]]:
    """Have a process read files; return its seconds and the files that it refused."""
    assert process.stdin is not None and process.stdout is not None
    process.stdin.write(json.dumps(paths) + "\n")
    process.stdin.flush()
    seconds, refused = json.loads(process.stdout.readline())
    return seconds, refused


def measure(
    before: Path, name: str, samples: list[Sample], rounds: int
) -> tuple[int, float, dict[str, float]]:
    """Return files and megabytes that all could read, and the least seconds of each reader."""
    readers = {"before": (before, OURS), "now": (CHECKOUT, OURS)}
    for peer, _ in PEERS.get(name, ())[:1]:
        if installed(peer):
            readers[peer] = (CHECKOUT, peer)
    paths = [str(sample.path) for sample in samples]
    processes, opened = {}, []
    for label, (tree, reader) in readers.items():
        opened.append(worker(tree, reader, name))
        processes[label] = opened[-1].__enter__()
    try:
        bad = {label: set(ask(process, paths)[1]) for label, process in processes.items()}
        unread = {label for label, refused in bad.items() if len(refused) == len(paths)}
        left = [
            each
            for each in paths
            if not any(each in bad[label] for label in bad if label not in unread)
        ]
        took: dict[str, list[float]] = {label: [] for label in processes if label not in unread}
        for turn in range(rounds):
            for label in list(took)[:: 1 if turn % 2 else -1]:
                took[label].append(ask(processes[label], left)[0])
    finally:
        for each in opened:
            each.__exit__(None, None, None)
    size = sum(Path(path).stat().st_size for path in left) / 1e6
    return len(left), size, {label: min(times) for label, times in took.items()}


def main() -> None:
    """Measure each format, and print a row for it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work")
    parser.add_argument("--format", action="append", default=[])
    parser.add_argument("--data", type=Path)
    parser.add_argument("--made", type=Path)
    parser.add_argument("--before")
    parser.add_argument("--files", type=int, default=40)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    if options.work:
        work(options.work, options.format[0])
        return
    print(f"Machine: {describe()}\n")
    print("| format | files | MB | before, MB/s | now, MB/s | now to before | peer | MB/s |")
    print("|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "before"
        tree.mkdir()
        packed = subprocess.run(
            ["git", "archive", options.before], cwd=CHECKOUT, check=True, capture_output=True
        )
        subprocess.run(["tar", "x", "-C", str(tree)], input=packed.stdout, check=True)
        made = options.made or Path(folder) / "made"
        for name, samples in gather(options.data, made, options.files, options.format).items():
            files, size, took = measure(tree, name, samples, options.rounds)
            speeds = {label: size / seconds for label, seconds in took.items()}
            cells = [name, str(files), f"{size:.2f}"]
            cells += [
                f"{speeds[label]:.2f}" if label in speeds else "not read"
                for label in ("before", "now")
            ]
            both = "before" in speeds and "now" in speeds
            cells.append(f"{speeds['now'] / speeds['before']:.2f}" if both else "")
            peer = next((label for label in speeds if label not in ("before", "now")), "")
            cells += [peer or "none", f"{speeds[peer]:.2f}" if peer else ""]
            print(f"| {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
