import json
from dataclasses import replace

import pytest
import torch
from toy_finetune import base, recipe, rows, write_base, write_data

from finetune import FinetuneError, adapters, model, rounds
from finetune.architectures import architecture
from finetune.evaluate import Evaluation
from finetune.files import adapter_files, manifests, merged_model
from finetune.inference import decoding, generation
from finetune.ledger import Wanted
from finetune.methods import quantised_base
from finetune.methods.method_registry import METHODS, method_of, quantisation_of, weights_hash
from finetune.packing import pack
from finetune.recipe import Lora, Prompt, Recipe, RoundPlan
from finetune.templates.rendering import Rendered
from finetune.trainer import Checkpoint, fit
from finetune.training.token_loss import token_losses
from medchat.composition import TEXT_TOOLS

LORA = Lora(rank=4, alpha=8)
KINDS = {
    "lora": {},
    "rank-scaled": {"lora": replace(LORA, rank_scaling=True)},
    "dora": {"lora": replace(LORA, dora=True)},
    "pissa": {"lora": replace(LORA, start="pissa", rank_scaling=True)},
    "nf4": {"method": "qlora", "quantisation": "nf4"},
    "int8": {"method": "qlora", "quantisation": "int8"},
    "ptuning-v2": {"method": "ptuning-v2", "prompt": Prompt(6)},
    "projected": {"method": "ptuning-v2", "prompt": Prompt(6, projection=True, encoder_size=16)},
    "ptuning": {"method": "ptuning", "prompt": Prompt(6)},
    "prompt-tuning": {"method": "prompt-tuning", "prompt": Prompt(6, text="fever and cough")},
    "full": {"method": "full"},
}
PLAN = RoundPlan(max_steps=3, epochs=3, learning_rate=0.02, batch_tokens=60, checkpoint_every=1)
IDS = torch.tensor([[5, 9, 300, 41, 7, 8, 120]])


def made(kind, kind_of_base="llama", **values):
    given = {"lora": LORA} if kind in ("lora", "nf4", "int8") else {"lora": Lora()}
    return recipe(base(kind_of_base), **{**given, **KINDS[kind], "rounds": (PLAN,), **values})


def lines(packed=True):
    texts = [
        Rendered([5, 9, 7 + at, 41, 8, 11, 30 + at, 2], [False] * 3 + [True] * 5) for at in range(9)
    ]
    return pack(texts, 48, packed)


def logits(student):
    with torch.inference_mode():
        return student.model(input_ids=IDS, use_cache=False).logits


def trained(plan, **given):
    student = model.to_train(plan, plan.base)
    fit(student, lines(method_of(plan).packs), PLAN, seed=1, precision="float32", **given)
    return student


def kept(student, plan, folder):
    method = method_of(plan)
    student = method.join(student, plan)
    model.save(student, folder, method)
    template = manifests.of_file(folder / "chat_template.jinja")
    manifests.seal(
        folder,
        {
            "name": "toy/round-1",
            "base": {"name": "b", "hash": student.base_hash},
            "template": template,
            "method": plan.method,
        },
    )
    return student


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_trained_is_opened_again_the_same(kind, tmp_path):
    plan = made(kind)
    student = trained(plan)
    before = logits(student)
    student = kept(student, plan, tmp_path / "a")
    assert (logits(student) - before).abs().max() < 1e-4
    assert not list((tmp_path / "a").glob("*.bin"))
    for trainable in (False, True):
        again = model.load(
            plan.base,
            tmp_path / "a",
            trainable=trainable,
            precision="float32",
            quantisation=quantisation_of(plan),
        )
        assert any(one.requires_grad for one in again.model.parameters()) is trainable
        assert (logits(again) - logits(student)).abs().max() < 1e-5
    with model.loaded_beside(student, tmp_path / "a") as beside:
        assert (logits(beside) - logits(student)).abs().max() < 1e-5
    with model.bare(again) as untouched:
        opened = model.load(plan.base, precision="float32", quantisation=quantisation_of(plan))
        assert logits(untouched).equal(logits(opened))
        assert (logits(untouched) - before).abs().max() > 1e-3


