"""Report how far the steps of a round are."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Tick:
    """How far a step of the work is; what follows `total` is known while training.

    `measured` is what an objective measures of a step besides.
    """

    name: str
    done: int
    total: int | None
    loss: float | None = None
    tokens_per_second: float | None = None
    learning_rate: float | None = None
    tokens: int | None = None
    measured: Mapping[str, float] = field(default_factory=dict)


Progress = Callable[[Tick], None]


def silent(tick: Tick) -> None:
    """Report no progress."""
