import pytest
import torch
from toy_finetune import base

from finetune import model
from finetune.packing import pack
from finetune.recipe import Lora
from finetune.templates.rendering import Rendered
from finetune.training.fused_functions import ChunkedCrossEntropy, LoraLinear
from finetune.training.fused_training import fused_layers
from finetune.training.token_loss import token_losses


def adapted(dropout=0.0, kind="llama"):
    student = model.attach(
        model.load(str(base(kind)), precision="float32"), Lora(rank=4, alpha=8, dropout=dropout), 1
    )
    with torch.no_grad():
        for name, weight in student.model.named_parameters():
            if "lora_B" in name:
                weight.normal_(std=0.2)
    return student


def some_row():
    ids = [6 + 7 * place % 400 for place in range(40)]
    return pack([Rendered(ids, [place > 20 for place in range(40)])] * 2, 80).rows[0]


def gradients(student):
    return {
        name: weight.grad.clone()
        for name, weight in student.model.named_parameters()
        if weight.requires_grad
    }


@pytest.mark.parametrize("kind", ["llama", "glm4"])
def test_losses_and_gradients_are_those_of_peft(kind):
    student, row = adapted(kind=kind), some_row()
    expected = token_losses(student.model, row, student.device)
    expected.mean().backward()
    wanted = gradients(student)
    student.model.zero_grad()
    with fused_layers(student.model) as fused:
        assert fused
        losses = token_losses(student.model, row, student.device)
        losses.mean().backward()
    torch.testing.assert_close(losses, expected, rtol=1e-5, atol=1e-5)
    for name, one in gradients(student).items():
        torch.testing.assert_close(one, wanted[name], rtol=1e-4, atol=1e-6)
    assert not any("forward" in module.__dict__ for module in student.model.modules())


def test_layers_with_dropout_or_of_another_kind_stay_as_they_are():
    with fused_layers(adapted(dropout=0.1).model) as fused:
        assert not fused
    bare = model.load(str(base()), precision="float32")
    bare.model.requires_grad_(requires_grad=True)
    with fused_layers(bare.model) as fused:
        assert not fused


def test_an_adapter_that_is_switched_off_is_off_in_fused_layers_too():
    student, row = adapted(), some_row()
    with torch.inference_mode(), student.model.disable_adapter():
        bare = token_losses(student.model, row, student.device)
    with fused_layers(student.model), torch.inference_mode():
        adapter = token_losses(student.model, row, student.device)
        with student.model.disable_adapter():
            off = token_losses(student.model, row, student.device)
    torch.testing.assert_close(off, bare)
    assert float((adapter - bare).abs().max()) > 0.01


def test_a_half_base_keeps_a_float32_adapter():
    torch.manual_seed(1)
    inputs, weight = torch.randn(5, 8), torch.randn(6, 8)
    down, up = torch.randn(2, 8), torch.randn(6, 2)
    results = []
    for kind in (torch.float32, torch.bfloat16):
        given = [one.clone().requires_grad_() for one in (inputs, down, up)]
        out = LoraLinear.apply(given[0].to(kind), weight.to(kind), None, given[1], given[2], 0.5)
        out.float().square().sum().backward()
        assert [one.grad.dtype for one in given] == [torch.float32] * 3
        results.append([out.float().detach(), *(one.grad for one in given)])
    for whole, half in zip(*results, strict=True):
        assert float((whole - half).abs().max()) < 0.05 * float(whole.abs().max())


def test_gradients_of_the_functions_are_right():
    torch.manual_seed(2)
    double = {"dtype": torch.float64, "requires_grad": True}
    inputs, down, up = (torch.randn(*size, **double) for size in ((3, 4), (2, 4), (5, 2)))
    weight, bias = torch.randn(5, 4, dtype=torch.float64), torch.randn(5, dtype=torch.float64)
    assert torch.autograd.gradcheck(
        lambda *given: LoraLinear.apply(given[0], weight, bias, *given[1:], 0.7),
        (inputs, down, up),
        fast_mode=True,
    )


