"""Open a base model, with an adapter on it or without, to train it or to write with it.

    base (mini | folder | hub id) -> folder -> model + tokenizer -> adapter, checked against both

Only safetensors are read and no code from a model's folder is run.
"""

import json
import re
import shutil
import warnings
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from finetune import architecture, base_form, families, manifests, mini, rendering
from finetune.bases import base_records, hub_base
from finetune.errors import FinetuneError
from finetune.families import Family
from finetune.goals import SCORERS
from finetune.open_tokenizer import open_tokenizer
from finetune.recipe import Lora, Precision

if TYPE_CHECKING:
    import torch
    from transformers import PretrainedConfig, PreTrainedTokenizerBase

WEIGHTS = "adapter_model.safetensors"
CONFIG = "adapter_config.json"

_BESIDE = "beside"
_ADDED = "added"
_JOINED = "joined"

_HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")
_KEPT = (".safetensors", ".json", ".jinja", ".model", "merges.txt", "vocab.txt")
_HASHED = (
    ".safetensors",
    "config.json",
    "tokenizer.json",
    "tokenizer.model",
    "vocab.json",
    "merges.txt",
    "chat_template.jinja",
)


@dataclass(frozen=True, slots=True)
class Student:
    """A model with its tokenizer; `adapter` names the adapter on it, or is None.

    `model` is a transformers model, or peft's wrapping of one; `base_folder` is where the base was
    read from.
    """

    model: Any
    tokenizer: "PreTrainedTokenizerBase"
    base_name: str
    base_hash: str
    adapter: str | None = None
    slot: str = "default"
    base_folder: Path | None = None

    @property
    def device(self) -> "torch.device":
        """Return where the model computes."""
        device: torch.device = next(self.model.parameters()).device
        return device

    @property
    def context(self) -> int:
        """Return how many tokens the model can hold."""
        return architecture.context_of(self.model.config)

    def room_after(self, prompt: int) -> int:
        """Return how many tokens an answer may have after a prompt of so many; 0 for none."""
        if architecture.encodes(self.model):
            return self.context if prompt <= self.context else 0
        return max(self.context - prompt, 0)


def load(
    base: str,
    adapter: Path | None = None,
    *,
    trainable: bool = False,
    device: str = "auto",
    precision: Precision = "auto",
) -> Student:
    """Open a base, and the finished adapter in a folder on it.

    Raises FinetuneError where the base is not there, and where the adapter is damaged, belongs to
    another base or was trained with another chat template.
    """
    folder = locate(base)
    place = choose_device(device)
    network = _network(folder, base, place, precision)
    student = Student(
        network, open_tokenizer(folder, base), name_of(base), hash_of(folder), base_folder=folder
    )
    if adapter is None:
        return student
    return _adapted(student, adapter, trainable, place)


def attach(student: Student, lora: Lora, seed: int) -> Student:
    """Put a new, trainable adapter on a bare base."""
    import torch
    from peft import LoraConfig, get_peft_model

    targets = lora.target_modules
    config = LoraConfig(
        r=lora.rank,
        lora_alpha=lora.alpha,
        lora_dropout=lora.dropout,
        target_modules=targets if isinstance(targets, str) else list(targets),
        exclude_modules=architecture.left_alone(student.model),
        task_type=architecture.task_of(student.model),
    )
    torch.manual_seed(seed)  # the adapter's start is part of what the seed decides
    try:
        with quiet():
            wrapped = get_peft_model(student.model, config)
    except ValueError as error:
        raise FinetuneError(
            f"The adapter does not fit the base {student.base_name}: {error}",
            where="lora.target_modules",
            remedy="Name modules of this model, or write all-linear.",
        ) from error
    return replace(student, model=wrapped, adapter="new")


