"""Open a base model, with an adapter on it or without, to train it or to write with it.

    base (mini | folder | hub id) -> folder -> model + tokenizer -> adapter, checked against both

Only safetensors are read and no code from a model's folder is run.
"""

import json
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from finetune import mini
from finetune.architectures import architecture, families, weights_check
from finetune.architectures.families import Family
from finetune.bases import base_records, hub_base, remote_code
from finetune.bases.remote_code import Consent
from finetune.errors import FinetuneError
from finetune.files import base_form, manifests
from finetune.methods import low_rank, method_registry, quantised_base
from finetune.methods.method_registry import METHODS, Method
from finetune.recipe import Lora, Precision, Quantisation, Recipe
from finetune.scoring.goals import SCORERS
from finetune.student import Student as Student
from finetune.student import quiet as quiet
from finetune.templates import rendering
from finetune.templates.open_tokenizer import open_tokenizer
from finetune.training import micro_batches

if TYPE_CHECKING:
    import torch
    from transformers import PretrainedConfig, PreTrainedTokenizerBase

WEIGHTS = low_rank.WEIGHTS
CONFIG = low_rank.CONFIG

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


def load(
    base: str,
    adapter: Path | None = None,
    *,
    trainable: bool = False,
    device: str = "auto",
    precision: Precision = "auto",
    quantisation: Quantisation | None = None,
) -> Student:
    """Open a base, and the finished adapter in a folder on it.

    A `quantisation` opens the base in few bits, to be trained over. Raises FinetuneError where the
    base is not there, and where the adapter is damaged, belongs to another base or was trained with
    another chat template.
    """
    folder = locate(base)
    place = choose_device(device)
    if adapter is None:
        network = _network(folder, base, place, precision, quantisation)
        tokens = open_tokenizer(folder, base)
        return Student(network, tokens, name_of(base), hash_of(folder), base_folder=folder)
    method = method_registry.recorded(adapter)
    name, own = _own(base, folder, adapter)
    source = adapter if method.whole else folder
    network = _network(source, base, place, precision, quantisation)
    student = Student(network, own, name_of(base), hash_of(folder), name, base_folder=folder)
    settings = adapter / "generation_config.json"
    if settings.is_file():
        from transformers import GenerationConfig

        # what ends an answer is the adapter's to say
        network.generation_config = GenerationConfig.from_pretrained(str(adapter))
    return method.put_on(student, adapter, trainable=trainable)


def to_train(recipe: Recipe, base: str, parent: Path | None = None) -> Student:
    """Open a base by a recipe's method: new, going on with a parent's folder, or with both."""
    method = method_registry.method_of(recipe)
    precision: Precision = "float32" if method.whole else recipe.precision
    quantisation = method_registry.quantisation_of(recipe)
    student = load(
        base,
        parent,
        trainable=recipe.policy == "continue",
        precision=precision,
        quantisation=quantisation,
    )
    if parent is None:
        student = method.attach(student, recipe)
    elif recipe.policy == "continue":
        student = method.resume(student, recipe)
    else:
        student = method.stack(student, recipe)
    if micro_batches.must_recompute(student, recipe):
        recompute(student)
    return student


def attach(student: Student, lora: Lora, seed: int) -> Student:
    """Put a new, trainable LoRA adapter on a bare base."""
    return low_rank.attach(student, lora, seed)


@contextmanager
def loaded_beside(student: Student, folder: Path) -> Iterator[Student]:
    """Give a student with what a round's folder holds, on the same base as another student."""
    name, own = _own(student.base_name, student.base_folder or locate(student.base_name), folder)
    with method_registry.recorded(folder).beside(student, folder) as again:
        yield replace(again, tokenizer=own, adapter=name)


