import json
import logging
import os
import sys
from pathlib import Path

import pytest
from toy_finetune import trained

from finetune import FinetuneError, adapters, rounds
from finetune.ledger import Wanted
from finetune.training import curve_logs
from finetune.training.curve_logs import RoundLog
from finetune.training.round_progress import Tick
from medchat.composition import TEXT_TOOLS


def scalars(folder):
    """Return what TensorBoard reads from a folder: the steps and values of each name."""
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    logging.getLogger("tensorboard").setLevel(logging.ERROR)
    read = EventAccumulator(str(folder)).Reload()
    return {
        name: [(one.step, one.value) for one in read.Scalars(name)]
        for name in read.Tags()["scalars"]
    }


def test_tensorboard_reads_the_curve_and_the_scores_of_a_round(tmp_path):
    made = trained().copy(tmp_path / "home")
    log = RoundLog(("tensorboard",), tmp_path / "curves")
    outcome = rounds.run(Wanted(made.recipe, 2, made.home, made.data), log, tools=TEXT_TOOLS)
    log.close(outcome.adapter.scores)
    found = scalars(tmp_path / "curves" / "tensorboard")
    lines = (outcome.adapter.folder / "curve.jsonl").read_text().splitlines()
    curve = [json.loads(line) for line in lines]
    assert [step for step, _ in found["train/loss"]] == [one["step"] for one in curve]
    for name, key in (("loss", "loss"), ("learning_rate", "learning_rate"), ("tokens", "tokens")):
        values = [value for _, value in found[f"train/{name}"]]
        assert values == pytest.approx([one[key] for one in curve], rel=1e-4)
    manifest = adapters.manifest(outcome.adapter)
    for when in ("before", "after"):
        assert found[f"scores_{when}/nll"] == [
            (40, pytest.approx(manifest["scores"][when]["nll"], rel=1e-5))
        ]
    assert "scores_after/perplexity" not in found


def test_steps_that_are_made_again_replace_those_of_a_killed_run(tmp_path):
    for first in (1, 3):
        log = RoundLog(("tensorboard",), tmp_path)
        for step in range(first, 5):
            log(Tick("train", step, 4, float(10 * first + step), 1.0))
        log.close()
    found = scalars(tmp_path / "tensorboard")
    assert found["train/loss"] == [(1, 11.0), (2, 12.0), (3, 33.0), (4, 34.0)]


def test_nothing_is_written_where_nothing_was_trained(tmp_path):
    log = RoundLog(("tensorboard",), tmp_path / "curves")
    log(Tick("score", 1, 2))
    log.close({"after": {"nll": 1.0, "nll_interval": [0.5, 1.5]}})
    assert not (tmp_path / "curves").exists()


WANDB = """
import json
from pathlib import Path


def Settings(**given):
    return given


class Run:
    def __init__(self, given):
        self.told, self.config = [given], {}

    def log(self, values, step):
        self.told.append([step, values])

    def finish(self):
        told = json.dumps([*self.told, self.config])
        Path(self.told[0]["dir"], "told.json").write_text(told)


def init(**given):
    return Run(given)
"""
"""Stands in for wandb: at the end of a run it writes what it was told."""


@pytest.fixture
def wandb(tmp_path, monkeypatch):
    (tmp_path / "wandb.py").write_text(WANDB, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "wandb", raising=False)
    for name in ("WANDB_CACHE_DIR", "WANDB_ERROR_REPORTING"):
        monkeypatch.setenv(name, "")  # so that both are as before after the test
        monkeypatch.delenv(name)
    yield
    sys.modules.pop("wandb", None)


def test_wandb_is_told_the_curve_offline_whatever_the_environment_says(
    tmp_path, monkeypatch, wandb
):
    monkeypatch.setenv("WANDB_MODE", "online")
    folder = tmp_path / "curves" / "toy" / "round-2"
    log = RoundLog(("wandb",), folder)
    for step in (3, 4):
        log(Tick("train", step, 4, 5.0 - step, 1.0, measured={"reward": 0.5}))
    log.close({"after": {"nll": 1.0, "nll_interval": [0.5, 1.5], "rows": 3}})
    given, *logged, config = json.loads((folder / "wandb" / "told.json").read_text())
    assert given["settings"]["mode"] == "offline"
    assert (given["name"], given["dir"]) == ("toy-round-2", str(folder / "wandb"))
    assert [step for step, _ in logged] == [3, 4, 4]
    assert [values.get("train/loss") for _, values in logged] == [2.0, 1.0, None]
    assert logged[0][1]["train/reward"] == 0.5
    assert logged[-1][1] == {"scores_after/nll": 1.0}
    assert config == {"first_step": 3}
    assert Path(os.environ["WANDB_CACHE_DIR"]).is_relative_to(folder)


def test_an_unknown_kind_is_refused():
    with pytest.raises(FinetuneError, match="'excel'") as raised:
        curve_logs.check("excel")
    assert "tensorboard, wandb" in raised.value.remedy


def test_a_kind_that_is_not_installed_is_refused(monkeypatch):
    monkeypatch.setitem(curve_logs.PACKAGES, "wandb", "a_package_that_nobody_installs")
    with pytest.raises(FinetuneError, match="not installed") as raised:
        curve_logs.check("wandb")
    assert "pip install wandb" in raised.value.remedy
    curve_logs.check("tensorboard")
