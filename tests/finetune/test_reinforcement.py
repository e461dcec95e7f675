"""Reinforcement: GRPO and RLOO by trl, PPO of our own, on a toy base and a reward one can read."""

import math
import statistics
from dataclasses import replace

import pytest
import torch
from toy_finetune import base, recipe, rows, write_data
from toy_rewards import Constant, LettersWanted, paying

from finetune import FinetuneError, dataset, model
from finetune.objectives import ppo
from finetune.objectives.objective_protocols import ExampleSource, RoundTask
from finetune.objectives.objective_registry import objective_of
from finetune.objectives.reinforcement import means
from finetune.objectives.rewards import Scored
from finetune.recipe import Lora, RoundPlan
from finetune.rows import questions
from finetune.rows.examples import make_examples
from finetune.trainer import Checkpoint
from medchat.composition import TEXT_TOOLS

KINDS = ("grpo", "rloo", "ppo")
SETTINGS = {"questions": 3, "samples": 4, "max_new_tokens": 12, "most_kl": 5.0, "held_out": 8}


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return dataset.read(write_data(tmp_path_factory.mktemp("toy") / "data", rows(40), rows(16, 40)))


def task(
    data, kind, *, steps=6, rate=0.02, reward=None, checkpoint=None, progress=None, **settings
):
    plan = RoundPlan(
        objective=kind,
        settings={**SETTINGS, **settings},
        epochs=50,
        max_steps=steps,
        learning_rate=rate,
        checkpoint_every=2,
    )
    made = recipe(base(), rounds=(plan,), uncovered=0.0, distractors=1)
    tools = paying(reward or LettersWanted())
    more = {"progress": progress} if progress else {}
    return RoundTask(made, 1, data.folder, data, tools, None, checkpoint, **more)


def student():
    return model.attach(model.load(str(base()), precision="float32"), Lora(8, 16), seed=1)


def weights(student):
    return {n: p.detach().clone() for n, p in student.model.named_parameters() if p.requires_grad}


def run(job, kind, taught=None):
    taught = taught or student()
    fit = objective_of(job.plan).train(taught, job)
    return taught, fit


@pytest.mark.parametrize("kind", KINDS)
def test_what_pays_becomes_likelier_near_the_parent(data, kind):
    job = task(data, kind, steps=24, beta=0.02)
    objective = objective_of(job.plan)
    taught = student()
    before = objective.measure(taught, job)["reward"]
    _, fit = run(job, kind, taught)
    after = objective.measure(taught, job)["reward"]
    assert sum(one for one, _ in after) > sum(one for one, _ in before)
    assert abs(fit.curve[0].measured["kl"]) < 1e-5  # it starts at its parent
    assert 0 < fit.curve[-1].measured["kl"] < 5
    assert set(taught.model.peft_config) == {"default"}
    assert fit.tokens > 0 and all(math.isfinite(point.loss) for point in fit.curve)


def rise(fit, many=12):
    """Return by how much the last steps' rewards are above the first ones', and its noise."""
    rewards = [point.measured["reward"] for point in fit.curve]
    first, last = rewards[:many], rewards[-many:]
    noise = math.sqrt((statistics.variance(first) + statistics.variance(last)) / many)
    return statistics.mean(last) - statistics.mean(first), noise


def test_the_reward_of_sampled_answers_rises_by_more_than_noise(data):
    # measured: 0.176 with a standard error of 0.018
    _, fit = run(task(data, "grpo", steps=40, beta=0.02), "grpo")
    gain, noise = rise(fit)
    assert gain > 3 * noise


@pytest.mark.parametrize("kind", KINDS)
def test_a_killed_run_ends_with_the_same_bits(data, tmp_path, kind):
    whole, fit = run(task(data, kind), kind)

    def kill(tick):
        if tick.name == "train" and tick.done == 5:
            raise KeyboardInterrupt

    checkpoint = Checkpoint(tmp_path / "checkpoint", "this run")
    with pytest.raises(KeyboardInterrupt):
        run(task(data, kind, checkpoint=checkpoint, progress=kill), kind)
    went_on, rest = run(task(data, kind, checkpoint=checkpoint), kind)
    assert rest.resumed_at == 4
    assert [p.loss for p in rest.curve] == [p.loss for p in fit.curve]
    assert [p.measured["reward"] for p in rest.curve] == [p.measured["reward"] for p in fit.curve]
    for name, one in weights(whole).items():
        assert torch.equal(one, weights(went_on)[name]), name


@pytest.mark.parametrize("kind", KINDS)
def test_a_reward_that_is_always_the_same_ends_the_round(data, kind):
    with pytest.raises(FinetuneError) as caught:
        run(task(data, kind, steps=20, reward=Constant(0.25)), kind)
    assert caught.value.status == 1
    assert "worth the same" in caught.value.what and "it says nothing" in caught.value.what
    assert "sft" in caught.value.remedy


@pytest.mark.parametrize("kind", KINDS)
def test_the_distance_to_the_parent_is_bounded(data, kind):
    _, fit = run(task(data, kind, steps=30, beta=1e-6, most_kl=0.05), kind)
    assert 0 < len(fit.curve) < 30
    assert max(point.measured["kl"] for point in fit.curve) <= 0.05


