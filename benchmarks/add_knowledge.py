"""Time `medchat kb add` of graphs and then of literature in a home of its own, with peak memory.

python benchmarks/add_knowledge.py GRAPH.csv ... --then FOLDER ...
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from machine import table


def main() -> None:
    """Add what the arguments name, in two calls, and print seconds, memory and counts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("graphs", nargs="+", type=Path)
    parser.add_argument("--then", nargs="+", type=Path, default=[], dest="literature")
    chosen = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "MEDCHAT_HOME": folder}
        for title, paths in (("graphs", chosen.graphs), ("literature", chosen.literature)):
            if not paths:
                continue
            command = [sys.executable, "-m", "medchat.cli", "kb", "add", *map(str, paths)]
            began = time.perf_counter()
            subprocess.run(command, check=True, env=environment, stderr=subprocess.DEVNULL)
            rows.append((f"add {title}, seconds", f"{time.perf_counter() - began:.1f}"))
            # the largest child so far: graphs come first, so that theirs is theirs alone
            peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 2**20
            rows.append((f"peak memory up to then ({title}), GiB", f"{peak:.2f}"))
        shown = subprocess.run(
            [sys.executable, "-m", "medchat.cli", "kb", "status", "--json"],
            check=True, env=environment, capture_output=True, text=True,
        )  # fmt: skip
        status = json.loads(shown.stdout)
        rows += [
            (name, f"{status[name]:,}") for name in ("entities", "facts", "documents", "passages")
        ]
    table(rows)


if __name__ == "__main__":
    main()
