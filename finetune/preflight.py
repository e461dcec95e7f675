"""Estimate before a round what it takes: tokens, steps, memory, time, and what does not fit.

    recipe + dataset -> tokens and packing -> steps; base's shape -> memory; a trial -> time

The base's weights are not loaded: its shape is enough.
"""

import os
import time
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from finetune import model, trainer
from finetune.architectures import architecture
from finetune.bases import remote_code
from finetune.errors import FinetuneError
from finetune.methods import quantised_base
from finetune.methods.method_registry import method_of, quantisation_of
from finetune.objectives.objective_protocols import RoundSize
from finetune.packing import Packing
from finetune.recipe import Recipe, RoundPlan
from finetune.rows.examples import ExampleReport
from finetune.training import loss_parts, packed_attention, token_loss, trial

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedTokenizerBase

_LIBRARIES = 600 << 20
"""What Python, torch, transformers and peft take."""


@dataclass(frozen=True, slots=True)
class Preflight:
    """What a round will take; the counts are exact, but for the tokens of sampled answers: at most.

    Memory and time are those of a trial where `measured`, else rough estimates; `trial_failed` says
    why a trial gave none. `samples` are rows
    as the model sees them: pieces of text, with whether they are learned.
    """

    recipe: str
    round: int
    base: str
    device: str
    computes_in: str
    parameters: int
    trainable: int
    rows: int
    kept: int
    uncovered: int
    left_out: dict[str, int]
    cut: dict[str, int]
    tokens: int
    learned_tokens: int
    sequences: int
    efficiency: float
    steps: int
    round_tokens: int
    memory_bytes: int
    memory_there: int
    seconds: float
    measured: bool = False
    trial_failed: str = ""
    samples: tuple[tuple[tuple[str, bool], ...], ...] = ()

    @property
    def fits(self) -> bool:
        """Return whether the estimated memory is there."""
        return self.memory_bytes <= self.memory_there

    def values(self) -> dict[str, object]:
        """Return all figures as plain values."""
        return {**asdict(self), "fits": self.fits}


def check(
    recipe: Recipe,
    number: int,
    packing: Packing,
    report: ExampleReport,
    size: RoundSize | None = None,
) -> Preflight:
    """Estimate a round; FinetuneError where the base or the rows make it impossible.

    `size` is what an objective takes that trains itself; others take the rows as they are packed.
    """
    plan = recipe.round(number)
    device = model.choose_device()
    network = _shape(recipe)
    _check_direction(recipe, network)
    _check_context_length(recipe, network)
    _check_vocabulary(recipe, network, packing)
    size = size or _scheduled(packing, plan, recipe.seed_of(number))
    if not size.steps:
        raise FinetuneError(
            f"No row of the data can be trained on: {_left_out_reasons(report)}.",
            where="--data",
            remedy="Make data with quoted sources, or raise the recipe's max_tokens.",
        )
    parameters = sum(one.numel() for one in network.parameters())
    trainable = _trainable(recipe, network)
    half = model.uses_bfloat16(device, recipe.precision)
    return Preflight(
        recipe=recipe.name,
        round=number,
        base=model.name_of(recipe.base),
        device=device,
        computes_in="bfloat16" if half else "float32",
        parameters=parameters,
        trainable=trainable,
        rows=report.rows,
        kept=report.kept,
        uncovered=report.uncovered,
        left_out=dict(report.left_out),
        cut=dict(report.cut),
        tokens=packing.tokens,
        learned_tokens=sum(row.learned for row in packing.rows),
        sequences=len(packing.rows),
        efficiency=packing.efficiency,
        steps=size.steps,
        round_tokens=size.tokens,
        memory_bytes=_memory(recipe, network, packing, parameters, trainable, device),
        memory_there=_available_memory(device),
        seconds=_seconds(recipe, network, parameters, size.tokens, size.rows, device, half),
    )


def _scheduled(packing: Packing, plan: RoundPlan, seed: int) -> RoundSize:
    """Return how much a round takes that goes through packed rows."""
    steps = trainer.schedule(packing.rows, plan, seed)
    tokens = sum(len(packing.rows[index].ids) for step in steps for index in step)
    return RoundSize(len(steps), sum(map(len, steps)), tokens)


def try_out(check: Preflight, recipe: Recipe, packing: Packing) -> Preflight:
    """Return the estimate with memory and time measured by a few steps, or with why they failed."""
    if not check.fits:
        return check
    tried = trial.measure(recipe, packing)
    if isinstance(tried, trial.FailedTrial):
        return replace(check, trial_failed=tried.why)
    return replace(
        check,
        memory_bytes=tried.memory_bytes,
        seconds=tried.seconds_a_token * check.round_tokens,
        measured=True,
    )


def samples(
    packing: Packing, tokenizer: "PreTrainedTokenizerBase", count: int = 2
) -> tuple[tuple[tuple[str, bool], ...], ...]:
    """Return the first rows as the model sees them, each a run of pieces learned or not."""
    shown = []
    for row in packing.rows[:count]:
        pieces: list[tuple[str, bool]] = []
        start = 0
        for place in range(1, len(row.ids) + 1):
            if place == len(row.ids) or row.learn[place] != row.learn[start]:
                pieces.append((str(tokenizer.decode(row.ids[start:place])), row.learn[start]))
                start = place
        shown.append(tuple(pieces))
    return tuple(shown)


