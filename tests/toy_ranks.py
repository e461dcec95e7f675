"""Train a toy base as one rank of several, each a process of its own.

python toy_ranks.py JOB.json writes what became of it beside the job: weights, or the error.
"""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path


def run(
    folder: Path, jobs: Sequence[dict[str, object]], timeout: float = 300
) -> list[dict[str, object]]:
    """Run one process for each job, as torchrun would, and return what each wrote."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    root = Path(__file__).resolve().parent
    started = []
    for rank, job in enumerate(jobs):
        place = folder / f"job-{rank}.json"
        place.write_text(json.dumps(job), encoding="utf-8")
        place.with_suffix(".done").unlink(missing_ok=True)
        told = {
            "RANK": str(rank),
            "LOCAL_RANK": str(rank),
            "WORLD_SIZE": str(len(jobs)),
            "MASTER_ADDR": "127.0.0.1",
            "MASTER_PORT": str(port),
            "PYTHONPATH": os.pathsep.join((str(root.parent), str(root))),
            "OMP_NUM_THREADS": "1",
        }
        started.append(
            subprocess.Popen([sys.executable, __file__, str(place)], env={**os.environ, **told})
        )
    for one in started:
        one.wait(timeout)
    found = []
    for rank in range(len(jobs)):
        done = folder / f"job-{rank}.done"
        found.append(json.loads(done.read_text(encoding="utf-8")) if done.exists() else {})
    return found


def main() -> None:
    """Train as this process's rank and write the weights, or the error, as JSON."""
    from finetune import FinetuneError, dataset, model, trainer
    from finetune.packing import pack
    from finetune.recipe import Lora, RoundPlan
    from finetune.rows.examples import make_examples
    from finetune.training import ranks
    from medchat.composition import TEXT_TOOLS

    place = Path(sys.argv[1])
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
