"""Architectures other than LLaMA: each is adapted, packed where that is safe, or refused."""

import json
import shutil
from pathlib import Path

import pytest
import torch
from toy_finetune import base, recipe, rows, write_data, write_tokenizer

from finetune import FinetuneError, dataset, model, preflight
from finetune.architectures import architecture
from finetune.inference import decoding
from finetune.packing import pack
from finetune.recipe import Lora
from finetune.rows.examples import make_examples
from finetune.templates.rendering import Rendered
from finetune.training.token_loss import token_losses
from medchat.composition import TEXT_TOOLS

PACKS = {
    "gpt2": True,
    "gpt_neox": True,
    "bloom": False,
    "opt": False,
    "falcon": False,
    "mamba": False,
    "rwkv": False,
    "recurrent_gemma": False,
}
MORE = {
    "rwkv": {"num_hidden_layers": 3, "rescale_every": 1},
    "recurrent_gemma": {"num_hidden_layers": 3, "num_attention_heads": 2, "lru_width": 32},
    "falcon": {"alibi": True, "new_decoder_architecture": False},
    "opt": {"ffn_dim": 64, "word_embed_proj_dim": 32},
}


def write(folder: Path, kind: str) -> Path:
    from transformers import AutoConfig, AutoModelForCausalLM

    folder.mkdir(parents=True)
    words = write_tokenizer(folder)
    shape = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2}
    config = AutoConfig.for_model(
        kind, vocab_size=words, bos_token_id=1, eos_token_id=2, pad_token_id=0,
        intermediate_size=64, max_position_embeddings=512, **{**shape, **MORE.get(kind, {})},
    )  # fmt: skip
    torch.manual_seed(0)
    with model.quiet():
        AutoModelForCausalLM.from_config(config).save_pretrained(folder)
    return folder


def write_with_pictures(folder: Path) -> Path:
    """Write a base that reads pictures too, as MedGemma does."""
    from transformers import (
        Gemma3Config,
        Gemma3ForConditionalGeneration,
        Gemma3TextConfig,
        SiglipVisionConfig,
    )

    folder.mkdir(parents=True)
    text = Gemma3TextConfig(
        vocab_size=write_tokenizer(folder), hidden_size=32, intermediate_size=64, head_dim=16,
        num_hidden_layers=2, num_attention_heads=2, num_key_value_heads=1, pad_token_id=0,
        query_pre_attn_scalar=16, max_position_embeddings=512, bos_token_id=1, eos_token_id=2,
    )  # fmt: skip
    sight = SiglipVisionConfig(
        hidden_size=16, intermediate_size=32, num_hidden_layers=1, num_attention_heads=2,
        image_size=28, patch_size=14,
    )  # fmt: skip
    torch.manual_seed(0)
    made = Gemma3ForConditionalGeneration(
        Gemma3Config(text_config=text, vision_config=sight, mm_tokens_per_image=1)
    )
    with model.quiet():
        made.save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def bases(tmp_path_factory):
    place = tmp_path_factory.mktemp("bases")
    made = {kind: write(place / kind, kind) for kind in PACKS}
    return {**made, "gemma3": write_with_pictures(place / "gemma3"), "llama": base()}


KINDS = [*PACKS, "gemma3", "llama"]


@pytest.mark.parametrize("kind", KINDS)
def test_packing_is_allowed_where_positions_restart_attention(kind, bases):
    """The claim is held against the very base: a second example in a row, and the same alone."""
    folder = str(bases[kind])
    assert model.packs(folder) is PACKS.get(kind, True)
    student = model.load(folder, device="cpu", precision="float32")
    first, second = (
        Rendered([5 + 3 * at % 90 + start for at in range(12)], [True] * 12) for start in (0, 40)
    )
    alone = token_losses(student.model, pack([second], 24).rows[0], student.device)
    packed = token_losses(student.model, pack([first, second], 24).rows[0], student.device)
    leaks = not torch.allclose(packed[-11:], alone, atol=1e-3)
    assert not (leaks and model.packs(folder))


@pytest.mark.parametrize("kind", KINDS)
def test_an_adapter_learns_answers_and_writes(kind, bases, tmp_path):
    """Weights get gradients, the estimate counts them, and greedy writing follows the model."""
    mine = recipe(bases[kind], lora=Lora(rank=2, alpha=4))
    data = dataset.read(write_data(tmp_path / "data", rows(6), rows(2, 6)))
    tokens = model.tokenizer(mine.base)
    shown, report = make_examples(data.train, data.train, tokens, mine, 1, TEXT_TOOLS)
    packing = pack([one.tokens for one in shown], mine.max_tokens, model.packs(mine.base))
    estimate = preflight.check(mine, 1, packing, report)
    student = model.attach(model.load(mine.base, device="cpu", precision="float32"), mine.lora, 1)
    weights = [one for one in student.model.parameters() if one.requires_grad]
    assert estimate.trainable == sum(one.numel() for one in weights) > 0
    few = pack([Rendered([*range(5, 17)], [True] * 12)], 12).rows[0]
    token_losses(student.model, few, student.device).mean().backward()
    assert all(one.grad is not None for one in weights)
    ids = [5, 9, 30]
    for token in decoding.tokens(student, [5, 9, 30], 3, precision="float32"):
        with torch.inference_mode():
            logits = student.model(input_ids=torch.tensor([ids]), use_cache=False).logits
        assert token == int(logits[0, -1].argmax())
        ids.append(token)


