"""Train LoRA layers by `fused_functions` while a context is open.

Only layers whose results these functions give exactly are taken: plain LoRA without dropout, one
adapter, on an ordinary linear layer. All others compute as peft does.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from types import MethodType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch


@contextmanager
def fused_layers(network: Any) -> Iterator[bool]:  # noqa: ANN401
    """Let LoRA layers compute so, and say whether all that is trained is in such layers."""
    taken = [module for module in network.modules() if _fits(module)]
    inside = {id(weight) for module in taken for weight in module.parameters()}
    trained = [weight for weight in network.parameters() if weight.requires_grad]
    for module in taken:
        module.forward = MethodType(_forward, module)
    try:
        yield bool(trained) and all(id(weight) in inside for weight in trained)
    finally:
        for module in taken:
            del module.__dict__["forward"]


def use_liger(network: Any, device: str) -> bool:  # noqa: ANN401
    """Give a network on a GPU the norms, rotations and gates of Liger where that is installed.

    Its losses are left out: `fused_functions` has its own for learned places alone.
    """
    from transformers.integrations import liger

    kernels: Any = liger
    if device != "cuda" or not kernels.is_liger_kernel_available():
        return False
    wanted = {"rms_norm": True, "rope": True, "swiglu": True, "geglu": True}
    kernels.apply_liger_kernel(
        network, wanted | {"cross_entropy": False, "fused_linear_cross_entropy": False}
    )
    return True


def _fits(module: Any) -> bool:  # noqa: ANN401
    import torch
    from peft.tuners.lora.layer import Linear

    if type(module) is not Linear or "forward" in module.__dict__:
        return False
    names = module.active_adapters
    if len(names) != 1 or names[0] not in module.lora_A or module.merged:
        return False
    name, base = names[0], module.base_layer
    dropout = module.lora_dropout[name]
    return (
        type(base) is torch.nn.Linear
        and not module.disable_adapters
        and name not in module.lora_variant
        and getattr(dropout, "p", 0.0) == 0.0
        and module.lora_B[name].bias is None
        and module.lora_A[name].weight.dtype == torch.float32
        and not base.weight.requires_grad
        and not module.fan_in_fan_out
    )


def _forward(module: Any, inputs: "torch.Tensor", *given: Any, **more: Any) -> Any:  # noqa: ANN401
    """Compute a layer's result, as peft does where it is asked for anything unusual."""
    import torch

    from finetune.training.fused_functions import LoraLinear

    base = module.base_layer
    usual = inputs.dtype == base.weight.dtype and not torch.is_autocast_enabled(inputs.device.type)
    if given or more or module.merged or module.disable_adapters or not usual:
        return type(module).forward(module, inputs, *given, **more)
    name = module.active_adapters[0]
    return LoraLinear.apply(  # type: ignore[no-untyped-call]
        inputs,
        base.weight,
        base.bias,
        module.lora_A[name].weight,
        module.lora_B[name].weight,
        module.scaling[name],
    )
