"""Workers: the proof of lessons, in this process or spread over several.

    batches of candidates -> proven here, or by a pool, in their order -> batches with reasons

Only so many batches are under way as there are workers, so that memory stays bounded.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import ExitStack
from multiprocessing import get_context
from types import TracebackType

from sqlalchemy import Engine

from knowledge.catalog import connect
from knowledge.lessons.proof import Prover
from knowledge.screening import Candidate

NOT_PROVEN = "not proven: "

_own: Prover | None = None
"""The prover of a worker process, made once when the process starts."""


class Provers:
    """Proves batches of candidates; a context manager, since it may hold processes."""

    def __init__(self, engine: Engine, generation: int, workers: int = 1) -> None:
        self._engine = engine
        self._generation = generation
        # A database in memory cannot be opened by another process.
        shared = engine.url.get_backend_name() != "sqlite" or bool(engine.url.database)
        self._workers = workers if shared and engine.url.database != ":memory:" else 1
        self._stack = ExitStack()
        self._pool: ProcessPoolExecutor | None = None
        self._prover: Prover | None = None

    def __enter__(self) -> "Provers":
        if self._workers == 1:
            self._prover = Prover(self._engine, self._generation)
        else:
            url = self._engine.url.render_as_string(hide_password=False)
            pool = ProcessPoolExecutor(
                self._workers, get_context("spawn"), _start, (url, self._generation)
            )
            self._pool = self._stack.enter_context(pool)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
        self._stack.close()

    def __call__(self, batches: Iterable[list[Candidate]]) -> Iterator[list[Candidate]]:
        """Yield the batches, each candidate with the reason why it is not proven."""
        if self._prover is not None:
            for batch in batches:
                yield _proven(self._prover, batch)
            return
        assert self._pool is not None
        under_way: deque[Future[list[Candidate]]] = deque()
        for batch in batches:
            under_way.append(self._pool.submit(_prove, batch))
            if len(under_way) > 2 * self._workers:
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()


def _start(url: str, generation: int) -> None:
    global _own
    _own = Prover(connect(url), generation)


def _prove(batch: list[Candidate]) -> list[Candidate]:
    assert _own is not None
    return _proven(_own, batch)


def _proven(prover: Prover, batch: list[Candidate]) -> list[Candidate]:
    found = iter(prover.faults([lesson for lesson, reason in batch if lesson and not reason]))
    done: list[Candidate] = []
    for lesson, reason in batch:
        if lesson is not None and not reason:
            fault = next(found)
            reason = f"{NOT_PROVEN}{fault}" if fault else ""
        done.append((lesson, reason))
    return done
