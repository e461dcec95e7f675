"""What reinforcement takes from its caller: how much an answer to a question is worth, and why.

    data set -> Reward -> examples that are questions; examples + answers -> Scored, one each

`finetune` imports no other package, so `medchat` hands in a proof against the graph.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from finetune.rows.examples import Example


@dataclass(frozen=True, slots=True)
class Scored:
    """What an answer is worth, from 0 to 1 where a proof judges; `parts` say what it came from.

    `proven` says that nothing is wrong with it, else `fault` names the first thing that is; it is
    None where no proof judges.
    """

    reward: float
    proven: bool | None = None
    parts: Mapping[str, float] = field(default_factory=dict)
    fault: str = ""


class Reward(Protocol):
    """Tells which examples are questions, and scores answers to them."""

    def why_not(self, examples: Sequence[Example]) -> list[str]:
        """Return for each example why its answers cannot be scored, or an empty text."""

    def score(self, examples: Sequence[Example], answers: Sequence[str]) -> list[Scored]:
        """Return what each answer to its example is worth."""


OpenReward = Callable[[Path], Reward]
"""Opens the reward for a dataset folder: the rows there say what is asked and what proves it."""
