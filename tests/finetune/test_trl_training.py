"""Training by a trainer of trl: our curve, checkpoints, silence; and what it leaves as it was."""

import random
from dataclasses import replace

import pytest
import torch
from toy_finetune import base

from finetune import FinetuneError, model
from finetune.architectures import architecture
from finetune.objectives import trl_training
from finetune.objectives.trl_training import TrlTraining
from finetune.recipe import Lora, RoundPlan
from finetune.trainer import Checkpoint, learning_rate, resumable

PLAN = RoundPlan(epochs=2, learning_rate=1e-2, checkpoint_every=2, warmup=0.2)


class Killed(Exception):
    pass


def student():
    bare = model.load(str(base()), precision="float32")
    return model.attach(bare, Lora(rank=4, dropout=0.1), 1)


def training(count=18, **settings):
    from trl import SFTConfig, SFTTrainer

    pick = random.Random(0)
    rows = [
        {"input_ids": [pick.randrange(6, 500) for _ in range(pick.randrange(5, 20))]}
        for _ in range(count)
    ]
    return TrlTraining(SFTTrainer, SFTConfig, rows, 4, 2, settings)


def run(folder, killed_at=0, plan=PLAN, watch=None):
    made = student()

    def progress(tick):
        if tick.done == killed_at:
            raise Killed

    checkpoint = Checkpoint(folder / "checkpoint", "mine")
    fit = trl_training.fit(
        made,
        training(),
        plan,
        seed=3,
        precision="float32",
        checkpoint=checkpoint,
        progress=progress,
        watch=watch,
    )
    return made, fit


def weights(made):
    return {name: one for name, one in made.model.named_parameters() if one.requires_grad}


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    return run(tmp_path_factory.mktemp("whole"))


def test_the_curve_is_that_of_our_own_rounds(whole, tmp_path):
    _, fit = whole
    # 18 rows by 4 are 5 steps an epoch
    assert [point.step for point in fit.curve] == list(range(1, 11))
    rates = [learning_rate(PLAN, step, 10) for step in range(10)]
    assert [point.learning_rate for point in fit.curve] == pytest.approx(rates)
    assert fit.tokens == 2 * sum(len(row["input_ids"]) for row in training().rows)
    assert fit.curve[-1].loss < fit.curve[0].loss
    assert fit.resumed_at == 0


@pytest.mark.parametrize("killed_at", [3, 5, 8])
def test_a_killed_run_ends_with_the_same_bits(whole, tmp_path, killed_at):
    with pytest.raises(Killed):
        run(tmp_path, killed_at)
    assert resumable(Checkpoint(tmp_path / "checkpoint", "mine")) == (killed_at - 1) // 2 * 2
    assert resumable(Checkpoint(tmp_path / "checkpoint", "another")) == 0
    made, fit = run(tmp_path)
    expected, whole_fit = whole
    assert fit.resumed_at == (killed_at - 1) // 2 * 2
    assert [(one.loss, one.learning_rate, one.tokens) for one in fit.curve] == [
        (one.loss, one.learning_rate, one.tokens) for one in whole_fit.curve
    ]
    assert all(torch.equal(one, weights(made)[name]) for name, one in weights(expected).items())


def test_nothing_is_written_beside_the_checkpoint_and_nothing_is_said(tmp_path, capfd, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    folder = tmp_path / "own"
    folder.mkdir()
    run(folder)
    assert [path.name for path in folder.iterdir()] == ["checkpoint"]
    assert [path.name for path in tmp_path.iterdir()] == ["own"]
    assert capfd.readouterr() == ("", "")


def test_a_loss_that_is_no_number_stops_the_run_and_keeps_the_state_before(tmp_path):
    def spoil(step, measured):
        if step == 3:
            with torch.no_grad():
                next(iter(weights(made).values())).fill_(float("nan"))

    made = student()
    checkpoint = Checkpoint(tmp_path / "checkpoint", "mine")
    with pytest.raises(FinetuneError, match="step 4 is not a number.*after step 3") as caught:
        trl_training.fit(
            made, training(), PLAN, seed=3, checkpoint=checkpoint, watch=spoil, precision="float32"
        )
    assert caught.value.status == 1
    assert resumable(checkpoint) == 3


def test_trls_own_measures_are_told_after_each_step(tmp_path):
    told = []
    _, fit = run(tmp_path, plan=replace(PLAN, max_steps=3), watch=lambda *each: told.append(each))
    assert len(fit.curve) == 3
    assert [step for step, _ in told] == [1, 2, 3]
    assert all(0 <= each["mean_token_accuracy"] <= 1 for _, each in told)


def test_the_network_is_left_as_it_was_but_for_its_weights():
    made = student()
    network = architecture.inner(made.model)
    network.generation_config.eos_token_id = [2, 7]
    before = dict(network.generation_config.to_dict()), dict(network.config.to_dict())
    forward, padding = network.forward, made.tokenizer.pad_token
    made.tokenizer.pad_token = None
    trl_training.fit(made, training(4), replace(PLAN, max_steps=1), seed=3)
    assert (network.generation_config.to_dict(), network.config.to_dict()) == before
    assert network.forward == forward
    assert made.tokenizer.pad_token is None and padding
    assert not made.model.training


def test_a_step_takes_as_many_rows_as_make_its_tokens():
    cpu = torch.device("cpu")
    plan = RoundPlan(batch_tokens=1000)
    assert trl_training.rows_a_step([100] * 50, plan, cpu) == (10, 10)
    assert trl_training.rows_a_step([100] * 3, plan, cpu) == (3, 3)
    assert trl_training.rows_a_step([3000] * 50, plan, cpu) == (1, 1)
    long = RoundPlan(batch_tokens=100_000)
    at_a_step, at_once = trl_training.rows_a_step([1000] * 500, long, cpu)
    assert at_once == 4 and at_a_step == 100


def test_no_more_rows_are_drawn_than_the_steps_take():
    rows = list(range(50))
    short = RoundPlan(max_steps=5)
    some = trl_training.drawn(rows, short, 4, 1)
    assert len(set(some)) == 20 and some == trl_training.drawn(rows, short, 4, 1)
    assert trl_training.drawn(rows, short, 4, 2) != some
    assert trl_training.drawn(rows, RoundPlan(), 4, 1) == rows
    assert trl_training.drawn(rows, RoundPlan(max_steps=50), 4, 1) == rows
