import json
import shutil

import pytest
import torch
from toy_finetune import trained

from finetune import FinetuneError, adapters, model
from finetune.files import manifests
from finetune.templates import rendering

PROMPTS = [rendering.grounded("痛风有哪些症状？", ["痛风——症状：发热；咳嗽。"], "zh")]


@pytest.fixture
def made(tmp_path):
    return trained().copy(tmp_path / "own")


def forge(made, recipe, number, **values):
    """Put another finished round into the ledger: the first one under another name."""
    source = adapters.folder_of(made.home, "toy", 1)
    target = adapters.folder_of(made.home, recipe, number)
    shutil.copytree(source, target)
    manifest = json.loads((target / "MANIFEST.json").read_text())
    manifests.seal(target, {**manifest, "name": f"{recipe}/round-{number}", **values})
    return f"{recipe}/round-{number}"


def test_the_ledger_has_the_shape_of_the_house(made):
    forge(made, "toy", 10, parent={"name": "toy/round-1", "hash": "0"})
    forge(made, "another", 1)
    values = [adapter.values() for adapter in adapters.list_adapters(made.home)]
    assert [one["name"] for one in values] == ["another/round-1", "toy/round-1", "toy/round-10"]
    assert list(values[1]) == [
        "name",
        "recipe",
        "round",
        "objective",
        "base",
        "parent",
        "policy",
        "promoted",
        "scores",
        "created",
        "attempt",
        "method",
    ]
    assert values[1]["promoted"] is True
    assert values[1]["parent"] is None
    assert values[2]["parent"] == "toy/round-1"
    assert values[2]["promoted"] is False
    assert values[1]["scores"]["after"]["nll"] < values[1]["scores"]["before"]["nll"]
    json.dumps(values)


def test_an_empty_home_has_none(tmp_path):
    assert adapters.list_adapters(tmp_path) == []
    assert adapters.promoted(tmp_path) is None


def test_unfinished_rounds_are_not_there(made):
    (made.home / "adapters" / "toy" / "round-2.partial").mkdir()
    (made.home / "adapters" / "toy" / "round-3").mkdir()
    assert [one.round for one in adapters.finished(made.home, "toy")] == [1]


def test_promote_and_roll_back(made):
    second = forge(made, "toy", 2)
    assert adapters.promote(made.home, second).promoted
    assert adapters.promote(made.home, second).promoted  # once more changes nothing
    assert adapters.promoted(made.home).name == second
    assert adapters.rollback(made.home).name == "toy/round-1"
    assert adapters.rollback(made.home) is None
    assert adapters.promoted(made.home) is None
    with pytest.raises(FinetuneError, match="nothing to go back to"):
        adapters.rollback(made.home)


@pytest.mark.parametrize(
    ("act", "named"),
    [
        (lambda home: adapters.promote(home, "toy/round-7"), "toy/round-7"),
        (lambda home: adapters.named(home, "round-1"), "round-1"),
    ],
)
def test_an_unknown_name_lists_what_there_is(made, act, named):
    with pytest.raises(FinetuneError) as caught:
        act(made.home)
    assert named in caught.value.what
    assert "toy/round-1" in caught.value.remedy


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"base": {}, "scores": {}}'])
def test_a_corrupt_manifest_is_told(made, text):
    path = adapters.folder_of(made.home, "toy", 1) / "MANIFEST.json"
    other = forge(made, "another", 1)
    path.write_text(text)
    for ask in (adapters.named, adapters.promote):
        with pytest.raises(FinetuneError) as caught:
            ask(made.home, "toy/round-1")
        assert str(path) in caught.value.where and caught.value.status == 2
    with pytest.raises(FinetuneError):
        adapters.finished(made.home, "toy")  # what a round builds on is never guessed
    # the others are listed, and one of them can answer
    assert [one.name for one in adapters.list_adapters(made.home)] == [other]
    assert [str(path)] == [error.where for error in adapters.readable(made.home)[1]]
    assert adapters.promote(made.home, other).promoted


@pytest.mark.parametrize("text", ["{", '"toy/round-1"'])
def test_a_corrupt_promotion_is_told(made, text):
    (made.home / "adapters" / "PROMOTED").write_text(text)
    with pytest.raises(FinetuneError, match="PROMOTED cannot be read"):
        adapters.promoted(made.home)


def test_self_test_holds_for_what_was_saved_and_not_for_another(made):
    folder = adapters.folder_of(made.home, "toy", 1)
    student = model.load(str(made.base), folder)
    good = adapters.self_test(student, folder, PROMPTS, 200)
    assert good.reload_difference == 0
    assert good.change > 0.1
    assert good.ended == 1.0
    assert good.passed

    with torch.no_grad():
        for name, one in student.model.named_parameters():
            if "lora_B" in name:
                one.add_(1e-3)
    other = adapters.self_test(student, folder, PROMPTS, 200)
    assert other.reload_difference > 1e-6
    assert not other.passed

    assert not adapters.self_test(model.load(str(made.base), folder), folder, PROMPTS, 1).passed


def test_an_adapter_that_does_nothing_fails_its_test(made):
    from safetensors.torch import load_file, save_file

    folder = adapters.folder_of(made.home, "toy", 1)
    weights = load_file(folder / model.WEIGHTS)
    idle = {key: one.zero_() if "lora_B" in key else one for key, one in weights.items()}
    save_file(idle, folder / model.WEIGHTS, metadata={"format": "pt"})
    manifests.seal(folder, json.loads((folder / "MANIFEST.json").read_text()))
    student = model.load(str(made.base), folder)
    test = adapters.self_test(student, folder, PROMPTS, 4)
    assert test.change == 0
    assert not test.passed
