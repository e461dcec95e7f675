"""Workers: rows written and proven, in this process or spread over several.

    batches of tasks -> written, then proven, here or by a pool, in their order -> candidates

Only so many batches are under way as there are workers, so that memory stays bounded.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import islice
from multiprocessing import get_context
from types import TracebackType

from sqlalchemy import Engine

from knowledge.catalog import connect
from knowledge.lessons.plan import Supplies, Task
from knowledge.lessons.proof import Prover
from knowledge.screening import Candidate

NOT_PROVEN = "not proven: "

_BATCH = 200

_own: "Desk | None" = None
"""The desk of a worker process, made once when the process starts."""


class Desk:
    """Writes and proves rows in one process."""

    def __init__(self, engine: Engine, supplies: Supplies) -> None:
        self._supplies = supplies
        self._prover = Prover(engine, supplies.generation)

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
    """Writes and proves the rows of tasks; a context manager, since it may hold processes."""

    def __init__(self, engine: Engine, supplies: Supplies, workers: int = 1) -> None:
        self._engine = engine
        self._supplies = supplies
        # A database in memory cannot be opened by another process.
        shared = engine.url.get_backend_name() != "sqlite" or bool(engine.url.database)
        self._workers = workers if shared and engine.url.database != ":memory:" else 1
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> "Writers":
        if self._workers > 1:
            url = self._engine.url.render_as_string(hide_password=False)
            self._pool = ProcessPoolExecutor(
                self._workers, get_context("spawn"), _start, (url, self._supplies.generation)
            )
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
        if self._pool is None:
            desk = Desk(self._engine, self._supplies)
            yield from map(desk.write, batches)
            return
        under_way: deque[Future[list[Candidate]]] = deque()
        for batch in batches:
            under_way.append(self._pool.submit(_write, batch))
            if len(under_way) > 2 * self._workers:
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()


def _start(url: str, generation: int) -> None:
    global _own
    engine = connect(url)
    _own = Desk(engine, Supplies(engine, generation))


def _write(batch: list[Task | str]) -> list[Candidate]:
    assert _own is not None
    return _own.write(batch)
