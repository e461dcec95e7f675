"""Say where an answer ends: at the tokens that end a text, or where it goes round in circles."""

from collections.abc import Sequence

from finetune.student import Student
from finetune.templates import rendering

_PERIOD = 32
"""Tokens of the longest run whose repetition is noticed."""
_ROUND = 24
"""Tokens that an answer must have gone round in circles for, three times at least."""


def in_circles(said: Sequence[int]) -> bool:
    """Say whether the last tokens are one run of tokens, again and again."""
    return any(
        len(said) >= times * period
        and all(said[-at] == said[-at - period] for at in range(1, (times - 1) * period + 1))
        for period in range(1, _PERIOD + 1)
        for times in [max(3, -(-_ROUND // period))]
    )


def ends_of(student: Student) -> frozenset[int]:
    """Return the tokens that end an answer: the model's own, and every marker of a new turn."""
    config = getattr(student.model, "generation_config", None)
    own = getattr(config, "eos_token_id", None)
    listed = own if isinstance(own, list) else [own]
    markers = rendering.markers(student.tokenizer)
    return frozenset(one for one in (*listed, *markers) if one is not None)
