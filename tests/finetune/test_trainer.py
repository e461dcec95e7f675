import pytest
import torch
from toy_finetune import base, recipe, rows, write_data

from finetune import FinetuneError, dataset, model, trainer
from finetune.packing import Packed, pack
from finetune.recipe import Lora, RoundPlan
from finetune.rows.examples import make_examples
from finetune.trainer import Checkpoint
from finetune.training.token_loss import token_losses
from medchat.composition import TEXT_TOOLS


@pytest.fixture(scope="module")
def packing(tmp_path_factory):
    data = dataset.read(write_data(tmp_path_factory.mktemp("data"), rows(16), rows(4, 16)))
    mine = recipe(base(), max_tokens=256)
    examples, _ = make_examples(
        data.train, data.train, model.tokenizer(mine.base), mine, 1, TEXT_TOOLS
    )
    return pack([one.tokens for one in examples], 256)


def student(dropout=0.1):
    bare = model.load(str(base()), precision="float32")
    return model.attach(bare, Lora(rank=4, alpha=8, dropout=dropout), 1)


def weights(of):
    return {key: one for key, one in of.model.named_parameters() if one.requires_grad}


PLAN = RoundPlan(max_steps=6, epochs=9, learning_rate=0.02, batch_tokens=300, checkpoint_every=2)


class Killed(Exception):
    pass


def test_a_killed_run_ends_with_the_same_bits(tmp_path, packing):
    whole = student()
    trainer.fit(whole, packing, PLAN, seed=3)

    def kill(tick):
        if tick.done == 5:
            raise Killed

    here = Checkpoint(tmp_path / "checkpoint", "this run")
    with pytest.raises(Killed):
        trainer.fit(student(), packing, PLAN, seed=3, checkpoint=here, progress=kill)
    torch.manual_seed(99)
    resumed = student()
    done = trainer.fit(resumed, packing, PLAN, seed=3, checkpoint=here)
    assert done.resumed_at == 4
    assert len(done.curve) == 6
    for key, one in weights(whole).items():
        assert one.equal(weights(resumed)[key]), key


@pytest.mark.parametrize("spoil", ["other run", "garbage"])
def test_a_checkpoint_of_something_else_is_left_alone(tmp_path, packing, spoil):
    file = tmp_path / "checkpoint"
    if spoil == "garbage":
        file.write_bytes(b"\x10\0\0\0\0\0\0\0not a header")
    else:
        trainer.fit(student(), packing, PLAN, seed=3, checkpoint=Checkpoint(file, "other run"))
        assert file.is_file()
    done = trainer.fit(student(), packing, PLAN, seed=3, checkpoint=Checkpoint(file, "this run"))
    assert done.resumed_at == 0
    assert len(done.curve) == 6


def test_training_lowers_the_loss_and_reports_speed(packing):
    ticks = []
    plan = RoundPlan(max_steps=15, epochs=20, learning_rate=0.03, batch_tokens=512)
    done = trainer.fit(student(0.0), packing, plan, seed=3, progress=ticks.append)
    assert done.curve[-1].loss < 0.85 * done.curve[0].loss
    assert [tick.done for tick in ticks] == list(range(1, 16))
    assert all(tick.tokens_per_second > 0 for tick in ticks)
    assert done.tokens == done.curve[-1].tokens > 0
    assert done.tokens_per_second > 0


def test_same_seed_same_weights(packing):
    made = []
    for seed in (3, 3, 4):
        one = student()
        trainer.fit(one, packing, PLAN, seed=seed)
        made.append(torch.cat([value.flatten() for value in weights(one).values()]))
    assert made[0].equal(made[1])
    assert not made[0].equal(made[2])


def test_a_loss_that_is_no_number_is_told(packing):
    broken = student()
    with torch.no_grad():
        next(iter(weights(broken).values())).fill_(float("nan"))
    with pytest.raises(FinetuneError, match="step 1 is not a number") as caught:
        trainer.fit(broken, packing, PLAN, seed=3)
    assert caught.value.status == 1


def test_each_row_once_in_each_epoch():
    lines = [Packed([1] * size, list(range(size)), [True] * size) for size in (30, 40, 50, 1)]
    steps = trainer.schedule(lines, RoundPlan(epochs=2, batch_tokens=60), 1)
    flat = [index for step in steps for index in step]
    assert sorted(flat) == [0, 0, 1, 1, 2, 2]  # a single token predicts nothing
    assert sorted(flat[:3]) == [0, 1, 2]
    assert len(trainer.schedule(lines, RoundPlan(epochs=2, batch_tokens=60, max_steps=1), 1)) == 1


def test_steps_hold_about_so_many_tokens():
    lines = [Packed([1] * 1010, list(range(1010)), [True] * 1010)] * 40
    steps = trainer.schedule(lines, RoundPlan(batch_tokens=2048), 1)
    assert {len(step) for step in steps} == {2}
    assert len(trainer.schedule(lines, RoundPlan(batch_tokens=10), 1)) == 40


def test_the_rate_rises_and_falls():
    plan = RoundPlan(learning_rate=1.0, warmup=0.1)
    rates = [trainer.learning_rate(plan, step, 100) for step in range(100)]
    assert rates[0] == pytest.approx(0.1)
    assert rates[9] == rates[10] == 1.0
    assert rates[10:] == sorted(rates[10:], reverse=True)
    assert 0 <= rates[-1] < 0.01


def test_the_objective_decides_the_loss(packing):
    def constant(network, row, device):
        return token_losses(network, row, device) * 0 + 3.0

    plan = RoundPlan(max_steps=2, epochs=2)
    done = trainer.fit(student(0.0), packing, plan, seed=1, losses=constant)
    assert [point.loss for point in done.curve] == [3.0, 3.0]