def stack(student: Student, lora: Lora, seed: int) -> Student:
    """Put a new, trainable adapter beside the one that a student has, which stays as it is."""
    import torch

    network = student.model
    old = network.peft_config[student.slot]
    targets = lora.target_modules
    config = replace(
        old,
        r=lora.rank,
        lora_alpha=lora.alpha,
        lora_dropout=lora.dropout,
        target_modules=targets if isinstance(targets, str) else list(targets),
        inference_mode=False,
    )
    torch.manual_seed(seed)
    with quiet():
        network.add_adapter(_ADDED, config)
    network.base_model.set_adapter([student.slot, _ADDED])
    network.set_requires_grad(student.slot, requires_grad=False)
    network.set_requires_grad(_ADDED, requires_grad=True)
    return replace(student, adapter="new")


def join(student: Student, policy: str, rank: int) -> Student:
    """Return the student with a stacked adapter and the one below it as one adapter.

    `stack` keeps both to the bit, side by side; `merge` keeps the rank, and what fits into it.
    """
    if _ADDED not in student.model.peft_config:
        return student
    both = [student.slot, _ADDED]
    kind: dict[str, object] = {"combination_type": "cat"}
    if policy == "merge":
        kind = {"combination_type": "svd", "svd_rank": rank}
    student.model.add_weighted_adapter(both, [1.0, 1.0], adapter_name=_JOINED, **kind)
    joined = replace(student, slot=_JOINED)
    use(joined)
    return joined


def save(student: Student, folder: Path) -> None:
    """Write the adapter in peft's own form, with tokenizer, template and generation settings."""
    from peft import get_peft_model_state_dict
    from safetensors.torch import save_file

    folder.mkdir(parents=True, exist_ok=True)
    weights = get_peft_model_state_dict(
        student.model, adapter_name=student.slot, save_embedding_layers=False
    )
    save_file(
        {name: tensor.detach().cpu().contiguous() for name, tensor in weights.items()},
        folder / WEIGHTS,
        metadata={"format": "pt"},
    )
    config = student.model.peft_config[student.slot]
    was = config.base_model_name_or_path, config.inference_mode
    # the base is named as a user would, so that a folder can be carried to another machine
    config.base_model_name_or_path, config.inference_mode = student.base_name, True
    config.save_pretrained(str(folder))
    config.base_model_name_or_path, config.inference_mode = was
    base = student.base_folder or locate(student.base_name)
    base_form.write_tokenizer(base, folder, rendering.template_of(student.tokenizer))
    settings = base / "generation_config.json"
    if settings.is_file():
        shutil.copyfile(settings, folder / settings.name)


def locate(base: str) -> Path:
    """Return the folder of a base; a hub id is looked up in the cache, then on the hub."""
    if base == "mini":
        return _checked(mini.folder(), base)
    folder = Path(base).expanduser()
    if folder.is_dir():
        return _checked(folder, base)
    if not _HUB_ID.fullmatch(base):
        raise FinetuneError(
            f"There is no base model at {base}.",
            where="--base",
            remedy="Give the path of a model folder, a hub id such as Qwen/Qwen2.5-7B, or mini.",
        )
    return _checked(hub_base.fetch(base, [f"*{ending}" for ending in _KEPT]), base)


def tokenizer(base: str, adapter: Path | None = None) -> "PreTrainedTokenizerBase":
    """Return the tokenizer of a base alone, or the one that an adapter's folder holds."""
    return open_tokenizer(adapter or locate(base), base)


def context_of(base: str) -> int:
    """Return how many tokens a base can hold, without loading its weights."""
    return architecture.context_of(_config(locate(base), base))


def config_of(base: str) -> "PretrainedConfig":
    """Return the configuration of a base."""
    return _config(locate(base), base)


def family_of(base: str) -> Family:
    """Return the family of a base, without loading its weights."""
    return families.family_of(config_of(base))


def packs(base: str) -> bool:
    """Return whether short examples may share a row of this base without seeing each other."""
    return architecture.keeps_apart(_config(locate(base), base))


def name_of(base: str) -> str:
    """Return the name under which a base can be opened again from anywhere."""
    folder = Path(base).expanduser()
    if base == "mini" or not folder.is_dir():
        return base
    return base_records.own_name(folder.resolve()) or str(folder.resolve())


