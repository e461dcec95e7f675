"""Show progress on stderr: what is being done, how much of it, how fast, and the time left.

    step, done, total, note -> a bar on a terminal, one line per finished step elsewhere

stdout stays free for the result.
"""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text

_PAUSE = 60.0
"""Seconds after which a step that lasts is told again, where no bar moves."""


class Report(Protocol):
    """What takes progress: a step, how much of it is done, of how much, and a note beside it."""

    def __call__(self, step: str, done: int, total: int | None, note: str = "") -> None:
        """Take how far a step is."""


class _Rate(ProgressColumn):
    """How many a second."""

    def render(self, task: Task) -> Text:
        """Return the rate, or nothing before it is known."""
        return Text(f"{task.speed:,.1f}/s" if task.speed else "", style="dim")


class ProgressBars:
    """One bar for each named step, in the order in which the steps report."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._tasks: dict[str, TaskID] = {}

    def __call__(self, step: str, done: int, total: int | None, note: str = "") -> None:
        """Move a step's bar."""
        if step not in self._tasks:
            self._tasks[step] = self._progress.add_task(step, total=total, note=note)
        self._progress.update(self._tasks[step], completed=done, total=total, note=note)


class ProgressLines:
    """A line for each step that ended, and one a minute while a long one lasts: for logs, pipes."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._step = ""
        self._began = self._told = 0.0
        self._done = 0
        self._note = ""

    def __call__(self, step: str, done: int, total: int | None, note: str = "") -> None:
        """Remember a step; write the one before it when another begins."""
        now = time.monotonic()
        if step != self._step:
            self.close()
            self._step, self._began, self._told = step, now, now
        self._done, self._note = done, note
        if now - self._told >= _PAUSE:
            self._told = now
            self._write(f"{self._so_far(total)} after {now - self._began:.0f} s")

    def close(self) -> None:
        """Write the line of the last step."""
        if self._step:
            seconds = f"{time.monotonic() - self._began:.1f} s"
            self._write(f"{self._done:,} in {seconds}" if self._done else seconds)
        self._step = ""

    def _so_far(self, total: int | None) -> str:
        return f"{self._done:,} of {total:,}" if total else f"{self._done:,}"

    def _write(self, told: str) -> None:
        line = f"{self._step}: {told}"
        line = f"{line}, {self._note}" if self._note else line
        self._console.print(line, highlight=False, markup=False, soft_wrap=True)


@contextmanager
def show_progress(*, quiet: bool = False) -> Iterator[Report]:
    """Give a function that reports progress on stderr while the block runs."""
    if quiet:
        yield _silent
        return
    console = Console(stderr=True)
    if not sys.stderr.isatty():
        lines = ProgressLines(console)
        try:
            yield lines
        finally:
            lines.close()
        return
    with Progress(*_columns(), console=console) as progress:
        yield ProgressBars(progress)


def _silent(step: str, done: int, total: int | None, note: str = "") -> None:
    """Report no progress."""


def _columns() -> tuple[ProgressColumn, ...]:
    return (
        SpinnerColumn(finished_text=" "),
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        _Rate(),
        TimeElapsedColumn(),
        TimeRemainingColumn(compact=True),
        TextColumn("{task.fields[note]}", markup=False),
    )
