"""Run two rounds of the mini recipe on a dataset folder in a home of their own.

python benchmarks/rounds.py DATA
"""

import argparse
import tempfile
import time
from pathlib import Path

from machine import table


def main() -> None:
    """Train two rounds and print speed and held-out scores."""
    from finetune import adapters, rounds
    from finetune.ledger import Wanted
    from finetune.recipes import recipe_reader
    from medchat.composition import TEXT_TOOLS

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    data = parser.parse_args().data
    chosen = recipe_reader.load("mini")
    rows = []
    with tempfile.TemporaryDirectory() as home:
        for number in (1, 2):
            began = time.perf_counter()
            # what the gate says is not measured here
            parent = f"{chosen.name}/round-{number - 1}" if number > 1 else None
            wanted = Wanted(chosen, number, Path(home), data, parent=parent)
            outcome = rounds.run(wanted, tools=TEXT_TOOLS)
            entry = adapters.manifest(outcome.adapter)
            before, after = entry["scores"]["before"], entry["scores"]["after"]
            rows += [
                (
                    f"round {number}: seconds, scoring included",
                    f"{time.perf_counter() - began:.0f}",
                ),
                (f"round {number}: tokens per second", f"{entry['tokens_per_second']:,.0f}"),
            ]
            rows += [
                (
                    f"round {number}: {name}, before → after",
                    f"{_told(before[name])} → {_told(after[name])}",
                )
                for name in ("nll", "facts_present", "facts_supported", "declined")
            ]
    table(rows)


def _told(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


if __name__ == "__main__":
    main()
