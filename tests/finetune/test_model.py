import json
import shutil

import pytest
import torch
from toy_finetune import base, trained, write_base

from finetune import FinetuneError, adapters, mini, model
from finetune.files import manifests
from finetune.recipe import Lora


@pytest.fixture
def copied(tmp_path):
    folder = tmp_path / "base"
    shutil.copytree(base(), folder)
    return folder


@pytest.fixture
def round_one(tmp_path):
    made = trained().copy(tmp_path / "own")
    return made, adapters.folder_of(made.home, "toy", 1)


def test_a_base_opens_frozen_and_named(copied):
    student = model.load(str(copied))
    assert not any(one.requires_grad for one in student.model.parameters())
    assert not student.model.training
    assert student.base_name == str(copied)
    assert student.base_hash == model.hash_of(base())
    assert student.adapter is None
    assert student.context == 512
    assert next(student.model.parameters()).dtype == torch.float32


@pytest.mark.parametrize(
    "name", ["/no/such/folder", "./nowhere", "nowhere", "some/model-of-no-one"]
)
def test_a_base_that_is_not_there(name, monkeypatch):
    with pytest.raises(FinetuneError) as caught:
        model.load(name)
    assert name in caught.value.what
    assert caught.value.where == "--base"
    assert "mini" in caught.value.remedy


def drop_weights(folder):
    from safetensors.torch import load_file, save_file

    tensors = load_file(folder / "model.safetensors")
    del tensors["model.layers.0.mlp.up_proj.weight"]
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})


def edit(folder, name, **values):
    path = folder / name
    path.write_text(json.dumps({**json.loads(path.read_text()), **values}))


def pickle_only(folder):
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")


@pytest.mark.parametrize(
    ("spoil", "named"),
    [
        (drop_weights, "lacks weights, model.layers.0.mlp.up_proj.weight"),
        (
            lambda folder: edit(folder, "config.json", num_hidden_layers=3),
            "lacks weights, model.layers.2",
        ),
        (
            lambda folder: edit(folder, "config.json", num_hidden_layers=1),
            "more layers than its config.json says: model.layers.1.",
        ),
        (pickle_only, "no config.json with safetensors"),
        (lambda folder: (folder / "config.json").unlink(), "no config.json with safetensors"),
        (lambda folder: (folder / "model.safetensors").write_bytes(b"junk"), "cannot be opened"),
        (lambda folder: edit(folder, "config.json", model_type="chatglm"), "cannot be opened"),
        (lambda folder: edit(folder, "config.json", hidden_size=64), "cannot be opened"),
        (lambda folder: (folder / "tokenizer.json").write_text("{"), "tokenizer"),
        (lambda folder: edit(folder, "tokenizer_config.json", eos_token=None), "end-of-text"),
    ],
)
def test_a_damaged_base_is_told_in_one_sentence(copied, spoil, named):
    spoil(copied)
    with pytest.raises(FinetuneError) as caught:
        model.load(str(copied))
    assert named in caught.value.what
    assert "\n" not in caught.value.what
    assert caught.value.remedy


def test_mini_stands_for_the_folder_that_ships():
    if not (mini.folder() / "config.json").is_file():
        with pytest.raises(FinetuneError, match="mini"):
            model.locate("mini")
    else:
        assert model.locate("mini") == mini.folder()
    assert model.name_of("mini") == "mini"


