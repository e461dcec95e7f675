"""Keep the keys and values of several texts, and extend them all in one step of the model.

    prompts, padded on the left -> keys and values -> tokens of each row -> the likeliest after each

Rows grow by different numbers of tokens; a mask says which places count, and each row has its own
positions. Places that count for no row are taken out again.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from finetune.architectures import architecture
from finetune.inference import decoding
from finetune.student import Student
from finetune.training.token_loss import picks_logits

if TYPE_CHECKING:
    import torch

_GAPS = 64
"""So many places without use are kept before they are taken out."""


class BatchState:
    """The keys and values of a batch, with which of their places count and each row's length."""

    def __init__(self, student: Student, prompts: Sequence[Sequence[int]]) -> None:
        """Read the prompts; `first` holds the likeliest token after each."""
        import torch

        self._network, self._device = student.model, student.device
        width = max(map(len, prompts))
        ids = torch.zeros(len(prompts), width, dtype=torch.long)
        self._mask = torch.zeros(len(prompts), width, dtype=torch.long)
        for row, prompt in enumerate(prompts):
            ids[row, width - len(prompt) :] = torch.tensor(list(prompt))
            self._mask[row, width - len(prompt) :] = 1
        self._next = [len(prompt) for prompt in prompts]
        last = {"logits_to_keep": 1} if picks_logits(self._network) else {}
        positions = (self._mask.cumsum(1) - 1).clamp(min=0)
        self._cache: Any = None
        self._given = 0
        out = self._forward(ids, positions, **last)
        self.first: list[int] = out.logits[:, -1].argmax(-1).tolist()

    def step(self, given: Sequence[Sequence[int]]) -> list[list[int]]:
        """Feed each row its tokens and return the likeliest token after each of them."""
        import torch

        self._given = max(map(len, given))
        shape = len(given), self._given
        ids, fed, positions = (torch.zeros(shape, dtype=torch.long) for _ in range(3))
        for row, tokens in enumerate(given):
            ids[row, : len(tokens)] = torch.tensor(list(tokens))
            fed[row, : len(tokens)] = 1
            positions[row] = torch.arange(self._next[row], self._next[row] + self._given)
        self._mask = torch.cat([self._mask, fed], 1)
        out = self._forward(ids, positions)
        found: list[list[int]] = out.logits.argmax(-1).tolist()
        return found

    def keep(self, counts: Sequence[int]) -> None:
        """Count of the last step's places only the first so many of each row from now on."""
        start = self._mask.shape[1] - self._given
        for row, count in enumerate(counts):
            self._mask[row, start + count :] = 0
            self._next[row] += count
        if not decoding.rolls_back(self._cache):
            return
        if spare := self._given - max(counts):
            self._cache.crop(-spare)
            self._mask = self._mask[:, :-spare]
        if self._mask.shape[1] > max(self._next) + _GAPS:
            self._compact()

    def select(self, rows: Sequence[int]) -> None:
        """Keep only some rows, one at least."""
        import torch

        kept = torch.tensor(list(rows))
        self._cache.batch_select_indices(kept.to(self._device))
        self._mask = self._mask[kept]
        self._next = [self._next[row] for row in rows]

    def join(self, other: "BatchState") -> None:
        """Take in the rows of another state of the same model, after the own ones."""
        import torch

        width = max(self._mask.shape[1], other._mask.shape[1])
        self._pad(width)
        other._pad(width)
        for mine, theirs in zip(self._cache.layers, other._cache.layers, strict=True):
            mine.keys = torch.cat([mine.keys, theirs.keys])
            mine.values = torch.cat([mine.values, theirs.values])
        self._mask = torch.cat([self._mask, other._mask])
        self._next += other._next

    def _pad(self, width: int) -> None:
        from torch.nn.functional import pad

        lacking = width - self._mask.shape[1]
        for layer in self._cache.layers if lacking else ():
            layer.keys = pad(layer.keys, (0, 0, lacking, 0))
            layer.values = pad(layer.values, (0, 0, lacking, 0))
        self._mask = pad(self._mask, (lacking, 0))

    def _compact(self) -> None:
        """Move what counts of each row to the right, and cut off what counts for none."""
        order = self._mask.argsort(dim=1, stable=True)[:, -max(self._next) :]
        self._mask = self._mask.gather(1, order)
        places = order.to(self._device)[:, None, :, None]
        for layer in self._cache.layers:
            layer.keys = _gathered(layer.keys, places)
            layer.values = _gathered(layer.values, places)

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


def _gathered(kept: "torch.Tensor", places: "torch.Tensor") -> "torch.Tensor":
    return kept.gather(2, places.expand(-1, kept.shape[1], -1, kept.shape[3]))
