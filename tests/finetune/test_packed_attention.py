import inspect
import random
from itertools import pairwise

import pytest
import torch
from torch.nn.attention.varlen import varlen_attn
from toy_finetune import base
from transformers import AutoModelForCausalLM, GPT2Config, MistralConfig, Qwen3Config

from finetune import model
from finetune.packing import pack
from finetune.recipe import Lora
from finetune.templates.rendering import Rendered
from finetune.training.packed_attention import (
    NAME,
    _attend,
    attend_by_kernel,
    attending_apart,
    borders,
)
from finetune.training.token_loss import token_losses

SIZES = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4}
MORE = {"intermediate_size": 48, "num_key_value_heads": 2, "vocab_size": 600, "head_dim": 8}


def packed_row():
    pick = random.Random(3)
    examples = []
    for size in (33, 1, 20, 9):
        ids = [pick.randrange(6, 500) for _ in range(size)]
        examples.append(Rendered(ids, [place > size // 2 for place in range(size)]))
    return pack(examples, 80).rows[0]


def drawn_wide(config):
    torch.manual_seed(4)
    network = AutoModelForCausalLM.from_config(config).float().eval()
    with torch.no_grad():
        for weight in network.parameters():
            if weight.dim() > 1:
                weight.normal_(std=0.3)
    return network


@pytest.mark.parametrize(
    "config",
    [
        MistralConfig(**SIZES, **MORE, sliding_window=6),
        Qwen3Config(**SIZES, **MORE),
        Qwen3Config(
            **SIZES, **MORE, use_sliding_window=True, sliding_window=5, max_window_layers=1
        ),
    ],
    ids=["window", "whole", "both"],
)
def test_losses_and_gradients_are_those_of_the_block_mask(config):
    network, row = drawn_wide(config), packed_row()
    masked = token_losses(network, row, torch.device("cpu"))
    masked.sum().backward()
    expected = network.model.embed_tokens.weight.grad.clone()
    network.zero_grad()
    with attending_apart(network) as apart:
        assert apart
        losses = token_losses(network, row, torch.device("cpu"))
        losses.sum().backward()
    torch.testing.assert_close(losses, masked, rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(
        network.model.embed_tokens.weight.grad, expected, rtol=1e-3, atol=1e-3
    )
    assert network.config._attn_implementation == "sdpa"


def test_an_adapter_is_on_a_network_that_attends_apart():
    student = model.load(str(base("llama")), precision="float32")
    student = model.attach(student, Lora(), seed=1)
    row = packed_row()
    with torch.inference_mode():
        masked = token_losses(student.model, row, student.device)
        with attending_apart(student.model) as apart:
            assert apart
            assert student.model.config._attn_implementation == NAME
            losses = token_losses(student.model, row, student.device)
    torch.testing.assert_close(losses, masked, rtol=1e-4, atol=1e-4)


def test_other_attention_stays_as_it_is():
    config = GPT2Config(n_embd=32, n_layer=1, n_head=2, vocab_size=600, attn_implementation="eager")
    network = AutoModelForCausalLM.from_config(config)
    with attending_apart(network) as apart:
        assert not apart
        assert network.config._attn_implementation == "eager"


@pytest.mark.parametrize("window", [None, 6])
def test_a_kernel_for_various_lengths_is_told_where_examples_begin(window):
    """A GPU's kernel stands behind the same call: here one written out, which needs no GPU."""
    torch.manual_seed(5)
    sizes = (5, 1, 9)
    query, key, value = (torch.randn(1, heads, sum(sizes), 8) for heads in (4, 2, 2))
    config = MistralConfig(**SIZES, **MORE)
    network = drawn_wide(config)
    positions = [place for size in sizes for place in range(size)]
    assert borders(network, positions, torch.device("cpu")) == {}
    with attending_apart(network):
        given = borders(network, positions, torch.device("cpu"))
    assert given["cu_seq_lens_q"].tolist() == [0, 5, 6, 15]
    assert given["cu_seq_lens_q"].dtype == torch.int32
    assert given["max_length_k"] == 9

    def kernel(q, k, v, ends, ends_k, longest, longest_k, *, scale, window_size, enable_gqa):
        assert (longest, longest_k, enable_gqa) == (9, 9, True)
        assert window_size == ((window or 0) - 1, 0)
        parts = []
        for start, end in pairwise(ends.tolist()):
            places = torch.arange(end - start)
            behind = places[:, None] - places[None, :]
            seen = (behind >= 0) & ((behind <= window_size[0]) | (window_size[0] < 0))
            one, other, third = (each[start:end].transpose(0, 1) for each in (q, k, v))
            parts.append(
                torch.nn.functional.scaled_dot_product_attention(
                    one, other, third, attn_mask=seen, scale=scale, enable_gqa=enable_gqa
                ).transpose(0, 1)
            )
        return torch.cat(parts)

    found = attend_by_kernel(
        kernel, query, key, value, given["cu_seq_lens_q"], given["max_length_q"], 0.3, window
    )
    layer = network.model.layers[0].self_attn
    apart, _ = _attend(layer, query, key, value, None, 0.0, 0.3, sliding_window=window, **given)
    torch.testing.assert_close(found, apart)


def test_the_kernel_of_torch_takes_what_it_is_given():
    parameters = inspect.signature(varlen_attn).parameters
    names = ["query", "key", "value", "cu_seq_q", "cu_seq_k", "max_q", "max_k"]
    assert list(parameters)[:7] == names
    assert {"scale", "window_size", "enable_gqa"} <= set(parameters)
