"""Write and prove the rows of tasks, in this process or spread over several.

    batches of tasks -> written, then proven, here or by a pool, in their order -> candidates

Few batches are under way for each worker, so that memory stays bounded.
"""

import random
import sys
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from types import TracebackType

from sqlalchemy import Engine
from sqlalchemy.pool import QueuePool

from knowledge.datasets import quality
from knowledge.datasets.filtering import Candidate, make_batches
from knowledge.graph.catalog import connect
from knowledge.lessons.facts.fact_page import FactPage
from knowledge.lessons.facts.manner import length_of
from knowledge.lessons.facts.urgent_words import UrgencyRules
from knowledge.lessons.pages.page_sources import PageSources
from knowledge.lessons.parallel_rows import (
    are_parallel,
    is_left_to_other,
    marked,
    write_other,
)
from knowledge.lessons.realize import urgency
from knowledge.lessons.row_finishing import PackedRows, RowFinisher, pack, unpack
from knowledge.lessons.row_plan import RowTask
from knowledge.lessons.styles.style_registry import DOCTOR_STYLES, STYLES
from knowledge.lessons.verify.prover import Prover
from knowledge.records import Lesson

NOT_PROVEN = "not proven: "
OTHER_LENGTH = "the facts give no answer of the length that was asked for"

_worker: "tuple[RowWriter, RowFinisher | None] | None" = None
"""What a worker process works with, made once: before it starts where it is forked."""


class RowWriter:
    """Writes and proves rows in one process."""

    def __init__(
        self, engine: Engine, sources: PageSources, rules: UrgencyRules | None = None
    ) -> None:
        self.engine = engine
        self._sources = sources
        self._rules = rules
        self._prover = Prover(engine, sources.generation, rules)

    def read_ahead(self) -> None:
        """Read what the proof of most rows needs."""
        self._prover.read_ahead()

    def write(self, tasks: Iterable[RowTask | str]) -> list[Candidate]:
        """Return a lesson for each task, or why there is none; without either it is left out."""
        made: list[Candidate] = []
        for task in tasks:
            if isinstance(task, str):
                made.append((None, task))
            elif task.parallel and is_left_to_other(task, self._sources, _write_on):
                continue
            elif lesson := self._write(task):
                made += self._told(lesson, task)
        found = iter(self._prover.faults([lesson for lesson, _ in made if lesson]))
        return [
            _proven(lesson, next(found)) if lesson else (None, reason) for lesson, reason in made
        ]

    def _told(self, lesson: Lesson, task: RowTask) -> list[Candidate]:
        """Return a row as it is kept, and the same facts in the other language where wanted."""
        own = self._finished(lesson, task)
        if not task.parallel or own[0] is None:
            return [own]
        written = write_other(lesson, task, self._sources, _write_on)
        other = self._finished(written, task)[0] if written else None
        if other is None or not are_parallel(own[0], other):
            return [own]
        return [(marked(each), "") for each in (own[0], other)]

    def _finished(self, lesson: Lesson, task: RowTask) -> Candidate:
        described, reason = self._described(lesson, task)
        return self._opened(described, task) if described else (None, reason)

    def _opened(self, lesson: Lesson, task: RowTask) -> Candidate:
        """Return a row that opens with what is urgent, or why it cannot."""
        if self._rules is None:
            return lesson, ""
        pick = random.Random(f"{task.seed}|urgent")
        opened = urgency.open_answer(lesson, self._rules, pick)
        if opened and task.exact_length and opened.meta["length"] != lesson.meta["length"]:
            return None, OTHER_LENGTH
        return opened, "" if opened else urgency.UNOPENED

    def _described(self, lesson: Lesson, task: RowTask) -> Candidate:
        """Return a row with how it is told in its meta, or why it is not as it was asked for."""
        if task.manner is None:
            return lesson, ""
        length = length_of(lesson.messages[-1].content, lesson.language)
        if task.exact_length and length != task.manner.length:
            return None, OTHER_LENGTH
        told = {
            "register": task.manner.register,
            "length": length,
            "difficulty": DOCTOR_STYLES[task.style].DIFFICULTY[task.form],
        }
        return replace(lesson, meta={**lesson.meta, **told}), ""

    def _write(self, task: RowTask) -> Lesson | None:
        """Return the row of a task, or none where its page does not carry it."""
        page = self._sources.by_kind[task.kind].page(task.id, task.language, task.neighbours)
        if page is None:
            return None
        return _write_on(page, task, random.Random(task.seed))


