"""Follow a folder: synchronise a source with it after each burst of changes.

    folder -> changes, gathered until they pause -> one synchronisation -> what it came to

What cannot be done now is told in a sentence on stderr, and tried again with the next change.
"""

from collections.abc import Iterator
from threading import Event
from typing import TYPE_CHECKING

from knowledge.errors import KnowledgeError
from medchat.cli import output

if TYPE_CHECKING:
    from knowledge.ingest.folder_sync import SyncRequest
    from knowledge.ingest.updates import Update
    from medchat.cli.open_base import OpenBase

PAUSE = 1_500
"""Milliseconds without a change after which a burst is over."""

LONGEST = 30_000
"""Milliseconds after which a burst is dealt with although it goes on."""

AGAIN = 5_000
"""Milliseconds after which a synchronisation that another writer kept back is tried again."""


def updates(
    base: "OpenBase",
    request: "SyncRequest",
    stop: Event | None = None,
    pause: int = PAUSE,
    again: int = AGAIN,
) -> Iterator["Update"]:
    """Yield what each synchronisation came to, where it changed something, until `stop` is set."""
    from watchfiles import watch

    from knowledge.ingest import folder_sync

    folder_sync.check_folder(request.folder)
    told: dict[str, str] = {}
    waiting = [True]  # the folder may differ from the source before anything changes
    watched = False
    followed = watch(
        request.folder,
        debounce=max(pause, LONGEST),
        step=pause,
        stop_event=stop or Event(),
        rust_timeout=again,
        yield_on_timeout=True,
        raise_interrupt=True,
    )
    while True:
        if waiting[0]:
            update = _synchronise(base, request, told, waiting)
            if update is not None:
                yield update
        changes = next(followed, None)
        if changes is None:
            return
        # what changed during the first synchronisation came before the watch began
        waiting[0] = waiting[0] or bool(changes) or not watched
        watched = True


def _synchronise(
    base: "OpenBase", request: "SyncRequest", told: dict[str, str], waiting: list[bool]
) -> "Update | None":
    """Synchronise once; return what changed, or None. A sentence is told once while it holds."""
    from knowledge.index import generations
    from knowledge.ingest import folder_sync

    before = generations.newest(base.engine)
    try:
        update = folder_sync.sync(*base.place, request, **base.tools)
    except KnowledgeError as error:
        waiting[0] = error.status == 1  # another process writes: try again
        _tell({"": f"{error.what} {error.remedy}"}, told)
        return None
    waiting[0] = False
    problems = update.problems.items()
    _tell({path: f"{path}: {what} What it held stays." for path, what in problems}, told)
    return update if update.generation != before or update.moved else None


def _tell(found: dict[str, str], told: dict[str, str]) -> None:
    for key, sentence in found.items():
        if told.get(key) != sentence:
            output.note(sentence)
    told.clear()
    told.update(found)
