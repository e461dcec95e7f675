"""Kill -9 writers of the knowledge base at random moments, and look at what is left each time.

python benchmarks/kills.py [--kills 1000]

Each round a process of its own adds, removes or rolls back, and is killed after a random time. Then
the base must verify, hold exactly what it held before or exactly what the change makes of it (the
latter where the change was acknowledged), in the catalogue and in both indexes alike. Vectors come
from a few lines here, so that the time goes into files and not into a model. Exit status 1 where
any count of mixed, corrupt or lost is not 0.
"""

import argparse
import hashlib
import json
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import numpy as np
from machine import table
from numpy.typing import NDArray
from sqlalchemy import Engine, select

from knowledge.graph.catalog import CatalogBase as Tables
from knowledge.graph.catalog import DocumentRow, connect, holds
from knowledge.index import generations
from knowledge.index.garbage_collection import collect
from knowledge.ingest import updates
from knowledge.records import Language, Progress, silent
from knowledge.search.searcher import open_search

LIVE = 8
"""More notes than this are not added before one is removed, so that every one can be looked for."""


STAGES = (
    "before the index was begun",
    "while the index was written",
    "with the folder sealed, before or within the commit",
    "with the new generation named",
)
"""Where in the write a kill fell, read from the files that it left."""


class Hashed:
    """Puts each word into one of 32 places of a vector."""

    model, dimension = "hashed words", 32

    def reads(self, language: Language) -> bool:
        """Read English only."""
        return language == "en"

    def encode(self, texts: Sequence[str], progress: Progress = silent) -> NDArray[np.float32]:
        """Return unit vectors."""
        vectors = np.full((len(texts), self.dimension), 1e-3, dtype=np.float32)
        for row, text in enumerate(texts):
            for word in text.lower().split():
                vectors[row, hashlib.sha256(word.encode()).digest()[0] % self.dimension] += 1
        unit: NDArray[np.float32] = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return unit


