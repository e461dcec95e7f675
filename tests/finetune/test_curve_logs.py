import json
import logging

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