@pytest.mark.parametrize("kind", ["bert", "electra"])
def test_a_base_that_reads_ahead_is_refused(kind, tmp_path):
    folder = write(tmp_path / "base", kind)
    data = dataset.read(write_data(tmp_path / "data", rows(6), rows(2, 6)))
    mine = recipe(folder)
    tokens = model.tokenizer(mine.base)
    shown, report = make_examples(data.train, data.train, tokens, mine, 1, TEXT_TOOLS)
    packing = pack([one.tokens for one in shown], mine.max_tokens, together=False)
    with pytest.raises(FinetuneError, match="cannot write"):
        preflight.check(mine, 1, packing, report)


@pytest.mark.parametrize("method", ["gptq", "awq", "bitsandbytes"])
def test_a_quantised_base_is_refused(method, tmp_path):
    shutil.copytree(base(), tmp_path / "base")
    path = tmp_path / "base" / "config.json"
    config = json.loads(path.read_text())
    path.write_text(json.dumps({**config, "quantization_config": {"quant_method": method}}))
    with pytest.raises(FinetuneError, match=method) as caught:
        model.load(str(tmp_path / "base"))
    assert "made from" in caught.value.remedy


def test_tokens_without_an_embedding_are_refused(bases, tmp_path):
    data = dataset.read(write_data(tmp_path / "data", rows(6), rows(2, 6)))
    mine = recipe(bases["llama"])
    tokens = model.tokenizer(mine.base)
    shown, report = make_examples(data.train, data.train, tokens, mine, 1, TEXT_TOOLS)
    packing = pack([one.tokens for one in shown], mine.max_tokens)
    beyond = pack([Rendered([5, 9_999, 7], [False, True, True])], mine.max_tokens)
    preflight.check(mine, 1, packing, report)
    with pytest.raises(FinetuneError, match="tokens up to 9999, but the model holds"):
        preflight.check(mine, 1, beyond, report)


def test_sizes_are_read_whatever_their_names():
    from transformers import BloomConfig, GPT2Config, MambaConfig

    gpt = architecture.sizes_of(GPT2Config(n_embd=48, n_layer=3, n_head=4, n_positions=256))
    assert (gpt.hidden, gpt.layers, gpt.heads, gpt.inner) == (48, 3, 4, 192)
    assert architecture.context_of(GPT2Config(n_positions=256)) == 256
    assert architecture.context_of(BloomConfig()) > 1 << 20
    assert architecture.sizes_of(MambaConfig(hidden_size=40)).heads == 1


def test_a_tokenizer_cuts_as_its_file_says_whatever_the_kind_of_the_model(tmp_path):
    """A model's kind may stand for another class: Qwen2's would cut this base's text otherwise."""
    from tokenizers import Tokenizer

    from finetune.templates.open_tokenizer import open_tokenizer

    shutil.copytree(base(), tmp_path / "base")
    path = tmp_path / "base" / "tokenizer.json"
    values = json.loads(path.read_text())
    values["pre_tokenizer"] = {"type": "Split", "pattern": {"String": "o"}, "behavior": "Isolated"}
    values["pre_tokenizer"]["invert"] = False
    path.write_text(json.dumps(values))
    config = json.loads((tmp_path / "base" / "config.json").read_text())
    (tmp_path / "base" / "config.json").write_text(json.dumps({**config, "model_type": "qwen2"}))
    text = "What are the symptoms of gout and of mumps?"
    wanted = Tokenizer.from_file(str(path)).encode(text, add_special_tokens=False).ids
    opened = open_tokenizer(tmp_path / "base", "b")
    assert opened(text, add_special_tokens=False)["input_ids"] == wanted
    assert opened.eos_token == "</s>" and opened.chat_template
    (tmp_path / "base" / "config.json").unlink()  # as in an adapter's folder
    again = open_tokenizer(tmp_path / "base", "a")
    assert again(text, add_special_tokens=False)["input_ids"] == wanted


def test_a_folder_without_a_tokenizer_is_told(tmp_path):
    from finetune.templates.open_tokenizer import open_tokenizer

    with pytest.raises(FinetuneError, match="holds no tokenizer") as caught:
        open_tokenizer(tmp_path, "some/base")
    assert "tokenizer.json" in caught.value.remedy
