"""Time `medchat --help` as whole processes: five after one that warms the disk's cache.

python benchmarks/command_line.py
"""

import statistics
import subprocess
import sys
import time

from machine import table


def main() -> None:
    """Run the command and print the median."""
    command = [sys.executable, "-m", "medchat.cli", "--help"]
    taken = []
    for _ in range(6):
        began = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        taken.append(time.perf_counter() - began)
    kept = sorted(taken[1:])
    table(
        [
            (
                "`medchat --help`, seconds",
                f"{statistics.median(kept):.2f} ({kept[0]:.2f}–{kept[-1]:.2f})",
            )
        ]
    )


if __name__ == "__main__":
    main()
