"""Share a round among processes that torchrun started: each takes a part of every step's rows.

    torchrun's environment -> group of ranks -> the same inputs, checked -> gradients summed

Rank 0 leads: it alone reads and writes the home, scores and saves. What the ranks tell one another
is numbers and JSON.
"""

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

from finetune.errors import FinetuneError

if TYPE_CHECKING:
    import torch

_T = TypeVar("_T")

_WAIT = timedelta(days=7)
"""How long a rank waits for another that lives, such as for one that scores."""
_BUCKET = 16 << 20
"""Numbers that are summed over the ranks at once."""

_OTHER_LAUNCHERS = {
    "OMPI_COMM_WORLD_SIZE": "mpirun",
    "PMI_SIZE": "mpirun",
    "PMIX_SIZE": "mpirun",
    "SLURM_STEP_NUM_TASKS": "srun",
}
"""Where launchers that do not set WORLD_SIZE say how many processes they started."""


@dataclass(frozen=True, slots=True)
class Ranks:
    """This process's place among those of a run; `local` counts on its own machine."""

    rank: int = 0
    size: int = 1
    local: int = 0

    @property
    def leads(self) -> bool:
        """Return whether this rank scores, saves and reports."""
        return self.rank == 0

    def part(self, items: Sequence[_T]) -> Sequence[_T]:
        """Return this rank's part of what all ranks share."""
        return items[self.rank :: self.size]

    def tell(self, told: object) -> object:
        """Return on every rank what rank 0 tells, as plain JSON values."""
        if self.size == 1:
            return told
        import torch

        text = json.dumps(told).encode() if self.leads else b""
        size = self._from_lead(torch.tensor([len(text)]))
        content = torch.zeros(int(size), dtype=torch.uint8)
        if self.leads:
            content = torch.frombuffer(bytearray(text), dtype=torch.uint8)
        return json.loads(bytes(self._from_lead(content).tolist()))

    def check_same(self, parts: Mapping[str, str]) -> None:
        """Raise FinetuneError where the ranks do not have the same hash of each part."""
        if self.size == 1:
            return
        import torch
        import torch.distributed as dist

        mine = torch.tensor([list(bytes.fromhex(one)) for one in parts.values()])
        place = mine.to(_device())
        all_of_them = [torch.empty_like(place) for _ in range(self.size)]
        with _lost():
            dist.all_gather(all_of_them, place)
        for rank, other in enumerate(all_of_them):
            unlike = [
                name for at, name in enumerate(parts) if not other[at].equal(all_of_them[0][at])
            ]
            if unlike:
                raise FinetuneError(
                    f"The ranks 0 and {rank} of this run do not have the same {', '.join(unlike)}.",
                    where="--data" if "data" in unlike else "--recipe",
                    remedy="Give every process the same recipe, data, base and home, as copies or "
                    "on shared storage.",
                )

    def share(self, tensors: Iterable["torch.Tensor"]) -> None:
        """Give every rank rank 0's values, in place."""
        if self.size > 1:
            for one in tensors:
                one.detach().copy_(self._from_lead(one.detach().clone()))

    def sum(self, tensors: Sequence["torch.Tensor"]) -> None:
        """Replace tensors of one type by their sums over the ranks, in few calls."""
        if self.size == 1:
            return
        import torch
        import torch.distributed as dist

        for some in _buckets(tensors):
            flat = torch.cat([one.detach().flatten() for one in some]).to(_device())
            with _lost():
                dist.all_reduce(flat)
            parts = torch.split(flat, [one.numel() for one in some])
            for one, part in zip(some, parts, strict=True):
                one.detach().copy_(part.view_as(one))

    def _from_lead(self, tensor: "torch.Tensor") -> "torch.Tensor":
        import torch.distributed as dist

        moved = tensor.to(_device())
        with _lost():
            dist.broadcast(moved, 0)
        return moved.to(tensor.device)


ALONE = Ranks()


