"""Run a model in threads of its own, in order of arrival and within limits of time.

    stream(work) -> waiting requests -> a thread that loaded the model -> pieces -> who asked

No lock is held while somebody reads. A thread that works longer than it may is left alone: the
next request gets a new one, as long as few were left. A request whose work yields an empty piece
lets others go first; a thread then serves several by turns.
"""

import atexit
import logging
import queue
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, TypeVar

from medchat.errors import WriterStalled

Model = TypeVar("Model")

Stopped = Callable[[], bool]
"""Says whether nobody wants the rest: asked between two pieces, and as often as is cheap."""

Work = Callable[[Model, Stopped], Iterator[str]]
"""What a request does with the loaded model: it yields pieces of text, or empty ones."""

_LOOK = 0.5
"""Seconds after which whoever waits looks whether the thread is stuck."""

_FAREWELL = 5.0
"""Seconds that the end of the process waits for threads to stop working."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class TimeLimits:
    """Seconds: for a whole answer (and for the wait before it), between two pieces, to load."""

    answer: float = 120.0
    pause: float = 30.0
    load: float = 600.0


@dataclass(frozen=True, slots=True)
class WriterState:
    """How writing goes: requests that wait or are written, and threads that do not come back.

    `stuck` counts those threads; `able` says whether a request would be served now.
    """

    ready: bool = True
    waiting: int = 0
    writing: int = 0
    stuck: int = 0
    able: bool = True


_Kind = Literal["load", "write", "piece", "late", "end", "error"]


@dataclass(eq=False, slots=True)
class _Request:
    work: Work[Any]
    items: "queue.SimpleQueue[tuple[_Kind, Any]]" = field(default_factory=queue.SimpleQueue)
    stopped: threading.Event = field(default_factory=threading.Event)


@dataclass(eq=False, slots=True)
class _Worker:
    """One thread with its own loaded model; `due` is when its next sign of life is late."""

    model: Any = None
    loaded: bool = False
    requests: list[_Request] = field(default_factory=list)
    due: float = 0.0
    thread: threading.Thread | None = None

    def late(self) -> bool:
        return bool(self.requests) and time.monotonic() > self.due


@dataclass(eq=False, slots=True)
class _Writing:
    """A request that a thread works on: its pieces, and when it must have ended."""

    request: _Request
    pieces: Iterator[str]
    until: float

    def over(self) -> bool:
        return time.monotonic() > self.until

    def stopped(self) -> bool:
        return self.request.stopped.is_set() or self.over()


class WritingThreads(Generic[Model]):
    """Serves requests by at most `at_once` threads; at most `spare` stuck ones are replaced.

    A thread serves up to `together` requests by turns, where each lets the others go first.
    """

    def __init__(
        self,
        load: Callable[[], Model],
        limits: TimeLimits | None = None,
        *,
        at_once: int = 1,
        together: int = 1,
        spare: int = 2,
    ) -> None:
        self.limits = limits or TimeLimits()
        self._load = load
        self._at_once, self._together, self._spare = at_once, together, spare
        self._changed = threading.Condition()
        self._waiting: deque[_Request] = deque()
        self._workers: list[_Worker] = []
        self._left: list[_Worker] = []  # stuck threads, each until it comes back
        self._closed = False
        _all.add(self)

    def stream(self, work: Work[Model]) -> Generator[str]:
        """Yield the pieces of a request; closing the iterator stops the work after its next piece.

        Raises WriterStalled where the wait, the whole, or a pause between pieces is too long, and
        whatever loading and `work` raise.
        """
        request = _Request(work)
        self._enqueue(request)
        try:
            yield from self._received(request)
        finally:
            request.stopped.set()
            with self._changed:
                if request in self._waiting:
                    self._waiting.remove(request)

    def load(self) -> None:
        """Load the model now, and wait for it. Raises what `stream` raises."""
        for _ in self.stream(lambda model, stopped: iter(())):
            pass

    def state(self) -> WriterState:
        """Return how writing goes now."""
        with self._changed:
            late = sum(worker.late() for worker in self._workers)
            return WriterState(
                ready=any(worker.loaded and not worker.late() for worker in self._workers),
                waiting=len(self._waiting),
                writing=sum(len(one.requests) for one in self._workers if not one.late()),
                stuck=len(self._left) + late,
                # one that is late and may not be replaced, or was not yet, serves nobody
                able=not self._closed and late < self._at_once,
            )

    def close(self) -> None:
        """End the threads, each after its next piece; those who wait are told."""
        with self._changed:
            self._closed = True
            for request in self._waiting:
                request.items.put(("error", _closed()))
            self._waiting.clear()
            for worker in self._workers:
                for request in worker.requests:
                    request.stopped.set()
            self._changed.notify_all()

    def _enqueue(self, request: _Request) -> None:
        with self._changed:
            self._make_able()
            if self._closed:
                raise _closed()
            if sum(worker.late() for worker in self._workers) >= self._at_once:
                raise _stalled("The writer does not come back from earlier questions")
            self._waiting.append(request)
            self._changed.notify()

    def _received(self, request: _Request) -> Iterator[str]:
        whole, due = float("inf"), time.monotonic() + self.limits.answer
        while True:
            kind, value = self._next(request, min(whole, due))
            now = time.monotonic()
            if kind == "error":
                raise value
            if kind == "late":
                raise _stalled(f"The answer was not written in {self.limits.answer:g} seconds")
            if kind == "end":
                return
            if kind == "load":
                due = now + self.limits.load
            elif kind == "write":
                whole = due = now + self.limits.answer
            else:
                yield value
                due = time.monotonic() + self.limits.pause

    def _next(self, request: _Request, due: float) -> tuple[_Kind, Any]:
        """Return what the thread says next; at the latest at the time that is given."""
        while True:
            left = due - time.monotonic()
            try:
                return request.items.get(timeout=max(0.001, min(_LOOK, left)))
            except queue.Empty:
                if left <= 0:
                    raise _stalled("The writer does not answer in time") from None
            with self._changed:
                if request in self._waiting:
                    self._make_able()  # the one before may be stuck, its reader gone

    def _make_able(self) -> None:
        """Leave threads that are late alone, and start those that are lacking."""
        for worker in [one for one in self._workers if one.late()]:
            if len(self._left) < self._spare:
                self._workers.remove(worker)
                self._left.append(worker)
                _log.warning("A writing thread does not come back; a new one takes its place.")
        idle = sum(not worker.requests for worker in self._workers)
        if idle <= len(self._waiting) and len(self._workers) < self._at_once and not self._closed:
            worker = _Worker()
            worker.thread = threading.Thread(
                target=self._serve, args=(worker,), name="writer", daemon=True
            )
            self._workers.append(worker)
            _running.add(worker.thread)
            worker.thread.start()

    def _serve(self, worker: _Worker) -> None:
        try:
            self._serve_requests(worker)
            worker.model = None  # its memory is freed here, not while the interpreter is taken down
        finally:
            _running.discard(threading.current_thread())

    def _serve_requests(self, worker: _Worker) -> None:
        going: list[_Writing] = []
        while True:
            request = self._taken(worker) if len(going) < self._together else None
            if request is not None:
                going += self._begun(worker, request)
            elif not going:
                return
            del request
            going = [one for one in going if self._goes_on(worker, one)]

    def _taken(self, worker: _Worker) -> _Request | None:
        """Return the next request, waited for where the thread has none; None where it ends."""
        with self._changed:
            while not (self._waiting or worker.requests or self._closed or worker in self._left):
                self._changed.wait()
            if worker in self._left and not worker.requests:
                self._left.remove(worker)
                return None
            if self._closed or not self._waiting or worker in self._left:
                return None
            request = self._waiting.popleft()
            worker.requests.append(request)
            worker.due = time.monotonic() + self.limits.load
            return request

    def _begun(self, worker: _Worker, request: _Request) -> list[_Writing]:
        """Load the model where it is not, and begin a request; nothing where that failed."""
        try:
            if not worker.loaded:
                request.items.put(("load", None))
                worker.model = self._load()
                worker.loaded = True
            until = worker.due = time.monotonic() + self.limits.answer
            writing = _Writing(request, iter(()), until)
            request.items.put(("write", None))
            writing.pieces = request.work(worker.model, writing.stopped)
        except Exception as error:
            self._end(worker, request, ("error", error))
            return []
        return [writing]

    def _goes_on(self, worker: _Worker, one: _Writing) -> bool:
        """Hand on the pieces of a request until others may go first; False where it has ended."""
        try:
            for piece in one.pieces:
                worker.due = time.monotonic() + self.limits.pause
                if one.stopped():
                    break
                if piece:
                    one.request.items.put(("piece", piece))
                elif self._together > 1:
                    return True
            one.pieces = iter(())  # what was broken off frees its place now
            self._end(worker, one.request, ("late" if one.over() else "end", None))
        except Exception as error:
            # whoever asked handles it; the thread serves the next
            one.pieces = iter(())
            self._end(worker, one.request, ("error", error))
        return False

    def _end(self, worker: _Worker, request: _Request, last: "tuple[_Kind, Any]") -> None:
        request.items.put(last)
        with self._changed:
            worker.requests.remove(request)


_all: "weakref.WeakSet[WritingThreads[Any]]" = weakref.WeakSet()
_running: set[threading.Thread] = set()


@atexit.register
def end_all(seconds: float = _FAREWELL) -> bool:
    """End all threads, and say whether they ended in time; also those whose owner is gone.

    A thread that is in the midst of a computation while the interpreter is taken down ends the
    process with an abort: C++ code does not let Python stop its thread.
    """
    for threads in list(_all):
        threads.close()
    until = time.monotonic() + seconds
    for thread in list(_running):
        thread.join(max(0.0, until - time.monotonic()))
    return not any(thread.is_alive() for thread in _running)


def _stalled(what: str) -> WriterStalled:
    return WriterStalled(
        f"{what}.",
        where="the writer",
        remedy="Ask again, raise writer_seconds, or use --writer quote.",
        status=1,
    )


def _closed() -> WriterStalled:
    return _stalled("The writer was closed")
