"""Render dialogues into model text: the part of `rendering` that scripts use, by a stable name."""

from finetune.templates.rendering import Rendered, prompt_ids, render

__all__ = ["Rendered", "prompt_ids", "render"]