@pytest.mark.parametrize("kind", KINDS)
def test_a_loss_that_is_no_number_stops_the_round(data, tmp_path, kind):
    checkpoint = Checkpoint(tmp_path / "checkpoint", "this run")
    taught = student()
    with torch.no_grad():
        next(p for p in taught.model.parameters() if p.requires_grad).fill_(1e30)
    with pytest.raises((FinetuneError, RuntimeError)) as caught:
        run(task(data, kind, checkpoint=checkpoint), kind, taught)
    assert "not a number" in str(caught.value) or "inf" in str(caught.value)


def test_a_step_tells_a_share_of_proven_answers_only_where_a_proof_judged():
    proven = [Scored(1.0, True, {"asked": 1.0}), Scored(0.2, False)]
    assert means(proven) == {"reward": 0.6, "proven": 0.5, "asked": 1.0}
    assert means([Scored(0.25), Scored(0.75, parts={"score": 1.1})]) == {
        "reward": 0.5,
        "score": 1.1,
    }


def test_data_without_questions_is_refused_with_the_reasons(data):
    job = task(data, "ppo", reward=LettersWanted(refused="it asks nothing"))
    with pytest.raises(FinetuneError) as caught:
        run(job, "ppo")
    assert caught.value.status == 2
    assert "40 rows: it asks nothing" in caught.value.what
    with pytest.raises(FinetuneError, match="questions whose answers can be scored"):
        objective_of(job.plan).measure(student(), job)


def test_without_a_graph_there_is_no_proof(data):
    job = replace(task(data, "grpo"), tools=TEXT_TOOLS)
    with pytest.raises(FinetuneError, match="no graph here"):
        run(job, "grpo")


def test_questions_come_in_both_languages_and_leave_room_for_answers(data):
    job = task(data, "ppo")
    tokenizer = model.tokenizer(str(base()))
    source = ExampleSource(data, tokenizer, job.recipe, 7, TEXT_TOOLS)
    reward = LettersWanted()
    chosen = questions.choose(source, data.train, reward, wanted=10, max_new_tokens=60)
    assert len(chosen.examples) == chosen.report.kept == 10
    assert {one.language for one in chosen.examples} == {"en", "zh"}
    for one in chosen.examples:
        assert one.tokens.learn.index(True) + 60 <= job.recipe.max_tokens
        assert sum(one.tokens.learn) <= 60


def test_questions_are_shown_as_all_rows_together_would_be(data):
    lines = [row for row in data.train if row.language == "en"]
    many = []
    for place in range(150):
        row = lines[place % len(lines)]
        own = row.sources[0].quote
        asked = f"Of these:\n[1] {own}\n[2] mumps — tests: blood.\n{row.messages[0]['content']}"
        turns = ({"role": "user", "content": asked}, row.messages[1])
        many.append(replace(row, id=f"own-{place}", messages=turns, declined=place < 30))
    job = task(data, "ppo")
    mine = replace(job.recipe, uncovered=0.4, max_tokens=2000)
    source = ExampleSource(data, model.tokenizer(str(base())), mine, 7, TEXT_TOOLS)
    found = questions.choose(source, many, LettersWanted(), wanted=150, max_new_tokens=300)
    whole, report = make_examples(many, many, source.tokenizer, mine, 7, TEXT_TOOLS)
    assert sorted(found.examples, key=lambda one: one.id) == sorted(whole, key=lambda one: one.id)
    # in their drawn order the rows come 64 at a time, of which other shares decline anyway
    assert 0 < report.uncovered < 60


def test_advantages_are_the_discounted_sums_of_surprises():
    rewards = torch.tensor([[0.1, -0.2, 0.0, 1.0]])
    values = torch.tensor([[0.3, 0.1, 0.4, 0.2]])
    for discount, smoothing in ((1.0, 0.95), (0.9, 0.5), (1.0, 1.0), (0.7, 0.0)):
        found = ppo.advantages(rewards, values, discount, smoothing)[0]
        later = [*values[0].tolist()[1:], 0.0]
        surprises = [
            float(rewards[0, at] + discount * later[at] - values[0, at]) for at in range(4)
        ]
        for at in range(4):
            expected = sum(
                (discount * smoothing) ** (step - at) * surprises[step] for step in range(at, 4)
            )
            assert found[at] == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(
    ("settings", "what"),
    [
        ({"samples": 1}, "settings.samples"),
        ({"temperature": 0}, "settings.temperature"),
        ({"beta": 0}, "settings.beta"),
        ({"most_kl": 0}, "settings.most_kl"),
        (
            {"reward": "poetry"},
            "settings.reward is poetry, but must be proof, or a reward model's NAME/round-N",
        ),
        ({"clip_ratio": 1.5}, "settings.clip_ratio"),
        ({"smoothing": 2}, "settings.smoothing"),
    ],
)
def test_settings_out_of_range_are_refused_by_name(settings, what):
    with pytest.raises(FinetuneError) as caught:
        objective_of(RoundPlan(objective="ppo", settings=settings))
    assert what in caught.value.what