def test_parts_of_the_vocabulary_loss_are_the_whole_one(monkeypatch):
    from finetune.training import loss_parts

    torch.manual_seed(3)
    weight, bias, targets = torch.randn(50, 8), torch.randn(50), torch.randint(0, 50, (23,))
    hidden, scales = torch.randn(23, 8, requires_grad=True), torch.rand(23)
    logits = torch.nn.functional.linear(hidden, weight, bias)
    whole = torch.nn.functional.cross_entropy(logits, targets, reduction="none")
    (wanted,) = torch.autograd.grad((whole * scales).sum(), hidden)
    monkeypatch.setitem(loss_parts._BYTES, "cpu", 4 * 50 * 7)  # seven rows at once
    parts = ChunkedCrossEntropy.apply(hidden, weight, bias, targets)
    (found,) = torch.autograd.grad((parts * scales).sum(), hidden)
    torch.testing.assert_close(parts, whole)
    torch.testing.assert_close(found, wanted)
    assert found.equal(
        torch.autograd.grad(
            (ChunkedCrossEntropy.apply(hidden, weight, bias, targets) * scales).sum(), hidden
        )[0]
    )


@pytest.mark.parametrize("softcap", [None, 5.0])
def test_logits_that_are_changed_after_the_output_layer_are_not_taken_in_parts(softcap):
    from transformers import AutoModelForCausalLM, Gemma2Config

    from finetune.training import token_loss

    torch.manual_seed(1)
    network = AutoModelForCausalLM.from_config(
        Gemma2Config(
            vocab_size=500,
            hidden_size=32,
            intermediate_size=48,
            num_hidden_layers=2,
            num_attention_heads=4,
            num_key_value_heads=2,
            head_dim=8,
            final_logit_softcapping=softcap,
        )
    ).float()
    network.requires_grad_(requires_grad=False)
    with torch.no_grad():
        network.get_input_embeddings().weight.normal_(std=2.0)
    assert (token_loss._plain_head(network) is None) is (softcap is not None)
    row = some_row()
    given = torch.tensor([row.ids[:40]])
    expected = torch.nn.functional.cross_entropy(
        network(input_ids=given).logits[0, 20:39], given[0, 21:40], reduction="none"
    )
    found = token_losses(network, row, torch.device("cpu"))[:19]
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-4)


def test_liger_is_asked_for_all_but_its_losses_and_on_a_gpu_alone(monkeypatch):
    import sys
    import types

    from transformers.integrations import liger

    from finetune.training.fused_training import use_liger

    student, asked = adapted(), []
    assert use_liger(student.model, "cuda") is False  # not installed
    there = types.ModuleType("liger_kernel.transformers")
    there._apply_liger_kernel_to_instance = lambda **given: asked.append(given)
    monkeypatch.setitem(sys.modules, "liger_kernel", types.ModuleType("liger_kernel"))
    monkeypatch.setitem(sys.modules, "liger_kernel.transformers", there)
    monkeypatch.setattr(liger, "is_liger_kernel_available", lambda: True)
    assert use_liger(student.model, "cpu") is False
    assert use_liger(student.model, "cuda") is True
    assert asked[0]["model"] is student.model.get_base_model()
    assert asked[0]["rms_norm"] and not asked[0]["cross_entropy"]
    assert not asked[0]["fused_linear_cross_entropy"]


@pytest.mark.parametrize(("room", "forgets"), [(0, True), (383, True), (384, False)])
def test_activations_are_forgotten_only_where_they_do_not_fit(monkeypatch, room, forgets):
    from toy_finetune import recipe

    from finetune.training import micro_batches

    monkeypatch.setattr(micro_batches, "tokens_at_once", lambda student: room)
    told = []
    monkeypatch.setattr(model, "recompute", told.append)
    for asked in (True, False):
        model.to_train(recipe(base(), recompute=asked), str(base()))
    assert len(told) == forgets


def test_a_processor_takes_one_row_after_the_other():
    from finetune.training import micro_batches

    student = adapted()
    assert micro_batches.tokens_at_once(student) == 0
    assert micro_batches.bytes_a_token(student) == 2 * 2 * (13 * 32 + 4 * 64)
