"""Let a model write: the answer to messages, in pieces of whole characters.

messages -> token ids -> tokens as `decoding` chooses them -> text, until the end
"""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from finetune.errors import FinetuneError
from finetune.inference.decoding import GREEDY, Decoding, tokens
from finetune.model import Student
from finetune.recipe import Precision
from finetune.templates import rendering
from finetune.templates.rendering import Message

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

_BROKEN = "\N{REPLACEMENT CHARACTER}"
_PERIOD = 32
"""Tokens of the longest run whose repetition is noticed."""
_ROUND = 24
"""Tokens that an answer must have gone round in circles for, three times at least."""


def generate(
    student: Student,
    messages: Sequence[Message],
    max_new_tokens: int = 256,
    *,
    precision: Precision = "auto",
    decoding: Decoding = GREEDY,
) -> str:
    """Return the answer to messages."""
    pieces = stream(student, messages, max_new_tokens, precision=precision, decoding=decoding)
    return "".join(pieces).rstrip()


def stream(
    student: Student,
    messages: Sequence[Message],
    max_new_tokens: int = 256,
    *,
    precision: Precision = "auto",
    decoding: Decoding = GREEDY,
    ended: Callable[[], None] = lambda: None,
    stopped: Callable[[], bool] = lambda: False,
) -> Iterator[str]:
    """Yield the answer to messages in pieces of whole characters.

    Stops at the end of text, or where the answer goes round in circles, which greedy decoding
    hardly ever leaves again; `ended` is called where the model set the end itself. `stopped` is
    asked after each token, and ends the answer. FinetuneError where the prompt does not fit the
    model.
    """
    ids = rendering.prompt_ids(student.tokenizer, messages)
    room = student.room_after(len(ids))
    if room < 1:
        raise FinetuneError(
            f"The prompt has {len(ids)} tokens, but the model {student.base_name} holds "
            f"{student.context}.",
            where="prompt",
            remedy="Ask with less evidence or a shorter conversation.",
        )
    text = Pieces(student.tokenizer)
    ends = ends_of(student)
    said: list[int] = []
    count = min(room, max_new_tokens)
    for token in tokens(student, ids, count, decoding, precision=precision, stopped=stopped):
        if token in ends:
            ended()
            break
        if stopped():
            break
        said.append(token)
        if in_circles(said):
            break
        piece = text.add(token)
        if piece:
            yield piece


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


class Pieces:
    """Text from tokens as they come: a piece is given out once its last character is whole."""

    def __init__(self, tokenizer: "PreTrainedTokenizerBase") -> None:
        self._tokenizer = tokenizer
        self._ids: list[int] = []
        self._shown = 0
        self._started = False

    def add(self, token: int) -> str:
        """Take a token and return the text that is now certain, perhaps none."""
        self._ids.append(token)
        # some decoders drop a blank at the start: the ids already shown are decoded again with it
        before = self._decode(self._ids[: self._shown])
        now = self._decode(self._ids)
        if now.endswith(_BROKEN) or len(now) <= len(before):
            return ""
        piece = now[len(before) :].replace(_BROKEN, "")
        self._ids = self._ids[self._shown :]
        self._shown = len(self._ids)
        if not self._started:
            piece = piece.lstrip()
            self._started = bool(piece)
        return piece

    def _decode(self, ids: list[int]) -> str:
        return str(
            self._tokenizer.decode(
                ids, skip_special_tokens=False, clean_up_tokenization_spaces=False
            )
        )
