"""One way of training for `step_speed.py`, in a process of its own.

A step is taken for each line on the standard input; its figures go out as a line of JSON.
"""

import json
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

SHAPES = {
    "llama-8b": ("llama", 128_256, 4096, 14336, 32, 32, 8, 128),
    "glm-4-9b": ("glm", 151_552, 4096, 13696, 40, 32, 2, 128),
    "tiny": ("llama", 256, 64, 176, 2, 4, 2, 16),
    "tiny-glm": ("glm", 256, 64, 176, 2, 4, 2, 16),
}
"""Kind, words, hidden size, inner size, layers, heads, key-value heads, size of a head."""

_BESIDE = 8
"""Rows that the plain way pads and takes at once: the Trainer's own default."""


class Pace:
    """Wait for the word, time what follows, and tell."""

    def __init__(self, gpu: bool) -> None:
        """Begin with nothing counted."""
        self.gpu = gpu
        self.loss = 0.0
        self.useful = 0
        self.began = 0.0, 0.0

    def wait(self) -> None:
        """Wait until the next step is asked for."""
        if not sys.stdin.readline():
            sys.exit(0)
        self.loss, self.useful = 0.0, 0
        self.began = time.perf_counter(), time.process_time()

    def tell(self) -> None:
        """Print the figures of the step that was just taken."""
        import torch

        if self.gpu:
            torch.cuda.synchronize()
        seconds, cpu = time.perf_counter() - self.began[0], time.process_time() - self.began[1]
        told = {
            "seconds": seconds,
            "cpu": cpu,
            "loss": self.loss,
            "useful": self.useful,
            "memory": _peak(self.gpu),
        }
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()


def main() -> None:
    """Take the steps of a job by the way that is named."""
    import torch

    way, job = sys.argv[1], json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))
    torch.set_num_threads(job["threads"])
    WAYS[way](job, Pace(job["gpu"]))


