"""Turn a GGUF file into a model folder that can be trained, merged and exported.

    GGUF -> family and tokenizer checked -> weights unpacked -> safetensors, tokenizer, template

What the file says of its weights' quantisation is dropped: the folder holds plain weights.
"""

import io
import json
from contextlib import redirect_stderr
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from finetune import model
from finetune.errors import FinetuneError

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

_PLAIN = ("F32", "F16", "BF16")
_SINGLE_DIGITS = ("smollm", "starcoder")
"""Kinds of byte-level tokenizers that set each digit apart, which transformers 5 overlooks."""

_GPT2_LIKE = ("", "default", "gpt-2", "gpt2")


@dataclass(frozen=True, slots=True)
class GgufFacts:
    """What a GGUF file says of itself. `weights` is the form of most of its weights."""

    family: str
    weights: str
    licence: str
    splitter: str

    @property
    def quantised(self) -> str | None:
        """Return the form of the weights, None where they are plain."""
        return None if self.weights in _PLAIN else self.weights


def read_facts(path: Path) -> GgufFacts:
    """Return what a GGUF file says of itself.

    FinetuneError where it is none, is damaged, is one part of several, holds no tokenizer, or is
    of a family that transformers cannot read.
    """
    from gguf import GGUFReader
    from transformers.modeling_gguf_pytorch_utils import GGUF_SUPPORTED_ARCHITECTURES

    try:
        reader = GGUFReader(path)
        values = {name: reader.fields[name].contents() for name in _KEYS if name in reader.fields}
        sizes: dict[str, int] = {}
        for tensor in reader.tensors:
            form = tensor.tensor_type.name
            sizes[form] = sizes.get(form, 0) + int(tensor.n_bytes)
    except (ValueError, KeyError, IndexError, OSError, TypeError, UnicodeDecodeError) as error:
        raise FinetuneError(
            f"The file {path.name} is no GGUF model, or a damaged one.",
            where=str(path),
            remedy="Fetch or copy it again.",
        ) from error
    family = str(values.get("general.architecture", ""))
    readable = sorted(set(GGUF_SUPPORTED_ARCHITECTURES) - {"general", "tokenizer"})
    if family not in readable:
        raise FinetuneError(
            f"The file {path.name} is of the family {family or 'unknown'}, which transformers "
            "cannot read from GGUF.",
            where=str(path),
            remedy=f"Give the model's safetensors folder, or a GGUF of: {', '.join(readable)}.",
        )
    if int(values.get("split.count", 1) or 1) > 1:
        raise FinetuneError(
            f"The file {path.name} is one part of a model in {values['split.count']} parts.",
            where=str(path),
            remedy="Join them first (llama-gguf-split --merge), or give a GGUF in one file.",
        )
    if "tokenizer.ggml.model" not in values or not sizes:
        raise FinetuneError(
            f"The file {path.name} holds no tokenizer or no weights.",
            where=str(path),
            remedy="Give a GGUF of a whole language model.",
        )
    splitter = str(values.get("tokenizer.ggml.pre", ""))
    if values["tokenizer.ggml.model"] != "gpt2":
        splitter = ""
    licence = str(values.get("general.license", ""))
    return GgufFacts(family, max(sizes, key=sizes.__getitem__), licence, splitter)


def convert(path: Path, facts: GgufFacts, folder: Path) -> tuple[str, ...]:
    """Write a GGUF as a model folder, and return remarks on what is not as in the file.

    Weights are kept in bfloat16, and in float32 where the file holds them so.
    """
    folder.mkdir(parents=True, exist_ok=True)
    try:
        tokenizer = _tokenizer(path)
        notes = _split_as_the_file_says(tokenizer, facts)
        network = _network(path, facts)
    except (ValueError, KeyError, TypeError, OSError, RuntimeError, AttributeError) as error:
        reason = str(error).strip().splitlines() or [type(error).__name__]
        raise FinetuneError(
            f"The file {path.name} cannot be read as a language model: {reason[0]}",
            where=str(path),
            remedy="Give the model's safetensors folder instead.",
        ) from error
    _save(network, tokenizer, folder)
    return notes


def _tokenizer(path: Path) -> "PreTrainedTokenizerBase":
    from transformers import AutoTokenizer

    with model.quiet(), redirect_stderr(io.StringIO()):
        opened: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(
            str(path.parent), gguf_file=path.name, trust_remote_code=False
        )
    return opened


def _split_as_the_file_says(
    tokenizer: "PreTrainedTokenizerBase", facts: GgufFacts
) -> tuple[str, ...]:
    """Set each digit apart where the model was trained so; say where the kind is not known."""
    from tokenizers import pre_tokenizers
    from transformers.integrations.gguf.gguf_tokenizer_mapping import GGUF_PRE_TOKENIZER_SPLITS

    if facts.splitter in _SINGLE_DIGITS:
        backend: Any = tokenizer.backend_tokenizer
        backend.pre_tokenizer = pre_tokenizers.Sequence(
            [
                pre_tokenizers.Digits(individual_digits=True),
                pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True),
            ]
        )
        return ()
    if facts.splitter in GGUF_PRE_TOKENIZER_SPLITS or facts.splitter in _GPT2_LIKE:
        return ()
    return (f"Text is split as for GPT-2; the file's own way, {facts.splitter}, is not known.",)


def _network(path: Path, facts: GgufFacts) -> Any:  # noqa: ANN401
    import torch
    from transformers import AutoModelForCausalLM, GgufConfig

    opener: Any = AutoModelForCausalLM
    # the bar that transformers draws here cannot be switched off otherwise
    with model.quiet(), redirect_stderr(io.StringIO()):
        network = opener.from_pretrained(
            str(path.parent),
            gguf_file=path.name,
            quantization_config=GgufConfig(dequantize=True),
            dtype=torch.float32 if facts.weights == "F32" else torch.bfloat16,
            trust_remote_code=False,
        )
    for holder, name in (
        (network.config, "quantization_config"),
        (network.config, "_pre_quantization_dtype"),
        (network, "hf_quantizer"),
        (network, "quantization_method"),
    ):
        if hasattr(holder, name):
            delattr(holder, name)
    network.is_quantized = False
    network.config._name_or_path = ""  # else the folder that it was read from
    return network.eval()


def _save(network: Any, tokenizer: "PreTrainedTokenizerBase", folder: Path) -> None:  # noqa: ANN401
    from safetensors import SafetensorError

    try:
        with model.quiet():
            network.save_pretrained(str(folder), max_shard_size="4GB")
            tokenizer.save_pretrained(str(folder))
        _name_plain_class(folder / "tokenizer_config.json")
    except (OSError, SafetensorError) as error:
        raise FinetuneError(
            "The base cannot be written: the disk is full or the folder is not writable.",
            where=str(folder.parent),
            remedy="Free some space and run the command again.",
            status=1,
        ) from error


def _name_plain_class(path: Path) -> None:
    """Name the class of tokenizer that every version of transformers knows."""
    values = json.loads(path.read_text(encoding="utf-8"))
    values["tokenizer_class"] = "PreTrainedTokenizerFast"
    values.pop("name_or_path", None)
    path.write_text(json.dumps(values, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


_KEYS = (
    "general.architecture",
    "general.license",
    "split.count",
    "tokenizer.ggml.model",
    "tokenizer.ggml.pre",
)
