"""A model that is trained or that answers, with its tokenizer and what it was opened from."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from finetune.architectures import architecture

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedTokenizerBase


@dataclass(frozen=True, slots=True)
class Student:
    """A model with its tokenizer; `adapter` names the adapter on it, or is None.

    `model` is a transformers model, or peft's wrapping of one; `base_folder` is where the base was
    read from.
    """

    model: Any
    tokenizer: "PreTrainedTokenizerBase"
    base_name: str
    base_hash: str
    adapter: str | None = None
    slot: str = "default"
    base_folder: Path | None = None

    @property
    def device(self) -> "torch.device":
        """Return where the model computes."""
        device: torch.device = next(self.model.parameters()).device
        return device

    @property
    def context(self) -> int:
        """Return how many tokens the model can hold beside the virtual ones of its adapter."""
        holds = architecture.context_of(self.model.config)
        return holds - architecture.virtual_tokens(self.model)

    def room_after(self, prompt: int) -> int:
        """Return how many tokens an answer may have after a prompt of so many; 0 for none."""
        if architecture.encodes(self.model):
            return self.context if prompt <= self.context else 0
        return max(self.context - prompt, 0)


@contextmanager
def quiet() -> Iterator[None]:
    """Silence transformers' bars, and what peft 0.21 stumbles over there: a renamed attribute."""
    import transformers.utils.logging

    logging: Any = transformers.utils.logging
    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="`is_gradient_checkpointing`")
            warnings.filterwarnings("ignore", message="fan_in_fan_out is set")  # set right by peft
            yield
    finally:
        if shown:
            logging.enable_progress_bar()
