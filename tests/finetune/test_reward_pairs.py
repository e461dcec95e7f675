"""Reward models: trained on pairs, loaded again, scoring answers, and never let to write."""

from dataclasses import replace

import pytest
from toy_finetune import Killed, base, killed_at, read_pairs, recipe, rows, trained, write_data

from finetune import FinetuneError, adapters, dataset, ledger, model, rounds
from finetune.evaluate import ratio
from finetune.ledger import Wanted
from finetune.objectives import reward_model
from finetune.objectives.objective_protocols import RoundTask
from finetune.objectives.objective_registry import objective_of
from finetune.objectives.reward_pairs import RewardModelling
from finetune.recipe import Evaluation, Lora, RoundPlan
from finetune.rows import answer_pairs
from medchat.composition import TEXT_TOOLS

PLAN = RoundPlan(
    objective="reward",
    max_steps=24,
    epochs=20,
    learning_rate=0.01,
    batch_tokens=1024,
    checkpoint_every=8,
)


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return read_pairs(tmp_path_factory.mktemp("pairs") / "data")


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return trained().copy(tmp_path_factory.mktemp("home")).home


def three_rounds():
    """Return the toy's recipe: sft, a reward model, and sft again."""
    sft = recipe(base()).rounds[0]
    scored = Evaluation(rows=16, answers=0, probes=False)
    return recipe(base(), rounds=(sft, PLAN, replace(sft, max_steps=1)), evaluation=scored)


def make(home, data, progress=lambda tick: None):
    wanted = Wanted(three_rounds(), 2, home, data.folder, parent="toy/round-1", redo=True)
    return rounds.run(wanted, progress, tools=TEXT_TOOLS)


@pytest.fixture(scope="module")
def outcome(home, data):
    return make(home, data)


def test_a_round_orders_more_of_the_unseen_pairs_than_a_fresh_head(outcome):
    record = adapters.manifest(outcome.adapter)
    before, after = record["scores"]["before"]["own"], record["scores"]["after"]["own"]
    assert after["ordered"]["of"] >= 10
    assert after["ordered"]["value"] > before["ordered"]["value"]
    assert after["ordered: needless refusal"]["value"] > 0.5
    assert [check["measure"] for check in record["gate"]["checks"]] == ["ordered"]
    assert record["self_test"]["passed"]
    assert record["parent"]["name"] == "toy/round-1"


def test_a_finished_model_scores_as_it_was_measured(outcome, home, data):
    task = RoundTask(three_rounds(), 2, home, data, TEXT_TOOLS)
    scorer = reward_model.load(home, outcome.adapter, "float32")
    measured = RewardModelling().measure(scorer.student, task)
    record = adapters.manifest(outcome.adapter)["scores"]["after"]["own"]
    assert ratio(measured["ordered"]) == record["ordered"]["value"]
    assert ratio(measured["ordered_margin"]) == pytest.approx(
        record["ordered_margin"]["value"], abs=1e-4
    )


def test_scores_do_not_depend_on_what_is_scored_beside(outcome, home):
    scorer = reward_model.load(home, outcome.adapter, "float32")
    asked = "What are the symptoms of gout?"
    answers = ["For gout, the symptoms: fever; cough.", "I cannot answer that.", "No."]
    together = scorer.scores([(asked, answer) for answer in answers])
    alone = [scorer.score([{"role": "user", "content": asked}], answer) for answer in answers]
    assert together == pytest.approx(alone, abs=1e-4)
    assert len(set(alone)) == 3
    with pytest.raises(FinetuneError, match="the reward model reads 512"):
        scorer.score(asked, "fever " * 600)


def test_a_killed_round_ends_with_the_same_bits(home, data, outcome, tmp_path):
    own = trained().copy(tmp_path / "home").home
    with pytest.raises(Killed):
        make(own, data, killed_at(10))
    again = make(own, data)
    assert adapters.manifest(again.adapter)["resumed_at"] == 8
    first, second = ((one.adapter.folder / model.WEIGHTS).read_bytes() for one in (outcome, again))
    assert first == second


def test_it_is_never_promoted_and_never_opened_to_write(outcome, home):
    assert outcome.gate["promotes"] is False
    assert adapters.promoted(home).name == "toy/round-1"
    with pytest.raises(FinetuneError, match="is a reward model: it scores answers") as caught:
        adapters.promote(home, outcome.adapter.name)
    assert caught.value.status == 2
    with pytest.raises(FinetuneError, match="is a reward model: it scores answers"):
        model.load(str(base()), outcome.adapter.folder)
    with pytest.raises(FinetuneError, match="is no reward model: it was trained by sft"):
        reward_model.load(home, adapters.named(home, "toy/round-1"))