def hash_of(folder: Path) -> str:
    """Return the hash of a base: its weights, configuration, tokenizer and template.

    A base of a home that was made from one file keeps the identity that this file gave it, as long
    as nothing in its folder changes: adapters made on it fit wherever that file was added.
    """
    return base_records.identity_of(folder, manifests.of_folder(folder, _HASHED))


def is_kept(name: str) -> bool:
    """Say whether a file of a model's folder is read here; weights as pickles and code are not."""
    return name.endswith(_KEPT)


def choose_device(device: str = "auto") -> str:
    """Return the device to compute on: a GPU where there is one."""
    import torch

    if device != "auto":
        return device
    return "cuda" if torch.cuda.is_available() else "cpu"


def uses_bfloat16(device: str, precision: Precision) -> bool:
    """Return whether to compute in bfloat16: asked for, or fast on this device."""
    import torch

    if precision != "auto":
        return precision == "bfloat16"
    if device.startswith("cuda"):
        return bool(torch.cuda.is_bf16_supported())
    # without these instructions bfloat16 is emulated, and slower than float32
    able = torch.cpu.get_capabilities()
    return bool(able.get("amx_bf16") or able.get("avx512_bf16"))


def autocast(student: Student, precision: Precision) -> AbstractContextManager[Any]:
    """Return the context in which a student computes."""
    import torch

    kind = student.device.type
    if not uses_bfloat16(kind, precision):
        return nullcontext()
    return torch.autocast(kind, dtype=torch.bfloat16)


def fused(student: Student) -> Student:
    """Return a student of a processor that only writes from now on, its adapter in its weights.

    They are kept in bfloat16 where that is fast, since each token reads all of them.
    """
    import torch

    if student.device.type != "cpu":
        return student
    network = student.model
    if student.adapter:
        with quiet():
            network = network.merge_and_unload()
    if uses_bfloat16("cpu", "auto"):
        for weight in network.parameters():  # buffers, such as those of positions, stay exact
            weight.data = weight.data.to(torch.bfloat16)
    return replace(student, model=network)


def recompute(student: Student) -> None:
    """Keep no activations between layers in training: slower, and far less memory."""
    student.model.enable_input_require_grads()
    with quiet():
        student.model.get_base_model().activation_checkpointing_enable()


def _checked(folder: Path, base: str) -> Path:
    if not (folder / "config.json").is_file() or not any(folder.glob("*.safetensors")):
        raise FinetuneError(
            f"The folder of the base model {base} holds no config.json with safetensors weights.",
            where=str(folder),
            remedy="Give the folder of a model saved as safetensors, or a hub id.",
        )
    _refuse_quantised(folder, base)
    return folder


def _config(folder: Path, base: str) -> "PretrainedConfig":
    from transformers import AutoConfig

    try:
        config: PretrainedConfig = AutoConfig.from_pretrained(str(folder), trust_remote_code=False)
    except Exception as error:  # a configuration may fail to open in any way
        raise FinetuneError(
            f"The base model {base} is of a kind that cannot be opened here.",
            where=str(folder / "config.json"),
            remedy="Choose a base such as LLaMA, GLM-4 or Qwen in its native form.",
        ) from error
    return config


def _network(folder: Path, base: str, device: str, precision: Precision) -> Any:  # noqa: ANN401
    import torch

    opener = architecture.opener(_config(folder, base))
    whole = precision == "float32" or (device == "cpu" and precision == "auto")
    try:
        with quiet():
            network, report = opener.from_pretrained(
                str(folder),
                dtype=torch.float32 if whole else torch.bfloat16,
                use_safetensors=True,
                trust_remote_code=False,
                output_loading_info=True,
            )
    except Exception as error:  # an architecture may fail to open in any way
        reason = str(error).strip().splitlines() or [type(error).__name__]
        raise FinetuneError(
            f"The base model {base} cannot be opened: {reason[0]}",
            where=str(folder),
            remedy="Check that the folder is complete and of an architecture that needs no code.",
        ) from error
    if report["missing_keys"]:
        raise FinetuneError(
            f"The base model {base} lacks weights, {min(report['missing_keys'])} among them.",
            where=str(folder),
            remedy="Fetch or copy the model again.",
        )
    return architecture.settle(network).to(device).requires_grad_(False).eval()


