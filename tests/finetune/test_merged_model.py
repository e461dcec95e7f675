import json

import pytest
import torch
from toy_finetune import trained

from finetune import FinetuneError, adapters, model
from finetune.files import merged_model
from finetune.templates import rendering


def test_a_merged_folder_says_what_base_and_adapter_say(tmp_path):
    made = trained()
    folder = adapters.folder_of(made.home, "toy", 1)
    merged = merged_model.merge(str(made.base), folder, tmp_path / "deep" / "merged")
    assert merged.difference <= 1e-4
    assert (merged.folder / "model.safetensors").is_file()
    assert not list(merged.folder.glob("adapter_*"))
    manifest = json.loads((merged.folder / "MANIFEST.json").read_text())
    assert manifest["adapter"] == "toy/round-1"

    plain = model.load(str(merged.folder))
    both = model.load(str(made.base), folder)
    bare = model.load(str(made.base))
    messages = rendering.grounded("痛风？", ["痛风——症状：发热。"], "zh")
    ids = torch.tensor([rendering.prompt_ids(plain.tokenizer, messages)])
    with torch.inference_mode():
        wanted = both.model(ids).logits
        assert torch.allclose(plain.model(ids).logits, wanted, atol=1e-4)
        assert not torch.allclose(bare.model(ids).logits, wanted, atol=1e-1)


def test_a_folder_that_is_there_is_not_touched(tmp_path):
    made = trained()
    (tmp_path / "merged").mkdir()
    with pytest.raises(FinetuneError, match="there already"):
        merged_model.merge(
            str(made.base), adapters.folder_of(made.home, "toy", 1), tmp_path / "merged"
        )
    assert list((tmp_path / "merged").iterdir()) == []


def as_of_transformers_4(folder):
    """Write a base as the hub holds it: older names, bfloat16, an own way to sample."""
    from safetensors.torch import load_file, save_file

    path = folder / "config.json"
    config = json.loads(path.read_text())
    theta = config.pop("rope_parameters")["rope_theta"]
    del config["dtype"]
    path.write_text(json.dumps({**config, "rope_theta": theta, "torch_dtype": "bfloat16"}))
    path = folder / "tokenizer_config.json"
    tokens = json.loads(path.read_text())
    tokens.pop("backend", None)
    path.write_text(json.dumps({**tokens, "tokenizer_class": "PreTrainedTokenizerFast"}))
    sampling = {"do_sample": False, "temperature": 0.9, "eos_token_id": [2], "bos_token_id": 1}
    (folder / "generation_config.json").write_text(json.dumps(sampling))
    weights = load_file(folder / "model.safetensors")
    half = {name: one.bfloat16() for name, one in weights.items()}
    half["model.layers.0.self_attn.rotary_emb.inv_freq"] = torch.ones(8)
    save_file(half, folder / "model.safetensors", metadata={"format": "pt"})


def test_a_merged_folder_has_the_form_of_its_base(tmp_path):
    import shutil

    from safetensors.torch import load_file
    from toy_finetune import base, recipe

    from finetune import rounds
    from finetune.ledger import Wanted
    from finetune.recipe import Evaluation, RoundPlan
    from medchat.composition import TEXT_TOOLS

    shutil.copytree(base(), tmp_path / "base")
    as_of_transformers_4(tmp_path / "base")
    plan = RoundPlan(max_steps=2, learning_rate=0.03, batch_tokens=256)
    mine = recipe(
        tmp_path / "base",
        rounds=(plan,),
        evaluation=Evaluation(rows=2, answers=1, max_new_tokens=4),
    )
    rounds.run(Wanted(mine, 1, tmp_path / "home", trained().data), tools=TEXT_TOOLS)
    adapter = adapters.folder_of(tmp_path / "home", "toy", 1)
    merged = merged_model.merge(mine.base, adapter, tmp_path / "merged").folder
    for name in ("config.json", "generation_config.json", "tokenizer.json"):
        assert json.loads((merged / name).read_text()) == json.loads(
            (tmp_path / "base" / name).read_text()
        )
    for folder in (merged, adapter):
        tokens = json.loads((folder / "tokenizer_config.json").read_text())
        assert tokens["tokenizer_class"] == "PreTrainedTokenizerFast"
        assert "backend" not in tokens
    made, own = (load_file(at / "model.safetensors") for at in (merged, tmp_path / "base"))
    assert {name: one.dtype for name, one in made.items()} == {
        name: one.dtype for name, one in own.items()
    }
    changed = {name for name, one in made.items() if not one.equal(own[name])}
    assert "model.layers.0.mlp.up_proj.weight" in changed
    assert "model.embed_tokens.weight" not in changed


def test_a_base_of_transformers_5_says_what_readers_of_4_look_for(tmp_path):
    from finetune.files import base_form

    config = {
        "dtype": "bfloat16",
        "rope_parameters": {"rope_type": "llama3", "rope_theta": 5e5, "factor": 8.0},
        "text_config": {"rope_parameters": {"rope_type": "default", "rope_theta": 1e4}},
    }
    (tmp_path / "base").mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "base" / "config.json").write_text(json.dumps(config))
    base_form.write_configuration(tmp_path / "base", tmp_path / "out")
    made = json.loads((tmp_path / "out" / "config.json").read_text())
    assert made["rope_theta"] == 5e5
    assert made["rope_scaling"] == {"rope_type": "llama3", "factor": 8.0}
    assert made["torch_dtype"] == "bfloat16"
    assert made["text_config"]["rope_theta"] == 1e4
    assert made["rope_parameters"] == config["rope_parameters"]


@pytest.mark.parametrize(
    ("own", "made"),
    [
        ("language_model.model.layers.0.up.weight", "model.language_model.layers.0.up.weight"),
        ("h.0.attn.weight", "transformer.h.0.attn.weight"),
    ],
)
def test_weights_get_the_names_that_the_base_gives_them(tmp_path, own, made):
    from safetensors.torch import load_file, save_file

    from finetune.files import base_form

    for folder, names in (("base", (own, "fixed")), ("out", (made,))):
        (tmp_path / folder).mkdir()
        save_file(
            {name: torch.full((2, 2), len(folder)).half() for name in names},
            tmp_path / folder / "model.safetensors",
        )
    base_form.write_weights(tmp_path / "base", tmp_path / "out")
    written = load_file(tmp_path / "out" / "model.safetensors")
    assert {name: int(one[0, 0]) for name, one in written.items()} == {own: 3, "fixed": 4}
