"""Train a toy base as several ranks, each a process forked from one that has its libraries.

python toy_ranks.py reads lines of jobs from stdin, one job for each rank. A rank writes what became
of it beside its job: weights, or the error.
"""

import json
import multiprocessing
import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path


class Launcher:
    """A process that starts ranks, as torchrun would; it loads the libraries once for all runs."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process

    def run(self, folder: Path, jobs: Sequence[dict[str, object]]) -> list[dict[str, object]]:
        """Run one process for each job and return what each wrote."""
        places = [folder / f"job-{rank}.json" for rank in range(len(jobs))]
        for place, job in zip(places, jobs, strict=True):
            place.write_text(json.dumps(job), encoding="utf-8")
            place.with_suffix(".done").unlink(missing_ok=True)
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(json.dumps([str(place) for place in places]) + "\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline() == "done\n"
        written = [place.with_suffix(".done") for place in places]
        return [json.loads(one.read_text("utf-8")) if one.exists() else {} for one in written]


@contextmanager
def launcher() -> Iterator[Launcher]:
    """Start a launcher and end it after the block."""
    root = Path(__file__).resolve().parent
    told = {"PYTHONPATH": os.pathsep.join((str(root.parent), str(root))), "OMP_NUM_THREADS": "1"}
    with subprocess.Popen(
        [sys.executable, __file__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **told},
    ) as process:
        yield Launcher(process)


def main() -> None:
    """Fork a process for each job of a line, and say when all have ended."""
    import peft  # noqa: F401 - what a rank needs is loaded before the fork
    import toy_finetune  # noqa: F401

    from finetune import model, trainer  # noqa: F401
    from medchat import composition  # noqa: F401

    fork = multiprocessing.get_context("fork")
    for line in sys.stdin:
        places = [Path(one) for one in json.loads(line)]
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        shared = {
            "WORLD_SIZE": str(len(places)),
            "MASTER_ADDR": "127.0.0.1",
            "MASTER_PORT": str(port),
        }
        started = []
        for rank, place in enumerate(places):
            launched = {"RANK": str(rank), "LOCAL_RANK": str(rank), **shared}
            started.append(fork.Process(target=train, args=(place, launched)))
            started[-1].start()
        for one in started:
            one.join()
        sys.stdout.write("done\n")
        sys.stdout.flush()


def train(place: Path, launched: dict[str, str]) -> None:
    """Train as one rank of those started and write the weights, or the error, as JSON."""
    os.environ |= launched
    from finetune import FinetuneError, dataset, model, trainer
    from finetune.packing import pack
    from finetune.recipe import Lora, RoundPlan
    from finetune.rows.examples import make_examples
    from finetune.training import ranks
    from medchat.composition import TEXT_TOOLS

    job = json.loads(place.read_text(encoding="utf-8"))
    from toy_finetune import recipe

    mine = recipe(job["base"], max_tokens=256)
    data = dataset.read(Path(job["data"]))
    shown, _ = make_examples(
        data.train, data.train, model.tokenizer(mine.base), mine, 1, TEXT_TOOLS
    )
    packing = pack([one.tokens for one in shown], 256)
    bare = model.load(job["base"], precision="float32")
    # another start in each process: rank 0's counts
    student = model.attach(bare, Lora(rank=4, alpha=8, dropout=0.1), 1 + int(os.environ["RANK"]))
    kept = trainer.Checkpoint(Path(job["checkpoint"]), "toy") if job.get("checkpoint") else None

    def watch(tick: object) -> None:
        if getattr(tick, "done", 0) == job.get("ends_after"):
            os._exit(9)

    plan = RoundPlan(
        max_steps=6, epochs=9, learning_rate=0.02, batch_tokens=900, checkpoint_every=2
    )
    try:
        with ranks.together() as group:
            group.check_same({"data": data.hash})
            made = trainer.fit(
                student, packing, plan, seed=3, checkpoint=kept, progress=watch, ranks=group
            )
        told: dict[str, object] = {
            "weights": {
                name: weight.flatten().tolist()
                for name, weight in student.model.named_parameters()
                if weight.requires_grad
            },
            "losses": [point.loss for point in made.curve],
            "resumed_at": made.resumed_at,
        }
    except FinetuneError as error:
        told = {"error": str(error), "where": error.where, "status": error.status}
    place.with_suffix(".done").write_text(json.dumps(told), encoding="utf-8")


if __name__ == "__main__":
    main()
