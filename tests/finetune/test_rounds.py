import json
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from toy_finetune import Trained, base, recipe, rows, trained, write_base, write_data

from finetune import FinetuneError, adapters, ledger, model, rounds, trainer
from finetune.files import manifests
from finetune.ledger import Wanted
from finetune.recipe import Evaluation, Lora
from medchat.composition import TEXT_TOOLS


@pytest.fixture
def made(tmp_path):
    return trained().copy(tmp_path / "own")


@pytest.fixture(scope="module")
def second(tmp_path_factory):
    """Run round two once: its home, its outcome and what it reported."""
    own = trained().copy(tmp_path_factory.mktemp("second"))
    ticks = []
    outcome = rounds.run(Wanted(own.recipe, 2, own.home, own.data), ticks.append, tools=TEXT_TOOLS)
    return own, outcome, ticks


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_what_a_round_leaves_behind(made):
    folder = adapters.folder_of(made.home, "toy", 1)
    assert names(folder) == [
        "MANIFEST.json",
        "adapter_config.json",
        "adapter_model.safetensors",
        "answers.jsonl",
        "chat_template.jinja",
        "curve.jsonl",
        "curves.svg",
        "generation_config.json",
        "scores.jsonl",
        "tokenizer.json",
        "tokenizer_config.json",
    ]
    assert names(folder.parent) == [".lock", "round-1"]
    manifest = json.loads((folder / "MANIFEST.json").read_text())
    assert set(manifest) == {
        "name",
        "recipe",
        "round",
        "method",
        "objective",
        "base",
        "parent",
        "policy",
        "data",
        "template",
        "seed",
        "versions",
        "device",
        "steps",
        "tokens",
        "seconds",
        "tokens_per_second",
        "resumed_at",
        "curve",
        "scores",
        "created",
        "self_test",
        "gate",
        "files",
    }
    assert manifest["base"]["hash"] == model.hash_of(made.base)
    assert manifest["data"]["rows"] == manifest["data"]["kept"] == 48
    assert manifest["steps"] == len(manifest["curve"]) == 40
    assert manifest["tokens"] > 5000
    assert manifest["curve"][-1]["loss"] < manifest["curve"][0]["loss"]
    assert manifest["scores"]["after"]["nll"] < manifest["scores"]["before"]["nll"]
    assert manifest["self_test"]["passed"] is True
    assert manifest["gate"]["passed"] is True
    assert manifest["gate"]["interval"][1] < 0
    lines = (folder / "curve.jsonl").read_text().splitlines()
    assert [json.loads(line) for line in lines] == manifest["curve"]
    assert adapters.promoted(made.home).name == "toy/round-1"


def test_round_two_continues_round_one(second):
    made, outcome, ticks = second
    manifest = adapters.manifest(outcome.adapter)
    first = adapters.manifest(adapters.named(made.home, "toy/round-1"))
    assert not outcome.skipped
    assert outcome.adapter.parent == "toy/round-1"
    assert manifest["parent"]["hash"] == first["files"][model.WEIGHTS]
    # the same held-out rows, shown alike: what the child starts from is what the parent ended with
    assert manifest["scores"]["before"]["nll"] == pytest.approx(first["scores"]["after"]["nll"])
    assert manifest["scores"]["after"]["nll"] < manifest["scores"]["before"]["nll"]
    assert outcome.gate["passed"] is manifest["self_test"]["passed"] is True
    assert outcome.gate["interval"][1] < 0
    assert outcome.adapter.promoted is outcome.gate["promotes"] is True
    assert [one.name for one in adapters.list_adapters(made.home) if one.promoted] == [
        "toy/round-2"
    ]
    assert {"read data", "score", "answer", "train", "self-test"} == {tick.name for tick in ticks}
    assert ledger.missing(made.recipe, made.home) == []