def test_an_adapter_saved_and_opened_again_is_the_same(tmp_path):
    student = model.attach(model.load(str(base())), Lora(rank=2, alpha=4), 1)
    with torch.no_grad():
        for name, one in student.model.named_parameters():
            if "lora_B" in name:
                one.normal_()
    model.save(student, tmp_path / "a")
    config = json.loads((tmp_path / "a" / model.CONFIG).read_text())
    assert config["base_model_name_or_path"] == str(base())
    assert config["inference_mode"] is True
    assert student.model.peft_config["default"].inference_mode is False
    assert not list((tmp_path / "a").glob("*.bin"))
    manifest = {
        "name": "hand/round-1",
        "base": {"name": "b", "hash": student.base_hash},
        "template": manifests.of_file(tmp_path / "a" / "chat_template.jinja"),
    }
    manifests.seal(tmp_path / "a", manifest)
    ids = torch.tensor([[5, 9, 300, 41]])
    for trainable in (False, True):
        again = model.load(str(base()), tmp_path / "a", trainable=trainable)
        assert again.adapter == "hand/round-1"
        assert any(one.requires_grad for one in again.model.parameters()) is trainable
        with torch.inference_mode():
            assert again.model(ids).logits.equal(student.model(ids).logits)


def other_template(folder):
    (folder / "chat_template.jinja").write_text("{{ messages[0]['content'] }}")
    reseal(folder)


def reseal(folder, **values):
    manifest = json.loads((folder / "MANIFEST.json").read_text())
    manifests.seal(folder, {**manifest, **values})


@pytest.mark.parametrize(
    ("spoil", "named"),
    [
        (lambda folder: (folder / "MANIFEST.json").unlink(), "never finished"),
        (lambda folder: (folder / "MANIFEST.json").write_text("{{"), "cannot be read"),
        (lambda folder: (folder / model.WEIGHTS).write_bytes(b"junk"), "is not the one"),
        (lambda folder: (folder / model.WEIGHTS).unlink(), "is missing"),
        (lambda folder: (folder / "chat_template.jinja").write_text("x"), "is not the one"),
        (other_template, "chat template"),
        (lambda folder: reseal(folder, base={"name": "else", "hash": "0"}), "belongs to else"),
        (lambda folder: reseal(folder, base=None), "belongs to an unknown base"),
    ],
)
def test_a_damaged_adapter_is_refused(round_one, spoil, named):
    made, folder = round_one
    spoil(folder)
    with pytest.raises(FinetuneError) as caught:
        model.load(str(made.base), folder)
    assert named in caught.value.what
    assert caught.value.remedy


def test_an_adapter_on_a_base_that_changed(round_one, tmp_path):
    _, folder = round_one
    other = write_base(tmp_path / "other", "llama", template="{{ messages[0]['content'] }}")
    with pytest.raises(FinetuneError, match="belongs to"):
        model.load(str(other), folder)


def test_modules_that_the_base_lacks():
    with pytest.raises(FinetuneError, match="does not fit") as caught:
        model.attach(model.load(str(base())), Lora(target_modules=("query_key_value",)), 1)
    assert caught.value.where == "lora.target_modules"


@pytest.mark.parametrize(("precision", "half"), [("float32", False), ("bfloat16", True)])
def test_precision_that_is_asked_for(precision, half):
    student = model.load(str(base()), precision=precision)
    assert model.uses_bfloat16("cpu", precision) is half
    kind = torch.bfloat16 if half else torch.float32
    assert next(student.model.parameters()).dtype == kind
    with model.autocast(student, precision):
        assert torch.is_autocast_enabled("cpu") is half


@pytest.mark.parametrize("half", [False, True])
def test_a_fused_student_says_the_same(round_one, monkeypatch, half):
    made, folder = round_one
    ids = torch.tensor([list(range(40, 70))])
    adapted = model.load(str(base()), folder)
    with torch.inference_mode():
        apart = adapted.model(ids).logits[0].float()
        bare = model.load(str(base())).model(ids).logits[0].float()
    monkeypatch.setattr(model, "uses_bfloat16", lambda *_: half)
    fused = model.fused(adapted)
    with torch.inference_mode():
        together = fused.model(ids).logits[0].float()
    effect = (apart - bare).abs().max()
    assert effect > 0.1
    assert (together - apart).abs().max() < (0.2 * effect if half else 1e-3)
    assert fused.adapter == adapted.adapter
    assert {one.dtype for one in fused.model.parameters()} == {
        torch.bfloat16 if half else torch.float32
    }
    assert {one.dtype for one in fused.model.buffers()} <= {torch.float32}
