"""What a round is for: the held-out measure that must get better, in the words of a report."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Goal:
    """A held-out measure that a round must better: it rises, or `falls` where less is better.

    `items` is what it is measured on. `alone` says that nothing else is measured, as of a model
    that writes no answers.
    """

    measure: str
    said: str
    falls: bool = False
    items: str = "rows"
    alone: bool = False


LOSS = Goal("nll", "the held-out loss", falls=True)
"""What a round is for whose objective has no measure of its own."""

SCORERS = ("reward",)
"""The objectives whose rounds make what scores answers and writes none."""

REINFORCEMENT = ("grpo", "rloo", "ppo")
"""The objectives that write answers of their own and learn from what these are worth."""
