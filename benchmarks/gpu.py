"""Check training on a GPU, and time LoRA on a model of full size with random weights.

python benchmarks/gpu.py                          LLaMA of 8 billion parameters, 24 GB or more
python benchmarks/gpu.py --size tiny --device cpu the same code on a processor, in a minute

First the mini model's losses on the device are held against those on the processor. Then a LLaMA of
the named size gets random weights in bfloat16 and a LoRA on every linear layer, and takes steps on
packed rows of lessons' length. Weights do not matter to speed, so that none need be fetched. Exit
status 2 where there is no such device, 1 where the losses differ.
"""

import argparse
import random
import sys
import time

from machine import table

SIZES = {
    "tiny": (64, 176, 2, 4, 4),
    "1b": (2048, 8192, 16, 32, 8),
    "8b": (4096, 14336, 32, 32, 8),
}
"""Hidden size, inner size, layers, heads and key-value heads, as in Llama 3."""

VOCABULARY = 128_256
NEAR = 0.02
"""Mean losses may differ by so much between a processor in float32 and a GPU in bfloat16."""


def main() -> None:
    """Check, time, and print the figures."""
    import torch

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", choices=SIZES, default="8b")
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--tokens", type=int, default=4096, help="tokens of a packed row")
    parser.add_argument("--steps", type=int, default=12)
    parser.add_argument("--recompute", action="store_true", help="keep no activations")
    options = parser.parse_args()
    if options.device == "cuda" and not torch.cuda.is_available():
        print("There is no GPU that torch can use: run this where one is.", file=sys.stderr)
        sys.exit(2)
    one, other = _mini_loss("cpu"), _mini_loss(options.device)
    rows = [
        ("mini model, mean loss on the processor", f"{one:.4f}"),
        (f"mini model, mean loss on {options.device}", f"{other:.4f}"),
    ]
    rows += _timed(options.size, options.device, options.tokens, options.steps, options.recompute)
    if options.device == "cuda":
        rows.append(("GPU", torch.cuda.get_device_name()))
        rows.append(("peak GPU memory, GiB", f"{torch.cuda.max_memory_allocated() / 2**30:.1f}"))
    table(rows)
    sys.exit(abs(one - other) > NEAR)


def _mini_loss(device: str) -> float:
    """Return the mini model's mean loss on fifty drills."""
    import torch

    from finetune import model
    from finetune.mini import reading_score
    from finetune.packing import pack
    from finetune.templates import rendering
    from finetune.training.token_loss import token_losses

    student = model.load("mini", device=device)
    supply = reading_score.supply(student.tokenizer, {}, reading_score.UNSEEN)
    shown = [rendering.render(student.tokenizer, supply.make().messages()) for _ in range(50)]
    packing = pack([one for one in shown if len(one.ids) <= 1024], 1024)
    total, learned = 0.0, 0
    with torch.inference_mode(), model.autocast(student, "auto"):
        for row in packing.rows:
            each = token_losses(student.model, row, student.device)
            total += float(each.sum())
            learned += each.numel()
    return total / learned


def _timed(size: str, device: str, tokens: int, steps: int, again: bool) -> list[tuple[str, str]]:
    """Return the speed of LoRA steps on a random model, the first two left out."""
    import torch

    from finetune import model
    from finetune.packing import Packed, Packing
    from finetune.recipe import Lora, RoundPlan
    from finetune.trainer import fit

    student = model.attach(_random(size, device), Lora(rank=16, alpha=32), seed=1)
    if again:
        model.recompute(student)
    pick = random.Random(1)
    packed = [_row(pick, tokens, Packed) for _ in range(steps)]
    plan = RoundPlan(objective="sft", epochs=1, learning_rate=1e-4, batch_tokens=tokens)
    began = time.monotonic()
    done = fit(student, Packing(packed, tokens * steps, 1.0), plan, seed=1)
    if device == "cuda":
        torch.cuda.synchronize()
    seconds = time.monotonic() - began
    late = done.curve[2:]
    speed = (late[-1].tokens - done.curve[1].tokens) / (late[-1].seconds - done.curve[1].seconds)
    count = sum(one.numel() for one in student.model.parameters())
    return [
        (f"LLaMA {size}, parameters with LoRA", f"{count:,}"),
        (f"tokens per second, rows of {tokens:,} packed from documents of 512", f"{speed:,.0f}"),
        ("seconds of all steps", f"{seconds:.1f}"),
    ]


def _random(size: str, device: str) -> "object":
    """Return a student with random weights and the mini model's tokenizer."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    from finetune import model

    hidden, inner, layers, heads, shared = SIZES[size]
    config = LlamaConfig(
        vocab_size=VOCABULARY,
        hidden_size=hidden,
        intermediate_size=inner,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        num_key_value_heads=shared,
        max_position_embeddings=8192,
        rope_theta=500_000.0,
    )
    with torch.device(device):
        before = torch.get_default_dtype()
        torch.set_default_dtype(torch.bfloat16)
        network = LlamaForCausalLM(config)
        torch.set_default_dtype(before)
    return model.Student(network, model.tokenizer("mini"), f"random LLaMA {size}", "random")


def _row(pick: random.Random, tokens: int, packed: type) -> object:
    """Return a row of documents of 512 tokens, of which the last third is learned."""
    ids = [pick.randrange(VOCABULARY) for _ in range(tokens)]
    places = [place % 512 for place in range(tokens)]
    return packed(ids, places, [place > 340 for place in places])


if __name__ == "__main__":
    main()
