"""Let a turn outlive its reader: it runs in a thread of its own and is finished there.

begin(events of a turn) -> thread -> Turn: an iterator of events for the reader, if one is there
"""

import logging
import queue
import threading
from collections.abc import Callable, Iterator
from typing import Final

from medchat.chat import Event
from medchat.error_places import place_of
from medchat.errors import MedchatError

MOST = 16
"""At most this many turns run at once, with their reader or without."""

_PATIENCE = 10.0
"""Seconds after which a reader who takes no event is one who left."""

_log = logging.getLogger(__name__)


class _End:
    """What follows the last event."""


_END: Final = _End()


class Turn(Iterator[Event]):
    """The events of one turn. It goes on one event at a time while its reader takes them.

    `leave` lets it go on alone, until it is recorded; `stop` ends it, unrecorded where it can.
    """

    def __init__(self, events: Callable[[], Iterator[Event]], ended: Callable[[], None]) -> None:
        self._events = events
        self._ended = ended
        self._told: queue.SimpleQueue[Event | _End | Exception] = queue.SimpleQueue()
        self._taken = threading.Event()
        self._left = False
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name="turn", daemon=True)
        self._thread.start()

    def __next__(self) -> Event:
        """Return the next event, or raise what the turn ended with."""
        if self._stopped:
            raise StopIteration
        self._taken.set()
        told = self._told.get()
        if isinstance(told, _End):
            self._told.put(told)
            raise StopIteration
        if isinstance(told, Exception):
            self._told.put(_END)
            raise told
        return told

    def leave(self) -> None:
        """Let the turn be finished and recorded without its reader."""
        self._left = True
        self._taken.set()

    def stop(self) -> None:
        """Give the turn up: whoever waits for an event is told the end now."""
        self._stopped = True
        self._told.put(_END)
        self._taken.set()

    def join(self, seconds: float | None = None) -> None:
        """Wait until the turn has ended."""
        self._thread.join(seconds)

    def _run(self) -> None:
        try:
            self._go_on()
            self._told.put(_END)
        except Exception as error:
            if self._left or self._stopped:
                _log.warning("A turn without a reader failed: %s", place_of(error))
            self._told.put(error)
        finally:
            self._ended()

    def _go_on(self) -> None:
        events = self._events()
        while not self._stopped:
            if not self._left and not self._taken.wait(_PATIENCE):
                self._left = True
            if self._stopped:
                break
            self._taken.clear()
            try:
                event = next(events)
            except StopIteration:
                return
            self._told.put(event)
        close = getattr(events, "close", None)
        if close is not None:
            close()


class RunningTurns:
    """Begins turns, and refuses more than can run at once."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._running = 0
        self._counting = threading.Lock()

    @property
    def count(self) -> int:
        """Return how many turns run now."""
        return self._running

    def begin(self, events: Callable[[], Iterator[Event]]) -> Turn:
        """Run a turn in a thread of its own. Raises MedchatError where too many run already."""
        with self._counting:
            if self._running >= self._most:
                raise MedchatError(
                    "Too many questions are being answered.",
                    where="the server",
                    remedy="Ask again in a minute.",
                    status=1,
                )
            self._running += 1
        try:
            return Turn(events, self._end)
        except RuntimeError:  # no thread can be started
            self._end()
            raise

    def _end(self) -> None:
        with self._counting:
            self._running -= 1