def _refuse_quantised(folder: Path, base: str) -> None:
    """Refuse weights of few bits: merged into them, an adapter would say something else."""
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return  # whoever opens the model says so
    stated = config.get("quantization_config") if isinstance(config, dict) else None
    if not isinstance(stated, dict):
        return
    how = str(stated.get("quant_method") or "an unnamed method")
    raise FinetuneError(
        f"The base model {base} is quantised ({how}); rounds, merging and chat here need its full "
        "weights.",
        where=str(folder / "config.json"),
        remedy="Give the model that it was made from, in float16, bfloat16 or float32.",
    )


def _adapted(student: Student, folder: Path, trainable: bool, device: str) -> Student:
    from peft import PeftModel

    name, own = _own(student, folder)
    with quiet():
        wrapped = PeftModel.from_pretrained(
            student.model, str(folder), is_trainable=trainable, torch_device=device
        )
    settings = folder / "generation_config.json"
    if settings.is_file():
        from transformers import GenerationConfig

        # what ends an answer is the adapter's to say
        student.model.generation_config = GenerationConfig.from_pretrained(str(folder))
    return replace(student, model=wrapped.eval(), tokenizer=own, adapter=name)


def _own(student: Student, folder: Path) -> tuple[str, "PreTrainedTokenizerBase"]:
    """Return the name and the tokenizer of an adapter, checked against its manifest and base."""
    remedy = "Run the round again, or choose another: medchat adapters list."
    manifest = manifests.read_manifest(folder, remedy)
    _refuse_scorer(manifest, folder)
    manifests.check_files(folder, manifest, (WEIGHTS, CONFIG, "chat_template.jinja"), remedy)
    base = manifest.get("base")
    if not isinstance(base, dict) or base.get("hash") != student.base_hash:
        named = base.get("name") if isinstance(base, dict) else "an unknown base"
        raise FinetuneError(
            f"The adapter {manifest.get('name')} belongs to {named}, and not to the base model "
            f"{student.base_name} as it is now.",
            where=str(folder),
            remedy="Give the base it was trained on, or run its rounds again on this one.",
        )
    own = open_tokenizer(folder, str(manifest.get("name")))
    if rendering.template_hash(own) != manifest.get("template"):
        raise FinetuneError(
            f"The chat template in {folder} is not the one that the adapter was trained with.",
            where=str(folder / "chat_template.jinja"),
            remedy=remedy,
        )
    return str(manifest.get("name")), own


def _refuse_scorer(manifest: Mapping[str, object], folder: Path) -> None:
    if manifest.get("objective") in SCORERS:
        raise FinetuneError(
            f"The adapter {manifest.get('name')} is a reward model: it scores answers and writes "
            "none.",
            where=str(folder),
            remedy="Choose another: medchat adapters list.",
        )


@contextmanager
def loaded_beside(student: Student, folder: Path) -> Iterator[Student]:
    """Give a student with the adapter of a folder, on the same base and beside the one it has.

    Both share one network, on which `use(student)` and `use(given)` choose.
    """
    name, own = _own(student, folder)
    with quiet():
        student.model.load_adapter(
            str(folder), adapter_name=_BESIDE, torch_device=str(student.device)
        )
    try:
        yield replace(student, tokenizer=own, adapter=name, slot=_BESIDE)
    finally:
        student.model.set_adapter(student.slot)
        student.model.delete_adapter(_BESIDE)


def use(student: Student) -> None:
    """Let a student's adapter be the one in force on a network that holds several."""
    student.model.set_adapter(student.slot)
    student.model.eval()


@contextmanager
def quiet() -> Iterator[None]:
    """Silence transformers' bars, and what peft 0.21 stumbles over there: a renamed attribute."""
    import transformers.utils.logging

    logging: Any = transformers.utils.logging
    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="`is_gradient_checkpointing`")
            warnings.filterwarnings("ignore", message="fan_in_fan_out is set")  # set right by peft
            yield
    finally:
        if shown:
            logging.enable_progress_bar()
