"""Pack short examples into full sequences that share a row without seeing each other.

    lengths -> best fit, longest first -> rows of ids, positions that restart, and what to learn

A model keeps packed examples apart by the restarts in `positions`, in transformers 5.23 only with
`use_cache=False`.
"""

import hashlib
from abc import ABC, abstractmethod
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import overload

from finetune.templates.rendering import Rendered

_TRIED = 64
"""Lengths that are tried for an exact pair; more gain nothing."""


@dataclass(frozen=True, slots=True)
class Packed:
    """One sequence: ids, each token's position in its own example, and what is to be learned."""

    ids: list[int]
    positions: list[int]
    learn: list[bool]

    @property
    def learned(self) -> int:
        """Return how many tokens are predicted; the first of a sequence never is."""
        return sum(self.learn[1:])


@dataclass(frozen=True, slots=True)
class Packing:
    """All sequences; `efficiency` is the share of the row length that holds tokens."""

    rows: Sequence[Packed]
    tokens: int
    efficiency: float


def pack(examples: Sequence[Rendered], max_tokens: int, together: bool = True) -> Packing:
    """Pack examples into rows of at most `max_tokens`; each alone where not `together`."""
    sizes = [len(one.ids) for one in examples]
    groups = best_fit(sizes, max_tokens) if together else [[index] for index in range(len(sizes))]
    rows = [join([examples[index] for index in group]) for group in groups]
    total = sum(sizes)
    return Packing(rows, total, total / (max_tokens * len(rows)) if rows else 0.0)


def joined(first: Packing, second: Packing) -> Packing:
    """Return two packings as one, whose rows stay where they are."""
    tokens, count = first.tokens + second.tokens, len(first.rows) + len(second.rows)
    room = sum(one.tokens / one.efficiency for one in (first, second) if one.efficiency)
    return Packing(_Chained(first.rows, second.rows), tokens, tokens / room if count else 0.0)


class RowsOnDemand(Sequence[Packed], ABC):
    """Rows that are made when they are asked for, each by its place."""

    @abstractmethod
    def row(self, place: int) -> Packed:
        """Return the row of a place from 0 on."""

    @overload
    def __getitem__(self, place: int) -> Packed: ...
    @overload
    def __getitem__(self, place: slice) -> list[Packed]: ...
    def __getitem__(self, place: int | slice) -> Packed | list[Packed]:
        if isinstance(place, slice):
            return [self.row(one) for one in range(*place.indices(len(self)))]
        if not -len(self) <= place < len(self):
            raise IndexError(place)
        return self.row(place % len(self))


class _Chained(RowsOnDemand):
    """Rows of one sequence after those of another."""

    def __init__(self, first: Sequence[Packed], second: Sequence[Packed]) -> None:
        self._first, self._second = first, second

    def __len__(self) -> int:
        return len(self._first) + len(self._second)

    def row(self, place: int) -> Packed:
        size = len(self._first)
        return self._first[place] if place < size else self._second[place - size]


def hash_of(rows: Sequence[Packed]) -> str:
    """Return the SHA-256 of all that rows hold, in their order."""
    digest = hashlib.sha256()
    for row in rows:
        for part in ([len(row.ids)], row.ids, row.positions, row.learn):
            digest.update(array("q", part).tobytes())
    return digest.hexdigest()


def best_fit(sizes: Sequence[int], capacity: int) -> list[list[int]]:
    """Return groups of indices whose sizes sum to at most `capacity`, row after row.

    A row takes the longest example that still fits, unless two fill what is left of it exactly.
    """
    if sizes and max(sizes) > capacity:
        raise ValueError(f"an example of {max(sizes)} tokens does not fit rows of {capacity}")
    waiting: dict[int, list[int]] = {}
    for index in range(len(sizes) - 1, -1, -1):
        waiting.setdefault(sizes[index], []).append(index)
    lengths = sorted(waiting)
    groups: list[list[int]] = []
    while lengths:
        group: list[int] = []
        room = capacity
        while lengths and lengths[0] <= room:
            size = _next_size(lengths, waiting, room)
            group.append(waiting[size].pop())
            room -= size
            if not waiting[size]:
                del waiting[size], lengths[bisect_left(lengths, size)]
        groups.append(group)
    return groups


def _next_size(lengths: Sequence[int], waiting: Mapping[int, Sequence[int]], room: int) -> int:
    """Return the longest of the lengths that fits, or the longer of two that fill the room."""
    fits = bisect_right(lengths, room)
    longest = lengths[fits - 1]
    if longest == room:
        return longest
    for size in reversed(lengths[max(fits - _TRIED, 0) : fits]):
        rest = room - size
        if rest in waiting and (rest != size or len(waiting[size]) > 1):
            return size
    return longest


def even_length(size: int) -> int:
    """Return the length to fill a row up to: one of sixteen between a power of two and the next."""
    step = max(8, 1 << max(size.bit_length() - 5, 0))
    return -(-size // step) * step


def join(examples: Sequence[Rendered]) -> Packed:
    """Return examples as one sequence, in their order."""
    ids: list[int] = []
    positions: list[int] = []
    learn: list[bool] = []
    for one in examples:
        ids += one.ids
        positions += range(len(one.ids))
        # what follows the end of another example is not its continuation
        learn += [False, *one.learn[1:]]
    return Packed(ids, positions, learn)
