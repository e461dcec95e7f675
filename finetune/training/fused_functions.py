"""Compute a LoRA layer and a chunked cross-entropy with few passes over memory.

Gradients are written out by hand: of the frozen weights there are none to compute or keep.
"""

from typing import Any

import torch
from torch.autograd.function import once_differentiable
from torch.nn import functional

from finetune.training.loss_parts import bytes_at_once


class LoraLinear(torch.autograd.Function):
    """A frozen linear layer with a low-rank adapter on it, without dropout.

    In float32 both are one matrix, made anew for each call: one multiplication each way, and next
    to nothing to make it. In a half type that would round the adapter away, so that there its part
    is added to the layer's own result in place.
    """

    @staticmethod
    def forward(
        ctx: Any,  # noqa: ANN401
        inputs: torch.Tensor,
        weight: torch.Tensor,
        bias: torch.Tensor | None,
        down: torch.Tensor,
        up: torch.Tensor,
        scale: float,
    ) -> torch.Tensor:
        """Return `inputs` through the layer; `down` is peft's A, `up` its B."""
        flat = inputs.reshape(-1, inputs.shape[-1])
        ctx.scale = scale
        if weight.dtype == torch.float32:
            ctx.save_for_backward(flat, weight, down, up)
            out = functional.linear(flat, torch.addmm(weight, up, down, alpha=scale), bias)
        else:
            small = flat @ down.to(flat.dtype).t()
            ctx.save_for_backward(flat, weight, down, up, small)
            out = functional.linear(flat, weight, bias)
            out.addmm_(small, up.to(flat.dtype).t(), alpha=scale)
        return out.view(*inputs.shape[:-1], -1)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: torch.Tensor) -> tuple[torch.Tensor | None, ...]:  # noqa: ANN401
        """Return the gradients of the inputs and of the adapter."""
        flat, weight, down, up, *kept = ctx.saved_tensors
        whole = grad.reshape(-1, grad.shape[-1])
        kind = flat.dtype
        small = kept[0] if kept else flat @ down.t()
        narrow = (whole @ up.to(kind)).mul_(ctx.scale)
        for_down = (narrow.t() @ flat).to(down.dtype)
        for_up = (whole.t() @ small).to(up.dtype).mul_(ctx.scale)
        for_inputs = None
        if ctx.needs_input_grad[0]:
            if kept:
                for_inputs = (whole @ weight).addmm_(narrow, down.to(kind))
            else:
                for_inputs = whole @ torch.addmm(weight, up, down, alpha=ctx.scale)
            for_inputs = for_inputs.view(*grad.shape[:-1], -1)
        return for_inputs, None, None, for_down, for_up, None


class ChunkedCrossEntropy(torch.autograd.Function):
    """The loss of each target from hidden states, a part of them at a time.

    The gradient of a part is made while its logits are there, so that no logits are kept.
    """

    @staticmethod
    def forward(
        ctx: Any,  # noqa: ANN401
        hidden: torch.Tensor,
        weight: torch.Tensor,
        bias: torch.Tensor | None,
        targets: torch.Tensor,
    ) -> torch.Tensor:
        """Return one loss in float32 for each row of `hidden`; `weight` is a frozen layer's."""
        rows = max(1, bytes_at_once(hidden.device.type) // (4 * weight.shape[0]))
        losses = torch.empty(len(hidden), device=hidden.device)
        wanted = ctx.needs_input_grad[0]
        gradient = torch.empty_like(hidden) if wanted else None
        for start in range(0, len(hidden), rows):
            part, aim = hidden[start : start + rows], targets[start : start + rows, None]
            logits = functional.linear(part, weight, bias).float()
            logs = torch.log_softmax(logits, 1)
            del logits
            losses[start : start + rows] = -logs.gather(1, aim)[:, 0]
            if gradient is not None:
                shares = logs.exp_()
                shares.scatter_add_(1, aim, torch.full_like(aim, -1, dtype=shares.dtype))
                gradient[start : start + rows] = shares.to(weight.dtype) @ weight
        if gradient is not None:
            ctx.save_for_backward(gradient)
        return losses

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: torch.Tensor) -> tuple[torch.Tensor | None, ...]:  # noqa: ANN401
        """Return the gradient of the hidden states."""
        (gradient,) = ctx.saved_tensors
        return (gradient * grad[:, None]).to(gradient.dtype), None, None, None