def test_a_finished_round_is_left_alone(made):
    folder = adapters.folder_of(made.home, "toy", 1)
    before = {path: path.stat().st_mtime_ns for path in folder.iterdir()}
    outcome = rounds.run(Wanted(made.recipe, 1, made.home, made.data), tools=TEXT_TOOLS)
    assert outcome.skipped
    assert outcome.gate["passed"] is True
    assert {path: path.stat().st_mtime_ns for path in folder.iterdir()} == before
    assert ledger.missing(made.recipe, made.home) == [2]


def other_base(made):
    moved = made.home.parent / "other"
    shutil.copytree(made.base, moved)
    settings = moved / "config.json"
    settings.write_text(settings.read_text().replace('"use_cache": true', '"use_cache": false'))
    return replace(made.recipe, base=str(moved)), 1, made.data


def other_data(made):
    return made.recipe, 1, write_data(made.home / "others", rows(8), rows(12, 48))


def in_the_way(made):
    adapters.folder_of(made.home, "toy", 2).mkdir()
    return made.recipe, 2, made.data


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        (lambda made: (replace(made.recipe, name="new"), 2, made.data), "not finished"),
        (lambda made: (made.recipe, 3, made.data), "rounds 1 to 2"),
        (lambda made: (made.recipe, 2, made.home / "no"), "no dataset folder"),
        (lambda made: (made.recipe, 2, None), "no data to train on"),
        (lambda made: (replace(made.recipe, base="/no/base"), 1, made.data), "no base model"),
        (lambda made: (replace(made.recipe, lora=Lora(4)), 1, made.data), "lora.rank was 8, not 4"),
        (other_data, "its data was data, not this others"),
        (other_base, "stands on the base"),
        (in_the_way, "in the way"),
        (lambda made: (replace(made.recipe, name="n", base="/no"), 1, made.data), "no base model"),
        (lambda made: (replace(made.recipe, name="n", max_tokens=9999), 1, made.data), "holds 512"),
        (lambda made: (replace(made.recipe, name="n", max_tokens=16), 1, made.data), "validation"),
    ],
)
def test_what_cannot_be_run_is_told(made, wrong, named):
    asked, number, data = wrong(made)
    with pytest.raises(FinetuneError) as caught:
        rounds.run(Wanted(asked, number, made.home, data), tools=TEXT_TOOLS)
    assert named in caught.value.what
    assert caught.value.where
    assert caught.value.remedy
    assert [one.name for one in adapters.list_adapters(made.home)] == ["toy/round-1"]


def test_the_newest_data_of_the_home_is_taken(tmp_path):
    for age, name in ((300, "old"), (0, "new"), (200, "older")):
        folder = write_data(tmp_path / "data" / name, rows(4), rows(2, 4))
        then = (folder / "MANIFEST.json").stat().st_mtime - age
        os.utime(folder / "MANIFEST.json", (then, then))
    (tmp_path / "data" / "unfinished").mkdir()
    assert ledger.newest_data(tmp_path).name == "new"


def test_a_second_run_is_told_who_is_at_work(made):
    with (
        ledger.lock(made.home, made.recipe),
        pytest.raises(FinetuneError, match=f"process {os.getpid()}") as caught,
    ):
        rounds.run(Wanted(made.recipe, 2, made.home, made.data), tools=TEXT_TOOLS)
    assert caught.value.status == 1


def test_a_round_that_does_not_improve_is_kept_but_not_promoted(made):
    harmful = replace(made.recipe.rounds[1], learning_rate=1.0, max_steps=3)
    worse = replace(made.recipe, rounds=(made.recipe.rounds[0], harmful))
    outcome = rounds.run(Wanted(worse, 2, made.home, made.data), tools=TEXT_TOOLS)
    assert outcome.gate["passed"] is False
    assert "toy/round-1" in outcome.gate["reason"] or "self-test" in outcome.gate["reason"]
    assert outcome.adapter.promoted is False
    assert adapters.promoted(made.home).name == "toy/round-1"