def launched(environment: Mapping[str, str] = os.environ) -> Ranks:
    """Return this process's place as torchrun gives it; FinetuneError where a launch gives none.

    Processes that a launcher started without telling each which one it is would all be "rank 0 of
    1", and write over one another.
    """
    names = ("RANK", "WORLD_SIZE")
    given = [environment[name] for name in names if environment.get(name)]
    if len(given) == len(names):
        rank, size = (_number(environment, name) for name in names)
        local = _number(environment, "LOCAL_RANK") if environment.get("LOCAL_RANK") else rank
        if not 0 <= rank < size:
            raise _misplaced(f"RANK is {rank} and WORLD_SIZE is {size}")
        return Ranks(rank, size, local)
    if given:
        raise _misplaced("only one of RANK and WORLD_SIZE is set")
    for name, launcher in _OTHER_LAUNCHERS.items():
        if environment.get(name, "1") not in ("", "0", "1"):
            raise _misplaced(
                f"{launcher} started {environment[name]} processes, none of which is "
                "told its RANK and WORLD_SIZE"
            )
    if "ACCELERATE_USE_CPU" in environment and environment.get("MASTER_PORT"):
        raise _misplaced("accelerate started one process where several were asked for")
    return ALONE


def restarts(environment: Mapping[str, str] = os.environ) -> int:
    """Return how often torchrun runs the command again where a process ends with an error."""
    name = "TORCHELASTIC_MAX_RESTARTS"
    return _number(environment, name) if environment.get(name) else 0


@contextmanager
def together() -> Iterator[Ranks]:
    """Form the group of this process's ranks, and end it; within another, that one goes on."""
    ranks = launched()
    if ranks.size == 1:
        yield ranks
        return
    import torch
    import torch.distributed as dist

    if dist.is_initialized():
        yield ranks
        return
    on_gpu = torch.cuda.is_available()
    if on_gpu:
        torch.cuda.set_device(ranks.local)
    with _lost():
        dist.init_process_group("nccl" if on_gpu else "gloo", timeout=_WAIT)
    try:
        yield ranks
    finally:
        dist.destroy_process_group()


@contextmanager
def leading() -> Iterator[Ranks]:
    """Form the group as rank 0, and let the others know at its end that nothing more is to come."""
    with together() as ranks:
        try:
            yield ranks
        finally:
            with suppress(FinetuneError):  # they may be gone already
                ranks.tell(None)


def _device() -> str:
    """Return where the group's tensors must lie."""
    import torch.distributed as dist

    return "cuda" if dist.get_backend() == "nccl" else "cpu"


def _buckets(tensors: Sequence["torch.Tensor"]) -> Iterator[list["torch.Tensor"]]:
    some: list[torch.Tensor] = []
    for one in tensors:
        if some and sum(each.numel() for each in some) + one.numel() > _BUCKET:
            yield some
            some = []
        some.append(one)
    if some:
        yield some


@contextmanager
def _lost() -> Iterator[None]:
    """Say in a sentence that another rank is gone."""
    try:
        yield
    except RuntimeError as error:  # torch names a lost connection in many ways
        reason = str(error).strip().splitlines() or [type(error).__name__]
        raise FinetuneError(
            f"Another process of this run has ended, or cannot be reached: {reason[0][:200]}",
            where="torchrun",
            remedy="See what became of it, and run the same command again: the round goes on from "
            "its last checkpoint.",
            status=1,
        ) from error


def _number(environment: Mapping[str, str], name: str) -> int:
    try:
        return int(environment[name])
    except ValueError as error:
        raise _misplaced(f"{name} is {environment[name]!r}, and no number") from error


def _misplaced(why: str) -> FinetuneError:
    return FinetuneError(
        f"This process cannot tell which of several it is: {why}.",
        where="RANK, WORLD_SIZE",
        remedy="Start the round by torchrun, such as torchrun --nproc_per_node 2 -m "
        "medchat.cli.main finetune …, or as one process.",
    )
