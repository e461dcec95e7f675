"""LoRA, over a base as it is or over a quantised one: small matrices beside the frozen weights.

    base + new matrices -> trained -> joined with those of rounds before -> adapter in peft's form

The matrices start from zero or from the largest parts of the weights (PiSSA, Meng 2024). The latter
are subtracted by a second, frozen adapter instead of being taken out of the base, so that the base
stays as it is; both become one ordinary adapter in the end.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from finetune.architectures import architecture
from finetune.errors import FinetuneError
from finetune.methods import quantised_base
from finetune.recipe import POLICIES, Lora, Recipe
from finetune.student import Student, quiet

if TYPE_CHECKING:
    import torch

WEIGHTS = "adapter_model.safetensors"
CONFIG = "adapter_config.json"

_ADDED = "added"
_BESIDE = "beside"
_JOINED = "joined"
_START = "start"
_STEPS = 8
"""Iterations by which the largest parts of a weight are found."""


@dataclass(frozen=True, slots=True)
class LowRank:
    """LoRA with all that the recipe's `lora` section and `quantisation` let it be."""

    policies: tuple[str, ...] = POLICIES
    alone: str = ""
    packs: bool = True
    whole: bool = False
    unmergeable: str = ""

    def check(self, recipe: Recipe) -> None:
        """Refuse parts of the section that contradict each other."""
        lora = recipe.lora
        if recipe.method == "qlora" and lora.start == "pissa":
            raise _apart("start: pissa", "method: qlora", "it reads the weights unquantised")
        if lora.dora and lora.start == "pissa":
            raise _apart("start: pissa", "dora: true", "a start is subtracted, which DoRA scales")
        if lora.dora and recipe.policy != "continue":
            reason = "each adapter scales the whole weight, so two of them do not add up"
            raise _apart(f"policy: {recipe.policy}", "dora: true", reason)

    def demand_libraries(self, recipe: Recipe) -> None:
        """Refuse to quantise by a library that is missing."""
        if recipe.method == "qlora":
            wanted = recipe.quantisation or quantised_base.DEFAULT
            quantised_base.check(wanted, recipe.precision)

    def before_text(self, recipe: Recipe) -> int:
        """Return the number of virtual tokens."""
        return 0

    def shape(self, recipe: Recipe) -> dict[str, object]:
        """Return the recipe's values that give an adapter its shape."""
        lora = recipe.lora
        names = ("rank", "alpha", "target_modules", "rank_scaling", "dora")
        return {f"lora.{name}": getattr(lora, name) for name in names}

    def resume(self, student: Student, recipe: Recipe) -> Student:
        """Give the adapter that a student goes on with the recipe's own dropout."""
        set_dropout(student, recipe.lora.dropout)
        return student

    def attach(self, student: Student, recipe: Recipe) -> Student:
        """Put a new, trainable adapter on a bare base."""
        return attach(student, recipe.lora, recipe.seed)

    def stack(self, student: Student, recipe: Recipe) -> Student:
        """Put a new, trainable adapter beside the one that a student has, which stays as it is."""
        import torch

        network, lora = student.model, recipe.lora
        torch.manual_seed(recipe.seed)
        with quiet():
            network.add_adapter(_ADDED, shape_of(student, lora))
        active = [student.slot, _ADDED]
        if lora.start == "pissa":
            active.append(_start_from_weights(network, _ADDED, lora))
        network.base_model.set_adapter(active)
        for slot in active:
            network.set_requires_grad(slot, requires_grad=slot == _ADDED)
        return replace(student, adapter="new")

    def join(self, student: Student, recipe: Recipe) -> Student:
        """Return the student with a stacked adapter and the one below it as one adapter.

        `stack` keeps both to the bit, side by side; `merge` keeps the rank, and what fits into it.
        """
        network = student.model
        for weight in network.parameters():
            if weight.requires_grad:  # trl halves what is trained over a quantised base
                weight.data = weight.data.float()
        slots = [one for one in (student.slot, _ADDED, _START) if one in network.peft_config]
        if len(slots) == 1:
            return student
        kind: dict[str, object] = {"combination_type": "cat"}
        if recipe.policy == "merge" and _ADDED in slots:
            kind = {"combination_type": "svd", "svd_rank": recipe.lora.rank}
        _scale_plainly(network, slots[0])
        network.add_weighted_adapter(slots, [1.0] * len(slots), adapter_name=_JOINED, **kind)
        network.set_adapter(_JOINED)
        network.eval()
        return replace(student, slot=_JOINED)

    def put_on(self, student: Student, folder: Path, *, trainable: bool) -> Student:
        """Put a saved adapter onto the base."""
        from peft import PeftModel

        with quiet():
            wrapped = PeftModel.from_pretrained(
                student.model,
                str(folder),
                is_trainable=trainable,
                torch_device=str(student.device),
            )
        return replace(student, model=wrapped.eval())

    @contextmanager
    def beside(self, student: Student, folder: Path) -> Iterator[Student]:
        """Give a student with a saved adapter on the same network, in force while it is given."""
        with quiet():
            student.model.load_adapter(
                str(folder), adapter_name=_BESIDE, torch_device=str(student.device)
            )
        student.model.set_adapter(_BESIDE)
        student.model.eval()
        try:
            yield replace(student, slot=_BESIDE)
        finally:
            student.model.set_adapter(student.slot)
            student.model.delete_adapter(_BESIDE)

    def save(self, student: Student, folder: Path) -> None:
        """Write the adapter in peft's own form."""
        from peft import get_peft_model_state_dict

        save_state(
            get_peft_model_state_dict(
                student.model, adapter_name=student.slot, save_embedding_layers=False
            ),
            folder / WEIGHTS,
        )
        save_config(student, folder)

    def weights(self, names: Iterable[str]) -> tuple[str, ...]:
        """Return the file of the matrices."""
        return (WEIGHTS,)

    def beside_weights(self, names: Iterable[str]) -> tuple[str, ...]:
        """Return peft's configuration."""
        return (CONFIG,)

    def merged(self, student: Student) -> Any:  # noqa: ANN401
        """Return the base with the matrices added to its weights."""
        with quiet():
            return student.model.merge_and_unload()