@contextmanager
def bare(student: Student) -> Iterator[Student]:
    """Give the base of a student, without what was trained: on its network where they are apart."""
    if student.adapter is None:
        yield student
    elif hasattr(student.model, "disable_adapter"):
        trained = {one: one.requires_grad for one in student.model.parameters()}
        try:
            with student.model.disable_adapter():
                yield replace(student, adapter=None)
        finally:  # peft 0.21 lets every adapter be trained afterwards, frozen ones too
            for weight, was in trained.items():
                weight.requires_grad_(was)
    else:
        folder = student.base_folder or locate(student.base_name)
        whole: Precision = "float32" if student.model.dtype == _float32() else "bfloat16"
        network = _network(folder, student.base_name, str(student.device), whole)
        yield replace(student, model=network, adapter=None)


def save(student: Student, folder: Path, method: Method = METHODS["lora"]) -> None:
    """Write what was trained, with tokenizer, template and generation settings."""
    folder.mkdir(parents=True, exist_ok=True)
    method.save(student, folder)
    # the base is named as a user would, so that a folder can be carried to another machine
    base = student.base_folder or locate(student.base_name)
    base_form.write_tokenizer(base, folder, rendering.template_of(student.tokenizer))
    settings = base / "generation_config.json"
    if settings.is_file():
        shutil.copyfile(settings, folder / settings.name)


def locate(base: str, consent: Consent | None = None) -> Path:
    """Return the folder of a base; a hub id is looked up in the cache, then on the hub.

    With consent to run its code, that is fetched too, at the revision agreed to.
    """
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
    endings = (*_KEPT, remote_code.ENDING) if consent else _KEPT
    revision = consent.revision if consent else None
    return _checked(hub_base.fetch(base, [f"*{ending}" for ending in endings], revision), base)


def tokenizer(base: str, adapter: Path | None = None) -> "PreTrainedTokenizerBase":
    """Return the tokenizer of a base alone, or the one that an adapter's folder holds."""
    return _tokenizer(adapter, locate(base), base)


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
    code = (remote_code.ENDING,) if remote_code.allowed(folder) else ()
    return base_records.identity_of(folder, manifests.of_folder(folder, (*_HASHED, *code)))


def is_kept(name: str) -> bool:
    """Say whether a file of a model's folder is read here; weights as pickles and code are not."""
    return name.endswith(_KEPT)


def choose_device(device: str = "auto") -> str:
    """Return the device to compute on: a GPU where there is one."""
    import torch

    if device != "auto":
        return device
    return "cuda" if torch.cuda.is_available() else "cpu"


def device() -> "torch.device":
    """Return the device to compute on, as torch names it."""
    import torch

    return torch.device(choose_device())


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


def weights_type(device: str, precision: Precision) -> "torch.dtype":
    """Return the type in which weights are held: on a processor float32, unless told otherwise."""
    import torch

    whole = precision == "float32" or (device == "cpu" and precision == "auto")
    return torch.float32 if whole else torch.bfloat16


def autocast(student: Student, precision: Precision) -> AbstractContextManager[Any]:
    """Return the context in which a student computes."""
    import torch

    kind = student.device.type
    if not uses_bfloat16(kind, precision):
        return nullcontext()
    return torch.autocast(kind, dtype=torch.bfloat16)


def computing(
    student: Student, precision: Precision, *, fused: bool
) -> AbstractContextManager[Any]:
    """Return the context in which a student trains.

    A base in bfloat16 needs no autocast where all that is trained brings its own types (`fused`).
    """
    import torch

    if fused and architecture.inner(student.model).dtype == torch.bfloat16:
        return nullcontext()
    return autocast(student, precision)


def fused(student: Student) -> Student:
    """Return a student of a processor that only writes from now on, its adapter in its weights.

    They are kept in bfloat16 where that is fast, since each token reads all of them.
    """
    import torch

    if student.device.type != "cpu":
        return student
    network = student.model
    if hasattr(network, "merge_and_unload") and not architecture.virtual_tokens(network):
        with quiet():
            network = network.merge_and_unload()
    if uses_bfloat16("cpu", "auto"):
        for weight in network.parameters():  # buffers, such as those of positions, stay exact
            weight.data = weight.data.to(torch.bfloat16)
    return replace(student, model=network)


