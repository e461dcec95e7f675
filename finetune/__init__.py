"""Finetune: lessons in, adapters out, round after round.

    dataset folder -> recipe -> round -> adapter (with its ledger entry) -> next round

This room knows nothing about graphs, retrieval or conversations; it meets them in files.
"""

from finetune.errors import FinetuneError

__all__ = ["FinetuneError"]
