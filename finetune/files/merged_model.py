"""Merge an adapter into its base: a plain model folder that needs no adapter any more.

base in full precision + adapter -> merged weights -> compared -> folder in the base's form
"""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from finetune import model
from finetune.architectures import encoder_decoder
from finetune.bases import remote_code
from finetune.errors import FinetuneError
from finetune.files import base_form, manifests
from finetune.methods import method_registry
from finetune.templates import rendering

_TOLERANCE = 1e-4
_ROUNDING = 2**-7
"""The share of a weight that bfloat16 may round away."""
_SHARD = "5GB"


@dataclass(frozen=True, slots=True)
class MergedModel:
    """A merged folder; `difference` is the largest difference of logits to base plus adapter."""

    folder: Path
    difference: float


def merge(base: str, adapter: Path, out: Path) -> MergedModel:
    """Write base and adapter as one model into a new folder, and prove that it says the same.

    The base is always opened in float32: merging into quantised or rounded weights changes them.
    What is written has the base's own form and type of numbers.
    """
    import torch

    if out.exists():
        raise FinetuneError(
            f"The folder {out} is there already.",
            where="--out",
            remedy="Name a folder that does not exist.",
        )
    if remote_code.allowed(model.locate(base)):
        raise FinetuneError(
            f"The base model {base} runs code of its own, which a merged folder would need too.",
            where="merge",
            remedy="Hand the adapter on as it is: medchat adapters export.",
        )
    method = method_registry.recorded(adapter)
    if method.unmergeable:
        raise FinetuneError(
            f"The adapter in {adapter} cannot be merged: {method.unmergeable}",
            where=str(adapter),
            remedy="Hand it on as it is: medchat adapters export. Or train by method: lora.",
        )
    student = model.load(base, adapter, device="cpu", precision="float32")
    sample = torch.tensor([_sample(student)])
    with torch.inference_mode():
        wanted = encoder_decoder.compared_logits(student.model, sample)
    plain = method.merged(student)
    with torch.inference_mode():
        merged = encoder_decoder.compared_logits(plain, sample)
    _demand_equal(float((merged - wanted).abs().max()), adapter)
    out.parent.mkdir(parents=True, exist_ok=True)
    partial = out.with_name(out.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    try:
        with manifests.saving(partial):
            _write(student, plain, partial)
        again = model.load(str(partial), device="cpu", precision="float32")
        _demand_equal(_beyond_rounding(again.model, plain), adapter)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    with torch.inference_mode():
        made = encoder_decoder.compared_logits(again.model, sample)
    difference = float((made - wanted).abs().max())
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


def _write(student: model.Student, plain: Any, folder: Path) -> None:  # noqa: ANN401
    """Write a merged network in the form of its base."""
    from transformers import GenerationConfig

    base = student.base_folder or model.locate(student.base_name)
    # the base's own is copied, whatever it holds
    plain.generation_config = GenerationConfig()  # type: ignore[no-untyped-call]
    with model.quiet():
        plain.save_pretrained(str(folder), max_shard_size=_SHARD)
    base_form.write_weights(base, folder)
    base_form.write_configuration(base, folder)
    base_form.write_tokenizer(base, folder, rendering.template_of(student.tokenizer))


def _beyond_rounding(opened: Any, plain: Any) -> float:  # noqa: ANN401
    """Return by how much weights differ from what was merged, rounding left aside."""
    ours = dict(plain.named_parameters())
    return max(
        float(((one - ours[name]).abs() - _ROUNDING * ours[name].abs()).max())
        for name, one in opened.named_parameters()
    )


def _demand_equal(difference: float, adapter: Path) -> None:
    if not difference <= _TOLERANCE:
        raise FinetuneError(
            f"The merged model differs from base and adapter by {difference:.1e}.",
            where=str(adapter),
            remedy="Keep the adapter apart, and report this with the manifest of the round.",
            status=1,
        )


def _sample(student: model.Student) -> list[int]:
    """Return a prompt in both languages."""
    ids = []
    for question in ("What are the symptoms of gout?", "痛风有哪些症状？"):
        ids += rendering.prompt_ids(student.tokenizer, [{"role": "user", "content": question}])
    return ids[: student.context]