def attach(student: Student, lora: Lora, seed: int) -> Student:
    """Put a new, trainable adapter on a bare base."""
    import torch
    from peft import get_peft_model

    torch.manual_seed(seed)  # the adapter's start is part of what the seed decides
    try:
        with quiet():
            wrapped = get_peft_model(student.model, shape_of(student, lora))
    except ValueError as error:
        raise FinetuneError(
            f"The adapter does not fit the base {student.base_name}: {error}",
            where="lora.target_modules",
            remedy="Name modules of this model, or write all-linear.",
        ) from error
    if lora.start == "pissa":
        start = _start_from_weights(wrapped, student.slot, lora)
        wrapped.base_model.set_adapter([student.slot, start])
        wrapped.set_requires_grad(start, requires_grad=False)
        wrapped.set_requires_grad(student.slot, requires_grad=True)
    return replace(student, model=wrapped, adapter="new")


def set_dropout(student: Student, dropout: float) -> None:
    """Set how much of what goes into an adapter is dropped in training."""
    import torch

    for layer in _layers(student.model, student.slot):
        kept = torch.nn.Dropout(dropout) if dropout else torch.nn.Identity()
        layer.lora_dropout[student.slot] = kept.train(layer.training)
    student.model.peft_config[student.slot].lora_dropout = dropout


def save_state(state: dict[str, "torch.Tensor"], file: Path) -> None:
    """Write tensors as safetensors."""
    from safetensors.torch import save_file

    kept = {name: one.detach().cpu().contiguous() for name, one in state.items()}
    save_file(kept, file, metadata={"format": "pt"})


def save_config(student: Student, folder: Path) -> None:
    """Write peft's configuration of an adapter, with the base named as a user would."""
    config = student.model.peft_config[student.slot]
    was = config.base_model_name_or_path, config.inference_mode
    config.base_model_name_or_path, config.inference_mode = student.base_name, True
    config.save_pretrained(str(folder))
    config.base_model_name_or_path, config.inference_mode = was


def shape_of(student: Student, lora: Lora) -> Any:  # noqa: ANN401
    """Return peft's configuration of a new adapter of a recipe's shape."""
    from peft import LoraConfig

    targets = lora.target_modules
    return LoraConfig(
        r=lora.rank,
        lora_alpha=lora.alpha,
        lora_dropout=lora.dropout,
        use_rslora=lora.rank_scaling,
        use_dora=lora.dora,
        target_modules=targets if isinstance(targets, str) else list(targets),
        exclude_modules=architecture.left_alone(architecture.inner(student.model)),
        task_type=architecture.task_of(student.model),
    )


def _start_from_weights(network: Any, slot: str, lora: Lora) -> str:  # noqa: ANN401
    """Set an adapter to the largest parts of each weight; return the one that subtracts them."""
    import torch

    with quiet():
        network.add_adapter(_START, replace(network.peft_config[slot], lora_dropout=0.0))
    for layer in _layers(network, slot):
        weight = layer.get_base_layer().weight.detach().float()
        if layer.fan_in_fan_out:
            weight = weight.T
        if weight.is_meta or weight.dim() != 2:  # only shapes are asked for; no matrix
            continue
        rank = min(lora.rank, *weight.shape)
        left, sizes, right = torch.svd_lowrank(weight, q=rank, niter=_STEPS)
        roots = (sizes / layer.scaling[slot]).sqrt()
        with torch.no_grad():
            for one, sign in ((slot, 1.0), (_START, -1.0)):
                layer.lora_A[one].weight.zero_()[:rank] = (right * roots).T
                layer.lora_B[one].weight.zero_()[:, :rank] = sign * left * roots
    return _START


def _scale_plainly(network: Any, slot: str) -> None:  # noqa: ANN401
    """Let what peft makes of an adapter and others have the scaling 1, which it counts on."""
    network.peft_config[slot] = replace(network.peft_config[slot], use_rslora=False)


def _layers(network: Any, slot: str) -> Iterator[Any]:  # noqa: ANN401
    for module in network.modules():
        if slot in getattr(module, "lora_A", ()):
            yield module


def _apart(one: str, other: str, reason: str) -> FinetuneError:
    return FinetuneError(
        f"The recipe's {one} does not go with {other}: {reason}.",
        where=one.split(":")[0],
        remedy="Leave out one of them.",
    )