def test_a_refused_round_is_not_built_upon(made):
    """Neither by the next round nor by all, unless it is named."""
    wild = replace(made.recipe, name="wild", lora=Lora(2))
    plan = replace(wild.rounds[0], learning_rate=1.0, max_steps=2)
    wild = replace(wild, rounds=(plan, replace(plan, learning_rate=1e-3)))
    first = rounds.run(Wanted(wild, 1, made.home, made.data), tools=TEXT_TOOLS)
    assert first.gate["refused"] is True and first.adapter.promoted is False
    again = rounds.run(Wanted(wild, 1, made.home, made.data), tools=TEXT_TOOLS)
    assert again.skipped and again.gate["refused"] is True
    with pytest.raises(FinetuneError, match="did not pass its gate") as caught:
        rounds.run(Wanted(wild, 2, made.home, made.data), tools=TEXT_TOOLS)
    assert "--from wild/round-1" in caught.value.remedy
    assert ledger.missing(wild, made.home) == [1, 2]
    named = Wanted(wild, 2, made.home, made.data, parent="wild/round-1")
    assert ledger.find_parent(named).name == "wild/round-1"
    bare = replace(named, parent="base")
    assert ledger.find_parent(bare) is None
    redone = Wanted(wild, 1, made.home, made.data, redo=True)
    second = rounds.run(redone, tools=TEXT_TOOLS)
    assert second.adapter.name == "wild/round-1.2"
    assert [one.name for one in adapters.finished(made.home, "wild")] == [
        "wild/round-1",
        "wild/round-1.2",
    ]
    weights = [
        (adapters.named(made.home, f"wild/{one}").folder / model.WEIGHTS).read_bytes()
        for one in ("round-1", "round-1.2")
    ]
    assert weights[0] == weights[1]


def test_what_is_only_measured_otherwise_is_the_same_round(made):
    other = replace(made.recipe, evaluation=Evaluation(11, 1, 9), name="toy")
    assert rounds.run(Wanted(other, 1, made.home, made.data), tools=TEXT_TOOLS).skipped
    with pytest.raises(FinetuneError, match="rank was 8, not 4"):
        ledger.missing(replace(made.recipe, lora=Lora(4)), made.home)


def test_resume_insists_on_a_checkpoint(made):
    with pytest.raises(FinetuneError, match="there is no checkpoint"):
        rounds.run(Wanted(made.recipe, 2, made.home, made.data), tools=TEXT_TOOLS, resume=True)
    assert [one.name for one in adapters.list_adapters(made.home)] == ["toy/round-1"]


@pytest.mark.parametrize("policy", ["stack", "merge"])
def test_a_round_may_add_an_adapter_to_the_one_before(made, policy):
    short = replace(made.recipe.rounds[1], max_steps=4)
    mine = replace(made.recipe, policy=policy, rounds=(made.recipe.rounds[0], short))
    named = Wanted(mine, 2, made.home, made.data, parent="toy/round-1")
    adapter = rounds.run(named, tools=TEXT_TOOLS).adapter
    record = adapters.manifest(adapter)
    assert (adapter.policy, adapter.parent) == (policy, "toy/round-1")
    assert record["self_test"]["reload_difference"] <= 1e-4
    assert record["scores"]["after"]["nll"] != record["scores"]["before"]["nll"]
    config = json.loads((adapter.folder / "adapter_config.json").read_text())
    assert config["r"] == (16 if policy == "stack" else 8)


def test_a_template_that_shows_no_row_is_named(tmp_path):
    broken = write_base(tmp_path / "base", template="{% for one in messages %}{{ one")
    data = write_data(tmp_path / "data", rows(8), rows(4, 8))
    with pytest.raises(FinetuneError, match=r"can be shown to the model: .*template.* \(4\)"):
        rounds.estimate(Wanted(recipe(broken), 1, tmp_path / "home", data), tools=TEXT_TOOLS)


