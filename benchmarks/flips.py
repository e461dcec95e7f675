"""Damage files of a generation, one bit or one cut at a time, and see whether an answer uses them.

python benchmarks/flips.py [--times 1000]

Each time one random file of the newest generation is damaged, opened as a server opens it, and put
back. Found means that `kb verify` names the file and that search serves the generation before.
Exit status 1 where one was not found.
"""

import argparse
import logging
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from kills import Hashed
from machine import table
from sqlalchemy import Engine

from knowledge.graph.catalog import CatalogBase, connect
from knowledge.index import generations
from knowledge.ingest import starter, updates
from knowledge.search.searcher import open_search

QUESTION = "What are the symptoms of asthma?"


def main() -> None:
    """Run the campaign and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    logging.getLogger("knowledge").setLevel(logging.ERROR)  # a warning each time is as it should be
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        engine = _two_generations(home)
        began = time.monotonic()
        found = _campaign(engine, home, options.times, random.Random(options.seed))
        seconds = time.monotonic() - began
    table(
        [
            ("bits flipped", str(found["flip"])),
            ("files cut", str(found["cut"])),
            ("named by verify", str(found["named"])),
            ("the generation before served", str(found["served"])),
            ("used by an answer", str(found["used"])),
            ("seconds, verification and search included", f"{seconds:.0f}"),
        ]
    )
    sys.exit(found["named"] != options.times or found["served"] != options.times)


def _two_generations(home: Path) -> Engine:
    engine = connect(f"sqlite:///{home / 'medchat.db'}")
    CatalogBase.metadata.create_all(engine)
    files = starter.files()
    updates.add(engine, home, files[:-20], embedding=Hashed())
    updates.add(engine, home, files[-20:], embedding=Hashed())
    return engine


def _campaign(engine: Engine, home: Path, times: int, pick: random.Random) -> Counter[str]:
    newest = generations.newest(engine)
    assert newest is not None
    folder = generations.folder_of(home, newest)
    # a file that the generation before shares is damaged there too: nothing whole would be left
    shared = set(generations.read_manifest(home, newest - 1).files.values())
    own = generations.read_manifest(home, newest).files
    paths = [folder / name for name, digest in own.items() if digest not in shared]
    paths.append(folder / generations.MANIFEST)
    found: Counter[str] = Counter()
    for turn in range(times):
        path = pick.choice(paths)
        whole = path.read_bytes()
        kind = "flip" if pick.random() < 0.8 else "cut"
        damaged = bytearray(whole)
        if kind == "flip":
            damaged[pick.randrange(len(whole))] ^= 1 << pick.randrange(8)
        else:
            del damaged[pick.randrange(len(whole)) :]
        path.write_bytes(bytes(damaged))
        found[kind] += 1
        faults = generations.verify(engine, home)
        found["named"] += any(path.name in fault or folder.name in fault for fault in faults)
        search = open_search(engine, home, Hashed())
        hits = search.find(QUESTION)
        found["served"] += search.generation == newest - 1 and bool(hits)
        found["used"] += search.generation == newest
        path.write_bytes(whole)
        if turn % 25 == 24:
            print(f"\r{turn + 1} of {times}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return found


if __name__ == "__main__":
    main()
