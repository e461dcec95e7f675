"""Peak memory and trained weights of each method, on a random LLaMA of a stated size.

python benchmarks/method_memory.py [--hidden 768] [--layers 12] [--tokens 512]

Each method opens the same base in a process of its own and makes three steps on a row of so many
tokens in float32; the peak is that of the steps, what opening the base took left aside. On a CPU.
"""

import argparse
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from machine import table

VOCABULARY = 8192


def main() -> None:
    """Measure one method after another."""
    from finetune.methods.method_registry import METHODS

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hidden", type=int, default=768)
    parser.add_argument("--layers", type=int, default=12)
    parser.add_argument("--tokens", type=int, default=512)
    parser.add_argument("--base", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--method", help=argparse.SUPPRESS)
    parser.add_argument("--bits", default="", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.method:
        print(*_measured(given.base, given.method, given.bits, given.tokens))
        return
    with tempfile.TemporaryDirectory() as folder:
        size = _write_base(Path(folder), given.hidden, given.layers)
        told = []
        for name in METHODS:
            for bits in ("nf4", "int8") if name == "qlora" else ("",):
                asked = [f"--base={folder}", f"--method={name}", f"--bits={bits}"]
                command = [sys.executable, __file__, *asked, f"--tokens={given.tokens}"]
                done = subprocess.run(command, capture_output=True, text=True, check=True)
                trained, peak, seconds = done.stdout.split()[-3:]
                value = f"{int(trained):,} weights trained, {peak} MB, {seconds} s a step"
                told.append((f"{name} {bits}".strip(), value))
        print(f"A random LLaMA of {size / 1e6:.1f} million parameters, rows of {given.tokens}")
        table(told)


def _write_base(folder: Path, hidden: int, layers: int) -> int:
    """Write a random LLaMA with the tokenizer of the mini base, and return its size."""
    import torch
    from transformers import AutoTokenizer, LlamaConfig, LlamaForCausalLM

    from finetune import mini

    torch.manual_seed(0)
    tokenizer = AutoTokenizer.from_pretrained(str(mini.folder()))
    config = LlamaConfig(
        vocab_size=max(VOCABULARY, len(tokenizer)),
        hidden_size=hidden,
        intermediate_size=hidden * 8 // 3,
        num_hidden_layers=layers,
        num_attention_heads=hidden // 64,
        num_key_value_heads=hidden // 64,
        tie_word_embeddings=True,
    )
    network = LlamaForCausalLM(config)
    network.save_pretrained(str(folder))
    tokenizer.save_pretrained(str(folder))
    return sum(one.numel() for one in network.parameters())


def _measured(base: Path, method: str, bits: str, tokens: int) -> tuple[int, int, float]:
    """Return trained weights, the peak in MB of three steps, and the seconds of the last."""
    from finetune import model
    from finetune.packing import pack
    from finetune.recipe import Recipe, RoundPlan
    from finetune.templates.rendering import Rendered
    from finetune.trainer import fit

    plan = RoundPlan(epochs=3, batch_tokens=tokens, learning_rate=1e-4)
    recipe = Recipe("memory", str(base), (plan,), method=method, precision="float32")
    student = model.to_train(replace(recipe, quantisation=bits), str(base))
    trained = sum(one.numel() for one in student.model.parameters() if one.requires_grad)
    row = pack([Rendered([5 + at % 90 for at in range(tokens)], [True] * tokens)], tokens)
    Path("/proc/self/clear_refs").write_text("5")  # the peak counts from here
    made = fit(student, row, plan, seed=1, precision="float32")
    status = Path("/proc/self/status").read_text().splitlines()
    peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM:"))
    seconds = made.curve[-1].seconds - made.curve[-2].seconds
    return trained, peak // 1024, round(seconds, 2)


if __name__ == "__main__":
    main()