def test_a_full_disk_leaves_no_half_round(made, monkeypatch):
    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(model, "save", full)
    short = replace(made.recipe.rounds[1], max_steps=5)
    mine = replace(made.recipe, rounds=(made.recipe.rounds[0], short))
    parent = "toy/round-1"
    with pytest.raises(FinetuneError, match="No space left") as caught:
        rounds.run(Wanted(mine, 2, made.home, made.data, parent=parent), tools=TEXT_TOOLS)
    assert caught.value.status == 1
    assert "round-2.checkpoint" in names(made.home / "adapters" / "toy")
    assert "round-2" not in names(made.home / "adapters" / "toy")
    monkeypatch.undo()
    outcome = rounds.run(
        Wanted(mine, 2, made.home, made.data, parent=parent), tools=TEXT_TOOLS, resume=True
    )
    assert outcome.note == "went on from the checkpoint after step 4"


def test_a_full_disk_keeps_the_checkpoint_before(tmp_path):
    kept = tmp_path / "kept"
    with pytest.raises(FinetuneError, match="No space left"), manifests.saving(kept):
        kept.write_text("half")
        raise OSError(28, "No space left on device")
    assert not kept.exists()


def test_a_loss_that_is_no_number_keeps_the_last_good_state(made, monkeypatch):
    steps = []
    whole = trainer.token_losses

    def spoiled(network, row, device):
        losses = whole(network, row, device)
        steps.append(1)
        return losses * float("nan") if len(steps) > 7 else losses

    monkeypatch.setattr(
        "finetune.objectives.sft.SupervisedFinetuning.losses", staticmethod(spoiled)
    )
    wanted = Wanted(made.recipe, 2, made.home, made.data)
    with pytest.raises(FinetuneError, match="is not a number") as caught:
        rounds.run(wanted, tools=TEXT_TOOLS)
    assert "The state after step" in caught.value.what
    assert "round-2.checkpoint" in names(made.home / "adapters" / "toy")
    assert adapters.promoted(made.home).name == "toy/round-1"


def test_another_recipes_adapter_stays_promoted(made):
    other = replace(made.recipe, name="second", evaluation=Evaluation(12, 0, 60, probes=False))
    outcome = rounds.run(Wanted(other, 1, made.home, made.data), tools=TEXT_TOOLS)
    assert outcome.gate["promotes"] is False
    assert adapters.promoted(made.home).name == "toy/round-1"
    if outcome.gate["passed"]:
        assert "toy/round-1 of another recipe stays" in outcome.gate["reason"]


def test_promotion_that_a_kill_prevented_comes_with_the_next_run(made):
    adapters.rollback(made.home)
    assert (
        rounds.run(Wanted(made.recipe, 1, made.home, made.data), tools=TEXT_TOOLS).adapter.promoted
        is False
    )
    (made.home / "adapters" / "toy" / "round-1.unsettled").touch()
    assert (
        rounds.run(Wanted(made.recipe, 1, made.home, made.data), tools=TEXT_TOOLS).adapter.promoted
        is True
    )
    assert not (made.home / "adapters" / "toy" / "round-1.unsettled").exists()


KILL = """
import os, signal, sys
from pathlib import Path
sys.path[:0] = [{tests!r}, {root!r}]
from finetune import rounds
from finetune.ledger import Wanted
from medchat.composition import TEXT_TOOLS
from toy_finetune import recipe

trained = []

def kill(tick):
    trained.append(tick.name == "train")
    if {where!r} == "training" and trained[-1] and tick.done == 10:
        os.kill(os.getpid(), signal.SIGKILL)
    if {where!r} == "scoring" and any(trained) and not trained[-1]:
        os.kill(os.getpid(), signal.SIGKILL)

replace, saved = os.replace, []

def replace_or_die(source, target):
    saved.append(target)
    if {where!r} == "saving" and len(saved) == 3 and str(target).endswith(".checkpoint"):
        os.truncate(source, os.path.getsize(source) // 2)
        os.kill(os.getpid(), signal.SIGKILL)
    replace(source, target)

os.replace = replace_or_die
wanted = Wanted(recipe(Path({base!r})), 2, Path({home!r}), Path({data!r}))
rounds.run(wanted, kill, tools=TEXT_TOOLS)
"""


