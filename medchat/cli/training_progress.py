"""Report a round's ticks: steps on the terminal with the loss as a small curve, and logs for tools.

tick -> step, done, total, and a note such as "loss 1.234 ▇▅▃▂" -> progress
     -> the logs that --curves asks for
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from finetune.training import curve_logs
from finetune.training.curve_logs import RoundLog
from finetune.training.round_progress import Tick
from medchat.cli import terminal_curve

if TYPE_CHECKING:
    from finetune.ledger import Wanted
    from medchat.cli.progress import Report


class TrainingProgress:
    """What one round reports to; `scores` are given once it is done."""

    def __init__(self, report: "Report", log: RoundLog) -> None:
        """Report steps, and write each step of training into a log."""
        self._report, self._log = report, log
        self._values: list[float] = []
        self.scores: Mapping[str, object] = {}

    def __call__(self, tick: Tick) -> None:
        """Take a tick."""
        note = ""
        if tick.loss is not None:
            # where answers are rewarded, it is the reward that shall rise
            name, value = "reward", tick.measured.get("reward")
            if value is None:
                name, value = "loss", tick.loss
            self._values.append(value)
            note = f"{name} {value:.3f} {terminal_curve.line(self._values)}"
            self._log(tick)
        self._report(tick.name, tick.done, tick.total, note)


class Curves:
    """Which logs `--curves` asks for, and where they are written."""

    def __init__(self, kinds: Sequence[str], folder: Path) -> None:
        """Check that what they need is installed; FinetuneError where it is not."""
        for kind in kinds:
            curve_logs.check(kind)
        self._kinds, self._folder = tuple(dict.fromkeys(kinds)), folder

    @contextmanager
    def following(self, wanted: "Wanted", report: "Report") -> Iterator[TrainingProgress]:
        """Give what a round reports to, and close its logs however it ends."""
        log = RoundLog(self._kinds, self._folder / wanted.recipe.name / wanted.folder.name)
        progress = TrainingProgress(report, log)
        try:
            yield progress
        finally:
            log.close(progress.scores)
