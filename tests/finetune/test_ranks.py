import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import toy_ranks
from toy_finetune import base, rows, write_data

from finetune import FinetuneError
from finetune.packing import Packed
from finetune.training import ranks
from finetune.training.micro_batches import joined
from finetune.training.ranks import Ranks

NEAR = 1e-6
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def job(tmp_path_factory):
    data = write_data(tmp_path_factory.mktemp("data"), rows(32), rows(4, 32))
    return {"base": str(base()), "data": str(data)}


@pytest.fixture(scope="module")
def launcher():
    with toy_ranks.launcher() as made:
        yield made


def apart(one, other):
    assert one["weights"].keys() == other["weights"].keys()
    return max(
        abs(left - right)
        for name, values in one["weights"].items()
        for left, right in zip(values, other["weights"][name], strict=True)
    )


def test_two_processes_give_the_weights_of_one(tmp_path, job, launcher):
    (alone,) = launcher.run(tmp_path, [job])
    both = launcher.run(tmp_path, [job, job])
    assert apart(*both) == 0
    assert apart(alone, both[0]) < NEAR
    assert both[0]["losses"] == pytest.approx(alone["losses"], abs=1e-5)


def test_a_rank_that_dies_ends_the_others_and_the_round_goes_on(tmp_path, job, launcher):
    whole = launcher.run(tmp_path, [job, job])
    kept = {**job, "checkpoint": str(tmp_path / "checkpoint")}
    lead, follower = launcher.run(tmp_path, [kept, {**kept, "ends_after": 3}])
    assert follower == {}
    assert "Another process of this run has ended" in lead["error"]
    assert lead["status"] == 1
    again = launcher.run(tmp_path, [kept, kept])
    assert [one["resumed_at"] for one in again] == [2, 2]
    assert apart(whole[0], again[0]) == 0 == apart(*again)


def test_ranks_that_see_other_data_are_refused(tmp_path, job, launcher):
    other = write_data(tmp_path / "other", rows(30), rows(4, 32))
    found = launcher.run(tmp_path, [job, {**job, "data": str(other)}])
    for one in found:
        assert one["error"].startswith("The ranks 0 and 1 of this run do not have the same data.")
        assert one["where"] == "--data"


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, Ranks()),
        ({"RANK": "1", "WORLD_SIZE": "4", "LOCAL_RANK": "1"}, Ranks(1, 4, 1)),
        ({"RANK": "3", "WORLD_SIZE": "4"}, Ranks(3, 4, 3)),
        ({"RANK": "0", "WORLD_SIZE": "1", "OMPI_COMM_WORLD_SIZE": "1"}, Ranks(0, 1, 0)),
        ({"ACCELERATE_USE_CPU": "True"}, Ranks()),
        ({"SLURM_NTASKS": "4"}, Ranks()),  # a batch script's own, before srun
    ],
)
def test_a_launch_says_which_rank_this_is(environment, expected):
    assert ranks.launched(environment) == expected


@pytest.mark.parametrize(
    ("environment", "why"),
    [
        ({"RANK": "1"}, "only one of"),
        ({"WORLD_SIZE": "2"}, "only one of"),
        ({"RANK": "2", "WORLD_SIZE": "2"}, "RANK is 2"),
        ({"RANK": "first", "WORLD_SIZE": "2"}, "no number"),
        ({"OMPI_COMM_WORLD_SIZE": "2", "OMPI_COMM_WORLD_RANK": "1"}, "mpirun started 2"),
        ({"SLURM_STEP_NUM_TASKS": "2"}, "srun started 2"),
        ({"ACCELERATE_USE_CPU": "True", "MASTER_PORT": "29500"}, "accelerate started one"),
    ],
)
def test_a_launch_that_would_run_twice_as_the_only_rank_is_refused(environment, why):
    with pytest.raises(FinetuneError, match=re.escape(why)) as caught:
        ranks.launched(environment)
    assert "torchrun" in caught.value.remedy
    assert caught.value.status == 2


def launched_by_accelerate(folder, *options):
    """Return what becomes of a script that prints its ranks, as accelerate starts it."""
    script = folder / "launched.py"
    script.write_text(
        "from finetune.training import ranks\nprint(ranks.launched())\n", encoding="utf-8"
    )
    return subprocess.run(
        [sys.executable, "-m", "accelerate.commands.launch", "--num_processes", "2", *options]
        + ["--mixed_precision", "no", "--dynamo_backend", "no", str(script)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
    )


def test_accelerate_itself_is_refused_where_it_starts_one_process(tmp_path):
    done = launched_by_accelerate(tmp_path, "--cpu", "--num_machines", "1")
    assert done.returncode != 0
    assert "accelerate started one process where several were asked for" in done.stderr


def test_accelerate_starts_ranks_by_the_configuration_of_data_in_parallel(tmp_path):
    config = ROOT / "finetune" / "launch" / "ddp.yaml"
    done = launched_by_accelerate(
        tmp_path, "--config_file", str(config), "--main_process_port", "0"
    )
    assert sorted(done.stdout.splitlines()) == [
        "Ranks(rank=0, size=2, local=0)",
        "Ranks(rank=1, size=2, local=1)",
    ], done.stderr


def test_every_row_is_taken_by_one_rank_and_rows_are_joined_up_to_a_limit():
    lines = [Packed([number] * 10, list(range(10)), [True] * 10) for number in range(7)]
    taken = [number for rank in range(3) for number, _ in joined(lines, 0, Ranks(rank, 3))]
    assert sorted(taken) == list(range(7))
    groups = list(joined(lines, 25))
    assert [len(row.ids) for _, row in groups] == [20, 20, 20, 10]
    assert [number for number, _ in groups] == [0, 2, 4, 6]
    assert sum(row.learned for _, row in groups) == sum(row.learned for row in lines)
    assert groups[0][1].positions == [*range(10), *range(10)]


def test_torchrun_runs_a_round(tmp_path, job):
    recipe = tmp_path / "toy.yaml"
    recipe.write_text(
        f"name: toy\nbase: {job['base']}\nmax_tokens: 256\nprecision: float32\n"
        "lora: {rank: 4, alpha: 8}\n"
        "evaluation: {rows: 4, answers: 1, max_new_tokens: 8, probes: false}\n"
        "rounds: [{objective: sft, max_steps: 3, learning_rate: 0.01, batch_tokens: 600}]\n",
        encoding="utf-8",
    )
    home = tmp_path / "home"
    done = subprocess.run(
        [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc_per_node", "2"]
        + ["-m", "medchat.cli.main", "finetune", "--recipe", str(recipe), "--round", "1"]
        + ["--data", job["data"], "--json"],
        capture_output=True,
        text=True,
        env={
            **os.environ,
            "MEDCHAT_HOME": str(home),
            "OMP_NUM_THREADS": "1",
            "PYTHONPATH": str(ROOT),
        },
        check=False,
        timeout=600,
    )
    assert "Traceback" not in done.stderr.split("ChildFailedError")[0], done.stderr
    (outcome,) = json.loads(done.stdout)  # of rank 0 alone
    assert outcome["name"] == "toy/round-1"
    record = json.loads((home / "adapters" / "toy" / "round-1" / "MANIFEST.json").read_text())
    assert record["steps"] == 3
