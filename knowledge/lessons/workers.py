"""Workers: rows written and proven, in this process or spread over several.

    batches of tasks -> written, then proven, here or by a pool, in their order -> candidates

Few batches are under way for each worker, so that memory stays bounded.
"""

import sys
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import islice
from multiprocessing import get_context
from types import TracebackType

from sqlalchemy import Engine
from sqlalchemy.pool import QueuePool

from knowledge.datasets.filtering import Candidate
from knowledge.graph.catalog import connect
from knowledge.lessons.row_finishing import Finish, Packed, packed, unpacked
from knowledge.lessons.row_plan import Supplies, Task
from knowledge.lessons.verify.prover import Prover

NOT_PROVEN = "not proven: "

_BATCH = 200

_own: "tuple[Desk, Finish | None] | None" = None
"""The desk of a worker process, made once: before it starts where it is a copy of its maker."""


class Desk:
    """Writes and proves rows in one process."""

    def __init__(self, engine: Engine, supplies: Supplies) -> None:
        self.engine = engine
        self._supplies = supplies
        self._prover = Prover(engine, supplies.generation)

    def read_ahead(self) -> None:
        """Read what the proof of most rows needs."""
        self._prover.read_ahead()

    def write(self, tasks: Iterable[Task | str]) -> list[Candidate]:
        """Return a lesson for each task, or why there is none; without either it is left out."""
        made: list[Candidate] = []
        for task in tasks:
            if isinstance(task, str):
                made.append((None, task))
            elif lesson := self._supplies.write(task):
                made.append((lesson, ""))
        found = iter(self._prover.faults([lesson for lesson, _ in made if lesson]))
        return [
            (lesson, f"{NOT_PROVEN}{fault}" if (fault := next(found)) else "")
            if lesson
            else (None, reason)
            for lesson, reason in made
        ]


class Writers:
    """Writes and proves the rows of tasks; a context manager, since it may hold processes.

    Where it can, it makes processes that share the pages that were read before: with many workers
    `finish` does there what each row needs on its own.
    """

    def __init__(
        self, engine: Engine, supplies: Supplies, workers: int = 1, finish: Finish | None = None
    ) -> None:
        self._engine = engine
        self._supplies = supplies
        self._finish = finish
        # A database in memory cannot be opened by another process.
        shared = engine.url.get_backend_name() != "sqlite" or bool(engine.url.database)
        self._workers = workers if shared and engine.url.database != ":memory:" else 1
        self._pool: ProcessPoolExecutor | None = None
        self._own: Desk | None = None

    @property
    def _desk(self) -> Desk:
        self._own = self._own or Desk(self._engine, self._supplies)
        return self._own

    def read_ahead(self) -> None:
        """Read what the proof of most rows needs, where that is of use to those who prove."""
        if self._workers == 1 or _can_fork(self._engine):
            self._desk.read_ahead()

    def __enter__(self) -> "Writers":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def __call__(self, tasks: Iterable[Task | str]) -> Iterator[Candidate]:
        """Yield the candidates of tasks in their order, each with the reason if not proven."""
        left = iter(tasks)
        for batch in self._batches(iter(lambda: [*islice(left, _BATCH)], [])):
            yield from batch

    def _batches(self, batches: Iterable[list[Task | str]]) -> Iterator[list[Candidate]]:
        if self._workers == 1:
            yield from map(self._desk.write, batches)
            return
        under_way: deque[Future[Packed]] = deque()
        for batch in batches:
            self._pool = self._pool or self._processes()
            under_way.append(self._pool.submit(_write, batch))
            self._forget()
            if len(under_way) > 2 * self._workers:
                yield unpacked(under_way.popleft().result())
        while under_way:
            yield unpacked(under_way.popleft().result())

    def _processes(self) -> ProcessPoolExecutor:
        """Make the processes; the first task that they are given starts them all."""
        global _own
        if _can_fork(self._engine):
            # Nothing of an open database may be shared, and all that was read is.
            _own = self._desk, self._finish
            self._engine.dispose()
            return ProcessPoolExecutor(self._workers, get_context("fork"), _adopt)
        url = self._engine.url.render_as_string(hide_password=False)
        given = (url, self._supplies.generation, self._finish)
        return ProcessPoolExecutor(self._workers, get_context("spawn"), _start, given)

    def _forget(self) -> None:
        """Let go of what only the proof needs, which the processes have by now."""
        global _own
        self._own = _own = None


def _can_fork(engine: Engine) -> bool:
    """Say whether this process may be copied as it is: no other thread runs, no database is in use.

    Not on macOS, whose own libraries do not bear it.
    """
    pool = engine.pool
    idle = isinstance(pool, QueuePool) and pool.checkedout() == 0
    return sys.platform == "linux" and idle and threading.active_count() == 1


def _adopt() -> None:
    """Forget the connections of the process that this one is a copy of; none of them is open."""
    assert _own is not None
    _own[0].engine.dispose(close=False)


def _start(url: str, generation: int, finish: Finish | None) -> None:
    global _own
    engine = connect(url)
    _own = Desk(engine, Supplies(engine, generation)), finish


def _write(batch: list[Task | str]) -> Packed:
    assert _own is not None
    desk, finish = _own
    made = desk.write(batch)
    return packed(finish(made) if finish else made)