def _plain(job: dict[str, Any], pace: Pace) -> None:
    """Take steps as a script on Trainer and peft does: padded rows, logits at every place."""
    from transformers import Trainer

    batches, apart = [], 0
    for step in job["steps"]:
        apart = max(apart, -(-len(step) // _BESIDE))
    for step in job["steps"]:
        size = -(-len(step) // apart)
        batches += [{"batch": step[at : at + size]} for at in range(0, apart * size, size)]
    trainer = _paced(Trainer, pace)(
        model=_with_adapter(job),
        args=_arguments(job, apart),
        train_dataset=batches,
        data_collator=_padded,
        callbacks=[_callback(pace)],
    )
    trainer.train()


def _trl(job: dict[str, Any], pace: Pace, network: Any = None) -> None:  # noqa: ANN401
    """Take steps as trl does with its packing."""
    from datasets import Dataset
    from transformers import AutoTokenizer
    from trl import SFTConfig, SFTTrainer

    from finetune import mini

    examples = [one for step in job["steps"] for one in step]
    packed = max(len(step) for step in job["schedule"])
    tokenizer = AutoTokenizer.from_pretrained(job["base"] or str(mini.folder()))
    dataset = Dataset.from_dict(
        {
            "input_ids": [one["ids"] for one in examples],
            "completion_mask": [[int(each) for each in one["learn"]] for one in examples],
        }
    )
    settings = _arguments(
        job,
        packed,
        SFTConfig,
        packing=True,
        max_length=job["max_tokens"],
        completion_only_loss=True,
    )
    trainer = _paced(SFTTrainer, pace)(
        model=network or _with_adapter(job),
        args=settings,
        train_dataset=dataset,
        processing_class=tokenizer,
        callbacks=[_callback(pace)],
    )
    trainer.train()


def _unsloth(job: dict[str, Any], pace: Pace) -> None:
    """Take steps with Unsloth's model and trl's trainer, where it is installed."""
    from unsloth import FastLanguageModel

    folder = job["base"]
    if not folder:
        folder = tempfile.mkdtemp()
        _network(job).save_pretrained(folder)
    network, _ = FastLanguageModel.from_pretrained(
        folder, max_seq_length=job["max_tokens"], load_in_4bit=False
    )
    network = FastLanguageModel.get_peft_model(
        network, r=job["rank"], lora_alpha=job["alpha"], lora_dropout=0
    )
    _trl(job, pace, network)


def _medchat(job: dict[str, Any], pace: Pace) -> None:
    """Take steps as a round does."""
    from finetune import model
    from finetune.packing import Packed, Packing
    from finetune.recipe import RoundPlan
    from finetune.trainer import fit

    student = model.Student(_with_adapter(job), None, "", "")  # type: ignore[arg-type]
    rows = [Packed(one["ids"], one["positions"], one["learn"]) for one in job["rows"]]
    steps: list[list[int]] = job["schedule"]
    plan = RoundPlan(
        learning_rate=job["rate"],
        batch_tokens=job["batch_tokens"],
        warmup=0.0,
        max_steps=len(steps),
    )

    def paced(tick: Any) -> None:  # noqa: ANN401
        pace.loss = tick.loss
        pace.useful = sum(len(rows[at].ids) for at in steps[tick.done - 1])
        pace.tell()
        if tick.done < len(steps):
            pace.wait()

    pace.wait()
    fit(student, Packing(rows, 0, 1.0), plan, seed=job["seed"], progress=paced)


def _network(job: dict[str, Any]) -> Any:  # noqa: ANN401
    """Return the base, or one of the named shape with random weights."""
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM

    kind = torch.bfloat16 if job["gpu"] else torch.float32
    place = torch.device("cuda" if job["gpu"] else "cpu")
    if job["base"]:
        return AutoModelForCausalLM.from_pretrained(job["base"], dtype=kind).to(place)
    name, words, hidden, inner, layers, heads, shared, size = SHAPES[job["size"]]
    config = AutoConfig.for_model(
        name,
        vocab_size=words,
        hidden_size=hidden,
        intermediate_size=inner,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        num_key_value_heads=shared,
        head_dim=size,
        max_position_embeddings=8192,
        pad_token_id=0,
    )
    torch.manual_seed(job["seed"])
    with place:
        return AutoModelForCausalLM.from_config(config, dtype=kind)


def _with_adapter(job: dict[str, Any]) -> Any:  # noqa: ANN401
    """Return the base with LoRA on every linear layer."""
    import torch
    from peft import LoraConfig, get_peft_model

    network = _network(job)
    torch.manual_seed(job["seed"])
    shape = LoraConfig(
        r=job["rank"],
        lora_alpha=job["alpha"],
        target_modules="all-linear",
        task_type="CAUSAL_LM",
    )
    return get_peft_model(network, shape)


def _arguments(job: dict[str, Any], apart: int, kind: Any = None, **more: Any) -> Any:  # noqa: ANN401
    """Return the settings that both peers share: one micro-step a batch, no checkpoints."""
    from transformers import TrainingArguments

    return (kind or TrainingArguments)(
        output_dir=tempfile.mkdtemp(),
        per_device_train_batch_size=1,
        gradient_accumulation_steps=apart,
        max_steps=len(job["schedule"]),
        learning_rate=job["rate"],
        lr_scheduler_type="cosine",
        max_grad_norm=1.0,
        weight_decay=0.0,
        bf16=job["half"],
        use_cpu=not job["gpu"],
        gradient_checkpointing=False,
        train_sampling_strategy="sequential",
        report_to=[],
        disable_tqdm=True,
        save_strategy="no",
        remove_unused_columns=False,
        seed=job["seed"],
        **more,
    )


def _paced(kind: Any, pace: Pace) -> Any:  # noqa: ANN401
    """Return a trainer of a kind that counts what its micro-steps take in."""

    class Paced(kind):  # type: ignore[misc]
        def training_step(self, model: Any, inputs: Any, *rest: Any, **more: Any) -> Any:  # noqa: ANN401
            seen = inputs.get("attention_mask")
            pace.useful += int(inputs["input_ids"].numel() if seen is None else seen.sum())
            loss = super().training_step(model, inputs, *rest, **more)
            pace.loss += float(loss)
            return loss

    return Paced


def _callback(pace: Pace) -> Any:  # noqa: ANN401
    from transformers import TrainerCallback

    class Step(TrainerCallback):
        def on_step_begin(self, *given: Any, **more: Any) -> None:  # noqa: ANN401
            pace.wait()

        def on_step_end(self, *given: Any, **more: Any) -> None:  # noqa: ANN401
            pace.tell()

    return Step()


def _padded(items: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return a batch of examples, filled up to the longest."""
    import torch

    some = items[0]["batch"]
    width = max(len(one["ids"]) for one in some)
    ids = torch.zeros(len(some), width, dtype=torch.long)
    seen, labels = torch.zeros_like(ids), torch.full_like(ids, -100)
    for place, one in enumerate(some):
        size = len(one["ids"])
        ids[place, :size] = torch.tensor(one["ids"])
        seen[place, :size] = 1
        learned = torch.tensor(one["learn"])
        labels[place, :size] = torch.where(learned, ids[place, :size], -100)
    return {"input_ids": ids, "attention_mask": seen, "labels": labels}


def _peak(gpu: bool) -> int:
    """Return the most memory that this process had, in bytes."""
    import resource

    import torch

    if gpu:
        return int(torch.cuda.max_memory_allocated())
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


WAYS: dict[str, Callable[[dict[str, Any], Pace], None]] = {
    "plain": _plain,
    "trl": _trl,
    "unsloth": _unsloth,
    "medchat": _medchat,
}

if __name__ == "__main__":
    main()
