"""Write several greedy answers at once, which begin and end when they like.

    answers join -> one step of the model for all -> each takes the tokens that hold -> some end

Each step checks a draft of every answer, what followed the same tokens earlier in its text (prompt
lookup decoding); only tokens that are the likeliest anyhow are kept, so the answers are those of
greedy decoding. All of it belongs to one thread.
"""

from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from finetune import model
from finetune.inference import answer_ends, decoding
from finetune.inference.batch_state import BatchState
from finetune.recipe import Precision
from finetune.student import Student

DRAFT = 7
"""At most so many tokens are drafted a step."""


@dataclass(eq=False, slots=True)
class Answer:
    """One answer in the making; `text` is the prompt's tokens and what was said, its end too.

    `lookup` is the length of drafts, `failed` the error that ended the answer.
    """

    text: list[int]
    prompt: int
    limit: int
    lookup: int = DRAFT
    ended: bool = False
    failed: Exception | None = None

    @property
    def said(self) -> list[int]:
        """Return what was said so far."""
        return self.text[self.prompt :]

    def draft(self) -> list[int]:
        """Return what may come next: what followed the last tokens where they stood before."""
        return decoding.draft(self.text, min(self.lookup, self.limit - len(self.said) - 1))

    def take(self, tokens: Sequence[int], ends: frozenset[int]) -> None:
        """Say tokens, until the answer ends."""
        for token in tokens:
            self.text.append(token)
            full = len(self.text) - self.prompt >= self.limit
            if full or token in ends or answer_ends.in_circles(self.said):
                self.ended = True
                return


class SharedBatch:
    """Answers of one model that are written together; `student` must be able to batch."""

    def __init__(self, student: Student, precision: Precision = "auto") -> None:
        """Begin without answers."""
        self._student, self._precision = student, precision
        self._ends = answer_ends.ends_of(student)
        self._state: BatchState | None = None
        self._going: list[Answer] = []

    @property
    def writing(self) -> int:
        """Return how many answers are being written."""
        return len(self._going)

    def join(self, answers: Sequence[Answer]) -> None:
        """Read the prompts of answers at once, and write them beside the others from now on."""
        with self._computing(answers):
            state = BatchState(self._student, [one.text for one in answers])
            for one, token in zip(answers, state.first, strict=True):
                one.take([token], self._ends)
            if self._state is None:
                self._state = state
            else:
                self._state.join(state)
            self._going += answers
            self._drop_ended()

    def step(self) -> None:
        """Write the next tokens of each answer, one at least."""
        if self._state is None:
            return
        given = [[one.text[-1], *one.draft()] for one in self._going]
        with self._computing(()):
            likeliest = self._state.step(given)
            said = [
                decoding.agreed(row[1:], found) for row, found in zip(given, likeliest, strict=True)
            ]
            self._state.keep([len(tokens) for tokens in said])
            for one, tokens in zip(self._going, said, strict=True):
                one.take(tokens, self._ends)
            self._drop_ended()

    def tokens(self, ids: Sequence[int], count: int, lookup: int = DRAFT) -> Generator[int | None]:
        """Yield at most `count` tokens after a prompt, and None where the others go first.

        Whoever reads goes on after a None once the others were asked for theirs; the first to go on
        without tokens in store takes the next step for all.
        """
        answer = Answer([*ids], len(ids), count, lookup)
        self.join([answer])
        given = len(ids)
        try:
            while True:
                store = answer.text[given:]
                given += len(store)
                yield from store
                if answer.failed:
                    raise answer.failed
                if answer.ended:
                    return
                yield None
                if len(answer.text) == given:
                    self.step()
        finally:
            answer.ended = True
            self._drop_ended()

    @contextmanager
    def _computing(self, new: Sequence[Answer]) -> Iterator[None]:
        """Compute as the writer does; where that fails, no answer of the batch goes on."""
        import torch

        try:
            with torch.inference_mode(), model.autocast(self._student, self._precision):
                yield
        except Exception as error:
            for one in (*self._going, *new):
                one.ended, one.failed = True, error
            self._going, self._state = [], None
            raise

    def _drop_ended(self) -> None:
        kept = [row for row, one in enumerate(self._going) if not one.ended]
        if len(kept) == len(self._going):
            return
        if self._state is not None and kept:
            self._state.select(kept)
        self._going = [self._going[row] for row in kept]
        if not kept:
            self._state = None
