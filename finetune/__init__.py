"""Train adapters on lessons, round after round.

    dataset folder + recipe -> round -> adapter with its manifest -> next round

`recipe` says what to train, `objectives` what a round optimises, `rounds` runs it.
"""

from finetune.errors import FinetuneError

__all__ = ["FinetuneError"]
