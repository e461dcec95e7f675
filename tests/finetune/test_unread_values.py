"""Values of a recipe that nothing reads: refused before any work, by their key."""

from dataclasses import replace

import pytest
import torch
from toy_finetune import base, read_pairs, recipe, trained

from finetune import FinetuneError, adapters, model, rounds
from finetune.ledger import Wanted
from finetune.objectives.objective_registry import OBJECTIVES
from finetune.recipe import Lora, Mix, Recipe, RoundPlan
from finetune.recipes import recipe_reader, unread_values
from medchat.composition import TEXT_TOOLS

SET = {
    "rehearsal": 0.5,
    "mix": (Mix("general"),),
    "uncovered": 0.3,
    "lora.dropout": 0.1,
    "policy": "stack",
    "batch_tokens": 4096,
}


def of(*objectives, **values):
    plans = tuple(RoundPlan(objective=one) for one in objectives)
    return Recipe("mine", "mini", plans, **values)


def with_value(made, key):
    if key == "lora.dropout":
        return replace(made, lora=Lora(dropout=SET[key]))
    return replace(made, **{key: SET[key]})


@pytest.mark.parametrize("one", unread_values.OF_RECIPES, ids=lambda one: one.key)
def test_what_no_round_of_a_recipe_reads_is_refused(one):
    for objective in OBJECTIVES:
        made = with_value(of(objective), one.key)
        if objective not in one.by:
            unread_values.refuse(made)
            continue
        with pytest.raises(FinetuneError, match=f"{one.key} is set, and no round") as caught:
            unread_values.refuse(made)
        assert one.reason in caught.value.what and caught.value.status == 2
        unread_values.refuse(of(objective))
        # what another round of the recipe reads is that round's
        unread_values.refuse(with_value(of("sft", objective), one.key))


@pytest.mark.parametrize("one", unread_values.OF_ROUNDS, ids=lambda one: f"{one.key} {one.by}")
def test_what_an_objective_does_not_read_of_its_round_is_refused(one):
    for objective in OBJECTIVES:
        plan = replace(RoundPlan(objective=objective), **{one.key: SET[one.key]})
        made = Recipe("mine", "mini", (RoundPlan(), plan))
        if objective in one.by:
            with pytest.raises(FinetuneError, match=f"{one.key} is set in round 2") as caught:
                unread_values.refuse(made)
            assert one.reason in caught.value.what


@pytest.mark.parametrize(
    ("lines", "key"),
    [("distractors: 2", "distractors"), ("uncovered: 0.2", "uncovered")],
)
def test_evidence_that_is_never_shown_is_refused_beside_closed(tmp_path, lines, key):
    file = tmp_path / "mine.yaml"
    head = f"name: mine\nbase: mini\nrounds: [{{}}]\nevidence: closed\n{key}: "
    file.write_text(head + "0\n", encoding="utf-8")
    assert recipe_reader.load(str(file)).evidence == "closed"
    file.write_text(head.replace(f"{key}: ", lines) + "\n", encoding="utf-8")
    with pytest.raises(FinetuneError, match=f"{key} is set beside evidence: closed") as caught:
        recipe_reader.load(str(file))
    assert str(file) in caught.value.where


@pytest.mark.parametrize(
    ("method", "lines", "key"),
    [
        ("ptuning", "projection: true", "prompt.projection"),
        ("prompt-tuning", "projection: true", "prompt.projection"),
        ("prompt-tuning", "encoder_size: 8", "prompt.encoder_size"),
        ("ptuning-v2", "encoder_size: 8", "prompt.encoder_size"),
    ],
)
def test_what_a_kind_of_prompt_does_not_compute_is_refused(tmp_path, method, lines, key):
    file = tmp_path / "mine.yaml"
    file.write_text(
        f"name: mine\nbase: mini\nmethod: {method}\nprompt: {{{lines}}}\nrounds: [{{}}]\n",
        encoding="utf-8",
    )
    with pytest.raises(FinetuneError, match=key) as caught:
        recipe_reader.load(str(file))
    assert caught.value.status == 2


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return trained().copy(tmp_path_factory.mktemp("home")).home


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return read_pairs(tmp_path_factory.mktemp("pairs") / "data").folder


def refused(made, home, data, parent, what):
    """Refuse a round in both of its ways, before anything of it is written."""
    wanted = Wanted(made, 1, home, data, parent=parent, redo=True)
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
