"""The mini model that ships: a small bilingual LLaMA that reads the evidence in its prompt.

    drills -> train -> base/ (tokenizer, chat template, safetensors)

It remembers no medicine: it was trained on invented and shuffled facts, so that it can only copy.
"""

from pathlib import Path

LIMITS = {
    "en": "Written by medchat's mini model, which only rearranges what the cited evidence says. "
    "It has no medical knowledge of its own.",
    "zh": "由medchat迷你模型撰写：它只会复述所引证据，自身不具备医学知识。",
}
"""Printed wherever the mini model answers."""


def folder() -> Path:
    """Return the folder of the shipped base model."""
    return Path(__file__).resolve().parent / "base"
