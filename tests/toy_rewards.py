"""Rewards that one can read, in place of a proof against a graph."""

from dataclasses import dataclass, replace

from finetune.objectives.rewards import Reward, Scored
from finetune.text_tools import TextTools
from medchat.composition import TEXT_TOOLS


@dataclass(frozen=True)
class LettersWanted:
    """Pays for the share of an answer's letters that are wanted ones."""

    wanted: str = "aeiou"
    refused: str = ""

    def why_not(self, examples):
        return [self.refused] * len(examples)

    def score(self, examples, answers):
        assert len(examples) == len(answers)
        return [self._scored(text) for text in answers]

    def _scored(self, text):
        letters = [one for one in text.lower() if one.isalpha()]
        share = sum(one in self.wanted for one in letters) / len(letters) if letters else 0.0
        return Scored(share, share == 1.0, {"letters": share}, "" if share == 1 else "others")


@dataclass(frozen=True)
class Constant:
    """Pays the same for every answer."""

    worth: float = 0.0

    def why_not(self, examples):
        return [""] * len(examples)

    def score(self, examples, answers):
        return [Scored(self.worth, fault="it says nothing") for _ in answers]


def paying(reward: Reward) -> TextTools:
    """Return the tools of training with a reward in place of the proof."""
    return replace(TEXT_TOOLS, proof=lambda folder: reward)
