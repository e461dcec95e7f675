"""Merge an adapter into its base: a plain model folder that needs no adapter any more.

base in full precision + adapter -> merged weights -> compared -> folder with its manifest
"""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from finetune import manifests, model, rendering
from finetune.errors import FinetuneError

_TOLERANCE = 1e-4


@dataclass(frozen=True, slots=True)
class MergedModel:
    """A merged folder; `difference` is the largest difference of logits to base plus adapter."""

    folder: Path
    difference: float


def merge(base: str, adapter: Path, out: Path) -> MergedModel:
    """Write base and adapter as one model into a new folder, and prove that it says the same.

    The base is always opened in float32: merging into quantised or rounded weights changes them.
    """
    import torch

    if out.exists():
        raise FinetuneError(
            f"The folder {out} is there already.",
            where="--out",
            remedy="Name a folder that does not exist.",
        )
    student = model.load(base, adapter, device="cpu", precision="float32")
    sample = torch.tensor([_sample(student)])
    with torch.inference_mode():
        wanted = student.model(input_ids=sample, use_cache=False).logits
    plain = student.model.merge_and_unload()
    out.parent.mkdir(parents=True, exist_ok=True)
    partial = out.with_name(out.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    with model.quiet():
        plain.save_pretrained(str(partial))
    student.tokenizer.save_pretrained(str(partial))
    template = rendering.template_of(student.tokenizer)
    (partial / "chat_template.jinja").write_text(template, encoding="utf-8")

    again = model.load(str(partial), device="cpu", precision="float32")
    with torch.inference_mode():
        made = again.model(input_ids=sample, use_cache=False).logits
    difference = float((made - wanted).abs().max())
    if not difference <= _TOLERANCE:
        shutil.rmtree(partial)
        raise FinetuneError(
            f"The merged model differs from base and adapter by {difference:.1e}.",
            where=str(adapter),
            remedy="Keep the adapter apart, and report this with the manifest of the round.",
            status=1,
        )
    record = manifests.read_manifest(adapter, "Run the round again.")
    manifests.seal(
        partial,
        {
            "base": record["base"],
            "adapter": student.adapter,
            "template": record["template"],
            "difference": difference,
        },
    )
    os.replace(partial, out)
    return MergedModel(out, difference)


def _sample(student: model.Student) -> list[int]:
    """Return a prompt in both languages."""
    ids = []
    for question in ("What are the symptoms of gout?", "痛风有哪些症状？"):
        ids += rendering.prompt_ids(student.tokenizer, [{"role": "user", "content": question}])
    return ids[: student.context]
