"""The table of families, methods and objectives: what it promises trains, what it refuses tells."""

import math
import os
from dataclasses import replace

import pytest
import torch
from safetensors.torch import load_file
from toy_finetune import base, pairs, recipe, rows, write_data, write_pairs
from toy_rewards import LettersWanted, paying

from finetune import FinetuneError, adapters, model, rounds
from finetune.architectures import capabilities, families
from finetune.architectures.capabilities import METHODS, Cell, Refusal
from finetune.architectures.families import FAMILIES, Family
from finetune.ledger import Wanted
from finetune.methods.method_registry import METHODS as METHODS_BY_NAME
from finetune.objectives.objective_registry import OBJECTIVES
from finetune.recipe import Evaluation, Lora, Prompt, Recipe, RoundPlan
from finetune.scoring.goals import REINFORCEMENT

CELLS = list(capabilities.cells())
PROMISED = [one for one in CELLS if not one.reason]
REFUSED = [one for one in CELLS if one.reason]
EVERY = bool(os.environ.get("MEDCHAT_EVERY_CELL"))
FAST = [one for one in PROMISED if one.family.name in ("llama", "gpt2") and one.method == "lora"]
ALIKE = ("pretrain", "mixed", "rloo")
"""Objectives whose steps are those of sft and of grpo, on other rows or with other advantages."""
OTHERS = [
    one
    for one in PROMISED
    if one not in FAST
    and (
        EVERY
        or (one.method == "lora" or one.family.name == "llama")
        and (one.objective not in ALIKE or one.family.kind != "decoder")
    )
]
"""LoRA on every family and every method on LLaMA; all cells where `make families` asks for them."""

_SAMPLING = {"questions": 2, "samples": 2, "max_new_tokens": 40, "held_out": 2, "most_kl": 1e6}
OBJECTIVE_SETTINGS: dict[str, dict[str, object]] = {
    one: {"settings": _SAMPLING, "batch_tokens": RoundPlan().batch_tokens} for one in REINFORCEMENT
}
"""What a round of the test sets for an objective, beside its name."""

METHOD_SETTINGS: dict[str, dict[str, object]] = {
    "lora": {"lora": Lora(rank=4, alpha=8)},
    "qlora": {"method": "qlora", "lora": Lora(rank=4, alpha=8)},
    "ptuning-v2": {"method": "ptuning-v2", "lora": Lora(), "prompt": Prompt(6)},
    "ptuning": {"method": "ptuning", "lora": Lora(), "prompt": Prompt(6)},
    "prompt-tuning": {"method": "prompt-tuning", "lora": Lora(), "prompt": Prompt(6)},
    "full": {"method": "full", "lora": Lora()},
}
"""What a recipe of the test sets for a method."""


def name(cell: Cell) -> str:
    return f"{cell.family.name}-{cell.method}-{cell.objective}"


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = write_data(tmp_path_factory.mktemp("cells") / "data", rows(12), rows(4, 12))
    write_pairs(folder, pairs(rows(12)))
    return folder


def recipe_of(cell: Cell) -> Recipe:
    """Return a recipe of one round of three steps."""
    mine = recipe(base(cell.family.types[0]))
    plan = replace(
        mine.rounds[0],
        objective=cell.objective,
        max_steps=3,
        epochs=3,
        **OBJECTIVE_SETTINGS.get(cell.objective, {}),
    )
    scored = Evaluation(rows=3, answers=1, max_new_tokens=4, probes=False)
    settings = METHOD_SETTINGS[cell.method]
    return replace(mine, name="cell", rounds=(plan,), evaluation=scored, **settings)


def trains(cell: Cell, home, data) -> None:
    """Run a round; its losses are finite, its weights moved, and it loads again as it was."""
    mine = recipe_of(cell)
    made = rounds.run(Wanted(mine, 1, home, data), tools=paying(LettersWanted()))
    record = adapters.manifest(made.adapter)
    assert record["steps"] == 3
    assert all(math.isfinite(point["loss"]) for point in record["curve"])
    test = record["self_test"]
    assert test["reload_difference"] <= 1e-4
    assert test["change"] > 1e-4
    files = METHODS_BY_NAME[cell.method].weights(record["files"])
    saved = {
        key: one for name in files for key, one in load_file(made.adapter.folder / name).items()
    }
    assert saved and all(torch.isfinite(one).all() for one in saved.values())
    moved = [key for key, one in saved.items() if ".lora_B." not in key or float(one.abs().max())]
    assert len(moved) == len(saved)


@pytest.mark.parametrize("cell", FAST, ids=name)
def test_a_common_promise_is_kept(cell, tmp_path, data):
    trains(cell, tmp_path, data)


@pytest.mark.parametrize("cell", OTHERS, ids=name)
def test_every_other_promise_is_kept(cell, tmp_path, data):
    trains(cell, tmp_path, data)


@pytest.mark.parametrize("cell", REFUSED, ids=name)
def test_a_refusal_says_why(cell):
    with pytest.raises(FinetuneError) as caught:
        capabilities.refuse(cell.family, cell.method, cell.objective, "somebase")
    assert cell.reason in caught.value.what and caught.value.status == 2
    assert cell.reason.endswith(".") and cell.reason[0].isupper()
    assert caught.value.remedy


def test_the_table_holds_every_family_method_and_objective():
    assert {one.family.name for one in CELLS} == {one.name for one in FAMILIES}
    assert {one.objective for one in CELLS} == set(OBJECTIVES)
    assert len(CELLS) == len(FAMILIES) * len(METHODS) * len(OBJECTIVES)


def test_a_refusal_holds_for_all_that_it_does_not_name():
    gpt = families.named("gpt2")
    some = Refusal("No.", families=("gpt2",), methods=("prefix",))
    assert some.holds_for(gpt, "prefix", "sft")
    assert not some.holds_for(gpt, "lora", "sft")
    assert not some.holds_for(families.named("llama"), "prefix", "sft")
    assert Refusal("No.", kinds=("recurrent",)).holds_for(families.named("rwkv"), "lora", "sft")


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        ("qwen3", ("qwen", "decoder")),
        ("gemma3_text", ("gemma", "decoder")),
        ("bloom", ("another decoder", "decoder")),
        ("mamba", ("another recurrent model", "recurrent")),
        ("t5", ("another encoder-decoder", "encoder-decoder")),
    ],
)
def test_a_family_is_told_by_its_configuration(kind, wanted):
    from transformers import AutoConfig

    found = families.family_of(AutoConfig.for_model(kind))
    assert (found.name, found.kind) == wanted


def test_a_round_that_cannot_be_is_refused_before_any_work(tmp_path, data, monkeypatch):
    reason = "Toys of this kind are for show."
    monkeypatch.setattr(capabilities, "REFUSALS", (Refusal(reason, families=("llama",)),))
    wanted = Wanted(recipe(base()), 1, tmp_path, data)
    for attempt in (rounds.run, rounds.estimate):
        with pytest.raises(FinetuneError, match="Toys of this kind") as caught:
            attempt(wanted, tools=paying(LettersWanted()))
        assert "gpt2" in caught.value.remedy
    assert not list(tmp_path.iterdir())
    assert isinstance(model.family_of(str(base())), Family)