def recompute(student: Student) -> None:
    """Keep no activations between layers in training: slower, and far less memory."""
    network = architecture.inner(student.model)
    network.enable_input_require_grads()
    with quiet():
        network.activation_checkpointing_enable()


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
        config: PretrainedConfig = AutoConfig.from_pretrained(
            str(folder), trust_remote_code=remote_code.allowed(folder)
        )
    except FinetuneError:
        raise
    except Exception as error:  # a configuration may fail to open in any way
        raise remote_code.refusal(folder, base) or FinetuneError(
            f"The base model {base} is of a kind that cannot be opened here.",
            where=str(folder / "config.json"),
            remedy="Choose a base such as LLaMA, GLM-4 or Qwen in its native form.",
        ) from error
    return config


def _network(
    folder: Path,
    base: str,
    device: str,
    precision: Precision,
    quantisation: Quantisation | None = None,
) -> Any:  # noqa: ANN401
    opener = architecture.opener(_config(folder, base))
    few: dict[str, Any] = {}
    if quantisation is not None:
        few["quantization_config"] = quantised_base.config_for(quantisation, precision)
        few["device_map"] = {"": device}
    try:
        with quiet():
            network, report = opener.from_pretrained(
                str(folder),
                dtype=weights_type(device, precision),
                use_safetensors=True,
                trust_remote_code=remote_code.allowed(folder),
                output_loading_info=True,
                **few,
            )
    except Exception as error:  # an architecture may fail to open in any way
        reason = str(error).strip().splitlines() or [type(error).__name__]
        if "ignore_mismatched_sizes" in reason[0]:
            reason = ["its weights have other shapes than its config.json says."]
        raise FinetuneError(
            f"The base model {base} cannot be opened: {reason[0]}",
            where=str(folder),
            remedy="Check that the folder is complete and of an architecture that needs no code.",
        ) from error
    weights_check.demand(network, report, folder, base)
    network = architecture.settle(network)
    if quantisation is not None:
        return quantised_base.settle(network).requires_grad_(False).eval()
    return network.to(device).requires_grad_(False).eval()


def _float32() -> Any:  # noqa: ANN401
    import torch

    return torch.float32


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


def _tokenizer(adapter: Path | None, base: Path, name: str) -> "PreTrainedTokenizerBase":
    """Return the tokenizer of an adapter, or of a base alone; one that is code stays the base's."""
    if adapter is None or not remote_code.allowed(base):
        return open_tokenizer(adapter or base, name)
    own = open_tokenizer(base, name)
    own.chat_template = (adapter / "chat_template.jinja").read_text(encoding="utf-8")
    return own


def _own(base: str, base_folder: Path, folder: Path) -> tuple[str, "PreTrainedTokenizerBase"]:
    """Return the name and the tokenizer of an adapter, checked against its manifest and base."""
    remedy = "Run the round again, or choose another: medchat adapters list."
    manifest = manifests.read_manifest(folder, remedy)
    _refuse_scorer(manifest, folder)
    method, listed = method_registry.recorded(folder), manifest.get("files")
    names = list(listed) if isinstance(listed, dict) else []
    files = (*method.weights(names), *method.beside_weights(names), "chat_template.jinja")
    manifests.check_files(folder, manifest, files, remedy)
    made_on = manifest.get("base")
    if not isinstance(made_on, dict) or made_on.get("hash") != hash_of(base_folder):
        named = made_on.get("name") if isinstance(made_on, dict) else "an unknown base"
        raise FinetuneError(
            f"The adapter {manifest.get('name')} belongs to {named}, and not to the base model "
            f"{name_of(base)} as it is now.",
            where=str(folder),
            remedy="Give the base it was trained on, or run its rounds again on this one.",
        )
    own = _tokenizer(folder, base_folder, str(manifest.get("name")))
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
