"""Rounds that cannot be as they are asked for are refused before anything of them is done."""

from dataclasses import replace

import pytest
import torch
from toy_finetune import base, read_pairs, recipe, trained
from toy_rewards import LettersWanted, paying

from finetune import FinetuneError, adapters, model, round_checks, rounds
from finetune.ledger import Wanted
from finetune.objectives.objective_protocols import RoundTask
from finetune.objectives.objective_registry import objective_of
from finetune.recipe import Lora, RoundPlan
from finetune.training.ranks import Ranks
from medchat.composition import TEXT_TOOLS


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return trained().copy(tmp_path_factory.mktemp("home")).home


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return read_pairs(tmp_path_factory.mktemp("pairs") / "data")


def refused(made, home, data, parent, what):
    """Refuse a round in both of its ways, before anything of it is written."""
    wanted = Wanted(made, 1, home, data.folder, parent=parent, redo=True)
    before = {one.name for one in adapters.list_adapters(home)}
    for ask in (rounds.run, rounds.estimate):
        with pytest.raises(FinetuneError, match=what) as caught:
            ask(wanted, tools=TEXT_TOOLS)
        assert caught.value.status == 2
    assert {one.name for one in adapters.list_adapters(home)} == before


@pytest.mark.parametrize("objective", ["reward", "grpo", "rloo"])
def test_a_start_from_the_weights_is_refused_where_a_second_adapter_cannot_be(
    home, data, objective
):
    made = recipe(base(), rounds=(RoundPlan(objective=objective),), lora=Lora(8, 16, start="pissa"))
    refused(made, home, data, "base", "lora.start: pissa does not go with a round of " + objective)


@pytest.mark.parametrize(
    ("judge", "told"),
    [
        ("toy/round-1", "toy/round-1 is no reward model: it was trained by sft"),
        ("nobody/round-7", "There is no adapter nobody/round-7"),
    ],
)
@pytest.mark.parametrize("objective", ["grpo", "ppo"])
def test_a_judge_that_cannot_judge_is_refused_before_rows_are_read(home, objective, judge, told):
    plan = RoundPlan(objective=objective, settings={"reward": judge})
    nowhere = replace(read_nothing(home), recipe=recipe(base(), rounds=(plan,)))
    for ask in (rounds.run, rounds.estimate):
        with pytest.raises(FinetuneError, match=told) as caught:
            ask(nowhere, tools=TEXT_TOOLS)
        assert caught.value.where == "settings.reward"


def read_nothing(home):
    """A round of data that are not there: whoever reads them says so."""
    return Wanted(recipe(base()), 1, home, home / "no data", parent="base", redo=True)


@pytest.mark.parametrize("policy", ["stack", "merge"])
def test_reinforcement_by_trl_is_refused_on_top_of_an_adapter(home, data, policy):
    made = recipe(base(), rounds=(RoundPlan(objective="grpo"),), policy=policy)
    refused(made, home, data, "toy/round-1", f"the policy {policy} lays a new one on the parent")


@pytest.mark.parametrize(
    ("shape", "told"),
    [
        (Lora(rank=4, alpha=16), "lora.rank 8, not 4"),
        (Lora(rank=8, alpha=8), "lora.alpha 16, not 8"),
        (Lora(8, 16, target_modules=("q_proj",)), "lora.target_modules all-linear, not"),
        (Lora(8, 16, dora=True), "lora.dora False, not True"),
    ],
)
@pytest.mark.parametrize("objective", ["sft", "reward"])
def test_a_round_that_goes_on_with_another_shape_is_refused(home, data, shape, told, objective):
    made = recipe(base(), rounds=(RoundPlan(objective=objective),), lora=shape)
    refused(made, home, data, "toy/round-1", told)


def test_a_round_that_goes_on_drops_what_its_own_recipe_says(home):
    parent = adapters.named(home, "toy/round-1").folder
    for dropout in (0.25, 0.0):
        mine = recipe(base(), lora=Lora(8, 16, dropout=dropout))
        student = model.to_train(mine, mine.base, parent)
        layers = [one for one in student.model.modules() if hasattr(one, "lora_dropout")]
        found = {getattr(one.lora_dropout["default"], "p", 0.0) for one in layers}
        assert layers and found == {dropout}
        assert student.model.peft_config["default"].lora_dropout == dropout
        student.model.train()
        ids = torch.tensor([[5, 9, 41, 7]])
        twice = [student.model(input_ids=ids, use_cache=False).logits for _ in range(2)]
        assert twice[0].equal(twice[1]) is (dropout == 0.0)


@pytest.mark.parametrize("objective", ["preference", "reward", "grpo", "rloo", "ppo"])
def test_what_trains_in_one_process_is_refused_in_two(home, objective):
    wanted = Wanted(recipe(base(), rounds=(RoundPlan(objective=objective),)), 1, home)
    with pytest.raises(FinetuneError, match=f"{objective} trains in one process, not in 2"):
        round_checks.check_ranks(wanted, Ranks(0, 2))
    round_checks.check_ranks(wanted, Ranks())
    round_checks.check_ranks(Wanted(recipe(base()), 1, home), Ranks(0, 2))


SAMPLED = {"questions": 2, "samples": 2, "max_new_tokens": 40, "held_out": 2, "most_kl": 1e6}


@pytest.mark.parametrize("objective", ["preference", "reward", "grpo", "ppo"])
@pytest.mark.parametrize("most", [0, 3])
def test_steps_are_estimated_as_they_will_be(home, data, objective, most):
    plan = RoundPlan(objective=objective, epochs=2, max_steps=most, learning_rate=0.001)
    plan = replace(
        plan, **({"settings": SAMPLED} if objective in ("grpo", "ppo") else {"batch_tokens": 2048})
    )
    made = recipe(base(), rounds=(plan,))
    tools = paying(LettersWanted())
    estimated = rounds.estimate(Wanted(made, 1, home, data.folder, redo=True), tools=tools)
    assert estimated.steps > 0 and estimated.round_tokens > estimated.steps
    if most:
        assert estimated.steps == most
        return
    task = RoundTask(made, 1, home, data, tools)
    kind = objective_of(plan)
    if objective == "reward":
        student = kind.open(made, str(base()), None)
    else:
        student = model.to_train(made, made.base)
    assert len(kind.train(student, task).curve) == estimated.steps
