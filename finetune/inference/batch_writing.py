"""Write many greedy answers at once, several tokens a step where they copy what stands before.

    prompts -> batches of like length -> draft from the prompt, verified in one step -> answers

A draft is what followed the same tokens earlier in the text (prompt lookup decoding); only tokens
that are the likeliest anyhow are kept, so the answers are those of greedy decoding.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from finetune import model
from finetune.architectures import architecture
from finetune.inference import decoding, generation
from finetune.model import Student
from finetune.recipe import Precision
from finetune.templates import rendering
from finetune.templates.rendering import Message
from finetune.training.token_loss import picks_logits

if TYPE_CHECKING:
    import torch

DRAFT = 7
"""At most so many tokens are drafted a step."""

_ROWS = 8
_ROWS_ON_GPU = 64
_TOKENS = 12_288
"""A batch on a CPU holds at most so many rows and tokens."""


@dataclass(slots=True)
class _Answer:
    """One answer in the making; `text` is the prompt and what was said."""

    place: int
    text: list[int]
    prompt: int
    limit: int

    @property
    def said(self) -> list[int]:
        return self.text[self.prompt :]

    def draft(self, most: int) -> list[int]:
        """Return what followed the last tokens where they stood before."""
        return decoding.draft(self.text, most)

    def take(self, tokens: Sequence[int], ends: frozenset[int]) -> bool:
        """Say tokens one by one; True where the answer has ended."""
        for token in tokens:
            if token in ends:
                return True
            self.text.append(token)
            if len(self.text) - self.prompt >= self.limit or generation.in_circles(self.said):
                return True
        return False


def write_answers(
    student: Student,
    prompts: Sequence[Sequence[Message]],
    max_new_tokens: int,
    precision: Precision = "auto",
    done: Callable[[int], None] = lambda count: None,
) -> list[str | None]:
    """Return the greedy answer to each prompt; None where a prompt does not fit the model."""
    if not can_batch(student.model):
        return [_alone(student, one, max_new_tokens, precision) for one in prompts]
    ids = [rendering.prompt_ids(student.tokenizer, prompt) for prompt in prompts]
    answers = [
        _Answer(place, list(one), len(one), min(max_new_tokens, student.room_after(len(one))))
        for place, one in enumerate(ids)
        if student.room_after(len(one))
    ]
    written: list[str | None] = [None] * len(prompts)
    finished = 0
    for batch in _batches(answers, student):
        _write(student, batch, precision)
        for one in batch:
            said = generation.Pieces(student.tokenizer)
            kept = one.said[:-1] if generation.in_circles(one.said) else one.said
            written[one.place] = "".join(said.add(token) for token in kept).rstrip()
        finished += len(batch)
        done(finished)
    return written


def try_out(student: Student, prompts: Sequence[list[int]]) -> None:
    """Write two tokens after each of several prompts at once."""
    import torch

    batch = [_Answer(place, [*one], len(one), 2) for place, one in enumerate(prompts)]
    with torch.inference_mode():
        state = _Prefill(student, batch)
        state.step([[int(token)] for token in state.first])


def _alone(
    student: Student, prompt: Sequence[Message], max_new_tokens: int, precision: Precision
) -> str | None:
    if not student.room_after(len(rendering.prompt_ids(student.tokenizer, prompt))):
        return None
    return generation.generate(student, prompt, max_new_tokens, precision=precision)


def _batches(answers: Sequence[_Answer], student: Student) -> list[list[_Answer]]:
    """Return answers in groups of like length, the longest first."""
    most = _ROWS_ON_GPU if student.device.type == "cuda" else _ROWS
    groups: list[list[_Answer]] = []
    for one in sorted(answers, key=lambda one: -one.prompt):
        last = groups[-1] if groups else []
        full = len(last) >= most or (last and (len(last) + 1) * last[0].prompt > _TOKENS)
        if not last or full:
            groups.append([])
        groups[-1].append(one)
    return groups


def can_batch(network: Any) -> bool:  # noqa: ANN401
    """Say whether a network takes positions and attends to all that stands before."""
    inner = architecture.inner(network)
    kinds = set(getattr(inner.config, "layer_types", None) or ())
    windowed = getattr(inner.config, "sliding_window", None) if not kinds else None
    whole = not windowed and kinds <= {"full_attention"}
    # such a model keeps its state within itself, whatever it is given
    whole = whole and not getattr(inner, "_is_stateful", False)
    named = ("position_ids", "attention_mask", "past_key_values")
    whole = whole and not architecture.virtual_tokens(network)
    return whole and all(architecture.takes(network, one) for one in named)


def _write(student: Student, batch: Sequence[_Answer], precision: Precision) -> None:
    """Write the answers of a batch to their ends."""
    import torch

    ends = generation.ends_of(student)
    with torch.inference_mode(), model.autocast(student, precision):
        state = _Prefill(student, batch)
        going = list(batch)
        fed = [[int(token)] for token in state.first]
        going, fed = _sift(going, fed, fed, ends, state)
        while going:
            given = [
                [*last, *one.draft(min(DRAFT, one.limit - len(one.said) - 1))]
                for one, last in zip(going, fed, strict=True)
            ]
            likeliest = state.step(given)
            accepted = [
                decoding.agreed(row[1:], said) for row, said in zip(given, likeliest, strict=True)
            ]
            state.keep([len(one) for one in accepted])
            going, fed = _sift(going, accepted, [one[-1:] for one in accepted], ends, state)


def _sift(
    going: list[_Answer],
    said: Sequence[Sequence[int]],
    last: list[list[int]],
    ends: frozenset[int],
    state: "_Prefill",
) -> tuple[list[_Answer], list[list[int]]]:
    """Say the tokens, and keep only the answers that go on."""
    kept = [
        place
        for place, (one, tokens) in enumerate(zip(going, said, strict=True))
        if not one.take(tokens, ends)
    ]
    if len(kept) < len(going):
        state.select(kept)
    return [going[place] for place in kept], [last[place] for place in kept]


class _Prefill:
    """A batch's keys and values, with which of their places count and the next position of each."""

    def __init__(self, student: Student, batch: Sequence[_Answer]) -> None:
        """Read the prompts; `first` holds the likeliest token after each."""
        import torch

        self._network, self._device = student.model, student.device
        width = max(one.prompt for one in batch)
        ids = torch.zeros(len(batch), width, dtype=torch.long)
        self._mask = torch.zeros(len(batch), width, dtype=torch.long)
        for place, one in enumerate(batch):
            ids[place, width - one.prompt :] = torch.tensor(one.text[: one.prompt])
            self._mask[place, width - one.prompt :] = 1
        self._next = [one.prompt for one in batch]
        self._last = {"logits_to_keep": 1} if picks_logits(self._network) else {}
        positions = (self._mask.cumsum(1) - 1).clamp(min=0)
        self._cache: Any = None
        out = self._forward(ids, positions, **self._last)
        self.first = out.logits[:, -1].argmax(-1).tolist()

    def step(self, given: Sequence[Sequence[int]]) -> list[list[int]]:
        """Feed each row its tokens and return the likeliest token after each of them."""
        import torch

        width = max(map(len, given))
        ids = torch.zeros(len(given), width, dtype=torch.long)
        fed = torch.zeros(len(given), width, dtype=torch.long)
        positions = torch.zeros(len(given), width, dtype=torch.long)
        for place, row in enumerate(given):
            ids[place, : len(row)] = torch.tensor(row)
            fed[place, : len(row)] = 1
            positions[place] = torch.arange(self._next[place], self._next[place] + width)
        self._width = width
        self._mask = torch.cat([self._mask, fed], 1)
        out = self._forward(ids, positions)
        found: list[list[int]] = out.logits.argmax(-1).tolist()
        return found

    def keep(self, counts: Sequence[int]) -> None:
        """Count of the last step's places only the first so many of each row from now on."""
        start = self._mask.shape[1] - self._width
        for place, count in enumerate(counts):
            self._mask[place, start + count :] = 0
            self._next[place] += count

    def select(self, places: Sequence[int]) -> None:
        """Keep only some rows."""
        import torch

        if places:
            kept = torch.tensor(places)
            self._cache.batch_select_indices(kept.to(self._device))
            self._mask = self._mask[kept]
        self._next = [self._next[place] for place in places]

    def _forward(self, ids: "torch.Tensor", positions: "torch.Tensor", **more: int) -> Any:  # noqa: ANN401
        out = self._network(
            input_ids=ids.to(self._device),
            attention_mask=self._mask.to(self._device),
            position_ids=positions.to(self._device),
            past_key_values=self._cache,
            use_cache=True,
            **more,
        )
        self._cache = out.past_key_values
        return out
