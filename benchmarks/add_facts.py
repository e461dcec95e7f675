"""Facts per second of graph imports, in processor seconds, each set in a process of its own.

python benchmarks/add_facts.py --data DIR [--times 3]

`kb add` is timed within its process: from the names of files to the generation in force, without
the start of Python. The whole command is timed beside it. `DIR` is where the sets lie; a table of
160,000 pairs of medicines is made by the script, and sets that are not there are left out.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from machine import table
from synthetic import interactions

_SETS = (
    ("Hetionet's edge sample", ("kg_en/hetionet/edges-5k.sif.gz",)),
    ("Chinese disease CSV", ("kg_zh/medicalgraph_a/disease_a.csv",)),
    ("SIDER's uses", ("kg_en/sider4/indications.tsv",)),
    ("DDInter, 4 files", ("ddi/ddinter",)),
)
_PAIRS = 160_000


def main() -> None:
    """Import each set some times and print the best, with the most memory that it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--measure", nargs="+", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(_imported(options.measure)))
        return
    rows: list[tuple[str, str]] = []
    with tempfile.TemporaryDirectory() as folder:
        pairs = interactions(Path(folder) / "pairs.csv", _PAIRS)
        sets = [(name, [options.data / path for path in paths]) for name, paths in _SETS]
        for name, paths in [*sets, (f"pairs of medicines, {_PAIRS:,} rows", [pairs])]:
            if all(path.exists() for path in paths):
                runs = [_run(paths) for _ in range(options.times)]
                rows.append((f"{name}: {_HEAD}", _told(runs, _command(paths))))
    table(rows)


_HEAD = "facts · facts per processor second, best and worst run · peak MiB · whole command, s"


def _told(runs: Sequence[dict[str, float]], command: float) -> str:
    rates = [run["facts"] / run["seconds"] for run in runs]
    peak = max(run["peak"] for run in runs)
    return (
        f"{runs[0]['facts']:,.0f} · {max(rates):,.0f} and {min(rates):,.0f} · {peak:,.0f} · "
        f"{command:.1f}"
    )


def _run(paths: Sequence[Path]) -> dict[str, float]:
    command = [sys.executable, __file__, "--data", ".", "--measure", *map(str, paths)]
    shown = subprocess.run(command, check=True, capture_output=True, text=True)
    run: dict[str, float] = json.loads(shown.stdout)
    return run


def _imported(paths: Sequence[Path]) -> dict[str, float]:
    """Add files to an empty home; return the facts, processor seconds and peak MiB."""
    from knowledge.graph.catalog import CatalogBase, connect
    from knowledge.ingest import updates

    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        engine = connect(f"sqlite:///{home / 'medchat.db'}")
        CatalogBase.metadata.create_all(engine)
        began = time.process_time()
        update = updates.add(engine, home, paths)
        seconds = time.process_time() - began
        engine.dispose()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10
    return {"facts": update.facts, "seconds": seconds, "peak": peak}


def _command(paths: Sequence[Path]) -> float:
    """Return the processor seconds of the whole command `medchat kb add` in an empty home."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "medchat.cli", "kb", "add", *map(str, paths)]
        environment = {**os.environ, "MEDCHAT_HOME": folder}
        subprocess.run(command, check=True, env=environment, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    main()