@pytest.mark.parametrize(("where", "step"), [("training", 8), ("saving", 8), ("scoring", 36)])
def test_a_killed_run_leaves_the_old_state_and_the_next_one_finishes(made, second, where, step):
    fresh = second[1].adapter
    tests = Path(__file__).resolve().parents[1]
    script = KILL.format(
        tests=str(tests),
        root=str(tests.parent),
        base=str(made.base),
        home=str(made.home),
        data=str(made.data),
        where=where,
    )
    killed = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False)
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    assert [one.name for one in adapters.list_adapters(made.home)] == ["toy/round-1"]
    assert adapters.promoted(made.home).name == "toy/round-1"
    assert "round-2.checkpoint" in names(made.home / "adapters" / "toy")

    resumed = rounds.run(Wanted(made.recipe, 2, made.home, made.data), tools=TEXT_TOOLS).adapter
    assert adapters.manifest(resumed)["resumed_at"] == step
    assert adapters.manifest(fresh)["resumed_at"] == 0
    weights = [(one.folder / model.WEIGHTS).read_bytes() for one in (resumed, fresh)]
    assert weights[0] == weights[1]
    assert names(made.home / "adapters" / "toy") == [".lock", "round-1", "round-2"]


def test_pretraining_round(tmp_path):
    data = write_data(tmp_path / "data", rows(16), rows(4, 16))
    mine = recipe(base(), name="plain", evaluation=Evaluation(4, 0, 8, probes=False))
    plan = replace(mine.rounds[0], objective="pretrain", max_steps=2)
    outcome = rounds.run(
        Wanted(replace(mine, rounds=(plan,)), 1, tmp_path / "home", data), tools=TEXT_TOOLS
    )
    assert outcome.adapter.objective == "pretrain"
    assert adapters.manifest(outcome.adapter)["steps"] == 2


def test_a_plan_trains_nothing_and_counts_exactly(made, second):
    before = names(made.home / "adapters" / "toy")
    plan = rounds.estimate(Wanted(made.recipe, 2, made.home, made.data), tools=TEXT_TOOLS)
    assert names(made.home / "adapters" / "toy") == before
    record = adapters.manifest(second[1].adapter)
    assert plan.steps == record["steps"]
    assert plan.round_tokens == record["tokens"]
    assert plan.kept == 48
    with pytest.raises(FinetuneError, match="not finished"):
        rounds.estimate(
            Wanted(replace(made.recipe, name="new"), 2, made.home, made.data), tools=TEXT_TOOLS
        )


@pytest.mark.parametrize("kind", ["glm4", "qwen2"])
def test_other_architectures_run_a_round(tmp_path, kind):
    targets = ("q_proj", "v_proj", "down_proj") if kind == "glm4" else "all-linear"
    made = Trained(
        write_base(tmp_path / "base", kind),
        write_data(tmp_path / "data", rows(16), rows(4, 16)),
        tmp_path / "home",
        recipe(
            tmp_path / "base",
            lora=Lora(rank=4, alpha=8, target_modules=targets),
            evaluation=Evaluation(4, 1, 8, probes=False),
        ),
    )
    short = replace(made.recipe, rounds=(replace(made.recipe.rounds[0], max_steps=8),))
    outcome = rounds.run(Wanted(short, 1, made.home, made.data), tools=TEXT_TOOLS)
    record = adapters.manifest(outcome.adapter)
    assert record["self_test"]["reload_difference"] <= 1e-6
    assert record["scores"]["after"]["nll"] < record["scores"]["before"]["nll"]