def main() -> None:
    """Run the campaign and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found, seconds = campaign(Path(folder), options.kills, random.Random(options.seed))
    table(
        [
            ("changes begun", str(found["begun"])),
            ("killed before they ended", str(found["killed"])),
            ("acknowledged", str(found["acknowledged"])),
            *((f"killed {stage}", str(found[stage])) for stage in STAGES),
            ("of the killed, already in force", str(found["in force"])),
            ("mixed", str(found["mixed"])),
            ("corrupt", str(found["corrupt"])),
            ("acknowledged and lost", str(found["lost"])),
            ("seconds", f"{seconds:.0f}"),
        ]
    )
    sys.exit(bool(found["mixed"] or found["corrupt"] or found["lost"]))


def campaign(folder: Path, kills: int, pick: random.Random) -> tuple[Counter[str], float]:
    """Begin changes until `kills` of them were killed; return the counts and the seconds."""
    base = Base(folder)
    found: Counter[str] = Counter()
    state = _seen(base.begin)
    held, versions = frozenset(state.held), {1: frozenset(state.held)}
    took, began = 0.5, time.monotonic()
    while found["killed"] < kills:
        found["begun"] += 1
        number = found["begun"]
        change, wanted = _change(base, number, held, versions, pick)
        ended = bool(_apart(change, after=pick.uniform(0, 1.2 * took)))
        # what a change takes is not known here: let about one in six end
        took *= 0.95 if ended else 1.01
        found["acknowledged" if ended else "killed"] += 1
        if not ended:
            found[_stage(base.home, state.generation)] += 1
        state = _seen(partial(base.look, number))
        found["corrupt"] += bool(state.faults)
        now = frozenset(state.held)
        if now != frozenset(state.indexed) or now not in (held, wanted):
            found["mixed"] += 1
            print(
                f"\nround {number}, ended {ended}: held {sorted(held)}, wanted {sorted(wanted)}, "
                f"has {sorted(now)}, indexed {state.indexed}",
                file=sys.stderr,
            )
        found["lost"] += ended and now != wanted
        found["in force"] += not ended and now == wanted != held
        held = versions[state.generation] = now
        if number % 25 == 0:
            print(f"\r{found['killed']} of {kills} killed", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return found, time.monotonic() - began


def _stage(home: Path, before: int) -> str:
    """Say where in a write its process was killed; what it left behind is not yet swept."""
    current = generations.current(home)
    if current is not None and current > before:
        return STAGES[3]
    if (home / "knowledge" / f"gen-{before + 1:06d}").is_dir():
        return STAGES[2]
    building = any((home / "knowledge").glob("gen-*.building"))
    return STAGES[1] if building else STAGES[0]


@dataclass(frozen=True)
class State:
    """What the base holds: by the catalogue, and by what search finds; and what is wrong."""

    generation: int
    held: list[str]
    indexed: list[str]
    faults: list[str]


@dataclass(frozen=True)
class Base:
    """The base of the campaign; opened only in processes of their own, as SQLite asks for."""

    folder: Path

    @property
    def home(self) -> Path:
        """Return the home."""
        return self.folder / "home"

    def engine(self) -> Engine:
        """Open the database."""
        return connect(f"sqlite:///{self.home / 'medchat.db'}")

    def begin(self) -> State:
        """Make the base with its first note."""
        self.home.mkdir()
        engine = self.engine()
        Tables.metadata.create_all(engine)
        updates.add(engine, self.home, [_note(self.folder, 0)], embedding=Hashed())
        return self.look(0)

    def look(self, newest: int) -> State:
        """Verify everything, and look for every note that there may be by its marker."""
        engine = self.engine()
        faults = generations.verify(engine, self.home)
        search = open_search(engine, self.home, Hashed())
        with engine.connect() as connection:
            query = select(DocumentRow.id).where(holds(DocumentRow, search.generation))
            held = list(connection.scalars(query))
        found = set()
        for number in {*range(max(0, newest - 3), newest + 1), *map(_number, held)}:
            for hit in search.find(f"What does zorvanex{number} lower?", 20):
                if f"zorvanex{number} " in hit.text:
                    found.add(hit.document.id)
        if newest % 25 == 0:
            collect(engine, self.home)
        return State(search.generation, held, sorted(found), faults)


def _note(folder: Path, number: int) -> Path:
    path = folder / f"note-{number}.md"
    text = f"The marker zorvanex{number} lowers the pressure index by {number} percent."
    path.write_text(f"---\nkey: note:{number}\ntitle: Note {number}\n---\n{text}\n")
    return path


def _change(
    base: Base,
    number: int,
    held: frozenset[str],
    versions: dict[int, frozenset[str]],
    pick: random.Random,
) -> tuple[Callable[[], object], frozenset[str]]:
    """Return a change to be run in a process of its own, and what the base holds after it."""
    choice = pick.random()
    if choice < 0.15:
        target = pick.choice(list(versions))
        return lambda: _rolled_back(base, target), versions[target]
    if len(held) >= LIVE or (choice < 0.4 and len(held) > 1):
        gone = pick.choice(sorted(held))
        return lambda: _removed(base, gone), held - {gone}
    note = _note(base.folder, number)
    return lambda: _added(base, note), held | {f"note:{number}"}


def _added(base: Base, note: Path) -> int:
    return updates.add(base.engine(), base.home, [note], embedding=Hashed()).generation


def _removed(base: Base, id: str) -> int:
    return updates.remove(base.engine(), base.home, [id], embedding=Hashed()).generation


def _rolled_back(base: Base, number: int) -> int:
    return generations.rollback(base.engine(), base.home, number, Hashed())


def _seen(look: Callable[[], State]) -> State:
    return State(**json.loads(_apart(look)))


def _apart(work: Callable[[], object], after: float | None = None) -> bytes:
    """Run work in a process of its own and return its result as JSON; nothing where it was killed.

    It is killed after so many seconds, or left to end where `after` is None.
    """
    reader, writer = os.pipe()
    process = os.fork()
    if process == 0:
        try:
            result = work()
            told = asdict(result) if isinstance(result, State) else result
            os.write(writer, json.dumps(told).encode())
        finally:
            os._exit(0)
    os.close(writer)
    if after is not None:
        time.sleep(after)
        os.kill(process, signal.SIGKILL)
    with os.fdopen(reader, "rb") as pipe:
        told = pipe.read()
    os.waitpid(process, 0)
    return told


def _number(id: str) -> int:
    return int(id.removeprefix("note:").split("~")[0])


if __name__ == "__main__":
    main()