def _shape(recipe: Recipe) -> Any:  # noqa: ANN401
    """Return the base without its weights."""
    import torch

    folder = model.locate(recipe.base)
    config = model.config_of(recipe.base)
    trusted = remote_code.allowed(folder)
    try:
        with torch.device("meta"):
            return architecture.opener(config).from_config(config, trust_remote_code=trusted)
    except Exception as error:  # an architecture may refuse its configuration in any way
        raise FinetuneError(
            f"The base model {recipe.base} is of a kind that cannot be opened here.",
            where=str(folder),
            remedy="Choose a base such as LLaMA, GLM-4 or Qwen in its native form.",
        ) from error


def _check_direction(recipe: Recipe, network: Any) -> None:  # noqa: ANN401
    if architecture.looks_ahead(network.config):
        raise FinetuneError(
            f"The base model {recipe.base} reads what follows a word as well, so it cannot write.",
            where="--base",
            remedy="Choose a model that writes from left to right, such as LLaMA, GLM-4 or Qwen.",
        )


def _check_context_length(recipe: Recipe, network: Any) -> None:  # noqa: ANN401
    holds = architecture.context_of(network.config) - method_of(recipe).before_text(recipe)
    if recipe.max_tokens > holds:
        virtual = " beside the virtual tokens" if method_of(recipe).before_text(recipe) else ""
        raise FinetuneError(
            f"The recipe's max_tokens is {recipe.max_tokens}, but the base {recipe.base} holds "
            f"{holds}{virtual}.",
            where="max_tokens",
            remedy=f"Set max_tokens to {holds} or less.",
        )


def _check_vocabulary(recipe: Recipe, network: Any, packing: Packing) -> None:  # noqa: ANN401
    """Refuse rows of tokens that the base has no embedding for; unused ones do no harm."""
    rows = int(network.get_input_embeddings().weight.shape[0])
    highest = max((max(row.ids) for row in packing.rows if row.ids), default=0)
    if highest >= rows:
        raise FinetuneError(
            f"The tokenizer of {recipe.base} has tokens up to {highest}, but the model holds "
            f"embeddings for {rows} only.",
            where="--base",
            remedy="Give the tokenizer that belongs to the model, or a model whose embeddings were "
            "enlarged for it.",
        )


def _trainable(recipe: Recipe, network: Any) -> int:  # noqa: ANN401
    """Count the adapter's parameters by putting one on the weightless base."""
    import torch

    bare = model.Student(network, None, recipe.base, "")  # type: ignore[arg-type]  # not asked
    with torch.device("meta"):
        wrapped = method_of(recipe).attach(bare, recipe).model
    return sum(one.numel() for one in wrapped.parameters() if one.requires_grad)


def _memory(
    recipe: Recipe,
    network: Any,  # noqa: ANN401
    packing: Packing,
    parameters: int,
    trainable: int,
    device: str,
) -> int:
    """Estimate the peak: weights, gradient and two moments, one row's activations, and its loss."""
    sizes = architecture.sizes_of(network.config)
    half = model.uses_bfloat16(device, recipe.precision)
    whole, quantisation = method_of(recipe).whole, quantisation_of(recipe)
    weight = 2 if device != "cpu" and recipe.precision != "float32" and not whole else 4
    weights = parameters * weight
    if quantisation:
        weights = quantised_base.weight_bytes(network, quantisation, weight)
    added = trainable * (12 if whole else 16)  # gradient and two moments, and what is new itself
    wide = 2 if half else 4
    longest = max(len(row.ids) for row in packing.rows)
    inner = architecture.kept_numbers(sizes)
    if not packed_attention.fits(network):
        inner += sizes.heads * longest  # scores of masked rows
    kept = inner + sizes.layers * sizes.hidden if recipe.recompute else inner * sizes.layers
    learned = max(row.learned for row in packing.rows)
    loss = learned * sizes.words * (4 + 4 + wide)
    if token_loss.picks_logits(network):
        loss = min(loss, 2 * loss_parts.bytes_at_once(device))
    return int(weights + added + longest * wide * kept + loss + _LIBRARIES)


def _available_memory(device: str) -> int:
    import torch

    if device.startswith("cuda"):
        return int(torch.cuda.mem_get_info()[1])
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def _seconds(
    recipe: Recipe,
    network: Any,  # noqa: ANN401
    parameters: int,
    tokens: int,
    sequences: int,
    device: str,
    half: bool,
) -> float:
    """Estimate from a trial of the multiplications that a row of this base is made of.

    A frozen base takes two multiplications per weight forwards and two backwards; what is no
    multiplication takes about as long again, and each layer a few milliseconds to be called.
    """
    import torch

    sizes = architecture.sizes_of(network.config)
    width, inner = sizes.hidden, sizes.inner
    kind = torch.bfloat16 if half else torch.float32
    length = min(recipe.max_tokens, 1024)
    left = torch.randn(length, width, device=device, dtype=kind)
    right = torch.randn(width, inner, device=device, dtype=kind)
    repeats = 5
    _wait(left @ right)
    began = time.monotonic()
    for _ in range(repeats):
        _wait(left @ right)
    rate = 2 * length * width * inner * repeats / max(time.monotonic() - began, 1e-9)
    called = 0.008 * sizes.layers * sequences
    return float(2 * 4 * parameters * tokens / rate + called)


def _wait(result: "torch.Tensor") -> None:
    """Wait until a result is there: a GPU answers before it has computed."""
    float(result[0, 0])


def _left_out_reasons(report: ExampleReport) -> str:
    reasons = ", ".join(f"{count} {reason}" for reason, count in report.left_out.items())
    return reasons or "there are no rows"
