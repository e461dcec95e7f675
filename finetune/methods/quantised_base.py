"""Open a base with its linear layers in four or eight bits, to train adapters over it.

    nf4  -> bitsandbytes, on a GPU or a processor
    int8 -> bitsandbytes on a GPU, torchao on a processor

What is trained is kept and merged over the base in full precision: quantised weights are for
training in little memory only.
"""

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from finetune.errors import FinetuneError
from finetune.recipe import Precision, Quantisation

if TYPE_CHECKING:
    import torch

DEFAULT: Quantisation = "nf4"

# double quantisation: 4 bits, 8 of a scale for each 64 weights, 32 for each 256 of these
_BITS: dict[str, float] = {"nf4": 4.127, "int8": 8.0}


def check(quantisation: Quantisation, precision: Precision) -> None:
    """Refuse what no library that is installed here can do."""
    import torch

    refuse_precision(quantisation, precision, on_gpu=torch.cuda.is_available())
    wanted = _library(quantisation)
    if find_spec(wanted) is None:
        raise FinetuneError(
            f"The quantisation {quantisation} needs {wanted}, which is not installed.",
            where="quantisation",
            remedy="Install it: pip install 'medchat[quantisation]'. Or train by method: lora.",
        )


def refuse_precision(quantisation: Quantisation, precision: Precision, *, on_gpu: bool) -> None:
    """Refuse a precision in which a quantised base does not compute."""
    if on_gpu and quantisation == "int8" and precision == "float32":
        raise FinetuneError(
            "A base in int8 computes in float16 on a GPU, whatever precision says.",
            where="precision",
            remedy="Write precision: auto, or quantisation: nf4.",
        )


def compute_type(precision: Precision, *, on_gpu: bool) -> "torch.dtype":
    """Return the type in which a base in nf4 computes: on a processor float32."""
    import torch

    return torch.bfloat16 if on_gpu and precision != "float32" else torch.float32


def config_for(quantisation: Quantisation, precision: Precision) -> Any:  # noqa: ANN401
    """Return the configuration with which transformers opens a base so quantised."""
    import torch
    import transformers

    kinds: Any = transformers
    if _library(quantisation) == "torchao":
        from torchao.quantization import Int8WeightOnlyConfig

        return kinds.TorchAoConfig(quant_type=Int8WeightOnlyConfig())
    if quantisation == "int8":
        return kinds.BitsAndBytesConfig(load_in_8bit=True)
    return kinds.BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=compute_type(precision, on_gpu=torch.cuda.is_available()),
    )


def settle(network: Any) -> Any:  # noqa: ANN401
    """Return a quantised network whose weights stay as they are, whatever it is used for.

    On processors with fast bfloat16, bitsandbytes 0.50 rearranges four-bit weights in place in an
    evaluation, rounds their scales, and merges them wrongly from then on.
    """
    for module in network.modules():
        if hasattr(module, "support_avx512bf16_for_cpu"):
            module.support_avx512bf16_for_cpu = False
    return network


def weight_bytes(network: Any, quantisation: Quantisation, wide: int) -> int:  # noqa: ANN401
    """Return how many bytes a base takes; `wide` is the size of a number that stays as it is."""
    import torch

    head = network.get_output_embeddings()
    inner = {
        id(layer.weight)
        for layer in network.modules()
        if isinstance(layer, torch.nn.Linear) and layer is not head
    }
    total = 0.0
    for weight in (one for one in network.parameters() if not one.requires_grad):
        size = _BITS[quantisation] / 8 if id(weight) in inner else wide
        total += weight.numel() * size
    return int(total)


def _library(quantisation: Quantisation) -> str:
    import torch

    if quantisation == "int8" and not torch.cuda.is_available():
        return "torchao"
    return "bitsandbytes"