def _write_on(page: FactPage, task: RowTask, pick: random.Random) -> Lesson | None:
    """Return the row of a task on a page that is given."""
    if task.manner is not None:
        style = DOCTOR_STYLES[task.style]
        return style.write(page, task.relation, task.form, pick, task.manner)
    return STYLES[task.style].write(page, task.relation, task.form, pick)


def _proven(lesson: Lesson, fault: str) -> Candidate:
    """Return a row with its quality, or with what the proof says against it."""
    return (lesson, f"{NOT_PROVEN}{fault}") if fault else (quality.rated(lesson), "")


class WriterPool:
    """Writes and proves the rows of tasks; a context manager, since it may hold processes.

    Where it can, it makes processes that share the pages that were read before: with many workers
    `finisher` does there what each row needs on its own. `rules` say which words are urgent.
    """

    def __init__(
        self,
        engine: Engine,
        sources: PageSources,
        workers: int = 1,
        finisher: RowFinisher | None = None,
        rules: UrgencyRules | None = None,
    ) -> None:
        self._engine = engine
        self._sources = sources
        self._rules = rules
        self._finisher = finisher
        # A database in memory cannot be opened by another process.
        shared = engine.url.get_backend_name() != "sqlite" or bool(engine.url.database)
        self._workers = workers if shared and engine.url.database != ":memory:" else 1
        self._pool: ProcessPoolExecutor | None = None
        self._own: RowWriter | None = None

    @property
    def _writer(self) -> RowWriter:
        self._own = self._own or RowWriter(self._engine, self._sources, self._rules)
        return self._own

    def read_ahead(self) -> None:
        """Read what the proof of most rows needs, where that is of use to those who prove."""
        if self._workers == 1 or _can_fork(self._engine):
            self._writer.read_ahead()

    def __enter__(self) -> "WriterPool":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def __call__(self, tasks: Iterable[RowTask | str]) -> Iterator[Candidate]:
        """Yield the candidates of tasks in their order, each with the reason if not proven."""
        for batch in self._write_batches(make_batches(tasks)):
            yield from batch

    def _write_batches(self, batches: Iterable[list[RowTask | str]]) -> Iterator[list[Candidate]]:
        if self._workers == 1:
            yield from map(self._writer.write, batches)
            return
        under_way: deque[Future[PackedRows]] = deque()
        for batch in batches:
            self._pool = self._pool or self._start_processes()
            under_way.append(self._pool.submit(_write_batch, batch))
            self._release()
            if len(under_way) > 2 * self._workers:
                yield unpack(under_way.popleft().result())
        while under_way:
            yield unpack(under_way.popleft().result())

    def _start_processes(self) -> ProcessPoolExecutor:
        """Make the processes; the first task that they are given starts them all."""
        global _worker
        if _can_fork(self._engine):
            # Nothing of an open database may be shared, and all that was read is.
            _worker = self._writer, self._finisher
            self._engine.dispose()
            return ProcessPoolExecutor(self._workers, get_context("fork"), _init_forked)
        url = self._engine.url.render_as_string(hide_password=False)
        given = (url, self._sources.generation, self._finisher, self._rules)
        return ProcessPoolExecutor(self._workers, get_context("spawn"), _init_spawned, given)

    def _release(self) -> None:
        """Let go of what only the proof needs, which the processes have by now."""
        global _worker
        self._own = _worker = None


def _can_fork(engine: Engine) -> bool:
    """Say whether this process may be copied as it is: no other thread runs, no database is in use.

    Not on macOS, whose own libraries do not bear it.
    """
    pool = engine.pool
    idle = isinstance(pool, QueuePool) and pool.checkedout() == 0
    return sys.platform == "linux" and idle and threading.active_count() == 1


def _init_forked() -> None:
    """Forget the connections of the process that this one is a copy of; none of them is open."""
    assert _worker is not None
    _worker[0].engine.dispose(close=False)


def _init_spawned(
    url: str, generation: int, finisher: RowFinisher | None, rules: UrgencyRules | None
) -> None:
    global _worker
    engine = connect(url)
    _worker = RowWriter(engine, PageSources(engine, generation), rules), finisher


def _write_batch(batch: list[RowTask | str]) -> PackedRows:
    assert _worker is not None
    writer, finisher = _worker
    made = writer.write(batch)
    return pack(finisher(made) if finisher else made)