@pytest.mark.parametrize("kind", KINDS)
def test_a_run_that_was_cut_off_ends_with_the_same_bits(kind, tmp_path):
    plan = made(kind)
    whole = trained(plan, checkpoint=Checkpoint(tmp_path / "whole", "a"))
    part = model.to_train(plan, plan.base)
    seen = []

    def stop(tick):
        seen.append(tick)
        if len(seen) == 3:
            raise KeyboardInterrupt

    cut = Checkpoint(tmp_path / "cut", "a")
    rows = lines(method_of(plan).packs)
    with pytest.raises(KeyboardInterrupt):
        fit(part, rows, PLAN, seed=1, precision="float32", checkpoint=cut, progress=stop)
    resumed = model.to_train(plan, plan.base)
    run = fit(resumed, rows, PLAN, seed=1, precision="float32", checkpoint=cut)
    assert run.resumed_at > 0
    ours = dict(resumed.model.named_parameters())
    for name, one in whole.model.named_parameters():
        if one.requires_grad:
            assert one.equal(ours[name]), name


@pytest.mark.parametrize("kind", ["pissa", "lora", "rank-scaled", "dora", "full", "nf4"])
def test_a_new_student_says_what_its_base_says(kind):
    plan = made(kind)
    student = model.to_train(plan, plan.base)
    student.model.eval()
    with model.bare(student) as untouched:
        assert (logits(student) - logits(untouched)).abs().max() < 1e-4
    if kind == "pissa":
        active = [one for one in student.model.named_parameters() if one[1].requires_grad]
        assert active and all(".default." in name for name, _ in active)
        assert all(float(one.detach().abs().max()) > 0 for _, one in active)


@pytest.mark.parametrize("kind", ["rank-scaled", "pissa", "nf4"])
@pytest.mark.parametrize("policy", ["stack", "merge"])
def test_rounds_are_joined_whatever_their_scaling(kind, policy, tmp_path):
    plan = made(kind)
    kept(trained(plan), plan, tmp_path / "a")
    # of matrices 32 wide, a rank of 32 holds all that a merge keeps
    rank = 32 if policy == "merge" else 4
    plan = replace(plan, policy=policy, lora=replace(plan.lora, rank=rank))
    student = model.to_train(plan, plan.base, tmp_path / "a")
    fit(student, lines(), PLAN, seed=2, precision="float32")
    before = logits(student)
    joined = method_of(plan).join(student, plan)
    assert (logits(joined) - before).abs().max() < 1e-3
    kept(joined, plan, tmp_path / "b")
    again = model.load(
        plan.base, tmp_path / "b", precision="float32", quantisation=quantisation_of(plan)
    )
    assert (logits(again) - before).abs().max() < 1e-3


@pytest.mark.parametrize("kind", ["ptuning-v2", "ptuning", "prompt-tuning"])
@pytest.mark.parametrize("family", ["llama", "glm4", "gpt2", "qwen3"])
def test_text_after_virtual_tokens_is_read_as_peft_reads_it(kind, family):
    plan = made(kind, family)
    student = trained(plan)
    network = student.model
    from peft import PeftModelForCausalLM

    with torch.inference_mode():
        theirs = PeftModelForCausalLM.forward(network, input_ids=IDS, use_cache=False).logits
        assert (theirs[:, -IDS.shape[1] :] - logits(student)).abs().max() < 1e-5
        assert logits(student).shape[1] == IDS.shape[1]
        mask = torch.ones_like(IDS)
        masked = network(input_ids=IDS, attention_mask=mask, use_cache=False).logits
        assert (masked - logits(student)).abs().max() < 1e-5
        both = network(input_ids=torch.cat([IDS, IDS.flip(1)]), use_cache=False).logits
        assert (both[:1] - logits(student)).abs().max() < 1e-5
        if architecture.takes(network, "logits_to_keep"):
            some = network(input_ids=IDS, use_cache=False, logits_to_keep=torch.tensor([2, 6]))
            assert (some.logits - logits(student)[:, [2, 6]]).abs().max() < 1e-5
    packed = lines(False).rows[0]
    assert len(token_losses(network, packed, student.device)) == packed.learned