def test_the_round_after_goes_on_from_the_last_that_writes(outcome, home, data):
    wanted = Wanted(three_rounds(), 3, home, data.folder)
    assert ledger.find_parent(wanted).name == "toy/round-1"
    alone = recipe(base(), name="other", rounds=(PLAN, PLAN))
    assert ledger.find_parent(Wanted(alone, 2, home, data.folder)) is None


def test_it_starts_from_its_parents_weights_with_a_new_head(home):
    import torch
    from safetensors.torch import load_file

    parent = adapters.named(home, "toy/round-1")
    saved = load_file(parent.folder / model.WEIGHTS)
    student = reward_model.start(str(base()), three_rounds().lora, parent, "float32", 1)
    given = dict(student.model.named_parameters())
    for name, weight in saved.items():
        kept = given[name.replace(".weight", ".default.weight")]
        assert torch.equal(kept, weight) and kept.requires_grad
    trained_names = {name for name, one in given.items() if one.requires_grad}
    assert any("score" in name for name in trained_names)
    assert all("lora_" in name or "score" in name for name in trained_names)


@pytest.mark.parametrize("shape", [{"dora": True}, {"rank_scaling": True}])
def test_its_adapter_has_the_shape_of_the_recipe(shape):
    student = reward_model.start(str(base()), Lora(4, 8, **shape), None, "float32", 1)
    config = student.model.peft_config["default"]
    assert (config.use_dora, config.use_rslora) == ("dora" in shape, "rank_scaling" in shape)
    assert (config.r, config.task_type) == (4, "SEQ_CLS")


def test_it_is_refused_without_pairs(home, tmp_path):
    none = dataset.read(write_data(tmp_path / "none", rows(16), rows(4, 16)))
    with pytest.raises(FinetuneError, match="has no preference pairs"):
        make(home, none)
    assert answer_pairs.FEWEST == 10


@pytest.mark.parametrize("kind", ["grpo", "ppo"])
def test_reinforcement_pays_what_the_reward_model_scores(home, data, outcome, kind, monkeypatch):
    # in bfloat16 a score depends on the answers that are scored beside it
    monkeypatch.setattr("finetune.model.uses_bfloat16", lambda device, precision: False)
    name = outcome.adapter.name
    plan = RoundPlan(
        objective=kind,
        settings={
            "reward": name,
            "questions": 2,
            "samples": 3,
            "max_new_tokens": 48,
            "held_out": 4,
        },
        max_steps=2,
        learning_rate=0.01,
    )
    task = RoundTask(recipe(base(), rounds=(plan,), distractors=0), 1, home, data, TEXT_TOOLS)
    student = model.attach(model.load(str(base()), precision="float32"), Lora(8, 16), seed=1)
    objective = objective_of(plan)
    fit = objective.train(student, task)
    assert [0 < point.measured["reward"] < 1 for point in fit.curve] == [True, True]
    for point in fit.curve:  # nothing is proven, so no share of it is told
        assert "score" in point.measured and "proven" not in point.measured
    assert objective.goal.measure == f"reward by {name}"
    assert f"reward by {name}" in objective.goal.said
    measured = objective.measure(student, task)
    assert list(measured) == [objective.goal.measure]
    (worth, *_), judge = measured[objective.goal.measure], outcome_judge(home, outcome)
    asked = objective.asked(student, task, objective.open_reward(task))
    scores = judge.scores([(one.prompt, one.answer) for one in asked])
    paid = objective.open_reward(task).score(asked, [one.answer for one in asked])
    assert 0 < worth[0] < 1 and sorted(scores) == [
        score for _, score in sorted(zip((one.reward for one in paid), scores, strict=True))
    ]


@pytest.mark.parametrize("name", ["toy/round-1", "nobody/round-7"])
def test_a_reward_that_is_no_reward_model_is_refused(home, data, name):
    plan = RoundPlan(objective="rloo", settings={"reward": name}, max_steps=1)
    task = RoundTask(recipe(base(), rounds=(plan,)), 1, home, data, TEXT_TOOLS)
    with pytest.raises(FinetuneError, match="no reward model|There is no adapter"):
        objective_of(plan).open_reward(task)


def outcome_judge(home, outcome):
    return reward_model.load(home, outcome.adapter)
