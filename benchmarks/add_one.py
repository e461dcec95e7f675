"""Add one document to a base of 200,000 passages, and time until running servers cite it.

python benchmarks/add_one.py [--passages 200000] [--times 20]

One server is this process, which also adds; the other is a process of its own that asks again and
again. Vectors are drawn, so that no model is timed. Processor seconds of this process are told
beside the clock's, for other work may run on the machine.
"""

import argparse
import multiprocessing
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
from machine import table
from sqlalchemy import Engine
from synthetic import Known, Synthetic, fill

from knowledge.graph.catalog import connect
from knowledge.ingest import starter, updates
from knowledge.search.searcher import open_search


def main() -> None:
    """Fill the base, add documents one by one, and print how long each took to be cited."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--passages", type=int, default=200_000)
    parser.add_argument("--times", type=int, default=20)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        engine, embedding = fill(home, Synthetic(options.passages))
        graphs = [path for path in starter.files() if path.suffix == ".yaml"]
        updates.add(engine, home, graphs, embedding=embedding)
        here, there = multiprocessing.get_context("spawn").Pipe()
        server = multiprocessing.get_context("spawn").Process(target=_serve, args=(home, there))
        server.start()
        here.recv()  # it has opened the base
        open_search(engine, home, embedding)
        figures = [_cited(engine, home, embedding, here, turn) for turn in range(options.times)]
        here.send("")
        server.join()
        engine.dispose()
    told = ("acknowledged", "cited by the same process", "cited by another process")
    rows = [
        ("passages in the base", f"{options.passages:,}"),
        ("documents added", f"{len(figures)}"),
    ]
    for place, name in enumerate(told):
        clock = [each[place] for each in figures]
        rows.append(
            (f"{name}, seconds, median · most", f"{np.median(clock):.2f} · {max(clock):.2f}")
        )
    used = [each[3] for each in figures]
    rows.append(
        (
            "processor seconds of this process, median · most",
            f"{np.median(used):.2f} · {max(used):.2f}",
        )
    )
    table(rows)


def _cited(
    engine: Engine, home: Path, embedding: Known, server: Connection, turn: int
) -> tuple[float, float, float, float]:
    word = f"zorvanex{turn}"
    note = home / f"{word}.md"
    note.write_text(f"---\nkey: note:{word}\ntitle: {word}\n---\nThe dose of {word} is low.\n")
    server.send(word)
    began, used = time.perf_counter(), time.process_time()
    updates.add(engine, home, [note], embedding=embedding)
    acknowledged = time.perf_counter() - began
    while not _finds(engine, home, embedding, word):
        pass
    same = time.perf_counter() - began
    spent = time.process_time() - used
    return acknowledged, same, server.recv() - began, spent


def _finds(engine: Engine, home: Path, embedding: Known, word: str) -> bool:
    hits = open_search(engine, home, embedding).find(f"What is the dose of {word}?", 3)
    return any(word in hit.text for hit in hits)


def _serve(home: Path, given: Connection) -> None:
    """Ask for each word that comes until it is cited, and say when that was."""
    engine, embedding = connect(f"sqlite:///{home / 'medchat.db'}"), Known()
    open_search(engine, home, embedding)
    given.send("ready")
    while word := given.recv():
        while not _finds(engine, home, embedding, word):
            time.sleep(0.02)
        given.send(time.perf_counter())
    engine.dispose()


if __name__ == "__main__":
    main()