@pytest.mark.parametrize("kind", ["ptuning-v2", "ptuning", "prompt-tuning", "full"])
def test_an_answer_is_written_token_by_token_as_without_a_cache(kind):
    student = trained(made(kind))
    said = IDS[0].tolist()
    with torch.inference_mode():
        for _ in range(12):
            ids = torch.tensor([said])
            said.append(int(student.model(input_ids=ids, use_cache=False).logits[0, -1].argmax()))
    wanted = said[IDS.shape[1] :]
    for how in (decoding.Decoding(), decoding.Decoding(lookup=0)):
        found = list(decoding.tokens(student, IDS[0].tolist(), 12, how, precision="float32"))
        assert found == wanted


@pytest.mark.parametrize("kind", ["ptuning-v2", "ptuning", "prompt-tuning"])
@pytest.mark.parametrize("penalty", [1.0, 1.5])
def test_beams_find_the_likeliest_pair_of_words(kind, penalty):
    student = trained(made(kind))
    how = decoding.Decoding(beams=16, repetition_penalty=penalty)
    found = list(decoding.tokens(student, IDS[0].tolist(), 2, how, precision="float32"))
    with torch.inference_mode():
        first = student.model(input_ids=IDS, use_cache=False).logits[0, -1].log_softmax(-1)
        heads = first.topk(16).indices
        pairs = torch.cat([IDS.expand(16, -1), heads[:, None]], 1)
        second = student.model(input_ids=pairs, use_cache=False).logits[:, -1].log_softmax(-1)
        second[range(16), heads] *= penalty  # all of these are below 0
        both = first[heads][:, None] + second
    best = int(both.argmax())
    assert found == [int(heads[best // both.shape[1]]), best % both.shape[1]]


def test_a_prefix_begins_as_words_that_were_read(monkeypatch):
    words = torch.tensor([[40, 3, 77, 120, 9, 41]])
    monkeypatch.setattr(torch, "randint", lambda *given, **named: words)
    student = model.to_train(made("ptuning-v2"), made("ptuning-v2").base)
    monkeypatch.undo()
    with torch.inference_mode(), model.bare(student) as untouched:
        whole = untouched.model(input_ids=torch.cat([words, IDS], 1), use_cache=False).logits
    assert (logits(student) - whole[:, 6:]).abs().max() < 1e-4


def test_virtual_tokens_take_room_of_the_context():
    student = model.to_train(made("ptuning"), made("ptuning").base)
    assert student.context == model.load(str(base())).context - 6


@pytest.mark.parametrize("kind", ["lora", "dora", "ptuning-v2", "prompt-tuning", "full"])
def test_chat_writes_with_less_precision_but_alike(kind, tmp_path):
    plan = made(kind)
    kept(trained(plan), plan, tmp_path / "a")
    loaded = model.load(plan.base, tmp_path / "a", device="cpu")
    wanted = logits(loaded)
    fused = model.fused(loaded)
    found = fused.model(input_ids=IDS, use_cache=False).logits.float()
    assert (found - wanted).abs().max() < 0.1 * wanted.abs().max()
    question = [{"role": "user", "content": "What are the symptoms of gout?"}]
    assert isinstance(generation.generate(fused, question, 8), str)


REFUSED = {
    "no such method": ({"method": "magic"}, "There is no method magic"),
    "stacked prompts": ({"method": "ptuning", "policy": "stack"}, "policy stack does not go"),
    "merged wholes": ({"method": "full", "policy": "merge"}, "policy merge does not go"),
    "stacked dora": ({"lora": Lora(dora=True), "policy": "stack"}, "does not go with dora"),
    "dora and pissa": ({"lora": Lora(dora=True, start="pissa")}, "does not go with dora"),
    "quantised pissa": (
        {"method": "qlora", "lora": Lora(start="pissa")},
        "does not go with method: qlora",
    ),
    "prefix recomputed": ({"method": "ptuning-v2", "recompute": True}, "do not see the prefix"),
    "text for a prefix": ({"method": "ptuning-v2", "prompt": Prompt(text="hello")}, "prompt.text"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_does_not_go_together_is_refused_before_any_work(case):
    values, what = REFUSED[case]
    plan = Recipe("toy", "/no/such/base", (RoundPlan(),), **values)
    with pytest.raises(FinetuneError) as caught:
        method_of(plan)
    assert what in caught.value.what
    assert "\n" not in caught.value.what
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("values", "key"),
    [
        ({"lora": Lora(4), "method": "full"}, "lora"),
        ({"prompt": Prompt(4)}, "prompt"),
        ({"quantisation": "nf4"}, "quantisation"),
        ({"quantisation": "int3", "method": "qlora"}, "quantisation"),
    ],
)
def test_what_another_method_would_use_is_refused(values, key):
    with pytest.raises(FinetuneError, match=key):
        Recipe("toy", "mini", (RoundPlan(),), **values)


@pytest.mark.parametrize("bits", ["nf4", "int8"])
def test_a_missing_library_is_told_with_what_fits(bits, monkeypatch):
    monkeypatch.setattr(quantised_base, "find_spec", lambda name: None)
    with pytest.raises(FinetuneError) as caught:
        METHODS["qlora"].demand_libraries(made(bits))
    assert "not installed" in caught.value.what
    assert "method: lora" in caught.value.remedy


def test_four_bit_weights_stay_as_they_are(monkeypatch):
    from bitsandbytes.nn import modules

    # as on a processor on which bitsandbytes would rearrange them
    monkeypatch.setattr(modules, "has_avx512bf16", lambda: True)
    plan = made("nf4")
    student = model.to_train(plan, plan.base)
    weights = {name: one.clone() for name, one in student.model.named_parameters()}
    student.model.eval()
    logits(student)
    for name, one in student.model.named_parameters():
        assert one.equal(weights[name]), name


@pytest.mark.parametrize(
    ("precision", "on_gpu", "wanted"),
    [
        ("auto", True, torch.bfloat16),
        ("bfloat16", True, torch.bfloat16),
        ("float32", True, torch.float32),
        ("auto", False, torch.float32),
    ],
)
def test_four_bits_compute_in_the_precision_of_the_recipe(precision, on_gpu, wanted):
    assert quantised_base.compute_type(precision, on_gpu=on_gpu) is wanted


def test_eight_bits_on_a_gpu_refuse_what_they_do_not_compute_in():
    with pytest.raises(FinetuneError, match="int8 computes in float16 on a GPU") as caught:
        quantised_base.refuse_precision("int8", "float32", on_gpu=True)
    assert caught.value.where == "precision"
    quantised_base.refuse_precision("int8", "auto", on_gpu=True)
    quantised_base.refuse_precision("int8", "float32", on_gpu=False)
    quantised_base.refuse_precision("nf4", "float32", on_gpu=True)


def test_a_quantised_base_is_smaller_by_as_much_as_told():
    whole = model.load(str(base()), precision="float32").model
    few = model.load(str(base()), precision="float32", quantisation="int8").model
    told = quantised_base.weight_bytes(whole, "int8", 4)
    linear = sum(
        one.weight.numel()
        for one in whole.modules()
        if isinstance(one, torch.nn.Linear) and one is not whole.get_output_embeddings()
    )
    assert told == sum(one.numel() for one in whole.parameters()) * 4 - 3 * linear
    assert type(few.model.layers[0].mlp.up_proj.weight.data) is not torch.Tensor


@pytest.mark.parametrize("kind", ["ptuning-v2", "full", "nf4", "pissa"])
def test_rounds_by_every_kind_of_method(kind, tmp_path):
    data = write_data(tmp_path / "data", rows(32), rows(6, 48))
    rate = 0.004 if kind == "full" else 0.03
    plan = RoundPlan(max_steps=12, epochs=9, learning_rate=rate, batch_tokens=256)
    given = {"lora": Lora(rank=8, alpha=16) if kind == "nf4" else Lora()}
    asked = recipe(
        base(),
        rounds=(plan, replace(plan, max_steps=4)),
        evaluation=Evaluation(rows=6, answers=1, max_new_tokens=40, probes=False),
        **{**given, **KINDS[kind]},
    )
    home = tmp_path / "home"
    first = rounds.run(Wanted(asked, 1, home, data), tools=TEXT_TOOLS)
    record = adapters.manifest(first.adapter)
    assert first.adapter.method == record["method"] == asked.method
    assert record["scores"]["after"]["nll"] < record["scores"]["before"]["nll"]
    assert record["self_test"]["reload_difference"] <= 1e-4
    assert record["self_test"]["change"] > 1e-3
    second = rounds.run(Wanted(asked, 2, home, data, parent=first.adapter.name), tools=TEXT_TOOLS)
    later = adapters.manifest(second.adapter)
    assert later["parent"]["hash"] == weights_hash(first.adapter.folder)
    assert later["scores"]["before"]["nll"] == pytest.approx(
        record["scores"]["after"]["nll"], rel=1e-3
    )
    assert rounds.run(Wanted(asked, 1, home, data), tools=TEXT_TOOLS).skipped
    assert adapters.promote(home, second.adapter.name).promoted

    other = replace(asked, method="lora", lora=Lora(), prompt=Prompt(), quantisation="", name="b")
    if kind in ("ptuning-v2", "full"):
        with pytest.raises(FinetuneError, match="cannot go on"):
            rounds.run(Wanted(other, 1, home, data, parent=first.adapter.name), tools=TEXT_TOOLS)

    exported = adapter_files.export(home, second.adapter, tmp_path / "out")
    elsewhere, added = adapter_files.take(tmp_path / "elsewhere", exported.folder)
    assert added and elsewhere.method == asked.method
    if kind == "ptuning-v2":
        with pytest.raises(FinetuneError, match="cannot be merged"):
            merged_model.merge(str(base()), second.adapter.folder, tmp_path / "merged")
        assert not (tmp_path / "merged").exists()
    else:
        merged = merged_model.merge(str(base()), second.adapter.folder, tmp_path / "merged")
        assert merged.difference <= 1e-4
        assert json.loads((merged.folder / "config.json").read_text())["model_type"] == "llama"


def test_a_damaged_model_folder_of_a_round_is_not_opened(tmp_path):
    plan = made("full")
    kept(trained(plan), plan, tmp_path / "a")
    with (tmp_path / "a" / "model.safetensors").open("r+b") as file:
        file.seek(-3, 2)
        file.write(b"abc")
    with pytest.raises(FinetuneError, match="is not the one"):
        model.load(plan.base, tmp_path / "a")


def test_a_large_model_is_kept_in_several_files(tmp_path, monkeypatch):
    from finetune.methods import full

    monkeypatch.setattr(full, "_SHARD", "50KB")
    plan = made("full")
    student = kept(trained(plan), plan, tmp_path / "a")
    names = manifests.read_manifest(tmp_path / "a", "")["files"]
    assert len(METHODS["full"].weights(names)) > 1
    assert len(weights_hash(tmp_path / "a")) == 64
    assert logits(model.load(plan.base, tmp_path / "a", precision="float32")).equal(logits(student))


@pytest.mark.parametrize("kind", ["nf4", "int8", "ptuning", "prompt-tuning"])
def test_families_beyond_llama(kind, tmp_path):
    plan = made(kind, "gpt2")
    student = trained(plan)
    before = logits(student)
    kept(student, plan, tmp_path / "a")
    again = model.load(
        plan.base, tmp_path / "a", precision="float32", quantisation=quantisation_of(plan)
    )
    assert (logits(again) - before).abs().max() < 1e-5


def test_a_soft_prompt_before_a_recurrent_model(tmp_path):
    folder = write_base(tmp_path / "rwkv", "rwkv")
    plan = recipe(folder, lora=Lora(), method="ptuning", prompt=Prompt(5), rounds=(PLAN,))
    student = trained(plan)
    said = IDS[0].tolist()
    with torch.inference_mode():
        for _ in range(4):
            ids = torch.tensor([said])
            said.append(int(student.model(input_ids=ids).logits[0, -1].argmax()))
    found = list(decoding.tokens(student, IDS[0].tolist(), 4, precision="float32"))
    assert found == said[IDS.shape[1] :]
