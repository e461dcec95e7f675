"""Let a model write: the answer to messages, in pieces of whole characters.

messages -> token ids -> tokens as `decoding` chooses them -> text, until the end
"""

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from typing import TYPE_CHECKING

from finetune.errors import FinetuneError
from finetune.inference import answer_ends
from finetune.inference.decoding import GREEDY, Decoding, tokens
from finetune.inference.shared_batch import SharedBatch
from finetune.model import Student
from finetune.recipe import Precision
from finetune.templates import rendering
from finetune.templates.rendering import Message

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

_BROKEN = "\N{REPLACEMENT CHARACTER}"


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
    batch: SharedBatch | None = None,
) -> Iterator[str]:
    """Yield the answer to messages in pieces of whole characters.

    Stops at the end of text, or where the answer goes round in circles, which greedy decoding
    hardly ever leaves again; `ended` is called where the model set the end itself. `stopped` is
    asked after each token, and ends the answer. In a `batch`, greedy answers are written beside
    others, and an empty piece means that these go first. FinetuneError where the prompt does not
    fit the model.
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
    ends = answer_ends.ends_of(student)
    said: list[int] = []
    count = min(room, max_new_tokens)
    if batch is not None and decoding.plain:
        source: Generator[int | None] = batch.tokens(ids, count, decoding.lookup)
    else:
        source = tokens(student, ids, count, decoding, precision=precision, stopped=stopped)
    with closing(source):
        for token in source:
            if stopped():
                break
            if token is None:
                yield ""
                continue
            if token in ends:
                ended()
                break
            said.append(token)
            if answer_ends.in_circles(said):
                break
            piece = text.add(token)
            if piece:
                yield piece


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
