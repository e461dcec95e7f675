"""Measure how long each step of a turn took."""

import time
from dataclasses import dataclass, field


@dataclass(slots=True)
class TurnTimer:
    """Seconds of each step, by name."""

    began: float = field(default_factory=time.perf_counter)
    last: float = field(default_factory=time.perf_counter)
    seconds: dict[str, float] = field(default_factory=dict)

    def lap(self, step: str) -> None:
        """Add the time since the last lap to a step."""
        now = time.perf_counter()
        self.seconds[step] = self.seconds.get(step, 0.0) + now - self.last
        self.last = now

    def mark(self, moment: str) -> None:
        """Set a moment to the time since the beginning."""
        self.seconds[moment] = time.perf_counter() - self.began

    def total(self) -> dict[str, float]:
        """Return the seconds of all steps, and of the whole turn."""
        return {**self.seconds, "total": time.perf_counter() - self.began}
